//! The command line.

use crate::commands::effort::Effort;
#[cfg(feature = "rare")]
use crate::commands::grading::Grade;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Judges the exercises of the concurrency workbook.
///
/// On a terminal and without a command, it opens the watch view: your current exercise, its contract with a mark
/// on each clause, and an explanation of what went wrong. When you save the exercise's src/lib.rs, it is judged again.
/// Without a terminal, it does the same as `next`.
///
/// A verdict does not depend on luck. Your program runs over a simulated `std`, in which one scheduler decides which thread
/// runs next, and time is virtual. A failure names the seed of its schedule, and `replay` runs that schedule again.
#[derive(Debug, Parser)]
#[command(name = "checker", bin_name = "cargo checker", version, after_help = AFTER)]
pub struct Arguments {
    /// Show nothing but ASCII; default when LANG or TERM requires it
    #[arg(long, global = true)]
    pub ascii: bool,
    #[command(subcommand)]
    pub command: Option<Command>,
}

const AFTER: &str = "\
A first session:
  cargo checker                    opens the watch view; q quits, e edits, h shows a hint
  cargo checker list               shows all exercises and your progress
  cargo checker run print-room     judges one exercise and explains what it saw

You can name an exercise by its name, the beginning of its name, or a path. A lesson's number names all exercises of the lesson. In \
an exercise's folder, a command without a name means that exercise.

Exit status: 0 if everything that was judged passed, 1 if a check failed or was left undecided, 2 if the checker itself failed and \
your program is not at fault.

Environment: NO_COLOR turns colours off; VISUAL or EDITOR is the editor that `edit` opens; CARGO_TARGET_DIR is the folder for \
builds; CHECKER_BASE is the target/sim of another workbook of the same release, of which the base is taken. Your progress, \
backups and originals are kept in .workbook/ in the workbook's folder.";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch an exercise: judge it whenever its src/ is saved
    Watch {
        /// The exercise to begin with [default: the first one that is not done]
        #[arg(value_name = "EXERCISE")]
        exercise: Option<String>,
    },
    /// Judge exercises, from the first one that is not done to the first one that does not pass, and say what to do next
    Next,
    /// Show the lessons and exercises with their states
    List {
        /// Show only exercises with this text in their name, title, lesson or state
        #[arg(long, value_name = "TEXT")]
        filter: Option<String>,
    },
    /// Judge exercises: those named, or all of them
    Run(Run),
    /// Show a hint: the one that fits the last finding, or the one that you ask for
    Hint(Hint),
    /// Run one schedule of one check again, and show it step by step
    Replay(Replay),
    /// Open an exercise in $VISUAL or $EDITOR
    Edit {
        #[arg(value_name = "EXERCISE", default_value = ".")]
        exercise: String,
    },
    /// Show what an exercise asks for: its README, with the contract
    Task {
        #[arg(value_name = "EXERCISE", default_value = ".")]
        exercise: String,
    },
    /// Show the lesson an exercise belongs to
    Lesson {
        #[arg(value_name = "EXERCISE", default_value = ".")]
        exercise: String,
        /// Also show the answers that are folded
        #[arg(long)]
        answers: bool,
    },
    /// Play a lesson's game: you decide which thread runs next
    Play {
        /// A lesson's number, or one of its exercises
        #[arg(value_name = "LESSON", default_value = ".")]
        lesson: String,
    },
    /// Build the book of the lessons, and open it
    Book {
        /// Print the path of the book, but don't open it
        #[arg(long)]
        no_open: bool,
    },
    /// After passing: show how another right program differs from yours, and when to choose each
    Compare {
        #[arg(value_name = "EXERCISE")]
        exercise: String,
        /// The other program; without it, all are listed, and the solution is compared
        #[arg(value_name = "VARIANT")]
        variant: Option<String>,
    },
    /// Put an exercise back into its original state; your file is kept, and you are told where
    Reset {
        #[arg(value_name = "EXERCISE")]
        exercise: Option<String>,
        /// Reset every exercise
        #[arg(long, conflicts_with = "exercise")]
        all: bool,
    },
    /// Take in a new version of the course; what you wrote stays as it is
    ///
    /// A clone gets the new version from its remote; you need no git commands. A workbook from an archive uses the newer
    /// workbook that is unpacked beside it. Then the command names the exercises that have changed, and judges again those that you have worked on.
    Update(Update),
    /// Move your progress and your programs to another machine
    Progress {
        #[command(subcommand)]
        direction: Direction,
    },
    /// Take it home: run the tests of any package of yours in many interleavings
    ///
    /// Builds the unit and integration tests of the unchanged package over the simulated std, and runs each of them
    /// in many schedules.
    Explore(Explore),
    /// For authors: make the files of a new exercise, with places to fill in
    ///
    /// It makes the stub, the contract, the checks, the solution and two variants, and adds both packages to the
    /// workspace. Then `cargo checker verify NAME` says what is missing.
    New(NewExercise),
    /// The author's gate: judge every stub, solution and variant, and look for missing parts
    Verify(Verify),
    /// Make an edition of the course for a class
    Course {
        #[command(subcommand)]
        what: CourseStep,
    },
    /// Grade a class: turn a folder or your LMS's archive into marks, with a page for each learner
    #[cfg(feature = "rare")]
    Grade(Box<Grade>),
    /// Grade a class: turn a folder or your LMS's archive into marks, with a page for each learner
    #[cfg(not(feature = "rare"))]
    Grade,
    /// Print a script with which a shell completes `cargo checker`, with the names of exercises
    ///
    /// bash: cargo checker completions bash >> ~/.bashrc
    /// zsh: cargo checker completions zsh >> ~/.zshrc
    /// fish: cargo checker completions fish > ~/.config/fish/conf.d/cargo-checker.fish
    /// PowerShell: cargo checker completions powershell >> $PROFILE
    #[command(verbatim_doc_comment)]
    Completions {
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// For shells: print the words that can replace WORD
    #[command(hide = true)]
    Complete {
        #[arg(long)]
        word: String,
        #[arg(last = true)]
        before: Vec<String>,
    },
    /// Print the manual page: cargo checker man | man -l -
    Man,
}

