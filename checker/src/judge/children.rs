//! Running the checks of one program in several children at once.

use crate::judge::child::{self, HANGS, left_out, unrun};
use crate::judge::news::News;
use crate::process::cancel::Cancel;
use crate::verdict::{Check, Kind, Status};
use anyhow::Result;
use protocol::{Listed, Request};
use std::path::Path;
use std::sync::mpsc;
use std::thread;

/// As [`child::run`] for all checks, with `size` children at once, each with its share of them.
///
/// # Errors
/// If the trouble is not the learner's.
pub fn run(
    program: &Path,
    request: &Request,
    cancel: &Cancel,
    size: usize,
    tell: &mut dyn FnMut(News),
) -> Result<Vec<Check>> {
    let listed = child::list(program, request, cancel)?;
    let shares = shares(&listed, size);
    tell(News::Listed(listed.clone()));
    let (sender, heard) = mpsc::channel();
    let ended = thread::scope(|scope| {
        let start = |only| {
            let (sender, request) = (sender.clone(), Request { only: Some(only), ..request.clone() });
            scope.spawn(move || {
                child::run(program, &request, cancel, &mut |news| {
                    // The list is told once, for all of them. They are heard until the last has ended.
                    if !matches!(news, News::Listed(_)) {
                        let _ = sender.send(news);
                    }
                })
            })
        };
        let children: Vec<_> = shares.into_iter().map(start).collect();
        drop(sender);
        heard.into_iter().for_each(&mut *tell);
        let joined = children
            .into_iter()
            .map(|child| child.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload)));
        joined.collect::<Result<Vec<_>>>()
    })?;
    let mut checks: Vec<Check> = ended.into_iter().flatten().collect();
    checks.sort_by_key(|check| listed.iter().position(|listed| listed.name == check.name));
    as_one_child_would(&mut checks);
    Ok(checks)
}

/// How many processors a machine has must not be seen in a verdict: a single child gives up after some checks that hang,
/// whatever those after them would have given.
fn as_one_child_would(checks: &mut [Check]) {
    let hangs = |check: &Check| check.status == Status::Failed && check.kind() == Some(Kind::TimedOut);
    let hung = checks.iter().enumerate().filter(|(_, check)| hangs(check)).map(|(place, _)| place);
    let Some(last) = hung.take(HANGS).nth(HANGS - 1) else { return };
    for check in &mut checks[last + 1..] {
        let listed = Listed { name: check.name.clone(), clause: check.clause };
        *check = unrun(listed, Status::Undecided, left_out());
    }
}

/// Neighbours are alike, so each child gets some of them.
fn shares(listed: &[Listed], size: usize) -> Vec<Vec<String>> {
    let mut shares = vec![Vec::new(); size.clamp(1, listed.len().max(1))];
    let places = shares.len();
    for (place, check) in listed.iter().enumerate() {
        shares[place % places].push(check.name.clone());
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(shares: Vec<Vec<String>>) -> Vec<String> {
        shares.into_iter().map(|share| share.concat()).collect()
    }

    #[test]
    fn each_check_is_in_one_share() {
        let listed = ["a", "b", "c"].map(|name| Listed { name: name.to_owned(), clause: 1 });
        assert_eq!(names(shares(&listed, 2)), ["ac", "b"]);
        assert_eq!(names(shares(&listed, 9)), ["a", "b", "c"]);
        assert_eq!(names(shares(&[], 2)), [""]);
    }
}
