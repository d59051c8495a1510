//! Two cars, four drivers, and one of them has an accident.

use std::thread;
use std::time::Duration;

use car_keys::Board;

fn main() {
    // A panic is announced on stderr. Here it is expected.
    std::panic::set_hook(Box::new(|_| {}));
    let board = Board::new(vec!["red car", "blue car"]);
    let drive = |driver| {
        let car = board.take();
        thread::sleep(Duration::from_millis(100));
        assert!(driver != "Bruno", "an accident with the {}", *car);
    };
    thread::scope(|scope| {
        let drivers =
            ["Anna", "Bruno", "Chloé", "Dimitri"].map(|driver| (driver, scope.spawn(move || drive(driver))));
        for (driver, drives) in drivers {
            println!("{driver} {}", if drives.join().is_ok() { "arrived" } else { "had an accident" });
        }
    });
    println!("{} keys hang on the board", board.hanging());
}
