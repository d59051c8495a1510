//! The figures of the lessons: a run of a listing, recorded and drawn as lanes.
//!
//! A figure is never drawn by hand. [`record`] runs the listing over the simulated std until it goes wrong in the way
//! the lesson tells of, and keeps the run with the fewest switches; [`draw`] makes the picture from that record alone.
//! `cargo run -p figures` writes both beside the lesson, and a test compares what is there with what it would write.
//! A chart is a run as well, drawn along the line of time: [`chart_files`].

mod chart;
mod draw;
mod play;
mod record;

pub use chart::{CHARTS, Chart, Mark, Marks, chart_files, marks};
pub use draw::draw;
pub use play::game;
pub use record::{Record, Step, Waiting, record, wrong_in};

use anyhow::{Context, Result};
use engine::{Ending, Run};
use std::path::{Path, PathBuf};
use std::time::Duration;

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
    /// It prints this where loads read older values, as their orders allow.
    PrintsByOrders(&'static str),
}

impl Wrong {
    /// Whether a run has gone wrong so.
    pub fn is_in(self, run: &Run) -> bool {
        match self {
            Wrong::Deadlock => matches!(run.ending, Ending::Deadlock),
            Wrong::Takes(millis) => run.time >= Duration::from_millis(millis),
            Wrong::Prints(text) | Wrong::PrintsByOrders(text) => run.printed == text,
        }
    }
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
    Figure {
        lesson: "14-orders",
        name: "bug",
        program: simulated::orders::main,
        wrong: Wrong::PrintsByOrders("ada enters: true, bob enters: true\n"),
    },
];

/// The listings that readers play, besides the figures': where those go wrong in any case, or have too many states.
pub const PUZZLES: &[Figure] = &[
    Figure {
        lesson: "02-producer-consumer",
        name: "lost",
        program: simulated::lost::main,
        wrong: Wrong::Deadlock,
    },
    Figure {
        lesson: "03-pipeline",
        name: "order",
        program: simulated::order::main,
        wrong: Wrong::Prints("saved page 2: 200 words\nsaved page 1: 100 words\n"),
    },
    Figure {
        lesson: "04-fan-out-fan-in",
        name: "total",
        program: simulated::total::main,
        wrong: Wrong::Prints("3 words\n"),
    },
    Figure {
        lesson: "05-worker-pool",
        name: "last-job",
        program: simulated::last_job::main,
        wrong: Wrong::Prints("ada: Some(\"the dishes\")\nbob: None\n"),
    },
    Figure {
        lesson: "06-timeout-with-fallback",
        name: "late",
        program: simulated::late::main,
        wrong: Wrong::Prints("1: Err(Timeout)\n2: Ok(1)\n"),
    },
    Figure {
        lesson: "08-retry-with-backoff",
        name: "budget",
        program: simulated::budget::main,
        wrong: Wrong::Prints("ada tries again\nbob tries again\n"),
    },
    Figure {
        lesson: "12-resource-pool",
        name: "two-places",
        program: simulated::two_places::main,
        wrong: Wrong::Deadlock,
    },
];

/// A change to a listing that readers play: does it mend it?
#[derive(Debug, Clone, Copy)]
pub struct Mend {
    /// The lesson's folder.
    pub lesson: &'static str,
    /// The name of the listing that is changed, and
    pub puzzle: &'static str,
    /// of what it is changed to.
    pub name: &'static str,
    /// That, over the simulated std.
    pub program: fn(),
}

/// All of them.
pub const MENDS: &[Mend] = &[
    Mend {
        lesson: "02-producer-consumer",
        puzzle: "lost",
        name: "loop",
        program: simulated::mend_loop::main,
    },
    Mend {
        lesson: "02-producer-consumer",
        puzzle: "lost",
        name: "notify-inside",
        program: simulated::mend_notify_inside::main,
    },
    Mend {
        lesson: "02-producer-consumer",
        puzzle: "lost",
        name: "one-lock",
        program: simulated::mend_one_lock::main,
    },
    Mend {
        lesson: "04-fan-out-fan-in",
        puzzle: "total",
        name: "one-guard",
        program: simulated::mend_one_guard::main,
    },
    Mend {
        lesson: "04-fan-out-fan-in",
        puzzle: "total",
        name: "second-lock",
        program: simulated::mend_second_lock::main,
    },
    Mend {
        lesson: "04-fan-out-fan-in",
        puzzle: "total",
        name: "second-look",
        program: simulated::mend_second_look::main,
    },
    Mend {
        lesson: "08-retry-with-backoff",
        puzzle: "budget",
        name: "exchange",
        program: simulated::mend_exchange::main,
    },
    Mend {
        lesson: "08-retry-with-backoff",
        puzzle: "budget",
        name: "store-first",
        program: simulated::mend_store_first::main,
    },
    Mend {
        lesson: "08-retry-with-backoff",
        puzzle: "budget",
        name: "subtract",
        program: simulated::mend_subtract::main,
    },
    Mend {
        lesson: "12-resource-pool",
        puzzle: "two-places",
        name: "one-function",
        program: simulated::mend_one_function::main,
    },
    Mend {
        lesson: "12-resource-pool",
        puzzle: "two-places",
        name: "one-order",
        program: simulated::mend_one_order::main,
    },
    Mend {
        lesson: "12-resource-pool",
        puzzle: "two-places",
        name: "put-back",
        program: simulated::mend_put_back::main,
    },
];

/// The folder of the lessons.
pub fn lessons() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lessons")
}

/// The file of the game of a listing, with what has to be in it; `None` if it can't be played.
///
/// # Errors
/// If the listing can't be read.
pub fn game_file(figure: &Figure) -> Result<Option<(PathBuf, String)>> {
    let Some(game) = game(figure)? else { return Ok(None) };
    // In a script of a page, this sign alone could end it.
    let json = serde_json::to_string(&game).context("a game can be written as JSON")?.replace('<', "\\u003c");
    let text = format!(
        "<figure class=\"play\" hidden>\n<script type=\"application/json\">{json}</script>\n</figure>\n"
    );
    let file = lessons().join(figure.lesson).join("puzzles").join(format!("{}.html", figure.name));
    Ok(Some((file, text)))
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
