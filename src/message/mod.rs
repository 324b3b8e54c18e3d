//! A mail as bytes, as parsed, as read.
//!
//! Pure. The only module that names `mail_parser`.

mod address;
mod envelope;

pub use address::{Address, AddressError};
pub use envelope::Envelope;
