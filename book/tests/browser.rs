//! The built book in a headless Chromium: a lesson, its figure stepped to the deadlock, search, a phone, paper.
//!
//! Without Chromium these tests say so and do nothing, unless `CI` is set to `true`. Pictures of what was seen are left
//! in `target/tmp/screenshots`.

mod devtools;

use devtools::{Browser, DESKTOP, PHONE, View};
use serde_json::json;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

/// The pages of which whole pictures are kept, in three views.
const LOOKED_AT: [&str; 8] = [
    "01-parallel-map/index",
    "03-pipeline/index",
    "05-worker-pool/index",
    "06-timeout-with-fallback/index",
    "07-rate-limiting/index",
    "08-retry-with-backoff/index",
    "which-pattern",
    "side-by-side",
];

/// The figure of a lesson's bug.
const FIGURE: &str = "document.querySelector('figure.lanes')";

/// A browser, or `None` where there is none and none is asked for.
fn browser() -> Option<Browser> {
    match devtools::find() {
        Some(chromium) => Some(Browser::start(&chromium)),
        None if env::var_os("CI").is_some_and(|ci| ci == "true") => {
            panic!("Chromium is not installed, and CI=true asks for it: apt-get install chromium")
        }
        None => {
            // Not `eprintln!`, which nobody would see in a test that passes.
            let _ = writeln!(
                io::stderr(),
                "skipped: Chromium is not installed; on Debian, apt-get install chromium"
            );
            None
        }
    }
}

/// The address of a page of the book, which is built for the first that asks.
fn page(path: &str) -> String {
    static BUILT: OnceLock<()> = OnceLock::new();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book");
    BUILT.get_or_init(|| {
        let built = Command::new(env!("CARGO_BIN_EXE_book")).arg("--to").arg(&folder).status().unwrap();
        assert!(built.success(), "the book could not be built");
    });
    format!("file://{}/{path}", folder.display())
}

fn button(label: &str) -> String {
    format!("[...{FIGURE}.querySelectorAll('button')].find((it) => it.textContent === '{label}')")
}

#[test]
fn a_lesson_opens_and_fetches_nothing_from_outside() {
    let Some(mut browser) = browser() else { return };
    for lesson in lessons() {
        browser.open(&page(&format!("{lesson}/index.html")), DESKTOP);
        browser.wait_for("document.querySelector('.lanes-controls') !== null");
        assert_eq!(browser.value("document.querySelectorAll('svg.owns-drawing').length"), 1);
        // No line of code ends at the edge of its picture.
        let cut = format!(
            "[...{FIGURE}.querySelectorAll('.lanes-code')].filter((it) => {{ const box = it.getBBox(); \
             return box.x < 0 || box.x + box.width > it.ownerSVGElement.viewBox.baseVal.width; }})\
             .map((it) => it.textContent)"
        );
        assert_eq!(browser.value(&cut), json!([]), "{lesson}");
        assert_eq!(browser.outside(), Vec::<String>::new());
        assert_eq!(browser.exceptions(), Vec::<String>::new());
        browser.screenshot(&format!("{lesson}-light"));
        browser.value(&format!("{FIGURE}.scrollIntoView()"));
        browser.screenshot(&format!("{lesson}-figure-light"));
    }
}

#[test]
fn the_figure_is_stepped_to_the_deadlock() {
    let Some(mut browser) = browser() else { return };
    browser.open(&page("02-producer-consumer/index.html"), DESKTOP);
    browser.wait_for("document.querySelector('.lanes-controls') !== null");
    let steps = browser.value(&format!("{FIGURE}.querySelectorAll('.lanes-step').length")).as_u64().unwrap();
    let shown = format!(
        "[...{FIGURE}.querySelectorAll('.lanes-step')]\
         .filter((it) => getComputedStyle(it).visibility === 'visible').length"
    );
    let status = format!("{FIGURE}.querySelector('.lanes-status').textContent");
    assert_eq!(browser.value(&shown), json!(steps), "all of it is shown before anybody steps");

    browser.click(&button("Step through"));
    assert_eq!(browser.value(&shown), 1);
    for step in 2..=steps {
        assert!(!browser.value(&status).as_str().unwrap().contains("Deadlock"));
        browser.click(&button("Next"));
        assert_eq!(browser.value(&shown), json!(step));
    }
    let said = browser.value(&status);
    assert!(said.as_str().unwrap().contains("Deadlock: nothing can run any more. main waits for"), "{said}");
    assert_eq!(browser.value(&format!("{}.disabled", button("Next"))), true);
    browser.screenshot("stepped-to-the-deadlock");

    // With the keyboard too, and the book doesn't turn the page.
    browser.click(&button("Back"));
    browser.press("ArrowLeft");
    assert_eq!(browser.value(&shown), json!(steps - 2));
    assert_eq!(browser.value("location.pathname.includes('02-producer-consumer')"), true);
    browser.screenshot("two-steps-before-the-deadlock");
    browser.click(&button("Show all"));
    assert_eq!(browser.value(&shown), json!(steps));
}

