//! Updates over three made-up versions of a course: of clones and of archives, with edits, with commits, interrupted anywhere.

mod world;

use super::pending::News;
use super::*;
use crate::course::Course;
use anyhow::{Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use world::{ALPHA, BETA, Files, GAMMA, World, contents, git, read, version, write};

fn update(root: &Path) -> Result<Option<Pending>> {
    update_until(root, None, usize::MAX)
}

/// The same, interrupted before step `last`.
fn update_until(root: &Path, from: Option<&str>, last: usize) -> Result<Option<Pending>> {
    let course = Course::find(root)?;
    let mut step = 0;
    let wish = Wish { from, leaves_release: false, say: &|_| {} };
    take_in(&course, &wish, &mut || {
        step += 1;
        if step > last { bail!("interrupted") } else { Ok(()) }
    })
}

/// Takes it in and does the rest as the command does.
fn updated(root: &Path) -> News {
    let pending = update(root).unwrap().expect("there is something new");
    let news = pending.news.clone();
    pending.end(root);
    news
}

fn what(news: &News) -> Vec<(String, String)> {
    news.changed.iter().map(|it| (it.name.clone(), it.what.join(", "))).collect()
}

fn pair(name: &str, what: &str) -> (String, String) {
    (name.to_owned(), what.to_owned())
}

const MINE: &str = "//! Mine.\n\npub fn letter() -> char {\n    'A'\n}\n";

#[test]
fn a_clone_that_nobody_edited_becomes_the_new_version() {
    let world = World::new();
    assert!(update(&world.mine()).unwrap().is_none(), "there is nothing new yet");
    for number in [2, 3] {
        world.publish(number);
        let news = updated(&world.mine());
        assert_eq!(contents(&world.mine()), version(number));
        assert_eq!(git(&world.mine(), &["status", "--porcelain"]), "");
        assert_eq!(git(&world.mine(), &["rev-parse", "HEAD"]), git(&world.course(), &["rev-parse", "HEAD"]));
        let expected: &[(String, String)] = match number {
            2 => &[pair("alpha", "contract, checks"), pair("beta", "stub")],
            _ => &[],
        };
        assert_eq!(what(&news), expected);
        assert!(news.changed.iter().all(|it| it.new_stub.is_none()), "there is no program that stays");
    }
    assert!(update(&world.mine()).unwrap().is_none());
    assert!(!world.mine().join(".workbook/update").exists());
}

#[test]
fn what_the_learner_wrote_stays_and_the_new_stub_lies_beside_it() {
    let world = World::new();
    let mine = world.mine();
    for path in [ALPHA, BETA, GAMMA] {
        write(&mine, path, MINE);
    }
    write(&mine, "exercises/01-letters/beta/src/part.rs", "// a part\n");
    write(&mine, "lessons/01-letters/README.md", "My notes.\n");
    write(&mine, "lessons/glossary.md", "# My words\n");
    write(&mine, "notes.md", "My own.\n");
    world.publish(2);
    let news = updated(&mine);
    for path in [ALPHA, BETA, GAMMA] {
        assert_eq!(read(&mine, path), MINE);
    }
    assert_eq!(read(&mine, "exercises/01-letters/beta/src/part.rs"), "// a part\n");
    assert_eq!(read(&mine, "notes.md"), "My own.\n");
    assert_eq!(read(&mine, "lessons/glossary.md"), "# My words\n", "we have not changed that one");
    assert_eq!(read(&mine, "lessons/01-letters/README.md"), "# Letters, edition 2\n");
    assert_eq!(read(&mine, "lessons/01-letters/README.md.yours"), "My notes.\n");
    assert_eq!(news.kept, ["lessons/01-letters/README.md.yours"]);
    assert_eq!(what(&news), [pair("alpha", "contract, checks"), pair("beta", "stub")]);
    let (place, difference) = news.changed[1].new_stub.as_ref().unwrap();
    assert_eq!(
        read(&mine, &format!("{}/lib.rs", place.display())),
        version(2)[BETA],
        "the new stub lies beside the program"
    );
    assert!(
        difference.contains("-pub fn letter() -> char {\n+pub fn letter(of: usize) -> char {"),
        "{difference}"
    );
    // For git, these are changes that were not committed, as they were before.
    let status = git(&mine, &["status", "--porcelain"]);
    assert!(status.contains(&format!(" M {BETA}")), "{status}");
    assert!(!status.contains("lessons/01-letters"), "{status}");

    // The exercise that is called otherwise now.
    world.publish(3);
    let news = updated(&mine);
    assert_eq!(news.renamed, [("gamma".to_owned(), "gamut".to_owned())]);
    assert_eq!(read(&mine, &GAMMA.replace("gamma", "gamut")), MINE);
    assert_eq!(read(&mine, GAMMA), MINE, "and it is still where it was");
    assert!(!mine.join("exercises/01-letters/gamma/Cargo.toml").exists());
    assert_eq!(news.gone, [("delta".to_owned(), None)]);
    assert_eq!(what(&news), [], "no other exercise has changed since");
}

#[test]
fn two_versions_at_once_are_one_update() {
    let world = World::new();
    write(&world.mine(), ALPHA, MINE);
    world.publish(2);
    world.publish(3);
    let news = updated(&world.mine());
    assert_eq!(what(&news), [pair("alpha", "contract, checks"), pair("beta", "stub")]);
    let expected = Files::from_iter(version(3).into_iter().chain([(ALPHA.to_owned(), MINE.to_owned())]));
    assert_eq!(contents(&world.mine()), expected);
}

#[test]
fn commits_of_the_learners_are_joined_with_the_new_version() {
    let world = World::new();
    let mine = world.mine();
    write(&mine, ALPHA, MINE);
    write(&mine, BETA, MINE);
    write(&mine, "README.md", "The course, and what I think of it.\n");
    git(&mine, &["commit", "-qam", "my programs"]);
    let own = git(&mine, &["rev-parse", "HEAD"]);
    // And something that is not committed.
    write(&mine, GAMMA, MINE);
    world.publish(3);
    let news = updated(&mine);
    assert_eq!(news.kept, ["README.md.yours"]);
    let head = |path: &str| git(&mine, &["show", &format!("HEAD:{path}")]) + "\n";
    assert_eq!((head(ALPHA), head(BETA)), (MINE.to_owned(), MINE.to_owned()));
    assert_eq!(head("README.md"), version(3)["README.md"]);
    assert_eq!(head("lessons/01-letters/README.md"), version(3)["lessons/01-letters/README.md"]);
    let parents = git(&mine, &["rev-list", "--parents", "-n1", "HEAD"]);
    assert!(parents.contains(&own) && parents.contains(&git(&world.course(), &["rev-parse", "HEAD"])));
    // What was not committed is not committed.
    let status = git(&mine, &["status", "--porcelain"]);
    let lines: Vec<&str> = status.lines().collect();
    assert!(lines.iter().all(|it| it.contains("gamma") || it.contains("gamut")), "{status}");
    // The next version has only one commit to add.
    write(&world.course(), "lessons/glossary.md", "# More words\n");
    git(&world.course(), &["commit", "-qam", "more"]);
    updated(&mine);
    assert_eq!(read(&mine, "lessons/glossary.md"), "# More words\n");
    assert_eq!(read(&mine, ALPHA), MINE);
}

#[test]
fn what_was_staged_stays_staged() {
    let world = World::new();
    let mine = world.mine();
    write(&mine, BETA, MINE);
    git(&mine, &["add", BETA]);
    write(&mine, ALPHA, MINE);
    world.publish(2);
    updated(&mine);
    let status = git(&mine, &["status", "--porcelain"]);
    assert_eq!(status, format!(" M {ALPHA}\nM  {BETA}"));
}

/// What a learner has done to a workbook before the update.
type Edits = fn(&Path);

fn dirty(mine: &Path) {
    write(mine, BETA, MINE);
    write(mine, GAMMA, MINE);
    write(mine, "README.md", "Mine.\n");
    write(mine, "lessons/01-letters/aside.md", "Mine, too.\n");
    fs::remove_file(mine.join("lessons/glossary.md")).unwrap();
}

fn committed(mine: &Path) {
    dirty(mine);
    git(mine, &["commit", "-qam", "mine"]);
    write(mine, ALPHA, MINE);
}

/// A copy of a folder with all that is in it.
fn copy_of(folder: &Path) -> TempDir {
    let copy = TempDir::new().unwrap();
    for entry in walkdir::WalkDir::new(folder).min_depth(1) {
        let entry = entry.unwrap();
        let to = copy.path().join(entry.path().strip_prefix(folder).unwrap());
        match entry.file_type().is_dir() {
            true => fs::create_dir(to).unwrap(),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
    copy
}

/// What git knows of a clone, or what was written down of an archive.
fn bookkeeping(mine: &Path) -> String {
    match mine.join(".git").exists() {
        true => git(mine, &["status", "--porcelain"]) + &git(mine, &["rev-parse", "HEAD^{tree}"]),
        false => read(mine, ".workbook/release.json"),
    }
}

/// Interrupts the update of `mine` before each of its steps, or each of so many, and goes on with it.
fn interrupt_everywhere(mine: &Path, from: Option<&str>, stride: usize) {
    let before = contents(mine);
    let whole = copy_of(mine);
    update_until(whole.path(), from, usize::MAX).unwrap().unwrap();
    let (expected, known) = (contents(whole.path()), bookkeeping(whole.path()));
    for interruptions in (0..).step_by(stride) {
        let copy = copy_of(mine);
        let mine = copy.path();
        if update_until(mine, from, interruptions).is_ok() {
            assert!(interruptions > 15, "only {interruptions} places to interrupt it");
            return;
        }
        let between = contents(mine);
        for (path, text) in before.iter().filter(|(_, text)| text.contains("Mine")) {
            let is_kept = |path: &String| between.get(path) == Some(text);
            assert!(
                is_kept(path) || is_kept(&format!("{path}.yours")),
                "{path} is lost after {interruptions} steps"
            );
        }
        let news = update_until(mine, from, usize::MAX).unwrap().unwrap().news;
        assert_eq!(contents(mine), expected, "after {interruptions} steps");
        assert_eq!(bookkeeping(mine), known, "after {interruptions} steps");
        assert_eq!(what(&news), [pair("alpha", "contract, checks"), pair("beta", "stub")]);
    }
}

#[test]
fn an_update_of_a_clone_ends_as_if_it_had_not_been_interrupted() {
    for (edits, stride) in [(dirty as Edits, 4), (committed, 1)] {
        let world = World::new();
        edits(&world.mine());
        world.publish(3);
        interrupt_everywhere(&world.mine(), None, stride);
    }
}

#[test]
fn an_update_from_an_archive_ends_as_if_it_had_not_been_interrupted() {
    let world = World::with_an_archive();
    dirty(&world.mine());
    interrupt_everywhere(&world.mine(), world.unpack(3).to_str(), 1);
}

#[test]
fn what_is_written_while_an_update_waits_to_be_gone_on_with_is_kept() {
    let world = World::new();
    let mine = world.mine();
    world.publish(2);
    update_until(&mine, None, 3).unwrap_err();
    assert!(is_half_done(&mine));
    // Of files that were to be replaced: a stub that nobody had touched, and a file of ours.
    write(&mine, BETA, MINE);
    write(&mine, "checker/harness/src/lib.rs", "//! Mine.\n");
    updated(&mine);
    assert_eq!(read(&mine, BETA), MINE);
    assert_eq!(read(&mine, "exercises/01-letters/beta/src.new/lib.rs"), version(2)[BETA]);
    assert_eq!(read(&mine, "checker/harness/src/lib.rs.yours"), "//! Mine.\n");
    assert_eq!(read(&mine, "checker/harness/src/lib.rs"), "//! Version 2.\n");
}

#[test]
fn an_archive_takes_in_the_newer_one_beside_it() {
    let world = World::with_an_archive();
    let mine = world.mine();
    let error = format!("{:#}", update(&mine).unwrap_err());
    assert!(error.contains("no newer version beside the workbook"), "{error}");
    dirty(&mine);
    write(&mine, "notes.md", "My own.\n");
    let new = world.unpack(2);
    // Somebody has tried the new one already.
    write(&new, ALPHA, "// tried\n");
    let pending = update(&mine).unwrap().unwrap();
    assert_eq!(pending.news.kept, ["lessons/01-letters/aside.md.yours"]);
    assert_eq!(what(&pending.news), [pair("alpha", "contract, checks"), pair("beta", "stub")]);
    pending.end(&mine);
    assert_eq!(read(&mine, ALPHA), version(2)[ALPHA]);
    assert_eq!(read(&mine, BETA), MINE);
    assert_eq!(read(&mine, "README.md"), "Mine.\n", "we have not changed it");
    assert_eq!(read(&mine, "notes.md"), "My own.\n");
    // And a third one as an archive, with a folder at its top.
    let zip = world.folder.path().join("workbook-main.zip");
    let mut writer = zip::ZipWriter::new(fs::File::create(&zip).unwrap());
    for (path, text) in version(3) {
        use std::io::Write;
        writer.start_file(format!("workbook-main/{path}"), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
    let pending = update_until(&mine, zip.to_str(), usize::MAX).unwrap().unwrap();
    assert_eq!(pending.news.kept, ["README.md.yours"]);
    assert_eq!(pending.news.renamed, [("gamma".to_owned(), "gamut".to_owned())]);
    assert_eq!(read(&mine, "README.md"), version(3)["README.md"]);
    assert_eq!(
        read(&mine, ".workbook/backup/release-0.2.0/exercises/01-letters/delta/README.md"),
        version(2)["exercises/01-letters/delta/README.md"]
    );
    pending.end(&mine);
    let error = format!("{:#}", update_until(&mine, new.to_str(), usize::MAX).unwrap_err());
    assert!(error.contains("has the release 0.2.0, but this workbook already has 0.3.0"), "{error}");
}

#[test]
fn a_workbook_of_which_nothing_is_known_loses_nothing() {
    let world = World::with_an_archive();
    let mine = world.mine();
    fs::remove_file(mine.join(".workbook/release.json")).unwrap();
    dirty(&mine);
    world.unpack(2);
    let before = contents(&mine);
    let pending = update(&mine).unwrap().unwrap();
    assert_eq!(pending.former_files(&mine), Some(PathBuf::from(".workbook/backup/release-0.1.0")));
    let after = contents(&mine);
    for (path, text) in before {
        let kept = mine.join(".workbook/backup/release-0.1.0").join(&path);
        assert!(after.get(&path) == Some(&text) || fs::read_to_string(kept).unwrap() == text, "{path}");
    }
    assert_eq!(read(&mine, BETA), MINE);
    assert_eq!(read(&mine, "checker/harness/src/lib.rs"), "//! Version 2.\n");
}

#[test]
fn a_release_that_an_assignment_asks_for_is_not_left_without_a_word() {
    let world = World::new();
    let mine = world.mine();
    write(&mine, "assignment.toml", "title = \"Week 3\"\nrelease = \"0.1.0\"\n");
    world.publish(2);
    let before = contents(&mine);
    let error = format!("{:#}", update(&mine).unwrap_err());
    assert!(
        error.contains("assignment.toml asks for release 0.1.0") && error.contains("--leave-release"),
        "{error}"
    );
    assert_eq!(contents(&mine), before);
    let course = Course::find(&mine).unwrap();
    let wish = Wish { from: None, leaves_release: true, say: &|_| {} };
    take_in(&course, &wish, &mut || Ok(())).unwrap().unwrap();
    assert_eq!(read(&mine, "checker/harness/src/lib.rs"), "//! Version 2.\n");
}

#[test]
fn a_clone_that_can_not_be_updated_says_why_and_is_left_as_it_is() {
    let world = World::new();
    let mine = world.mine();
    world.publish(2);
    let before = contents(&mine);
    let said = |from: Option<&str>| format!("{:#}", update_until(&mine, from, usize::MAX).unwrap_err());
    git(&mine, &["remote", "set-url", "origin", "/nowhere/at/all"]);
    let error = said(None);
    assert!(
        error.contains("could not be fetched from origin; nothing was changed")
            && error.contains("If there is no network, try again later"),
        "{error}"
    );
    git(&mine, &["remote", "remove", "origin"]);
    assert!(said(None).contains("it has no remote"));
    // A merge of the learner's own that waits for them.
    git(&mine, &["checkout", "-qb", "other"]);
    write(&mine, ALPHA, MINE);
    git(&mine, &["commit", "-qam", "other"]);
    git(&mine, &["checkout", "-q", "main"]);
    write(&mine, ALPHA, "// another\n");
    git(&mine, &["commit", "-qam", "another"]);
    let merge = Command::new("git").current_dir(&mine).args(["merge", "-q", "other"]).output().unwrap();
    assert!(!merge.status.success());
    assert!(said(world.course().to_str()).contains("git is in the middle of a merge or a rebase here"));
    git(&mine, &["merge", "--abort"]);
    git(&mine, &["reset", "-q", "--hard", "HEAD~"]);
    assert_eq!(contents(&mine), before);
    // The course's address, named by the learner.
    update_until(&mine, world.course().to_str(), usize::MAX).unwrap().unwrap();
    assert_eq!(contents(&mine), version(2));
}

#[test]
fn line_endings_are_no_edit() {
    let world = World::new();
    fs::remove_dir_all(world.mine()).unwrap();
    git(world.folder.path(), &["clone", "-q", "-c", "core.autocrlf=true", "course", "mine"]);
    let mine = world.mine();
    assert!(read(&mine, ALPHA).contains("\r\n"));
    write(&mine, GAMMA, &MINE.replace('\n', "\r\n"));
    world.publish(2);
    let news = updated(&mine);
    assert_eq!(news.kept, Vec::<String>::new());
    assert_eq!(read(&mine, BETA), version(2)[BETA].replace('\n', "\r\n"));
    assert_eq!(read(&mine, GAMMA), MINE.replace('\n', "\r\n"));
    assert_eq!(git(&mine, &["status", "--porcelain"]), format!(" M {GAMMA}"));
}
