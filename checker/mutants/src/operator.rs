//! What a mutant's one mistake is called.

use strum::{EnumIter, EnumString, IntoStaticStr};

/// A kind of mistake. Its name, as a table or a note has it, is its spelling in kebab-case.
#[derive(Clone, Copy, Debug, EnumIter, EnumString, Eq, Hash, IntoStaticStr, Ord, PartialEq, PartialOrd)]
#[strum(serialize_all = "kebab-case")]
pub enum Operator {
    // Calls and parameters of concurrency.
    /// A call of `notify_one`, `notify_all`, `unpark` or `wake` is left out.
    DropNotify,
    /// `notify_all` wakes one only, or `notify_one` everybody.
    NotifyOther,
    /// A wait is left out.
    DropWait,
    /// `while` around a wait becomes `if`, or a `wait_while` waits once.
    WaitOnce,
    /// A join is left out.
    DropJoin,
    /// A `drop` (of a sender, a guard), a `close` or a `take` is left out.
    DropClose,
    /// A blocking call gives up at once, or one that gives up blocks.
    Blocking,
    /// Another timeout: none, double, half.
    Timeout,
    /// A permit, a place or a worker more or fewer.
    Permit,
    /// A bounded channel has no bound, or is a rendezvous.
    Capacity,
    /// A clone in place of what it was made from is kept, so a channel stays open.
    KeepSender,
    // Critical sections.
    /// A critical section is cut in two: others get in between.
    SplitSection,
    /// A critical section ends a statement sooner.
    ShrinkSection,
    /// A critical section begins a statement later, or ends one later.
    ShiftSection,
    /// A lock is held across what comes after it.
    ExpandSection,
    /// Two locks are taken in the other order.
    SwapLocks,
    /// An atomic read-modify-write is a read and a write.
    SplitAtomic,
    /// A compare-and-exchange stores without comparing.
    BlindExchange,
    /// An operation on an atomic, or a fence, has the next weaker memory order.
    WeakenOrder,
    /// Work that ran on its own thread is done on the spot.
    RunHere,
    /// A panic is let through where it was caught.
    LetPanic,
    // The usual ones.
    /// A whole number one more, one less, or zero.
    Constant,
    /// `true` for `false`.
    Boolean,
    /// Another comparison.
    Comparison,
    /// Another arithmetic operation.
    Arithmetic,
    /// A condition is negated, or one half of it left out.
    Condition,
    /// A range that is open at its end is closed, or the other way round.
    Range,
    /// A statement is left out.
    DropStatement,
    /// Two neighbouring statements change places.
    SwapStatements,
    /// A loop is left instead of gone on with, or the other way round.
    LoopControl,
    /// An error is ignored.
    IgnoreError,
    /// `min` for `max`, `first` for `last` and their like.
    OtherMethod,
    /// A function returns at its beginning.
    ReturnEarly,
}

impl Operator {
    /// Its name in tables and notes.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}
