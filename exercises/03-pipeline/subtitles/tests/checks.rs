//! The contract of README.md, a check or more for each clause.

use std::any::Any;
use std::panic::panic_any;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use harness::{Check, Drops, Gate, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq};
use harness::{expect_in_any_order, expect_in_time, fail, input, now, pause, settle};
use subtitles::subtitle;

// On real threads two lines change places once in very many runs, and a panic that nobody passes on is a hang.
checks! {
    1 => each_cue_is_translated_and_shown_once;
    1 => any_number_of_cues_and_translators;
    1 => a_call_waits_for_no_other_call;
    2 => lines_are_shown_in_the_order_of_the_cues simulated;
    2 => a_line_is_shown_when_its_turn_has_come simulated;
    3 => a_free_translator_takes_the_next_cue simulated;
    3 => never_more_cues_in_translation_than_translators;
    3 => no_translators_is_a_panic;
    4 => no_more_cues_wait_than_there_is_room_for simulated;
    4 => no_room_is_a_panic;
    5 => a_panic_of_translate_goes_on simulated;
    5 => a_panic_of_the_cues_goes_on simulated;
    5 => a_panic_of_show_goes_on;
    5 => a_panic_ends_a_film_without_end simulated;
    6 => nothing_is_left_after_the_film simulated;
    6 => nothing_is_left_after_a_panic simulated;
    7 => waiting_for_cues_is_no_spin simulated;
    7 => waiting_for_the_screen_is_no_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
/// By then, all that has to happen within 50 ms has happened.
const AT_REST: Duration = Duration::from_millis(200);
const LONG_TICK: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_millis(50);

/// Where something panics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Cues,
    Translate,
    Show,
}

/// What a panic is made with that has no text.
#[derive(Debug, PartialEq, Eq)]
struct Torn(Place);

/// A cue, and then its line: neither `Clone` nor `Copy`, and counted as it is dropped.
struct Cue {
    number: usize,
    _token: Box<dyn Any + Send>,
}

/// How many ticks each cue takes in `cues`, in `translate` and in `show`, and where it panics.
#[derive(Debug, Clone, Copy, Default)]
struct Plan {
    ticks: [u32; 3],
    panics: Option<Place>,
}

/// What a check looks at when all is at rest.
#[derive(Debug, Clone, Copy)]
enum Watch {
    /// Whether a cue waits while one of so many translators is free.
    Idle { translators: usize },
    /// Whether more cues wait than there is room for, while so many translators are busy.
    Crowd { translators: usize, room: usize },
}

/// A film with everything that is to be seen of it.
#[derive(Default)]
struct Film {
    plans: Vec<Plan>,
    tick: Duration,
    /// Goes on for ever after the plans, with a cue in each tick.
    endless: bool,
    /// Cue 0 is held up here.
    gate: Option<(Place, Gate)>,
    /// What is looked at while a cue is in translation.
    watch: Option<Watch>,

    pulled: AtomicUsize,
    translate: Meter,
    show: Meter,
    translated: Mutex<Vec<usize>>,
    /// When each cue was translated.
    ready: Mutex<Vec<(usize, Duration)>>,
    shown: Mutex<Vec<usize>>,
    drops: Drops,
}

impl Film {
    fn new(plans: Vec<Plan>) -> Self {
        Self { plans, tick: TICK, ..Self::default() }
    }

    fn plan(&self, number: usize) -> Plan {
        let after = Plan { ticks: [1, 1, 0], panics: None };
        self.plans.get(number).copied().unwrap_or(after)
    }

    fn shown(&self) -> Vec<usize> {
        self.shown.lock().unwrap().clone()
    }

    fn spend(&self, number: usize, place: Place) {
        if let Some((at, gate)) = &self.gate
            && (*at, 0) == (place, number)
        {
            gate.wait();
        }
        let plan = self.plan(number);
        let time = self.tick * plan.ticks[place as usize];
        if !time.is_zero() {
            if let Some(watch) = self.watch.filter(|_| place == Place::Translate) {
                pause(AT_REST);
                self.look(watch);
                pause(time - AT_REST);
            } else {
                pause(time);
            }
        }
        if plan.panics == Some(place) {
            match number % 3 {
                0 => panic_any("the film is torn (the check makes it panic)"),
                1 => panic_any(format!("the film is torn at cue {number} (the check makes it panic)")),
                _ => panic_any(Torn(place)),
            }
        }
    }

