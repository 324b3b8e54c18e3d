//! Does every 250 mean that the mail is with the next server or on disk, and every other answer that it is nowhere?
//!
//! The relay runs as it does for people, between a client of the tests' own and a mail server that misbehaves as the
//! recipient's name tells it to.

#![allow(clippy::unwrap_used)]

mod support;

#[path = "peers/programs.rs"]
mod programs;

#[path = "relay/client.rs"]
mod client;
#[path = "relay/faults.rs"]
mod faults;
#[path = "relay/feedback.rs"]
mod feedback;
#[path = "relay/held.rs"]
mod held;
#[path = "relay/learning.rs"]
mod learning;
#[path = "relay/limits.rs"]
mod limits;
#[path = "relay/load.rs"]
mod load;
#[path = "relay/login.rs"]
mod login;
#[path = "relay/passing.rs"]
mod passing;
#[path = "relay/privacy.rs"]
mod privacy;
#[path = "relay/relay.rs"]
mod relay;
#[path = "relay/reports.rs"]
mod reports;
#[path = "relay/returned.rs"]
mod returned;
#[path = "relay/shutdown.rs"]
mod shutdown;
#[path = "relay/tls.rs"]
mod tls;
#[path = "relay/upstream.rs"]
mod upstream;
#[path = "relay/waiting.rs"]
mod waiting;

/// 「お世話になっております。」 and so on, to whom it is addressed; ISO-2022-JP as Japanese mail programs write it.
const CLEAN: &[u8] = b"From: suzuki@own.example\r\nTo: sato@client.example\r\n\
Subject: =?ISO-2022-JP?B?GyRCJCpOaRsoQg==?=\r\nMIME-Version: 1.0\r\n\
Content-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\n\
\x1b$B:4F#MM\x1b(B\r\n\r\n\x1b$B$*@$OC$K$J$C$F$*$j$^$9!#\x1b(B\r\n..\r\n.\x1b$B!#\x1b(B\r\n";

/// The greeting names somebody else.
const MISADDRESSED: &[u8] = b"From: suzuki@own.example\r\nTo: Priya Raman <priya.raman@client.example>\r\n\
Subject: Thanks\r\nMessage-ID: <1@own.example>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0900\r\n\r\n\
Hi Mark,\r\n\r\nThanks for the call.\r\n";

/// A mail with nothing to say against it.
fn plain(words: &str) -> Vec<u8> {
    format!(
        "From: suzuki@own.example\r\nTo: Priya Raman <priya.raman@client.example>\r\nSubject: {words}\r\n\r\n\
         Hi Priya,\r\n\r\n{words}\r\n"
    )
    .into_bytes()
}
