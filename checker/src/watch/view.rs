//! Drawing the watch view.

use super::ansi;
use super::model::{Mark, Model, Pane, Phase};
use super::page;
use crate::show::markdown::unstressed;
use crate::show::style::{ascii, counted, details, lesson_title, look};
use crate::verdict::State;
use colored::Color as Named;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use textwrap::{Options, WordSplitter};

/// From here on the contract stands beside the explanation.
const WIDE: u16 = 120;
const KEYS: [(&str, &str); 14] = [
    ("n", "next"),
    ("p", "previous"),
    ("l", "list"),
    ("i", "task"),
    ("o", "lesson"),
    ("h", "hint"),
    ("t", "replay"),
    ("e", "edit"),
    ("r", "run"),
    ("c", "compare"),
    ("x", "reset"),
    ("q", "quit"),
    ("↑↓", "scroll"),
    ("?", "keys"),
];

/// Draws all of it, and tells the model how far its pane can be scrolled.
pub fn draw(frame: &mut Frame<'_>, model: &mut Model<'_>) {
    let area = frame.area();
    let keys = keys(area.width as usize);
    // The heading, a little of what is shown, and how the run stands have their places in any case.
    let free = (area.height as usize).saturating_sub(6 + keys.len());
    let note = note(model, area.width as usize, free.min(area.height as usize / 3).max(1));
    let foot = (keys.len() + 1 + note.len()) as u16;
    let [head, middle, foot] =
        Layout::vertical([Constraint::Length(2), Constraint::Min(3), Constraint::Length(foot)]).areas(area);
    frame.render_widget(Paragraph::new(header(model, area.width as usize)), head);
    if let Pane::List { .. } = model.pane {
        draw_list(frame, model, middle);
    } else if area.width >= WIDE {
        let [left, _, right] =
            Layout::horizontal([Constraint::Length(46), Constraint::Length(2), Constraint::Min(40)])
                .areas(middle);
        let (width, height) = (left.width as usize, left.height as usize);
        let clauses = [Promises::Whole, Promises::Lines, Promises::Marks]
            .map(|promises| contract(model, width, promises))
            .into_iter()
            .find(|lines| lines.len() <= height);
        frame.render_widget(Paragraph::new(clauses.unwrap_or_default()), left);
        draw_pane(frame, model, right);
    } else {
        let width = area.width as usize;
        let clauses = contract(model, width, Promises::Lines);
        // What went wrong needs room: on a low screen the promises step back while something else is read.
        let short = model.pane != Pane::Verdict || middle.height < clauses.len() as u16 + 6;
        let clauses = if short { contract(model, width, Promises::Marks) } else { clauses };
        let height = clauses.len() as u16;
        let [upper, lower] = Layout::vertical([Constraint::Length(height), Constraint::Min(1)]).areas(middle);
        frame.render_widget(Paragraph::new(clauses), upper);
        draw_pane(frame, model, lower);
    }
    let mut last = note;
    last.push(status(model));
    last.extend(keys);
    frame.render_widget(Paragraph::new(last), foot);
    adapt(frame, model);
}

/// What is said once. On a low screen its end is shown: that may be where a learner's file is.
fn note(model: &Model<'_>, width: usize, height: usize) -> Vec<Line<'static>> {
    // A path is broken only where it has to be.
    let options = Options::new(width.max(1)).word_splitter(WordSplitter::NoHyphenation);
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let rows = model.note.iter().flat_map(|note| textwrap::wrap(note, &options));
    let rows: Vec<Line<'static>> = rows.map(|row| Line::styled(row.into_owned(), bold)).collect();
    let first = rows.len().saturating_sub(height);
    rows.into_iter().skip(first).collect()
}

/// Takes back what the terminal can't show.
fn adapt(frame: &mut Frame<'_>, model: &Model<'_>) {
    for cell in &mut frame.buffer_mut().content {
        if !model.style.unicode && !cell.symbol().is_ascii() {
            let sign = cell.symbol().chars().next().map_or(' ', ascii);
            cell.set_char(sign);
        }
        if !model.style.colour {
            cell.fg = Color::Reset;
            cell.bg = Color::Reset;
        }
    }
}

fn paint(named: Named) -> Style {
    Style::new().fg(match named {
        Named::Green => Color::Green,
        Named::Red => Color::Red,
        Named::Yellow => Color::Yellow,
        Named::BrightBlack => Color::DarkGray,
        _ => Color::Reset,
    })
}

fn bold(text: impl Into<String>) -> Span<'static> {
    Span::styled(text.into(), Style::new().add_modifier(Modifier::BOLD))
}

