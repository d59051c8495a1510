//! Text with styles, set in rows of a given width. A style never reaches beyond the row that it is in.

use colored::Colorize;

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Look {
    pub bold: bool,
    pub dim: bool,
    pub italic: bool,
    pub code: bool,
}

/// Text that goes on with other pieces in the same row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Piece {
    pub text: String,
    pub look: Look,
}

impl Piece {
    pub fn plain(text: &str) -> Piece {
        Piece { text: text.to_owned(), look: Look::default() }
    }

    fn painted(&self) -> String {
        let Look { bold, dim, italic, code } = self.look;
        let mut text = self.text.as_str().normal();
        if code {
            text = text.cyan();
        }
        if bold {
            text = text.bold();
        }
        if dim {
            text = text.dimmed();
        }
        if italic {
            text = text.italic();
        }
        text.to_string()
    }
}

/// A row with the codes of its colours.
pub fn painted(row: &[Piece]) -> String {
    row.iter().map(Piece::painted).collect()
}

/// How many columns `text` takes.
pub fn width(text: &str) -> usize {
    textwrap::core::display_width(text)
}

/// How many columns a row takes.
pub fn width_of(row: &[Piece]) -> usize {
    row.iter().map(|piece| width(&piece.text)).sum()
}

/// The width of the longest word.
pub fn longest_word(pieces: &[Piece]) -> usize {
    words(pieces).iter().map(|word| width_of(word)).max().unwrap_or(0)
}

/// The words of a text. One may have pieces that look different. A line break is a word of its own.
fn words(pieces: &[Piece]) -> Vec<Vec<Piece>> {
    let mut words: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in pieces {
        for (index, part) in piece.text.split(' ').enumerate() {
            if index > 0 {
                words.push(Vec::new());
            }
            for (index, part) in part.split('\n').enumerate() {
                if index > 0 {
                    words.extend([vec![Piece::plain("\n")], Vec::new()]);
                }
                if let Some(word) = words.last_mut().filter(|_| !part.is_empty()) {
                    // A space that must not break is a space once the words are found.
                    word.push(Piece { text: part.replace('\u{a0}', " "), look: piece.look });
                }
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// `pieces` in rows of at most `room` columns. A word that is longer is broken.
pub fn set(pieces: &[Piece], room: usize) -> Vec<Vec<Piece>> {
    let room = room.max(1);
    let mut rows: Vec<Vec<Piece>> = vec![Vec::new()];
    let mut used = 0;
    for word in words(pieces) {
        if word.iter().any(|piece| piece.text == "\n") {
            rows.push(Vec::new());
            used = 0;
            continue;
        }
        let needs = width_of(&word);
        if used > 0 && used + 1 + needs > room {
            rows.push(Vec::new());
            used = 0;
        }
        if used > 0 {
            // Between two words that look the same, the space does too.
            let row = rows.last().and_then(|row| row.last()).map(|piece| piece.look);
            let look = row.filter(|look| Some(*look) == word.first().map(|it| it.look)).unwrap_or_default();
            push(&mut rows, " ", look);
            used += 1;
        }
        for piece in &word {
            for letter in piece.text.chars() {
                let wide = width(letter.encode_utf8(&mut [0; 4]));
                if used + wide > room {
                    rows.push(Vec::new());
                    used = 0;
                }
                push(&mut rows, letter.encode_utf8(&mut [0; 4]), piece.look);
                used += wide;
            }
        }
    }
    rows
}

fn push(rows: &mut [Vec<Piece>], text: &str, look: Look) {
    let Some(row) = rows.last_mut() else { return };
    match row.last_mut() {
        Some(last) if last.look == look => last.text.push_str(text),
        _ => row.push(Piece { text: text.to_owned(), look }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(pieces: &[Piece], room: usize) -> Vec<String> {
        set(pieces, room).iter().map(|row| row.iter().map(|piece| piece.text.as_str()).collect()).collect()
    }

    #[test]
    fn rows_break_between_words_and_long_words_break_anywhere() {
        assert_eq!(texts(&[Piece::plain("one two three")], 7), ["one two", "three"]);
        assert_eq!(texts(&[Piece::plain("abcdefgh i")], 3), ["abc", "def", "gh", "i"]);
        assert_eq!(texts(&[Piece::plain("a\u{a0}b c\nd")], 3), ["a b", "c", "d"]);
        assert_eq!(texts(&[Piece::plain("漢字漢字")], 4), ["漢字", "漢字"]);
    }

    #[test]
    fn a_word_may_look_different_in_its_parts() {
        let code = Look { code: true, ..Look::default() };
        let pieces = [Piece::plain("("), Piece { text: "send".into(), look: code }, Piece::plain("), then")];
        assert_eq!(texts(&pieces, 8), ["(send),", "then"]);
    }
}