    /// What [`Film::spend`] panics with.
    fn torn(number: usize, place: Place) -> String {
        match number % 3 {
            0 => "the &str \"the film is torn (the check makes it panic)\"".into(),
            1 => format!("the String \"the film is torn at cue {number} (the check makes it panic)\""),
            _ => format!("{:?}", Torn(place)),
        }
    }

    /// At a moment when all is at rest, and `show` takes no time.
    fn look(&self, watch: Watch) {
        let inside = self.translate.inside();
        let waiting = self.pulled.load(SeqCst) - self.translate.entered();
        match watch {
            Watch::Idle { translators } => {
                expect(waiting == 0 || inside >= translators, Kind::Sequential, || {
                    format!("translators busy: {inside} of {translators}; cues that waited: {waiting}")
                })
            }
            Watch::Crowd { translators, room } => {
                let crowd = inside >= translators && waiting > room + 1;
                expect(!crowd, Kind::Unbounded, || {
                    format!(
                        "translators busy: {inside}; cues that waited: {waiting}, where there is room for {room} and for one more that was pulled last"
                    )
                });
            }
        }
    }

    fn translate(&self, cue: Cue) -> Cue {
        let _inside = self.translate.enter();
        self.translated.lock().unwrap().push(cue.number);
        self.spend(cue.number, Place::Translate);
        self.ready.lock().unwrap().push((cue.number, now()));
        cue
    }

    fn show(&self, line: Cue) {
        let _inside = self.show.enter();
        self.spend(line.number, Place::Show);
        self.shown.lock().unwrap().push(line.number);
    }
}

struct Cues(Arc<Film>);

impl Iterator for Cues {
    type Item = Cue;

    fn next(&mut self) -> Option<Cue> {
        let (film, number) = (&self.0, self.0.pulled.load(SeqCst));
        if number >= film.plans.len() && !film.endless {
            return None;
        }
        film.spend(number, Place::Cues);
        film.pulled.fetch_add(1, SeqCst);
        Some(Cue { number, _token: Box::new(film.drops.token()) })
    }
}

/// One concrete call of the function under test, so that it is compiled once.
fn call(film: &Arc<Film>, translators: usize, room: usize) {
    let translator = Arc::clone(film);
    let cues = Cues(Arc::clone(film));
    subtitle(cues, translators, room, move |cue| translator.translate(cue), |line| film.show(line));
}

fn played(film: Film, translators: usize, room: usize) -> Arc<Film> {
    let film = Arc::new(film);
    call(&film, translators, room);
    film
}

/// A plan for each code; nothing panics, and `show` takes no time.
fn durations(codes: &[u64]) -> Vec<Plan> {
    let ticks = |code: &u64| [(code / 4 % 2) as u32, (code % 4) as u32, 0];
    codes.iter().map(|code| Plan { ticks: ticks(code), panics: None }).collect()
}

fn each_cue_is_translated_and_shown_once(check: &Check) {
    check.forall(input::numbers_and_two(0..8, 0..=6, 1..=4, 1..=3), |(codes, translators, room)| {
        let film = played(Film::new(durations(&codes)), translators, room);
        for (list, what) in [(&film.translated, "translated"), (&film.shown, "shown")] {
            let (list, all) = (list.lock().unwrap().clone(), (0..codes.len()).collect::<Vec<_>>());
            expect_in_any_order(&format!("the cues that were {what}"), &list, &all);
        }
    });
}

fn any_number_of_cues_and_translators(check: &Check) {
    check.forall(input::hundreds_and(0..=12, 1..=12, 1..=20), |(cues, translators, room)| {
        let film = played(Film::new(vec![Plan::default(); cues]), translators, room);
        expect_eq("how many lines were shown", film.shown().len(), cues);
    });
}

