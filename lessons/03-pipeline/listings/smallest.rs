//! Three stages: fetch, count, save. A channel with room for one text between any two of them.

// ANCHOR: program
use std::sync::mpsc::sync_channel;
use std::thread;

fn main() {
    let texts = ["to be", "or not to be", "that is the question"];
    let (fetched, to_count) = sync_channel(1);
    let (counted, to_save) = sync_channel(1);
    thread::scope(|scope| {
        scope.spawn(move || {
            for text in texts {
                fetched.send(text).unwrap(); // waits while one text waits
            }
        }); // `fetched` is dropped: `to_count` has an end
        scope.spawn(move || {
            for text in to_count {
                counted.send((text, text.split(' ').count())).unwrap();
            }
        }); // `counted` is dropped: the end travels on
        for (text, words) in to_save {
            println!("saved: {text} ({words} words)");
        }
    });
}
// ANCHOR_END: program
