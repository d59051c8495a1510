//! Which of the libraries that learners may use a source file belongs to.
//!
//! A place in a source file has no package, so the folder above `src` tells: `rayon-core-1.13.0` as cargo unpacks it, or
//! `rayon-core` as it is vendored or cloned.

use std::cell::Cell;

use std::panic::Location;

/// A place in a source file.
type Loc = &'static Location<'static>;

/// The packages of crossbeam and rayon.
const PACKAGES: [&str; 8] =
    ["crossbeam", "crossbeam-channel", DEQUE, EPOCH, "crossbeam-queue", "crossbeam-utils", "rayon", RAYON];
/// The package of the queues in which a pool's jobs lie.
const DEQUE: &str = "crossbeam-deque";
/// The package that collects crossbeam's garbage.
const EPOCH: &str = "crossbeam-epoch";
/// The package of rayon's pools.
pub(crate) const RAYON: &str = "rayon-core";

/// The package that `file` is of, if it is one of the libraries'.
pub(crate) fn package(file: &str) -> Option<&'static str> {
    let separators = ['/', '\\'];
    let mut parents = file.split(separators).rev().skip_while(|part| *part != "src").skip(1);
    let folder = parents.next()?;
    PACKAGES
        .into_iter()
        .find(|package| folder.strip_prefix(package).is_some_and(|rest| rest.is_empty() || is_version(rest)))
}

/// What is known of a place in a source file.
#[derive(Clone, Copy)]
struct Known {
    place: Option<Loc>,
    package: Option<&'static str>,
}

const PLACES: usize = 128;

thread_local! {
    /// The answers for the places asked for last: the same few are asked for again and again.
    static KNOWN: [Cell<Known>; PLACES] =
        const { [const { Cell::new(Known { place: None, package: None }) }; PLACES] };
}

/// As [`package`], for the file of a place.
pub(crate) fn package_at(place: Loc) -> Option<&'static str> {
    KNOWN.with(|known| {
        let slot = &known[(&raw const *place).addr() / align_of_val(place) % PLACES];
        match slot.get() {
            Known { place: Some(same), package } if std::ptr::eq(same, place) => package,
            _ => {
                let package = package(place.file());
                slot.set(Known { place: Some(place), package });
                package
            }
        }
    })
}

/// What the lanes call a function of a library that a learner's line called: a loop over a receiver receives, and the end of
/// a value drops it.
pub(crate) fn called(function: &str) -> String {
    match function {
        "next" => "recv",
        "drop_in_place" => "drop",
        other => other,
    }
    .to_owned()
}

/// What the lanes call the steps of a library on threads of its own.
pub(crate) const INSIDE: &str = "(library)";

/// Whether the place is in the libraries' own code.
pub(crate) fn is_of_one(place: Loc) -> bool {
    package_at(place).is_some()
}

/// Whether the place is in what a pool of rayon's goes through when it looks for work.
pub(crate) fn is_of_a_pool(place: Loc) -> bool {
    package_at(place).is_some_and(|package| [RAYON, DEQUE, EPOCH].contains(&package))
}

/// The file of an exercise's checks. What a check counts with atomics of its own is no part of the program.
const CHECKS: &str = "checks.rs";

/// Whether it is a learner who could choose another memory order at this place. What a library does with its atomics nobody
/// who learns can mend.
pub(crate) fn is_of_the_program(place: Loc) -> bool {
    !is_of_one(place) && !place.file().ends_with(CHECKS)
}

/// Whether the operation `op` at a place in the libraries' own code looks at something, and changes nothing. What
/// crossbeam's collector of garbage writes tells others only when to free.
pub(crate) fn only_looks(op: &str, place: Loc) -> bool {
    let package = package_at(place);
    package.is_some_and(|package| package == EPOCH || ["load", "fence"].contains(&op))
}

/// The folders of std's own sources, where a sysroot or a build of the simulated one has them.
const STD: [&str; 4] = ["library/core/src/", "library/alloc/src/", "library/std/src/", "checker/simstd/src/"];

/// Whether code in `file` runs for whoever calls it: it is std's or a library's.
pub(crate) fn runs_for_others(file: &str) -> bool {
    let file = file.replace('\\', "/");
    STD.iter().any(|folder| file.contains(folder)) || package(&file).is_some()
}

/// Whether `rest` is what cargo adds to a package's name, such as `-1.13.0`.
fn is_version(rest: &str) -> bool {
    rest.strip_prefix('-').is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inside_of_a_library_has_the_name_that_a_learner_knows() {
        assert_eq!([called("next"), called("drop_in_place"), called("send")], ["recv", "drop", "send"]);
    }

    #[test]
    fn core_runs_for_others_and_the_checks_do_not() {
        let core = "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/time.rs";
        assert!(runs_for_others(core) && runs_for_others(r"C:\rust\library\core\src\time.rs"));
        assert!(runs_for_others("/vendor/rayon-core-1.13.0/src/registry.rs"));
        assert!(!runs_for_others("exercises/05-worker-pool/one-clerk/tests/checks.rs"));
        assert!(!runs_for_others("src/lib.rs"));
    }

    #[test]
    fn a_package_is_known_by_its_folder() {
        let unpacked = "/home/ada/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/rayon-core-1.13.0/src/sleep/mod.rs";
        assert_eq!(package(unpacked), Some("rayon-core"));
        assert_eq!(
            package(r"C:\lab\vendor\crossbeam-channel\src\flavors\array.rs"),
            Some("crossbeam-channel")
        );
        assert_eq!(package("vendor/rayon/src/iter/mod.rs"), Some("rayon"));
        assert_eq!(package("/home/rayon-core-1/exercises/05-worker-pool/one-clerk/src/lib.rs"), None);
        assert_eq!(package("vendor/crossbeam-channel-tests/src/lib.rs"), None);
        assert_eq!(package("src/lib.rs"), None);
    }
}
