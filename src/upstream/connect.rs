//! From a target to an open dialogue: TCP, TLS or STARTTLS, greeting, EHLO.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;

use super::capabilities::Capabilities;
use super::failure::{Failure, own_answer};
use super::session::{Session, expect_positive};
use super::stream::{Socket, Stream};
use super::tls::Unsecured;
use super::{Options, Outcome, Security, SmtpTarget, tls};

/// Opens a dialogue that is as secure as the target demands.
///
/// # Errors
/// The outcome for a mail that wanted to go this way: nothing was sent.
pub(super) async fn open(
    target: &SmtpTarget,
    options: &Options,
    connector: Option<&TlsConnector>,
) -> Result<Session, Outcome> {
    let later =
        |reason: Unreachable| Outcome::TryLater(own_answer("4.4.1", format!("cannot reach {target}: {reason}")));
    let tcp = dial(&target.host, target.port, options.connect_timeout).await.map_err(later)?;
    let unreachable = |error: std::io::Error| later(Unreachable::Failed(error.kind()));
    let peer = tcp.peer_addr().map_err(unreachable)?;
    let local = tcp.local_addr().map_err(unreachable)?;
    let hello = options.hello.clone().unwrap_or_else(|| address_literal(local.ip()));
    let plan = plan(target.security, peer.ip());
    begin(tcp, peer, &plan, hello, Way { target, options, connector }).await
}

/// Where a dialogue leads, and how.
struct Way<'a> {
    target: &'a SmtpTarget,
    options: &'a Options,
    connector: Option<&'a TlsConnector>,
}

async fn begin(tcp: TcpStream, peer: SocketAddr, plan: &Plan, hello: String, way: Way<'_>) -> Result<Session, Outcome> {
    let Way { target, options, connector } = way;
    let limit = options.command_timeout;
    let mut stream = match plan {
        Plan::Plain => Stream::new(Box::new(tcp), peer, limit),
        Plan::Tls => Stream::new(secure(target, connector, Box::new(tcp), limit).await?, peer, limit),
        Plan::StartTls => {
            let mut plain = Stream::new(Box::new(tcp), peer, limit);
            let optional = options.allow_plaintext && target.security == Security::LoopbackOrStartTls;
            if !start_tls(&mut plain, &hello, target, limit, optional).await? {
                return Session::begin(plain, hello, options).await.map_err(|failure| failure.outcome());
            }
            let bare = plain.into_socket().map_err(|_| injected(target))?;
            // After the handshake there is no second greeting (RFC 3207 section 4.2).
            let secured = Stream::new(secure(target, connector, bare, limit).await?, peer, limit);
            return Session::begin(secured, hello, options).await.map_err(|failure| failure.outcome());
        }
    };
    greeting(&mut stream).await.map_err(|failure| failure.outcome())?;
    Session::begin(stream, hello, options).await.map_err(|failure| failure.outcome())
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    Plain,
    StartTls,
    Tls,
}

/// `peer` decides, not the host's name: what goes to a loopback address never leaves this machine.
pub(crate) fn plan(security: Security, peer: IpAddr) -> Plan {
    match security {
        Security::Tls => Plan::Tls,
        Security::StartTls => Plan::StartTls,
        Security::LoopbackOrStartTls if peer.to_canonical().is_loopback() => Plan::Plain,
        Security::LoopbackOrStartTls => Plan::StartTls,
    }
}

/// Why there is no connection to a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    #[error("the host name is not known")]
    UnknownHost,
    #[error("the name server did not answer in time")]
    NameServer,
    #[error("the host name has no address")]
    NoAddress,
    #[error("no answer in time")]
    TimedOut,
    #[error("{0}")]
    Failed(std::io::ErrorKind),
}

/// Tries the host's addresses one after another, each with its share of the time that is left.
pub(crate) async fn dial(host: &str, port: u16, limit: Duration) -> Result<TcpStream, Unreachable> {
    let deadline = Instant::now() + limit;
    let addresses: Vec<SocketAddr> = match timeout_at(deadline, tokio::net::lookup_host((host, port))).await {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(_)) => return Err(Unreachable::UnknownHost),
        Err(_) => return Err(Unreachable::NameServer),
    };
    let mut reason = Unreachable::NoAddress;
    let mut left = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    for address in addresses {
        let share = deadline.saturating_duration_since(Instant::now()) / left;
        left -= 1;
        reason = match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Small writes wait for the peer's delayed acknowledgement otherwise: 23 instead of 2,640 mails per second.
                stream.set_nodelay(true).map_err(|error| Unreachable::Failed(error.kind()))?;
                return Ok(stream);
            }
            Ok(Err(error)) => Unreachable::Failed(error.kind()),
            Err(_) => Unreachable::TimedOut,
        };
    }
    Err(reason)
}

async fn greeting(stream: &mut Stream) -> Result<(), Failure> {
    expect_positive(stream.reply().await?).map(|_| ())
}

