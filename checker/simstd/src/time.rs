//! Virtual time: it moves when nothing can run, then to the next deadline and a little further.

use ::std::fmt;
use ::std::ops::{Add, AddAssign, Sub, SubAssign};
use ::std::panic::Location;
pub use ::std::time::*;

/// 2026-01-01, so that dates look like dates.
const TODAY: Duration = Duration::from_secs(1_767_225_600);
/// How long a simulated machine has been up when an execution begins: an hour and a bit.
const UPTIME: Duration = Duration::from_secs(4_000);

/// As [`std::time::Instant`]: nanoseconds since the machine was started, or before it.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i128);

impl Instant {
    /// Virtual now. A scheduling point, so that a loop until some time has come does not stop the world.
    #[track_caller]
    pub fn now() -> Self {
        Self(nanoseconds(UPTIME + engine::read_clock(Location::caller())))
    }

    fn at(nanoseconds: i128) -> Option<Self> {
        can_be_named(nanoseconds).then_some(Self(nanoseconds))
    }

    /// As the real one: zero if `earlier` is later.
    pub fn duration_since(&self, earlier: Self) -> Duration {
        self.checked_duration_since(earlier).unwrap_or_default()
    }

    /// As the real one.
    pub fn checked_duration_since(&self, earlier: Self) -> Option<Duration> {
        (*self >= earlier).then(|| between(self.0.abs_diff(earlier.0)))
    }

    /// As the real one.
    pub fn saturating_duration_since(&self, earlier: Self) -> Duration {
        self.duration_since(earlier)
    }

    /// As the real one.
    #[track_caller]
    pub fn elapsed(&self) -> Duration {
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

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, rest) = (self.0.div_euclid(SECOND), self.0.rem_euclid(SECOND));
        f.debug_struct("Instant").field("tv_sec", &seconds).field("tv_nsec", &rest).finish()
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

/// Nanoseconds.
const SECOND: i128 = 1_000_000_000;

/// Whether a time can be told: its seconds are 64 bits.
fn can_be_named(nanoseconds: i128) -> bool {
    i64::try_from(nanoseconds.div_euclid(SECOND)).is_ok()
}

impl SystemTime {
    /// As the real one.
    pub const UNIX_EPOCH: SystemTime = SystemTime(0);

    /// Virtual now. A scheduling point, as for an [`Instant`].
    #[track_caller]
    pub fn now() -> Self {
        Self::UNIX_EPOCH + TODAY + engine::read_clock(Location::caller())
    }

    fn at(nanoseconds: i128) -> Option<Self> {
        can_be_named(nanoseconds).then_some(Self(nanoseconds))
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
    #[track_caller]
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
