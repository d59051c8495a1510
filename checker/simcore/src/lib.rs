//! `core`, with the atomics and hints of `simstd`: atomics have two names, and a crate may use either.
//!
//! crossbeam is compiled over this crate with the feature `same-layout`, learner code without it.

#![no_std]

pub use ::core::*;

#[cfg(feature = "same-layout")]
#[macro_use]
#[path = "../../simstd/src/sync/atomic/operations.rs"]
mod operations;
#[cfg(feature = "same-layout")]
mod same_layout;

pub mod hint {
    //! Hints; a spin loop's lets another thread go first.
    pub use ::core::hint::*;
    pub use simstd::hint::spin_loop;
}

pub mod sync {
    //! Synchronisation.
    pub use ::core::sync::*;

    pub mod atomic {
        //! Atomics under the scheduler.
        #[cfg(feature = "same-layout")]
        pub use crate::same_layout::*;
        #[cfg(not(feature = "same-layout"))]
        pub use simstd::sync::atomic::*;
    }
}
