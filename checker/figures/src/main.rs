//! Writes the figures and games of the lessons anew: `cargo run -p figures`.

use anyhow::{Context, Result};
use figures::{CHARTS, FIGURES, PUZZLES, chart_files, files, game_file};
use std::fs;

fn main() -> Result<()> {
    for figure in FIGURES {
        for (file, text) in files(figure)? {
            fs::write(&file, text).with_context(|| format!("could not write {}", file.display()))?;
        }
        println!("lessons/{}/figures/{}", figure.lesson, figure.name);
    }
    for figure in FIGURES.iter().chain(PUZZLES) {
        let Some((file, text)) = game_file(figure)? else { continue };
        fs::write(&file, text).with_context(|| format!("could not write {}", file.display()))?;
        println!("lessons/{}/puzzles/{}", figure.lesson, figure.name);
    }
    for chart in CHARTS {
        for (file, text) in chart_files(chart)? {
            fs::write(&file, text).with_context(|| format!("could not write {}", file.display()))?;
        }
        println!("lessons/{}/figures/{}", chart.lesson, chart.name);
    }
    Ok(())
}
