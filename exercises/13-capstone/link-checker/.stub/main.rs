//! Checks a small site, which a server on this machine has: it is slow, fails now and then, and counts requests. Ctrl-C stops
//! the check, and the report is printed. A second Ctrl-C ends the program at once.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use link_checker::{Failure, Fault, Limits, Network, Progress, Stop, check_links};

const GAP: Duration = Duration::from_millis(20);
/// The server allows this many requests more than one in each gap.
const BURST: u32 = 8;

pub(crate) fn main() -> io::Result<()> {
    let server = Arc::<Server>::default();
    let address = Arc::clone(&server).open()?;
    let stop = Arc::new(Stop::new());
    let signal = Arc::clone(&stop);
    // ctrlc calls this on a thread of its own, so it may take locks and print.
    let on_signal = move || {
        if signal.is_stopped() {
            process::exit(130);
        }
        signal.stop();
    };
    ctrlc::set_handler(on_signal).expect("no other handler is set");

    let timeout = Duration::from_millis(300);
    let limits = Limits { at_once: 4, gap: GAP, timeout, attempts: 3, wait: Duration::from_millis(50) };
    let progress = |Progress { checked, found }: Progress| eprint!("\r{checked} of {found} ");
    let report = check_links(Arc::new(Http(address)), "/", &limits, &stop, progress);
    eprintln!();

    let (good, broken, unchecked) = (report.good.len(), report.broken.len(), report.unchecked.len());
    println!("{} links: {good} good, {broken} broken, {unchecked} unchecked", good + broken + unchecked);
    for (link, broken) in report.broken {
        let fault = match broken.fault {
            Fault::Failed(status) => status,
            Fault::TimedOut => "no answer".to_owned(),
            Fault::Panicked => "a panic".to_owned(),
        };
        println!("{link}: {fault}, on {}", Vec::from_iter(broken.found_on).join(", "));
    }
    let visits = server.0.lock().unwrap();
    println!("{} requests, {} of them too early", visits.requests, visits.too_early);
    Ok(())
}

/// The pages: how long an answer takes in milliseconds, its status, and its links.
fn page(path: &str, visit: u32) -> (u64, u16, &'static [&'static str]) {
    match path {
        "/" => (20, 200, &["/docs", "/blog", "/shop", "/shop/cart"]),
        "/docs" => {
            (60, 200, &["/docs/1", "/docs/2", "/docs/3", "/docs/4", "/docs/5", "/docs/6", "/docs/7", "/"])
        }
        "/docs/3" if visit == 1 => (20, 503, &[]),
        "/docs/7" => (40, 200, &["/docs/8", "/docs/1"]),
        "/docs/8" => (20, 200, &["/shop/cart", "/blog"]),
        "/blog" => (40, 200, &["/blog/old", "/blog/new", "/docs/2"]),
        "/blog/old" => (20, 404, &[]),
        "/shop" => (40, 200, &["/shop/cart", "/shop/slow", "/shop/list"]),
        "/shop/cart" => (20, 503, &[]),
        "/shop/slow" => (5_000, 200, &["/never/seen"]),
        "/shop/list" => (40, 200, &["/shop/1", "/shop/2"]),
        _ => (20, 200, &["/"]),
    }
}

/// The site's server, with what it remembers of its visitors.
#[derive(Default)]
struct Server(Mutex<Visits>);

#[derive(Default)]
struct Visits {
    by_path: BTreeMap<String, u32>,
    requests: u32,
    too_early: u32,
    /// When there will be room for a whole burst again.
    full: Option<Instant>,
}

impl Visits {
    /// Notes a request. Returns which visit of this page it is, or `None` if it comes too early.
    fn note(&mut self, path: &str) -> Option<u32> {
        let now = Instant::now();
        let full = self.full.map_or(now, |full| full.max(now)) + GAP;
        self.requests += 1;
        if full > now + GAP * BURST {
            self.too_early += 1;
            return None;
        }
        self.full = Some(full);
        let visit = self.by_path.entry(path.to_owned()).or_default();
        *visit += 1;
        Some(*visit)
    }
}

impl Server {
    /// Answers requests as long as the program runs, each on a thread of its own.
    fn open(self: Arc<Self>) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let server = Arc::clone(&self);
                // A visitor that has left is no trouble.
                thread::spawn(move || drop(server.answer(connection)));
            }
        });
        Ok(address)
    }

    fn answer(&self, mut connection: TcpStream) -> io::Result<()> {
        let mut request = String::new();
        BufReader::new(&connection).read_line(&mut request)?;
        let path = request.split(' ').nth(1).unwrap_or("/");
        let visit = self.0.lock().unwrap().note(path);
        let (time, status, links) = visit.map_or((0, 429, [].as_slice()), |visit| page(path, visit));
        thread::sleep(Duration::from_millis(time));
        write!(connection, "HTTP/1.0 {status}\r\n\r\n{}", links.join("\n"))
    }
}

/// The way to the server.
struct Http(SocketAddr);

impl Http {
    /// Status and body of a page.
    fn get(&self, path: &str) -> io::Result<(String, String)> {
        let mut connection = TcpStream::connect(self.0)?;
        write!(connection, "GET {path} HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        Ok((head.split(' ').nth(1).unwrap_or_default().to_owned(), body.to_owned()))
    }
}

impl Network for Http {
    fn fetch(&self, link: &str) -> Result<Vec<String>, Failure> {
        let (status, body) = self.get(link).map_err(|error| Failure::Transient(error.to_string()))?;
        match status.as_str() {
            "200" => Ok(body.lines().map(str::to_owned).collect()),
            "429" | "503" => Err(Failure::Transient(status)),
            _ => Err(Failure::Permanent(status)),
        }
    }
}
