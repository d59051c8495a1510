//! Why tests do not pass, for the page. A test that fails otherwise, or is not here, is not explained.

/// Tests that fail for one reason.
pub(crate) struct Reason {
    /// In a sentence or two.
    pub(crate) why: &'static str,
    /// Suite, test, and the word for how it ends.
    pub(crate) tests: &'static [(&'static str, &'static str, &'static str)],
}

pub(crate) const REASONS: &[Reason] = &[];
