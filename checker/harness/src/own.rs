//! References of the probes' own, which are no scheduling points.
//!
//! The counts of an `Arc` are scheduling points in code that is compiled as a program's is, and the checks are. What a probe
//! does is not the program's: a probe copies and drops its reference in code of this crate, which is never compiled so.

use std::ops::Deref;
use std::sync::Arc;

/// A reference to what a probe and its copies share.
#[derive(Debug, Default)]
pub(crate) struct Own<T> {
    /// Empty once it has been let go.
    shared: Option<Arc<T>>,
}

impl<T> Own<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { shared: Some(Arc::new(value)) }
    }

    pub(crate) fn another(&self) -> Self {
        Self { shared: self.shared.clone() }
    }

    pub(crate) fn let_go(&mut self) {
        self.shared = None;
    }

    /// Where what is shared is.
    pub(crate) fn address(&self) -> usize {
        (&raw const **self).addr()
    }
}

impl<T> Deref for Own<T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.shared.as_ref().expect("it is let go of when the probe is dropped")
    }
}

/// Makes a probe of an [`Own`] be copied and dropped in this crate, whose functions are never inlined into checks.
macro_rules! own {
    ($($Probe:ident)*) => {$(
        impl Default for $Probe {
            fn default() -> Self {
                Self($crate::own::Own::new(Default::default()))
            }
        }
        impl Clone for $Probe {
            #[inline(never)]
            fn clone(&self) -> Self {
                Self(self.0.another())
            }
        }
        impl Drop for $Probe {
            #[inline(never)]
            fn drop(&mut self) {
                self.0.let_go();
            }
        }
    )*};
}

pub(crate) use own;
