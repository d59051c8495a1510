//! Inputs for cases: how they are drawn from a seed, and made smaller when they fail.

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
