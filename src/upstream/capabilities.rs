//! What the next server said it can do. Pure.
//!
//! Of LIMITS (RFC 9422) the recipients of one mail count: it is not cut in two, so one with more would be put off for ever. A
//! server that takes so many mails of one connection closes it with a 421, behind which the next goes over a new one.

/// The extensions of one EHLO reply that matter here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Capabilities {
    pub(super) pipelining: bool,
    pub(super) eight_bit_mime: bool,
    pub(super) smtputf8: bool,
    pub(super) starttls: bool,
    /// Delivery reports on request (RFC 3461).
    pub(super) dsn: bool,
    /// SIZE is offered (RFC 1870).
    pub(super) size: bool,
    /// The largest mail in octets, if a limit was declared.
    pub(super) max_size: Option<u64>,
    /// The most recipients of one mail, if a limit was declared (RFC 9422 section 4.2).
    pub(super) max_recipients: Option<usize>,
    /// SASL mechanisms in capitals, in the server's order.
    pub(super) auth: Vec<String>,
}

impl Capabilities {
    /// Reads the lines of an EHLO reply; the first one is the server's name (RFC 5321 section 4.1.1.1).
    pub(super) fn of(lines: &[String]) -> Capabilities {
        let mut all = Capabilities::default();
        for line in lines.iter().skip(1) {
            // `AUTH=LOGIN` is the form of old servers that some still send beside the right one.
            let line = line.to_ascii_uppercase().replacen("AUTH=", "AUTH ", 1);
            let mut words = line.split_whitespace();
            match words.next().unwrap_or_default() {
                "PIPELINING" => all.pipelining = true,
                "8BITMIME" => all.eight_bit_mime = true,
                "SMTPUTF8" => all.smtputf8 = true,
                "STARTTLS" => all.starttls = true,
                "DSN" => all.dsn = true,
                "SIZE" => {
                    all.size = true;
                    // RFC 1870 section 4: 0 means that no fixed maximum is in force.
                    all.max_size = words.next().and_then(|limit| limit.parse().ok()).filter(|&limit| limit > 0);
                }
                "LIMITS" => {
                    let most = |word: &str| word.strip_prefix("RCPTMAX=")?.parse().ok();
                    all.max_recipients = words.find_map(most).filter(|&most| most > 0);
                }
                "AUTH" => {
                    for mechanism in words {
                        if !all.auth.iter().any(|known| known == mechanism) {
                            all.auth.push(mechanism.to_owned());
                        }
                    }
                }
                _ => {}
            }
        }
        all
    }

    pub(super) fn offers_auth(&self, mechanism: &str) -> bool {
        self.auth.iter().any(|offered| offered == mechanism)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Capabilities {
        Capabilities::of(&lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn reads_keywords_in_any_case() {
        let all = of(&[
            "mail.example",
            "pipelining",
            "Size 1000",
            "8bitmime",
            "SMTPUTF8",
            "STARTTLS",
            "limits MAILMAX=20 rcptmax=100",
            "AUTH plain LOGIN",
            "AUTH=LOGIN XOAUTH2",
        ]);
        assert!(all.pipelining && all.eight_bit_mime && all.smtputf8 && all.starttls && all.size);
        assert_eq!((all.max_size, all.max_recipients), (Some(1000), Some(100)));
        assert_eq!(all.auth, ["PLAIN", "LOGIN", "XOAUTH2"]);
    }

    #[test]
    fn a_server_named_like_an_extension_offers_nothing() {
        assert_eq!(of(&["PIPELINING"]), Capabilities::default());
        assert_eq!(of(&["x", "SIZE 0"]).max_size, None);
        assert_eq!(of(&["x", "SIZE lots"]).max_size, None);
        assert!(!of(&["x", "", "  "]).size);
        assert_eq!(of(&["x", "LIMITS RCPTMAX=0 RCPTMAX"]).max_recipients, None);
    }
}
