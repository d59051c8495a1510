//! The contract of README.md, a check or more for each clause.

use std::any::Any;
use std::collections::BTreeSet;
use std::panic::{panic_any, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use harness::{Check, Drops, Gate, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq};
use harness::{expect_in_any_order, fail, input, now, pause, settle};
use pipeline::Stage;

checks! {
    1 => each_item_is_fetched_processed_and_saved_once;
    1 => any_numbers_of_items_and_workers_and_places;
    1 => a_call_waits_for_no_other_call;
    1 => a_stage_may_call_run_itself;
    2 => items_are_saved_in_the_order_of_the_source;
    2 => one_item_is_saved_at_a_time;
    2 => the_documented_run;
    3 => never_more_than_the_limit_in_the_pipeline;
    3 => one_slow_item_does_not_let_others_pile_up;
    3 => no_places_or_no_workers_is_a_panic;
    4 => nobody_is_idle_while_there_is_work simulated;
    4 => as_many_calls_at_once_as_there_are_workers simulated;
    4 => as_many_items_as_there_are_places simulated;
    4 => a_source_that_has_ended_is_not_asked_again;
    4 => never_more_calls_at_once_than_workers;
    5 => the_error_of_the_earliest_item_is_returned;
    5 => an_error_stops_a_source_without_end;
    5 => an_error_stops_a_pipeline_that_is_full simulated;
    6 => the_panic_of_the_earliest_item_goes_on;
    6 => errors_and_panics_are_one_order;
    6 => a_panic_stops_a_source_without_end;
    6 => a_panic_of_every_worker_is_no_deadlock;
    7 => nothing_is_left_after_any_end;
    8 => waiting_for_items_is_no_spin simulated;
    8 => waiting_for_room_is_no_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
/// For checks that look at what is at rest: by then all that has to happen within 50 ms has happened.
const AT_REST: Duration = Duration::from_millis(200);
const LONG_TICK: Duration = Duration::from_secs(1);

/// Where an item fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Fate {
    #[default]
    Well,
    Error(Place),
    Panic(Place),
}

/// The four places that a call or a pull can be at, in the order in which an item comes to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Source,
    Fetch,
    Process,
    Save,
}

/// How many ticks the item takes at each place, and what becomes of it.
#[derive(Debug, Clone, Copy, Default)]
struct Plan {
    ticks: [u32; 4],
    fate: Fate,
}

/// A plan for each code; nothing fails.
fn durations(codes: &[u64]) -> Vec<Plan> {
    let digit = |code: u64, n: u32| (code / 3u64.pow(n) % 3) as u32;
    let ticks = |code: &u64| [digit(*code, 3) / 2, digit(*code, 0), digit(*code, 1), digit(*code, 2)];
    codes.iter().map(|code| Plan { ticks: ticks(code), ..Plan::default() }).collect()
}

/// Two numbers of workers out of one.
fn crews(code: usize) -> [usize; 2] {
    [1 + code % 3, 1 + code / 3 % 3]
}

/// An error, and what a panic is made with that has no text. Neither `Clone` nor `Copy`.
#[derive(Debug, PartialEq, Eq)]
struct Trouble {
    index: usize,
    place: Place,
}

const BROKEN: [&str; 8] = [
    "item 0 is broken (the check makes it panic)",
    "item 1 is broken (the check makes it panic)",
    "item 2 is broken (the check makes it panic)",
    "item 3 is broken (the check makes it panic)",
    "item 4 is broken (the check makes it panic)",
    "item 5 is broken (the check makes it panic)",
    "item 6 is broken (the check makes it panic)",
    "item 7 is broken (the check makes it panic)",
];

/// Panics for this item: with a `&'static str`, a `String`, or neither.
fn break_down(index: usize, place: Place) -> ! {
    match index % 3 {
        0 => panic_any(BROKEN[index]),
        1 => panic_any(BROKEN[index].to_owned()),
        _ => panic_any(Trouble { index, place }),
    }
}

/// What [`break_down`] panics with, as [`payload`] tells of it.
fn breakdown(index: usize, place: Place) -> String {
    match index % 3 {
        0 => format!("the &str {:?}", BROKEN[index]),
        1 => format!("the String {:?}", BROKEN[index]),
        _ => format!("{:?}", Trouble { index, place }),
    }
}

