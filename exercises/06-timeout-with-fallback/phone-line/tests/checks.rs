//! The contract of README.md, a check or more for each clause.
#![allow(dropping_copy_types)] // What a call returns is not looked at here, whatever it is.

use std::any::Any;
use std::panic::panic_any;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use harness::{
    Check, Drops, Gate, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq, expect_took,
};
use harness::{fail, input, now, panic_message, pause, settle};
use phone_line::Line;

checks! {
    1 => each_question_gets_its_own_answer;
    1 => after_a_late_question_each_gets_its_own_answer simulated;
    1 => after_a_late_answer_that_has_come_each_gets_its_own;
    1 => after_hundreds_of_late_questions_each_gets_its_own_answer simulated;
    1 => questions_are_answered_once_in_order_one_at_a_time;
    1 => two_lines_keep_apart;
    2 => an_answer_is_returned_at_once simulated;
    2 => a_question_is_given_up_at_the_limit simulated;
    2 => a_limit_may_have_any_length simulated;
    2 => behind_a_late_question_the_limit_is_the_limit simulated;
    2 => a_limit_of_zero_waits_for_nothing simulated;
    2 => the_longest_limit_is_a_limit;
    3 => all_answers_come_in_the_order_of_the_questions;
    3 => the_limit_is_for_all_questions simulated;
    3 => behind_a_late_question_the_limit_is_for_all simulated;
    3 => after_the_limit_no_question_is_asked;
    3 => a_question_is_asked_when_the_one_before_is_answered;
    3 => no_questions_are_answered_at_once simulated;
    4 => a_panic_comes_out_where_it_belongs;
    4 => a_late_panic_reaches_nobody;
    4 => a_panic_ends_ask_all;
    4 => a_panic_on_one_line_leaves_the_others_in_use simulated;
    5 => a_dropped_line_waits_for_nothing simulated;
    5 => everything_is_dropped_once;
    5 => nothing_is_left_behind;
    6 => waiting_threads_do_not_spin simulated;
}

const TICK: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_millis(50);
/// A limit that is never reached, on real threads neither.
const HOUR: Duration = Duration::from_hours(1);

/// A question that takes half a tick and so many whole ones. Neither it nor its answer is `Clone` or `Copy`.
#[derive(Debug, PartialEq)]
struct Question(u64);

#[derive(Debug, PartialEq)]
struct Answer(u64);

/// How long it takes to answer a question.
fn time(question: u64) -> Duration {
    TICK * (question % 10) as u32 + TICK / 2
}

/// Compiled once for each type of question and answer.
fn open<Q: Send + 'static, A: Send + 'static>(answer: impl FnMut(Q) -> A + Send + 'static) -> Line<Q, A> {
    let answer: Box<dyn FnMut(Q) -> A + Send> = Box::new(answer);
    Line::open(answer)
}

/// A line whose answers take their time.
fn slow_line() -> Line<Question, Answer> {
    open(|question: Question| {
        pause(time(question.0));
        Answer(question.0)
    })
}

/// What a call came to that must not panic.
fn calm<R>(call: impl FnOnce() -> R) -> R {
    match catch(call) {
        Ok(returned) => returned,
        Err(payload) => {
            let message = panic_message(&*payload).unwrap_or("something without a message").to_owned();
            fail(Kind::Panicked, format!("a call panicked with {message:?}, and no question of it did"))
        }
    }
}

fn ask<Q: Send + 'static, A: Send + 'static>(
    line: &mut Line<Q, A>,
    question: Q,
    limit: Duration,
) -> Option<A> {
    calm(|| line.ask(question, limit))
}

fn ask_all<Q, A>(line: &mut Line<Q, A>, questions: Vec<Q>, limit: Duration) -> Vec<Option<A>>
where
    Q: Send + 'static,
    A: Send + 'static,
{
    calm(|| line.ask_all(questions, limit))
}

/// Waits for what another thread will do. A program that never does it fails with what `what` says.
fn await_that(kind: Kind, what: &str, mut happened: impl FnMut() -> bool) {
    for _ in 0..2_000 {
        if happened() {
            return;
        }
        pause(TICK);
    }
    fail(kind, what);
}

