//! How a check is explored: random schedules first, then every interleaving of its small input.

use engine::{LATE, Style};
use protocol::Hunt;

use crate::account::finding;
use crate::cases::{self, Inputs, Show, Small};
use crate::search::{Body, Orders, Place, SCHEDULES, Search, Way};
use crate::{exhaustive, memory, played};

/// Where schedules are cheap, up to this many are run,
const MOST_SCHEDULES: u64 = 2_000;
/// as long as they take fewer steps together than this. Steps, not seconds: the same on any machine.
const STEPS: u64 = 400_000;

/// Tries schedules of the cases of one search, and what there is to find out about the first that fails.
pub(crate) fn explore(
    search: &mut Search,
    inputs: &dyn Inputs,
    small: Option<&Small>,
    show: Show,
    body: Body<'_>,
) {
    let number = search.searches;
    search.searches += 1;
    if search.finding.is_some() || search.paused.is_some() || number < search.from.searches {
        return;
    }
    cases::shown_by(show);
    if let (Some(interleaving), Some(small)) = (exhaustive::interleaving(search.seed), small) {
        search.schedules += 1;
        match search.play.clone() {
            Some(play) => search.played = exhaustive::play(search, small, interleaving, &play, show, body),
            None => search.finding = exhaustive::replay(search, small, interleaving, show, body),
        }
        return;
    }
    let style = match search.hunt {
        Some(Hunt::Every) => return small.map_or((), |small| exhaustive::hunt(search, small, body)),
        Some(Hunt::Walk) => Style::Walk,
        Some(Hunt::Priority) => Style::Priority,
        Some(Hunt::Mixed) | None => Style::Mixed,
    };
    let Place { mut done, mut steps, .. } =
        if number == search.from.searches { search.from } else { Place::default() };
    let more = |done: u64, steps: u64| match search.wanted {
        Some(wanted) => done < wanted,
        None => done < SCHEDULES || (done < MOST_SCHEDULES && steps < STEPS),
    };
    while more(done, steps) {
        let seed = search.seed.wrapping_add(done);
        done += 1;
        search.schedules += 1;
        let tree = inputs.tree(seed);
        let way = Way { seed, world: seed, style, late: LATE, orders: Orders::AllSeqCst, twice: false };
        let failing = search
            .attempt(body, &tree.current(), way.clone(), &mut steps)
            .or_else(|| search.attempt_with_stale_reads(body, &tree.current(), way.clone()))
            .or_else(|| search.attempt_twice(body, &tree.current(), way.clone()));
        if let Some(failing) = failing {
            let mut tree = tree;
            if let Some(play) = search.play.clone() {
                search.played = Some(played::play(search, failing, &mut *tree, &play, show, body));
                break;
            }
            search.finding = Some(match search.hunt {
                Some(_) => {
                    let run = search.run(body, &failing.input, &way, false);
                    finding(failing.failure, seed, show(&failing.input), &run, &search.source)
                }
                None => search.look_into(failing, tree, show, body),
            });
            break;
        }
        if memory::held() > memory::MOST_HELD && !search.is_short {
            search.paused = Some(Place { searches: number, done, steps, schedules: search.schedules });
            break;
        }
    }
    let is_open = search.finding.is_none() && search.paused.is_none();
    if let Some(small) = small.filter(|_| is_open && search.wanted.is_none() && search.enumerable) {
        exhaustive::explore(search, small, show, body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{Input, Tree};
    use crate::expect::expect_eq;
    use protocol::Kind;
    use simstd::sync::atomic::{AtomicUsize, Ordering};
    use std::cell::RefCell;
    use std::io::Write;
    use std::sync::Arc;
    use std::time::Duration;

    const WAIT: Duration = Duration::from_millis(10);

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
    fn what_is_left_over_from_the_first_time_is_found_and_told() {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        let body = |_: &Input| {
            let before = CALLS.fetch_add(1, Ordering::SeqCst);
            expect_eq("the calls before", before, 0);
        };
        let mut search = Search::beginning_at(Place::default());
        explore(&mut search, &Seeds, None, |_| String::new(), &body);
        let finding = search.finding.expect("the second time differs");
        assert_eq!((finding.kind, finding.message.contains("the calls before")), (Kind::WrongAnswer, true));
        assert!(
            finding.why.iter().any(|sentence| sentence.contains("outlives the first call")),
            "{finding:?}"
        );
        // The same seed tells the same.
        let mut again = Search::beginning_at(Place::default());
        (again.seed, again.wanted) = (finding.seed.expect("it has one"), Some(1));
        explore(&mut again, &Seeds, None, |_| String::new(), &body);
        assert_eq!(again.finding.map(|again| again.why), Some(finding.why));
    }

    /// What the first failure of `body` is called.
    fn kind(body: Body<'_>) -> Kind {
        let mut search = Search::beginning_at(Place::default());
        explore(&mut search, &Seeds, None, |_| String::new(), body);
        search.finding.expect("it fails").kind
    }

    #[test]
    fn a_race_is_what_another_interleaving_mends_and_nothing_else() {
        let overwritten = |_: &Input| {
            let total = simstd::sync::atomic::AtomicUsize::new(0);
            let add = || total.store(total.load(Ordering::SeqCst) + 1, Ordering::SeqCst);
            simstd::thread::scope(|scope| {
                scope.spawn(add);
                add();
            });
            expect_eq("the total", total.into_inner(), 2);
        };
        assert_eq!(kind(&overwritten), Kind::Race);
        // The writer takes a part now and then, and another thread is there that has nothing to do with it.
        let half_written = |_: &Input| {
            let page = crate::Page::new();
            simstd::thread::scope(|scope| {
                scope.spawn(|| simstd::thread::yield_now());
                let _ = page.clone().write(b"ten bytes\n");
            });
            expect_eq("the page", page.text(), String::from("ten bytes\n"));
        };
        assert_eq!(kind(&half_written), Kind::WrongAnswer);
        // A thread wakes a little late, now and then.
        let to_the_moment = |_: &Input| {
            let begin = simstd::time::Instant::now();
            simstd::thread::sleep(WAIT);
            expect_eq("the wait is as long as asked for", begin.elapsed().as_nanos(), WAIT.as_nanos());
        };
        assert_eq!(kind(&to_the_moment), Kind::WrongAnswer);
    }

    #[test]
    fn what_fails_the_first_time_too_is_told_as_that() {
        let body = |_: &Input| expect_eq("the answer", 1, 2);
        let mut search = Search::beginning_at(Place::default());
        explore(&mut search, &Seeds, None, |_| String::new(), &body);
        assert!(search.finding.expect("it is wrong").why.is_empty());
    }

    #[test]
    fn a_search_that_nobody_resumes_is_not_cut_short_by_memory() {
        const EACH: usize = 1 << 20;
        let left = RefCell::new(Vec::new());
        let body = |_: &Input| left.borrow_mut().push(vec![0_u8; EACH]);
        let mut search = Search::beginning_at(Place::default());
        (search.wanted, search.is_short) = (Some(200), true);
        explore(&mut search, &Seeds, None, |_| String::new(), &body);
        assert!(left.borrow().len() * EACH > memory::MOST_HELD as usize);
        assert_eq!((search.schedules, search.paused.is_some()), (200, false));
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
            explore(&mut search, &Seeds, None, |_| String::new(), &body);
            explore(&mut search, &Seeds, None, |_| String::new(), &body);
            assert!(memory::held() < memory::MOST_HELD + 4 * EACH as isize, "{} held", memory::held());
            // What the end of the process does.
            left.borrow_mut().clear();
            match search.paused {
                Some(place) => from = place,
                None => break search.schedules,
            }
        };
        assert_eq!((schedules, processes), (4_000, 4));
        // Some are run again, with the case twice.
        let mut seen = seen.into_inner();
        seen.dedup();
        assert!(seen.into_iter().eq((7..2_007).chain(7..2_007)));
    }
}