fn payload(payload: &(dyn Any + Send)) -> String {
    match (
        payload.downcast_ref::<&str>(),
        payload.downcast_ref::<String>(),
        payload.downcast_ref::<Trouble>(),
    ) {
        (Some(text), _, _) => format!("the &str {text:?}"),
        (_, Some(text), _) => format!("the String {text:?}"),
        (_, _, Some(trouble)) => format!("{trouble:?}"),
        _ => "something that no call panicked with".to_owned(),
    }
}

/// What the items of a case are made of: neither `Clone` nor `Copy`, and counted as they are dropped. `at` is the place that
/// it was at last.
struct Item {
    index: usize,
    at: Place,
    _token: Box<dyn Any + Send>,
}

/// A pipeline with everything that is to be seen of it.
#[derive(Default)]
struct Plant {
    plans: Vec<Plan>,
    limit: usize,
    workers: [usize; 2],
    tick: Duration,
    /// Goes on after the plans, with items that take no time and do well.
    endless: bool,
    /// Held up here, at this place, for item 0.
    gate: Option<(Place, Gate)>,
    /// Whether idleness is looked for.
    busy: bool,

    asked: AtomicBool,
    ended: AtomicBool,
    pulled: AtomicUsize,
    fetch: Meter,
    process: Meter,
    save: Meter,
    ready: Mutex<BTreeSet<usize>>,
    /// The items that each place was called for.
    called: [Mutex<Vec<usize>>; 3],
    saved: Mutex<Vec<usize>>,
    drops: Drops,
    /// How many had been pulled when a call failed for the first time.
    pulled_at_failure: Mutex<Option<usize>>,
}

impl Plant {
    fn new(plans: Vec<Plan>, limit: usize, workers: [usize; 2]) -> Self {
        Self { plans, limit, workers, tick: TICK, ..Self::default() }
    }

    fn plan(&self, index: usize) -> Plan {
        self.plans.get(index).copied().unwrap_or_default()
    }

    fn pulled(&self) -> usize {
        self.pulled.load(SeqCst)
    }

    fn saved(&self) -> Vec<usize> {
        self.saved.lock().unwrap().clone()
    }

    /// Takes the time that the item takes at this place, and looks around meanwhile.
    fn spend(&self, index: usize, place: Place) {
        if let Some((at, gate)) = &self.gate
            && (*at, 0) == (place, index)
        {
            gate.wait();
        }
        let time = self.tick * self.plan(index).ticks[place as usize];
        if self.busy && !time.is_zero() {
            pause(AT_REST);
            self.nobody_is_idle();
            pause(time - AT_REST);
        } else if !time.is_zero() {
            pause(time);
        }
        match self.plan(index).fate {
            Fate::Error(at) | Fate::Panic(at) if at == place => {
                self.pulled_at_failure.lock().unwrap().get_or_insert(self.pulled());
            }
            _ => {}
        }
    }

    /// What comes of the item at this place.
    fn end(&self, index: usize, place: Place) -> Result<(), Trouble> {
        match self.plan(index).fate {
            Fate::Error(at) if at == place => Err(Trouble { index, place }),
            Fate::Panic(at) if at == place => break_down(index, place),
            _ => Ok(()),
        }
    }

    fn stage(&self, item: Item, from: Place, place: Place) -> Result<Item, Trouble> {
        let Item { index, at: was, _token } = item;
        self.called[place as usize - 1].lock().unwrap().push(index);
        expect_eq("where the item came from", was, from);
        self.spend(index, place);
        self.end(index, place)?;
        if place == Place::Process {
            self.ready.lock().unwrap().insert(index);
        }
        Ok(Item { index, at: place, _token })
    }

    fn store(&self, item: Item) -> Result<(), Trouble> {
        let (index, _inside) = (item.index, self.save.enter());
        drop(self.stage(item, Place::Process, Place::Save)?);
        self.saved.lock().unwrap().push(index);
        Ok(())
    }

