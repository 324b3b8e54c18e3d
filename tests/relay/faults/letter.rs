//! The mails of a load: what each is, and what becomes of it, follows from its number.

use crate::client::Client;

/// One mail in so many goes to a server that answers when its author no longer waits, or never.
const SLOW_ONE_IN: usize = 200;
const SLOW: [&str; 4] = ["slow-2500", "stall-data", "stall-dot", "stall-rcpt"];

/// To whom, and what the next server makes of it; whom the mail greets. Every third mail is clean, one in twelve is held for
/// its greeting.
const KINDS: [(&[&str], &str); 12] = [
    (&["priya.raman"], "Priya"),
    (&["refuse-550"], "Priya"),
    (&["dot-452"], "Priya"),
    (&["priya.raman", "ito", "priya.raman+2"], "Priya"),
    (&["hangup-after-dot"], "Priya"),
    (&["data-451"], "Priya"),
    (&["priya.raman"], "Priya"),
    (&["priya.raman"], "Mark"),
    (&["hangup-rcpt"], "Priya"),
    (&["priya.raman"], "Priya"),
    (&["priya.raman", "refuse-550", "ito"], "Priya"),
    (&["early-452"], "Priya"),
];

/// One mail in so many goes through the account whose server refuses connections.
const CLOSED_ONE_IN: usize = 50;

pub(super) struct Letter {
    sender: &'static str,
    pub(super) to: Vec<String>,
    pub(super) raw: String,
    /// How often its author asks once more what became of it.
    pub(super) patience: usize,
}

impl Letter {
    /// The mail of a load with this number.
    pub(super) fn of(n: usize) -> Letter {
        if n.is_multiple_of(SLOW_ONE_IN) {
            let name = SLOW[n / SLOW_ONE_IN % SLOW.len()];
            // A server that never answers tires out everybody.
            let patience = if name.starts_with("stall") { 1 } else { 20 };
            return Letter { patience, ..Letter::new(n, name, "Priya") };
        }
        let (to, greeted) = KINDS[n % KINDS.len()];
        let closed = n % CLOSED_ONE_IN == 1;
        let sender = if closed { "suzuki@closed.example" } else { "suzuki@own.example" };
        Letter::written(n, sender, to, greeted)
    }

    /// A mail that is clean for Priya, and held for anybody else it greets.
    pub(super) fn new(n: usize, recipient: &str, greeted: &str) -> Letter {
        Letter::written(n, "suzuki@own.example", &[recipient], greeted)
    }

    fn written(n: usize, sender: &'static str, to: &[&str], greeted: &str) -> Letter {
        let to: Vec<String> = to.iter().map(|name| format!("{name}@client.example")).collect();
        let copies: String = to[1..].iter().map(|to| format!("Cc: {to}\r\n")).collect();
        let raw = format!(
            "From: {sender}\r\nTo: Priya Raman <{}>\r\n{copies}Subject: {n}\r\n\r\nHi {greeted},\r\n\r\n\
             This is mail {n}.\r\n..\r\n.\r\n",
            to[0]
        );
        Letter { sender, to, raw, patience: 20 }
    }

    /// The answer; `None` when the relay went away before.
    pub(super) async fn send(&self, client: &mut Client) -> Option<String> {
        client.try_send(self.sender, &self.to, self.raw.as_bytes()).await
    }
}

pub(super) fn number(text: &str) -> usize {
    text.trim().parse().unwrap()
}
