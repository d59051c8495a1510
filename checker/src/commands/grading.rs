//! The command line of `grade`.

use crate::commands::effort::Effort;
use crate::grade::Wanted;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

const AFTER: &str = "\
From your LMS's archive to marks:
  cargo checker grade submissions.zip --assignment week-3.toml --roster roster.csv --out week-3
  cargo checker grade report --out week-3 --open
  cargo checker grade export canvas --out week-3 --sheet gradebook.csv --column \"Week 3\"

The book has a chapter for instructors: assignments, late days, appeals, privacy.

Exit status: 0 if every record is decided, whatever the marks; 1 if some are undecided, or if `merge` has named \
shards to run again; 2 if the call is wrong; 3 if the machine is not fit to judge. After 1 or 3, run the command again: \
decided records stay.";

/// `grade`, whole or in steps.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = false, subcommand_negates_reqs = true, after_help = AFTER)]
pub struct Grade {
    #[command(subcommand)]
    pub step: Option<Step>,
    /// A folder with one folder for each learner, or the archive that your LMS makes of all submissions
    #[arg(value_name = "SUBMISSIONS")]
    pub submissions: Option<PathBuf>,
    /// The folder for everything that the command writes; a grading that is already there is continued
    #[arg(long, value_name = "DIR", global = true)]
    pub out: Option<PathBuf>,
    /// Which exercises count, how much, and what late ones lose; kept with the grading [default: every exercise, no due date]
    #[arg(long, value_name = "FILE", global = true)]
    pub assignment: Option<PathBuf>,
    /// All learners who should hand in: a CSV with a column `key`, and perhaps `name` and `group`
    #[arg(long, value_name = "FILE", global = true)]
    pub roster: Option<PathBuf>,
    /// When each submission was handed in, if the LMS does not put that into the names: a CSV with the columns `key` and `submitted`
    #[arg(long, value_name = "FILE", global = true)]
    pub submitted: Option<PathBuf>,
    /// More time for some learners: a CSV with a column `key`, and `hours`, `due` or `excused`; kept with the grading
    #[arg(long, value_name = "FILE", global = true)]
    pub extensions: Option<PathBuf>,
    /// A grading with an earlier due date, whose late days count as spent; may be given several times
    #[arg(long, value_name = "DIR", global = true)]
    pub earlier: Vec<PathBuf>,
    /// What keeps a submission from your machine [default: standard]
    #[arg(long, value_enum, global = true)]
    pub sandbox: Option<Sandbox>,
    /// How many programs to judge at once [default: one for each processor]
    #[arg(long, value_name = "N", global = true, value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Stop each program at its first finding, which decides its mark; only without weights by clause
    #[arg(long, global = true)]
    pub first_finding: bool,
    #[command(flatten)]
    pub effort: Effort,
}

/// What keeps a submission from the machine.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Sandbox {
    /// All that this version can enforce; a kernel that can't enforce all of it is refused
    Strict,
    /// No files but its own, no network, no other session
    Standard,
    /// Nothing: programs run with your rights
    None,
}

