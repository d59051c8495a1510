//! The English that learners read: short sentences, the field's words, and nouns that agree with their numbers.
//!
//! Chapters, contracts, hints and explanations are measured. What can't be measured is left to a reader.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// No sentence has more words than this.
const LONGEST: usize = 30;
/// A sentence with more words than this is a long one.
const LONG: usize = 20;
/// How many in a hundred sentences of a text may be long.
const LONG_IN_A_HUNDRED: usize = 15;
/// A shorter sentence is a label, such as the name of a clause, and is not counted among the sentences.
const SHORTEST: usize = 4;

/// Words and phrases that learners should not meet, each with what to do instead. A `^` stands for the start of a
/// sentence. A question may ask who.
const NOT_THESE: &[(&[&str], &str)] = &[
    (
        &["just", "simply", "obviously", "of course", "clearly", "merely", "trivial", "trivially", "easily"],
        "tells a learner that it is easy; leave it out",
    ),
    (&["also none", "be it all", "none included"], "write `including zero`"),
    (
        &["know of each other", "knows of each other", "know nothing of", "knows nothing of"],
        "write `are independent` or `does not affect`",
    ),
    (
        &["^who", "who waits", "who wait", "who is free", "one that waits", "ones that wait"],
        "name the subject, as in `the waiting thread`",
    ),
    (
        &["can go on", "can't go on", "could go on", "may go on", "goes on", "gone on", "went on"],
        "write `continue`, `run` or `can make progress`",
    ),
    (&["give back", "gives back", "gave back", "given back", "give it back"], "write `return`"),
    (&["go home", "goes home", "gone home", "went home"], "write `end` or `exit`"),
    (&["come to an end", "comes to an end", "by itself", "of its own accord"], "write `end`; name the cause"),
    (&["stands idle", "stand idle"], "write `is idle`"),
    (
        &["never do", "never are", "never is", "never does"],
        "begin with the subject: `At most`, or `X never …`",
    ),
    (&["bears", "bear"], "write `has`"),
    (&["is as it began", "as it began already"], "write `is in its original state`"),
    (&["so many … and no more", "so many and no more"], "write `at most`"),
    (&["usually:", "usually,"], "write `likely cause`, or say when"),
    (&["at the most"], "write `at most`"),
    (&["at the least"], "write `at least`"),
    (&["whatsoever", "hereby", "thereof", "wherein", "whilst", "amongst", "shall"], "use a plain word"),
    (&["say of", "says of", "said of", "say of each"], "write `say about`"),
];

/// The things that lessons count.
const NOUNS: &[&str] = &[
    "attempt",
    "batch",
    "buffer",
    "call",
    "caller",
    "channel",
    "check",
    "clause",
    "consumer",
    "core",
    "error",
    "exercise",
    "failure",
    "file",
    "function",
    "handle",
    "image",
    "item",
    "job",
    "lesson",
    "line",
    "lock",
    "message",
    "minute",
    "notification",
    "office",
    "page",
    "panic",
    "partial",
    "permit",
    "picture",
    "printer",
    "processor",
    "producer",
    "program",
    "queue",
    "reader",
    "receiver",
    "record",
    "report",
    "request",
    "resource",
    "result",
    "retry",
    "schedule",
    "second",
    "sender",
    "sentinel",
    "snapshot",
    "stage",
    "step",
    "task",
    "test",
    "thread",
    "thumbnail",
    "timeout",
    "token",
    "update",
    "value",
    "waiter",
    "worker",
    "writer",
];
/// What stands before one thing, and before several.
const ONE: &[&str] = &["a", "an", "another", "each", "every", "one", "1", "this", "that"];
const SEVERAL: &[&str] = &[
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twenty", "many", "several",
    "few", "these", "those", "both", "2", "3", "4", "5", "6", "7", "8", "9", "10", "20", "100",
];
/// What says, after a noun, that there are several, and that there is one.
const PLURAL_VERBS: &[&str] = &["are", "have", "were"];
const SINGULAR_VERBS: &[&str] = &["is", "has", "was", "does", "waits", "ends", "runs"];

/// A sentence and the line on which its paragraph begins.
#[derive(Debug)]
struct Sentence {
    line: usize,
    /// Whether it is the heading of a section, which may be as short as it likes.
    heading: bool,
    words: Vec<String>,
}

