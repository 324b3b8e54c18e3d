//! What becomes of a mail: judged by the rules, then sent, kept, or handed back.

mod judge;
pub mod setup;
pub use judge::{Judgement, judge};
