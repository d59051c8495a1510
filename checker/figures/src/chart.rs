//! A run along the line of time: a row for each caller, a dot for each attempt, and a panel for each way to do it.
//!
//! As with the lanes, the picture is made from a record alone, is complete without scripts, and has the colour of the text.

use crate::draw::{escape, line};
use crate::lessons;
use anyhow::{Context, Result, ensure};
use engine::{Ending, Limits, Options, Strategy, Style, execute};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The schedule that is recorded. The charts are about time, and any calm one shows the same.
const SEED: u64 = 1;
const LIMITS: Limits = Limits { steps: 100_000, threads: 100 };

const WIDTH: usize = 440;
const MARGIN: usize = 12;
const HEAD: usize = 26;
const ROW: usize = 14;
/// The height of an axis with its numbers, and of a bracket with its words.
const AXIS: usize = 34;
const BRACKET: usize = 24;

/// A chart that a lesson shows.
#[derive(Debug, Clone, Copy)]
pub struct Chart {
    /// The lesson's folder.
    pub lesson: &'static str,
    /// The name of the chart.
    pub name: &'static str,
    /// What it shows, for those who can't see it.
    pub title: &'static str,
    /// The program over the simulated std. It prints a line for each mark.
    pub program: fn(),
    /// A window of so many milliseconds is laid where most was taken.
    pub window: Option<u64>,
}

/// All of them.
pub const CHARTS: &[Chart] = &[
    Chart {
        lesson: "07-rate-limiting",
        name: "permits",
        title: "A request in each tenth of a second, and which of them three limiters allow",
        program: simulated::charts::permits,
        window: Some(1_000),
    },
    Chart {
        lesson: "08-retry-with-backoff",
        name: "herd",
        title: "The attempts of ten callers and the waits between them, without jitter and with it",
        program: simulated::charts::herd,
        window: None,
    },
];

/// What a run has left on the line of time, in the order in which it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// What it is about.
    pub title: String,
    /// The marks.
    pub marks: Vec<Mark>,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The panel that it is in, by its title.
    pub panel: String,
    /// The row, from 0.
    pub row: usize,
    /// `taken` or `refused`.
    pub what: String,
    /// Virtual time since the panel's start.
    pub millis: u64,
}

/// Runs a chart's program once, and reads its marks.
///
/// # Errors
/// If the program does not end well, or prints anything but marks.
pub fn marks(chart: &Chart) -> Result<Marks> {
    let strategy = Strategy::new(SEED, Style::Calm);
    let options = Options { strategy, limits: LIMITS, explain: false, trace: false, source: "" };
    let run = execute(options, &chart.program);
    ensure!(matches!(run.ending, Ending::Completed), "the chart {} ends with {:?}", chart.name, run.ending);
    let marks = run.printed.lines().map(|line| mark(line).with_context(|| format!("`{line}` is not a mark")));
    Ok(Marks { title: chart.title.to_owned(), marks: marks.collect::<Result<_>>()? })
}

fn mark(line: &str) -> Option<Mark> {
    let mut parts = line.split('\t');
    let (panel, row) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?);
    let what = parts.next().filter(|what| ["taken", "refused"].contains(what))?.to_owned();
    Some(Mark { panel, row, what, millis: parts.next()?.parse().ok()? })
}

/// The files of a chart with what has to be in them: the record and the picture.
///
/// # Errors
/// If the program does not make a chart.
pub fn chart_files(chart: &Chart) -> Result<[(PathBuf, String); 2]> {
    let marks = marks(chart)?;
    let json = serde_json::to_string_pretty(&marks).context("a record can be written as JSON")? + "\n";
    let file =
        |extension| lessons().join(chart.lesson).join("figures").join(format!("{}.{extension}", chart.name));
    Ok([(file("json"), json), (file("svg"), draw(&marks, chart.window))])
}

/// The marks of one panel, by row.
struct Panel<'a> {
    title: &'a str,
    rows: BTreeMap<usize, Vec<&'a Mark>>,
}

