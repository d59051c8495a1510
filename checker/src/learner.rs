//! What is the learner's own: progress, programs and their originals, the editor. Knows nothing of grading.

pub mod editor;
pub mod original;
pub mod progress;
pub mod sources;
