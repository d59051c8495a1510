//! Who runs next: the choices that make one schedule differ from another.
//!
//! Two families, chosen between by the seed, because they find different bugs soon. A *walk* leaves the
//! running task with a fixed probability at every point; with a low one, few preemptions at random
//! places. A *priority* schedule gives every task a random rank, always runs the highest, and now and
//! then drops the running one to the bottom, which reaches long delays of one thread: the idea of
//! Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs" (ASPLOS
//! 2010), with memoryless change points in place of a preset number.

use crate::enumeration::Enumeration;
use crate::memory::{StaleReads, Stronger};
use crate::rng::Rng;
use crate::script::{Offer, Script};
use crate::task::TaskId;

/// How a schedule is chosen from its seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The seed chooses the family and its parameters: what exploration uses.
    Mixed,
    /// Few context switches: what looking for a short failing schedule uses. No preemption at all, or
    /// one in `1 << n` points on the average, with `n` drawn from the seed.
    Calm,
    /// Only walks, and nothing is held up: for comparison.
    Walk,
    /// Only priorities, and nothing is held up: for comparison.
    Priority,
}

/// The state of the choices of one execution.
#[derive(Debug)]
pub struct Strategy {
    rng: Rng,
    family: Family,
    /// Now and then one task is held up for long, however often the others yield.
    stall: Option<Stall>,
    /// Those that are not held up: room that is used again.
    others: Vec<TaskId>,
    /// Time may run ahead of the tasks that can run, by this many nanoseconds in all.
    slip: u64,
    lateness: Lateness,
    /// What may happen or not in the world around the program, such as a short write. It has random numbers of its own: so
    /// other schedules can be tried while the world stays as it is.
    chances: Rng,
    /// Freed blocks are filled, and looked at in the end.
    watches_the_heap: bool,
    /// Loads may read older stores, where their orders allow it.
    stale_reads: Option<StaleReads>,
    stronger: Vec<Stronger>,
    /// What somebody else has chosen.
    script: Option<Box<Script>>,
}

/// Freed blocks are filled in one of so many schedules.
const WATCHED: u64 = 8;

/// Keeps the chances of a seed apart from its schedule.
const CHANCES: u64 = 0xC4A2_CE50_F7E3_0A71;

/// How late those wake that wait for a time. It has random numbers of its own: so a schedule can be run again with less of
/// it, and all else as it was.
#[derive(Debug)]
struct Lateness {
    rng: Rng,
    /// Below so many nanoseconds.
    below: u64,
}

/// A thread that waits for a time wakes less than this many nanoseconds after it: far less than any check measures.
pub const LATE: u64 = 1_000_000;

/// How one task is held up: no schedule of fair turns would.
#[derive(Debug)]
struct Stall {
    /// A stall begins when a random number is below this (of 2^32).
    begin: u64,
    /// For how many points it lasts.
    length: u32,
    victim: Option<TaskId>,
    left: u32,
    /// How many points of stall are left for the whole execution, so that it stays far from endless.
    budget: u32,
}

/// Points that an execution may be stalled for.
const STALLED: u32 = 15_000;

/// Time slips by this much at the most: less than any check measures.
const SLIP: u64 = 10_000_000;

#[derive(Debug)]
enum Family {
    /// Leaves the running task when a random number is below `leave` (of 2^32).
    Walk { leave: u64 },
    /// Runs the task of the highest rank. Drops the running one when a random number is below `drop`.
    Priority { ranks: Vec<i64>, drop: u64, lowest: i64, streak: u32 },
    /// All schedules, one after the other.
    Every(Box<Enumeration>),
    /// None: there is a script.
    Given,
}

/// A priority schedule drops a task that has passed this many points in a row, so that a spin that only
/// another task can end does not look like one that nothing can.
const FAIRNESS: u32 = 400;

