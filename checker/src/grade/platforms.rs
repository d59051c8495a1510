//! Results as platforms read them: Gradescope's `results.json`, Classroom 50's `result.json`, Markdown for GitHub, JUnit for GitLab.

use super::late::Late;
use super::one::{Line, Told};
use super::tables::number;
use crate::legible;
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::path::Path;

/// Where a job runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Platform {
    Gradescope,
    Classroom50,
    Github,
    Gitlab,
}

/// The result as the platform reads it.
///
/// # Errors
/// If the platform has not said what it must say, or can't take the points.
pub fn written(platform: Platform, told: &Told, variable: impl Fn(&str) -> Option<String>) -> Result<String> {
    match platform {
        Platform::Gradescope => Ok(serde_json::to_string_pretty(&gradescope(told))? + "\n"),
        Platform::Classroom50 => Ok(serde_json::to_string_pretty(&classroom50(told, variable)?)? + "\n"),
        Platform::Github => Ok(markdown(told)),
        Platform::Gitlab => junit(told),
    }
}

/// When it was handed in, by Gradescope's `submission_metadata.json`. The moment at which it is judged says nothing of it.
///
/// # Errors
/// If the file can't be read, or has no moment in it.
pub fn submitted(metadata: &Path) -> Result<Late> {
    let text = crate::files::read_text(metadata)?;
    let value: Value =
        serde_json::from_str(&text).with_context(|| format!("{} can't be understood", metadata.display()))?;
    let moment = value.get("created_at").and_then(Value::as_str).and_then(Late::at);
    moment.with_context(|| format!("{} has no time in `created_at`", metadata.display()))
}

fn gradescope(told: &Told) -> Value {
    let mut output = format!("{} of {}", number(Some(told.raw())), number(Some(told.max())));
    for exercise in told.exercises.iter().filter(|it| it.penalty > 0.0) {
        let _ = write!(output, "\n{}: {}", exercise.name, exercise.reason);
    }
    for stray in &told.strays {
        let _ = write!(output, "\nleft out: {}", legible::line(stray));
    }
    let test = |line: &Line| {
        let mut test = Map::new();
        test.insert("name".to_owned(), json!(legible::line(&line.name)));
        test.insert("number".to_owned(), json!(line.number));
        if let Some((points, max)) = line.points {
            test.insert("score".to_owned(), json!(points));
            test.insert("max_score".to_owned(), json!(max));
        }
        test.insert("status".to_owned(), json!(if line.is_kept { "passed" } else { "failed" }));
        test.insert("output".to_owned(), json!(legible::text(&line.text)));
        test.insert("output_format".to_owned(), json!("text"));
        test.insert("visibility".to_owned(), json!("visible"));
        Value::Object(test)
    };
    let tests: Vec<Value> = told.exercises.iter().flat_map(|it| &it.lines).map(test).collect();
    let mut result = json!({
        "output": output,
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    });
    // It takes the place of the sum, so it is there only where the sum is not the mark.
    if told.penalty() > 0.0 {
        result["score"] = json!(super::marks::rounded(told.raw() - told.penalty()));
    }
    result
}

/// A number of points without a part after the point.
///
/// # Errors
/// If it has one: Classroom 50 takes whole numbers only.
pub fn whole(points: f64) -> Result<u64> {
    if points.fract().abs() > 1e-9 || !(0.0..1e9).contains(&points) {
        bail!(
            "Classroom 50 accepts only whole points, and {points} is not a whole number; use whole points and weights in the assignment"
        );
    }
    // It is whole and in the range.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Ok(points as u64)
}

fn classroom50(told: &Told, variable: impl Fn(&str) -> Option<String>) -> Result<Value> {
    let own = |name: &str| {
        let value = variable(name).filter(|value| !value.is_empty());
        value.with_context(|| format!("{name} is not set; Classroom 50's runner sets it"))
    };
    let mut tests = Vec::new();
    for line in told.exercises.iter().flat_map(|it| &it.lines) {
        let (points, max) = line.points.unwrap_or_default();
        tests.push(json!({
            "test-name": legible::line(&line.name),
            "passed": line.is_kept,
            "score": whole(points)?,
            "max-score": whole(max)?,
            "output": legible::text(&line.text),
        }));
    }
    let commit = own("COMMIT_URL")?;
    let owner = variable("OWNER").filter(|owner| !owner.is_empty());
    Ok(json!({
        "schema": "classroom50/result/v1",
        "classroom": own("CLASSROOM")?,
        "assignment": own("ASSIGNMENT")?,
        "assignment_type": variable("ASSIGNMENT_TYPE").unwrap_or_else(|| "individual".to_owned()),
        "owner": owner.map_or_else(|| own("USERNAME"), Ok)?,
        "submission": own("SUBMISSION_TAG")?,
        "review": variable("REVIEW_URL").filter(|it| !it.is_empty()).unwrap_or_else(|| commit.clone()),
        "commit": commit,
        "release": own("RELEASE_URL")?,
        // The runner writes the commit's own date over it.
        "datetime": Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "score": whole(told.raw() - told.penalty())?,
        "max-score": whole(told.max())?,
        "tests": tests,
    }))
}

