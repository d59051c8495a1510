//! What the watch view shows, and how keys and news change it. Nothing here waits or draws.

use super::texts::{Standing, Texts};
use crate::course::{Course, Exercise, hints};
use crate::judge::news::News;
use crate::learner::progress::Progress;
use crate::show::style::{Style, look};
use crate::verdict::{Check, Finding, Kind, Report, Status, causes};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::collections::BTreeSet;
use std::time::Instant;

pub struct Model<'a> {
    pub course: &'a Course,
    pub progress: Progress,
    pub style: Style,
    /// The place of the exercise in the course.
    pub current: usize,
    pub run: Run,
    pub texts: Texts,
    pub standing: Standing,
    pub pane: Pane,
    pub scroll: usize,
    /// Whether the answers in the lesson are open.
    pub answers: bool,
    /// How far the pane can be scrolled; found out when it is drawn.
    pub scroll_end: usize,
    /// The height of the pane; found out when it is drawn.
    pub page: usize,
    /// Something to say once.
    pub note: Option<String>,
}

/// What is known of the present run.
pub struct Run {
    pub phase: Phase,
    /// The clause of each check, once they are known.
    pub listed: Vec<u32>,
    pub checks: Vec<Check>,
    /// Those among them of which the first look alone is known.
    pub looked: BTreeSet<String>,
    pub report: Option<Report>,
    /// What is still shown of a run that is over, since somebody reads it, while another failure comes first in its verdict.
    pub held: Option<Report>,
    pub began: Instant,
}

pub enum Phase {
    Note(String),
    Compiling,
    Running(String),
    Judged,
    Trouble(String),
}

/// What fills the large part of the screen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Pane {
    Verdict,
    Task,
    Lesson,
    Hint(usize),
    Lanes,
    Compare(usize),
    List {
        filter: String,
        typing: bool,
        selected: usize,
    },
    /// Asks whether to begin anew.
    Reset,
    /// Every key and sign.
    Keys,
}

/// What a key asks the loop to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    Stay,
    Quit,
    Run,
    Go(usize),
    Edit,
    Reset,
    /// Goes through the first failure, point by point.
    Step,
    /// The shell is to have the terminal until it brings us back.
    Suspend,
}

/// How a clause stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mark {
    Open,
    /// It has held in the first look.
    SoFar,
    Passed,
    Failed,
    Unfinished,
    NotReached,
    Undecided,
}

impl Run {
    pub fn new() -> Run {
        let (listed, checks, looked) = (Vec::new(), Vec::new(), BTreeSet::new());
        let phase = Phase::Note("starting".to_owned());
        Run { phase, listed, checks, looked, report: None, held: None, began: Instant::now() }
    }

    pub fn is_going_on(&self) -> bool {
        !matches!(self.phase, Phase::Judged | Phase::Trouble(_))
    }

    /// The checks that have ended.
    pub fn ended(&self) -> &[Check] {
        self.report.as_ref().map_or(&self.checks, |report| &report.checks)
    }

    pub fn mark(&self, clause: u32) -> Mark {
        let own: Vec<&Check> = self.ended().iter().filter(|check| check.clause == clause).collect();
        let failed = own.iter().find(|check| check.status == Status::Failed);
        let expected = self.listed.iter().filter(|listed| **listed == clause).count();
        match failed {
            Some(_)
                if own
                    .iter()
                    .all(|it| it.status == Status::Passed || it.kind() == Some(Kind::Unfinished)) =>
            {
                Mark::Unfinished
            }
            Some(_) => Mark::Failed,
            None if own.is_empty() || own.len() < expected => Mark::Open,
            None if own.iter().any(|check| check.status == Status::NotReached) => Mark::NotReached,
            None if own.iter().any(|check| check.status == Status::Undecided) => Mark::Undecided,
            None if own.iter().any(|check| self.looked.contains(&check.name)) => Mark::SoFar,
            None => Mark::Passed,
        }
    }

    /// Takes in what is known of a check, in the place of what was known before.
    fn put(&mut self, check: Check) {
        match self.checks.iter_mut().find(|known| known.name == check.name) {
            Some(known) => *known = check,
            None => self.checks.push(check),
        }
    }

    /// How many checks have come to their end.
    pub fn done(&self) -> usize {
        self.checks.len() - self.looked.len()
    }

    /// How many schedules have been tried so far.
    pub fn schedules(&self) -> u64 {
        self.ended().iter().map(|check| check.schedules).sum()
    }

    /// The first finding, with the check that saw it.
    pub fn first(&self) -> Option<(&Check, &Finding)> {
        let checks = self.ended();
        causes::of(checks).into_iter().find_map(|cause| {
            let check = &checks[cause.shown];
            check.finding.as_ref().map(|finding| (check, finding))
        })
    }
}

fn has_steps(finding: &Finding) -> bool {
    finding.schedule.as_ref().is_some_and(|schedule| !schedule.events.is_empty())
}