impl Strategy {
    /// The strategy that `seed` stands for, in the given style.
    pub fn new(seed: u64, style: Style) -> Self {
        let mut rng = Rng::new(seed ^ 0x5EED_0F5C_4ED1_1E55);
        let pick = rng.bits();
        let one_in = |n: u64| (1u64 << 32) / n;
        let family = match style {
            Style::Mixed => match pick % 8 {
                0 => Family::Walk { leave: one_in(1) },
                1 => Family::Walk { leave: one_in(2) },
                2 => Family::Walk { leave: one_in(4) },
                3 => Family::Walk { leave: one_in(16) },
                4 => priority(one_in(8)),
                5 => priority(one_in(32)),
                6 => priority(one_in(128)),
                _ => priority(0),
            },
            Style::Walk => match pick % 4 {
                0 => Family::Walk { leave: one_in(1) },
                1 => Family::Walk { leave: one_in(2) },
                2 => Family::Walk { leave: one_in(4) },
                _ => Family::Walk { leave: one_in(16) },
            },
            Style::Priority => match pick % 4 {
                0 => priority(one_in(8)),
                1 => priority(one_in(32)),
                2 => priority(one_in(128)),
                _ => priority(0),
            },
            Style::Calm => match pick % 8 {
                0 | 1 => Family::Walk { leave: 0 },
                2 => Family::Walk { leave: one_in(16) },
                3 => Family::Walk { leave: one_in(48) },
                4 => priority(one_in(16)),
                5 => priority(one_in(64)),
                _ => priority(0),
            },
        };
        let one_in = |n: u64| (1u64 << 32) / n;
        // Sleeping a little, or yielding often, in the hope that others get there first must not always work.
        let (stall, slip) = match (style, (pick >> 8) % 8) {
            (Style::Mixed, 0) => {
                (Some(Stall { begin: one_in(8), length: 64, victim: None, left: 0, budget: STALLED }), SLIP)
            }
            (Style::Mixed, 1) => {
                (Some(Stall { begin: one_in(24), length: 2_000, victim: None, left: 0, budget: STALLED }), 0)
            }
            (Style::Mixed, 2) => {
                (Some(Stall { begin: one_in(64), length: 12_000, victim: None, left: 0, budget: STALLED }), 0)
            }
            (Style::Mixed, 3) => (None, SLIP),
            (Style::Calm, 0) => {
                (Some(Stall { begin: one_in(16), length: 64, victim: None, left: 0, budget: STALLED }), SLIP)
            }
            (Style::Calm, 1) => {
                (Some(Stall { begin: one_in(48), length: 12_000, victim: None, left: 0, budget: STALLED }), 0)
            }
            _ => (None, 0),
        };
        let lateness = Lateness::of(seed);
        Self {
            rng,
            family,
            stall,
            others: Vec::new(),
            slip,
            lateness,
            chances: Rng::new(seed ^ CHANCES),
            watches_the_heap: seed.is_multiple_of(WATCHED),
            stale_reads: None,
            stronger: Vec::new(),
            script: None,
        }
    }

    /// The same schedule, in which memory orders mean what they say: loads may read older stores. Without this, all
    /// operations on atomics are sequentially consistent.
    #[must_use]
    pub fn with_stale_reads(mut self, reads: StaleReads) -> Self {
        self.stale_reads = Some(reads);
        self
    }

    /// The same schedule, where some operations on atomics have stronger orders than the program says.
    #[must_use]
    pub fn with_stronger_orders(mut self, stronger: Vec<Stronger>) -> Self {
        self.stronger = stronger;
        self
    }

    /// Where stale reads come from, if there are any, and the orders that are stronger.
    pub(crate) fn take_stale_reads(&mut self) -> Option<(StaleReads, Vec<Stronger>)> {
        self.stale_reads.take().map(|reads| (reads, std::mem::take(&mut self.stronger)))
    }

    /// The same schedule, in the world that another seed stands for: what happens by chance, and how late those wake that wait
    /// for a time.
    #[must_use]
    pub fn in_the_world_of(mut self, seed: u64) -> Self {
        self.chances = Rng::new(seed ^ CHANCES);
        self.lateness = Lateness::of(seed);
        self
    }

    /// The same schedule, where those that wait for a time wake less than so many nanoseconds after it. With 0 they wake at
    /// once.
    #[must_use]
    pub fn late_by_less_than(mut self, nanoseconds: u64) -> Self {
        self.lateness.below = self.lateness.below.min(nanoseconds);
        self
    }

    /// Whether freed blocks are to be filled, and looked at in the end.
    pub(crate) fn watches_the_heap(&self) -> bool {
        self.watches_the_heap
    }

