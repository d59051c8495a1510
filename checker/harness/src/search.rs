//! The search for a schedule and an input that break a promise, and for the smallest such.

use engine::{LATE, Limits, Options, Run, Strategy, Style, execute};
use protocol::{Exhausted, Finding, Hunt, Kind, Schedule, Step, Thread};
use serde::{Deserialize, Serialize};

use crate::cases::{Input, Tree};
use crate::classify::classify;
use crate::expect::Failure;

/// Schedules behind a passed check at the least.
pub(crate) const SCHEDULES: u64 = 1_000;
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
    pub(crate) searches: u64,
    /// How many schedules of the next one are,
    pub(crate) done: u64,
    /// and the steps that these took.
    pub(crate) steps: u64,
    /// Schedules of all searches.
    pub(crate) schedules: u64,
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
    pub(crate) from: Place,
    /// How many of the check's searches have begun.
    pub(crate) searches: u64,
    /// Where it stopped, since the program holds too much memory.
    pub(crate) paused: Option<Place>,
}

/// A way in which a case fails.
pub(crate) struct Failing {
    pub(crate) input: Input,
    pub(crate) failure: Failure,
    pub(crate) way: Way,
    switches: u64,
    steps: u64,
}

/// How a schedule is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    pub(crate) seed: u64,
    /// The seed of the world around the program, such as short writes and the order of a `HashMap`. Other schedules are
    /// tried with the same.
    pub(crate) world: u64,
    pub(crate) style: Style,
    /// Those that wait for a time wake less than this many nanoseconds after it.
    pub(crate) late: u64,
}

impl Failing {
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
    pub(crate) fn run(&self, body: Body<'_>, input: &Input, way: Way, explain: bool) -> Run {
        let options = Options {
            strategy: Strategy::new(way.seed, way.style)
                .in_the_world_of(way.world)
                .late_by_less_than(way.late),
            limits: Limits { steps: ENDLESS, threads: CROWDED },
            explain,
            trace: explain && self.trace,
            source: &self.source,
        };
        execute(options, &|| body(input))
    }

    pub(crate) fn attempt(
        &self,
        body: Body<'_>,
        input: &Input,
        way: Way,
        spent: &mut u64,
    ) -> Option<Failing> {
        let run = self.run(body, input, way, false);
        *spent += run.steps;
        classify(&run).map(|failure| Failing {
            input: input.clone(),
            failure,
            way,
            switches: run.switches,
            steps: run.steps,
        })
    }

    /// Makes the failure small and finds out what it is. A function of the failing seed alone, so that
    /// replaying the seed gives the same finding.
    pub(crate) fn look_into(
        &self,
        first: Failing,
        mut tree: Box<dyn Tree>,
        show: &dyn Fn(&Input) -> String,
        body: Body<'_>,
    ) -> Finding {
        let seed = first.way.seed;
        let mut spent = 0;
        let first = self.be_punctual(first, body, &mut spent);
        let best = self.shorten(self.shrink(first, &mut *tree, body, &mut spent), body, &mut spent);
        let kind = self.refine(&best, body);
        let run = self.run(body, &best.input, best.way, true);
        // The same failure with what is known when the stacks have been looked at.
        let message = classify(&run).map_or(best.failure.message, |f| f.message);
        finding(Failure { kind, message }, seed, show(&best.input), &run)
    }

