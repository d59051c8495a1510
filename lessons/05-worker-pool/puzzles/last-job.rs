//! Two workers and one job. Whoever sees a job takes it.

// ANCHOR: program
use std::sync::Mutex;
use std::thread;

pub fn main() {
    let jobs = Mutex::new(vec!["the dishes"]);
    thread::scope(|scope| {
        let work = |name: &str| {
            let has_job = !jobs.lock().unwrap().is_empty();
            if has_job {
                let job = jobs.lock().unwrap().pop();
                println!("{name}: {job:?}");
            }
        };
        for name in ["ada", "bob"] {
            let worker = thread::Builder::new().name(name.to_owned());
            worker.spawn_scoped(scope, move || work(name)).unwrap();
        }
    });
}
// ANCHOR_END: program
