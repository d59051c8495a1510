//! A page of HTML, put together from parts of which only the markup is ours: every text is escaped here, once.

use std::fmt::Write;

/// A page that is being written.
pub struct Page {
    text: String,
}

const STYLE: &str = include_str!("page.css");

impl Page {
    /// Begins a page; `script` is ours.
    pub fn new(title: &str, script: &str) -> Page {
        let mut page = Page { text: String::new() };
        page.markup("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
        page.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        // Nothing is loaded from anywhere, and nothing that a learner wrote can change that.
        page.markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">");
        page.element("title", title);
        page.markup("<style>").markup(STYLE).markup("</style></head><body><main>");
        page.element("h1", title);
        if !script.is_empty() {
            page.markup("<script defer>").markup(script).markup("</script>");
        }
        page
    }

    /// Adds markup of our own, as it is.
    pub fn markup(&mut self, markup: &str) -> &mut Page {
        self.text.push_str(markup);
        self
    }

    /// Adds a text that may be anybody's.
    pub fn text(&mut self, text: &str) -> &mut Page {
        for c in text.chars() {
            match c {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\'' => self.text.push_str("&#39;"),
                '\n' | '\t' => self.text.push(c),
                c if c.is_control() || is_bidirectional(c) => {
                    let _ = write!(self.text, "\\u{{{:x}}}", c as u32);
                }
                c => self.text.push(c),
            }
        }
        self
    }

    /// `<tag>text</tag>`; the tag may have attributes of ours.
    pub fn element(&mut self, tag: &str, text: &str) -> &mut Page {
        let name = tag.split(' ').next().unwrap_or(tag);
        self.markup(&format!("<{tag}>")).text(text).markup(&format!("</{name}>"))
    }

    /// Adds a sentence with Markdown's `code` and **strong** in it.
    pub fn prose(&mut self, text: &str) -> &mut Page {
        for (index, part) in text.split('`').enumerate() {
            if index % 2 == 1 {
                self.element("code", part);
                continue;
            }
            for (index, part) in part.split("**").enumerate() {
                if index % 2 == 1 {
                    self.element("b", part)
                } else {
                    self.text(part)
                };
            }
        }
        self
    }

    /// The whole page.
    pub fn end(mut self) -> String {
        self.markup("</main></body></html>\n");
        self.text
    }
}

/// Marks that change the direction of what follows: a line would read otherwise than it is.
fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_in_a_sentence_is_set_as_code() {
        let mut page = Page::new("x", "");
        page.prose("**Order.** `main` waits for `<b>`");
        let text = page.end();
        assert!(text.contains("<b>Order.</b> <code>main</code> waits for <code>&lt;b&gt;</code>"), "{text}");
    }

    #[test]
    fn what_a_learner_wrote_is_shown_and_not_done() {
        let mut page = Page::new("x", "");
        page.element("p class=\"a\"", "<script>alert('1')</script>\u{1b}[31m\u{202e}");
        let text = page.end();
        assert!(
            text.contains(
                "<p class=\"a\">&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;\\u{1b}[31m\\u{202e}</p>"
            ),
            "{text}"
        );
    }
}
