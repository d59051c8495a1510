//! Two connections, and two threads that copy from one to the other. Each needs both.

// ANCHOR: program
use std::sync::{Condvar, Mutex};
use std::thread;

struct Pool {
    idle: Mutex<usize>,
    returned: Condvar,
}

struct Guard<'a>(&'a Pool);

impl Pool {
    fn acquire(&self) -> Guard<'_> {
        let idle = self.idle.lock().unwrap();
        *self.returned.wait_while(idle, |idle| *idle == 0).unwrap() -= 1;
        Guard(self)
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        *self.0.idle.lock().unwrap() += 1;
        self.0.returned.notify_one();
    }
}

pub fn main() {
    let pool = Pool { idle: Mutex::new(2), returned: Condvar::new() };
    thread::scope(|scope| {
        for table in ["customers", "orders"] {
            let pool = &pool;
            scope.spawn(move || {
                let _source = pool.acquire();
                println!("{table}: reading");
                let _target = pool.acquire();
                println!("{table}: copied");
            });
        }
    });
}
// ANCHOR_END: program
