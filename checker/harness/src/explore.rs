//! The search for a schedule and an input that break a promise, and for the smallest such.

use engine::{LATE, Limits, Options, Run, Strategy, Style, execute};
use serde::{Deserialize, Serialize};

use crate::check::{Input, Inputs, Small, Tree};
use crate::every;
use crate::finding::{Event, Exhausted, Failure, Finding, Kind, Schedule, Thread};
use crate::judge::judge;
use crate::memory;

/// Schedules behind a passed check at the least.
pub(crate) const SCHEDULES: u64 = 1_000;
/// Where schedules are cheap, up to this many are run,
const MOST_SCHEDULES: u64 = 2_000;
/// as long as they take fewer steps together than this. Steps, not seconds: the same on any machine.
const STEPS: u64 = 400_000;
/// Scheduling points in one execution before it is called endless.
const ENDLESS: u64 = 100_000;

/// Threads alive at once before an execution is called crowded.
pub(crate) const CROWDED: usize = 500;

/// How many schedules a smaller input is given to fail in.
const TRIES_AN_INPUT: u64 = 60;
/// How many schedules are tried to find a short one for the smallest input.
const TRIES_FOR_SHORT: u64 = 400;
/// How many smaller inputs are tried.
const INPUTS: u32 = 80;
/// Steps that making the failure small may take, all in all.
const SHRINK_STEPS: u64 = 2_000_000;

/// How far a check has come: what another process needs to know to go on from there.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Place {
    /// How many of the check's searches are over.
    searches: u64,
    /// How many schedules of the next one are,
    done: u64,
    /// and the steps that these took.
    steps: u64,
    /// Schedules of all searches.
    schedules: u64,
}

/// What to search, and what has been found.
#[derive(Debug)]
pub(crate) struct Search {
    /// The first seed.
    pub(crate) seed: u64,
    /// Exactly this many schedules; `None` leaves it to the search.
    pub(crate) wanted: Option<u64>,
    /// The learner's source as rustc knows it.
    pub(crate) source: String,
    /// Whether to record the events of the failing schedule.
    pub(crate) trace: bool,
    /// How to look for a first failure, and for nothing else: to compare strategies.
    pub(crate) hunt: Option<Hunt>,
    /// Whether "every interleaving" can be said of the program.
    pub(crate) enumerable: bool,
    pub(crate) schedules: u64,
    pub(crate) exhausted: Option<Exhausted>,
    pub(crate) finding: Option<Finding>,
    /// Where to begin.
    from: Place,
    /// How many of the check's searches have begun.
    searches: u64,
    /// Where it stopped, since the program holds too much memory.
    pub(crate) paused: Option<Place>,
}

/// A strategy to be compared with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Hunt {
    /// The family of random walks.
    Walk,
    /// The family of random priorities.
    Priority,
    /// What verdicts use.
    Mixed,
    /// Every interleaving of the small input.
    Every,
}

/// A way in which a case fails.
struct Failing {
    input: Input,
    failure: Failure,
    seed: u64,
    style: Style,
    /// Those that waited for a time woke less than this many nanoseconds after it.
    late: u64,
    switches: u64,
    steps: u64,
}

/// How a schedule is made.
#[derive(Debug, Clone, Copy)]
struct Way {
    seed: u64,
    style: Style,
    late: u64,
}

impl Failing {
    fn way(&self) -> Way {
        Way { seed: self.seed, style: self.style, late: self.late }
    }

    /// Fewer switches first, then fewer steps.
    fn size(&self) -> (u64, u64) {
        (self.switches, self.steps)
    }
}

pub(crate) type Body<'a> = &'a dyn Fn(&Input);

impl Search {
    /// A search that begins, or goes on, at the given place, for nothing in particular yet.
    pub(crate) fn beginning_at(from: Place) -> Self {
        Self {
            seed: 1,
            wanted: None,
            source: String::new(),
            trace: false,
            hunt: None,
            enumerable: true,
            schedules: from.schedules,
            exhausted: None,
            finding: None,
            from,
            searches: 0,
            paused: None,
        }
    }

    /// Runs one case under one schedule.
    fn run(&self, body: Body<'_>, input: &Input, way: Way, explain: bool) -> Run {
        let options = Options {
            strategy: Strategy::new(way.seed, way.style).late_by_less_than(way.late),
            limits: Limits { steps: ENDLESS, threads: CROWDED },
            explain,
            trace: explain && self.trace,
            source: &self.source,
        };
        execute(options, &|| body(input))
    }

