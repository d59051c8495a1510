//! The contract of README.md, a check or more for each clause.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::panic_any;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use harness::{Check, Gate, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq};
use harness::{
    expect_in_any_order, expect_in_time, fail, input, now, panic_message, pause, settle, threads_alive,
};
use link_checker::{Broken, Failure, Fault, Limits, Network, Progress, Report, Stop, check_links};

checks! {
    1 => the_report_is_that_of_the_site simulated;
    1 => a_link_on_many_pages_is_checked_once;
    1 => links_are_compared_letter_by_letter;
    1 => a_broken_start_is_all_there_is;
    1 => two_calls_keep_apart;
    2 => never_more_attempts_at_once_than_allowed;
    2 => links_of_different_pages_are_fetched_at_once simulated;
    2 => an_attempt_begins_as_soon_as_it_may simulated;
    2 => threads_are_few_however_many_links_are_due simulated;
    2 => zero_at_once_is_a_panic;
    3 => attempts_keep_the_gap simulated;
    3 => gaps_of_any_length_are_allowed simulated;
    4 => an_attempt_is_given_up_at_its_timeout simulated;
    4 => a_late_answer_has_no_effect simulated;
    4 => an_answer_before_a_long_timeout_counts;
    5 => each_wait_is_twice_the_one_before simulated;
    5 => what_succeeds_late_is_good simulated;
    5 => what_ends_for_good_is_not_tried_again simulated;
    5 => waits_of_any_length_are_allowed simulated;
    5 => zero_attempts_are_a_panic;
    6 => a_panic_of_fetch_costs_its_link_and_nothing_else;
    6 => a_panic_of_progress_comes_out simulated;
    7 => progress_counts_every_checked_link;
    7 => progress_comes_while_others_run simulated;
    7 => progress_may_stop_a_site_without_end;
    8 => a_stop_ends_every_wait simulated;
    8 => a_stop_waits_for_what_runs simulated;
    8 => a_stop_does_not_wait_beyond_the_timeout simulated;
    8 => a_stop_before_the_call_fetches_nothing;
    8 => a_stop_is_shared_and_stays simulated;
    9 => only_late_attempts_are_left simulated;
    10 => waiting_threads_do_not_spin simulated;
    1 => the_documented_run simulated;
}

const SECOND: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_millis(50);
const HOUR: Duration = Duration::from_hours(1);
/// Between the answer of one attempt and the beginning of another lie several threads' turns.
const TURNS: Duration = Duration::from_millis(100);

/// Without the nanoseconds that a reading of the clock takes.
fn ms(time: Duration) -> Duration {
    Duration::from_millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

fn limits(at_once: usize) -> Limits {
    Limits { at_once, gap: Duration::ZERO, timeout: HOUR, attempts: 3, wait: 4 * SECOND }
}

/// What a page does in an attempt, after its time.
#[derive(Debug, Clone)]
enum Answer {
    Links(Vec<String>),
    Transient(String),
    Permanent(String),
    Panic(usize),
}

/// A page's time and answer.
#[derive(Debug, Clone)]
struct Act {
    time: Duration,
    gate: Option<Gate>,
    answer: Answer,
}

fn after(time: Duration, answer: Answer) -> Act {
    Act { time, gate: None, answer }
}

fn at_gate(gate: &Gate, answer: Answer) -> Act {
    Act { time: Duration::ZERO, gate: Some(gate.clone()), answer }
}

fn links<'a>(all: impl IntoIterator<Item = &'a str>) -> Answer {
    Answer::Links(all.into_iter().map(str::to_owned).collect())
}

/// The pages with these numbers.
fn pages(numbers: impl IntoIterator<Item = usize>) -> Answer {
    Answer::Links(numbers.into_iter().map(page).collect())
}

fn page(number: usize) -> String {
    format!("/{number}")
}

fn number(link: &str) -> usize {
    link.trim_start_matches('/').parse().unwrap_or(0)
}

/// A payload that is no text.
#[derive(Debug)]
struct Odd;

#[derive(Debug, Clone, PartialEq)]
struct Attempt {
    link: String,
    /// Which attempt for this link it is, from 1.
    number: u32,
    called: Duration,
    ended: Option<Duration>,
}

type Plan = Box<dyn Fn(&str, u32) -> Act + Send + Sync>;

/// A network that is made up, and remembers every attempt.
struct Site {
    plan: Plan,
    log: Mutex<Vec<Attempt>>,
    meter: Meter,
}

impl Site {
    fn new(plan: impl Fn(&str, u32) -> Act + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { plan: Box::new(plan), log: Mutex::default(), meter: Meter::new() })
    }

    /// In the order in which they were called.
    fn attempts(&self) -> Vec<Attempt> {
        self.log.lock().unwrap().clone()
    }
}

impl Network for Site {
    fn fetch(&self, link: &str) -> Result<Vec<String>, Failure> {
        let _inside = self.meter.enter();
        let (place, number) = {
            let mut log = self.log.lock().unwrap();
            let before = log.iter().filter(|attempt| attempt.link == link).count() as u32;
            log.push(Attempt { link: link.to_owned(), number: before + 1, called: now(), ended: None });
            (log.len() - 1, before + 1)
        };
        let act = (self.plan)(link, number);
        if let Some(gate) = act.gate {
            gate.wait();
        }
        pause(act.time);
        self.log.lock().unwrap()[place].ended = Some(now());
        match act.answer {
            Answer::Links(links) => Ok(links),
            Answer::Transient(error) => Err(Failure::Transient(error)),
            Answer::Permanent(error) => Err(Failure::Permanent(error)),
            Answer::Panic(0) => panic!("no page"),
            Answer::Panic(1) => panic!("{link} failed (the check makes it panic)"),
            Answer::Panic(_) => panic_any(Odd),
        }
    }
}

/// Compiled once, whatever `progress` is.
fn call(site: &Arc<Site>, limits: &Limits, stop: &Stop, progress: &mut dyn FnMut(Progress)) -> Report {
    let network: Arc<dyn Network> = Arc::<Site>::clone(site);
    check_links(network, "/0", limits, stop, progress)
}

/// Without a stop, and without a look at the progress.
fn check_site(site: &Arc<Site>, limits: &Limits) -> Report {
    call(site, limits, &Stop::new(), &mut |_| ())
}

/// A call on a thread of its own.
struct Call {
    thread: thread::JoinHandle<Report>,
    returned: Meter,
    stop: Arc<Stop>,
}

impl Call {
    fn begin(site: &Arc<Site>, limits: Limits) -> Self {
        Self::with_stop(site, limits, Arc::new(Stop::new()))
    }

    fn with_stop(site: &Arc<Site>, limits: Limits, stop: Arc<Stop>) -> Self {
        let (site, returned, stops) = (Arc::clone(site), Meter::new(), Arc::clone(&stop));
        let counted = returned.clone();
        let thread = thread::spawn(move || {
            let report = call(&site, &limits, &stops, &mut |_| ());
            drop(counted.enter());
            report
        });
        Self { thread, returned, stop }
    }