fn each_question_gets_its_own_answer(check: &Check) {
    check.small("2 questions", vec![0u64, 1]);
    check.forall(input::numbers(0..4, 0..=6), |numbers| {
        let mut line = slow_line();
        for n in numbers {
            expect_eq("the answer", ask(&mut line, Question(n), HOUR), Some(Answer(n)));
        }
    });
}

/// The line is busy until some moment; a question gets its answer if that and its own time fit into its limit.
fn after_a_late_question_each_gets_its_own_answer(check: &Check) {
    check.small("a late question and one after it", (vec![2u64, 0], 1usize));
    check.forall(input::numbers_and(0..5, 1..=6, 1..=4), |(numbers, limit)| {
        let mut line = slow_line();
        for (i, n) in numbers.into_iter().enumerate() {
            let question = n + 10 * i as u64;
            let got = ask(&mut line, Question(question), TICK * limit as u32);
            expect(got.is_none() || got == Some(Answer(question)), Kind::WrongAnswer, || {
                format!("question {question} got {got:?}, which is the answer to another one")
            });
        }
        let last = ask(&mut line, Question(1_000), HOUR);
        expect_eq("the answer to a question with time enough", last, Some(Answer(1_000)));
    });
}

/// On real threads too: the late answers are there before the next question is asked.
fn after_a_late_answer_that_has_come_each_gets_its_own(check: &Check) {
    check.small("a late question and one after it", (1usize, 1usize));
    check.forall(input::pair(1..=3, 1..=3), |(late, more)| {
        let (gate, answered) = (Gate::new(), Meter::new());
        let (held, counted) = (gate.clone(), answered.clone());
        let mut line = open(move |question: Question| {
            if question.0 < 10 {
                held.wait();
            }
            drop(counted.enter());
            Answer(question.0)
        });
        for n in 0..late as u64 {
            expect_eq("the answer to a late question", ask(&mut line, Question(n), SOON), None);
        }
        gate.open();
        await_that(Kind::WrongAnswer, "a late question was never answered", || answered.entered() > 0);
        settle();
        for n in 10..10 + more as u64 {
            expect_eq("the answer after late ones", ask(&mut line, Question(n), HOUR), Some(Answer(n)));
        }
    });
}

/// One question is being answered, and the others are asked in vain meanwhile.
fn after_hundreds_of_late_questions_each_gets_its_own_answer(check: &Check) {
    check.forall(input::pair(100..=300, 1..=3), |(late, more)| {
        let gate = Gate::new();
        let held = gate.clone();
        let mut line = open(move |question: Question| {
            if question.0 == 0 {
                held.wait();
            }
            Answer(question.0)
        });
        expect_eq("the answer to a late question", ask(&mut line, Question(0), SOON), None);
        for n in 1..=late as u64 {
            expect_eq("the answer to a late question", ask(&mut line, Question(n), Duration::ZERO), None);
        }
        gate.open();
        for n in 1_000..1_000 + more as u64 {
            let got = ask(&mut line, Question(n), HOUR);
            expect(got == Some(Answer(n)), Kind::WrongAnswer, || {
                format!("after {} late questions, question {n} got {got:?}", late + 1)
            });
        }
    });
}

fn questions_are_answered_once_in_order_one_at_a_time(check: &Check) {
    check.forall(input::numbers_and(0..4, 0..=5, 0..=1), |(numbers, all)| {
        let (meter, asked) = (Meter::new(), Arc::<Mutex<Vec<usize>>>::default());
        let (watched, list) = (meter.clone(), Arc::clone(&asked));
        let mut line = open(move |(i, n): (usize, u64)| {
            let _inside = watched.enter();
            watched.at_most(1, "questions");
            list.lock().unwrap().push(i);
            pause(time(n));
        });
        let (count, questions): (_, Vec<_>) = (numbers.len(), numbers.into_iter().enumerate().collect());
        if all == 1 {
            expect_eq("the answers", ask_all(&mut line, questions, HOUR), vec![Some(()); count]);
        } else {
            for question in questions {
                // A short limit, so that some are late. What was skipped because its time was up is not in the list.
                ask(&mut line, question, 2 * TICK);
            }
        }
        expect_eq("the answer to a last question", ask(&mut line, (count, 0), HOUR), Some(()));
        // One look at the list: the line may still be at work.
        let asked = asked.lock().unwrap().clone();
        let mut sorted = asked.clone();
        sorted.sort_unstable();
        sorted.dedup();
        expect_eq("the questions in the order in which they were answered", &asked, &sorted);
        expect(asked.last() == Some(&count), Kind::WrongAnswer, || {
            format!(
                "`ask` returned an answer to question {count}, and `answer` had been called for {asked:?} only"
            )
        });
    });
}

