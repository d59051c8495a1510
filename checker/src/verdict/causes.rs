//! Which findings have one cause: they are one thing to understand, so they are told once.

use crate::verdict::{Check, Finding, Kind, Status, Thread};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Findings that have one cause.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cause {
    /// What it is: a wrong answer that comes out right in another schedule of any of its checks is a race.
    pub kind: Kind,
    /// The check with the smallest run, which is shown in full.
    pub shown: usize,
    /// The other checks that saw it, in their order.
    pub also: Vec<usize>,
}

/// The title of the clause that promises that nothing spins, in every exercise that has it.
const SLEEP: &str = "**Waiting is sleep.**";
/// The title of the clause that promises that no thread stays.
const NOTHING_LEFT: &str = "**Nothing is left behind.**";
/// Titles of clauses that bound something: where the program stops, nothing has been seen of them.
const BOUNDS: [&str; 7] = [
    SLEEP,
    NOTHING_LEFT,
    "**Capacity.**",
    "**Bound.**",
    "**Limit.**",
    "**Drops.**",
    "**Not too far ahead.**",
];

/// Lines of a loop are at most so far apart.
const LOOP: u32 = 3;

/// The causes behind what `checks` found, those first from which others follow.
pub fn of(checks: &[Check]) -> Vec<Cause> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (index, check) in checks.iter().enumerate() {
        let Some(finding) = told(check) else { continue };
        let is_same = |group: &Vec<usize>| {
            group.iter().any(|other| told(&checks[*other]).is_some_and(|other| is_one(other, finding)))
        };
        // It may be what two groups have in common.
        let (mut one, others): (Vec<_>, Vec<_>) = groups.into_iter().partition(is_same);
        groups = others;
        let mut joined: Vec<usize> = one.drain(..).flatten().chain([index]).collect();
        joined.sort_unstable();
        groups.push(joined);
    }
    groups.sort_by_key(|group| (rank(checks, group), group[0]));
    groups
        .into_iter()
        .map(|group| {
            let shown = smallest(checks, &group);
            let kinds = || group.iter().filter_map(|index| checks[*index].kind());
            let kind = match second_time(checks, &group) {
                true => checks[shown].kind(),
                false => kinds().find(|kind| *kind == Kind::Race).or(checks[shown].kind()),
            };
            let kind = kind.unwrap_or(Kind::WrongAnswer);
            Cause { kind, shown, also: group.into_iter().filter(|index| *index != shown).collect() }
        })
        .collect()
}

/// Puts each finding under the clause that promises it does not happen, and marks the clauses of which nothing has been seen
/// because it happened. `contract` has the clauses, the first one first.
pub fn settle(checks: &mut [Check], contract: &[String]) {
    let text = |clause: u32| contract.get((clause as usize).wrapping_sub(1)).map_or("", String::as_str);
    for cause in of(checks) {
        let Some(kind) = checks[cause.shown].kind().filter(|kind| stops(*kind)) else { continue };
        let all: Vec<usize> = cause.also.iter().copied().chain([cause.shown]).collect();
        // Each check has seen its own promise kept once, and broken once.
        if second_time(checks, &all) {
            continue;
        }
        let promises = |clause: u32| match kind {
            Kind::BusyWait => promises_sleep(text(clause)),
            // A clause that speaks of threads promises something of them itself.
            Kind::LeakedThread => text(clause).starts_with(NOTHING_LEFT) || text(clause).contains("thread"),
            Kind::Unbounded | Kind::Oversubscribed => {
                ["**Capacity", "**Limit", "**Bound"].iter().any(|title| text(clause).starts_with(title))
            }
            _ => !BOUNDS.iter().any(|title| text(clause).starts_with(title)),
        };
        let about: Vec<usize> = all.iter().copied().filter(|index| promises(checks[*index].clause)).collect();
        // Each check may have a bound of its own to look at.
        if about.is_empty() && matches!(kind, Kind::Unbounded | Kind::Oversubscribed) {
            continue;
        }
        let shown = smallest(checks, if about.is_empty() { &all } else { &about });
        if about.is_empty() && matches!(kind, Kind::BusyWait | Kind::LeakedThread) {
            let promises = |clause: &String| match kind {
                Kind::BusyWait => promises_sleep(clause),
                _ => clause.starts_with(NOTHING_LEFT),
            };
            if let Some(promised) = contract.iter().position(promises) {
                checks[shown].clause = promised as u32 + 1;
            }
        }
        let clause = checks[shown].clause;
        for index in all {
            if checks[index].clause != clause && checks[index].status == Status::Failed {
                checks[index].status = Status::NotReached;
            }
        }
    }
}

