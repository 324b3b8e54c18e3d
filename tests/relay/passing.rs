//! Mails with nothing to say against them.

use crate::relay::Relay;
use crate::{CLEAN, MISADDRESSED, plain};

#[tokio::test]
async fn a_clean_mail_reaches_the_next_server_octet_for_octet() {
    let relay = Relay::start().await;
    let mut client = relay.client().await;
    let reply = client.send(&["sato@client.example"], CLEAN).await;
    assert!(reply.starts_with("250 2.0.0 Sent: "), "{reply}");
    let mails = relay.sink.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].raw, CLEAN);
    assert_eq!(
        (mails[0].sender.as_str(), mails[0].recipients.as_slice()),
        ("suzuki@own.example", &["sato@client.example".to_owned()][..])
    );
    assert!(relay.stored().await.is_empty(), "what was sent at once is kept nowhere");
}

#[tokio::test]
async fn several_mails_go_over_one_connection_and_stay_apart() {
    let relay = Relay::start().await;
    let mut client = relay.client().await;
    for n in 0..3 {
        assert!(client.send(&[&format!("p{n}@client.example")], &plain(&n.to_string())).await.starts_with("250 "));
        assert!(
            client.send(&["priya.raman@client.example"], MISADDRESSED).await.starts_with("250 2.0.0 Kept for review")
        );
    }
    assert_eq!(client.say("QUIT").await, "221 2.0.0 Goodbye");
    assert_eq!(client.reply().await, "", "the connection is closed");
    let mails = relay.sink.mails();
    assert_eq!(mails.len(), 3);
    for (n, mail) in mails.iter().enumerate() {
        assert_eq!(
            (&mail.raw, mail.recipients.as_slice()),
            (&plain(&n.to_string()), &[format!("p{n}@client.example")][..])
        );
    }
}

#[tokio::test]
async fn without_an_account_mail_ends_in_a_local_maildir() {
    let sink = crate::support::sink::Sink::start(crate::support::sink::SinkOptions::default()).await;
    let relay = Relay::run(sink, "[serve]\nlisten = \"127.0.0.1:0\"\n").await;
    let mut client = relay.client().await;
    assert!(client.send(&["sato@client.example"], CLEAN).await.starts_with("250 2.0.0 Sent: saved as "));
    let new = std::fs::read_dir(relay.config.data_dir.join("delivered/new")).unwrap();
    let files: Vec<_> = new.map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect();
    assert_eq!(files, [CLEAN]);
    assert_eq!(relay.sink.connections(), 0);
}

#[tokio::test]
async fn a_sender_goes_through_the_account_of_its_address_or_not_at_all() {
    let (work, home) = (sink().await, sink().await);
    let text = format!(
        "[serve]\nlisten = \"127.0.0.1:0\"\n\
         [[account]]\nname = \"work\"\nfrom = [\"*@work.example\"]\nupstream = \"smtp://127.0.0.1:{}\"\n\
         [[account]]\nname = \"home\"\nfrom = [\"suzuki@own.example\"]\nupstream = \"smtp://127.0.0.1:{}\"\n",
        work.port(),
        home.port()
    );
    let relay = Relay::run(home, &text).await;
    let mut client = relay.client().await;
    assert!(client.send(&["sato@client.example"], CLEAN).await.starts_with("250 "));
    assert_eq!((relay.sink.mails().len(), work.mails().len()), (1, 0));
    client.say("MAIL FROM:<other@elsewhere.example>").await;
    client.say("RCPT TO:<sato@client.example>").await;
    client.say("DATA").await;
    let reply = client.say("Subject: x\r\n\r\nHi Mark,\r\n.").await;
    assert!(
        reply.starts_with("554 5.0.0 [atena] no account is meant for the sender <other@elsewhere.example>"),
        "{reply}"
    );
    assert_eq!((relay.sink.mails().len(), work.mails().len()), (1, 0));
    assert!(relay.stored().await.is_empty(), "a mail that no account may send is not held either");
}

async fn sink() -> crate::support::sink::Sink {
    crate::support::sink::Sink::start(crate::support::sink::SinkOptions::default()).await
}

#[tokio::test]
async fn a_mail_in_chunks_reaches_the_next_server_octet_for_octet() {
    let relay = Relay::start().await;
    let mut client = relay.client().await;
    assert_eq!(client.say("MAIL FROM:<suzuki@own.example>").await, "250 2.1.0 Sender OK");
    assert!(client.say("RCPT TO:<sato@client.example>").await.starts_with("250 "));
    let (first, last) = CLEAN.split_at(CLEAN.len() / 2);
    client.write(&[format!("BDAT {}\r\n", first.len()).as_bytes(), first].concat()).await;
    assert!(client.reply().await.starts_with("250 2.0.0 "));
    client.write(&[format!("BDAT {} LAST\r\n", last.len()).as_bytes(), last].concat()).await;
    assert!(client.reply().await.starts_with("250 2.0.0 Sent: "));
    assert_eq!(relay.sink.mails()[0].raw, CLEAN);
}