fn two_lines_keep_apart(check: &Check) {
    check.forall(input::pair(1..=3, 1..=3), |(one, other)| {
        let gate = Gate::new();
        let held = gate.clone();
        let mut stuck = open(move |question: Question| {
            held.wait();
            Answer(90 + question.0)
        });
        thread::scope(|scope| {
            scope.spawn(move || {
                expect_eq("the answer on a stuck line", ask(&mut stuck, Question(1), TICK), None);
                for n in 0..other as u64 {
                    let mut line = slow_line();
                    expect_eq(
                        "the answer on one of two lines",
                        ask(&mut line, Question(n), HOUR),
                        Some(Answer(n)),
                    );
                }
            });
            let mut line = slow_line();
            for n in 0..one as u64 {
                expect_eq(
                    "the answer on one of two lines",
                    ask(&mut line, Question(n), HOUR),
                    Some(Answer(n)),
                );
            }
        });
        gate.open();
    });
}

fn an_answer_is_returned_at_once(check: &Check) {
    check.forall(input::pair(0..=9, 0..=2), |(n, limit)| {
        let mut line = open(|question: Question| {
            pause(time(question.0));
            now()
        });
        let limit = [10 * TICK, HOUR, Duration::MAX][limit];
        let Some(answered) = ask(&mut line, Question(n as u64), limit) else {
            fail(
                Kind::TooEarly,
                format!("the answer takes {:?}, and a limit of {limit:?} was too short", time(n as u64)),
            )
        };
        let late = now() - answered;
        expect_took("the call returned", late, Duration::ZERO..=SOON, || {
            format!("`ask` returned {late:?} after the answer")
        });
    });
}

fn at(limit: Duration, took: Duration, what: &str) {
    let verb = if took < limit { "gave up" } else { "returned" };
    expect_took("the call returned", took, limit..=limit + SOON, || {
        format!("{what} of {limit:?} {verb} after {took:?}")
    });
}

fn a_question_is_given_up_at_the_limit(check: &Check) {
    check.forall(input::number(0..=30), |quarters| {
        let (mut line, limit) = (open(|()| pause(1_000 * HOUR)), TICK * quarters as u32 / 4);
        let before = now();
        expect_eq("the answer to a late question", ask(&mut line, (), limit), None);
        at(limit, now() - before, "`ask` with a limit");
    });
}

/// Parts of a millisecond count, and so does a second.
fn a_limit_may_have_any_length(check: &Check) {
    const LIMITS: [Duration; 6] = [
        Duration::from_nanos(1),
        Duration::from_micros(900),
        Duration::from_micros(2_500),
        Duration::from_nanos(7_000_001),
        Duration::from_millis(1_250),
        Duration::from_nanos(20_500_000_999),
    ];
    check.forall(input::pair(0..=5, 0..=1), |(limit, all)| {
        let (mut line, limit, before) = (open(|()| pause(1_000 * HOUR)), LIMITS[limit], now());
        if all == 1 {
            expect_eq(
                "the answers to late questions",
                ask_all(&mut line, vec![(), ()], limit),
                vec![None, None],
            );
        } else {
            expect_eq("the answer to a late question", ask(&mut line, (), limit), None);
        }
        at(limit, now() - before, "a call with a limit");
    });
}