    /// Time does not move between what happened and this look.
    fn has_returned(&self, what: &str) {
        settle();
        expect(self.returned.entered() > 0, Kind::TooLate, || {
            format!("{what}, and `check_links` has not returned")
        });
    }

    fn has_not_returned(&self, what: &str) {
        settle();
        expect(self.returned.entered() == 0, Kind::TooEarly, || {
            format!("{what}, and `check_links` has returned")
        });
    }

    fn report(self) -> Report {
        match self.thread.join() {
            Ok(report) => report,
            Err(what) => fail(Kind::Panicked, format!("`check_links` panicked: {}", payload(&*what))),
        }
    }
}

fn payload(payload: &(dyn Any + Send)) -> String {
    panic_message(payload).map_or_else(|| "no text".to_owned(), |text| format!("{text:?}"))
}

/// A report in words that are short enough to be compared by a person.
fn told(report: &Report) -> String {
    let Report { good, broken, unchecked } = report;
    let broken = broken.iter().map(|(link, Broken { fault, found_on })| {
        let on: Vec<_> = found_on.iter().cloned().collect();
        format!("{link} {fault:?} on [{}]", on.join(" "))
    });
    let list = |links: &BTreeSet<String>| links.iter().cloned().collect::<Vec<_>>().join(" ");
    format!(
        "good: {}; broken: {}; unchecked: {}",
        list(good),
        broken.collect::<Vec<_>>().join(", "),
        list(unchecked)
    )
}

fn set(numbers: impl IntoIterator<Item = usize>) -> BTreeSet<String> {
    numbers.into_iter().map(page).collect()
}

/// A site of which everything is known: each number is a page. What it does in its attempts is its remainder by 9, and how
/// long that takes is the rest.
#[derive(Debug, Clone)]
struct Known(Vec<u64>);

impl Known {
    const TIMEOUT: Duration = Duration::from_secs(10);

    fn fate(&self, page: usize) -> u64 {
        // The start is good, or there would be nothing to check.
        if page == 0 { 0 } else { self.0[page] % 9 }
    }

    /// Two pages that no other page has, and one that many have.
    fn on(&self, page: usize) -> BTreeSet<usize> {
        let shared = (page * page + self.0[page] as usize) % self.0.len();
        [2 * page + 1, 2 * page + 2, shared].into_iter().filter(|it| *it < self.0.len()).collect()
    }

    fn act(&self, page: usize, attempt: u32) -> Act {
        let time = SECOND * [0, 1, 3, 7][(self.0[page] / 9 % 4) as usize];
        let busy = Answer::Transient(format!("busy {attempt}"));
        let late = after(3 * Self::TIMEOUT, Answer::Links(vec!["/late".to_owned()]));
        match (self.fate(page), attempt) {
            (3, 1) | (4, 1 | 2) => after(time, busy),
            (5, _) => after(time, Answer::Permanent("gone".to_owned())),
            (6, _) => after(time, Answer::Panic(page % 3)),
            (7, _) | (8, 1) => late,
            _ => after(time, pages(self.on(page))),
        }
    }

    /// The fault that the last of so many attempts has.
    fn fault(&self, page: usize, attempts: u32) -> Option<Fault> {
        match (self.fate(page), attempts) {
            (3, 1) | (4, 1 | 2) => Some(Fault::Failed(format!("busy {attempts}"))),
            (5, _) => Some(Fault::Failed("gone".to_owned())),
            (6, _) => Some(Fault::Panicked),
            (7, _) | (8, 1) => Some(Fault::TimedOut),
            _ => None,
        }
    }

    /// How many of at most so many attempts are made.
    fn attempts(&self, page: usize, attempts: u32) -> u32 {
        match self.fate(page) {
            3 | 8 => attempts.min(2),
            4 => attempts.min(3),
            7 => attempts,
            _ => 1,
        }
    }

    /// What `check_links` has to find, and how many attempts for each page that takes.
    fn expected(&self, attempts: u32) -> (Report, BTreeMap<String, u32>) {
        let (mut report, mut calls) = (Report::default(), BTreeMap::new());
        let mut waiting = vec![0];
        let mut on: BTreeMap<usize, BTreeSet<String>> = BTreeMap::from([(0, BTreeSet::new())]);
        while let Some(next) = waiting.pop() {
            calls.insert(page(next), self.attempts(next, attempts));
            if self.fault(next, attempts).is_some() {
                continue;
            }
            report.good.insert(page(next));
            for link in self.on(next) {
                if !on.contains_key(&link) {
                    waiting.push(link);
                }
                on.entry(link).or_default().insert(page(next));
            }
        }
        for (link, found_on) in on {
            if let Some(fault) = self.fault(link, attempts) {
                report.broken.insert(page(link), Broken { fault, found_on });
            }
        }
        (report, calls)
    }

    fn site(&self) -> Arc<Site> {
        let known = self.clone();
        Site::new(move |link, attempt| known.act(number(link), attempt))
    }

    /// When an attempt failed or was given up, at the latest.
    fn end(attempt: &Attempt) -> Duration {
        let late = attempt.called + Self::TIMEOUT;
        attempt.ended.map_or(late, |ended| ended.min(late))
    }

    fn limits(at_once: usize, pace: usize) -> Limits {
        // No page takes exactly one of these times.
        let gap = [Duration::ZERO, Duration::from_millis(1_300), Duration::from_millis(600)][pace % 3];
        let attempts = [3, 1, 2][pace / 3 % 3];
        Limits { at_once, gap, timeout: Self::TIMEOUT, attempts, wait: Duration::from_millis(4_100) }
    }
}

fn known(numbers: Vec<u64>) -> Known {
    Known(if numbers.is_empty() { vec![0] } else { numbers })
}

fn the_report_is_that_of_the_site(check: &Check) {
    check.small("a site of 3 pages, 2 at once", (vec![0u64, 0, 5], 2usize, 0usize));
    check.forall(input::numbers_and_two(0..36, 1..=9, 1..=4, 0..=8), |(numbers, at_once, pace)| {
        let (known, limits) = (known(numbers), Known::limits(at_once, pace));
        let site = known.site();
        let report = check_site(&site, &limits);
        let (wanted, calls) = known.expected(limits.attempts);
        expect_eq("the report", told(&report), told(&wanted));
        let mut counted = BTreeMap::new();
        for attempt in site.attempts() {
            *counted.entry(attempt.link).or_default() += 1;
        }
        expect_eq("how many attempts there were for each link", counted, calls);
    });
}

/// Each page has links to the start, to itself and to the next three, and each of them twice. So pages that are fetched at the
/// same time find the same link.
fn a_link_on_many_pages_is_checked_once(check: &Check) {
    check.small("5 pages with links to the next three, 2 at once", (5usize, 2usize));
    check.forall(input::pair(1..=9, 1..=5), |(count, at_once)| {
        let site = Site::new(move |link, _| {
            let own = number(link);
            let on = (own..own + 4).filter(|it| *it < count).chain([0]);
            after(SECOND, pages(on.clone().chain(on)))
        });
        let report = check_site(&site, &limits(at_once));
        let calls: Vec<_> = site.attempts().into_iter().map(|it| it.link).collect();
        let wanted: Vec<_> = (0..count).map(page).collect();
        expect_in_any_order("the links that were fetched", &calls, &wanted);
        let wanted = Report { good: set(0..count), ..Report::default() };
        expect_eq("the report", told(&report), told(&wanted));
    });
}

