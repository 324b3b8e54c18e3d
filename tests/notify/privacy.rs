//! What the log says of those who cannot be told: why, and nothing private.

use crate::hold;
use crate::receiver::{Answer, Receiver};
use crate::relay::Relay;
use crate::support::log::Log;

#[tokio::test]
async fn the_log_says_once_why_nobody_was_told_and_nothing_private() {
    let log = Log::of_process();
    let receiver = Receiver::answering(&[Answer::Status(410), Answer::Status(410)]).await;
    let address = receiver.address;
    let relay = Relay::with(&format!(
        "[notify]\nmail = \"sender\"\nwebhook = \"http://{address}/hooks/7c1f\"\nwebhook_secret_command = \"echo hunter2\"\n\
         webhook_events = [\"held\", \"dropped\"]\n"
    ))
    .await;
    let id = hold(&relay).await;
    relay.store.drop_mail(&id, jiff::Timestamp::now()).await.unwrap();
    hold(&relay).await;
    receiver.wait_for(3).await;
    relay.sink.wait_for(1).await;
    relay.stop().await;
    let text = log.text();
    let about = |line: &&str| line.contains("answered 410");
    assert_eq!(text.lines().filter(about).count(), 1, "{text}");
    assert!(text.contains("look whether the URL is still right"), "{text}");
    for private in ["hunter2", "7c1f", "blind-one", "secret.example", "Kingfisher", "wren", "priya.raman"] {
        assert!(!text.contains(private), "{private}: {text}");
    }
}