/// Several are late, and all of their answers come while another question waits.
fn behind_a_late_question_the_limit_is_the_limit(check: &Check) {
    check.forall(input::numbers_and(0..4, 1..=5, 1..=8), |(numbers, limit)| {
        let mut line = slow_line();
        let (mut free, limit) = (Duration::ZERO, TICK * limit as u32);
        for n in numbers {
            let before = now();
            let got = ask(&mut line, Question(n), if free.is_zero() { TICK / 4 } else { limit });
            let took = now() - before;
            if free.is_zero() {
                free = before;
            }
            free += time(n);
            if got.is_some() && took <= SOON {
                continue;
            }
            let most = if got.is_some() { limit } else { limit.max(TICK / 4) };
            expect_took("the call returned", took, Duration::ZERO..=most + SOON, || {
                format!("behind late questions, `ask` with a limit of {limit:?} returned after {took:?}")
            });
        }
        let before = now();
        let last = ask(&mut line, Question(9), Duration::from_millis(5));
        at(Duration::from_millis(5), now() - before, "behind late questions, `ask` with a limit");
        expect_eq("the answer to a question behind late ones", last, None);
    });
}

fn a_limit_of_zero_waits_for_nothing(check: &Check) {
    check.forall(input::pair(0..=3, 0..=1), |(n, all)| {
        let (mut line, before) = (slow_line(), now());
        if all == 1 {
            let got = ask_all(&mut line, (0..n as u64).map(Question).collect(), Duration::ZERO);
            expect_eq("the answers", got.into_iter().flatten().count(), 0);
        } else {
            expect_eq("the answer", ask(&mut line, Question(n as u64), Duration::ZERO), None);
        }
        let took = now() - before;
        expect_took("the call returned", took, Duration::ZERO..=SOON, || {
            format!("with a limit of zero the call took {took:?}")
        });
        let last = ask(&mut line, Question(50), HOUR);
        expect_eq("the answer to a question after that", last, Some(Answer(50)));
    });
}

fn the_longest_limit_is_a_limit(check: &Check) {
    check.forall(input::numbers_and(0..4, 0..=3, 0..=9), |(numbers, longest)| {
        let (mut line, limit) = (slow_line(), input::LONGEST[longest]);
        for n in &numbers {
            expect_eq("the answer", ask(&mut line, Question(*n), limit), Some(Answer(*n)));
        }
        let wanted: Vec<_> = numbers.iter().map(|n| Some(Answer(*n))).collect();
        let questions = numbers.into_iter().map(Question).collect();
        expect_eq("the answers", ask_all(&mut line, questions, limit), wanted);
    });
}

fn all_answers_come_in_the_order_of_the_questions(check: &Check) {
    check.small("2 questions", vec![0u64, 1]);
    check.forall(input::numbers(0..4, 0..=6), |numbers| {
        let mut line = slow_line();
        for _ in 0..2 {
            let wanted: Vec<_> = numbers.iter().map(|n| Some(Answer(*n))).collect();
            let questions = numbers.iter().map(|n| Question(*n)).collect();
            expect_eq("the answers", ask_all(&mut line, questions, HOUR), wanted);
        }
    });
}

/// What fits into the limit when the line becomes free so many half ticks after the call, and `None` for the others. No
/// answer if one of them ends so close to the limit that it may be either.
fn fitting(numbers: &[u64], limit: u64, busy: u64) -> Option<Vec<Option<Answer>>> {
    let mut used = busy;
    let mut fits = Vec::new();
    for n in numbers {
        used += 2 * (n % 10) + 1;
        if used == 2 * limit {
            return None;
        }
        fits.push((used < 2 * limit).then_some(Answer(*n)));
    }
    Some(fits)
}

fn the_limit_is_for_all_questions(check: &Check) {
    check.small("2 questions, of which 1 fits", (vec![0u64, 2], 2usize));
    check.forall(input::numbers_and(0..4, 1..=6, 0..=9), |(numbers, limit)| {
        let Some(wanted) = fitting(&numbers, limit as u64, 0) else { return };
        let (mut line, limit, before) = (slow_line(), TICK * limit as u32, now());
        let got = ask_all(&mut line, numbers.iter().map(|n| Question(*n)).collect(), limit);
        let took = now() - before;
        let all: Duration = numbers.iter().map(|n| time(*n)).sum();
        let end = limit.min(all);
        expect_took("the call returned", took, Duration::ZERO..=end + SOON, || {
            format!("the answers take {all:?}, the limit for all is {limit:?}, and `ask_all` took {took:?}")
        });
        if got.last() == Some(&None) {
            expect_took("`ask_all` gave up", took, limit..=Duration::MAX, || {
                format!("of {limit:?}, `ask_all` gave up after {took:?}")
            });
        }
        expect_eq("the answers", got, wanted);
    });
}

