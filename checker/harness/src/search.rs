//! The search for a schedule and an input that break a promise, and for the smallest such.

use std::cell::Cell;

use engine::{Choice, LATE, Limits, Options, Rng, Run, StaleReads, Strategy, Stronger, Style, execute};
use protocol::{Exhausted, Finding, Hunt, Kind, Play, Played};
use serde::{Deserialize, Serialize};

use crate::account::finding;
use crate::cases::{self, Input, Show, Tree};
use crate::classify::classify;
use crate::expect::Failure;
use crate::{memory, probe, stale};

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
/// Steps that finding out about a race may take: what schedules can take that are not endless, so that memory alone makes it less.
const REFINE_STEPS: u64 = SCHEDULES / 5 * ENDLESS;
/// One seed in so many is run again with stale reads, if the program has used an order that allows them.
const WEAKER: usize = 4;
/// Keeps the choice of these seeds apart from what else depends on them.
const AGAIN: u64 = 0xA6A1_4571_7B0A_5EED;
/// One seed in so many is run again with the case twice in one execution.
const TWICE: usize = 16;
/// Keeps the choice of these seeds apart, too.
const SECOND: u64 = 0x5EC0_4DCA_11ED_0A11;
/// Why a case may fail the second time only.
const LEFT_OVER: [&str; 2] = [
    "The check did the same twice in one run. The first time the promise was kept, the second time it was not.",
    "So something outlives the first call and changes the second. Look at each `static` and each `thread_local!`, and \
     at each thread that may still run.",
];

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
    /// Whether "every interleaving" can be said of the program: all that it shares is seen.
    pub(crate) enumerable: bool,
    /// It takes so few schedules that it need not stop for the memory that they leave behind.
    pub(crate) is_short: bool,
    /// Whether the program has used an order below `SeqCst` in the last run.
    has_weaker_orders: Cell<bool>,
    pub(crate) schedules: u64,
    pub(crate) exhausted: Option<Exhausted>,
    pub(crate) finding: Option<Finding>,
    /// Where to begin.
    pub(crate) from: Place,
    /// How many of the check's searches have begun.
    pub(crate) searches: u64,
    /// Where it stopped, since the program holds too much memory.
    pub(crate) paused: Option<Place>,
    /// Which way to go through the schedules of the failing case, and
    pub(crate) play: Option<Play>,
    /// what came of it.
    pub(crate) played: Option<Played>,
}

/// A way in which a case fails.
pub(crate) struct Failing {
    pub(crate) input: Input,
    pub(crate) failure: Failure,
    pub(crate) way: Way,
    switches: u64,
    steps: u64,
    /// By which operations on atomics did not see the newest value.
    stale: Vec<Choice>,
}

/// What memory orders mean in a schedule.
#[derive(Debug, Clone)]
pub(crate) enum Orders {
    /// As if all were `SeqCst`.
    AllSeqCst,
    /// What they say: the seed decides which loads read older stores.
    Drawn,
    /// What they say, with these stale reads, and some orders stronger than the program says.
    Only(Vec<Choice>, Vec<Stronger>),
}

/// How a schedule is made.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) seed: u64,
    /// The seed of the world around the program, such as short writes and the order of a `HashMap`. Other schedules are
    /// tried with the same.
    pub(crate) world: u64,
    pub(crate) style: Style,
    /// Those that wait for a time wake less than this many nanoseconds after it.
    pub(crate) late: u64,
    pub(crate) orders: Orders,
    /// The case happens twice in one execution, one time after the other: what is left over from the first must not matter.
    pub(crate) twice: bool,
}

impl Way {
    pub(crate) fn strategy(&self) -> Strategy {
        let strategy =
            Strategy::new(self.seed, self.style).in_the_world_of(self.world).late_by_less_than(self.late);
        match &self.orders {
            Orders::AllSeqCst => strategy,
            Orders::Drawn => strategy.with_stale_reads(StaleReads::Drawn(self.seed)),
            Orders::Only(choices, stronger) => strategy
                .with_stale_reads(StaleReads::Only(choices.clone()))
                .with_stronger_orders(stronger.clone()),
        }
    }

    /// How often the case happens in one execution.
    pub(crate) fn times(&self) -> u32 {
        if self.twice { 2 } else { 1 }
    }

    fn has_stale_reads(&self) -> bool {
        !matches!(self.orders, Orders::AllSeqCst)
    }

    /// The same with all orders `SeqCst`, and, if it has stale reads, itself: what an interleaving alone explains is told as
    /// that.
    fn strongest_first(self) -> impl Iterator<Item = Way> {
        let weaker = self.has_stale_reads().then(|| self.clone());
        [Way { orders: Orders::AllSeqCst, ..self }].into_iter().chain(weaker)
    }
}

impl Failing {
    /// No other is less than this one.
    const LEAST: (usize, u64, u64) = (0, 0, 0);

