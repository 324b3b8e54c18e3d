//! Values from the command line and the environment in the place of the file's, and the account of a system without any.

use std::path::PathBuf;

use super::settings::{Origin, Setting};
use super::{Account, Auth, Config, Login, UpstreamUrl, load::quoted, secrets, sections, units};
use crate::lang::Lang;
use crate::source::Fault;
use crate::source::{Problem, Source};

/// A value given outside the file.
#[derive(Debug, Clone)]
pub struct Override {
    pub value: String,
    /// [`Origin::CommandLine`] or [`Origin::Environment`].
    pub origin: Origin,
}

/// `--listen`, `--upstream`, `--data-dir`, `--lang` and their environment variables.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    pub listen: Option<Override>,
    /// Takes the place of every account. Stored passwords are not sent there; the mail program's are passed through.
    pub upstream: Option<Override>,
    pub data_dir: Option<Override>,
    pub language: Option<Override>,
}

impl Config {
    /// The same configuration with values from the command line or the environment in the place of the file's.
    ///
    /// # Errors
    /// Every override that is wrong in itself, or together with the file.
    pub fn with(mut self, overrides: &Overrides) -> Result<Config, Vec<Problem>> {
        let mut problems = Vec::new();
        let language = self.language;
        let mut refuse = |option: &str, value: &str, fault: Fault| {
            let source = Source::new(option, secrets::blank(value));
            let problem = source.problem(0..value.len(), fault.message.get(language));
            problems.push(match fault.help {
                Some(help) => problem.with_help(help.get(language)),
                None => problem,
            });
        };
        if let Some(given) = &overrides.language {
            match given.value.as_str() {
                "ja" => self.language = Lang::Ja,
                "en" => self.language = Lang::En,
                _ => refuse(
                    "--lang",
                    &given.value,
                    Fault::new("the language must be \"ja\" or \"en\"", "言語は \"ja\" か \"en\" です"),
                ),
            }
            self.note("language", quoted(self.language.tag()), Some(given.origin));
        }
        if let Some(given) = &overrides.data_dir {
            self.data_dir = std::path::absolute(&given.value).unwrap_or_else(|_| PathBuf::from(&given.value));
            self.note("data_dir", quoted(&self.data_dir.display().to_string()), Some(given.origin));
            self.move_default_account();
        }
        if let Some(given) = &overrides.listen {
            match units::listen(&given.value) {
                Ok(listen) => self.serve.listen = listen,
                Err(fault) => refuse("--listen", &given.value, fault),
            }
            self.note("serve.listen", quoted(&self.serve.listen.to_string()), Some(given.origin));
            if let Some(fault) = sections::exposure(self.serve.listen, self.serve.tls.is_some(), self.serve.auth) {
                refuse("--listen", &given.value, fault);
            }
        }
        if let Some(given) = &overrides.upstream {
            match UpstreamUrl::parse(&given.value).and_then(|url| self.sole_account(url)) {
                Ok(account) => self.replace_accounts(account, given.origin),
                Err(fault) => refuse("--upstream", &given.value, fault),
            }
        }
        if problems.is_empty() { Ok(self) } else { Err(problems) }
    }

    /// The account that stands for `--upstream`.
    fn sole_account(&self, url: UpstreamUrl) -> Result<Account, Fault> {
        let upstream = match url {
            UpstreamUrl::Maildir(path) => UpstreamUrl::Maildir(std::path::absolute(&path).unwrap_or(path)),
            smtp @ UpstreamUrl::Smtp { .. } => smtp,
        };
        let passes = matches!(upstream, UpstreamUrl::Smtp { .. }) && !upstream.exposes_passwords();
        let login = match self.serve.auth {
            Auth::PassThrough if !passes => {
                return Err(Fault::new(
                    "`auth = \"pass-through\"` needs a server that can check the login, over TLS",
                    "`auth = \"pass-through\"` には、ログインを確かめられる TLS 対応のサーバーが必要です",
                ));
            }
            Auth::None => Login::None,
            Auth::Auto | Auth::PassThrough | Auth::Users if passes => Login::PassThrough,
            Auth::Auto | Auth::PassThrough | Auth::Users => Login::None,
        };
        Ok(Account {
            name: "default".to_owned(),
            from: Vec::new(),
            upstream,
            login,
            allow_plaintext: false,
            tls_ca: None,
            drafts: None,
        })
    }

    fn replace_accounts(&mut self, account: Account, origin: Origin) {
        let at = self.settings.iter().position(|setting| setting.table.starts_with("account"));
        let at = at.unwrap_or(self.settings.len());
        self.settings.retain(|setting| !setting.table.starts_with("account"));
        let pass_through = matches!(account.login, Login::PassThrough);
        for (key, value) in [
            ("pass_through", pass_through.to_string()),
            ("upstream", quoted(&account.upstream.to_string())),
            ("name", quoted(&account.name)),
        ] {
            let table = "account[1]".to_owned();
            self.settings.insert(at, Setting { table, key: key.to_owned(), value: Some(value), origin, cut: false });
        }
        self.accounts = vec![account];
    }

    pub(super) fn add_default_account(&mut self) {
        if self.accounts.is_empty() {
            let upstream = UpstreamUrl::Maildir(self.data_dir.join("delivered"));
            let account = Account {
                name: "default".to_owned(),
                from: Vec::new(),
                upstream,
                login: Login::None,
                allow_plaintext: false,
                tls_ca: None,
                drafts: None,
            };
            self.replace_accounts(account, Origin::Default);
        }
    }

    /// The built-in account lives in the data directory and moves with it.
    fn move_default_account(&mut self) {
        if self.settings.iter().any(|s| s.path() == "account[1].upstream" && s.origin == Origin::Default) {
            self.accounts.clear();
            self.add_default_account();
        }
    }

    /// Sets the effective value of a key in the list for `config show`.
    pub(super) fn note(&mut self, path: &str, value: String, origin: Option<Origin>) {
        if let Some(setting) = self.settings.iter_mut().find(|setting| setting.path() == path) {
            setting.value = Some(value);
            setting.origin = origin.unwrap_or(setting.origin);
        }
    }
}
