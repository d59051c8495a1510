//! Grading a class in three steps on disk: what was handed in, verdicts, marks. Nobody's name is in any file but one.

mod archive;
mod assignment;
mod class;
mod html;
mod intake;
mod lms;
mod marks;
mod pages;
mod plan;
mod policy;
mod record;
mod roster;
mod run;
mod sheet;
mod similar;
mod tables;

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

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
