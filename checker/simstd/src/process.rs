//! Ending the process ends the execution; starting another is refused.

use ::std::convert::Infallible;
use ::std::ffi::OsStr;
use ::std::io::Result;
use ::std::panic::Location;
use ::std::path::Path;
pub use ::std::process::{
    Child, ChildStderr, ChildStdin, ChildStdout, CommandArgs, CommandEnvs, ExitCode, ExitStatus, Output,
    Stdio, Termination,
};

pub use crate::ends::{abort, exit};

/// As [`std::process::id`]; a fixed number.
pub fn id() -> u32 {
    1
}

/// As [`std::process::Command`], but no process is started.
#[derive(Debug)]
pub struct Command(Infallible);

impl Command {
    /// Ends the execution: other processes can't be simulated.
    #[track_caller]
    pub fn new<S: AsRef<OsStr>>(program: S) -> Self {
        crate::forbidden(&format!("starts the process {:?}", program.as_ref()), Location::caller())
    }
}

macro_rules! settings {
    ($($name:ident $([$($generic:tt)*])? ($($t:ty),*);)*) => {
        impl Command {$(
            /// Never comes to be: [`Command::new`] does not return.
            pub fn $name $(<$($generic)*>)? (&mut self, $(_: $t),*) -> &mut Self {
                match self.0 {}
            }
        )*}
    };
}

settings! {
    arg[S: AsRef<OsStr>](S);
    args[I: IntoIterator<Item = S>, S: AsRef<OsStr>](I);
    env[K: AsRef<OsStr>, V: AsRef<OsStr>](K, V);
    envs[I: IntoIterator<Item = (K, V)>, K: AsRef<OsStr>, V: AsRef<OsStr>](I);
    env_remove[K: AsRef<OsStr>](K);
    env_clear();
    current_dir[P: AsRef<Path>](P);
    stdin[T: Into<Stdio>](T);
    stdout[T: Into<Stdio>](T);
    stderr[T: Into<Stdio>](T);
}

macro_rules! answers {
    ($($name:ident(&$($mut:ident)?) -> $t:ty;)*) => {
        impl Command {$(
            /// Never comes to be: [`Command::new`] does not return.
            pub fn $name(&$($mut)? self) -> $t {
                match self.0 {}
            }
        )*}
    };
}

answers! {
    spawn(&mut) -> Result<Child>;
    output(&mut) -> Result<Output>;
    status(&mut) -> Result<ExitStatus>;
    get_program(&) -> &OsStr;
    get_args(&) -> CommandArgs<'_>;
    get_envs(&) -> CommandEnvs<'_>;
    get_current_dir(&) -> Option<&Path>;
}
