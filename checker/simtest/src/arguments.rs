//! The arguments of a test program: libtest's, and how many schedules to try.

use crate::contract::TestDescAndFn;

/// What to do with tests that have `#[ignore]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// List them as ignored.
    Skip,
    /// `--ignored`: run them and no others.
    Only,
    /// `--include-ignored`: run them too.
    Include,
}

/// How to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A line for each test, for people.
    Pretty,
    /// A line of JSON for each event, with libtest's names.
    Json,
}

/// What a test program was asked to do.
#[derive(Debug, Clone)]
pub struct Arguments {
    /// Run tests whose names contain one of these; all, if there are none.
    pub filters: Vec<String>,
    /// `--exact`: names have to be equal to a filter.
    pub exact: bool,
    /// `--skip`: leave out tests whose names contain (or, with `--exact`, are) one of these.
    pub skip: Vec<String>,
    /// `--without`: leave out the tests with exactly these names.
    pub without: Vec<String>,
    /// `--only`: of the tests that the others select, those with exactly these names; all, if there are none.
    pub only: Vec<String>,
    /// `--ignored` and `--include-ignored`.
    pub ignored: Ignored,
    /// `--list`: name the tests, and run none.
    pub list: bool,
    /// `--format json` or `pretty`.
    pub format: Format,
    /// `--schedules`: how many seeds to try.
    pub schedules: u64,
    /// `--seed`: the first of them.
    pub seed: u64,
    /// `--budget`: steps of all schedules of a test together, after which no more than ten are tried.
    pub budget: u64,
    /// `--steps`: steps of a schedule, after which it is called endless.
    pub steps: u64,
    /// `--explore`: look into what goes wrong, count how often it does, and try every interleaving of what is small.
    pub explore: bool,
    /// `--quick`: with `--explore`, stop at what goes wrong first, and don't look into it.
    pub quick: bool,
    /// `--single`: with `--explore`, one schedule and no more: the program can't be run again in this process.
    pub single: bool,
    /// `--deep`: try every interleaving of what has so many times as many as usual; 0 for none.
    pub deep: u64,
    /// `--source`: the folder, with a separator behind it, whose files are the package's own.
    pub source: String,
    /// `--place`: the file in which the seed of the schedule that runs is kept, for whoever finds the process dead.
    pub place: Option<String>,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            filters: Vec::new(),
            exact: false,
            skip: Vec::new(),
            without: Vec::new(),
            only: Vec::new(),
            ignored: Ignored::Skip,
            list: false,
            format: Format::Pretty,
            schedules: 100,
            seed: 0,
            budget: 4_000_000,
            steps: 20_000_000,
            explore: false,
            quick: false,
            single: false,
            deep: 1,
            source: String::new(),
            place: None,
        }
    }
}

impl Arguments {
    /// Reads arguments, as libtest does: an option's value follows it, or an equals sign.
    ///
    /// # Errors
    /// An option that is unknown, or whose value is missing or can't be read.
    pub fn parse(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self::default();
        let mut words = words;
        while let Some(word) = words.next() {
            let (option, given) = match word.split_once('=') {
                Some((option, value)) if option.starts_with("--") => {
                    (option.to_owned(), Some(value.to_owned()))
                }
                _ => (word, None),
            };
            let mut value =
                || given.clone().or_else(|| words.next()).ok_or(format!("{option} needs a value"));
            match option.as_str() {
                "--exact" => arguments.exact = true,
                "--ignored" => arguments.ignored = Ignored::Only,
                "--include-ignored" => arguments.ignored = Ignored::Include,
                "--list" => arguments.list = true,
                "--skip" => arguments.skip.push(value()?),
                "--without" => arguments.without.push(value()?),
                "--only" => arguments.only.push(value()?),
                "--explore" => arguments.explore = true,
                "--quick" => arguments.quick = true,
                "--single" => arguments.single = true,
                "--deep" => arguments.deep = number(&option, &value()?)?,
                "--source" => arguments.source = value()?,
                "--place" => arguments.place = Some(value()?),
                "--schedules" => arguments.schedules = number(&option, &value()?)?.max(1),
                "--seed" => arguments.seed = number(&option, &value()?)?,
                "--budget" => arguments.budget = number(&option, &value()?)?,
                "--steps" => arguments.steps = number(&option, &value()?)?.max(1),
                "--format" => arguments.format = format(&value()?)?,
                // They change nothing here: one test runs at a time, and what it prints is kept.
                "--nocapture" | "--no-capture" | "--show-output" | "--quiet" | "-q" | "--test" => {}
                "--test-threads" | "--color" => drop(value()?),
                _ if option.starts_with('-') => return Err(format!("unknown option {option}")),
                _ => arguments.filters.push(option),
            }
        }
        Ok(arguments)
    }

    /// The tests to run or list, in order, and how many there are beside them.
    pub fn select<'a>(&self, tests: &[&'a TestDescAndFn]) -> (Vec<&'a TestDescAndFn>, usize) {
        let mut selected: Vec<_> = tests.iter().copied().filter(|test| self.wants(test)).collect();
        selected.sort_by_key(|test| test.desc.name.as_str());
        let others = tests.len() - selected.len();
        (selected, others)
    }

    fn wants(&self, test: &TestDescAndFn) -> bool {
        let name = test.desc.name.as_str();
        let matches =
            |filter: &String| if self.exact { name == filter } else { name.contains(filter.as_str()) };
        (self.filters.is_empty() || self.filters.iter().any(matches))
            && (self.only.is_empty() || self.only.iter().any(|only| only == name))
            && !self.without.iter().any(|other| other == name)
            && !self.skip.iter().any(matches)
            && (self.ignored != Ignored::Only || test.desc.ignore)
    }
}

fn number(option: &str, value: &str) -> Result<u64, String> {
    value.replace('_', "").parse().map_err(|_| format!("{option} needs a whole number, not `{value}`"))
}

fn format(value: &str) -> Result<Format, String> {
    match value {
        "pretty" | "terse" => Ok(Format::Pretty),
        "json" => Ok(Format::Json),
        _ => Err(format!("--format is `pretty` or `json`, not `{value}`")),
    }
}
