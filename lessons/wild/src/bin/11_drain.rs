//! Lesson 11: a service on the loopback that drains when it is told to stop, with the lesson's own executor.
//!
//! `cargo run -p wild --bin 11_drain` starts the service and three clients, and sends itself the signal of Ctrl-C while
//! it works on the first request. `-- --careless` cancels what has not begun and tells nobody. `-- --serve` only serves,
//! until you press Ctrl-C; `echo 500 | nc 127.0.0.1 PORT` is a request that takes 500 ms.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{self, ExitCode};
use std::thread;
use std::time::Duration;

use executor_solution::{Executor, Handle, How, Outcome, Stop};

/// What the service does with requests that it has accepted when it is told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Care {
    /// They are served, within the limit. Clients that can't be served are told.
    Careful,
    /// They are cancelled, and their connections are dropped.
    Careless,
}

/// What became of the requests.
#[derive(Debug, Default, PartialEq, Eq)]
struct Report {
    served: usize,
    turned_away: usize,
    /// The names of the requests that outlasted the limit.
    running: Vec<String>,
}

/// Works on one request, and answers it.
fn answer(mut client: TcpStream) -> io::Result<()> {
    let mut request = String::new();
    BufReader::new(client.try_clone()?).read_line(&mut request)?;
    let time = request.trim().parse().map_err(io::Error::other)?;
    thread::sleep(Duration::from_millis(time));
    writeln!(client, "served in {time} ms")?;
    // The service keeps a second way to the client, so dropping this one ends nothing.
    client.shutdown(Shutdown::Write)
}

/// Serves requests until `stop` is requested, at most `workers` at once, and then ends within `limit`.
fn serve(
    listener: &TcpListener,
    workers: usize,
    stop: &Stop,
    care: Care,
    limit: Duration,
) -> io::Result<Report> {
    let executor = Executor::new(workers, stop.clone());
    let mut accepted: Vec<(TcpStream, Handle<io::Result<()>, _>)> = Vec::new();
    for client in listener.incoming() {
        // The connection that wakes this thread after the signal is no request. A real one behind it is refused below.
        if stop.is_requested() {
            break;
        }
        let client = client?;
        // A second way to the client, for when the job comes back.
        let (other, name) = (client.try_clone()?, format!("request {}", accepted.len() + 1));
        if let Ok(handle) = executor.submit(&name, move || answer(client)) {
            accepted.push((other, handle));
        }
    }
    // ANCHOR: drain
    let how = if care == Care::Careful { How::Drain } else { How::Cancel };
    let running = executor.shutdown(how, limit);
    let mut report = Report { running, ..Report::default() };
    for (place, (mut client, handle)) in (1..).zip(accepted) {
        if report.running.contains(&format!("request {place}")) {
            continue; // nobody waits for this one any more
        }
        match handle.join() {
            Outcome::Done(Ok(())) => report.served += 1,
            Outcome::Done(Err(_)) | Outcome::Panicked(_) => report.turned_away += 1,
            // Never begun: the job comes back, and its client is still there.
            Outcome::Cancelled(_) if care == Care::Careful => {
                let _ = writeln!(client, "the service is closing");
                report.turned_away += 1;
            }
            Outcome::Cancelled(job) => drop(job),
        }
        let _ = client.shutdown(Shutdown::Both);
    }
    // ANCHOR_END: drain
    Ok(report)
}

/// What happens on the thread of ctrlc, for each signal.
fn on_signal(stop: &Stop, address: SocketAddr) {
    // ANCHOR: signal
    if !stop.request() {
        process::exit(130); // the second signal
    }
    // `accept` has no limit and hears of no stop, so give it a connection.
    let _ = TcpStream::connect(address);
    // ANCHOR_END: signal
}

/// Sends a request that takes so many milliseconds, and returns the answer. It is empty if the connection ends before.
fn ask(address: SocketAddr, time: u64) -> io::Result<String> {
    let mut client = TcpStream::connect(address)?;
    writeln!(client, "{time}")?;
    let mut answer = String::new();
    // A connection that is reset is no answer either.
    let _ = client.read_to_string(&mut answer);
    Ok(answer.trim().to_owned())
}

fn handle_signals(stop: &Stop, address: SocketAddr) {
    let stop = stop.clone();
    ctrlc::set_handler(move || on_signal(&stop, address)).expect("no other handler is set");
}

/// Sends this process the signal that Ctrl-C sends. Where there are no signals, the handler is called.
fn signal(stop: &Stop, address: SocketAddr) {
    #[cfg(unix)]
    {
        let _ = (stop, address);
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::INT)
            .expect("a process may send itself a signal");
    }
    #[cfg(not(unix))]
    on_signal(stop, address);
}