/// A question before them was late, and its answer comes while `ask_all` waits.
fn behind_a_late_question_the_limit_is_for_all(check: &Check) {
    check.forall(input::numbers_and_two(0..3, 1..=4, 1..=9, 1..=4), |(numbers, limit, late)| {
        // It is given up after half a tick: what is left of it is so many ticks.
        let Some(wanted) = fitting(&numbers, limit as u64, 2 * late as u64) else { return };
        let (mut line, limit) = (slow_line(), TICK * limit as u32);
        expect_eq("the answer to a late question", ask(&mut line, Question(late as u64), TICK / 2), None);
        let before = now();
        let got = ask_all(&mut line, numbers.iter().map(|n| Question(*n)).collect(), limit);
        let took = now() - before;
        expect_took("the call returned", took, Duration::ZERO..=limit + SOON, || {
            format!("behind a late question, `ask_all` with a limit of {limit:?} took {took:?}")
        });
        expect_eq("the answers behind a late question", got, wanted);
    });
}

fn after_the_limit_no_question_is_asked(check: &Check) {
    check.small("a late question and one after it", (1usize, 1usize));
    check.forall(input::pair(0..=2, 1..=3), |(before, after)| {
        let (gate, meter, drops) = (Gate::new(), Meter::new(), Drops::new());
        let (held, watched) = (gate.clone(), meter.clone());
        let mut line = open(move |(waits, token): (bool, Token)| {
            let _inside = watched.enter();
            if waits {
                held.wait();
            }
            drop(token);
        });
        let question = |i: usize| (i == before, token(&drops));
        let got = ask_all(&mut line, (0..=before + after).map(question).collect(), TICK);
        let mut wanted = vec![Some(()); before];
        wanted.resize(before + 1 + after, None);
        expect_eq("the answers", got, wanted);
        gate.open();
        await_that(Kind::WrongAnswer, "a late question was never answered", || meter.inside() == 0);
        settle();
        expect_eq("how many questions were asked", meter.entered(), before + 1);
        expect_eq("how many questions are not dropped", drops.alive(), 0);
    });
}

/// The next question is begun only if the answer before it has come.
fn a_question_is_asked_when_the_one_before_is_answered(check: &Check) {
    check.forall(input::pair(1..=4, 0..=3), |(count, panics)| {
        let meter = Meter::new();
        let watched = meter.clone();
        let mut line = open(move |i: usize| {
            let _inside = watched.enter();
            pause(TICK);
            assert!(i != panics, "the check makes it panic");
        });
        let _ = catch(|| line.ask_all((0..count).collect(), HOUR));
        settle();
        expect_eq("how many questions were asked", meter.entered(), count.min(panics + 1));
    });
}

fn no_questions_are_answered_at_once(check: &Check) {
    check.forall(input::pair(0..=2, 0..=1), |(limit, late)| {
        let mut line = slow_line();
        if late == 1 {
            ask(&mut line, Question(5), TICK);
        }
        let before = now();
        expect_eq("no answers", ask_all(&mut line, vec![], [Duration::ZERO, TICK, HOUR][limit]), vec![]);
        let took = now() - before;
        expect_took("the call returned", took, Duration::ZERO..=SOON, || {
            format!("without questions `ask_all` took {took:?}")
        });
    });
}

/// A value whose drop is counted.
type Token = Box<dyn Any + Send>;

fn token(drops: &Drops) -> Token {
    Box::new(drops.token())
}

/// Panics in one of three ways.
fn panic_with(n: usize, drops: &Drops) -> ! {
    match n % 3 {
        0 => panic!("no number in it"),
        1 => panic!("a {n} in it"),
        _ => panic_any((token(drops), n)),
    }
}