    /// The same failure with as little lateness as will do: most need none.
    fn be_punctual(&self, first: Failing, body: Body<'_>, spent: &mut u64) -> Failing {
        let less = [0, LATE / 1_000, LATE / 100, LATE / 10];
        let found = less.into_iter().find_map(|late| {
            let way = Way { late, ..first.way };
            self.attempt(body, &first.input, way, spent)
                .filter(|f| f.failure.kind == first.failure.kind)
                .or_else(|| self.fails(&first.input, way, first.failure.kind, body, spent))
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
            match self.fails(&tree.current(), best.way, best.failure.kind, body, spent) {
                Some(failing) => {
                    best = failing;
                    smaller = tree.simplify();
                }
                None => smaller = tree.complicate(),
            }
        }
        best
    }

    /// A schedule, from this one on, in which `input` fails with this finding.
    fn fails(
        &self,
        input: &Input,
        from: Way,
        kind: Kind,
        body: Body<'_>,
        spent: &mut u64,
    ) -> Option<Failing> {
        (0..TRIES_AN_INPUT).find_map(|i| {
            let style = if i % 2 == 0 { Style::Calm } else { Style::Mixed };
            if *spent >= SHRINK_STEPS {
                return None;
            }
            let way = Way { seed: from.seed.wrapping_add(i), style, ..from };
            self.attempt(body, input, way, spent).filter(|f| f.failure.kind == kind)
        })
    }

    /// The schedule with the fewest switches among many that fail in the same way.
    fn shorten(&self, mut best: Failing, body: Body<'_>, spent: &mut u64) -> Failing {
        let first = best.way;
        for i in 0..TRIES_FOR_SHORT {
            if *spent >= 2 * SHRINK_STEPS {
                break;
            }
            let way = Way { seed: first.seed.wrapping_add(i), style: Style::Calm, ..first };
            let other = self.attempt(body, &best.input, way, spent);
            if let Some(other) =
                other.filter(|o| o.failure.kind == best.failure.kind && o.size() < best.size())
            {
                best = other;
            }
        }
        best
    }

    /// A wrong answer is a race if the same input, in the same world, comes out right in another schedule.
    fn refine(&self, best: &Failing, body: Body<'_>) -> Kind {
        if best.failure.kind != Kind::WrongAnswer {
            return best.failure.kind;
        }
        let mut spent = 0;
        let right = (0..SCHEDULES / 5).any(|i| {
            let style = if i % 2 == 0 { Style::Calm } else { Style::Mixed };
            let way = Way { seed: best.way.seed.wrapping_add(i), style, late: LATE, ..best.way };
            self.attempt(body, &best.input, way, &mut spent).is_none()
        });
        if right { Kind::Race } else { Kind::WrongAnswer }
    }
}

/// What is told of a failing run whose stacks have been looked at.
pub(crate) fn finding(failure: Failure, seed: u64, input: String, run: &Run) -> Finding {
    let threads = run.threads.iter().filter(|t| !t.infrastructure).map(|t| {
        let (file, line) = t.at.clone().unzip();
        Thread { name: t.name.clone(), file, line, waiting_for: t.waiting_for.clone(), caller: t.called_from }
    });
    Finding {
        kind: failure.kind,
        message: failure.message,
        lacks: None,
        left_out: false,
        seed: Some(seed),
        threads: threads.collect(),
        input: Some(input).filter(|s| !s.is_empty()),
        printed: Some(run.printed.clone()).filter(|p| !p.is_empty()),
        schedule: Some(schedule(run)),
    }
}

/// What the checker draws in place of the steps of a check.
const CHECKS_OWN: &str = "(the check)";

/// Whether a check did it, in a function that the learner's code called. Its work, its writer and its panics are what the
/// learner's program is about.
fn is_checks_own(event: &engine::Event) -> bool {
    let is_learners = event.at.as_ref().is_some_and(|(file, _)| !file.ends_with(CHECKS));
    is_learners && event.done_in.ends_with(CHECKS) && !["work", "write", "panics"].contains(&event.op)
}

/// The file of an exercise's checks.
const CHECKS: &str = "checks.rs";

fn schedule(run: &Run) -> Schedule {
    let mut steps: Vec<Step> = Vec::new();
    let mut was_inside = false;
    for event in run.events.iter().filter(|event| !event.internal) {
        // Of what happens inside of a library or of the check, a learner is told what they called.
        let inside = if is_checks_own(event) { Some(CHECKS_OWN.to_owned()) } else { event.call.clone() };
        let is_inside = inside.is_some();
        let step = step(run, event, inside);
        let place = |step: &Step| (step.thread.clone(), step.op.clone(), step.line);
        match steps.last_mut() {
            Some(last) if was_inside && is_inside && !last.blocked && place(last) == place(&step) => {
                last.blocked = step.blocked;
            }
            _ => steps.push(step),
        }
        was_inside = is_inside;
    }
    Schedule {
        switches: run.switches,
        steps: run.steps,
        time_ns: u64::try_from(run.time.as_nanos()).unwrap_or(u64::MAX),
        events: steps,
    }
}

fn step(run: &Run, event: &engine::Event, inside: Option<String>) -> Step {
    let (file, line) = event.at.clone().unzip();
    let is_own = inside.is_none();
    Step {
        thread: run.names.get(event.task as usize).cloned().unwrap_or_default(),
        op: inside.unwrap_or_else(|| event.op.to_owned()),
        outcome: event.outcome.clone().filter(|_| is_own),
        object: (event.object > 0 && is_own).then(|| format!("#{}", event.object)),
        file,
        line,
        time_ns: u64::try_from(event.time.as_nanos()).unwrap_or(u64::MAX),
        blocked: event.blocked,
    }
}
