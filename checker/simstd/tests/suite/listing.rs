//! Our surface against the list of std's in `std.txt`, which `examples/std_listing.rs` makes from std's
//! documentation: every name, every method, and every impl with its conditions. Each is a line of a program
//! that rustc compiles over ours, and over the real std, so that we know what a line is worth. Whether the
//! signatures are the same is the concern of `surface`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs};

use crate::canary::rlib;

/// Items that lines are about, by the name that the list has for them.
const IMPORTS: &str = "use std::{borrow::Borrow, cell::{Cell, RefCell}, error::Error, fmt::{Debug, Display, Pointer}, \
    hash::{BuildHasher, Hash, RandomState}, io::{BufRead, IsTerminal, Read, Seek, Write}, iter::FusedIterator, \
    ops::{Add, AddAssign, BitAnd, BitOr, BitXor, Deref, DerefMut, Index, Sub, SubAssign}, \
    panic::{RefUnwindSafe, UnwindSafe}, time::Duration};";

#[test]
fn nothing_that_std_has_is_missing() {
    let version = String::from_utf8(rustc().arg("--version").output().expect("rustc runs").stdout);
    let version = version.expect("a version is text").split(' ').nth(1).map(parse).expect("it names itself");
    let is_old_enough = |line: &&str| line.split(' ').next().is_some_and(|since| parse(since) <= version);
    let lines: Vec<&str> = include_str!("std.txt").lines().filter(is_old_enough).collect();
    assert!(lines.len() > 1_000, "the list has {} lines", lines.len());
    assert_eq!(missing(&lines, false), [""; 0], "these lines are wrong: std has it otherwise");
    assert_eq!(missing(&lines, true), [""; 0], "these are missing from ours");
}

/// What our macros expand to has to be public, and so have the types that nobody uses. They are no way round the simulation.
const OF_OURS: [&str; 8] = [
    "0 . - mod namesakes",
    "0 io - fn _eprint",
    "0 io - fn _eprintln",
    "0 io - fn _print",
    "0 io - fn _println",
    "0 namesakes - struct Location",
    "0 namesakes - struct Path",
    "0 thread LocalKey fn new",
];

/// A program that names what only we have would compile for the checker and nowhere else; worse, it could reach round the
/// simulation. What std has and keeps unstable can't be used over ours either.
#[test]
fn nothing_is_there_that_std_lacks() {
    let ours = ours();
    let ours: BTreeSet<&str> = ours.iter().map(String::as_str).collect();
    assert!(ours.contains("0 sync - struct Mutex") && ours.contains("0 sync Mutex fn try_lock"));
    let ours: Vec<&str> = ours.into_iter().collect();
    let out_of_reach: BTreeSet<&str> = missing(&ours, true).into_iter().collect();
    let can_be_used: Vec<&str> = ours.into_iter().filter(|line| !out_of_reach.contains(line)).collect();
    assert!(can_be_used.len() > 400, "{} names can be used", can_be_used.len());
    assert_eq!(missing(&can_be_used, false), OF_OURS, "std has none of these");
}

fn rustc() -> Command {
    Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

fn deps() -> PathBuf {
    let test = env::current_exe().expect("a test knows where it is");
    test.parent().expect("a test is in a folder").to_owned()
}

/// Which of the lines are not so, over ours or over the real std.
fn missing<'a>(lines: &[&'a str], over_ours: bool) -> Vec<&'a str> {
    static FOLDERS: AtomicUsize = AtomicUsize::new(0);
    let deps = deps();
    let folder = deps.join(format!("listing-{}", FOLDERS.fetch_add(1, Ordering::Relaxed)));
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let mut missing = BTreeSet::new();
    // An error may keep rustc from going on to others.
    loop {
        let source = folder.join("listing.rs");
        let present = |(index, line): (usize, &&str)| match missing.contains(&index) {
            true => String::new(),
            false => case(index, line),
        };
        let cases: Vec<String> = lines.iter().enumerate().map(present).collect();
        fs::write(&source, format!("#![allow(warnings)]\n{}\n", cases.join("\n"))).expect("as above");
        let mut command = rustc();
        command.args(["--crate-type", "rlib", "--emit", "metadata", "--edition", "2024"]);
        command.args(["--error-format", "short", "--out-dir"]).arg(&folder).arg(&source);
        if over_ours {
            command.arg("--extern").arg(format!("std={}", rlib(&deps, "simstd").display()));
            command.arg("-L").arg(format!("dependency={}", deps.display()));
        }
        let output = command.output().expect("rustc runs");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let more: BTreeSet<usize> = errors.lines().filter_map(|error| wrong(error, lines)).collect();
        if more.is_subset(&missing) {
            // An error without a place is about something else.
            let of_no_case = |line: &&str| line.starts_with("error") && !line.starts_with("error: aborting");
            assert_eq!(errors.lines().find(of_no_case), None);
            break missing.into_iter().map(|index| lines[index]).collect();
        }
        missing.extend(more);
    }
}

