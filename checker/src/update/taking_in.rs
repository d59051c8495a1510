//! An update from its beginning to its end.

use super::pending::{Pending, place};
use super::plan::Plan;
use super::tree::Record;
use super::{apply, git, source};
use crate::course::Course;
use crate::files::read_text;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// What an instructor gives to learners beside the workbook, with the release that their verdicts are for.
const ASSIGNMENT: &str = "assignment.toml";

/// How an update is to go about.
pub struct Wish<'a> {
    /// Where the new version is, if the learner said so.
    pub from: Option<&'a str>,
    /// Whether the release that an assignment asks for may be left.
    pub leaves_release: bool,
    /// Told what is being done.
    pub say: &'a dyn Fn(&str),
}

/// Takes in the newest version, or goes on with an update that was interrupted. `None` if there is nothing new. `before` is asked
/// before each step, and can end it.
///
/// # Errors
/// If the new version can't be had, or a file can't be written. The next call goes on.
pub fn take_in(
    course: &Course,
    wish: &Wish<'_>,
    before: &mut dyn FnMut() -> Result<()>,
) -> Result<Option<Pending>> {
    let root = &course.root;
    if let Some(pending) = Pending::read(root) {
        return Ok(Some(pending));
    }
    let mut plan = match begun(root) {
        Some(plan) => {
            (wish.say)(&format!("going on with the update to {}", plan.to));
            plan
        }
        None => {
            let Some(plan) = planned(course, wish, before)? else {
                let _ = fs::remove_dir_all(place(root));
                return Ok(None);
            };
            before()?;
            apply::write_down(root, &plan)?;
            plan
        }
    };
    carry_out(root, &mut plan, before).map(Some)
}

fn begun(root: &Path) -> Option<Plan> {
    serde_json::from_slice(&fs::read(place(root).join("plan.json")).ok()?).ok()
}

fn planned(course: &Course, wish: &Wish<'_>, before: &mut dyn FnMut() -> Result<()>) -> Result<Option<Plan>> {
    let staged = match source::stage(course, wish.from, wish.say) {
        Ok(Some(staged)) => staged,
        Ok(None) => return Ok(None),
        Err(error) => {
            // Nothing has begun.
            let _ = fs::remove_dir_all(place(&course.root));
            return Err(error);
        }
    };
    before()?;
    let new = Course::find(&staged.folder)?;
    if let Some((file, pinned)) = pinned(&course.root)
        && pinned == course.release()
        && pinned != new.release()
        && !wish.leaves_release
    {
        let _ = fs::remove_dir_all(place(&course.root));
        bail!(
            "{file} asks for release {pinned}, which this workbook is; the new version is {}, and nothing was changed\n\
             Ask your instructor; or leave that release: `cargo checker update --leave-release`",
            new.release()
        );
    }
    let plan = Plan::new(course, course.release().to_owned(), &staged)?;
    let is_news = !plan.changes.is_empty() || plan.commits.is_some();
    Ok(is_news.then_some(plan))
}

/// The release that an assignment beside the workbook asks for, and the file that says so.
fn pinned(root: &Path) -> Option<(String, String)> {
    let text = read_text(&root.join(ASSIGNMENT)).ok()?;
    let table: toml::Table = toml::from_str(&text).ok()?;
    Some((ASSIGNMENT.to_owned(), table.get("release")?.as_str()?.to_owned()))
}

/// Makes the changes, tells git of them, and writes down what is left to do.
fn carry_out(root: &Path, plan: &mut Plan, before: &mut dyn FnMut() -> Result<()>) -> Result<Pending> {
    apply::apply(root, plan, before)?;
    before()?;
    if let Some(commits) = &plan.commits {
        let git = git::Git::open(root)?;
        git.take_in(&commits.old, &commits.base, &commits.new, &plan.to)
            .context("all files are there, but git could not be told; run `cargo checker update` again")?;
    } else {
        let release = Course::find(root)?.release().to_owned();
        Record { release, files: std::mem::take(&mut plan.after) }.keep(root)?;
    }
    before()?;
    let news = plan.news.clone();
    let renamed = news.renamed.iter().map(|(_, name)| name);
    let to_judge = news.changed.iter().map(|it| &it.name).chain(renamed).cloned().collect();
    let pending = Pending { from: plan.from.clone(), to: plan.to.clone(), news, to_judge, is_told: false };
    pending.keep(root)?;
    let _ = fs::remove_file(place(root).join("plan.json"));
    let _ = fs::remove_dir_all(place(root).join("new"));
    Ok(pending)
}

impl Pending {
    /// Where files are kept that are in the course no more, and that git does not have.
    pub fn former_files(&self, root: &Path) -> Option<PathBuf> {
        let folder = apply::backup(root, &self.from);
        folder.is_dir().then(|| folder.strip_prefix(root).unwrap_or(&folder).to_owned())
    }
}
