//! Grading by rules: due dates, extensions, late days, groups, attempts, weights.

use super::class::{GRADE, RIGHT, WAITS, class, marks, program};
use super::workbook::Workbook;

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
    refused("key,hors\nann,24\n", "`hors` is not a column");
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
fn a_policy_that_means_nothing_is_refused_before_anything_is_judged() {
    let workbook = class();
    let week = workbook.read("week.toml");
    for (line, why) in [
        ("late = { due = \"2026-03-01T12:00:00Z\", penalty = \"ten\" }", "`ten` is not a penalty"),
        ("late = { due = \"soon\" }", "`soon` is not a time"),
        ("pick = \"worst\"", "worst"),
        ("shows = { hidden-checks = [\"greet::no_such\"] }", "no such check"),
    ] {
        workbook.write("week.toml", format!("{line}\n{week}"));
        workbook.checker(&format!("{GRADE} out")).run().exits(2).complains(why);
    }
    assert!(!workbook.path("out").exists());
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
