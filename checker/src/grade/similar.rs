//! Programs that have much in common: winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003) over tokens, with what
//! everybody was given taken out. A pointer for a person, and never a part of a mark.

use anyhow::{Context, Result};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde::Serialize;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

/// Tokens in a row that make a fingerprint; less in common is chance.
const GRAM: usize = 17;
/// Of so many fingerprints in a row the smallest is kept: any match of `GRAM + WINDOW - 1` tokens is found.
const WINDOW: usize = 12;
/// With fewer tokens left there is one way to write it.
const LEAST_TOKENS: usize = 120;
/// What more than this share of the class has is the lesson's.
const COMMON: f64 = 1.0 / 3.0;
/// Too few to say what is common.
const SMALL_CLASS: usize = 6;

/// A program as what is compared.
#[derive(Clone, Debug)]
pub struct Program {
    pub id: String,
    tokens: Vec<String>,
}

/// Two programs and how much of the smaller one's fingerprints the other has.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    pub exercise: String,
    pub left: String,
    pub right: String,
    /// From 0 to 1.
    pub shared: f64,
    /// The same tokens, names and texts included: the same program but for its layout and comments.
    pub identical: bool,
}

impl Program {
    /// Reads a program.
    ///
    /// # Errors
    /// If it can't be cut into tokens.
    pub fn read(id: &str, source: &str) -> Result<Program> {
        let stream: TokenStream = source
            .parse()
            .map_err(|error| anyhow::anyhow!("{error}"))
            .with_context(|| format!("{id} is not Rust that can be parsed"))?;
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        Ok(Program { id: id.to_owned(), tokens })
    }

    /// Whether the other is the same program, names and texts included.
    pub fn is_identical(&self, other: &Program) -> bool {
        self.tokens == other.tokens
    }

    /// What is left of it when names and texts don't count, as fingerprints.
    fn fingerprints(&self) -> BTreeSet<u64> {
        let plain: Vec<&str> = self.tokens.iter().map(|token| class(token)).collect();
        let grams: Vec<u64> = plain.windows(GRAM).map(hashed).collect();
        if grams.len() < WINDOW {
            return grams.into_iter().min().into_iter().collect();
        }
        grams.windows(WINDOW).filter_map(|window| window.iter().min().copied()).collect()
    }

    /// All of its grams: what is taken out of others has to be known whole.
    fn grams(&self) -> BTreeSet<u64> {
        let plain: Vec<&str> = self.tokens.iter().map(|token| class(token)).collect();
        plain.windows(GRAM).map(hashed).collect()
    }
}

fn hashed(gram: &[&str]) -> u64 {
    // The same in every run: no key is drawn.
    let mut hasher = DefaultHasher::new();
    gram.hash(&mut hasher);
    hasher.finish()
}

fn flatten(stream: TokenStream, tokens: &mut Vec<String>) {
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            // Comments on items arrive as `#[doc = "…"]`.
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                if let Some(TokenTree::Punct(bang)) = trees.peek()
                    && bang.as_char() == '!'
                {
                    trees.next();
                }
                if matches!(trees.peek(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket)
                {
                    trees.next();
                }
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                tokens.push(open.to_owned());
                flatten(group.stream(), tokens);
                tokens.push(close.to_owned());
            }
            other => tokens.push(other.to_string()),
        }
    }
}

/// A token without what is easy to change: a name is a name, a number a number, a text a text.
fn class(token: &str) -> &str {
    const KEYWORDS: [&str; 30] = [
        "as", "break", "const", "continue", "else", "enum", "fn", "for", "if", "impl", "in", "let", "loop",
        "match", "mod", "move", "mut", "pub", "ref", "return", "self", "Self", "static", "struct", "trait",
        "type", "use", "where", "while", "dyn",
    ];
    match token.chars().next() {
        Some('"' | '\'' | 'b') if token.contains(['"', '\'']) => "text",
        Some(c) if c.is_ascii_digit() => "number",
        Some(c) if (c.is_alphabetic() || c == '_') && !KEYWORDS.contains(&token) => "name",
        _ => token,
    }
}

