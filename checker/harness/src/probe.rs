//! Probes: they count what learner code does, and hold it up where a check wants to look.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::panic::Location;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engine::{Access, Settled, Waiting};

use crate::expect::fail;
use crate::own::{Own, own};
use protocol::Kind;

/// A pause on real threads is this many times shorter: it gives others a chance, no check depends on it.
const REAL_TIME: u32 = 100;
/// Steps in which a program that waits properly has long come to rest.
const RESTLESS: u64 = 50_000;

/// One write in this many takes only a part of what it is given.
const SHORT: usize = 24;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    engine::touch(std::ptr::from_ref(mutex).addr(), Access::Change);
    // A probe's lock is never held across a scheduling point.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

thread_local! {
    /// When the case began, in the time of its execution. All of its threads are on one of the system's.
    static BEGAN: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Lets virtual time pass for this thread: whatever can happen meanwhile has happened when it returns.
#[track_caller]
pub fn pause(time: Duration) {
    if engine::in_execution() {
        let deadline =
            engine::now() + u64::try_from(time.as_nanos()).expect("a pause of less than 500 years");
        engine::sleep_until(deadline, "work", Location::caller());
    } else {
        std::thread::sleep(time / REAL_TIME);
    }
}

/// As [`pause`], until this time since the case began; not at all if it has passed. What pauses again and again in this way
/// does not get later and later, as with `pause`, after which a thread wakes a little late. For checks that need the simulation.
#[track_caller]
pub fn pause_until(time: Duration) {
    let left = time.saturating_sub(now());
    if !left.is_zero() {
        pause(left);
    }
}

/// The multiples of a time since the case began, from the last one that has passed. With [`pause_until`], threads that begin
/// at different times keep to one beat.
pub fn beats(every: Duration) -> impl Iterator<Item = Duration> {
    let passed = now().as_nanos() / every.as_nanos();
    let first = u32::try_from(passed).expect("a case does not last for so many beats");
    (first..).map(move |beat| every * beat)
}

/// Virtual time since the case began; zero on real threads, which no check may time.
pub fn now() -> Duration {
    engine::elapsed().saturating_sub(BEGAN.get())
}

/// A case begins, perhaps the second of its execution.
pub(crate) fn begin() {
    BEGAN.set(engine::elapsed());
}

/// Waits until nothing else can run unless time moves. On real threads there is no such moment: it yields.
///
/// # Panics
/// Ends the case with `busy-wait` if some thread never stops running.
#[track_caller]
pub fn settle() {
    if !engine::in_execution() {
        return std::thread::yield_now();
    }
    if engine::settle(RESTLESS, Location::caller()) == Settled::Restless {
        fail(
            Kind::BusyWait,
            "a thread keeps running while there is nothing for it to do: it spins instead of waiting",
        );
    }
}

/// Fails the case if a thread that was started in it still lives, once whatever can run has run.
#[track_caller]
pub fn every_thread_has_finished() {
    let count = threads_alive();
    if count > 0 {
        let are = if count == 1 { "thread is" } else { "threads are" };
        fail(Kind::LeakedThread, format!("the call has returned, and {count} {are} still alive"));
    }
}

/// How many threads that were started in the case live, once whatever can run has run. On real threads nobody counts: 0.
#[track_caller]
pub fn threads_alive() -> usize {
    settle();
    if engine::in_execution() { engine::live() } else { 0 }
}

own! { Meter Threads Gate Drops Page }

/// Counts what is in flight.
#[derive(Debug)]
pub struct Meter(Own<MeterState>);

#[derive(Debug, Default)]
struct MeterState {
    inside: AtomicUsize,
    peak: AtomicUsize,
    entered: AtomicUsize,
    /// In virtual nanoseconds.
    last_entered: AtomicU64,
}

/// One that is in flight; leaves when it is dropped, by a panic too.
#[derive(Debug)]
pub struct Inside<'a>(&'a Meter);

impl Meter {
    /// A meter at zero.
    pub fn new() -> Self {
        Self::default()
    }

    fn touch(&self, access: Access) {
        engine::touch(self.0.address(), access);
    }

    /// One more is in flight, until the value that this returns is dropped.
    pub fn enter(&self) -> Inside<'_> {
        self.touch(Access::Change);
        let inside = self.0.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.peak.fetch_max(inside, Ordering::SeqCst);
        self.0.entered.fetch_add(1, Ordering::SeqCst);
        let now = u64::try_from(now().as_nanos()).unwrap_or(u64::MAX);
        self.0.last_entered.store(now, Ordering::SeqCst);
        Inside(self)
    }

    /// How many are in flight.
    pub fn inside(&self) -> usize {
        self.touch(Access::Look);
        self.0.inside.load(Ordering::SeqCst)
    }

    /// The most that ever were at once.
    pub fn peak(&self) -> usize {
        self.touch(Access::Look);
        self.0.peak.load(Ordering::SeqCst)
    }

    /// How many have ever entered.
    pub fn entered(&self) -> usize {
        self.touch(Access::Look);
        self.0.entered.load(Ordering::SeqCst)
    }

    /// When the last one entered, in virtual time.
    pub fn last_entered(&self) -> Duration {
        self.touch(Access::Look);
        Duration::from_nanos(self.0.last_entered.load(Ordering::SeqCst))
    }

    /// Fails the case with `oversubscribed` if more than `most` are in flight, and with `what` in the sentence.
    pub fn at_most(&self, most: usize, what: &str) {
        let inside = self.inside();
        if inside > most {
            fail(Kind::Oversubscribed, format!("{inside} {what} ran at once, where at most {most} may"));
        }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.touch(Access::Change);
        self.0.0.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Which threads did something, and how often.
#[derive(Debug)]
pub struct Threads(Own<Mutex<BTreeMap<String, usize>>>);

impl Threads {
    /// Nobody yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The thread with this name did it.
    pub fn note(&self, name: Option<&str>) {
        *lock(&self.0).entry(name.unwrap_or("a thread without a name").to_owned()).or_default() += 1;
    }

    /// Their names, with how often.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        lock(&self.0).clone()
    }
}