/// Links that a program may take for the same one, or for none.
const ALIKE: [&str; 22] = [
    "/1",
    "",
    "/1#top",
    "/1#",
    "/1?",
    "/1?a=1&b=2",
    "/1?b=2&a=1",
    "/1/",
    "//1",
    "/./1",
    "/0/../1",
    "1",
    " /1",
    "/1 ",
    "/%31",
    "/a",
    "/A",
    "/\u{e9}",
    "/e\u{301}",
    "#",
    " ",
    "http://localhost/1",
];

fn links_are_compared_letter_by_letter(check: &Check) {
    check.small("a link to /1 and an empty one", (vec![0u64, 1], 1usize));
    check.forall(input::numbers_and(0..ALIKE.len() as u64, 1..=9, 1..=3), |(numbers, at_once)| {
        let all: Vec<&str> = numbers.iter().map(|it| ALIKE[*it as usize]).collect();
        let (start, distinct) = (all[0], all.iter().copied().collect::<BTreeSet<_>>());
        // Every second one of those beside the start is broken.
        let gone: BTreeSet<&str> = distinct.iter().copied().filter(|it| *it != start).step_by(2).collect();
        let (on, is_gone) = (all.clone(), gone.clone());
        let site = Site::new(move |link, _| {
            let there = || links(on.iter().copied());
            let gone = || Answer::Permanent("gone".to_owned());
            after(Duration::ZERO, if is_gone.contains(link) { gone() } else { there() })
        });
        let network: Arc<dyn Network> = Arc::<Site>::clone(&site);
        let report = check_links(network, start, &limits(at_once), &Stop::new(), |_| ());
        let good: BTreeSet<String> = distinct.difference(&gone).map(|it| (*it).to_owned()).collect();
        let broken = gone.iter().map(|it| {
            let fault = Fault::Failed("gone".to_owned());
            ((*it).to_owned(), Broken { fault, found_on: good.clone() })
        });
        let broken = broken.collect::<BTreeMap<_, _>>();
        expect_eq("the good links", report.good, good);
        expect_eq("the broken links", report.broken, broken);
        expect_eq("the unchecked links", report.unchecked, BTreeSet::new());
        let calls: Vec<_> = site.attempts().into_iter().map(|it| it.link).collect();
        let wanted: Vec<_> = distinct.into_iter().map(str::to_owned).collect();
        expect_in_any_order("the links that were fetched", &calls, &wanted);
    });
}

fn a_broken_start_is_all_there_is(check: &Check) {
    check.small("a start that is gone", 1usize);
    check.forall(input::number(0..=2), |what| {
        let answer = [pages([0]), Answer::Permanent("gone".to_owned()), Answer::Panic(2)][what].clone();
        let site = Site::new(move |_, _| after(Duration::ZERO, answer.clone()));
        let report = check_site(&site, &limits(2));
        let fault = [None, Some(Fault::Failed("gone".to_owned())), Some(Fault::Panicked)][what].clone();
        let mut wanted = Report::default();
        match fault {
            Some(fault) => {
                wanted.broken.insert(page(0), Broken { fault, found_on: BTreeSet::new() });
            }
            None => drop(wanted.good.insert(page(0))),
        }
        expect_eq("the report", told(&report), told(&wanted));
        expect_eq("how many attempts there were", site.attempts().len(), 1);
    });
}

fn two_calls_keep_apart(check: &Check) {
    check.small("2 calls for a page each", (0usize, 0usize));
    check.forall(input::pair(0..=3, 0..=3), |(one, other)| {
        let site = |more: usize| Site::new(move |_, _| after(SECOND, pages(0..=more)));
        let (first, second) = (site(one), site(other));
        let running = Call::begin(&first, limits(1));
        let wanted = |more| told(&Report { good: set(0..=more), ..Report::default() });
        expect_eq("the report of the second call", told(&check_site(&second, &limits(2))), wanted(other));
        expect_eq("the report of the first call", told(&running.report()), wanted(one));
    });
}

fn never_more_attempts_at_once_than_allowed(check: &Check) {
    check.small("3 links and 1 at once", (2usize, 1usize));
    check.forall(input::pair(0..=9, 1..=4), |(more, at_once)| {
        let inside = Meter::new();
        let site = Arc::new(Watched { inside: inside.clone(), at_once, more });
        let report = check_links(site, "/0", &limits(at_once), &Stop::new(), |_| ());
        let peak = inside.peak();
        expect(peak <= at_once, Kind::Oversubscribed, || {
            format!("{peak} attempts ran at once, and {at_once} are allowed")
        });
        expect_eq("how many links are good", report.good.len(), more + 1);
    });
}

/// Counts what runs, and fails as soon as it is too much.
struct Watched {
    inside: Meter,
    at_once: usize,
    more: usize,
}

impl Network for Watched {
    fn fetch(&self, link: &str) -> Result<Vec<String>, Failure> {
        let _inside = self.inside.enter();
        self.inside.at_most(self.at_once, "attempts");
        pause(SECOND * (number(link) as u32 % 3));
        Ok((1..=self.more).map(page).collect())
    }
}

/// The start has two links. One of them is slow, and the other one leads on.
fn links_of_different_pages_are_fetched_at_once(check: &Check) {
    check.small("a slow page beside a chain of 2", (2usize, 2usize));
    check.forall(input::pair(1..=5, 2..=4), |(chain, at_once)| {
        let gate = Gate::new();
        let held = gate.clone();
        let site = Site::new(move |link, _| match number(link) {
            0 => after(SECOND, pages([1, 2])),
            1 => at_gate(&held, pages([])),
            n if n <= chain => after(SECOND, pages([n + 1])),
            _ => after(SECOND, pages([])),
        });
        let running = Call::begin(&site, limits(at_once));
        pause(SECOND * 20);
        settle();
        let seen = site.attempts().len();
        expect(seen == chain.max(2) + 2 - usize::from(chain < 2), Kind::Sequential, || {
            format!("while one slow page is fetched, {seen} of {} pages were fetched", chain + 2)
        });
        running.has_not_returned("an attempt still runs");
        gate.open();
        running.has_returned("every link is checked");
        running.report();
    });
}

