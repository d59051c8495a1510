//! The listings that a lesson's figure is recorded from, unchanged, over the simulated std. Their `main` runs inside
//! `engine::execute`, and only there. So do the programs of [`charts`], which use solutions as they are.

// Programs have no documentation.
#![allow(missing_docs)]

#[path = "../../10-batch-processing/listings/bug.rs"]
pub mod batch_processing;
#[path = "../../13-capstone/listings/bug.rs"]
pub mod capstone;
pub mod charts;
#[path = "../../04-fan-out-fan-in/listings/bug.rs"]
pub mod fan_out_fan_in;
#[path = "../../11-graceful-shutdown/listings/bug.rs"]
pub mod graceful_shutdown;
#[path = "../../01-parallel-map/listings/bug.rs"]
pub mod parallel_map;
#[path = "../../03-pipeline/listings/bug.rs"]
pub mod pipeline;
#[path = "../../02-producer-consumer/listings/bug.rs"]
pub mod producer_consumer;
#[path = "../../09-progress-tracking/listings/bug.rs"]
pub mod progress_tracking;
#[path = "../../../solutions/07-rate-limiting/rate-limiter/src/lib.rs"]
pub mod rate_limiter;
#[path = "../../07-rate-limiting/listings/bug.rs"]
pub mod rate_limiting;
#[path = "../../12-resource-pool/listings/bug.rs"]
pub mod resource_pool;
#[path = "../../../solutions/08-retry-with-backoff/retry/src/lib.rs"]
pub mod retry;
#[path = "../../08-retry-with-backoff/listings/bug.rs"]
pub mod retry_with_backoff;
#[path = "../../06-timeout-with-fallback/listings/bug.rs"]
pub mod timeout_with_fallback;
#[path = "../../05-worker-pool/listings/bug.rs"]
pub mod worker_pool;
