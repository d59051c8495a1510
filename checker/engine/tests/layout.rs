//! The order of the engine's files, and what each may know.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Each imports only from those before it. A file in a folder belongs to the file that the folder is named after.
const ORDER: [&str; 24] = [
    "rng",
    "library",
    "counts",
    "stack",
    "task",
    "memory",
    "footprint",
    "history",
    "enumeration",
    "script",
    "strategy",
    "report",
    "trace",
    "heap",
    "execution",
    "switch",
    "panics",
    "operations",
    "atomics",
    "local_slot",
    "interposed",
    "interrupted",
    "explain",
    "run",
];

fn sources() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = BTreeMap::new();
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("the sources can be read") {
            let path = entry.expect("the sources can be read").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = path.strip_prefix(&folder).expect("it is in there").with_extension("");
            let first = inside.iter().next().expect("a file has a name").to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).expect("a source is text");
            sources.entry(first).or_insert_with(String::new).push_str(&text);
        }
    }
    sources.remove("lib");
    sources
}

/// The modules of this crate that a source names.
fn imports(source: &str) -> impl Iterator<Item = &str> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default())
}

#[test]
fn imports_run_one_way() {
    let sources = sources();
    let place = |name: &str| ORDER.iter().position(|file| *file == name);
    for (file, source) in &sources {
        let own = place(file).unwrap_or_else(|| panic!("`{file}` has no place in the order"));
        for import in imports(source).filter(|import| import != file) {
            let other =
                place(import).unwrap_or_else(|| panic!("{file} names crate::{import}, which is no file"));
            assert!(other < own, "{file} imports from {import}, which comes after it");
        }
    }
    assert_eq!(sources.len(), ORDER.len());
}

#[test]
fn only_one_file_knows_coroutines() {
    let knows = |(_, source): &(&String, &String)| source.lines().any(|line| line.contains("corosensei"));
    let files: Vec<String> = sources().iter().filter(knows).map(|(file, _)| file.clone()).collect();
    assert_eq!(files, ["switch"]);
}

/// What stands in `with(…)` decides: it must not switch, or a reference into the execution would be alive meanwhile.
#[test]
fn a_switch_is_in_two_places() {
    let calls = |source: &String| source.matches("switch()").count();
    let counts: Vec<(String, usize)> = sources()
        .iter()
        .map(|(file, source)| (file.clone(), calls(source)))
        .filter(|(_, n)| *n > 0)
        .collect();
    // Its definition, and the two of a `Turn` that is taken.
    assert_eq!(counts, [("switch".to_owned(), 3)]);
}
