//! Text that somebody else has written, made fit to be shown: no more of it than one would read, and no signs that a terminal
//! would act on.

/// Of a text of several lines.
const TEXT: usize = 8 << 10;
/// Of a name, or of a line.
const LINE: usize = 300;

/// The text without what a terminal acts on, and not too long. Line breaks and tabs are left in it.
pub fn text(text: &str) -> String {
    shortened(text, TEXT, |c| c == '\n' || c == '\t')
}

/// The same for what stands in a line.
pub fn line(line: &str) -> String {
    shortened(line, LINE, |c| c == '\t')
}

/// The text of a tool of ours that may set colours, without anything else that a terminal acts on.
pub fn coloured(text: &str) -> String {
    let mut pieces = text.split("\x1b[");
    let mut shown = unlimited(pieces.next().unwrap_or_default());
    for piece in pieces {
        let codes = piece.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(piece.len());
        shown += if piece[codes..].starts_with('m') { "\x1b[" } else { "\\u{1b}[" };
        shown += &unlimited(piece);
    }
    shown
}

/// The text of an error or a note: it may hold the name of somebody else's file, and what rustc has said in colours. Neither acts
/// on the terminal, and the colours are left out.
pub fn plain(text: &str) -> String {
    let mut pieces = text.split("\x1b[");
    let mut shown = unlimited(pieces.next().unwrap_or_default());
    for piece in pieces {
        let codes = piece.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(piece.len());
        match piece[codes..].strip_prefix('m') {
            Some(rest) => shown += &unlimited(rest),
            None => shown += &format!("\\u{{1b}}[{}", unlimited(piece)),
        }
    }
    shown
}

/// Control characters, and those that turn the direction of what follows.
pub fn is_acted_on(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}')
}

fn unlimited(text: &str) -> String {
    shortened(text, usize::MAX, |c| c == '\n' || c == '\t')
}

fn shortened(text: &str, most: usize, is_kept: impl Fn(char) -> bool) -> String {
    let mut shown = String::new();
    for (at, c) in text.char_indices() {
        if shown.len() >= most {
            shown += &format!(" … ({} bytes more)", text.len() - at);
            break;
        }
        if is_kept(c) || !is_acted_on(c) {
            shown.push(c);
        } else {
            shown.extend(c.escape_default());
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_told_nothing_by_a_program() {
        assert_eq!(text("a\x1b]0;b\x07\n\tc\r"), "a\\u{1b}]0;b\\u{7}\n\tc\\r");
        assert_eq!(line("two\nlines \u{202e}x"), "two\\nlines \\u{202e}x");
        assert_eq!(line("plain — and “quoted”, 日本"), "plain — and “quoted”, 日本");
    }

    #[test]
    fn colours_are_all_that_a_tool_may_set() {
        assert_eq!(coloured("\x1b[1m\x1b[91merror\x1b[0m\n"), "\x1b[1m\x1b[91merror\x1b[0m\n");
        assert_eq!(coloured("\x1b[2Ja\x1b]0;b\x07"), "\\u{1b}[2Ja\\u{1b}]0;b\\u{7}");
    }

    #[test]
    fn an_error_sets_no_colours() {
        assert_eq!(plain("\x1b[1m\x1b[91merror\x1b[0m: a\n"), "error: a\n");
        assert_eq!(plain("a\x1b[2Jb\x1b]0;c\x07\r"), "a\\u{1b}[2Jb\\u{1b}]0;c\\u{7}\\r");
    }

    #[test]
    fn of_a_long_text_its_beginning_is_kept() {
        let long = text(&"é".repeat(1 << 20));
        assert!(long.len() < 3 * TEXT && long.ends_with(" bytes more)"), "{}", long.len());
    }
}