/// Three clients and one worker. The signal comes while the first request is being worked on.
fn demonstrate(care: Care) -> io::Result<bool> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let (stop, address) = (Stop::new(), listener.local_addr()?);
    handle_signals(&stop, address);
    let clients: Vec<_> = (0..3)
        .map(|_| {
            let client = thread::spawn(move || ask(address, 200));
            // One after the other, so that the first is worked on.
            thread::sleep(Duration::from_millis(30));
            client
        })
        .collect();
    let asked = stop.clone();
    let signals = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        signal(&asked, address);
    });
    let report = serve(&listener, 1, &stop, care, Duration::from_secs(5))?;
    signals.join().expect("a signal can be sent");
    let mut lost = 0;
    for (place, client) in (1..).zip(clients) {
        let answer = client.join().expect("a client does not panic")?;
        lost += usize::from(answer.is_empty());
        println!("request {place}: {}", if answer.is_empty() { "no answer" } else { &answer });
    }
    println!("{} served, {} turned away, {lost} lost", report.served, report.turned_away);
    Ok(lost == 0)
}

fn main() -> ExitCode {
    let argument = env::args().nth(1).unwrap_or_default();
    let care = if argument == "--careless" { Care::Careless } else { Care::Careful };
    let result = if argument == "--serve" { serve_for_ever() } else { demonstrate(care) };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the service can't be used: {error}");
            ExitCode::from(2)
        }
    }
}

fn serve_for_ever() -> io::Result<bool> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let (stop, address) = (Stop::new(), listener.local_addr()?);
    handle_signals(&stop, address);
    println!("serving on {address}; Ctrl-C drains, a second Ctrl-C ends at once");
    let report = serve(&listener, 2, &stop, Care::Careful, Duration::from_secs(5))?;
    println!("{report:?}");
    Ok(report.running.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread::JoinHandle;

    /// Some clients, of which one is served at a time, and a stop while the first is being served.
    fn stopped_in_the_first(
        times: &[u64],
        care: Care,
        limit: Duration,
    ) -> (Report, Vec<JoinHandle<io::Result<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (stop, address) = (Stop::new(), listener.local_addr().unwrap());
        let service = thread::spawn({
            let stop = stop.clone();
            move || serve(&listener, 1, &stop, care, limit)
        });
        let clients = times
            .iter()
            .map(|time| {
                let time = *time;
                let client = thread::spawn(move || ask(address, time));
                thread::sleep(Duration::from_millis(150));
                client
            })
            .collect();
        on_signal(&stop, address);
        (service.join().unwrap().unwrap(), clients)
    }

    fn answers(clients: Vec<JoinHandle<io::Result<String>>>) -> Vec<String> {
        clients.into_iter().map(|client| client.join().unwrap().unwrap()).collect()
    }

    #[test]
    fn every_client_that_was_accepted_is_served() {
        let (report, clients) =
            stopped_in_the_first(&[1_000, 10, 20], Care::Careful, Duration::from_secs(10));
        assert_eq!(answers(clients), ["served in 1000 ms", "served in 10 ms", "served in 20 ms"]);
        assert_eq!(report, Report { served: 3, ..Report::default() });
    }

    #[test]
    fn a_careless_service_loses_clients_without_a_word() {
        let (report, clients) =
            stopped_in_the_first(&[1_000, 10, 20], Care::Careless, Duration::from_secs(10));
        assert_eq!(answers(clients), ["served in 1000 ms", "", ""]);
        assert_eq!(report, Report { served: 1, ..Report::default() });
    }

    #[test]
    fn a_request_that_outlasts_the_limit_is_named_and_the_others_are_turned_away() {
        let (report, mut clients) =
            stopped_in_the_first(&[3_000, 10], Care::Careful, Duration::from_millis(200));
        let queued = clients.pop().unwrap();
        assert_eq!(queued.join().unwrap().unwrap(), "the service is closing");
        let running = vec!["request 1".to_owned()];
        assert_eq!(report, Report { turned_away: 1, running, ..Report::default() });
        assert_eq!(answers(clients), ["served in 3000 ms"], "its thread runs on, as the limit has warned");
    }

    #[cfg(unix)]
    #[test]
    fn a_real_signal_wakes_the_thread_that_accepts() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (stop, address) = (Stop::new(), listener.local_addr().unwrap());
        handle_signals(&stop, address);
        let service = thread::spawn({
            let stop = stop.clone();
            move || serve(&listener, 1, &stop, Care::Careful, Duration::from_secs(10))
        });
        assert_eq!(ask(address, 1).unwrap(), "served in 1 ms");
        signal(&stop, address);
        assert_eq!(service.join().unwrap().unwrap().served, 1);
        assert!(stop.is_requested());
    }
}
