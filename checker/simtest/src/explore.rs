//! One test in many schedules: how often it goes wrong, the shortest schedule that shows it, and whether those were all.
//!
//! What is said of a test depends on its seeds alone, as for learners: a failing seed, run first in another process, leads to
//! the same finding.

use engine::{Ending, Enumeration, LATE, Limits, Options, Run, Strategy, Style};
use protocol::{Explored, Finding, Kind, account};

use crate::account::{Failure, failure};
use crate::arguments::Arguments;
use crate::contract::TestDescAndFn;
use crate::place::{self, Place};
use crate::trial::{LEAST, Returned, THREADS, schedule};

/// A test that starts no thread gets so many schedules: time, and the order of a `HashMap`, differ in them all the same.
const ALONE: u64 = 20;
/// After so many schedules it is looked how much memory they have left behind.
const GLANCES: u64 = 32;
/// So many schedules are tried to find a short one.
const TRIES_FOR_SHORT: u64 = 400;
/// So many are tried with less lateness, or to find one that goes right.
const TRIES: u64 = 60;
const TRIES_FOR_RIGHT: u64 = 200;
/// Of long schedules fewer are tried to find one that goes right: so many steps together, but a few of them in any case.
const STEPS_FOR_RIGHT: u64 = 20_000_000;
const LEAST_FOR_RIGHT: u64 = 5;
/// Steps that making a failure short may take.
const SHORTENING: u64 = 3_000_000;

/// More interleavings than this are not tried,
const INTERLEAVINGS: u64 = 4_000;
/// nor such as take more steps than this together, or alone.
const ALL_STEPS: u64 = 160_000;
const LONG: u64 = 2_000;
/// After one in so many of these it is estimated whether the rest will do; it will not, if so few have been seen by then.
const GLANCE: u64 = 8;
const HOPELESS: f64 = 100.0;
/// Seeds from here on number the interleavings.
const FIRST: u64 = 1_000_000_000_000_000_000;

/// How a schedule is made.
#[derive(Clone, Copy)]
struct Way {
    seed: u64,
    /// The seed of the world around the test, such as the order of a `HashMap`.
    world: u64,
    style: Style,
    late: u64,
}

/// A schedule that goes wrong.
struct Failing {
    failure: Failure,
    way: Way,
    /// Switches and steps.
    size: (u64, u64),
}

struct Search<'a> {
    test: &'a TestDescAndFn,
    arguments: &'a Arguments,
    place: &'a mut Place,
    explored: Explored,
    /// Steps that are left for making the failure short.
    left: u64,
}

/// Runs the test under one seed after the other, and then in every interleaving if there are few.
pub(crate) fn explore(test: &TestDescAndFn, arguments: &Arguments, place: &mut Place) -> Explored {
    let explored = Explored::default();
    let mut search = Search { test, arguments, place, explored, left: SHORTENING };
    if arguments.single {
        search.single();
        return search.explored;
    }
    if let Some(number) = arguments.seed.checked_sub(FIRST) {
        search.number(number, true);
        return search.explored;
    }
    match search.first_failing() {
        Some(first) => {
            search.explored.first = Some(first.failure.message.clone());
            if !arguments.quick {
                search.explored.finding = Some(search.look_into(first));
            }
        }
        None if !arguments.quick => {
            if arguments.deep > 0 {
                search.enumerate();
            }
            if search.explored.finding.is_none() {
                search.name_those_left();
            }
        }
        None => {}
    }
    search.explored
}

