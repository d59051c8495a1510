//! The figures of the lessons: a run of a listing, recorded and drawn as lanes.
//!
//! A figure is never drawn by hand. [`record`] runs the listing over the simulated std until it goes wrong in the way
//! the lesson tells of, and keeps the run with the fewest switches; [`draw`] makes the picture from that record alone.
//! `cargo run -p figures` writes both beside the lesson, and a test compares what is there with what it would write.
//! A chart is a run as well, drawn along the line of time: [`chart_files`].

mod chart;
mod draw;
mod record;

pub use chart::{CHARTS, Chart, Mark, Marks, chart_files, marks};
pub use draw::draw;
pub use record::{Record, Step, Waiting, record, wrong_in};

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// A figure that a lesson shows.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// The lesson's folder.
    pub lesson: &'static str,
    /// The name of the listing, and of the figure.
    pub name: &'static str,
    /// The listing over the simulated std.
    pub program: fn(),
    /// What has to happen for the run to be the one that the lesson tells of.
    pub wrong: Wrong,
}

/// How a listing goes wrong.
#[derive(Debug, Clone, Copy)]
pub enum Wrong {
    /// In the end nothing can run.
    Deadlock,
    /// It takes at least so many milliseconds of virtual time.
    Takes(u64),
    /// It prints this.
    Prints(&'static str),
}

/// All of them.
pub const FIGURES: &[Figure] = &[
    Figure {
        lesson: "01-parallel-map",
        name: "bug",
        program: simulated::parallel_map::main,
        wrong: Wrong::Prints("read 36\nread 41\nada is 36\nbob is 41\n"),
    },
    Figure {
        lesson: "02-producer-consumer",
        name: "bug",
        program: simulated::producer_consumer::main,
        wrong: Wrong::Deadlock,
    },
    Figure { lesson: "03-pipeline", name: "bug", program: simulated::pipeline::main, wrong: Wrong::Deadlock },
    Figure {
        lesson: "04-fan-out-fan-in",
        name: "bug",
        program: simulated::fan_out_fan_in::main,
        wrong: Wrong::Takes(300),
    },
    Figure {
        lesson: "05-worker-pool",
        name: "bug",
        program: simulated::worker_pool::main,
        wrong: Wrong::Deadlock,
    },
    Figure {
        lesson: "06-timeout-with-fallback",
        name: "bug",
        program: simulated::timeout_with_fallback::main,
        wrong: Wrong::Takes(400),
    },
    Figure {
        lesson: "07-rate-limiting",
        name: "bug",
        program: simulated::rate_limiting::main,
        wrong: Wrong::Prints("false, after 0.1 s\n"),
    },
    Figure {
        lesson: "08-retry-with-backoff",
        name: "bug",
        program: simulated::retry_with_backoff::main,
        wrong: Wrong::Takes(3_000),
    },
    Figure {
        lesson: "09-progress-tracking",
        name: "bug",
        program: simulated::progress_tracking::main,
        wrong: Wrong::Prints("1/2\n"),
    },
    Figure {
        lesson: "10-batch-processing",
        name: "bug",
        program: simulated::batch_processing::main,
        wrong: Wrong::Prints("wrote [2, 3]\nwrote [1]\n"),
    },
    Figure {
        lesson: "11-graceful-shutdown",
        name: "bug",
        program: simulated::graceful_shutdown::main,
        wrong: Wrong::Deadlock,
    },
    Figure {
        lesson: "12-resource-pool",
        name: "bug",
        program: simulated::resource_pool::main,
        wrong: Wrong::Deadlock,
    },
    Figure {
        lesson: "13-capstone",
        name: "bug",
        program: simulated::capstone::main,
        wrong: Wrong::Prints("fetched /\nreport: 0 left\nfetched /blog\n"),
    },
];

/// The folder of the lessons.
pub fn lessons() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lessons")
}

/// The files of a figure with what has to be in them: the record, the picture, and what the run printed.
///
/// # Errors
/// If the listing doesn't go wrong, or can't be read.
pub fn files(figure: &Figure) -> Result<[(PathBuf, String); 3]> {
    let record = record(figure)?;
    let json = serde_json::to_string_pretty(&record).context("a record can be written as JSON")? + "\n";
    let folder = lessons().join(figure.lesson).join("figures");
    let file = |extension| folder.join(format!("{}.{extension}", figure.name));
    Ok([(file("json"), json), (file("svg"), draw(&record)), (file("out"), record.printed)])
}
