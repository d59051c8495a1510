//! What the page of an exercise quotes of its program is what the program has: signatures, and what `main` prints.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

fn read(path: PathBuf) -> String {
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folders of all exercises.
fn exercises() -> Vec<PathBuf> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../exercises");
    let inside =
        |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let all = inside(top).filter(|it| it.is_dir()).flat_map(inside);
    let mut all: Vec<_> = all.filter(|it| it.join("Cargo.toml").is_file()).collect();
    all.sort();
    assert!(all.len() > 40, "only {} exercises", all.len());
    all
}

/// The blocks of a page in one language.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let blocks = page.split("\n```").skip(1).step_by(2);
    blocks.filter_map(|it| it.split_once('\n')).filter(|(tag, _)| *tag == language).map(|it| it.1).collect()
}

/// A signature without what rustfmt decides: white space, and commas before the end of a list. Whether an argument can
/// be changed inside is nobody else's business.
fn signature(text: &str) -> String {
    let text = text.replace("(mut ", "(").replace(" mut ", " ");
    let mut plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    for end in [")", ">", "{"] {
        plain = plain.replace(&format!(",{end}"), end);
    }
    plain.trim_end_matches(['{', ';', ',']).to_owned()
}

/// The public functions of a program, by name: a name may be there for several types.
#[derive(Default)]
struct Public<'a> {
    text: &'a str,
    found: BTreeMap<String, Vec<String>>,
    /// Those that the learner writes.
    todo: BTreeSet<String>,
}

impl Public<'_> {
    fn add(&mut self, visibility: &syn::Visibility, own: &syn::Signature, body: &syn::Block) {
        if !matches!(visibility, syn::Visibility::Public(_)) {
            return;
        }
        let (start, end) = (visibility.span().byte_range().start, own.span().byte_range().end);
        let name = own.ident.to_string();
        self.found.entry(name.clone()).or_default().push(signature(&self.text[start..end]));
        if self.text[body.span().byte_range()].contains("todo!") {
            self.todo.insert(name);
        }
    }
}

impl<'ast> Visit<'ast> for Public<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add(&item.vis, &item.sig, &item.block);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.vis, &item.sig, &item.block);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !item.attrs.iter().any(|it| it.path().is_ident("cfg")) {
            visit::visit_item_mod(self, item);
        }
    }
}

/// The public functions that a block shows, by name. A block is no whole program: bodies are left out, and semicolons.
fn shown(block: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for rest in block.split("pub fn ").skip(1) {
        // It goes on to the next item, to the end of the type's functions, or to the end of the block.
        let end = ["pub ", "\n}", "\n\n", "///", "//", "{ /*", "{ todo", "\nimpl ", ";\n"];
        let end = end.iter().filter_map(|it| rest.find(it)).min().unwrap_or(rest.len());
        let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap().to_owned();
        found.push((name, signature(&format!("pub fn {}", &rest[..end]))));
    }
    found
}