fn an_attempt_begins_as_soon_as_it_may(check: &Check) {
    check.forall(input::numbers_and_two(0..36, 1..=9, 1..=4, 0..=8), |(numbers, at_once, pace)| {
        let (known, limits) = (known(numbers), Known::limits(at_once, pace));
        let (site, began) = (known.site(), now());
        check_site(&site, &limits);
        let log = site.attempts();
        // When each attempt was due: its link was found, or the wait after the attempt before was over.
        let due = |attempt: &Attempt| {
            let before = log.iter().find(|it| it.link == attempt.link && it.number + 1 == attempt.number);
            if let Some(before) = before {
                return Known::end(before) + limits.wait * 2u32.pow(attempt.number - 2);
            }
            let has_it = |it: &&Attempt| {
                let from = number(&it.link);
                let is_last = known.attempts(from, limits.attempts) == it.number;
                is_last && known.fault(from, limits.attempts).is_none() && known.on(from).contains(&number(&attempt.link))
            };
            let found = log.iter().filter(has_it).filter_map(|it| it.ended).min();
            if number(&attempt.link) == 0 { began } else { found.unwrap_or(attempt.called) }
        };
        let dues: Vec<Duration> = log.iter().map(due).collect();
        for (place, attempt) in log.iter().enumerate() {
            let link_is_due = *dues[place..].iter().min().unwrap();
            let mut ends: Vec<Duration> = log[..place].iter().map(Known::end).collect();
            ends.sort_unstable();
            let place_is_free = if place < at_once { began } else { ends[place - at_once] };
            let gap_is_over = log[..place].last().map_or(began, |last| last.called + limits.gap);
            let may = link_is_due.max(place_is_free).max(gap_is_over);
            let what = format!("attempt {} for {} began", attempt.number, attempt.link);
            expect_in_time(&what, attempt.called, Duration::ZERO..=may + TURNS, || {
                format!(
                    "{what} at {:?}. A link was due at {:?}, fewer than {at_once} attempts ran at {:?}, and the gap was over at \
                     {:?}: so an attempt should begin at {:?}",
                    ms(attempt.called),
                    ms(link_is_due),
                    ms(place_is_free),
                    ms(gap_is_over),
                    ms(may)
                )
            });
        }
    });
}

fn threads_are_few_however_many_links_are_due(check: &Check) {
    check.forall(input::triple(1..=4, 20..=30, 0..=2), |(at_once, count, what)| {
        let gate = Gate::new();
        let held = gate.clone();
        let site = Site::new(move |link, attempt| match (number(link), what) {
            (0, _) => after(Duration::ZERO, pages(1..=count)),
            // Every link waits for a place, for its next attempt, or for the gap.
            (_, 0) => at_gate(&held, pages([])),
            (_, 1) if attempt == 1 => after(Duration::ZERO, Answer::Transient("busy".to_owned())),
            _ => after(Duration::ZERO, pages([])),
        });
        let gap = if what == 2 { HOUR } else { Duration::ZERO };
        let running = Call::begin(&site, Limits { gap, wait: HOUR, ..limits(at_once) });
        pause(SECOND);
        // One more is the thread that calls.
        let (threads, most) = (threads_alive().saturating_sub(1), 2 * at_once + 4);
        expect(threads <= most, Kind::Oversubscribed, || {
            format!("{count} links are due, and the call has {threads} threads, where {most} are allowed")
        });
        gate.open();
        expect_eq("how many links are good", running.report().good.len(), count + 1);
    });
}

fn panics(limits: Limits, what: &str) {
    let site = Site::new(|_, _| after(Duration::ZERO, pages([])));
    let outcome = catch(|| check_site(&site, &limits));
    expect(outcome.is_err(), Kind::WrongAnswer, || {
        format!("with {what} of 0, `check_links` should panic, and it returned")
    });
    expect_eq("how many attempts there were", site.attempts().len(), 0);
}

fn zero_at_once_is_a_panic(check: &Check) {
    check.small("nothing at once", ());
    check.schedules(|| panics(limits(0), "an `at_once`"));
}

fn zero_attempts_are_a_panic(check: &Check) {
    check.small("no attempts", ());
    check.schedules(|| panics(Limits { attempts: 0, ..limits(2) }, "a number of `attempts`"));
}

/// Each attempt begins at most 50 ms before its call. If all of them begin as early as they can, each is still in time.
fn keeps_gap(log: &[Attempt], gap: Duration) {
    let mut next = Duration::ZERO;
    for (place, attempt) in log.iter().enumerate() {
        let begins = attempt.called.saturating_sub(SOON).max(next);
        let what = format!("attempt {} for {} began", attempt.number, attempt.link);
        expect_in_time(&what, attempt.called, next..=Duration::MAX, || {
            let before = &log[place - 1];
            format!(
                "attempt {} for {} began at {:?}, and one for {} at {:?}. With a gap of {gap:?}, {:?} would be in time",
                attempt.number,
                attempt.link,
                ms(attempt.called),
                before.link,
                ms(before.called),
                ms(next)
            )
        });
        next = begins + gap;
    }
}

fn attempts_keep_the_gap(check: &Check) {
    check.small("3 links and 2 at once", (vec![0u64, 3, 0], 2usize, 0usize));
    check.forall(input::numbers_and_two(0..36, 1..=9, 1..=5, 0..=1), |(numbers, at_once, long)| {
        // In a long gap, an attempt ends in any way, and another one may not begin yet.
        let gap = [SECOND, Known::TIMEOUT + 3 * SECOND][long];
        // After a quiet time, links of several pages are due, and attempts of several kinds.
        for (known, gap) in [(known(numbers), gap), (Known(vec![27, 0, 0, 3, 3, 0, 9]), 2 * SECOND)] {
            let site = known.site();
            let limits = Limits { gap, timeout: Known::TIMEOUT, ..limits(at_once) };
            check_site(&site, &limits);
            keeps_gap(&site.attempts(), gap);
        }
    });
}

fn gaps_of_any_length_are_allowed(check: &Check) {
    check.small("a gap that never ends", (Duration::MAX, 1usize));
    check.forall(input::longest_and(1..=3), |(gap, at_once)| {
        let site = Site::new(|_, _| after(SECOND, pages([1, 2])));
        let running = Call::begin(&site, Limits { gap, ..limits(at_once) });
        pause(60 * SECOND);
        settle();
        let seen = site.attempts().len();
        expect(seen <= 1, Kind::TooEarly, || {
            format!("the gap is {gap:?}, and {seen} attempts began in a minute")
        });
        running.stop.stop();
        let wanted = Report { good: set([0]), unchecked: set([1, 2]), ..Report::default() };
        expect_eq("the report", told(&running.report()), told(&wanted));
    });
}

fn an_attempt_is_given_up_at_its_timeout(check: &Check) {
    check.small("1 attempt of a page that never answers", (1usize, 0usize));
    check.forall(input::pair(1..=3, 0..=2), |(attempts, beside)| {
        let gate = Gate::new();
        let held = gate.clone();
        // Beside the page that never answers there are some that do.
        let site = Site::new(move |link, _| match number(link) {
            0 => after(Duration::ZERO, pages(1..=1 + beside)),
            1 => at_gate(&held, pages([])),
            _ => after(SECOND, pages([])),
        });
        let timeout = 10 * SECOND;
        let limits = Limits { timeout, attempts: attempts as u32, wait: SECOND, ..limits(4) };
        let report = check_site(&site, &limits);
        let returned = now();
        let log: Vec<_> = site.attempts().into_iter().filter(|it| it.link == page(1)).collect();
        expect_eq("how many attempts there were", log.len(), attempts);
        let last = log.last().unwrap().called;
        let in_time = (last + timeout).saturating_sub(SOON)..=last + timeout + TURNS;
        expect_in_time("`check_links` returned", returned, in_time, || {
            format!(
                "an attempt began at {last:?} and was given up at {returned:?}: its timeout is {timeout:?}"
            )
        });
        let on = set([0]);
        let broken = BTreeMap::from([(page(1), Broken { fault: Fault::TimedOut, found_on: on })]);
        let good = std::iter::once(0).chain(2..=1 + beside);
        expect_eq(
            "the report",
            told(&report),
            told(&Report { good: set(good), broken, ..Report::default() }),
        );
        gate.open();
    });
}

