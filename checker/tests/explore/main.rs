//! Drives `explore` as somebody does who takes it home: packages that know nothing of the workbook, right and wrong ones.

mod findings;
mod home;
mod packages;
mod system;
