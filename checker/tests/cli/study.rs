//! What goes with an exercise: hints that fit, comparing, beginning anew, and progress that is not lost.

use crate::workbook::Workbook;
use std::thread;

const PASS: &str = r#"if check.is_empty() { "" } else { "pass" }"#;
const DEADLOCK: &str = r#"if check == "never_waits" { "deadlock" } else { "pass" }"#;
const PROGRESS: &str = ".workbook/progress.json";

#[test]
fn hints_follow_the_finding_and_are_counted() {
    let workbook = Workbook::new();
    let hints = workbook.read("exercises/01-greeting/greet/hints.md");
    let hints = hints.replace("When they meet.", "<!-- for: deadlock -->\nWhen they meet.");
    workbook.write("exercises/01-greeting/greet/hints.md", hints);
    workbook
        .checker("hint greet")
        .run()
        .exits(0)
        .shows("Hint 1 of 3")
        .shows("1 of 3 hints opened")
        .shows("another one: cargo checker hint greet\n");
    workbook.learner_writes("greet", DEADLOCK);
    workbook.checker("run greet").run().exits(1);
    let second =
        workbook.checker("hint greet").run().exits(0).shows("Hint 2 of 3").shows("2 of 3 hints opened");
    assert!(!second.stdout().contains("<!--"));
    workbook.checker("hint greet").run().exits(0).shows("Hint 3 of 3").shows("3 of 3 hints opened");
    let json: serde_json::Value = serde_json::from_str(&workbook.read(PROGRESS)).unwrap();
    assert_eq!(json["exercises"]["greet"]["hints"], serde_json::json!([1, 2, 3]));
}

#[test]
fn all_hints_can_be_read_after_passing_and_are_not_counted() {
    let workbook = Workbook::new();
    workbook.checker("hint greet --all").run().exits(2).complains("after greet has passed");
    workbook.learner_writes("greet", PASS);
    workbook.checker("run greet").run().exits(0);
    workbook.checker("hint greet --all").run().exits(0).shows("Hint 1 of 3").shows("With a wave.");
    let json: serde_json::Value = serde_json::from_str(&workbook.read(PROGRESS)).unwrap();
    assert_eq!(json["exercises"]["greet"]["hints"], serde_json::json!([]));
}

#[test]
fn other_programs_are_compared_after_passing() {
    let workbook = Workbook::new();
    workbook.checker("compare greet").run().exits(2).complains("greet has not passed yet");
    workbook.learner_writes("greet", PASS);
    workbook.checker("run greet").run().exits(0);
    let ended = workbook.checker("compare greet").run().exits(0);
    ended.shows("means_3: by means 3").shows("-     if check.is_empty()");
    workbook.checker("compare greet means_2").run().exits(0).shows("+     \"pass\"");
    workbook.checker("compare greet mean_2").run().exits(2).complains("did you mean `means_2`");
    let solution = workbook.read("solutions/01-greeting/greet/src/lib.rs");
    workbook.write("exercises/01-greeting/greet/src/lib.rs", solution);
    workbook.checker("compare greet").run().exits(0).shows("No line differs.");
}

#[test]
fn reset_keeps_the_learners_file_and_says_where() {
    let workbook = Workbook::new();
    let stub = workbook.read("exercises/01-greeting/greet/src/lib.rs");
    workbook.checker("list").run().exits(0);
    workbook.learner_writes("greet", PASS);
    workbook.checker("run greet").run().exits(0);
    let ended = workbook.checker("reset --all").run().exits(0);
    ended.shows(".workbook/backup/greet/lib.rs.kept-1").shows("wave is already in its original state");
    assert_eq!(workbook.read("exercises/01-greeting/greet/src/lib.rs"), stub);
    assert!(workbook.read(".workbook/backup/greet/lib.rs.kept-1").contains("\"pass\""));
    workbook.checker("list").run().exits(0).shows("· greet  not run yet");
}

#[test]
fn a_reset_that_can_not_know_the_beginning_changes_nothing() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", PASS);
    workbook.checker("run greet").run().exits(0);
    workbook.remove(".workbook/original/greet/lib.rs");
    workbook.checker("reset greet").run().exits(2).complains("the original state of greet is not known");
    assert!(workbook.read("exercises/01-greeting/greet/src/lib.rs").contains("\"pass\""));
}