#[test]
fn a_chart_is_stepped_through_and_is_complete_without_scripts() {
    let Some(mut browser) = browser() else { return };
    const CHART: &str = "document.querySelector('figure.chart')";
    let of_chart = |label: &str| button(label).replace(FIGURE, CHART);
    let steps = format!("[...{CHART}.querySelectorAll('.lanes-step')]");
    let shown = format!("{steps}.filter((it) => getComputedStyle(it).visibility === 'visible').length");
    let status = format!("{CHART}.querySelector('[role=status]').textContent");
    // It is part of an answer.
    let unfold = format!("{CHART}.closest('details').open = true");
    for (lesson, first, last) in [
        ("07-rate-limiting", "600 ms · fixed window: a request is allowed", "6 of them within 1 s"),
        ("08-retry-with-backoff", "0 ms · without jitter: 1 of 10 requests answered", "the last after 3.1 s"),
    ] {
        let address = page(&format!("{lesson}/index.html"));
        browser.open(&address, View { scripts: false, ..DESKTOP });
        browser.value(&unfold);
        let all = browser.value(&shown).as_u64().unwrap();
        assert!(all > 15 && browser.value(&format!("{steps}.length")) == all, "{lesson}: {all}");
        let buttons = format!("{CHART}.querySelectorAll('button').length");
        assert_eq!(browser.value(&buttons), 0, "{lesson}");

        browser.open(&address, DESKTOP);
        browser.value(&unfold);
        browser.wait_for(&format!("{CHART}.querySelector('.lanes-controls') !== null"));
        assert_eq!(browser.value(&shown), all, "all of it is shown before anybody steps");
        browser.click(&of_chart("Step through"));
        assert_eq!(browser.value(&shown), 1);
        let said = browser.value(&status);
        assert!(said.as_str().unwrap().contains(first), "{lesson}: {said}");
        browser.click(&of_chart("Next"));
        browser.press("ArrowRight");
        assert_eq!(browser.value(&shown), 3);
        browser.screenshot(&format!("{lesson}-chart-stepped"));
        browser.press("ArrowLeft");
        browser.click(&of_chart("Back"));
        assert_eq!(browser.value(&shown), 1);
        assert_eq!(browser.value("location.pathname").as_str().map(|it| it.contains(lesson)), Some(true));
        browser.click(&of_chart("Next"));
        for _ in 2..all {
            browser.press("ArrowRight");
        }
        let said = browser.value(&status);
        assert!(said.as_str().unwrap().contains(last), "{lesson}: {said}");
        assert_eq!(browser.value(&format!("{}.disabled", of_chart("Next"))), true);
        browser.click(&of_chart("Show all"));
        assert_eq!(browser.value(&shown), all);
        assert_eq!(browser.exceptions(), Vec::<String>::new());

        browser.open(&address, View { print: true, ..DESKTOP });
        browser.value(&unfold);
        browser.wait_for(&format!("{CHART}.querySelector('.lanes-controls') !== null"));
        browser.value(&format!("{}.click()", of_chart("Step through")));
        assert_eq!(browser.value(&shown), all, "{lesson}: on paper");
    }
}

