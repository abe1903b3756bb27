//! The charter language. A charter is one versioned file that says what a company promises, what is owed when a promise
//! fails, and in which words. This crate reads it, checks it, compiles its conditions, and answers questions about it.
//!
//! Pure: text goes in, a [`Charter`] or diagnostics come out. Nothing here reads a file, a clock or a random number.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::string_slice))]

pub mod book;
pub mod builtin;
pub mod clock;
pub mod decode;
pub mod diagnostic;
pub mod diff;
pub mod explain;
pub mod expr;
pub mod fmt;
pub mod grammar;
pub mod limits;
pub mod lower;
pub mod model;
pub mod number;
pub mod place;
mod plain;
pub mod publish;
pub mod syntax;
pub mod tests_file;
pub mod text;
pub mod value;
pub mod words;

pub use book::Book;
pub use lower::Read;
pub use model::Charter;
pub use value::{Moment, Value};
