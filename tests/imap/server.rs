//! An IMAP server on a loopback port with one user, some folders and mails in one of them, which misbehaves on request.
//!
//! It shares no code with the product, and keeps every command it is told and every mail it is given.

// Each test file compiles its own copy and uses its own part of it.
#![allow(dead_code)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::support::sink::TlsMode;

#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) tls: TlsMode,
    /// Besides IMAP4rev1.
    pub(crate) capabilities: &'static str,
    /// What follows `* LIST `.
    pub(crate) folders: Vec<&'static str>,
    /// The folder that has the mails, as it stands in EXAMINE; all others are empty.
    pub(crate) folder: &'static str,
    /// UID and text, in the order of the mailbox.
    pub(crate) mails: Vec<(u32, Vec<u8>)>,
    pub(crate) uid_validity: u32,
    /// The size told for a mail is that of its text, but for this one.
    pub(crate) lie: Option<(u32, u32)>,
    /// This mail cannot be read: a FETCH with it is answered NO.
    pub(crate) broken: Option<u32>,
    /// Commands that begin so (without tag) are dealt with otherwise, this many times; `""` is the greeting.
    pub(crate) faults: Vec<(&'static str, Act, usize)>,
    /// Instead of the answer to a mail that was given whole.
    pub(crate) at_end: Option<Act>,
    /// Of STATUS (APPENDLIMIT).
    pub(crate) limit: &'static str,
    /// The connection ends after so many mails, this many times.
    pub(crate) drops: (usize, usize),
    /// Each octet goes alone.
    pub(crate) slowly: bool,
    /// Answers to a FETCH come in the opposite order.
    pub(crate) backwards: bool,
}

#[derive(Clone)]
pub(crate) enum Act {
    /// These bytes instead of an answer; `TAG` stands for the command's tag.
    Say(&'static str),
    /// These bytes, and then the usual answer.
    First(&'static str),
    /// Nothing, ever.
    Stall,
    Close,
    /// A line without end.
    Endless,
    /// The usual answer, once this is notified.
    Until(Arc<Notify>),
}

pub(crate) const USER: &str = "mai@own.example";
pub(crate) const PASSWORD: &str = "pa\"ss\\w0rd";
pub(crate) const TOKEN: &str = "ya29.token";

impl Default for Options {
    fn default() -> Options {
        Options {
            tls: TlsMode::None,
            capabilities: "AUTH=PLAIN AUTH=XOAUTH2 SASL-IR",
            folders: vec!["(\\HasNoChildren) \"/\" INBOX", "(\\HasNoChildren) \"/\" Sent"],
            folder: "Sent",
            mails: [3, 4, 7, 20, 21].map(|uid| (uid, mail(uid))).to_vec(),
            uid_validity: 77,
            lie: None,
            broken: None,
            faults: Vec::new(),
            at_end: None,
            limit: "NIL",
            drops: (0, 0),
            slowly: false,
            backwards: false,
        }
    }
}

/// A mail that says which one it is.
pub(crate) fn mail(uid: u32) -> Vec<u8> {
    format!("From: mai@own.example\r\nSubject: {uid} ) {{5}}\r\n\r\n(\"{uid}\" {{12}}\r\nA1 OK\r\n").into_bytes()
}

pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: JoinHandle<()>,
}

struct Shared {
    options: Options,
    commands: Mutex<Vec<String>>,
    given: watch::Sender<Vec<Vec<u8>>>,
    connections: AtomicUsize,
    /// How often each fault, and the drop, has happened.
    happened: Vec<AtomicUsize>,
    dropped: AtomicUsize,
}

impl Server {
    pub(crate) async fn start(options: Options) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let happened = options.faults.iter().map(|_| AtomicUsize::new(0)).collect();
        let shared = Arc::new(Shared {
            options,
            commands: Mutex::default(),
            given: watch::Sender::default(),
            connections: AtomicUsize::new(0),
            happened,
            dropped: AtomicUsize::new(0),
        });
        let here = Arc::clone(&shared);
        let listener = tokio::spawn(async move {
            let mut open = tokio::task::JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                here.connections.fetch_add(1, Ordering::SeqCst);
                let shared = Arc::clone(&here);
                open.spawn(async move { drop(serve(socket, &shared).await) });
            }
        });
        Server { address, shared, listener }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Everything that was said to it, without tags.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.shared.commands.lock().unwrap().clone()
    }

    /// Every mail that was put into a folder.
    pub(crate) fn given(&self) -> Vec<Vec<u8>> {
        self.shared.given.borrow().clone()
    }

    /// Once a mail was put into a folder.
    pub(crate) async fn has_mail(&self) {
        self.shared.given.subscribe().wait_for(|mails| !mails.is_empty()).await.unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Socket for T {}

struct Connection<'a> {
    io: BufReader<Box<dyn Socket>>,
    shared: &'a Shared,
    /// Of mails on this connection.
    given: usize,
    /// Commands are answered as the examined folder has it.
    has_mails: bool,
}

/// The end of a connection.
struct End;

impl From<std::io::Error> for End {
    fn from(_: std::io::Error) -> End {
        End
    }
}

