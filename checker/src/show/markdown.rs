//! Markdown as a terminal can show it: headings, lists, tables that fit, code, and answers that stay folded until they are asked for.

use crate::show::rows::{Look, Piece, painted, set, width, width_of};
use crate::show::style::Style;
use crate::show::table;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Text is easiest to read in lines that are not longer.
const LONGEST: usize = 100;
/// Code is told from text by where it begins.
const CODE: &str = "    ";

/// Whether the answers that a text has folded away are shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Answers {
    Shown,
    /// With how to open them.
    Folded(&'static str),
}

/// `text` in lines that fit the screen.
pub fn rendered(style: &Style, text: &str, answers: Answers) -> String {
    let mut page = Page::new(style, answers);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        page.take(event);
    }
    page.finish()
}

struct Page<'a> {
    style: &'a Style,
    answers: Answers,
    lines: Vec<String>,
    /// What is being read: the text of a paragraph, a heading, an item or a cell.
    pieces: Vec<Piece>,
    look: Look,
    link: Option<String>,
    heading: Option<HeadingLevel>,
    code: Option<String>,
    /// The number of the next item, or `None` for a bullet; a list for each that is open.
    lists: Vec<Option<u64>>,
    /// What stands before the next row of text.
    lead: Option<String>,
    quotes: usize,
    table: Option<Vec<Vec<Vec<Piece>>>>,
    /// Whether what comes is folded away.
    folded: bool,
}

