//! Are the mails of an IMAP folder read whole, once and in order, and is a draft put into one once and whole, whatever that
//! server does?

#![allow(clippy::unwrap_used)]

#[path = "imap/append.rs"]
mod append;
#[path = "imap/faults.rs"]
mod faults;
#[path = "imap/folders.rs"]
mod folders;
#[path = "imap/learnt.rs"]
mod learnt;
#[path = "imap/login.rs"]
mod login;
#[path = "imap/order.rs"]
mod order;
#[path = "imap/server.rs"]
mod server;
mod support;

use std::time::Duration;

use atena::imap::{ImapError, ImapUrl, Limits, Login, Mail, Position, Server as At, Summary, read};
use secrecy::SecretString;

use server::{Options, PASSWORD, Server, USER, mail};
use support::Authority;
use support::sink::TlsMode;

fn password() -> Login {
    Login::Password(SecretString::from(PASSWORD))
}

fn at(server: &Server, scheme: &str) -> At {
    let url = format!("{scheme}://{USER}@localhost:{}", server.port());
    let limits = Limits { pause: Duration::from_millis(1), ..Limits::default() };
    At { limits, ..At::new(&ImapUrl::parse(&url).unwrap(), password()) }
}

/// What came of reading, and the mails that came.
struct Read {
    mails: Vec<Mail>,
    result: Result<Summary, ImapError>,
}

impl Read {
    fn uids(&self) -> Vec<u32> {
        self.mails.iter().map(|mail| mail.position.last_uid).collect()
    }

    #[track_caller]
    fn summary(&self) -> &Summary {
        self.result.as_ref().unwrap()
    }

    /// Both texts of the error hold these.
    #[track_caller]
    fn fails(&self, parts: &[&str]) {
        let error = self.result.as_ref().unwrap_err();
        let told = error.explain();
        for part in parts {
            assert!(told.en.contains(part) && told.ja.contains(part), "{part}: {told:?}");
        }
        for secret in [PASSWORD, server::TOKEN] {
            assert!(!format!("{told:?} {error:?} {error}").contains(secret), "{error:?}");
        }
        assert!(!told.ja.is_ascii() && told.en.contains("localhost"), "{told:?}");
    }
}

async fn from(server: &At, folder: Option<&str>, position: Option<Position>) -> Read {
    let mut mails = Vec::new();
    let result = read(server, folder, position, &mut |mail| {
        mails.push(mail);
        Ok::<(), ImapError>(())
    })
    .await;
    Read { mails, result }
}

async fn all(server: &At) -> Read {
    from(server, None, None).await
}

/// The mails of the usual server, each as it is.
#[track_caller]
fn whole(read: &Read) {
    assert_eq!(read.uids(), [3, 4, 7, 20, 21], "{:?}", read.result);
    for one in &read.mails {
        assert_eq!(one.raw, mail(one.position.last_uid));
        assert_eq!((one.position.uid_validity, one.total), (77, 5));
    }
    assert_eq!(read.mails.iter().map(|mail| mail.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let position = Some(Position { uid_validity: 77, last_uid: 21 });
    let summary = Summary { folder: read.summary().folder.clone(), total: 5, taken: 5, position, ..Summary::default() };
    assert_eq!(*read.summary(), summary);
}
