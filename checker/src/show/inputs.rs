//! The numbers of an input with their names, which are those that its check gives them.

/// `input` with the names that the check called `check` has for its parts in `checks`, the source of all checks.
pub fn named(checks: &str, check: &str, input: &str) -> String {
    let Some(names) = names(checks, check) else { return input.to_owned() };
    let values = match (names.as_slice(), input.strip_prefix('(').and_then(|it| it.strip_suffix(')'))) {
        ([_], _) => vec![input.to_owned()],
        (_, Some(inner)) => parts(inner),
        (_, None) => return input.to_owned(),
    };
    if names.len() != values.len() {
        return input.to_owned();
    }
    let named = names.iter().zip(&values).map(|(name, value)| format!("{} {value}", name.replace('_', " ")));
    named.collect::<Vec<_>>().join(", ")
}

/// What the closure that `forall` is given in the check calls its parameters.
fn names(checks: &str, check: &str) -> Option<Vec<String>> {
    let (_, body) = checks.split_once(&format!("fn {check}("))?;
    // What comes after the end of the function is another check's.
    let body = body.split("\n}").next()?;
    let (_, call) = body.split_once(".forall(")?;
    let (_, closure) = call.split_once('|')?;
    let (pattern, _) = closure.split_once('|')?;
    let pattern = match pattern.trim().strip_prefix('(') {
        Some(tuple) => tuple.split_once(')')?.0,
        None => pattern.split(':').next()?,
    };
    let names: Vec<String> = parts(pattern)
        .iter()
        .map(|name| {
            name.trim_start_matches('&').trim_start_matches("mut ").trim().trim_start_matches('_').to_owned()
        })
        .collect();
    let are_names = |name: &String| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    names.iter().all(are_names).then_some(names)
}

/// What stands between the commas that are in no brackets and no quotation marks.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut depth, mut quoted, mut escaped) = (0_i32, false, false);
    for sign in text.chars() {
        match sign {
            '"' if !escaped => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
        escaped = sign == '\\' && !escaped;
        match (sign, parts.last_mut()) {
            (',', _) if depth == 0 && !quoted => parts.push(String::new()),
            (_, Some(last)) => last.push(sign),
            (_, None) => {}
        }
    }
    let parts = parts.into_iter().map(|part| part.trim().to_owned());
    parts.filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHECKS: &str = "fn one(check: &Check) {\n    check.forall(jobs(), |(offices, capacity, printers)| {\n    });\n}\n\
                          fn two(check: &Check) {\n    check.forall(input::sizes(1..=3), move |workers: usize| run(workers));\n}\n\
                          fn three(check: &Check) {\n    check.schedules(|| ());\n}\n";

    #[test]
    fn the_parts_of_an_input_have_the_names_of_the_check() {
        assert_eq!(named(CHECKS, "one", "([2, 1], 1, 2)"), "offices [2, 1], capacity 1, printers 2");
        assert_eq!(named(CHECKS, "two", "3"), "workers 3");
    }

    #[test]
    fn an_input_without_names_is_shown_as_it_is() {
        assert_eq!(named(CHECKS, "three", "(1, 2)"), "(1, 2)");
        assert_eq!(named(CHECKS, "one", "(\"a, b\", 1)"), "(\"a, b\", 1)");
        assert_eq!(named(CHECKS, "four", "7"), "7");
    }
}
