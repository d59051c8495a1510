//! Programs that end the process, hang it, flood it, or lie: none of them passes, and the other checks still run.

use crate::workbook::Workbook;
use serde_json::Value;

/// Judges a program that does `what` in the check of clause 1 and passes clause 2.
fn judge(what: &str, options: &str) -> Value {
    let workbook = Workbook::new();
    let passes_clause_2 = format!("if check == \"greets_all\" {{ {what} }} \"pass\"");
    workbook.learner_writes("greet", &passes_clause_2);
    workbook.checker(&format!("run greet --format json {options}")).run().exits(1).json()
}

#[track_caller]
fn first_check_is(json: &Value, kind: &str) {
    assert_eq!(json[0]["verdict"], "failed", "{json:#}");
    assert_eq!(json[0]["checks"][0]["finding"]["kind"], kind, "{json:#}");
    assert_eq!(json[0]["checks"][1]["status"], "passed", "{json:#}");
}

#[track_caller]
fn first_check_says(json: &Value, text: &str) {
    let message = json[0]["checks"][0]["finding"]["message"].as_str().unwrap();
    assert!(message.contains(text), "{message}");
}

#[test]
fn exit_0_in_the_middle_is_a_crash() {
    let json = judge("std::process::exit(0)", "");
    first_check_is(&json, "crashed");
    first_check_says(&json, "it exited with code 0");
}

#[test]
fn an_abort_is_a_crash() {
    let json = judge("std::process::abort()", "");
    first_check_is(&json, "crashed");
}

#[test]
fn a_stack_overflow_is_a_crash_and_called_by_its_name() {
    let overflow = "fn down(n: u64) -> u64 { if n == 0 { 0 } else { 1 + down(std::hint::black_box(n - 1)) } } \
                    if down(u64::MAX) == 1 { return \"\" }";
    let json = judge(overflow, "");
    first_check_is(&json, "crashed");
    first_check_says(&json, "overflowed its stack");
}

#[test]
fn an_endless_flood_is_stopped() {
    let json = judge("loop { println!(\"{check}\") }", "");
    first_check_is(&json, "crashed");
    first_check_says(&json, "it printed too much");
    let json = judge("loop { eprint!(\"{check}\") }", "");
    first_check_is(&json, "crashed");
}

#[test]
fn a_forged_result_line_is_not_believed() {
    let forgery = r#"println!("{{\"event\":\"end\",\"check\":{{\"name\":\"greets_all\",\"clause\":1,\"status\":\"passed\",\"schedules\":1,\"finding\":null}}}}");
        println!("{{\"event\":\"done\"}}"); std::process::exit(0)"#;
    first_check_is(&judge(forgery, ""), "crashed");
}

#[test]
fn a_program_that_hangs_is_undecided_at_its_limit() {
    let json = judge("loop { std::thread::park() }", "--timeout 1");
    assert_eq!(json[0]["verdict"], "undecided", "{json:#}");
    for check in json[0]["checks"].as_array().unwrap() {
        assert_eq!((&check["status"], &check["finding"]["kind"]), (&"undecided".into(), &"timed-out".into()));
    }
}

#[test]
fn what_a_program_starts_does_not_outlive_it() {
    let workbook = Workbook::new();
    let file = workbook.path("still-alive");
    let start = format!(
        r#"let script = "sleep 2; touch {}";
        std::process::Command::new("/bin/sh").args(["-c", script]).spawn().unwrap(); std::process::exit(check.len() as i32)"#,
        file.display()
    );
    workbook.learner_writes("greet", &start);
    workbook.checker("run greet").run().exits(1);
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert!(!file.exists(), "a process that the learner's program started has lived on");
}

#[test]
fn unsafe_code_is_forbidden_even_where_the_lint_is_allowed() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", r#"if unsafe { *check.as_ptr() } == 0 { "" } else { "pass" }"#);
    let json = workbook.checker("run greet --format json").run().exits(1).json();
    assert_eq!(json[0]["finding"]["kind"], "forbidden", "{json:#}");
    let allowed = "#![allow(unsafe_code)]\npub fn at(_: &str) -> &'static str { \"pass\" }\n";
    workbook.write("exercises/01-greeting/greet/src/lib.rs", allowed);
    let ended = workbook.checker("run greet").run().exits(1);
    ended.shows("forbidden").shows("exercises/01-greeting/greet/src/lib.rs:1: `unsafe` is not allowed");
}