impl<'a> Model<'a> {
    /// Where in the learner's file the first finding happened.
    pub fn line_of_the_finding(&self) -> Option<u32> {
        let (_, finding) = self.run.first()?;
        let source = self.exercise().source();
        let here = |file: &Option<String>| file.as_ref().is_some_and(|file| source.ends_with(file));
        finding.threads.iter().filter(|thread| here(&thread.file)).find_map(|thread| thread.line)
    }

    pub fn new(course: &'a Course, progress: Progress, style: Style, current: usize) -> Model<'a> {
        let run = Run::new();
        let (texts, standing) = (Texts::read(course, current), Standing::read(course, &progress));
        let (scroll, scroll_end, page) = (0, 0, 0);
        Model {
            course,
            progress,
            style,
            current,
            run,
            texts,
            standing,
            pane: Pane::Verdict,
            scroll,
            answers: false,
            scroll_end,
            page,
            note: None,
        }
    }

    pub fn exercise(&self) -> &'a Exercise {
        &self.course.exercises[self.current]
    }

    /// The exercises that the list shows, by their place in the course.
    pub fn listed(&self, filter: &str) -> Vec<usize> {
        let fits = |index: &usize| {
            self.course.exercises[*index].matches(filter, look(self.standing.states[*index]).1)
        };
        (0..self.course.exercises.len()).filter(fits).collect()
    }

    fn show(&mut self, pane: Pane) {
        self.pane = pane;
        self.scroll = 0;
        self.answers = false;
    }

    /// Makes ready for a new run, of exercise `current`.
    pub fn begin(&mut self, current: usize) {
        if current != self.current {
            self.note = None;
        }
        self.current = current;
        self.run = Run::new();
        self.texts = Texts::read(self.course, current);
        self.standing = Standing::read(self.course, &self.progress);
        self.show(Pane::Verdict);
    }

    /// Takes in what is heard of the present run.
    pub fn hear(&mut self, heard: News) {
        match heard {
            News::Note(text) => self.run.phase = Phase::Note(text),
            News::Compiling => self.run.phase = Phase::Compiling,
            News::Listed(checks) => {
                // After a crash the others are listed again.
                if self.run.listed.is_empty() {
                    self.run.listed = checks.iter().map(|check| check.clause).collect();
                }
            }
            News::Started(check) => self.run.phase = Phase::Running(check),
            News::Looked(check) => {
                check.finding.iter().for_each(|finding| self.texts.add(self.course, finding));
                self.run.looked.insert(check.name.clone());
                self.run.put(*check);
            }
            News::Ended(check) => {
                self.run.looked.remove(&check.name);
                check.finding.iter().for_each(|finding| self.texts.add(self.course, finding));
                // The first look has found the steps of one run already, and this one's are found last.
                let known = self.run.checks.iter().find(|known| known.name == check.name);
                let is_told = known.is_some_and(|known| known.finding.as_ref().is_some_and(has_steps));
                if !is_told || check.finding.is_none() {
                    self.run.put(*check);
                }
            }
            News::Judged(report) => {
                let before = self.run.first().map(|(check, _)| check.name.clone());
                let so_far = before.as_ref().map(|_| {
                    Report::of_checks(&self.exercise().name, self.run.checks.clone(), report.duration_ms)
                });
                report.all_findings().for_each(|finding| self.texts.add(self.course, finding));
                let kept = self.progress.record(self.course, self.exercise(), &report);
                self.note = kept.err().map(|error| format!("{error:#}")).or(self.note.take());
                self.standing = Standing::read(self.course, &self.progress);
                self.run.looked.clear();
                self.run.report = Some(*report);
                self.run.phase = Phase::Judged;
                let now = self.run.first().map(|(check, _)| check.name.clone());
                if let Some(now) = now.filter(|now| before.is_some() && before.as_ref() != Some(now)) {
                    // Nobody loses the line that they are reading.
                    if self.scroll > 0 && self.pane == Pane::Verdict {
                        self.run.held = so_far;
                        self.note = Some(format!("`{now}` comes first in the verdict. Esc shows it."));
                    } else {
                        self.note = Some(format!("`{now}` comes first in the verdict."));
                    }
                }
            }
            // The view asks for none.
            News::Played(_) => {}
            News::Trouble(error) => self.run.phase = Phase::Trouble(format!("{error:#}")),
        }
    }

