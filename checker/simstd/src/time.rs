//! Virtual time: it moves when nothing can run, then to the next deadline.

use ::std::fmt;
use ::std::ops::{Add, AddAssign, Sub, SubAssign};
pub use ::std::time::*;

/// An execution starts this long after the origin, so that times before it can be named.
const HEAD_START: Duration = Duration::from_secs(24 * 60 * 60);
/// 2026-01-01, so that dates look like dates.
const TODAY: Duration = Duration::from_secs(1_767_225_600);

/// As [`std::time::Instant`].
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Instant(Duration);

impl Instant {
    /// Virtual now. A scheduling point, so that a loop until some time has come does not stop the world.
    #[track_caller]
    pub fn now() -> Self {
        engine::point("now", 0, ::std::panic::Location::caller());
        Self(HEAD_START + engine::elapsed())
    }

    /// As the real one: zero if `earlier` is later.
    pub fn duration_since(&self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// As the real one.
    pub fn checked_duration_since(&self, earlier: Self) -> Option<Duration> {
        self.0.checked_sub(earlier.0)
    }

    /// As the real one.
    pub fn saturating_duration_since(&self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// As the real one.
    pub fn elapsed(&self) -> Duration {
        Self::now().duration_since(*self)
    }

    /// As the real one.
    pub fn checked_add(&self, duration: Duration) -> Option<Self> {
        self.0.checked_add(duration).map(Self)
    }

    /// As the real one.
    pub fn checked_sub(&self, duration: Duration) -> Option<Self> {
        self.0.checked_sub(duration).map(Self)
    }
}

impl Sub<Instant> for Instant {
    type Output = Duration;
    fn sub(self, other: Instant) -> Duration {
        self.duration_since(other)
    }
}

/// As [`std::time::SystemTime`]: nanoseconds since the epoch, or before it.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SystemTime(i128);

/// As [`std::time::UNIX_EPOCH`].
pub const UNIX_EPOCH: SystemTime = SystemTime::UNIX_EPOCH;

/// Seconds that a time may be away from the epoch.
const FARTHEST: u128 = i64::MAX as u128;

impl SystemTime {
    /// As the real one.
    pub const UNIX_EPOCH: SystemTime = SystemTime(0);

    /// Virtual now.
    pub fn now() -> Self {
        Self::UNIX_EPOCH + TODAY + engine::elapsed()
    }

    fn at(nanoseconds: i128) -> Option<Self> {
        (nanoseconds.unsigned_abs() / 1_000_000_000 <= FARTHEST).then_some(Self(nanoseconds))
    }

    /// As the real one.
    ///
    /// # Errors
    /// If `earlier` is later.
    pub fn duration_since(&self, earlier: Self) -> Result<Duration, SystemTimeError> {
        let distance = between(self.0.abs_diff(earlier.0));
        if *self < earlier { Err(SystemTimeError(distance)) } else { Ok(distance) }
    }

    /// As the real one.
    ///
    /// # Errors
    /// If this time is to come.
    pub fn elapsed(&self) -> Result<Duration, SystemTimeError> {
        Self::now().duration_since(*self)
    }

    /// As the real one.
    pub fn checked_add(&self, duration: Duration) -> Option<Self> {
        Self::at(self.0 + nanoseconds(duration))
    }

    /// As the real one.
    pub fn checked_sub(&self, duration: Duration) -> Option<Self> {
        Self::at(self.0 - nanoseconds(duration))
    }
}

fn nanoseconds(duration: Duration) -> i128 {
    i128::try_from(duration.as_nanos()).expect("a duration has less than 2^64 seconds")
}

fn between(nanoseconds: u128) -> Duration {
    let seconds = u64::try_from(nanoseconds / 1_000_000_000).expect("times are less than 2^64 seconds apart");
    Duration::new(seconds, (nanoseconds % 1_000_000_000) as u32)
}

impl fmt::Debug for SystemTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "SystemTime({sign}{:?})", between(self.0.unsigned_abs()))
    }
}

/// As [`std::time::SystemTimeError`].
#[derive(Clone, Debug)]
pub struct SystemTimeError(Duration);

impl SystemTimeError {
    /// By how much the other time is later.
    pub fn duration(&self) -> Duration {
        self.0
    }
}

impl fmt::Display for SystemTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("second time provided was later than self")
    }
}

impl ::std::error::Error for SystemTimeError {}

macro_rules! arithmetic {
    ($($Time:ident)*) => {$(
        impl Add<Duration> for $Time {
            type Output = $Time;
            #[track_caller]
            fn add(self, other: Duration) -> $Time {
                self.checked_add(other).expect("overflow when adding duration to instant")
            }
        }
        impl AddAssign<Duration> for $Time {
            #[track_caller]
            fn add_assign(&mut self, other: Duration) {
                *self = *self + other;
            }
        }
        impl Sub<Duration> for $Time {
            type Output = $Time;
            #[track_caller]
            fn sub(self, other: Duration) -> $Time {
                self.checked_sub(other).expect("overflow when subtracting duration from instant")
            }
        }
        impl SubAssign<Duration> for $Time {
            #[track_caller]
            fn sub_assign(&mut self, other: Duration) {
                *self = *self - other;
            }
        }
    )*};
}

arithmetic!(Instant SystemTime);

/// The virtual deadline after `duration`, in the engine's nanoseconds; `None` if it never comes.
pub(crate) fn deadline(duration: Duration) -> Option<u64> {
    u64::try_from(duration.as_nanos())
        .ok()
        .and_then(|d| engine::now().checked_add(d))
        .filter(|d| *d != u64::MAX)
}
