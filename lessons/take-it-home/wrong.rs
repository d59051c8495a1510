//! Tickets for one evening, sold at several desks.

use std::sync::Mutex;

pub struct Tickets {
    left: Mutex<u32>,
}

impl Tickets {
    pub fn new(left: u32) -> Tickets {
        Tickets { left: Mutex::new(left) }
    }

    /// Sells a ticket, if there is one left.
    pub fn sell(&self) -> bool {
        if *self.left.lock().unwrap() == 0 {
            return false;
        }
        *self.left.lock().unwrap() -= 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn the_last_ticket_is_sold_once() {
        let tickets = Tickets::new(1);
        let sold = thread::scope(|scope| {
            let left = scope.spawn(|| tickets.sell());
            let right = scope.spawn(|| tickets.sell());
            [left.join().unwrap(), right.join().unwrap()]
        });
        assert_ne!(sold[0], sold[1], "one of two desks sells the last ticket");
    }
}
