//! The ways in which a program can end the simulation.

use engine::Ending;
use simstd::sync::Mutex;
use simstd::{fs, process, thread};

use crate::run;

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
fn what_is_printed_goes_to_the_console() {
    let run = run(1, &|| {
        simstd::println!("one {}", 2);
        simstd::eprint!("three");
    });
    assert_eq!(run.printed, "one 2\nthree");
}
