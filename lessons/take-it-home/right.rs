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
        // ANCHOR: sell
        let mut left = self.left.lock().unwrap();
        if *left == 0 {
            return false;
        }
        *left -= 1;
        true
        // ANCHOR_END: sell
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