/// The first attempt answers late: before, during or after the second one.
fn a_late_answer_has_no_effect(check: &Check) {
    check.small("an answer during the next attempt", (1usize, 0usize));
    check.forall(input::pair(0..=3, 0..=2), |(when, what)| {
        let late = SECOND * [11, 15, 30, 100][when];
        let answer = [pages([7]), Answer::Permanent("late".to_owned()), Answer::Panic(2)][what].clone();
        let site = Site::new(move |link, attempt| match (number(link), attempt) {
            (0, _) => after(Duration::ZERO, pages([1, 2])),
            (1, 1) => after(late, answer.clone()),
            (1, 2) => after(5 * SECOND, Answer::Transient("busy".to_owned())),
            (1, _) => after(SECOND, pages([8])),
            // Somebody else is fetched long enough for all that.
            (2, _) => after(9 * SECOND, pages([3])),
            (3..=6, _) => after(9 * SECOND, pages([number(link) + 1])),
            _ => after(SECOND, pages([])),
        });
        let limits = Limits { timeout: 10 * SECOND, wait: 2 * SECOND, ..limits(3) };
        let report = check_site(&site, &limits);
        let good = Report { good: set([0, 1, 2, 3, 4, 5, 6, 7, 8]), ..Report::default() };
        expect_eq("the report", told(&report), told(&good));
        let calls = |n: usize| site.attempts().iter().filter(|it| it.link == page(n)).count();
        expect_eq("how many attempts there were for the page that answered late", calls(1), 3);
        expect_eq("how many attempts there were for another page", calls(8), 1);
    });
}

fn an_answer_before_a_long_timeout_counts(check: &Check) {
    check.small("a timeout that never ends", 0usize);
    check.forall(input::number(0..=2), |which| {
        let timeout = [Duration::MAX, HOUR, Duration::from_hours(24 * 365 * 1_000)][which];
        let site = Site::new(|_, _| after(3 * SECOND, pages([0, 1])));
        let report = check_site(&site, &Limits { timeout, ..limits(2) });
        expect_eq("the report", told(&report), told(&Report { good: set([0, 1]), ..Report::default() }));
    });
}

fn each_wait_is_twice_the_one_before(check: &Check) {
    check.small("3 attempts", (3usize, 0usize));
    check.forall(input::pair(1..=7, 0..=2), |(attempts, hangs)| {
        let site = Site::new(move |_, attempt| match attempt as usize {
            // Timeouts in between are failures like others.
            n if n == hangs => after(HOUR, pages([])),
            n => after(SECOND, Answer::Transient(format!("busy {n}"))),
        });
        let limits = Limits { attempts: attempts as u32, timeout: 10 * SECOND, ..limits(1) };
        let report = check_site(&site, &limits);
        let fault =
            if attempts == hangs { Fault::TimedOut } else { Fault::Failed(format!("busy {attempts}")) };
        let broken = BTreeMap::from([(page(0), Broken { fault, found_on: BTreeSet::new() })]);
        expect_eq("the report", told(&report), told(&Report { broken, ..Report::default() }));
        let log = site.attempts();
        expect_eq("how many attempts there were", log.len(), attempts);
        for pair in log.windows(2) {
            let failed = Known::end(&pair[0]);
            let (waited, wanted) =
                (pair[1].called.saturating_sub(failed), limits.wait * 2u32.pow(pair[0].number - 1));
            let (what, due) = (format!("attempt {} began", pair[1].number), failed + wanted);
            // A timeout begins when the attempt does, which is up to 50 ms before its call.
            expect_in_time(&what, pair[1].called, due - SOON..=due + TURNS, || {
                format!(
                    "attempt {} began {:?} after attempt {} failed: the wait should be {wanted:?}",
                    pair[1].number,
                    ms(waited),
                    pair[0].number
                )
            });
        }
    });
}

fn what_succeeds_late_is_good(check: &Check) {
    check.small("the second of 2 attempts succeeds", (2usize, 2usize));
    check.forall(input::pair(1..=40, 0..=6), |(attempts, more)| {
        let site = Site::new(move |link, attempt| match attempt as usize {
            n if n < attempts && number(link) == 0 => {
                after(Duration::ZERO, Answer::Transient("busy".to_owned()))
            }
            _ => after(Duration::ZERO, pages([0, 1])),
        });
        // Forty waits, each twice as long as the one before, come to some minutes.
        let wait = Duration::from_nanos(1);
        let limits = Limits { attempts: (attempts + more) as u32, wait, ..limits(1) };
        let report = check_site(&site, &limits);
        expect_eq("the report", told(&report), told(&Report { good: set([0, 1]), ..Report::default() }));
        let log: Vec<_> = site.attempts().into_iter().filter(|it| it.link == page(0)).collect();
        expect_eq("how many attempts there were", log.len(), attempts);
        if let [.., before, last] = log.as_slice() {
            let (failed, wanted) = (Known::end(before), Duration::from_nanos(1 << (before.number - 1)));
            let what = format!("attempt {} began", last.number);
            expect_in_time(&what, last.called, failed + wanted..=Duration::MAX, || {
                let waited = last.called.saturating_sub(failed);
                format!("{what} {waited:?} after the one before: the wait should be {wanted:?}")
            });
        }
    });
}

/// Before that, attempts fail in any way.
fn what_ends_for_good_is_not_tried_again(check: &Check) {
    check.small("a failure before the end", (vec![0u64], 0usize, 1usize));
    check.forall(input::numbers_and_two(0..2, 0..=4, 0..=1, 0..=3), |(failures, end, more)| {
        let (before, end) = (failures.len(), [Answer::Permanent("gone".to_owned()), pages([])][end].clone());
        let (fails, is_gone) = (failures.clone(), matches!(end, Answer::Permanent(_)));
        let site = Site::new(move |link, attempt| match (number(link), fails.get(attempt as usize - 1)) {
            (0, _) => after(SECOND, pages([1])),
            (_, Some(0)) => after(SECOND, Answer::Transient("busy".to_owned())),
            (_, Some(_)) => after(HOUR, pages([2])),
            _ => after(SECOND, end.clone()),
        });
        let attempts = (before + 1 + more) as u32;
        let limits = Limits { attempts, timeout: 2 * SECOND, wait: SECOND / 2, ..limits(2) };
        let report = check_site(&site, &limits);
        let mut wanted = Report { good: set([0]), ..Report::default() };
        if is_gone {
            let fault = Fault::Failed("gone".to_owned());
            wanted.broken.insert(page(1), Broken { fault, found_on: set([0]) });
        } else {
            wanted.good.insert(page(1));
        }
        let calls = site.attempts().iter().filter(|it| it.link == page(1)).count();
        expect_eq("how many attempts there were for /1", calls, before + 1);
        expect_eq("the report", told(&report), told(&wanted));
    });
}