    /// By how many nanoseconds those are late that wake next.
    pub(crate) fn lateness(&mut self) -> u64 {
        self.lateness.draw()
    }

    /// Whether time runs on to a deadline that is `distance` away, although there are tasks that can run.
    pub(crate) fn slips(&mut self, distance: u64) -> bool {
        let yes = distance <= self.slip && self.rng.below(8) == 0;
        if yes {
            self.slip -= distance;
        }
        yes
    }

    /// Whether [`Strategy::slips`] can ever say yes.
    #[inline]
    pub(crate) fn may_slip(&self) -> bool {
        self.slip > 0
    }

    /// The next schedule of an enumeration. [`Run::enumeration`](crate::Run::enumeration) gives it back.
    pub fn every(enumeration: Enumeration) -> Self {
        Self::without_chance(Family::Every(Box::new(enumeration)))
    }

    /// The schedule of a script, where nothing happens by chance. [`Run::script`](crate::Run::script) gives it back.
    pub fn given(script: Script) -> Self {
        Self::without_chance(Family::Given).with_script(script)
    }

    /// Another schedule, the one of a script, in the same world. [`Run::script`](crate::Run::script) gives it back.
    #[must_use]
    pub fn with_script(mut self, script: Script) -> Self {
        self.script = Some(Box::new(script));
        self
    }

    fn without_chance(family: Family) -> Self {
        let lateness = Lateness { rng: Rng::new(0), below: 0 };
        Self {
            rng: Rng::new(0),
            family,
            stall: None,
            others: Vec::new(),
            slip: 0,
            lateness,
            chances: Rng::new(0),
            watches_the_heap: false,
            stale_reads: None,
            stronger: Vec::new(),
            script: None,
        }
    }

    /// What the schedule came from, if that is not chance.
    pub(crate) fn into_choices(self) -> (Option<Enumeration>, Option<Script>) {
        let enumeration = match self.family {
            Family::Every(enumeration) => Some(*enumeration),
            _ => None,
        };
        (enumeration, self.script.map(|script| *script))
    }

    #[inline]
    pub(crate) fn has_script(&self) -> bool {
        self.script.is_some()
    }

    /// Chooses one of the tasks of `offer` by the script.
    pub(crate) fn take(&mut self, offer: Offer, yields: bool) -> TaskId {
        // It is asked all the same: its random numbers must stay in step with the points.
        let by_strategy = match self.family {
            Family::Given => None,
            _ => Some(self.next(&offer.runnable, offer.running, yields)),
        };
        let script = self.script.as_mut().expect("only a script is offered anything");
        script.choose(offer, by_strategy, yields)
    }

    pub(crate) fn enumeration(&mut self) -> Option<&mut Enumeration> {
        match &mut self.family {
            Family::Every(enumeration) => Some(enumeration),
            _ => None,
        }
    }

    fn chance(&mut self, of_2_32: u64) -> bool {
        of_2_32 != 0 && (self.rng.bits() >> 32) < of_2_32
    }

    /// Which of `runnable` goes on. `running` is the task at the point if it can go on itself, and
    /// `yielding` says that it asks not to.
    pub(crate) fn next(&mut self, runnable: &[TaskId], running: Option<TaskId>, yielding: bool) -> TaskId {
        if runnable.len() == 1 {
            return runnable[0];
        }
        if self.stall.is_none() {
            return self.pick(runnable, running, yielding);
        }
        let Some(stalled) = self.stalled(runnable).filter(|task| runnable.contains(task)) else {
            return self.pick(runnable, running, yielding);
        };
        let mut others = std::mem::take(&mut self.others);
        others.clear();
        others.extend(runnable.iter().copied().filter(|task| *task != stalled));
        let running = running.filter(|task| *task != stalled);
        let next = if others.len() == 1 { others[0] } else { self.pick(&others, running, yielding) };
        self.others = others;
        next
    }

    /// The task that is held up, if one is.
    fn stalled(&mut self, runnable: &[TaskId]) -> Option<TaskId> {
        let roll = self.rng.bits() >> 32;
        let victim = runnable[self.rng.below(runnable.len())];
        let stall = self.stall.as_mut()?;
        if stall.left == 0 && stall.budget > 0 && roll < stall.begin {
            stall.left = stall.length.min(stall.budget);
            stall.budget -= stall.left;
            stall.victim = Some(victim);
        }
        if stall.left == 0 {
            return None;
        }
        stall.left -= 1;
        stall.victim
    }