/// Whether this is the payload of [`panic_with`].
fn is_payload(payload: &(dyn Any + Send), n: usize) -> bool {
    match n % 3 {
        0 => payload.downcast_ref::<&str>() == Some(&"no number in it"),
        1 => payload.downcast_ref::<String>().is_some_and(|text| *text == format!("a {n} in it")),
        _ => payload.downcast_ref::<(Token, usize)>().is_some_and(|(_, number)| *number == n),
    }
}

/// A line that panics for each question from 10 on.
fn touchy_line(drops: &Drops) -> Line<usize, Answer> {
    let counted = drops.clone();
    open(move |n: usize| {
        pause(TICK / 4);
        if n >= 10 { panic_with(n, &counted) } else { Answer(n as u64) }
    })
}

fn a_panic_comes_out_where_it_belongs(check: &Check) {
    check.small("a question that panics, and one after it", vec![12u64, 0]);
    check.forall(input::numbers(0..20, 1..=5), |numbers| {
        let drops = Drops::new();
        let mut line = touchy_line(&drops);
        for n in numbers {
            match catch(|| line.ask(n as usize, HOUR)) {
                Ok(got) if n < 10 => expect_eq("the answer", got, Some(Answer(n))),
                Ok(_) => fail(Kind::SwallowedPanic, format!("`answer` panicked for {n}, and `ask` returned")),
                Err(payload) => expect(n >= 10 && is_payload(&*payload, n as usize), Kind::Panicked, || {
                    let said = panic_message(&*payload).unwrap_or("no text").to_owned();
                    format!("`ask` with question {n} panicked with a payload that is not its own: {said}")
                }),
            }
        }
        drop(line);
        await_that(Kind::WrongAnswer, "a payload is not dropped", || drops.alive() == 0);
    });
}

fn a_late_panic_reaches_nobody(check: &Check) {
    check.small("a late question that panics, and one after it", (0usize, 0usize));
    check.forall(input::pair(0..=2, 0..=2), |(n, late)| {
        let (gate, drops) = (Gate::new(), Drops::new());
        let (held, counted) = (gate.clone(), drops.clone());
        let mut line = open(move |question: Question| {
            if question.0 < 10 {
                held.wait();
                panic_with(n, &counted);
            }
            Answer(question.0)
        });
        for i in 0..=late as u64 {
            expect_eq("the answer to a late question", ask(&mut line, Question(i), SOON), None);
        }
        gate.open();
        for n in 10..12 {
            expect_eq("the answer after late panics", ask(&mut line, Question(n), HOUR), Some(Answer(n)));
        }
        drop(line);
        await_that(Kind::WrongAnswer, "the payload of a late panic is not dropped", || drops.alive() == 0);
    });
}

fn a_panic_ends_ask_all(check: &Check) {
    check.forall(input::pair(0..=3, 0..=2), |(before, after)| {
        let (drops, owned) = (Drops::new(), Drops::new());
        let counted = drops.clone();
        let mut line = open(move |(i, token): (usize, Option<Token>)| {
            if token.is_some() && i == before { panic_with(before, &counted) } else { Answer(i as u64) }
        });
        let questions = (0..=before + after).map(|i| (i, Some(token(&owned)))).collect();
        match catch(|| line.ask_all(questions, HOUR)) {
            Ok(_) => fail(
                Kind::SwallowedPanic,
                "`answer` panicked for one of several questions, and `ask_all` returned",
            ),
            Err(payload) => expect(is_payload(&*payload, before), Kind::WrongAnswer, || {
                "`ask_all` panicked with another payload than `answer`".into()
            }),
        }
        settle();
        expect_eq("how many questions are not dropped", owned.alive(), 0);
        expect_eq("the answer to a question after that", ask(&mut line, (7, None), HOUR), Some(Answer(7)));
    });
}