/// A text in a fence that nothing in it can end.
fn fenced(text: &str) -> String {
    let text = legible::text(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{text}\n{fence}\n")
}

/// A line that Markdown takes for nothing else.
fn escaped(line: &str) -> String {
    let mut text = String::new();
    for c in legible::line(line).chars() {
        if "\\`*_{}[]<>()#+-.!|~&".contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

fn markdown(told: &Told) -> String {
    let mut text = format!("## {} of {} points\n\n", number(Some(told.raw())), number(Some(told.max())));
    for line in told.exercises.iter().flat_map(|it| &it.lines) {
        let points = line.points.map_or(String::new(), |(points, max)| {
            format!(" ({} of {})", number(Some(points)), number(Some(max)))
        });
        let _ = writeln!(text, "- {} {}{points}", if line.is_kept { "✓" } else { "✗" }, escaped(&line.name));
    }
    for line in told.exercises.iter().flat_map(|it| &it.lines).filter(|line| !line.is_kept) {
        let _ = write!(text, "\n### {}\n\n{}", escaped(&line.name), fenced(&line.text));
    }
    text
}

fn junit(told: &Told) -> Result<String> {
    let mut report = Report::new("workbook");
    for exercise in &told.exercises {
        let mut suite = TestSuite::new(&*exercise.name);
        for line in &exercise.lines {
            let status = if line.is_kept {
                TestCaseStatus::success()
            } else {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                let first = line.text.lines().next().unwrap_or_default().to_owned();
                status.set_message(first).set_description(line.text.clone());
                status
            };
            let mut case = TestCase::new(format!("{} {}", line.number, line.name), status);
            case.set_classname(&*exercise.name);
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    Ok(report.to_string()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::one::OfExercise;

    fn told(penalty: f64, points: f64) -> Told {
        let line = |number: &str, is_kept: bool| Line {
            name: format!("pair, clause {number}: |it| ends"),
            number: number.to_owned(),
            points: Some((if is_kept { points } else { 0.0 }, points)),
            is_kept,
            text: "deadlock: ```\u{1b}[2J\n::error::mine".to_owned(),
        };
        let lines = vec![line("1.1", true), line("1.2", false)];
        let max = 2.0 * points;
        let exercise =
            OfExercise { name: "pair".to_owned(), raw: points, penalty, max, lines, ..OfExercise::default() };
        Told { exercises: vec![exercise], ..Told::default() }
    }

    fn variables(name: &str) -> Option<String> {
        let value = match name {
            "CLASSROOM" => "conc",
            "ASSIGNMENT" => "week-3",
            "USERNAME" => "a1",
            "SUBMISSION_TAG" => "submit/1",
            "COMMIT_URL" | "RELEASE_URL" => "https://git.example/1",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn the_sum_is_the_score_unless_something_is_taken_off() {
        let plain = gradescope(&told(0.0, 2.5));
        assert!(plain.get("score").is_none(), "{plain}");
        assert_eq!(plain["tests"][0]["score"], 2.5);
        assert_eq!(gradescope(&told(1.0, 2.5))["score"], 1.5);
    }

    #[test]
    fn no_sign_of_a_terminal_comes_through() {
        for platform in [Platform::Gradescope, Platform::Classroom50, Platform::Github, Platform::Gitlab] {
            let text = written(platform, &told(0.0, 2.0), variables).unwrap();
            assert!(!text.contains('\u{1b}') && !text.contains("\\u001b"), "{platform:?}: {text}");
        }
    }

    #[test]
    fn what_a_program_says_stays_in_its_fence() {
        let text = markdown(&told(0.0, 2.0));
        assert!(text.contains("````text\n") && text.contains("\\|it\\| ends"), "{text}");
    }

    #[test]
    fn half_points_are_refused_where_only_whole_ones_are_taken() {
        assert!(classroom50(&told(0.0, 2.5), variables).unwrap_err().to_string().contains("whole points"));
        assert!(classroom50(&told(0.0, 2.0), |_| None).unwrap_err().to_string().contains("is not set"));
    }

    /// Holds a result to `result-v1.schema.json` of Classroom 50, and to the rules that its runner adds.
    #[test]
    fn classroom_50_gets_every_field_that_it_asks_for_and_no_other() {
        let result = classroom50(&told(1.0, 2.0), variables).unwrap();
        let fields = [
            "assignment",
            "assignment_type",
            "classroom",
            "commit",
            "datetime",
            "max-score",
            "owner",
            "release",
            "review",
            "schema",
            "score",
            "submission",
            "tests",
        ];
        assert_eq!(result.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>(), fields);
        for name in fields.iter().filter(|name| !["max-score", "score", "tests"].contains(name)) {
            assert!(!result[*name].as_str().unwrap().is_empty(), "{name}");
        }
        assert_eq!(result["schema"], "classroom50/result/v1");
        assert!(result["submission"].as_str().unwrap().starts_with("submit/"));
        let moment = result["datetime"].as_str().unwrap();
        assert!(
            moment.len() == 20 && moment.ends_with('Z') && moment.parse::<Timestamp>().is_ok(),
            "{moment}"
        );
        assert!(result["score"].as_u64().unwrap() <= result["max-score"].as_u64().unwrap());
        assert_eq!(result["score"], 1);
        for test in result["tests"].as_array().unwrap() {
            assert!(!test["test-name"].as_str().unwrap().is_empty() && test["passed"].is_boolean());
            assert!(test["score"].as_u64().unwrap() <= test["max-score"].as_u64().unwrap());
        }
    }
}
