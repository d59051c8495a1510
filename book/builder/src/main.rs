//! Builds the book, and with `--open` shows it: what `cargo checker book` runs.

mod tasks;

use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

fn main() -> Result<()> {
    let mut open = false;
    let mut folder = None;
    let mut arguments = env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--open" {
            open = true;
        } else if argument == "--to" {
            folder = Some(PathBuf::from(arguments.next().context("--to needs a folder to build into")?));
        } else {
            bail!("`{}` is not understood; there are `--open` and `--to FOLDER`", argument.display());
        }
    }
    let page = build(folder)?;
    println!("{}", page.display());
    if open && !show(&page) {
        println!("No browser was found. Open the file above in yours.");
    }
    Ok(())
}

/// Builds the book, and returns its first page.
fn build(folder: Option<PathBuf>) -> Result<PathBuf> {
    // Not `canonicalize`: what it makes of a path on Windows, no browser understands.
    let book =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("this crate has moved out of the book")?;
    let workbook = book.parent().context("the book has moved out of the workbook")?;
    let folder = match folder {
        Some(folder) => env::current_dir().context("could not find out which folder this is")?.join(folder),
        None => workbook.join("target").join("book"),
    };
    // What is in the folder is deleted.
    let is_book = folder.join("toc.html").is_file();
    if !is_book && fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} holds something else than a book; give --to an empty folder", folder.display());
    }
    let mut book = MDBook::load(book).context("could not read the lessons")?;
    book.config.build.build_dir = folder;
    tasks::add(&mut book.book, workbook).context("could not read the exercises")?;
    book.build().context("could not build the book")?;
    let folder = book.build_dir_for("html");
    Ok(folder.join("index.html"))
}

/// Opens a page with what the system has for that. A reader without a desktop is no error.
fn show(page: &Path) -> bool {
    let openers: &[&[&str]] = match env::consts::OS {
        "macos" => &[&["open"]],
        "windows" => &[&["explorer"]],
        _ => &[&["xdg-open"], &["wslview"]],
    };
    openers.iter().any(|opener| {
        let mut command = Command::new(opener[0]);
        command.args(&opener[1..]).arg(page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Explorer's exit status is 1 even if all is well.
        command.status().is_ok_and(|status| status.success() || env::consts::OS == "windows")
    })
}
