//! How thoroughly to judge, as the command line says it.

use clap::Args;
use std::time::Duration;

#[derive(Args, Debug)]
pub struct Effort {
    /// The seed of the first schedule
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many schedules to explore for each check [default: each check decides]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub schedules: Option<u64>,
    /// The limit for compiling and for running one program
    #[arg(long, value_name = "SECS", default_value_t = TIMEOUT, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
}

/// The limit in seconds, unless somebody names one.
const TIMEOUT: u64 = 60;

impl Default for Effort {
    fn default() -> Effort {
        Effort { seed: 1, schedules: None, timeout: TIMEOUT }
    }
}

impl Effort {
    pub fn limit(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}
