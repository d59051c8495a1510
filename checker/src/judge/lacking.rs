//! What a program lacks, in our words: rustc's are about checks that its learner has not read, or about crates that are not there.

use crate::course::Exercise;
use crate::judge::rustc::Diagnostic;
use std::fs;
use std::path::Path;

/// What a program that compiles by itself lacks for its checks.
pub fn for_its_checks(root: &Path, exercise: &Exercise, source: &Path, errors: &[Diagnostic]) -> String {
    let (name, readme) = (exercise.crate_name(), exercise.readme());
    let errors: Vec<&Diagnostic> = errors.iter().filter(|error| error.is_error()).collect();
    let missing = errors.iter().find_map(|error| missing(error, &name, source));
    let is_missing = missing.is_some();
    let first = missing.or_else(|| errors.iter().find_map(|error| different(error, source)));
    let is_named = first.is_some();
    let source = source.display();
    let first = first.unwrap_or_else(|| format!("{source} does not match the signatures in the README."));
    let checks = fs::read_to_string(root.join(exercise.checks())).unwrap_or_default();
    let used: Vec<String> = imported(&checks, &name).map(|word| format!("`{word}`")).collect();
    let all = match used.as_slice() {
        [] => String::new(),
        [_] if is_named => String::new(),
        _ if is_named && !is_missing => String::new(),
        [one] => format!(" They need {one}."),
        [most @ .., last] => format!(" They need {} and {last}.", most.join(", ")),
    };
    format!("{first}{all} {} has all signatures.", readme.display())
}

/// All that the checks take from the crate `name`, whether by `use` or by a path, each once.
fn imported<'a>(checks: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let path = format!("{name}::");
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut found: Vec<&str> = Vec::new();
    for (at, _) in checks.match_indices(&path) {
        let rest = &checks[at + path.len()..];
        let list = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default(),
            None => rest.split(|c| !is_part(c)).next().unwrap_or_default(),
        };
        if checks[..at].ends_with(is_part) {
            continue;
        }
        for word in list.split(|c| !is_part(c)).filter(|word| !word.is_empty() && *word != "as") {
            if !found.contains(&word) {
                found.push(word);
            }
        }
    }
    found.into_iter()
}

/// The words of the message that stand in backticks.
fn quoted(message: &str, place: usize) -> Option<&str> {
    message.split('`').nth(2 * place + 1)
}

/// What the error says is not there, or can't be reached.
fn missing(error: &Diagnostic, name: &str, source: &Path) -> Option<String> {
    let source = source.display();
    let word = |place| {
        let word = quoted(&error.message, place)?;
        Some(word.strip_prefix(&format!("{name}::")).unwrap_or(word))
    };
    let of_the_crate = error.message.ends_with(&format!("in crate `{name}`"))
        || error.message.contains(&format!("`{name}::"))
        || error.message.ends_with(&format!("in `{name}`"));
    let said =
        if error.has_code("E0432") || (error.has_code("E0425") || error.has_code("E0433")) && of_the_crate {
            format!("{source} has no `{}`, which the checks call by that name.", word(0)?)
        } else if error.has_code("E0412") && of_the_crate {
            format!("{source} has no type `{}`, which the checks use by that name.", word(0)?)
        } else if error.has_code("E0603") || error.has_code("E0616") || error.has_code("E0624") {
            format!("`{}` in {source} is private, and the checks can use only what is `pub`.", word(0)?)
        } else if error.has_code("E0599") && error.message.starts_with("no ") {
            // "no method named `pop` found for struct `Queue<T>` in the current scope"
            let owner = word(1)?.split('<').next().unwrap_or_default();
            format!("`{owner}` in {source} has no `{}`, which the checks call by that name.", word(0)?)
        } else if error.has_code("E0609") {
            let owner = word(1)?.split('<').next().unwrap_or_default();
            format!("`{owner}` in {source} has no field `{}`, which the checks look at.", word(0)?)
        } else if error.has_code("E0560") || error.has_code("E0559") {
            format!("`{}` in {source} has no field `{}`, which the checks fill in.", word(0)?, word(1)?)
        } else {
            return None;
        };
    Some(match similar(error) {
        Some(similar) if !said.contains(&format!("`{similar}`")) => {
            format!("{said} There is a similar name: `{similar}`.")
        }
        _ => said,
    })
}

/// The name that rustc thinks was meant.
fn similar(error: &Diagnostic) -> Option<String> {
    let child = error.children.iter().find(|child| child.message.contains("similar name exists"))?;
    child.spans.iter().find_map(|span| span.suggested_replacement.clone())
}

/// What the error says is there, and is not what the checks were promised.
fn different(error: &Diagnostic, source: &Path) -> Option<String> {
    let notes = error.children.iter().filter(|child| {
        ["defined here", "appears within the type"].iter().any(|it| child.message.contains(it))
    });
    let in_source = |file: &str| Path::new(file) == source;
    let own = notes.into_iter().find_map(|note| {
        let mut spans = note.spans.iter().filter(|span| in_source(&span.file_name));
        // The note names it, or its place is the name.
        let named = quoted(&note.message, 0).map(|path| {
            let path = path.split('<').next().unwrap_or(path);
            path.rsplit("::").next().unwrap_or(path).to_owned()
        });
        let first = spans.find(|span| span.is_primary)?;
        named.or_else(|| first.text()).map(|name| (name, first.line_start))
    });
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let (name, line) = own.filter(|(name, _)| is_name(name))?;
    let source = source.display();
    Some(match error.has_code("E0277") {
        true => format!("`{name}` in {source}:{line} can't do what the README promises: {}.", error.message),
        false => format!("`{name}` in {source}:{line} does not have the signature in the README."),
    })
}

/// What to say of a program that names a crate which is not there: the crates that the simulation knows are named.
pub fn crates(errors: &[Diagnostic], dependencies: &[String]) -> Option<String> {
    const UNLINKED: &str = "use of unresolved module or unlinked crate `";
    let labels = errors.iter().flat_map(|error| error.spans.iter().filter_map(|span| span.label.as_deref()));
    let messages = errors.iter().map(|error| error.message.as_str());
    let mut said = labels.chain(messages).filter_map(|text| text.split_once(UNLINKED)).map(|(_, rest)| rest);
    let extern_crates = errors.iter().filter(|error| error.has_code("E0463"));
    let name = said.find_map(|rest| rest.split('`').next()).map(str::to_owned);
    let name = name
        .or_else(|| extern_crates.filter_map(|error| quoted(&error.message, 0)).next().map(str::to_owned))?;
    Some(format!("The program has no module `{name}`. If that is a crate: {}", known(dependencies)))
}

/// What to say of a crate in the manifest that is not simulated.
pub fn simulated(name: &str, dependencies: &[String]) -> String {
    let others: Vec<String> = dependencies.iter().filter(|other| *other != name).cloned().collect();
    format!(
        "`{name}` is in the exercise's Cargo.toml, but a program that uses it can't be judged: {}",
        known(&others)
    )
}

fn known(dependencies: &[String]) -> String {
    let own: Vec<String> = dependencies.iter().map(|name| format!("`{name}`")).collect();
    let of_ours = match own.as_slice() {
        [] => "`std`".to_owned(),
        all => format!("`std`, {}", all.join(", ")),
    };
    let of_ours = match of_ours.rsplit_once(", ") {
        Some((most, last)) => format!("{most} and {last}"),
        None => of_ours,
    };
    format!(
        "an exercise may use only {of_ours}. The checker can simulate their threads, locks and channels, but not those of other crates."
    )
}
