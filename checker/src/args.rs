//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// Judges the exercises of the concurrency workbook.
///
/// Without a command: builds what is needed, shows where you are, judges the next exercise that is not done, and
/// says what to do next.
///
/// Exit status: 0 if all that was judged passed, 1 if a check failed or was left undecided, 2 for trouble that is
/// not the program's under judgement.
#[derive(Debug, Parser)]
#[command(name = "checker", bin_name = "cargo checker", version)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the lessons and exercises with their states
    List,
    /// Judge exercises: those named, or all of them
    Run(Run),
    /// Show a hint
    Hint(Hint),
    /// Run one schedule of one check again, and show it step by step
    Replay(Replay),
    /// The author's gate: judge every stub, solution and variant, and look for missing parts
    Verify(Verify),
}

#[derive(Args, Debug)]
pub struct Run {
    /// The exercises to judge; without a name, all of them
    #[arg(value_name = "EXERCISE")]
    pub exercises: Vec<String>,
    /// Judge this file in place of the exercise's src/lib.rs
    #[arg(long, value_name = "FILE")]
    pub source: Option<PathBuf>,
    #[command(flatten)]
    pub effort: Effort,
    /// How to print the verdicts; with `json`, nothing else is on stdout
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

#[derive(Args, Debug)]
pub struct Effort {
    /// The seed of the first schedule
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many schedules to explore for each check [default: what the check finds right]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub schedules: Option<u64>,
    /// The limit for compiling and for running one program
    #[arg(long, value_name = "SECS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
}

impl Effort {
    pub fn limit(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Format {
    Human,
    Json,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum ReplayFormat {
    Human,
    Json,
    Svg,
}

#[derive(Args, Debug)]
pub struct Hint {
    #[arg(value_name = "EXERCISE")]
    pub exercise: String,
    /// Which hint; 1 is the gentlest
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub step: u32,
}

#[derive(Args, Debug)]
pub struct Replay {
    #[arg(value_name = "EXERCISE")]
    pub exercise: String,
    #[arg(value_name = "CHECK")]
    pub check: String,
    /// The seed that the finding names
    #[arg(long)]
    pub seed: u64,
    /// Judge this file in place of the exercise's src/lib.rs
    #[arg(long, value_name = "FILE")]
    pub source: Option<PathBuf>,
    /// How to show the steps: as lanes with an explanation, as data, or as a picture
    #[arg(long, value_enum, default_value_t = ReplayFormat::Human)]
    pub format: ReplayFormat,
}

#[derive(Args, Debug)]
pub struct Verify {
    /// The exercises to verify; without a name, all of them
    #[arg(value_name = "EXERCISE")]
    pub exercises: Vec<String>,
    /// Compile each program once and judge it so often; tell which verdicts were not the same every time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub repeat: u32,
    #[command(flatten)]
    pub effort: Effort,
}
