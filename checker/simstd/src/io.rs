//! Standard output and error go to the execution's console, which is shown with a finding. Standard
//! input is empty.

use ::std::cell::Cell;
use ::std::fmt;
pub use ::std::io::*;
use ::std::marker::PhantomData;
use ::std::panic::Location;
use ::std::thread::LocalKey;

use engine::{Access, Loc, Waiting};

use crate::statics::Age;
use crate::sync::{NOBODY, me};

/// The lock on a stream: the thread that has it may take it again, and the others wait with what they print.
struct Turn {
    holder: Cell<u32>,
    depth: Cell<u32>,
    age: Age,
}

// All tasks of an execution are on one OS thread, and so is what belongs to the execution.
::std::thread_local! {
    static OUT: Turn = const { Turn::new() };
    static ERR: Turn = const { Turn::new() };
}

impl Turn {
    const fn new() -> Self {
        Self { holder: Cell::new(NOBODY), depth: Cell::new(0), age: Age::new() }
    }

    fn wait(&self, what: &'static str, at: Loc) {
        engine::touch((&raw const self.holder).addr(), Access::Change);
        if self.age.is_of_another_execution() {
            self.holder.set(NOBODY);
            self.depth.set(0);
        }
        while self.holder.get() != NOBODY && self.holder.get() != me() {
            let holder = Some(&raw const self.holder);
            let address = holder.map_or(0, <*const _>::addr);
            engine::block(Waiting { holder, ..Waiting::on(what, "print", address, at) }, None);
        }
    }

    fn take(&self, what: &'static str, at: Loc) {
        self.wait(what, at);
        self.holder.set(me());
        self.depth.set(self.depth.get() + 1);
    }

    fn give_back(&self) {
        self.depth.set(self.depth.get() - 1);
        if self.depth.get() == 0 {
            self.holder.set(NOBODY);
            engine::wake_all((&raw const self.holder).addr());
        }
    }
}

/// Prints all of `text` at once, when nobody has the stream's lock.
fn put(stream: &'static LocalKey<Turn>, what: &'static str, text: &str, at: Loc) {
    engine::point("print", 0, at);
    stream.with(|turn| turn.wait(what, at));
    deliver(what, text.as_bytes());
}

/// Keeps what was printed with the execution. A program that a test has started prints for real.
fn deliver(what: &str, bytes: &[u8]) {
    #[cfg(feature = "system")]
    if crate::program::is_plain() {
        // Where nobody reads any more, std's own macros would panic; what a test has started has no reader left then.
        let _ = match what {
            "standard error" => ::std::io::stderr().write_all(bytes),
            _ => ::std::io::stdout().write_all(bytes),
        };
        return;
    }
    let _ = what;
    engine::console(&String::from_utf8_lossy(bytes));
}

#[doc(hidden)]
#[track_caller]
pub fn _print(args: fmt::Arguments<'_>) {
    put(&OUT, "standard output", &args.to_string(), Location::caller());
}

#[doc(hidden)]
#[track_caller]
pub fn _println(args: fmt::Arguments<'_>) {
    put(&OUT, "standard output", &format!("{args}\n"), Location::caller());
}

#[doc(hidden)]
#[track_caller]
pub fn _eprint(args: fmt::Arguments<'_>) {
    put(&ERR, "standard error", &args.to_string(), Location::caller());
}

#[doc(hidden)]
#[track_caller]
pub fn _eprintln(args: fmt::Arguments<'_>) {
    put(&ERR, "standard error", &format!("{args}\n"), Location::caller());
}

/// Ends the execution: a pipe would be waited on for real.
#[cfg(not(feature = "system"))]
#[track_caller]
pub fn pipe() -> Result<(PipeReader, PipeWriter)> {
    crate::forbidden("opens a pipe", Location::caller())
}

