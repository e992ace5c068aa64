//! From a YAML tree to a [`Document`](super::model::Document): every error is reported, and no value is guessed.

mod accepted;
mod document;
mod parser;
mod role;
mod rule;

pub(crate) use document::{parse, parse_file, parse_policy};

#[cfg(test)]
mod tests;
