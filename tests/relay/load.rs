//! Many at once: every mail is accounted for, none twice, none in another's place.

use std::collections::HashSet;

use tokio::task::JoinSet;

use crate::relay::Relay;

const CONNECTIONS: usize = 20;
const MAILS: usize = 50;

fn mail(name: &str, greeted: &str) -> Vec<u8> {
    format!(
        "From: suzuki@own.example\r\nTo: Priya Raman <priya.raman@client.example>\r\nSubject: {name}\r\n\r\n\
         Hi {greeted},\r\n\r\nThis is {name}.\r\n"
    )
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_connections_with_fifty_mails_each() {
    let relay = Relay::start().await;
    let mut clients = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let address = relay.address;
        clients.spawn(async move {
            let mut client = crate::client::Client::connect(address).await;
            for n in 0..MAILS {
                let held = (connection + n) % 3 == 0;
                let name = format!("mail {connection}-{n}");
                let raw = mail(&name, if held { "Mark" } else { "Priya" });
                let reply = client.send(&["priya.raman@client.example"], &raw).await;
                let expected = if held { "250 2.0.0 Kept for review" } else { "250 2.0.0 Sent" };
                assert!(reply.starts_with(expected), "{name}: {reply}");
            }
        });
    }
    clients.join_all().await;
    let sent = relay.sink.mails();
    let kept = relay.stored().await;
    assert_eq!(sent.len() + kept.len(), CONNECTIONS * MAILS);
    let mut subjects: HashSet<String> = kept.iter().map(|mail| mail.subject.clone()).collect();
    for one in &sent {
        let text = String::from_utf8(one.raw.clone()).unwrap();
        let name = text.split_once("Subject: ").unwrap().1.split_once("\r\n").unwrap().0.to_owned();
        assert_eq!(one.raw, mail(&name, "Priya"));
        subjects.insert(name);
    }
    assert_eq!(subjects.len(), CONNECTIONS * MAILS, "none twice, none lost");
    assert_eq!(relay.sink.violations(), Vec::<String>::new());
}
