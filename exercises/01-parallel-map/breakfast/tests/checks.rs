//! The contract of README.md, a check or more for each clause.

use std::sync::Mutex;
use std::time::Duration;

use breakfast::cook_all;
use harness::{Check, Kind, Meter, catch, checks, expect, expect_eq, expect_in_any_order};
use harness::{fail, input, pause};

checks! {
    1 => plates_come_in_the_order_of_the_menu;
    1 => each_dish_is_cooked_once;
    1 => hundreds_of_dishes_are_no_different simulated;
    2 => all_dishes_cook_at_the_same_time simulated;
    3 => a_dish_that_fails_is_noticed;
    3 => all_other_dishes_are_cooked_to_the_end;
}

const MINUTE: Duration = Duration::from_millis(100);

fn plates_come_in_the_order_of_the_menu(check: &Check) {
    check.small("2 dishes", vec![0u64, 0]);
    check.forall(input::numbers(0..5, 0..=6), |menu| {
        let wanted: Vec<_> = menu.iter().map(|minutes| minutes * 10).collect();
        let cook = |minutes: u64| {
            pause(MINUTE * minutes as u32);
            minutes * 10
        };
        expect_eq("the plates", cook_all(menu, cook), wanted);
    });
}

fn each_dish_is_cooked_once(check: &Check) {
    /// A dish is not `Clone` or `Copy`, and a plate is not `Debug`.
    struct Dish(u64);
    struct Plate(u64);
    check.forall(input::numbers(0..4, 0..=40), |menu| {
        let cooked = Mutex::new(Vec::new());
        let plates = cook_all(menu.iter().copied().map(Dish).collect(), |dish: Dish| {
            cooked.lock().unwrap().push(dish.0);
            Plate(dish.0)
        });
        let plates: Vec<_> = plates.into_iter().map(|plate| plate.0).collect();
        expect_eq("what lies on the plates", &plates, &menu);
        let cooked = cooked.into_inner().unwrap();
        expect_in_any_order("the dishes that `cook` was called for", &cooked, &menu);
    });
}

fn hundreds_of_dishes_are_no_different(check: &Check) {
    check.forall(input::number(257..=264), |dishes| {
        let plates = cook_all((0..dishes).collect(), |dish: usize| dish);
        expect_eq("the plates", plates, (0..dishes).collect());
    });
}

fn all_dishes_cook_at_the_same_time(check: &Check) {
    check.small("2 dishes", 2usize);
    check.forall(input::number_or_crowd(2..=40), |dishes| {
        let meter = Meter::new();
        cook_all((0..dishes).collect(), |_: usize| {
            let _inside = meter.enter();
            pause(MINUTE);
        });
        expect(meter.peak() == dishes, Kind::Sequential, || {
            format!("{dishes} dishes should cook at the same time; there were at most {}", meter.peak())
        });
    });
}

/// The outcome of a menu in which a dish fails.
fn fails(menu: &[u64], bad: usize, meter: &Meter, done: &Mutex<Vec<usize>>) {
    let bad = bad % menu.len();
    let cook = |(i, minutes): (usize, u64)| {
        let _inside = meter.enter();
        pause(MINUTE * minutes as u32);
        if i == bad {
            panic!("dish {i} is burnt (the check makes it panic)");
        }
        done.lock().unwrap().push(i);
        i
    };
    let menu = menu.iter().copied().enumerate().collect();
    if let Ok(plates) = catch(|| cook_all(menu, cook)) {
        fail(Kind::SwallowedPanic, format!("dish {bad} failed, and the call returned the plates {plates:?}"));
    }
}

fn a_dish_that_fails_is_noticed(check: &Check) {
    check.small("2 dishes, one of which fails", (vec![0u64, 0], 1usize));
    check.forall(input::numbers_and(0..4, 1..=5, 0..=4), |(menu, bad)| {
        fails(&menu, bad, &Meter::new(), &Mutex::default());
    });
}

fn all_other_dishes_are_cooked_to_the_end(check: &Check) {
    check.forall(input::numbers_and(0..4, 1..=5, 0..=4), |(menu, bad)| {
        let (meter, done) = (Meter::new(), Mutex::default());
        fails(&menu, bad, &meter, &done);
        expect(meter.inside() == 0, Kind::LeakedThread, || {
            format!("the call has panicked, and dishes are still cooking: {}", meter.inside())
        });
        let done = done.into_inner().unwrap();
        let wanted: Vec<_> = (0..menu.len()).filter(|i| *i != bad % menu.len()).collect();
        expect_in_any_order("the other dishes that were cooked to the end", &done, &wanted);
    });
}
