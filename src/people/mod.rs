//! Names and addresses compared: does this name fit that recipient, is this domain meant to be that one?
//!
//! Pure. Contradiction is reported, ignorance is not: when nothing is known the answer is `Unknown`.

pub mod address;
pub mod company;
mod display;
pub mod domain;
mod fold;
mod japanese;
mod latin;
mod local;
pub mod name;
pub mod pattern;
mod romaji;
pub mod similar;
mod tables;
mod title;
mod words;
