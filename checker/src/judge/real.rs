//! The real std with the libraries over it, for the compiler's words alone: it is what learners have read about.

use crate::files::unwritable;
use crate::judge::prebuilt::{Base, artifacts, folder_of};
use crate::judge::prebuilt::{Building, Crates};
use crate::process::cancel::Cancel;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What learners may use, over the real std: enough of each crate to compile against it, and nothing to run.
#[derive(Deserialize, Serialize)]
pub struct Libraries {
    key: String,
    pub crates: BTreeMap<String, PathBuf>,
    /// The folder in which rustc finds what those depend on.
    pub search: PathBuf,
}

impl Libraries {
    /// Finds them; they are made for the first program that does not compile.
    ///
    /// # Errors
    /// If they can't be made, which is nobody's fault who writes a program.
    pub fn open(root: &Path, base: &Base, cancel: &Cancel) -> Result<Libraries> {
        let dir = base.dir().join("real");
        fs::create_dir_all(&dir).with_context(|| unwritable(&dir))?;
        let lock = File::create(dir.join("lock")).with_context(|| unwritable(&dir))?;
        let building = Building { note: &|_| {}, cargo_talks: false, cancel };
        building.wait_for("", || lock.try_lock())?;
        let stamp = dir.join("stamp.json");
        let known = fs::read(&stamp).ok().and_then(|json| serde_json::from_slice::<Libraries>(&json).ok());
        let is_there = |known: &Libraries| {
            known.key == base.key() && known.crates.values().all(|library| library.is_file())
        };
        if let Some(known) = known.filter(is_there) {
            return Ok(known);
        }
        let mut check = launcher::with_sim_profile(root, "check", &dir);
        check.args(["-p", "overlay"]);
        let mut crates = artifacts(check, &building)?;
        let overlay = crates.remove("overlay").context("cargo built no `overlay`")?;
        let libraries = Libraries { key: base.key(), crates, search: folder_of(&overlay)? };
        fs::write(&stamp, serde_json::to_vec(&libraries)?).with_context(|| unwritable(&stamp))?;
        Ok(libraries)
    }

    /// The crate that a dependency of this name stands for.
    pub fn find<'a>(&'a self, name: &str, built: &'a Crates) -> Option<&'a PathBuf> {
        self.crates.get(name).or_else(|| built.real.get(name))
    }
}