macro_rules! stream {
    ($Stream:ident, $Lock:ident, $make:ident, $TURN:ident, $what:literal) => {
        /// The simulated counterpart of the stream of the same name in [`std::io`].
        pub struct $Stream(());

        /// A lock on the stream: what other threads print waits until it is let go of.
        pub struct $Lock<'a> {
            stream: PhantomData<&'a ()>,
            not_send: PhantomData<*const ()>,
        }

        /// The stream of the current execution.
        pub fn $make() -> $Stream {
            $Stream(())
        }

        impl $Stream {
            /// Locks the stream.
            #[track_caller]
            pub fn lock(&self) -> $Lock<'static> {
                let at = Location::caller();
                $TURN.with(|turn| turn.take($what, at));
                $Lock { stream: PhantomData, not_send: PhantomData }
            }
        }

        impl Drop for $Lock<'_> {
            fn drop(&mut self) {
                $TURN.with(Turn::give_back);
            }
        }

        impl Write for $Stream {
            #[track_caller]
            fn write(&mut self, buf: &[u8]) -> Result<usize> {
                (&*self).write(buf)
            }
            #[track_caller]
            fn write_fmt(&mut self, args: fmt::Arguments<'_>) -> Result<()> {
                (&*self).write_fmt(args)
            }
            fn flush(&mut self) -> Result<()> {
                Ok(())
            }
        }

        impl Write for &$Stream {
            #[track_caller]
            fn write(&mut self, buf: &[u8]) -> Result<usize> {
                put(&$TURN, $what, &String::from_utf8_lossy(buf), Location::caller());
                Ok(buf.len())
            }
            /// All at once, as in std, which holds the stream's lock meanwhile.
            #[track_caller]
            fn write_fmt(&mut self, args: fmt::Arguments<'_>) -> Result<()> {
                put(&$TURN, $what, &args.to_string(), Location::caller());
                Ok(())
            }
            fn flush(&mut self) -> Result<()> {
                Ok(())
            }
        }

        impl Write for $Lock<'_> {
            fn write(&mut self, buf: &[u8]) -> Result<usize> {
                deliver($what, buf);
                Ok(buf.len())
            }
            fn flush(&mut self) -> Result<()> {
                Ok(())
            }
        }
    };
}

stream!(Stdout, StdoutLock, stdout, OUT, "standard output");
stream!(Stderr, StderrLock, stderr, ERR, "standard error");

/// As [`std::io::Stdin`], and always at its end.
pub struct Stdin(());

/// As [`std::io::StdinLock`]. As nothing is ever read, nobody is kept out.
pub struct StdinLock<'a> {
    stream: PhantomData<&'a ()>,
    not_send: PhantomData<*const ()>,
    /// That of a program that a test has started.
    #[cfg(feature = "system")]
    real: Option<::std::io::StdinLock<'static>>,
}

// SAFETY: a shared lock does nothing.
unsafe impl Sync for StdinLock<'_> {}

/// The empty input.
pub fn stdin() -> Stdin {
    Stdin(())
}

impl Stdin {
    /// As the real one.
    pub fn lock(&self) -> StdinLock<'static> {
        StdinLock {
            stream: PhantomData,
            not_send: PhantomData,
            #[cfg(feature = "system")]
            real: crate::program::is_plain().then(|| ::std::io::stdin().lock()),
        }
    }

    /// As the real one, at the end of the input.
    ///
    /// # Errors
    /// Never, here.
    pub fn read_line(&self, line: &mut String) -> Result<usize> {
        self.lock().read_line(line)
    }

    /// As the real one: no lines.
    pub fn lines(self) -> Lines<StdinLock<'static>> {
        self.lock().lines()
    }
}

macro_rules! empty {
    ($($t:ty)*) => {$(
        impl Read for $t {
            fn read(&mut self, buf: &mut [u8]) -> Result<usize> {
                self.lock().read(buf)
            }
        }
    )*};
}

empty!(Stdin & Stdin);

impl Read for StdinLock<'_> {
    #[cfg(not(feature = "system"))]
    fn read(&mut self, _: &mut [u8]) -> Result<usize> {
        Ok(0)
    }
    #[cfg(feature = "system")]
    fn read(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.real.as_mut().map_or(Ok(0), |real| real.read(buf))
    }
}

#[cfg(not(feature = "system"))]
impl BufRead for StdinLock<'_> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        Ok(&[])
    }
    fn consume(&mut self, _: usize) {}
}

#[cfg(feature = "system")]
impl BufRead for StdinLock<'_> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        self.real.as_mut().map_or(Ok(&[]), BufRead::fill_buf)
    }
    fn consume(&mut self, read: usize) {
        self.real.iter_mut().for_each(|real| real.consume(read));
    }
}

/// What can be a terminal; nothing here is one.
pub trait IsTerminal {
    /// Whether the stream is a terminal.
    fn is_terminal(&self) -> bool;
}

impl IsTerminal for crate::fs::File {
    #[cfg(not(feature = "system"))]
    fn is_terminal(&self) -> bool {
        false
    }
    #[cfg(feature = "system")]
    fn is_terminal(&self) -> bool {
        ::std::io::IsTerminal::is_terminal(self)
    }
}

macro_rules! opaque {
    ($($Stream:ident [$($lifetime:tt)*])*) => {$(
        impl IsTerminal for $Stream $($lifetime)* {
            fn is_terminal(&self) -> bool {
                false
            }
        }
        impl fmt::Debug for $Stream $($lifetime)* {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($Stream)).finish_non_exhaustive()
            }
        }
    )*};
}

opaque! {
    Stdin [] StdinLock [<'_>] Stdout [] StdoutLock [<'_>] Stderr [] StderrLock [<'_>]
}
