//! A slow server on the loopback, and three clients with a limit: a future, a thread, and a future that blocks.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use deadline_solution::with_timeout;
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_millis(200);
/// How long the server thinks before it answers.
const THINKS: Duration = Duration::from_secs(1);

/// What the server saw of its client.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    /// The client closed the connection before there was an answer.
    HungUp,
    /// The answer was sent, and the connection was still open.
    Sent,
}

/// Serves one client: it waits, and answers if the client is still there.
fn slow_server() -> io::Result<(SocketAddr, JoinHandle<io::Result<Seen>>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let serve = move || {
        let (mut client, _) = listener.accept()?;
        client.set_read_timeout(Some(THINKS))?;
        // The client says nothing. So this read ends when the client has hung up, or when the time is over.
        match client.read(&mut [0]) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                client.write_all(b"17 degrees")?;
                Ok(Seen::Sent)
            }
            _ => Ok(Seen::HungUp),
        }
    };
    Ok((address, thread::spawn(serve)))
}

// ANCHOR: ask
/// At the limit, the future is dropped, and its socket with it.
async fn ask_in_a_future(server: SocketAddr, limit: Duration) -> Option<String> {
    let ask = async {
        let mut answer = String::new();
        let mut socket = tokio::net::TcpStream::connect(server).await?;
        socket.read_to_string(&mut answer).await?;
        io::Result::Ok(answer)
    };
    timeout(limit, ask).await.ok()?.ok()
}

/// At the limit, the caller is back. The thread keeps its socket, and waits for the answer.
fn ask_on_a_thread(server: SocketAddr, limit: Duration) -> Option<String> {
    let ask = move |_: &_| {
        let mut answer = String::new();
        TcpStream::connect(server).ok()?.read_to_string(&mut answer).ok()?;
        Some(answer)
    };
    with_timeout(limit, ask, || None)
}
// ANCHOR_END: ask

/// It never awaits, so `timeout` does not get to look at the clock before all is over.
async fn ask_and_block(server: SocketAddr, limit: Duration) -> Option<String> {
    let ask = async {
        let mut answer = String::new();
        TcpStream::connect(server)?.read_to_string(&mut answer)?;
        io::Result::Ok(answer)
    };
    timeout(limit, ask).await.ok()?.ok()
}

/// What became of one client.
struct Outcome {
    answer: Option<String>,
    back_after: Duration,
    seen: Seen,
}

/// Starts a server, and lets one client ask it.
fn tried(client: impl FnOnce(SocketAddr) -> Option<String>) -> io::Result<Outcome> {
    let (address, server) = slow_server()?;
    let start = Instant::now();
    let answer = client(address);
    let back_after = start.elapsed();
    let seen = server.join().expect("the server does not panic")?;
    Ok(Outcome { answer, back_after, seen })
}

/// Runs a future on a runtime of its own, on this thread.
fn run<R>(future: impl Future<Output = R>) -> R {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("the system gives a runtime").block_on(future)
}

fn in_a_future() -> io::Result<Outcome> {
    tried(|server| run(ask_in_a_future(server, LIMIT)))
}

fn on_a_thread() -> io::Result<Outcome> {
    tried(|server| ask_on_a_thread(server, LIMIT))
}

fn in_a_future_that_blocks() -> io::Result<Outcome> {
    tried(|server| run(ask_and_block(server, LIMIT)))
}

fn print(name: &str, outcome: &Outcome) {
    let answer = outcome.answer.as_deref().unwrap_or("no answer");
    let seen = match outcome.seen {
        Seen::HungUp => "my client hung up",
        Seen::Sent => "I sent 17 degrees",
    };
    println!("{name}: {answer}, back after {:.1} s. The server: {seen}", outcome.back_after.as_secs_f64());
}

fn main() -> io::Result<()> {
    print("a future", &in_a_future()?);
    print("a thread", &on_a_thread()?);
    if std::env::args().any(|argument| argument == "--careless") {
        print("a future that blocks", &in_a_future_that_blocks()?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_future_hangs_up() {
        let outcome = in_a_future().unwrap();
        assert_eq!((outcome.answer, outcome.seen), (None, Seen::HungUp));
        assert!(outcome.back_after >= LIMIT && outcome.back_after < THINKS, "{:?}", outcome.back_after);
    }

    #[test]
    fn a_thread_that_nobody_waits_for_stays_connected() {
        let outcome = on_a_thread().unwrap();
        assert_eq!((outcome.answer, outcome.seen), (None, Seen::Sent));
        assert!(outcome.back_after >= LIMIT && outcome.back_after < THINKS, "{:?}", outcome.back_after);
    }

    #[test]
    fn a_future_that_blocks_is_back_when_all_is_over() {
        let outcome = in_a_future_that_blocks().unwrap();
        assert_eq!((outcome.answer.as_deref(), outcome.seen), (Some("17 degrees"), Seen::Sent));
        assert!(outcome.back_after >= THINKS, "{:?}", outcome.back_after);
    }

    #[test]
    fn with_time_enough_both_have_the_answer() {
        let wanted = Some("17 degrees".to_owned());
        let long = Duration::from_secs(60);
        assert_eq!(tried(|server| run(ask_in_a_future(server, long))).unwrap().answer, wanted);
        assert_eq!(tried(|server| ask_on_a_thread(server, long)).unwrap().answer, wanted);
    }
}
