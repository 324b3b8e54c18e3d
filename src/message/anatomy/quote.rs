//! Quoted and forwarded text: marks at the line start, attribution lines, header blocks.

use super::{Line, Zone};

/// Who wrote the quoted text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuoteHead {
    /// The name as written; may be empty.
    pub author: String,
    /// The address as written.
    pub address: Option<String>,
    /// When it was written, as its head says; the time of day if it tells one.
    pub date: Option<jiff::civil::DateTime>,
    /// The other addresses its head names (To, Cc), as written.
    pub recipients: Vec<String>,
}

/// Marks quoted lines and their attribution lines; tells who wrote the newest quoted text.
pub(super) fn mark(lines: &mut [Line<'_>]) -> Option<QuoteHead> {
    for line in lines.iter_mut() {
        if let Some(marks) = quote_marks(line.text) {
            line.text = &line.text[marks..];
            line.start += marks;
            line.zone = Zone::Quoted;
        }
    }
    let last_marked = lines.iter().rposition(|line| line.zone == Zone::Quoted);
    let mut head = None;
    let mut at = 0;
    while at < lines.len() {
        if lines[at].zone != Zone::Own || lines[at].is_blank() {
            at += 1;
            continue;
        }
        if let Some(found) = header_block(&lines[at..]) {
            head.get_or_insert(found);
            // Mail programs that write such a block do not mark what follows: all of it is quoted.
            lines[at..].iter_mut().for_each(|line| line.zone = Zone::Quoted);
            break;
        }
        if let Some((length, found)) = attribution(&lines[at..]) {
            head.get_or_insert(found);
            lines[at..at + length].iter_mut().for_each(|line| line.zone = Zone::Attribution);
            if last_marked.is_none_or(|last| last < at + length) {
                lines[at + length..].iter_mut().for_each(|line| line.zone = Zone::Quoted);
                break;
            }
            at += length;
            continue;
        }
        at += 1;
    }
    head
}

/// The length of leading quote marks: `> `, `>> `, `> > `, full-width too.
fn quote_marks(line: &str) -> Option<usize> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let mut length = indent;
    let mut seen = false;
    for c in line[indent..].chars() {
        match c {
            '>' | '＞' => seen = true,
            ' ' if seen => {}
            _ => break,
        }
        length += c.len_utf8();
    }
    (seen && indent <= 2).then_some(length)
}

/// `On …, X wrote:`, `2026年…X <a@b>:`, `…のメール:`, possibly wrapped over up to three lines.
fn attribution(lines: &[Line<'_>]) -> Option<(usize, QuoteHead)> {
    let mut joined = String::new();
    for (n, line) in lines.iter().take(3).enumerate() {
        if line.zone != Zone::Own || line.is_blank() {
            return None;
        }
        joined.push_str(line.text.trim());
        joined.push(' ');
        let text = joined.trim_end();
        if !text.ends_with([':', '：']) {
            if text.len() > 300 {
                return None;
            }
            continue;
        }
        let next = lines[n + 1..].iter().find(|line| !line.is_blank());
        let quote_follows = next.is_some_and(|line| line.zone == Zone::Quoted);
        return is_attribution(text, quote_follows).then(|| (n + 1, head_of(text)));
    }
    None
}

fn is_attribution(text: &str, quote_follows: bool) -> bool {
    let body = text.trim_end_matches([':', '：', ' ']);
    let lower = body.to_lowercase();
    let says_wrote = [
        "wrote",
        "writes",
        "schrieb",
        "a écrit",
        "escribió",
        "のメール",
        "さんは書きました",
        "が書きました",
        "さんからのメール",
        "からのメール",
        "さん wrote",
    ]
    .iter()
    .any(|verb| lower.ends_with(verb));
    let has_address = body.contains('@');
    let dated = has_date(&lower);
    if quote_follows {
        return says_wrote || (dated && (has_address || has_time(body)));
    }
    dated && has_address && (says_wrote || body.ends_with('>'))
}

/// A year, or a month name with a day.
fn has_date(lower: &str) -> bool {
    let digits_before = |mark: &str, least: usize| {
        lower
            .match_indices(mark)
            .any(|(at, _)| lower[..at].chars().rev().take_while(char::is_ascii_digit).count() >= least)
    };
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    digits_before("年", 4)
        || digits_before("/", 1)
        || digits_before("-", 4)
        || digits_before(".", 2)
        || (months.iter().any(|month| lower.contains(month)) && lower.contains(|c: char| c.is_ascii_digit()))
}

fn has_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(4).any(|w| w[0].is_ascii_digit() && w[1] == b':' && w[2].is_ascii_digit() && w[3].is_ascii_digit())
}

/// Name and address out of an attribution line.
fn head_of(text: &str) -> QuoteHead {
    let body = text.trim_end_matches([':', '：', ' ']);
    let Some((before, after)) = body.split_once('<') else {
        let name = body.trim_end_matches(" wrote").trim_end_matches("のメール").trim_end_matches("さんは書きました");
        return QuoteHead { author: last_name(name), address: bare_address(body), ..QuoteHead::default() };
    };
    let address = after.split('>').next().map(|a| a.trim_start_matches("mailto:").trim().to_owned());
    QuoteHead { author: last_name(before), address: address.filter(|a| a.contains('@')), ..QuoteHead::default() }
}

