//! Is what was learnt of the people written to right, kept once, found again, and gone when it is forgotten?
#![allow(clippy::unwrap_used)]

mod terminal;

#[path = "people/commands.rs"]
mod commands;
#[path = "people/import.rs"]
mod import;