impl Sandbox {
    pub fn name(self) -> &'static str {
        match self {
            Sandbox::Strict => "strict",
            Sandbox::Standard => "standard",
            Sandbox::None => "none",
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Step {
    /// Read the submissions, and give each an id that does not show a name
    Plan {
        /// A folder with one folder for each learner, or the archive that your LMS makes of all submissions
        #[arg(value_name = "SUBMISSIONS")]
        submissions: PathBuf,
        /// Cut the plan into N shards, one for each machine [default: 1, or as before]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
        shards: Option<u32>,
    },
    /// Judge the programs that have no record yet
    Run {
        /// Judge one shard, such as 0/4, the first of 4; `env` takes its number from Slurm, GNU parallel or Kubernetes
        #[arg(long, value_name = "I/N")]
        shard: Option<Wanted>,
    },
    /// Write the jobs that judge the shards, for Slurm, GNU parallel and Kubernetes
    Slurm,
    /// Write what a platform needs to judge submissions itself: an archive for Gradescope, files for the others
    Pack {
        #[arg(value_enum)]
        platform: Platform,
        /// The archive or folder to write
        #[arg(long, value_name = "PATH")]
        to: PathBuf,
    },
    /// Judge the one submission of a platform's job; the files that `pack` writes call this
    ///
    /// Exit status 3 means that nothing could be decided, so there is no result. For GitHub and GitLab, 1 means that a clause is
    /// broken. The other platforms read that from the result.
    One {
        #[arg(value_enum)]
        platform: Platform,
        /// The folder that the submission is in
        #[arg(long, value_name = "DIR")]
        submission: PathBuf,
        /// The file to write for the platform
        #[arg(long, value_name = "FILE")]
        result: PathBuf,
        /// Gradescope's file that says when it was handed in
        #[arg(long, value_name = "FILE")]
        metadata: Option<PathBuf>,
    },
    /// Merge the records of all shards, and name the shards that have to run again
    Merge,
    /// Turn the verdicts into marks; no program is run
    Marks,
    /// Write the pages: one for you, and one for each learner
    Report {
        /// Open your page in the browser
        #[arg(long)]
        open: bool,
    },
    /// Fill in your LMS's own sheet, or write a file for another tool
    Export {
        #[arg(value_enum)]
        format: Format,
        /// The sheet as your LMS exported it
        #[arg(long, value_name = "FILE")]
        sheet: Option<PathBuf>,
        /// The column of Canvas's sheet to fill in
        #[arg(long, value_name = "TITLE")]
        column: Option<String>,
    },
    /// Show one person: verdicts, marks and requests
    Show {
        /// An id, or the LMS's key
        #[arg(value_name = "WHO")]
        who: String,
    },
    /// Judge everything again with the present checks, and show whose marks would go up or down
    Regrade {
        /// Apply what was shown, as a whole; the old verdicts are kept
        #[arg(long, conflicts_with = "cancel")]
        apply: bool,
        /// Forget what was shown
        #[arg(long)]
        cancel: bool,
    },
    /// Set a mark by hand; it stays when verdicts change
    Set {
        /// An id, or the LMS's key
        #[arg(value_name = "WHO")]
        who: String,
        #[arg(value_name = "EXERCISE")]
        exercise: String,
        #[arg(value_name = "POINTS", required_unless_present = "clear", conflicts_with = "clear")]
        points: Option<f64>,
        /// The reason, which is shown beside the mark
        #[arg(long, required_unless_present = "clear")]
        reason: Option<String>,
        /// Let the verdict decide again
        #[arg(long)]
        clear: bool,
    },
    /// Note that a learner wants a mark to be checked
    Request {
        /// An id, or the LMS's key
        #[arg(value_name = "WHO")]
        who: String,
        #[arg(value_name = "EXERCISE")]
        exercise: String,
        /// What the learner says
        #[arg(long)]
        reason: String,
    },
    /// Answer a request; the learner's page shows it
    Answer {
        #[arg(value_name = "NUMBER")]
        number: u32,
        #[arg(value_enum)]
        decision: Decision,
        #[arg(value_name = "TEXT")]
        text: String,
    },
    /// Show all requests
    Requests,
    /// Pack submissions, records, rules and the course that judged them, for years
    Archive {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Leave out the crates that the course needs; to verify the archive then needs the network
        #[arg(long)]
        no_vendor: bool,
        /// Leave out keys and names
        #[arg(long)]
        without_people: bool,
    },
    /// Judge an archive again, offline, and name the verdicts that differ
    Verify {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Where submissions are judged, if not here.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Platform {
    Gradescope,
    #[value(name = "classroom50")]
    Classroom50,
    /// Actions, with the verdict as the summary of the job
    Github,
    /// CI, with the verdict as a JUnit file
    Gitlab,
}

impl From<Platform> for crate::grade::Platform {
    fn from(platform: Platform) -> crate::grade::Platform {
        match platform {
            Platform::Gradescope => crate::grade::Platform::Gradescope,
            Platform::Classroom50 => crate::grade::Platform::Classroom50,
            Platform::Github => crate::grade::Platform::Github,
            Platform::Gitlab => crate::grade::Platform::Gitlab,
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Decision {
    Accept,
    Decline,
    Reopen,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Format {
    /// Canvas's gradebook
    Canvas,
    /// Moodle's grading worksheet
    Moodle,
    /// A JUnit file for each exercise
    Junit,
    /// A table with keys and names
    Class,
    /// Pairs of programs that look alike, and folders for Dolos and JPlag
    Similarity,
}
