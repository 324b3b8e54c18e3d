//! Mail programs that write the mail themselves: does its text arrive, and does its author read why not?

use std::io::Write;
use std::path::{Path, PathBuf};

use super::programs::{Answer, find, missing, run};
use super::senders::{FROM, Route};

/// What a mail is found by: not every one of them lets its user choose a Message-ID.
pub(crate) fn subject(name: &str) -> String {
    format!("Quotation {}", name.replace(' ', "-"))
}

pub(crate) struct Writer {
    pub(crate) name: &'static str,
    find: fn() -> Option<PathBuf>,
    /// Subject and text.
    send: fn(&Path, &Route, &str, &str) -> Answer,
    /// Its exit code when the server refuses the mail.
    pub(crate) refused: i32,
}

pub(crate) const WRITERS: [Writer; 3] = [
    Writer { name: "neomutt", find: || find("neomutt"), send: neomutt, refused: 1 },
    Writer { name: "git send-email", find: find_git, send: git, refused: 255 },
    Writer { name: "s-nail", find: || find("s-nail"), send: s_nail, refused: 4 },
];

impl Writer {
    /// Writes a mail and tells how that ended; `None` if the program is not to be had here.
    pub(crate) fn send(&self, route: &Route, subject: &str, text: &str) -> Option<Answer> {
        Some((self.send)(&(self.find)()?, route, subject, text))
    }
}

/// It insists on TLS unless told otherwise, and shows the last line of a reply.
fn neomutt(program: &Path, route: &Route, subject: &str, text: &str) -> Answer {
    let implicit = route.tls.is_some_and(|tls| tls.implicit);
    let user = route.login.map_or(String::new(), |login| format!("{}@", login.user));
    let security = match &route.tls {
        None => "set ssl_starttls=no ssl_force_tls=no".to_owned(),
        Some(tls) => format!("set ssl_starttls=yes ssl_force_tls=yes ssl_ca_certificates_file={}", tls.authority),
    };
    let mut settings = vec![
        format!("set smtp_url={}://{user}127.0.0.1:{}", if implicit { "smtps" } else { "smtp" }, route.port),
        format!("set from={FROM} send_charset=utf-8"),
        security,
        "unset record".to_owned(),
    ];
    settings.extend(route.login.map(|login| format!("set smtp_authenticators=plain smtp_pass='{}'", login.password)));
    let mut arguments = vec!["-n", "-F", "/dev/null"];
    arguments.extend(settings.iter().flat_map(|setting| ["-e", setting]));
    arguments.extend(["-s", subject, route.to]);
    run(program, &arguments, text.as_bytes())
}

/// It reads mails from files, and asks who is at work even where it is told.
fn git(program: &Path, route: &Route, subject: &str, text: &str) -> Answer {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let to = route.to;
    write!(
        file,
        "From: {FROM}\nTo: {to}\nSubject: {subject}\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}"
    )
    .unwrap();
    let email = format!("user.email={FROM}");
    let mut arguments: Vec<String> = [
        "-c",
        "user.name=Mariko Ogawa",
        "-c",
        &email,
        "send-email",
        "--smtp-server=127.0.0.1",
        &format!("--smtp-server-port={}", route.port),
        "--from",
        FROM,
        "--to",
        to,
        "--suppress-cc=all",
        "--confirm=never",
        "--no-validate",
        "--quiet",
    ]
    .map(str::to_owned)
    .to_vec();
    arguments.extend(match &route.tls {
        None => vec!["--smtp-encryption=none".to_owned()],
        Some(tls) => vec![
            format!("--smtp-encryption={}", if tls.implicit { "ssl" } else { "tls" }),
            format!("--smtp-ssl-cert-path={}", tls.authority),
        ],
    });
    arguments.extend(match &route.login {
        None => vec!["--smtp-auth=none".to_owned()],
        Some(login) => vec![
            "--smtp-auth=PLAIN".to_owned(),
            format!("--smtp-user={}", login.user),
            format!("--smtp-pass={}", login.password),
        ],
    });
    arguments.push(file.path().to_str().unwrap().to_owned());
    run(program, &arguments.iter().map(String::as_str).collect::<Vec<_>>(), b"")
}

fn find_git() -> Option<PathBuf> {
    let has_it = |program: &PathBuf| {
        let programs = run(program, &["--exec-path"], b"").text;
        Path::new(programs.trim()).join("git-send-email").is_file()
    };
    // A package of send-email belongs to the package of git, whatever other git comes first.
    let known = [find("git")?, PathBuf::from("/usr/bin/git")].into_iter().filter(|program| program.is_file());
    let found = known.into_iter().find(has_it);
    if found.is_none() {
        missing("git has no send-email");
    }
    if run(&find("perl")?, &["-MAuthen::SASL", "-e1"], b"").code != Some(0) {
        missing("git send-email cannot log in: Perl has no Authen::SASL");
        return None;
    }
    found
}

/// Its URL takes user and password percent-encoded; certificates of addresses it does not know. A mail that was not taken it would
/// put into the home directory.
fn s_nail(program: &Path, route: &Route, subject: &str, text: &str) -> Answer {
    let implicit = route.tls.is_some_and(|tls| tls.implicit);
    let login =
        route.login.map_or(String::new(), |login| format!("{}:{}@", login.user, login.password.replace(' ', "%20")));
    let mut settings = vec![
        "v15-compat".to_owned(),
        format!("mta={}://{login}localhost:{}", if implicit { "smtps" } else { "smtp" }, route.port),
        format!("smtp-auth={}", if route.login.is_some() { "plain" } else { "none" }),
        "sendwait".to_owned(),
        "nosave".to_owned(),
        "mime-encoding=8bit".to_owned(),
        "ttycharset=utf-8".to_owned(),
    ];
    if let Some(tls) = &route.tls {
        settings.extend(["tls-verify=strict".to_owned(), format!("tls-ca-file={}", tls.authority)]);
        if !tls.implicit {
            settings.push("smtp-use-starttls".to_owned());
        }
    }
    let mut arguments = vec!["-:/"];
    arguments.extend(settings.iter().flat_map(|setting| ["-S", setting]));
    arguments.extend(["-r", FROM, "-s", subject, route.to]);
    run(program, &arguments, text.as_bytes())
}
