//! Writes `tests/suite/std.txt`, the list of what std has where we stand in for it, from the documentation
//! that rustup installs (component `rust-docs`): `cargo run -p simstd --example std_listing`.
//!
//! A line is the version that made an item stable, its module, its type if it has one, and the item: a name,
//! a method, or the head of an impl. What is not stable is not in the list.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The modules, with the types whose methods and impls are listed; no names for all of them.
const MODULES: [(&str, &[&str]); 14] = [
    ("any", &[]),
    ("collections", &["HashMap", "HashSet"]),
    ("env", &[]),
    ("fs", &["DirBuilder", "File", "FileTimes", "OpenOptions"]),
    ("hash", &["RandomState"]),
    ("hint", &[]),
    ("io", &["Stdin", "StdinLock", "Stdout", "StdoutLock", "Stderr", "StderrLock"]),
    ("net", &["TcpListener", "TcpStream", "UdpSocket"]),
    ("panic", &[]),
    ("process", &["Command"]),
    ("sync", &[]),
    ("sync/atomic", &[]),
    ("sync/mpsc", &[]),
    ("thread", &[]),
];

/// As above; `Duration` is std's own.
const TIME: (&str, &[&str]) = ("time", &["Instant", "SystemTime", "SystemTimeError"]);

/// The traits that tell something of a type that others can rely on.
const TRAITS: [&str; 40] = [
    "Add",
    "AddAssign",
    "BitAnd",
    "BitOr",
    "BitXor",
    "BufRead",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Deref",
    "DerefMut",
    "Display",
    "DoubleEndedIterator",
    "Eq",
    "Error",
    "ExactSizeIterator",
    "Extend",
    "From",
    "FromIterator",
    "FusedIterator",
    "Hash",
    "Index",
    "IntoIterator",
    "IsTerminal",
    "Iterator",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Pointer",
    "Read",
    "RefUnwindSafe",
    "Seek",
    "Send",
    "Sub",
    "SubAssign",
    "Sync",
    "UnwindSafe",
    "Unpin",
    "Write",
];

fn main() {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().expect("rustc runs").stdout;
    let sysroot = String::from_utf8(sysroot).expect("the path is text");
    let docs = Path::new(sysroot.trim()).join("share/doc/rust/html/std");
    let mut lines = BTreeSet::new();
    for (module, types) in MODULES.into_iter().chain([TIME]) {
        let entries = fs::read_dir(docs.join(module)).expect("rustup component add rust-docs");
        for path in entries.map(|entry| entry.expect("the folder can be read").path()) {
            list(module, types, &path, &mut lines);
        }
    }
    let lines: Vec<String> = lines.into_iter().collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/std.txt");
    fs::write(file, lines.join("\n") + "\n").expect("the list can be written");
}

fn list(module: &str, types: &[&str], path: &PathBuf, lines: &mut BTreeSet<String>) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let Some((kind, name)) = name.strip_suffix(".html").and_then(|name| name.split_once('.')) else { return };
    let page = fs::read_to_string(path).expect("a page is text");
    let main = &page[page.find("<section id=\"main-content\"").unwrap_or(0)..];
    let head = &main[..main.find("top-doc").unwrap_or(main.len())];
    if head.contains("stab unstable")
        || name.ends_with('!')
        || !["struct", "enum", "fn", "constant", "type", "trait"].contains(&kind)
    {
        return;
    }
    let since = head.split("class=\"since\"").nth(1).and_then(version).unwrap_or_else(|| "1.0.0".into());
    lines.insert(format!("{since} {module} - {kind} {name}"));
    if !["struct", "enum"].contains(&kind)
        || (!types.is_empty() && !types.contains(&name))
        || is_own(module, name)
    {
        return;
    }
    let end = page.find("id=\"blanket-implementations\"").unwrap_or(page.len());
    let mut inherent = false;
    for section in page[..end].split("<section id=\"").skip(1) {
        let class =
            section.split("class=\"").nth(1).unwrap_or_default().split('"').next().unwrap_or_default();
        let Some((shown, after)) = section.split_once("</section>") else { continue };
        let code = shown.split_once("class=\"code-header\">").map_or("", |(_, code)| code);
        let code = plain(code.split("</h").next().unwrap_or_default());
        let unstable = shown.contains("stab unstable")
            || after.chars().take(600).collect::<String>().contains("stab unstable");
        let own = section
            .split("class=\"since\"")
            .nth(1)
            .filter(|_| shown.contains("class=\"since\""))
            .and_then(version);
        let own = own.unwrap_or_else(|| since.clone());
        if class.starts_with("impl") {
            let of_trait = code.split(" where ").next().unwrap_or_default().split_once(" for ");
            inherent = of_trait.is_none();
            if let Some((heading, target)) = of_trait.filter(|_| !unstable) {
                let target = target.trim_start_matches(['&', '\'', 'a', ' ']).trim_start_matches("mut ");
                let is_this = target.split('<').next() == Some(name);
                let wanted =
                    heading.rsplit(['>', ' ']).any(|part| TRAITS.contains(&part.trim_start_matches('!')))
                        || TRAITS.iter().any(|t| heading.contains(&format!("{t}<")));
                // Nothing can rely on what is not there, but for these two.
                let negative =
                    heading.contains('!') && !heading.ends_with("!Send") && !heading.ends_with("!Sync");
                if is_this && wanted && !negative && !code.contains("Owned") {
                    // Of these the pages show conditions that the types' own declarations make.
                    let code = match name {
                        "LocalKey" => code.replace("impl<T>", "impl<T: 'static>"),
                        "Scope" => code.replacen("'env>", "'env: 'scope>", 1),
                        _ => code,
                    };
                    lines.insert(format!("{own} {module} {name} {code}"));
                }
            }
        } else if class.starts_with("method") && inherent && !unstable && !code.contains("unsafe ") {
            let method =
                code.split("fn ").nth(1).unwrap_or_default().split(['<', '(']).next().unwrap_or_default();
            lines.insert(format!("{own} {module} {name} fn {method}"));
        }
    }
}

/// What we have from std as it is: its methods are no matter of ours.
fn is_own(module: &str, name: &str) -> bool {
    match module {
        "sync" => ["Arc", "Weak", "PoisonError", "TryLockError"].contains(&name),
        "panic" | "any" => true,
        "sync/atomic" => name == "Ordering",
        "env" => !["Args", "ArgsOs", "Vars", "VarsOs"].contains(&name),
        _ => false,
    }
}

/// The version at the end of the first tag.
fn version(text: &str) -> Option<String> {
    let text = text.split_once('>')?.1.split('<').next()?;
    let text: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    (!text.is_empty()).then_some(text)
}

/// HTML without its tags, on one line.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.replace("<div class=\"where\">", " ").chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => text.push(c),
            _ => {}
        }
    }
    for (code, c) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#39;", "'"),
        ("&quot;", "\""),
        ("&nbsp;", " "),
        ("ⓘ", ""),
        ("&amp;", "&"),
    ] {
        text = text.replace(code, c);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Collections with an allocator of their own are not stable, and std's pages show them only so.
    let text =
        text.replace(", A: Allocator>", ">").replace("S, A>", "S>").replace(" A: Allocator + Clone,", "");
    let text = text.replace(" A: Allocator,", "").replace("S = RandomState, A = Global>", "S>");
    let bounds = TRAITS.iter().fold(text, |text, bound| text.replace(&format!(" A: {bound},"), ""));
    bounds.trim_end_matches(" where").to_owned()
}