fn waits_of_any_length_are_allowed(check: &Check) {
    check.small("a wait that never ends", 0usize);
    check.forall(input::number(0..=3), |which| {
        let wait =
            [Duration::MAX, Duration::from_hours(24_000), Duration::from_secs(u64::MAX / 3), HOUR][which];
        let site = Site::new(|link, _| match number(link) {
            0 => after(SECOND, pages([1, 2])),
            1 => after(SECOND, Answer::Transient("busy".to_owned())),
            _ => after(SECOND, pages([])),
        });
        let attempts = if which == 3 { 100 } else { u32::MAX };
        let running = Call::begin(&site, Limits { wait, attempts, ..limits(2) });
        pause(Duration::from_hours(24 * 300));
        running.has_not_returned("a link waits for its next attempt");
        running.stop.stop();
        running.has_returned("no attempt runs, and there is a stop");
        let wanted = Report { good: set([0, 2]), unchecked: set([1]), ..Report::default() };
        expect_eq("the report", told(&running.report()), told(&wanted));
    });
}

fn a_panic_of_fetch_costs_its_link_and_nothing_else(check: &Check) {
    check.small("2 panics and 1 at once", (2usize, 1usize, 0usize));
    check.forall(input::triple(1..=6, 1..=3, 0..=2), |(panics, at_once, failures)| {
        let site = Site::new(move |link, attempt| match number(link) {
            0 => after(Duration::ZERO, pages(1..=panics + 3)),
            // The first one fails some times before it panics.
            1 if attempt as usize <= failures => after(SECOND, Answer::Transient("busy".to_owned())),
            n if n <= panics => after(SECOND, Answer::Panic(n % 3)),
            _ => after(SECOND, pages([1])),
        });
        let limits = Limits { attempts: 5, wait: Duration::from_millis(1), ..limits(at_once) };
        let report = check_site(&site, &limits);
        let good = set(std::iter::once(0).chain(panics + 1..=panics + 3));
        let others = set(panics + 1..=panics + 3);
        let broken = (1..=panics).map(|n| {
            let mut found_on = set([0]);
            if n == 1 {
                found_on.extend(others.clone());
            }
            (page(n), Broken { fault: Fault::Panicked, found_on })
        });
        let wanted = Report { good, broken: broken.collect(), ..Report::default() };
        expect_eq("the report", told(&report), told(&wanted));
        expect_eq("how many attempts there were", site.attempts().len(), panics + 4 + failures);
    });
}

/// It panics for the link with this number, while others run.
fn a_panic_of_progress_comes_out(check: &Check) {
    check.small("a panic at the first link", (0usize, 1usize));
    check.forall(input::pair(0..=3, 1..=3), |(turn, at_once)| {
        let gate = Gate::new();
        let held = gate.clone();
        let site = Site::new(move |link, _| match number(link) {
            0 => after(Duration::ZERO, pages([1, 2, 3, 4, 5, 6, 7, 8, 9])),
            n if n % 3 == 0 => at_gate(&held, pages([20])),
            _ => after(SECOND, pages([])),
        });
        // At most one place is held up for ever.
        let limits = Limits { timeout: 2 * SECOND, attempts: 1, ..limits(at_once) };
        let called = Arc::clone(&site);
        let thread = thread::spawn(move || {
            let mut calls = 0;
            let mut progress = |_: Progress| {
                calls += 1;
                if calls == turn + 1 {
                    panic_any(Odd);
                }
            };
            let outcome = catch(|| call(&called, &limits, &Stop::new(), &mut progress));
            (calls, outcome.err().map(|payload| payload.is::<Odd>()), now(), called.attempts().len())
        });
        let (calls, outcome, ended, attempts) = thread.join().unwrap();
        expect(outcome.is_some(), Kind::SwallowedPanic, || {
            "`progress` panicked, and `check_links` returned".to_owned()
        });
        expect(outcome == Some(true), Kind::SwallowedPanic, || {
            "`progress` panicked, and another payload came out of `check_links`".to_owned()
        });
        expect_eq("how often `progress` was called", calls, turn + 1);
        pause(HOUR);
        let late = site.attempts().iter().filter(|it| it.called > ended + SOON).count();
        expect_eq("how many attempts began after the panic", late, 0);
        let most = attempts.max(site.attempts().len());
        let (alive, held) = (threads_alive(), site.meter.inside());
        expect(alive <= held, Kind::LeakedThread, || {
            format!("of {most} attempts {held} have not ended, and {alive} threads are still alive")
        });
        gate.open();
        every_thread_has_finished();
    });
}

fn progress_counts_every_checked_link(check: &Check) {
    check.small("2 links and 2 at once", (1usize, 2usize));
    check.forall(input::pair(0..=7, 1..=4), |(more, at_once)| {
        let site = Site::new(move |link, _| match number(link) {
            0 => after(Duration::ZERO, pages(0..=more)),
            n if n % 3 == 2 => after(SECOND, Answer::Permanent("gone".to_owned())),
            n if n % 3 == 1 => after(SECOND, pages([n + 10])),
            n => after(SECOND * (n as u32 % 2), pages([])),
        });
        let (caller, mut told) = (thread::current().id(), Vec::new());
        let mut progress = |it: Progress| {
            expect(thread::current().id() == caller, Kind::WrongAnswer, || {
                "`progress` was called on another thread than `check_links`".to_owned()
            });
            told.push((it.checked, it.found));
        };
        let report = call(&site, &limits(at_once), &Stop::new(), &mut progress);
        let found = report.good.len() + report.broken.len();
        let checked: Vec<usize> = told.iter().map(|it| it.0).collect();
        expect_eq("`checked` in each call of `progress`", checked, (1..=found).collect());
        expect_eq("the last `found`", told.last().map(|it| it.1), Some(found));
        let in_order = told.is_sorted_by_key(|it| it.1) && told.iter().all(|it| it.0 <= it.1);
        expect(in_order, Kind::WrongAnswer, || {
            format!("`checked` and `found` in the calls of `progress`: {told:?}")
        });
        expect(told[0].1 > more, Kind::WrongAnswer, || {
            format!("the start has been checked with {more} links on it, and `found` is {}", told[0].1)
        });
    });
}

fn progress_comes_while_others_run(check: &Check) {
    check.forall(input::pair(1..=4, 2..=3), |(quick, at_once)| {
        let gate = Gate::new();
        let held = gate.clone();
        let site = Site::new(move |link, _| match number(link) {
            0 => after(SECOND, pages(1..=quick + 1)),
            1 => at_gate(&held, pages([])),
            _ => after(SECOND, pages([])),
        });
        let called = Arc::clone(&site);
        let seen = Meter::new();
        let counted = seen.clone();
        let thread = thread::spawn(move || {
            call(&called, &limits(at_once), &Stop::new(), &mut |_| drop(counted.enter()));
        });
        pause(SECOND * 10);
        settle();
        let told = seen.entered();
        expect(told == quick + 1, Kind::TooLate, || {
            format!(
                "{} links are checked while another one is fetched, and `progress` was told about {told} of them",
                quick + 1
            )
        });
        gate.open();
        thread.join().unwrap();
    });
}

