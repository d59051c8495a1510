//! What crossbeam and rayon need of the operating system's corner, and no way around the simulation.

#[cfg(all(target_os = "linux", feature = "system"))]
pub use ::std::os::linux;
pub use ::std::os::raw;

#[cfg(unix)]
pub mod fd {
    //! File descriptors. To ask for that of a stream ends the execution, and there is no other way to get one unless files
    //! are the real ones.

    pub use ::std::os::fd::*;

    macro_rules! streams {
        ($($Stream:ty)*) => {$(
            impl AsRawFd for $Stream {
                #[track_caller]
                fn as_raw_fd(&self) -> RawFd {
                    crate::forbidden("asks for a file descriptor", ::std::panic::Location::caller())
                }
            }
            impl AsFd for $Stream {
                #[track_caller]
                fn as_fd(&self) -> BorrowedFd<'_> {
                    crate::forbidden("asks for a file descriptor", ::std::panic::Location::caller())
                }
            }
        )*};
    }

    streams! {
        crate::io::Stdin crate::io::StdinLock<'_> crate::io::Stdout crate::io::StdoutLock<'_>
        crate::io::Stderr crate::io::StderrLock<'_>
    }
    #[cfg(not(feature = "system"))]
    streams!(crate::fs::File);
}

#[cfg(unix)]
#[allow(missing_docs)]
pub mod unix {
    pub use super::fd as io;
    // It only looks at the bytes of names.
    pub use ::std::os::unix::ffi;
    #[cfg(feature = "system")]
    pub use ::std::os::unix::{fs, net, process};

    pub mod prelude {
        //! As [`std::os::unix::prelude`]; about files and processes only where they are the real ones.
        #[cfg(feature = "system")]
        pub use ::std::os::unix::prelude::*;

        pub use super::ffi::{OsStrExt, OsStringExt};
        pub use super::io::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
        pub use super::thread::JoinHandleExt;
    }

    pub mod thread {
        //! Raw thread handles, which simulated threads don't have.

        /// As [`std::os::unix::thread::RawPthread`].
        pub type RawPthread = ::std::os::unix::thread::RawPthread;

        /// As [`std::os::unix::thread::JoinHandleExt`].
        pub trait JoinHandleExt {
            /// The raw handle.
            fn as_pthread_t(&self) -> RawPthread;
            /// The raw handle, taken.
            fn into_pthread_t(self) -> RawPthread;
        }

        impl<T> JoinHandleExt for crate::thread::JoinHandle<T> {
            #[track_caller]
            fn as_pthread_t(&self) -> RawPthread {
                crate::forbidden("asks for a raw thread handle", ::std::panic::Location::caller())
            }
            #[track_caller]
            fn into_pthread_t(self) -> RawPthread {
                crate::forbidden("asks for a raw thread handle", ::std::panic::Location::caller())
            }
        }
    }
}

#[cfg(windows)]
#[allow(missing_docs)]
pub mod windows {
    // It only looks at the parts of names.
    pub use ::std::os::windows::ffi;

    pub mod prelude {
        //! As [`std::os::windows::prelude`], where it is not about files, processes and handles.
        pub use super::ffi::{OsStrExt, OsStringExt};
    }
}
