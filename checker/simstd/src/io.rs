//! Standard output and error go to the execution's console, which is shown with a finding.

use ::std::fmt;
pub use ::std::io::*;

#[doc(hidden)]
#[track_caller]
pub fn _print(args: fmt::Arguments<'_>) {
    let text = args.to_string();
    engine::point("print", 0, ::std::panic::Location::caller());
    engine::console(&text);
}

#[doc(hidden)]
#[track_caller]
pub fn _println(args: fmt::Arguments<'_>) {
    let text = format!("{args}\n");
    engine::point("print", 0, ::std::panic::Location::caller());
    engine::console(&text);
}

/// Ends the execution: a pipe would be waited on for real.
#[track_caller]
pub fn pipe() -> Result<(PipeReader, PipeWriter)> {
    crate::fs::forbidden("opens a pipe", ::std::panic::Location::caller())
}

macro_rules! stream {
    ($Stream:ident, $Lock:ident, $make:ident) => {
        /// The simulated counterpart of the stream of the same name in [`std::io`].
        #[derive(Debug)]
        pub struct $Stream(());

        /// A lock on the stream. Writes are whole in any case.
        #[derive(Debug)]
        pub struct $Lock<'a>(::std::marker::PhantomData<&'a ()>);

        /// The stream of the current execution.
        pub fn $make() -> $Stream {
            $Stream(())
        }

        impl $Stream {
            /// Locks the stream.
            pub fn lock(&self) -> $Lock<'static> {
                $Lock(::std::marker::PhantomData)
            }
        }

        impl Write for $Stream {
            fn write(&mut self, buf: &[u8]) -> Result<usize> {
                (&*self).write(buf)
            }
            fn flush(&mut self) -> Result<()> {
                Ok(())
            }
        }

        impl Write for &$Stream {
            #[track_caller]
            fn write(&mut self, buf: &[u8]) -> Result<usize> {
                engine::point("print", 0, ::std::panic::Location::caller());
                engine::console(&String::from_utf8_lossy(buf));
                Ok(buf.len())
            }
            fn flush(&mut self) -> Result<()> {
                Ok(())
            }
        }

        impl Write for $Lock<'_> {
            fn write(&mut self, buf: &[u8]) -> Result<usize> {
                engine::console(&String::from_utf8_lossy(buf));
                Ok(buf.len())
            }
            fn flush(&mut self) -> Result<()> {
                Ok(())
            }
        }

        impl IsTerminal for $Stream {
            fn is_terminal(&self) -> bool {
                false
            }
        }
    };
}

/// What can be a terminal; the console can't.
pub trait IsTerminal {
    /// Whether the stream is a terminal.
    fn is_terminal(&self) -> bool;
}

stream!(Stdout, StdoutLock, stdout);
stream!(Stderr, StderrLock, stderr);