fn dim(text: impl Into<String>) -> Span<'static> {
    Span::styled(text.into(), Style::new().add_modifier(Modifier::DIM))
}

fn header(model: &Model<'_>, width: usize) -> Vec<Line<'static>> {
    let exercise = model.exercise();
    let tally = model.standing.tally;
    let long = format!(
        "{} of {} exercises · {} of {} points",
        tally.passed, tally.exercises, tally.points, tally.all_points
    );
    let name = exercise.name.clone();
    let lesson = format!("  {} · {}", exercise.about.title, lesson_title(exercise));
    let first = Line::from(vec![bold(name), dim(lesson)]);
    let bar = width.saturating_sub(long.chars().count() + 2).min(40);
    let full = (bar * tally.passed).checked_div(tally.exercises).unwrap_or(0);
    let second = Line::from(vec![
        Span::styled("█".repeat(full), Style::new().fg(Color::Green)),
        dim("░".repeat(bar - full)),
        Span::raw("  "),
        Span::raw(long),
    ]);
    vec![first, second]
}

/// How much of the contract is shown. Each clause's mark always is.
#[derive(Clone, Copy, PartialEq)]
enum Promises {
    /// Every word.
    Whole,
    /// As much of each as goes on a line.
    Lines,
    /// Only the numbers.
    Marks,
}

fn contract(model: &Model<'_>, width: usize, promises: Promises) -> Vec<Line<'static>> {
    let clauses: Vec<(Mark, &String)> =
        (1..).map(|clause| model.run.mark(clause)).zip(&model.texts.material.contract).collect();
    if promises == Promises::Marks {
        return marks(&clauses, width);
    }
    let mut lines = vec![rule("Contract", width)];
    for (index, (mark, promise)) in clauses.into_iter().enumerate() {
        let (sign, colour) = sign(mark);
        let promise = unstressed(promise).replace('`', "");
        let text = format!("{}. {promise}", index + 1);
        let room = width.saturating_sub(2);
        let rows: Vec<String> = match promises {
            Promises::Whole => textwrap::wrap(&text, room).into_iter().map(Into::into).collect(),
            Promises::Lines | Promises::Marks => vec![crate::show::lanes::clip(&text, room)],
        };
        for (row, text) in rows.into_iter().enumerate() {
            let lead = if row == 0 { format!("{sign} ") } else { "  ".to_owned() };
            let body = if mark == Mark::Failed { bold(text) } else { Span::raw(text) };
            lines.push(Line::from(vec![Span::styled(lead, paint(colour)), body]));
        }
    }
    lines
}

/// The clauses by their numbers alone, in as few lines as they need.
fn marks(clauses: &[(Mark, &String)], width: usize) -> Vec<Line<'static>> {
    const TITLE: &str = "Contract ";
    let mut lines = vec![vec![dim(TITLE)]];
    let mut used = TITLE.len();
    for (index, (mark, _)) in clauses.iter().enumerate() {
        let (sign, colour) = sign(*mark);
        let text = format!("{sign} {}  ", index + 1);
        let needs = text.chars().count();
        if used + needs > width && used > 0 {
            lines.push(Vec::new());
            used = 0;
        }
        used += needs;
        if let Some(line) = lines.last_mut() {
            line.push(Span::styled(text, paint(colour)));
        }
    }
    lines.into_iter().map(Line::from).collect()
}

fn sign(mark: Mark) -> (&'static str, Named) {
    match mark {
        Mark::Open => ("·", Named::BrightBlack),
        Mark::SoFar => ("~", Named::BrightBlack),
        Mark::Passed => ("✓", Named::Green),
        Mark::Failed => ("✗", Named::Red),
        Mark::Unfinished => ("○", Named::Yellow),
        Mark::NotReached => ("-", Named::Yellow),
        Mark::Undecided => ("?", Named::Yellow),
    }
}

fn rule(title: &str, width: usize) -> Line<'static> {
    let rest = width.saturating_sub(title.chars().count() + 4);
    dim(format!("── {title} {}", "─".repeat(rest))).into()
}

