//! The folders of mails sent and of drafts of a real IMAP server.

use atena::imap::{AppendError, Appended, ImapError, ImapUrl, Login, Mail, Position, Server, Summary, append, read};
use secrecy::SecretString;

use super::dovecot::{Dovecot, PASSWORD};

fn import(
    dovecot: &Dovecot,
    url: &str,
    password: &str,
    from: Option<Position>,
) -> (Vec<Mail>, Result<Summary, ImapError>) {
    let (url, server) = at(dovecot, url, password);
    let mut mails = Vec::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = runtime.block_on(read(&server, url.folder.as_deref(), from, &mut |mail| {
        mails.push(mail);
        Ok::<(), ImapError>(())
    }));
    (mails, result)
}

fn at(dovecot: &Dovecot, url: &str, password: &str) -> (ImapUrl, Server) {
    let url = ImapUrl::parse(&url.replace("PORT", &dovecot.port.to_string())).unwrap();
    let login = Login::Password(SecretString::from(password));
    let server = Server { ca: Some(dovecot.authority.file().to_owned()), ..Server::new(&url, login) };
    (url, server)
}

fn put(dovecot: &Dovecot, url: &str, mail: &[u8]) -> Result<Appended, AppendError> {
    let (url, server) = at(dovecot, url, PASSWORD);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(append(&server, url.folder.as_deref(), mail))
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
fn a_draft_lies_in_the_folder_of_drafts() {
    let Some(dovecot) = Dovecot::start() else { return };
    // The second one is longer than goes unasked.
    for (n, size) in [(1, 2), (2, 90)] {
        let put = put(&dovecot, "imap+starttls://mai@localhost:PORT", &draft(size));
        let appended = put.unwrap_or_else(|error| panic!("{error}\n{}", dovecot.log()));
        assert_eq!((appended.folder.as_str(), appended.place.unwrap().last_uid), ("下書き", n));
    }
    let mut drafts = dovecot.drafts();
    drafts.sort_by_key(|(_, mail)| mail.len());
    // A Maildir keeps lines as files here have them.
    let kept = |size| String::from_utf8(draft(size)).unwrap().replace("\r\n", "\n").into_bytes();
    assert!(drafts[0].1 == kept(2) && drafts[1].1 == kept(90) && drafts.len() == 2);
    for (name, _) in &drafts {
        assert_eq!(name.rsplit(',').next().unwrap(), "DS", "a draft that was seen: {name}");
    }
    let missing = put(&dovecot, "imap+starttls://mai@localhost:PORT/Darfts", &draft(2)).unwrap_err();
    let told = missing.explain();
    assert!(!missing.uncertain && told.en.contains("\"Darfts\"") && told.ja.contains("下書き"), "{told:?}");
    assert_eq!(dovecot.drafts().len(), 2);
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
