//! The ways in which a program can end the simulation.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::io::{BufRead, Write};
use std::time::Duration;

use engine::{Ending, Limits, Options, Strategy, Style, execute};
use simstd::io::IsTerminal;
use simstd::sync::Mutex;
use simstd::{fs, process, thread};

use crate::{always, run};

#[test]
fn exit_and_abort_are_seen_with_their_line() {
    let ending = run(1, &|| {
        thread::spawn(|| process::exit(3)).join().unwrap();
    })
    .ending;
    assert!(matches!(ending, Ending::Exit(3, at) if at.file().ends_with("ends.rs")), "{ending:?}");
    assert!(matches!(run(1, &|| process::abort()).ending, Ending::Abort(_)));
}

#[test]
fn files_and_processes_are_refused_by_name() {
    let ending = run(1, &|| drop(fs::File::open("/etc/hosts"))).ending;
    assert!(matches!(&ending, Ending::Forbidden(what, _) if what.contains("/etc/hosts")), "{ending:?}");
    assert!(matches!(run(1, &|| _ = process::Command::new("ls").status()).ending, Ending::Forbidden(..)));
}

#[test]
fn a_spin_is_endless_and_not_a_hang() {
    let run = run(1, &|| {
        let lock = Mutex::new(());
        let _held = lock.lock().unwrap();
        while lock.try_lock().is_err() {}
    });
    assert!(matches!(run.ending, Ending::Endless));
}

#[test]
fn a_caught_panic_is_recorded_and_not_printed() {
    let run = run(1, &|| {
        drop(simstd::panic::catch_unwind(|| panic!("on purpose")));
    });
    assert!(matches!(run.ending, Ending::Completed));
    assert_eq!((run.panics.len(), run.panics[0].message.as_str()), (1, "on purpose"));
}

#[test]
fn a_panic_inside_of_core_is_told_where_the_program_led_to_it() {
    let panic_of = |explain| {
        let strategy = Strategy::new(1, Style::Mixed);
        let limits = Limits { steps: 1_000, threads: 10 };
        let options = Options { strategy, limits, explain, trace: false, source: "suite/ends.rs" };
        let less = black_box(Duration::ZERO);
        let program = || {
            black_box(less - Duration::from_nanos(1));
        };
        execute(options, &program).panics.remove(0)
    };
    assert!(panic_of(false).file.ends_with("core/src/time.rs"));
    let told = panic_of(true);
    assert_eq!(told.file, "suite/ends.rs");
    let line = include_str!("ends.rs").lines().position(|line| line.contains("less - Duration"));
    assert_eq!(Some(told.line as usize), line.map(|before| before + 1));
}

#[test]
fn what_is_printed_goes_to_the_console() {
    let run = run(1, &|| {
        simstd::println!("one {}", 2);
        simstd::eprint!("three");
    });
    assert_eq!(run.printed, "one 2\nthree");
}

#[test]
fn what_others_print_waits_while_the_output_is_locked() {
    let line = "line";
    let program = || {
        thread::scope(|scope| {
            scope.spawn(|| writeln!(simstd::io::stdout(), "another {line}").unwrap());
            let mut out = simstd::io::stdout().lock();
            out.write_all(b"one ").unwrap();
            thread::yield_now();
            // Whoever has the lock may take it again.
            simstd::println!("line");
        });
    };
    let orders: BTreeSet<String> = (0..1_000).map(|seed| run(seed, &program).printed).collect();
    let whole = ["another line\none line\n", "one line\nanother line\n"];
    assert_eq!(orders.into_iter().collect::<Vec<_>>(), whole);
}

#[test]
fn to_wait_for_a_thread_that_waits_to_print_is_a_deadlock() {
    let run = run(1, &|| {
        let _out = simstd::io::stdout().lock();
        thread::spawn(|| simstd::println!("other")).join().unwrap();
    });
    assert!(matches!(run.ending, Ending::Deadlock), "{:?}", run.ending);
    assert_eq!(run.threads[1].waiting_for.as_deref(), Some("standard output held by `main`"));
}

#[test]
fn the_input_is_empty_and_nothing_is_a_terminal() {
    always(&|| {
        let input = simstd::io::stdin();
        assert_eq!(simstd::io::read_to_string(&input).unwrap(), "");
        assert!(!input.is_terminal() && !simstd::io::stdout().lock().is_terminal());
        // Two may have it at once: nobody waits for real.
        let (one, other) = (input.lock(), simstd::io::stdin().lines().count());
        assert_eq!((one.lines().count(), other), (0, 0));
    });
}
