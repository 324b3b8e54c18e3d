//! Asks the system to open a link in the user's browser.

use std::io;
use std::process::{Command, Stdio};

/// Hands the link over; waits until the system has taken it.
///
/// # Errors
/// There is no browser, or nothing that starts one.
pub(crate) fn browse(link: &str) -> io::Result<()> {
    let (program, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let quiet = Stdio::null;
    let status =
        Command::new(program).args(arguments).arg(link).stdin(quiet()).stdout(quiet()).stderr(quiet()).status()?;
    if status.success() { Ok(()) } else { Err(io::ErrorKind::Other.into()) }
}
