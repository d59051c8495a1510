//! Lesson 5: a job queue in SQLite, whose jobs are run by the lesson's own pool.
//!
//! `cargo run -p wild --bin 05_job_queue` keeps the queue in memory; with `-- jobs.db` it is in that file, and jobs that
//! were left there run first. `-- --careless` records results and forgets the other outcomes, as a hurried program does.

use std::env;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard};

use rusqlite::{Connection, Result, params};
use worker_pool_solution::{Failure, Pool};

/// A row that a process has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Job {
    id: i64,
    task: String,
}

/// The table of jobs. A job is `queued`, then `running`, then `done`, `failed` or `panicked`.
struct Queue(Mutex<Connection>);

impl Queue {
    fn open(file: Option<&str>) -> Result<Self> {
        let connection = file.map_or_else(Connection::open_in_memory, Connection::open)?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS jobs (
                 id INTEGER PRIMARY KEY,
                 task TEXT NOT NULL,
                 state TEXT NOT NULL DEFAULT 'queued'
                     CHECK (state IN ('queued', 'running', 'done', 'failed', 'panicked')),
                 told TEXT
             )",
        )?;
        Ok(Self(Mutex::new(connection)))
    }

    /// The connection for one short statement. No job runs while this lock is held.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().expect("no statement panics")
    }

    fn push(&self, task: &str) -> Result<()> {
        self.connection().execute("INSERT INTO jobs (task) VALUES (?1)", [task]).map(drop)
    }

    /// Claims up to `most` jobs, the oldest first. It is one statement, so no two processes claim the same job.
    fn claim(&self, most: usize) -> Result<Vec<Job>> {
        let connection = self.connection();
        // ANCHOR: claim
        let mut claim = connection.prepare(
            "UPDATE jobs SET state = 'running'
             WHERE id IN (SELECT id FROM jobs WHERE state = 'queued' ORDER BY id LIMIT ?1)
             RETURNING id, task",
        )?;
        // ANCHOR_END: claim
        let row = |row: &rusqlite::Row<'_>| Ok(Job { id: row.get(0)?, task: row.get(1)? });
        let mut jobs =
            claim.query_map([i64::try_from(most).unwrap_or(i64::MAX)], row)?.collect::<Result<Vec<_>>>()?;
        // SQLite returns the rows in any order.
        jobs.sort_by_key(|job| job.id);
        Ok(jobs)
    }

    fn record(&self, job: &Job, state: &str, told: &str) -> Result<()> {
        let text = "UPDATE jobs SET state = ?2, told = ?3 WHERE id = ?1 AND state = 'running'";
        self.connection().execute(text, params![job.id, state, told]).map(drop)
    }

    /// Puts jobs back that a process had claimed when it ended. Only for a queue that nobody else works on.
    fn recover(&self) -> Result<usize> {
        self.connection().execute("UPDATE jobs SET state = 'queued' WHERE state = 'running'", [])
    }

    /// The jobs that are claimed and have no outcome.
    fn stuck(&self) -> Result<Vec<Job>> {
        let connection = self.connection();
        let mut stuck =
            connection.prepare("SELECT id, task FROM jobs WHERE state = 'running' ORDER BY id")?;
        stuck.query_map([], |row| Ok(Job { id: row.get(0)?, task: row.get(1)? }))?.collect()
    }

    /// Every row: task, state, and what was told of it.
    fn rows(&self) -> Result<Vec<[String; 3]>> {
        let connection = self.connection();
        let mut rows = connection.prepare("SELECT task, state, ifnull(told, '') FROM jobs ORDER BY id")?;
        rows.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?.collect()
    }
}

/// Which outcomes find their way into the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Care {
    Careful,
    /// A job that fails or panics leaves no trace.
    OnlyResults,
}

/// Runs every job of the queue on the pool, some at a time, and records what became of it.
fn work_off(queue: &Queue, pool: &Pool, care: Care) -> Result<()> {
    loop {
        let jobs = queue.claim(16)?;
        if jobs.is_empty() {
            return Ok(());
        }
        // ANCHOR: record
        // Each job comes back with its outcome beside it, so an outcome can't get into another job's row.
        for (job, outcome) in pool.run_all(jobs, |job| evaluate(&job.task)) {
            match outcome {
                Ok(result) => queue.record(&job, "done", &result.to_string())?,
                Err(_) if care == Care::OnlyResults => {}
                Err(Failure::Error(error)) => queue.record(&job, "failed", &error)?,
                Err(Failure::Panic(payload)) => {
                    let text = payload.downcast_ref::<&str>().copied().map(str::to_owned);
                    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
                    queue.record(&job, "panicked", &text.unwrap_or_default())?;
                }
            }
        }
        // ANCHOR_END: record
    }
}

