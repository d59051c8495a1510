//! A table of a text, with columns that fit the screen.

use crate::show::rows::{Piece, longest_word, painted, set, width, width_of};

const BETWEEN: &str = " │ ";
/// A column that is narrower can't be read.
const NARROWEST: usize = 8;

/// A table whose columns share `room`; row 0 is its head. Where they can't be read side by side, each row is a list.
pub fn lines(table: &[Vec<Vec<Piece>>], room: usize) -> Vec<String> {
    let columns = table.first().map_or(0, Vec::len);
    let Some(widths) = widths(table, columns, room) else { return listed(table, room) };
    let mut lines = Vec::new();
    for (index, row) in table.iter().enumerate() {
        let row: Vec<Vec<Piece>> = match index {
            0 => row.iter().map(|cell| bold(cell)).collect(),
            _ => row.clone(),
        };
        let cells: Vec<Vec<Vec<Piece>>> =
            row.iter().zip(&widths).map(|(cell, width)| set(cell, *width)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            let parts = cells.iter().zip(&widths).map(|(cell, width)| {
                let row = cell.get(line).map_or(&[][..], Vec::as_slice);
                painted(row) + &" ".repeat(width.saturating_sub(width_of(row)))
            });
            lines.push(parts.collect::<Vec<_>>().join(BETWEEN).trim_end().to_owned());
        }
        // Rows whose names go on in a second line would run together.
        let is_tall = table.iter().any(|row| is_broken(row, &widths));
        if index == 0 || (is_tall && index + 1 < table.len()) {
            let rule = if index == 0 { "─" } else { "┈" };
            let parts: Vec<String> = widths.iter().map(|width| rule.repeat(*width)).collect();
            lines.push(parts.join(&format!("{rule}┼{rule}")));
        }
    }
    lines
}

fn is_broken(row: &[Vec<Piece>], widths: &[usize]) -> bool {
    row.first().zip(widths.first()).is_some_and(|(cell, width)| set(cell, *width).len() > 1)
}

fn bold(cell: &[Piece]) -> Vec<Piece> {
    let mut cell = cell.to_vec();
    cell.iter_mut().for_each(|piece| piece.look.bold = true);
    cell
}

/// How wide each column is, so that all fit: the widest give way first. `None` if they can't be read then.
fn widths(table: &[Vec<Vec<Piece>>], columns: usize, room: usize) -> Option<Vec<usize>> {
    let widest = |column: usize, measure: &dyn Fn(&[Piece]) -> usize| {
        table.iter().filter_map(|row| row.get(column)).map(|cell| measure(cell)).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..columns).map(|column| widest(column, &width_of)).collect();
    // No word is broken, as long as there is another way.
    let least: Vec<usize> =
        (0..columns).map(|column| widest(column, &longest_word).max(NARROWEST.min(widths[column]))).collect();
    let room = room.saturating_sub(width(BETWEEN) * columns.saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        let free = |column: &usize| widths[*column] > least[*column];
        let widest = (0..columns).filter(free).max_by_key(|column| widths[*column])?;
        widths[widest] -= 1;
    }
    Some(widths)
}

/// Each row as a list of what its columns say.
fn listed(table: &[Vec<Vec<Piece>>], room: usize) -> Vec<String> {
    let (Some(head), rows) = (table.first(), table.get(1..).unwrap_or_default()) else { return Vec::new() };
    let mut lines = Vec::new();
    for row in rows {
        for (index, (name, cell)) in head.iter().zip(row).enumerate() {
            let mut pieces = if index == 0 { bold(cell) } else { cell.clone() };
            if index > 0 && !name.is_empty() {
                pieces = [bold(name), vec![Piece::plain(": ")], pieces].concat();
            }
            let lead = if index == 0 { "" } else { "  " };
            let set = set(&pieces, room.saturating_sub(lead.len()));
            lines.extend(set.iter().map(|row| format!("{lead}{}", painted(row))));
        }
        lines.push(String::new());
    }
    lines.pop();
    lines
}

#[cfg(test)]
mod tests {
    use crate::show::markdown::{Answers, rendered};
    use crate::show::rows;
    use crate::show::style::Style;

    fn at(width: usize, text: &str) -> String {
        colored::control::set_override(false);
        rendered(&Style::of_width(width), text, Answers::Shown)
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
            let widest = at(width, TABLE).lines().map(rows::width).max();
            assert!(widest <= Some(width), "{width}");
        }
    }
}
