//! What a test program says: lines for people, or events in libtest's JSON.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use crate::arguments::Format;
use crate::contract::{TestDesc, TestDescAndFn};
use crate::json::{self, quoted};
use crate::trial::{Outcome, Verdict};

/// Names the tests, as `--list` does.
pub(crate) fn list(tests: &[&TestDescAndFn]) {
    for test in tests {
        say(&format!("{}: test", test.desc.name.as_str()));
    }
    say(&format!("\n{} tests, 0 benchmarks", tests.len()));
}

/// Reports tests as they end, and counts them.
pub(crate) struct Summary {
    format: Format,
    filtered_out: usize,
    passed: usize,
    ignored: usize,
    failed: Vec<&'static str>,
}

impl Summary {
    pub(crate) fn begin(format: Format, tests: usize, filtered_out: usize) -> Self {
        match format {
            Format::Pretty => say(&format!("running {tests} tests, each under many schedules")),
            Format::Json => {
                say(&format!(r#"{{"type":"suite","event":"started","test_count":{tests}}}"#));
            }
        }
        Self { format, filtered_out, passed: 0, ignored: 0, failed: Vec::new() }
    }

    pub(crate) fn ignored(&mut self, desc: &TestDesc) {
        self.ignored += 1;
        let name = desc.name.as_str();
        match self.format {
            Format::Pretty => {
                let why = desc.ignore_message.map_or_else(String::new, |why| format!(", {why}"));
                say(&format!("test {name} ... ignored{why}"));
            }
            Format::Json => say(&format!(
                r#"{{"type":"test","event":"ignored","name":{},"message":{}}}"#,
                quoted(name),
                quoted(desc.ignore_message.unwrap_or_default())
            )),
        }
    }

    /// Said before the test runs, so that a test that takes the whole program with it is known.
    pub(crate) fn started(&self, desc: &TestDesc) {
        if self.format == Format::Json {
            say(&format!(r#"{{"type":"test","event":"started","name":{}}}"#, quoted(desc.name.as_str())));
        }
    }

    pub(crate) fn ended(&mut self, desc: &TestDesc, outcome: &Outcome) {
        match &outcome.verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed { .. } => self.failed.push(desc.name.as_str()),
        }
        match self.format {
            Format::Pretty => pretty(desc, outcome),
            Format::Json => json(desc, outcome),
        }
    }

    pub(crate) fn explored(&mut self, desc: &TestDesc, explored: &protocol::Explored) {
        let name = desc.name.as_str();
        match explored.finding {
            None if explored.first.is_none() => self.passed += 1,
            _ => self.failed.push(name),
        }
        let told = json::explored(explored);
        say(&format!(r#"{{"type":"test","event":"explored","name":{},"explored":{told}}}"#, quoted(name)));
    }

    /// Says how many passed; whether all did.
    pub(crate) fn end(self) -> bool {
        let all = self.failed.is_empty();
        let (passed, failed, ignored, filtered) =
            (self.passed, self.failed.len(), self.ignored, self.filtered_out);
        match self.format {
            Format::Pretty => {
                let result = if all { "ok" } else { "FAILED" };
                say(&format!(
                    "\ntest result: {result}. {passed} passed; {failed} failed; {ignored} ignored; \
                     {filtered} filtered out"
                ));
            }
            Format::Json => say(&format!(
                r#"{{"type":"suite","event":"{}","passed":{passed},"failed":{failed},"ignored":{ignored},"filtered_out":{filtered}}}"#,
                if all { "ok" } else { "failed" }
            )),
        }
        all
    }
}

fn pretty(desc: &TestDesc, outcome: &Outcome) {
    let name = desc.name.as_str();
    match &outcome.verdict {
        Verdict::Passed => say(&format!("test {name} ... ok ({} schedules)", outcome.schedules)),
        Verdict::Failed { kind, message, at, seed, printed } => {
            let place = at.as_ref().map_or_else(String::new, |(file, line)| format!(" at {file}:{line}"));
            say(&format!("test {name} ... FAILED: {kind}{place}: {message}"));
            say(&format!("  again: --exact {name} --seed {seed} --schedules 1"));
            printed.lines().for_each(|line| say(&format!("  │ {line}")));
        }
    }
}

fn json(desc: &TestDesc, outcome: &Outcome) {
    let mut line = String::from(r#"{"type":"test","event":"#);
    let failed = matches!(outcome.verdict, Verdict::Failed { .. });
    line.push_str(if failed { r#""failed""# } else { r#""ok""# });
    let Outcome { schedules, steps, left, .. } = outcome;
    let name = quoted(desc.name.as_str());
    let _ = write!(line, r#","name":{name},"schedules":{schedules},"steps":{steps},"left":{left}"#);
    if let Verdict::Failed { kind, message, at, seed, printed } = &outcome.verdict {
        let (message, stdout) = (quoted(message), quoted(printed));
        let _ = write!(line, r#","kind":"{kind}","message":{message},"seed":{seed},"stdout":{stdout}"#);
        if let Some((file, at)) = at {
            let _ = write!(line, r#","file":{},"line":{at}"#, quoted(file));
        }
    }
    line.push('}');
    say(&line);
}

/// Says that the program is alive: its schedules end, one after the other.
pub(crate) fn alive() {
    say(r#"{"type":"test","event":"alive"}"#);
}

/// A closed pipe ends nothing here: the exit code still says what was found.
fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
