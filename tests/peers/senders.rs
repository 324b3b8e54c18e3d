//! Mail programs that send a finished mail: how each is told where it goes, and how it ends when the server says no.

use std::path::{Path, PathBuf};

use super::programs::{Answer, find, missing, run};

pub(crate) const FROM: &str = "ogawa@minato.example";

pub(crate) struct Sender {
    pub(crate) name: &'static str,
    find: fn() -> Option<PathBuf>,
    send: fn(&Path, &Route, &[u8]) -> Answer,
    /// Its exit code when the server refuses the mail behind the final dot.
    pub(crate) refused: i32,
}

/// The server on this machine, one recipient, and how the program comes in.
#[derive(Clone, Copy)]
pub(crate) struct Route<'a> {
    pub(crate) port: u16,
    pub(crate) to: &'a str,
    pub(crate) tls: Option<Tls<'a>>,
    pub(crate) login: Option<Login<'a>>,
}

#[derive(Clone, Copy)]
pub(crate) struct Tls<'a> {
    /// The authority whose certificates the program is to trust, as a PEM file.
    pub(crate) authority: &'a str,
    /// From the first octet, not by STARTTLS.
    pub(crate) implicit: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Login<'a> {
    pub(crate) user: &'a str,
    pub(crate) password: &'a str,
}

impl<'a> Route<'a> {
    /// Without encryption or login.
    pub(crate) fn plain(port: u16, to: &'a str) -> Route<'a> {
        Route { port, to, tls: None, login: None }
    }
}

pub(crate) const SENDERS: [Sender; 5] = [
    Sender { name: "swaks", find: || find("swaks"), send: swaks, refused: 26 },
    Sender { name: "msmtp", find: || find("msmtp"), send: msmtp, refused: 69 },
    Sender { name: "curl", find: || find("curl"), send: curl, refused: 8 },
    Sender { name: "python", find: || find("python3"), send: python, refused: 1 },
    Sender { name: "nodemailer", find: find_nodemailer, send: nodemailer, refused: 1 },
];

impl Sender {
    /// Sends a mail and tells how that ended; `None` if the program is not to be had here.
    pub(crate) fn send(&self, route: &Route, mail: &[u8]) -> Option<Answer> {
        Some((self.send)(&(self.find)()?, route, mail))
    }
}

/// swaks sends the octets as they are when told to leave them alone; the final dot is then ours to write.
fn swaks(program: &Path, route: &Route, mail: &[u8]) -> Answer {
    let server = format!("127.0.0.1:{}", route.port);
    let mut arguments = vec!["--server", &server, "--from", FROM, "--to", route.to, "--no-data-fixup", "--data", "-"];
    if let Some(tls) = &route.tls {
        let begin = if tls.implicit { "--tls-on-connect" } else { "--tls" };
        arguments.extend([begin, "--tls-verify", "--tls-ca-path", tls.authority]);
    }
    if let Some(login) = &route.login {
        arguments.extend(["--auth", "PLAIN", "--auth-user", login.user, "--auth-password", login.password]);
    }
    run(program, &arguments, &[mail, b".\r\n"].concat())
}

/// The only one that logs in with LOGIN; all others choose PLAIN.
fn msmtp(program: &Path, route: &Route, mail: &[u8]) -> Answer {
    let (port, from) = (format!("--port={}", route.port), format!("--from={FROM}"));
    let mut security = match &route.tls {
        None => vec!["--tls=off".to_owned()],
        Some(tls) => vec![
            "--tls=on".to_owned(),
            format!("--tls-starttls={}", if tls.implicit { "off" } else { "on" }),
            format!("--tls-trust-file={}", tls.authority),
        ],
    };
    security.extend(match &route.login {
        None => vec!["--auth=off".to_owned()],
        Some(login) => vec![
            "--auth=login".to_owned(),
            format!("--user={}", login.user),
            format!("--passwordeval=echo '{}'", login.password),
        ],
    });
    let mut arguments = vec!["--file=/dev/null", "--host=127.0.0.1", &port, &from];
    arguments.extend(security.iter().map(String::as_str));
    arguments.push(route.to);
    run(program, &arguments, mail)
}

/// curl tells the words of a refusal only where it tells everything.
fn curl(program: &Path, route: &Route, mail: &[u8]) -> Answer {
    let scheme = if route.tls.is_some_and(|tls| tls.implicit) { "smtps" } else { "smtp" };
    let url = format!("{scheme}://127.0.0.1:{}/client.minato.example", route.port);
    let mut arguments = vec!["--disable", "--silent", "--show-error", "--verbose", "--url", &url];
    arguments.extend(["--mail-from", FROM, "--mail-rcpt", route.to, "--upload-file", "-"]);
    let user = route.login.map(|login| format!("{}:{}", login.user, login.password));
    if let Some(tls) = &route.tls {
        arguments.extend(["--ssl-reqd", "--cacert", tls.authority]);
    }
    if let Some(user) = &user {
        arguments.extend(["--user", user]);
    }
    run(program, &arguments, mail)
}

const PYTHON: &str = "
import smtplib, ssl, sys
port, sender, recipient, security, authority, user, password = sys.argv[1:]
context = ssl.create_default_context(cafile=authority) if authority else None
implicit = security == 'implicit'
with (smtplib.SMTP_SSL('127.0.0.1', int(port), context=context) if implicit else smtplib.SMTP('127.0.0.1', int(port))) as server:
    try:
        if security == 'starttls':
            server.starttls(context=context)
        if user:
            server.login(user, password)
        server.sendmail(sender, [recipient], sys.stdin.buffer.read())
    except smtplib.SMTPResponseException as error:
        sys.exit(f'{error.smtp_code} {error.smtp_error.decode()}')
";

fn python(program: &Path, route: &Route, mail: &[u8]) -> Answer {
    script(program, &["-c", PYTHON], route, mail)
}

const NODEMAILER: &str = "
const [module, port, from, to, security, authority, user, pass] = process.argv.slice(1);
const fs = require('fs');
const tls = authority
    ? { secure: security === 'implicit', requireTLS: true, tls: { ca: fs.readFileSync(authority) } }
    : { ignoreTLS: true };
const auth = user ? { auth: { user, pass } } : {};
const transport = require(module).createTransport({ host: '127.0.0.1', port, ...tls, ...auth });
transport.sendMail({ envelope: { from, to }, raw: fs.readFileSync(0) }).catch((error) => {
    console.error(error.response);
    process.exitCode = 1;
});
";

fn nodemailer(program: &Path, route: &Route, mail: &[u8]) -> Answer {
    let module = nodemailer_module();
    script(program, &["-e", NODEMAILER, module.to_str().unwrap()], route, mail)
}

/// `.ci/run` puts it there.
fn nodemailer_module() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("peers/node_modules/nodemailer")
}

fn find_nodemailer() -> Option<PathBuf> {
    let module = nodemailer_module();
    if !module.is_dir() {
        missing(&format!("there is no {}", module.display()));
        return None;
    }
    find("node")
}

/// Port, sender, recipient, TLS and login as arguments behind those that begin the script; what is not used is empty.
fn script(program: &Path, begin: &[&str], route: &Route, mail: &[u8]) -> Answer {
    let port = route.port.to_string();
    let (security, authority) = match &route.tls {
        None => ("", ""),
        Some(tls) => (if tls.implicit { "implicit" } else { "starttls" }, tls.authority),
    };
    let (user, password) = route.login.map_or(("", ""), |login| (login.user, login.password));
    let rest = [&port, FROM, route.to, security, authority, user, password];
    run(program, &[begin, &rest].concat(), mail)
}
