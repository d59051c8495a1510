//! Requests of learners to look at a mark again: a row each, shown beside the verdict.

use super::people::write_table;
use super::plan::Folder;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A request, and what became of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Request {
    /// From 1, in the order in which they came.
    pub number: u32,
    /// The person's.
    pub id: String,
    pub exercise: String,
    pub reason: String,
    pub state: State,
    pub answer: String,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Open,
    Accepted,
    Declined,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Accepted => "accepted",
            State::Declined => "declined",
        }
    }
}

/// All requests of a grading.
pub struct Requests {
    path: PathBuf,
    pub all: Vec<Request>,
}

impl Requests {
    /// Reads those there are.
    ///
    /// # Errors
    /// If the table can't be understood.
    pub fn read(folder: &Folder) -> Result<Requests> {
        let path = folder.policy("requests.csv");
        let mut all = Vec::new();
        if path.exists() {
            let reader = csv::Reader::from_path(&path)
                .with_context(|| format!("could not read {}", path.display()))?;
            for row in reader.into_deserialize() {
                all.push(row.with_context(|| format!("{} can't be understood", path.display()))?);
            }
        }
        Ok(Requests { path, all })
    }

    pub fn of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Request> {
        self.all.iter().filter(move |request| request.id == id)
    }

    /// Notes a request; returns its number.
    ///
    /// # Errors
    /// If one about the same thing is open, or the disk says no.
    pub fn add(&mut self, id: &str, exercise: &str, reason: &str) -> Result<u32> {
        let same = |it: &&Request| it.id == id && it.exercise == exercise && it.state == State::Open;
        if let Some(open) = self.all.iter().find(same) {
            bail!("request {} is about the same exercise and still open; answer it first", open.number);
        }
        let number = 1 + self.all.iter().map(|request| request.number).max().unwrap_or(0);
        let (id, exercise, reason) = (id.to_owned(), exercise.to_owned(), reason.to_owned());
        self.all.push(Request { number, id, exercise, reason, state: State::Open, answer: String::new() });
        write_table(&self.path, &self.all)?;
        Ok(number)
    }

    /// Answers a request.
    ///
    /// # Errors
    /// If there is none with this number, or the disk says no.
    pub fn answer(&mut self, number: u32, state: State, answer: &str) -> Result<&Request> {
        let place = self.all.iter().position(|request| request.number == number);
        let place = place.with_context(|| {
            format!("there is no request {number}; `cargo checker grade requests --out DIR` shows them all")
        })?;
        self.all[place].state = state;
        answer.clone_into(&mut self.all[place].answer);
        write_table(&self.path, &self.all)?;
        Ok(&self.all[place])
    }
}
