//! The second part of TAKEN-HOME.md: which mistakes `cargo test` finds, and which `explore` finds.

use std::collections::BTreeMap;

/// Where it begins.
const HEAD: &str = "\n## Other people's exercises\n";

/// A program, judged both ways.
pub(crate) struct Judged {
    pub(crate) course: &'static str,
    pub(crate) exercise: &'static str,
    pub(crate) name: String,
    /// What it does, right or wrong.
    pub(crate) says: String,
    pub(crate) is_right: bool,
    /// How often `cargo test` ran,
    pub(crate) runs: u64,
    /// failed or hung,
    pub(crate) failed: u64,
    /// and whether it did so the first time.
    pub(crate) at_once: bool,
    /// What `explore` found.
    pub(crate) finding: Option<String>,
}

impl Judged {
    pub(crate) fn is_as_it_should_be(&self) -> bool {
        self.is_right == self.finding.is_none() && !(self.is_right && self.failed > 0)
    }

    /// For whoever waits.
    pub(crate) fn line(&self) -> String {
        let kind = if self.is_right { "right" } else { "wrong" };
        let found = self.finding.as_deref().unwrap_or("nothing");
        let (exercise, name, failed, runs) = (self.exercise, &self.name, self.failed, self.runs);
        format!("{exercise} {kind}/{name}: cargo test fails {failed} of {runs} times; explore finds {found}")
    }
}

/// How much was tried.
pub(crate) struct Tried {
    pub(crate) runs: u64,
    pub(crate) schedules: u64,
    /// How many programs there are.
    pub(crate) known: usize,
}

/// The page with its second part written anew.
pub(crate) fn page(before: &str, all: &[Judged], versions: &BTreeMap<&str, String>, tried: &Tried) -> String {
    let Tried { runs, schedules, known } = tried;
    let mut page = before.split(HEAD).next().unwrap_or_default().to_owned() + HEAD;
    page += &format!(
        "\nWe wrote programs for other people's exercises: right ones, and some with a common mistake. The published tests of these exercises\n\
         judge them. `cargo run -p conformance --bin other-exercises -- FOLDER` reads the tests from a folder with clones of the courses,\n\
         and writes this part of the page. `cargo test` ran up to {runs} times for each program. If a run took longer than ten seconds, the mistake\n\
         counts as found. `explore` tried up to {schedules} schedules of each test. The programs are in `checker/conformance/programs`.\n\n"
    );
    if all.len() < *known {
        page += &format!("Judged so far: {} of {known} programs.\n\n", all.len());
    }
    for (course, commit) in versions {
        page += &format!("- `{course}` at commit `{commit}`\n");
    }
    page += "\n| exercise | right programs that pass | mistakes | found by one run of `cargo test` | by all its runs | by `explore` |\n\
             |---|---|---|---|---|---|\n";
    let mut exercises: Vec<(&str, &str)> = all.iter().map(|it| (it.course, it.exercise)).collect();
    exercises.dedup();
    for &(course, exercise) in &exercises {
        let own: Vec<&Judged> =
            all.iter().filter(|it| (it.course, it.exercise) == (course, exercise)).collect();
        page += &row(&format!("{course}, `{exercise}`"), &own);
    }
    page += &row("together", &all.iter().collect::<Vec<_>>());
    page += "\n| mistake | `cargo test` finds it | `explore` finds |\n|---|---|---|\n";
    for it in all.iter().filter(|it| !it.is_right) {
        let found = it.finding.as_deref().unwrap_or("nothing");
        page += &format!("| `{}`: {} | in {} of {} runs | {found} |\n", it.name, it.says, it.failed, it.runs);
    }
    page
}

fn row(label: &str, all: &[&Judged]) -> String {
    let (right, wrong): (Vec<&Judged>, Vec<&Judged>) = all.iter().copied().partition(|it| it.is_right);
    let count = |is: fn(&Judged) -> bool| wrong.iter().filter(|it| is(it)).count();
    format!(
        "| {label} | {} of {} | {} | {} | {} | {} |\n",
        right.iter().filter(|it| it.is_as_it_should_be()).count(),
        right.len(),
        wrong.len(),
        count(|it| it.at_once),
        count(|it| it.failed > 0),
        count(|it| it.finding.is_some()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(is_right: bool, failed: u64, finding: Option<&str>) -> Judged {
        Judged {
            course: "course",
            exercise: "one",
            name: "name".to_owned(),
            says: "It sleeps.".to_owned(),
            is_right,
            runs: 10,
            failed,
            at_once: false,
            finding: finding.map(str::to_owned),
        }
    }

    #[test]
    fn the_first_part_stays_and_mistakes_are_counted_by_who_finds_them() {
        let all = [judged(true, 0, None), judged(false, 0, Some("race")), judged(false, 3, None)];
        let versions = BTreeMap::from([("course", "abc".to_owned())]);
        let tried = Tried { runs: 10, schedules: 300, known: 3 };
        let text = page(&format!("first\n{HEAD}what was there"), &all, &versions, &tried);
        assert!(text.starts_with("first\n\n## Other"), "{text}");
        assert!(text.contains("| course, `one` | 1 of 1 | 2 | 0 | 1 | 1 |\n"), "{text}");
        assert!(text.contains("| `name`: It sleeps. | in 3 of 10 runs | nothing |\n"), "{text}");
        assert!(!text.contains("what was there"), "{text}");
        assert!(all[0].is_as_it_should_be() && all[1].is_as_it_should_be() && !all[2].is_as_it_should_be());
    }
}
