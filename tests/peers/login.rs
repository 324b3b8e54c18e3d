//! Programs that log in over STARTTLS: the login reaches the next server, which decides.

use super::relay::Relay;
use super::senders::{Login, Route, SENDERS, Tls};
use super::support::Authority;
use super::support::sink::{Sink, SinkOptions};
use super::{TO, clean};

const USER: &str = "ogawa";
const RIGHT: &str = "correct horse";
const WRONG: &str = "battery staple";

/// A relay that demands a login and passes it on to a server that knows one user.
fn relay(authority: &Authority, sink: &Sink) -> Relay {
    let (certificate, key) = authority.pem(&["127.0.0.1"]);
    let config = format!(
        "tls_cert = \"cert.pem\"\ntls_key = \"key.pem\"\nauth = \"pass-through\"\n\n[[account]]\nname = \"work\"\n\
         upstream = \"smtp://127.0.0.1:{}\"\npass_through = true\nallow_plaintext = true\n",
        sink.port()
    );
    Relay::start(&[("cert.pem", &certificate), ("key.pem", &key)], &config)
}

#[test]
fn a_login_over_starttls_reaches_the_next_server_and_is_needed() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let users = vec![(USER.to_owned(), RIGHT.to_owned())];
    let options = SinkOptions { users, login_required: true, ..SinkOptions::default() };
    let sink = runtime.block_on(Sink::start(options));
    let authority = Authority::new();
    let file = authority.file().to_str().unwrap();
    for sender in SENDERS {
        // Each has one of its own: failed logins of others would keep it waiting.
        let relay = relay(&authority, &sink);
        let before = sink.mails().len();
        let mail = clean(&format!("{}-login@peers.test", sender.name));
        let tls = Some(Tls { authority: file, implicit: false });
        let route = |login| Route { tls, login, ..Route::plain(relay.port, TO) };
        let login = |password| Some(Login { user: USER, password });
        for (login, code) in [(None, "530"), (login(WRONG), "535")] {
            let Some(answer) = sender.send(&route(login), &mail) else { break };
            let told = answer.text.contains(code);
            assert!(answer.code != Some(0) && told, "{}: {}\n{}", sender.name, answer.text, relay.log());
        }
        let Some(answer) = sender.send(&route(login(RIGHT)), &mail) else { continue };
        assert_eq!(answer.code, Some(0), "{}: {}\n{}", sender.name, answer.text, relay.log());
        let mails = sink.mails();
        assert_eq!(mails.len(), before + 1, "{}", sender.name);
        assert_eq!((mails[before].user.as_deref(), &mails[before].recipients[..]), (Some(USER), &[TO.to_owned()][..]));
        assert!(mails[before].raw.ends_with(&mail), "{}: only a trace header may stand in front", sender.name);
        assert!(!relay.log().contains(RIGHT) && !relay.log().contains(WRONG), "{}", sender.name);
    }
    assert_eq!(sink.violations(), Vec::<String>::new());
}
