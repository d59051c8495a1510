//! What a program must not do, as far as it can be seen before it runs: take in others' files, look at the disk.

use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// The files that rustc read, by its own list, relative to `root` or absolute.
pub fn files_read(list: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(list).with_context(|| format!("could not read {}", list.display()))?;
    // Each file has a line of its own that ends in a colon, for the sake of make.
    let files = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.strip_suffix(':'));
    Ok(files.map(|file| file.replace("\\ ", " ")).collect())
}

/// The first of the files that is in another folder than `source`.
pub fn elsewhere<'a>(files: &'a [String], root: &Path, source: &Path) -> Result<Option<&'a String>> {
    let folder = root.join(source).parent().map(|folder| folder.canonicalize()).transpose()?;
    // The learner's own file may be a link to where they keep it.
    let own = root.join(source);
    Ok(files.iter().filter(|file| root.join(file) != own).find(|file| {
        let within = root.join(file).canonicalize().ok();
        within.zip(folder.as_ref()).is_none_or(|(file, folder)| !file.starts_with(folder))
    }))
}

/// The method of std's `Path` by which the compiled crate looks at real files, if there is one. The simulated std
/// can't replace a method of a real type, so it is looked for among the crate's symbols, whichever way they are mangled:
/// a name has its length before it in both. What a generic function uses is seen if the crate itself calls it.
pub fn asks_the_file_system(object: &[u8]) -> Option<&'static str> {
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
    const TYPE: &[u8] = b"4Path";
    const MODULE: &[u8] = b"3std4path";
    let methods = METHODS.map(|name| (format!("{}{name}", name.len()), name));
    let is_of_std = |before: &[u8]| {
        // `3std4path4Path`, or `3std4pathNtB6_4Path` with a reference back to the crate between.
        let near = &before[before.len().saturating_sub(MODULE.len() + 8)..];
        near.windows(MODULE.len()).any(|part| part == MODULE)
    };
    let types = object.windows(TYPE.len()).enumerate().filter(|(_, part)| *part == TYPE);
    types.filter(|(at, _)| is_of_std(&object[..*at])).find_map(|(at, _)| {
        let rest = &object[at + TYPE.len()..];
        methods.iter().find(|(symbol, _)| rest.starts_with(symbol.as_bytes())).map(|(_, name)| *name)
    })
}
