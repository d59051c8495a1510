//! Inputs for cases: how they are drawn from a seed, and made smaller when they fail.

use std::any::Any;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// An input so small that all its interleavings may be tried.
#[derive(Debug, Clone)]
pub(crate) struct Small {
    /// In words that follow "every interleaving of".
    pub(crate) what: &'static str,
    pub(crate) input: Input,
}

/// An input whose type is known to the check alone.
pub(crate) type Input = Arc<dyn Any + Send + Sync>;

/// How a check shows its inputs.
pub(crate) type Show = fn(&Input) -> String;

/// The seed that is being tried. A crash leaves no time to ask for it.
pub(crate) static LAST_SEED: AtomicU64 = AtomicU64::new(0);

/// How the inputs of the check that runs are shown, and the one that is being tried.
static LAST_INPUT: Mutex<(Show, Option<Input>)> = Mutex::new((|_| String::new(), None));

/// The cases that come show their inputs like this.
pub(crate) fn shown_by(show: Show) {
    *LAST_INPUT.lock().unwrap_or_else(PoisonError::into_inner) = (show, None);
}

/// A case begins with this input.
pub(crate) fn begin(input: &Input) {
    LAST_INPUT.lock().unwrap_or_else(PoisonError::into_inner).1 = Some(Arc::clone(input));
}

/// What the case that has begun last was called with, if it is anything.
pub(crate) fn last_input() -> Option<String> {
    let (show, input) = LAST_INPUT.lock().unwrap_or_else(PoisonError::into_inner).clone();
    input.map(|input| show(&input)).filter(|shown| !shown.is_empty())
}

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

pub(crate) struct Generated<T>(pub(crate) BoxedStrategy<T>);

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
