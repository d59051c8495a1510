//! Every interleaving of one small input, where there are few enough of them.
//!
//! The random schedules come first and find nearly all that is wrong; this is for saying more of what passed.

use std::sync::atomic::Ordering;

use engine::{Ending, Enumeration, Limits, Options, Run, Script, Strategy, execute};

use protocol::{Exhausted, Finding, Kind, Play, Played};

use crate::account::finding;
use crate::cases::{self, LAST_SEED, Show, Small};
use crate::classify::classify;
use crate::expect::Failure;
use crate::played::played;
use crate::probe;
use crate::search::{Body, CROWDED, Search};

/// More interleavings than this are not tried,
const INTERLEAVINGS: u64 = 4_000;
/// nor such as take more steps than this together,
const STEPS: u64 = 160_000;
/// or alone: a thread that spins has interleavings without end.
const LONG: u64 = 2_000;

/// After one in so many of the interleavings or steps that may be tried it is estimated whether the rest will do.
const GLANCE: u64 = 8;
/// The search is given up if the estimate says that fewer than one in so many interleavings have been seen by then. That is
/// far too few: an estimate may be wrong by several times.
const HOPELESS: f64 = 100.0;

/// Seeds from here on are not those of schedules chosen at random: they number the interleavings of a small input.
const FIRST: u64 = 1_000_000_000_000_000_000;

/// The number of the interleaving that `seed` stands for, if it does.
pub(crate) fn interleaving(seed: u64) -> Option<u64> {
    seed.checked_sub(FIRST)
}

/// What came of trying them.
#[derive(Debug, Default)]
struct Tried {
    /// How many interleavings, and whether that was all.
    interleavings: u64,
    all: bool,
    /// Whether one of them kept the promise.
    right: bool,
    /// Of those that did not, the one with the fewest switches and steps, and its number.
    shortest: Option<((u64, u64), u64)>,
}

/// Tries all interleavings of the small input, or gives up when there are too many.
pub(crate) fn explore(search: &mut Search, small: &Small, show: Show, body: Body<'_>) {
    let tried = tried(search, small, body);
    if let Some((_, number)) = tried.shortest {
        search.finding = look(search, small, number, tried.right, show, body);
    } else if tried.all {
        search.exhausted =
            Some(Exhausted { what: small.what.to_owned(), interleavings: tried.interleavings });
    }
}

/// What there is to be seen in the interleaving with this number.
pub(crate) fn replay(
    search: &Search,
    small: &Small,
    number: u64,
    show: Show,
    body: Body<'_>,
) -> Option<Finding> {
    look(search, small, number, tried(search, small, body).right, show, body)
}

/// Goes through the schedules of the interleaving with this number; `None` if it does not fail.
pub(crate) fn play(
    search: &Search,
    small: &Small,
    number: u64,
    play: &Play,
    show: Show,
    body: Body<'_>,
) -> Option<Played> {
    let script = match play {
        Play::Chosen(choices) => Script::of(choices.clone()),
        Play::Failure => {
            let mut doers = None;
            each(search, small, body, &|it| it == number, &mut |it, run| {
                if it == number {
                    let seen = run.events.iter().filter(|event| !event.internal);
                    doers = classify(run).map(|_| seen.map(|event| event.task).collect());
                }
                it < number
            });
            Script::following(doers?)
        }
    };
    let run = search.run_by(Strategy::given(script), body, &small.input, 1, true, true);
    Some(played(&run, FIRST + number, show(&small.input), &search.source))
}

/// Looks for the first interleaving that fails, and counts those before it.
pub(crate) fn hunt(search: &mut Search, small: &Small, body: Body<'_>) {
    let (mut tried, mut found) = (0, None);
    each(search, small, body, &|_| false, &mut |number, run| {
        let counts = !matches!(run.ending, Ending::Redundant);
        tried += u64::from(counts);
        if matches!(run.ending, Ending::Endless) {
            return false;
        }
        found = classify(run)
            .filter(|_| counts)
            .map(|failure| finding(failure, FIRST + number, String::new(), run, &search.source));
        found.is_none() && number + 1 < INTERLEAVINGS
    });
    search.schedules += tried;
    search.finding = found;
}

fn tried(search: &Search, small: &Small, body: Body<'_>) -> Tried {
    let mut tried = Tried::default();
    let mut steps = 0;
    tried.all = each(search, small, body, &|_| false, &mut |number, run| {
        steps += run.steps;
        match (&run.ending, classify(run)) {
            (Ending::Redundant, _) => {}
            (Ending::Endless, _) => return false,
            (_, None) => {
                tried.interleavings += 1;
                tried.right = true;
            }
            (_, Some(_)) => {
                tried.interleavings += 1;
                let size = (run.switches, run.steps);
                if tried.shortest.is_none_or(|(least, _)| size < least) {
                    tried.shortest = Some((size, number));
                }
            }
        }
        number + 1 < INTERLEAVINGS && steps < STEPS
    });
    tried
}

/// The finding of one interleaving; `right` says that another one kept the promise.
fn look(
    search: &Search,
    small: &Small,
    wanted: u64,
    right: bool,
    show: Show,
    body: Body<'_>,
) -> Option<Finding> {
    let mut found = None;
    each(search, small, body, &|number| number == wanted, &mut |number, run| {
        if number < wanted {
            return true;
        }
        found = classify(run).map(|failure| {
            let is_race = right && failure.kind == Kind::WrongAnswer;
            let kind = if is_race { Kind::Race } else { failure.kind };
            finding(Failure { kind, ..failure }, FIRST + wanted, show(&small.input), run, &search.source)
        });
        false
    });
    found
}