    /// What `key` asks for; what it changes on the screen is changed here.
    pub fn press(&mut self, key: KeyEvent) -> Action {
        // It has been read by now.
        self.note = None;
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return match key.code {
                KeyCode::Char('c') => Action::Quit,
                KeyCode::Char('z') => Action::Suspend,
                _ => Action::Stay,
            };
        }
        if let Pane::List { .. } = self.pane
            && let Some(action) = self.press_in_list(key.code)
        {
            return action;
        }
        let asked_to_reset = self.pane == Pane::Reset;
        match key.code {
            KeyCode::Char('y') if asked_to_reset => return Action::Reset,
            _ if asked_to_reset => self.show(Pane::Verdict),
            _ => {}
        }
        match key.code {
            KeyCode::Char('q') => return Action::Quit,
            KeyCode::Char('n') => return Action::Go((self.current + 1).min(self.course.exercises.len() - 1)),
            KeyCode::Char('p') => return Action::Go(self.current.saturating_sub(1)),
            KeyCode::Char('r') => return Action::Run,
            KeyCode::Char('e') => return Action::Edit,
            KeyCode::Char('l') => {
                self.show(Pane::List { filter: String::new(), typing: false, selected: self.current });
            }
            KeyCode::Char('h') => self.open_hint(),
            KeyCode::Char('t') if self.pane == Pane::Lanes => return Action::Step,
            KeyCode::Char('t') => self.show(Pane::Lanes),
            KeyCode::Char('o') => self.show(Pane::Lesson),
            KeyCode::Char('a') if self.pane == Pane::Lesson => self.answers = !self.answers,
            KeyCode::Char('i') => self.show(Pane::Task),
            KeyCode::Char('c') => self.compare(),
            KeyCode::Char('x') if !asked_to_reset => self.show(Pane::Reset),
            KeyCode::Char('?') => self.show(Pane::Keys),
            KeyCode::Esc | KeyCode::Backspace => {
                self.run.held = None;
                self.show(Pane::Verdict);
            }
            KeyCode::Down | KeyCode::Char('j') => self.scroll += 1,
            KeyCode::Up | KeyCode::Char('k') => self.scroll = self.scroll.saturating_sub(1),
            KeyCode::PageDown | KeyCode::Char(' ') => self.scroll += self.page.max(2) - 1,
            KeyCode::PageUp => self.scroll = self.scroll.saturating_sub(self.page.max(2) - 1),
            KeyCode::Home | KeyCode::Char('g') => self.scroll = 0,
            KeyCode::End | KeyCode::Char('G') => self.scroll = self.scroll_end,
            _ => {}
        }
        self.scroll = self.scroll.min(self.scroll_end);
        Action::Stay
    }

    /// Keys that mean something else in the list.
    fn press_in_list(&mut self, key: KeyCode) -> Option<Action> {
        let Pane::List { filter, typing, selected } = &self.pane else { return None };
        let (mut filter, mut typing, mut selected) = (filter.clone(), *typing, *selected);
        let shown = self.listed(&filter);
        let at = shown.iter().position(|index| *index == selected);
        match key {
            KeyCode::Enter => {
                return Some(at.map_or(Action::Stay, |_| Action::Go(selected)));
            }
            KeyCode::Down => selected = *shown.get(at.map_or(0, |at| at + 1)).unwrap_or(&selected),
            KeyCode::Up => selected = *shown.get(at.unwrap_or(0).saturating_sub(1)).unwrap_or(&selected),
            KeyCode::Char('j') if !typing => {
                selected = *shown.get(at.map_or(0, |at| at + 1)).unwrap_or(&selected)
            }
            KeyCode::Char('k') if !typing => {
                selected = *shown.get(at.unwrap_or(0).saturating_sub(1)).unwrap_or(&selected);
            }
            KeyCode::Char('/') if !typing => typing = true,
            KeyCode::Char(letter) if typing => filter.push(letter),
            KeyCode::Backspace if typing => drop(filter.pop()),
            KeyCode::Esc if typing => (filter, typing) = (String::new(), false),
            _ => return None,
        }
        let shown = self.listed(&filter);
        if !shown.contains(&selected) {
            selected = shown.first().copied().unwrap_or(selected);
        }
        self.pane = Pane::List { filter, typing, selected };
        Some(Action::Stay)
    }

    fn open_hint(&mut self) {
        let exercise = self.exercise();
        let all = &self.texts.hints;
        if all.is_empty() {
            self.note = Some(format!("{} has no hints", exercise.name));
            return;
        }
        let opened = self.progress.opened(exercise);
        let offered = hints::offered(all, &self.progress.findings(exercise), &opened);
        let step = match self.pane {
            // There is no other one to open: those that are open can be read again, one after the other.
            Pane::Hint(shown) if opened.contains(&offered) => {
                opened.range(shown + 1..).chain(&opened).next().copied().unwrap_or(offered)
            }
            _ => offered,
        };
        let kept = self.progress.open_hint(exercise, step);
        self.note = kept.err().map(|error| format!("{error:#}"));
        self.show(Pane::Hint(step));
    }

    fn compare(&mut self) {
        if !self.progress.has_passed(self.exercise()) {
            self.note = Some("other programs are shown after this one has passed".to_owned());
            return;
        }
        let next = match self.pane {
            Pane::Compare(index) if index + 1 < self.texts.choices.len() => index + 1,
            _ => 0,
        };
        self.show(Pane::Compare(next));
    }
}
