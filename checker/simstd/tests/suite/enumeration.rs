//! An enumeration that leaves schedules out still sees all that a program can do, and nothing twice.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use engine::{Ending, Enumeration, Rng, Run};
use simstd::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use simstd::sync::{Condvar, Mutex, RwLock, mpsc};
use simstd::thread;

use crate::{enumerate, run};

const PROGRAMS: u64 = 80;
/// A program with more schedules than this is not compared.
const SCHEDULES: usize = 12_000;

/// What a thread of a made-up program does, in its order.
#[derive(Debug, Clone, Copy)]
enum Action {
    Load(usize),
    Store(usize, usize),
    Add(usize),
    /// Takes a lock and adds to what is in it.
    Count(usize),
    /// Takes a lock, and another one while it has that.
    Both(usize, usize),
    Read,
    Write,
    Send(usize),
    /// Is seen to have come before or after others.
    Push,
    Wait,
    Notify,
    Sleep(u64),
    Yield,
}

fn action(rng: &mut Rng) -> Action {
    // Mostly the same one, so that there is something to conflict about.
    let which = usize::from(rng.below(5) == 0);
    match rng.below(16) {
        0..=2 => Action::Load(which),
        3 | 4 => Action::Store(which, 2),
        5 => Action::Add(which),
        6 | 7 => Action::Count(which),
        8 => Action::Both(which, 1 - which),
        9 => Action::Read,
        10 => Action::Write,
        11 => Action::Send(which),
        12 => Action::Push,
        13 => Action::Wait,
        14 => Action::Notify,
        _ if rng.below(2) == 0 => Action::Sleep(1 + rng.below(2) as u64),
        _ => Action::Yield,
    }
}

fn made_up(seed: u64) -> Vec<Vec<Action>> {
    let mut rng = Rng::new(seed);
    let threads = if rng.below(4) == 0 { 3 } else { 2 };
    let actions = if threads == 2 { 1 + rng.below(2) } else { 1 };
    (0..threads).map(|_| (0..actions).map(|_| action(&mut rng)).collect()).collect()
}

#[derive(Default)]
struct Shared {
    numbers: [AtomicUsize; 2],
    locks: [Mutex<usize>; 2],
    rw: RwLock<usize>,
    turn: Mutex<bool>,
    changed: Condvar,
    pushed: Mutex<Vec<usize>>,
}

fn perform(
    me: usize,
    actions: &[Action],
    shared: &Shared,
    sender: Option<&mpsc::Sender<usize>>,
    all: &Notes,
) {
    let note = |what: String| all.borrow_mut().push(format!("{me} {what}"));
    for action in actions {
        match *action {
            Action::Load(n) => note(format!("loads {}", shared.numbers[n].load(SeqCst))),
            Action::Store(n, value) => shared.numbers[n].store(value, SeqCst),
            Action::Add(n) => note(format!("adds to {}", shared.numbers[n].fetch_add(1, SeqCst))),
            Action::Count(n) => *shared.locks[n].lock().unwrap() += 1 + me,
            Action::Both(first, second) => {
                let outer = shared.locks[first].lock().unwrap();
                let inner = shared.locks[second].lock().unwrap();
                note(format!("holds {outer} and {inner}"));
            }
            Action::Read => note(format!("reads {}", shared.rw.read().unwrap())),
            Action::Write => *shared.rw.write().unwrap() += 1 + me,
            Action::Send(value) => sender.expect("it has one").send(value).unwrap(),
            Action::Push => shared.pushed.lock().unwrap().push(me),
            Action::Wait => {
                let turn = shared.turn.lock().unwrap();
                let (turn, out) = shared.changed.wait_timeout(turn, Duration::from_millis(5)).unwrap();
                note(format!("waited, {} {}", *turn, out.timed_out()));
            }
            Action::Notify => {
                *shared.turn.lock().unwrap() = true;
                shared.changed.notify_one();
            }
            Action::Sleep(ms) => thread::sleep(Duration::from_millis(ms)),
            Action::Yield => thread::yield_now(),
        }
    }
}

type Classes = Vec<Vec<(u32, Vec<u32>)>>;
type Notes = RefCell<Vec<String>>;

/// Runs the made-up program; what it sees is in the notes.
fn play(threads: &[Vec<Action>], notes: &Notes) {
    notes.borrow_mut().clear();
    let shared = Shared::default();
    // Without a channel that nobody uses there are fewer schedules, so that more programs can be compared.
    let sends = |actions: &[Action]| actions.iter().any(|action| matches!(action, Action::Send(_)));
    let (sender, receiver) = threads.iter().any(|actions| sends(actions)).then(mpsc::channel).unzip();
    let left: Vec<usize> = thread::scope(|scope| {
        for (me, actions) in threads.iter().enumerate() {
            let sender = sender.clone().filter(|_| sends(actions));
            let (shared, notes) = (&shared, Unshared(notes));
            scope.spawn(move || perform(me, actions, shared, sender.as_ref(), notes.get()));
        }
        drop(sender);
        receiver.iter().flatten().collect()
    });
    let numbers = shared.numbers.each_ref().map(|n| n.load(SeqCst));
    let Shared { locks, rw, pushed, .. } = shared;
    notes.borrow_mut().push(format!("{left:?} {numbers:?} {locks:?} {rw:?} {pushed:?}"));
}

