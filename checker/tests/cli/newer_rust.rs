//! A Rust that does not do what the checker stands on.

use crate::workbook::Workbook;

#[cfg(unix)]
#[test]
fn a_rust_that_takes_no_crate_for_another_is_refused_with_the_one_to_install() {
    use std::os::unix::fs::PermissionsExt;

    let workbook = Workbook::new();
    for (refused, what) in
        [("std=", "stands in for `std`"), ("test=", "stands in for `test`"), ("passes=tsan", "passes=tsan")]
    {
        // It calls itself newer than any that is known.
        let script = format!(
            "#!/bin/sh\ncase \"$*\" in\n*{refused}*) exit 1 ;;\nesac\n\
             {} \"$@\" | sed 's/^release: .*/release: 9.0.0/'\n",
            std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into())
        );
        workbook.write("rustc", script);
        let rustc = workbook.path("rustc");
        std::fs::set_permissions(&rustc, std::fs::Permissions::from_mode(0o755)).unwrap();
        workbook
            .checker("run greet")
            .env("RUSTC", rustc)
            .env("CARGO_TARGET_DIR", workbook.path("elsewhere"))
            .run()
            .exits(2)
            .complains("Rust 9.0.0")
            .complains(what)
            .complains("rustup toolchain install 1.");
    }
}

/// In this small workbook there is no engine that could be called.
#[test]
fn a_verdict_says_where_the_counts_of_an_arc_are_not_seen() {
    let workbook = Workbook::new();
    workbook.learner_writes(
        "greet",
        "let shared = std::sync::Arc::new(\"pass\");\n    if check.is_empty() { \"\" } else { *shared }",
    );
    workbook.checker("run greet").run().exits(0).shows("`Arc` and `Weak` are no scheduling points");
    workbook.learner_writes("greet", r#"if check.is_empty() { "" } else { "pass" }"#);
    let ended = workbook.checker("run greet").run().exits(0);
    assert!(!ended.stdout().contains("scheduling points"), "{}", ended.stdout());
}
