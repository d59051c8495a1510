//! A schedule as a picture: the lanes of a replay in SVG, for the book and for reports.

use crate::show::lanes::{Row, clip, fold};
use crate::show::sources::Sources;
use crate::show::{timeline, times};
use crate::verdict::Replayed;
use std::fmt::Write;

const CHARACTER: usize = 7;
const ROW: usize = 22;
const HEAD: usize = 34;
const MARGIN: usize = 12;
/// From the line of a lane to its words.
const INDENT: usize = 12;
/// Characters of a source line; the rest is cut off.
const SOURCE: usize = 64;
/// Characters of a step; the rest is cut off.
const STEP: usize = 30;

/// Light or dark as the reader's system is; the class keeps it from other pictures on the page.
const STYLE: &str = "\
.lanes{--ink:#1f2328;--dim:#59636e;--paper:#ffffff;--run:#0969da;--wait:#9a6700;--wrong:#cf222e}
@media (prefers-color-scheme:dark){.lanes{--ink:#e6edf3;--dim:#9198a1;--paper:#0d1117;--run:#4493f8;--wait:#d29922;\
--wrong:#f85149}}
.lanes text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:var(--ink);\
white-space:pre}
.lanes .paper{fill:var(--paper)}.lanes .head{font-weight:bold}.lanes .dim{fill:var(--dim)}
.lanes .run{stroke:var(--run);stroke-width:2}.lanes .step{fill:var(--run)}
.lanes .wait{fill:var(--wait);fill-opacity:.22;stroke:var(--wait);stroke-dasharray:3 3}
.lanes .blocks{fill:var(--wait)}.lanes .wrong{fill:var(--wrong)}
.lanes .end{stroke:var(--wrong);stroke-width:2}.lanes .band{fill:var(--wrong);fill-opacity:.12}
";

/// Draws `replayed`, with its source lines from `sources`.
///
/// A column is a thread; its line begins with the thread's first step. A dashed bar is a wait. The last row is the
/// moment at which it goes wrong.
pub fn draw(sources: &Sources, replayed: &Replayed) -> String {
    let rows = fold(&replayed.events);
    let ticks = replayed.events.iter().any(|event| event.time_ns > 0);
    let mut left = MARGIN + if ticks { 12 * CHARACTER } else { 0 };
    let lanes: Vec<Lane<'_>> = protocol::threads(&replayed.events)
        .into_iter()
        .map(|thread| {
            let lane = Lane::of(thread, &rows, left);
            left += lane.width;
            lane
        })
        .collect();
    let quotes: Vec<String> = rows.iter().map(|row| clip(&sources.quote(row.last), SOURCE)).collect();
    let longest = quotes.iter().map(|quote| quote.chars().count()).max().unwrap_or(0);
    let kind = replayed.finding.as_ref().map_or("passed", |finding| finding.kind.name());
    let title = format!("{} · clause {} · {kind}", replayed.check, replayed.clause);
    let width = (left + longest * CHARACTER).max(title.chars().count() * CHARACTER) + 2 * MARGIN;
    // Below the lanes, on the line of time: when it happened, and when it should have.
    let moment = replayed.finding.as_ref().and_then(|finding| finding.moment.as_ref());
    let timeline = moment.map_or_else(Vec::new, |it| timeline::draw(it, (width - 2 * MARGIN) / CHARACTER));
    let height = HEAD + (rows.len() + 1 + timeline.len()) * ROW + MARGIN;

    let mut svg = String::new();
    let mut put = |line: std::fmt::Arguments<'_>| {
        // Writing to a string can't fail.
        let _ = svg.write_fmt(line);
        svg.push('\n');
    };
    put(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"lanes\" role=\"img\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\">"
    ));
    put(format_args!("<title>{}</title>", escaped(&title)));
    if let Some(finding) = &replayed.finding {
        put(format_args!("<desc>{}</desc>", escaped(&finding.message)));
    }
    put(format_args!("<style>{STYLE}</style>"));
    put(format_args!("<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>"));
    if let Some(last) = rows.len().checked_sub(1).filter(|_| replayed.finding.is_some()) {
        let top = y(last) - ROW / 2;
        put(format_args!("<rect class=\"band\" y=\"{top}\" width=\"{width}\" height=\"{ROW}\"/>"));
    }
    for lane in &lanes {
        for line in lane.spans(&rows) {
            put(format_args!("{line}"));
        }
    }
    for (index, row) in rows.iter().enumerate() {
        let base = y(index) + 4;
        if ticks {
            let time = format!("{:>11}", times::span(row.last.time_ns));
            put(format_args!("<text class=\"dim\" x=\"{MARGIN}\" y=\"{base}\">{time}</text>"));
        }
        if let Some(lane) = lanes.iter().find(|lane| lane.thread == row.thread()) {
            let (x, middle) = (lane.x, y(index));
            let dot = if row.last.blocked { "blocks" } else { "step" };
            put(format_args!("<circle class=\"{dot}\" cx=\"{x}\" cy=\"{middle}\" r=\"4\"/>"));
            let text = escaped(&clip(&row.operation(), STEP));
            put(format_args!("<text x=\"{}\" y=\"{base}\">{text}</text>", x + INDENT));
        }
        let quote = escaped(&quotes[index]);
        put(format_args!("<text class=\"dim\" x=\"{left}\" y=\"{base}\">{quote}</text>"));
    }
    if replayed.finding.is_some() {
        let end = y(rows.len()) - ROW / 2;
        put(format_args!("<path class=\"end\" d=\"M{MARGIN} {end}H{}\"/>", width - MARGIN));
        let base = end + 16;
        put(format_args!(
            "<text class=\"wrong head\" x=\"{MARGIN}\" y=\"{base}\">✗ {}</text>",
            escaped(&title)
        ));
        for (index, line) in timeline.iter().enumerate() {
            let base = base + (index + 1) * ROW;
            put(format_args!("<text x=\"{MARGIN}\" y=\"{base}\">{}</text>", escaped(line)));
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// The middle of a row.
fn y(row: usize) -> usize {
    HEAD + row * ROW + ROW / 2
}

struct Lane<'a> {
    thread: &'a str,
    x: usize,
    width: usize,
}

impl<'a> Lane<'a> {
    fn of(thread: &'a str, rows: &[Row<'_>], left: usize) -> Lane<'a> {
        let own = rows.iter().filter(|row| row.thread() == thread);
        let words = own.map(|row| row.operation().chars().count());
        let longest = words.max().unwrap_or(0).min(STEP).max(thread.chars().count());
        Lane { thread, x: left + 6, width: longest * CHARACTER + INDENT + 3 * CHARACTER }
    }

    /// Its name, where it can run and where it waits.
    fn spans(&self, rows: &[Row<'_>]) -> Vec<String> {
        let x = self.x;
        let mut lines = vec![format!(
            "<text class=\"head\" x=\"{}\" y=\"{}\">{}</text>",
            x - 4,
            HEAD - 14,
            escaped(self.thread)
        )];
        let own: Vec<usize> = (0..rows.len()).filter(|row| rows[*row].thread() == self.thread).collect();
        for (index, row) in own.iter().enumerate() {
            let next = own.get(index + 1);
            let from = y(*row);
            match (rows[*row].last.blocked, next) {
                (false, Some(next)) => {
                    lines.push(format!("<path class=\"run\" d=\"M{x} {from}V{}\"/>", y(*next)))
                }
                (false, None) => {}
                (true, next) => {
                    let to = next.map_or(y(rows.len()) - ROW / 2, |next| y(*next));
                    let (left, height) = (x - 4, to - from);
                    lines.push(format!(
                        "<rect class=\"wait\" x=\"{left}\" y=\"{from}\" width=\"8\" height=\"{height}\" rx=\"3\"/>"
                    ));
                }
            }
        }
        lines
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{Finding, Kind, Moment, Status, Step};

    /// A run of one step that ends with this finding.
    fn drawn(finding: Finding) -> String {
        let event = Step {
            thread: "<main>".into(),
            op: "send & go".into(),
            outcome: None,
            object: None,
            file: None,
            line: None,
            time_ns: 0,
            blocked: true,
        };
        let (exercise, check) = ("e".to_owned(), "c".to_owned());
        let replayed = Replayed {
            version: Replayed::VERSION,
            exercise,
            check,
            clause: 1,
            seed: 1,
            status: Status::Failed,
            threads: vec!["<main>".into()],
            events: vec![event],
            finding: Some(finding),
        };
        draw(&Sources::default(), &replayed)
    }

    #[test]
    fn what_looks_like_markup_is_shown_as_text() {
        let svg = drawn(Finding::new(Kind::Deadlock, "a < b"));
        assert!(
            svg.contains("&lt;main&gt;") && svg.contains("send &amp; go") && svg.contains("a &lt; b"),
            "{svg}"
        );
        assert!(svg.contains("class=\"wait\"") && svg.contains("✗ c · clause 1 · deadlock"), "{svg}");
    }

    #[test]
    fn a_finding_on_time_has_its_line_of_time_below_the_lanes() {
        let at = |seconds: u64| seconds * 1_000_000_000;
        let moment = Moment { what: "it <began>".into(), at_ns: at(1), from_ns: at(2), to_ns: None };
        let svg = drawn(Finding { moment: Some(Box::new(moment)), ..Finding::new(Kind::TooEarly, "a < b") });
        for row in ["▒ in time: 2 s or later", "✗ it &lt;began&gt;: 1 s, 1 s too early", "0 s ├"] {
            assert!(svg.contains(row), "{svg}");
        }
    }
}
