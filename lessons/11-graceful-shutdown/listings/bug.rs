//! A shutdown that waits for a worker, and holds what the worker needs.

// ANCHOR: program
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};

#[derive(Default)]
struct Kitchen {
    cooked: Vec<u32>,
    cooks: Vec<JoinHandle<()>>,
}

fn shutdown(kitchen: &Mutex<Kitchen>) {
    let mut kitchen = kitchen.lock().unwrap();
    for cook in kitchen.cooks.drain(..) {
        cook.join().unwrap();
    }
    println!("cooked {:?}", kitchen.cooked);
}

pub fn main() {
    let kitchen = Arc::<Mutex<Kitchen>>::default();
    let (orders, queue) = mpsc::channel();
    let shared = Arc::clone(&kitchen);
    let cook = thread::spawn(move || {
        for order in queue {
            println!("cooking {order}");
            shared.lock().unwrap().cooked.push(order);
        }
    });
    kitchen.lock().unwrap().cooks.push(cook);
    for order in [7, 8] {
        orders.send(order).unwrap();
    }
    drop(orders); // nothing new is accepted
    shutdown(&kitchen);
}
// ANCHOR_END: program
