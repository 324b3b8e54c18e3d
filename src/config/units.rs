//! Values as people write them: durations, sizes, socket addresses, domains.
//!
//! Pure.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::source::Fault;

/// A text with something in it.
pub(super) fn filled(text: &str) -> Result<String, Fault> {
    if text.trim().is_empty() {
        return Err(Fault::new("the text is empty", "空の文字列です"));
    }
    if text.chars().any(char::is_control) {
        return Err(Fault::new("contains a control character", "制御文字が含まれています"));
    }
    Ok(text.to_owned())
}

/// A duration such as `30s`, `10m`, `1h30m`: whole numbers with `d`, `h`, `m`, `s`, `ms`, the larger unit first.
///
/// # Errors
/// Anything else, with the form that is expected.
pub fn duration(text: &str) -> Result<Duration, Fault> {
    const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
    let wrong = || {
        Fault::new(format!("{} is not a duration", quoted(text)), format!("{} は時間として読めません", quoted(text)))
            .help(
                "write a whole number with a unit: \"30s\", \"10m\", \"1h30m\", \"2d\"",
                "整数と単位で書きます: \"30s\"、\"10m\"、\"1h30m\"、\"2d\"",
            )
    };
    let mut rest = text;
    let mut total: u64 = 0;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let (number, behind) = leading_number(rest).ok_or_else(wrong)?;
        let unit_end = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (name, behind) = behind.split_at(unit_end);
        // Searching on from the last unit makes each unit appear once, in falling order.
        let (_, millis) = units.find(|(unit, _)| *unit == name).ok_or_else(wrong)?;
        total = number.checked_mul(*millis).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
        rest = behind;
    }
    if text.is_empty() { Err(wrong()) } else { Ok(Duration::from_millis(total)) }
}

/// A day such as `2026-10-02`.
pub(super) fn date(text: &str) -> Result<jiff::civil::Date, Fault> {
    // Times, offsets and other calendars are read by jiff too, and would be dropped in silence.
    let is_plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|_| is_plain).ok_or_else(|| {
        Fault::new(
            format!("{} is not a day of the calendar", quoted(text)),
            format!("{} は日付として読めません", quoted(text)),
        )
        .help("write year, month and day: 2026-10-02", "年月日を書きます: 2026-10-02")
    })
}

/// Bytes from a text such as `50MB` (10^6), `64KiB` (2^10) or `1000B`, in any case, with or without a space.
///
/// # Errors
/// Anything else, with the form that is expected.
pub fn size(text: &str) -> Result<u64, Fault> {
    const UNITS: [(&str, u64); 7] = [
        ("b", 1),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
    ];
    let wrong = || {
        Fault::new(format!("{} is not a size", quoted(text)), format!("{} は大きさとして読めません", quoted(text)))
            .help(
                "write a whole number with a unit: \"25MB\", \"64KiB\", or bytes without quotes: 25000000",
                "整数と単位で書きます: \"25MB\"、\"64KiB\"。バイト数なら引用符なしで 25000000",
            )
    };
    let (number, unit) = leading_number(text).ok_or_else(wrong)?;
    let unit = unit.trim_start_matches(' ').to_ascii_lowercase();
    let (_, bytes) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
    number.checked_mul(*bytes).ok_or_else(wrong)
}

/// An IP address and port; `localhost` stands for 127.0.0.1, because which of its addresses a name gives is chance.
pub(super) fn listen(text: &str) -> Result<SocketAddr, Fault> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    if let Some(port) = text.strip_prefix("localhost:").and_then(|port| port.parse().ok()) {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    let fault = Fault::new(
        format!("{} is not an IP address with a port", quoted(text)),
        format!("{} は IP アドレスとポート番号ではありません", quoted(text)),
    );
    let port = text.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
    let meant = match port {
        Some(port) if text == port.to_string() || text == format!(":{port}") => format!("127.0.0.1:{port}"),
        Some(port) if text.starts_with("*:") => format!("0.0.0.0:{port}"),
        _ if text.parse::<Ipv4Addr>().is_ok() => format!("{text}:2525"),
        _ => {
            return Err(fault.help(
                "write for example \"127.0.0.1:2525\" or \"[::1]:2525\"",
                "例: \"127.0.0.1:2525\"、\"[::1]:2525\"",
            ));
        }
    };
    Err(fault.help(format!("did you mean \"{meant}\"?"), format!("\"{meant}\" ではありませんか?")))
}

