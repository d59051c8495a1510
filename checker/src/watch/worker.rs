//! Judging on a thread of its own, so that keys are answered whatever a learner's program does.

use crate::course::{Course, Exercise};
use crate::judge::news::News;
use crate::judge::prebuilt::{Base, Building};
use crate::judge::rustc::Rendering;
use crate::judge::{Effort, Judge};
use crate::process::cancel::{Cancel, Interrupted};
use crate::verdict::Report;
use anyhow::Result;
use std::sync::mpsc::{Receiver, Sender};

/// A request to judge an exercise.
pub struct Order {
    /// Its place in the course.
    pub exercise: usize,
    /// Told with all that is heard of it, so that news of an older run can be told apart.
    pub run: u64,
    pub rendering: Rendering,
    pub cancel: Cancel,
}

/// Carries out orders, one after the other, until there is nobody left to give one.
pub fn work(course: &Course, orders: &Receiver<Order>, heard: &Sender<(u64, News)>) {
    while let Ok(order) = orders.recv() {
        let exercise = &course.exercises[order.exercise];
        // If nobody listens any more, the next `recv` ends this.
        let tell = |what| drop(heard.send((order.run, what)));
        match judge(course, exercise, &order, &tell) {
            Ok(report) => tell(News::Judged(Box::new(report))),
            Err(error) if error.is::<Interrupted>() => {}
            Err(error) => tell(News::Trouble(error)),
        }
    }
}

fn judge(course: &Course, exercise: &Exercise, order: &Order, tell: &dyn Fn(News)) -> Result<Report> {
    let note = |text: &str| tell(News::Note(text.to_owned()));
    let building = Building { note: &note, cargo_talks: false, cancel: &order.cancel };
    // For each run anew: while nothing is judged, another checker may build.
    let base = Base::open(&course.root, &building)?;
    let judge = Judge::new(course, &base, order.rendering, Effort::default(), order.cancel.clone());
    let judge = Judge { looks_first: true, ..judge };
    judge.judge(exercise, &exercise.source(), &mut |news| tell(news))
}
