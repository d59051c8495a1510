//! The manual page: what `--help` says of every command, on one page.

use crate::commands::args::Arguments;
use anyhow::Result;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use std::io::Write;

/// The page, in roff.
pub fn page() -> Result<String> {
    let mut command = Arguments::command();
    command.build();
    let mut roff = Vec::new();
    let whole = Man::new(command.clone());
    whole.render_title(&mut roff)?;
    whole.render_name_section(&mut roff)?;
    whole.render_synopsis_section(&mut roff)?;
    whole.render_description_section(&mut roff)?;
    whole.render_options_section(&mut roff)?;
    for own in command.get_subcommands().filter(|own| !own.is_hide_set()) {
        section(&mut roff, own)?;
    }
    whole.render_extra_section(&mut roff)?;
    whole.render_version_section(&mut roff)?;
    Ok(String::from_utf8(roff)?)
}

/// The section of one command, and those of the commands that it has itself.
fn section(roff: &mut Vec<u8>, command: &Command) -> Result<()> {
    // What all commands have is told once, at the top.
    if command.get_name() == "help" {
        return Ok(());
    }
    let is_everywhere = |id: &str| ["ascii", "help", "version"].contains(&id);
    let own = command.clone().mut_args(|arg| match is_everywhere(arg.get_id().as_str()) {
        true => arg.hide(true),
        false => arg,
    });
    let has_more = own.get_after_long_help().or(own.get_after_help()).is_some();
    let has_options = own.get_arguments().any(|arg| !arg.is_hide_set());
    let man = Man::new(own);
    let mut text = Vec::new();
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    if has_options {
        man.render_options_section(&mut text)?;
    }
    if has_more {
        man.render_extra_section(&mut text)?;
    }
    writeln!(roff, ".SH {}", command.get_bin_name().unwrap_or_default().to_uppercase())?;
    for line in String::from_utf8(text)?.lines() {
        match line {
            ".SH SYNOPSIS" => {}
            ".SH DESCRIPTION" | ".SH OPTIONS" | ".SH EXTRA" => writeln!(roff, ".PP")?,
            // How an apostrophe is written has been said.
            _ if line.starts_with(".ie ") || line.starts_with(".el ") => {}
            _ => writeln!(roff, "{line}")?,
        }
    }
    command.get_subcommands().filter(|own| !own.is_hide_set()).try_for_each(|own| section(roff, own))
}