/// What the jobs do: `100 / 4` is a division of two whole numbers.
fn evaluate(task: &str) -> std::result::Result<u32, String> {
    let number = |text: &str| text.trim().parse::<u32>().map_err(|error| format!("{text:?}: {error}"));
    let (dividend, divisor) = task.split_once('/').ok_or_else(|| "there is no `/`".to_owned())?;
    // Panics if the divisor is zero.
    Ok(number(dividend)? / number(divisor)?)
}

const TASKS: [&str; 6] = ["100 / 4", "100 / 0", "seven / 7", "100 / 4", "1", "90 / 9"];

fn run(file: Option<&str>, care: Care) -> Result<bool> {
    let (queue, pool) = (Queue::open(file)?, Pool::new(4));
    let left = queue.recover()?;
    if left > 0 {
        println!("{left} jobs had been claimed when the last process ended; they run again");
    }
    TASKS.iter().try_for_each(|task| queue.push(task))?;
    work_off(&queue, &pool, care)?;
    for [task, state, told] in queue.rows()? {
        println!("{task:9} {state:8} {told}");
    }
    let stuck = queue.stuck()?;
    if !stuck.is_empty() {
        println!("{} jobs were claimed, and nobody knows what became of them", stuck.len());
    }
    Ok(stuck.is_empty())
}

fn main() -> ExitCode {
    // A panic on a worker's thread is announced on standard error, caught or not. Here it is expected.
    std::panic::set_hook(Box::new(|_| {}));
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let careless = arguments.iter().position(|argument| argument == "--careless");
    let care = careless.map_or(Care::Careful, |place| {
        arguments.remove(place);
        Care::OnlyResults
    });
    match run(arguments.first().map(String::as_str), care) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the queue can't be used: {error}");
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(file: Option<&str>) -> Queue {
        let queue = Queue::open(file).unwrap();
        TASKS.iter().for_each(|task| queue.push(task).unwrap());
        queue
    }

    #[test]
    fn every_row_has_the_outcome_of_its_own_job() {
        let queue = filled(None);
        work_off(&queue, &Pool::new(3), Care::Careful).unwrap();
        let rows = queue.rows().unwrap();
        let rows: Vec<[&str; 3]> = rows.iter().map(|row| row.each_ref().map(String::as_str)).collect();
        let wanted = [
            ["100 / 4", "done", "25"],
            ["100 / 0", "panicked", "attempt to divide by zero"],
            ["seven / 7", "failed", "\"seven \": invalid digit found in string"],
            ["100 / 4", "done", "25"],
            ["1", "failed", "there is no `/`"],
            ["90 / 9", "done", "10"],
        ];
        assert_eq!(rows, wanted);
        assert_eq!(queue.stuck().unwrap(), []);
    }

    #[test]
    fn a_careless_program_loses_jobs_and_the_audit_finds_them() {
        let queue = filled(None);
        work_off(&queue, &Pool::new(3), Care::OnlyResults).unwrap();
        let stuck: Vec<String> = queue.stuck().unwrap().into_iter().map(|job| job.task).collect();
        assert_eq!(stuck, ["100 / 0", "seven / 7", "1"]);
    }

    #[test]
    fn jobs_outlive_the_process_that_had_claimed_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("jobs.db");
        let file = file.to_str();
        let claimed = filled(file).claim(2).unwrap();
        assert_eq!(claimed.len(), 2, "the first process ends here, with two jobs in its hands");
        let queue = Queue::open(file).unwrap();
        assert_eq!(queue.recover().unwrap(), 2);
        work_off(&queue, &Pool::new(2), Care::Careful).unwrap();
        let states: Vec<String> = queue.rows().unwrap().into_iter().map(|[_, state, _]| state).collect();
        assert_eq!(states, ["done", "panicked", "failed", "done", "failed", "done"]);
    }

    #[test]
    fn two_processes_never_claim_the_same_job() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("jobs.db");
        let file = file.to_str();
        let (one, other) = (filled(file), Queue::open(file).unwrap());
        let (first, second) = (one.claim(4).unwrap(), other.claim(4).unwrap());
        assert_eq!((first.len(), second.len()), (4, 2));
        assert!(first.iter().all(|job| !second.contains(job)));
    }
}
