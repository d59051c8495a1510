//! A made-up class for the tests of grading.

use super::workbook::Workbook;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use walkdir::WalkDir;

pub const RIGHT: &str = r#"if check.is_empty() { "" } else { "pass" }"#;
pub const WAITS: &str = r#"if check == "never_waits" { "deadlock" } else { "pass" }"#;
pub const OPEN: &str = r#"if check == "never_waits" { "undecided" } else { "pass" }"#;

pub fn program(body: &str) -> String {
    format!("//! Greetings.\n\npub fn at(check: &str) -> &'static str {{\n    {body}\n}}\n")
}

/// A class of five: right, waiting for ever, not Rust, `unsafe`, and one of whom nothing came.
pub fn class() -> Workbook {
    let workbook = Workbook::new();
    let hand_in = |who: &str, text: &str| workbook.write(&format!("class/{who}/greet/src/lib.rs"), text);
    hand_in("ann", &program(RIGHT));
    hand_in("ben", &program(WAITS));
    hand_in("cleo", "//! Greetings.\n\npub fn at(");
    hand_in("dora", &program("unsafe { std::mem::zeroed() }"));
    workbook.write("roster.csv", "key,name,group\nann,Ann,\nben,Ben,\ncleo,Cleo,\ndora,Dora,\nemil,Emil,\n");
    workbook.write(
        "week.toml",
        "title = \"Week 1\"\n[[exercise]]\nname = \"greet\"\nweights = { 1 = 4.0, 2 = 6.0 }\n",
    );
    workbook
}

pub const GRADE: &str = "grade class --roster roster.csv --assignment week.toml --sandbox none --out";

/// Every file below `folder` with its bytes.
pub fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files =
        WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).unwrap().display().to_string();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// The key behind each id.
pub fn keys(workbook: &Workbook, out: &str) -> BTreeMap<String, String> {
    let people: serde_json::Value =
        serde_json::from_str(&workbook.read(&format!("{out}/people.json"))).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let members =
        people["people"].as_array().unwrap().iter().flat_map(|it| it["members"].as_array().unwrap());
    members.map(|member| (text(&member["id"]), text(&member["key"]))).collect()
}

/// `marks.csv` by key: state, raw, penalty, final, max, late, free, reason.
pub fn marks(workbook: &Workbook, out: &str) -> BTreeMap<String, Vec<String>> {
    let (keys, text) = (keys(workbook, out), workbook.read(&format!("{out}/marks.csv")));
    let rows = text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    rows.map(|row| (keys[&row[0]].clone(), row[4..].to_vec())).collect()
}
