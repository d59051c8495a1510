//! Grading: a class goes in, verdicts, marks, sheets and pages come out, the same bytes whatever happens meanwhile.

use super::workbook::Workbook;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use walkdir::WalkDir;

const RIGHT: &str = r#"if check.is_empty() { "" } else { "pass" }"#;
const WAITS: &str = r#"if check == "never_waits" { "deadlock" } else { "pass" }"#;
const OPEN: &str = r#"if check == "never_waits" { "undecided" } else { "pass" }"#;

fn program(body: &str) -> String {
    format!("//! Greetings.\n\npub fn at(check: &str) -> &'static str {{\n    {body}\n}}\n")
}

/// A class of five: right, waiting for ever, not Rust, `unsafe`, and one of whom nothing came.
fn class() -> Workbook {
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

const GRADE: &str = "grade class --roster roster.csv --assignment week.toml --sandbox none --out";

/// Every file below `folder` with its bytes.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files =
        WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).unwrap().display().to_string();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// `marks.csv` by member, without the id.
fn marks(workbook: &Workbook, out: &str) -> BTreeMap<String, Vec<String>> {
    let text = workbook.read(&format!("{out}/marks.csv"));
    let rows = text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    rows.map(|row| (row[1].clone(), row[3..].to_vec())).collect()
}

#[test]
fn a_class_gets_its_marks_and_each_row_its_reason() {
    let workbook = class();
    workbook.checker(&format!("{GRADE} out")).run().exits(0).shows("5 judged now").shows("1 not handed in");
    let marks = marks(&workbook, "out");
    let of = |who: &str| marks[who].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(of("ann")[..5], ["marked", "10.00", "0.00", "10.00", "10.00"]);
    assert_eq!(of("ben")[..5], ["marked", "4.00", "0.00", "4.00", "10.00"]);
    assert!(of("ben")[5].contains("clause 2 broken (deadlock)"), "{marks:#?}");
    assert!(of("cleo")[5].contains("does-not-compile") && of("cleo")[3] == "0.00", "{marks:#?}");
    assert!(of("dora")[5].contains("forbidden") && of("dora")[3] == "0.00", "{marks:#?}");
    assert_eq!(of("emil")[..4], ["not-submitted", "", "", ""]);
}

