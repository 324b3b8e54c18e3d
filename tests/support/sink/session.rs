//! One connection of the sink: its commands, TLS and login.

use std::io;
use std::sync::atomic::Ordering;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::fault::refusal;
use super::transaction::Mail;
use super::{Opening, Shared, TlsMode};

pub(super) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

pub(super) struct Session<'a> {
    pub(super) io: BufReader<Box<dyn Io>>,
    pub(super) number: usize,
    pub(super) shared: &'a Shared,
    pub(super) tls: bool,
    pub(super) hello: Option<String>,
    pub(super) user: Option<String>,
    pub(super) mail: Option<Mail>,
}

pub(super) async fn run(
    socket: TcpStream,
    number: usize,
    shared: &Shared,
    farewell: &mut watch::Receiver<Vec<u8>>,
) -> io::Result<()> {
    let (io, tls): (Box<dyn Io>, bool) = match &shared.options.tls {
        TlsMode::Implicit(acceptor) => (Box::new(acceptor.accept(socket).await?), true),
        TlsMode::None | TlsMode::StartTls(_) => (Box::new(socket), false),
    };
    let mut session = Session { io: BufReader::new(io), number, shared, tls, hello: None, user: None, mail: None };
    match shared.options.opening {
        Opening::StallGreeting => return session.stall().await,
        Opening::Greeting(code) => return session.write(&refusal(code)).await,
        _ => session.reply("220 sink.test ESMTP").await?,
    }
    loop {
        let line = tokio::select! {
            line = session.line() => line?,
            _ = farewell.changed() => {
                let last = farewell.borrow_and_update().clone();
                return session.write(&last).await;
            }
        };
        let Some(line) = line else { return Ok(()) };
        if !session.command(&line).await? {
            return Ok(());
        }
    }
}

