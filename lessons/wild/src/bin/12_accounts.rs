//! Lesson 12: transfers between accounts in an SQLite file, over r2d2 and over the lesson's own pool.
//!
//! `cargo run -p wild --bin 12_accounts` uses a file that is removed afterwards; with `-- bank.db` it is that one.
//! `-- --careless` begins and ends transactions by hand, as a hurried program does, and forgets the end of some.

use std::env;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use resource_pool_solution::{Failure, Pool};
use rusqlite::{Connection, Result, TransactionBehavior, params};

const ACCOUNTS: i64 = 8;
/// What is in each account in the beginning.
const BALANCE: i64 = 1_000;
/// How many connections a pool has. SQLite lets many read at once, and one write.
const CONNECTIONS: usize = 4;
const THREADS: usize = 16;

fn open(file: &Path) -> Result<Connection> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // Without a sync for each transaction: fast, and a power cut may cost the last ones.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    Ok(connection)
}

fn fill(file: &Path) -> Result<()> {
    let connection = open(file)?;
    connection.execute_batch(
        "DROP TABLE IF EXISTS accounts; CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)",
    )?;
    for id in 0..ACCOUNTS {
        connection.execute("INSERT INTO accounts VALUES (?1, ?2)", [id, BALANCE])?;
    }
    Ok(())
}

/// The money in all accounts, as somebody sees it who opens the file now.
fn total(file: &Path) -> Result<i64> {
    open(file)?.query_row("SELECT sum(balance) FROM accounts", [], |row| row.get(0))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Transfer {
    from: i64,
    to: i64,
    amount: i64,
}

/// Most of them are right. Some ask for more than there is, and a few panic half way.
fn transfers(count: i64) -> Vec<Transfer> {
    let transfer = |number| Transfer {
        from: number % ACCOUNTS,
        to: if number % 100 == 13 { -1 } else { (number + 1) % ACCOUNTS },
        amount: if number % 20 == 7 { 1_000_000 } else { 1 },
    };
    (0..count).map(transfer).collect()
}

/// What became of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    Done,
    /// There was not enough money.
    Refused,
    Panicked,
    /// There was no connection, or the database said no.
    Failed(String),
}

impl From<rusqlite::Error> for End {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// The two steps of a transfer. Between them, money is missing.
fn step_by_step(connection: &Connection, transfer: Transfer) -> std::result::Result<(), End> {
    let Transfer { from, to, amount } = transfer;
    let change = "UPDATE accounts SET balance = balance + ?2 WHERE id = ?1";
    connection.execute(change, params![from, -amount])?;
    let rest: i64 =
        connection.query_row("SELECT balance FROM accounts WHERE id = ?1", [from], |row| row.get(0))?;
    if rest < 0 {
        return Err(End::Refused);
    }
    assert!((0..ACCOUNTS).contains(&to), "there is no account {to}");
    connection.execute(change, params![to, amount])?;
    Ok(())
}

// ANCHOR: transfer
/// The transaction is a guard, too: dropped without a commit, it is rolled back. By a `?` and by a panic, too.
fn transfer(connection: &mut Connection, transfer: Transfer) -> std::result::Result<(), End> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    step_by_step(&transaction, transfer)?;
    Ok(transaction.commit()?)
}
// ANCHOR_END: transfer

/// The same by hand. The `?` leaves the transaction open, and the connection returns to its pool with it.
fn transfer_by_hand(connection: &mut Connection, transfer: Transfer) -> std::result::Result<(), End> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    step_by_step(connection, transfer)?;
    Ok(connection.execute_batch("COMMIT")?)
}

type Way = fn(&mut Connection, Transfer) -> std::result::Result<(), End>;

// ANCHOR: manager
/// What r2d2 has to know about SQLite.
struct Sqlite {
    file: PathBuf,
    /// Whether a connection is looked at when it returns.
    looks: bool,
}

impl r2d2::ManageConnection for Sqlite {
    type Connection = Connection;
    type Error = rusqlite::Error;