    fn attempt(&self, body: Body<'_>, input: &Input, way: Way, spent: &mut u64) -> Option<Failing> {
        let run = self.run(body, input, way, false);
        *spent += run.steps;
        judge(&run).map(|failure| Failing {
            input: input.clone(),
            failure,
            seed: way.seed,
            style: way.style,
            late: way.late,
            switches: run.switches,
            steps: run.steps,
        })
    }

    pub(crate) fn explore(
        &mut self,
        inputs: &dyn Inputs,
        small: Option<&Small>,
        show: &dyn Fn(&Input) -> String,
        body: Body<'_>,
    ) {
        let search = self.searches;
        self.searches += 1;
        if self.finding.is_some() || self.paused.is_some() || search < self.from.searches {
            return;
        }
        if let (Some(interleaving), Some(small)) = (every::interleaving(self.seed), small) {
            self.schedules += 1;
            self.finding = every::replay(self, small, interleaving, show, body);
            return;
        }
        let style = match self.hunt {
            Some(Hunt::Every) => return small.map_or((), |small| every::hunt(self, small, body)),
            Some(Hunt::Walk) => Style::Walk,
            Some(Hunt::Priority) => Style::Priority,
            Some(Hunt::Mixed) | None => Style::Mixed,
        };
        let Place { mut done, mut steps, .. } =
            if search == self.from.searches { self.from } else { Place::default() };
        let more = |done: u64, steps: u64| match self.wanted {
            Some(wanted) => done < wanted,
            None => done < SCHEDULES || (done < MOST_SCHEDULES && steps < STEPS),
        };
        while more(done, steps) {
            let seed = self.seed.wrapping_add(done);
            done += 1;
            self.schedules += 1;
            let tree = inputs.tree(seed);
            let way = Way { seed, style, late: LATE };
            if let Some(failing) = self.attempt(body, &tree.current(), way, &mut steps) {
                self.finding = Some(match self.hunt {
                    Some(_) => {
                        let run = self.run(body, &failing.input, way, false);
                        finding(failing.failure, seed, show(&failing.input), &run)
                    }
                    None => self.look_into(failing, tree, show, body),
                });
                break;
            }
            if memory::held() > memory::MOST_HELD {
                self.paused = Some(Place { searches: search, done, steps, schedules: self.schedules });
                break;
            }
        }
        let is_open = self.finding.is_none() && self.paused.is_none();
        if let Some(small) = small.filter(|_| is_open && self.wanted.is_none() && self.enumerable) {
            every::explore(self, small, show, body);
        }
    }

    /// Makes the failure small and finds out what it is. A function of the failing seed alone, so that
    /// replaying the seed gives the same finding.
    fn look_into(
        &self,
        first: Failing,
        mut tree: Box<dyn Tree>,
        show: &dyn Fn(&Input) -> String,
        body: Body<'_>,
    ) -> Finding {
        let seed = first.seed;
        let mut spent = 0;
        let first = self.be_punctual(first, body, &mut spent);
        let best = self.shorten(self.shrink(first, &mut *tree, body, &mut spent), body, &mut spent);
        let kind = self.refine(&best, body);
        let run = self.run(body, &best.input, best.way(), true);
        // The same failure with what is known when the stacks have been looked at.
        let message = judge(&run).map_or(best.failure.message, |f| f.message);
        finding(Failure { kind, message }, seed, show(&best.input), &run)
    }

    /// The same failure with as little lateness as will do: most need none.
    fn be_punctual(&self, first: Failing, body: Body<'_>, spent: &mut u64) -> Failing {
        let less = [0, LATE / 1_000, LATE / 100, LATE / 10];
        let found = less.into_iter().find_map(|late| {
            let like = Failing { input: first.input.clone(), failure: first.failure.clone(), late, ..first };
            self.attempt(body, &like.input, like.way(), spent)
                .filter(|f| f.failure.kind == like.failure.kind)
                .or_else(|| self.fails(&like.input, &like, body, spent))
        });
        found.unwrap_or(first)
    }

    /// The smallest input that still fails in the same way.
    fn shrink(&self, first: Failing, tree: &mut dyn Tree, body: Body<'_>, spent: &mut u64) -> Failing {
        let mut best = first;
        let mut tried = 0;
        let mut smaller = tree.simplify();
        while smaller && tried < INPUTS && *spent < SHRINK_STEPS {
            tried += 1;
            match self.fails(&tree.current(), &best, body, spent) {
                Some(failing) => {
                    best = failing;
                    smaller = tree.simplify();
                }
                None => smaller = tree.complicate(),
            }
        }
        best
    }

    /// A schedule in which `input` fails as `like` does.
    fn fails(&self, input: &Input, like: &Failing, body: Body<'_>, spent: &mut u64) -> Option<Failing> {
        (0..TRIES_AN_INPUT).find_map(|i| {
            let style = if i % 2 == 0 { Style::Calm } else { Style::Mixed };
            if *spent >= SHRINK_STEPS {
                return None;
            }
            let way = Way { seed: like.seed.wrapping_add(i), style, late: like.late };
            self.attempt(body, input, way, spent).filter(|f| f.failure.kind == like.failure.kind)
        })
    }

