//! Twenty threads, each with one query, and five connections. One query panics, and one connection breaks.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use resource_pool::{Failure, Pool};

/// How many connections were made.
static MADE: AtomicUsize = AtomicUsize::new(0);
/// How many are in use.
static BUSY: AtomicUsize = AtomicUsize::new(0);
/// The most that were ever in use at once.
static MOST: AtomicUsize = AtomicUsize::new(0);

/// To a database that is very far away.
struct Connection;

fn query(_connection: &mut Connection, number: u32) -> Result<u32, &'static str> {
    MOST.fetch_max(BUSY.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
    thread::sleep(Duration::from_millis(100));
    BUSY.fetch_sub(1, Ordering::SeqCst);
    match number {
        7 => panic!("query 7 can't be understood"),
        13 => Err("the connection is broken"),
        _ => Ok(number * number),
    }
}

fn main() {
    // A panic is announced on stderr. Here it is expected.
    std::panic::set_hook(Box::new(|_| {}));
    let pool = Pool::<Connection, String>::new(5, || {
        MADE.fetch_add(1, Ordering::SeqCst);
        Ok(Connection)
    });
    let ask = |number| {
        let mut connection = pool.acquire().expect("the pool is open");
        let answer = query(&mut connection, number);
        if answer.is_err() {
            connection.discard();
        }
        answer
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..20).map(|number| scope.spawn(move || ask(number))).collect();
        let (mut answers, mut broken, mut panics) = (0, 0, 0);
        for thread in threads {
            match thread.join() {
                Ok(Ok(_)) => answers += 1,
                Ok(Err(_)) => broken += 1,
                Err(_) => panics += 1,
            }
        }
        println!("{answers} answers, {broken} broken connection, {panics} panic");
    });
    println!("at most {} at once", MOST.load(Ordering::SeqCst));
    let all = pool.acquire_many(5).expect("all connections are back");
    println!("{} are back, {} were made", all.len(), MADE.load(Ordering::SeqCst));
    println!("one more in 0.1 s: {}", told(pool.acquire_timeout(Duration::from_millis(100))));
    pool.close();
    println!("one more after the end: {}", told(pool.acquire()));
}

fn told<G>(outcome: Result<G, Failure<String>>) -> &'static str {
    match outcome {
        Ok(_) => "a connection",
        Err(Failure::TimedOut) => "timed out",
        Err(Failure::Closed) => "closed",
        Err(Failure::Factory(_)) => "can't connect",
    }
}