impl<'a> Page<'a> {
    fn new(style: &'a Style, answers: Answers) -> Page<'a> {
        Page {
            style,
            answers,
            lines: Vec::new(),
            pieces: Vec::new(),
            look: Look::default(),
            link: None,
            heading: None,
            code: None,
            lists: Vec::new(),
            lead: None,
            quotes: 0,
            table: None,
            folded: false,
        }
    }

    fn finish(mut self) -> String {
        while self.lines.last().is_some_and(|line| line.trim().is_empty()) {
            self.lines.pop();
        }
        self.lines.join("\n")
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.push(&text, self.look),
            },
            Event::Code(code) => self.push_code(&code),
            Event::SoftBreak => self.push(" ", self.look),
            Event::HardBreak => self.push("\n", self.look),
            Event::Rule => {
                let line = "─".repeat(self.room());
                self.line(&line);
                self.gap();
            }
            Event::Html(html) => self.html(&html),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => self.heading = Some(level),
            Tag::Emphasis => self.look.italic = true,
            Tag::Strong => self.look.bold = true,
            Tag::Link { dest_url, .. } => self.link = Some(dest_url.into_string()),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                self.flush();
                self.code = Some(String::new());
            }
            Tag::List(first) => {
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => {
                let lead = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "• ".to_owned(),
                };
                self.lead = Some(lead);
            }
            Tag::BlockQuote(_) => self.quotes += 1,
            Tag::Table(_) => self.table = Some(Vec::new()),
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.push(Vec::new());
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::Paragraph => {
                self.flush();
                self.gap();
            }
            TagEnd::Emphasis => self.look.italic = false,
            TagEnd::Strong => self.look.bold = false,
            TagEnd::Link => {
                // Where a link leads inside of the book means nothing here.
                if let Some(address) = self.link.take().filter(|it| it.starts_with("http")) {
                    self.push(&format!(" ({address})"), Look { dim: true, ..Look::default() });
                }
            }
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::Item => {
                self.flush();
                self.lead = None;
            }
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.gap();
                }
            }
            TagEnd::BlockQuote(_) => self.quotes -= 1,
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.pieces);
                if let Some(row) = self.table.as_mut().and_then(|table| table.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                let table = self.table.take().unwrap_or_default();
                for line in table::lines(&table, self.room()) {
                    self.line(&line);
                }
                self.gap();
            }
            _ => {}
        }
    }

    fn push(&mut self, text: &str, look: Look) {
        self.pieces.push(Piece { text: text.to_owned(), look });
    }

    /// Code in a line of text: told by its colour, or by its marks where there is none. It is broken only if it is long.
    fn push_code(&mut self, code: &str) {
        let marked = if self.style.colour { code.to_owned() } else { format!("`{code}`") };
        let text = if marked.len() <= 30 { marked.replace(' ', "\u{a0}") } else { marked };
        self.push(&text, Look { code: true, ..self.look });
    }

    /// Columns for text.
    fn room(&self) -> usize {
        let used = width(&self.indent());
        self.style.width.min(LONGEST).saturating_sub(used).max(10)
    }

    /// What stands before every row here: nothing, the bars of quotes, the room of list marks.
    fn indent(&self) -> String {
        "│ ".repeat(self.quotes) + &self.lists.iter().map(|it| mark_room(*it)).collect::<String>()
    }

    fn line(&mut self, line: &str) {
        if !self.folded {
            let indent = self.indent();
            self.lines.push(format!("{indent}{line}").trim_end().to_owned());
        }
    }

    /// One empty line, not two.
    fn gap(&mut self) {
        if !self.folded && self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// Sets the text that was read.
    fn flush(&mut self) {
        let pieces = std::mem::take(&mut self.pieces);
        if pieces.is_empty() {
            return;
        }
        for row in set(&pieces, self.room()) {
            let lead = self.lead.take();
            let text = painted(&row);
            match lead {
                // The mark stands in the room that the list's rows leave free.
                Some(mark) if !self.folded => {
                    let indent = self.indent();
                    let kept = indent.chars().count().saturating_sub(mark.chars().count());
                    let before: String = indent.chars().take(kept).collect();
                    self.lines.push(format!("{before}{mark}{text}"));
                }
                _ => self.line(&text),
            }
        }
    }

    fn end_heading(&mut self) {
        let level = self.heading.take();
        let mut pieces = std::mem::take(&mut self.pieces);
        pieces.iter_mut().for_each(|piece| piece.look = Look { bold: true, ..piece.look });
        self.gap();
        let rows = set(&pieces, self.room());
        let widest = rows.iter().map(|row| width_of(row)).max().unwrap_or(0);
        for row in rows {
            self.line(&painted(&row));
        }
        // So that it is a heading without bold letters, too.
        match level {
            Some(HeadingLevel::H1) => self.line(&"═".repeat(widest)),
            Some(HeadingLevel::H2) => self.line(&"─".repeat(widest)),
            _ => {}
        }
        self.gap();
    }

    /// Code keeps its lines. One that is too long goes on in the next, further in.
    fn end_code(&mut self) {
        let code = self.code.take().unwrap_or_default();
        let room = self.style.width.saturating_sub(width(&self.indent()) + CODE.len()).max(10);
        for line in code.lines() {
            let margin = line.len() - line.trim_start().len();
            let mut rest = line.to_owned();
            let mut lead = String::new();
            while width(&lead) + width(&rest) > room {
                let fits = room.saturating_sub(width(&lead));
                let end = rest.char_indices().nth(fits).map_or(rest.len(), |(end, _)| end);
                // Between two words, if there are two.
                let space = rest[..end].rfind(' ').map(|space| space + 1);
                let end = space.filter(|space| !rest[..*space].trim().is_empty()).unwrap_or(end);
                self.line(&format!("{CODE}{lead}{}", &rest[..end]));
                rest = rest[end..].to_owned();
                lead = " ".repeat((margin + 4).min(room / 2)) + "↳ ";
            }
            if !rest.is_empty() || line.is_empty() {
                self.line(&format!("{CODE}{lead}{rest}"));
            }
        }
        self.gap();
    }

    /// Of HTML, the answers that are folded away; the tags of everything else are left out.
    fn html(&mut self, html: &str) {
        for line in html.lines() {
            if line.contains("<details") {
                self.folded = self.answers != Answers::Shown;
            }
            let text = without_tags(line);
            if line.contains("<summary") {
                let was = std::mem::replace(&mut self.folded, false);
                self.summary(&text);
                self.folded = was;
            } else if !text.trim().is_empty() {
                self.pieces = vec![Piece::plain(text.trim())];
                self.flush();
            }
            if line.contains("</details>") {
                self.folded = false;
                self.gap();
            }
        }
    }

    /// The words over an answer, and how to see it.
    fn summary(&mut self, title: &str) {
        let sign = if self.answers == Answers::Shown { "▾ " } else { "▸ " };
        self.push(&format!("{sign}{title}"), Look { bold: true, ..Look::default() });
        if let Answers::Folded(how) = self.answers {
            self.push(&format!(" ({how})"), Look { dim: true, ..Look::default() });
        }
        self.flush();
        self.gap();
    }
}

