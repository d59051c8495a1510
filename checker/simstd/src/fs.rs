//! Files can't be simulated: every way to reach one ends the execution with a finding.

use ::std::io::{Read, Result, Seek, SeekFrom, Write};
use ::std::panic::Location;
use ::std::path::Path;

pub(crate) fn forbidden(what: &str, at: engine::Loc) -> ! {
    if engine::in_execution() {
        engine::end(engine::Ending::Forbidden(what.to_owned(), at));
    }
    panic!("this program {what}, which can't be simulated");
}

macro_rules! functions {
    ($($name:ident -> $t:ty: $what:literal)*) => {$(
        /// Ends the execution: files can't be simulated.
        #[track_caller]
        pub fn $name<P: AsRef<Path>>(path: P) -> Result<$t> {
            forbidden(&format!("{} {:?}", $what, path.as_ref()), Location::caller())
        }
    )*};
}

functions! {
    read -> Vec<u8>: "reads the file"
    read_to_string -> String: "reads the file"
    read_dir -> ::std::fs::ReadDir: "reads the folder"
    metadata -> ::std::fs::Metadata: "looks at the file"
    exists -> bool: "looks for the file"
    remove_file -> (): "removes the file"
    remove_dir -> (): "removes the folder"
    remove_dir_all -> (): "removes the folder"
    create_dir -> (): "makes the folder"
    create_dir_all -> (): "makes the folder"
}

/// Ends the execution: files can't be simulated.
#[track_caller]
pub fn copy<P: AsRef<Path>, Q: AsRef<Path>>(from: P, _to: Q) -> Result<u64> {
    forbidden(&format!("copies the file {:?}", from.as_ref()), Location::caller())
}

/// Ends the execution: files can't be simulated.
#[track_caller]
pub fn write<P: AsRef<Path>, C: AsRef<[u8]>>(path: P, _contents: C) -> Result<()> {
    forbidden(&format!("writes the file {:?}", path.as_ref()), Location::caller())
}

/// A file that can't be opened.
#[derive(Debug)]
pub struct File(::std::convert::Infallible);

impl File {
    /// Ends the execution: files can't be simulated.
    #[track_caller]
    pub fn open<P: AsRef<Path>>(path: P) -> Result<Self> {
        forbidden(&format!("opens the file {:?}", path.as_ref()), Location::caller())
    }

    /// Ends the execution: files can't be simulated.
    #[track_caller]
    pub fn create<P: AsRef<Path>>(path: P) -> Result<Self> {
        forbidden(&format!("creates the file {:?}", path.as_ref()), Location::caller())
    }
}

impl Read for File {
    fn read(&mut self, _: &mut [u8]) -> Result<usize> {
        match self.0 {}
    }
}

impl Write for File {
    fn write(&mut self, _: &[u8]) -> Result<usize> {
        match self.0 {}
    }
    fn flush(&mut self) -> Result<()> {
        match self.0 {}
    }
}

impl Seek for File {
    fn seek(&mut self, _: SeekFrom) -> Result<u64> {
        match self.0 {}
    }
}

/// As [`std::fs::OpenOptions`], for files that can't be opened.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions(());

impl OpenOptions {
    /// Options that open nothing.
    pub fn new() -> Self {
        Self(())
    }

    /// Ends the execution: files can't be simulated.
    #[track_caller]
    pub fn open<P: AsRef<Path>>(&self, path: P) -> Result<File> {
        File::open(path)
    }
}

macro_rules! settings {
    ($($name:ident)*) => {
        impl OpenOptions {$(
            /// Kept for the signature.
            pub fn $name(&mut self, _: bool) -> &mut Self {
                self
            }
        )*}
    };
}
settings!(read write append truncate create create_new);
