//! Which folder is read.

use super::*;

#[tokio::test]
async fn the_folder_marked_as_sent_is_read() {
    let folders = vec!["() \"/\" INBOX", "() \"/\" Sent", "(\\HasNoChildren \\Sent) \"/\" \"Old mails\""];
    let capabilities = "AUTH=PLAIN SPECIAL-USE LIST-EXTENDED";
    let server = Server::start(Options { folders, folder: "Old mails", capabilities, ..Options::default() }).await;
    let read = all(&at(&server, "imap")).await;
    whole(&read);
    assert_eq!(read.summary().folder, "Old mails");
    assert!(server.commands().contains(&"LIST \"\" \"*\" RETURN (SPECIAL-USE)".to_owned()));
}

#[tokio::test]
async fn japanese_names_are_found_and_told() {
    let folders = vec!["() \"/\" INBOX", "() \"/\" \"&kAFP4W4IMH8wojCkMMYw4A-\""];
    let options = Options { folders, folder: "&kAFP4W4IMH8wojCkMMYw4A-", ..Options::default() };
    let server = Server::start(options).await;
    for wanted in [None, Some("送信済みアイテム"), Some("&kAFP4W4IMH8wojCkMMYw4A-")] {
        let read = from(&at(&server, "imap"), wanted, None).await;
        whole(&read);
        assert_eq!(read.summary().folder, "送信済みアイテム");
    }
    from(&at(&server, "imap"), Some("送信"), None).await.fails(&["送信", "INBOX, 送信済みアイテム"]);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told_with_those_that_are() {
    let server = Server::start(Options::default()).await;
    from(&at(&server, "imap"), Some("Snet"), None).await.fails(&["Snet", "INBOX, Sent"]);
    let folders = vec!["() \"/\" INBOX", "(\\Noselect) \"/\" Sent", "() \"/\" Receipts"];
    let server = Server::start(Options { folders, ..Options::default() }).await;
    all(&at(&server, "imap")).await.fails(&["INBOX, Receipts"]);
    assert!(!server.commands().iter().any(|command| command.starts_with("EXAMINE")));
}

#[tokio::test]
async fn a_folder_on_no_list_can_be_read_by_its_name() {
    let server = Server::start(Options { folder: "Shared/R&-D", ..Options::default() }).await;
    whole(&from(&at(&server, "imap"), Some("Shared/R&D"), None).await);
}

#[tokio::test]
async fn a_name_may_come_as_a_literal() {
    let faults = vec![("LIST", server::Act::First("* LIST (\\Sent) \"/\" {8}\r\nMy \"Sent\r\n"), 1)];
    let server = Server::start(Options { faults, folder: "My \\\"Sent", ..Options::default() }).await;
    whole(&all(&at(&server, "imap")).await);
}