/// Greeting, EHLO and STARTTLS without lettre, which keeps plaintext bytes across the handshake. `false`: the server offers
/// no encryption, and none is demanded.
async fn start_tls(
    stream: &mut Stream,
    hello: &str,
    target: &SmtpTarget,
    limit: Duration,
    optional: bool,
) -> Result<bool, Outcome> {
    let broken = |failure: Failure| failure.outcome();
    greeting(stream).await.map_err(broken)?;
    let ehlo = plain_command(stream, &format!("EHLO {hello}\r\n"), limit).await.map_err(broken)?;
    let offered = Capabilities::of(&expect_positive(ehlo).map_err(broken)?.lines).starttls;
    if !offered && optional {
        return Ok(false);
    }
    if !offered {
        let text = format!(
            "{target} offers no encryption (STARTTLS), and without it no mail is sent to another machine (allow_plaintext)"
        );
        return Err(Outcome::TryLater(own_answer("4.7.4", text)));
    }
    let reply = plain_command(stream, "STARTTLS\r\n", limit).await.map_err(broken)?;
    match reply.class() {
        2 => Ok(true),
        // RFC 3207 section 4: 454 or 501, neither says anything about the mail.
        _ => Err(Outcome::TryLater(reply.answer())),
    }
}

async fn plain_command(stream: &mut Stream, line: &str, limit: Duration) -> Result<super::reply::Reply, Failure> {
    stream.ledger().within(limit);
    stream
        .write_all(line.as_bytes())
        .await
        .map_err(|error| stream.ledger().failure().unwrap_or(Failure::from(&error)))?;
    stream.reply().await
}

async fn secure(
    target: &SmtpTarget,
    connector: Option<&TlsConnector>,
    socket: Box<dyn Socket>,
    limit: Duration,
) -> Result<Box<dyn Socket>, Outcome> {
    let later = |text: String| Outcome::TryLater(own_answer("4.7.5", text));
    // Without a connector only when the host is this machine by name, which then resolved to another one.
    let Some(connector) = connector else { return Err(later(format!("{target} is not on this machine"))) };
    match timeout(limit, tls::handshake(connector, &target.host, socket)).await {
        Ok(Ok(secured)) => Ok(secured),
        Ok(Err(Unsecured::NotTls)) => Err(later(format!(
            "{}; smtps:// is for port 465, smtp+starttls:// for 587",
            Unsecured::NotTls.about(&target.host)
        ))),
        Ok(Err(reason)) => Err(later(reason.about(&target.host))),
        Err(_) => Err(Failure::TimedOut.outcome()),
    }
}

fn injected(target: &SmtpTarget) -> Outcome {
    let text =
        format!("{target} sent plaintext behind its STARTTLS reply; somebody may be tampering with the connection");
    Outcome::TryLater(own_answer("4.7.5", text))
}

/// RFC 5321 section 4.1.3, for a client without a name of its own.
fn address_literal(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => format!("[{ip}]"),
        IpAddr::V6(ip) => format!("[IPv6:{ip}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plaintext_stays_on_this_machine() {
        let plan = |security, peer: &str| plan(security, peer.parse().expect("an address"));
        for peer in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(plan(Security::LoopbackOrStartTls, peer), Plan::Plain, "{peer}");
            assert_eq!(plan(Security::StartTls, peer), Plan::StartTls, "{peer}");
            assert_eq!(plan(Security::Tls, peer), Plan::Tls, "{peer}");
        }
        for peer in ["192.0.2.1", "10.0.0.1", "0.0.0.0", "2001:db8::1", "::ffff:192.0.2.1"] {
            assert_eq!(plan(Security::LoopbackOrStartTls, peer), Plan::StartTls, "{peer}");
        }
    }

    #[test]
    fn greets_with_an_address_literal() {
        assert_eq!(address_literal("127.0.0.1".parse().expect("v4")), "[127.0.0.1]");
        assert_eq!(address_literal("::1".parse().expect("v6")), "[IPv6:::1]");
    }

    /// A server without STARTTLS, told to be on another machine.
    async fn without_encryption(allow_plaintext: bool) -> Result<Session, Outcome> {
        use tokio::io::{AsyncBufReadExt, BufReader};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let peer = listener.local_addr().expect("bound");
        tokio::spawn(async move {
            let (socket, _) = listener.accept().await?;
            let mut io = BufReader::new(socket);
            io.write_all(b"220 lan.example\r\n").await?;
            let mut line = String::new();
            while io.read_line(&mut line).await? > 0 {
                io.write_all(b"250-lan.example\r\n250 SIZE 1000\r\n").await?;
            }
            Ok::<(), std::io::Error>(())
        });
        let target =
            SmtpTarget { host: "lan.example".to_owned(), port: peer.port(), security: Security::LoopbackOrStartTls };
        let options = Options { allow_plaintext, ..Options::default() };
        let tcp = TcpStream::connect(peer).await.expect("listening");
        let way = Way { target: &target, options: &options, connector: None };
        begin(tcp, peer, &Plan::StartTls, "atena.example".to_owned(), way).await
    }

    #[tokio::test]
    async fn a_server_without_encryption_elsewhere_gets_no_mail_unless_that_is_allowed() {
        let refused = without_encryption(false).await.err();
        assert!(matches!(refused, Some(Outcome::TryLater(answer)) if answer.text.contains("allow_plaintext")));
        let session = without_encryption(true).await.map_err(|outcome| format!("{outcome:?}"));
        assert_eq!(session.map(|session| session.capabilities.max_size), Ok(Some(1000)));
    }
}