    fn connect(&self) -> Result<Connection> {
        open(&self.file)
    }

    fn is_valid(&self, connection: &mut Connection) -> Result<()> {
        connection.execute_batch("SELECT 1")
    }

    /// A connection with an open transaction must not reach the next user.
    fn has_broken(&self, connection: &mut Connection) -> bool {
        self.looks && !connection.is_autocommit()
    }
}
// ANCHOR_END: manager

/// A source of connections: takes one, does something with it, and returns it.
trait Connections: Sync {
    fn with(&self, work: &mut dyn FnMut(&mut Connection) -> End) -> End;
}

impl Connections for r2d2::Pool<Sqlite> {
    fn with(&self, work: &mut dyn FnMut(&mut Connection) -> End) -> End {
        match self.get() {
            Ok(mut connection) => work(&mut connection),
            Err(error) => End::Failed(error.to_string()),
        }
    }
}

/// The pool of the lesson.
struct Own {
    pool: Pool<Connection, rusqlite::Error>,
    looks: bool,
}

impl Connections for Own {
    fn with(&self, work: &mut dyn FnMut(&mut Connection) -> End) -> End {
        // ANCHOR: own
        let mut connection = match self.pool.acquire_timeout(Duration::from_secs(30)) {
            Ok(connection) => connection,
            Err(Failure::Factory(error)) => return error.into(),
            Err(other) => return End::Failed(format!("{other:?}")),
        };
        let end = work(&mut connection);
        if self.looks && !connection.is_autocommit() {
            connection.discard();
        }
        // ANCHOR_END: own
        end
    }
}

fn r2d2_pool(file: &Path, size: usize, looks: bool) -> std::result::Result<r2d2::Pool<Sqlite>, End> {
    let manager = Sqlite { file: file.to_owned(), looks };
    let builder = r2d2::Pool::builder().max_size(u32::try_from(size).unwrap_or(u32::MAX));
    builder.build(manager).map_err(|error| End::Failed(error.to_string()))
}

fn own_pool(file: &Path, size: usize, looks: bool) -> Own {
    let file = file.to_owned();
    Own { pool: Pool::new(size, move || open(&file)), looks }
}

/// How many transfers ended in which way.
#[derive(Debug, Default, PartialEq, Eq)]
struct Report {
    done: usize,
    refused: usize,
    panicked: usize,
    failed: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, refused, panicked, failed } = self;
        write!(f, "{done} done, {refused} refused, {panicked} panicked, {} failed", failed.len())
    }
}

/// Runs the transfers on some threads, and counts how they ended.
fn run(connections: &dyn Connections, transfers: &[Transfer], threads: usize, way: Way) -> Report {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut ends = Vec::new();
        while let Some(transfer) = transfers.get(next.fetch_add(1, Ordering::SeqCst)) {
            let mut transfer =
                |connection: &mut Connection| way(connection, *transfer).err().unwrap_or(End::Done);
            let caught = catch_unwind(AssertUnwindSafe(|| connections.with(&mut transfer)));
            ends.push(caught.unwrap_or(End::Panicked));
        }
        ends
    };
    let ends: Vec<End> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("panics are caught")).collect()
    });
    let mut report = Report::default();
    for end in ends {
        match end {
            End::Done => report.done += 1,
            End::Refused => report.refused += 1,
            End::Panicked => report.panicked += 1,
            End::Failed(why) => report.failed.push(why),
        }
    }
    report
}

/// Both pools, one after the other. Whether nothing failed and no money is missing.
fn show(file: &Path, way: Way, looks: bool, count: i64, threads: usize) -> std::result::Result<bool, End> {
    let mut right = true;
    for own in [false, true] {
        fill(file)?;
        let transfers = transfers(count);
        let report = if own {
            run(&own_pool(file, CONNECTIONS, looks), &transfers, threads, way)
        } else {
            run(&r2d2_pool(file, CONNECTIONS, looks)?, &transfers, threads, way)
        };
        let total = total(file)?;
        println!("{:8} {report}", if own { "own pool" } else { "r2d2" });
        if let Some(why) = report.failed.first() {
            println!("         such as: {why}");
        }
        println!("         {total} in the accounts, {} in the beginning", ACCOUNTS * BALANCE);
        right &= report.failed.is_empty() && total == ACCOUNTS * BALANCE;
    }
    Ok(right)
}