async fn serve(socket: TcpStream, shared: &Shared) -> Result<(), End> {
    socket.set_nodelay(true)?;
    let io: Box<dyn Socket> = match &shared.options.tls {
        TlsMode::Implicit(acceptor) => Box::new(acceptor.accept(socket).await?),
        TlsMode::None | TlsMode::StartTls(_) => Box::new(socket),
    };
    let mut connection = Connection { io: BufReader::new(io), shared, given: 0, has_mails: false };
    if !connection.misbehave("", "*").await? {
        connection.say("* OK ready\r\n").await?;
    }
    let mut line = String::new();
    while connection.io.read_line(&mut line).await? > 0 {
        let told = std::mem::take(&mut line);
        let (tag, command) = told.trim_end().split_once(' ').unwrap_or((told.trim_end(), ""));
        shared.commands.lock().unwrap().push(command.to_owned());
        if connection.misbehave(command, tag).await? {
            continue;
        }
        if command == "STARTTLS" {
            let TlsMode::StartTls(acceptor) = &shared.options.tls else { return Err(End) };
            connection.say(&format!("{tag} OK go\r\n")).await?;
            let secured = acceptor.accept(connection.io.into_inner()).await?;
            connection = Connection { io: BufReader::new(Box::new(secured)), shared, given: 0, has_mails: false };
            continue;
        }
        connection.answer(tag, command).await?;
    }
    Ok(())
}

