//! Six numbers by which 100 is divided, on three workers. One of them comes twice, and two of them fail.

use worker_pool::{Failure, Pool};

fn main() {
    // A panic on a worker's thread is announced on stderr, caught or not. Here it is expected.
    std::panic::set_hook(Box::new(|_| {}));
    let pool = Pool::new(3);
    let divide = |task: &u32| match (100 / task, 100 % task) {
        (result, 0) => Ok(result),
        (_, rest) => Err(format!("leaves {rest}")),
    };
    let outcomes = pool.run_all(vec![4, 0, 7, 4, 25, 10], divide);
    let (mut results, mut errors, mut panics) = (0, 0, 0);
    for (place, (task, outcome)) in outcomes.iter().enumerate() {
        print!("{place}: 100 / {task} ");
        match outcome {
            Ok(result) => {
                results += 1;
                println!("is {result}");
            }
            Err(Failure::Error(error)) => {
                errors += 1;
                println!("{error}");
            }
            Err(Failure::Panic(_)) => {
                panics += 1;
                println!("panicked");
            }
        }
    }
    println!("{results} results, {errors} error, {panics} panic");
}