/// The pairs of `programs` that have anything in common that nobody gave them, most alike first.
///
/// `given` is what everybody has: the stub, the lesson's listings.
pub fn pairs(exercise: &str, programs: &[Program], given: &[Program]) -> Vec<Pair> {
    let known: BTreeSet<u64> = given.iter().flat_map(Program::grams).collect();
    let mut prints: Vec<BTreeSet<u64>> = programs.iter().map(Program::fingerprints).collect();
    let mut owners: BTreeMap<u64, usize> = BTreeMap::new();
    prints.iter().flatten().for_each(|print| *owners.entry(*print).or_default() += 1);
    let most = (programs.len() as f64 * COMMON).ceil() as usize;
    let is_common = |print: &u64| programs.len() >= SMALL_CLASS && owners[print] > most.max(2);
    for own in &mut prints {
        own.retain(|print| !known.contains(print) && !is_common(print));
    }
    let mut found = Vec::new();
    for (index, left) in programs.iter().enumerate() {
        for (other, right) in programs.iter().enumerate().skip(index + 1) {
            let identical = left.is_identical(right) && !given.iter().any(|it| it.is_identical(left));
            let least = prints[index].len().min(prints[other].len());
            let both = prints[index].intersection(&prints[other]).count();
            // One of them is kept for about half a window of tokens.
            let tokens_left = least * (WINDOW + 1) / 2;
            let shared = if tokens_left < LEAST_TOKENS { 0.0 } else { both as f64 / least as f64 };
            if identical || shared > 0.0 {
                let (left, right) = (left.id.clone(), right.id.clone());
                found.push(Pair { exercise: exercise.to_owned(), left, right, shared, identical });
            }
        }
    }
    found.sort_by(|a, b| {
        b.identical
            .cmp(&a.identical)
            .then(b.shared.total_cmp(&a.shared))
            .then((&a.left, &a.right).cmp(&(&b.left, &b.right)))
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const STUB: &str = "pub fn run(n: usize) -> usize { todo!() }";

    /// A program in which no two lines are built alike.
    fn long(name: &str, number: u32) -> String {
        let line = |line: usize| {
            let deep = format!("{}n{}", "(".repeat(line % 7), ")".repeat(line % 7));
            let more = " + 1".repeat(line % 5);
            let call = format!("{name}({})", vec!["n"; line % 4].join(", "));
            format!(
                "let {name}{line} = {deep}{more} * {call}; if {name}{line} > {number} {{ total += {name}{line}{more}; }}\n"
            )
        };
        let body: String = (0..60).map(line).collect();
        format!("/// A comment.\npub fn run(n: usize) -> usize {{ let mut total = 0;\n{body} total }}")
    }

    fn other() -> String {
        let body: String = (0..40)
            .map(|line| format!("match n {{ {line} => return n, _ => while n < {line} {{ break }} }}\n"))
            .collect();
        format!("pub fn run(n: usize) -> usize {{ {body} n }}")
    }

    fn program(id: &str, source: &str) -> Program {
        Program::read(id, source).unwrap()
    }

    #[test]
    fn names_numbers_and_comments_do_not_hide_a_copy() {
        let programs = [program("a", &long("x", 1)), program("b", &long("value", 7)), program("c", &other())];
        let pairs = pairs("pair", &programs, &[program("stub", STUB)]);
        assert_eq!((pairs[0].left.as_str(), pairs[0].right.as_str()), ("a", "b"));
        assert!(pairs[0].shared > 0.95 && !pairs[0].identical, "{pairs:?}");
        assert!(pairs.iter().skip(1).all(|pair| pair.shared < 0.2), "{pairs:?}");
    }

    #[test]
    fn the_same_program_in_another_layout_is_identical() {
        let programs = [program("a", &long("x", 1)), program("b", &long("x", 1).replace('\n', " \n\n "))];
        let pairs = pairs("pair", &programs, &[]);
        assert!(pairs[0].identical, "{pairs:?}");
    }

    #[test]
    fn what_everybody_was_given_is_nobodys_copy() {
        let given = program("stub", &long("x", 1));
        let programs = [program("a", &long("x", 1)), program("b", &long("x", 1))];
        assert_eq!(pairs("pair", &programs, &[given]), []);
    }

    #[test]
    fn a_program_of_a_few_lines_says_nothing() {
        let programs = [program("a", "fn f() { g(1); h(2); }"), program("b", "fn f() { g(2); h(3); }")];
        assert_eq!(pairs("pair", &programs, &[]), []);
    }
}
