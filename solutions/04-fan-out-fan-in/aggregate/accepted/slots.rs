//! accepted: a slot for each task, which its thread fills
//! for when the results have a place already, such as in a picture.

use std::thread;

pub fn fan_out_fan_in<T, R, E, A, F, G>(tasks: &[T], process: F, aggregate: G) -> (A, Vec<(usize, E)>)
where
    T: Sync,
    R: Send,
    E: Send,
    F: Fn(&T) -> Result<R, E> + Sync,
    G: FnOnce(Vec<R>) -> A,
{
    let mut slots: Vec<Option<Result<R, E>>> = tasks.iter().map(|_| None).collect();
    thread::scope(|scope| {
        for (task, slot) in tasks.iter().zip(&mut slots) {
            let process = &process;
            scope.spawn(move || *slot = Some(process(task)));
        }
    });
    let (mut results, mut failures) = (Vec::new(), Vec::new());
    for (index, slot) in slots.into_iter().enumerate() {
        match slot.unwrap() {
            Ok(result) => results.push(result),
            Err(error) => failures.push((index, error)),
        }
    }
    (aggregate(results), failures)
}