fn progress_may_stop_a_site_without_end(check: &Check) {
    check.small("a stop at the first link", (1usize, 1usize));
    check.forall(input::pair(1..=12, 1..=4), |(enough, at_once)| {
        let site = Site::new(|link, _| after(SECOND, pages([2 * number(link) + 1, 2 * number(link) + 2])));
        let (stop, mut last) = (Stop::new(), Progress { checked: 0, found: 0 });
        let mut progress = |it: Progress| {
            last = it;
            if it.checked == enough {
                stop.stop();
            }
        };
        let report = call(&site, &limits(at_once), &stop, &mut progress);
        expect_eq("whether it is stopped", stop.is_stopped(), true);
        let (good, left) = (report.good.len(), report.unchecked.len());
        expect(good >= enough && good < enough + 2 * at_once, Kind::WrongAnswer, || {
            format!("`stop` was called at link {enough}, {at_once} attempts may run at once, and {good} links were checked")
        });
        expect_eq(
            "`found` and `checked` in the last call of `progress`, against the report",
            (last.found, last.checked),
            (good + left, good),
        );
        expect_eq("how many attempts there were", site.attempts().len(), good);
    });
}

/// Every link waits for something: its next attempt, the gap, or both.
fn a_stop_ends_every_wait(check: &Check) {
    check.small("a link that waits for the gap", (0usize, 1usize));
    check.forall(input::pair(0..=2, 1..=3), |(what, at_once)| {
        let site = Site::new(move |link, _| match number(link) {
            0 => after(SECOND, pages([1, 2, 3])),
            _ => after(SECOND, Answer::Transient("busy".to_owned())),
        });
        let limits = match what {
            0 => Limits { gap: HOUR, ..limits(at_once) },
            1 => Limits { wait: HOUR, ..limits(at_once) },
            _ => Limits { gap: HOUR, wait: 5 * HOUR, ..limits(at_once) },
        };
        let running = Call::begin(&site, limits);
        pause(Duration::from_mins(150));
        running.has_not_returned("links are still unchecked");
        expect_eq("whether it is stopped before the stop", running.stop.is_stopped(), false);
        running.stop.stop();
        running.has_returned("no attempt runs, and there is a stop");
        every_thread_has_finished();
        let (report, calls) = (running.report(), site.attempts().len());
        let wanted = Report { good: set([0]), unchecked: set([1, 2, 3]), ..Report::default() };
        expect_eq("the report", told(&report), told(&wanted));
        pause(24 * HOUR);
        expect_eq("how many attempts there were a day later", site.attempts().len(), calls);
    });
}

/// Each of the attempts that run ends in another way.
fn a_stop_waits_for_what_runs(check: &Check) {
    check.small("1 attempt runs", (vec![0u64], 0usize));
    check.forall(input::numbers_and(0..4, 1..=4, 0..=1), |(ends, last)| {
        let gate = Gate::new();
        let (held, acts) = (gate.clone(), ends.clone());
        let count = ends.len();
        let site = Site::new(move |link, _| match number(link) {
            0 => after(SECOND, pages(1..=count + 2)),
            n if n > count => after(SECOND, pages([])),
            n => at_gate(
                &held,
                match acts[n - 1] {
                    0 => pages([n + 20]),
                    1 => Answer::Transient("busy".to_owned()),
                    2 => Answer::Permanent("gone".to_owned()),
                    _ => Answer::Panic(2),
                },
            ),
        });
        let attempts = if last == 1 { 1 } else { 3 };
        let running = Call::begin(&site, Limits { attempts, ..limits(count) });
        pause(20 * SECOND);
        // Links are begun in any order, so not all of those that run are held.
        let held: BTreeSet<usize> =
            site.attempts().iter().filter(|it| it.ended.is_none()).map(|it| number(&it.link)).collect();
        let done: BTreeSet<usize> =
            site.attempts().iter().filter(|it| it.ended.is_some()).map(|it| number(&it.link)).collect();
        running.stop.stop();
        pause(SECOND);
        running.has_not_returned("attempts still run");
        let began = site.attempts().len();
        gate.open();
        running.has_returned("the last attempt has ended, and there is a stop");
        every_thread_has_finished();
        let mut wanted = Report { good: done.iter().copied().map(page).collect(), ..Report::default() };
        wanted.unchecked = set((1..=count + 2).filter(|n| !held.contains(n) && !done.contains(n)));
        for n in held {
            let broken = |fault| Broken { fault, found_on: set([0]) };
            match ends[n - 1] {
                0 => {
                    wanted.good.insert(page(n));
                    wanted.unchecked.insert(page(n + 20));
                }
                1 if last == 0 => drop(wanted.unchecked.insert(page(n))),
                1 => drop(wanted.broken.insert(page(n), broken(Fault::Failed("busy".to_owned())))),
                2 => drop(wanted.broken.insert(page(n), broken(Fault::Failed("gone".to_owned())))),
                _ => drop(wanted.broken.insert(page(n), broken(Fault::Panicked))),
            }
        }
        expect_eq("the report", told(&running.report()), told(&wanted));
        expect_eq("how many attempts there were", site.attempts().len(), began);
    });
}

fn a_stop_does_not_wait_beyond_the_timeout(check: &Check) {
    check.small("1 attempt that never ends", (1usize, 1usize));
    check.forall(input::pair(1..=3, 1..=2), |(hanging, attempts)| {
        let gate = Gate::new();
        let held = gate.clone();
        let site = Site::new(move |link, _| match number(link) {
            0 => after(Duration::ZERO, pages(1..=hanging)),
            _ => at_gate(&held, pages([9])),
        });
        let timeout = 60 * SECOND;
        let running = Call::begin(&site, Limits { timeout, attempts: attempts as u32, ..limits(3) });
        pause(20 * SECOND);
        let stopped = now();
        running.stop.stop();
        pause(38 * SECOND);
        running.has_not_returned("attempts run, and are not given up yet");
        pause(3 * SECOND);
        running.has_returned(&format!("every attempt should have been given up, a stop came at {stopped:?}"));
        let report = running.report();
        let mut wanted = Report { good: set([0]), ..Report::default() };
        for n in 1..=hanging {
            if attempts == 1 {
                wanted.broken.insert(page(n), Broken { fault: Fault::TimedOut, found_on: set([0]) });
            } else {
                wanted.unchecked.insert(page(n));
            }
        }
        expect_eq("the report", told(&report), told(&wanted));
        gate.open();
        every_thread_has_finished();
    });
}

