//! Every program over every way in: plain, with STARTTLS, with TLS from the first octet, each without and with a login, through
//! to a Postfix; and what its author reads when the mail comes back over the most guarded of them.

use std::sync::Arc;

use super::postfix::Postfix;
use super::relay::Relay;
use super::senders::{Login, Route, SENDERS, Tls};
use super::support::Authority;
use super::writers::{WRITERS, subject};
use super::{OTHER, RETURN, TO, clean, misaddressed};

const USER: &str = "ogawa";
const PASSWORD: &str = "correct horse";
const CLEAN: &str = "Dear Robert,\n\nThank you for your call. 佐藤 will be there, too.\n";
const MISADDRESSED: &str = "Dear Sarah,\n\nThank you for your call.\n";
/// What an author reads of why.
const WHY: &str = "宛名は「Sarah」ですが";

/// Two relays before one Postfix: one that asks for no login, and one that lets nobody in without.
struct House {
    postfix: Arc<Postfix>,
    authority: Authority,
    open: Relay,
    guarded: Relay,
    /// Of either relay, with TLS from the first octet.
    tls_ports: [u16; 2],
}

/// A relay with both kinds of TLS that asks for this login, and knows one user.
fn relay(postfix: &Postfix, authority: &Authority, auth: &str, more: &str) -> Relay {
    let (certificate, key) = authority.pem(&["127.0.0.1", "localhost"]);
    let config = format!(
        "listen_tls = \"127.0.0.1:0\"\ntls_cert = \"cert.pem\"\ntls_key = \"key.pem\"\nauth = \"{auth}\"\n\n[[account]]\n\
         name = \"work\"\nupstream = \"smtp://127.0.0.1:{}\"\n{more}",
        postfix.port
    );
    let relay = Relay::start(&[("cert.pem", &certificate), ("key.pem", &key), ("password", PASSWORD)], &config);
    if auth == "users" {
        relay.command(&format!("user add {USER} < password"));
    }
    relay
}

impl House {
    /// `None` if this machine cannot run a Postfix.
    fn start() -> Option<House> {
        let (postfix, authority) = (Postfix::running()?, Authority::new());
        let (open, guarded) = (relay(&postfix, &authority, "none", ""), relay(&postfix, &authority, "users", ""));
        let tls_ports = [open.next_port(), guarded.next_port()];
        Some(House { postfix, authority, open, guarded, tls_ports })
    }

    /// All ways in, by name.
    fn ways<'a>(&'a self, to: &'a str) -> Vec<(String, Route<'a>)> {
        let authority = self.authority.file().to_str().unwrap();
        let mut ways = Vec::new();
        for (relay, tls_port, login) in [
            (&self.open, self.tls_ports[0], None),
            (&self.guarded, self.tls_ports[1], Some(Login { user: USER, password: PASSWORD })),
        ] {
            for (name, port, tls) in [
                ("plain", relay.port, None),
                ("starttls", relay.port, Some(Tls { authority, implicit: false })),
                ("implicit", tls_port, Some(Tls { authority, implicit: true })),
            ] {
                let name = if login.is_some() { format!("{name}-login") } else { name.to_owned() };
                ways.push((name, Route { port, to, tls, login }));
            }
        }
        ways
    }

    fn logs(&self) -> String {
        self.open.log() + &self.guarded.log()
    }
}

#[test]
fn finished_mails_arrive_octet_by_octet() {
    let Some(house) = House::start() else { return };
    for sender in SENDERS {
        for (way, route) in house.ways(TO) {
            let id = format!("{}-{way}@peers.test", sender.name);
            let mail = clean(&id);
            let Some(answer) = sender.send(&route, &mail) else { break };
            assert_eq!(answer.code, Some(0), "{id}: {}\n{}", answer.text, house.logs());
            assert_eq!(house.postfix.delivered(&id), mail, "{id}");
        }
    }
    assert!(house.open.held().is_empty() && house.guarded.held().is_empty());
    assert!(!house.logs().contains(PASSWORD));
}

#[test]
fn written_mails_arrive_with_their_text() {
    let Some(house) = House::start() else { return };
    for writer in WRITERS {
        for (way, route) in house.ways(OTHER) {
            let subject = subject(&format!("{}-{way}", writer.name));
            let Some(answer) = writer.send(&route, &subject, CLEAN) else { break };
            assert_eq!(answer.code, Some(0), "{subject}: {}\n{}", answer.text, house.logs());
            let mail = String::from_utf8(house.postfix.delivered_with(&format!("Subject: {subject}"))).unwrap();
            let (_, text) = mail.split_once("\r\n\r\n").unwrap();
            assert_eq!(text, CLEAN.replace('\n', "\r\n"), "{subject}");
        }
    }
    assert!(house.open.held().is_empty() && house.guarded.held().is_empty());
    assert!(!house.logs().contains(PASSWORD));
}