    fn pick(&mut self, runnable: &[TaskId], running: Option<TaskId>, yielding: bool) -> TaskId {
        match &mut self.family {
            Family::Walk { leave } => {
                let leave = *leave;
                match running {
                    Some(me) if !yielding => {
                        if self.chance(leave) {
                            other(&mut self.rng, runnable, me)
                        } else {
                            me
                        }
                    }
                    Some(me) => other(&mut self.rng, runnable, me),
                    None => runnable[self.rng.below(runnable.len())],
                }
            }
            Family::Priority { drop, streak, .. } => {
                let drop = *drop;
                *streak = if running.is_some() { *streak + 1 } else { 0 };
                let tired = *streak > FAIRNESS;
                if let Some(me) = running
                    && (yielding || tired || self.chance(drop))
                {
                    self.lower(me);
                }
                self.highest(runnable)
            }
            Family::Every(_) | Family::Given => unreachable!("they are asked themselves"),
        }
    }

    /// Whether all schedules are enumerated.
    pub(crate) fn enumerates(&self) -> bool {
        matches!(self.family, Family::Every(_))
    }

    /// Whether anything happens by chance.
    pub(crate) fn has_chance(&self) -> bool {
        !matches!(self.family, Family::Every(_) | Family::Given)
    }

    /// 64 bits that the world decides, and no schedule.
    pub(crate) fn random(&mut self) -> u64 {
        if self.has_chance() { self.chances.bits() } else { 0 }
    }

    /// Something that the world decides: it happens once in `n` times on the average, and never in an enumeration.
    pub(crate) fn happens(&mut self, n: usize) -> bool {
        self.has_chance() && self.chances.below(n) == 0
    }

    /// A number in `0..n` that the schedule decides, such as which of several waiters is woken.
    pub(crate) fn choose(&mut self, n: usize) -> usize {
        match &mut self.family {
            _ if n <= 1 => 0,
            Family::Every(enumeration) => enumeration.number(n),
            Family::Given => 0,
            _ => self.rng.below(n),
        }
    }

    fn lower(&mut self, task: TaskId) {
        if let Family::Priority { ranks, lowest, streak, .. } = &mut self.family {
            rank(ranks, &mut self.rng, task);
            *lowest -= 1;
            *streak = 0;
            ranks[task as usize] = *lowest;
        }
    }

    fn highest(&mut self, runnable: &[TaskId]) -> TaskId {
        let Family::Priority { ranks, .. } = &mut self.family else {
            unreachable!("only priorities have ranks")
        };
        let mut best = runnable[0];
        let mut best_rank = rank(ranks, &mut self.rng, best);
        for &task in &runnable[1..] {
            let r = rank(ranks, &mut self.rng, task);
            if r > best_rank {
                (best, best_rank) = (task, r);
            }
        }
        best
    }
}

impl Lateness {
    fn of(seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0x1A7E_1A7E_1A7E_1A7E);
        let below = [0, LATE / 1_000, LATE / 10, LATE][rng.below(4)];
        Self { rng, below }
    }

    fn draw(&mut self) -> u64 {
        let (is_late, by) = (self.rng.below(3) > 0, self.rng.bits());
        if is_late { ((u128::from(by) * u128::from(self.below)) >> 64) as u64 } else { 0 }
    }
}

fn priority(drop: u64) -> Family {
    Family::Priority { ranks: Vec::new(), drop, lowest: 0, streak: 0 }
}

/// The rank of `task`, drawn when it is first asked for.
fn rank(ranks: &mut Vec<i64>, rng: &mut Rng, task: TaskId) -> i64 {
    while ranks.len() <= task as usize {
        ranks.push((rng.bits() >> 2) as i64 + 1);
    }
    ranks[task as usize]
}

fn other(rng: &mut Rng, runnable: &[TaskId], me: TaskId) -> TaskId {
    // `runnable` holds `me`, and has at least two members.
    let i = rng.below(runnable.len() - 1);
    if runnable[i] == me { runnable[runnable.len() - 1] } else { runnable[i] }
}
