//! breaks: clause 3 · finding: too-late
//! Whoever waits at a board stands in a door that all boards share.
use std::ops::Deref;
use std::sync::{Condvar, Mutex};

#[derive(Debug)]
pub struct Board<K> {
    keys: Mutex<Vec<K>>,
    returned: Condvar,
}

#[derive(Debug)]
pub struct Taken<'a, K> {
    board: &'a Board<K>,
    key: Option<K>,
}

impl<K> Board<K> {
    pub fn new(keys: Vec<K>) -> Self {
        Self { keys: Mutex::new(keys), returned: Condvar::new() }
    }

    pub fn take(&self) -> Taken<'_, K> {
        static DOOR: Mutex<()> = Mutex::new(());
        let _door = DOOR.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let keys = self.keys.lock().unwrap();
        let mut keys = self.returned.wait_while(keys, |keys| keys.is_empty()).unwrap();
        Taken { board: self, key: keys.pop() }
    }

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
        let Some(key) = self.key.take() else { return };
        let mut keys = self.board.keys.lock().unwrap();
        keys.push(key);
        self.board.returned.notify_one();
    }
}
