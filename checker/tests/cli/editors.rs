//! What an editor reads: a line for each finding.

use crate::workbook::Workbook;

#[test]
fn each_finding_is_a_line_with_its_place() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"if check == "never_waits" { "deadlock" } else { "pass" }"#);
    let ended = workbook.checker("run greet --format short").run().exits(1);
    let lines: Vec<String> = ended.stdout().lines().map(str::to_owned).collect();
    let first = lines.first().expect("there is a finding");
    assert!(first.starts_with("exercises/01-greeting/greet/src/lib.rs:"), "{first}");
    assert!(first.contains(":1: error: deadlock: clause 2: "), "{first}");
    workbook.learner_writes("greet", "1");
    let ended = workbook.checker("run greet --format short").run().exits(1);
    ended.shows("exercises/01-greeting/greet/src/lib.rs:4:5: error[E0308]: mismatched types");
    workbook.learner_writes("greet", r#"if check.is_empty() { "" } else { "pass" }"#);
    assert_eq!(workbook.checker("run greet --format short").run().exits(0).stdout(), "");
}
