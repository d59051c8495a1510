//! A board with car keys. A driver who finds no key waits for one.

use std::ops::Deref;
use std::sync::{Condvar, Mutex};

/// The board. This is given.
#[derive(Debug)]
pub struct Board<K> {
    /// The keys that hang on the board.
    keys: Mutex<Vec<K>>,
    returned: Condvar,
}

/// A key that is in a driver's hand. It is on the board again when this value is dropped.
#[derive(Debug)]
pub struct Taken<'a, K> {
    board: &'a Board<K>,
    /// `Some` as long as the driver can see it.
    key: Option<K>,
}

impl<K> Board<K> {
    /// A board on which these keys hang.
    pub fn new(keys: Vec<K>) -> Self {
        Self { keys: Mutex::new(keys), returned: Condvar::new() }
    }

    /// Takes a key from the board. Waits until there is one.
    pub fn take(&self) -> Taken<'_, K> {
        let keys = self.keys.lock().unwrap();
        let mut keys = self.returned.wait_while(keys, |keys| keys.is_empty()).unwrap();
        let taken = Taken { board: self, key: keys.pop() };
        drop(keys);
        let _ = &taken;
        todo!("first write the body of `drop` below; then return `taken` here, in place of these two lines")
    }

    /// How many keys hang on the board.
    pub fn hanging(&self) -> usize {
        self.keys.lock().unwrap().len()
    }
}

impl<K> Deref for Taken<'_, K> {
    type Target = K;

    fn deref(&self) -> &K {
        self.key.as_ref().expect("the key is there until the drop")
    }
}

impl<K> Drop for Taken<'_, K> {
    fn drop(&mut self) {
        // About three lines: the key hangs on the board again, and a waiting driver learns of it.
        let _ = (self.board, &mut self.key);
    }
}
