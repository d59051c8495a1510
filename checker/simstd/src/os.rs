//! What crossbeam and rayon need of the operating system's corner, and no way around the simulation.

pub use ::std::os::raw;

#[cfg(unix)]
#[allow(missing_docs)]
pub mod unix {
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
                crate::fs::forbidden("asks for a raw thread handle", ::std::panic::Location::caller())
            }
            #[track_caller]
            fn into_pthread_t(self) -> RawPthread {
                crate::fs::forbidden("asks for a raw thread handle", ::std::panic::Location::caller())
            }
        }
    }
}
