//! breaks: clause 2 · finding: sequential
//! Every worker gets its share beforehand. One that is done early has nothing to do, while pictures wait in another's
//! share.

use std::thread;

/// Renders a thumbnail of every picture on `workers` threads.
pub fn render_all<P, T, F>(pictures: Vec<P>, workers: usize, render: F) -> Vec<T>
where
    P: Send,
    T: Send,
    F: Fn(P) -> T + Sync,
{
    assert!(workers > 0, "pictures need at least one worker");
    let mut shares: Vec<Vec<(usize, P)>> = (0..workers).map(|_| Vec::new()).collect();
    for (place, picture) in pictures.into_iter().enumerate() {
        shares[place % workers].push((place, picture));
    }
    let render = &render;
    let mut done: Vec<(usize, T)> = thread::scope(|scope| {
        let threads: Vec<_> = shares
            .into_iter()
            .map(|share| {
                let one = move |(place, picture)| (place, render(picture));
                scope.spawn(move || share.into_iter().map(one).collect::<Vec<_>>())
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, thumbnail)| thumbnail).collect()
}
