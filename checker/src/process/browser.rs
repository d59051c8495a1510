//! Opening a page in whatever the system shows pages with.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};

/// Opens the page at `path`; `BROWSER` may name another program.
///
/// # Errors
/// If there is no such program; the error says where the page is.
pub fn open(path: &Path) -> Result<()> {
    let path = path.canonicalize().with_context(|| format!("could not find {}", path.display()))?;
    let own = std::env::var("BROWSER").ok().filter(|program| !program.is_empty());
    let (program, before): (&str, &[&str]) = match &own {
        Some(program) => (program, &[]),
        None if cfg!(windows) => ("cmd", &["/C", "start", ""]),
        None if cfg!(target_os = "macos") => ("open", &[]),
        None => ("xdg-open", &[]),
    };
    let mut command = Command::new(program);
    command.args(before).arg(&path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status();
    match status {
        Ok(status) if status.success() => Ok(()),
        _ => bail!("`{program}` could not open a browser; open {} in one yourself", path.display()),
    }
}
