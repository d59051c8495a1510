//! A record as a picture: one column a thread, one row a step, the listing's line under what was done.
//!
//! The picture stands for itself, on paper and without scripts. Its colours are the reader's: all is drawn in the
//! colour of the text. Each row is a group with what it tells as data, from which the widget steps through it.

use crate::record::{Record, Step};
use std::collections::BTreeSet;
use std::fmt::Write;

/// How wide a lane is, and how wide if there are many: a phone has room for so much.
const LANES: [usize; 2] = [116, 94];
const MANY: usize = 4;
const CLOCK: usize = 48;
const MARGIN: usize = 6;
const HEAD: usize = 34;
const ROW: usize = 42;
/// The height of the upper part of a row, where the operation stands.
const UPPER: usize = 24;
/// What a character of the code takes, at its size, in tenths of a pixel.
const CHAR: usize = 66;
/// How much of a line of code is shown: a phone can make no more of it readable. All of it is in the row's data.
const CODE: usize = 70;
/// What a letter of the operation takes, in tenths of a pixel.
const LETTER: usize = 66;
const BOX: usize = 20;

struct Lane<'a> {
    thread: &'a str,
    x: usize,
    last: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    NotBegun,
    Ready,
    Waiting,
}

/// Draws a record as SVG, to be put into a page as it is.
pub fn draw(record: &Record) -> String {
    let steps = &record.steps;
    let clock = steps.iter().any(|step| step.millis > 0);
    let left = MARGIN + if clock { CLOCK } else { 0 };
    let threads = steps.iter().map(|step| &step.thread).collect::<BTreeSet<_>>().len();
    let narrowest = LANES[usize::from(threads >= MANY)];
    // The lanes have room for the longest line of code under them.
    let longest = steps.iter().map(|step| length(&shown(&step.code))).max().unwrap_or(0) + 2 * MARGIN;
    let lane = narrowest.max(longest.saturating_sub(left + MARGIN).div_ceil(threads.max(1)));
    let mut lanes: Vec<Lane<'_>> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        match lanes.iter_mut().find(|lane| lane.thread == step.thread) {
            Some(lane) => lane.last = index,
            None => {
                let x = left + lane * lanes.len();
                lanes.push(Lane { thread: &step.thread, x, last: index, state: State::NotBegun });
            }
        }
    }
    let width = left + lane * lanes.len() + MARGIN;
    let height = HEAD + ROW * (steps.len() + 1) + MARGIN;

    let ticks = if clock { " data-clock=\"\"" } else { "" };
    let mut svg = format!(
        "<svg class=\"lanes-drawing\"{ticks} xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" fill=\"currentColor\" stroke=\"none\" \
         font-family=\"sans-serif\" font-size=\"13\">\n"
    );
    line(&mut svg, &format!("<title>{}</title>", escape(&summary(record))));
    line(&mut svg, &format!("<desc>{}</desc>", escape(&in_words(record))));
    for lane in &lanes {
        let (x, name) = (lane.x + 10, escape(lane.thread));
        line(
            &mut svg,
            &format!("<text class=\"lanes-name\" x=\"{x}\" y=\"21\" font-weight=\"bold\">{name}</text>"),
        );
    }
    for (index, step) in steps.iter().enumerate() {
        row(
            &mut svg,
            &mut lanes,
            index,
            step,
            Frame { clock, narrowest, deadlock: record.ending == "deadlock", width },
        );
    }
    end(&mut svg, &lanes, record);
    svg.push_str("</svg>\n");
    svg
}

/// As much of a line of code as is drawn.
fn shown(code: &str) -> String {
    match code.char_indices().nth(CODE) {
        Some(_) => code.chars().take(CODE - 1).collect::<String>().trim_end().to_owned() + "…",
        None => code.to_owned(),
    }
}

/// How wide a line of code is.
fn length(code: &str) -> usize {
    (code.chars().count() * CHAR).div_ceil(10)
}

#[derive(Clone, Copy)]
struct Frame {
    clock: bool,
    /// The width of a lane, before it makes room for code.
    narrowest: usize,
    deadlock: bool,
    width: usize,
}

