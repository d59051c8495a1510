//! Lesson 10: rows that come one at a time, written to SQLite in batches by the lesson's own batcher.
//!
//! `cargo run -p wild --bin 10_batch_writer` measures what a batch size gains and costs, in real time, and
//! draws it. `-- --careless` forgets to close the batcher, as a hurried program does.

use std::env;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use batcher_solution::{Batcher, Options, Outcome, Receipt};
use rusqlite::{Connection, Result, params};

/// A measurement, on its way into the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    id: i64,
    /// The table refuses negative ones.
    value: i64,
}

fn open(file: &Path) -> Result<Connection> {
    let connection = Connection::open(file)?;
    // A commit returns when the disk has the rows. That is what a batch saves.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, value INTEGER NOT NULL CHECK (value >= 0))",
    )?;
    Ok(connection)
}

// ANCHOR: write
/// One transaction for the whole batch. If one row is refused, none of the batch is stored.
fn write(connection: &mut Connection, batch: &[Row]) -> Result<()> {
    let transaction = connection.transaction()?;
    {
        let mut insert = transaction.prepare_cached("INSERT INTO rows (id, value) VALUES (?1, ?2)")?;
        for row in batch {
            insert.execute(params![row.id, row.value])?;
        }
    }
    transaction.commit()
}
// ANCHOR_END: write

fn writer(file: &Path, size: usize, age: Duration) -> Result<Batcher<Row, String>> {
    let mut connection = open(file)?;
    let options = Options { size, age, limit: 2 * size };
    // ANCHOR: handler
    let handler = move |batch: Vec<Row>| write(&mut connection, &batch).map_err(|error| error.to_string());
    Ok(Batcher::new(options, handler))
    // ANCHOR_END: handler
}

fn count(file: &Path) -> Result<usize> {
    let count: i64 = Connection::open(file)?.query_row("SELECT count(*) FROM rows", [], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// What the program does when it has pushed its last row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Close,
    /// The batcher goes out of scope, and that is all.
    Forget,
}

/// Writes rows, with a pause before each, and says for each one what became of it and how long its caller waited.
fn write_all(
    file: &Path,
    rows: impl IntoIterator<Item = Row>,
    size: usize,
    pause: Duration,
    end: End,
) -> Result<Vec<(Outcome<String>, Duration)>> {
    let writer = writer(file, size, Duration::from_secs(3600))?;
    let (told, receipts) = mpsc::channel::<(Receipt<String>, Instant)>();
    let listener = thread::spawn(move || {
        receipts.into_iter().map(|(receipt, pushed)| (receipt.wait(), pushed.elapsed())).collect()
    });
    let mut next = Instant::now();
    for row in rows {
        next += pause;
        thread::sleep(next.saturating_duration_since(Instant::now()));
        let pushed = Instant::now();
        if let Ok(receipt) = writer.push(row) {
            let _ = told.send((receipt, pushed));
        }
    }
    match end {
        End::Close => writer.close(),
        End::Forget => drop(writer),
    }
    drop(told);
    Ok(listener.join().expect("the listener only waits"))
}

const ROWS: i64 = 2_000;
const SIZES: [usize; 4] = [1, 10, 100, 1_000];

fn rows() -> impl Iterator<Item = Row> {
    (0..ROWS).map(|id| Row { id, value: id * 7 % 100 })
}

/// A row of the table that `main` prints: how many rows a second, and the mean wait of a row that comes every 0.5 ms.
fn measure(size: usize) -> Result<(f64, Duration)> {
    let folder = tempfile::tempdir().expect("a folder for the database");
    let begun = Instant::now();
    let fast = write_all(&folder.path().join("fast.db"), rows(), size, Duration::ZERO, End::Close)?;
    let rate = fast.len() as f64 / begun.elapsed().as_secs_f64();
    let slow = Duration::from_micros(500);
    let waits = write_all(&folder.path().join("slow.db"), rows(), size, slow, End::Close)?;
    Ok((rate, waits.iter().map(|(_, wait)| *wait).sum::<Duration>() / waits.len() as u32))
}

/// The table, with a bar for each rate.
fn draw(measured: &[(usize, f64, Duration)]) -> String {
    let most = measured.iter().map(|(_, rate, _)| *rate).fold(1.0, f64::max);
    let mut drawn = format!("{:>6} {:>8}  {:32} {:>10}\n", "size", "rows/s", "", "wait");
    for (size, rate, wait) in measured {
        let bar = "█".repeat(((rate / most * 32.0).round() as usize).max(1));
        drawn += &format!("{size:>6} {rate:>8.0}  {bar:32} {:>7.1} ms\n", wait.as_secs_f64() * 1_000.0);
    }
    drawn
}

fn run(end: End) -> Result<bool> {
    if end == End::Close {
        let mut measured = Vec::new();
        for size in SIZES {
            let (rate, wait) = measure(size)?;
            measured.push((size, rate, wait));
        }
        print!("{}", draw(&measured));
        return Ok(true);
    }
    let folder = tempfile::tempdir().expect("a folder for the database");
    let file = folder.path().join("rows.db");
    let outcomes = write_all(&file, rows().take(250), 100, Duration::ZERO, end)?;
    let lost = outcomes.iter().filter(|(outcome, _)| *outcome == Outcome::NeverTried).count();
    println!("{} rows pushed, {} in the table, {lost} never tried", outcomes.len(), count(&file)?);
    Ok(lost == 0)
}

fn main() -> ExitCode {
    let careless = env::args().any(|argument| argument == "--careless");
    match run(if careless { End::Forget } else { End::Close }) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the database can't be used: {error}");
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rows.db");
        (folder, file)
    }

    #[test]
    fn every_row_is_in_the_table_when_its_receipt_says_so() {
        let (_folder, file) = file();
        let outcomes = write_all(&file, rows().take(250), 100, Duration::ZERO, End::Close).unwrap();
        assert_eq!(outcomes.len(), 250);
        assert!(outcomes.iter().all(|(outcome, _)| *outcome == Outcome::Stored));
        assert_eq!(count(&file).unwrap(), 250);
    }

    #[test]
    fn one_row_that_is_refused_fails_its_batch_and_no_other() {
        let (_folder, file) = file();
        let bad = |row: Row| if row.id == 13 { Row { value: -1, ..row } } else { row };
        let outcomes = write_all(&file, rows().take(30).map(bad), 10, Duration::ZERO, End::Close).unwrap();
        let failed: Vec<usize> = (0..30)
            .filter(|id| matches!(&outcomes[*id].0, Outcome::Failed(error) if error.contains("CHECK")))
            .collect();
        assert_eq!(failed, (10..20).collect::<Vec<_>>());
        assert_eq!(count(&file).unwrap(), 20);
    }

    #[test]
    fn a_careless_program_loses_the_last_batch_and_the_receipts_tell() {
        let (_folder, file) = file();
        let outcomes = write_all(&file, rows().take(250), 100, Duration::ZERO, End::Forget).unwrap();
        let lost = outcomes.iter().filter(|(outcome, _)| *outcome == Outcome::NeverTried).count();
        assert!(lost >= 50, "only {lost} of 250 rows are lost");
        assert_eq!(count(&file).unwrap(), 250 - lost, "each receipt says what is in the table");
    }

    #[test]
    fn the_drawing_has_a_line_for_each_size() {
        let measured = [(1, 500.0, Duration::from_millis(2)), (100, 16_000.0, Duration::from_millis(25))];
        let drawn = draw(&measured);
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[1].matches('█').count(), 1);
        assert_eq!(lines[2].matches('█').count(), 32);
    }
}