/// Whether a clause promises that nothing spins: by its title, or in a clause on waiting that has more to say.
fn promises_sleep(clause: &str) -> bool {
    clause.starts_with(SLEEP) || clause.contains("does not spin")
}

fn told(check: &Check) -> Option<&Finding> {
    check.finding.as_ref().filter(|_| check.status != Status::Passed)
}

/// Whether a run that ends so has shown nothing of what it was made to look at.
fn stops(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Deadlock
            | Kind::Livelock
            | Kind::BusyWait
            | Kind::LeakedThread
            | Kind::Panicked
            | Kind::Crashed
            | Kind::Unbounded
            | Kind::Oversubscribed
    )
}

/// The one with the fewest switches, then the fewest steps, among those whose own clause is broken, of the clause at which
/// most of them are.
fn smallest(checks: &[Check], group: &[usize]) -> usize {
    let size = |index: &usize| {
        let check = &checks[*index];
        let schedule = check.finding.as_ref().and_then(|finding| finding.schedule.as_ref());
        let size = schedule.map_or((u64::MAX, u64::MAX), |schedule| (schedule.switches, schedule.steps));
        let alike = group.iter().filter(|other| checks[**other].clause == check.clause).count();
        let rest = (Reverse(alike), check.clause, size, *index);
        (check.status == Status::NotReached, rest)
    };
    group.iter().copied().min_by_key(size).expect("a group has a check")
}

/// What follows from something else comes after it.
fn rank(checks: &[Check], group: &[usize]) -> u8 {
    if second_time(checks, group) {
        return 2;
    }
    match checks[group[0]].kind() {
        Some(Kind::Panicked | Kind::Crashed) => 0,
        Some(Kind::LeakedThread | Kind::TooLate) => 2,
        Some(Kind::TimedOut) => 3,
        _ => 1,
    }
}

/// Whether only the second time in one run came out wrong. Whatever that looks like, something is left over from the first.
fn second_time(checks: &[Check], group: &[usize]) -> bool {
    group.iter().filter_map(|index| told(&checks[*index])).any(|finding| finding.second_time)
}

/// Whether two findings have one cause, as far as can be seen: they are of a kind, and the threads that decide it stand at
/// the same lines, or the same is said of them but for its numbers.
fn is_one(one: &Finding, other: &Finding) -> bool {
    let is_answer = |kind| matches!(kind, Kind::Race | Kind::WrongAnswer);
    if one.left_out != other.left_out {
        return false;
    }
    if one.second_time || other.second_time {
        return one.second_time == other.second_time;
    }
    if one.kind != other.kind {
        // Whether an answer came out right in another schedule as well depends on the input.
        return is_answer(one.kind) && is_answer(other.kind) && pattern(one) == pattern(other);
    }
    let (mine, theirs) = (deciding(one), deciding(other));
    match one.kind {
        Kind::Unfinished => one.message == other.message,
        // One time round a loop ends at any of its lines.
        Kind::Livelock | Kind::BusyWait
            if mine.iter().any(|line| theirs.iter().any(|other| near(*line, *other))) =>
        {
            true
        }
        Kind::Deadlock | Kind::Livelock | Kind::BusyWait | Kind::LeakedThread => match mine.is_empty() {
            true => theirs.is_empty() && pattern(one) == pattern(other),
            false => !mine.is_disjoint(&theirs),
        },
        _ => pattern(one) == pattern(other) || !mine.is_empty() && mine == theirs,
    }
}

/// Whether a file is neither the simulation's nor a library's.
pub fn is_learners(file: &str) -> bool {
    !file.starts_with("checker/") && !file.contains("/registry/src/")
}

fn near(one: (&str, u32), other: (&str, u32)) -> bool {
    one.0 == other.0 && one.1.abs_diff(other.1) <= LOOP
}

/// The lines of the threads that decide a finding: those that wait for another thread to end only follow.
fn deciding(finding: &Finding) -> BTreeSet<(&str, u32)> {
    let follows = |thread: &Thread| {
        thread.waiting_for.as_deref().is_some_and(|what| {
            what.ends_with("to finish")
                || what.ends_with("to come to rest")
                || what.ends_with("to let it go on")
        })
    };
    let runs_on = matches!(finding.kind, Kind::Livelock | Kind::BusyWait);
    let lines = |chosen: &dyn Fn(&Thread) -> bool| -> BTreeSet<(&str, u32)> {
        let threads = finding.threads.iter().filter(|thread| chosen(thread));
        let places = threads.filter_map(|thread| Some((thread.file.as_deref()?, thread.line?)));
        places.filter(|(file, _)| is_learners(file)).collect()
    };
    let own = match runs_on {
        true => lines(&|thread| thread.waiting_for.is_none()),
        false => lines(&|thread| !follows(thread)),
    };
    if own.is_empty() { lines(&|_| true) } else { own }
}

