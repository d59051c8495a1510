//! What a run shows of the cause: facts that hold in it, each with the sentence that tells it.

use crate::verdict::causes::is_learners;
use crate::verdict::{Finding, Kind, Step, Thread};

/// How the wait of a check's own function ends in words: see `classify::waits_for` in the harness.
const CHECKS_OWN: &str = "at a Barrier (the check's)";
/// Of the threads that are not at a Barrier, so many are told at most.
const MOST_OTHERS: usize = 3;

/// What can be said of one run.
#[derive(Debug, Default)]
pub struct Facts {
    /// The steps are known, so what is not among them did not happen.
    pub is_traced: bool,
    /// How many threads did something.
    pub threads: usize,
    pub has_condvar: bool,
    pub has_channel: bool,
    pub has_panic: bool,
    /// What is left over from the first time is the cause, and was told.
    pub second_time: bool,
    /// What the run shows of the cause, the most telling first.
    pub sentences: Vec<String>,
}

impl Facts {
    pub fn of(finding: &Finding) -> Facts {
        let steps = finding.schedule.as_ref().map_or(&[][..], |schedule| &schedule.events);
        let waits = |what: &str| {
            finding.threads.iter().any(|it| it.waiting_for.as_deref().is_some_and(|it| it.contains(what)))
        };
        let does = |ops: &[&str]| steps.iter().any(|step| ops.contains(&step.op.as_str()));
        let mut facts = Facts {
            is_traced: !steps.is_empty(),
            threads: protocol::threads(steps).len(),
            has_condvar: waits("Condvar") || does(&["wait", "notify_one", "notify_all"]),
            has_channel: waits("channel")
                || waits("receiver")
                || does(&[
                    "send",
                    "recv",
                    "try_send",
                    "try_recv",
                    "drop sender",
                    "drop receiver",
                    "recv_timeout",
                ]),
            has_panic: finding.message.contains("panic") || does(&["panics"]),
            second_time: finding.second_time,
            sentences: Vec::new(),
        };
        let stops = matches!(finding.kind, Kind::Deadlock);
        let told = if stops { Facts::of_a_stop(finding, steps) } else { Facts::of_a_result(finding, steps) };
        facts.sentences = if finding.second_time { Vec::new() } else { told };
        facts
    }

    /// Why nothing can go on.
    fn of_a_stop(finding: &Finding, steps: &[Step]) -> Vec<String> {
        let mut told = Vec::new();
        if let Some(thread) = finding.threads.iter().find(|it| waits_for(it).contains("that it holds itself"))
        {
            told.push(format!(
                "`{}` asks for a lock that it holds already{}. A lock is not given to its own holder a second \
                 time. Ask where its first guard ends.",
                thread.name,
                at(thread.line)
            ));
            return told;
        }
        if let Some(cycle) = cycle(&finding.threads) {
            told.push(format!(
                "{} wait for each other in a cycle: each holds a lock that the next one asks for. Compare the \
                 order in which they take their locks.",
                listed(&cycle)
            ));
            return told;
        }
        if finding.message.contains("had panicked") {
            told.push(
                "A thread panicked first, so the rest of its work was never done. Ask what each waiting thread \
                 still needed from it."
                    .to_owned(),
            );
        }
        // What the check itself waits for is not the learner's.
        let is_learners = |thread: &&Thread| {
            thread.file.as_ref().is_some_and(|file| is_learners(file) && !file.ends_with("checks.rs"))
        };
        let on_a_condvar = finding.threads.iter().filter(is_learners);
        let on_a_condvar = on_a_condvar.filter(|thread| waits_for(thread).contains("Condvar"));
        // One that waits rightly says nothing of what went wrong: the one that missed something is told.
        let lives = |name: &str| finding.threads.iter().any(|thread| thread.name == name);
        let notified =
            on_a_condvar.filter_map(|thread| notified(&thread.name, steps, &lives)).min_by_key(|it| it.0);
        for thread in finding.threads.iter().filter(is_learners) {
            let what = waits_for(thread);
            let name = &thread.name;
            if what.ends_with(CHECKS_OWN) {
                let there = finding.threads.iter().filter(|it| waits_for(it).ends_with(CHECKS_OWN)).count();
                told.push(format!(
                    "{} inside a function of the check. There the check waits until more threads have called it. \
                     Ask what keeps the others from that.",
                    if there == 1 { "One thread is".to_owned() } else { format!("{there} threads are") }
                ));
            } else if what.contains("Condvar") {
                told.extend(notified.as_ref().map(|(_, said)| said.clone()));
            } else if what.contains("message on") && what.contains("channel") {
                told.push(format!(
                    "`{name}` waits for a message, and none comes. A sender of its channel still exists. Ask who \
                     holds it, what that thread does, and when the sender is dropped."
                ));
            } else if what.contains("room in") && what.contains("channel") {
                told.push(format!(
                    "`{name}` waits for room in a channel. Its receiver is still alive, and no thread receives \
                     from it. Ask what the thread that should receive does instead."
                ));
            } else if what.contains("at a Barrier") {
                told.push(at_a_barrier(what, &finding.threads));
            }
            if !told.is_empty() {
                break;
            }
        }
        told
    }

