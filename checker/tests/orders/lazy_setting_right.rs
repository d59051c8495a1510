//! not found: the twin of lazy_setting_wrong.rs, with the orders it needs
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Mutex;
use std::thread;

#[derive(Default)]
struct Setting {
    is_made: AtomicBool,
    making: Mutex<()>,
    width: AtomicU64,
    height: AtomicU64,
}

impl Setting {
    fn area(&self) -> u64 {
        if !self.is_made.load(Ordering::Acquire) {
            let _making = self.making.lock().unwrap();
            if !self.is_made.load(Ordering::Relaxed) {
                self.width.store(6, Ordering::Relaxed);
                self.height.store(7, Ordering::Relaxed);
                self.is_made.store(true, Ordering::Release);
            }
        }
        self.width.load(Ordering::Relaxed) * self.height.load(Ordering::Relaxed)
    }
}

fn main() {
    let setting = Setting::default();
    thread::scope(|s| {
        for _ in 0..2 {
            s.spawn(|| assert_eq!(setting.area(), 42, "half of the setting was not there"));
        }
    });
}
