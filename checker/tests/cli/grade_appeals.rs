//! What comes after the marks: requests, marks set by hand, grading again.

use super::class::{GRADE, WAITS, class, keys, marks, program, tree};
use std::fs;

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
    workbook.checker("grade requests --out out").run().exits(0).shows("there are no requests");
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
fn an_archive_gives_the_same_bytes_again_and_says_what_would_not() {
    let workbook = class();
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    workbook.checker("grade archive week-1.zip --out out").run().exits(0).shows("with keys and names");
    workbook.checker("grade archive again.zip --out out").run().exits(0);
    assert!(fs::read(workbook.path("week-1.zip")).unwrap() == fs::read(workbook.path("again.zip")).unwrap());
    // Whatever has become of the course since: the archive has its own.
    workbook.write("exercises/01-greeting/greet/tests/checks.rs", "");
    workbook
        .checker("grade verify week-1.zip --sandbox none")
        .run()
        .exits(0)
        .shows("with the same bytes: 5")
        .shows("with another verdict: 0");
    // What was tampered with is found before anything is judged.
    let tampered = fs::read(workbook.path("week-1.zip")).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(tampered)).unwrap();
    let mut new = zip::ZipWriter::new(fs::File::create(workbook.path("tampered.zip")).unwrap());
    for index in 0..zip.len() {
        let mut member = zip.by_index(index).unwrap();
        let (mut bytes, name) = (Vec::new(), member.name().unwrap().into_owned());
        std::io::Read::read_to_end(&mut member, &mut bytes).unwrap();
        if name.ends_with("marks.csv") {
            bytes = String::from_utf8(bytes).unwrap().replace("4.00", "9.00").into_bytes();
        }
        new.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut new, &bytes).unwrap();
    }
    new.finish().unwrap();
    let tampered = workbook.checker("grade verify tampered.zip --sandbox none").run();
    tampered.exits(2).complains("grading/marks.csv has changed since it was archived");
}

#[test]
fn an_archive_without_people_names_nobody_and_gives_the_same_marks() {
    let workbook = class();
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    workbook.checker("grade export class --out out").run().exits(0).shows("which contains names");
    workbook
        .checker("grade archive week-1.zip --without-people --out out")
        .run()
        .exits(0)
        .shows("it contains no names");
    let mut zip = zip::ZipArchive::new(fs::File::open(workbook.path("week-1.zip")).unwrap()).unwrap();
    let mut people = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("grading/people.json").unwrap(), &mut people).unwrap();
    assert!(!people.contains("ann") && !people.contains("Ann"), "{people}");
    assert!(zip.by_name("grading/class.csv").is_err(), "a table with names is in it");
    workbook.checker("grade verify week-1.zip --sandbox none").run().exits(0).shows("with the same bytes: 5");
}

#[test]
fn an_archive_tells_which_verdicts_are_not_the_same() {
    let workbook = class();
    workbook.checker(&format!("{GRADE} out")).run().exits(0);
    // As if another toolchain had found a deadlock in Ann's.
    let id = keys(&workbook, "out").into_iter().find(|(_, key)| key == "ann").unwrap().0;
    let record = format!("out/verdicts/{id}/1/greet.json");
    let kept = workbook.read(&record).replacen(
        "\"is\": \"kept\"",
        "\"is\": \"not-reached\", \"because\": \"race\"",
        1,
    );
    workbook.write(&record, kept);
    workbook.checker("grade archive week-1.zip --no-vendor --out out").run().exits(0);
    let ended = workbook.checker("grade verify week-1.zip --sandbox none").run().exits(1);
    ended.shows("with another verdict: 1").shows("1 not reached, because of race, 2 kept → 1 kept, 2 kept");
}
