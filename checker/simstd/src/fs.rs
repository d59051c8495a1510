//! Files can't be simulated: every way to reach one ends the execution with a finding.
//!
//! The methods of [`std::path::Path`] that look at the file system are out of reach from here: a method of
//! the real type can't be replaced. The checker refuses a program that calls one, by the symbols that it uses.
//!
//! The files in which Linux describes the machine are an exception: the simulated machine has none. So a library that
//! looks there for the number of processors, and takes another way if it can't, goes on.

use ::std::convert::Infallible;
use ::std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use ::std::panic::Location;
use ::std::path::{Path, PathBuf};

pub use ::std::fs::{DirEntry, FileType, Metadata, Permissions, ReadDir, TryLockError};

use crate::forbidden;
use crate::time::SystemTime;

/// An error for a file that describes the machine.
fn described_nowhere(path: &Path) -> Result<()> {
    match ["/proc", "/sys"].iter().any(|folder| path.starts_with(folder)) {
        true => Err(Error::new(ErrorKind::NotFound, "the simulated machine has no such file")),
        false => Ok(()),
    }
}

macro_rules! functions {
    ($($name:ident -> $t:ty: $what:literal)*) => {$(
        /// Ends the execution: files can't be simulated.
        #[track_caller]
        pub fn $name<P: AsRef<Path>>(path: P) -> Result<$t> {
            described_nowhere(path.as_ref())?;
            forbidden(&format!("{} {:?}", $what, path.as_ref()), Location::caller())
        }
    )*};
}

functions! {
    read -> Vec<u8>: "reads the file"
    read_to_string -> String: "reads the file"
    read_dir -> ReadDir: "reads the folder"
    read_link -> PathBuf: "reads the link"
    canonicalize -> PathBuf: "looks for the file"
    metadata -> Metadata: "looks at the file"
    symlink_metadata -> Metadata: "looks at the file"
    exists -> bool: "looks for the file"
    remove_file -> (): "removes the file"
    remove_dir -> (): "removes the folder"
    remove_dir_all -> (): "removes the folder"
    create_dir -> (): "makes the folder"
    create_dir_all -> (): "makes the folder"
}

macro_rules! functions_of_two {
    ($($(#[$attr:meta])* $name:ident -> $t:ty: $what:literal)*) => {$(
        /// Ends the execution: files can't be simulated.
        $(#[$attr])*
        #[track_caller]
        pub fn $name<P: AsRef<Path>, Q: AsRef<Path>>(from: P, _to: Q) -> Result<$t> {
            forbidden(&format!("{} {:?}", $what, from.as_ref()), Location::caller())
        }
    )*};
}

functions_of_two! {
    copy -> u64: "copies the file"
    rename -> (): "renames the file"
    hard_link -> (): "links to the file"
    #[deprecated(since = "1.1.0", note = "replaced with std::os::unix::fs::symlink and others")]
    soft_link -> (): "links to the file"
}

/// Ends the execution: files can't be simulated.
#[track_caller]
pub fn write<P: AsRef<Path>, C: AsRef<[u8]>>(path: P, _contents: C) -> Result<()> {
    forbidden(&format!("writes the file {:?}", path.as_ref()), Location::caller())
}

/// Ends the execution: files can't be simulated.
#[track_caller]
pub fn set_permissions<P: AsRef<Path>>(path: P, _: Permissions) -> Result<()> {
    forbidden(&format!("changes the file {:?}", path.as_ref()), Location::caller())
}

/// A file that can't be opened.
#[derive(Debug)]
pub struct File(Infallible);

impl File {
    /// Ends the execution: files can't be simulated.
    #[track_caller]
    pub fn open<P: AsRef<Path>>(path: P) -> Result<Self> {
        described_nowhere(path.as_ref())?;
        forbidden(&format!("opens the file {:?}", path.as_ref()), Location::caller())
    }

    /// Ends the execution: files can't be simulated.
    #[track_caller]
    pub fn create<P: AsRef<Path>>(path: P) -> Result<Self> {
        forbidden(&format!("creates the file {:?}", path.as_ref()), Location::caller())
    }

    /// Ends the execution: files can't be simulated.
    #[track_caller]
    pub fn create_new<P: AsRef<Path>>(path: P) -> Result<Self> {
        forbidden(&format!("creates the file {:?}", path.as_ref()), Location::caller())
    }

    /// Options that open nothing.
    pub fn options() -> OpenOptions {
        OpenOptions::new()
    }
}

macro_rules! methods {
    ($($name:ident($($t:ty),*) -> $r:ty;)*) => {
        impl File {$(
            /// Never comes to be: no file is ever opened.
            pub fn $name(&self, $(_: $t),*) -> $r {
                match self.0 {}
            }
        )*}
    };
}

methods! {
    sync_all() -> Result<()>;
    sync_data() -> Result<()>;
    set_len(u64) -> Result<()>;
    metadata() -> Result<Metadata>;
    try_clone() -> Result<File>;
    set_permissions(Permissions) -> Result<()>;
    set_times(FileTimes) -> Result<()>;
    set_modified(SystemTime) -> Result<()>;
    lock() -> Result<()>;
    lock_shared() -> Result<()>;
    try_lock() -> ::std::result::Result<(), TryLockError>;
    try_lock_shared() -> ::std::result::Result<(), TryLockError>;
    unlock() -> Result<()>;
}

macro_rules! streams {
    ($($File:ty)*) => {$(
        impl Read for $File {
            fn read(&mut self, _: &mut [u8]) -> Result<usize> {
                match self.0 {}
            }
        }

        impl Write for $File {
            fn write(&mut self, _: &[u8]) -> Result<usize> {
                match self.0 {}
            }
            fn flush(&mut self) -> Result<()> {
                match self.0 {}
            }
        }

        impl Seek for $File {
            fn seek(&mut self, _: SeekFrom) -> Result<u64> {
                match self.0 {}
            }
        }
    )*};
}

streams!(File & File);

/// As [`std::fs::FileTimes`], for files that can't be opened.
#[derive(Debug, Clone, Copy, Default)]
pub struct FileTimes(());

impl FileTimes {
    /// Times of nothing.
    pub fn new() -> Self {
        Self(())
    }

    /// Kept for the signature.
    pub fn set_accessed(self, _: SystemTime) -> Self {
        self
    }

    /// Kept for the signature.
    pub fn set_modified(self, _: SystemTime) -> Self {
        self
    }
}

/// As [`std::fs::DirBuilder`], for folders that can't be made.
#[derive(Debug, Default)]
pub struct DirBuilder(());

impl DirBuilder {
    /// A builder that makes nothing.
    pub fn new() -> Self {
        Self(())
    }

    /// Kept for the signature.
    pub fn recursive(&mut self, _: bool) -> &mut Self {
        self
    }

    /// Ends the execution: files can't be simulated.
    #[track_caller]
    pub fn create<P: AsRef<Path>>(&self, path: P) -> Result<()> {
        create_dir(path)
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