fn row(svg: &mut String, lanes: &mut [Lane<'_>], index: usize, step: &Step, frame: Frame) {
    let top = HEAD + ROW * index;
    let data = format!(
        "data-thread=\"{}\" data-op=\"{}\" data-line=\"{}\" data-code=\"{}\" data-millis=\"{}\"",
        escape(&step.thread),
        escape(&step.op),
        step.line,
        escape(&step.code),
        step.millis
    );
    let class = if step.waits { "lanes-step lanes-waits" } else { "lanes-step" };
    line(svg, &format!("<g class=\"{class}\" {data}>"));
    if frame.clock {
        let y = top + 17;
        line(
            svg,
            &format!(
                "<text x=\"{MARGIN}\" y=\"{y}\" font-size=\"11\" opacity=\"0.75\">{} ms</text>",
                step.millis
            ),
        );
    }
    let own =
        lanes.iter().position(|lane| lane.thread == step.thread).expect("each step's thread has a lane");
    // Under what was done, and moved to the left if it would not fit.
    let code = shown(&step.code);
    let length = length(&code);
    let from = (lanes[own].x + 10).min(frame.width.saturating_sub(length + MARGIN)).max(MARGIN);
    for (at, lane) in lanes.iter_mut().enumerate() {
        if at == own {
            lane.state = if step.waits { State::Waiting } else { State::Ready };
        }
        let x = lane.x + 4;
        let covered = from < x + 4 && x < from + length;
        let to = top + if covered { UPPER } else { ROW };
        // In the thread's own row the line begins under the box. A thread ends with its last step; one that waits
        // there waits for ever if the run ends in a deadlock, and has ended unseen if it doesn't.
        let over = index >= lane.last && !(frame.deadlock && lane.state == State::Waiting);
        if lane.state == State::NotBegun || over {
            continue;
        }
        let dashes = if lane.state == State::Waiting { " stroke-dasharray=\"2 4\"" } else { "" };
        let begin = if at == own { top + BOX + 3 } else { top };
        line(
            svg,
            &format!("<path d=\"M{x} {begin}V{to}\" stroke=\"currentColor\" opacity=\"0.6\"{dashes}/>"),
        );
    }
    let doing = if step.waits { format!("{}, waits", step.op) } else { step.op.clone() };
    let (x, y) = (lanes[own].x, top + 3);
    let width = (frame.narrowest - 8).max(doing.chars().count() * LETTER / 10 + 14);
    let dashes = if step.waits { " stroke-dasharray=\"4 3\"" } else { "" };
    line(
        svg,
        &format!(
            "<rect class=\"lanes-box\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{BOX}\" rx=\"4\" \
             fill=\"currentColor\" fill-opacity=\"0.09\" stroke=\"currentColor\" stroke-opacity=\"0.6\"{dashes}/>"
        ),
    );
    line(svg, &format!("<text x=\"{}\" y=\"{}\">{}</text>", x + 8, top + 17, escape(&doing)));
    line(
        svg,
        &format!(
            "<text class=\"lanes-code\" x=\"{from}\" y=\"{}\" font-family=\"monospace\" font-size=\"11\" \
             opacity=\"0.8\" xml:space=\"preserve\">{}</text>",
            top + 36,
            escape(&code)
        ),
    );
    line(svg, "</g>");
}

fn end(svg: &mut String, lanes: &[Lane<'_>], record: &Record) {
    let (top, text) = (HEAD + ROW * record.steps.len(), ending(record));
    line(
        svg,
        &format!("<g class=\"lanes-step lanes-end lanes-{}\" data-end=\"{}\">", record.ending, escape(&text)),
    );
    for lane in lanes.iter().filter(|lane| lane.state == State::Waiting && record.ending == "deadlock") {
        let x = lane.x + 4;
        line(
            svg,
            &format!(
                "<path d=\"M{x} {top}V{}\" stroke=\"currentColor\" opacity=\"0.6\" stroke-dasharray=\"2 4\"/>",
                top + 16
            ),
        );
        let cross = format!("M{} {}l8 8m0 -8l-8 8", x - 4, top + 16);
        line(svg, &format!("<path d=\"{cross}\" stroke=\"currentColor\" stroke-width=\"2\"/>"));
    }
    let (word, below) = match record.ending.as_str() {
        // Below the crosses, which can be anywhere.
        "deadlock" => ("nothing can run any more", 42),
        _ => ("the end", 25),
    };
    line(svg, &format!("<text x=\"{MARGIN}\" y=\"{}\" font-weight=\"bold\">{word}</text>", top + below));
    line(svg, "</g>");
}

/// What became of it, in one sentence or two.
fn ending(record: &Record) -> String {
    if record.ending != "deadlock" {
        return format!("The end. It has printed: {}", record.printed.trim_end().replace('\n', ", "));
    }
    let waits = record.waiting.iter().map(|it| format!("{} waits for {}", it.thread, it.what));
    format!("Deadlock: nothing can run any more. {}.", waits.collect::<Vec<_>>().join("; "))
}

fn summary(record: &Record) -> String {
    format!("A run of {}, one column for each thread", record.listing)
}

fn in_words(record: &Record) -> String {
    let mut text = String::new();
    for (index, step) in record.steps.iter().enumerate() {
        let waits = if step.waits { " and has to wait" } else { "" };
        let line = if step.line > 0 { format!(", line {}", step.line) } else { String::new() };
        let _ = write!(text, "{}. {}: {}{waits}{line}. ", index + 1, step.thread, step.op);
    }
    text + &ending(record)
}

pub(crate) fn line(svg: &mut String, text: &str) {
    svg.push_str(text);
    svg.push('\n');
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
