//! What comes out of a grading is held to the rules of its format, read back, and compared with the others.

use super::class::{OPEN, class, program, tree};
use super::workbook::Workbook;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A class in every state, with a learner who hands in what breaks tables and markup.
fn graded() -> Workbook {
    let workbook = class();
    workbook.write("class/fay/greet/src/lib.rs", program(OPEN));
    let nasty = "pub fn at() { \"]]></failure>\u{1b}[2J\"\n=HYPERLINK(1),\";\n::error::mine\n<b>&amp;\t\u{7}";
    workbook.write("class/gil/greet/src/lib.rs", nasty);
    workbook.write("more-time.csv", "key,excused\ndora,yes\n");
    let grade = "grade class --roster roster.csv --assignment week.toml --extensions more-time.csv";
    workbook.checker(&format!("{grade} --sandbox none --out out")).run().exits(1);
    workbook.checker("grade set ann greet 7.5 --reason =SUM(1) --out out").run().exits(0);
    workbook
}

fn results(workbook: &Workbook) -> Vec<Value> {
    let text = workbook.read("out/results.jsonl");
    assert!(text.ends_with('\n') && !text.contains('\r'), "each line has its end, and a plain one");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A number of points: two decimals, a point, and nothing that depends on a language.
fn points(cell: &str) -> Option<f64> {
    if cell.is_empty() {
        return None;
    }
    let (whole, cents) = cell.split_once('.').expect("two decimals");
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    assert!(digits(whole) && digits(cents) && cents.len() == 2, "{cell}");
    Some(cell.parse().unwrap())
}

fn is_digest(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[test]
fn each_record_has_the_shape_that_is_documented_and_there_is_one_for_each_program() {
    let workbook = graded();
    let people: Value = serde_json::from_str(&workbook.read("out/people.json")).unwrap();
    let mut seen = BTreeSet::new();
    for record in results(&workbook) {
        let place = (record["id"].clone(), record["attempt"].clone(), record["exercise"].clone());
        assert!(record["version"] == 2 && record["attempt"].as_u64() == Some(1), "{record}");
        assert!(seen.insert(format!("{place:?}")), "twice: {record}");
        assert!(is_digest(&record["made_by"]["checks"]), "{record}");
        let program = &record["made_by"]["program"];
        assert!(program.is_null() || is_digest(program), "{record}");
        for clause in record["outcome"]["clauses"].as_array().into_iter().flatten() {
            let mut fields: Vec<&str> = clause[1].as_object().unwrap().keys().map(String::as_str).collect();
            fields.sort_unstable();
            let wanted: &[&str] = match clause[1]["is"].as_str().unwrap() {
                "kept" => &["is"],
                "broken" => &["check", "is", "kind", "seed"],
                "not-reached" | "not-judged" => &["because", "is"],
                other => panic!("{other} is not documented"),
            };
            assert!(fields == wanted && clause[0].as_u64().is_some(), "{clause}");
        }
        for check in record["checks"].as_array().unwrap() {
            let status = check["status"].as_str().unwrap();
            assert!(["passed", "failed", "undecided", "not-reached"].contains(&status), "{check}");
            assert!(check["name"].is_string() && check["clause"].is_u64(), "{check}");
            let has_finding = !check["finding"].is_null();
            assert!(
                if status == "failed" { has_finding } else { status != "passed" || !has_finding },
                "{check}"
            );
            assert_eq!(check["duration_ms"], 0, "a record has no time");
        }
    }
    assert_eq!(seen.len(), people["people"].as_array().unwrap().len(), "one exercise, one record for each");
}

#[test]
fn marks_follow_their_rules_and_come_from_the_records() {
    let workbook = graded();
    let text = workbook.read("out/marks.csv");
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let columns = "id,submission,attempt,exercise,state,raw,penalty,final,max,late,free,reason";
    assert_eq!(table.headers().unwrap().iter().collect::<Vec<_>>().join(","), columns);
    let records: BTreeMap<String, Value> =
        results(&workbook).into_iter().map(|it| (it["id"].as_str().unwrap().to_owned(), it)).collect();
    let mut states = BTreeSet::new();
    for row in table.deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        for cell in row.values() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "a formula: {cell}");
            assert!(!cell.contains(char::is_control), "{cell:?}");
        }
        let (raw, penalty) = (points(&row["raw"]), points(&row["penalty"]));
        let (own, max) = (points(&row["final"]), points(&row["max"]).unwrap());
        let outcome = records[&row["submission"]]["outcome"]["state"].as_str().unwrap();
        let state = row["state"].as_str();
        match state {
            "marked" => {
                assert!(["judged", "refused"].contains(&outcome), "{row:?}");
                assert_eq!(own, Some(raw.unwrap() - penalty.unwrap()), "{row:?}");
            }
            "by-hand" => assert!(own == Some(7.5) && raw == Some(10.0), "{row:?}"),
            "not-submitted" | "undecided" => {
                assert!(outcome == state && (raw, penalty, own) == (None, None, None), "{row:?}");
            }
            "excused" => assert_eq!((raw, penalty, own), (None, None, None), "{row:?}"),
            other => panic!("{other} is no state of a mark"),
        }
        assert!(own.is_none_or(|own| (0.0..=max).contains(&own)), "{row:?}");
        states.insert(state.to_owned());
    }
    assert_eq!(states.len(), 5, "{states:?}");
}

