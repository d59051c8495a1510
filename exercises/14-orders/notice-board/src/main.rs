//! A clerk posts the number of the next bus, and a passenger looks at the board from time to time.

use std::thread;
use std::time::Duration;

use notice_board::Board;

fn main() {
    let board = Board::new();
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(50));
            board.post(42);
        });
        while board.read().is_none() {
            thread::sleep(Duration::from_millis(10));
        }
        println!("{:?}", board.read());
    });
}