    /// Why a promise was broken.
    fn of_a_result(finding: &Finding, steps: &[Step]) -> Vec<String> {
        let depends = matches!(
            finding.kind,
            Kind::Race | Kind::Unbounded | Kind::Oversubscribed | Kind::TooEarly | Kind::Panicked
        );
        if !depends {
            return Vec::new();
        }
        let mut told = Vec::new();
        if let Some(step) = steps.iter().find(|step| step.op == "wakes by itself") {
            told.push(format!(
                "In this run, `{}`{} stopped waiting although no thread had woken it. std allows that. Ask what the \
                 thread looks at before it goes on.",
                step.thread,
                at(step.line)
            ));
        }
        told.extend(overwritten(steps));
        if told.is_empty() {
            told.extend(split_decision(steps));
        }
        told.truncate(1);
        told
    }
}

fn waits_for(thread: &Thread) -> &str {
    thread.waiting_for.as_deref().unwrap_or_default()
}

fn at(line: Option<u32>) -> String {
    line.map_or_else(String::new, |line| format!(" at line {line}"))
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// The threads that wait for locks which each other hold.
fn cycle(threads: &[Thread]) -> Option<Vec<String>> {
    let holder = |name: &str| {
        let thread = threads.iter().find(|thread| thread.name == name)?;
        let (_, holder) = waits_for(thread).split_once(" held by `")?;
        Some(holder.trim_end_matches('`').to_owned())
    };
    threads.iter().find_map(|thread| {
        let mut way = vec![thread.name.clone()];
        loop {
            let next = holder(way.last()?)?;
            if next == way[0] {
                return Some(way);
            }
            if way.contains(&next) {
                return None;
            }
            way.push(next);
        }
    })
}

/// How a thread came to wait on a Condvar in vain, what tells most first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Missed {
    /// The one that was woken waits for something else, waits again at once, or has ended.
    WokeTheWrongOne,
    /// Between the thread's last look and its wait.
    CameBetween,
    /// Or never at all.
    NothingAfter,
    /// The one that was woken waits for the same: an idle worker among others is no fault.
    AnotherWasWoken,
    /// The thread has looked since.
    CameBefore,
}