fn a_stop_before_the_call_fetches_nothing(check: &Check) {
    check.small("a stop before the call", 1usize);
    check.forall(input::number(1..=3), |at_once| {
        let (site, stop) = (Site::new(|_, _| after(SECOND, pages([1]))), Stop::new());
        expect_eq("whether a new stop is stopped", stop.is_stopped(), false);
        stop.stop();
        stop.stop();
        expect_eq("whether it is stopped", stop.is_stopped(), true);
        let mut calls = 0;
        let report = call(&site, &limits(at_once), &stop, &mut |_| calls += 1);
        let wanted = Report { unchecked: set([0]), ..Report::default() };
        expect_eq("the report", told(&report), told(&wanted));
        expect_eq("how many attempts there were", site.attempts().len(), 0);
        expect_eq("how often `progress` was called", calls, 0);
        every_thread_has_finished();
    });
}

/// Calls share a stop, one after the other and at once. Another call has a stop of its own.
fn a_stop_is_shared_and_stays(check: &Check) {
    check.forall(input::pair(1..=3, 1..=3), |(sharing, at_once)| {
        let site = || Site::new(|_, _| after(SECOND, pages([0, 1, 2])));
        let limits = Limits { gap: HOUR, ..limits(at_once) };
        let stop = Arc::new(Stop::new());
        // These have ended before the stop comes: one before all others begin, one while they run, and one that begins
        // after them.
        let quick = || Call::with_stop(&site(), self::limits(at_once), Arc::clone(&stop));
        let ends = |quick: Call| {
            let wanted = Report { good: set([0, 1, 2]), ..Report::default() };
            expect_eq("a report before the stop", told(&quick.report()), told(&wanted));
        };
        ends(quick());
        let early = quick();
        pause(SECOND / 2);
        let calls: Vec<_> =
            (0..sharing).map(|_| Call::with_stop(&site(), limits, Arc::clone(&stop))).collect();
        let other = Call::begin(&site(), limits);
        pause(SECOND / 2);
        let late = quick();
        ends(early);
        ends(late);
        pause(Duration::from_mins(30));
        stop.stop();
        for call in calls {
            call.has_returned("no attempt runs, and there is a stop");
            let wanted = Report { good: set([0]), unchecked: set([1, 2]), ..Report::default() };
            expect_eq("the report of a call that was stopped", told(&call.report()), told(&wanted));
        }
        other.has_not_returned("its stop was not called");
        expect_eq("whether the other stop is stopped", other.stop.is_stopped(), false);
        expect_eq(
            "the report of the other call",
            told(&other.report()),
            told(&Report { good: set([0, 1, 2]), ..Report::default() }),
        );
        every_thread_has_finished();
    });
}

fn only_late_attempts_are_left(check: &Check) {
    check.small("1 attempt that never ends", (1usize, 1usize));
    check.forall(input::pair(0..=3, 1..=3), |(hanging, attempts)| {
        let gate = Gate::new();
        let held = gate.clone();
        let site = Site::new(move |link, _| match number(link) {
            0 => after(Duration::ZERO, pages(1..=hanging + 2)),
            n if n <= hanging => at_gate(&held, pages([9])),
            _ => after(SECOND, pages([])),
        });
        let limits = Limits { timeout: 10 * SECOND, attempts: attempts as u32, wait: SECOND, ..limits(2) };
        check_site(&site, &limits);
        let (alive, late) = (threads_alive(), hanging * attempts);
        expect(alive <= late, Kind::LeakedThread, || {
            format!("`check_links` has returned. {late} attempts have not ended, and {alive} threads are still alive")
        });
        gate.open();
        every_thread_has_finished();
        expect_eq("how many attempts there were", site.attempts().len(), late + 3);
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::pair(0..=3, 1..=3), |(what, at_once)| {
        let gate = Gate::new();
        let held = gate.clone();
        let site = Site::new(move |link, attempt| match (number(link), what) {
            (0, _) => after(SECOND, pages([1, 2, 3, 4])),
            (_, 0) => at_gate(&held, pages([])),
            (_, 1) if attempt == 1 => after(SECOND, Answer::Transient("busy".to_owned())),
            _ => after(SECOND, pages([])),
        });
        let gap = if what == 2 { HOUR } else { Duration::ZERO };
        let running = Call::begin(&site, Limits { gap, wait: HOUR, timeout: 24 * HOUR, ..limits(at_once) });
        // Whatever waits now has nothing to do for long.
        for wait in [SECOND / 2, 2 * SECOND, 20 * SECOND] {
            pause(wait);
            settle();
        }
        if what == 3 {
            running.stop.stop();
        }
        settle();
        gate.open();
        running.report();
    });
}

/// The pages of `main`.
fn documented(link: &str, attempt: u32) -> Act {
    let (time, status, on): (u64, u16, &[&str]) = match link {
        "/" => (20, 200, &["/docs", "/blog", "/shop", "/shop/cart"]),
        "/docs" => {
            (60, 200, &["/docs/1", "/docs/2", "/docs/3", "/docs/4", "/docs/5", "/docs/6", "/docs/7", "/"])
        }
        "/docs/3" if attempt == 1 => (20, 503, &[]),
        "/docs/7" => (40, 200, &["/docs/8", "/docs/1"]),
        "/docs/8" => (20, 200, &["/shop/cart", "/blog"]),
        "/blog" => (40, 200, &["/blog/old", "/blog/new", "/docs/2"]),
        "/blog/old" => (20, 404, &[]),
        "/shop" => (40, 200, &["/shop/cart", "/shop/slow", "/shop/list"]),
        "/shop/cart" => (20, 503, &[]),
        "/shop/slow" => (5_000, 200, &["/never/seen"]),
        "/shop/list" => (40, 200, &["/shop/1", "/shop/2"]),
        _ => (20, 200, &["/"]),
    };
    let answer = match status {
        200 => links(on.iter().copied()),
        503 => Answer::Transient("503".to_owned()),
        _ => Answer::Permanent("404".to_owned()),
    };
    after(Duration::from_millis(time), answer)
}

fn the_documented_run(check: &Check) {
    check.snapshot("documented_run", || {
        let site = Site::new(documented);
        let ms = Duration::from_millis;
        let limits = Limits { at_once: 4, gap: ms(20), timeout: ms(300), attempts: 3, wait: ms(50) };
        let network: Arc<dyn Network> = Arc::<Site>::clone(&site);
        let report = check_links(network, "/", &limits, &Stop::new(), |_| ());
        let (good, broken, unchecked) = (report.good.len(), report.broken.len(), report.unchecked.len());
        let mut lines = vec![format!(
            "{} links: {good} good, {broken} broken, {unchecked} unchecked",
            good + broken + unchecked
        )];
        for (link, Broken { fault, found_on }) in report.broken {
            let fault = match fault {
                Fault::Failed(status) => status,
                Fault::TimedOut => "no answer".to_owned(),
                Fault::Panicked => "a panic".to_owned(),
            };
            lines.push(format!("{link}: {fault}, on {}", Vec::from_iter(found_on).join(", ")));
        }
        // The server of `main` allows eight requests more than one in each gap.
        let log = site.attempts();
        let (mut full, mut too_early) = (Duration::ZERO, 0);
        for attempt in &log {
            full = full.max(attempt.called) + limits.gap;
            too_early += usize::from(full > attempt.called + 8 * limits.gap);
        }
        lines.push(format!("{} requests, {too_early} of them too early", log.len()));
        lines.join("\n")
    });
}
