//! Our surface against the list of std's in `std.txt`, which `examples/std_listing.rs` makes from std's
//! documentation: every name, every method, and every impl with its conditions. Each is a line of a program
//! that rustc compiles over ours, and over the real std, so that we know what a line is worth. Whether the
//! signatures are the same is the concern of `surface`.

use std::collections::BTreeSet;
use std::process::Command;
use std::{env, fs};

use crate::canary::rlib;

/// Items that lines are about, by the name that the list has for them.
const IMPORTS: &str = "use std::{borrow::Borrow, cell::{Cell, RefCell}, error::Error, fmt::{Debug, Display, Pointer}, \
    hash::{BuildHasher, Hash, RandomState}, io::{BufRead, IsTerminal, Read, Seek, Write}, iter::FusedIterator, \
    ops::{Add, AddAssign, BitAnd, BitOr, BitXor, Deref, DerefMut, Index, Sub, SubAssign}, \
    panic::{RefUnwindSafe, UnwindSafe}, time::Duration};";

#[test]
fn nothing_that_std_has_is_missing() {
    let rustc = || Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let version = String::from_utf8(rustc().arg("--version").output().expect("rustc runs").stdout);
    let version = version.expect("a version is text").split(' ').nth(1).map(parse).expect("it names itself");
    let is_old_enough = |line: &&str| line.split(' ').next().is_some_and(|since| parse(since) <= version);
    let lines: Vec<&str> = include_str!("std.txt").lines().filter(is_old_enough).collect();
    assert!(lines.len() > 1_000, "the list has {} lines", lines.len());

    let test = env::current_exe().expect("a test knows where it is");
    let deps = test.parent().expect("a test is in a folder");
    let folder = deps.join("listing");
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let missing = |over_ours: bool| {
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
                command.arg("--extern").arg(format!("std={}", rlib(deps, "simstd").display()));
                command.arg("-L").arg(format!("dependency={}", deps.display()));
            }
            let output = command.output().expect("rustc runs");
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            let more: BTreeSet<usize> = errors.lines().filter_map(|error| wrong(error, &lines)).collect();
            if more.is_subset(&missing) {
                // An error without a place is about something else.
                let of_no_case =
                    |line: &&str| line.starts_with("error") && !line.starts_with("error: aborting");
                assert_eq!(errors.lines().find(of_no_case), None);
                break missing.into_iter().map(|index| lines[index]).collect::<Vec<_>>();
            }
            missing.extend(more);
        }
    };
    assert_eq!(missing(false), [""; 0], "these lines are wrong: std has it otherwise");
    assert_eq!(missing(true), [""; 0], "these are missing from ours");
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