/// Runs one interleaving after the other until `look` has seen enough, and says whether there were no more. Those that
/// `explained` names are looked into.
fn each(
    search: &Search,
    small: &Small,
    body: Body<'_>,
    explained: &dyn Fn(u64) -> bool,
    look: &mut dyn FnMut(u64, &Run) -> bool,
) -> bool {
    cases::begin(&small.input);
    let mut left = Some(Enumeration::reduced());
    let (mut steps, mut is_estimated) = (0, false);
    for number in 0.. {
        let Some(enumeration) = left else { return true };
        let explain = explained(number);
        LAST_SEED.store(FIRST + number, Ordering::Relaxed);
        let options = Options {
            strategy: Strategy::every(enumeration),
            limits: Limits { steps: LONG, threads: CROWDED },
            explain,
            trace: explain && (search.trace || search.play.is_some()),
            source: &search.source,
        };
        let mut run = execute(options, &|| {
            probe::begin();
            body(&small.input);
        });
        let enumeration = run.enumeration.take();
        if !look(number, &run) {
            return false;
        }
        left = enumeration.and_then(Enumeration::advance);
        steps += run.steps;
        let is_time = number + 1 >= INTERLEAVINGS / GLANCE || steps >= STEPS / GLANCE;
        if is_time && !is_estimated {
            is_estimated = true;
            if left.as_ref().is_some_and(|left| left.seen() * HOPELESS < 1.0) {
                return false;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use simstd::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use simstd::thread;

    use super::*;
    use crate::cases::Input;

    fn search() -> Search {
        Search::beginning_at(crate::search::Place::default())
    }

    fn explored(body: Body<'_>) -> Search {
        let (mut search, small) = (search(), Small { what: "nothing", input: Arc::new(()) });
        explore(&mut search, &small, |_| String::new(), body);
        search
    }

    /// Two threads add to a number.
    fn add(total: &AtomicUsize, times: usize, add: fn(&AtomicUsize)) {
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| (0..times).for_each(|_| add(total)));
            }
        });
    }

    #[test]
    fn what_holds_in_all_interleavings_is_said_to() {
        let search = explored(&|_| {
            let total = AtomicUsize::new(0);
            add(&total, 2, |n| {
                n.fetch_add(1, SeqCst);
            });
            crate::expect::expect_eq("the total", total.into_inner(), 4);
        });
        assert!(search.finding.is_none());
        assert_eq!(search.exhausted.map(|e| (e.what, e.interleavings)), Some(("nothing".to_owned(), 6)));
    }

    #[test]
    fn what_fails_in_one_of_them_is_found_and_found_again() {
        // Only if one thread does all it does between two steps of the other.
        let body = |_: &Input| {
            let total = AtomicUsize::new(0);
            add(&total, 3, |n| n.store(n.load(SeqCst) + 1, SeqCst));
            crate::expect::expect(total.into_inner() > 2, Kind::WrongAnswer, || "the total is 2".into());
        };
        let found = explored(&body).finding.expect("one interleaving gives 2");
        assert_eq!(found.kind, Kind::Race);
        let number =
            interleaving(found.seed.expect("it has one")).expect("it is one of those that were numbered");
        let small = Small { what: "nothing", input: Arc::new(()) };
        let again = replay(&search(), &small, number, |_| String::new(), &body).expect("it is there again");
        assert_eq!((again.kind, again.message, again.seed), (found.kind, found.message, found.seed));
    }

    #[test]
    fn what_fails_in_one_of_them_can_be_gone_through() {
        let body = |_: &Input| {
            let total = AtomicUsize::new(0);
            add(&total, 3, |n| n.store(n.load(SeqCst) + 1, SeqCst));
            crate::expect::expect(total.into_inner() > 2, Kind::WrongAnswer, || "the total is 2".into());
        };
        let seed = explored(&body).finding.and_then(|found| found.seed).expect("one interleaving gives 2");
        let number = interleaving(seed).expect("it is one of those that were numbered");
        let small = Small { what: "nothing", input: Arc::new(()) };
        let mut asked = search();
        asked.play = Some(Play::Failure);
        let way = |how: &Play| play(&asked, &small, number, how, |_| String::new(), &body).expect("it fails");
        let failure = way(&Play::Failure);
        assert_eq!(failure.finding.as_ref().map(|found| found.message.as_str()), Some("the total is 2"));
        // The same choices lead to the same end, and others to another one.
        let chosen: Vec<u32> = failure.points.iter().map(|point| point.chosen).collect();
        assert_eq!(
            way(&Play::Chosen(chosen)).finding.map(|found| found.message),
            Some("the total is 2".into())
        );
        assert!(way(&Play::Chosen(Vec::new())).finding.is_none());
    }

    #[test]
    fn a_thread_that_spins_is_left_to_other_schedules() {
        let search = explored(&|_| {
            let done = AtomicUsize::new(0);
            thread::scope(|scope| {
                scope.spawn(|| done.store(1, SeqCst));
                while done.load(SeqCst) == 0 {}
            });
        });
        assert!(search.finding.is_none() && search.exhausted.is_none());
    }
}
