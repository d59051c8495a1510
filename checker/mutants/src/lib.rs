//! From a program, the programs that are one mistake away: mutants, for measuring what an exercise's checks see.
//!
//! The operators are those known for concurrent programs (Bradbury, Cordy and Dingel, *Mutation operators for concurrent Java*,
//! 2006: modify parameters and calls, modify and move critical sections, replace objects) in what std, crossbeam and
//! rayon offer, and the usual ones (constants, comparisons, conditions, deleted statements, ignored errors). Not every
//! mutant compiles, and not every one that compiles is wrong: whoever judges them decides.

mod calls;
mod expressions;
mod notes;
mod operator;
mod orders;
mod sections;
mod statements;
mod walk;

pub use operator::Operator;

use anyhow::{Context, Result};
use std::ops::Range;

/// A program that differs from another in one place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mutant {
    /// What was done.
    pub operator: Operator,
    /// The function in which it was done: `Type::name`, or `name` outside an `impl`.
    pub function: String,
    /// The first line that differs, from 1.
    pub line: usize,
    /// The text that was there, as the source has it.
    pub from: String,
    /// The text in its place; empty where something was deleted.
    pub to: String,
    /// The bytes of the source that are replaced.
    pub span: Range<usize>,
}

impl Mutant {
    /// The mutated program, made from the `source` that the mutant was found in.
    ///
    /// # Panics
    /// If `source` is another text, in which the span is no part.
    #[must_use]
    pub fn apply(&self, source: &str) -> String {
        [&source[..self.span.start], &self.to, &source[self.span.end..]].concat()
    }

    /// `from` and `to` in one short line, without comments: what an author's note of it is keyed by.
    #[must_use]
    pub fn change(&self) -> String {
        format!("{} → {}", short(&self.from), short(&self.to))
    }
}

/// A piece of code on one line, comments left out, the middle of a long one too.
fn short(code: &str) -> String {
    const KEPT: (usize, usize) = (60, 30);
    let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let words = code.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
    let letters: Vec<char> = words.chars().collect();
    if letters.len() <= KEPT.0 + KEPT.1 {
        return words;
    }
    let (head, tail) = (&letters[..KEPT.0], &letters[letters.len() - KEPT.1..]);
    head.iter().chain(&['…']).chain(tail).collect()
}

/// All mutants of `source`, in the order of the places at which they differ; no two give the same program.
///
/// # Errors
/// If `source` is not Rust.
pub fn mutants(source: &str) -> Result<Vec<Mutant>> {
    let file = syn::parse_file(source).context("the source to mutate is not Rust")?;
    let mut found = walk::Walk::over(source, &file);
    found.sort_by_key(|mutant| (mutant.span.start, mutant.span.end));
    let mut unique: Vec<Mutant> = Vec::new();
    for mutant in found {
        let same = |other: &Mutant| other.span == mutant.span && other.to == mutant.to;
        if mutant.from != mutant.to
            && !unique.iter().rev().take_while(|it| it.span.start == mutant.span.start).any(same)
        {
            unique.push(mutant);
        }
    }
    Ok(unique)
}