fn main() -> ExitCode {
    // A panic is announced on standard error, caught or not. Here it is expected.
    std::panic::set_hook(Box::new(|_| {}));
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let careless = arguments.iter().position(|argument| argument == "--careless");
    if let Some(place) = careless {
        arguments.remove(place);
    }
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let file = arguments.first().map_or_else(|| folder.path().join("bank.db"), PathBuf::from);
    let shown = match careless {
        // On one thread: on several, most transfers would wait for the one that has the file.
        Some(_) => show(&file, transfer_by_hand, false, 40, 1),
        None => show(&file, transfer, true, 400, THREADS),
    };
    match shown {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(end) => {
            eprintln!("the accounts can't be used: {end:?}");
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with accounts, which goes away with the folder.
    fn bank() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bank.db");
        fill(&file).unwrap();
        (folder, file)
    }

    fn right(report: &Report, file: &Path) {
        assert_eq!((report.done, report.refused, report.panicked), (188, 10, 2));
        assert_eq!(report.failed, Vec::<String>::new());
        assert_eq!(total(file).unwrap(), ACCOUNTS * BALANCE);
    }

    #[test]
    fn no_money_is_lost_over_r2d2() {
        let (_folder, file) = bank();
        let pool = r2d2_pool(&file, CONNECTIONS, true).unwrap();
        right(&run(&pool, &transfers(200), THREADS, transfer), &file);
        assert_eq!(pool.state().idle_connections as usize, CONNECTIONS);
    }

    #[test]
    fn no_money_is_lost_over_the_lessons_pool() {
        let (_folder, file) = bank();
        let own = own_pool(&file, CONNECTIONS, true);
        right(&run(&own, &transfers(200), THREADS, transfer), &file);
        assert_eq!(own.pool.acquire_many(CONNECTIONS).map_err(|_| "lost").unwrap().len(), CONNECTIONS);
    }

    /// One connection and one thread: transfer 7 is refused and leaves its transaction open.
    fn after_a_refusal(connections: &dyn Connections, file: &Path) -> Report {
        let report = run(connections, &transfers(12), 1, transfer_by_hand);
        assert_eq!((report.refused, report.panicked), (1, 0), "{report:?}");
        // What an open transaction has done is not there for anybody else.
        assert_eq!(total(file).unwrap(), ACCOUNTS * BALANCE);
        report
    }

    #[test]
    fn a_connection_with_an_open_transaction_spoils_the_work_of_the_next_user() {
        let (_folder, file) = bank();
        for connections in [
            &r2d2_pool(&file, 1, false).unwrap() as &dyn Connections,
            &own_pool(&file, 1, false) as &dyn Connections,
        ] {
            fill(&file).unwrap();
            let report = after_a_refusal(connections, &file);
            assert_eq!((report.done, report.failed.len()), (7, 4));
            assert!(report.failed[0].contains("within a transaction"), "{:?}", report.failed);
            // The file stays locked for the next test unless the connection is closed.
            connections.with(&mut |connection| {
                connection.execute_batch("ROLLBACK").unwrap();
                End::Done
            });
        }
    }

    #[test]
    fn a_pool_that_looks_replaces_such_a_connection() {
        let (_folder, file) = bank();
        let r2d2 = r2d2_pool(&file, 1, true).unwrap();
        for connections in [&r2d2 as &dyn Connections, &own_pool(&file, 1, true) as &dyn Connections] {
            fill(&file).unwrap();
            let report = after_a_refusal(connections, &file);
            assert_eq!((report.done, report.failed.len()), (11, 0), "{:?}", report.failed);
        }
    }
}
