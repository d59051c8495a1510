//! A channel as the list of idle connections, and a guard that puts its connection back.

// ANCHOR: program
use std::ops::Deref;
use std::sync::{Mutex, mpsc};
use std::thread;

struct Pool {
    returns: mpsc::Sender<String>,
    idle: Mutex<mpsc::Receiver<String>>,
}

struct Guard<'a> {
    pool: &'a Pool,
    connection: String,
}

impl Pool {
    fn acquire(&self) -> Guard<'_> {
        let connection = self.idle.lock().unwrap().recv().unwrap(); // waits until one is there
        Guard { pool: self, connection }
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        let connection = std::mem::take(&mut self.connection);
        self.pool.returns.send(connection).unwrap(); // the pool has the receiver
    }
}

impl Deref for Guard<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.connection
    }
}

fn main() {
    let (returns, idle) = mpsc::channel();
    let pool = Pool { returns, idle: Mutex::new(idle) };
    for name in ["north", "south"] {
        pool.returns.send(name.to_owned()).unwrap();
    }
    thread::scope(|scope| {
        for query in 0..6 {
            let pool = &pool;
            scope.spawn(move || {
                let connection = pool.acquire();
                assert!(!connection.is_empty(), "query {query} has no connection");
            });
        }
    });
    println!("{} connections are back", pool.idle.lock().unwrap().try_iter().count());
}
// ANCHOR_END: program
