//! `Cargo.toml`, as far as an exercise says something in it.

use crate::files::read_text;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
pub struct Manifest {
    pub package: Option<Package>,
    pub workspace: Option<Workspace>,
    #[serde(default)]
    pub dependencies: BTreeMap<String, toml::Value>,
    #[serde(default, rename = "dev-dependencies")]
    pub dev_dependencies: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
pub struct Package {
    pub name: String,
    pub edition: Option<toml::Value>,
    pub metadata: Option<Metadata>,
}

#[derive(Deserialize)]
pub struct Metadata {
    pub workbook: Option<toml::Value>,
}

#[derive(Deserialize)]
pub struct Workspace {
    #[serde(default)]
    pub package: WorkspacePackage,
}

#[derive(Default, Deserialize)]
pub struct WorkspacePackage {
    pub version: Option<String>,
    pub edition: Option<String>,
}

pub fn read_manifest(path: &Path) -> Result<Manifest> {
    toml::from_str(&read_text(path)?).with_context(|| format!("{} can't be understood", path.display()))
}
