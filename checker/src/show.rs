//! What a person sees of a verdict: text, lanes, pictures. Draws what it is given, and judges nothing.

pub mod chapter;
pub mod comparison;
pub mod inputs;
pub mod lanes;
pub mod markdown;
pub mod material;
pub mod printer;
pub mod report;
pub mod rows;
pub mod short;
pub mod sources;
pub mod style;
pub mod svg;
pub mod table;
pub mod times;
