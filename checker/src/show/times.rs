//! Spans of time as people read them.

/// `nanos` as `250 ms`, `1.5 s` or `1 m 23 s`.
pub fn span(nanos: u64) -> String {
    match nanos {
        0 => "0 ms".to_owned(),
        1..1_000_000 => format!("{} µs", decimal(nanos, 1_000)),
        1_000_000..1_000_000_000 => format!("{} ms", decimal(nanos, 1_000_000)),
        1_000_000_000..60_000_000_000 => format!("{} s", decimal(nanos, 1_000_000_000)),
        _ => {
            let (minutes, rest) = (nanos / 60_000_000_000, nanos % 60_000_000_000);
            let seconds =
                if rest == 0 { String::new() } else { format!(" {} s", decimal(rest, 1_000_000_000)) };
            match minutes {
                0..60 => format!("{minutes} m{seconds}"),
                _ => format!("{} h {} m{seconds}", minutes / 60, minutes % 60),
            }
        }
    }
}

/// `nanos` in units, with at most three digits behind the point.
fn decimal(nanos: u64, unit: u64) -> String {
    let thousandths = nanos / (unit / 1_000).max(1);
    let (whole, rest) = (thousandths / 1_000, thousandths % 1_000);
    let text = format!("{whole}.{rest:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `text` with the times in it as people read them. Texts in quotation marks are the program's, and stay.
pub fn readable(text: &str) -> String {
    let mut read = String::new();
    let mut quoted = false;
    let mut rest = text;
    let mut before = ' ';
    while let Some(sign) = rest.chars().next() {
        quoted ^= sign == '"' || sign == '`';
        let time = (!quoted && sign.is_ascii_digit() && !before.is_alphanumeric() && before != '.')
            .then(|| time(rest))
            .flatten();
        match time {
            Some((nanos, length)) => {
                read += &span(nanos);
                rest = &rest[length..];
                before = 's';
            }
            None => {
                read.push(sign);
                rest = &rest[sign.len_utf8()..];
                before = sign;
            }
        }
    }
    read
}

/// The time that `text` begins with, as Rust shows a `Duration`, and how long it is.
fn time(text: &str) -> Option<(u64, usize)> {
    let digits = text.find(|sign: char| !sign.is_ascii_digit() && sign != '.')?;
    let units = [("ns", 1.0), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)];
    let (unit, factor) = units.into_iter().find(|(unit, _)| text[digits..].starts_with(unit))?;
    let length = digits + unit.len();
    if text[length..].starts_with(|sign: char| sign.is_alphanumeric() || sign == '_') {
        return None;
    }
    let number: f64 = text[..digits].parse().ok()?;
    Some(((number * factor).round() as u64, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_read_by_people() {
        assert_eq!(span(250_000_000), "250 ms");
        assert_eq!(span(83_000_000_000), "1 m 23 s");
        assert_eq!(span(1_500_000_000), "1.5 s");
        assert_eq!(span(3), "0.003 µs");
    }

    #[test]
    fn times_in_a_sentence_are_read_by_people() {
        let said = "done at 0ns, and its line \"[1/2] in 3ms\" was written at 1.25s, at line 3s2";
        let expected = "done at 0 ms, and its line \"[1/2] in 3ms\" was written at 1.25 s, at line 3s2";
        assert_eq!(readable(said), expected);
    }
}
