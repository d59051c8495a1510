//! The environment is empty, and it can't be changed. What would tell of the machine ends the execution.

use ::std::ffi::{OsStr, OsString};
use ::std::fmt;
use ::std::marker::PhantomData;
use ::std::panic::Location;
use ::std::path::{Path, PathBuf};
use ::std::vec;

pub use ::std::env::{JoinPathsError, SplitPaths, VarError, consts, join_paths, split_paths};

/// What every program is called.
const PROGRAM: &str = "program";

/// As [`std::env::var`]: no variable is set.
///
/// # Errors
/// Always.
pub fn var<K: AsRef<OsStr>>(_: K) -> Result<String, VarError> {
    Err(VarError::NotPresent)
}

/// As [`std::env::var_os`]: no variable is set.
pub fn var_os<K: AsRef<OsStr>>(_: K) -> Option<OsString> {
    None
}

/// As [`std::env::home_dir`]: there is none.
pub fn home_dir() -> Option<PathBuf> {
    None
}

macro_rules! lists {
    ($($List:ident $make:ident $Item:ty: [$($item:expr)?])*) => {$(
        /// As the iterator of the same name in [`std::env`].
        pub struct $List(vec::IntoIter<$Item>, PhantomData<*const ()>);

        /// As the function of the same name in [`std::env`].
        pub fn $make() -> $List {
            $List(Vec::from([$($item)?]).into_iter(), PhantomData)
        }

        impl Iterator for $List {
            type Item = $Item;
            fn next(&mut self) -> Option<$Item> {
                self.0.next()
            }
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.0.size_hint()
            }
        }

        impl fmt::Debug for $List {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($List)).field(&self.0.as_slice()).finish()
            }
        }
    )*};
}

lists! {
    Args args String: [PROGRAM.to_owned()]
    ArgsOs args_os OsString: [PROGRAM.into()]
    Vars vars (String, String): []
    VarsOs vars_os (OsString, OsString): []
}

macro_rules! arguments {
    ($($List:ident)*) => {$(
        impl ExactSizeIterator for $List {}
        impl DoubleEndedIterator for $List {
            fn next_back(&mut self) -> Option<Self::Item> {
                self.0.next_back()
            }
        }
    )*};
}

arguments!(Args ArgsOs);

macro_rules! refused {
    ($($name:ident -> $t:ty: $what:literal)*) => {$(
        /// Ends the execution: it would tell of the machine.
        #[track_caller]
        pub fn $name() -> $t {
            crate::forbidden($what, Location::caller())
        }
    )*};
}

refused! {
    current_dir -> ::std::io::Result<PathBuf>: "asks for the current folder"
    current_exe -> ::std::io::Result<PathBuf>: "asks where the program is"
    temp_dir -> PathBuf: "asks for the folder of temporary files"
}

/// Ends the execution: the environment belongs to the whole process.
///
/// # Safety
/// None needed; unsafe as the real one is.
#[track_caller]
pub unsafe fn set_var<K: AsRef<OsStr>, V: AsRef<OsStr>>(key: K, _value: V) {
    crate::forbidden(&format!("sets the environment variable {:?}", key.as_ref()), Location::caller())
}

/// Ends the execution: the environment belongs to the whole process.
///
/// # Safety
/// None needed; unsafe as the real one is.
#[track_caller]
pub unsafe fn remove_var<K: AsRef<OsStr>>(key: K) {
    crate::forbidden(&format!("removes the environment variable {:?}", key.as_ref()), Location::caller())
}

/// Ends the execution: the current folder belongs to the whole process.
#[track_caller]
pub fn set_current_dir<P: AsRef<Path>>(path: P) -> ::std::io::Result<()> {
    crate::forbidden(&format!("changes the current folder to {:?}", path.as_ref()), Location::caller())
}