#[test]
fn names_and_keys_are_in_one_file_and_in_the_table_of_marks_alone() {
    let workbook = class();
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    for (name, bytes) in tree(&workbook.path("out")) {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let told = ["ann", "cleo", "dora"]
            .iter()
            .any(|key| text.split(|c: char| !c.is_alphanumeric()).any(|it| it == *key));
        assert_eq!(told, ["people.json", "marks.csv"].contains(&name.as_str()), "{name}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(workbook.path("out/people.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn the_same_class_gives_the_same_bytes_and_is_judged_once() {
    let workbook = class();
    let before = tree(&workbook.path("class"));
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    workbook.checker(&format!("{GRADE} other")).run().exits(0);
    assert!(tree(&workbook.path("out")) == tree(&workbook.path("other")), "two runs differ");
    workbook.checker(&format!("{GRADE} out")).run().exits(0).shows("0 judged now, 5 kept from before");
    // What was interrupted is gone on with: a record that is missing, or cut short.
    let record = WalkDir::new(workbook.path("out/verdicts")).into_iter().map(Result::unwrap);
    let records: Vec<_> = record.filter(|entry| entry.file_type().is_file()).collect();
    fs::remove_file(records[0].path()).unwrap();
    fs::write(records[1].path(), "{\"version\":1,").unwrap();
    workbook.checker(&format!("{GRADE} out")).run().exits(0).shows("2 judged now, 3 kept from before");
    assert!(tree(&workbook.path("out")) == tree(&workbook.path("other")), "going on gives something else");
    assert!(before == tree(&workbook.path("class")), "what was handed in has changed");
}

#[test]
fn what_is_undecided_has_no_mark_and_is_judged_again() {
    let workbook = class();
    workbook.write("class/fay/greet/src/lib.rs", program(OPEN));
    workbook.checker(&format!("{GRADE} out")).run().exits(1).shows("1 undecided");
    assert_eq!(marks(&workbook, "out")["fay"][..4], ["undecided", "", "", ""]);
    workbook.checker(&format!("{GRADE} out")).run().exits(1).shows("1 judged now");
}

#[cfg(not(target_os = "linux"))]
#[test]
fn where_nothing_can_be_jailed_nothing_is_run_before_somebody_says_that_it_may_be() {
    let workbook = class();
    workbook.checker("grade class --out out").run().exits(3).complains("--sandbox none");
    assert!(!workbook.path("out").exists());
}

#[test]
fn a_bare_file_of_an_unclear_exercise_is_refused_by_name() {
    let workbook = class();
    workbook.write("class/gus/lib.rs", program(RIGHT));
    let plan = "grade plan class --out out";
    workbook.checker(plan).run().exits(0).shows("which exercise is it?");
    // With one exercise it is clear.
    workbook
        .checker("grade plan class --assignment week.toml --out one")
        .run()
        .exits(0)
        .shows("0 to look at");
}

#[test]
fn canvas_gets_its_own_sheet_back_with_marks_by_id() {
    let workbook = class();
    for (who, text) in [("beispiela_1001_7_lib.rs", RIGHT), ("musterb_LATE_1002_8_lib.rs", WAITS)] {
        workbook.write(&format!("canvas/{who}"), program(text));
    }
    workbook.checker("grade canvas --assignment week.toml --sandbox none --out out").run().exits(0);
    let sheet = "Student,ID,SIS Login ID,Section,Week 1 (12)\n    Points Possible,,,,10\n\
                 \"Beispiel, A\",1001,a,S1,\n\"Muster, B\",1002,b,S1,\n\"Third, C\",1003,c,S1,3.00\n";
    workbook.write("gradebook.csv", sheet);
    let export = "grade export canvas --out out --sheet gradebook.csv --column Week";
    workbook.checker(export).run().exits(0).shows("2 rows filled in");
    let wanted = sheet.replace("1001,a,S1,", "1001,a,S1,10.00").replace("1002,b,S1,", "1002,b,S1,4.00");
    assert_eq!(workbook.read("out/canvas.csv"), wanted);
    assert_eq!(workbook.read("gradebook.csv"), sheet);
}

#[test]
fn a_policy_changes_marks_without_running_anything() {
    let workbook = class();
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    workbook.write("half.toml", "[[exercise]]\nname = \"greet\"\npoints = 5.0\n");
    workbook.checker("grade marks --out out --assignment half.toml").run().exits(0);
    assert_eq!(marks(&workbook, "out")["ann"][3], "5.00");
    assert_eq!(marks(&workbook, "out")["ben"][3], "0.00", "all or nothing where there are no weights");
}

#[test]
fn weights_that_do_not_add_up_are_refused_before_anything_is_judged() {
    let workbook = class();
    workbook.write("week.toml", "[[exercise]]\nname = \"greet\"\nweights = { 1 = 4.0, 2 = 5.0 }\n");
    workbook.checker(&format!("{GRADE} out")).run().exits(2).complains("the weights add up to 9");
}

#[test]
fn junit_tells_wrong_from_undecided_and_from_not_handed_in() {
    let workbook = class();
    workbook.write("class/fay/greet/src/lib.rs", program(OPEN));
    workbook.checker(&format!("{GRADE} out")).run().exits(1);
    workbook.checker("grade export junit --out out").run().exits(0);
    let text = workbook.read("out/junit/greet.xml");
    let count = |what: &str| text.matches(what).count();
    assert_eq!((count("<failure"), count("<error"), count("<skipped")), (3, 1, 1), "{text}");
}

#[test]
fn a_page_tells_a_learner_what_happened_and_is_no_place_for_markup_of_theirs() {
    let workbook = class();
    workbook
        .write("class/hal/greet/src/lib.rs", "//! Greetings.\n\npub fn at() { <script>alert(1)</script> }\n");
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    let pages = tree(&workbook.path("out/pages/learners"));
    assert_eq!(pages.len(), 6);
    let text = pages.values().map(|page| String::from_utf8_lossy(page).into_owned()).collect::<String>();
    assert!(text.contains("cargo checker replay greet never_waits --seed 7"), "{text}");
    assert!(
        text.contains("&lt;script&gt;") && !text.contains("<script>"),
        "a learner's markup is on the page"
    );
    assert!(workbook.read("out/pages/index.html").contains("deadlock at clause 2"));
}
