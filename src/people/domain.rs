//! Domains compared: which organisation, and is this one a slip for that one?

mod consumer;
mod keyboard;
mod likeness;

use super::tables;

pub use consumer::{consumer_slip, top_level_slip};
pub use likeness::{KnownDomains, Likeness, likeness, skeleton_of_mixed};

/// The domain an organisation registers, in lower-case ASCII: `mail.example.co.jp` belongs to `example.co.jp`.
pub fn registrable(domain: &str) -> String {
    let ascii = to_ascii(domain);
    let own = psl::domain_str(&ascii).unwrap_or(&ascii);
    // A host that IDNA cannot convert as a whole may have a domain that it can.
    if own.is_ascii() { own.to_owned() } else { to_ascii(own) }
}

/// Lower-case A-label form, without a final dot; what cannot be converted stays as it is.
pub fn to_ascii(domain: &str) -> String {
    let domain = domain.trim_end_matches('.').to_lowercase();
    idna::domain_to_ascii(&domain).unwrap_or(domain)
}

/// Whether people at this domain share no organisation (free webmail, providers, mobile carriers).
pub fn is_freemail(domain: &str) -> bool {
    let ascii = to_ascii(domain);
    tables::is_freemail(&ascii) || tables::is_freemail(&registrable(&ascii))
}

/// Whether `domain` is `of` or a sub-domain of it.
pub fn belongs_to(domain: &str, of: &str) -> bool {
    let (domain, of) = (to_ascii(domain), to_ascii(of));
    domain == of || domain.strip_suffix(&of).is_some_and(|head| head.ends_with('.'))
}

/// The known domain whose labels stand in front of another domain: `own.example` in `own.example.evil.test`.
pub fn front_of(domain: &str, is_known: impl Fn(&str) -> bool) -> Option<String> {
    let ascii = to_ascii(domain);
    let own = psl::domain_str(&ascii).unwrap_or(&ascii);
    let front = ascii.strip_suffix(own)?.strip_suffix('.')?;
    let ends = front.match_indices('.').map(|(at, _)| at).chain([front.len()]);
    ends.map(|end| &front[..end]).filter(|head| head.contains('.')).find(|head| is_known(head)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_an_organisation_registers() {
        assert_eq!(registrable("Mail.Example.co.jp."), "example.co.jp");
        assert_eq!(registrable("b.example"), "b.example");
        // IDNA converts the domain, not the whole host.
        assert_eq!(registrable("×.Ӄ.cocmiBK"), registrable(&registrable("×.Ӄ.cocmiBK")));
        assert_eq!(registrable("ｍａｉｌ．ａｏｂａ．ｃｏ．ｊｐ"), "aoba.co.jp");
        assert!(belongs_to("sales.own.example", "own.example") && !belongs_to("notown.example", "own.example"));
        assert!(!belongs_to("own.example.evil.test", "own.example"));
        assert!(is_freemail("gmail.com") && is_freemail("docomo.ne.jp") && !is_freemail("aoba.example"));
    }

    #[test]
    fn sees_a_known_name_in_front_of_another_domain() {
        let own = |domain: &str| domain == "own.example";
        assert_eq!(front_of("own.example.evil.test", own).as_deref(), Some("own.example"));
        assert_eq!(front_of("own.example.mail.evil.test", own).as_deref(), Some("own.example"));
        for domain in
            ["own.example", "mail.own.example", "notown.example.evil.test", "evil.test", "x", "kgoasoߗ.test.xϗ-"]
        {
            assert_eq!(front_of(domain, own), None, "{domain}");
        }
    }
}
