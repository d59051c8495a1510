//! Where on the line of time something happened, and where it would have been in time: three rows of text.

use crate::show::times::span;
use crate::verdict::Moment;

/// What the line is made of: the line itself, where it would be in time, and where it was.
const LINE: char = '─';
const IN_TIME: char = '▒';
const HERE: char = '✗';
/// A shorter line would show nothing.
const SHORTEST: usize = 12;

/// The line, what would be in time, and what happened. `width` is how long a row may be.
pub fn draw(moment: &Moment, width: usize) -> Vec<String> {
    let Moment { what, at_ns, from_ns, to_ns } = moment;
    let is_early = at_ns < from_ns;
    let in_time = match (*from_ns, to_ns) {
        (from, None) => format!("{} or later", span(from)),
        (0, Some(to)) => format!("until {}", span(*to)),
        (from, Some(to)) => format!("{} to {}", span(from), span(*to)),
    };
    let off = match to_ns {
        _ if is_early => format!("{} too early", span(from_ns - at_ns)),
        Some(to) => format!("{} too late", span(at_ns.saturating_sub(*to))),
        None => String::new(),
    };
    let off = if off.is_empty() { off } else { format!(", {off}") };
    vec![
        line(moment, width),
        format!("{IN_TIME} in time: {in_time}"),
        format!("{HERE} {what}: {}{off}", span(*at_ns)),
    ]
}

/// `0 s ├────▒▒──✗─┤ 4 s`
fn line(moment: &Moment, width: usize) -> String {
    let Moment { at_ns: at, from_ns: from, to_ns, .. } = *moment;
    let (first, last) = (at.min(from), at.max(from).max(to_ns.unwrap_or(0)));
    // What lies long before is left out, and a little room is left on both sides.
    let margin = ((last - first) / 8).max(1);
    let begin = if first <= (last - first) { 0 } else { first - margin };
    let end = last.saturating_add(margin);
    let start = if begin == 0 { "0 s".to_owned() } else { span(begin) };
    let (left, right) = (format!("{start} ├"), format!("┤ {}", span(end)));
    let cells = width.saturating_sub(left.chars().count() + right.chars().count()).max(SHORTEST);
    let cell = |time: u64| {
        let place = u128::from(time.clamp(begin, end) - begin) * (cells as u128 - 1);
        usize::try_from(place / u128::from((end - begin).max(1))).unwrap_or(0)
    };
    // Each part has a cell of its own, however near they are.
    let (mut band, mut here) = (cell(from)..=to_ns.map_or(cells - 1, cell), cell(at));
    if at < from && here >= *band.start() {
        here = band.start().saturating_sub(1);
        band = (here + 1)..=(*band.end()).max(here + 1);
    } else if at > from && here <= *band.end() {
        here = (band.end() + 1).min(cells - 1);
        band = (*band.start()).min(here - 1)..=here - 1;
    }
    let drawn = (0..cells).map(|place| match place {
        _ if place == here => HERE,
        _ if band.contains(&place) => IN_TIME,
        _ => LINE,
    });
    format!("{left}{}{right}", drawn.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::style::Style;

    const SECOND: u64 = 1_000_000_000;

    fn drawn(at: u64, from: u64, to: Option<u64>, width: usize) -> String {
        let moment = Moment { what: "attempt 2 began".to_owned(), at_ns: at, from_ns: from, to_ns: to };
        draw(&moment, width).join("\n")
    }

    #[test]
    fn what_came_too_late_stands_behind_what_would_be_in_time() {
        let shown = drawn(4 * SECOND, 2 * SECOND, Some(3 * SECOND), 40);
        assert_eq!(
            shown,
            "0 s ├────────────▒▒▒▒▒▒▒─────✗──┤ 4.25 s\n▒ in time: 2 s to 3 s\n✗ attempt 2 began: 4 s, 1 s too late"
        );
    }

    #[test]
    fn what_came_too_early_stands_before_what_would_be_in_time() {
        let shown = drawn(SECOND, 2 * SECOND, None, 40);
        assert_eq!(
            shown,
            "0 s ├───────────✗───────────▒▒▒┤ 2.125 s\n▒ in time: 2 s or later\n✗ attempt 2 began: 1 s, 1 s too early"
        );
    }

    #[test]
    fn what_is_near_has_a_cell_of_its_own_on_its_side() {
        for (at, from, to) in [
            (10 * SECOND, 0, Some(10 * SECOND - 1)),
            (10 * SECOND, 10 * SECOND + 1, None),
            (3, 30 * SECOND, None),
            (1, 0, Some(0)),
            (u64::MAX, 0, Some(5)),
            (0, u64::MAX, None),
        ] {
            for width in [0, 30, 85] {
                let shown = drawn(at, from, to, width);
                let (here, band) = (shown.find(HERE), shown.find(IN_TIME));
                assert!(here.is_some() && band.is_some(), "{shown}");
                assert_eq!(here < band, at < from, "{shown}");
            }
        }
    }

    #[test]
    fn it_can_be_shown_in_ascii() {
        let style = Style { unicode: false, ..Style::of_width(80) };
        let shown = style.encoded(&drawn(4 * SECOND, 2 * SECOND, Some(3 * SECOND), 40));
        assert!(
            shown.is_ascii() && shown.starts_with("0 s +------------#######-----x--+ 4.25 s\n# in"),
            "{shown}"
        );
    }
}