#[test]
fn a_page_fits_a_desk_a_phone_and_the_dark() {
    let Some(mut browser) = browser() else { return };
    for path in LOOKED_AT {
        let name = path.trim_end_matches("/index");
        let views = [("wide", DESKTOP), ("narrow", PHONE), ("dark", View { dark: true, ..DESKTOP })];
        for (view, how) in views {
            browser.open(&page(&format!("{path}.html")), how);
            browser.wait_for("document.readyState === 'complete'");
            // The answers have to fit, too.
            browser.value("document.querySelectorAll('details').forEach((it) => { it.open = true; })");
            let fits = "document.documentElement.scrollWidth <= window.innerWidth";
            assert_eq!(browser.value(fits), true, "{path}, {view}");
            assert_eq!(browser.exceptions(), Vec::<String>::new(), "{path}, {view}");
            browser.screenshot_page(&format!("{name}-page-{view}"));
        }
    }
}

#[test]
fn the_table_side_by_side_is_printed_on_two_sides() {
    let Some(mut browser) = browser() else { return };
    // As wide as the text of a side of A4.
    let paper = View { print: true, width: 718, ..DESKTOP };
    browser.open(&page("side-by-side.html"), paper);
    let wide = "[...document.querySelectorAll('main, main table, main div')]\
                .filter((it) => it.scrollWidth > it.clientWidth + 1).map((it) => it.className)";
    assert_eq!(browser.value(wide), json!([]));
    browser.screenshot_page("side-by-side-paper");
    let sides = browser.print("side-by-side");
    assert!((1..=2).contains(&sides), "{sides} sides");
}

/// The pages of the book, by their paths in it.
fn pages() -> Vec<String> {
    let first = page("");
    let folder = PathBuf::from(first.trim_start_matches("file://"));
    let mut pages = Vec::new();
    let folders = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    for folder in folders.filter(|it| it.is_dir()).chain([folder.clone()]) {
        for file in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            if name.ends_with(".html") && !["print.html", "toc.html", "404.html"].contains(&&*name) {
                let path = file.strip_prefix(PathBuf::from(first.trim_start_matches("file://"))).unwrap();
                pages.push(path.to_string_lossy().into_owned());
            }
        }
    }
    pages.sort();
    pages
}

#[test]
fn no_listing_is_wider_than_its_column() {
    let Some(mut browser) = browser() else { return };
    let wide = "[...document.querySelectorAll('pre, pre code')]\
                .filter((it) => it.scrollWidth > it.clientWidth + 1 && it.closest('.lanes') === null)\
                .map((it) => it.textContent.slice(0, 80))";
    let pages = pages();
    let smallest = "Math.min(99, ...[...document.querySelectorAll('pre code')].map((it) => parseFloat(getComputedStyle(it).fontSize)))";
    for path in &pages {
        browser.open(&page(path), DESKTOP);
        assert_eq!(browser.value(wide), json!([]), "{path}");
        // Nor is it made to fit by letters that nobody can read.
        assert!(browser.value(smallest).as_f64().unwrap() >= 13.0, "{path}");
    }
    assert!(pages.len() > 40, "only {} pages", pages.len());
}

#[test]
fn every_task_is_a_page_behind_its_lesson() {
    let Some(mut browser) = browser() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut seen = 0;
    for lesson in fs::read_dir(root.join("exercises")).unwrap().map(|entry| entry.unwrap()) {
        let lesson = lesson.file_name().into_string().unwrap();
        browser.open(&page(&format!("{lesson}/index.html")), DESKTOP);
        let links =
            browser.value("[...document.querySelectorAll('main a')].map((it) => it.getAttribute('href'))");
        for exercise in fs::read_dir(root.join("exercises").join(&lesson)).unwrap() {
            let name = exercise.unwrap().file_name().into_string().unwrap();
            assert!(links.as_array().unwrap().contains(&json!(format!("{name}.html"))), "{lesson}: {links}");
            seen += 1;
        }
    }
    assert!(seen > 30, "only {seen} exercises");
    browser.open(&page("02-producer-consumer/print-room.html"), DESKTOP);
    assert_eq!(browser.value("document.querySelector('main h1').textContent"), "The print room");
    assert_eq!(browser.value("document.querySelectorAll('#contract').length"), 1);
    assert_eq!(browser.outside(), Vec::<String>::new());
    // The lesson before it, and the next exercise behind it.
    let turns = "[...document.querySelectorAll('a.nav-chapters')].map((it) => it.getAttribute('href'))";
    let turns = browser.value(turns).to_string();
    assert!(turns.contains("bounded-queue.html") && turns.contains("bounded-squares.html"), "{turns}");
    browser.screenshot("task");
    browser.open(&page("02-producer-consumer/print-room.html"), PHONE);
    assert_eq!(browser.value("document.documentElement.scrollWidth <= window.innerWidth"), true);
    browser.screenshot("task-phone");
    browser.open(&page("02-producer-consumer/print-room.html"), View { dark: true, ..DESKTOP });
    browser.screenshot("task-dark");
}

