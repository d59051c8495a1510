//! What a program must not do, as far as it can be seen before it runs: take in others' files, look at the disk.

use crate::judge::rustc::Diagnostic;
use anyhow::{Context, Result};
use std::fs;
use std::io::BufRead;
use std::path::{Component, Path, PathBuf};

/// The files that rustc read, by its own list, relative to `root` or absolute; `None` if it came to no list.
pub fn files_read(list: &Path) -> Result<Option<Vec<String>>> {
    if !list.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(list).with_context(|| format!("could not read {}", list.display()))?;
    // Each file has a line of its own that ends in a colon, for the sake of make; the lines before are those of what is written. What
    // has no colon is a part of a name with a line break in it, and such a name is nobody's.
    let written = list.parent().unwrap_or(list).display().to_string();
    // rustc leaves the spaces in what it writes as they are; a later one may not.
    let written = [written.replace(' ', "\\ "), written];
    let is_written = |line: &str| {
        written.iter().any(|it| line.strip_prefix(it.as_str()).is_some_and(|rest| rest.contains(": ")))
    };
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#') && !is_written(line));
    Ok(Some(lines.map(|line| line.strip_suffix(':').unwrap_or("\n").replace("\\ ", " ")).collect()))
}

/// The first of the files that is not the program's: not in the folder of `source`, or only by way of a link. A source with a
/// name of its own is the whole program; beside a `lib.rs` may lie more files of it.
pub fn elsewhere<'a>(files: &'a [String], root: &Path, source: &Path) -> Option<&'a String> {
    // The learner's own file may be a link to where they keep it.
    let own = root.join(source);
    let folder = own.parent().unwrap_or(root);
    let is_alone = source.file_name().is_none_or(|name| name != "lib.rs");
    files
        .iter()
        .filter(|file| root.join(file) != own)
        .find(|file| is_alone || !lies_in(folder, &root.join(file)))
}

/// Whether the file is really below that folder. Its path is not resolved, since `/proc/self` is another folder for us than for rustc.
/// A name with a quotation mark is nobody's: rustc writes the names of files into its account of the functions, where `without_texts`
/// would take the rest of the line for a text.
fn lies_in(folder: &Path, file: &Path) -> bool {
    let Ok(inside) = file.strip_prefix(folder) else { return false };
    let mut place = PathBuf::from(folder);
    inside.components().all(|part| {
        place.push(part);
        matches!(part, Component::Normal(name) if !name.to_string_lossy().contains('"'))
            && fs::symlink_metadata(&place).is_ok_and(|it| !it.is_symlink())
    }) && fs::symlink_metadata(file).is_ok_and(|it| it.is_file())
}

/// The first file that rustc's words quote and that is not among the files of the program, where it came to no list: what is in
/// it must not be shown.
pub fn quoted<'a>(errors: &'a [Diagnostic], source: &Path) -> Option<&'a str> {
    let files = errors.iter().flat_map(Diagnostic::files);
    files.into_iter().find(|file| Path::new(file) != source && !file.starts_with('<'))
}

/// What real thing of the machine, or of the checks, a program asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Asked {
    /// It looks at the file system by this method of `Path`.
    Path(&'static str),
    /// It asks from where it was called.
    Caller,
}