    /// At a moment when all is at rest.
    fn nobody_is_idle(&self) {
        let stages =
            [("fetched", &self.fetch, self.workers[0]), ("processed", &self.process, self.workers[1])];
        let mut come = self.pulled();
        for (what, meter, workers) in stages {
            let (waiting, inside) = (come - meter.entered(), meter.inside());
            expect(waiting == 0 || inside >= workers, Kind::Sequential, || {
                format!(
                    "items that waited to be {what}: {waiting}; workers busy with that: {inside} of {workers}"
                )
            });
            come = meter.entered() - inside;
        }
        let (turn, saving) = (self.save.entered(), self.save.inside());
        let ready = self.ready.lock().unwrap().contains(&turn);
        expect(saving > 0 || !ready, Kind::Sequential, || {
            format!("it was item {turn}'s turn to be saved, it was processed, and nothing was being saved")
        });
        // The item that is being saved may count or not.
        let inside = self.pulled() - (turn - saving);
        let asked = self.asked.load(SeqCst) || self.ended.load(SeqCst);
        expect(inside >= self.limit || asked, Kind::Sequential, || {
            format!(
                "items in the pipeline: {inside}; limit: {}; and the source was not asked for another one",
                self.limit
            )
        });
    }

    fn call(&self) -> Result<(), Trouble> {
        let fetch = |item| {
            let _inside = self.fetch.enter();
            self.stage(item, Place::Source, Place::Fetch)
        };
        let process = |item| {
            let _inside = self.process.enter();
            self.stage(item, Place::Fetch, Place::Process)
        };
        let save = |item| self.store(item);
        run(Source(self), self.workers, self.limit, fetch, process, save)
    }

    /// Calls it where nothing may fail.
    fn works(&self) {
        let outcome = catch(|| self.call());
        let text = match outcome {
            Ok(Ok(())) => return,
            Ok(Err(trouble)) => format!("returned {trouble:?}"),
            Err(it) => resume_unwind(it),
        };
        fail(Kind::WrongAnswer, format!("no call failed, and `run` {text}"));
    }

    /// Calls it and expects the end that the plans have.
    fn ends_as_planned(&self) {
        let outcome = match catch(|| self.call()) {
            Ok(Ok(())) => "Ok".to_owned(),
            Ok(Err(trouble)) => format!("the error {trouble:?}"),
            Err(it) => format!("a panic with {}", payload(&*it)),
        };
        let first = self.plans.iter().position(|plan| plan.fate != Fate::Well);
        let wanted = match first.map(|index| (index, self.plan(index).fate)) {
            Some((index, Fate::Error(place))) => format!("the error {:?}", Trouble { index, place }),
            Some((index, Fate::Panic(place))) => format!("a panic with {}", breakdown(index, place)),
            _ => "Ok".to_owned(),
        };
        if outcome == "Ok" && wanted.starts_with("a panic") {
            fail(Kind::SwallowedPanic, format!("expected {wanted}, and `run` returned Ok"));
        }
        expect_eq("how the call of `run` ended", outcome, wanted);
        let saved: Vec<usize> = (0..first.unwrap_or(self.plans.len())).collect();
        expect_eq("the items that were saved", self.saved(), saved);
    }

    fn stops_soon(&self) {
        let failed = self.pulled_at_failure.lock().unwrap().expect("one call fails");
        let more = self.pulled() - failed;
        expect(more <= self.limit, Kind::Unbounded, || {
            format!("items pulled after the first call had failed: {more}; limit: {}", self.limit)
        });
    }

    fn leaves_nothing(&self) {
        for (meter, what) in [(&self.fetch, "fetch"), (&self.process, "process"), (&self.save, "save")] {
            expect(meter.inside() == 0, Kind::LeakedThread, || {
                format!(
                    "the call of `run` has ended; calls of `{what}` still in progress: {}",
                    meter.inside()
                )
            });
        }
        every_thread_has_finished();
        expect_eq("the items that have not been dropped after the end", self.drops.alive(), 0);
    }
}

/// The source of a plant.
struct Source<'a>(&'a Plant);

impl Iterator for Source<'_> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        let plant = self.0;
        plant.asked.store(true, SeqCst);
        let index = plant.pulled();
        plant.spend(index, Place::Source);
        if plant.end(index, Place::Source).is_err() {
            unreachable!("a source has no errors");
        }
        plant.asked.store(false, SeqCst);
        if index >= plant.plans.len() && !plant.endless {
            plant.ended.store(true, SeqCst);
            return None;
        }
        plant.pulled.fetch_add(1, SeqCst);
        let item = Item { index, at: Place::Source, _token: Box::new(plant.drops.token()) };
        // Read in this order: whatever happens in between makes the number smaller. What has been dropped has left.
        let saving = plant.save.inside();
        let inside = plant.drops.alive() - saving.min(plant.drops.alive());
        expect(inside <= plant.limit || plant.limit == 0, Kind::Unbounded, || {
            format!("items in the pipeline: {inside}; limit: {}", plant.limit)
        });
        Some(item)
    }
}