impl Session<'_> {
    /// `Ok(false)` closes the connection.
    async fn command(&mut self, line: &str) -> io::Result<bool> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let verb = verb.to_ascii_uppercase();
        let shown = if verb == "AUTH" { rest.split(' ').next().unwrap_or_default() } else { rest };
        self.shared.note(&self.shared.commands, format!("{verb} {shown}").trim_end().to_owned());
        if self.number <= self.shared.frozen.load(Ordering::SeqCst) {
            return self.stall().await.map(|()| false);
        }
        let pipelined = !self.io.buffer().is_empty();
        let groups = ["MAIL", "RCPT", "RSET", "NOOP"].contains(&verb.as_str());
        if pipelined && !(groups && self.offers("PIPELINING")) {
            self.violation(format!("bytes behind {verb} before its reply"));
            return Ok(false);
        }
        match verb.as_str() {
            "EHLO" if self.shared.options.opening == Opening::StallEhlo => self.stall().await?,
            "EHLO" => self.ehlo(rest).await?,
            "STARTTLS" => return self.start_tls().await,
            "AUTH" => self.auth(rest).await?,
            "MAIL" => return self.mail(rest).await,
            "RCPT" => return self.rcpt(rest).await,
            "DATA" => return self.data().await,
            "RSET" => {
                self.mail = None;
                self.reply("250 2.0.0 ok").await?;
            }
            "NOOP" => self.reply("250 2.0.0 ok").await?,
            "QUIT" => {
                self.reply("221 2.0.0 bye").await?;
                return Ok(false);
            }
            _ => {
                self.violation(format!("unknown command {verb}"));
                self.reply("500 5.5.1 unknown").await?;
            }
        }
        Ok(true)
    }

    async fn ehlo(&mut self, name: &str) -> io::Result<()> {
        let options = &self.shared.options;
        self.hello = Some(name.to_owned());
        self.mail = None;
        let mut lines = vec!["sink.test".to_owned()];
        lines.extend(options.extensions.iter().cloned());
        if matches!(options.tls, TlsMode::StartTls(_)) && !self.tls {
            lines.push("STARTTLS".to_owned());
        }
        if !options.users.is_empty() {
            lines.push(format!("AUTH {}", options.mechanisms.join(" ")));
        }
        let last = lines.len() - 1;
        let text: String = lines
            .iter()
            .enumerate()
            .map(|(n, line)| format!("250{}{line}\r\n", if n == last { ' ' } else { '-' }))
            .collect();
        self.write(text.as_bytes()).await
    }

    async fn start_tls(&mut self) -> io::Result<bool> {
        let TlsMode::StartTls(acceptor) = self.shared.options.tls.clone() else {
            return self.reply("502 5.5.1 not offered").await.map(|()| true);
        };
        match self.shared.options.opening {
            Opening::RefuseStartTls => return self.reply("454 4.7.0 not now").await.map(|()| true),
            Opening::InjectBehindStartTls => self.write(b"220 go\r\n250 injected\r\n").await?,
            _ => self.reply("220 2.0.0 go").await?,
        }
        // Replaced for the moment of the handshake; whatever it reads is an end of file.
        let bare = std::mem::replace(&mut self.io, BufReader::new(Box::new(tokio::io::empty())));
        let secured = acceptor.accept(bare.into_inner()).await?;
        self.io = BufReader::new(Box::new(secured));
        (self.tls, self.hello, self.mail, self.user) = (true, None, None, None);
        Ok(true)
    }

    async fn auth(&mut self, rest: &str) -> io::Result<()> {
        if self.hello.is_none() || self.user.is_some() || self.mail.is_some() {
            self.violation("AUTH where it may not be".to_owned());
        }
        let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        let offered = self.shared.options.mechanisms.contains(&mechanism) && !self.shared.options.users.is_empty();
        let credentials = match (mechanism, self.shared.options.opening) {
            (_, Opening::AuthSays(reply)) => return self.reply(reply).await,
            _ if !offered => return self.reply("504 5.5.4 unknown mechanism").await,
            ("PLAIN", opening) => {
                let again = initial.is_empty() || opening == Opening::AuthAsksAgain;
                let token = if again { self.challenge("").await? } else { decode(initial) };
                let mut parts = token.split('\0').skip(1).map(str::to_owned);
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            }
            ("XOAUTH2" | "OAUTHBEARER", _) => bearer(&decode(initial)),
            _ => (self.challenge("VXNlcm5hbWU6").await?, self.challenge("").await?),
        };
        let known = self.shared.options.users.contains(&credentials);
        if !known && mechanism.ends_with('2') | mechanism.starts_with('O') {
            // Why, then an answer that says nothing, then the refusal.
            self.challenge(&BASE64_STANDARD.encode("{\"status\":\"401\"}")).await?;
        }
        if !self.shared.options.users.contains(&credentials) {
            return self.reply("535 5.7.8 the sink does not know you").await;
        }
        self.user = Some(credentials.0);
        self.reply("235 2.7.0 welcome").await
    }

    async fn challenge(&mut self, text: &str) -> io::Result<String> {
        self.reply(&format!("334 {text}")).await?;
        Ok(decode(&self.line().await?.unwrap_or_default()))
    }

    /// One line without its CRLF; `None` at the end of the stream.
    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        if self.io.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        if !line.ends_with(b"\r\n") {
            self.violation("a command line without CRLF".to_owned());
        }
        Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()))
    }

    pub(super) async fn reply(&mut self, line: &str) -> io::Result<()> {
        self.write(format!("{line}\r\n").as_bytes()).await
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if !self.shared.options.latency.is_zero() {
            tokio::time::sleep(self.shared.options.latency).await;
        }
        self.io.write_all(bytes).await?;
        self.io.flush().await
    }

    /// Says nothing more, until the client goes.
    pub(super) async fn stall(&mut self) -> io::Result<()> {
        let mut ignored = Vec::new();
        while self.io.read_until(b'\n', &mut ignored).await? > 0 {
            ignored.clear();
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    pub(super) fn offers(&self, extension: &str) -> bool {
        self.shared.options.extensions.iter().any(|line| line.split(' ').next() == Some(extension))
    }

    pub(super) fn violation(&self, text: String) {
        self.shared.note(&self.shared.violations, text);
    }
}

/// `…user=NAME,^A…auth=Bearer TOKEN^A^A`, of both forms.
fn bearer(text: &str) -> (String, String) {
    let between = |begin: &str, end: &[char]| {
        let rest = text.split_once(begin).map_or("", |(_, rest)| rest);
        rest.split(end).next().unwrap_or_default().to_owned()
    };
    let user = if text.starts_with("user=") { between("user=", &['\u{1}']) } else { between("n,a=", &[',']) };
    (user, between("auth=Bearer ", &['\u{1}']))
}

fn decode(text: &str) -> String {
    BASE64_STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}