/// What became of the notifications of the Condvar that `thread` waits on in the end.
fn notified(thread: &str, steps: &[Step], lives: &dyn Fn(&str) -> bool) -> Option<(Missed, String)> {
    let began = steps.iter().rposition(|step| step.thread == thread && step.op == "wait" && step.blocked)?;
    let object = steps[began].object.as_ref()?;
    let is_notification =
        |step: &&Step| step.op.starts_with("notify") && step.object.as_ref() == Some(object);
    let after: Vec<&Step> = steps[began..].iter().filter(is_notification).collect();
    let before = steps[..began].iter().rposition(|step| is_notification(&step));
    let looks = |step: &Step| step.thread == thread && step.op.starts_with("lock");
    let waits = |step: &Step| step.op == "wait" && step.object.as_ref() == Some(object);
    let of_another_kind =
        |step: &Step| step.thread != thread && waits(step) && step.line != steps[began].line;
    // What the thread that was woken did: it waited again at once, or went on, and has ended since.
    let is_of_no_use = || {
        let last = steps.iter().rposition(|step| is_notification(&step))?;
        let woken = last + steps[last..].iter().position(|step| step.op == "lock again")?;
        let next = steps[woken + 1..].iter().find(|step| step.thread == steps[woken].thread);
        Some(next.is_some_and(waits) || !lives(&steps[woken].thread))
    };
    Some(match (after.last(), before.map(|place| (place, &steps[place]))) {
        (Some(last), _) => (
            match steps.iter().any(of_another_kind) || is_of_no_use() == Some(true) {
                true => Missed::WokeTheWrongOne,
                false => Missed::AnotherWasWoken,
            },
            format!(
                "The last notification of the Condvar{} woke another thread and not `{thread}`. Ask who can wait \
                 there at that moment, and what the one that was woken does for the others.",
                at(last.line)
            ),
        ),
        (None, Some((place, last))) if last.outcome.as_deref() == Some("nobody waits") => (
            if steps[place..began].iter().any(looks) { Missed::CameBefore } else { Missed::CameBetween },
            format!(
                "The last notification of the Condvar{} came before `{thread}` began to wait, and reached nobody. \
                 A Condvar keeps no notification for later. Ask what `{thread}` had looked at before it waited, \
                 and what could change in between.",
                at(last.line)
            ),
        ),
        (None, Some(_)) => (
            Missed::NothingAfter,
            format!(
                "Nothing notified the Condvar after `{thread}` had begun to wait. Ask which change it waits for, \
                 and who makes it."
            ),
        ),
        (None, None) => (
            Missed::NothingAfter,
            format!(
                "Nothing ever notified the Condvar that `{thread}` waits on. Ask which change it waits for, and \
                 who makes it."
            ),
        ),
    })
}

/// A thread that stores what it has made from a load, with another thread's write in between.
fn overwritten(steps: &[Step]) -> Option<String> {
    let writes = |step: &Step| step.op == "store" || step.op == "swap" || step.op.starts_with("fetch_");
    for (end, store) in steps.iter().enumerate().filter(|(_, step)| step.op == "store") {
        let same = |step: &Step| step.object == store.object && store.object.is_some();
        let own = steps[..end].iter().rposition(|step| step.thread == store.thread && same(step));
        let Some(own) = own else { continue };
        if steps[own].op != "load" {
            continue;
        }
        // A flag that two threads raise is raised: nothing is lost.
        let is_flag = |step: &Step| {
            step.op == "store"
                && step.outcome == store.outcome
                && ["true", "false"].map(Some).contains(&step.outcome.as_deref())
        };
        let between = steps[own..end]
            .iter()
            .find(|step| step.thread != store.thread && same(step) && writes(step) && !is_flag(step));
        if let Some(other) = between {
            return Some(format!(
                "`{}` read the value{} and wrote it{}. In between, `{}` changed it{}. Ask what has to happen as one \
                 step.",
                store.thread,
                at(steps[own].line),
                at(store.line),
                other.thread,
                at(other.line)
            ));
        }
    }
    None
}

