//! What becomes of a mail: judged by the rules, then sent, kept, or handed back.

pub mod setup;
