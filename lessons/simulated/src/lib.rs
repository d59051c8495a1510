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
#[path = "../../14-orders/listings/bug.rs"]
pub mod orders;
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

// The listings that readers play.
#[path = "../../08-retry-with-backoff/puzzles/budget.rs"]
pub mod budget;
#[path = "../../05-worker-pool/puzzles/last-job.rs"]
pub mod last_job;
#[path = "../../06-timeout-with-fallback/puzzles/late.rs"]
pub mod late;
#[path = "../../02-producer-consumer/puzzles/lost.rs"]
pub mod lost;
#[path = "../../03-pipeline/puzzles/order.rs"]
pub mod order;
#[path = "../../04-fan-out-fan-in/puzzles/total.rs"]
pub mod total;
#[path = "../../12-resource-pool/puzzles/two-places.rs"]
pub mod two_places;

// What becomes of those when they are changed.
#[path = "../../08-retry-with-backoff/puzzles/mends/exchange.rs"]
pub mod mend_exchange;
#[path = "../../02-producer-consumer/puzzles/mends/loop.rs"]
pub mod mend_loop;
#[path = "../../02-producer-consumer/puzzles/mends/notify-inside.rs"]
pub mod mend_notify_inside;
#[path = "../../12-resource-pool/puzzles/mends/one-function.rs"]
pub mod mend_one_function;
#[path = "../../04-fan-out-fan-in/puzzles/mends/one-guard.rs"]
pub mod mend_one_guard;
#[path = "../../02-producer-consumer/puzzles/mends/one-lock.rs"]
pub mod mend_one_lock;
#[path = "../../12-resource-pool/puzzles/mends/one-order.rs"]
pub mod mend_one_order;
#[path = "../../12-resource-pool/puzzles/mends/put-back.rs"]
pub mod mend_put_back;
#[path = "../../04-fan-out-fan-in/puzzles/mends/second-lock.rs"]
pub mod mend_second_lock;
#[path = "../../04-fan-out-fan-in/puzzles/mends/second-look.rs"]
pub mod mend_second_look;
#[path = "../../08-retry-with-backoff/puzzles/mends/store-first.rs"]
pub mod mend_store_first;
#[path = "../../08-retry-with-backoff/puzzles/mends/subtract.rs"]
pub mod mend_subtract;