fn each_item_is_fetched_processed_and_saved_once(check: &Check) {
    check.forall(input::numbers_and_two(0..81, 0..=6, 0..=8, 1..=5), |(codes, crew, limit)| {
        let plant = Plant::new(durations(&codes), limit, crews(crew));
        plant.works();
        for (called, what) in plant.called.iter().zip(["fetched", "processed", "given to `save`"]) {
            let (called, all) = (called.lock().unwrap().clone(), (0..codes.len()).collect::<Vec<_>>());
            expect_in_any_order(&format!("the items that were {what}"), &called, &all);
        }
    });
}

fn any_numbers_of_items_and_workers_and_places(check: &Check) {
    check.forall(input::triple(0..=7, 0..=24, 0..=3), |(items, crew, limit)| {
        let workers = [[1, 1], [1, 7], [9, 1], [6, 8], [2, 3]][crew % 5];
        let plant = Plant::new(vec![Plan::default(); items], [1, 2, 5, 1_000][limit], workers);
        plant.works();
        expect_eq("how many items were saved", plant.saved().len(), items);
    });
}

/// One call is held up at any place; the other one comes to its end meanwhile.
fn a_call_waits_for_no_other_call(check: &Check) {
    check.forall(input::triple(1..=3, 0..=3, 0..=8), |(items, place, crew)| {
        let place = [Place::Source, Place::Fetch, Place::Process, Place::Save][place];
        let gate = Gate::new();
        let mut held = Plant::new(vec![Plan::default(); items], 2, crews(crew));
        held.gate = Some((place, gate.clone()));
        let free = Plant::new(vec![Plan::default(); 4], 2, crews(crew));
        thread::scope(|scope| {
            scope.spawn(|| held.works());
            free.works();
            gate.open();
        });
        expect_eq("how many items one of two calls saved", held.saved().len(), items);
        expect_eq("how many items one of two calls saved", free.saved().len(), 4);
    });
}

fn a_stage_may_call_run_itself(check: &Check) {
    check.forall(input::triple(1..=3, 0..=3, 0..=8), |(items, inner, crew)| {
        let totals = Mutex::new(Vec::new());
        let process = |item: u64| {
            let mut total = 0;
            let add = |n: u64| {
                total += n;
                Ok::<_, Trouble>(())
            };
            pipeline::run(0..inner as u64, stage(1, Ok), stage(2, |n| Ok(n + item)), 2, add)?;
            Ok::<_, Trouble>(total)
        };
        let save = |total| {
            totals.lock().unwrap().push(total);
            Ok(())
        };
        let [fetchers, processors] = crews(crew);
        let items = 0..items as u64;
        let outcome = pipeline::run(items.clone(), stage(fetchers, Ok), stage(processors, process), 3, save);
        let wanted: Vec<u64> = items.map(|item| (0..inner as u64).map(|n| n + item).sum()).collect();
        let totals = totals.into_inner().unwrap();
        expect_eq("what the outer call returned", outcome, Ok(()));
        expect_in_any_order("what the inner calls added up", &totals, &wanted);
    });
}

fn stage<F>(workers: usize, work: F) -> Stage<F> {
    Stage { workers, work }
}

fn items_are_saved_in_the_order_of_the_source(check: &Check) {
    check.forall(input::numbers_and_two(0..27, 0..=6, 0..=8, 1..=6), |(codes, crew, limit)| {
        let plant = Plant::new(durations(&codes), limit, crews(crew));
        plant.works();
        let order = plant.called[2].lock().unwrap().clone();
        expect_eq("the items in the order in which `save` was called", order, (0..codes.len()).collect());
    });
}

