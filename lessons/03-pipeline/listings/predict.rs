//! The source never ends. Does the program?

// ANCHOR: program
use std::sync::mpsc::sync_channel;
use std::thread;

fn main() {
    let (fetched, to_count) = sync_channel(1);
    let (counted, to_save) = sync_channel(1);
    thread::scope(|scope| {
        scope.spawn(move || {
            for page in 1.. {
                if fetched.send(page).is_err() {
                    return println!("fetch stops");
                }
            }
        });
        scope.spawn(move || {
            for page in to_count {
                if counted.send(page).is_err() {
                    println!("count stops");
                    break;
                }
            }
        });
        for page in to_save.iter().take(2) {
            println!("saved page {page}");
        }
        println!("save stops");
        drop(to_save);
    });
}
// ANCHOR_END: program
