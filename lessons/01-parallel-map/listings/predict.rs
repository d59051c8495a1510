//! Six pages in two shares: who fetches what, and when?

// ANCHOR: program
use std::thread;
use std::time::Duration;

fn main() {
    // Page a takes longer than all the others together.
    let pages = [("a", 600), ("b", 100), ("c", 100), ("d", 100), ("e", 100), ("f", 100)];
    let fetch = |&(page, millis): &(&'static str, u64)| {
        thread::sleep(Duration::from_millis(millis));
        println!("fetched {page}");
        page
    };
    let fetched: Vec<&str> = thread::scope(|scope| {
        let fetch_all = |share: &[_]| share.iter().map(fetch).collect::<Vec<_>>();
        let threads: Vec<_> = pages.chunks(3).map(|share| scope.spawn(move || fetch_all(share))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    println!("{}", fetched.join(" "));
}
// ANCHOR_END: program
