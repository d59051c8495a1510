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

/// The key behind each id.
fn keys(workbook: &Workbook, out: &str) -> BTreeMap<String, String> {
    let people: serde_json::Value =
        serde_json::from_str(&workbook.read(&format!("{out}/people.json"))).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let members =
        people["people"].as_array().unwrap().iter().flat_map(|it| it["members"].as_array().unwrap());
    members.map(|member| (text(&member["id"]), text(&member["key"]))).collect()
}

/// `marks.csv` by key: state, raw, penalty, final, max, late, free, reason.
fn marks(workbook: &Workbook, out: &str) -> BTreeMap<String, Vec<String>> {
    let (keys, text) = (keys(workbook, out), workbook.read(&format!("{out}/marks.csv")));
    let rows = text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    rows.map(|row| (keys[&row[0]].clone(), row[4..].to_vec())).collect()
}

#[test]
fn a_class_gets_its_marks_and_each_row_its_reason() {
    let workbook = class();
    workbook.checker(&format!("{GRADE} out")).run().exits(0).shows("5 judged now").shows("1 not handed in");
    let marks = marks(&workbook, "out");
    let of = |who: &str| marks[who].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(of("ann")[..5], ["marked", "10.00", "0.00", "10.00", "10.00"]);
    assert_eq!(of("ben")[..5], ["marked", "4.00", "0.00", "4.00", "10.00"]);
    assert!(of("ben")[7].contains("clause 2 broken (deadlock)"), "{marks:#?}");
    assert!(of("cleo")[7].contains("does-not-compile") && of("cleo")[3] == "0.00", "{marks:#?}");
    assert!(of("dora")[7].contains("forbidden") && of("dora")[3] == "0.00", "{marks:#?}");
    assert_eq!(of("emil")[..4], ["not-submitted", "", "", ""]);
}

