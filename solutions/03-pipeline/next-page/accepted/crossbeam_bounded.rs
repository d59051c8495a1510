//! accepted: a channel of crossbeam, and `for` loops
//! for when the stages will get more workers: its receivers can be cloned.

use crossbeam::channel::bounded;
use crossbeam::thread;

/// Reads every page and prints it, in order.
pub fn read_ahead<P, T, R, O>(pages: Vec<P>, read: R, print: O)
where
    P: Send,
    T: Send,
    R: Fn(P) -> T + Send,
    O: FnMut(T),
{
    let (sender, receiver) = bounded(1);
    let mut print = print;
    thread::scope(|scope| {
        scope.spawn(move |_| {
            for page in pages {
                if sender.send(read(page)).is_err() {
                    return;
                }
            }
        });
        for text in receiver {
            print(text);
        }
    })
    .expect("no stage panics");
}
