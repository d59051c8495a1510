//! The preludes, with the simulated macros in them: that is how an unchanged crate gets them.

macro_rules! preludes {
    ($($name:ident)*) => {$(
        #[allow(missing_docs)]
        pub mod $name {
            pub use ::std::prelude::$name::*;
            pub use crate::{dbg, eprint, eprintln, print, println, thread_local};
        }
    )*};
}

preludes!(v1 rust_2015 rust_2018 rust_2021 rust_2024);