fn one_item_is_saved_at_a_time(check: &Check) {
    check.forall(input::triple(0..=6, 0..=8, 1..=4), |(items, crew, limit)| {
        let meter = Meter::new();
        let save = |_: u64| {
            let _inside = meter.enter();
            meter.at_most(1, "calls of `save`");
            pause(TICK);
            Ok::<_, Trouble>(())
        };
        let [fetchers, processors] = crews(crew);
        let outcome = pipeline::run(0..items as u64, stage(fetchers, Ok), stage(processors, Ok), limit, save);
        expect_eq("what `run` returned", outcome, Ok(()));
        expect_eq("how often `save` was called", meter.entered(), items);
    });
}

/// The run that README.md shows, without the time.
fn the_documented_run(check: &Check) {
    check.snapshot("documented_run", || {
        let fetch = |page: u64| {
            pause(Duration::from_millis(40 * (1 + page * 2 % 5)));
            if page == 13 {
                Err(format!("page {page} is missing"))
            } else {
                Ok((page, "word ".repeat(page as usize)))
            }
        };
        let count = |(page, text): (u64, String)| {
            pause(Duration::from_millis(20));
            Ok(format!("page {page}: {} words", text.split_whitespace().count()))
        };
        let mut lines = String::new();
        for pages in [1..=12, 11..=20] {
            lines += &format!("pages {} to {}\n", pages.start(), pages.end());
            let save = |line: String| {
                lines += &format!("  saved {line}\n");
                Ok(())
            };
            if let Err(error) = pipeline::run(pages, stage(10, fetch), stage(2, count), 8, save) {
                lines += &format!("  stopped: {error}\n");
            }
        }
        lines
    });
}

fn never_more_than_the_limit_in_the_pipeline(check: &Check) {
    check.forall(input::numbers_and_two(0..81, 0..=9, 0..=8, 1..=4), |(codes, crew, limit)| {
        // The source itself counts.
        Plant::new(durations(&codes), limit, crews(crew)).works();
    });
}

/// The slow item is the first, or one in the middle, and slow in either stage. The others take no time.
fn one_slow_item_does_not_let_others_pile_up(check: &Check) {
    check.forall(input::triple(0..=3, 1..=2, 1..=4), |(slow, place, limit)| {
        let mut plans = vec![Plan::default(); 12];
        plans[slow].ticks[place] = 50;
        let plant = Plant::new(plans, limit, [3, 3]);
        plant.works();
        expect_eq("how many items were saved", plant.saved().len(), 12);
    });
}

fn no_places_or_no_workers_is_a_panic(check: &Check) {
    check.forall(input::triple(0..=1, 0..=1, 0..=1), |(limit, fetchers, processors)| {
        // One of the three is 0, or several are.
        let limit = if fetchers * processors == 1 { 0 } else { limit };
        let plant = Plant::new(vec![Plan::default(); 2], limit, [fetchers, processors]);
        let outcome = catch(|| plant.call());
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            format!("with a limit of {limit}, {fetchers} workers that fetch and {processors} that process, `run` should panic, and it returned")
        });
        expect_eq("the items pulled", plant.pulled(), 0);
        plant.leaves_nothing();
    });
}

fn nobody_is_idle_while_there_is_work(check: &Check) {
    check.forall(input::numbers_and_two(0..81, 1..=6, 0..=8, 1..=7), |(codes, crew, limit)| {
        let mut plant = Plant::new(durations(&codes), limit, crews(crew));
        (plant.busy, plant.tick) = (true, LONG_TICK);
        plant.works();
    });
}

/// From the first wave to the last, and with more workers than the machine has processors.
fn as_many_calls_at_once_as_there_are_workers(check: &Check) {
    check.forall(input::hundreds_and(1..=7, 1..=7, 0..=1), |(fetchers, processors, slow)| {
        let items = 2 * fetchers.max(processors);
        let mut plan = Plan::default();
        plan.ticks[1 + slow] = 2;
        let mut plant = Plant::new(vec![plan; items], items, [fetchers, processors]);
        (plant.busy, plant.tick) = (true, LONG_TICK);
        plant.works();
        let (meter, workers) = [(&plant.fetch, fetchers), (&plant.process, processors)][slow];
        let what = ["fetch", "process"][slow];
        expect(meter.peak() >= workers, Kind::Sequential, || {
            format!(
                "calls of `{what}` in progress at once: never more than {}; workers: {workers}",
                meter.peak()
            )
        });
    });
}

