//! Completions of `cargo checker` in the shells that are installed here.

use crate::workbook::Workbook;
use std::process::Command;

/// What `shell` says to `script`; `None` if it is not installed.
fn said(workbook: &Workbook, shell: &[&str], script: &str) -> Option<String> {
    let mut command = Command::new(shell[0]);
    command.current_dir(workbook.path("")).args(&shell[1..]).arg(script);
    let output = command.output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

/// A workbook with the script of `shell` in it.
fn with_script(shell: &str) -> Workbook {
    let workbook = Workbook::new();
    let script = workbook.checker(&format!("completions {shell}")).run().exits(0).stdout();
    workbook.write("script", script);
    workbook
}

#[test]
fn bash_offers_exercises_and_leaves_the_rest_of_cargo_alone() {
    let workbook = with_script("bash");
    let ask = |words: &str| {
        let script = format!(
            "_other() {{ COMPREPLY=(other); }}; complete -F _other cargo; . ./script; \
             COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _cargo_checker; echo \"${{COMPREPLY[*]}}\""
        );
        said(&workbook, &["bash", "--norc", "-c"], &script)
    };
    let Some(offered) = ask("cargo checker run gr") else { return };
    assert_eq!(offered, "greet\n");
    assert_eq!(ask("cargo checker run ''").unwrap(), "greet wave\n");
    assert_eq!(ask("cargo checker compl").unwrap(), "completions\n");
    assert_eq!(ask("cargo buil").unwrap(), "other\n");
    assert_eq!(ask("cargo ch").unwrap(), "other checker\n");
}

#[test]
fn fish_offers_exercises() {
    let workbook = with_script("fish");
    let ask = |line: &str| {
        said(&workbook, &["fish", "--no-config", "-c"], &format!("source script; complete -C '{line}'"))
    };
    let Some(offered) = ask("cargo checker run gr") else { return };
    assert_eq!(offered, "greet\tGreet\n");
    let commands = ask("cargo checker re").unwrap();
    assert!(commands.contains("reset\t") && commands.contains("replay\t"), "{commands}");
}

#[test]
fn zsh_takes_the_script_and_asks_for_exercises() {
    let workbook = with_script("zsh");
    // What is offered can be seen only while somebody types; so what was found is looked at where it would be shown.
    let script = "autoload -Uz compinit; compinit -D -u; . ./script; _describe() { print -l -- $found }; \
                  words=(cargo checker run gr); CURRENT=4; _cargo_checker; print $_comps[cargo]";
    let Some(offered) = said(&workbook, &["zsh", "-f", "-c"], script) else { return };
    assert_eq!(offered, "greet:Greet\n_cargo_checker\n");
}
