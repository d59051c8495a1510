//! Drives the checker as a learner does, on a small workbook whose check programs say what they are told to.

mod bad_input;
mod gate;
mod hostile;
mod place;
mod run;
mod workbook;
