//! The error of a machine on which nothing should be judged.

use std::fmt;

/// The machine is not fit to judge: nothing was judged, and nobody is to blame but it.
#[derive(Debug)]
pub struct Unfit(pub String);

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unfit {}
