//! Findings as editors read them: `file:line:column: kind: message`, a line each.

use crate::verdict::{Finding, Kind, Report};
use std::collections::BTreeSet;
use std::path::Path;

/// The findings of a report on `source`. One that has no place in the learner's file is put at its first line.
pub fn lines(report: &Report, source: &Path) -> String {
    let mut text = String::new();
    // One cause may be seen by many checks: an editor shows it once.
    let mut told = BTreeSet::new();
    for (clause, finding) in report.findings() {
        if finding.kind == Kind::DoesNotCompile {
            text.extend(compile_errors(&finding.message));
            continue;
        }
        let clause = clause.map(|clause| format!("clause {clause}: ")).unwrap_or_default();
        let message = finding.message.lines().next().unwrap_or_default();
        let line = line_in(finding, source).or_else(|| line_told(message)).unwrap_or(1);
        if !told.insert((finding.kind.name(), line)) {
            continue;
        }
        let more = threads(finding, source);
        text.push_str(&format!(
            "{}:{line}:1: error: {}: {clause}{message}\n",
            source.display(),
            finding.kind
        ));
        text.extend(more);
    }
    text
}

fn is_at(file: Option<&String>, source: &Path) -> bool {
    file.is_some_and(|file| source.ends_with(file) || Path::new(file).ends_with(source))
}

/// Where the first of the threads stood that are in the learner's file.
fn line_in(finding: &Finding, source: &Path) -> Option<u32> {
    let mut here = finding.threads.iter().filter(|thread| is_at(thread.file.as_ref(), source));
    here.find_map(|thread| thread.line)
}

/// The line at the end of a message such as `a todo!() … at src/lib.rs:19`.
fn line_told(message: &str) -> Option<u32> {
    message.rsplit_once(".rs:")?.1.parse().ok()
}

/// Where each blocked thread stood, as notes.
fn threads<'a>(finding: &'a Finding, source: &'a Path) -> impl Iterator<Item = String> + 'a {
    let here = finding.threads.iter().filter(|thread| is_at(thread.file.as_ref(), source));
    here.filter_map(move |thread| {
        let (line, what) = (thread.line?, thread.waiting_for.as_ref()?);
        Some(format!("{}:{line}:1: note: `{}` waits for {what}\n", source.display(), thread.name))
    })
}

/// rustc's own errors: a line that says what, and one that says where.
fn compile_errors(said: &str) -> Vec<String> {
    let mut errors = Vec::new();
    let mut what = None;
    for line in said.lines() {
        if line.starts_with("error") || line.starts_with("warning") {
            what = Some(line);
        } else if let (Some(message), Some(place)) = (what, line.trim_start().strip_prefix("--> ")) {
            errors.push(format!("{place}: {message}\n"));
            what = None;
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_compiler_is_put_where_it_is() {
        let said = "error[E0308]: mismatched types\n  --> exercises/a/src/lib.rs:3:5\n   |\n3  |     1\n\nerror: aborting\n";
        assert_eq!(compile_errors(said), ["exercises/a/src/lib.rs:3:5: error[E0308]: mismatched types\n"]);
    }
}