/// A domain name in lower case without a final dot; U-labels stay as they are.
///
/// # Errors
/// Addresses, wildcards, full-width letters and everything else that is no domain name.
pub fn domain(text: &str) -> Result<String, Fault> {
    let fault =
        Fault::new(format!("{} is not a domain", quoted(text)), format!("{} はドメインではありません", quoted(text)));
    if text.chars().any(|c| ('\u{ff00}'..='\u{ffef}').contains(&c)) {
        return Err(fault.help(
            "it has full-width letters or half-width kana; write ordinary ones",
            "全角英数字か半角カナが含まれています。通常の文字で書いてください",
        ));
    }
    let name = text.strip_suffix('.').unwrap_or(text).to_lowercase();
    let meant = name.rsplit('@').next().unwrap_or_default().trim_start_matches("*.");
    if is_domain_name(&name) {
        return Ok(name);
    }
    if meant != name && is_domain_name(meant) {
        return Err(fault.help(
            format!("write \"{meant}\"; its sub-domains count too"),
            format!("\"{meant}\" と書きます。サブドメインも含まれます"),
        ));
    }
    Err(fault.help("write for example \"example.co.jp\"", "例: \"example.co.jp\""))
}

/// Letters, digits, hyphens and at least one dot (RFC 1035 section 2.3.1, IDNA U-labels, underscores as seen).
pub(super) fn is_domain_name(name: &str) -> bool {
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    name.len() <= 253 && (name.contains('.') || name == "localhost") && name.split('.').all(label_ok)
}

/// A mail address in lower case.
///
/// # Errors
/// Anything else, also an address with a name before it.
pub fn address(text: &str) -> Result<String, Fault> {
    let wrong = || {
        Fault::new(
            format!("{} is not a mail address", quoted(text)),
            format!("{} はメールアドレスではありません", quoted(text)),
        )
        .help("write for example \"me@example.jp\", without a name", "例: \"me@example.jp\" (名前は付けません)")
    };
    let (local, domain_part) = text.rsplit_once('@').ok_or_else(wrong)?;
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || "()<>[]:;,@\\\"*".contains(c);
    if domain_part.is_empty() || local.is_empty() || local.len() > 64 || local.contains(forbidden) {
        return Err(wrong());
    }
    let domain_part = domain(domain_part)?;
    Ok(format!("{}@{domain_part}", local.to_lowercase()))
}

/// A text from the file inside a message: quoted, without control characters, and not endless.
pub(super) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(60).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().count() > 60 { format!("\"{short}…\"") } else { format!("\"{short}\"") }
}

fn leading_number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, seconds) in
            [("30s", 30), ("10m", 600), ("1h30m", 5400), ("2d", 172_800), ("0s", 0), ("1m1000ms", 61)]
        {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "10",
            "m",
            "10 m",
            "1.5h",
            "30m1h",
            "1h1h",
            "-1s",
            "10min",
            "99999999999999999999s",
            "9999999999999999d",
            "１０m",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes() {
        for (text, bytes) in [("50MB", 50_000_000), ("64KiB", 65_536), ("1 gb", 1_000_000_000), ("7b", 7)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "MB", "50", "50M", "1.5MB", "-1MB", "99999999999999999GB", "5 M B"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn domains_and_addresses() {
        assert_eq!(domain("Example.CO.JP."), Ok("example.co.jp".to_owned()));
        assert_eq!(domain("例え.example"), Ok("例え.example".to_owned()));
        for text in
            ["", ".", "a..b", "a@b.example", "*.b.example", "ｅｘ.example", "a b.example", "nodots", "-a.example"]
        {
            assert!(domain(text).is_err(), "{text}");
        }
        assert_eq!(address("Me@Example.jp"), Ok("me@example.jp".to_owned()));
        for text in ["", "a", "@b.example", "a@", "Me <me@b.example>", "a b@c.example", "*@b.example"] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
