extern crate progress_report_solution as progress_report;
include!("../../../../exercises/09-progress-tracking/progress-report/tests/checks.rs");
