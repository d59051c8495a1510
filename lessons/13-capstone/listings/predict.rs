//! How long a hundred pages take, with a gap between them and so many places.

// ANCHOR: program
fn main() {
    for places in [1, 2, 4, 8] {
        let mut free_at = vec![0; places]; // in milliseconds
        let (mut next, mut end) = (0, 0);
        for _ in 0..100 {
            let place = free_at.iter_mut().min().unwrap();
            let begin = next.max(*place);
            next = begin + 100;
            *place = begin + 300;
            end = *place;
        }
        println!("{places} at once: {}.{} s", end / 1000, end / 100 % 10);
    }
}
// ANCHOR_END: program
