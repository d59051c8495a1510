//! What is told of stale reads: what was read, what was missed, and which half of an order was missing.

use std::sync::atomic::Ordering;

use engine::{AtomicAccess, Link, Loc, Run, StaleRead, Stronger};

/// Ends every account.
const ALLOWED: &str = "Rust allows this. Your processor may never show it.";

/// Why the run could fail that has stale reads. `is_mended` says whether it comes out right with some orders stronger.
pub(crate) fn why(run: &Run, is_mended: &dyn Fn(Vec<Stronger>) -> bool) -> Vec<String> {
    let Some(stale) = run.stale_reads.last() else { return Vec::new() };
    let mut told = vec![what(run, stale)];
    let stronger: Vec<Stronger> = stale.links.iter().flatten().flat_map(halves).collect();
    let of_all = vec![Stronger { at: None, order: Ordering::SeqCst }];
    match &stale.links {
        Some(links) => {
            told.extend(links.iter().map(|link| missing(run, link)));
            if !stronger.is_empty() && is_mended(stronger) {
                told.push(
                    "The checker ran this schedule again with stronger orders there. It did not fail.".into(),
                );
            }
        }
        None if stale.is_store => {
            told.push(
                "Nothing orders the two stores. No thread may rely on which of them is the newer one.".into(),
            );
        }
        None => {
            told.push(format!(
                "{} had read nothing that {} wrote after that store. A store may still be on its way while its \
                 thread goes on. Release and Acquire do not change that.",
                capital(&name(run, stale.access)),
                name(run, stale.missed_store)
            ));
            if is_mended(of_all) {
                told.push(
                    "The checker ran this schedule again with SeqCst in place of the weaker orders. It did not fail.".into(),
                );
            }
        }
    }
    let others = run.stale_reads.len() - 1;
    if others > 0 {
        let reads = if others == 1 { "another stale read" } else { "other stale reads" };
        told.push(format!("The run needs {reads} as well: they are marked in the steps below."));
    }
    told.push(ALLOWED.into());
    told
}

/// What became of an operation that did not see the newest value, or of the store that it missed.
pub(crate) fn outcome(run: &Run, place: usize) -> Option<String> {
    let event = &run.events[place];
    if let Some(stale) = event.stale.and_then(|number| run.stale_reads.get(number)) {
        let StaleRead { value, missed, .. } = stale;
        return Some(match stale.is_store {
            true => format!("{value} ⇠ older than {missed}"),
            false => format!("{value} ⇠ stale, not {missed}"),
        });
    }
    let missed = run.events[place..].iter().find_map(|later| {
        let stale = run.stale_reads.get(later.stale?)?;
        let store = stale.missed_store;
        let is_it = event.task == store.task
            && event.object == later.object
            && event.object > 0
            && event.orders.is_some()
            && event.at.as_ref().is_some_and(|(_, line)| *line == store.at.line());
        is_it.then_some(stale)
    })?;
    let is_last = !run.events[place + 1..]
        .iter()
        .take_while(|later| later.stale.is_none())
        .any(|later| (later.task, later.object, &later.at) == (event.task, event.object, &event.at));
    let verb = if missed.is_store { "newer" } else { "missed" };
    is_last.then(|| format!("{} ⇢ {verb}", missed.missed))
}

fn what(run: &Run, stale: &StaleRead) -> String {
    let StaleRead { access, missed_store, value, missed, .. } = stale;
    let (who, there) = (name(run, *access), place(access.at));
    let (writer, at) = (name(run, *missed_store), line(missed_store.at));
    if stale.is_store {
        return format!(
            "{} stored {value} at {there}, and {writer} had stored {missed} at {at} before. Here the store that came \
             later counts as the older one.",
            capital(&who)
        );
    }
    let source = match stale.from {
        Some(from) => format!("from the store at {}", line(from.at)),
        None => "the first value".to_owned(),
    };
    format!(
        "{} read {value} ({source}) at {there}, although {writer} had already stored {missed} at {at}.",
        capital(&who)
    )
}

fn missing(run: &Run, link: &Link) -> String {
    let (reader, writer) = (name(run, link.load), name(run, link.store));
    let (load, store) = (line(link.load.at), line(link.store.at));
    let (of_load, of_store) = (link.load.order, link.store.order);
    let half = match (link.releases, link.acquires) {
        (false, false) if load == store => {
            format!("The operation is {of_store:?}: it neither releases nor acquires.")
        }
        (false, false) => format!(
            "That store is {of_store:?}: it does not release. The load is {of_load:?}: it does not acquire."
        ),
        (false, true) => format!("That store is {of_store:?}: it does not release what came before it."),
        (true, _) => format!("The load is {of_load:?}: it does not acquire what came before the store."),
    };
    format!("{} had read at {load} what {writer} stored at {store}. {half}", capital(&reader))
}

/// The stronger orders that would make the link one that synchronises.
fn halves(link: &Link) -> Vec<Stronger> {
    let missing = |is_there: bool, access: AtomicAccess, order| {
        (!is_there).then_some(Stronger { at: Some(access.at), order })
    };
    let release = missing(link.releases, link.store, Ordering::Release);
    release.into_iter().chain(missing(link.acquires, link.load, Ordering::Acquire)).collect()
}

fn name(run: &Run, access: AtomicAccess) -> String {
    run.names.get(access.task as usize).map_or_else(|| "a thread".into(), |name| format!("`{name}`"))
}

/// The first word of a sentence, if it is no name.
fn capital(name: &str) -> String {
    match name.strip_prefix("a thread") {
        Some(rest) => format!("A thread{rest}"),
        None => name.to_owned(),
    }
}

fn place(at: Loc) -> String {
    format!("{}:{}", at.file(), at.line())
}

fn line(at: Loc) -> String {
    format!("line {}", at.line())
}
