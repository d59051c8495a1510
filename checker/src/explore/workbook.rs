//! Where the workbook lies whose simulated std is used: the command may have been installed, and run anywhere.

use anyhow::{Result, bail};
use std::env;
use std::path::{Path, PathBuf};

/// The folder of the workbook that this command was started in by `cargo checker`, or else was built from.
///
/// # Errors
/// If it is not there any more.
pub fn root() -> Result<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let started = env::var_os(launcher::WORKBOOK).map(PathBuf::from);
    let root = started.as_deref().unwrap_or(own.parent().unwrap_or(own));
    if !root.join("checker/simtest/Cargo.toml").is_file() {
        bail!(
            "the workbook that this command was built from is no longer at {}\n\
             run `cargo install --path checker` in the workbook's new folder",
            root.display()
        );
    }
    Ok(root.to_owned())
}

/// How the user started this command: by cargo's alias in a workbook, or by the name it is installed under.
pub fn command() -> &'static str {
    if env::var_os("CARGO").is_some() { "cargo checker" } else { "checker" }
}
