//! Which mails come, in which order, and from where it goes on.

use super::*;

#[tokio::test]
async fn all_mails_come_once_in_order_and_nothing_is_marked() {
    let plain = Options::default();
    for options in [
        plain.clone(),
        Options { slowly: true, ..plain.clone() },
        Options { backwards: true, ..plain.clone() },
        Options { capabilities: "", ..plain },
    ] {
        let server = Server::start(options).await;
        let read = all(&at(&server, "imap")).await;
        whole(&read);
        assert_eq!(read.summary().folder, "Sent");
        let commands = server.commands();
        let allowed = ["CAPABILITY", "AUTHENTICATE ", "LOGIN ", "LIST ", "EXAMINE ", "UID FETCH ", "LOGOUT"];
        for command in &commands {
            assert!(allowed.iter().any(|start| command.starts_with(start)), "{command}");
            assert!(!command.contains("BODY["), "{command}");
        }
    }
}

#[tokio::test]
async fn reading_goes_on_from_a_position() {
    let server = Server::start(Options::default()).await;
    let position = |last_uid| Some(Position { uid_validity: 77, last_uid });
    let rest = from(&at(&server, "imap"), None, position(4)).await;
    assert_eq!(rest.uids(), [7, 20, 21]);
    assert_eq!((rest.mails[0].number, rest.mails[0].total), (3, 5));
    assert!(!rest.summary().renumbered);
    // `22:*` of a server whose last UID is 21 brings 21 again.
    let nothing = from(&at(&server, "imap"), None, position(21)).await;
    assert!(nothing.mails.is_empty());
    assert_eq!((nothing.summary().position, nothing.summary().total), (position(21), 5));
    assert!(from(&at(&server, "imap"), None, position(u32::MAX)).await.mails.is_empty());
}

#[tokio::test]
async fn a_folder_with_new_uids_is_read_from_its_beginning() {
    let server = Server::start(Options::default()).await;
    let read = from(&at(&server, "imap"), None, Some(Position { uid_validity: 76, last_uid: 20 })).await;
    assert_eq!(read.uids(), [3, 4, 7, 20, 21]);
    assert!(read.summary().renumbered);
    assert_eq!(read.mails[0].position.uid_validity, 77);
}

#[tokio::test]
async fn an_empty_folder_is_read_without_a_mail() {
    let server = Server::start(Options { mails: Vec::new(), ..Options::default() }).await;
    let read = all(&at(&server, "imap")).await;
    assert_eq!((read.mails.len(), read.summary().total), (0, 0));
    assert_eq!(read.summary().position, Some(Position { uid_validity: 77, last_uid: 0 }));
}

#[tokio::test]
async fn a_lost_connection_is_made_again_and_each_mail_comes_once() {
    for (after, times) in [(0, 3), (1, 4), (2, 1)] {
        let server = Server::start(Options { drops: (after, times), ..Options::default() }).await;
        whole(&all(&at(&server, "imap")).await);
        assert_eq!(server.connections(), times + 1, "a drop after {after} mails");
    }
}

#[tokio::test]
async fn what_is_lost_for_good_can_be_gone_on_from() {
    let server = Server::start(Options { drops: (2, 1), ..Options::default() }).await;
    let mut at = at(&server, "imap");
    at.limits.reconnects = 0;
    let first = all(&at).await;
    first.fails(&["UID 4"]);
    assert_eq!(first.uids(), [3, 4]);
    let position = first.result.unwrap_err().after;
    assert_eq!(position, Some(Position { uid_validity: 77, last_uid: 4 }));
    assert_eq!(from(&at, None, position).await.uids(), [7, 20, 21]);
}

#[tokio::test]
async fn a_server_that_drops_everyone_is_given_up() {
    let server = Server::start(Options { drops: (0, 100), ..Options::default() }).await;
    let read = all(&at(&server, "imap")).await;
    read.fails(&[]);
    assert!(read.mails.is_empty() && read.result.unwrap_err().after.is_none());
    assert_eq!(server.connections(), 4, "the first and three more");
}

#[tokio::test]
async fn a_long_folder_is_read_in_batches() {
    let mails = (1..=450).map(|n| (n * 2, mail(n * 2))).collect();
    let server = Server::start(Options { mails, drops: (130, 1), ..Options::default() }).await;
    let read = all(&at(&server, "imap")).await;
    assert_eq!(read.uids(), (1..=450).map(|n| n * 2).collect::<Vec<u32>>());
    assert!(read.mails.iter().zip(1..).all(|(mail, n)| mail.number == n && mail.total == 450));
    assert!(server.commands().iter().all(|command| command.len() < 1000), "no command is too long for a server");
}

#[tokio::test]
async fn a_mail_over_the_limit_is_passed_over() {
    let mut mails = Options::default().mails;
    mails[1].1 = vec![b'x'; 2000];
    mails[4].1 = vec![b'x'; 3000];
    // The last one is said to be small.
    let server = Server::start(Options { mails, lie: Some((21, 10)), ..Options::default() }).await;
    let mut at = at(&server, "imap");
    at.limits.largest = 1000;
    let read = all(&at).await;
    assert_eq!(read.uids(), [3, 7, 20]);
    let summary = read.summary();
    assert_eq!((summary.taken, summary.too_large, summary.missing), (3, 2, 0));
    assert_eq!(summary.position, Some(Position { uid_validity: 77, last_uid: 21 }));
    assert!(!server.commands().iter().any(|command| command.contains(",4,") && command.contains("BODY")));
}

#[tokio::test]
async fn a_mail_that_cannot_be_read_does_not_stop_the_others() {
    let server = Server::start(Options { broken: Some(7), ..Options::default() }).await;
    let read = all(&at(&server, "imap")).await;
    assert_eq!(read.uids(), [3, 4, 20, 21]);
    assert_eq!(read.summary().missing, 1);
}

#[tokio::test]
async fn a_server_that_gives_out_nothing_is_no_empty_folder() {
    let faults = vec![("UID FETCH 3,", server::Act::Say("TAG NO [LIMIT] too fast\r\n"), 100)];
    let mut options = Options { faults, ..Options::default() };
    let server = Server::start(options.clone()).await;
    all(&at(&server, "imap")).await.fails(&["too fast", "UID FETCH"]);
    for uid in ["UID FETCH 3 ", "UID FETCH 4 ", "UID FETCH 7 ", "UID FETCH 3,4,7,20,21 (UID BODY"] {
        options.faults.push((uid, server::Act::Say("TAG NO [LIMIT] too fast\r\n"), 100));
    }
    options.faults.remove(0);
    let server = Server::start(options).await;
    let read = all(&at(&server, "imap")).await;
    read.fails(&["too fast"]);
    assert!(read.mails.is_empty());
}

#[tokio::test]
async fn whoever_takes_the_mails_can_stop() {
    #[derive(Debug)]
    struct Enough;
    impl From<ImapError> for Enough {
        fn from(error: ImapError) -> Enough {
            panic!("{error}")
        }
    }
    let server = Server::start(Options::default()).await;
    let mut seen = 0;
    let result = read(&at(&server, "imap"), None, None, &mut |_| {
        seen += 1;
        if seen == 2 { Err(Enough) } else { Ok(()) }
    })
    .await;
    assert!(result.is_err() && seen == 2);
    assert_eq!(server.connections(), 1);
}