/// Holds threads up until it is opened.
#[derive(Debug)]
pub struct Gate(Own<GateState>);

#[derive(Debug, Default)]
struct GateState {
    open: Mutex<bool>,
    opened: Condvar,
    waiting: AtomicUsize,
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    fn address(&self) -> usize {
        self.0.address()
    }

    /// Waits until the gate is open.
    #[track_caller]
    pub fn wait(&self) {
        engine::touch(self.address(), Access::Change);
        self.0.waiting.fetch_add(1, Ordering::SeqCst);
        if engine::in_execution() {
            let at = Location::caller();
            while !*lock(&self.0.open) {
                let what = "the check to let it go on";
                let waiting = Waiting::on(what, "work", self.address(), at);
                engine::block(waiting, None);
            }
        } else {
            let open = lock(&self.0.open);
            drop(self.0.opened.wait_while(open, |open| !*open));
        }
        engine::touch(self.address(), Access::Change);
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }

    /// Opens the gate for good.
    pub fn open(&self) {
        *lock(&self.0.open) = true;
        self.0.opened.notify_all();
        engine::wake_all(self.address());
    }

    /// How many wait at it.
    pub fn waiting(&self) -> usize {
        engine::touch(self.address(), Access::Look);
        self.0.waiting.load(Ordering::SeqCst)
    }
}

/// Counts how many of the tokens that it gave out have been dropped.
#[derive(Debug)]
pub struct Drops(Own<(AtomicUsize, AtomicUsize)>);

/// Counted when it is dropped.
#[derive(Debug)]
pub struct Token(Drops);

impl Drops {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn touch(&self, access: Access) {
        engine::touch(self.0.address(), access);
    }

    /// A value whose drop is counted.
    pub fn token(&self) -> Token {
        self.touch(Access::Change);
        self.0.0.fetch_add(1, Ordering::SeqCst);
        Token(self.clone())
    }

    /// How many tokens were given out and not dropped.
    pub fn alive(&self) -> usize {
        self.touch(Access::Look);
        self.0.0.load(Ordering::SeqCst) - self.0.1.load(Ordering::SeqCst)
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.touch(Access::Change);
        self.0.0.1.fetch_add(1, Ordering::SeqCst);
    }
}

/// Something to write to, which remembers what was written when. Every write is a scheduling point.
#[derive(Debug)]
pub struct Page(Own<Mutex<PageState>>);

#[derive(Debug, Default)]
struct PageState {
    text: Vec<u8>,
    /// For each write, the length of the text after it, and when it was.
    writes: Vec<(usize, Duration)>,
    /// How many writes have been tried.
    tried: usize,
    /// The write that fails.
    fails_at: Option<usize>,
    /// Those after it succeed again.
    recovers: bool,
    refused: bool,
}

/// A line of a [`Page`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The text, without its end.
    pub text: String,
    /// When its last byte was written.
    pub at: Duration,
}

impl Page {
    /// An empty page.
    pub fn new() -> Self {
        Self::default()
    }

    /// A page on which the write with this number, counted from 0, and all after it fail.
    pub fn failing_at(write: usize) -> Self {
        let page = Self::new();
        lock(&page.0).fails_at = Some(write);
        page
    }

    /// A page on which only the write with this number, counted from 0, fails.
    pub fn failing_once_at(write: usize) -> Self {
        let page = Self::failing_at(write);
        lock(&page.0).recovers = true;
        page
    }

    /// Whether a write has failed.
    pub fn refused(&self) -> bool {
        lock(&self.0).refused
    }

    /// All that was written.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&lock(&self.0).text).into_owned()
    }

    /// The pieces that `end` ends, and what is left, with when each was complete.
    pub fn pieces(&self, end: char) -> Vec<Line> {
        let state = lock(&self.0);
        let text = String::from_utf8_lossy(&state.text).into_owned();
        let mut place = 0;
        text.split_inclusive(end)
            .map(|piece| {
                place += piece.len();
                let complete = state.writes.partition_point(|(length, _)| *length < place);
                let at = state.writes.get(complete).map_or(Duration::ZERO, |w| w.1);
                Line { text: piece.strip_suffix(end).unwrap_or(piece).to_owned(), at }
            })
            .collect()
    }

    /// The lines.
    pub fn lines(&self) -> Vec<Line> {
        self.pieces('\n')
    }
}

impl Write for Page {
    #[track_caller]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        engine::point("write", self.0.address(), Location::caller());
        let mut state = lock(&self.0);
        let (tried, recovers) = (state.tried, state.recovers);
        state.tried += 1;
        if state.fails_at.is_some_and(|n| tried == n || (tried > n && !recovers)) {
            state.refused = true;
            engine::outcome(|| "fails".to_owned());
            return Err(io::Error::other("the check's writer refuses to write"));
        }
        // `Write` allows to take a part only. The world decides, now and then.
        let taken = if bytes.len() > 1 && engine::chance(SHORT) { bytes.len() / 2 } else { bytes.len() };
        if taken < bytes.len() {
            engine::outcome(|| format!("takes {taken} of {} bytes", bytes.len()));
        }
        state.text.extend_from_slice(&bytes[..taken]);
        let length = state.text.len();
        state.writes.push((length, now()));
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
