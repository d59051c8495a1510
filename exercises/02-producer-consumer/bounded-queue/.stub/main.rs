//! Two producers, a queue of capacity 2, two consumers, and a consumer that loses its patience.

use std::thread;
use std::time::Duration;

use bounded_queue::BoundedQueue;

fn main() {
    let queue = BoundedQueue::new(2);
    thread::scope(|scope| {
        for name in ["ada", "bob"] {
            let queue = &queue;
            scope.spawn(move || {
                while let Some(item) = queue.pop() {
                    println!("{name} took {item}");
                    thread::sleep(Duration::from_millis(100));
                }
                println!("{name} is done");
            });
        }
        let producers = [1..=4, 11..=14].map(|numbers| {
            let queue = &queue;
            scope.spawn(move || numbers.into_iter().try_for_each(|item| queue.push(item)))
        });
        for producer in producers {
            producer.join().expect("a producer does not panic").expect("the queue is open");
        }
        queue.close();
    });
    println!("closed, too late for an item: {:?}", queue.push(99));
    let patient: BoundedQueue<u64> = BoundedQueue::new(1);
    println!("waited 100 ms for nothing: {:?}", patient.pop_timeout(Duration::from_millis(100)));
}
