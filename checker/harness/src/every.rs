//! Every interleaving of one small input, where there are few enough of them.
//!
//! The random schedules come first and find nearly all that is wrong; this is for saying more of what passed.

use engine::{Ending, Enumeration, Limits, Options, Run, Strategy, execute};

use crate::check::{Input, Small};
use crate::explore::{Body, CROWDED, Search, finding};
use crate::finding::{Exhausted, Failure, Finding, Kind};
use crate::judge::judge;

/// More interleavings than this are not tried,
const INTERLEAVINGS: u64 = 60_000;
/// nor such as take more steps than this together,
const STEPS: u64 = 4_000_000;
/// or alone: a thread that spins has interleavings without end.
const LONG: u64 = 2_000;

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
pub(crate) fn explore(search: &mut Search, small: &Small, show: &dyn Fn(&Input) -> String, body: Body<'_>) {
    let tried = tried(search, small, body);
    if let Some((_, number)) = tried.shortest {
        search.finding = look(search, small, number, tried.right, show, body);
    } else if tried.all {
        search.exhausted = Some(Exhausted { what: small.what, interleavings: tried.interleavings });
    }
}

/// What there is to be seen in the interleaving with this number.
pub(crate) fn replay(
    search: &Search,
    small: &Small,
    number: u64,
    show: &dyn Fn(&Input) -> String,
    body: Body<'_>,
) -> Option<Finding> {
    look(search, small, number, tried(search, small, body).right, show, body)
}

fn tried(search: &Search, small: &Small, body: Body<'_>) -> Tried {
    let mut tried = Tried::default();
    let mut steps = 0;
    tried.all = each(search, small, body, &|_| false, &mut |number, run| {
        steps += run.steps;
        match (&run.ending, judge(run)) {
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
    eprintln!("every: {} interleavings, all: {}, steps {steps}", tried.interleavings, tried.all);
    tried
}

/// The finding of one interleaving; `right` says that another one kept the promise.
fn look(
    search: &Search,
    small: &Small,
    wanted: u64,
    right: bool,
    show: &dyn Fn(&Input) -> String,
    body: Body<'_>,
) -> Option<Finding> {
    let mut found = None;
    each(search, small, body, &|number| number == wanted, &mut |number, run| {
        if number < wanted {
            return true;
        }
        found = judge(run).map(|Failure { kind, message }| {
            let kind = if right && kind == Kind::WrongAnswer { Kind::Race } else { kind };
            finding(Failure { kind, message }, FIRST + wanted, show(&small.input), run)
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
    let mut left = Some(Enumeration::reduced());
    for number in 0.. {
        let Some(enumeration) = left else { return true };
        let explain = explained(number);
        let options = Options {
            strategy: Strategy::every(enumeration),
            limits: Limits { steps: LONG, threads: CROWDED },
            explain,
            trace: explain && search.trace,
            source: &search.source,
        };
        let mut run = execute(options, &|| body(&small.input));
        let enumeration = run.enumeration.take();
        if !look(number, &run) {
            return false;
        }
        left = enumeration.and_then(Enumeration::advance);
    }
    false
}
