//! One POST over HTTP/1.1 and its status; redirects are not followed, and no answer is read.

use std::path::Path;
use std::time::Duration;

use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Trouble;
use crate::config::WebhookUrl;
use crate::upstream::connect::dial;
use crate::upstream::stream::Socket;
use crate::upstream::tls;

/// From the first look for the host to the status; chat tools answer within a second.
const LIMIT: Duration = Duration::from_secs(10);

/// The status that a body of JSON was answered with.
///
/// # Errors
/// Nobody answered, or somebody who should not be asked.
pub(super) async fn post(
    url: &WebhookUrl,
    ca: Option<&Path>,
    fields: &[(&'static str, String)],
    body: String,
) -> Result<u16, Trouble> {
    let host = &url.host;
    timeout(LIMIT, exchange(url, ca, fields, body)).await.unwrap_or_else(|_| {
        let seconds = LIMIT.as_secs();
        Err(Trouble::passing(
            format!("{host} did not answer within {seconds} seconds"),
            format!("{host} から {seconds} 秒以内に応答がありませんでした"),
        ))
    })
}

async fn exchange(
    url: &WebhookUrl,
    ca: Option<&Path>,
    fields: &[(&'static str, String)],
    body: String,
) -> Result<u16, Trouble> {
    let mut request = Request::post(url.path())
        .header("Host", url.authority())
        .header("Content-Type", "application/json; charset=utf-8")
        .header("User-Agent", concat!("atena/", env!("CARGO_PKG_VERSION")))
        .header("Connection", "close");
    for (name, value) in fields {
        request = request.header(*name, value);
    }
    let request = request.body(Full::new(Bytes::from(body))).map_err(|_| no_request())?;
    let socket = TokioIo::new(open(url, ca).await?);
    let broken = |error: hyper::Error| no_answer(&url.host, &error);
    let (mut sender, connection) = http1::handshake(socket).await.map_err(broken)?;
    // Ends with this function, whatever the other side does.
    let mut connections = JoinSet::new();
    connections.spawn(connection);
    Ok(sender.send_request(request).await.map_err(broken)?.status().as_u16())
}

async fn open(url: &WebhookUrl, ca: Option<&Path>) -> Result<Box<dyn Socket>, Trouble> {
    let host = &url.host;
    let tcp = dial(host, url.port, LIMIT).await.map_err(|reason| {
        Trouble::passing(format!("cannot reach {host}: {reason}"), format!("{host} に接続できません: {reason}"))
    })?;
    if !url.secure {
        // A name may lead elsewhere than it says.
        return match tcp.peer_addr() {
            Ok(peer) if peer.ip().to_canonical().is_loopback() => Ok(Box::new(tcp)),
            Ok(_) | Err(_) => Err(Trouble::lasting(
                format!("{host} is not this machine, and http:// is for this machine only"),
                format!("{host} はこのコンピューターではありません。http:// はこのコンピューター宛てのみ使えます"),
            )),
        };
    }
    let connector = tls::connector(ca)
        .map_err(|error| Trouble::passing(error.to_string(), format!("TLS を準備できません: {error}")))?;
    tls::handshake(&connector, host, Box::new(tcp)).await.map_err(|reason| {
        let reason = reason.about(host);
        Trouble::passing(reason.clone(), format!("安全に接続できません: {reason}"))
    })
}

fn no_answer(host: &str, error: &hyper::Error) -> Trouble {
    Trouble::passing(format!("{host} gave no answer: {error}"), format!("{host} から応答がありません: {error}"))
}

fn no_request() -> Trouble {
    Trouble::lasting(
        "the URL of the webhook, or the secret, has characters that cannot be sent",
        "Webhook の URL か秘密の値に、送れない文字があります",
    )
}
