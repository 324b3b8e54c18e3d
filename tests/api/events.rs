//! News of kept mails.

use atena::store::MailId;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;

use crate::client::PATIENCE;
use crate::http;
use crate::{Api, MISADDRESSED};

/// The next line that begins so; `None` at the end.
async fn line(stream: &mut BufReader<TcpStream>, start: &str) -> Option<String> {
    let mut line = String::new();
    loop {
        line.clear();
        let read = tokio::time::timeout(PATIENCE, stream.read_line(&mut line)).await.expect("a line in time").unwrap();
        if read == 0 || line.starts_with(start) {
            return (read > 0).then(|| line.trim_end().to_owned());
        }
    }
}

#[tokio::test]
async fn each_change_is_told_until_the_token_counts_no_more() {
    let api = Api::start().await;
    let right = format!("Bearer {}", api.token);
    let stream = http::begin(api.relay.page.unwrap(), "GET", "/api/v1/events", &[("Authorization", &right)], b"").await;
    let mut stream = BufReader::new(stream);
    assert_eq!(line(&mut stream, "HTTP/").await.as_deref(), Some("HTTP/1.1 200 OK"));
    assert_eq!(line(&mut stream, "content-type").await.as_deref(), Some("content-type: text/event-stream"));
    let id = api.held(MISADDRESSED).await;
    assert_eq!(line(&mut stream, "event:").await.as_deref(), Some("event: change"));
    // Of other changes before it, those of a store that was just opened perhaps, there may be news too.
    while line(&mut stream, "data:").await.expect("news of the mail") != "data: {\"waiting\":1}" {}
    api.tokens().remove("crm").unwrap();
    let id = MailId::parse(&id).unwrap();
    api.relay.store.drop_mail(&id, jiff::Timestamp::now()).await.unwrap();
    assert_eq!(line(&mut stream, "event:").await, None);
}
