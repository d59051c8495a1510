//! What is told of stale reads and of data races: what was read, what was missed, and which half of an order was missing.

use std::sync::atomic::Ordering;

use engine::{AtomicAccess, DataRace, Event, Link, Loc, Run, StaleRead, Stronger, TaskId};

/// Ends every account.
const ALLOWED: &str = "Rust allows this. Your processor may never show it.";

/// Ends the account of a data race.
const DATA_RACE: &str = "With real data this is a data race, and Rust promises nothing after one. Your processor may never show it.";

const MENDED_BY_SEQ_CST: &str =
    "The checker ran this schedule again with SeqCst in place of the weaker orders. It did not fail.";

/// Why the run could fail that has stale reads. `is_mended` says whether it comes out right with some orders stronger.
pub(crate) fn why(run: &Run, is_mended: &dyn Fn(Vec<Stronger>) -> bool) -> Vec<String> {
    let mut told: Vec<String> = run.data_race.iter().map(|race| both(run, race)).collect();
    if let Some(DataRace { links: Some(links), .. }) = &run.data_race {
        told.extend(told_of(run, links, is_mended));
        told.push(DATA_RACE.into());
        return told;
    }
    let Some(stale) = run.stale_reads.last() else {
        if run.data_race.is_some() && is_mended(of_all()) {
            told.push(MENDED_BY_SEQ_CST.into());
        }
        told.extend(run.data_race.iter().map(|_| DATA_RACE.into()));
        return told;
    };
    told.push(what(run, stale));
    match &stale.links {
        Some(links) => {
            told.extend(told_of(run, links, is_mended));
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
            if is_mended(of_all()) {
                told.push(MENDED_BY_SEQ_CST.into());
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

fn of_all() -> Vec<Stronger> {
    vec![Stronger { at: None, order: Ordering::SeqCst }]
}

/// The links that give no happens-before, and whether that is mended where they do.
fn told_of(run: &Run, links: &[Link], is_mended: &dyn Fn(Vec<Stronger>) -> bool) -> Vec<String> {
    let mut told: Vec<String> = links.iter().map(|link| missing(run, link)).collect();
    let stronger: Vec<Stronger> = links.iter().flat_map(halves).collect();
    if !stronger.is_empty() && is_mended(stronger) {
        told.push("The checker ran this schedule again with stronger orders there. It did not fail.".into());
    }
    told
}

/// The two accesses that race.
fn both(run: &Run, race: &DataRace) -> String {
    let DataRace { earlier, later, .. } = race;
    let verb = |is_write| if is_write { "wrote" } else { "read" };
    // The program's line is known where the steps are; what is called there is the check's.
    let half = |task: TaskId, at: Loc| {
        let is_it = |event: &&Event| event.races && event.task == task;
        let known = run.events.iter().rev().find(is_it).and_then(|event| event.at.clone());
        known.map_or_else(|| place(at), |(file, line)| format!("{file}:{line}"))
    };
    format!(
        "{} {} the data at {}, and then {} {} it at {}. Nothing makes the first happen before the second.",
        capital(&task(run, earlier.task)),
        verb(earlier.is_write),
        half(earlier.task, earlier.at),
        task(run, later.task),
        verb(later.is_write),
        half(later.task, later.at),
    )
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
    if let Some(race) = run.data_race.as_ref().filter(|_| event.races) {
        let is_earlier = event.task == race.earlier.task;
        return Some(if is_earlier { "⇢ no order" } else { "⇠ no order" }.to_owned());
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
    task(run, access.task)
}

fn task(run: &Run, task: TaskId) -> String {
    run.names.get(task as usize).map_or_else(|| "a thread".into(), |name| format!("`{name}`"))
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
