//! Writes the figures of the lessons anew: `cargo run -p figures`.

use anyhow::{Context, Result};
use figures::{FIGURES, files};
use std::fs;

fn main() -> Result<()> {
    for figure in FIGURES {
        for (file, text) in files(figure)? {
            fs::write(&file, text).with_context(|| format!("could not write {}", file.display()))?;
        }
        println!("lessons/{}/figures/{}", figure.lesson, figure.name);
    }
    Ok(())
}
