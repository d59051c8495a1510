//! A clone: what git has to do, so that the learner need not know it. Files of the learner's are never checked out over.

use super::tree::is_learners;
use anyhow::{Context, Result, anyhow, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

pub struct Git<'a> {
    root: &'a Path,
}

/// What a tree or the index has at each path: mode and number of a file.
type Listing = BTreeMap<String, (String, String)>;
/// A path, and what is to be there; `None` for nothing.
type Entry<'a> = (&'a String, Option<&'a (String, String)>);

impl<'a> Git<'a> {
    /// The clone at `root`.
    ///
    /// # Errors
    /// If git is not there, the workbook is a part of another clone, or git is in the middle of something.
    pub fn open(root: &'a Path) -> Result<Git<'a>> {
        let git = Git { root };
        let inside = git.say(&["rev-parse", "--show-prefix"])?;
        if !inside.is_empty() {
            bail!(
                "this workbook is the folder {inside} of another clone\n\
                 download the new version, and name it: `cargo checker update FOLDER`"
            );
        }
        let folder = git.say(&["rev-parse", "--absolute-git-dir"])?;
        let begun = ["MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD", "REVERT_HEAD"];
        let begun = begun.into_iter().find(|it| Path::new(&folder).join(it).exists());
        if begun.is_some() || !git.say(&["ls-files", "--unmerged"])?.is_empty() {
            bail!(
                "git is in the middle of a merge or a rebase here; nothing was changed\n\
                 `git status` says what is left to do; finish it, or cancel it (`git merge --abort`), and try again"
            );
        }
        Ok(git)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(self.root).args(arguments);
        // Nobody would see the question.
        command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
            command.env_remove(variable);
        }
        command
    }

