//! The programs that are run on both engines.

/// The programs, once for each library: the sources are the same to the letter.
macro_rules! programs {
    ($name:ident $library:ident) => {
        mod $name {
            use std::collections::VecDeque;
            use std::sync::Arc;

            use ::$library::sync::atomic::{AtomicUsize, Ordering};
            use ::$library::sync::{Condvar, Mutex, mpsc};
            use ::$library::thread;

            /// Three threads count to ten under a lock.
            pub(super) fn counter() {
                let total = Arc::new(Mutex::new(0));
                let threads: Vec<_> = (0..3)
                    .map(|_| {
                        let total = Arc::clone(&total);
                        thread::spawn(move || (0..10).for_each(|_| *total.lock().unwrap() += 1))
                    })
                    .collect();
                threads.into_iter().for_each(|t| t.join().unwrap());
                assert_eq!(*total.lock().unwrap(), 30);
            }

            /// A producer and two consumers on a queue of five, with two Condvars.
            pub(super) fn bounded_queue() {
                let queue = Arc::new((Mutex::new(VecDeque::new()), Condvar::new(), Condvar::new()));
                let consumers: Vec<_> = (0..2)
                    .map(|_| {
                        let queue = Arc::clone(&queue);
                        thread::spawn(move || {
                            let (items, filled, emptied) = &*queue;
                            let mut sum = 0;
                            loop {
                                let mut items = items.lock().unwrap();
                                while items.is_empty() {
                                    items = filled.wait(items).unwrap();
                                }
                                let item: Option<u64> = items.pop_front().unwrap();
                                drop(items);
                                emptied.notify_one();
                                match item {
                                    Some(n) => sum += n,
                                    None => return sum,
                                }
                            }
                        })
                    })
                    .collect();
                let (items, filled, emptied) = &*queue;
                for item in (0..20).map(Some).chain([None, None]) {
                    let mut items = items.lock().unwrap();
                    while items.len() == 5 {
                        items = emptied.wait(items).unwrap();
                    }
                    items.push_back(item);
                    drop(items);
                    filled.notify_one();
                }
                let sum: u64 = consumers.into_iter().map(|c| c.join().unwrap()).sum();
                assert_eq!(sum, 190);
            }

            /// A pipeline of two channels.
            pub(super) fn pipeline() {
                let (numbers, stage) = mpsc::sync_channel::<u64>(2);
                let (squares, results) = mpsc::channel();
                let first = thread::spawn(move || (0..20).for_each(|n| numbers.send(n).unwrap()));
                let second = thread::spawn(move || {
                    while let Ok(n) = stage.recv() {
                        squares.send(n * n).unwrap();
                    }
                });
                let mut sum = 0;
                while let Ok(n) = results.recv() {
                    sum += n;
                }
                first.join().unwrap();
                second.join().unwrap();
                assert_eq!(sum, 2470);
            }

            /// Four threads race on an atomic.
            pub(super) fn atomics() {
                let total = Arc::new(AtomicUsize::new(0));
                let threads: Vec<_> = (0..4)
                    .map(|_| {
                        let total = Arc::clone(&total);
                        thread::spawn(move || {
                            (0..20).for_each(|_| {
                                total.fetch_add(1, Ordering::SeqCst);
                            })
                        })
                    })
                    .collect();
                threads.into_iter().for_each(|t| t.join().unwrap());
                assert_eq!(total.load(Ordering::SeqCst), 80);
            }
        }
    };
}