/// The shells that we have a script for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
}

#[derive(Debug, Subcommand)]
pub enum Direction {
    /// Write your progress and programs to a file; without a file, print them
    Export {
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Read an exported file; if a program of yours differs, it is kept, and you are told where
    Import {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub enum CourseStep {
    /// Copy the course into a new folder, every exercise as it was shipped
    Pack {
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        /// Leave something out
        #[arg(long, value_enum)]
        without: Vec<Without>,
        /// Leave out a check: `EXERCISE::CHECK`; may be given several times
        #[arg(long, value_name = "CHECK")]
        hide: Vec<String>,
        /// Allow `compare` only from this day, such as 2026-07-01
        #[arg(long, value_name = "DAY")]
        compare_from: Option<String>,
    },
}

/// What an edition can be without.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Without {
    /// The solutions, the other right and wrong programs, and everything made from them
    Solutions,
}

#[derive(Args, Debug)]
pub struct Update {
    /// A folder or a .zip with the new version, or the address of a repository [default: the place that the workbook came from]
    #[arg(value_name = "FROM")]
    pub from: Option<String>,
    /// Update even if an assignment.toml in the workbook needs the release that you have
    #[arg(long)]
    pub leave_release: bool,
}

#[derive(Args, Debug)]
pub struct Run {
    /// The exercises to judge; without a name, all of them
    #[arg(value_name = "EXERCISE")]
    pub exercises: Vec<String>,
    /// Judge this file instead of the exercise's src/lib.rs
    #[arg(long, value_name = "FILE")]
    pub source: Option<PathBuf>,
    #[command(flatten)]
    pub effort: Effort,
    /// How to print the verdicts; with `json`, stdout has nothing else
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Format {
    Human,
    Json,
    /// One line for each finding, for editors: `file:line:column: error: kind: message`
    Short,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum ReplayFormat {
    Human,
    Json,
    Svg,
}

#[derive(Args, Debug)]
pub struct Hint {
    #[arg(value_name = "EXERCISE", default_value = ".")]
    pub exercise: String,
    /// The number of the hint; 1 is the gentlest [default: the one that fits the last finding]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub step: Option<u32>,
    /// After passing: show all of them
    #[arg(long, conflicts_with = "step")]
    pub all: bool,
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
    /// Judge this file instead of the exercise's src/lib.rs
    #[arg(long, value_name = "FILE")]
    pub source: Option<PathBuf>,
    /// How to show the steps: as lanes with an explanation, as data, or as a picture
    #[arg(long, value_enum, default_value_t = ReplayFormat::Human)]
    pub format: ReplayFormat,
    /// Step through the failure yourself: you decide which thread runs next
    #[arg(long, conflicts_with = "format")]
    pub step: bool,
}

/// `explore`, with the options of `cargo test`.
#[derive(Args, Debug)]
pub struct Explore {
    /// Explore only tests whose names contain one of these
    #[arg(value_name = "FILTER")]
    pub filter: Vec<String>,
    /// The Cargo.toml of the package, or its folder [default: the nearest one]
    #[arg(long, value_name = "PATH")]
    pub manifest_path: Option<PathBuf>,
    /// The package of a workspace; may be given several times
    #[arg(long, short, value_name = "PKG")]
    pub package: Vec<String>,
    /// Run the `main` of this program instead of the tests, each schedule in its own process; its arguments come after `--`
    #[arg(long, value_name = "NAME", conflicts_with = "filter")]
    pub bin: Option<String>,
    /// Features to enable, separated by commas
    #[arg(long, value_name = "FEATURES")]
    pub features: Vec<String>,
    #[arg(long)]
    pub all_features: bool,
    #[arg(long)]
    pub no_default_features: bool,
    /// How many schedules to try for each test
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub schedules: u64,
    /// The seed of the first schedule
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many steps a schedule may take before it is called endless
    #[arg(long, value_name = "N", default_value_t = 5_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub steps: u64,
    /// The limit for one schedule
    #[arg(long, value_name = "SECS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
    /// Try more and more schedules until a test fails or MINUTES have passed [default: 10]
    #[arg(long, value_name = "MINUTES", num_args = 0..=1, require_equals = true, default_missing_value = "10", value_parser = clap::value_parser!(u64).range(1..))]
    pub until_fails: Option<u64>,
    /// How to print the results; with `json` or `junit`, stdout has nothing else
    #[arg(long, value_enum, default_value_t = ExploreFormat::Human)]
    pub format: ExploreFormat,
    /// For the test programs: --exact, --skip TEXT, --ignored, --include-ignored
    #[arg(last = true, value_name = "ARGS")]
    pub arguments: Vec<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum ExploreFormat {
    Human,
    Json,
    Junit,
}

#[derive(Args, Debug)]
pub struct NewExercise {
    /// The lesson's number, or its folder in lessons/
    #[arg(value_name = "LESSON")]
    pub lesson: String,
    /// The exercise's name, such as `print-room`: that of its folder and of its package
    #[arg(value_name = "NAME")]
    pub name: String,
    /// What the learner is asked to do
    #[arg(long, value_enum, default_value_t = Kind::Build)]
    pub kind: Kind,
}

/// What a learner can be asked to do in a new exercise.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Kind {
    /// Fill in a stub
    Build,
    /// Repair a program that is wrong on purpose
    Repair,
    /// Fill in a few lines: the first five minutes of a lesson
    WarmUp,
}

#[derive(Args, Debug)]
pub struct Verify {
    /// The exercises to verify; without a name, all of them
    #[arg(value_name = "EXERCISE")]
    pub exercises: Vec<String>,
    /// Compile each program once, judge it N times, and name the verdicts that were not the same every time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub repeat: u32,
    /// Write what a learner would read about each rejected variant into this folder, to compare it with the reviewed text
    #[arg(long, value_name = "DIR")]
    pub explanations: Option<PathBuf>,
    /// Instead, judge the programs that are one mistake away from a solution, and name those that pass; with `=all`, also those that are
    /// one mistake away from another right program
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "solutions", conflicts_with_all = ["repeat", "explanations", "soundness", "strategies"])]
    pub mutants: Option<MutantsOf>,
    /// Judge every stub and solution, but only N of the other programs
    #[arg(long, value_name = "N")]
    pub sample: Option<usize>,
    /// A text that decides the sample, such as the hash of a commit: the same text gives the same programs
    #[arg(long, value_name = "TEXT", requires = "sample", default_value = "")]
    pub drawn_by: String,
    /// Instead, count the schedules that each strategy needs to find what is wrong with the rejected variants, and print a table
    #[arg(long, conflicts_with_all = ["repeat", "explanations", "soundness"])]
    pub strategies: bool,
    /// Instead, run at least N schedules over solutions and accepted variants, in which nothing may be found [default: a million]
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "1000000", conflicts_with_all = ["repeat", "explanations"])]
    pub soundness: Option<u64>,
    #[command(flatten)]
    pub effort: Effort,
}

/// The programs whose mutants are judged.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum MutantsOf {
    /// The solutions.
    Solutions,
    /// The solutions and all accepted variants.
    All,
}
