//! `main` in a terminal of its own, in which Ctrl-C is pressed. Real threads, a real signal, and real time.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const CTRL_C: &str = "\u{3}";
/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// What `main` prints when it is ready for a signal.
const READY: &str = "Ctrl-C closes the kitchen";

/// The program under test: the learner's, or the solution's.
fn program() -> &'static str {
    option_env!("CARGO_BIN_EXE_executor")
        .or(option_env!("CARGO_BIN_EXE_executor-solution"))
        .expect("cargo names the program of this package")
}

/// `main` on a terminal.
struct Kitchen {
    child: Box<dyn Child + Send + Sync>,
    shown: Arc<Mutex<String>>,
    keys: Box<dyn Write + Send>,
    _pty: Box<dyn MasterPty + Send>,
}

impl Kitchen {
    /// `None` where there is no pseudo-terminal. The test is then skipped, and says so.
    fn open(seconds: u32) -> Option<Self> {
        let size = PtySize { rows: 24, cols: 120, pixel_width: 0, pixel_height: 0 };
        let pair = match native_pty_system().openpty(size) {
            Ok(pair) => pair,
            Err(error) => {
                eprintln!("skipped: this machine has no pseudo-terminal: {error}");
                return None;
            }
        };
        let mut command = CommandBuilder::new(program());
        command.arg(seconds.to_string());
        let child = pair.slave.spawn_command(command).expect("the program can be started");
        drop(pair.slave);
        let mut output = pair.master.try_clone_reader().expect("a terminal can be read");
        let shown = Arc::<Mutex<String>>::default();
        let text = Arc::clone(&shown);
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = output.read(&mut bytes) {
                text.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..length]));
            }
        });
        let keys = pair.master.take_writer().expect("a terminal has a keyboard");
        let kitchen = Self { child, shown, keys, _pty: pair.master };
        kitchen.shows(READY);
        // The cooks take their first orders.
        thread::sleep(Duration::from_millis(500));
        Some(kitchen)
    }

    fn text(&self) -> String {
        self.shown.lock().unwrap().replace('\r', "")
    }

    #[track_caller]
    fn shows(&self, line: &str) {
        let start = Instant::now();
        while !self.text().contains(line) {
            assert!(start.elapsed() < PATIENCE, "`{line}` was never printed:\n{}", self.text());
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).and_then(|()| self.keys.flush()).expect("a key can be pressed");
    }

    /// Waits for the end. Returns the exit code and how long it took.
    #[track_caller]
    fn ends(&mut self) -> (u32, Duration) {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                return (status.exit_code(), start.elapsed());
            }
            if start.elapsed() > PATIENCE {
                let _ = self.child.kill();
                panic!("the program has not ended:\n{}", self.text());
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn ctrl_c_returns_what_has_not_begun() {
    let Some(mut kitchen) = Kitchen::open(3) else { return };
    kitchen.press(CTRL_C);
    kitchen.shows("closing: Cancel\norder 7 is refused\n");
    let (code, _) = kitchen.ends();
    let orders = "order 1: done\norder 2: done\norder 3: cancelled\norder 4: cancelled\norder 5: cancelled\norder 6: cancelled\n";
    kitchen.shows(orders);
    assert_eq!(code, 0, "every order has an outcome:\n{}", kitchen.text());
}

#[test]
fn what_outlasts_the_limit_is_named() {
    let Some(mut kitchen) = Kitchen::open(600) else { return };
    kitchen.press(CTRL_C);
    kitchen.shows("closing: Cancel\n");
    let (code, took) = kitchen.ends();
    kitchen.shows("order 1: still running\norder 2: still running\norder 3: cancelled\n");
    assert!(took < Duration::from_secs(30), "the limit is five seconds, and the program took {took:?}");
    assert_eq!(code, 1, "an order is not done:\n{}", kitchen.text());
}

#[test]
fn a_second_ctrl_c_ends_at_once() {
    let Some(mut kitchen) = Kitchen::open(600) else { return };
    kitchen.press(CTRL_C);
    kitchen.shows("order 7 is refused\n");
    kitchen.press(CTRL_C);
    let (code, took) = kitchen.ends();
    assert!(took < Duration::from_secs(4), "after the second Ctrl-C, the program took {took:?}");
    assert_eq!(code, 130, "ended by the second Ctrl-C:\n{}", kitchen.text());
}
