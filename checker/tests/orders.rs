//! Programs that only their memory orders make wrong, each with a twin that is right: judged as learners' programs are.

mod judged;

use judged::{CHECK, check, checker, root};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A program for sum-of-squares, right but for what `main` does before it.
const FRAME: &str = r#"
pub fn sum_of_squares(n: u64) -> u64 {
    (0..n).map(|i| i * i).sum()
}

pub fn run<F, W>(tasks: &[u64], workers: usize, work: F, mut out: W) -> std::io::Result<u64>
where
    F: Fn(u64) -> u64 + Sync,
    W: std::io::Write + Send,
{
    assert!(workers > 0);
    main();
    let mut total = 0;
    for n in tasks {
        let partial = work(*n);
        writeln!(out, "n={n}: {partial}")?;
        total += partial;
    }
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}
"#;

/// The programs by their names: which line is the first of them in the source, and the file.
fn programs(folder: &Path) -> BTreeMap<String, PathBuf> {
    let all = fs::read_dir(root().join("checker/tests/orders")).expect("the programs are there");
    let program = |path: PathBuf| {
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("a program is text");
        let file = folder.join(format!("{name}.rs"));
        fs::write(&file, format!("{text}{FRAME}")).expect("the folder can be written");
        (name, file)
    };
    all.map(|entry| program(entry.expect("the programs can be listed").path())).collect()
}

#[test]
fn a_program_fails_by_its_orders_and_its_twin_passes() {
    let folder = tempfile::tempdir().expect("a folder for the programs");
    let mut pairs = [0, 0];
    for (name, file) in programs(folder.path()) {
        let check = check(&file);
        if name.ends_with("_right") {
            assert_eq!(check["status"], "passed", "{name}: {check:#}");
            pairs[0] += 1;
            continue;
        }
        let finding = &check["finding"];
        assert_eq!(finding["kind"], "stale-read", "{name}: {check:#}");
        let why = finding["why"].as_array().unwrap_or_else(|| panic!("{name}: {finding:#}"));
        let why: Vec<&str> = why.iter().map(|sentence| sentence.as_str().expect("a sentence")).collect();
        let has_been_tried = why.iter().any(|sentence| sentence.contains("It did not fail."));
        assert!(
            has_been_tried && why.last().is_some_and(|last| last.contains("Rust allows")),
            "{name}: {why:#?}"
        );
        let seed = finding["seed"].to_string();
        let replay = checker(&["replay", "sum-of-squares", CHECK, "--seed", &seed], &file);
        assert_eq!(replay["finding"]["message"], finding["message"], "{name}: {replay:#}");
        assert_eq!(replay["finding"]["why"], finding["why"], "{name}: {replay:#}");
        let events = replay["events"].as_array().unwrap_or_else(|| panic!("{name}: {replay:#}"));
        let is_marked =
            |sign| events.iter().any(|event| event["outcome"].as_str().is_some_and(|it| it.contains(sign)));
        assert!(is_marked("⇠ stale, not") && is_marked("⇢ missed"), "{name}: {replay:#}");
        pairs[1] += 1;
    }
    assert_eq!(pairs, [10, 10]);
}
