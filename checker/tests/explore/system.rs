//! The system is the real one: files, processes, whole programs.

use crate::home::{Home, manifest};

#[test]
fn the_system_is_the_real_one_and_what_outlives_a_schedule_gets_fresh_processes() {
    let system = "
use std::fs;
#[test]
fn a_file_is_shared() {
    let file = std::env::temp_dir().join(format!(\"{}-shared\", std::process::id()));
    fs::write(&file, \"1\").unwrap();
    std::thread::scope(|scope| { scope.spawn(|| assert_eq!(fs::read_to_string(&file).unwrap(), \"1\")); });
}
#[test]
fn a_file_outlives_a_schedule() {
    let file = std::env::temp_dir().join(\"state\");
    assert!(!file.exists());
    fs::write(&file, \"\").unwrap();
}
#[test]
fn a_process_runs() {
    let output = std::process::Command::new(\"echo\").arg(\"one\").output().unwrap();
    assert_eq!(output.stdout, b\"one\\n\");
    assert!(std::env::var_os(\"PATH\").is_some());
    assert!(fs::metadata(\"src/lib.rs\").is_ok(), \"tests start in the package's folder, as with cargo\");
}
#[test]
fn the_system_draws() {
    assert!(fs::read_link(\"/proc/self\").unwrap().to_string_lossy().parse::<u32>().unwrap() % 3 > 0);
}
#[test]
fn the_network_is_out_of_reach() {
    std::net::TcpListener::bind(\"127.0.0.1:0\").unwrap();
}
";
    let home = Home::package(system, &[]);
    let ended = home.explore("--schedules 60 -- --skip the_system_draws");
    ended
        .exits(0)
        .says_of("a_file_is_shared", "60 schedules; every interleaving")
        .says_of("a_file_outlives_a_schedule", "60 schedules, a process for each")
        .says_of("a_process_runs", "every interleaving (1)")
        .says_of("the_network_is_out_of_reach", "not simulated");
    // A process whose number is a multiple of 3 fails: no seed decides that.
    home.explore("the_system_draws --schedules 60").shows("the_system_draws");
}

const PROGRAM: &str = "
//! Two threads add up what the arguments are.
use std::sync::atomic::{AtomicU32, Ordering};

static SUM: AtomicU32 = AtomicU32::new(0);

fn main() -> Result<(), String> {
    let numbers: Vec<u32> = std::env::args().skip(1).map(|word| word.parse().unwrap()).collect();
    std::thread::scope(|scope| {
        for number in &numbers {
            scope.spawn(move || SUM.store(SUM.load(Ordering::SeqCst) + number, Ordering::SeqCst));
        }
    });
    println!(\"{}\", SUM.load(Ordering::SeqCst));
    match SUM.load(Ordering::SeqCst) == numbers.iter().sum() {
        true => Ok(()),
        false => Err(\"lost\".to_owned()),
    }
}
";

#[test]
fn a_programs_main_is_run_in_many_interleavings_with_its_own_arguments() {
    let home = Home::new(&[("Cargo.toml", &manifest("sums", "2024")), ("src/main.rs", PROGRAM)]);
    let found = home.explore("--schedules 50 --bin sums --format json -- 1 2").exits(1).json();
    let seed = found["tests"][0]["finding"]["seed"].as_u64().expect("a finding has a seed");
    home.explore(&format!("--schedules 1 --seed {seed} --bin sums -- 1 2"))
        .exits(1)
        .shows("sums, the program sums")
        .says_of("main", "wrong-answer: in the 1 schedule that was tried")
        .shows("store SUM")
        .shows("the program ended with exit code 1")
        .shows("--bin sums -- 1 2");
    home.explore("--schedules 20 --bin sums -- 7")
        .exits(0)
        .says_of("main", "20 schedules, a process for each");
    home.explore("--schedules 5 --bin sums -- seven").exits(1).shows("InvalidDigit");
    home.explore("--bin sum").exits(2).complains("there is no program `sum`; did you mean `sums`?");
}

#[test]
fn a_test_may_start_the_program_of_its_package() {
    let upper = "
use std::io::Read;
fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let upper = std::thread::spawn(move || text.to_uppercase()).join().unwrap();
    print!(\"{} {upper}\", std::env::args().nth(1).unwrap());
    std::process::exit(3);
}
";
    let test = "
use std::io::Write;
use std::process::{Command, Stdio};
#[test]
fn starts_it() {
    let mut child = Command::new(env!(\"CARGO_BIN_EXE_upper\"))
        .arg(\"said\")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b\"words\").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.stdout, b\"said WORDS\");
    assert_eq!(output.status.code(), Some(3));
}
";
    let home = Home::new(&[
        ("Cargo.toml", &manifest("upper", "2024")),
        ("src/main.rs", upper),
        ("tests/cli.rs", test),
    ]);
    home.explore("").exits(0).says_of("starts_it", "every interleaving (1)");
}