#[test]
fn the_methods_of_a_path_that_look_at_real_files_are_forbidden_by_name() {
    let uses = [
        ("exists", "std::path::Path::new(check).exists()"),
        ("try_exists", "std::path::PathBuf::from(check).try_exists().is_ok()"),
        ("is_file", "std::path::Path::new(check).is_file()"),
        ("is_dir", "[std::path::Path::new(check)].into_iter().any(std::path::Path::is_dir)"),
        ("is_symlink", "std::path::Path::new(check).is_symlink()"),
        ("metadata", "std::path::Path::new(check).metadata().is_ok()"),
        ("symlink_metadata", "std::path::Path::new(check).symlink_metadata().is_ok()"),
        ("canonicalize", "std::path::Path::new(check).canonicalize().is_ok()"),
        ("read_link", "std::path::Path::new(check).read_link().is_ok()"),
        ("read_dir", "std::path::Path::new(check).read_dir().is_ok()"),
    ];
    let workbook = Workbook::new();
    for (method, call) in uses {
        workbook.learner_writes("greet", &format!("if {call} {{ \"\" }} else {{ \"pass\" }}"));
        let json = workbook.checker("run greet --format json").run().exits(1).json();
        let finding = &json[0]["finding"];
        let place = "exercises/01-greeting/greet/src/lib.rs:4";
        let message = format!("{place}: `Path::{method}` looks at real files, which can't be simulated");
        assert_eq!(
            (&finding["kind"], &finding["message"]),
            (&"forbidden".into(), &message.into()),
            "{json:#}"
        );
    }
    let harmless = "let exists = std::path::Path::new(check).join(\"a\").is_absolute(); if exists { \"\" } else { \"pass\" }";
    workbook.learner_writes("greet", harmless);
    workbook.checker("run greet").run().exits(0);
}

#[test]
fn foreign_and_exported_functions_are_forbidden() {
    let programs = [
        "unsafe extern \"C\" { safe fn getpid() -> i32; }\npub fn at(_: &str) -> &'static str { if getpid() == 0 { \"\" } else { \"pass\" } }",
        "#[unsafe(no_mangle)]\npub extern \"C\" fn getpid() -> i32 { 0 }\npub fn at(_: &str) -> &'static str { \"pass\" }",
    ];
    for program in programs {
        let workbook = Workbook::new();
        workbook.write("exercises/01-greeting/greet/src/lib.rs", program);
        let json = workbook.checker("run greet --format json").run().exits(1).json();
        assert_eq!(json[0]["finding"]["kind"], "forbidden", "{program}\n{json:#}");
    }
}

