//! A published test file, made callable.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// A file of tests.
pub(crate) struct Suite {
    /// Its text, with the tests public and without `#[test]`.
    pub(crate) text: String,
    /// The path of each test inside the file, and whether it should panic.
    pub(crate) tests: Vec<(String, bool)>,
    /// How many its authors leave out, under Miri or altogether.
    pub(crate) left_out: usize,
}

/// What the attributes above a function say.
#[derive(Default)]
struct Attributes {
    test: bool,
    panics: bool,
    ignored: bool,
}

impl Suite {
    /// Reads a file that was formatted by rustfmt: modules open and close at the start of a line.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let source =
            fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
        let mut suite = Self { text: String::new(), tests: Vec::new(), left_out: 0 };
        let mut module: Option<String> = None;
        let mut seen = Attributes::default();
        for line in source.lines() {
            let code = line.trim_start();
            let mut written = line.to_owned();
            if code.starts_with("#![cfg(not(miri))]") {
                // Left out there because Miri is slow and clocks are real; ours is virtual.
                written.clear();
            } else if code == "#[test]" {
                seen.test = true;
                written.clear();
            } else if code.starts_with("#[should_panic") {
                seen.panics = true;
                written.clear();
            } else if code.starts_with("#[ignore")
                || (code.starts_with("#[cfg_attr(miri") && code.contains("ignore"))
            {
                seen.ignored = true;
                written.clear();
            } else if code.starts_with("#[cfg_attr(") && code.contains("ignore") {
                // rayon leaves tests out on targets that can't unwind or start threads; this is none of them.
                written.clear();
            } else if code.starts_with("#[cfg(windows)]") {
                seen.ignored = true;
            } else if code.starts_with("#[rustversion::") {
                // A matter of old compilers.
                written.clear();
            } else if let Some(name) = line.strip_prefix("mod ").and_then(|l| l.strip_suffix(" {")) {
                module = Some(name.to_owned());
                written = format!("pub {line}");
            } else if line == "}" {
                module = None;
            } else if let Some(name) = test_name(code).filter(|_| seen.test) {
                let path = module.as_ref().map_or(name.clone(), |m| format!("{m}::{name}"));
                written = line.replacen("fn ", "pub fn ", 1);
                if seen.ignored {
                    suite.left_out += 1;
                } else {
                    suite.tests.push((path, seen.panics));
                }
                seen = Attributes::default();
            }
            suite.text.push_str(&written);
            suite.text.push('\n');
        }
        Ok(suite)
    }

    /// A program that runs each test of the crate `name`.
    pub(crate) fn root(&self, name: &str) -> String {
        let mut list = String::new();
        for (path, panics) in &self.tests {
            let _ = writeln!(list, "    (\"{path}\", || drop({name}::{path}()), {panics}),");
        }
        format!("{}\nconst TESTS: &[(&str, fn(), bool)] = &[\n{list}];\n", include_str!("root.rs"))
    }
}

fn test_name(code: &str) -> Option<String> {
    let rest = code.strip_prefix("fn ")?;
    let (name, rest) = rest.split_once('(')?;
    // A name with a `$` is a macro's: its tests can't be called from outside.
    (rest.starts_with(')') && !name.contains('$')).then(|| name.to_owned())
}
