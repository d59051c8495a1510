//! breaks: clause 1 · finding: wrong-answer
//! The plates are sorted by a number of one byte.

use std::thread;

pub fn cook_all<D, P, F>(menu: Vec<D>, cook: F) -> Vec<P>
where
    D: Send,
    P: Send,
    F: Fn(D) -> P + Sync,
{
    let cook = &cook;
    thread::scope(|scope| {
        let cooks: Vec<_> = menu.into_iter().map(|dish| scope.spawn(move || cook(dish))).collect();
        let plates = cooks.into_iter().map(|cook| cook.join().expect("a dish burned"));
        let mut plates: Vec<(u8, P)> =
            plates.enumerate().map(|(number, plate)| (number as u8, plate)).collect();
        plates.sort_by_key(|(number, _)| *number);
        plates.into_iter().map(|(_, plate)| plate).collect()
    })
}
