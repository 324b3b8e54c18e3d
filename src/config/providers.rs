//! Outgoing mail servers of common providers, from `data/providers.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Security, UpstreamUrl};
use crate::lang::Lang;

/// One provider's outgoing server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    pub id: String,
    pub name: String,
    /// Domains of its customers' addresses; empty when customers bring their own.
    pub domains: Vec<String>,
    /// May contain a part in `<…>` that only the customer knows.
    pub host: String,
    pub port: u16,
    security: SecurityName,
    /// Another port and security, for example `587 starttls`.
    pub alternative: Option<String>,
    /// What the login name is, for example `full address`.
    pub user: String,
    /// What the password is, for example `app password`.
    pub auth: String,
    /// How the entry was checked: `autoconfig`, `vendor`, `memory`.
    pub checked: String,
    note: Option<String>,
    note_ja: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SecurityName {
    Tls,
    StartTls,
    Plain,
}

/// All providers, in the order of the file.
pub fn providers() -> &'static [Provider] {
    #[derive(Deserialize)]
    struct Providers {
        provider: Vec<Provider>,
    }
    static PROVIDERS: LazyLock<Vec<Provider>> = LazyLock::new(|| {
        let file: Providers = toml::from_str(include_str!("../../data/providers.toml")).expect("tested below");
        file.provider
    });
    &PROVIDERS
}

/// The provider of the addresses of a domain (lower case), or of the domain it stands under.
pub fn provider_of_domain(domain: &str) -> Option<&'static Provider> {
    let under =
        |known: &String| domain == known || domain.strip_suffix(known.as_str()).is_some_and(|rest| rest.ends_with('.'));
    providers().iter().find(|provider| provider.domains.iter().any(under))
}

/// The provider with this id or name, in any case.
pub fn provider_named(text: &str) -> Option<&'static Provider> {
    let text = text.trim().to_lowercase();
    providers().iter().find(|provider| provider.id == text || provider.name.to_lowercase() == text)
}

impl Provider {
    pub fn security(&self) -> Security {
        match self.security {
            SecurityName::Tls => Security::Tls,
            SecurityName::StartTls => Security::StartTls,
            SecurityName::Plain => Security::Plain,
        }
    }

    /// The server's URL; `None` when part of the host name is known only to the customer.
    pub fn upstream(&self) -> Option<UpstreamUrl> {
        let host = self.host.clone();
        (!host.contains('<')).then(|| UpstreamUrl::Smtp { security: self.security(), host, port: self.port })
    }

    /// Whether a password alone does not open it, so that only a mail program that speaks OAuth2 can log in.
    pub fn needs_oauth(&self) -> bool {
        self.auth == "oauth2"
    }

    /// What the customer should know; entries nobody has verified say so.
    pub fn note(&self, lang: Lang) -> Option<String> {
        let note = match lang {
            Lang::En => self.note.as_deref(),
            Lang::Ja => self.note_ja.as_deref(),
        };
        let doubt = match lang {
            Lang::En => "Not verified: please compare with the provider's own page.",
            Lang::Ja => "未確認の情報です。事業者の案内ページと照らし合わせてください。",
        };
        match (note, self.checked == "memory") {
            (Some(note), true) => Some(format!("{note} {doubt}")),
            (Some(note), false) => Some(note.to_owned()),
            (None, true) => Some(doubt.to_owned()),
            (None, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_file_is_complete_in_both_languages() {
        let mut ids = HashSet::new();
        let mut domains = HashSet::new();
        assert!(providers().len() >= 80);
        for provider in providers() {
            assert!(ids.insert(&provider.id), "{} twice", provider.id);
            assert_eq!(provider.note.is_some(), provider.note_ja.is_some(), "{}", provider.id);
            for domain in &provider.domains {
                assert!(domains.insert(domain), "{domain} twice");
            }
            if let Some(url) = provider.upstream() {
                assert_eq!(UpstreamUrl::parse(&url.to_string()), Ok(url), "{}", provider.id);
            }
        }
    }

    #[test]
    fn finds_a_provider_by_domain_and_by_name() {
        assert_eq!(provider_of_domain("gmail.com").map(|p| p.host.as_str()), Some("smtp.gmail.com"));
        assert_eq!(provider_of_domain("a1.dion.ne.jp").map(|p| p.id.as_str()), Some("au-one-net"));
        assert!(provider_of_domain("notgmail.com").is_none());
        assert!(provider_named("XServer").is_some_and(|provider| provider.upstream().is_none()));
    }
}
