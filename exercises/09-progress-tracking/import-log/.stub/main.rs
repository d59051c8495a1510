//! Eight records on three workers; every third one is refused.

use std::io;
use std::thread;
use std::time::Duration;

use import_log::import;

fn main() -> io::Result<()> {
    let store = |record: u64| {
        thread::sleep(Duration::from_millis(100 + record % 4 * 30));
        if record.is_multiple_of(3) { Err("the date is missing".to_owned()) } else { Ok(()) }
    };
    let records: Vec<u64> = (100..108).collect();
    let stored = import(&records, 3, store, io::stdout())?;
    println!("{stored} records are in the database");
    Ok(())
}