    /// The schedule with the fewest switches among many that fail in the same way.
    fn shorten(&self, mut best: Failing, body: Body<'_>, spent: &mut u64) -> Failing {
        let seed = best.seed;
        for i in 0..TRIES_FOR_SHORT {
            if *spent >= 2 * SHRINK_STEPS {
                break;
            }
            let way = Way { seed: seed.wrapping_add(i), style: Style::Calm, late: best.late };
            let other = self.attempt(body, &best.input, way, spent);
            if let Some(other) =
                other.filter(|o| o.failure.kind == best.failure.kind && o.size() < best.size())
            {
                best = other;
            }
        }
        best
    }

    /// A wrong answer is a race if the same input comes out right in another schedule.
    fn refine(&self, best: &Failing, body: Body<'_>) -> Kind {
        if best.failure.kind != Kind::WrongAnswer {
            return best.failure.kind;
        }
        let mut spent = 0;
        let right = (0..SCHEDULES / 5).any(|i| {
            let style = if i % 2 == 0 { Style::Calm } else { Style::Mixed };
            let way = Way { seed: best.seed.wrapping_add(i), style, late: LATE };
            self.attempt(body, &best.input, way, &mut spent).is_none()
        });
        if right { Kind::Race } else { Kind::WrongAnswer }
    }
}

/// What is told of a failing run whose stacks have been looked at.
pub(crate) fn finding(failure: Failure, seed: u64, input: String, run: &Run) -> Finding {
    let threads = run.threads.iter().filter(|t| !t.infrastructure).map(|t| {
        let (file, line) = t.at.clone().unzip();
        Thread { name: t.name.clone(), file, line, waiting_for: t.waiting_for.clone() }
    });
    Finding {
        kind: failure.kind,
        message: failure.message,
        seed,
        threads: threads.collect(),
        input: Some(input).filter(|s| !s.is_empty()),
        printed: Some(run.printed.clone()).filter(|p| !p.is_empty()),
        schedule: Some(schedule(run)),
    }
}

fn schedule(run: &Run) -> Schedule {
    let events = run.events.iter().map(|e| {
        let (file, line) = e.at.clone().unzip();
        Event {
            thread: run.names.get(e.task as usize).cloned().unwrap_or_default(),
            op: e.op,
            object: (e.object > 0).then(|| format!("#{}", e.object)),
            file,
            line,
            time_ns: u64::try_from(e.time.as_nanos()).unwrap_or(u64::MAX),
            blocked: e.blocked,
        }
    });
    Schedule {
        switches: run.switches,
        steps: run.steps,
        time_ns: u64::try_from(run.time.as_nanos()).unwrap_or(u64::MAX),
        events: events.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Tree;
    use std::cell::RefCell;
    use std::sync::Arc;

    /// Inputs that are their seeds.
    struct Seeds;

    impl Inputs for Seeds {
        fn tree(&self, seed: u64) -> Box<dyn Tree> {
            Box::new(Seed(seed))
        }
    }

    struct Seed(u64);

    impl Tree for Seed {
        fn current(&self) -> Input {
            Arc::new(self.0)
        }
        fn simplify(&mut self) -> bool {
            false
        }
        fn complicate(&mut self) -> bool {
            false
        }
    }

    #[test]
    fn memory_left_behind_has_a_bound_and_no_schedule_is_left_out_for_it() {
        const EACH: usize = 100 << 10;
        let (seen, left) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
        let body = |input: &Input| {
            seen.borrow_mut().push(*input.downcast_ref::<u64>().unwrap());
            left.borrow_mut().push(vec![0_u8; EACH]);
        };
        let (mut from, mut processes) = (Place::default(), 0);
        let schedules = loop {
            processes += 1;
            let mut search = Search::beginning_at(from);
            (search.seed, search.wanted) = (7, Some(2_000));
            // A check may search more than once.
            search.explore(&Seeds, None, &|_| String::new(), &body);
            search.explore(&Seeds, None, &|_| String::new(), &body);
            assert!(memory::held() < memory::MOST_HELD + 2 * EACH as isize, "{} held", memory::held());
            // What the end of the process does.
            left.borrow_mut().clear();
            match search.paused {
                Some(place) => from = place,
                None => break search.schedules,
            }
        };
        assert_eq!((schedules, processes), (4_000, 4));
        assert!(seen.into_inner().into_iter().eq((7..2_007).chain(7..2_007)));
    }
}
