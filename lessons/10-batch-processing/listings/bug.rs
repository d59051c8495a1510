//! Two threads empty one buffer: one when it is full, the other when it is old. A batch overtakes another.

// ANCHOR: program
use std::mem;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

const AGE: Duration = Duration::from_millis(50);

fn write(batch: Vec<u32>) {
    if !batch.is_empty() {
        println!("wrote {batch:?}");
    }
}

fn push(buffer: &Mutex<Vec<u32>>, row: u32) {
    let mut rows = buffer.lock().unwrap();
    rows.push(row);
    if rows.len() == 2 {
        let batch = mem::take(&mut *rows);
        drop(rows); // nobody has to wait while this is written
        write(batch);
    }
}

pub fn main() {
    let buffer = Mutex::new(Vec::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(AGE);
            let batch = mem::take(&mut *buffer.lock().unwrap());
            write(batch);
        });
        push(&buffer, 1);
        thread::sleep(AGE);
        push(&buffer, 2);
        push(&buffer, 3);
    });
    write(buffer.into_inner().unwrap());
}
// ANCHOR_END: program