impl<'a> Panel<'a> {
    /// In the order in which they begin.
    fn all(marks: &'a Marks) -> Vec<Self> {
        let mut panels: Vec<Self> = Vec::new();
        for mark in &marks.marks {
            let place = panels.iter().position(|panel| panel.title == mark.panel).unwrap_or_else(|| {
                panels.push(Self { title: &mark.panel, rows: BTreeMap::new() });
                panels.len() - 1
            });
            panels[place].rows.entry(mark.row).or_default().push(mark);
        }
        panels
    }

    fn all_marks(&self) -> impl Iterator<Item = &'a Mark> {
        self.rows.values().flatten().copied()
    }

    fn last(&self) -> u64 {
        self.all_marks().map(|mark| mark.millis).max().unwrap_or(0)
    }

    fn taken(&self) -> Vec<u64> {
        let mut taken: Vec<u64> =
            self.all_marks().filter(|mark| mark.what == "taken").map(|mark| mark.millis).collect();
        taken.sort_unstable();
        taken
    }

    /// Where a window of this length has most in it, and how much that is.
    fn fullest(&self, window: u64) -> (u64, usize) {
        let taken = self.taken();
        let inside = |from: u64| taken.iter().filter(|at| (from..from + window).contains(at)).count();
        taken.iter().map(|from| (*from, inside(*from))).rev().max_by_key(|it| it.1).unwrap_or((0, 0))
    }

    /// What happens in it at a moment, in words.
    fn at(&self, millis: u64, window: Option<u64>) -> Option<String> {
        let now: Vec<&Mark> = self.all_marks().filter(|mark| mark.millis == millis).collect();
        let taken = now.iter().filter(|mark| mark.what == "taken").count();
        let what = match (now.len(), taken) {
            (0, _) => return None,
            (1, 0) => "a request is refused".to_owned(),
            (1, _) if window.is_some() => "a request is allowed".to_owned(),
            (1, _) => "a request is answered".to_owned(),
            (all, 0) => format!("{all} requests are refused"),
            (all, taken) => format!("{taken} of {all} requests answered"),
        };
        Some(format!("{}: {what}", self.title))
    }

    /// What it shows, in words.
    fn words(&self, window: Option<u64>) -> String {
        let (taken, all) = (self.taken().len(), self.all_marks().count());
        match window {
            Some(window) => {
                format!(
                    "{taken} of {all} requests allowed, {} of them within {}",
                    self.fullest(window).1,
                    seconds(window)
                )
            }
            None => format!("{all} requests, {taken} answered, the last after {}", seconds(self.last())),
        }
    }
}

/// To the tenth.
fn seconds(millis: u64) -> String {
    let tenths = (millis + 50) / 100;
    if tenths.is_multiple_of(10) {
        format!("{} s", tenths / 10)
    } else {
        format!("{}.{} s", tenths / 10, tenths % 10)
    }
}

