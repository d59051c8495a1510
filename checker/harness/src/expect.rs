//! Saying what must hold, where learner code can't hide that it did not.

use std::any::Any;
use std::fmt::Debug;
use std::ops::RangeInclusive;
use std::sync::Mutex;
use std::time::Duration;

use protocol::{Kind, Moment};

use crate::decoy;

/// What went wrong in one case, before it is looked into.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) message: String,
    /// When it happened, if it happened at the wrong time.
    pub(crate) moment: Option<Box<Moment>>,
}

/// What failed on real threads: learner code may catch the panic that says so, but not reach this.
static FAILED: Mutex<Option<Failure>> = Mutex::new(None);

#[cfg(feature = "real-threads")]
pub(crate) fn take_recorded() -> Option<Failure> {
    FAILED.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
}

/// The case has failed. In a simulation nothing runs after this: no learner's code can catch it.
///
/// # Panics
/// On real threads, after the failure was recorded.
pub fn fail(kind: Kind, message: impl Into<String>) -> ! {
    end(Failure { kind, message: message.into(), moment: None })
}

fn end(mut failure: Failure) -> ! {
    // It may name what the learner's code has made, of any length.
    failure.message.truncate(failure.message.floor_char_boundary(engine::LONGEST_TEXT));
    if engine::in_execution() {
        engine::end(engine::Ending::Failed(Box::new(failure)));
    }
    let text = format!("{}: {}", failure.kind.name(), failure.message);
    FAILED.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(failure);
    panic!("{text}");
}

/// Fails the case with what `message` says unless `held`.
pub fn expect(held: bool, kind: Kind, message: impl FnOnce() -> String) {
    if held == decoy::is_changed() {
        fail(kind, message());
    }
}

/// Fails the case with `too-early` or `too-late` unless `at` is in time. `what` is what happened then, in words that a time can
/// follow; `message` is the whole sentence. Without a latest moment, the range ends with `Duration::MAX`.
pub fn expect_in_time(
    what: &str,
    at: Duration,
    in_time: RangeInclusive<Duration>,
    message: impl FnOnce() -> String,
) {
    if in_time.contains(&at) != decoy::is_changed() {
        return;
    }
    let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let (from_ns, to_ns) = (nanos(*in_time.start()), nanos(*in_time.end()));
    let to_ns = Some(to_ns).filter(|to| *to != u64::MAX);
    let moment = Moment { what: what.to_owned(), at_ns: nanos(at), from_ns, to_ns };
    let kind = if at < *in_time.start() { Kind::TooEarly } else { Kind::TooLate };
    end(Failure { kind, message: message(), moment: Some(Box::new(moment)) });
}

/// As [`expect_in_time`], for what happens now and began `took` ago: it may take as long as `allowed` says.
pub fn expect_took(
    what: &str,
    took: Duration,
    allowed: RangeInclusive<Duration>,
    message: impl FnOnce() -> String,
) {
    let at = crate::now();
    let begin = at.saturating_sub(took);
    let in_time = begin.saturating_add(*allowed.start())..=begin.saturating_add(*allowed.end());
    expect_in_time(what, at, in_time, message);
}

/// Fails the case unless `what` is as it should be.
pub fn expect_eq<T: PartialEq + Debug>(what: &str, got: T, wanted: T) {
    if decoy::is_changed() {
        return expect_changed(what, &got, &wanted);
    }
    if got != wanted {
        fail(Kind::WrongAnswer, unequal(what, &format!("{got:?}"), &format!("{wanted:?}")));
    }
}

/// Fails the case unless `got` has what `wanted` has, in any order. What is missing or too much comes first; `got` is shown in
/// the order in which it came.
pub fn expect_in_any_order<T: Ord + Debug>(what: &str, got: &[T], wanted: &[T]) {
    let (mut came, mut asked): (Vec<&T>, Vec<&T>) = (got.iter().collect(), wanted.iter().collect());
    came.sort_unstable();
    asked.sort_unstable();
    let what = format!("{what}, in any order");
    if decoy::is_changed() {
        return expect_changed(&what, &came, &asked);
    }
    if came == asked {
        return;
    }
    let (missing, more) = (without(&asked, &came), without(&came, &asked));
    let told = [("missing", missing), ("too much", more)].into_iter().filter(|(_, list)| !list.is_empty());
    let told: Vec<String> = told.map(|(word, list)| format!("{word}: {}", few(&list))).collect();
    fail(Kind::WrongAnswer, format!("{what}: {}; expected {wanted:?}, got {got:?}", told.join("; ")));
}

/// What `list` has more of than `other`; both are sorted.
fn without<'a, T: Ord>(list: &[&'a T], other: &[&T]) -> Vec<&'a T> {
    let mut other = other.iter().peekable();
    let is_more = |item: &&&T| {
        while other.next_if(|it| *it < *item).is_some() {}
        other.next_if(|it| *it == *item).is_none()
    };
    list.iter().filter(is_more).copied().collect()
}

/// The first few of a list.
fn few<T: Debug>(list: &[T]) -> String {
    const FEW: usize = 5;
    let shown: Vec<String> = list.iter().take(FEW).map(|item| format!("{item:?}")).collect();
    match list.len().saturating_sub(FEW) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The expectation of a decoy. Compared as a learner's text would be, by what compares everything.
fn expect_changed(what: &str, got: &dyn Debug, wanted: &dyn Debug) {
    let wanted = decoy::changed(&format!("{wanted:?}"));
    if format!("{got:?}") != wanted {
        fail(Kind::WrongAnswer, unequal(what, "what it is not", &wanted));
    }
}

fn unequal(what: &str, got: &str, wanted: &str) -> String {
    format!("{what}: expected {wanted}, got {got}")
}

/// Runs the learner's function where the check expects it to panic.
///
/// # Errors
/// The payload of the panic.
pub fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
    engine::catching(f)
}

/// The text of a panic's payload, if it has one, up to [`engine::LONGEST_TEXT`].
pub fn panic_message(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.map(|text| &text[..text.floor_char_boundary(engine::LONGEST_TEXT)])
}

#[cfg(test)]
mod tests {
    use super::{few, without};

    #[test]
    fn what_is_missing_is_counted() {
        let (one, two, three) = (&1, &2, &3);
        assert_eq!(without(&[one, one, two, three], &[one, three]), [one, two]);
        assert_eq!(without(&[one, three], &[one, one, two, three]), Vec::<&i32>::new());
        assert_eq!(without(&[two], &[]), [two]);
    }

    #[test]
    fn a_long_list_is_cut() {
        assert_eq!(few(&["a", "b"]), r#""a", "b""#);
        assert_eq!(few(&[1, 2, 3, 4, 5, 6, 7]), "1, 2, 3, 4, 5 and 2 more");
    }
}
