//! Two questions, each with a limit. The answers come through one channel.

// ANCHOR: program
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

pub fn main() {
    let (ask, questions) = mpsc::channel();
    let (reply, answers) = mpsc::channel();
    thread::scope(|scope| {
        let serve = move || {
            for question in questions {
                thread::sleep(Duration::from_millis(100));
                let _ = reply.send(question);
            }
        };
        thread::Builder::new().name("server".into()).spawn_scoped(scope, serve).unwrap();
        for question in 1..=2 {
            ask.send(question).unwrap();
            let answer = answers.recv_timeout(Duration::from_millis(100));
            println!("{question}: {answer:?}");
        }
        drop(ask);
    });
}
// ANCHOR_END: program