/// The first item is held up, so that all places are taken.
fn as_many_items_as_there_are_places(check: &Check) {
    check.forall(input::pair_or_crowd(1..=12, 0..=26), |(limit, code)| {
        let (pulled, place) = (AtomicUsize::new(0), code / 9 % 3);
        let hold = |at: usize, item: usize| {
            // The source has 50 ms for each item.
            let end = now() + TICK * limit as u32;
            let is_first = (at, item) == (place, 0);
            while is_first && pulled.load(SeqCst) < limit && now() < end {
                pause(TICK);
            }
            let pulled = pulled.load(SeqCst);
            expect(!is_first || pulled >= limit, Kind::Sequential, || {
                format!(
                    "items in the pipeline: {pulled}; limit: {limit}; and the source was not asked for more"
                )
            });
            Ok::<_, Trouble>(item)
        };
        let source = (0..limit + 2).inspect(|_| {
            pulled.fetch_add(1, SeqCst);
        });
        let [fetchers, processors] = crews(code);
        let (fetch, process) =
            (stage(fetchers, |item| hold(0, item)), stage(processors, |item| hold(1, item)));
        let outcome = pipeline::run(source, fetch, process, limit, |item| hold(2, item).map(drop));
        expect_eq("what `run` returned", outcome, Ok(()));
    });
}

fn a_source_that_has_ended_is_not_asked_again(check: &Check) {
    check.forall(input::triple(0..=4, 0..=8, 1..=4), |(items, crew, limit)| {
        let mut calls = 0..=items;
        let source = std::iter::from_fn(|| match calls.next() {
            Some(call) => (call < items).then_some(call),
            None => fail(Kind::WrongAnswer, "the source returned None, and `next` was called once more"),
        });
        let [fetchers, processors] = crews(crew);
        let save = |_| Ok::<_, Trouble>(());
        let outcome = pipeline::run(source, stage(fetchers, Ok), stage(processors, Ok), limit, save);
        expect_eq("what `run` returned", outcome, Ok(()));
    });
}

fn never_more_calls_at_once_than_workers(check: &Check) {
    check.forall(input::numbers_and_two(0..27, 0..=7, 0..=8, 1..=8), |(codes, crew, limit)| {
        let plant = Plant::new(durations(&codes), limit, crews(crew));
        plant.works();
        for (meter, workers, what) in
            [(&plant.fetch, plant.workers[0], "fetch"), (&plant.process, plant.workers[1], "process")]
        {
            expect(meter.peak() <= workers, Kind::Oversubscribed, || {
                format!("calls of `{what}` in progress at once: {}; workers: {workers}", meter.peak())
            });
        }
    });
}

/// Durations, and failures at some of the items: by `kind`, errors, panics, or both.
fn failures(codes: &[u64], kind: usize) -> Vec<Plan> {
    let mut plans = durations(codes);
    for (plan, code) in plans.iter_mut().zip(codes) {
        let place = [Place::Fetch, Place::Process, Place::Save][(code / 7 % 3) as usize];
        let panics = kind == 1 || kind == 2 && code / 21 % 2 == 0;
        plan.fate = match (code % 3, panics) {
            (0, true) if code % 11 == 0 => Fate::Panic(Place::Source),
            (0, true) => Fate::Panic(place),
            (0, false) => Fate::Error(place),
            _ => Fate::Well,
        };
    }
    plans
}

fn the_error_of_the_earliest_item_is_returned(check: &Check) {
    check.forall(input::numbers_and_two(0..162, 1..=7, 0..=8, 1..=7), |(codes, crew, limit)| {
        Plant::new(failures(&codes, 0), limit, crews(crew)).ends_as_planned();
    });
}

/// A source that never ends, and one failure after some items that do well.
fn without_end(check: &Check, fate: fn(Place) -> Fate, places: &'static [Place]) {
    check.forall(input::numbers_and_two(0..27, 0..=4, 0..=8, 1..=5), move |(codes, crew, limit)| {
        let mut plans = durations(&codes);
        plans.push(Plan { fate: fate(places[codes.len() % places.len()]), ..Plan::default() });
        let mut plant = Plant::new(plans, limit, crews(crew));
        plant.endless = true;
        plant.ends_as_planned();
        plant.stops_soon();
    });
}

