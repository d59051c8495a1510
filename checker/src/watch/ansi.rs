//! Text with escape codes for colours, as lines that a terminal library can place.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

/// The lines of `text`, those that are longer than `width` broken.
pub fn lines(text: &str, width: usize) -> Vec<Line<'static>> {
    let mut style = Style::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut row = Row { spans: Vec::new(), used: 0 };
        let mut rest = line;
        while !rest.is_empty() {
            if let Some((codes, after)) = escape(rest) {
                style = apply(style, codes);
                rest = after;
                continue;
            }
            let end = rest.find('\u{1b}').filter(|end| *end > 0).unwrap_or(rest.len());
            for letter in rest[..end].chars() {
                let letter = if letter == '\t' || letter.is_control() { ' ' } else { letter };
                let wide = textwrap::core::display_width(letter.encode_utf8(&mut [0; 4]));
                if row.used + wide > width.max(2) {
                    lines.push(Line::from(std::mem::take(&mut row.spans)));
                    row.used = 0;
                }
                row.push(letter, wide, style);
            }
            rest = &rest[end..];
        }
        lines.push(Line::from(row.spans));
    }
    lines
}

struct Row {
    spans: Vec<Span<'static>>,
    used: usize,
}

impl Row {
    fn push(&mut self, letter: char, wide: usize, style: Style) {
        self.used += wide;
        match self.spans.last_mut() {
            Some(span) if span.style == style => span.content.to_mut().push(letter),
            _ => self.spans.push(Span::styled(letter.to_string(), style)),
        }
    }
}

/// Splits off an escape sequence; the codes of one that is not about colour are empty.
fn escape(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix("\u{1b}")?;
    let Some(inner) = inner.strip_prefix('[') else { return Some(("", inner)) };
    let end = inner.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(inner.len());
    let after = inner.get(end + 1..).unwrap_or_default();
    Some((if inner[end..].starts_with('m') { &inner[..end] } else { "?" }, after))
}

fn apply(mut style: Style, codes: &str) -> Style {
    if codes == "?" {
        return style;
    }
    let mut codes = codes.split(';').map(|code| code.parse::<u8>().unwrap_or(0));
    while let Some(code) = codes.next() {
        style = match code {
            0 => Style::new(),
            1 => style.add_modifier(Modifier::BOLD),
            2 => style.add_modifier(Modifier::DIM),
            3 => style.add_modifier(Modifier::ITALIC),
            4 => style.add_modifier(Modifier::UNDERLINED),
            30..=37 => style.fg(Color::Indexed(code - 30)),
            90..=97 => style.fg(Color::Indexed(code - 90 + 8)),
            38 => match (codes.next(), codes.next()) {
                (Some(5), Some(index)) => style.fg(Color::Indexed(index)),
                _ => style,
            },
            39 => style.fg(Color::Reset),
            _ => style,
        };
    }
    style
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_styles_and_long_lines_are_broken() {
        let lines = lines("\u{1b}[1;31mab\u{1b}[0mcd\nx", 3);
        let texts: Vec<String> = lines.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["abc", "d", "x"]);
        assert_eq!(lines[0].spans[0].style.fg, Some(Color::Indexed(1)));
        assert_eq!(lines[0].spans[1].style, Style::new());
    }

    #[test]
    fn what_moves_the_cursor_is_left_out() {
        assert_eq!(lines("a\u{1b}[2Jb\u{7}", 10)[0].to_string(), "ab ");
    }
}
