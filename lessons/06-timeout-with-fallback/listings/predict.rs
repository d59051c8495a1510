//! A caller that gives up, and work that does not notice.

// ANCHOR: program
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

fn main() {
    let (sender, result) = mpsc::channel();
    let station = thread::spawn(move || {
        thread::sleep(Duration::from_millis(600));
        println!("measured");
        println!("sent: {:?}", sender.send(17));
    });
    println!("{:?}", result.recv_timeout(Duration::from_millis(100)));
    drop(result);
    station.join().unwrap();
    println!("the end");
}
// ANCHOR_END: program
