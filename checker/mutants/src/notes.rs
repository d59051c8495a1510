//! The mutants found so far, and the texts that new ones are made from.

use crate::{Mutant, Operator};
use proc_macro2::Span;
use std::ops::Range;
use syn::spanned::Spanned;

/// What has been found in a program, and where we are in it.
pub(crate) struct Notes<'a> {
    pub(crate) source: &'a str,
    /// The function that we are in, with the type whose `impl` it is in.
    pub(crate) function: Option<String>,
    pub(crate) found: Vec<Mutant>,
}

impl<'a> Notes<'a> {
    /// The source text of something.
    pub(crate) fn text(&self, of: &impl Spanned) -> &'a str {
        &self.source[self.range(of)]
    }

    pub(crate) fn range(&self, of: &impl Spanned) -> Range<usize> {
        of.span().byte_range()
    }

    /// The source text of some bytes.
    pub(crate) fn slice(&self, range: Range<usize>) -> &'a str {
        &self.source[range]
    }

    /// What stands from the beginning of one to the end of the other.
    pub(crate) fn across(&self, from: &impl Spanned, to: &impl Spanned) -> Range<usize> {
        self.range(from).start..self.range(to).end
    }

    /// Writes down that the text of `place` is replaced.
    pub(crate) fn replace(&mut self, operator: Operator, place: &impl Spanned, to: impl Into<String>) {
        let span = self.range(place);
        self.put(operator, span, to.into());
    }

    /// Writes down that the token at `span` is replaced.
    pub(crate) fn replace_token(&mut self, operator: Operator, span: Span, to: &str) {
        self.put(operator, span.byte_range(), to.to_owned());
    }

    /// Writes down that the bytes `span` are replaced.
    pub(crate) fn put(&mut self, operator: Operator, span: Range<usize>, to: String) {
        // Outside of functions nothing runs: a constant there is one in a type.
        let Some(function) = self.function.clone() else { return };
        let line = 1 + self.source[..span.start].matches('\n').count();
        let from = self.source[span.clone()].to_owned();
        self.found.push(Mutant { operator, function, line, from, to, span });
    }
}
