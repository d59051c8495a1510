//! How an LMS names what it hands out: whose a file is, and whether it came late.

use super::archive::Entry;
use super::late::Late;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an LMS calls a person or a group: a number, a login, a folder. Never a name where there is anything else.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Key(pub String);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Where the submissions come from.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// One folder, archive or export for each learner, called by their key.
    Folders,
    /// One flat archive: `name_LATE_userid_fileid_file`.
    Canvas,
    /// `Full name_number_assignsubmission_file/…`.
    Moodle,
    /// Clones in one folder, each called `PREFIX-login`, as GitHub Classroom's and Classroom 50's tools leave them.
    Clones,
}

/// Whose a file is, and what it is called there.
#[derive(Debug, Eq, PartialEq)]
pub struct Place {
    pub key: Key,
    pub late: Late,
    pub rest: String,
}

impl Layout {
    /// The layout that `entries` of the folder or archive `folder` have.
    pub fn of(folder: &str, entries: &[Entry]) -> Layout {
        let most = |layout: Layout| {
            let fits = entries.iter().filter(|entry| layout.whose(folder, &entry.path).is_some()).count();
            fits > 0 && fits * 10 >= entries.len() * 9
        };
        [Layout::Moodle, Layout::Canvas, Layout::Clones]
            .into_iter()
            .find(|layout| most(*layout))
            .unwrap_or(Layout::Folders)
    }

    /// Whose the file at `path` is; `None` if it does not say.
    pub fn whose(self, folder: &str, path: &str) -> Option<Place> {
        match self {
            Layout::Folders => {
                // A file beside the folders is a learner's own archive or export.
                let (top, rest) = path.split_once('/').unwrap_or_else(|| {
                    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
                    (stem, path)
                });
                Some(Place { key: Key(top.to_owned()), late: Late::Unknown, rest: rest.to_owned() })
            }
            Layout::Canvas => canvas(path),
            Layout::Moodle => moodle(path),
            Layout::Clones => {
                let slug = folder.strip_suffix("-submissions")?;
                let (top, rest) = path.split_once('/')?;
                // A login may have hyphens in it, so the known beginning is taken off.
                let login = top.strip_prefix(slug)?.strip_prefix('-').filter(|login| !login.is_empty())?;
                Some(Place { key: Key(login.to_owned()), late: Late::Unknown, rest: rest.to_owned() })
            }
        }
    }
}

/// `name_LATE_userid_fileid_file` and `LATE_anon_id_fileid_file`; the name has no `_` in it.
fn canvas(path: &str) -> Option<Place> {
    let number = |it: &&str| !it.is_empty() && it.bytes().all(|c| c.is_ascii_digit());
    let parts: Vec<&str> = path.splitn(5, '_').collect();
    let place = |late: bool, key: &str, rest: &[&str]| {
        let rest = rest.join("_");
        // A text typed into a box and a link are no program.
        let late = if late { Late::Yes } else { Late::No };
        (!rest.is_empty()).then(|| Place { key: Key(key.to_owned()), late, rest })
    };
    match parts.as_slice() {
        ["LATE", "anon", key, file, rest @ ..] if number(file) => place(true, &format!("anon_{key}"), rest),
        ["anon", key, file, rest @ ..] if number(file) => place(false, &format!("anon_{key}"), rest),
        [_, "LATE", key, file, rest @ ..] if number(key) && number(file) => place(true, key, rest),
        [_, key, file, rest @ ..] if number(key) && number(file) => place(false, key, rest),
        _ => None,
    }
}

/// `Full name_number_assignsubmission_file/tree`, with or without a `_` at the folder's end.
fn moodle(path: &str) -> Option<Place> {
    const MARK: &str = "_assignsubmission_file";
    let (top, rest) = path.split_once(MARK)?;
    let rest = rest.strip_prefix('_').unwrap_or(rest);
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let (_, number) = top.rsplit_once('_')?;
    let is_number = !number.is_empty() && number.bytes().all(|c| c.is_ascii_digit());
    // The worksheet calls the same person `Participant 1041`.
    is_number.then(|| Place { key: Key(number.to_owned()), late: Late::Unknown, rest: rest.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whose(layout: Layout, folder: &str, path: &str) -> Option<(String, Late, String)> {
        layout.whose(folder, path).map(|place| (place.key.0, place.late, place.rest))
    }

    fn some(key: &str, late: Late, rest: &str) -> Option<(String, Late, String)> {
        Some((key.to_owned(), late, rest.to_owned()))
    }

    #[test]
    fn canvas_names_the_person_by_a_number_and_marks_who_was_late() {
        assert_eq!(whose(Layout::Canvas, "", "beispiela_1001_77_lib.rs"), some("1001", Late::No, "lib.rs"));
        assert_eq!(
            whose(Layout::Canvas, "", "beispiela_LATE_1001_77_print_room.rs"),
            some("1001", Late::Yes, "print_room.rs")
        );
        assert_eq!(
            whose(Layout::Canvas, "", "LATE_anon_ab12_77_lib.rs"),
            some("anon_ab12", Late::Yes, "lib.rs")
        );
        assert_eq!(whose(Layout::Canvas, "", "lib.rs"), None);
    }

    #[test]
    fn moodle_names_the_person_by_a_number_in_the_folder() {
        let path = "A_B Beispiel_1041_assignsubmission_file/print-room/src/lib.rs";
        assert_eq!(whose(Layout::Moodle, "", path), some("1041", Late::Unknown, "print-room/src/lib.rs"));
        let path = "A Beispiel_1041_assignsubmission_file_/lib.rs";
        assert_eq!(whose(Layout::Moodle, "", path), some("1041", Late::Unknown, "lib.rs"));
    }

    #[test]
    fn a_login_with_hyphens_is_whole() {
        let place = whose(Layout::Clones, "week-3-submissions", "week-3-ann-lee/src/lib.rs");
        assert_eq!(place, some("ann-lee", Late::Unknown, "src/lib.rs"));
    }

    #[test]
    fn the_layout_is_seen_from_the_names() {
        let entry = |path: &str| Entry { path: path.to_owned(), bytes: Vec::new() };
        assert_eq!(Layout::of("x", &[entry("a_1_2_lib.rs"), entry("b_3_4_lib.rs")]), Layout::Canvas);
        assert_eq!(Layout::of("x", &[entry("A_1_assignsubmission_file/lib.rs")]), Layout::Moodle);
        assert_eq!(Layout::of("q-submissions", &[entry("q-ann/src/lib.rs")]), Layout::Clones);
        assert_eq!(Layout::of("x", &[entry("ann/lib.rs"), entry("ben.json")]), Layout::Folders);
    }
}
