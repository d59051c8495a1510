//! What several of the programs in `src/bin/` share.

pub mod server;
