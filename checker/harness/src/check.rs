//! One check, as its author sees it.

use std::any::Any;
use std::cell::RefCell;
use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::explore::Search;
use crate::finding::Kind;
use crate::{real, snapshot};

/// A check as [`checks!`](crate::checks) lists it.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The clause of the contract that it tests.
    pub clause: u32,
    /// The name of the function.
    pub name: &'static str,
    /// The function.
    pub run: fn(&Check),
    /// Whether it needs the simulation, since on real threads it would depend on luck.
    pub simulated_only: bool,
}

/// A check while it runs.
#[derive(Debug)]
pub struct Check {
    pub(crate) mode: Mode,
    /// Where the exercise's snapshots are.
    pub(crate) snapshots: PathBuf,
    /// The input that all interleavings of are to be tried with, for the cases that come next.
    pub(crate) small: RefCell<Option<Small>>,
}

/// An input so small that all its interleavings may be tried.
#[derive(Debug, Clone)]
pub(crate) struct Small {
    /// In words that follow "every interleaving of".
    pub(crate) what: &'static str,
    pub(crate) input: Input,
}

#[derive(Debug)]
pub(crate) enum Mode {
    Simulated(Box<RefCell<Search>>),
    Real,
}

/// An input whose type is known to the check alone.
pub(crate) type Input = Arc<dyn Any + Send + Sync>;

/// The seed that is being tried. A crash leaves no time to ask for it.
pub(crate) static LAST_SEED: AtomicU64 = AtomicU64::new(0);

/// Makes inputs, and smaller ones from those that fail.
pub(crate) trait Inputs {
    fn tree(&self, seed: u64) -> Box<dyn Tree>;
}

/// One input with the ways to make it smaller.
pub(crate) trait Tree {
    fn current(&self) -> Input;
    fn simplify(&mut self) -> bool;
    fn complicate(&mut self) -> bool;
}

struct Generated<T>(BoxedStrategy<T>);

impl<T: Debug + Send + Sync + 'static> Inputs for Generated<T> {
    fn tree(&self, seed: u64) -> Box<dyn Tree> {
        LAST_SEED.store(seed, Ordering::Relaxed);
        let mut runner = runner(seed);
        let tree = self.0.new_tree(&mut runner).expect("the check's inputs need no filtering");
        Box::new(Growing(tree))
    }
}

struct Growing<T>(Box<dyn ValueTree<Value = T>>);

impl<T: Debug + Send + Sync + 'static> Tree for Growing<T> {
    fn current(&self) -> Input {
        Arc::new(self.0.current())
    }
    fn simplify(&mut self) -> bool {
        self.0.simplify()
    }
    fn complicate(&mut self) -> bool {
        self.0.complicate()
    }
}

fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    for (i, chunk) in bytes.chunks_mut(8).enumerate() {
        chunk.copy_from_slice(&seed.wrapping_add(i as u64).to_le_bytes());
    }
    let config = Config { failure_persistence: None, source_file: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

impl Check {
    /// Runs `body` for many inputs, each under schedules of its own. A failing input is made smaller.
    pub fn forall<T>(&self, inputs: BoxedStrategy<T>, body: impl Fn(T) + Send + Sync + 'static)
    where
        T: Clone + Debug + Send + Sync + 'static,
    {
        let typed = move |input: &Input| {
            body(input.downcast_ref::<T>().expect("an input has its check's type").clone());
        };
        let show = |input: &Input| format!("{:?}", input.downcast_ref::<T>().expect("as above"));
        self.cases(&Generated(inputs), &show, Arc::new(typed));
    }

    /// Besides the many schedules of the cases that come next, tries every interleaving of one input, if there are few enough of
    /// them. `what` says what the input is, in words that follow "every interleaving of".
    pub fn small<T: Send + Sync + 'static>(&self, what: &'static str, input: T) {
        *self.small.borrow_mut() = Some(Small { what, input: Arc::new(input) });
    }

    /// Runs `body` under many schedules.
    pub fn schedules(&self, body: impl Fn() + Send + Sync + 'static) {
        self.cases(
            &Generated(crate::input::always(())),
            &|_: &Input| String::new(),
            Arc::new(move |_: &Input| body()),
        );
    }

    /// Runs `body` under many schedules; what it returns must be the snapshot called `name`, every time.
    pub fn snapshot(&self, name: &'static str, body: impl Fn() -> String + Send + Sync + 'static) {
        match &self.mode {
            Mode::Real => {
                let text = Arc::new(std::sync::Mutex::new(String::new()));
                let copy = Arc::clone(&text);
                self.schedules(move || *copy.lock().expect("one writer") = body());
                let text = text.lock().expect("one writer").clone();
                snapshot::assert(&self.snapshots, name, &text);
            }
            Mode::Simulated(_) => {
                let wanted = snapshot::read(&self.snapshots, name);
                self.schedules(move || {
                    let got = body();
                    if got.trim_end() != wanted.trim_end() {
                        crate::fail(Kind::WrongAnswer, snapshot::difference(name, &wanted, &got));
                    }
                });
            }
        }
    }

    fn cases(
        &self,
        inputs: &dyn Inputs,
        show: &dyn Fn(&Input) -> String,
        body: Arc<dyn Fn(&Input) + Send + Sync>,
    ) {
        match &self.mode {
            Mode::Simulated(search) => {
                search.borrow_mut().explore(inputs, self.small.take().as_ref(), show, &*body);
            }
            Mode::Real => real::cases(inputs, show, &body),
        }
    }
}