/// Whether its own question was late or not.
fn a_panic_on_one_line_leaves_the_others_in_use(check: &Check) {
    check.forall(input::triple(0..=5, 0..=1, 0..=2), |(n, late, more)| {
        let (gate, drops) = (Gate::new(), Drops::new());
        let (held, counted) = (gate.clone(), drops.clone());
        let mut touchy = open(move |n: usize| -> Answer {
            held.wait();
            panic_with(n, &counted)
        });
        let mut other = slow_line();
        thread::scope(|scope| {
            let touchy = &mut touchy;
            let panics = scope.spawn(move || {
                let limit = if late == 1 { SOON } else { HOUR };
                catch(|| touchy.ask(n, limit))
            });
            expect_eq("the answer on another line", ask(&mut other, Question(1), HOUR), Some(Answer(1)));
            gate.open();
            match panics.join() {
                Ok(Ok(got)) => expect_eq("the answer to a late question", (got, late), (None, 1)),
                Ok(Err(payload)) => expect(late == 0 && is_payload(&*payload, n), Kind::Panicked, || {
                    "a call panicked with a payload that is not its own".into()
                }),
                Err(_) => fail(Kind::Panicked, "a thread of the check panicked"),
            }
            for n in 0..more as u64 {
                expect_eq("the answer on another line", ask(&mut other, Question(n), HOUR), Some(Answer(n)));
            }
        });
        let mut new = slow_line();
        expect_eq("the answer on a new line", ask(&mut new, Question(2), HOUR), Some(Answer(2)));
    });
}

fn a_dropped_line_waits_for_nothing(check: &Check) {
    check.forall(input::pair(0..=3, 0..=1), |(late, all)| {
        let mut line = open(|()| pause(10 * TICK));
        if all == 1 {
            ask_all(&mut line, vec![(); late], TICK);
        } else {
            (0..late).for_each(|_| drop(ask(&mut line, (), TICK)));
        }
        let before = now();
        drop(line);
        let took = now() - before;
        expect_took("the drop returned", took, Duration::ZERO..=SOON, || {
            format!("the drop of a line took {took:?}")
        });
    });
}

fn everything_is_dropped_once(check: &Check) {
    check.forall(input::numbers_and(0..6, 0..=5, 0..=1), |(numbers, all)| {
        let (drops, gate) = (Drops::new(), Gate::new());
        let held = gate.clone();
        let mut line = open(move |(n, question, answer): (u64, Token, Token)| {
            if n == 4 {
                held.wait();
            }
            drop(question);
            if n == 5 {
                panic_any(answer);
            }
            answer
        });
        let limit = SOON;
        let questions: Vec<_> = numbers.iter().map(|n| (*n, token(&drops), token(&drops))).collect();
        if all == 1 {
            drop(catch(|| line.ask_all(questions, limit)));
        } else {
            for question in questions {
                drop(catch(|| line.ask(question, limit)));
            }
        }
        drop(line);
        gate.open();
        await_that(
            Kind::WrongAnswer,
            "the line is gone, and some questions or answers are not dropped",
            || drops.alive() == 0,
        );
    });
}

fn nothing_is_left_behind(check: &Check) {
    check.small("a late question", (1usize, 0usize));
    check.forall(input::pair(0..=3, 0..=1), |(questions, all)| {
        let (gate, meter) = (Gate::new(), Meter::new());
        let (held, watched) = (gate.clone(), meter.clone());
        let mut line = open(move |i: usize| {
            let _inside = watched.enter();
            if i == 1 {
                held.wait();
            }
        });
        if all == 1 {
            ask_all(&mut line, (0..questions).collect(), TICK);
        } else {
            (0..questions).for_each(|i| drop(ask(&mut line, i, TICK)));
        }
        drop(line);
        gate.open();
        await_that(Kind::LeakedThread, "the line is gone, and a question of it is still answered", || {
            meter.inside() == 0
        });
        every_thread_has_finished();
    });
}

fn waiting_threads_do_not_spin(check: &Check) {
    check.forall(input::numbers_and(0..4, 1..=4, 1..=4), |(numbers, limit)| {
        let mut line = slow_line();
        pause(TICK);
        for n in &numbers {
            ask(&mut line, Question(*n), TICK * limit as u32);
        }
        ask_all(&mut line, numbers.into_iter().map(Question).collect(), TICK * limit as u32);
        pause(TICK);
    });
}