impl Search<'_> {
    fn run(&mut self, strategy: Strategy, steps: u64, explain: bool) -> (Run, Option<Failure>) {
        let options = Options {
            strategy,
            limits: Limits { steps, threads: THREADS },
            explain,
            trace: explain,
            source: &self.arguments.source,
        };
        let (run, returned): (Run, Returned) = schedule(self.test, options);
        let failure = failure(&self.test.desc, &run, &returned);
        (run, failure)
    }

    fn along(&mut self, way: Way, explain: bool) -> (Run, Option<Failure>) {
        self.place.begins(way.seed);
        let strategy =
            Strategy::new(way.seed, way.style).in_the_world_of(way.world).late_by_less_than(way.late);
        self.run(strategy, self.arguments.steps, explain)
    }

    /// The schedule of the first seed, looked into as it runs.
    fn single(&mut self) {
        let seed = self.arguments.seed;
        let (run, failure) = self.along(Way { seed, world: seed, style: Style::Mixed, late: LATE }, true);
        self.explored.schedules = 1;
        self.explored.steps = run.steps;
        if let Some(Failure { kind, message }) = failure {
            self.explored.wrong = 1;
            self.explored.first = Some(message.clone());
            self.explored.finding = Some(told(kind, message, seed, &run));
        }
    }

    /// All the schedules that were asked for. The first that goes wrong.
    fn first_failing(&mut self) -> Option<Failing> {
        let mut first = None;
        let mut is_alone = true;
        let wanted = self.arguments.schedules;
        while self.explored.schedules < wanted
            && (self.explored.schedules < LEAST || self.explored.steps < self.arguments.budget)
            && !(is_alone && self.explored.schedules >= ALONE)
            && !(self.explored.schedules % GLANCES == GLANCES - 1 && place::holds_too_much())
        {
            let seed = self.arguments.seed.wrapping_add(self.explored.schedules);
            let way = Way { seed, world: seed, style: Style::Mixed, late: LATE };
            let (run, failure) = self.along(way, false);
            self.explored.schedules += 1;
            self.explored.steps += run.steps;
            is_alone &= run.names.len() == 1;
            let Some(failure) = failure else { continue };
            self.explored.wrong += 1;
            let size = (run.switches, run.steps);
            first.get_or_insert(Failing { failure, way, size });
            // To count the others would take long, or tell nothing.
            if self.arguments.quick || matches!(run.ending, Ending::Endless | Ending::Forbidden(..)) {
                break;
            }
        }
        first
    }

    /// Makes the failure short, and finds out what it is.
    fn look_into(&mut self, first: Failing) -> Finding {
        let seed = first.way.seed;
        let is_long = matches!(first.failure.kind, Kind::Livelock | Kind::BusyWait | Kind::Forbidden);
        let best = if is_long { first } else { self.be_punctual(first) };
        let best = if is_long { best } else { self.shorten(best) };
        let kind = self.refine(&best);
        let (run, failure) = self.along(best.way, true);
        // The same failure with what is known when the stacks have been looked at.
        let message = failure.map_or(best.failure.message, |failure| failure.message);
        told(kind, message, seed, &run)
    }

    fn attempt(&mut self, way: Way, kind: Kind) -> Option<Failing> {
        let (run, failure) = self.along(way, false);
        self.left = self.left.saturating_sub(run.steps);
        let size = (run.switches, run.steps);
        failure.filter(|failure| failure.kind == kind).map(|failure| Failing { failure, way, size })
    }

    /// The same failure with as little lateness as will do.
    fn be_punctual(&mut self, first: Failing) -> Failing {
        let kind = first.failure.kind;
        for late in [0, LATE / 1_000, LATE / 100, LATE / 10] {
            for i in 0..TRIES {
                if self.left == 0 {
                    return first;
                }
                let style = if i % 2 == 0 { first.way.style } else { Style::Calm };
                let way = Way { seed: first.way.seed.wrapping_add(i), late, style, ..first.way };
                if let Some(found) = self.attempt(way, kind) {
                    return found;
                }
            }
        }
        first
    }

    /// The schedule with the fewest switches among many that fail in the same way.
    fn shorten(&mut self, mut best: Failing) -> Failing {
        let (first, kind) = (best.way, best.failure.kind);
        for i in 0..TRIES_FOR_SHORT {
            if self.left == 0 {
                break;
            }
            let way = Way { seed: first.seed.wrapping_add(i), style: Style::Calm, ..first };
            if let Some(other) = self.attempt(way, kind).filter(|other| other.size < best.size) {
                best = other;
            }
        }
        best
    }

    /// What comes out right in another schedule, in the same world, is a race.
    fn refine(&mut self, best: &Failing) -> Kind {
        if !matches!(best.failure.kind, Kind::WrongAnswer | Kind::Panicked) {
            return best.failure.kind;
        }
        let mut steps = 0;
        for i in 0..TRIES_FOR_RIGHT {
            if i >= LEAST_FOR_RIGHT && steps > STEPS_FOR_RIGHT {
                break;
            }
            let style = if i % 2 == 0 { Style::Calm } else { Style::Mixed };
            let way = Way { seed: best.way.seed.wrapping_add(i), style, late: LATE, ..best.way };
            let (run, failure) = self.along(way, false);
            if failure.is_none() {
                return Kind::Race;
            }
            steps += run.steps;
        }
        best.failure.kind
    }

    /// Every interleaving, if there are few.
    fn enumerate(&mut self) {
        let (mut tried, mut wrong, mut steps) = (0, 0, 0);
        let mut shortest: Option<((u64, u64), u64)> = None;
        let (mut is_endless, deep) = (false, self.arguments.deep);
        let all = self.each(&mut |number, run, failure| {
            steps += run.steps;
            // Longer than an interleaving may be that is one of many. That is no failure: the seeds have gone further.
            if matches!(run.ending, Ending::Endless) {
                is_endless = true;
                return false;
            }
            if !matches!(run.ending, Ending::Redundant) {
                tried += 1;
                wrong += u64::from(failure.is_some());
                let size = (run.switches, run.steps);
                if failure.is_some() && shortest.is_none_or(|(least, _)| size < least) {
                    shortest = Some((size, number));
                }
            }
            number + 1 < deep * INTERLEAVINGS && steps < deep * ALL_STEPS
        });
        match shortest {
            Some((_, number)) => {
                self.explored.schedules += tried;
                self.explored.wrong += wrong;
                self.number(number, false);
            }
            None if all && !is_endless => self.explored.interleavings = Some(tried),
            None => {}
        }
    }

    /// The interleaving with this number, and what is wrong with it.
    fn number(&mut self, wanted: u64, counts: bool) {
        let (mut right, mut first) = (false, None);
        let (mut tried, mut wrong) = (0, 0);
        self.each(&mut |number, run, failure| {
            let is_one = !matches!(run.ending, Ending::Redundant | Ending::Endless);
            let failure = failure.filter(|_| is_one);
            tried += u64::from(is_one);
            wrong += u64::from(failure.is_some());
            right |= is_one && failure.is_none();
            if number == wanted {
                first = failure;
            }
            number < wanted || (!right && number + 1 < INTERLEAVINGS)
        });
        let Some(first) = first else { return };
        self.explored.first = Some(first.message);
        if counts {
            self.explored.schedules += tried;
            self.explored.wrong += wrong;
        }
        if self.arguments.quick {
            return;
        }
        let mut found = None;
        self.looking(wanted, &mut |number, run, failure| {
            if let Some(failure) = failure.filter(|_| number == wanted) {
                let is_result = matches!(failure.kind, Kind::WrongAnswer | Kind::Panicked);
                let kind = if right && is_result { Kind::Race } else { failure.kind };
                found = Some(told(kind, failure.message, FIRST + wanted, run));
            }
            number < wanted
        });
        self.explored.finding = found;
    }

    fn each(&mut self, look: &mut dyn FnMut(u64, &Run, Option<Failure>) -> bool) -> bool {
        self.looking(u64::MAX, look)
    }

    /// Runs one interleaving after the other until `look` has seen enough, and says whether there were no more. The one that is
    /// `explained` is looked into.
    fn looking(&mut self, explained: u64, look: &mut dyn FnMut(u64, &Run, Option<Failure>) -> bool) -> bool {
        let mut left = Some(Enumeration::reduced());
        let (mut steps, mut is_estimated, deep) = (0, false, self.arguments.deep.max(1));
        for number in 0.. {
            let Some(enumeration) = left else { return true };
            self.place.begins(FIRST + number);
            let (mut run, failure) = self.run(Strategy::every(enumeration), LONG, number == explained);
            steps += run.steps;
            let enumeration = run.enumeration.take();
            if !look(number, &run, failure) {
                // The last one may have been seen.
                return enumeration.and_then(Enumeration::advance).is_none();
            }
            left = enumeration.and_then(Enumeration::advance);
            let is_time = number + 1 >= deep * INTERLEAVINGS / GLANCE || steps >= deep * ALL_STEPS / GLANCE;
            if is_time && !is_estimated {
                is_estimated = true;
                if left.as_ref().is_some_and(|left| left.seen() * HOPELESS < 1.0) {
                    return false;
                }
            }
        }
        false
    }

    /// Looks once at the threads that are still blocked when the test has returned.
    fn name_those_left(&mut self) {
        let seed = self.arguments.seed;
        let way = Way { seed, world: seed, style: Style::Calm, late: 0 };
        let (run, _) = self.along(way, true);
        if matches!(run.ending, Ending::Completed) {
            self.explored.left = account::threads(&run);
        }
    }
}

fn told(kind: Kind, message: String, seed: u64, run: &Run) -> Finding {
    Finding {
        seed: Some(seed),
        threads: account::threads(run),
        printed: Some(run.printed.clone()).filter(|printed| !printed.is_empty()),
        schedule: Some(account::schedule(run, &|event| event.call.clone(), &|_| None)),
        ..Finding::new(kind, message)
    }
}
