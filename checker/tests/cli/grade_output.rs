//! What comes out of a grading: sheets, JUnit, pages, folders for other tools.

use super::class::{GRADE, OPEN, RIGHT, WAITS, class, keys, program, tree};
use super::workbook::Workbook;
#[cfg(unix)]
use walkdir::WalkDir;

/// The page of one person.
fn page(workbook: &Workbook, who: &str) -> String {
    let keys = keys(workbook, "out");
    let (id, _) = keys.iter().find(|(_, key)| *key == who).unwrap();
    workbook.read(&format!("out/pages/learners/{id}.html"))
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
fn junit_is_read_back_with_its_counts_and_no_case_twice() {
    let workbook = class();
    workbook.write("class/fay/greet/src/lib.rs", program(OPEN));
    // What a learner can write into a message.
    workbook.write("class/gil/greet/src/lib.rs", "pub fn at() { \"]]></failure>\u{1b}[2J\" ");
    workbook.checker(&format!("{GRADE} out")).run().exits(1);
    workbook.checker("grade export junit --out out").run().exits(0);
    let text = workbook.read("out/junit/greet.xml");
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for suite in &report.test_suites {
        assert_eq!(suite.tests, suite.test_cases.len(), "{}", suite.name.as_str());
        for case in &suite.test_cases {
            // GitLab takes the first of two cases with one class and name.
            let class = case.classname.as_ref().expect("GitLab shows the class as the suite").as_str();
            assert!(seen.insert((class.to_owned(), case.name.as_str().to_owned())), "{class} twice");
            let text = match &case.status {
                quick_junit::TestCaseStatus::NonSuccess { description, .. } => description.as_ref(),
                _ => continue,
            };
            assert!(
                text.is_some_and(|text| !text.as_str().is_empty()),
                "GitLab shows the body, and there is none"
            );
        }
    }
    assert_eq!((report.tests, report.failures, report.errors), (seen.len(), 4, 1), "{text}");
}

#[test]
fn each_line_of_the_results_has_the_fields_that_are_documented() {
    let workbook = class();
    workbook.write("class/fay/greet/src/lib.rs", program(OPEN));
    workbook.checker(&format!("{GRADE} out")).run().exits(1);
    let mut states = std::collections::BTreeSet::new();
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for line in workbook.read("out/results.jsonl").lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let top = ["attempt", "checks", "exercise", "id", "made_by", "outcome", "version"];
        assert_eq!(keys(&record), top);
        let made = ["base", "checks", "limits", "program", "release", "sandbox", "toolchain"];
        assert_eq!(keys(&record["made_by"]), made);
        let state = record["outcome"]["state"].as_str().unwrap();
        let (more, has_checks): (&[&str], bool) = match state {
            "judged" => (&["clauses", "state"], true),
            "refused" => (&["finding", "state"], false),
            "undecided" => (&["reason", "state"], true),
            "not-submitted" => (&["state"], false),
            other => panic!("{other} is not documented"),
        };
        assert_eq!(keys(&record["outcome"]), more);
        assert_eq!(record["checks"].as_array().unwrap().is_empty(), !has_checks, "{line}");
        assert_eq!(record["made_by"]["program"].is_null(), state == "not-submitted");
        states.insert(state.to_owned());
    }
    assert_eq!(states.len(), 4, "{states:?}");
    let documented = include_str!("../../../CONTRIBUTING.md");
    let all = states.iter().all(|state| documented.contains(&format!("`{state}`")));
    assert!(all, "CONTRIBUTING.md does not name all of {states:?}");
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

#[test]
fn a_learner_sees_what_the_assignment_allows_and_nothing_else() {
    let workbook = class();
    let week = workbook.read("week.toml");
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    let seen = |shows: &str| {
        workbook.write("week.toml", format!("{shows}\n{week}"));
        workbook.checker("grade report --out out --assignment week.toml").run().exits(0);
        let page = page(&workbook, "ben");
        let has = |text: &str| page.contains(text);
        let clauses = has("broken: deadlock");
        [clauses, has("nobody is left to send"), has("guests = 2"), has("<svg"), has("--seed 7")]
    };
    assert_eq!(seen(""), [true, true, true, true, true]);
    assert_eq!(seen("shows = { learners = [\"clauses\"] }"), [true, false, false, false, false]);
    assert_eq!(seen("shows = { learners = [\"seed\"] }"), [false, false, false, false, true]);
    assert_eq!(
        seen("shows = { hidden-checks = [\"greet::never_waits\"] }"),
        [true, false, false, false, false]
    );
    // Nobody else's page has anything of Ben's, and nobody can read one but the owner.
    assert!(!page(&workbook, "ann").contains("nobody is left to send"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for entry in WalkDir::new(workbook.path("out/pages")).into_iter().map(Result::unwrap) {
            let mode = entry.metadata().unwrap().permissions().mode();
            assert!(entry.file_type().is_dir() || mode & 0o777 == 0o600, "{}", entry.path().display());
        }
    }
}

#[test]
fn a_page_names_no_place_of_this_machine_and_of_our_checks() {
    let workbook = class();
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    let root = workbook.path("").display().to_string();
    for (name, bytes) in tree(&workbook.path("out/pages/learners")) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(
            !text.contains(root.trim_end_matches('/')) && !text.contains("tests/checks.rs"),
            "{name}: {text}"
        );
    }
}

#[cfg(unix)]
#[test]
fn the_instructors_page_is_opened_by_what_the_system_opens_pages_with() {
    let workbook = class();
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    let opened = workbook.checker("grade report --out out --open").env("BROWSER", "echo").run().exits(0);
    opened.shows("wrote out/pages/index.html");
    workbook
        .checker("grade report --out out --open")
        .env("BROWSER", "no-such-browser")
        .run()
        .exits(2)
        .complains("could not open a browser");
}

#[test]
fn programs_that_look_alike_are_named_and_laid_out_for_other_tools() {
    let workbook = class();
    workbook.write("class/fay/greet/src/lib.rs", format!("// Mine.\n{}", program(WAITS)));
    workbook.write("class/gil/greet/src/lib.rs", workbook.read("solutions/01-greeting/greet/src/lib.rs"));
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    let export = workbook.checker("grade export similarity --out out").run().exits(0);
    export.shows("java -jar jplag.jar -l rust -bc out/similarity/greet/stub out/similarity/greet/programs");
    let table = workbook.read("out/similar.csv");
    assert!(table.contains("solutions/01-greeting/greet/src/lib.rs,1.00,true"), "{table}");
    let info = workbook.read("out/similarity/greet/info.csv");
    for row in info.lines().skip(1) {
        let file = row.split(',').next().unwrap();
        assert!(workbook.path(&format!("out/similarity/greet/{file}")).is_file(), "{file}");
    }
    assert_eq!(info.lines().count(), 7, "{info}");
}