    /// Fewer stale reads first, then fewer switches, then fewer steps.
    fn size(&self) -> (usize, u64, u64) {
        (self.stale.len(), self.switches, self.steps)
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
            is_short: false,
            has_weaker_orders: Cell::new(false),
            schedules: from.schedules,
            exhausted: None,
            finding: None,
            from,
            searches: 0,
            paused: None,
            play: None,
            played: None,
        }
    }

    /// Runs one case under one schedule.
    pub(crate) fn run(&self, body: Body<'_>, input: &Input, way: &Way, explain: bool) -> Run {
        self.run_by(way.strategy(), body, input, way.times(), explain && self.trace, explain)
    }

    /// Runs one case as somebody else chooses, so many times in one execution.
    pub(crate) fn run_by(
        &self,
        strategy: Strategy,
        body: Body<'_>,
        input: &Input,
        times: u32,
        trace: bool,
        explain: bool,
    ) -> Run {
        let limits = Limits { steps: ENDLESS * u64::from(times), threads: CROWDED };
        let options = Options { strategy, limits, explain, trace, source: &self.source };
        cases::begin(input);
        execute(options, &|| {
            for _ in 0..times {
                probe::begin();
                body(input);
            }
        })
    }

    pub(crate) fn attempt(
        &self,
        body: Body<'_>,
        input: &Input,
        way: Way,
        spent: &mut u64,
    ) -> Option<Failing> {
        let before = memory::taken();
        let run = self.run(body, input, &way, false);
        *spent += run.steps + memory::steps_since(before);
        self.has_weaker_orders.set(run.has_weaker_orders);
        classify(&run).map(|failure| Failing {
            input: input.clone(),
            failure,
            way,
            switches: run.switches,
            steps: run.steps,
            stale: run.stale_choices,
        })
    }

    /// Tries the schedule again in which nothing went wrong, with stale reads, if the program's orders allow any and it is the
    /// turn of this seed.
    pub(crate) fn attempt_with_stale_reads(
        &self,
        body: Body<'_>,
        input: &Input,
        way: Way,
    ) -> Option<Failing> {
        // Where the counts of an `Arc` are not seen, nor is what happens before by them: that would be a false alarm.
        let is_wanted = self.has_weaker_orders.get() && self.enumerable && self.hunt.is_none();
        let is_its_turn = is_wanted && Rng::new(way.seed ^ AGAIN).below(WEAKER) == 0;
        // These steps don't count: they must not change how many schedules are tried.
        is_its_turn.then(|| self.attempt(body, input, Way { orders: Orders::Drawn, ..way }, &mut 0)).flatten()
    }

    /// Tries the schedule again in which nothing went wrong, with the case twice, if it is the turn of this seed.
    pub(crate) fn attempt_twice(&self, body: Body<'_>, input: &Input, way: Way) -> Option<Failing> {
        let is_its_turn = self.hunt.is_none() && Rng::new(way.seed ^ SECOND).below(TWICE) == 0;
        // These steps don't count either.
        is_its_turn.then(|| self.attempt(body, input, Way { twice: true, ..way }, &mut 0)).flatten()
    }

    /// Makes the failure small and finds out what it is. A function of the failing seed alone, so that
    /// replaying the seed gives the same finding.
    pub(crate) fn look_into(
        &self,
        first: Failing,
        mut tree: Box<dyn Tree>,
        show: Show,
        body: Body<'_>,
    ) -> Finding {
        let seed = first.way.seed;
        let best = self.smallest(first, &mut *tree, body);
        let kind = self.refine(&best, body);
        let run = self.run(body, &best.input, &best.way, true);
        // The same failure with what is known when the stacks have been looked at.
        let failure = classify(&run).unwrap_or_else(|| best.failure.clone());
        let mut finding = finding(Failure { kind, ..failure }, seed, show(&best.input), &run, &self.source);
        if best.way.has_stale_reads() {
            finding.why = stale::why(&run, &|stronger| self.is_mended(&best, stronger, body));
        }
        if best.way.twice {
            finding.why.extend(LEFT_OVER.map(String::from));
            finding.second_time = true;
        }
        finding
    }

    /// The failure made small.
    pub(crate) fn smallest(&self, first: Failing, tree: &mut dyn Tree, body: Body<'_>) -> Failing {
        let mut spent = 0;
        let first = self.be_punctual(self.with_one_time(first, body, &mut spent), body, &mut spent);
        let best = self.shorten(self.shrink(first, tree, body, &mut spent), body, &mut spent);
        let best = self.with_few_stale_reads(best, body);
        // The smaller one may fail the first time.
        let once = best.way.twice.then(|| Way { twice: false, ..best.way.clone() });
        let failing = once.and_then(|way| self.attempt(body, &best.input, way, &mut 0));
        failing.filter(|failing| failing.failure.kind == best.failure.kind).unwrap_or(best)
    }

    /// The same failure with as few stale reads as will do: most need one.
    fn with_few_stale_reads(&self, best: Failing, body: Body<'_>) -> Failing {
        if !best.way.has_stale_reads() {
            return best;
        }
        let fails = |choices: Vec<Choice>| {
            let way = Way { orders: Orders::Only(choices, Vec::new()), ..best.way.clone() };
            self.attempt(body, &best.input, way, &mut 0).filter(|f| f.failure.kind == best.failure.kind)
        };
        // A data race needs none.
        let one =
            fails(Vec::new()).or_else(|| best.stale.iter().rev().find_map(|choice| fails(vec![*choice])));
        let mut least = match one.or_else(|| fails(best.stale.clone())) {
            Some(least) => least,
            None => return best,
        };
        let mut place = least.stale.len();
        while place > 0 && least.stale.len() > 1 {
            place -= 1;
            let mut fewer = least.stale.clone();
            fewer.remove(place);
            if let Some(failing) = fails(fewer) {
                least = failing;
                place = place.min(least.stale.len());
            }
        }
        // What was chosen, and no choice that has come to nothing.
        let orders = Orders::Only(least.stale.clone(), Vec::new());
        Failing { way: Way { orders, ..least.way }, ..least }
    }

    /// Whether the failing run comes out right, or at least not in this way, with some orders stronger.
    fn is_mended(&self, best: &Failing, stronger: Vec<Stronger>, body: Body<'_>) -> bool {
        let way = Way { orders: Orders::Only(best.stale.clone(), stronger), ..best.way.clone() };
        self.attempt(body, &best.input, way, &mut 0).is_none()
    }

    /// The same failure where the case happens once, if there is one.
    fn with_one_time(&self, first: Failing, body: Body<'_>, spent: &mut u64) -> Failing {
        if !first.way.twice {
            return first;
        }
        let once = Way { twice: false, ..first.way.clone() };
        self.fails(&first.input, &once, first.failure.kind, body, spent).unwrap_or(first)
    }

    /// The same failure with as little lateness as will do: most need none.
    fn be_punctual(&self, first: Failing, body: Body<'_>, spent: &mut u64) -> Failing {
        let less = [0, LATE / 1_000, LATE / 100, LATE / 10];
        let found = less.into_iter().find_map(|late| {
            let way = Way { late, ..first.way.clone() };
            self.attempt(body, &first.input, way.clone(), spent)
                .filter(|f| f.failure.kind == first.failure.kind)
                .or_else(|| self.fails(&first.input, &way, first.failure.kind, body, spent))
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
            match self.fails(&tree.current(), &best.way, best.failure.kind, body, spent) {
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
        from: &Way,
        kind: Kind,
        body: Body<'_>,
        spent: &mut u64,
    ) -> Option<Failing> {
        (0..TRIES_AN_INPUT).find_map(|i| {
            let style = if i % 2 == 0 { Style::Calm } else { Style::Mixed };
            if *spent >= SHRINK_STEPS {
                return None;
            }
            let way = Way { seed: from.seed.wrapping_add(i), style, ..from.clone() };
            way.strongest_first()
                .find_map(|way| self.attempt(body, input, way, spent).filter(|f| f.failure.kind == kind))
        })
    }

    /// The schedule with the fewest switches among many that fail in the same way.
    fn shorten(&self, mut best: Failing, body: Body<'_>, spent: &mut u64) -> Failing {
        let first = best.way.clone();
        for i in 0..TRIES_FOR_SHORT {
            if best.size() == Failing::LEAST || *spent >= 2 * SHRINK_STEPS {
                break;
            }
            let (seed, orders) = (first.seed.wrapping_add(i), best.way.orders.clone());
            let way = Way { seed, style: Style::Calm, orders, ..first.clone() };
            let is_less = |o: &Failing| o.failure.kind == best.failure.kind && o.size() < best.size();
            let less = way
                .strongest_first()
                .find_map(|way| self.attempt(body, &best.input, way, spent).filter(is_less));
            if let Some(less) = less {
                best = less;
            }
        }
        best
    }

    /// A wrong answer is a race if the same input, in the same world, comes out right in another schedule.
    fn refine(&self, best: &Failing, body: Body<'_>) -> Kind {
        if best.way.has_stale_reads() {
            return Kind::StaleRead;
        }
        if best.failure.kind != Kind::WrongAnswer {
            return best.failure.kind;
        }
        let mut spent = 0;
        let right = (0..SCHEDULES / 5).any(|i| {
            let style = if i % 2 == 0 { Style::Calm } else { Style::Mixed };
            let way = Way { seed: best.way.seed.wrapping_add(i), style, ..best.way.clone() };
            spent < REFINE_STEPS && self.attempt(body, &best.input, way, &mut spent).is_none()
        });
        if right { Kind::Race } else { Kind::WrongAnswer }
    }
}