impl Connection<'_> {
    async fn say(&mut self, text: &str) -> Result<(), End> {
        self.write(text.as_bytes()).await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), End> {
        let length = if self.shared.options.slowly { 1 } else { bytes.len().max(1) };
        for piece in bytes.chunks(length) {
            self.io.write_all(piece).await?;
            self.io.flush().await?;
        }
        Ok(())
    }

    /// Whether that was the answer.
    async fn misbehave(&mut self, command: &str, tag: &str) -> Result<bool, End> {
        let options = &self.shared.options;
        let is_now = |(n, (start, _, times)): &(usize, &(&str, Act, usize))| {
            (if start.is_empty() { command.is_empty() } else { command.starts_with(start) })
                && self.shared.happened[*n].fetch_add(1, Ordering::SeqCst) < *times
        };
        let Some((_, (_, act, _))) = options.faults.iter().enumerate().find(is_now) else { return Ok(false) };
        self.act(act, tag).await
    }

    /// Whether that was the answer.
    async fn act(&mut self, act: &Act, tag: &str) -> Result<bool, End> {
        match act {
            Act::Say(text) => self.say(&text.replace("TAG", tag)).await?,
            Act::First(text) => {
                self.say(&text.replace("TAG", tag)).await?;
                return Ok(false);
            }
            Act::Stall => std::future::pending().await,
            Act::Close => return Err(End),
            Act::Endless => loop {
                self.write(&[b'x'; 4096]).await?;
            },
            Act::Until(notify) => {
                notify.notified().await;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `"Drafts" (\Draft \Seen) {310}`, or `{310+}`.
    async fn append(&mut self, tag: &str, rest: &str) -> Result<(), End> {
        let announced = rest.strip_suffix('}').and_then(|rest| rest.rsplit_once('{')).ok_or(End)?.1;
        let length: usize = announced.trim_end_matches('+').parse().map_err(|_| End)?;
        if !announced.ends_with('+') {
            self.say("+ go on\r\n").await?;
        }
        let mut mail = vec![0; length + 2];
        self.io.read_exact(&mut mail).await?;
        assert_eq!(mail.split_off(length), b"\r\n");
        self.shared.given.send_modify(|mails| mails.push(mail));
        if let Some(act) = self.shared.options.at_end.clone()
            && self.act(&act, tag).await?
        {
            return Ok(());
        }
        self.say(&format!("{tag} OK [APPENDUID 77 30] done\r\n")).await
    }

    async fn answer(&mut self, tag: &str, command: &str) -> Result<(), End> {
        let options = &self.shared.options;
        let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
        let done = format!("{tag} OK done\r\n");
        match verb {
            "CAPABILITY" => {
                let more = if matches!(options.tls, TlsMode::StartTls(_)) { " STARTTLS" } else { "" };
                self.say(&format!("* CAPABILITY IMAP4rev1{more} {}\r\n{done}", options.capabilities)).await
            }
            "LOGIN" => {
                let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
                let known = rest == format!("{} {}", quoted(USER), quoted(PASSWORD));
                self.say(&self.verdict(tag, known)).await
            }
            "AUTHENTICATE" => self.authenticate(tag, rest).await,
            "LIST" => {
                let lines: String = options.folders.iter().map(|line| format!("* LIST {line}\r\n")).collect();
                self.say(&format!("{lines}{done}")).await
            }
            "APPEND" => self.append(tag, rest).await,
            "STATUS" => {
                let name = rest.split(" (").next().unwrap_or_default();
                self.say(&format!("* STATUS {name} (APPENDLIMIT {})\r\n{done}", options.limit)).await
            }
            "EXAMINE" => self.examine(tag, rest.trim_matches('"')).await,
            "UID" => self.fetch(tag, rest).await,
            "LOGOUT" => {
                self.say(&format!("* BYE see you\r\n{done}")).await?;
                Err(End)
            }
            _ => self.say(&format!("{tag} BAD what is {command}\r\n")).await,
        }
    }

    fn verdict(&self, tag: &str, known: bool) -> String {
        match known {
            true => format!("{tag} OK welcome\r\n"),
            // Repeats the password, as no server should.
            false => format!("{tag} NO [AUTHENTICATIONFAILED] not {PASSWORD}x, nor {TOKEN}x\r\n"),
        }
    }

    async fn authenticate(&mut self, tag: &str, rest: &str) -> Result<(), End> {
        use base64::Engine;
        use base64::prelude::BASE64_STANDARD;
        let (mechanism, words) = rest.split_once(' ').map_or((rest, None), |(one, two)| (one, Some(two.to_owned())));
        let words = match words {
            Some(words) => words,
            None => {
                self.say("+ \r\n").await?;
                self.line().await?
            }
        };
        let text = String::from_utf8(BASE64_STANDARD.decode(words).map_err(|_| End)?).map_err(|_| End)?;
        let wanted = match mechanism {
            "PLAIN" => format!("\0{USER}\0{PASSWORD}"),
            "XOAUTH2" => format!("user={USER}\u{1}auth=Bearer {TOKEN}\u{1}\u{1}"),
            "OAUTHBEARER" => format!("n,a={USER},\u{1}auth=Bearer {TOKEN}\u{1}\u{1}"),
            _ => return Err(End),
        };
        if text != wanted && mechanism != "PLAIN" {
            self.say("+ eyJzdGF0dXMiOiI0MDAifQ==\r\n").await?;
            let last = if mechanism == "XOAUTH2" { "" } else { "AQ==" };
            assert_eq!(self.line().await?, last);
        }
        self.say(&self.verdict(tag, text == wanted)).await
    }

    async fn line(&mut self) -> Result<String, End> {
        let mut line = String::new();
        self.io.read_line(&mut line).await?;
        Ok(line.trim_end_matches("\r\n").to_owned())
    }

    async fn examine(&mut self, tag: &str, name: &str) -> Result<(), End> {
        let options = &self.shared.options;
        let listed = options.folders.iter().any(|line| line.trim_end_matches('"').ends_with(name));
        self.has_mails = name == options.folder;
        if !listed && !self.has_mails {
            return self.say(&format!("{tag} NO [NONEXISTENT] no such mailbox\r\n")).await;
        }
        let count = if self.has_mails { options.mails.len() } else { 0 };
        self.say(&format!(
            "* FLAGS (\\Seen \\Draft)\r\n* {count} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {}] valid\r\n\
             {tag} OK [READ-ONLY] here\r\n",
            options.uid_validity
        ))
        .await
    }

    async fn fetch(&mut self, tag: &str, rest: &str) -> Result<(), End> {
        let options = &self.shared.options;
        let words = rest.strip_prefix("FETCH ").and_then(|rest| rest.split_once(' '));
        let Some((set, items)) = words else { return Err(End) };
        let mut mails: Vec<(usize, &(u32, Vec<u8>))> =
            options.mails.iter().enumerate().filter(|(_, (uid, _))| self.is_in(*uid, set)).collect();
        if options.backwards {
            mails.reverse();
        }
        for (n, (uid, text)) in mails {
            let number = n + 1;
            match items {
                "(UID)" => self.say(&format!("* {number} FETCH (UID {uid})\r\n")).await?,
                "(UID RFC822.SIZE)" => {
                    let lie = options.lie.filter(|(of, _)| of == uid).map(|(_, size)| size as usize);
                    let size = lie.unwrap_or(text.len());
                    self.say(&format!("* {number} FETCH (RFC822.SIZE {size} UID {uid})\r\n")).await?;
                }
                "(UID BODY.PEEK[])" => {
                    if options.broken == Some(*uid) {
                        return self.say(&format!("{tag} NO cannot read {uid}\r\n")).await;
                    }
                    let (after, times) = options.drops;
                    if self.given == after && self.shared.dropped.fetch_add(1, Ordering::SeqCst) < times {
                        self.say(&format!("* {number} FETCH (UID {uid} BODY[] {{{}}}\r\nFro", text.len())).await?;
                        return Err(End);
                    }
                    self.say(&format!("* {number} FETCH (UID {uid} BODY[] {{{}}}\r\n", text.len())).await?;
                    self.write(text).await?;
                    self.say(")\r\n* 1 FETCH (FLAGS (\\Seen))\r\n").await?;
                    self.given += 1;
                }
                _ => return self.say(&format!("{tag} BAD {items}\r\n")).await,
            }
        }
        self.say(&format!("{tag} OK done\r\n")).await
    }

    fn is_in(&self, uid: u32, set: &str) -> bool {
        let mails = &self.shared.options.mails;
        self.has_mails
            && match set.strip_suffix(":*") {
                Some(first) => first.parse::<u32>().unwrap() <= uid || mails.last().is_some_and(|last| last.0 == uid),
                None => set.split(',').any(|one| one.parse() == Ok(uid)),
            }
    }
}
