//! Grading: a class goes in, verdicts, marks, sheets and pages come out, the same bytes whatever happens meanwhile.

use super::class::{GRADE, OPEN, RIGHT, WAITS, class, marks, program, tree};
use super::workbook::Workbook;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;
use walkdir::WalkDir;

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
fn what_has_one_reason_in_several_exercises_is_told_once() {
    let workbook = class();
    workbook.write("class/gus/lib.rs", program(RIGHT));
    let said = workbook.checker("grade plan class --out out").run().exits(0).stdout();
    assert_eq!(said.matches("which exercise is it?").count(), 1, "{said}");
    assert!(said.contains(" more: lib.rs: which"), "{said}");
}

#[cfg(unix)]
#[test]
fn whoever_handed_in_a_link_alone_is_not_lost() {
    let workbook = class();
    fs::create_dir(workbook.path("class/gus")).unwrap();
    std::os::unix::fs::symlink("../ann/greet/src/lib.rs", workbook.path("class/gus/lib.rs")).unwrap();
    let ended = workbook.checker("grade plan class --assignment week.toml --out out").run().exits(0);
    ended.shows("1 to look at").shows("greet: lib.rs is a link or a device");
}

#[cfg(unix)]
#[test]
fn names_of_files_neither_act_on_the_terminal_nor_add_lines() {
    let workbook = class();
    for folder in ["a\u{1b}[2J", "b\nleft out: ben"] {
        workbook.write(&format!("class/gus/{folder}/greet/src/lib.rs"), program(RIGHT));
    }
    std::os::unix::fs::symlink("/etc/passwd", workbook.path("class/gus/\u{1b}[31m.rs")).unwrap();
    let ended = workbook.checker("grade plan class --assignment week.toml --out out").run().exits(0);
    let said = ended.stdout();
    assert!(!said.contains('\u{1b}') && !said.contains("\nleft out: ben"), "{said:?}");
    ended.shows("there are several: ").shows("31m.rs is a link or a device");
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
fn the_sample_class_of_the_readme_is_taken_in_whole() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let out = tempfile::tempdir().unwrap();
    let sample = "checker/sample-class";
    let plan = format!(
        "grade plan {sample}/submissions --assignment {sample}/assignment.toml --out {}",
        out.path().join("week-3").display()
    );
    let ended = class().checker(&plan).current_dir(root).run().exits(0);
    ended.shows("12 submissions, 2 exercises: 21 programs accepted, 3 not handed in, 0 to look at");
}

#[test]
fn a_run_that_is_killed_again_and_again_gives_the_same_bytes() {
    let workbook = class();
    for number in 0..6 {
        let text = format!("// {number}\n{}", program(if number % 2 == 0 { RIGHT } else { WAITS }));
        workbook.write(&format!("class/more-{number}/greet/src/lib.rs"), text);
    }
    let began = Instant::now();
    workbook.checker(&format!("{GRADE} whole")).run().exits(0);
    let takes = began.elapsed();
    let whole = tree(&workbook.path("whole"));
    // A generator of its own, so that a failure can be seen again; where it strikes is up to the machine.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let kills: u32 = std::env::var("KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(8);
    let (mut struck, mut gradings, mut records) = (0, 1, Vec::new());
    while struck < kills {
        let out = format!("out-{gradings}");
        let mut child = workbook.checker(&format!("{GRADE} {out}")).start();
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(takes.mul_f64((state >> 33) as f64 / f64::from(1_u32 << 31)));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            struck += 1;
            let verdicts = WalkDir::new(workbook.path(&format!("{out}/verdicts"))).into_iter();
            records.push(verdicts.flatten().filter(|entry| entry.file_type().is_file()).count());
        } else {
            // It came to its end: another one is begun, so that each kill strikes a grading at work.
            same_after_kills(&whole, &workbook, &out);
            gradings += 1;
        }
        child.wait().unwrap();
    }
    let out = format!("out-{gradings}");
    workbook.checker(&format!("{GRADE} {out}")).run().exits(0);
    same_after_kills(&whole, &workbook, &out);
    println!("{struck} kills in {gradings} gradings; records that were there at each: {records:?}");
}

fn same_after_kills(whole: &BTreeMap<String, Vec<u8>>, workbook: &Workbook, out: &str) {
    let killed = tree(&workbook.path(out));
    assert!(whole.keys().eq(killed.keys()), "other files: {:?}", killed.keys());
    for (name, bytes) in whole {
        assert!(killed[name] == *bytes, "{name} is not the same in {out}, which was killed");
    }
}

#[test]
fn the_order_of_what_comes_in_and_the_number_of_processors_change_nothing() {
    let workbook = class();
    let files: Vec<(String, Vec<u8>)> = tree(&workbook.path("class")).into_iter().collect();
    let pack = |name: &str, files: &mut dyn Iterator<Item = &(String, Vec<u8>)>| {
        let mut zip = zip::ZipWriter::new(fs::File::create(workbook.path(name)).unwrap());
        for (path, bytes) in files {
            let options = zip::write::SimpleFileOptions::default();
            zip.start_file(format!("class/{path}"), options).unwrap();
            std::io::Write::write_all(&mut zip, bytes).unwrap();
        }
        zip.finish().unwrap();
    };
    fs::create_dir(workbook.path("a")).unwrap();
    fs::create_dir(workbook.path("b")).unwrap();
    pack("a/class.zip", &mut files.iter());
    pack("b/class.zip", &mut files.iter().rev());
    let rest = GRADE.strip_prefix("grade class ").unwrap();
    workbook.checker(&format!("grade a/class.zip {rest} one")).run().exits(0);
    workbook.checker(&format!("grade b/class.zip {rest} other")).one_processor().run().exits(0);
    assert!(tree(&workbook.path("one")) == tree(&workbook.path("other")), "another order, other bytes");
}

#[test]
fn a_machine_that_can_not_keep_a_record_is_unfit_and_nothing_is_lost() {
    let workbook = class();
    workbook.checker("grade plan class --roster roster.csv --assignment week.toml --out out").run().exits(0);
    // As good as a full disk.
    workbook.write("out/verdicts", "");
    let run = "grade run --sandbox none --out out";
    workbook.checker(run).run().exits(3).complains("no verdict is lost");
    workbook.remove("out/verdicts");
    workbook.checker(run).run().exits(0).shows("5 judged now");
    workbook.checker("grade marks --out nowhere").run().exits(2).complains("people.json is missing");
    workbook.checker("grade marks").run().exits(2).complains("--out DIR");
}

#[test]
fn what_comes_out_is_never_among_what_goes_in() {
    let workbook = class();
    workbook
        .checker("grade plan class --out class/out")
        .run()
        .exits(2)
        .complains("name a folder outside of the submissions");
    workbook
        .checker("grade plan class --out class/a/b/out")
        .run()
        .exits(2)
        .complains("name a folder outside of the submissions");
    assert!(!workbook.path("class/out").exists() && !workbook.path("class/a").exists());
}
