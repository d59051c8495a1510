//! Reading and writing files so that a whole one is there at any time, and errors that say what to do.

use anyhow::{Context, Result, anyhow, bail};
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Nobody writes a text of more bytes than this by hand.
const LONGEST: u64 = 8 << 20;

/// Reads a file that must be there and must be text.
pub fn read_text(path: &Path) -> Result<String> {
    let about = fs::metadata(path).with_context(|| format!("could not read {}", path.display()))?;
    // A pipe would be waited for, and a device has no end.
    if !about.is_file() {
        bail!("{} is not a regular file; name one", path.display());
    }
    if about.len() > LONGEST {
        bail!("{} has more than {} MiB; is it the right file?", path.display(), LONGEST >> 20);
    }
    let bytes = fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
    String::from_utf8(bytes).map_err(|error| {
        let line =
            1 + error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
        anyhow!("{} is not UTF-8 (line {line}); save it as UTF-8 and try again", path.display())
    })
}

/// Writes a file so that there is a whole one at any time.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    put(path, bytes, &fs::OpenOptions::new())
}

/// As [`replace`], for the owner's eyes only, where the system knows of such a thing.
pub fn secret(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    put(path, bytes, &options)
}

/// What is being written has this at the end of its name.
pub const BEGUN: &str = ".new";

fn put(path: &Path, bytes: &[u8], options: &fs::OpenOptions) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}{BEGUN}", std::process::id()));
    let new = path.with_file_name(name);
    let opened = options.clone().write(true).create(true).truncate(true).open(&new);
    let written = opened.and_then(|mut file| file.write_all(bytes));
    written.with_context(|| format!("could not write {}", new.display()))?;
    fs::rename(&new, path).with_context(|| format!("could not replace {}", path.display()))
}

/// `path` with `.WORD-1` after it, or the first number that is not taken.
pub fn free_name(path: &Path, word: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut names = (1..).map(|number| path.with_file_name(format!("{name}.{word}-{number}")));
    names.find(|name: &PathBuf| !name.exists()).unwrap_or_else(|| path.with_extension(word))
}

/// `key` and `path` as one argument, whatever is in the path.
pub fn named(key: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(key);
    argument.push(path);
    argument
}

pub fn unwritable(dir: &Path) -> String {
    format!(
        "could not write to {}\n\
         make that folder writable, or set CARGO_TARGET_DIR to a writable folder",
        dir.display()
    )
}