/// What stands behind the time of day, the last comma or slash.
fn last_name(before: &str) -> String {
    let bytes = before.as_bytes();
    let after_time = (0..bytes.len().saturating_sub(3))
        .rev()
        .find(|&at| {
            bytes[at].is_ascii_digit()
                && bytes[at + 1] == b':'
                && bytes[at + 2].is_ascii_digit()
                && bytes[at + 3].is_ascii_digit()
        })
        .map_or(0, |at| at + 4);
    let rest = before[after_time..].trim_start_matches(|c: char| c.is_ascii_digit() || ":、,/ ".contains(c));
    let rest = rest.trim_start_matches("AM").trim_start_matches("PM").trim_start_matches("am").trim_start_matches("pm");
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || "、,/\"「」:".contains(c));
    rest.rsplit([',', '、']).next().unwrap_or_default().trim_matches(|c: char| c.is_whitespace() || c == '"').to_owned()
}

fn bare_address(text: &str) -> Option<String> {
    let word = text.split_whitespace().find(|word| word.contains('@'))?;
    Some(word.trim_matches(|c: char| "<>()[],;:".contains(c)).to_owned())
}

const AUTHOR_LABELS: [&str; 5] = ["from", "差出人", "送信者", "送信元", "von"];
const OTHER_LABELS: [&str; 15] = [
    "sent",
    "date",
    "to",
    "cc",
    "subject",
    "reply-to",
    "送信日時",
    "日付",
    "日時",
    "宛先",
    "件名",
    "受信日時",
    "gesendet",
    "an",
    "betreff",
];

/// A separator line or the first label of a block of header fields in the text; the block itself tells the author.
fn header_block(lines: &[Line<'_>]) -> Option<QuoteHead> {
    let first = lines.first()?.text.trim();
    let separated = is_separator(first);
    let ruled = is_rule(first);
    if !separated && !ruled && label(first).is_none() {
        return None;
    }
    let skip = usize::from(separated || ruled);
    let fields: Vec<(String, &str)> = lines[skip..]
        .iter()
        .filter(|line| !line.is_blank())
        .take(7)
        .map_while(|line| {
            label(line.text).or_else(|| line.text.starts_with([' ', '\t']).then(|| (String::new(), line.text)))
        })
        .collect();
    let author = fields.iter().find(|(name, _)| AUTHOR_LABELS.contains(&name.as_str()));
    let others = fields.iter().filter(|(name, _)| OTHER_LABELS.contains(&name.as_str())).count();
    // The first field must be the author's, lest a list of labels in own text counts.
    let starts_right = fields.first().is_some_and(|(name, _)| separated || AUTHOR_LABELS.contains(&name.as_str()));
    match author {
        Some((_, value)) if starts_right && others >= 2 => Some(author_field(value)),
        _ if separated => Some(author.map(|(_, value)| author_field(value)).unwrap_or_default()),
        _ => None,
    }
}

fn author_field(value: &str) -> QuoteHead {
    let name_end = value.find(['<', '[']).unwrap_or(value.len());
    let address = value.split(['<', '[', '>', ']', ' ']).find(|piece| piece.contains('@'));
    let name = value[..name_end].trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '*');
    QuoteHead {
        author: if name.contains('@') { String::new() } else { name.to_owned() },
        address: address.map(|a| a.trim_start_matches("mailto:").to_owned()),
        ..QuoteHead::default()
    }
}

/// `From: value`, bold marks stripped: the label in lower case and the value.
fn label(line: &str) -> Option<(String, &str)> {
    let line = line.trim().trim_start_matches('*');
    let colon = line.find([':', '：'])?;
    let (name, value) = line.split_at(colon);
    let value = value.trim_start_matches([':', '：', '*', ' ']);
    let name = name.trim_end_matches('*').trim().to_lowercase();
    let known = AUTHOR_LABELS.contains(&name.as_str()) || OTHER_LABELS.contains(&name.as_str());
    known.then_some((name, value))
}

fn is_separator(line: &str) -> bool {
    let lower = line.to_lowercase();
    let inner = lower.trim_matches(|c: char| c == '-' || c == '_' || c == '=' || c.is_whitespace());
    let ruled = line.starts_with("--") || line.starts_with("==");
    let words = [
        "original message",
        "forwarded message",
        "元のメッセージ",
        "転送メッセージ",
        "original appointment",
        "ursprüngliche nachricht",
    ];
    (ruled && words.iter().any(|word| inner == *word || inner.starts_with(word) && inner.len() < word.len() + 30))
        || inner == "begin forwarded message:"
        || inner.starts_with("転送されたメッセージの始まり")
}

fn is_rule(line: &str) -> bool {
    line.len() >= 10 && line.chars().all(|c| c == '_' || c == '-')
}
