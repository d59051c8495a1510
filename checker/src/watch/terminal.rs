//! The terminal while it is ours; given back as it was, whatever happens.

use super::keys::Keys;
use anyhow::{Context, Result};
use ratatui::DefaultTerminal;

pub struct Terminal {
    pub screen: DefaultTerminal,
    pub keys: Keys,
}

impl Terminal {
    pub fn open() -> Result<Terminal> {
        // Also gives the terminal back before a panic is reported.
        let screen = ratatui::try_init().context("could not draw on this terminal")?;
        Ok(Terminal { screen, keys: Keys::open() })
    }

    /// Gives the terminal back while `work` is done.
    pub fn lend<T>(&mut self, work: impl FnOnce() -> T) -> Result<T> {
        let screen = &mut self.screen;
        self.keys.pause(|| {
            ratatui::try_restore()?;
            let done = work();
            *screen = ratatui::try_init().context("could not draw on this terminal")?;
            Ok(done)
        })
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // There may be no terminal any more.
        let _ = ratatui::try_restore();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::Terminal;
    use portable_pty::{CommandBuilder, PtySize, native_pty_system};
    use std::env;
    use std::io::Read;
    use std::thread;

    /// What the test below has this program run on a terminal, so that nothing that learners get can be made to panic.
    #[test]
    #[ignore = "needs a terminal; a_panic_gives_the_terminal_back has one"]
    fn panics_while_it_draws() {
        let mut terminal = Terminal::open().unwrap();
        terminal.screen.draw(|_| panic!("the view is at fault")).unwrap();
    }

    #[test]
    fn a_panic_gives_the_terminal_back() {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env::current_exe().unwrap());
        command.args(["--exact", "watch::terminal::tests::panics_while_it_draws"]);
        command.args(["--ignored", "--nocapture", "--test-threads=1"]);
        command.env("TERM", "xterm-256color");
        command.env("RUST_BACKTRACE", "0");
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut output = pair.master.try_clone_reader().unwrap();
        let reader = thread::spawn(move || {
            let (mut all, mut bytes) = (Vec::new(), [0; 4096]);
            // A terminal that nobody has open any more is an error, not an end.
            while let Ok(length @ 1..) = output.read(&mut bytes) {
                all.extend_from_slice(&bytes[..length]);
            }
            all
        });
        assert!(!child.wait().unwrap().success());
        let modes = format!("{:?}", pair.master.get_termios().expect("a terminal has modes").local_flags);
        let written = reader.join().unwrap();
        let mut terminal = vt100::Parser::new(size.rows, size.cols, 0);
        // What takes the screen, and what is said after it was given back.
        let taken = written.windows(8).position(|bytes| bytes == b"\x1b[?1049h").expect("it took the screen");
        terminal.process(&written[..taken + 8]);
        assert!(terminal.screen().alternate_screen());
        terminal.process(&written[taken + 8..]);
        let screen = terminal.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor(), "{}", screen.contents());
        assert!(screen.contents().contains("the view is at fault"), "{}", screen.contents());
        assert!(modes.contains("ICANON") && modes.contains("ECHO"), "still in raw mode: {modes}");
    }
}