/// What the program asks for that can't be simulated, since it is a method of a real type. It is looked for in rustc's own account
/// of each function (MIR), in which generic functions are too, and paths are written out.
///
/// # Errors
/// If the account can't be read.
pub fn asks(mir: impl BufRead) -> Result<Option<Asked>> {
    const METHODS: [&str; 10] = [
        "exists",
        "try_exists",
        "is_file",
        "is_dir",
        "is_symlink",
        "metadata",
        "symlink_metadata",
        "canonicalize",
        "read_link",
        "read_dir",
    ];
    const PATH: &str = "std::path::Path::";
    const LOCATION: &str = "panic::Location<";
    const BEGINS: [&str; 3] = ["fn ", "const ", "static "];
    let mut knows_location = false;
    // Line by line, since what is in a large constant is written out too.
    for line in mir.split(b'\n') {
        let line = line.context("could not read what rustc has written")?;
        let line = String::from_utf8_lossy(&line);
        if !BEGINS.iter().any(|item| line.starts_with(item))
            && !line.contains(PATH)
            && !line.contains("Location")
        {
            continue;
        }
        let code = without_texts(&line);
        for rest in code.split(PATH).skip(1) {
            let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
            if let Some(method) = METHODS.into_iter().find(|method| *method == name) {
                return Ok(Some(Asked::Path(method)));
            }
        }
        // A type of the program's own may have the name, too. Each function lists the types of its variables first.
        if BEGINS.iter().any(|item| line.starts_with(item)) {
            knows_location = false;
        }
        knows_location |= code.contains(LOCATION);
        if knows_location && code.contains("Location::<'_>::caller") {
            return Ok(Some(Asked::Caller));
        }
    }
    Ok(None)
}

/// The line without the string literals in it.
fn without_texts(line: &str) -> String {
    let (mut code, mut quoted, mut escaped) = (String::new(), false, false);
    for c in line.replace("'\"'", "").chars() {
        if escaped {
            escaped = false;
        } else if quoted && c == '\\' {
            escaped = true;
        } else if c == '"' {
            quoted = !quoted;
        } else if !quoted {
            code.push(c);
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_methods_of_std_are_known_from_those_of_the_program() {
        let found = |mir: &str| asks(mir.as_bytes()).unwrap();
        assert_eq!(
            found("_2 = simstd::path::Path::is_dir(copy _3) -> [return: bb1];"),
            Some(Asked::Path("is_dir"))
        );
        assert_eq!(
            found("_0 = std::path::Path::is_file as for<'a> fn(&'a simstd::path::Path) -> bool"),
            Some(Asked::Path("is_file"))
        );
        for harmless in [
            "_0 = m::Path::exists(move _7) -> [return: bb1];",
            "_4 = const \"simstd::path::Path::exists(\";",
            "_4 = simstd::path::Path::existsence(copy _3)",
            "_2 = const '\"'; _3 = simstd::path::Path::is_absolute(copy _3);",
        ] {
            assert_eq!(found(harmless), None, "{harmless}");
        }
    }

    #[test]
    fn who_asks_for_its_caller_is_known_by_the_type() {
        let call = "        _2 = Location::<'_>::caller() -> [return: bb1];";
        let real = format!("fn f() {{\n    let _2: &simstd::panic::Location<'_>;\n{call}\n}}\n");
        assert_eq!(asks(real.as_bytes()).unwrap(), Some(Asked::Caller));
        let own = format!("fn f() {{\n    let _2: m::Location<'_>;\n{call}\n}}\n");
        assert_eq!(asks(own.as_bytes()).unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_name_with_a_quotation_mark_is_nobodys() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        for (name, is_own) in [("a.rs", true), ("a\".rs", false)] {
            let file = format!("src/{name}");
            fs::write(folder.path().join(&file), "").unwrap();
            let files = [file];
            assert_eq!(elsewhere(&files, folder.path(), Path::new("src/lib.rs")).is_none(), is_own, "{name}");
        }
    }

    #[test]
    fn a_name_with_a_line_break_is_nobodys() {
        let folder = tempfile::tempdir().unwrap();
        // The folder of somebody who has a first and a last name.
        let place = folder.path().join("Jane Doe");
        fs::create_dir(&place).unwrap();
        let list = place.join("a.d");
        let read = |files: &str, own_lines: &str| {
            let text = format!("{}: {files}\n\n{own_lines}", place.join("a.rlib").display());
            fs::write(&list, text).unwrap();
            files_read(&list).unwrap().unwrap()
        };
        assert_eq!(read("src/lib.rs", "src/lib.rs:\n"), ["src/lib.rs"]);
        let files = read("src/lib.rs src/x\nsrc/y.rs", "src/lib.rs:\nsrc/x\nsrc/y.rs:\n");
        assert_eq!(elsewhere(&files, Path::new("/"), Path::new("src/lib.rs")), Some(&"\n".to_owned()));
    }
}
