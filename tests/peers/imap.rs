//! The folder of mails sent of a real IMAP server.

use atena::imap::{ImapError, ImapUrl, Login, Mail, Position, Server, Summary, read};
use secrecy::SecretString;

use super::dovecot::{Dovecot, PASSWORD};

fn import(
    dovecot: &Dovecot,
    url: &str,
    password: &str,
    from: Option<Position>,
) -> (Vec<Mail>, Result<Summary, ImapError>) {
    let url = ImapUrl::parse(&url.replace("PORT", &dovecot.port.to_string())).unwrap();
    let login = Login::Password(SecretString::from(password));
    let server = Server { ca: Some(dovecot.authority.file().to_owned()), ..Server::new(&url, login) };
    let mut mails = Vec::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = runtime.block_on(read(&server, url.folder.as_deref(), from, &mut |mail| {
        mails.push(mail);
        Ok::<(), ImapError>(())
    }));
    (mails, result)
}

fn draft(n: usize) -> Vec<u8> {
    let body = "お世話になっております。\r\n".repeat(n * n);
    format!("From: mai@minato.example\r\nTo: k-sato@aoba.example\r\nSubject: {n}\r\n\r\n{body}").into_bytes()
}

#[test]
fn mails_sent_are_read_whole_and_nothing_is_marked() {
    let Some(dovecot) = Dovecot::start() else { return };
    for n in 0..150 {
        dovecot.deliver(&format!("{}.{n}.minato", 1_700_000_000 + n), &draft(n));
    }
    let (mails, result) = import(&dovecot, "imap+starttls://mai@localhost:PORT", PASSWORD, None);
    let summary = result.unwrap_or_else(|error| panic!("{error}\n{}", dovecot.log()));
    assert_eq!((summary.folder.as_str(), summary.total, summary.taken), ("送信済み", 150, 150));
    for (n, mail) in mails.iter().enumerate() {
        assert!(mail.raw == draft(n), "mail {n} is another");
        assert_eq!((mail.number as usize, mail.total), (n + 1, 150));
    }
    assert!(
        dovecot.files().iter().all(|name| !name.rsplit(',').next().unwrap().contains('S')),
        "{:?}",
        dovecot.files()
    );

    dovecot.deliver("1800000000.new.minato", &draft(2));
    let (mails, result) = import(&dovecot, "imap://mai@localhost:PORT/送信済み", PASSWORD, summary.position);
    assert_eq!((mails.len(), result.unwrap().total, mails[0].number), (1, 151, 151));
    assert!(mails[0].raw == draft(2));
}

#[test]
fn a_real_server_says_no_as_the_tests_do() {
    let Some(dovecot) = Dovecot::start() else { return };
    let (_, refused) = import(&dovecot, "imap+starttls://mai@localhost:PORT", "horse", None);
    let told = refused.unwrap_err().explain();
    assert!(told.en.contains("refused the user name or password of mai"), "{told:?}\n{}", dovecot.log());
    let (_, missing) = import(&dovecot, "imap+starttls://mai@localhost:PORT/Snet", PASSWORD, None);
    let told = missing.unwrap_err().explain();
    assert!(told.en.contains("\"Snet\"") && told.ja.contains("Archive") && told.ja.contains("送信済み"), "{told:?}");
    let (mails, empty) = import(&dovecot, "imap+starttls://mai@localhost:PORT/Archive", PASSWORD, None);
    assert!(mails.is_empty() && empty.unwrap().total == 0);
}