/// One film is held up at any place; another one is shown meanwhile.
fn a_call_waits_for_no_other_call(check: &Check) {
    check.forall(input::triple(1..=3, 0..=2, 1..=3), |(cues, place, translators)| {
        let place = [Place::Cues, Place::Translate, Place::Show][place];
        let gate = Gate::new();
        let mut held = Film::new(vec![Plan::default(); cues]);
        held.gate = Some((place, gate.clone()));
        let held = Arc::new(held);
        thread::scope(|scope| {
            scope.spawn(|| call(&held, translators, 1));
            let free = played(Film::new(vec![Plan::default(); 4]), translators, 1);
            expect_eq("how many lines of one of two films were shown", free.shown().len(), 4);
            gate.open();
        });
        expect_eq("how many lines of one of two films were shown", held.shown().len(), cues);
    });
}

fn lines_are_shown_in_the_order_of_the_cues(check: &Check) {
    check.forall(input::numbers_and_two(0..8, 0..=6, 1..=4, 1..=3), |(codes, translators, room)| {
        let film = played(Film::new(durations(&codes)), translators, room);
        expect_eq("the cues in the order in which they were shown", film.shown(), (0..codes.len()).collect());
    });
}

fn a_line_is_shown_when_its_turn_has_come(check: &Check) {
    check.forall(input::numbers_and_two(0..8, 1..=6, 1..=4, 1..=3), |(codes, translators, room)| {
        let film = Arc::new(Film::new(durations(&codes)));
        let (translator, cues) = (Arc::clone(&film), Cues(Arc::clone(&film)));
        let show = |line: Cue| {
            let ready = film.ready.lock().unwrap().clone();
            let turn = ready.iter().filter(|(number, _)| *number <= line.number).map(|(_, at)| *at).max();
            let (at, turn) = (now(), turn.unwrap_or_default());
            let shown = format!("line {} was shown", line.number);
            expect_in_time(&shown, at, Duration::ZERO..=turn + SOON, || {
                format!(
                    "line {} was shown at {at:?}; it and all lines before it were translated at {turn:?}",
                    line.number
                )
            });
        };
        subtitle(cues, translators, room, move |cue| translator.translate(cue), show);
    });
}

fn watched(codes: &[u64], watch: Watch, translators: usize, room: usize) {
    let mut film = Film::new(durations(codes));
    (film.tick, film.watch) = (LONG_TICK, Some(watch));
    let film = played(film, translators, room);
    expect_eq("how many lines were shown", film.shown().len(), codes.len());
}

fn a_free_translator_takes_the_next_cue(check: &Check) {
    check.forall(input::numbers_and_two(0..8, 1..=8, 1..=6, 1..=3), |(codes, translators, room)| {
        watched(&codes, Watch::Idle { translators }, translators, room);
    });
}

fn never_more_cues_in_translation_than_translators(check: &Check) {
    check.forall(input::numbers_and_two(0..8, 0..=8, 1..=4, 1..=3), |(codes, translators, room)| {
        let film = played(Film::new(durations(&codes)), translators, room);
        expect(film.translate.peak() <= translators, Kind::Oversubscribed, || {
            format!(
                "{} cues were in translation at once, with {translators} translators",
                film.translate.peak()
            )
        });
    });
}

/// Cues come without delay and the first translations take long.
fn no_more_cues_wait_than_there_is_room_for(check: &Check) {
    check.forall(input::triple(1..=12, 1..=3, 1..=4), |(cues, translators, room)| {
        watched(&vec![3; cues], Watch::Crowd { translators, room }, translators, room);
    });
}

/// Expects a panic that comes before any cue is pulled.
fn refuses(translators: usize, room: usize, what: &str) {
    let film = Arc::new(Film::new(vec![Plan::default(); 2]));
    let outcome = catch(|| call(&film, translators, room));
    expect(outcome.is_err(), Kind::WrongAnswer, || {
        format!("{what} should be a panic, and `subtitle` returned")
    });
    expect_eq("the cues pulled", film.pulled.load(SeqCst), 0);
}

fn no_translators_is_a_panic(check: &Check) {
    check.forall(input::number(0..=2), |room| refuses(0, room, "a call without translators"));
}

fn no_room_is_a_panic(check: &Check) {
    check.forall(input::number(1..=3), |translators| refuses(translators, 0, "a call without room"));
}

