//! What a person sees of a verdict: text, lanes, pictures. Draws what it is given, and judges nothing.

pub mod chapter;
pub mod comparison;
pub mod lanes;
pub mod printer;
pub mod report;
pub mod style;
pub mod svg;