#[test]
fn the_signatures_of_a_task_are_those_of_the_stub() {
    let mut wrong = Vec::new();
    for folder in exercises() {
        let (page, stub) = (read(folder.join("README.md")), read(folder.join(".stub/lib.rs")));
        let mut public = Public { text: &stub, ..Public::default() };
        public.visit_file(&syn::parse_file(&stub).unwrap());
        let shown: Vec<_> = blocks(&page, "rust").into_iter().flat_map(shown).collect();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        if shown.is_empty() {
            wrong.push(format!("{name}: README.md shows no function"));
        }
        for (function, text) in &shown {
            let there = public.found.get(function).map_or(&[][..], Vec::as_slice);
            if !there.contains(text) {
                wrong.push(format!("{name}: README.md has {text}\n    and the stub {there:?}"));
            }
        }
        for function in public.todo.iter().filter(|it| shown.iter().all(|(shown, _)| shown != *it)) {
            wrong.push(format!("{name}: README.md does not show `{function}` of the stub"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The strings of a program with `{…}` in them as they are written.
fn strings(program: &str) -> Vec<String> {
    let mut found = Vec::new();
    let code = program.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n");
    let mut rest = code.as_str();
    while let Some(start) = rest.find('"') {
        rest = &rest[start + 1..];
        let mut end = 0;
        while !rest[end..].starts_with('"') {
            end += if rest[end..].starts_with('\\') { 2 } else { 1 };
            while !rest.is_char_boundary(end) {
                end += 1;
            }
        }
        found.push(rest[..end].to_owned());
        rest = &rest[end + 1..];
    }
    found
}

/// Whether `line` can be what `format` prints.
fn fits(line: &str, format: &str) -> bool {
    let format = format.replace("\\n", "").replace("\\r", "");
    let mut fixed = format.split('{').enumerate().map(|(index, part)| match index {
        0 => part,
        _ => part.split_once('}').map_or(part, |it| it.1),
    });
    let Some(mut rest) = line.strip_prefix(fixed.next().unwrap_or_default()) else { return false };
    let mut last = None;
    for part in fixed {
        let Some(place) = rest.find(part) else { return false };
        (rest, last) = (&rest[place + part.len()..], Some(part));
    }
    rest.is_empty() || last.is_some_and(|part| part.is_empty() || line.ends_with(part))
}

#[test]
fn each_line_of_a_run_that_a_task_shows_is_printed_by_its_program() {
    let mut wrong = Vec::new();
    for folder in exercises() {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let page = read(folder.join("README.md"));
        let lesson = folder.parent().unwrap().file_name().unwrap();
        let solution = Path::new(env!("CARGO_MANIFEST_DIR")).join("../solutions").join(lesson).join(&name);
        // A line is `main`'s, or the library's that `main` gives a writer.
        let programs = [folder.join(".stub/main.rs"), solution.join("src/lib.rs")].map(read);
        let strings: Vec<_> = programs.iter().flat_map(|it| strings(it)).collect();
        let code = programs.concat().to_lowercase();
        let shown = blocks(&page, "text");
        if shown.is_empty() {
            wrong.push(format!("{name}: README.md shows no run"));
        }
        for line in shown.into_iter().flat_map(str::lines).filter(|it| !it.is_empty()) {
            // A format without a word of its own prints values, and their words are the program's too.
            let is_value =
                |it: &str| it.split('{').all(|it| it.rsplit('}').next().unwrap().trim().is_empty());
            let mut words =
                line.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty() && *word != "Some");
            let is_known = words.all(|word| code.contains(&word.to_lowercase()));
            let says = |text: &str| strings.iter().any(|it| fits(text, it) && (!is_value(it) || is_known));
            // A line may be written in two parts.
            let in_two = |at: usize| says(&line[..at]) && says(&line[at..]);
            let printed = says(line) || line.match_indices(' ').any(|(at, _)| in_two(at + 1));
            if !printed {
                wrong.push(format!("{name}: nothing prints `{line}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The lines of the run that a check compares with, as a terminal shows them.
fn compared(snapshot: &str) -> Vec<String> {
    let text = snapshot.splitn(3, "---\n").nth(2).unwrap();
    // What ends with a carriage return is written over.
    let lines = text.lines().filter(|line| !line.ends_with("\\r"));
    let plain = |line: &str| match line.strip_prefix("Some(").and_then(|it| it.strip_suffix(')')) {
        Some(value) => value.to_owned(),
        None => line.to_owned(),
    };
    lines.map(plain).collect()
}

/// Whether a line of a page is that line of the check. The check has `(name)` where any thread's name can be.
fn is_same(shown: &str, compared: &str) -> bool {
    match compared.strip_prefix("(name) ") {
        Some(rest) => shown.split_once(' ').is_some_and(|(_, shown)| shown == rest),
        None => shown == compared,
    }
}

#[test]
fn the_run_that_a_task_shows_is_the_one_that_is_checked() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for folder in exercises() {
        let Ok(snapshot) = fs::read_to_string(folder.join("tests/snapshots/documented_run.snap")) else {
            continue;
        };
        seen += 1;
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let page = read(folder.join("README.md"));
        let mut shown: Vec<&str> = blocks(&page, "text").into_iter().flat_map(str::lines).collect();
        let mut last = 0;
        for line in compared(&snapshot) {
            // The check's own note of what the function returned: the page shows the value in a line of its own.
            if let Some(value) = line.strip_prefix("returned: Ok(").and_then(|it| it.strip_suffix(')')) {
                if !page.contains(value) {
                    wrong.push(format!("{name}: README.md does not show {value}"));
                }
                continue;
            }
            let Some(place) = shown.iter().position(|it| is_same(it, &line)) else {
                wrong.push(format!("{name}: README.md does not show `{line}`"));
                continue;
            };
            // Where threads have names, their order is not promised.
            if place < last && !snapshot.contains("(name)") {
                wrong.push(format!("{name}: README.md shows `{line}` in another place"));
            }
            shown.remove(place);
            last = place;
        }
        // The rest is `main`'s own.
        if shown.len() > 2 {
            wrong.push(format!("{name}: README.md shows more than is checked: {shown:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    assert!(seen > 10, "only {seen} documented runs");
}
