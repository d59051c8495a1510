//! Two cooks and six orders. Ctrl-C closes the kitchen: no new orders, and what has not begun is returned. A second
//! Ctrl-C ends the program at once. `cargo run -p executor -- 60` has orders that take 60 s each, in place of one second.

use std::process::{self, ExitCode};
use std::thread;
use std::time::Duration;

use executor::{Executor, Handle, How, Outcome, Stop};

/// How long the kitchen may take to close.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) fn main() -> ExitCode {
    let seconds = std::env::args().nth(1).map_or(1, |text| text.parse().expect("a number of seconds"));
    let stop = Stop::new();
    let signal = stop.clone();
    // ctrlc calls this on a thread of its own, so it may take locks and print.
    let on_signal = move || {
        if !signal.request() {
            process::exit(130);
        }
    };
    ctrlc::set_handler(on_signal).expect("no other handler is set");

    let kitchen = Executor::new(2, stop.clone());
    let cook = |order: u32| {
        move || thread::sleep(Duration::from_secs(seconds) + Duration::from_millis(order.into()))
    };
    let submit = |order: u32| kitchen.submit(&format!("order {order}"), cook(order)).ok();
    let handles: Vec<_> = (1..=6).map(submit).collect();
    println!("six orders, two cooks; Ctrl-C closes the kitchen, a second Ctrl-C ends at once");

    // Without a Ctrl-C, the kitchen closes when there has been time for all of its orders.
    let how = if stop.wait_timeout(Duration::from_secs(4 * seconds)) { How::Cancel } else { How::Drain };
    println!("closing: {how:?}");
    if kitchen.submit("order 7", cook(7)).is_err() {
        println!("order 7 is refused");
    }
    let running = kitchen.shutdown(how, PATIENCE);
    for (order, handle) in (1..).zip(handles) {
        println!("order {order}: {}", told(order, handle, &running));
    }
    if running.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What became of an order, in words. An order that still runs is not waited for.
fn told<F>(order: u32, handle: Option<Handle<(), F>>, running: &[String]) -> &'static str {
    if running.contains(&format!("order {order}")) {
        return "still running";
    }
    match handle.map(Handle::join) {
        Some(Outcome::Done(())) => "done",
        Some(Outcome::Panicked(_)) => "panicked",
        Some(Outcome::Cancelled(_)) => "cancelled",
        None => "refused",
    }
}