/// A thread that takes the same lock at two lines of one call, with another thread's turn in between.
fn split_decision(steps: &[Step]) -> Option<String> {
    let locks = |step: &Step| step.op == "lock" && step.object.is_some() && step.line.is_some();
    for (second, again) in steps.iter().enumerate().filter(|(_, step)| locks(step)).rev() {
        let own = steps[..second]
            .iter()
            .rposition(|step| step.thread == again.thread && locks(step) && step.object == again.object);
        let Some(first) = own.filter(|first| steps[*first].line < again.line) else { continue };
        // A step of the check itself ends a call of the learner's: two calls decide nothing together.
        let is_two_calls = |step: &Step| step.thread == again.thread && step.line.is_none();
        if steps[first..second].iter().any(is_two_calls) {
            continue;
        }
        let between = steps[first..second]
            .iter()
            .find(|step| step.thread != again.thread && locks(step) && step.object == again.object);
        if let Some(other) = between {
            return Some(format!(
                "`{}` had the lock{} and again{}. In between, `{}` had it{}. What was seen the first time may be out \
                 of date the second time.",
                again.thread,
                at(steps[first].line),
                at(again.line),
                other.thread,
                at(other.line)
            ));
        }
    }
    None
}

/// Who is at a Barrier, and where the others are. `what` says how many more it needs.
fn at_a_barrier(what: &str, threads: &[Thread]) -> String {
    let needed = what.split(" more").next().unwrap_or_default();
    let (there, others): (Vec<&Thread>, Vec<&Thread>) =
        threads.iter().partition(|thread| waits_for(thread).contains("at a Barrier"));
    let there = match there.len() {
        1 => "One thread is".to_owned(),
        more => format!("{more} threads are"),
    };
    let others: Vec<String> = others
        .iter()
        .map(|thread| match waits_for(thread) {
            "" => format!("`{}` is somewhere else", thread.name),
            what => format!("`{}` waits for {what}", thread.name),
        })
        .collect();
    let others = match others.as_slice() {
        [] => "No other thread is left that could come".to_owned(),
        others => others[..others.len().min(MOST_OTHERS)].join(", and "),
    };
    let have = if needed == "1" { "has" } else { "have" };
    format!(
        "{there} at the Barrier, and it opens when {needed} more {have} come. {others}. Ask which thread was to come."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Schedule;

    fn step(thread: &str, op: &str, object: &str, line: u32) -> Step {
        Step {
            thread: thread.into(),
            op: op.into(),
            outcome: None,
            object: Some(object.into()),
            file: Some("src/lib.rs".into()),
            line: Some(line),
            time_ns: 0,
            blocked: false,
        }
    }

    fn waits(name: &str, what: &str) -> Thread {
        Thread {
            name: name.into(),
            file: Some("src/lib.rs".into()),
            line: Some(3),
            waiting_for: Some(what.into()),
            caller: None,
        }
    }

    fn facts(kind: Kind, threads: Vec<Thread>, events: Vec<Step>) -> Facts {
        let schedule = Some(Schedule { switches: 1, steps: 9, time_ns: 0, events });
        Facts::of(&Finding { threads, schedule, ..Finding::new(kind, "it stops") })
    }

    #[test]
    fn two_locks_in_opposite_order_are_a_cycle() {
        let threads = vec![waits("a", "a Mutex held by `b`"), waits("b", "the Mutex `left` held by `a`")];
        let said = facts(Kind::Deadlock, threads, Vec::new()).sentences;
        assert!(said[0].starts_with("`a` and `b` wait for each other in a cycle"), "{said:?}");
    }

    #[test]
    fn of_a_barrier_it_is_told_who_is_missing() {
        let at = |name| waits(name, "1 more thread at a Barrier");
        let said = |threads| facts(Kind::Deadlock, threads, Vec::new()).sentences.remove(0);
        assert_eq!(
            said(vec![waits("main", "`a` to finish"), at("a"), at("b")]),
            "2 threads are at the Barrier, and it opens when 1 more has come. `main` waits for `a` to finish. Ask \
             which thread was to come."
        );
        assert!(said(vec![at("a")]).contains("No other thread is left that could come"));
    }

    #[test]
    fn of_a_wait_of_the_checks_own_it_is_said_where_it_is() {
        let threads = vec![waits("a", "1 more thread at a Barrier (the check's)")];
        let said = facts(Kind::Deadlock, threads, Vec::new()).sentences;
        assert!(said[0].starts_with("One thread is inside a function of the check"), "{said:?}");
    }

    #[test]
    fn a_notification_that_reached_nobody_is_told() {
        let lost = Step { outcome: Some("nobody waits".into()), ..step("b", "notify_one", "room", 7) };
        let wait = Step { blocked: true, ..step("a", "wait", "room", 3) };
        let threads = || vec![waits("a", "a notification on the Condvar `room`")];
        let said = facts(Kind::Deadlock, threads(), vec![lost.clone(), wait.clone()]).sentences;
        assert!(said[0].contains("at line 7 came before `a` began to wait"), "{said:?}");
        let said = facts(Kind::Deadlock, threads(), vec![wait, step("b", "notify_one", "room", 7)]).sentences;
        assert!(said[0].contains("woke another thread"), "{said:?}");
    }

    #[test]
    fn a_write_between_a_load_and_its_store_is_told_only_if_it_was_there() {
        let (load, store) = (step("a", "load", "n", 3), step("a", "store", "n", 4));
        let said = |between: Vec<Step>| {
            let steps = [vec![load.clone()], between, vec![store.clone()]].concat();
            facts(Kind::Race, Vec::new(), steps).sentences
        };
        assert!(said(vec![step("b", "store", "n", 4)])[0].contains("In between, `b` changed it at line 4"));
        assert!(said(vec![step("b", "store", "m", 4)]).is_empty());
    }

    #[test]
    fn a_flag_that_two_threads_raise_is_no_lost_write() {
        let raise = |thread: &str| Step { outcome: Some("true".into()), ..step(thread, "store", "stop", 4) };
        let steps = vec![step("a", "load", "stop", 3), raise("b"), raise("a")];
        assert!(facts(Kind::Race, Vec::new(), steps).sentences.is_empty());
    }

    #[test]
    fn of_those_on_a_condvar_the_one_that_missed_something_is_told() {
        let on = |name| waits(name, "a notification on the Condvar `changed`");
        let wait = |thread: &str, line| Step { blocked: true, ..step(thread, "wait", "changed", line) };
        let both = || vec![on("printer"), on("office")];
        let steps = vec![wait("office", 3), step("printer", "notify_one", "changed", 7), wait("printer", 5)];
        let said = facts(Kind::Deadlock, both(), steps).sentences;
        assert!(said[0].contains("woke another thread and not `office`"), "{said:?}");
        // An idle worker has looked since the last notification. What nobody tells the other of is the fault.
        let idle =
            Step { outcome: Some("nobody waits".into()), ..step("office", "notify_one", "changed", 7) };
        let main = Step { blocked: true, ..step("office", "wait", "done", 9) };
        let steps = vec![idle, step("printer", "lock", "state", 4), wait("printer", 5), main];
        let said = facts(Kind::Deadlock, both(), steps).sentences;
        assert!(said[0].contains("Nothing ever notified the Condvar that `office` waits on"), "{said:?}");
    }

    #[test]
    fn two_locks_are_a_split_decision_only_within_one_call() {
        let lock = |thread: &str, line| step(thread, "lock", "bucket", line);
        let said = |between: Vec<Step>| {
            let steps = [vec![lock("a", 3)], between, vec![lock("a", 9)]].concat();
            facts(Kind::Race, Vec::new(), steps).sentences
        };
        assert!(said(vec![lock("b", 3)])[0].contains("In between, `b` had it at line 3"));
        let of_the_check = Step { file: None, line: None, ..step("a", "spawn", "", 0) };
        assert!(said(vec![of_the_check, lock("b", 3)]).is_empty());
    }

    #[test]
    fn of_a_channel_nothing_is_said_where_there_is_none() {
        let facts =
            facts(Kind::Deadlock, vec![waits("main", "`a` to finish")], vec![step("a", "lock", "n", 1)]);
        assert!(facts.sentences.is_empty() && !facts.has_channel);
    }
}
