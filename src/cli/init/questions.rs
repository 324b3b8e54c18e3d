//! The questions of `atena init`, asked again until the answer can be read.

use std::io::{BufRead, Read as _, Write};

use super::{Answers, Failure, OnError, Options, PasswordPlace, domain_of, probable_domains};
use crate::config::{
    Fault, Provider, Security, Text, UpstreamUrl, address, domain, provider_named, provider_of_domain,
};
use crate::lang::Lang;

/// How often one question is asked before the person is left in peace.
const ATTEMPTS: usize = 5;
/// Octets of one answer; what is longer was not typed.
const LONGEST_ANSWER: u64 = 4096;

struct Dialogue<'a> {
    lang: Lang,
    input: &'a mut dyn BufRead,
    output: &'a mut dyn Write,
}

/// Asks what the options leave open.
pub(super) fn ask(
    options: &Options,
    lang: Lang,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> Result<Answers, Failure> {
    let mut dialogue = Dialogue { lang, input, output };
    let address = match &options.address {
        Some(given) => address(given).map_err(|fault| Failure::Wrong("--address", fault))?,
        None => dialogue.question(ADDRESS, None, address)?,
    };
    let (provider, upstream) = dialogue.server(&address, options.upstream.as_deref())?;
    let own_domains = dialogue.own_domains(&address, &options.own_domains)?;
    let on_error = match options.on_error {
        Some(given) => given,
        None => dialogue.question(ON_ERROR, Some("hold"), read_on_error)?,
    };
    let password = match (&options.password, &upstream) {
        (_, UpstreamUrl::Maildir(_)) => PasswordPlace::PassThrough,
        (Some(given), _) => given.clone(),
        (None, _) => dialogue.password()?,
    };
    let user = match (&options.user, &password) {
        (Some(given), _) => given.clone(),
        (None, PasswordPlace::PassThrough) => address.clone(),
        (None, _) => dialogue.user(&address, provider)?,
    };
    Ok(Answers { address, provider, upstream, user, own_domains, on_error, password, tls: options.tls.clone() })
}

impl Dialogue<'_> {
    /// Asks until the answer can be read; an empty answer takes the default.
    fn question<T>(
        &mut self,
        question: Text,
        default: Option<&str>,
        read: impl Fn(&str) -> Result<T, Fault>,
    ) -> Result<T, Failure> {
        for _ in 0..ATTEMPTS {
            write!(self.output, "\n{}", question.get(self.lang))?;
            match default {
                Some(default) => write!(self.output, " [{default}]: ")?,
                None => write!(self.output, ": ")?,
            }
            self.output.flush()?;
            let mut line = String::new();
            if (&mut *self.input).take(LONGEST_ANSWER).read_line(&mut line)? == 0 {
                return Err(Failure::Unfinished);
            }
            let answer = match line.trim() {
                "" => default.unwrap_or_default(),
                answer => answer,
            };
            match read(answer) {
                Ok(value) => return Ok(value),
                Err(fault) => self.say_fault(&fault)?,
            }
        }
        Err(Failure::Unfinished)
    }

    /// The server, from the options, from the provider of the address, or by asking.
    fn server(
        &mut self,
        address: &str,
        given: Option<&str>,
    ) -> Result<(Option<&'static Provider>, UpstreamUrl), Failure> {
        let provider = provider_of_domain(domain_of(address));
        if let Some(given) = given {
            let url = UpstreamUrl::parse(given).map_err(|fault| Failure::Wrong("--upstream", fault))?;
            return Ok((provider, url));
        }
        let Some(provider) = provider else { return self.unknown_server() };
        self.introduce(provider)?;
        match provider.upstream().filter(|url| !url.exposes_passwords()) {
            Some(url) => {
                let url = self.question(SERVER_URL, Some(&url.to_string()), UpstreamUrl::parse)?;
                Ok((Some(provider), url))
            }
            None => Ok((Some(provider), self.host_and_port(provider.port)?)),
        }
    }

    /// A provider by name, or host, port and security one by one.
    fn unknown_server(&mut self) -> Result<(Option<&'static Provider>, UpstreamUrl), Failure> {
        enum Answer {
            Known(&'static Provider),
            Url(UpstreamUrl),
            Host(String),
        }
        let answer = self.question(SERVER, None, |text| {
            if let Some(provider) = provider_named(text) {
                return Ok(Answer::Known(provider));
            }
            if text.contains("://") || text.starts_with("maildir:") {
                return UpstreamUrl::parse(text).map(Answer::Url);
            }
            read_host(text).map(Answer::Host)
        })?;
        match answer {
            Answer::Url(url) => Ok((None, url)),
            Answer::Host(host) => Ok((None, self.port_and_security(host, 465)?)),
            Answer::Known(provider) => {
                self.introduce(provider)?;
                match provider.upstream().filter(|url| !url.exposes_passwords()) {
                    Some(url) => Ok((Some(provider), url)),
                    None => Ok((Some(provider), self.host_and_port(provider.port)?)),
                }
            }
        }
    }

    fn host_and_port(&mut self, port: u16) -> Result<UpstreamUrl, Failure> {
        let host = self.question(HOST, None, read_host)?;
        self.port_and_security(host, port)
    }

    fn port_and_security(&mut self, host: String, port: u16) -> Result<UpstreamUrl, Failure> {
        let port = self.question(PORT, Some(&port.to_string()), |text| {
            text.parse()
                .ok()
                .filter(|port| *port != 0)
                .ok_or_else(|| Fault::new("a port is a number from 1 to 65535", "ポートは 1 から 65535 までの数です"))
        })?;
        let usual = match port {
            465 => "tls",
            25 => "plain",
            _ => "starttls",
        };
        let security = self.question(SECURITY, Some(usual), |text| match text {
            "tls" => Ok(Security::Tls),
            "starttls" => Ok(Security::StartTls),
            "plain" => Ok(Security::Plain),
            _ => Err(Fault::new(
                "please answer tls, starttls or plain",
                "tls、starttls、plain のいずれかで答えてください",
            )),
        })?;
        Ok(UpstreamUrl::Smtp { security, host, port })
    }

    /// Name, server and notes of a provider.
    fn introduce(&mut self, provider: &Provider) -> Result<(), Failure> {
        writeln!(self.output, "\n{}: {}:{}", provider.name, provider.host, provider.port)?;
        if let Some(note) = provider.note(self.lang) {
            writeln!(self.output, "  {note}")?;
        }
        if let Some(kind) = super::template::password_kind(provider) {
            writeln!(self.output, "  {}", kind.get(self.lang))?;
        }
        Ok(())
    }

    fn own_domains(&mut self, address: &str, given: &[String]) -> Result<Vec<String>, Failure> {
        let read = |text: &str| -> Result<Vec<String>, Fault> {
            let items = text.split([',', '、', ' ', '\u{3000}']).filter(|item| !item.is_empty() && *item != "-");
            items.map(domain).collect()
        };
        if !given.is_empty() {
            return read(&given.join(",")).map_err(|fault| Failure::Wrong("--own-domain", fault));
        }
        let default = match probable_domains(address).first() {
            Some(domain) => domain.clone(),
            None => "-".to_owned(),
        };
        self.question(OWN_DOMAINS, Some(&default), read)
    }

    fn password(&mut self) -> Result<PasswordPlace, Failure> {
        let question = if cfg!(feature = "keyring") { PASSWORD_WITH_KEYRING } else { PASSWORD };
        let choice = self.question(question, Some("1"), |text| match text {
            "1" | "2" | "3" => Ok(text.to_owned()),
            "4" if cfg!(feature = "keyring") => Ok(text.to_owned()),
            // Whatever else was typed may be the password itself and is not repeated.
            _ => Err(Fault::new("please answer with one of the numbers", "番号で答えてください")),
        })?;
        Ok(match choice.as_str() {
            "2" => PasswordPlace::Command(self.question(COMMAND, None, filled)?),
            "3" => PasswordPlace::Environment(self.question(VARIABLE, Some("ATENA_PASSWORD"), variable)?),
            "4" => PasswordPlace::Keyring,
            _ => PasswordPlace::PassThrough,
        })
    }

    fn user(&mut self, address: &str, provider: Option<&Provider>) -> Result<String, Failure> {
        match provider.filter(|provider| provider.user != "full address") {
            Some(provider) => {
                writeln!(self.output, "\n{}: {}", provider.name, provider.user)?;
                self.question(USER, None, filled)
            }
            None => self.question(USER, Some(address), filled),
        }
    }

    fn say_fault(&mut self, fault: &Fault) -> Result<(), Failure> {
        writeln!(self.output, "  {}", fault.message.get(self.lang))?;
        if let Some(help) = &fault.help {
            writeln!(self.output, "  {}", help.get(self.lang))?;
        }
        Ok(())
    }
}

fn read_host(text: &str) -> Result<String, Fault> {
    match UpstreamUrl::parse(&format!("smtps://{text}"))? {
        UpstreamUrl::Smtp { host, .. } if host.contains(['.', ':']) || host == "localhost" => Ok(host),
        _ => Err(Fault::new("this is not the name of a server", "サーバー名ではありません")
            .help("for example smtp.example.jp", "例: smtp.example.jp")),
    }
}

fn read_on_error(text: &str) -> Result<OnError, Fault> {
    match text {
        "hold" | "保留" => Ok(OnError::Hold),
        "return" | "差し戻し" => Ok(OnError::Return),
        _ => Err(Fault::new("please answer hold or return", "hold か return で答えてください")),
    }
}

fn filled(text: &str) -> Result<String, Fault> {
    let fine = !text.is_empty() && !text.contains(char::is_control);
    if fine {
        Ok(text.to_owned())
    } else {
        Err(Fault::new("an answer is needed here", "ここは入力が必要です"))
    }
}

fn variable(text: &str) -> Result<String, Fault> {
    let fine = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let wrong = || Fault::new("a variable's name is letters, digits and _", "環境変数の名前は英数字と _ です");
    if fine { Ok(text.to_owned()) } else { Err(wrong()) }
}

const ADDRESS: Text = Text { en: "Your mail address", ja: "あなたのメールアドレス" };
const SERVER_URL: Text = Text { en: "Outgoing server", ja: "送信サーバー" };
const SERVER: Text = Text {
    en: "Outgoing server (its host name, or your provider: xserver, sakura, lolipop, migadu …)",
    ja: "送信サーバー (ホスト名、または事業者名: xserver、sakura、lolipop、migadu …)",
};
const HOST: Text = Text { en: "Host name of the outgoing server", ja: "送信サーバーのホスト名" };
const PORT: Text = Text { en: "Port", ja: "ポート" };
const SECURITY: Text = Text {
    en: "Encryption: tls, starttls, or plain (none: your password can be read on the way)",
    ja: "暗号化: tls、starttls、plain (なし: 経路上でパスワードを読まれるおそれがあります)",
};
const OWN_DOMAINS: Text = Text {
    en: "Domains of your own organisation, separated by commas (- for none)",
    ja: "自社のドメイン。複数ならカンマ区切り (なければ -)",
};
const ON_ERROR: Text = Text {
    en: "A mail with an error: hold it until you release it, or return it to the mail program at once (hold/return)",
    ja: "問題のあるメールの扱い。hold: 解除するまで保留、return: すぐメールソフトに差し戻す (hold/return)",
};
const USER: Text = Text { en: "Login name at the server", ja: "サーバーのログイン名" };
const COMMAND: Text = Text {
    en: "Command that prints the password (for example: secret-tool lookup service atena)",
    ja: "パスワードを出力するコマンド (例: secret-tool lookup service atena)",
};
const VARIABLE: Text = Text { en: "Name of the environment variable", ja: "環境変数の名前" };
const PASSWORD: Text = Text {
    en: "Where is the password? (atena never writes it down)\n  1  the mail program logs in as before\n  2  a command prints it\n  3  an environment variable holds it\nNumber",
    ja: "パスワードの場所 (atena がファイルに書くことはありません)\n  1  これまでどおりメールソフトがログインする\n  2  コマンドが出力する\n  3  環境変数にある\n番号",
};
const PASSWORD_WITH_KEYRING: Text = Text {
    en: "Where is the password? (atena never writes it down)\n  1  the mail program logs in as before\n  2  a command prints it\n  3  an environment variable holds it\n  4  the keyring of the system holds it\nNumber",
    ja: "パスワードの場所 (atena がファイルに書くことはありません)\n  1  これまでどおりメールソフトがログインする\n  2  コマンドが出力する\n  3  環境変数にある\n  4  OS のキーリングにある\n番号",
};
