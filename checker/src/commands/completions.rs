//! What a shell offers behind `cargo checker`: scripts for the shells, and the words that they ask for.

use crate::commands::args::{Arguments, Shell};
use crate::course::Course;
use crate::show::comparison;
use anyhow::{Context, Result};
use clap::{Arg, Command, CommandFactory};
use std::env;
use std::path::Path;

/// A word, and what it means.
type Offer = (String, String);

/// The script of `shell`. It asks this very program, since starting cargo for each key would take too long.
///
/// # Errors
/// If it can't be found out where this program is.
pub fn script(shell: Shell) -> Result<String> {
    let own = env::current_exe().context("could not find out where the checker is")?;
    let own = own.to_string_lossy();
    let (script, path) = match shell {
        Shell::Bash => (include_str!("completions/script.bash"), own.replace('\'', r"'\''")),
        Shell::Zsh => (include_str!("completions/script.zsh"), own.replace('\'', r"'\''")),
        Shell::Fish => {
            (include_str!("completions/script.fish"), own.replace('\\', r"\\").replace('\'', r"\'"))
        }
        Shell::Powershell => (include_str!("completions/script.ps1"), own.replace('\'', "''")),
    };
    Ok(script.replace("CHECKER", &format!("'{path}'")))
}

/// What may stand in the place of `word` after the words of `before`, a line each, with a tab before what it means.
pub fn lines(here: &Path, word: &str, before: &[String]) -> String {
    let course = Course::find(here).ok();
    let mut command = Arguments::command();
    command.build();
    let offers = offers(&command, course.as_ref(), word, before);
    offers.into_iter().map(|(word, what)| format!("{word}\t{what}\n")).collect()
}

fn offers(command: &Command, course: Option<&Course>, word: &str, before: &[String]) -> Vec<Offer> {
    let mut own = command;
    let mut given: Vec<&String> = Vec::new();
    let mut option: Option<&Arg> = None;
    for word in before {
        if option.take().is_some() {
            continue;
        }
        if let Some(long) = word.strip_prefix("--") {
            let named = own.get_arguments().find(|arg| arg.get_long() == Some(long));
            option = named.filter(|arg| arg.get_action().takes_values() && !arg.is_require_equals_set());
        } else if let Some(inner) = own.find_subcommand(word) {
            (own, given) = (inner, Vec::new());
        } else {
            given.push(word);
        }
    }
    let mut offers = Vec::new();
    if let Some(option) = option {
        offers.extend(values(option, course, &given));
    } else if word.starts_with('-') {
        let options = own.get_arguments().filter(|arg| !arg.is_hide_set());
        offers
            .extend(options.filter_map(|arg| Some((format!("--{}", arg.get_long()?), help(arg.get_help())))));
    } else {
        let inner = own.get_subcommands().filter(|it| !it.is_hide_set());
        offers.extend(inner.map(|it| (it.get_name().to_owned(), help(it.get_about()))));
        let places: Vec<&Arg> = own.get_positionals().collect();
        // The last may be there several times.
        let last = places.last().filter(|arg| arg.get_action().takes_values() && is_repeated(arg));
        if let Some(arg) = places.get(given.len()).or(last) {
            offers.extend(values(arg, course, &given));
        }
    }
    offers.retain(|(offer, _)| offer.starts_with(word));
    offers
}

fn is_repeated(arg: &Arg) -> bool {
    matches!(arg.get_action(), clap::ArgAction::Append)
}

/// The first line of a help text.
fn help(text: Option<&clap::builder::StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default().lines().next().unwrap_or_default().to_owned()
}

/// What may be given for an argument.
fn values(arg: &Arg, course: Option<&Course>, given: &[&String]) -> Vec<Offer> {
    let possible = arg.get_possible_values();
    if !possible.is_empty() {
        return possible.iter().map(|it| (it.get_name().to_owned(), help(it.get_help()))).collect();
    }
    let Some(course) = course else { return Vec::new() };
    match arg.get_value_names().and_then(|names| names.first()).map(|name| name.as_str()) {
        Some("EXERCISE") => {
            let free = course.exercises.iter().filter(|it| !given.contains(&&it.name));
            free.map(|it| (it.name.clone(), it.about.title.clone())).collect()
        }
        Some("VARIANT") => {
            let exercise = given.first().and_then(|name| course.exercise(name).ok());
            let choices = exercise.map(|exercise| comparison::choices(&course.root, exercise));
            choices.into_iter().flatten().map(|choice| (choice.name, choice.words)).collect()
        }
        // A file, which the shell itself can complete.
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(word: &str, before: &str) -> Vec<String> {
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixture");
        let before: Vec<String> = before.split_whitespace().map(str::to_owned).collect();
        let lines = lines(&fixture, word, &before);
        lines.lines().map(|line| line.split_once('\t').unwrap().0.to_owned()).collect()
    }

    #[test]
    fn a_command_is_offered_first_and_then_what_it_takes() {
        assert_eq!(offered("re", ""), ["replay", "reset"]);
        assert_eq!(offered("", "run"), ["greet", "wave"]);
        assert_eq!(offered("gr", "hint"), ["greet"]);
        assert_eq!(offered("", "run greet"), ["wave"]);
        assert_eq!(offered("", "hint greet"), Vec::<String>::new());
        assert_eq!(offered("", "progress"), ["export", "import", "help"]);
        assert_eq!(offered("f", "completions"), ["fish"]);
        assert_eq!(offered("means_", "compare greet").len(), 5);
        assert!(!offered("", "").contains(&"complete".to_owned()), "that is for shells");
    }

    #[test]
    fn options_and_their_values_are_offered() {
        assert_eq!(offered("--fo", "run greet"), ["--format"]);
        assert_eq!(offered("", "run --format"), ["human", "json", "short"]);
        assert_eq!(offered("", "run --seed 7"), ["greet", "wave"]);
        assert_eq!(offered("", "run --source"), Vec::<String>::new());
    }

    #[test]
    fn every_script_asks_this_program() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::Powershell] {
            let script = script(shell).unwrap();
            let own = env::current_exe().unwrap();
            assert!(script.contains(&format!("'{}'", own.display())), "{script}");
            assert!(!script.contains("CHECKER"), "{script}");
        }
    }
}