#[test]
fn progress_moves_to_another_machine_with_the_programs() {
    let (here, there) = (Workbook::new(), Workbook::new());
    here.learner_writes("greet", PASS);
    here.checker("run greet").run().exits(0);
    let exported = here.checker("progress export").run().exits(0).stdout();
    there.write("moved.json", exported);
    there.learner_writes("greet", DEADLOCK);
    let ended = there.checker("progress import moved.json").run().exits(0);
    ended.shows("your file is kept as .workbook/backup/greet").shows("1 of 2 exercises have passed");
    there.checker("list").run().exits(0).shows("✓ greet  passed");
    there.write("other.json", "{}");
    there.checker("progress import other.json").run().exits(2).complains("nothing was changed");
}

#[test]
fn progress_survives_a_rename() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", PASS);
    workbook.checker("run greet").run().exits(0);
    let manifest = "exercises/01-greeting/greet/Cargo.toml";
    let renamed = workbook.read(manifest).replace("name = \"greet\"", "name = \"welcome\"");
    workbook.write(manifest, renamed.replace("minutes = 5", "minutes = 5\nformerly = [\"greet\"]"));
    workbook.checker("list").run().exits(0).shows("✓ welcome  passed");
}

#[test]
fn what_a_later_checker_wrote_is_kept() {
    let workbook = Workbook::new();
    let later =
        r#"{"version":1,"later":7,"exercises":{"gone":{"state":"passed","source_hash":"1","new":[2]}}}"#;
    workbook.write(PROGRESS, later);
    workbook.checker("run greet").run().exits(1);
    let json: serde_json::Value = serde_json::from_str(&workbook.read(PROGRESS)).unwrap();
    assert_eq!((&json["later"], &json["exercises"]["gone"]["new"]), (&7.into(), &serde_json::json!([2])));
    assert_eq!(json["exercises"]["greet"]["state"], "unfinished");
}

#[test]
fn two_checkers_at_once_lose_nothing() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", PASS);
    workbook.learner_writes("wave", PASS);
    thread::scope(|scope| {
        for exercise in ["greet", "wave", "greet", "wave"] {
            let workbook = &workbook;
            scope.spawn(move || workbook.checker(&format!("run {exercise}")).run().exits(0));
        }
    });
    workbook.checker("list").run().exits(0).shows("✓ greet  passed").shows("✓ wave   passed");
}

#[test]
fn a_tree_that_can_not_be_written_still_gets_its_verdict() {
    let workbook = Workbook::new();
    // Whoever runs this may be allowed to write anywhere; nobody can write below a file.
    workbook.write(".workbook", "a file is where the folder should be");
    workbook.learner_writes("greet", PASS);
    let ended = workbook.checker("run greet").run().exits(0).shows("✓ greet: passed");
    ended.complains("your progress could not be kept");
}

#[test]
fn the_list_shows_the_way_through_the_course() {
    let workbook = Workbook::new();
    workbook.write(
        "lessons/course.toml",
        "chapter = 20\n[needs]\n1 = \"2 to 4\"\n[[ways]]\nname = \"A day\"\ntakes = \"an hour\"\n\
         does = \"the chapter of lesson 1, then its exercises, each of them on its own, and a walk\"\n\
         [[ways]]\nname = \"A week\"\ntakes = \"five minutes a day\"\ndoes = \"lesson 1\"\n",
    );
    let list = workbook.checker("list").run().exits(0).stdout();
    assert!(list.starts_with("Lesson 1: greeting · about 0.5 h · needs lessons 2 to 4\n"), "{list}");
    let ways = "\nWays through the course\n  \
                A day   an hour: the chapter of lesson 1, then its exercises, each of them on\n          \
                its own, and a walk\n  \
                A week  five minutes a day: lesson 1\n";
    assert!(list.ends_with(ways), "{list}");
    assert!(!workbook.checker("list --filter greet").run().exits(0).stdout().contains("Ways"));
}

#[test]
fn an_overview_that_can_not_be_understood_is_named_and_the_list_is_shown() {
    let workbook = Workbook::new();
    workbook.write("lessons/course.toml", "chapter = \"twenty\"\n");
    let ended = workbook.checker("list").run().exits(0).complains("course.toml can't be understood");
    ended.shows("greet").shows("not run yet");
}

#[test]
fn a_warm_up_is_listed_first_whatever_its_order() {
    let workbook = Workbook::new();
    let manifest = workbook.read("exercises/01-greeting/wave/Cargo.toml");
    workbook.write(
        "exercises/01-greeting/wave/Cargo.toml",
        manifest.replace("minutes = 5", "minutes = 5\nkind = \"warm-up\""),
    );
    let list = workbook.checker("list").run().exits(0).stdout();
    let place = |name: &str| list.find(name).unwrap();
    assert!(list.contains("Wave · warm-up") && place("· wave") < place("· greet"), "{list}");
}

