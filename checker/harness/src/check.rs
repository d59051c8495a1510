//! One check, as its author sees it.

use std::cell::RefCell;
use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;

use proptest::strategy::BoxedStrategy;

use crate::cases::{Generated, Input, Inputs, Show, Small};
use crate::expect::fail;
use crate::search::Search;
use crate::{decoy, exploration, snapshot, threads};
use protocol::Kind;

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

#[derive(Debug)]
pub(crate) enum Mode {
    Simulated(Box<RefCell<Search>>),
    #[cfg_attr(not(feature = "real-threads"), expect(dead_code, reason = "the other way is left out"))]
    Real,
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
        let show: Show = |input| format!("{:?}", input.downcast_ref::<T>().expect("as above"));
        self.cases(&Generated(inputs), show, Arc::new(typed));
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
            |_| String::new(),
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
                    let is_changed = decoy::is_changed().then(|| decoy::changed(wanted.trim_end()));
                    let wanted = is_changed.as_deref().unwrap_or(&wanted);
                    if got.trim_end() != wanted.trim_end() {
                        fail(Kind::WrongAnswer, snapshot::difference(name, wanted, &got));
                    }
                });
            }
        }
    }

    fn cases(&self, inputs: &dyn Inputs, show: Show, body: Arc<dyn Fn(&Input) + Send + Sync>) {
        match &self.mode {
            Mode::Simulated(search) => {
                let body = |input: &Input| {
                    if decoy::case(|| body(input)) {
                        fail(Kind::WrongAnswer, "the case has ended");
                    }
                };
                exploration::explore(
                    &mut search.borrow_mut(),
                    inputs,
                    self.small.take().as_ref(),
                    show,
                    &body,
                );
            }
            Mode::Real => threads::cases(inputs, show, &body),
        }
    }
}
