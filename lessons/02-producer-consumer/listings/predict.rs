//! How far does a producer run ahead when nobody takes anything?

// ANCHOR: program
use std::sync::mpsc::sync_channel;

fn main() {
    let (sender, receiver) = sync_channel(2);
    for page in (1..=5).inspect(|page| println!("pulled {page}")) {
        if sender.try_send(page).is_err() {
            println!("no room for {page}");
            break;
        }
    }
    drop(sender);
    for page in receiver {
        println!("took {page}");
    }
}
// ANCHOR_END: program