#[test]
fn the_list_can_be_filtered() {
    let workbook = Workbook::new();
    let ended = workbook.checker("list --filter wav").run().exits(0).shows("wave");
    assert!(!ended.stdout().contains("· greet"));
    workbook.checker("list --filter xyz").run().exits(0).shows("no exercise has `xyz`");
}

#[test]
fn what_each_command_prints() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", DEADLOCK);
    workbook.checker("run greet").run().exits(1);
    for command in ["list", "hint greet", "task greet", "lesson greet"] {
        let name = command.replace(' ', "-");
        insta::assert_snapshot!(name, workbook.checker(command).run().exits(0).screen());
    }
    workbook.learner_writes("greet", PASS);
    workbook.checker("run greet").run().exits(0);
    for command in ["hint greet --all", "compare greet", "compare greet means_2", "reset greet"] {
        let name = command.replace(" --", "-").replace(' ', "-");
        insta::assert_snapshot!(name, workbook.checker(command).run().exits(0).screen());
    }
    insta::assert_snapshot!("help", workbook.checker("--help").run().exits(0).screen());
}

#[test]
fn the_lesson_and_the_editor_are_a_command_away() {
    let workbook = Workbook::new();
    workbook.checker("lesson greet").run().exits(0).shows("Two threads meet.");
    workbook.checker("edit greet").env("VISUAL", "echo").run().exits(0).shows("greet/src/lib.rs");
    // Nor is one installed.
    let without = workbook.checker("edit greet").env_remove("VISUAL").env_remove("EDITOR");
    without.env("PATH", workbook.path("nowhere")).run().exits(2).complains("set EDITOR to the command");
}

#[test]
fn help_completions_and_the_manual_come_from_one_place() {
    let workbook = Workbook::new();
    workbook.checker("--help").run().exits(0).shows("A first session:").shows("compare");
    workbook.checker("completions bash").run().exits(0).shows("complete -o default -F _cargo_checker cargo");
    workbook.checker("completions powershell").run().exits(0).shows("Register-ArgumentCompleter -Native");
    workbook.checker("man").run().exits(0).shows(".TH").shows("Exit status");
}

#[test]
fn the_manual_has_the_options_of_every_command() {
    let workbook = Workbook::new();
    let page = workbook.checker("man").run().exits(0).stdout().replace('\\', "");
    let help = workbook.checker("help").run().exits(0).stdout();
    let commands = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    // What is told of a command may go on in a line that is indented further.
    let names = commands.lines().filter_map(|line| line.strip_prefix("  ").filter(|it| !it.starts_with(' ')));
    let names: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains(&"run") && names.contains(&"reset"), "{names:?}");
    for name in names.iter().filter(|name| **name != "help") {
        let section = page.split(&format!(".SH CARGO CHECKER {}\n", name.to_uppercase())).nth(1);
        let section = section.unwrap_or_else(|| panic!("the manual has no section on {name}"));
        let section = section.split(".SH ").next().unwrap();
        let help = workbook.checker(&format!("{name} --help")).run().exits(0).stdout();
        let options = help.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2);
        // Without what may be given to it.
        let options = options.map(|word| word.split(['[', '=']).next().unwrap_or_default());
        for option in options.map(|word| word.trim_end_matches(|c: char| !c.is_alphanumeric())) {
            let everywhere = ["--ascii", "--help"].contains(&option);
            assert!(everywhere || section.contains(option), "nothing on `{name} {option}` in\n{section}");
        }
    }
}

#[test]
fn a_terminal_without_unicode_gets_ascii() {
    let workbook = Workbook::new();
    workbook.learner_writes("greet", DEADLOCK);
    for variable in [("LC_ALL", "C"), ("TERM", "dumb")] {
        let ended = workbook.checker("run greet").env(variable.0, variable.1).run().exits(1);
        assert!(ended.stdout().is_ascii(), "{}", ended.stdout());
    }
    let ended = workbook.checker("replay greet never_waits --seed 7 --ascii").run().exits(1);
    assert!(ended.stdout().is_ascii(), "{}", ended.stdout());
}

#[test]
fn a_rejected_variant_needs_an_explanation_of_its_finding() {
    let workbook = Workbook::new();
    workbook.write("exercises/01-greeting/greet/explanations.md", "# Explanations\n\n## race\n\nNo.\n");
    let ended = workbook.checker("verify greet").run().exits(1);
    ended.shows("explanations.md has no section `## deadlock` for it");
}

#[test]
fn the_gate_writes_down_what_learners_would_read() {
    let workbook = Workbook::new();
    workbook.checker("verify greet --explanations told").run().exits(0);
    let told = workbook.read("told/greet/waits_1.txt");
    assert!(told.contains("clause 2 · deadlock") && told.contains("Everybody waits for somebody."), "{told}");
}
