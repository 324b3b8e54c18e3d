//! A desktop as far as notifications go: the name `org.freedesktop.Notifications` on a bus, which shows nothing and presses a
//! button. It speaks D-Bus itself (specification 0.42, little-endian), so as to share no code with the product.

use std::path::PathBuf;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

const CALL: u8 = 1;
const RETURN: u8 = 2;
const SIGNAL: u8 = 4;

pub(crate) struct Desktop {
    stream: UnixStream,
    serial: u32,
}

/// A call of a method on the desktop.
struct Call {
    serial: u32,
    sender: String,
    member: String,
}

/// A field of a message's head: its code, its type, its value.
enum Field<'a> {
    Text(u8, u8, &'a str),
    Number(u8, u32),
    Signature(&'a str),
}

impl Desktop {
    /// Takes the name on the bus at this address.
    pub(crate) async fn on(address: &str) -> Desktop {
        let path =
            address.split(',').find_map(|part| part.strip_prefix("unix:path=")).expect("a socket in a directory");
        let mut stream = UnixStream::connect(PathBuf::from(path)).await.unwrap();
        stream.write_all(b"\0AUTH EXTERNAL\r\nDATA\r\n").await.unwrap();
        let mut said = Vec::new();
        while !String::from_utf8_lossy(&said).contains("OK ") || !said.ends_with(b"\r\n") {
            said.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(b"BEGIN\r\n").await.unwrap();
        let mut desktop = Desktop { stream, serial: 0 };
        desktop.ask("Hello", "", &[]).await;
        let name = [text("org.freedesktop.Notifications"), 0_u32.to_le_bytes().to_vec()];
        desktop.ask("RequestName", "su", &aligned(&name)).await;
        desktop
    }

    /// Waits for a notification, takes it, and presses a button once somebody listens.
    pub(crate) async fn press(&mut self, button: &str) {
        loop {
            let Some(call) = self.read().await else { continue };
            if call.member == "Notify" {
                let fields = [Field::Number(5, call.serial), Field::Text(6, b's', &call.sender), Field::Signature("u")];
                self.write(RETURN, &fields, &7_u32.to_le_bytes()).await;
                break;
            }
        }
        // Who waits for it asks the bus for signals; nobody else hears of that, so it is said until it is heard.
        let body = aligned(&[7_u32.to_le_bytes().to_vec(), text(button)]);
        let fields = [
            Field::Text(1, b'o', "/org/freedesktop/Notifications"),
            Field::Text(2, b's', "org.freedesktop.Notifications"),
            Field::Text(3, b's', "ActionInvoked"),
            Field::Signature("us"),
        ];
        loop {
            self.write(SIGNAL, &fields, &body).await;
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// Calls a method of the bus and reads its answer.
    async fn ask(&mut self, member: &str, signature: &str, body: &[u8]) {
        let mut fields = vec![
            Field::Text(1, b'o', "/org/freedesktop/DBus"),
            Field::Text(6, b's', "org.freedesktop.DBus"),
            Field::Text(2, b's', "org.freedesktop.DBus"),
            Field::Text(3, b's', member),
        ];
        if !signature.is_empty() {
            fields.push(Field::Signature(signature));
        }
        self.write(CALL, &fields, body).await;
    }

    async fn write(&mut self, kind: u8, fields: &[Field<'_>], body: &[u8]) {
        self.serial += 1;
        let mut head = Vec::new();
        for field in fields {
            pad(&mut head, 8);
            match field {
                Field::Text(code, kind, value) => {
                    head.extend([*code, 1, *kind, 0]);
                    head.extend(text(value));
                }
                Field::Number(code, value) => {
                    head.extend([*code, 1, b'u', 0]);
                    head.extend(value.to_le_bytes());
                }
                Field::Signature(value) => {
                    head.extend([8, 1, b'g', 0, value.len() as u8]);
                    head.extend(value.as_bytes());
                    head.push(0);
                }
            }
        }
        let mut message = vec![b'l', kind, 0, 1];
        message.extend((body.len() as u32).to_le_bytes());
        message.extend(self.serial.to_le_bytes());
        message.extend((head.len() as u32).to_le_bytes());
        message.extend(head);
        pad(&mut message, 8);
        message.extend(body);
        self.stream.write_all(&message).await.unwrap();
    }

    /// The next message, if it is a call.
    async fn read(&mut self) -> Option<Call> {
        let mut start = [0; 16];
        self.stream.read_exact(&mut start).await.unwrap();
        let number = |at: usize, octets: &[u8]| u32::from_le_bytes(octets[at..at + 4].try_into().unwrap()) as usize;
        let (body, fields) = (number(4, &start), number(12, &start));
        let mut rest = vec![0; fields.next_multiple_of(8) + body];
        self.stream.read_exact(&mut rest).await.unwrap();
        let (mut sender, mut member) = (String::new(), String::new());
        let mut at = 0;
        while at < fields {
            let (code, kind) = (rest[at], rest[at + 2]);
            at += 4;
            match kind {
                b's' | b'o' => {
                    let length = number(at, &rest);
                    let value = String::from_utf8(rest[at + 4..at + 4 + length].to_vec()).unwrap();
                    at += 4 + length + 1;
                    match code {
                        3 => member = value,
                        7 => sender = value,
                        _ => {}
                    }
                }
                b'g' => at += usize::from(rest[at]) + 2,
                _ => at += 4,
            }
            at = at.next_multiple_of(8);
        }
        (start[1] == CALL).then(|| Call { serial: number(8, &start) as u32, sender, member })
    }
}

fn text(value: &str) -> Vec<u8> {
    [&(value.len() as u32).to_le_bytes()[..], value.as_bytes(), &[0]].concat()
}

/// Values that each begin at a multiple of four.
fn aligned(values: &[Vec<u8>]) -> Vec<u8> {
    let mut all = Vec::new();
    for value in values {
        pad(&mut all, 4);
        all.extend(value);
    }
    all
}

fn pad(octets: &mut Vec<u8>, to: usize) {
    octets.resize(octets.len().next_multiple_of(to), 0);
}
