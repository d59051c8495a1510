//! Going through the schedules of a failing case as somebody chooses, and what is told of that.

use engine::{Offer, Run, Script};
use protocol::{Finding, Play, Played, Point, Stand, Standing, account};

use crate::account::{called, finding};
use crate::cases::{Show, Tree};
use crate::classify::classify;
use crate::search::{Body, Failing, Search};

/// Nobody goes through more points than this.
const POINTS: usize = 2_000;

/// Makes the failure small, and goes through its schedules as `play` says.
pub(crate) fn play(
    search: &Search,
    first: Failing,
    tree: &mut dyn Tree,
    play: &Play,
    show: Show,
    body: Body<'_>,
) -> Played {
    let seed = first.way.seed;
    let best = search.smallest(first, tree, body);
    let script = match play {
        Play::Failure => Script::recording(),
        Play::Chosen(choices) => Script::of(choices.clone()),
    };
    let strategy = best.way.strategy().with_script(script);
    let run = search.run_by(strategy, body, &best.input, best.way.times(), true, true);
    played(&run, seed, show(&best.input), &search.source)
}

/// What is told of a run under a script, whose events were recorded.
pub(crate) fn played(run: &Run, seed: u64, input: String, source: &str) -> Played {
    let offers = run.script.as_ref().map(|script| script.offers.as_slice()).unwrap_or_default();
    Played {
        threads: run.names.clone(),
        points: points(run, &offers[..offers.len().min(POINTS)]),
        is_cut: offers.len() > POINTS,
        printed: run.printed.clone(),
        input: Some(input.clone()).filter(|input| !input.is_empty()),
        steps: account::schedule(run, &called, &|_| None).events,
        finding: classify(run).map(|failure| {
            Box::new(Finding { schedule: None, ..finding(failure, seed, input, run, source) })
        }),
    }
}

fn points(run: &Run, offers: &[Offer]) -> Vec<Point> {
    let seen: Vec<&engine::Event> = run.events.iter().filter(|event| !event.internal).collect();
    // Of each thread, what it does next; from the last point to the first.
    let mut next: Vec<Option<&engine::Event>> = vec![None; run.names.len()];
    let mut at = seen.len();
    let mut points = Vec::new();
    for offer in offers.iter().rev() {
        while at > offer.events {
            at -= 1;
            next[seen[at].task as usize] = Some(seen[at]);
        }
        points.push(point(run, offer, &next));
    }
    points.reverse();
    points
}

fn point(run: &Run, offer: &Offer, next: &[Option<&engine::Event>]) -> Point {
    let standing = |(task, known): (usize, &engine::Standing)| {
        let stand = match &known.state {
            engine::Stand::Ready => Stand::Ready,
            engine::Stand::Waits(what) => Stand::Waits(what.clone()),
            engine::Stand::Finished => Stand::Finished,
        };
        let told = next.get(task).copied().flatten().map(|event| account::step(run, event, called(event)));
        match told {
            Some(step) => {
                Standing { op: step.op, object: step.object, file: step.file, line: step.line, stand }
            }
            // Nothing of it was seen any more: where it stood in the end, or else where it was called.
            None => {
                let name = run.names.get(task);
                let last = run.threads.iter().find(|thread| Some(&thread.name) == name);
                let (file, line) = last.and_then(|thread| thread.at.clone()).unzip();
                let is_known = file.is_some();
                Standing {
                    op: known.op.to_owned(),
                    object: None,
                    file: file.or_else(|| (!is_known).then(|| known.at.file().to_owned())),
                    line: line.or_else(|| (!is_known).then(|| known.at.line())),
                    stand,
                }
            }
        }
    };
    Point {
        runnable: offer.runnable.clone(),
        running: offer.running,
        chosen: offer.chosen,
        standing: offer.tasks.iter().enumerate().map(standing).collect(),
        printed: offer.printed,
        time_ns: u64::try_from(offer.time.as_nanos()).unwrap_or(u64::MAX),
    }
}
