//! Snapshots of transcripts, kept by insta beside the checks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use similar::TextDiff;

fn file(folder: &Path, name: &str) -> std::path::PathBuf {
    folder.join(format!("{name}.snap"))
}

/// The text of the snapshot.
///
/// # Panics
/// If there is none: a fault of the exercise, not of the learner.
pub(crate) fn read(folder: &Path, name: &str) -> String {
    let path = file(folder, name);
    let snapshot = insta::Snapshot::from_file(&path)
        .unwrap_or_else(|error| panic!("the snapshot {} can't be read: {error}", path.display()));
    match snapshot.contents() {
        insta::internals::SnapshotContents::Text(text) => text.to_string(),
        insta::internals::SnapshotContents::Binary(_) => {
            panic!("the snapshot {} is not text", path.display())
        }
    }
}

/// Compares as insta does, so that authors accept a new text with insta's own means.
pub(crate) fn assert(folder: &Path, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        // insta would show the difference on the terminal by itself; the harness shows it with the finding.
        let outcome = catch_unwind(AssertUnwindSafe(|| insta::assert_snapshot!(name, text)));
        if outcome.is_err() {
            let wanted = if file(folder, name).exists() { read(folder, name) } else { String::new() };
            crate::expect::fail(protocol::Kind::WrongAnswer, difference(name, &wanted, text));
        }
    });
}

/// What differs, line by line.
pub(crate) fn difference(name: &str, wanted: &str, got: &str) -> String {
    let diff = TextDiff::from_lines(wanted.trim_end(), got.trim_end());
    let name = name.replace('_', " ");
    format!(
        "the {name} is not what the contract shows (- expected, + got)\n{}",
        diff.unified_diff().context_radius(2).missing_newline_hint(false)
    )
}