#[test]
fn a_login_that_is_wrong_or_missing_lets_no_program_in() {
    let Some(house) = House::start() else { return };
    for writer in WRITERS {
        for (way, route) in house.ways(OTHER).split_off(3) {
            // The relay answers whoever guesses later and later; one wrong password of each is enough.
            let wrong = (way == "starttls-login").then_some(Login { user: USER, password: "battery staple" });
            let subject = subject(&format!("{}-{way}-stranger", writer.name));
            let Some(answer) = writer.send(&Route { login: wrong, ..route }, &subject, CLEAN) else { break };
            assert_ne!(answer.code, Some(0), "{subject}: {}\n{}", answer.text, house.logs());
            assert!(!house.postfix.has_with(&format!("Subject: {subject}")), "{subject}");
        }
    }
}

#[test]
fn their_authors_read_why_a_mail_came_back() {
    let Some(postfix) = Postfix::running() else { return };
    let authority = Authority::new();
    let tls = Some(Tls { authority: authority.file().to_str().unwrap(), implicit: false });
    let login = Some(Login { user: USER, password: PASSWORD });
    for (auth, tls, login) in [("none", None, None), ("users", tls, login)] {
        for sender in SENDERS {
            // Each has one of its own: sent by the next program, the mail of the one before would be the same mail again.
            let relay = relay(&postfix, &authority, auth, RETURN);
            let id = format!("{}-{auth}-returned@peers.test", sender.name);
            let (route, mail) = (Route { tls, login, ..Route::plain(relay.port, OTHER) }, misaddressed(&id));
            let Some(first) = sender.send(&route, &mail) else { continue };
            assert_eq!(first.code, Some(sender.refused), "{id}: {}\n{}", first.text, relay.log());
            for part in ["550", "[atena] ", "Sarah", WHY] {
                assert!(first.text.contains(part), "{id}: {part}: {}", first.text);
            }
            assert!(!postfix.has(&id) && relay.held().is_empty(), "{id}");
            let second = sender.send(&route, &mail).expect("it was there before");
            assert_eq!(second.code, Some(0), "{id}: {}\n{}", second.text, relay.log());
            assert_eq!(postfix.delivered(&id), mail, "{id}");
        }
        for writer in WRITERS {
            let relay = relay(&postfix, &authority, auth, RETURN);
            let subject = subject(&format!("{}-{auth}-returned", writer.name));
            let route = Route { tls, login, ..Route::plain(relay.port, OTHER) };
            let Some(answer) = writer.send(&route, &subject, MISADDRESSED) else { continue };
            assert_eq!(answer.code, Some(writer.refused), "{subject}: {}\n{}", answer.text, relay.log());
            assert!(answer.text.contains(WHY), "{subject}: {}", answer.text);
            assert!(!postfix.has_with(&format!("Subject: {subject}")) && relay.held().is_empty(), "{subject}");
        }
    }
}

/// The other side: Postfix's TLS, with a certificate that only the configuration trusts, and one that nobody does.
#[test]
fn a_postfix_that_wants_starttls_gets_its_mail_encrypted() {
    let authority = Authority::new();
    let (certificate, key) = authority.pem(&["127.0.0.1"]);
    let directory = tempfile::tempdir().unwrap();
    let (cert_file, key_file) = (directory.path().join("cert.pem"), directory.path().join("key.pem"));
    std::fs::write(&cert_file, certificate).unwrap();
    std::fs::write(&key_file, key).unwrap();
    let encrypted = format!(
        "smtpd_tls_cert_file = {}\nsmtpd_tls_key_file = {}\nsmtpd_tls_security_level = encrypt\n\
         smtpd_tls_received_header = yes\n",
        cert_file.display(),
        key_file.display()
    );
    let Some(postfix) = Postfix::start(&encrypted) else { return };
    for (ca, code) in [(true, "250"), (false, "451")] {
        let trust = if ca { format!("tls_ca = {:?}\n", authority.file()) } else { String::new() };
        let relay = Relay::start(
            &[],
            &format!(
                "\n[[account]]\nname = \"work\"\nupstream = \"smtp+starttls://127.0.0.1:{}\"\n{trust}",
                postfix.port
            ),
        );
        let id = format!("encrypted-{ca}@peers.test");
        let mail = clean(&id);
        let Some(answer) = SENDERS[0].send(&Route::plain(relay.port, TO), &mail) else { return };
        assert_eq!(answer.code == Some(0), ca, "{}\n{}", answer.text, relay.log());
        assert!(answer.text.contains(code), "{}", answer.text);
        if ca {
            assert_eq!(postfix.delivered(&id), mail);
        } else {
            assert!(answer.text.contains("certificate") && !postfix.has(&id), "{}", answer.text);
        }
    }
}
