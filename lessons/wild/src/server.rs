//! A small HTTP server on the loopback that is slow and fails when it is told to. It counts what it is asked.
//!
//! It is there to be fetched from by the programs in `src/bin/`. It understands the first line of a request and nothing
//! else, and closes each connection after its answer.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Sends this status and this body.
    Send(u16, String),
    /// Waits for so long, and then does something else.
    After(Duration, Box<Answer>),
    /// Waits until so many requests are in progress at once, but no longer than five seconds, and then does something
    /// else. For tests that count what overlaps.
    Together(usize, Box<Answer>),
    /// Closes the connection without an answer.
    HangUp,
}

impl Answer {
    /// A page.
    pub fn page(body: impl Into<String>) -> Self {
        Answer::Send(200, body.into())
    }

    /// The same answer, but not before `time` has passed.
    pub fn after(self, time: Duration) -> Self {
        Answer::After(time, Box::new(self))
    }

    /// The same answer, but not before `requests` are in progress at once.
    pub fn together(self, requests: usize) -> Self {
        Answer::Together(requests, Box::new(self))
    }
}

/// How many requests are in progress, and how many were at most.
#[derive(Debug, Default)]
struct Load {
    now: usize,
    peak: usize,
}

#[derive(Debug, Default)]
struct Shared {
    load: Mutex<Load>,
    changed: Condvar,
    served: AtomicUsize,
    stopping: AtomicBool,
}

/// A server with a thread for each connection. Dropping it ends all of them.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server on a free port of the loopback. `answer` gets the path of each request.
    ///
    /// # Errors
    /// If there is no free port.
    pub fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let (address, shared) = (listener.local_addr()?, Arc::<Shared>::default());
        let (answer, in_thread) = (Arc::new(answer), shared.clone());
        let acceptor = thread::spawn(move || {
            let mut connections = Vec::new();
            for stream in listener.incoming() {
                if in_thread.stopping.load(Ordering::SeqCst) {
                    break;
                }
                let (Ok(stream), shared, answer) = (stream, in_thread.clone(), answer.clone()) else {
                    continue;
                };
                // A client that leaves early is no concern of ours.
                connections.push(thread::spawn(move || drop(serve(stream, &shared, &*answer))));
            }
            connections.into_iter().for_each(|connection| drop(connection.join()));
        });
        Ok(Self { address, shared, acceptor: Some(acceptor) })
    }

    /// The address of a page. `path` begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How many requests have been in progress at once, at most.
    pub fn peak(&self) -> usize {
        self.shared.load.lock().unwrap().peak
    }

    /// How many requests have come.
    pub fn served(&self) -> usize {
        self.shared.served.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // `incoming` waits for a connection, so it gets one.
        drop(TcpStream::connect(self.address));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
    }
}

/// Counts a request while it is in progress.
struct InProgress<'a>(&'a Shared);

impl<'a> InProgress<'a> {
    fn begin(shared: &'a Shared) -> Self {
        let mut load = shared.load.lock().unwrap();
        load.now += 1;
        load.peak = load.peak.max(load.now);
        shared.changed.notify_all();
        Self(shared)
    }
}

impl Drop for InProgress<'_> {
    fn drop(&mut self) {
        self.0.load.lock().unwrap().now -= 1;
    }
}

fn serve(stream: TcpStream, shared: &Shared, answer: &dyn Fn(&str) -> Answer) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    // The headers have to be read, or closing the connection would look like an error to the client.
    let mut header = String::from("more");
    while !header.trim().is_empty() {
        header.clear();
        reader.read_line(&mut header)?;
    }
    shared.served.fetch_add(1, Ordering::SeqCst);
    let in_progress = InProgress::begin(shared);
    let mut answer = answer(request.split(' ').nth(1).unwrap_or("/"));
    loop {
        match answer {
            Answer::Send(status, body) => {
                // Counted out first: the client may send its next request as soon as it has this answer.
                drop(in_progress);
                let mut stream = stream;
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status} Answer\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
                );
                return stream.write_all((head + &body).as_bytes());
            }
            Answer::After(time, next) => {
                thread::sleep(time);
                answer = *next;
            }
            Answer::Together(requests, next) => {
                let load = shared.load.lock().unwrap();
                let alone = |load: &mut Load| load.peak < requests;
                drop(shared.changed.wait_timeout_while(load, Duration::from_secs(5), alone).unwrap());
                answer = *next;
            }
            Answer::HangUp => return Ok(()),
        }
    }
}
