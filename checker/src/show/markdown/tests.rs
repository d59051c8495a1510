//! What Markdown looks like in a terminal.

use super::*;

fn at(width: usize, text: &str) -> String {
    colored::control::set_override(false);
    rendered(&Style::of_width(width), text, Answers::Folded("a opens it"))
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

const TABLE: &str = "| Python | Rust | what |\n|---|---|---|\n| `put(x)` | `send(x)` | an error if no receiver is \
                     left |\n| `get()` | `recv()` | an error if no sender is left and the queue is empty |\n";

#[test]
fn a_table_fits_whatever_the_width() {
    insta::assert_snapshot!(at(100, TABLE), @"
    Python   │ Rust      │ what
    ─────────┼───────────┼─────────────────────────────────────────────────────
    `put(x)` │ `send(x)` │ an error if no receiver is left
    `get()`  │ `recv()`  │ an error if no sender is left and the queue is empty
    ");
    insta::assert_snapshot!(at(50, TABLE), @"
    Python   │ Rust      │ what
    ─────────┼───────────┼────────────────────────────
    `put(x)` │ `send(x)` │ an error if no receiver is
             │           │ left
    `get()`  │ `recv()`  │ an error if no sender is
             │           │ left and the queue is empty
    ");
    insta::assert_snapshot!(at(30, TABLE), @"
    `put(x)`
      Rust: `send(x)`
      what: an error if no
      receiver is left

    `get()`
      Rust: `recv()`
      what: an error if no sender
      is left and the queue is
      empty
    ");
    for width in 30..110 {
        let widest = at(width, TABLE).lines().map(super::width).max();
        assert!(widest <= Some(width), "{width}");
    }
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