/// A word without the signs around it, in lower case.
fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// What a reader reads of a text in Markdown: its paragraphs and list items, each with its line.
fn paragraphs(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let (mut fenced, mut hidden, mut joining) = (false, false, false);
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            fenced = !fenced;
        }
        hidden |= trimmed.starts_with("<!--");
        let skipped = fenced || hidden || trimmed.starts_with("```") || trimmed.starts_with("{{#");
        hidden &= !trimmed.ends_with("-->");
        let block = trimmed.starts_with(['#', '|']) || trimmed.starts_with("<summary>");
        if skipped || trimmed.is_empty() {
            joining = false;
            continue;
        }
        let item = trimmed.trim_start_matches(|c: char| c.is_ascii_digit());
        let item = trimmed.starts_with("- ") || item.len() < trimmed.len() && item.starts_with(". ");
        match found.last_mut() {
            Some((_, last)) if joining && !item && !block => {
                last.push(' ');
                last.push_str(trimmed);
            }
            _ => found.push((index + 1, trimmed.to_owned())),
        }
        joining = !block;
    }
    found
}

/// `text` with each piece of code as one word, without tags and without the addresses of links.
fn plain(text: &str) -> String {
    let mut spoken = String::new();
    for (index, part) in text.split('`').enumerate() {
        spoken.push_str(if index % 2 == 0 { part } else { "code" });
    }
    let tags = spoken.split('<').map(|it| it.split_once('>').map_or(it, |(_, rest)| rest));
    let spoken: String = tags.collect();
    let mut links = spoken.split("](");
    let mut without: String = links.next().unwrap_or_default().to_owned();
    for rest in links {
        without.push_str(rest.split_once(')').map_or(rest, |(_, after)| after));
    }
    without.replace(['[', ']', '*', '_'], "")
}

/// The sentences of a text. The cells of a table and a heading are each taken for one.
fn sentences(text: &str) -> Vec<Sentence> {
    let mut found = Vec::new();
    for (line, paragraph) in paragraphs(text) {
        let (table, heading) = (paragraph.starts_with('|'), paragraph.starts_with('#'));
        let parts: Vec<&str> = if table { paragraph.split('|').collect() } else { vec![&paragraph] };
        for part in parts {
            let spoken = plain(
                part.trim_start_matches(|c: char| c.is_ascii_digit())
                    .trim_start_matches(['.', '#', '-', '>']),
            );
            let mut words: Vec<String> = Vec::new();
            for word in spoken.split_whitespace() {
                words.push(word.to_owned());
                let end = word.trim_end_matches(['"', '\'', ')', '”', '’']).ends_with(['.', '?', '!']);
                if end && !["e.g.", "i.e.", "etc."].contains(&word) {
                    found.push(Sentence { line, heading, words: std::mem::take(&mut words) });
                }
            }
            if !words.is_empty() {
                found.push(Sentence { line, heading, words });
            }
        }
    }
    found
}

impl Sentence {
    /// How many words it has; signs alone are none.
    fn length(&self) -> usize {
        self.words.iter().filter(|word| !bare(word).is_empty()).count()
    }

    fn is_question(&self) -> bool {
        self.words.last().is_some_and(|word| word.contains('?'))
    }

    /// Its words in lower case between spaces, so that a phrase can be looked for.
    fn spaced(&self) -> String {
        let words: Vec<String> =
            self.words.iter().map(|word| bare(word)).filter(|word| !word.is_empty()).collect();
        format!(" {} ", words.join(" "))
    }

    /// What is wrong with its words.
    fn wrong_words(&self) -> Vec<String> {
        let (spaced, raw) = (self.spaced(), self.words.join(" ").to_lowercase());
        let mut wrong = Vec::new();
        for (phrases, instead) in NOT_THESE {
            for phrase in phrases.iter().filter(|phrase| !(self.is_question() && phrase.contains("who"))) {
                let met = if let Some(first) = phrase.strip_prefix('^') {
                    !self.heading && spaced.starts_with(&format!(" {first} "))
                } else if phrase.ends_with([':', ',']) {
                    raw.split_whitespace().any(|word| word == *phrase)
                } else {
                    spaced.contains(&format!(" {phrase} "))
                };
                if met {
                    wrong.push(format!("`{}`: {instead}", phrase.trim_start_matches('^')));
                }
            }
        }
        wrong
    }

    /// Nouns that don't agree with what stands before or after them, and words that come twice.
    fn wrong_numbers(&self) -> Vec<String> {
        let words: Vec<String> = self.words.iter().map(|word| bare(word)).collect();
        // A comma or a full stop parts what stands on its two sides.
        let parted = |index: usize| self.words[index].ends_with([',', ';', ':', '.', ')', '?']);
        let plural = |word: &str| word.strip_suffix('s').is_some_and(|one| NOUNS.contains(&one));
        let singular = |word: &str| NOUNS.contains(&word);
        let mut wrong = Vec::new();
        for index in 1..words.len() {
            let (before, word) = (words[index - 1].as_str(), words[index].as_str());
            // Nor are `n + 1` things one.
            let sum = index > 1 && words[index - 2].is_empty();
            if parted(index - 1) || word.is_empty() || sum {
                continue;
            }
            if before == word && !["that", "had", "code"].contains(&word) {
                wrong.push(format!("`{before} {word}` says a word twice"));
            }
            let verb = words.get(index + 1).map_or("", String::as_str);
            let verb = if parted(index) { "" } else { verb };
            let one = ONE.contains(&before);
            let calls = before == "that" || before == "one";
            // May another thread have come? A question turns a verb round.
            let verbs = !self.is_question() && PLURAL_VERBS.contains(&verb);
            if one && !calls && (plural(word) || singular(word) && verbs) {
                wrong.push(format!("`{before} {word} {verb}` is one thing and several"));
            }
            let alone = parted(index) || index + 1 == words.len() || SINGULAR_VERBS.contains(&verb);
            if SEVERAL.contains(&before) && singular(word) && alone {
                wrong.push(format!("`{before} {word}` is several things and one"));
            }
        }
        wrong
    }
}