/// Plays a film in which these cues panic at this place, and expects one of their payloads.
fn goes_on(mut film: Film, place: Place, torn: &[usize], translators: usize, room: usize) {
    torn.iter().for_each(|number| film.plans[*number].panics = Some(place));
    let film = Arc::new(film);
    let Err(payload) = catch(|| call(&film, translators, room)) else {
        fail(Kind::SwallowedPanic, format!("cue {} panicked, and `subtitle` returned", torn[0]))
    };
    let payload = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => format!("the &str {text:?}"),
        (_, Some(text)) => format!("the String {text:?}"),
        _ => payload.downcast_ref::<Torn>().map_or("something else".into(), |torn| format!("{torn:?}")),
    };
    let wanted: Vec<String> = torn.iter().map(|number| Film::torn(*number, place)).collect();
    expect(wanted.contains(&payload), Kind::WrongAnswer, || {
        format!("`subtitle` panicked with {payload}; the panic was made with {}", wanted.join(" or "))
    });
    let shown = film.shown();
    expect(shown.iter().all(|number| number < &torn[0]) && shown.is_sorted(), Kind::WrongAnswer, || {
        format!("cue {} panicked, and the lines {shown:?} were shown", torn[0])
    });
}

/// One cue is torn, or it and all after it.
fn panics(check: &Check, place: Place) {
    check.forall(input::numbers_and_two(0..8, 1..=6, 1..=4, 0..=7), move |(codes, translators, code)| {
        let (first, several, room) = (code % codes.len(), code % 2 == 1, 1 + code % 3);
        let last = if several { codes.len() } else { first + 1 };
        let torn: Vec<usize> = (first..last).collect();
        goes_on(Film::new(durations(&codes)), place, &torn, translators, room);
    });
}

fn a_panic_of_translate_goes_on(check: &Check) {
    panics(check, Place::Translate);
}

fn a_panic_of_the_cues_goes_on(check: &Check) {
    panics(check, Place::Cues);
}

fn a_panic_of_show_goes_on(check: &Check) {
    panics(check, Place::Show);
}

fn a_panic_ends_a_film_without_end(check: &Check) {
    check.forall(input::numbers_and_two(0..8, 0..=3, 1..=4, 0..=5), |(codes, translators, code)| {
        let mut film = Film::new(durations(&codes));
        film.plans.push(Plan::default());
        film.endless = true;
        let place = [Place::Translate, Place::Show][code % 2];
        goes_on(film, place, &[codes.len()], translators, 1 + code / 2);
    });
}

fn leaves_nothing(film: Film, translators: usize, room: usize) {
    let film = Arc::new(film);
    drop(catch(|| call(&film, translators, room)));
    let inside = film.translate.inside();
    expect(inside == 0, Kind::LeakedThread, || {
        format!("the call of `subtitle` has ended; cues still in translation: {inside}")
    });
    every_thread_has_finished();
    expect_eq("the cues and lines that have not been dropped after the end", film.drops.alive(), 0);
}

fn nothing_is_left_after_the_film(check: &Check) {
    check.forall(input::numbers_and_two(0..8, 0..=6, 1..=3, 1..=3), |(codes, translators, room)| {
        leaves_nothing(Film::new(durations(&codes)), translators, room);
    });
}

fn nothing_is_left_after_a_panic(check: &Check) {
    check.forall(input::numbers_and_two(0..8, 1..=6, 1..=3, 0..=8), |(codes, translators, code)| {
        let mut film = Film::new(durations(&codes));
        film.plans[code / 3 % codes.len()].panics =
            Some([Place::Cues, Place::Translate, Place::Show][code % 3]);
        leaves_nothing(film, translators, 1 + code / 3);
    });
}

fn waiting_for_cues_is_no_spin(check: &Check) {
    check.forall(input::triple(1..=4, 1..=3, 1..=2), |(cues, translators, room)| {
        played(Film::new(vec![Plan { ticks: [3, 0, 0], panics: None }; cues]), translators, room);
    });
}

fn waiting_for_the_screen_is_no_spin(check: &Check) {
    check.forall(input::triple(1..=6, 1..=3, 1..=2), |(cues, translators, room)| {
        let show = |_| {
            pause(TICK);
            settle();
        };
        subtitle(0..cues, translators, room, |cue| cue, show);
    });
}