fn an_error_stops_a_source_without_end(check: &Check) {
    without_end(check, Fate::Error, &[Place::Fetch, Place::Process, Place::Save]);
}

/// Everything that can be in the pipeline is in it when the first item fails, in the sink or in a stage.
fn an_error_stops_a_pipeline_that_is_full(check: &Check) {
    check.forall(input::triple(1..=6, 0..=8, 0..=2), |(limit, crew, place)| {
        let place = [Place::Fetch, Place::Process, Place::Save][place];
        let mut first = Plan { fate: Fate::Error(place), ..Plan::default() };
        first.ticks[place as usize] = 10;
        let mut plant = Plant::new(vec![first], limit, crews(crew));
        plant.endless = true;
        plant.ends_as_planned();
        plant.stops_soon();
        plant.leaves_nothing();
    });
}

fn the_panic_of_the_earliest_item_goes_on(check: &Check) {
    check.forall(input::numbers_and_two(0..162, 1..=7, 0..=8, 1..=7), |(codes, crew, limit)| {
        Plant::new(failures(&codes, 1), limit, crews(crew)).ends_as_planned();
    });
}

fn errors_and_panics_are_one_order(check: &Check) {
    check.forall(input::numbers_and_two(0..162, 2..=7, 0..=8, 2..=7), |(codes, crew, limit)| {
        Plant::new(failures(&codes, 2), limit, crews(crew)).ends_as_planned();
    });
}

fn a_panic_stops_a_source_without_end(check: &Check) {
    without_end(check, Fate::Panic, &[Place::Fetch, Place::Process, Place::Save, Place::Source]);
}

/// More items than workers panic in one stage, and there are more of them than may be in the pipeline.
fn a_panic_of_every_worker_is_no_deadlock(check: &Check) {
    check.forall(input::triple(0..=1, 0..=8, 1..=4), |(place, crew, limit)| {
        let place = [Place::Fetch, Place::Process][place];
        let mut plans = vec![Plan { fate: Fate::Panic(place), ..Plan::default() }; 7];
        plans[0].ticks[place as usize] = 3;
        Plant::new(plans, limit, crews(crew)).ends_as_planned();
    });
}

fn nothing_is_left_after_any_end(check: &Check) {
    check.forall(input::numbers_and_two(0..162, 0..=7, 0..=26, 1..=7), |(codes, crew, limit)| {
        let plans = if crew < 9 { durations(&codes) } else { failures(&codes, crew / 9) };
        let plant = Plant::new(plans, limit, crews(crew));
        drop(catch(|| plant.call()));
        plant.leaves_nothing();
    });
}

fn waiting_for_items_is_no_spin(check: &Check) {
    check.forall(input::triple(1..=4, 0..=8, 1..=3), |(items, crew, limit)| {
        let plans = vec![Plan { ticks: [3, 0, 0, 0], ..Plan::default() }; items];
        Plant::new(plans, limit, crews(crew)).works();
    });
}

fn waiting_for_room_is_no_spin(check: &Check) {
    check.forall(input::triple(1..=5, 0..=8, 1..=3), |(items, crew, limit)| {
        let save = |_: usize| {
            pause(TICK);
            settle();
            Ok::<_, Trouble>(())
        };
        let [fetchers, processors] = crews(crew);
        let outcome = pipeline::run(0..items, stage(fetchers, Ok), stage(processors, Ok), limit, save);
        expect_eq("what `run` returned", outcome, Ok(()));
    });
}

type Work<'a> = Box<dyn Fn(Item) -> Result<Item, Trouble> + Sync + 'a>;

/// The function under test with its arguments in boxes: so it is compiled once, and not anew for each check.
fn run<'a>(
    source: Source<'a>,
    [fetchers, processors]: [usize; 2],
    limit: usize,
    fetch: impl Fn(Item) -> Result<Item, Trouble> + Sync + 'a,
    process: impl Fn(Item) -> Result<Item, Trouble> + Sync + 'a,
    save: impl FnMut(Item) -> Result<(), Trouble> + Send,
) -> Result<(), Trouble> {
    let (fetch, process): (Work<'a>, Work<'a>) = (Box::new(fetch), Box::new(process));
    pipeline::run(source, stage(fetchers, fetch), stage(processors, process), limit, save)
}
