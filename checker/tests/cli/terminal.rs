//! A terminal for the watch view: a real one, as far as the checker can tell.

use crate::workbook::Workbook;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The checker on a terminal of its own.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    screen: Arc<Mutex<vt100::Parser>>,
    keys: Box<dyn Write + Send>,
    pty: Box<dyn MasterPty + Send>,
}

impl Terminal {
    pub fn open(workbook: &Workbook, arguments: &str, variables: &[(&str, &str)]) -> Terminal {
        let (rows, cols) = (24, 80);
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_checker"));
        command.args(arguments.split_whitespace());
        command.cwd(workbook.path(""));
        command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixture"));
        command.env("TERM", "xterm-256color");
        for variable in ["COLUMNS", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_CTYPE", "LANG"] {
            command.env_remove(variable);
        }
        for (variable, value) in variables {
            command.env(variable, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(rows, cols, 0)));
        let mut output = pair.master.try_clone_reader().unwrap();
        let parser = Arc::clone(&screen);
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = output.read(&mut bytes) {
                parser.lock().unwrap().process(&bytes[..length]);
            }
        });
        let keys = pair.master.take_writer().unwrap();
        Terminal { child, screen, keys, pty: pair.master }
    }

    pub fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    /// Whether the checker draws on the whole screen, apart from what was there before.
    pub fn is_taken(&self) -> bool {
        self.screen.lock().unwrap().screen().alternate_screen()
    }

    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    #[track_caller]
    pub fn shows(&self, text: &str) {
        self.until(&format!("`{text}` is shown"), |screen| screen.contains(text));
    }

    #[track_caller]
    pub fn until(&self, what: &str, holds: impl Fn(&str) -> bool) {
        let start = Instant::now();
        while !holds(&self.text()) {
            assert!(start.elapsed() < PATIENCE, "{what}: never\n{}", self.text());
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    pub fn resize(&self, rows: u16, cols: u16) {
        self.screen.lock().unwrap().screen_mut().set_size(rows, cols);
        self.pty.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Waits for the end; the terminal must be as it was then.
    #[track_caller]
    pub fn ends(mut self, code: u32) {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < PATIENCE, "it goes on\n{}", self.text());
            thread::sleep(Duration::from_millis(10));
        };
        assert_eq!(status.exit_code(), code, "{status:?}\n{}", self.text());
        // What it wrote last may be on its way.
        self.until_given_back();
        let modes = self.pty.get_termios().map(|modes| format!("{:?}", modes.local_flags));
        let modes = modes.expect("a terminal has modes");
        assert!(modes.contains("ICANON") && modes.contains("ECHO"), "still in raw mode: {modes}");
    }

    #[track_caller]
    fn until_given_back(&self) {
        let start = Instant::now();
        while self.is_taken() || self.screen.lock().unwrap().screen().hide_cursor() {
            assert!(start.elapsed() < Duration::from_secs(5), "the terminal was not given back");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that has failed leaves nothing behind.
        let _ = self.child.kill();
    }
}