/// Every text that learners read, as its path in the workbook and what is in it. With `TEXTS=05-worker-pool` only the
/// texts with that in their path.
fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let wanted = env::var("TEXTS").unwrap_or_default();
    let mut found = Vec::new();
    let mut folders = vec![root.join("lessons"), root.join("exercises")];
    while let Some(folder) = folders.pop() {
        let mut inside: Vec<PathBuf> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        inside.sort();
        for path in inside {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "md") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                let text = fs::read_to_string(&path).unwrap();
                // A page that is still to come lists what it will be about.
                if name.contains(&wanted) && !text.contains("> This lesson is to come.") {
                    found.push((name, text));
                }
            }
        }
    }
    found.sort();
    let least = if wanted.is_empty() { 31 } else { 1 };
    assert!(found.len() >= least, "only {} texts were found", found.len());
    found
}

#[track_caller]
fn nothing_in(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// What `look` finds wrong with the sentences of all texts.
fn looked_through(look: impl Fn(&Sentence) -> Vec<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, text) in texts() {
        for sentence in sentences(&text) {
            wrong.extend(look(&sentence).into_iter().map(|what| format!("{name}:{}: {what}", sentence.line)));
        }
    }
    wrong
}

#[test]
fn no_sentence_is_too_long() {
    nothing_in(looked_through(|sentence| {
        let length = sentence.length();
        let said = sentence.words.join(" ");
        (length > LONGEST)
            .then(|| format!("{length} words, {LONGEST} are allowed: {said}"))
            .into_iter()
            .collect()
    }));
}

#[test]
fn most_sentences_are_short() {
    let mut wrong = Vec::new();
    for (name, text) in texts() {
        let lengths: Vec<usize> =
            sentences(&text).iter().map(Sentence::length).filter(|it| *it >= SHORTEST).collect();
        let long = lengths.iter().filter(|length| **length > LONG).count();
        if long > 1 && long * 100 > lengths.len() * LONG_IN_A_HUNDRED {
            wrong.push(format!(
                "{name}: {long} of {} sentences have more than {LONG} words; {LONG_IN_A_HUNDRED} in a hundred may",
                lengths.len()
            ));
        }
    }
    nothing_in(wrong);
}

#[test]
fn the_words_are_plain_and_the_fields() {
    nothing_in(looked_through(Sentence::wrong_words));
}

#[test]
fn nouns_agree_with_their_numbers() {
    nothing_in(looked_through(Sentence::wrong_numbers));
}

#[test]
fn a_sentence_is_counted_as_a_reader_counts_it() {
    let text = "# A title\n\n1. **Order.** Jobs leave `the tray` in [this order](https://a.b/c): first\n   in, first out. \
                Is 0.1 s long?\n\n```text\nnot read\n```\n<!-- for: race -->\n| a cell | two words |\n";
    let lengths: Vec<_> = sentences(text).iter().map(|it| (it.line, it.length())).collect();
    assert_eq!(lengths, [(1, 2), (3, 1), (3, 10), (3, 4), (10, 2), (10, 2)]);
}

#[test]
fn bad_english_is_seen() {
    let wrong = |text: &str| {
        let all = sentences(text);
        all.iter().map(|it| it.wrong_words().len() + it.wrong_numbers().len()).sum::<usize>()
    };
    for text in [
        "You simply lock it.",
        "Any number of jobs (also none).",
        "Calls do not know of each other.",
        "Who waits is woken.",
        "Never do more than two items wait.",
        "It starts two thread.",
        "Each workers ends.",
        "Every worker have a queue.",
        "The the lock is free.",
        "Usually, a lock is missing.",
        "After 1 items it ends.",
    ] {
        assert!(wrong(text) > 0, "nothing was found in: {text}");
    }
    for text in [
        "Who waits for a job?",
        "It starts two threads, and each thread ends.",
        "Each of the workers has a queue.",
        "It is a thread pool with two worker threads.",
        "Up to *n* + 1 items wait.",
        "The adjustment is made in `simply`.",
        "Both end.",
    ] {
        assert_eq!(wrong(text), 0, "something was found in: {text}");
    }
}
