//! The verdict that a chapter shows is what the checker says of a wrong program.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

const CHECK: &str = "a_bucket_holds_the_burst_however_long_it_was_idle";
const PROGRAM: &str = "solutions/07-rate-limiting/rate-limiter/rejected/idle_time_saved.rs";
const SHOWN: &str = "lessons/07-rate-limiting/figures/verdict.out";

#[test]
fn the_verdict_in_the_chapter_on_rate_limiting_is_a_real_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut checker = Command::new(env!("CARGO_BIN_EXE_checker"));
    checker.current_dir(&root).env("COLUMNS", "80").env("NO_COLOR", "1").env("LANG", "C.UTF-8");
    checker.env_remove("LC_ALL").env_remove("LC_CTYPE").env("TERM", "xterm");
    checker.args(["replay", "rate-limiter", CHECK, "--seed", "1", "--source", PROGRAM]);
    let output = checker.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    // What happened, and the line of time. The input and the steps follow.
    let told: String = said
        .lines()
        .take_while(|line| !line.starts_with("  input"))
        .map(|line| format!("{line}\n"))
        .collect();
    for part in ["too-early", "  time  ", "▒ in time: ", "too early"] {
        assert!(told.contains(part), "no `{part}` in\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
    }
    if env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        fs::write(root.join(SHOWN), &told).unwrap();
    }
    let shown = fs::read_to_string(root.join(SHOWN)).unwrap_or_default();
    assert!(
        shown == told,
        "{SHOWN} is not what the checker says: run this test with INSTA_UPDATE=always, and look at it\n{told}"
    );
}
