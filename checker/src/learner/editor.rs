//! The learner's own editor: the one that VISUAL or EDITOR names, or else one that is installed.

use crate::process::cancel;
use anyhow::{Context, Result, bail};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

/// Editors to look for, with what they need to stay until the file is closed.
const KNOWN: [(&str, &[&str]); 9] = [
    ("code", &["--wait"]),
    ("zed", &["--wait"]),
    ("hx", &[]),
    ("nvim", &[]),
    ("vim", &[]),
    ("nano", &[]),
    ("vi", &[]),
    ("notepad", &[]),
    ("open", &["-W", "-t"]),
];

/// How an editor is told the line.
enum Line {
    /// `+LINE FILE`
    Before,
    /// `FILE:LINE`
    Behind,
    /// `--goto FILE:LINE`
    Goto,
    NotAtAll,
}

/// Opens `file`, at a line if the editor can be told one, and waits until the editor is closed.
///
/// # Errors
/// If there is no editor, or it can't be started.
pub fn open(file: &Path, line: Option<u32>) -> Result<()> {
    let named = |variable| env::var(variable).ok().filter(|value| !value.trim().is_empty());
    let words = match named("VISUAL").or_else(|| named("EDITOR")) {
        Some(text) => words(&text),
        None => installed().with_context(|| {
            format!(
                "no editor was found; open {} yourself, or set EDITOR to the command of your editor",
                file.display()
            )
        })?,
    };
    let Some((program, arguments)) = words.split_first() else {
        bail!("EDITOR names no command; set it to the command of your editor");
    };
    let mut command = Command::new(program);
    command.args(arguments).args(place(program, file, line));
    let mut editor = command.spawn().with_context(|| {
        format!("could not start `{}`; set EDITOR to the command of your editor", words.join(" "))
    })?;
    let mut asked = false;
    while editor.try_wait().context("could not wait for the editor")?.is_none() {
        if cancel::is_interrupted() && !asked {
            asked = true;
            // Politely: there may be something in it that was not saved.
            #[cfg(unix)]
            let _ = rustix::process::kill_process(
                rustix::process::Pid::from_child(&editor),
                rustix::process::Signal::TERM,
            );
            #[cfg(not(unix))]
            let _ = editor.kill();
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// The words of a command as a shell would read it. A program whose path has spaces in it and no quotes is one word.
fn words(text: &str) -> Vec<String> {
    if Path::new(text.trim()).is_file() {
        return vec![text.trim().to_owned()];
    }
    // On Windows a backslash stands between folders and quotes nothing.
    let text = if cfg!(windows) { text.replace('\\', "\\\\") } else { text.to_owned() };
    shlex::split(&text).unwrap_or_else(|| text.split_whitespace().map(str::to_owned).collect())
}

/// The first of the known editors that is on the PATH.
fn installed() -> Option<Vec<String>> {
    let path = env::var_os("PATH")?;
    let suffixes: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
    KNOWN.iter().find_map(|(name, arguments)| {
        // Elsewhere `open` is another program.
        if *name == "open" && !cfg!(target_os = "macos") {
            return None;
        }
        let names = suffixes.iter().map(|suffix| format!("{name}{suffix}"));
        let files: Vec<PathBuf> =
            names.flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(&name))).collect();
        let found = files.into_iter().find(|file| file.is_file())?;
        let words = arguments.iter().map(|word| (*word).to_owned());
        Some([found.to_string_lossy().into_owned()].into_iter().chain(words).collect())
    })
}

/// How `program` is told which file to open, and where.
fn place(program: &str, file: &Path, line: Option<u32>) -> Vec<OsString> {
    let Some(line) = line else { return vec![file.into()] };
    let name = Path::new(program).file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let how = match name.as_str() {
        "vi" | "vim" | "nvim" | "gvim" | "nano" | "emacs" | "emacsclient" | "kak" | "micro" | "gedit" => {
            Line::Before
        }
        "hx" | "helix" | "zed" | "subl" | "sublime_text" => Line::Behind,
        "code" | "codium" | "code-insiders" | "cursor" => Line::Goto,
        _ => Line::NotAtAll,
    };
    let behind = || {
        let mut text = OsString::from(file);
        text.push(format!(":{line}"));
        text
    };
    match how {
        Line::Before => vec![format!("+{line}").into(), file.into()],
        Line::Behind => vec![behind()],
        Line::Goto => vec!["--goto".into(), behind()],
        Line::NotAtAll => vec![file.into()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_read_as_a_shell_reads_it() {
        assert_eq!(words("code --wait"), ["code", "--wait"]);
        assert_eq!(words("\"/opt/Sublime Text/subl\" -w"), ["/opt/Sublime Text/subl", "-w"]);
        assert_eq!(words("it's"), ["it's"]);
    }

    #[test]
    fn a_program_with_a_space_in_its_path_needs_no_quotes() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("my editor");
        std::fs::write(&program, "").unwrap();
        assert_eq!(words(program.to_str().unwrap()), [program.to_str().unwrap()]);
    }

    #[test]
    fn an_editor_is_told_the_line_in_its_own_way() {
        let told = |program| {
            let words = place(program, Path::new("lib.rs"), Some(7));
            words.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(told("/usr/bin/nvim"), "+7 lib.rs");
        assert_eq!(told("code.cmd"), "--goto lib.rs:7");
        assert_eq!(told("hx"), "lib.rs:7");
        assert_eq!(told("notepad"), "lib.rs");
    }
}
