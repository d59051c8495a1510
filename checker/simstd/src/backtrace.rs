//! A backtrace is that of the simulation, and it would name the check that runs. So there is none.

use ::std::fmt;

pub use ::std::backtrace::BacktraceStatus;

/// As [`std::backtrace::Backtrace`], on a platform that has none.
pub struct Backtrace(());

impl Backtrace {
    /// As [`std::backtrace::Backtrace::capture`].
    pub fn capture() -> Backtrace {
        Backtrace(())
    }

    /// As [`std::backtrace::Backtrace::force_capture`].
    pub fn force_capture() -> Backtrace {
        Backtrace(())
    }

    /// As [`std::backtrace::Backtrace::disabled`].
    pub const fn disabled() -> Backtrace {
        Backtrace(())
    }

    /// As [`std::backtrace::Backtrace::status`]: unsupported.
    pub fn status(&self) -> BacktraceStatus {
        BacktraceStatus::Unsupported
    }
}

impl fmt::Debug for Backtrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<unsupported>")
    }
}

impl fmt::Display for Backtrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unsupported backtrace")
    }
}
