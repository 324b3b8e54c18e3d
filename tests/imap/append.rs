//! A draft that is put into a folder.

use atena::imap::{AppendError, Appended, append};

use super::server::Act;
use super::*;

const FOLDERS: [&str; 3] = [
    "(\\HasNoChildren) \".\" INBOX",
    "(\\HasNoChildren) \".\" INBOX.Drafts",
    "(\\HasNoChildren \\Drafts) \".\" \"INBOX.&Tgtm+DBN-\"",
];

fn options() -> Options {
    Options { folders: FOLDERS.to_vec(), ..Options::default() }
}

fn draft() -> Vec<u8> {
    "Bcc: k-sato@aoba.example\r\nTo: a@x.example\r\nSubject: {3}\r\n\r\nお世話になっております。\r\nA5 OK\r\n)\r\n"
        .as_bytes()
        .to_vec()
}

async fn put(server: &Server, folder: Option<&str>, mail: &[u8]) -> Result<Appended, AppendError> {
    let mut at = at(server, "imap");
    at.limits.silence = Duration::from_secs(1);
    append(&at, folder, mail).await
}

/// What was said to append.
fn command(server: &Server) -> String {
    server.commands().into_iter().find(|command| command.starts_with("APPEND")).unwrap_or_default()
}

#[track_caller]
fn fails(result: &Result<Appended, AppendError>, uncertain: bool, parts: &[&str]) {
    let error = result.as_ref().unwrap_err();
    let told = error.explain();
    assert_eq!(error.uncertain, uncertain, "{told:?}");
    for part in parts {
        assert!(told.en.contains(part) && told.ja.contains(part), "{part}: {told:?}");
    }
    assert!(!told.ja.is_ascii() && told.en.contains("localhost"), "{told:?}");
    assert_eq!(told.en.contains("may lie in the folder"), uncertain, "{told:?}");
    let all = format!("{told:?} {error:?} {error}");
    assert!(!all.contains(PASSWORD) && !all.contains("aoba"), "{all}");
}

#[tokio::test]
async fn a_draft_lies_whole_in_the_folder_of_drafts_marked_as_one() {
    let server = Server::start(options()).await;
    let appended = put(&server, None, &draft()).await.unwrap();
    let place = Some(Position { uid_validity: 77, last_uid: 30 });
    assert_eq!(appended, Appended { folder: "INBOX.下書き".to_owned(), place });
    assert_eq!(server.given(), [draft()]);
    let length = draft().len();
    assert_eq!(command(&server), format!("APPEND \"INBOX.&Tgtm+DBN-\" (\\Draft \\Seen) {{{length}}}"));
    assert!(!server.commands().iter().any(|command| command.starts_with("STATUS")), "{:?}", server.commands());
}

#[tokio::test]
async fn the_folder_is_the_one_that_is_named() {
    let server = Server::start(options()).await;
    assert_eq!(put(&server, Some("Drafts"), &draft()).await.unwrap().folder, "INBOX.Drafts");
    // On no list, and open all the same.
    let appended = put(&server, Some("共有/下書き"), &draft()).await.unwrap();
    assert_eq!(appended.folder, "共有/下書き");
    assert!(server.commands().iter().any(|command| command.starts_with("APPEND \"&UXFnCQ-/&Tgtm+DBN-\" ")));
    let server = Server::start(Options { folders: FOLDERS[..1].to_vec(), ..Options::default() }).await;
    fails(&put(&server, None, &draft()).await, false, &["INBOX"]);
    assert!(server.given().is_empty());
}

#[tokio::test]
async fn a_short_draft_goes_without_asking_where_that_is_offered() {
    for (capabilities, octets, unasked) in [
        ("LITERAL+", 100, true),
        ("LITERAL-", 4096, true),
        ("LITERAL-", 4097, false),
        ("LITERAL+", 500_000, false),
        ("", 100, false),
    ] {
        let capabilities = format!("AUTH=PLAIN SASL-IR {capabilities}").leak();
        let server = Server::start(Options { capabilities, ..options() }).await;
        let mail = vec![b'x'; octets];
        put(&server, None, &mail).await.unwrap();
        assert!(server.given() == [mail], "{capabilities} {octets}");
        assert_eq!(command(&server).ends_with("+}"), unasked, "{capabilities} {octets}");
    }
}

#[tokio::test]
async fn a_limit_of_the_server_is_known_beforehand() {
    for (capabilities, limit, fits) in [
        ("APPENDLIMIT=50", "NIL", false),
        ("APPENDLIMIT=50000", "NIL", true),
        ("APPENDLIMIT", "50", false),
        ("APPENDLIMIT", "50000", true),
        ("APPENDLIMIT", "NIL", true),
    ] {
        let told = format!("AUTH=PLAIN SASL-IR {capabilities}").leak();
        let server = Server::start(Options { capabilities: told, limit, ..options() }).await;
        let result = put(&server, None, &draft()).await;
        match fits {
            true => assert!(result.is_ok(), "{capabilities} {limit} {result:?}"),
            false => fails(&result, false, &["50"]),
        }
        assert_eq!(command(&server).is_empty(), !fits, "{capabilities} {limit}");
    }
}

#[tokio::test]
async fn a_refusal_is_one_whenever_it_comes() {
    for (answer, parts) in [
        ("TAG NO [TRYCREATE] no such mailbox\r\n", &["下書き", "INBOX.Drafts"][..]),
        ("TAG NO [NONEXISTENT] gone\r\n", &["INBOX.Drafts"]),
        ("TAG NO [OVERQUOTA] Quota exceeded\r\n", &["Quota exceeded"]),
        ("TAG NO [TOOBIG] too much\r\n", &["APPEND", "too much"]),
        ("TAG BAD what is that\r\n", &["APPEND", "what is that"]),
    ] {
        let before = Server::start(Options { faults: vec![("APPEND", Act::Say(answer), 1)], ..options() }).await;
        fails(&put(&before, None, &draft()).await, false, parts);
        assert!(before.given().is_empty());
        let after = Server::start(Options { at_end: Some(Act::Say(answer)), ..options() }).await;
        fails(&put(&after, None, &draft()).await, false, parts);
        assert_eq!(after.connections(), 1, "not tried again");
    }
}

#[tokio::test]
async fn without_an_answer_nobody_knows() {
    for act in [Act::Close, Act::Stall, Act::Say("* BYE going down\r\n"), Act::Say("+ more\r\n"), Act::Endless] {
        let server = Server::start(Options { at_end: Some(act), ..options() }).await;
        fails(&put(&server, None, &draft()).await, true, &[]);
        assert_eq!((server.connections(), server.given().len()), (1, 1), "not tried again");
    }
}

#[tokio::test]
async fn before_the_mail_leaves_everybody_knows() {
    for step in ["", "CAPABILITY", "AUTHENTICATE", "LIST", "APPEND"] {
        for act in [Act::Close, Act::Stall, Act::Say("* BYE going down\r\n"), Act::Say("TAG OK done\r\n")] {
            let server = Server::start(Options { faults: vec![(step, act, 1)], ..options() }).await;
            let result = put(&server, None, &draft()).await;
            assert!(result.is_ok() || !result.unwrap_err().uncertain, "{step}");
            assert!(server.given().len() < 2, "{step}");
        }
    }
}

#[tokio::test]
async fn all_of_it_has_an_end() {
    let server = Server::start(Options { slowly: true, ..options() }).await;
    let mut at = at(&server, "imap");
    at.limits.append = Duration::ZERO;
    fails(&append(&at, None, &draft()).await, false, &[]);
}
