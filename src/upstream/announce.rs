//! What a server is told of a mail before its text: MAIL with its parameters, and every RCPT.

use crate::message::{Address, Envelope};

use super::Answer;
use super::capabilities::Capabilities;
use super::failure::{Failure, own_answer};
use super::reply::Reply;
use super::session::Session;

/// The MAIL command with what the server can take, or why this server cannot take the mail at all.
pub(super) fn mail_command(server: &Capabilities, envelope: &Envelope, raw: &[u8]) -> Result<String, Answer> {
    let ascii_addresses = envelope.sender.iter().chain(&envelope.recipients).all(|a| a.as_str().is_ascii());
    let eight_bit = !raw.is_ascii();
    // Declared by a client that always does, a mail of ASCII alone needs no server that can do more.
    let utf8 = !ascii_addresses || envelope.utf8 && (eight_bit || server.smtputf8);
    let added = if raw.is_empty() || raw.ends_with(b"\r\n") { 0 } else { 2 };
    let size = (raw.len() + added) as u64;
    // RFC 6531 section 3.2
    if utf8 && !server.smtputf8 {
        return Err(own_answer("5.6.7", "the mail server cannot take international addresses (SMTPUTF8)"));
    }
    // RFC 6152 section 3: without the extension the mail would have to be converted, which breaks signatures.
    if eight_bit && !server.eight_bit_mime {
        return Err(own_answer(
            "5.6.3",
            "the mail server cannot take 8-bit text (8BITMIME); send it as quoted-printable or base64",
        ));
    }
    within_limits(server, size, envelope.recipients.len())?;
    let sender = envelope.sender.as_ref().map_or("", |sender| sender.as_str());
    let mut line = format!("MAIL FROM:<{sender}>");
    if server.size {
        line.push_str(&format!(" SIZE={size}"));
    }
    if server.eight_bit_mime && (eight_bit || envelope.eight_bit) {
        line.push_str(" BODY=8BITMIME");
    }
    if utf8 {
        line.push_str(" SMTPUTF8");
    }
    if server.dsn {
        let reports = &envelope.reports;
        line.extend(reports.returns.map(|returns| format!(" RET={}", returns.as_str())));
        line.extend(reports.envelope_id.as_ref().map(|id| format!(" ENVID={id}")));
    }
    line.push_str("\r\n");
    Ok(line)
}

/// What the server said it takes of one mail.
fn within_limits(server: &Capabilities, size: u64, recipients: usize) -> Result<(), Answer> {
    if let Some(limit) = server.max_size.filter(|&limit| size > limit) {
        let text = format!(
            "the mail has {size} bytes and the mail server takes at most {limit}: send fewer or smaller attachments"
        );
        return Err(own_answer("5.3.4", text));
    }
    if let Some(limit) = server.max_recipients.filter(|&limit| recipients > limit) {
        let text = format!(
            "the mail has {recipients} recipients and the mail server takes at most {limit} at a time: send it to fewer"
        );
        return Err(own_answer("5.5.3", text));
    }
    Ok(())
}

/// MAIL and every RCPT. `Address` holds nothing that could end the path or the line.
pub(super) async fn announce(session: &mut Session, mail: String, envelope: &Envelope) -> Result<Vec<Reply>, Failure> {
    let mut lines = vec![mail];
    let dsn = session.capabilities.dsn;
    lines.extend(envelope.recipients.iter().map(|recipient| {
        let wishes = if dsn { wishes(envelope, recipient) } else { String::new() };
        format!("RCPT TO:<{recipient}>{wishes}\r\n")
    }));
    if session.capabilities.pipelining {
        return session.commands(&lines).await;
    }
    let mut replies = session.commands(&lines[..1]).await?;
    // Every recipient is asked about, even after one was refused, so that the answer names all of them.
    if replies.iter().all(|reply| reply.class() == 2) {
        replies.extend(session.commands(&lines[1..]).await?);
    }
    Ok(replies)
}

/// The parameters of RFC 3461 as they came.
fn wishes(envelope: &Envelope, recipient: &Address) -> String {
    let Some(wish) = envelope.reports.of(recipient) else { return String::new() };
    let notify = wish.notify.map(|notify| format!(" NOTIFY={notify}"));
    let original = wish.original.as_ref().map(|original| format!(" ORCPT={original}"));
    [notify, original].into_iter().flatten().collect()
}
