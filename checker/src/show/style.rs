//! How things look: width, colour, the signs of states, wrapping, and what stands in for signs that can't be shown.

use crate::course::{Exercise, Task};
use crate::verdict::{Check, Kind, State, Status};
use anyhow::Result;
use colored::{Color, Colorize};
use std::env;
use std::io::{self, IsTerminal, Write};

/// The column in which the text of an explanation begins.
pub const LABEL: usize = 15;

#[derive(Clone, Debug)]
pub struct Style {
    /// What text is wrapped at.
    pub width: usize,
    /// What the terminal has; lanes use all of it.
    pub columns: usize,
    pub colour: bool,
    /// Whether signs outside ASCII can be shown.
    pub unicode: bool,
    /// Whether runs are drawn.
    pub pictures: bool,
}

impl Style {
    /// Finds out how wide the terminal is and whether it can show colours and, unless only `ascii` is wanted, Unicode.
    pub fn new(ascii: bool) -> Style {
        let from_env = || env::var("COLUMNS").ok()?.parse::<usize>().ok();
        let from_terminal = || terminal_size::terminal_size().map(|(width, _)| width.0 as usize);
        let columns = from_env().or_else(from_terminal).unwrap_or(100);
        let says = |variable| env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0");
        let colour =
            !says("NO_COLOR") && (says("CLICOLOR_FORCE") || io::stdout().is_terminal() && !is_dumb());
        colored::control::set_override(colour);
        Style { colour, unicode: !ascii && !is_dumb() && !locale_is_plain(), ..Style::of_width(columns) }
    }

    /// The same for that many columns.
    pub fn of_width(columns: usize) -> Style {
        Style {
            width: columns.clamp(30, 110),
            columns: columns.clamp(30, 240),
            colour: false,
            unicode: true,
            pictures: true,
        }
    }

    /// `text` as it can be shown.
    pub fn encoded(&self, text: &str) -> String {
        if self.unicode { text.to_owned() } else { text.chars().map(ascii).collect() }
    }

    /// A labelled text; on a narrow terminal the label has a line of its own.
    pub fn field(&self, out: &mut dyn Write, label: &str, text: &str) -> Result<()> {
        let narrow = self.width < 60;
        let indent = " ".repeat(if narrow { 4 } else { LABEL });
        let label_text = if label.is_empty() { String::new() } else { format!("  {label}") };
        if narrow && !label.is_empty() {
            writeln!(out, "{}", label_text.dimmed())?;
        }
        let mut first = !narrow;
        for line in self.wrapped(text, &indent, &indent).lines() {
            let body = line.strip_prefix(indent.as_str()).unwrap_or(line);
            let lead = if first { format!("{label_text:LABEL$}") } else { indent.clone() };
            writeln!(out, "{}{body}", lead.dimmed())?;
            first = false;
        }
        Ok(())
    }

    /// `text` with each of its lines wrapped.
    pub fn wrapped(&self, text: &str, first: &str, rest: &str) -> String {
        let options = |lead| {
            textwrap::Options::new(self.width.min(100))
                .initial_indent(lead)
                .subsequent_indent(rest)
                .break_words(false)
                // Paths and names have hyphens that are theirs.
                .word_splitter(textwrap::WordSplitter::NoHyphenation)
        };
        let lines = text.lines().enumerate();
        let lines: Vec<String> = lines
            .map(|(index, line)| textwrap::fill(line, options(if index == 0 { first } else { rest })))
            .collect();
        lines.join("\n")
    }
}

/// Whether the terminal can't do more than print lines.
pub fn is_dumb() -> bool {
    env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Whether the language of the terminal was set to one that has ASCII only.
fn locale_is_plain() -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(|name| env::var(name).ok());
    set.into_iter().find(|value| !value.is_empty()).is_some_and(|value| value == "C" || value == "POSIX")
}

/// What stands for `sign` where there is only ASCII; as wide as the sign.
pub fn ascii(sign: char) -> char {
    match sign {
        _ if sign.is_ascii() => sign,
        '✓' => '+',
        '•' => '*',
        '═' => '=',
        '┈' => '-',
        '▸' => '>',
        '▾' => 'v',
        '↳' => '>',
        '✗' | '×' => 'x',
        '○' => 'o',
        '·' | '─' | '–' | '—' | '━' => '-',
        '│' | '┃' | '┆' => '|',
        '┊' => ':',
        '▒' | '█' => '#',
        '░' => '.',
        '…' => '.',
        '▶' | '►' | '→' => '>',
        '↑' => '^',
        '↓' => 'v',
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '╭' | '╮' | '╯' | '╰' | '┬' | '┴' | '┼' => {
            '+'
        }
        'á' | 'à' | 'â' | 'ä' | 'å' | 'ã' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ï' | 'ı' => 'i',
        'ó' | 'ö' | 'ô' | 'ø' => 'o',
        'ú' | 'ü' | 'û' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        '‘' | '’' => '\'',
        '“' | '”' => '"',
        _ => '?',
    }
}

/// The lesson an exercise belongs to, as a heading.
pub fn lesson_title(exercise: &Exercise) -> String {
    if exercise.about.kind == Task::Capstone {
        return "Capstone: most of the patterns together".to_owned();
    }
    let name = exercise.lesson_dir.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
    format!("Lesson {}: {}", exercise.about.lesson, name.replace('-', " "))
}

/// What a list says of an exercise besides its name and state.
pub fn details(exercise: &Exercise) -> String {
    let about = &exercise.about;
    let task = match about.kind {
        Task::WarmUp => " · warm-up",
        Task::Repair => " · to repair",
        Task::Build | Task::Documented | Task::Capstone => "",
    };
    format!("{}{task} · {} points", about.title, about.points)
}

pub fn look(state: State) -> (&'static str, &'static str, Color) {
    match state {
        State::NotRun => ("·", "not run yet", Color::BrightBlack),
        State::Passed => ("✓", "passed", Color::Green),
        State::Edited => ("~", "passed, edited since", Color::Yellow),
        State::Outdated => ("~", "passed, old contract", Color::Yellow),
        State::Failed => ("✗", "failed", Color::Red),
        State::Unfinished => ("○", "unfinished", Color::Yellow),
        State::Undecided => ("?", "undecided", Color::Yellow),
    }
}

pub fn look_of_check(check: &Check) -> (&'static str, &'static str, Color) {
    match (check.status, check.kind()) {
        (Status::Passed, _) => look(State::Passed),
        (Status::NotReached, _) => ("-", "not reached", Color::Yellow),
        (Status::Undecided, _) => look(State::Undecided),
        (Status::Failed, Some(Kind::Unfinished)) => look(State::Unfinished),
        (Status::Failed, kind) => {
            let (sign, word, colour) = look(State::Failed);
            (sign, kind.map_or(word, Kind::name), colour)
        }
    }
}

/// Joins the lines of each paragraph, so that they can be wrapped anew; code keeps its lines.
pub fn paragraphs(text: &str, fenced: &mut bool) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut joining = false;
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        let item = line.trim_start().starts_with(['-', '*', '>', '|']);
        let plain = !*fenced && !fence && !line.is_empty();
        match paragraphs.last_mut() {
            Some(last) if joining && plain && !item => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => paragraphs.push(line.to_owned()),
        }
        *fenced ^= fence;
        joining = plain;
    }
    paragraphs
}

pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