#[test]
fn names_and_keys_are_in_one_file_alone() {
    let workbook = class();
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    for (name, bytes) in tree(&workbook.path("out")) {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let told = ["ann", "cleo", "dora"]
            .iter()
            .any(|key| text.split(|c: char| !c.is_alphanumeric()).any(|it| it == *key));
        assert_eq!(told, name == "people.json", "{name}");
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

/// The class of five with everything set by a policy, judged into `out`.
fn late_class(policy: &str, submitted: &str) -> Workbook {
    let workbook = class();
    let week = workbook.read("week.toml");
    workbook.write("week.toml", format!("{policy}\n{week}"));
    workbook.write("submitted.csv", format!("key,submitted\n{submitted}"));
    workbook.checker(&format!("{GRADE} out --submitted submitted.csv")).run().exits(0);
    workbook
}

#[test]
fn lateness_is_by_the_moment_and_an_extension_is_for_one_person() {
    let workbook = late_class(
        "late = { due = \"2026-03-01T23:59\", zone = \"Europe/Berlin\", penalty = \"10%\" }",
        "ann,2026-03-03T12:00:00+01:00\nben,2026-03-03T12:00:00+01:00\n",
    );
    let of = |who: &str| marks(&workbook, "out")[who].clone();
    assert_eq!(of("ann")[1..6], ["10.00", "2.00", "8.00", "10.00", "2"]);
    assert_eq!(of("ben")[1..6], ["4.00", "0.80", "3.20", "10.00", "2"]);
    assert!(of("cleo")[7].contains("not known whether it was late"));
    workbook.write("more-time.csv", "key,hours,due,excused\nann,24,,\nben,,2026-03-04T12:00,\ncleo,,,yes\n");
    workbook.checker("grade marks --out out --extensions more-time.csv").run().exits(0);
    let of = |who: &str| marks(&workbook, "out")[who].clone();
    assert_eq!(of("ann")[1..6], ["10.00", "1.00", "9.00", "10.00", "1"]);
    assert_eq!(of("ben")[1..4], ["4.00", "0.00", "4.00"]);
    assert_eq!(of("cleo")[..4], ["excused", "", "", ""]);
    // They are kept with the grading, and pages say the same.
    workbook.checker("grade marks --out out").run().exits(0);
    assert_eq!(marks(&workbook, "out")["ann"][3], "9.00");
}

#[test]
fn an_extension_for_nobody_and_a_column_that_means_nothing_are_named() {
    let workbook = class();
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    let refused = |text: &str, why: &str| {
        workbook.write("more-time.csv", text);
        workbook.checker("grade marks --out out --extensions more-time.csv").run().exits(2).complains(why);
    };
    refused("key,hours\nzoe,24\n", "`zoe` has no submission");
    refused("key,hors\nann,24\n", "`hors` is no column");
    refused("key,excused\nann,perhaps\n", "`perhaps`");
    refused("key,hours\nann,24\nann,48\n", "`ann` is there twice");
    refused("key,due\nann,tomorrow\n", "no `[late]`");
}

#[test]
fn late_days_are_spent_over_the_course() {
    let policy = "late = { due = \"2026-03-01T12:00:00Z\", penalty = \"1\", budget = 3 }";
    let workbook = late_class(policy, "ann,2026-03-03T11:00:00Z\n");
    assert_eq!(marks(&workbook, "out")["ann"][1..7], ["10.00", "0.00", "10.00", "10.00", "2", "2"]);
    // In the next week one of the three is left.
    workbook.checker(&format!("{GRADE} next --submitted submitted.csv --earlier out")).run().exits(0);
    assert_eq!(marks(&workbook, "next")["ann"][1..7], ["10.00", "1.00", "9.00", "10.00", "2", "1"]);
}

#[test]
fn a_group_is_judged_once_and_each_member_has_a_row_and_an_extension_of_their_own() {
    let workbook = class();
    workbook.write(
        "roster.csv",
        "key,name,group\nann,Ann,red\nben,Ben,\ncleo,Cleo,red\ndora,Dora,\nemil,Emil,blue\nfay,Fay,blue\n",
    );
    std::fs::remove_dir_all(workbook.path("class/cleo")).unwrap();
    workbook.checker(&format!("{GRADE} out")).run().exits(0).shows("4 judged now").shows("1 not handed in");
    let of = |who: &str| marks(&workbook, "out")[who].clone();
    assert_eq!((of("ann")[3].as_str(), of("cleo")[3].as_str()), ("10.00", "10.00"));
    assert_eq!((of("emil")[0].as_str(), of("fay")[0].as_str()), ("not-submitted", "not-submitted"));
    workbook.write("more-time.csv", "key,excused\ncleo,yes\n");
    workbook.checker("grade marks --out out --extensions more-time.csv").run().exits(0);
    let of = |who: &str| marks(&workbook, "out")[who].clone();
    assert_eq!((of("ann")[0].as_str(), of("cleo")[0].as_str()), ("marked", "excused"));
}

#[test]
fn two_members_who_hand_in_different_programs_are_for_a_person_to_look_at() {
    let workbook = class();
    workbook.write(
        "roster.csv",
        "key,name,group\nann,Ann,red\nben,Ben,red\ncleo,Cleo,\ndora,Dora,\nemil,Emil,\n",
    );
    let plan = "grade plan class --roster roster.csv --assignment week.toml --out";
    workbook.checker(&format!("{plan} out")).run().exits(0).shows("handed in different programs");
    workbook.write("submitted.csv", "key,submitted\nann,2026-03-01T12:00:00Z\nben,2026-03-01T11:00:00Z\n");
    workbook.checker(&format!("{plan} other --submitted submitted.csv")).run().exits(0).shows("0 to look at");
    workbook.checker("grade run --sandbox none --out other").run().exits(0);
    workbook.checker("grade marks --out other").run().exits(0);
    assert_eq!(marks(&workbook, "other")["ben"][3], "10.00", "Ann's was the last");
}

#[test]
fn attempts_are_kept_apart_and_the_policy_picks_one() {
    let workbook = class();
    workbook.write("class/fay/attempt-1/greet/src/lib.rs", program(RIGHT));
    workbook.write("class/fay/attempt-2/greet/src/lib.rs", program(WAITS));
    workbook.checker(&format!("{GRADE} out")).run().exits(0).shows("6 judged now");
    assert_eq!(marks(&workbook, "out")["fay"][3], "4.00", "the latest");
    let week = workbook.read("week.toml");
    workbook.write("best.toml", format!("pick = \"best\"\n{week}"));
    let best = "grade marks --out out --assignment best.toml";
    workbook.checker(best).run().exits(2).complains("`cargo checker grade run` judges it");
    workbook.checker("grade run --out out --sandbox none").run().exits(0).shows("1 judged now");
    workbook.checker("grade marks --out out").run().exits(0);
    assert_eq!(marks(&workbook, "out")["fay"][3], "10.00", "the best");
    // What is handed in later is an attempt too, and what is handed in again is none.
    workbook.write("class/ben/greet/src/lib.rs", program(RIGHT));
    let again = "grade plan class --roster roster.csv --out out";
    workbook.checker(again).run().exits(0).shows("8 submissions");
    workbook.checker(again).run().exits(0).shows("8 submissions");
}

#[test]
fn a_mark_set_by_hand_stays_and_can_be_taken_away() {
    let workbook = class();
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    let set = |rest: &str| {
        let mut words: Vec<String> = "grade set ben greet".split(' ').map(str::to_owned).collect();
        words.extend(rest.split(' ').map(str::to_owned));
        workbook.checker(&words.join(" ")).run()
    };
    set("7.5 --reason oral --out out").exits(0).shows("7.50");
    assert_eq!(marks(&workbook, "out")["ben"][..4], ["by-hand", "4.00", "0.00", "7.50"]);
    workbook.checker("grade marks --out out").run().exits(0);
    assert_eq!(marks(&workbook, "out")["ben"][3], "7.50");
    set("11 --reason oral --out out").exits(2).complains("greet is worth 10");
    set("7.5 --out out").exits(2).complains("--reason");
    set("--clear --out out").exits(0).shows("4.00");
    assert_eq!(marks(&workbook, "out")["ben"][0], "marked");
}

#[test]
fn a_request_is_noted_answered_and_shown_beside_the_verdict() {
    let workbook = class();
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    workbook.checker("grade requests --out out").run().exits(0).shows("nobody has asked");
    workbook.checker("grade request ben greet --reason unfair --out out").run().exits(0).shows("request 1");
    workbook
        .checker("grade request ben greet --reason again --out out")
        .run()
        .exits(2)
        .complains("still open");
    workbook.checker("grade answer 1 decline seed-7-shows-it --out out").run().exits(0).shows("declined");
    workbook.checker("grade answer 2 decline no --out out").run().exits(2).complains("no request 2");
    workbook.checker("grade show ben --out out").run().exits(0).shows("unfair").shows("seed-7-shows-it");
    workbook.checker("grade report --out out").run().exits(0);
    let asked: Vec<String> = tree(&workbook.path("out/pages/learners"))
        .into_iter()
        .filter(|(_, page)| String::from_utf8_lossy(page).contains("seed-7-shows-it"))
        .map(|(name, _)| name.trim_end_matches(".html").to_owned())
        .collect();
    assert_eq!(asked.iter().map(|id| keys(&workbook, "out")[id].clone()).collect::<Vec<_>>(), ["ben"]);
    assert!(workbook.read("out/pages/index.html").contains("Requests: 1"));
}

#[test]
fn a_regrade_shows_who_goes_up_and_down_before_it_changes_anything() {
    let workbook = class();
    workbook.write("class/fay/greet/src/lib.rs", program(WAITS));
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    workbook.checker("grade set fay greet 9 --reason oral --out out").run().exits(0);
    let before = tree(&workbook.path("out"));
    // The second check becomes one that nobody fails, and the first one that Ann does.
    let checks = "exercises/01-greeting/greet/tests/checks.rs";
    let text = workbook.read(checks);
    let text = text.replace(
        "let kind = greet::at(name);",
        "let kind = if name == \"never_waits\" { \"pass\" } else { first(greet::at(name)) };",
    );
    let first = "\nfn first(kind: &'static str) -> &'static str { if greet::at(\"\") == \"\" { \"race\" } else { kind } }\n";
    workbook.write(checks, text + first);
    workbook
        .checker("grade run --out out --sandbox none")
        .run()
        .exits(0)
        .shows("0 judged now")
        .complains("were made by other checks");
    let solution = "solutions/01-greeting/greet/src/lib.rs";
    workbook.write(solution, program("if check == \"\" { \"x\" } else { \"pass\" }"));
    for wrong in fs::read_dir(workbook.path("solutions/01-greeting/greet/rejected")).unwrap() {
        fs::write(
            wrong.unwrap().path(),
            "//! breaks: clause 1 · finding: race\n".to_owned()
                + &program("if check == \"greets_all\" { \"race\" } else { \"pass\" }"),
        )
        .unwrap();
    }
    let shown = workbook.checker("grade regrade --out out --sandbox none").run().exits(0);
    let shown = shown.shows("up: 1, down: 1").shows("set by hand, so the mark stays: 1");
    shown.shows("clause 2: deadlock (never_waits) → kept").shows("clause 1: kept → race (greets_all)");
    let after = tree(&workbook.path("out"));
    for (name, bytes) in &before {
        assert!(after.get(name) == Some(bytes), "{name} has changed before anybody applied it");
    }
    workbook.checker("grade regrade --out out --apply").run().exits(0);
    let of = |who: &str| marks(&workbook, "out")[who].clone();
    assert_eq!(
        (of("ann")[3].as_str(), of("ben")[3].as_str(), of("fay")[3].as_str()),
        ("6.00", "10.00", "9.00")
    );
    let kept = tree(&workbook.path("out/history/1"));
    assert!(kept["marks.csv"] == before["marks.csv"], "the old marks are kept");
    workbook.checker("grade regrade --out out --apply").run().exits(2).complains("no regrading to apply");
}

#[test]
fn a_regrade_that_can_not_decide_leaves_the_old_mark() {
    let workbook = class();
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    let checks = "exercises/01-greeting/greet/tests/checks.rs";
    let text = workbook.read(checks).replace("let kind = greet::at(name);", "let kind = match greet::at(name) { \"pass\" if greet::at(\"\") == \"\" => \"undecided\", kind => kind };");
    workbook.write(checks, text);
    let solution = "solutions/01-greeting/greet/src/lib.rs";
    workbook.write(solution, program("if check == \"\" { \"x\" } else { \"pass\" }"));
    workbook
        .checker("grade regrade --out out --sandbox none")
        .run()
        .exits(1)
        .shows("the old verdict stays: 1")
        .shows("1 undecided");
    workbook.checker("grade regrade --out out --apply").run().exits(0);
    assert_eq!(marks(&workbook, "out")["ann"][3], "10.00");
}

#[test]
fn a_machine_that_judges_wrongly_judges_nothing() {
    let workbook = class();
    workbook.write("solutions/01-greeting/greet/src/lib.rs", program(WAITS));
    workbook
        .checker(&format!("{GRADE} out"))
        .run()
        .exits(3)
        .complains("should get `passed` and got `failed`");
    assert!(!workbook.path("out/verdicts").exists());
    workbook.write("solutions/01-greeting/greet/src/lib.rs", program(RIGHT));
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
}

#[test]
fn a_policy_that_means_nothing_is_refused_before_anything_is_judged() {
    let workbook = class();
    let week = workbook.read("week.toml");
    for (line, why) in [
        ("late = { due = \"2026-03-01T12:00:00Z\", penalty = \"ten\" }", "`ten` is no penalty"),
        ("late = { due = \"soon\" }", "`soon` is no moment"),
        ("pick = \"worst\"", "worst"),
        ("shows = { hidden-checks = [\"greet::no_such\"] }", "no such check"),
    ] {
        workbook.write("week.toml", format!("{line}\n{week}"));
        workbook.checker(&format!("{GRADE} out")).run().exits(2).complains(why);
    }
    assert!(!workbook.path("out").exists());
}