/// A clause as running text: without the stars around what is stressed. What stands between backticks stays.
pub fn unstressed(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let plain =
        |(place, part): (usize, &str)| if place % 2 == 1 { part.to_owned() } else { part.replace('*', "") };
    parts.map(plain).collect::<Vec<_>>().join("`")
}

/// The room that the mark of an item takes.
fn mark_room(list: Option<u64>) -> &'static str {
    match list {
        None => "  ",
        Some(..11) => "   ",
        Some(_) => "    ",
    }
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(width: usize, text: &str) -> String {
        colored::control::set_override(false);
        rendered(&Style::of_width(width), text, Answers::Folded("a opens it"))
    }

    #[test]
    fn what_is_stressed_has_no_stars_and_code_keeps_its_own() {
        let clause = "**Waits.** The *earliest* wait is `base * 2` after *k* attempts.";
        assert_eq!(unstressed(clause), "Waits. The earliest wait is `base * 2` after k attempts.");
    }

    #[test]
    fn headings_paragraphs_lists_and_code_have_their_shapes() {
        let text = "# A *queue*\n\nOne\nparagraph of `some code`, [a link](../x.md) and \
                    [a page](https://example.org).\n\n## Contract\n\n1. **First.** A clause that is long enough to be \
                    broken.\n2. Second.\n   - inside\n\n```rust\nlet x = 1;\n\n    let y = 2;\n```\n\n> said\n";
        insta::assert_snapshot!(at(50, text), @r"
        A queue
        ═══════

        One paragraph of `some code`, a link and a page
        (https://example.org).

        Contract
        ────────

        1. First. A clause that is long enough to be
           broken.
        2. Second.
           • inside

            let x = 1;

                let y = 2;

        │ said
        ");
    }

    #[test]
    fn an_answer_is_folded_until_it_is_asked_for() {
        let text = "Guess.\n\n<details>\n<summary>What <code>it</code> prints</summary>\n\nThree `pages`.\n\n- a\n\n</details>\n\nOn.\n";
        let folded = at(60, text);
        assert_eq!(folded, "Guess.\n\n▸ What it prints (a opens it)\n\nOn.");
        let shown = rendered(&Style::of_width(60), text, Answers::Shown);
        assert_eq!(shown, "Guess.\n\n▾ What it prints\n\nThree `pages`.\n\n• a\n\nOn.");
    }

    #[test]
    fn a_long_line_of_code_goes_on_further_in() {
        let text = "```text\n  one two three four five six seven eight\n```\n";
        assert_eq!(at(34, text), "      one two three four five six\n          ↳ seven eight");
    }

    #[test]
    fn every_text_of_the_course_fits_every_width() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut seen = 0;
        for top in ["exercises", "lessons"] {
            for entry in walkdir::WalkDir::new(root.join(top)).max_depth(3) {
                let path = entry.unwrap().into_path();
                if path.extension().is_none_or(|it| it != "md") {
                    continue;
                }
                seen += 1;
                let text = std::fs::read_to_string(&path).unwrap();
                for columns in [40, 80, 110] {
                    let page = at(columns, &text);
                    let wide = page.lines().find(|line| super::width(line) > columns);
                    assert_eq!(wide, None, "{} at {columns}", path.display());
                    assert!(!page.contains("```") && !page.contains("|---"), "{}", path.display());
                }
            }
        }
        assert!(seen > 40, "only {seen} texts were found");
    }
}