/// Every name of ours that anybody can use, and every method, as lines like those of `std.txt`: from our documentation,
/// hidden items included where they can be named in a program (see below).
fn ours() -> Vec<String> {
    let (deps, manifest) = (deps(), Path::new(env!("CARGO_MANIFEST_DIR")));
    let rustdoc = env::var_os("RUSTDOC").unwrap_or_else(|| rustc().get_program().to_owned());
    let rustdoc = Path::new(&rustdoc).with_file_name(format!("rustdoc{}", env::consts::EXE_SUFFIX));
    let folder = deps.join("listing-of-ours");
    let _ = fs::remove_dir_all(&folder);
    // What is hidden can be used as well. Documentation of a copy in which nothing is hidden shows it.
    let copy = folder.join("src");
    copy_unhidden(&manifest.join("src"), &copy);
    let mut command = Command::new(rustdoc);
    command.args(["--crate-name", "simstd", "--edition", "2024", "--cap-lints", "allow"]);
    for dependency in ["engine", "object"] {
        command.arg("--extern").arg(format!("{dependency}={}", rlib(&deps, dependency).display()));
    }
    command.arg("-L").arg(format!("dependency={}", deps.display())).arg("-o").arg(&folder);
    let output = command.arg(copy.join("lib.rs")).output().expect("rustdoc runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut lines = Vec::new();
    list(&folder.join("simstd"), "", &mut lines);
    lines.sort();
    lines
}

fn copy_unhidden(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the target folder can be written");
    for entry in fs::read_dir(from).expect("our source is there").map(|entry| entry.expect("as above")) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_unhidden(&entry.path(), &to);
        } else {
            let text = fs::read_to_string(entry.path()).expect("source is text");
            // What the crate has from std as it is would be thousands of pages.
            let text = text.replace("#[doc(hidden)]", "").replace("\npub use ::std::*;\n", "");
            fs::write(to, text).expect("as above");
        }
    }
}

/// What the pages in `folder` are about, which is of the given module.
fn list(folder: &Path, module: &str, lines: &mut Vec<String>) {
    for path in
        fs::read_dir(folder).expect("rustdoc has written it").map(|entry| entry.expect("as above").path())
    {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // A module that is not public has no page of its own.
        if path.join("index.html").is_file() {
            let inner = if module.is_empty() { name.clone() } else { format!("{module}/{name}") };
            lines.push(format!("0 {} - mod {name}", if module.is_empty() { "." } else { module }));
            list(&path, &inner, lines);
        }
        let Some((kind, name)) = name.strip_suffix(".html").and_then(|name| name.split_once('.')) else {
            continue;
        };
        // A macro has two pages, one of which leads to the other. What a crate may not import is not a name.
        if name.ends_with('!') || ["attr", "derive", "primitive", "keyword"].contains(&kind) {
            continue;
        }
        let page = fs::read_to_string(&path).expect("a page is text");
        // The others are std's own, as they are.
        if !page.contains("/src/simstd/") {
            continue;
        }
        let module = if module.is_empty() { "." } else { module };
        lines.push(format!("0 {module} - {kind} {name}"));
        let own = page.split("id=\"implementations\"").nth(1).unwrap_or_default();
        let own = own.split("id=\"trait-implementations\"").next().unwrap_or_default();
        let own = own.split("id=\"deref-methods").next().unwrap_or_default();
        for id in own.split("<section id=\"method.").skip(1) {
            let method = id.split('"').next().unwrap_or_default();
            // Several impls may have a method of this name.
            let method = method.split('-').next().unwrap_or_default();
            lines.push(format!("0 {module} {name} fn {method}"));
        }
    }
}

fn parse(version: &str) -> Vec<u32> {
    version.split(['.', '-']).map_while(|part| part.parse().ok()).collect()
}

/// The line of the list that a message of rustc's says is not so.
fn wrong(error: &str, lines: &[&str]) -> Option<usize> {
    let (place, message) = error.split_once(": error")?;
    let line: usize = place.rsplit(':').nth(1)?.parse().ok()?;
    let index = line.checked_sub(2)?;
    // That a method is there can be said without saying what its parameters are.
    let unsure =
        ["[E0282]", "[E0283]", "[E0284]", "[E0034]", "[E0790]"].iter().any(|code| message.starts_with(code));
    let of_a_method =
        lines.get(index)?.split(' ').nth(3) == Some("fn") && lines[index].split(' ').nth(2) != Some("-");
    (!(unsure && of_a_method)).then_some(index)
}

