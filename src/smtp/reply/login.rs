//! Answers about encryption and login.

use super::Reply;

/// TLS (RFC 3207) and login (RFC 4954).
impl Reply {
    pub(in crate::smtp) fn start_tls() -> Reply {
        Reply::new(220, "2.0.0", "Ready to start TLS")
    }

    pub(in crate::smtp) fn encryption_needed() -> Reply {
        Reply::new(530, "5.7.0", "Encryption is required first: choose STARTTLS")
    }

    pub(in crate::smtp) fn login_needs_encryption() -> Reply {
        Reply::new(538, "5.7.11", "Passwords are not taken over an unencrypted connection: choose STARTTLS")
    }

    pub(in crate::smtp) fn login_needed() -> Reply {
        Reply::new(530, "5.7.0", "A login is required: set user name and password for this server")
    }

    /// A SASL challenge, already in base64.
    pub(in crate::smtp) fn challenge(base64: &str) -> Reply {
        Reply::plain(334, &[base64])
    }

    pub(in crate::smtp) fn logged_in() -> Reply {
        Reply::new(235, "2.7.0", "Login accepted")
    }

    /// In the words of the next server if it said any; else one text for unknown users and wrong passwords.
    pub(in crate::smtp) fn login_failed(upstream: Option<&str>) -> Reply {
        Reply::new(535, "5.7.8", upstream.unwrap_or("User name or password is wrong"))
    }

    pub(in crate::smtp) fn login_try_later(upstream: Option<&str>) -> Reply {
        let why = upstream.map_or_else(String::new, |text| format!(": {text}"));
        Reply::new(454, "4.7.0", &format!("The login could not be checked now, please try again{why}"))
    }

    pub(in crate::smtp) fn login_cancelled() -> Reply {
        Reply::new(501, "5.7.0", "Login cancelled")
    }

    pub(in crate::smtp) fn bad_login_data() -> Reply {
        Reply::new(
            501,
            "5.5.2",
            "The login data is not what the mechanism asks for, check the login settings for this server",
        )
    }

    pub(in crate::smtp) fn login_line_too_long() -> Reply {
        Reply::new(500, "5.5.6", "The login data is too long")
    }

    pub(in crate::smtp) fn unknown_mechanism() -> Reply {
        Reply::new(504, "5.5.4", "Unknown login mechanism, use PLAIN, LOGIN, OAUTHBEARER or XOAUTH2")
    }

    pub(in crate::smtp) fn too_many_logins() -> Reply {
        Reply::new(
            421,
            "4.7.0",
            "Too many failed logins, closing the connection: check user name and password, then connect again",
        )
    }
}