/// Draws a record as SVG, to be put into a page as it is.
fn draw(marks: &Marks, window: Option<u64>) -> String {
    let panels = Panel::all(marks);
    // All panels have the same scale, so that they can be compared.
    let end = panels.iter().map(Panel::last).max().unwrap_or(0) + 100;
    let x = |millis: u64| {
        MARGIN
            + (WIDTH - 2 * MARGIN) * usize::try_from(millis.min(end)).unwrap_or(0)
                / usize::try_from(end).unwrap_or(1)
    };
    let bracket = if window.is_some() { BRACKET } else { 0 };
    let tall = |panel: &Panel<'_>| HEAD + ROW * panel.rows.len() + bracket;
    let height = panels.iter().map(tall).sum::<usize>() + AXIS;

    let mut svg = format!(
        "<svg class=\"chart-drawing\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" fill=\"currentColor\" stroke=\"none\" font-family=\"sans-serif\" font-size=\"12\">\n"
    );
    line(&mut svg, &format!("<title>{}</title>", escape(&marks.title)));
    let words: Vec<String> = panels.iter().map(|it| format!("{}: {}.", it.title, it.words(window))).collect();
    line(&mut svg, &format!("<desc>{}</desc>", escape(&words.join(" "))));
    // What happens at each moment, from which the widget steps through the chart; and what can be said in the end.
    let (mut steps, mut last) = (BTreeMap::<u64, String>::new(), String::new());
    let mut top = 0;
    for panel in &panels {
        line(
            &mut svg,
            &format!(
                "<text x=\"{MARGIN}\" y=\"{}\"><tspan font-weight=\"bold\">{}</tspan> {}</text>",
                top + 17,
                escape(panel.title),
                escape(&panel.words(window))
            ),
        );
        for (index, row) in panel.rows.values().enumerate() {
            let y = top + HEAD + ROW * index + ROW / 2;
            // A row of a window is a line of its own. Otherwise the line between two attempts is a wait.
            if window.is_some() {
                line(&mut svg, &wait(x(0), x(end), y));
            }
            for (before, mark) in row.iter().enumerate() {
                let step = steps.entry(mark.millis).or_default();
                if window.is_none() && before > 0 {
                    line(step, &wait(x(row[before - 1].millis), x(mark.millis), y));
                }
                line(step, &draw_mark(mark, x(mark.millis), y));
            }
        }
        if let Some(window) = window {
            let ((from, _), y) = (panel.fullest(window), top + HEAD + ROW * panel.rows.len() + 3);
            let (left, right) = (x(from) - 5, x(from + window) - 5);
            line(
                &mut last,
                &format!(
                    "<path class=\"chart-window\" d=\"M{left} {y}v6H{right}v-6\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"/>"
                ),
            );
        }
        top += tall(panel);
    }
    draw_axis(&mut svg, top + 8, end, &x);
    for (millis, drawn) in steps {
        let said: Vec<String> = panels.iter().filter_map(|panel| panel.at(millis, window)).collect();
        let said = escape(&format!("{millis} ms · {}", said.join("; ")));
        line(&mut svg, &format!("<g class=\"lanes-step\" data-say=\"{said}\">\n{drawn}</g>"));
    }
    let said = escape(&format!("The end. {}", words.join(" ")));
    line(&mut svg, &format!("<g class=\"lanes-step lanes-end\" data-end=\"{said}\">\n{last}</g>"));
    svg.push_str("</svg>\n");
    svg
}

/// The line from one attempt to the next.
fn wait(from: usize, to: usize, y: usize) -> String {
    format!("<path d=\"M{from} {y}H{to}\" stroke=\"currentColor\" opacity=\"0.45\"/>")
}

fn draw_mark(mark: &Mark, x: usize, y: usize) -> String {
    // What was refused is a cross, so that nobody has to tell colours apart.
    if mark.what == "taken" {
        return format!("<circle class=\"chart-taken\" cx=\"{x}\" cy=\"{y}\" r=\"4\"/>");
    }
    let (left, above) = (x - 3, y - 3);
    format!(
        "<path class=\"chart-refused\" d=\"M{left} {above}l6 6m0 -6l-6 6\" stroke=\"currentColor\" stroke-width=\"1.4\"/>"
    )
}

fn draw_axis(svg: &mut String, y: usize, end: u64, x: &impl Fn(u64) -> usize) {
    line(svg, &format!("<path d=\"M{} {y}H{}\" stroke=\"currentColor\" opacity=\"0.8\"/>", x(0), x(end)));
    for millis in (0..=end).step_by(500) {
        let x = x(millis);
        line(svg, &format!("<path d=\"M{x} {y}v5\" stroke=\"currentColor\" opacity=\"0.8\"/>"));
        let anchor = if millis == 0 { "start" } else { "middle" };
        line(
            svg,
            &format!(
                "<text x=\"{x}\" y=\"{}\" font-size=\"11\" text-anchor=\"{anchor}\" opacity=\"0.8\">{}</text>",
                y + 18,
                seconds(millis)
            ),
        );
    }
}
