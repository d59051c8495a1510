//! The likely cause of a finding: the exercise's own words for it, or else general ones. Never the answer.

use crate::course::{Exercise, Hint, sections};
use crate::verdict::Kind;
use crate::verdict::facts::Facts;
use std::fs;
use std::path::Path;

/// The explanations of one exercise: the sections of the `explanations.md` beside it, if it has one.
pub struct Explanations(Vec<Hint>);

impl Explanations {
    pub fn read(root: &Path, exercise: &Exercise) -> Explanations {
        let text = fs::read_to_string(root.join(&exercise.dir).join("explanations.md")).unwrap_or_default();
        Explanations(sections(&text))
    }

    /// What to tell a learner about `kind` at `clause`: the exercise's own words, or else general ones.
    pub fn of(&self, kind: Kind, clause: Option<u32>) -> &str {
        self.own(kind, clause).unwrap_or_else(|| general(kind))
    }

    /// What to tell a learner about a run: what it shows of the cause, then the exercise's own words where they fit it, or
    /// else general ones; where nothing fits, only what to read.
    pub fn likely(&self, kind: Kind, clause: Option<u32>, facts: &Facts) -> String {
        let own = self.own(kind, clause);
        let shown = facts.sentences.join(" ");
        // What the run itself says of a deadlock is more than what is true of all deadlocks here.
        let is_general = self.section(&kind.to_string()) == own;
        let says_less = kind == Kind::Deadlock && !shown.is_empty() && is_general;
        let section = self.section(&kind.to_string());
        let fits = |words: &str| fits(words, kind, facts);
        let words = match own {
            Some(own) if says_less || facts.second_time => to_read(own).to_owned(),
            Some(own) if fits(own) => own.to_owned(),
            Some(own) => match section.filter(|words| fits(words)) {
                Some(section) => section.to_owned(),
                None => what_fits(own, &fits),
            },
            None if !shown.is_empty() || facts.second_time => String::new(),
            None => what_fits(general(kind), &fits),
        };
        [shown, words].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// The exercise's own words: its section `KIND, clause N`, else its section `KIND`.
    pub fn own(&self, kind: Kind, clause: Option<u32>) -> Option<&str> {
        let special = clause.and_then(|clause| self.section(&format!("{kind}, clause {clause}")));
        special.or_else(|| self.section(&kind.to_string()))
    }

    fn section(&self, title: &str) -> Option<&str> {
        let section = self.0.iter().find(|section| section.title == title)?;
        Some(section.text.as_str()).filter(|text| !text.trim().is_empty())
    }
}

/// Whether what `text` speaks of is in the run. Of a run whose steps are not known nothing can be denied.
fn fits(text: &str, kind: Kind, facts: &Facts) -> bool {
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let mut held: Vec<(bool, bool)> = vec![(says(&["every interleaving"]), kind == Kind::WrongAnswer)];
    if facts.is_traced {
        held.extend([
            (says(&["Condvar", "notif"]), facts.has_condvar),
            (says(&["channel", "sender", "receiver"]), facts.has_channel),
            (says(&["panicked", "poison"]), facts.has_panic),
            (says(&["one worker is enough", "a single thread is enough"]), facts.threads == 1),
        ]);
    }
    held.into_iter().all(|(spoken_of, is_there)| !spoken_of || is_there)
}

/// The sentences of `text` that fit, without those that lean on one that does not.
fn what_fits(text: &str, fits: &dyn Fn(&str) -> bool) -> String {
    let mut before_fits = true;
    let kept = sentences(text).into_iter().filter(|sentence| {
        let leans = LEANING.iter().any(|word| sentence.split_whitespace().next() == Some(word));
        before_fits = fits(sentence) && (before_fits || !leans);
        before_fits
    });
    kept.collect::<Vec<_>>().join(" ")
}

/// The words with which a sentence goes on from the one before it.
const LEANING: [&str; 16] = [
    "And", "But", "He", "Her", "His", "It", "Its", "She", "So", "That", "Their", "Then", "There", "They",
    "This", "Those",
];

fn sentences(text: &str) -> Vec<&str> {
    let mut rest = text.trim();
    let mut all = Vec::new();
    while let Some(end) = rest.match_indices(['.', '?', '!']).map(|(at, _)| at + 1).find(|end| {
        let behind = &rest[*end..];
        let begins = behind.trim_start().starts_with(|c: char| c.is_uppercase() || c == '`');
        behind.starts_with(char::is_whitespace) && begins
    }) {
        all.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    all.push(rest);
    all
}

/// What `text` sends the reader to: its last sentence, if that does.
fn to_read(text: &str) -> &str {
    text.rfind("See lessons/")
        .or_else(|| text.rfind("See\nlessons/"))
        .map_or("", |place| text[place..].trim())
}

/// Whether what is true of `kind` in any program is all there is to say.
pub fn needs_own(kind: Kind) -> bool {
    !matches!(kind, Kind::DoesNotCompile | Kind::Forbidden | Kind::StaleRead | Kind::Crashed | Kind::TimedOut)
}

/// What is true of `kind` in any program.
fn general(kind: Kind) -> &'static str {
    match kind {
        Kind::DoesNotCompile => {
            "The compiler's own words are above, with the line they are about; `rustc --explain` and the error's \
             code say more. If they point into tests/checks.rs: the checks call the functions of the exercise by \
             name, with the signatures that its README gives. Compare the two."
        }
        Kind::Forbidden => {
            "An exercise is solved in safe Rust, with the standard library and the crates its README names, and \
             it leaves files, the network, other processes and the panic hook alone. All it needs comes in through its arguments."
        }
        Kind::Unfinished => {
            "A `todo!()` is still in the way. The README has the contract, and there are hints if you want one."
        }
        Kind::WrongAnswer => {
            "The result was wrong in every interleaving that was tried, so chance has no part in it. Follow the \
             smallest input above by hand, on a single thread first."
        }
        Kind::Race => {
            "The program is right in some interleavings and wrong in others. Somewhere a thread reads a value and \
             later acts on it, and in between another thread gets its turn and makes the value out of date. Each \
             step may be safe on its own: locks and atomics protect one access, not the time between two. Ask \
             what has to happen as one step."
        }
        Kind::StaleRead => {
            "Every interleaving that was tried is right. The run goes wrong because a load read an older value than \
             the newest, as its memory order allows. Ask what the thread concludes from one atomic about another \
             value, and which pair of a store and a load has to carry that."
        }
        Kind::Deadlock => {
            "No thread could go on, and nothing that was still to come would have woken one. For each waiting \
             thread, ask who would have to act for it to go on, and what that one waits for."
        }
        Kind::Livelock => {
            "The threads kept running, and none of what they did brought the end nearer. Perhaps each one reacts \
             to what the other does. Or a condition is asked again and again that no running thread will change."
        }
        Kind::BusyWait => {
            "A thread that waits asked again and again instead of being woken. That takes a processor from the \
             threads it waits for, and a sleep between two questions trades that for answers that come late. A \
             wait that blocks sleeps until there is something to do."
        }
        Kind::Sequential => {
            "Parts that may overlap ran one after the other, so more threads would not make this any faster. \
             Look for a wait between starting one part and starting the next, and for a lock that is held while \
             the actual work is done."
        }
        Kind::Oversubscribed => {
            "More was in flight at once than the contract allows. A thread costs memory and scheduling whether it \
             works or not, and what is behind the work (a disk, a server) has limits too. Ask what in the program \
             decides how many may run at once, and whether it is asked before the work begins or after."
        }
        Kind::Unbounded => {
            "Items piled up without a limit. A producer that is faster than its consumers fills the memory, sooner \
             or later; a queue with a capacity makes it wait. Look for every place in which items can wait, \
             including the ones that are not called a queue."
        }
        Kind::LeakedThread => {
            "A thread was still alive after the function had returned. Nobody will join it, what it finds out is \
             lost, and it goes on using what it was given. The one who starts a thread has to say when it ends \
             and who waits for that."
        }
        Kind::Panicked => {
            "The program panicked where the contract promises something else. Look at the thread it happened on: a \
             panic ends that thread only, and the others learn of it through what it leaves behind."
        }
        Kind::SwallowedPanic => {
            "A thread panicked and nobody was told. A panic does not cross from one thread to another by itself: \
             it is in what `join` returns, and is lost where that is dropped."
        }
        Kind::TooEarly => {
            "Something happened before it was allowed to. A wait may end before the time or the condition it was \
             for: wake-ups can be spurious, and a timeout says that time has passed, not that the work is done. \
             Ask what the code looks at once it has been woken."
        }
        Kind::TooLate => {
            "Something was done, but later than promised, in virtual time: the clock of the simulation moves only \
             while every thread waits, so a slow machine has no part in it. Look for waits that could have \
             overlapped, and for sleeps that are longer than what they wait for."
        }
        Kind::Crashed => {
            "The whole process ended in the middle of a check, and all of its threads with it. An exit, an abort, a \
             stack that overflows, and a panic while another one unwinds all do that. No other thread gets the \
             chance to finish or to clean up."
        }
        Kind::TimedOut => {
            "The limit was reached without a result. A loop that never waits and never touches anything shared \
             can't be interrupted, so nothing can be proven about it. Look for a loop whose end depends on a \
             value that nothing in the loop changes."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explanations(sections: &[(&str, &str)]) -> Explanations {
        let hint = |(title, text): &(&str, &str)| Hint { title: (*title).into(), text: (*text).into() };
        Explanations(sections.iter().map(hint).collect())
    }

    #[test]
    fn a_text_about_condvars_is_for_runs_that_have_one() {
        let own = explanations(&[
            ("deadlock, clause 3", "Which notification came last? See lessons/02-x, on waiting."),
            ("deadlock", "Who could still end the wait?"),
        ]);
        let likely = |facts: &Facts| own.likely(Kind::Deadlock, Some(3), facts);
        let traced = Facts { is_traced: true, ..Facts::default() };
        assert_eq!(likely(&traced), "Who could still end the wait?");
        assert!(likely(&Facts { has_condvar: true, ..traced }).starts_with("Which notification"));
    }

    #[test]
    fn what_the_run_shows_comes_first_and_the_general_words_give_way() {
        let own =
            explanations(&[("deadlock", "Perhaps this, or perhaps that. See lessons/02-x, on waiting.")]);
        let facts = Facts { is_traced: true, sentences: vec!["Two locks.".into()], ..Facts::default() };
        let likely = own.likely(Kind::Deadlock, Some(1), &facts);
        assert_eq!(likely, "Two locks.\nSee lessons/02-x, on waiting.");
    }

    #[test]
    fn of_the_second_time_it_is_said_only_where_to_read() {
        let own = explanations(&[("race", "Perhaps this. See lessons/02-x, on it.")]);
        let facts = Facts { second_time: true, ..Facts::default() };
        assert_eq!(own.likely(Kind::Race, None, &facts), "See lessons/02-x, on it.");
        assert_eq!(own.likely(Kind::Deadlock, None, &facts), "");
    }

    #[test]
    fn every_interleaving_is_said_of_wrong_answers_only() {
        let own = explanations(&[("race", "It is wrong in every interleaving.")]);
        assert_eq!(own.likely(Kind::Race, None, &Facts::default()), "");
    }

    #[test]
    fn of_a_text_that_does_not_fit_the_sentences_that_do_are_told() {
        let text = "Who waits here? Perhaps a sender is kept. It ends no loop. Ask what\nwould end the wait. See lessons/02-x, \
                    on waiting.";
        let own = explanations(&[("deadlock, clause 3", text)]);
        let traced = Facts { is_traced: true, ..Facts::default() };
        let likely = |facts: &Facts| own.likely(Kind::Deadlock, Some(3), facts);
        let without = "Who waits here? Ask what\nwould end the wait. See lessons/02-x, on waiting.";
        assert_eq!(likely(&traced), without);
        assert_eq!(likely(&Facts { has_channel: true, ..traced }), text);
    }

    #[test]
    fn a_sentence_ends_before_a_capital_letter() {
        let text = "Is 1.5 ms enough? `wait` says so, e.g. here. Look!";
        assert_eq!(sentences(text), ["Is 1.5 ms enough?", "`wait` says so, e.g. here.", "Look!"]);
    }

    #[test]
    fn one_thread_is_enough_only_where_there_was_one() {
        let own = explanations(&[("wrong-answer", "So a single thread is enough. See lessons/02-x, on it.")]);
        let likely = |threads| {
            own.likely(Kind::WrongAnswer, None, &Facts { is_traced: true, threads, ..Facts::default() })
        };
        assert_eq!(likely(2), "See lessons/02-x, on it.");
        assert!(likely(1).starts_with("So a single thread"));
    }
}