#[test]
fn a_program_the_compiler_does_not_finish_is_undecided() {
    let workbook = Workbook::new();
    let endless = "const N: usize = { let mut n = 0; while n < usize::MAX { n += 1; } n };\n\
                   #[allow(long_running_const_eval)]\nconst M: usize = N;\n\
                   #[deny(warnings)]\npub fn at(_: &str) -> &'static str { if M == 0 { \"\" } else { \"pass\" } }";
    workbook.write(
        "exercises/01-greeting/greet/src/lib.rs",
        format!("#![allow(long_running_const_eval)]\n{endless}"),
    );
    let json = workbook.checker("run greet --format json --timeout 3").run().exits(1).json();
    assert_eq!(json[0]["verdict"], "undecided", "{json:#}");
    assert_eq!(json[0]["finding"]["kind"], "timed-out", "{json:#}");
    assert!(json[0]["finding"]["message"].as_str().unwrap().contains("did not finish in 3 s"), "{json:#}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_learners_program_too() {
    use rustix::process::{Pid, Signal, kill_process, test_kill_process};
    let workbook = Workbook::new();
    let file = workbook.path("pid");
    let body = format!(
        "let new = {file:?}.to_owned() + &std::process::id().to_string(); std::fs::write(&new, std::process::id().to_string()).unwrap(); \
         std::fs::rename(&new, {file:?}).unwrap(); while !check.is_empty() {{ std::thread::park() }} \"\""
    );
    workbook.learner_writes("greet", &body);
    let running = workbook.checker("run greet").start();
    while !file.exists() {
        std::thread::yield_now();
    }
    let learners = Pid::from_raw(workbook.read("pid").parse().unwrap()).unwrap();
    kill_process(Pid::from_child(&running), Signal::INT).unwrap();
    running.wait_with_output().map(crate::workbook::Ended).unwrap().exits(2).complains("interrupted");
    assert!(test_kill_process(learners).is_err(), "the learner's program has lived on");
}

#[cfg(unix)]
#[test]
fn killing_the_checker_ends_the_learners_program_too() {
    use rustix::process::{Pid, test_kill_process};
    let workbook = Workbook::new();
    let file = workbook.path("pid");
    let body = format!(
        "let new = {file:?}.to_owned() + &std::process::id().to_string(); std::fs::write(&new, std::process::id().to_string()).unwrap(); \
         std::fs::rename(&new, {file:?}).unwrap(); while !check.is_empty() {{ std::thread::park() }} \"\""
    );
    workbook.learner_writes("greet", &body);
    let mut running = workbook.checker("run greet").start();
    while !file.exists() {
        std::thread::yield_now();
    }
    let learners = Pid::from_raw(workbook.read("pid").parse().unwrap()).unwrap();
    running.kill().unwrap();
    running.wait().unwrap();
    let start = std::time::Instant::now();
    // It becomes nobody's child, so it is reaped at once.
    while test_kill_process(learners).is_ok() && !is_zombie(learners) {
        assert!(start.elapsed().as_secs() < 10, "the learner's program has lived on");
        std::thread::yield_now();
    }
}

/// Whether it has ended, and nobody has asked how yet.
#[cfg(unix)]
fn is_zombie(process: rustix::process::Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero()));
    stat.is_ok_and(|stat| stat.contains(") Z "))
}

#[test]
fn a_program_that_takes_in_somebody_elses_file_is_forbidden() {
    let workbook = Workbook::new();
    let elsewhere = std::env::temp_dir().join("another-folders-file.rs");
    std::fs::write(&elsewhere, "pub fn answer() -> &'static str { \"pass\" }").unwrap();
    let body = format!("#[path = {elsewhere:?}] mod theirs; let _ = check; theirs::answer()");
    workbook.learner_writes("greet", &body);
    let json = workbook.checker("run greet --format json").run().exits(1).json();
    assert_eq!(json[0]["finding"]["kind"], "forbidden", "{json:#}");
}

