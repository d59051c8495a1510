//! What is said of the course as a whole, in one file: its times, what a lesson needs of others, the ways through it.

mod shelf;

use serde::Deserialize;
use shelf::{anchors, exercises, lessons, nothing_in, read, root, workbook};
use std::collections::BTreeMap;

/// What is said of the course as a whole, which `cargo checker list` shows.
#[derive(Deserialize)]
struct Overview {
    /// The minutes that a learner needs to read a chapter.
    chapter: u32,
    needs: BTreeMap<String, String>,
    ways: Vec<Way>,
}

#[derive(Deserialize)]
struct Way {
    name: String,
    takes: String,
    does: String,
}

fn overview() -> Overview {
    toml::from_str(&read(root().join("course.toml"))).unwrap()
}

/// The numbers in a text, in their order.
fn numbers(text: &str) -> Vec<u32> {
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect()
}

/// The minutes of an exercise, as its `Cargo.toml` has them.
fn minutes(lesson: &str, exercise: &str) -> u32 {
    let manifest = read(workbook().join("exercises").join(lesson).join(exercise).join("Cargo.toml"));
    let line = manifest.lines().find_map(|line| line.strip_prefix("minutes = ")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn the_introduction_shows_the_whole_course_with_its_times_and_needs() {
    let (introduction, exercises) = (read(root().join("README.md")), exercises());
    let overview = overview();
    let mut wrong = Vec::new();
    for (lesson, text) in lessons() {
        let number: u32 = lesson.split('-').next().unwrap().parse().unwrap();
        let title = text.lines().next().unwrap().trim_start_matches("# ");
        let start = format!("| {number} | [{title}]({lesson}/README.md) | ");
        let Some(row) = introduction.lines().find_map(|line| line.strip_prefix(&start)) else {
            wrong.push(format!("no row of the table begins with {start}"));
            continue;
        };
        let inside = exercises.get(&lesson).into_iter().flatten();
        let minutes = overview.chapter + inside.map(|exercise| minutes(&lesson, exercise)).sum::<u32>();
        // To the nearest half an hour.
        let halves = (minutes + 15) / 30;
        let time = format!("{}{} h", halves / 2, if halves % 2 == 1 { "½" } else { "" });
        let (shown, row) = row.split_once(" | ").unwrap();
        if shown != time {
            wrong.push(format!(
                "the chapter and the exercises of {lesson} take {time} ({minutes} min): {row}"
            ));
        }
        let needs = overview.needs.get(&number.to_string()).map_or("", String::as_str);
        if row.split('|').next().unwrap().trim() != needs {
            wrong.push(format!("course.toml says that {lesson} needs `{needs}`: {row}"));
        }
        if numbers(needs).into_iter().any(|it| it >= number) {
            wrong.push(format!("{lesson} needs a lesson that comes later: {needs}"));
        }
    }
    nothing_in(wrong);
}

#[test]
fn the_introduction_and_the_readme_show_the_ways_through_the_course() {
    let introduction = read(root().join("README.md"));
    let section = introduction.split("\n## Ways through\n").nth(1).expect("a section on the ways");
    let shown: Vec<_> = section.trim().split("\n\n").collect();
    let ways = overview().ways;
    assert_eq!(shown.len(), ways.len(), "each way has a paragraph");
    let readme = read(workbook().join("README.md"));
    for (way, shown) in ways.iter().zip(shown) {
        let start = format!("**{}** ({}).", way.name, way.takes);
        assert!(shown.starts_with(&start), "{start} {shown}");
        assert_eq!(numbers(shown), numbers(&way.does), "{shown}");
        let row = format!("| {} | {} | {} |", way.name, way.takes, way.does);
        assert!(readme.contains(&row), "README.md has no row {row}");
    }
    assert!(
        readme.contains("](lessons/README.md#the-course)") && anchors(&introduction).contains("the-course")
    );
}

#[test]
fn a_plain_build_leaves_out_the_crates_that_people_use_at_work() {
    const CRATE: &str = "lessons/wild";
    let manifest: toml::Table = toml::from_str(&read(workbook().join("Cargo.toml"))).unwrap();
    let listed = |key: &str| -> Vec<&str> {
        manifest["workspace"][key].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect()
    };
    assert!(listed("members").contains(&CRATE));
    let plain = listed("default-members");
    assert!(plain.len() > 50 && !plain.contains(&CRATE));
    // Nor does one of the others need it.
    for member in plain {
        let manifest: toml::Table =
            toml::from_str(&read(workbook().join(member).join("Cargo.toml"))).unwrap();
        for key in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let needed = manifest.get(key).and_then(|it| it.get("wild"));
            assert!(needed.is_none(), "{member} needs {CRATE}");
        }
    }
    assert!(read(workbook().join(".ci/run")).contains("cargo test --quiet -p wild"));
}
