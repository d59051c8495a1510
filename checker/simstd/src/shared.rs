//! What several values of ours share, counted without atomics.
//!
//! All simulated threads run on one OS thread, and what is ours must not be taken for an `Arc` of the program's, whose
//! counts are scheduling points.

use ::std::ops::Deref;
use ::std::rc::Rc;

/// As an `Arc`.
#[derive(Debug, Default)]
pub(crate) struct Shared<T: ?Sized>(Rc<T>);

// SAFETY: the counts are touched between scheduling points only (crate documentation); the value is as in an `Arc`.
unsafe impl<T: ?Sized + Send + Sync> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Rc::new(value))
    }

    /// Whether nothing else shares it.
    pub(crate) fn is_last(&self) -> bool {
        Rc::strong_count(&self.0) == 1
    }
}

impl<T: ?Sized> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T: ?Sized> Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}
