//! An author's reasons why a mutant passes: it is no worse program than the one it was made from.

use crate::course::Exercise;
use crate::files::read_text;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A reason that names no clause, and says no more than this, is none.
const SHORTEST: usize = 20;

/// Which mutant it is. Lines move, so none is named.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Survivor {
    /// The program it was made from, below the solution's folder: `src/lib.rs` or one of `accepted/`.
    pub of: String,
    pub function: String,
    pub operator: String,
    /// What it changes, as [`mutants::Mutant::change`] has it.
    pub change: String,
}

/// One mutant that may pass.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    of: String,
    function: String,
    operator: String,
    change: String,
    reason: String,
    #[serde(skip)]
    is_used: bool,
}

/// Many that may pass, for one reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    operator: String,
    /// Stands somewhere in what is changed.
    pattern: String,
    reason: String,
    #[serde(skip)]
    is_used: bool,
}

/// All reasons of one exercise.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survivors {
    #[serde(default)]
    survivor: Vec<Entry>,
    #[serde(default)]
    rule: Vec<Rule>,
    #[serde(skip)]
    pub file: PathBuf,
}

impl Survivors {
    /// Those beside the solution; none if there is no such file.
    ///
    /// # Errors
    /// If the file can't be read, or a reason gives none.
    pub fn read(root: &Path, exercise: &Exercise) -> Result<Survivors> {
        Survivors::in_file(root, exercise.solution_dir().join("mutants.toml"))
    }

    /// The rules that hold in every exercise.
    ///
    /// # Errors
    /// As for [`Self::read`], and if there is more than rules.
    pub fn everywhere(root: &Path) -> Result<Survivors> {
        let all = Survivors::in_file(root, Path::new("solutions").join("mutants.toml"))?;
        if let Some(entry) = all.survivor.first() {
            bail!("{}: `{}` belongs to one exercise: move it there", all.file.display(), entry.change);
        }
        Ok(all)
    }

    fn in_file(root: &Path, file: PathBuf) -> Result<Survivors> {
        let mut survivors: Survivors = match root.join(&file).is_file() {
            true => toml::from_str(&read_text(&root.join(&file))?)
                .with_context(|| format!("{} could not be read", file.display()))?,
            false => Survivors::default(),
        };
        let reasons = survivors.survivor.iter().map(|it| (&it.change, &it.reason));
        let reasons = reasons.chain(survivors.rule.iter().map(|it| (&it.pattern, &it.reason)));
        for (what, reason) in reasons {
            if reason.len() < SHORTEST {
                bail!("{}: say which clause allows `{what}`", file.display());
            }
        }
        survivors.file = file;
        Ok(survivors)
    }

    /// Whether there is a reason for this one, which has been of use then.
    pub fn explain(&mut self, mutant: &Survivor) -> bool {
        let Survivor { of, function, operator, change } = mutant;
        let is_it = |it: &&mut Entry| {
            (&it.of, &it.function, &it.operator, &it.change) == (of, function, operator, change)
        };
        if let Some(entry) = self.survivor.iter_mut().find(is_it) {
            entry.is_used = true;
            return true;
        }
        let fits = |it: &&mut Rule| it.operator == *operator && change.contains(&it.pattern);
        let rule = self.rule.iter_mut().find(fits);
        rule.map(|rule| rule.is_used = true).is_some()
    }

    /// What has explained nothing. Those of accepted variants are left out if their mutants were not judged.
    pub fn unused(&self, of_accepted: bool) -> impl Iterator<Item = &str> {
        let entries = self.survivor.iter().filter(move |it| of_accepted || !it.of.starts_with("accepted/"));
        let entries = entries.filter(|it| !it.is_used).map(|it| it.change.as_str());
        entries.chain(self.rule.iter().filter(|it| !it.is_used).map(|it| it.pattern.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survivors(text: &str) -> Survivors {
        toml::from_str(text).expect("the text is right")
    }

    fn mutant(operator: &str, change: &str) -> Survivor {
        let of = "src/lib.rs".to_owned();
        Survivor { of, function: "run".into(), operator: operator.into(), change: change.into() }
    }

    #[test]
    fn an_entry_explains_its_mutant_and_no_other() {
        let text = r#"
            [[survivor]]
            of = "src/lib.rs"
            function = "run"
            operator = "constant"
            change = "2 → 3"
            reason = "clause 1 leaves open how large a chunk is"
        "#;
        let mut all = survivors(text);
        assert!(!all.explain(&mutant("constant", "2 → 1")));
        assert_eq!(all.unused(true).collect::<Vec<_>>(), ["2 → 3"]);
        assert!(all.explain(&mutant("constant", "2 → 3")));
        assert_eq!(all.unused(true).count(), 0);
    }

    #[test]
    fn a_rule_explains_all_mutants_that_it_fits() {
        let text = r#"
            [[rule]]
            operator = "constant"
            pattern = "with_capacity"
            reason = "no clause speaks of memory that is set aside"
        "#;
        let mut all = survivors(text);
        assert!(all.explain(&mutant("constant", "Vec::with_capacity(8) → 9")));
        assert!(!all.explain(&mutant("boolean", "Vec::with_capacity(8) → 9")));
        assert_eq!(all.unused(false).count(), 0);
    }
}