fn draw_pane(frame: &mut Frame<'_>, model: &mut Model<'_>, area: Rect) {
    let [top, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    let width = area.width as usize;
    let (title, text) = page::text(model, width.max(20));
    let lines = ansi::lines(&text, width);
    let height = body.height as usize;
    model.page = height;
    model.scroll_end = lines.len().saturating_sub(height);
    model.scroll = model.scroll.min(model.scroll_end);
    let title = match model.scroll_end {
        0 => title,
        end if model.scroll < end => {
            let below = (lines.len() - model.scroll - height) as u64;
            format!("{title} · {} below", counted(below, "more line", "more lines"))
        }
        _ => format!("{title} · the end"),
    };
    frame.render_widget(Paragraph::new(rule(&title, width)), top);
    let shown: Vec<Line<'_>> = lines.into_iter().skip(model.scroll).take(height).collect();
    frame.render_widget(Paragraph::new(shown), body);
}

fn draw_list(frame: &mut Frame<'_>, model: &mut Model<'_>, area: Rect) {
    let Pane::List { filter, typing, selected } = model.pane.clone() else { return };
    let width = area.width as usize;
    let title = match (typing, filter.is_empty()) {
        (true, _) => format!("Exercises · /{filter}_ · Enter goes there, Esc shows all"),
        (false, _) => "Exercises · / searches, Enter goes there, Esc goes back".to_owned(),
    };
    let mut lines = Vec::new();
    let mut at = 0;
    let mut lesson = None;
    let shown = model.listed(&filter);
    let names = model.course.exercises.iter().map(|exercise| exercise.name.len()).max().unwrap_or(0);
    for index in &shown {
        let exercise = &model.course.exercises[*index];
        if lesson != Some(exercise.about.lesson) {
            lesson = Some(exercise.about.lesson);
            lines.push(Line::from(bold(lesson_title(exercise))));
        }
        let (sign, word, colour) = look(model.standing.states[*index]);
        let here = *index == selected;
        if here {
            at = lines.len();
        }
        let style = if here { Style::new().add_modifier(Modifier::REVERSED) } else { Style::new() };
        let pointer = if here { "> " } else { "  " };
        let text = format!("{:names$}  {word:20}  {}", exercise.name, details(exercise));
        lines.push(Line::from(vec![
            Span::raw(pointer),
            Span::styled(format!("{sign} "), paint(colour)),
            Span::styled(crate::show::lanes::clip(&text, width.saturating_sub(4)), style),
        ]));
    }
    if shown.is_empty() {
        lines.push(Line::raw("  nothing has that in its name, title, lesson or state"));
    }
    let [top, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    frame.render_widget(Paragraph::new(rule(&title, width)), top);
    let height = body.height as usize;
    let skip = (at + 2).saturating_sub(height);
    let lines: Vec<Line<'_>> = lines.into_iter().skip(skip).take(height).collect();
    frame.render_widget(Paragraph::new(lines), body);
}

fn status(model: &Model<'_>) -> Line<'static> {
    let colour = match (&model.run.phase, &model.run.report) {
        (Phase::Judged, Some(report)) => look(State::of(report)).2,
        (Phase::Trouble(_), _) => Named::Red,
        _ => Named::White,
    };
    Line::from(Span::styled(page::status(model), paint(colour).add_modifier(Modifier::BOLD)))
}

/// The keys, in as many lines as they need.
fn keys(width: usize) -> Vec<Line<'static>> {
    let mut lines = vec![Vec::new()];
    let mut used = 0;
    for (key, word) in KEYS {
        let needs = key.chars().count() + word.len() + 3;
        if used + needs > width + 2 && used > 0 {
            lines.push(Vec::new());
            used = 0;
        }
        used += needs;
        if let Some(line) = lines.last_mut() {
            line.extend([bold(key), Span::raw(" "), dim(word), Span::raw("  ")]);
        }
    }
    lines.into_iter().map(Line::from).collect()
}