#[test]
fn marks_come_out_again_of_the_results_alone() {
    let workbook = graded();
    let before = tree(&workbook.path("out"));
    std::fs::remove_dir_all(workbook.path("out/verdicts")).unwrap();
    workbook.checker("grade marks --out out").run().exits(2).complains("has no verdict");
    for record in results(&workbook) {
        let text = |field: &str| record[field].as_str().unwrap().to_owned();
        let name = format!("out/verdicts/{}/{}/{}.json", text("id"), record["attempt"], text("exercise"));
        workbook.write(&name, serde_json::to_string(&record).unwrap());
    }
    workbook.checker("grade marks --out out").run().exits(0);
    for name in ["marks.csv", "results.jsonl"] {
        assert!(before[name] == tree(&workbook.path("out"))[name], "{name} is not the same");
    }
}

#[test]
fn junit_says_of_each_submission_what_its_record_says() {
    let workbook = graded();
    workbook.checker("grade export junit --out out").run().exits(0);
    let text = workbook.read("out/junit/greet.xml");
    // More than a tenth of what GitLab takes would be a surprise.
    assert!(text.len() < 3_000_000 && !text.contains('\u{1b}') && !text.contains('\u{7}'));
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let mut told = BTreeMap::new();
    for suite in &report.test_suites {
        let mut worst = "passed";
        for case in &suite.test_cases {
            worst = match &case.status {
                quick_junit::TestCaseStatus::Success { .. } => worst,
                quick_junit::TestCaseStatus::Skipped { .. } => "skipped",
                quick_junit::TestCaseStatus::NonSuccess { kind, message, description, .. } => {
                    let line = message.as_ref().unwrap().as_str();
                    assert!(!line.contains('\n'), "one line: {line}");
                    // GitLab shows the body alone.
                    assert!(description.as_ref().unwrap().as_str().starts_with(line), "{line}");
                    if *kind == quick_junit::NonSuccessKind::Failure { "failure" } else { "error" }
                }
            };
        }
        told.insert(suite.name.as_str().to_owned(), worst);
    }
    for record in results(&workbook) {
        let outcome = &record["outcome"];
        let is_broken = |clause: &Value| clause[1]["is"] == "broken";
        let wanted = match outcome["state"].as_str().unwrap() {
            "judged" if outcome["clauses"].as_array().unwrap().iter().any(is_broken) => "failure",
            "judged" => "passed",
            "refused" => "failure",
            "undecided" => "error",
            _ => "skipped",
        };
        assert_eq!(told[&format!("greet.{}", record["id"].as_str().unwrap())], wanted, "{record}");
    }
}
