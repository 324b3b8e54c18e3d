//! Do people learn that a mail was held, and does no mail, secret or blind copy suffer from it?

#![allow(clippy::unwrap_used)]

mod support;

#[path = "relay/client.rs"]
mod client;
#[path = "relay/relay.rs"]
mod relay;

#[cfg(all(feature = "desktop-notify", target_os = "linux"))]
#[path = "notify/bus.rs"]
mod bus;
#[path = "notify/command.rs"]
mod command;
#[cfg(all(feature = "desktop-notify", target_os = "linux"))]
#[path = "notify/desktop.rs"]
mod desktop;
#[path = "notify/mail.rs"]
mod mail;
#[path = "notify/manual.rs"]
mod manual;
#[path = "notify/privacy.rs"]
mod privacy;
#[path = "peers/programs.rs"]
mod programs;
#[path = "notify/receiver.rs"]
mod receiver;
#[path = "notify/webhook.rs"]
mod webhook;

use atena::store::{MailId, State};

use relay::Relay;

/// Held: the greeting names somebody else.
const MISADDRESSED: &str = "From: suzuki@own.example\r\nTo: Priya Raman <priya.raman@client.example>\r\n\
Subject: Kingfisher\r\nDate: Sat, 21 Nov 2026 10:00:00 +0900\r\n\r\n\
Hi Mark,\r\n\r\nThanks for the call about the wren.\r\n";

/// The second is in blind copy.
const TO: [&str; 2] = ["priya.raman@client.example", "blind-one@secret.example"];

/// Has the mail held.
async fn hold(relay: &Relay) -> MailId {
    let mut client = relay.client().await;
    let reply = client.send(&TO, MISADDRESSED.as_bytes()).await;
    assert!(reply.starts_with("250 2.0.0 Kept"), "{reply}");
    relay.comes_to(State::Held).await.id
}

/// A mail that passes at once.
fn plain(subject: &str) -> Vec<u8> {
    MISADDRESSED.replace("Hi Mark,", "Hi Priya,").replace("Kingfisher", subject).into_bytes()
}
