//! Three letters and two sorters. A letter to the archive is answered by two more, and the room closes at once.

use std::thread;
use std::time::Duration;

use mail_room::MailRoom;

fn main() {
    let room = MailRoom::open(2, |letter: String, outbox| {
        thread::sleep(Duration::from_millis(100));
        if letter == "archive" {
            outbox.post("copy".to_owned());
            outbox.post("receipt".to_owned());
        }
    });
    for letter in ["bill", "archive", "postcard"] {
        room.post(letter.to_owned());
    }
    println!("three letters are posted");
    println!("closed after {} letters", room.close());
}
