//! The pages of a grading in a headless Chromium: wide, on a phone, in the dark; filtered, and opened to the code.
//!
//! Without Chromium this says so and does nothing, unless `CI` is set to `true`. Pictures are left in `target/tmp/screenshots`.

#[allow(dead_code)]
#[path = "../../book/tests/devtools.rs"]
mod devtools;
#[allow(dead_code)]
#[path = "cli/workbook.rs"]
mod workbook;

use devtools::{Browser, DESKTOP, PHONE, View};
use serde_json::json;
use std::env;
use std::io::{self, Write};
use workbook::Workbook;

/// A browser, or `None` where there is none and none is asked for.
fn browser() -> Option<Browser> {
    match devtools::find() {
        Some(chromium) => Some(Browser::start(&chromium)),
        None if env::var_os("CI").is_some_and(|ci| ci == "true") => {
            panic!("Chromium is not installed, and CI=true asks for it: apt-get install chromium")
        }
        None => {
            let _ = writeln!(
                io::stderr(),
                "skipped: Chromium is not installed; on Debian, apt-get install chromium"
            );
            None
        }
    }
}

/// A class of three, of whom two wait for ever.
fn graded() -> Workbook {
    let workbook = Workbook::new();
    for (who, body) in [
        ("ann", r#"if check.is_empty() { "" } else { "pass" }"#),
        ("ben", r#"if check == "never_waits" { "deadlock" } else { "pass" }"#),
        ("cleo", r#"match check { "never_waits" => "deadlock", _ => "pass" }"#),
    ] {
        let text = format!("//! Greetings.\n\npub fn at(check: &str) -> &'static str {{\n    {body}\n}}\n");
        workbook.write(&format!("class/{who}/greet/src/lib.rs"), text);
    }
    workbook.write("week.toml", "title = \"Week 1\"\n[[exercise]]\nname = \"greet\"\n");
    workbook.checker("grade class --assignment week.toml --sandbox none --out out").run().exits(0);
    workbook
}

#[test]
fn the_pages_can_be_read_wide_narrow_and_in_the_dark() {
    let Some(mut browser) = browser() else { return };
    let workbook = graded();
    let pages = workbook.path("out/pages");
    let mut paths = vec![pages.join("index.html")];
    paths.extend(std::fs::read_dir(pages.join("learners")).unwrap().map(|entry| entry.unwrap().path()));
    assert_eq!(paths.len(), 4);
    let dark = View { dark: true, ..DESKTOP };
    for path in &paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        for (how, view) in [("wide", DESKTOP), ("phone", PHONE), ("dark", dark)] {
            browser.open(&format!("file://{}", path.display()), view);
            assert_eq!(
                browser.value("document.documentElement.scrollWidth <= window.innerWidth"),
                true,
                "{name}, {how}: the page scrolls sideways"
            );
            assert_eq!(browser.outside(), Vec::<String>::new(), "{name} loads something");
            assert_eq!(browser.exceptions(), Vec::<String>::new());
            let luminance = "getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).slice(0, 3)\
                             .reduce((sum, it) => sum + Number(it), 0) < 384";
            assert_eq!(browser.value(luminance), json!(view.dark), "{name}, {how}");
            browser.screenshot(&format!("grade-{how}-{}", if name == "index" { "class" } else { "learner" }));
        }
    }
}

#[test]
fn the_rows_are_filtered_and_a_finding_opens_to_the_code_of_both() {
    let Some(mut browser) = browser() else { return };
    let workbook = graded();
    browser.open(&format!("file://{}", workbook.path("out/pages/index.html").display()), DESKTOP);
    let rows = "[...document.querySelectorAll('table.heat tr[data-id]')].filter((it) => !it.hidden).length";
    assert_eq!(browser.value(rows), 3);
    let typed = |text: &str| {
        format!(
            "(() => {{ const box = document.querySelector('input'); box.value = '{text}'; \
             box.dispatchEvent(new Event('input')); }})()"
        )
    };
    browser.value(&typed("DEADLOCK"));
    assert_eq!(browser.value(rows), 2);
    browser.value(&typed("nobody is called so"));
    assert_eq!(browser.value(rows), 0);
    browser.value(&typed(""));
    assert_eq!(browser.value(rows), 3);

    let summary = browser.value("document.querySelector('details summary').textContent");
    assert!(summary.as_str().unwrap().starts_with("2 programs: deadlock at clause 2"), "{summary}");
    let visible = "[...document.querySelectorAll('details pre')].filter((it) => it.checkVisibility()).length";
    assert_eq!(browser.value(visible), 0);
    browser.click("document.querySelector('details summary')");
    assert_eq!(browser.value(visible), 2);
    browser.screenshot("grade-finding-open");
}