#[test]
fn search_works_offline() {
    let Some(mut browser) = browser() else { return };
    browser.open(&page("index.html?search=backpressure"), DESKTOP);
    let found =
        "[...document.querySelectorAll('#mdbook-searchresults a')].map((it) => it.getAttribute('href'))";
    browser.wait_for(&format!("{found}.some((it) => it.includes('02-producer-consumer'))"));
    assert_eq!(browser.outside(), Vec::<String>::new());
    browser.screenshot("search");
}

#[test]
fn a_phone_shows_a_lesson_without_scrolling_sideways() {
    let Some(mut browser) = browser() else { return };
    for lesson in lessons() {
        browser.open(&page(&format!("{lesson}/index.html")), PHONE);
        browser.wait_for("document.querySelector('.lanes-controls') !== null");
        assert_eq!(
            browser.value("document.documentElement.scrollWidth <= window.innerWidth"),
            true,
            "{lesson}"
        );
        browser.value(&format!("{FIGURE}.scrollIntoView()"));
        browser.screenshot(&format!("{lesson}-figure-phone"));
        // What is 11 high where it was drawn.
        let scale = browser.value(&format!(
            "(() => {{ const it = {FIGURE}.querySelector('svg'); \
             return it.getBoundingClientRect().width / it.viewBox.baseVal.width; }})()"
        ));
        assert!(11.0 * scale.as_f64().unwrap() >= 8.0, "{lesson}: the code is too small to be read");
        browser.click(&button("Step through"));
        for _ in 0..4 {
            browser.click(&button("Next"));
        }
        browser.screenshot(&format!("{lesson}-stepping-phone"));
        browser.value("document.querySelector('table').scrollIntoView()");
        browser.screenshot(&format!("{lesson}-table-phone"));
    }
}

#[test]
fn a_reader_in_the_dark_gets_a_dark_page() {
    let Some(mut browser) = browser() else { return };
    browser.open(&page("02-producer-consumer/index.html"), View { dark: true, ..DESKTOP });
    browser.wait_for("document.querySelector('.lanes-controls') !== null");
    let light = |colour: &str| -> u32 {
        let numbers =
            colour.trim_start_matches(|c: char| !c.is_ascii_digit()).split(|c: char| !c.is_ascii_digit());
        numbers.filter_map(|it| it.parse::<u32>().ok()).take(3).sum()
    };
    let page = browser.value("getComputedStyle(document.documentElement).backgroundColor");
    let drawn = browser.value(&format!("getComputedStyle({FIGURE}.querySelector('svg text')).fill"));
    let (page, drawn) = (light(page.as_str().unwrap()), light(drawn.as_str().unwrap()));
    assert!(page < 200 && drawn > 400, "the page is {page} of 765 bright, the drawing {drawn}");
    browser.value("document.querySelector('figure.owns').scrollIntoView()");
    browser.screenshot("owns-dark");
    browser.value(&format!("{FIGURE}.scrollIntoView()"));
    browser.screenshot("figure-dark");
}

#[test]
fn without_scripts_and_on_paper_it_is_a_plain_figure() {
    let Some(mut browser) = browser() else { return };
    let visible = format!(
        "[...{FIGURE}.querySelectorAll('.lanes-step')].every((it) => getComputedStyle(it).visibility === 'visible')"
    );
    let buttons =
        format!("[...{FIGURE}.querySelectorAll('button')].filter((it) => it.checkVisibility()).length");
    let lesson = page("02-producer-consumer/index.html");
    browser.open(&lesson, View { scripts: false, ..DESKTOP });
    assert_eq!((browser.value(&visible), browser.value(&buttons)), (json!(true), json!(0)));
    browser.value(&format!("{FIGURE}.scrollIntoView()"));
    browser.screenshot("figure-without-scripts");

    browser.open(&lesson, View { print: true, ..DESKTOP });
    browser.wait_for("document.querySelector('.lanes-controls') !== null");
    browser.value(&format!("{}.click()", button("Step through")));
    assert_eq!((browser.value(&visible), browser.value(&buttons)), (json!(true), json!(0)));
}

