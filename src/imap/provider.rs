//! Providers that want something else than the password of the account. Pure.

/// Whose rules about passwords are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    Google,
    Yahoo,
    Apple,
    Microsoft,
    Other,
}

impl Provider {
    pub(super) fn of(host: &str) -> Provider {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let is = |domains: &[&str]| {
            domains
                .iter()
                .any(|domain| host.strip_suffix(domain).is_some_and(|left| left.is_empty() || left.ends_with('.')))
        };
        if is(&["gmail.com", "googlemail.com", "google.com"]) {
            Provider::Google
        } else if is(&["yahoo.com", "yahoo.co.jp", "aol.com"]) {
            Provider::Yahoo
        } else if is(&["me.com", "icloud.com", "mac.com"]) {
            Provider::Apple
        } else if is(&["outlook.com", "office365.com", "hotmail.com"]) {
            Provider::Microsoft
        } else {
            Provider::Other
        }
    }

    /// What to do about a refused password.
    pub(super) fn advice(self) -> (&'static str, &'static str) {
        match self {
            Provider::Google => (
                "Google takes no account password here: make an app password (myaccount.google.com/apppasswords) or use a token",
                "Google では通常のパスワードは使えません。アプリ パスワード（myaccount.google.com/apppasswords）かトークンを使ってください",
            ),
            Provider::Yahoo => (
                "Yahoo wants an app password, or IMAP switched on in its settings: make one in the security settings of the account",
                "Yahoo では、アカウントのセキュリティ設定で作るアプリ パスワードか、設定で IMAP を有効にすることが必要です",
            ),
            Provider::Apple => (
                "iCloud wants an app-specific password: make one at account.apple.com under Sign-In and Security",
                "iCloud では「アプリ用パスワード」が必要です。account.apple.com の「サインインとセキュリティ」で作ってください",
            ),
            Provider::Microsoft => (
                "Microsoft takes no passwords for IMAP any more: use an OAuth 2.0 token",
                "Microsoft の IMAP ではパスワードは使えません。OAuth 2.0 のトークンを使ってください",
            ),
            Provider::Other => (
                "check both; some providers want IMAP switched on, or an app password for mail programs",
                "両方を確かめてください。IMAP を有効にする設定や、メールソフト用のアプリ パスワードが必要なこともあります",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_known_by_their_hosts() {
        for (host, provider) in [
            ("imap.gmail.com", Provider::Google),
            ("IMAP.Gmail.com.", Provider::Google),
            ("imap.mail.yahoo.com", Provider::Yahoo),
            ("imap.mail.yahoo.co.jp", Provider::Yahoo),
            ("imap.mail.me.com", Provider::Apple),
            ("outlook.office365.com", Provider::Microsoft),
            ("imap.notgmail.com", Provider::Other),
            ("some.com", Provider::Other),
            ("gmail.com.example", Provider::Other),
        ] {
            assert_eq!(Provider::of(host), provider, "{host}");
        }
    }
}