    fn output(mut command: Command, input: &[u8]) -> Result<String> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| {
            anyhow!(
                "git could not be started ({error})\n\
                 install git, or download the new version and name it: `cargo checker update FILE`"
            )
        })?;
        let mut pipe = child.stdin.take().context("git has no standard input")?;
        let sent = pipe.write_all(input);
        drop(pipe);
        let output = child.wait_with_output().context("git can't be waited for")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            bail!("{}", if said.is_empty() { "git failed without a message".to_owned() } else { said });
        }
        sent.context("git did not read its input")?;
        String::from_utf8(output.stdout).context("git named a file that is not UTF-8")
    }

    fn say(&self, arguments: &[&str]) -> Result<String> {
        Ok(Git::output(self.command(arguments), b"")?.trim_end().to_owned())
    }

    fn is(&self, arguments: &[&str]) -> bool {
        self.say(arguments).is_ok()
    }

    /// The commit that the learner is at.
    pub fn head(&self) -> Result<String> {
        self.say(&["rev-parse", "--verify", "HEAD"])
            .context("this clone has no commit yet; clone the workbook again")
    }

    /// A commit as people write it.
    pub fn short(&self, commit: &str) -> String {
        self.say(&["rev-parse", "--short", commit]).unwrap_or_else(|_| commit.to_owned())
    }

    /// Where new versions come from, and the branch there: `from` if it is given, or a remote that is called `upstream`, or what
    /// the branch follows, or `origin`.
    pub fn remote(&self, from: Option<&str>) -> Result<(String, String)> {
        let head = "HEAD".to_owned();
        if let Some(from) = from {
            return Ok((from.to_owned(), head));
        }
        let remotes = self.say(&["remote"])?;
        if remotes.lines().any(|it| it == "upstream") {
            return Ok(("upstream".to_owned(), head));
        }
        let branch = self.say(&["symbolic-ref", "--quiet", "--short", "HEAD"]).unwrap_or_default();
        let follows = |what| self.say(&["config", &format!("branch.{branch}.{what}")]).ok();
        match (follows("remote"), follows("merge"), remotes.lines().next()) {
            (Some(remote), Some(merge), _) if remote != "." => Ok((remote, merge)),
            (_, _, Some(_)) if remotes.lines().any(|it| it == "origin") => Ok(("origin".to_owned(), head)),
            (_, _, Some(remote)) => Ok((remote.to_owned(), head)),
            (_, _, None) => bail!(
                "this clone does not know where it came from, since it has no remote\n\
                 name the workbook's address or a folder with the new version: `cargo checker update ADDRESS`"
            ),
        }
    }

    /// Brings the newest commit of `remote`'s branch here, and names it. Nothing that can be seen changes.
    pub fn fetch(&self, remote: &str, branch: &str) -> Result<String> {
        self.say(&["fetch", "--quiet", "--no-tags", remote, branch]).with_context(|| {
            format!(
                "the new version could not be fetched from {remote}; nothing was changed\n\
                 If there is no network, try again later, or download the new version on another machine and \
                 name it: `cargo checker update FILE`"
            )
        })?;
        self.say(&["rev-parse", "--verify", "FETCH_HEAD^{commit}"])
    }

    /// The newest commit that `one` and `other` have in common.
    pub fn common(&self, one: &str, other: &str) -> Option<String> {
        self.say(&["merge-base", one, other]).ok()
    }

    pub fn contains(&self, whole: &str, part: &str) -> bool {
        self.is(&["merge-base", "--is-ancestor", part, whole])
    }

    /// Writes all files of `commit` below `folder`, as a checkout would: line endings are this machine's.
    pub fn write_out(&self, commit: &str, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
        let index = folder.with_extension("index");
        let with_index = |arguments: &[&str]| {
            let mut command = self.command(arguments);
            command.env("GIT_INDEX_FILE", &index);
            Git::output(command, b"")
        };
        with_index(&["read-tree", commit])?;
        let prefix = format!("--prefix={}/", folder.display());
        let written = with_index(&["checkout-index", "--all", "--force", &prefix]);
        let _ = fs::remove_file(&index);
        written.map(drop).with_context(|| format!("git could not write to {}", folder.display()))
    }

    fn tree(&self, commit: &str) -> Result<Listing> {
        let text = self.say(&["ls-tree", "-r", "-z", commit])?;
        let entry = |line: &str| {
            let (about, path) = line.split_once('\t')?;
            let mut words = about.split(' ');
            let (mode, _, number) = (words.next()?, words.next()?, words.next()?);
            Some((path.to_owned(), (mode.to_owned(), number.to_owned())))
        };
        Ok(text.split('\0').filter_map(entry).collect())
    }

    fn index(&self) -> Result<Listing> {
        let text = self.say(&["ls-files", "--stage", "-z"])?;
        let entry = |line: &str| {
            let (about, path) = line.split_once('\t')?;
            let (mode, rest) = about.split_once(' ')?;
            let (number, _) = rest.split_once(' ')?;
            Some((path.to_owned(), (mode.to_owned(), number.to_owned())))
        };
        Ok(text.split('\0').filter_map(entry).collect())
    }

    /// Lets git know what was taken in, as a pull would: the branch moves on to `new`, or to a commit that has both `new` and the
    /// learner's commits. Changes that are not committed stay so, and what was staged stays staged. May be done again at any time.
    ///
    /// `old` is the commit that the learner was at, and `base` what it has in common with `new`.
    pub fn take_in(&self, old: &str, base: &str, new: &str, release: &str) -> Result<()> {
        let (base_tree, new_tree) = (self.tree(base)?, self.tree(new)?);
        let changed: BTreeSet<&String> = base_tree.keys().chain(new_tree.keys()).collect();
        let changed = changed.into_iter().filter(|path| base_tree.get(*path) != new_tree.get(*path));
        let changed: Vec<&String> = changed.collect();
        let head = self.head()?;
        if !self.contains(&head, new) {
            let next = match self.contains(new, &head) {
                true => new.to_owned(),
                false => self.joined(&head, new, &changed, (&base_tree, &new_tree), release)?,
            };
            self.say(&["update-ref", "-m", "cargo checker update", "HEAD", &next, &head])?;
        }
        let (old_tree, next_tree) = (self.tree(old)?, self.tree(&self.head()?)?);
        let staged = self.index()?;
        let moved = changed.into_iter().filter(|path| {
            let now = staged.get(*path);
            now != next_tree.get(*path) && (now == old_tree.get(*path) || now == base_tree.get(*path))
        });
        let entries: Vec<Entry<'_>> = moved.map(|path| (path, next_tree.get(path))).collect();
        Git::write_index(self.command(&["update-index", "-z", "--index-info"]), new.len(), &entries)?;
        // Which files look changed is found out anew. That some are is no failure.
        let _ = self.say(&["update-index", "-q", "--refresh"]);
        Ok(())
    }

    fn write_index(command: Command, digits: usize, entries: &[Entry<'_>]) -> Result<()> {
        let mut input = Vec::new();
        for (path, entry) in entries {
            let nothing = ("0".to_owned(), "0".repeat(digits));
            let (mode, number) = entry.unwrap_or(&nothing);
            input.extend_from_slice(format!("{mode} {number}\t{path}\0").as_bytes());
        }
        Git::output(command, &input).map(drop).context("git's index could not be written")
    }

    /// A commit that has the learner's commits and the new version: of a program that the learner has committed, the learner's.
    fn joined(
        &self,
        head: &str,
        new: &str,
        changed: &[&String],
        (base_tree, new_tree): (&Listing, &Listing),
        release: &str,
    ) -> Result<String> {
        let own = self.tree(head)?;
        let taken = changed
            .iter()
            .copied()
            .filter(|path| !(is_learners(path) && own.get(*path) != base_tree.get(*path)));
        let entries: Vec<Entry<'_>> = taken.map(|path| (path, new_tree.get(path))).collect();
        let folder = self.say(&["rev-parse", "--absolute-git-dir"])?;
        let index = Path::new(&folder).join("workbook-update-index");
        let with_index = |arguments: &[&str]| {
            let mut command = self.command(arguments);
            command.env("GIT_INDEX_FILE", &index);
            command
        };
        let made = (|| {
            Git::output(with_index(&["read-tree", head]), b"")?;
            Git::write_index(with_index(&["update-index", "-z", "--index-info"]), new.len(), &entries)?;
            let tree = Git::output(with_index(&["write-tree"]), b"")?;
            let message = format!("Take in {release} of the course");
            let mut commit =
                self.command(&["commit-tree", tree.trim(), "-p", head, "-p", new, "-m", &message]);
            if !self.is(&["config", "user.email"]) || !self.is(&["config", "user.name"]) {
                for who in ["GIT_AUTHOR", "GIT_COMMITTER"] {
                    commit.env(format!("{who}_NAME"), "cargo checker update");
                    commit.env(format!("{who}_EMAIL"), "update@workbook.invalid");
                }
            }
            Ok(Git::output(commit, b"")?.trim().to_owned())
        })();
        let _ = fs::remove_file(&index);
        made
    }
}