/// Has the checks of `greet`, which are `names`, say `event` of each that is run, and then end the process by `end`.
fn checks_say(workbook: &Workbook, names: &[&str], event: &str, end: &str) {
    let suite: Vec<String> =
        (1..).zip(names).map(|(n, name)| format!(r#"{{"name":"{name}","clause":{n}}}"#)).collect();
    let checks = format!(
        r##"//! What the checks of a program say that does not come to an end.

fn main() {{
    let harness = harness::Harness::open();
    harness.say(r#"{{"event":"suite","checks":[{}]}}"#);
    let _ = greet::at("");
    for name in {names:?} {{
        if harness.wants(name) {{
            harness.say(&format!(r#"{{{{"event":"start","check":"{{name}}"}}}}"#));
            harness.say(&r#"{event}"#.replace("NAME", name));
            {end}
        }}
    }}
}}
"##,
        suite.join(",")
    );
    workbook.write("exercises/01-greeting/greet/tests/checks.rs", checks);
}

#[test]
fn after_three_checks_that_hang_the_others_are_left_undecided() {
    let workbook = Workbook::new();
    let stuck = r#"{"event":"stuck","check":"NAME","message":"it computes without end","seed":7}"#;
    checks_say(&workbook, &["first", "second", "third", "fourth", "fifth"], stuck, "std::process::exit(1)");
    let ended = workbook.checker("run greet").run().exits(1);
    ended
        .shows("✗ first · clause 1 · timed-out")
        .shows("also seen by second (clause 2)\n               third (clause 3)\n")
        .shows("? fourth · clause 4 · undecided")
        .shows("not tried: three checks before this one have hung")
        .shows("also         fifth (clause 5)");
    let json = workbook.checker("run greet --format json").run().exits(1).json();
    let status = |check: usize| json[0]["checks"][check]["status"].as_str().unwrap();
    assert_eq!([0, 1, 2, 3, 4].map(status), ["failed", "failed", "failed", "undecided", "undecided"]);
}

#[test]
fn two_checks_that_hang_keep_the_others_from_nothing() {
    let workbook = Workbook::new();
    let stuck = r#"{"event":"stuck","check":"NAME","message":"it computes without end","seed":7}"#;
    checks_say(&workbook, &["first", "second"], stuck, "std::process::exit(1)");
    let ended = workbook.checker("run greet").run().exits(1);
    ended.shows("also seen by second (clause 2)").shows("replay greet first --seed 7");
}

#[test]
fn who_takes_more_memory_than_there_is_to_take_is_told_so() {
    let json = judge("let all = vec![1u8; 5 << 30]; if all[all.len() / 2] == 2 { return \"\" }", "");
    first_check_is(&json, "crashed");
    if cfg!(target_os = "linux") {
        first_check_says(
            &json,
            "the whole program ended here: it used more than the 2 GiB of memory that it may use",
        );
    }
}

#[test]
fn a_panic_that_can_not_go_on_says_where_and_with_which_seed() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", "if check.is_empty() { return \"\" }\n    \"pass\"");
    let aborting = r#"{"event":"aborting","check":"NAME","message":"it panicked, \"a\", while it unwound from another panic, \"b\"",
        "seed":36,"thread":{"name":"a thread","file":"exercises/01-greeting/greet/src/lib.rs","line":4,"waiting_for":null}}"#;
    let aborting = aborting.replace("\n        ", "");
    checks_say(&workbook, &["greets_all", "never_waits"], &aborting, "std::process::abort()");
    let ended = workbook.checker("run greet").run().exits(1);
    ended
        .shows("✗ greets_all · clause 1 · crashed")
        .shows("the whole program ended here: it panicked, \"a\", while it unwound")
        .shows("4 │ if check.is_empty() { return \"\" }")
        .shows("cargo checker replay greet greets_all --seed 36")
        .shows("also seen by never_waits (clause 2)");
}

#[test]
fn a_program_without_the_function_it_is_for_is_told_so_before_the_compiler_speaks() {
    let workbook = Workbook::new();
    let source = "exercises/01-greeting/greet/src/lib.rs";
    let says = |program: &str, ours: &str, rustcs: &str| {
        workbook.write(source, program);
        let ended = workbook.checker("run greet").run().exits(1);
        let said = ended.stdout().split_whitespace().collect::<Vec<_>>().join(" ");
        let (ours, rustcs) = (said.find(ours), said.find(rustcs));
        assert!(ours.is_some() && ours < rustcs, "{}", ended.stdout());
    };
    let readme = "exercises/01-greeting/greet/README.md has all signatures.";
    let missing = format!("{source} has no `at`, which the checks call by that name. {readme}");
    says("", &missing, "error[E0425]");
    says("pub fn greet() {}", &missing, "error[E0425]");
    let private = format!("`at` in {source} is private, and the checks can use only what is `pub`. {readme}");
    says("fn at(_: &str) -> &'static str { \"pass\" }", &private, "error[E0603]");
    let other = format!("`at` in {source}:1 does not have the signature in the README. {readme}");
    says("pub fn at() -> &'static str { \"pass\" }", &other, "error[E0061]");
    // The names are those that the checks import, all of them.
    let checks = "exercises/01-greeting/greet/tests/checks.rs";
    workbook.write(checks, workbook.read(checks).replace("fn main", "use greet::{Guest, at};\n\nfn main"));
    let both = format!(
        "{source} has no `Guest`, which the checks call by that name. They need `Guest` and `at`. {readme}"
    );
    says("pub fn at(_: &str) -> &'static str { \"pass\" }", &both, "error[E0432]");
}