#[test]
fn a_link_to_a_part_of_a_lesson_lands_there() {
    let Some(mut browser) = browser() else { return };
    for part in ["choosing-your-tools", "the-contract"] {
        browser.open(&page(&format!("09-progress-tracking/index.html#{part}")), DESKTOP);
        let top = format!("document.getElementById('{part}').getBoundingClientRect().top");
        browser.wait_for(&format!("{top} >= 0 && {top} < window.innerHeight / 2"));
        browser.screenshot(part);
        browser.open("about:blank", DESKTOP);
    }
}

/// The game of a lesson.
const GAME: &str = "document.querySelector('figure.play')";

/// The folders of the lessons, in their order.
fn lessons() -> Vec<String> {
    let entries = fs::read_dir(lessons_folder()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> =
        names.filter(|name| name.starts_with(|c: char| c.is_ascii_digit())).collect();
    names.sort();
    assert_eq!(names.len(), 14);
    names
}

/// Those that have a game.
fn with_a_game() -> Vec<String> {
    let names: Vec<_> =
        lessons().into_iter().filter(|name| lessons_folder().join(name).join("puzzles").is_dir()).collect();
    assert_eq!(names.len(), 13);
    names
}

fn lessons_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lessons")
}

#[test]
fn the_game_of_every_lesson_is_won_by_keys_alone() {
    let Some(mut browser) = browser() else { return };
    let status = format!("{GAME}.querySelector('.play-status').textContent");
    for lesson in with_a_game() {
        browser.open(&page(&format!("{lesson}/index.html")), DESKTOP);
        browser.wait_for(&format!("{GAME} !== null && !{GAME}.hidden"));
        browser.value(&format!("{GAME}.scrollIntoView()"));
        browser.value(&format!("{GAME}.focus()"));
        browser.screenshot(&format!("{lesson}-game"));
        // The first press begins to show the shortest way, each one after it makes a move.
        for _ in 0..40 {
            if browser.value(&status).as_str().unwrap().contains("You have reached the goal") {
                break;
            }
            browser.press("s");
        }
        let said = browser.value(&status).as_str().unwrap().to_owned();
        assert!(said.contains("You have reached the goal"), "{lesson}: {said}");
        let (own, shortest) = said
            .split_once("reached the goal, in ")
            .unwrap()
            .1
            .split_once(". The shortest way takes ")
            .unwrap();
        assert_eq!(format!("{own}."), shortest, "{lesson}");
        browser.screenshot(&format!("{lesson}-game-won"));
        browser.press("u");
        assert!(browser.value(&status).as_str().unwrap().contains("One move back"));
        browser.press("r");
        assert!(browser.value(&status).as_str().unwrap().contains("From the beginning"));
        assert_eq!(browser.exceptions(), Vec::<String>::new());
    }
}

#[test]
fn a_game_fits_a_phone_and_the_dark_and_is_not_there_without_scripts() {
    let Some(mut browser) = browser() else { return };
    for lesson in with_a_game() {
        browser.open(&page(&format!("{lesson}/index.html")), PHONE);
        browser.wait_for(&format!("{GAME} !== null && !{GAME}.hidden"));
        let fits = "document.documentElement.scrollWidth <= window.innerWidth";
        assert_eq!(browser.value(fits), true, "{lesson}");
        // The names of the threads keep their letters in a row.
        let tall =
            format!("[...{GAME}.querySelectorAll('.play-mark')].filter((it) => it.clientHeight > 30).length");
        assert_eq!(browser.value(&tall), 0, "{lesson}");
        browser.value(&format!("{GAME}.scrollIntoView()"));
        browser.screenshot(&format!("{lesson}-game-phone"));
    }
    let lesson = page("12-resource-pool/index.html");
    browser.open(&lesson, View { dark: true, ..DESKTOP });
    browser.wait_for(&format!("{GAME} !== null && !{GAME}.hidden"));
    browser.value(&format!("{GAME}.scrollIntoView()"));
    browser.click(&format!("{GAME}.querySelector('.play-threads button')"));
    browser.screenshot("game-dark");
    browser.open(&lesson, View { scripts: false, ..DESKTOP });
    assert_eq!(browser.value(&format!("{GAME}.checkVisibility()")), false);
}