fn outcome(run: &Run, notes: &Notes) -> String {
    // What each thread noted is its own; which noted first is not.
    let mut notes = notes.borrow().clone();
    notes.sort();
    format!("{notes:?} {}", matches!(run.ending, Ending::Deadlock))
}

/// The classes of the schedules that an enumeration comes to, and what the program did in them; `None` if there are too many.
fn seen(enumeration: Enumeration, threads: &[Vec<Action>]) -> Option<(Classes, BTreeSet<String>)> {
    let (mut classes, mut outcomes) = (Vec::new(), BTreeSet::new());
    let notes = Notes::default();
    let all = enumerate(enumeration, SCHEDULES, &|| play(threads, &notes), &mut |run| {
        classes.push(run.enumeration.as_ref().expect("it was enumerated").class());
        outcomes.insert(outcome(run, &notes));
    });
    all.then_some((classes, outcomes))
}

/// What tasks may share, since they run on one OS thread.
#[derive(Clone, Copy)]
struct Unshared<'a>(&'a Notes);

// SAFETY: all tasks of an execution run on the OS thread that started it.
unsafe impl Send for Unshared<'_> {}

impl<'a> Unshared<'a> {
    fn get(self) -> &'a Notes {
        self.0
    }
}

#[test]
fn one_schedule_of_each_class_is_tried_and_none_twice() {
    let (mut compared, mut whole_schedules, mut reduced_schedules) = (0, 0, 0);
    for seed in 0..PROGRAMS {
        let program = made_up(seed);
        let Some((whole, outcomes)) = seen(Enumeration::whole(), &program) else { continue };
        let (reduced, reduced_outcomes) =
            seen(Enumeration::reduced(), &program).expect("there are not more than on the whole");
        compared += 1;
        let of_whole: BTreeSet<_> = whole.iter().cloned().collect();
        let of_reduced: BTreeSet<_> = reduced.iter().cloned().collect();
        assert_eq!(of_reduced, of_whole, "program {seed}: {program:?}");
        assert_eq!(reduced.len(), of_reduced.len(), "program {seed}: {program:?}");
        assert_eq!(reduced_outcomes, outcomes, "program {seed}: {program:?}");
        whole_schedules += whole.len();
        reduced_schedules += reduced.len();
    }
    println!("{compared} programs, {whole_schedules} schedules, {reduced_schedules} of them tried");
    assert!(compared > PROGRAMS / 6, "only {compared} programs were small enough to be compared");
    assert!(reduced_schedules * 10 < whole_schedules, "{reduced_schedules} of {whole_schedules}");
}

#[test]
fn whatever_random_schedules_see_an_enumeration_sees() {
    let mut compared = 0;
    for seed in 0..PROGRAMS {
        let program = made_up(seed);
        // In other schedules time slips, and waits end by themselves.
        let is_plain = |action: &Action| !matches!(action, Action::Wait | Action::Sleep(_));
        if !program.iter().flatten().all(is_plain) {
            continue;
        }
        let Some((_, outcomes)) = seen(Enumeration::reduced(), &program) else { continue };
        compared += 1;
        let notes = Notes::default();
        for seed in 0..300 {
            let outcome = outcome(&run(seed, &|| play(&program, &notes)), &notes);
            assert!(outcomes.contains(&outcome), "program {program:?}, seed {seed}: {outcome}");
        }
    }
    assert!(compared > PROGRAMS / 6, "only {compared} programs were compared");
}

/// How many schedules are tried of a program in which each thread does this.
fn tried(threads: &[Vec<Action>]) -> usize {
    seen(Enumeration::reduced(), threads).expect("there are few").0.len()
}

#[test]
fn threads_that_share_nothing_have_one_schedule() {
    assert_eq!(tried(&vec![vec![Action::Yield]; 6]), 1);
    assert_eq!(tried(&vec![vec![Action::Load(0), Action::Load(0)]; 6]), 1);
}

#[test]
fn steps_that_all_conflict_have_every_order() {
    let add = Action::Add(0);
    assert_eq!(tried(&vec![vec![add]; 4]), 4 * 3 * 2);
    assert_eq!(tried(&[vec![add; 3], vec![add; 3]]), 20);
    assert_eq!(tried(&[vec![add; 2], vec![add; 2], vec![add; 2]]), 90);
}

#[test]
fn it_makes_no_difference_what_else_is_on_the_heap() {
    let classes = |noise: usize| {
        let (mut classes, mut junk) = (0, Vec::new());
        let program = || {
            let other = AtomicUsize::new(0);
            thread::scope(|scope| {
                // Each number is dropped before the next one is made, perhaps at the same address.
                scope.spawn(|| {
                    for _ in 0..2 {
                        let number = Box::new(AtomicUsize::new(0));
                        thread::scope(|scope| {
                            scope.spawn(|| number.fetch_add(1, SeqCst));
                            number.load(SeqCst)
                        });
                    }
                });
                scope.spawn(|| other.store(other.fetch_add(1, SeqCst) + 1, SeqCst));
            });
        };
        let all = enumerate(Enumeration::reduced(), SCHEDULES, &program, &mut |_| {
            classes += 1;
            junk.push(vec![0_u8; 8 * (1 + (classes * 7 + noise) % 13)]);
            if (classes + noise).is_multiple_of(3) {
                junk.remove(0);
            }
        });
        assert!(all);
        classes
    };
    let counts: BTreeSet<usize> = (0..60).map(classes).collect();
    assert_eq!(counts.len(), 1, "{counts:?}");
}