/// A line of Rust that compiles if what `line` says is so.
fn case(index: usize, line: &str) -> String {
    let parts: Vec<&str> = line.splitn(4, ' ').collect();
    let (module, name, item) = (parts[1].replace('/', "::"), parts[2], parts[3]);
    let body = match (name, item.split_once(' ')) {
        ("-", Some((_, name))) if module == "." => format!("pub use std::{name};"),
        ("-", Some((_, name))) => format!("pub use std::{module}::{name};"),
        (_, Some(("fn", method))) => {
            format!("use std::{module}::{name}; fn case() {{ let _ = {name}::{method}; }}")
        }
        _ => format!("{IMPORTS} use std::{module}::*; {}", implemented(item)),
    };
    format!("mod case_{index} {{ {body} }}")
}

/// Code that compiles if there is the impl that begins like this.
fn implemented(head: &str) -> String {
    let head = head.strip_prefix("impl").unwrap_or(head);
    let (generics, rest) = match head.strip_prefix('<') {
        Some(inside) => inside.split_at(outermost(inside, '>')[0]),
        None => ("", head),
    };
    let rest = rest.trim_start_matches(['>', ' ']);
    let (rest, bounds) = rest.split_once(" where ").unwrap_or((rest, ""));
    let (wanted, target) = rest.split_once(" for ").expect("an impl is of a trait");
    if let Some(absent) = wanted.strip_prefix('!') {
        // With two impls to choose from, the second of which is there if the trait is, rustc can't choose.
        let target = target.replace("'_", "'static").replace("'a", "'static").replace("T>", "u8>");
        return format!(
            "trait Has<W> {{ fn has() {{}} }} impl<X: ?Sized> Has<()> for X {{}} \
             impl<X: ?Sized + {absent}> Has<u8> for X {{}} fn case() {{ let _ = <{target} as Has<_>>::has; }}"
        );
    }
    // An associated type has to keep its bounds whatever the parameters are. `'x` is for lifetimes without a name.
    let named = |text: &str| text.replace("'_", "'x").replace('&', "&'x ").replace("&'x '", "&'");
    let (wanted, target) = (named(wanted), named(target));
    let mut given: Vec<&str> = vec!["'x"];
    let mut from = 0;
    for comma in outermost(generics, ',').into_iter().chain([generics.len()]) {
        given.push(generics[from..comma].trim());
        from = (comma + 1).min(generics.len());
    }
    given.retain(|parameter| !parameter.is_empty());
    given.sort_by_key(|parameter| !parameter.starts_with('\''));
    let name = |parameter: &str| {
        parameter.trim_start_matches("const ").split(':').next().unwrap_or_default().to_owned()
    };
    let is_type = |parameter: &str| !parameter.starts_with("const ") && !parameter.starts_with('\'');
    let may_be_unsized = |parameter: &str| {
        let of_this = |bound: &str| bound.starts_with(&format!("{}:", name(parameter)));
        parameter.contains("?Sized")
            || bounds.split(", ").any(|bound| of_this(bound) && bound.contains("?Sized"))
    };
    let declared = given.iter().map(|parameter| match is_type(parameter) {
        true if may_be_unsized(parameter) => name(parameter) + ": ?Sized",
        true => name(parameter),
        false => (*parameter).to_owned(),
    });
    let lifetimes: Vec<String> = given.iter().filter(|p| p.starts_with('\'')).map(|p| name(p)).collect();
    let types = given.iter().filter(|p| is_type(p)).map(|p| name(p));
    let outlive: String = types.map(|t| format!("{t}: {}, ", lifetimes.join(" + "))).collect();
    let (declared, used) = (declared.collect::<Vec<_>>(), given.iter().map(|p| name(p)).collect::<Vec<_>>());
    let size = if given.iter().any(|p| may_be_unsized(p)) { "?Sized + " } else { "" };
    format!(
        "trait Has<{}> where {outlive} {{ type X: {size}{wanted}; }} \
         impl<{}> Has<{}> for () where {outlive} {bounds} {{ type X = {target}; }}",
        declared.join(", "),
        given.join(", "),
        used.join(", "),
    )
}

/// Where `wanted` is in the text, outside of all brackets.
fn outermost(text: &str, wanted: char) -> Vec<usize> {
    let (mut depth, mut before, mut found) = (0, ' ', Vec::new());
    for (at, c) in text.char_indices() {
        let is_arrow = before == '-' && c == '>';
        if depth == 0 && c == wanted && !is_arrow {
            found.push(at);
        }
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' if !is_arrow => depth -= 1,
            _ => {}
        }
        before = c;
    }
    found
}
