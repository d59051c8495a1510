//! breaks: clause 7 · finding: race
//! A drop on a worker thread of any pool waits for nothing.

use std::any::Any;
use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

/// Why there is no result of a job. This one is given.
#[derive(Debug)]
pub enum Failure<E> {
    /// The job returned this error.
    Error(E),
    /// The job panicked with this payload.
    Panic(Box<dyn Any + Send>),
}

type Body = Box<dyn FnOnce() + Send>;

/// A job that has been accepted and has not ended.
struct Job {
    pool: u64,
    /// `None` as soon as it has begun.
    body: Option<Body>,
    waits_for: Option<u64>,
}

struct Queue {
    jobs: VecDeque<u64>,
    closed: bool,
    threads: usize,
}

struct World {
    numbers: u64,
    jobs: BTreeMap<u64, Job>,
    pools: BTreeMap<u64, Queue>,
}

static WORLD: Mutex<World> = Mutex::new(World { numbers: 0, jobs: BTreeMap::new(), pools: BTreeMap::new() });
/// Notified at every change of the world.
static CHANGED: Condvar = Condvar::new();

thread_local! {
    /// The pool of this thread, and the job that runs on it.
    static HERE: Cell<(Option<u64>, Option<u64>)> = const { Cell::new((None, None)) };
}

impl World {
    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// The next job of a pool that has not begun.
    fn next(&mut self, pool: u64) -> Option<(u64, Body)> {
        loop {
            let id = self.pools.get_mut(&pool)?.jobs.pop_front()?;
            if let Some(body) = self.jobs.get_mut(&id).and_then(|job| job.body.take()) {
                return Some((id, body));
            }
        }
    }

    /// The job at the end of the chain of those that wait for each other, if a thread of `pool` may begin it.
    fn needed(&mut self, mut id: u64, pool: u64) -> Option<(u64, Body)> {
        for _ in 0..=self.jobs.len() {
            let job = self.jobs.get_mut(&id)?;
            match job.waits_for {
                Some(next) => id = next,
                None if job.pool == pool => return job.body.take().map(|body| (id, body)),
                None => return None,
            }
        }
        None
    }
}

fn run(id: u64, body: Body) {
    let before = HERE.with(|here| {
        let before = here.get();
        here.set((before.0, Some(id)));
        before
    });
    let mut end = catch_unwind(AssertUnwindSafe(body));
    // The destructor of a payload may panic too.
    while let Err(payload) = end {
        end = catch_unwind(AssertUnwindSafe(|| drop(payload)));
    }
    HERE.with(|here| here.set(before));
    WORLD.lock().unwrap().jobs.remove(&id);
    CHANGED.notify_all();
}

fn work(pool: u64) {
    HERE.with(|here| here.set((Some(pool), None)));
    let mut world = WORLD.lock().unwrap();
    loop {
        if let Some((id, body)) = world.next(pool) {
            drop(world);
            run(id, body);
            world = WORLD.lock().unwrap();
            continue;
        }
        let queue = world.pools.get_mut(&pool).expect("it has a thread");
        if queue.closed {
            queue.threads -= 1;
            if queue.threads == 0 {
                world.pools.remove(&pool);
            }
            return;
        }
        world = CHANGED.wait(world).unwrap();
    }
}

/// A fixed number of workers, which run jobs.
#[derive(Debug)]
pub struct Pool {
    id: u64,
    threads: Vec<JoinHandle<()>>,
}

/// The claim to the result of one job.
pub struct Handle<R, E> {
    id: u64,
    outcome: Arc<Mutex<Option<Result<R, Failure<E>>>>>,
}

impl<R, E> fmt::Debug for Handle<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({})", self.id)
    }
}

fn outcome_of<R, E>(work: impl FnOnce() -> Result<R, E>) -> Result<R, Failure<E>> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(error)) => Err(Failure::Error(error)),
        Err(payload) => Err(Failure::Panic(payload)),
    }
}

impl Pool {
    pub fn new(workers: usize) -> Self {
        if workers == 0 {
            panic!("no workers");
        }
        let mut world = WORLD.lock().unwrap();
        let id = world.number();
        world.pools.insert(id, Queue { jobs: VecDeque::new(), closed: false, threads: workers });
        drop(world);
        Self { id, threads: (0..workers).map(|_| thread::spawn(move || work(id))).collect() }
    }

    pub fn submit<R, E, F>(&self, job: F) -> Handle<R, E>
    where
        R: Send + 'static,
        E: Send + 'static,
        F: FnOnce() -> Result<R, E> + Send + 'static,
    {
        let outcome = Arc::new(Mutex::new(None));
        let place = Arc::clone(&outcome);
        let body: Body = Box::new(move || {
            let outcome = outcome_of(job);
            *place.lock().unwrap() = Some(outcome);
        });
        let mut world = WORLD.lock().unwrap();
        let id = world.number();
        world.jobs.insert(id, Job { pool: self.id, body: Some(body), waits_for: None });
        world.pools.get_mut(&self.id).expect("the pool is open").jobs.push_back(id);
        CHANGED.notify_all();
        Handle { id, outcome }
    }

    pub fn run_all<T, R, E, F>(&self, tasks: Vec<T>, f: F) -> Vec<(T, Result<R, Failure<E>>)>
    where
        T: Send + 'static,
        R: Send + 'static,
        E: Send + 'static,
        F: Fn(&T) -> Result<R, E> + Send + Sync + 'static,
    {
        let f = Arc::new(f);
        let submit = |task| {
            let f = Arc::clone(&f);
            self.submit(move || -> Result<_, ()> {
                let outcome = outcome_of(|| f(&task));
                Ok((task, outcome))
            })
        };
        let handles: Vec<_> = tasks.into_iter().map(submit).collect();
        handles
            .into_iter()
            .map(|handle| match handle.join() {
                Ok(pair) => pair,
                Err(_) => unreachable!("every panic is caught inside"),
            })
            .collect()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if let Some(queue) = WORLD.lock().unwrap().pools.get_mut(&self.id) {
            queue.closed = true;
        }
        CHANGED.notify_all();
        let own_job = HERE.with(|here| here.get().1.is_some());
        for thread in self.threads.drain(..) {
            if !own_job {
                thread.join().expect("a worker does not panic");
            }
        }
    }
}

impl<R, E> Handle<R, E> {
    pub fn join(self) -> Result<R, Failure<E>> {
        let (pool, me) = HERE.with(Cell::get);
        let mut world = WORLD.lock().unwrap();
        if let (Some(me), true) = (me, world.jobs.contains_key(&self.id)) {
            world.jobs.get_mut(&me).expect("it runs").waits_for = Some(self.id);
            // Those who wait for this job may now have to begin another one.
            CHANGED.notify_all();
        }
        while world.jobs.contains_key(&self.id) {
            let needed = pool.and_then(|pool| world.needed(self.id, pool));
            if let Some((id, body)) = needed {
                drop(world);
                run(id, body);
                world = WORLD.lock().unwrap();
            } else {
                world = CHANGED.wait(world).unwrap();
            }
        }
        if let Some(job) = me.and_then(|me| world.jobs.get_mut(&me)) {
            job.waits_for = None;
        }
        drop(world);
        self.outcome.lock().unwrap().take().expect("the job has ended")
    }
}