/// What is said of a finding, without the values; the lines that it names stay.
fn pattern(finding: &Finding) -> String {
    let mut pattern = String::new();
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut rest = finding.message.lines().next().unwrap_or_default();
    while let Some(sign) = rest.chars().next() {
        let of_a_line = pattern.trim_end_matches(|sign: char| sign.is_ascii_digit()).ends_with(".rs:");
        if !quoted && depth == 0 && sign.is_ascii_digit() && !of_a_line {
            rest = behind_number(rest);
            continue;
        }
        rest = &rest[sign.len_utf8()..];
        match sign {
            '"' if depth == 0 => quoted = !quoted,
            _ if quoted => {}
            '[' | '(' | '{' => depth += 1,
            ']' | ')' | '}' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            _ => pattern.push(sign),
        }
    }
    pattern
}

/// What comes after the number that `text` begins with, such as `12`, `0.25` or `1.5ms`.
fn behind_number(text: &str) -> &str {
    let digits = |text: &str| text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
    let mut rest = &text[digits(text)..];
    if let Some(fraction) =
        rest.strip_prefix('.').filter(|it| it.starts_with(|sign: char| sign.is_ascii_digit()))
    {
        rest = &fraction[digits(fraction)..];
    }
    let ends = |rest: &str| !rest.starts_with(char::is_alphanumeric);
    let behind_unit =
        ["ns", "µs", "ms", "s"].iter().find_map(|unit| rest.strip_prefix(unit).filter(|rest| ends(rest)));
    behind_unit.unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Schedule;

    #[test]
    fn what_differs_in_a_number_or_a_time_alone_has_one_pattern() {
        let pattern = |message: &str| pattern(&Finding::new(Kind::TooLate, message));
        let alike = [
            "the call returned 0.002ms late, after 2 jobs",
            "the call returned 1s late, after 17 jobs",
            "the call returned 83.25s late, after 0 jobs",
        ];
        assert!(alike.iter().all(|message| pattern(message) == pattern(alike[0])), "{alike:?}");
        assert_ne!(pattern("at src/lib.rs:12:5"), pattern("at src/lib.rs:13:5"));
        assert_ne!(pattern("2 jobs ran"), pattern("2 shifts ran"));
    }

    fn check(name: &str, clause: u32, kind: Kind, lines: &[(u32, Option<&str>)], steps: u64) -> Check {
        let threads = lines.iter().map(|(line, waits)| Thread {
            name: "a".into(),
            file: Some("src/lib.rs".into()),
            line: Some(*line),
            waiting_for: waits.map(str::to_owned),
            caller: None,
        });
        let schedule = Schedule { switches: 1, steps, time_ns: 0, events: Vec::new() };
        let finding = Finding {
            threads: threads.collect(),
            schedule: Some(schedule),
            ..Finding::new(kind, "it stops")
        };
        Check {
            name: name.into(),
            clause,
            status: Status::Failed,
            schedules: 1,
            exhausted: None,
            finding: Some(finding),
            duration_ms: 0,
        }
    }

    fn contract(titles: &[&str]) -> Vec<String> {
        titles.iter().map(|title| format!("**{title}.** It is so.")).collect()
    }

    const POP: (u32, Option<&str>) = (48, Some("a notification on a Condvar"));
    const PUSH: (u32, Option<&str>) = (20, Some("a notification on a Condvar"));
    const CALLER: (u32, Option<&str>) = (70, Some("the threads of its scope to finish"));

    #[test]
    fn a_deadlock_that_three_checks_see_is_told_once_by_its_smallest_run() {
        let checks = [
            check("long", 4, Kind::Deadlock, &[POP, CALLER], 39),
            check("short", 4, Kind::Deadlock, &[PUSH, CALLER], 19),
            check("both", 4, Kind::Deadlock, &[PUSH, POP], 60),
        ];
        assert_eq!(of(&checks), [Cause { kind: Kind::Deadlock, shown: 1, also: vec![0, 2] }]);
    }

    #[test]
    fn threads_that_only_wait_for_others_make_no_cause_the_same() {
        let checks = [
            check("a", 1, Kind::Deadlock, &[POP, CALLER], 9),
            check("b", 2, Kind::Deadlock, &[PUSH, CALLER], 9),
        ];
        assert_eq!(of(&checks).len(), 2);
    }

    #[test]
    fn what_follows_comes_after_its_cause() {
        let checks = [
            check("left", 1, Kind::LeakedThread, &[POP], 9),
            check("stops", 2, Kind::Deadlock, &[POP], 9),
            check("ends", 3, Kind::Panicked, &[(3, None)], 9),
        ];
        let order: Vec<usize> = of(&checks).iter().map(|cause| cause.shown).collect();
        assert_eq!(order, [2, 1, 0]);
    }

    #[test]
    fn a_clause_that_a_deadlock_keeps_out_of_sight_was_not_reached() {
        let mut checks = [
            check("room", 1, Kind::Deadlock, &[POP], 9),
            check("items", 2, Kind::Deadlock, &[POP], 30),
            check("no spin", 3, Kind::Deadlock, &[POP], 5),
        ];
        settle(&mut checks, &contract(&["Capacity", "Items", "Waiting is sleep"]));
        let status: Vec<Status> = checks.iter().map(|check| check.status).collect();
        assert_eq!(status, [Status::NotReached, Status::Failed, Status::NotReached]);
        assert_eq!(of(&checks)[0].shown, 1);
    }

    #[test]
    fn what_fails_the_second_time_only_is_one_cause_and_comes_after_what_fails_the_first() {
        let mut checks = [
            check("stops", 1, Kind::Deadlock, &[POP], 9),
            check("left", 2, Kind::Race, &[(3, None)], 5),
            check("first", 3, Kind::WrongAnswer, &[(7, None)], 9),
        ];
        for check in &mut checks[..2] {
            check.finding.as_mut().unwrap().second_time = true;
        }
        let causes = of(&checks);
        assert_eq!(
            causes.iter().map(|cause| (cause.kind, cause.shown)).collect::<Vec<_>>(),
            [(Kind::WrongAnswer, 2), (Kind::Deadlock, 0)]
        );
        settle(&mut checks, &contract(&["Items", "Order", "Numbers"]));
        assert!(checks.iter().all(|check| check.status == Status::Failed));
    }

    #[test]
    fn a_spin_is_told_under_the_clause_that_promises_none() {
        let mut checks = [check("first", 1, Kind::BusyWait, &[(4, None)], 9)];
        settle(&mut checks, &contract(&["Items", "Waiting is sleep"]));
        assert_eq!((checks[0].clause, checks[0].status), (2, Status::Failed));
        // The promise may be a sentence of a clause on waiting.
        let mut checks = [check("first", 1, Kind::BusyWait, &[(4, None)], 9)];
        settle(&mut checks, &["**Items.**".into(), "**Waiting.** A call waits. It does not spin.".into()]);
        assert_eq!(checks[0].clause, 2);
    }

    #[test]
    fn a_spin_that_the_check_for_spins_sees_too_leaves_the_other_clauses_open() {
        let mut checks = [
            check("first", 1, Kind::BusyWait, &[(4, None)], 9),
            check("no spin", 2, Kind::BusyWait, &[(6, None)], 20),
        ];
        settle(&mut checks, &contract(&["Items", "Waiting is sleep"]));
        let told: Vec<(u32, Status)> = checks.iter().map(|check| (check.clause, check.status)).collect();
        assert_eq!(told, [(1, Status::NotReached), (2, Status::Failed)]);
    }

    #[test]
    fn a_wrong_answer_that_also_comes_out_right_is_told_as_the_race_it_is() {
        let checks = [check("one", 1, Kind::WrongAnswer, &[], 9), check("other", 1, Kind::Race, &[], 30)];
        assert_eq!(of(&checks), [Cause { kind: Kind::Race, shown: 0, also: vec![1] }]);
    }

    #[test]
    fn a_thread_that_stays_is_told_under_the_clause_that_promises_none() {
        let mut checks = [check("first", 1, Kind::LeakedThread, &[(4, None)], 9)];
        settle(&mut checks, &contract(&["Items", "Nothing is left behind"]));
        assert_eq!(checks[0].clause, 2);
    }

    #[test]
    fn a_wrong_answer_is_the_same_whatever_its_numbers() {
        let said = |message: &str| pattern(&Finding::new(Kind::Race, message));
        assert_eq!(said("the list: expected [1, 2], got [2]"), said("the list: expected [7], got []"));
        assert_ne!(said("it panicked at src/lib.rs:30"), said("it panicked at src/lib.rs:41"));
    }
}
