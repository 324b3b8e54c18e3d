//! Who wrote a quoted mail, when and to whom, out of the words of its head.

use std::collections::HashSet;

use jiff::civil::DateTime;

use super::when;

/// Who wrote the quoted text, when, and to whom, as its attribution line or header block tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuoteHead {
    /// The name as written; may be empty.
    pub author: String,
    /// The address as written.
    pub address: Option<String>,
    /// When it was written, as its head says; midnight if it tells no time of day. None where the order of day and
    /// month is open.
    pub date: Option<DateTime>,
    /// The other addresses its head names (To, Cc), as written.
    pub recipients: Vec<String>,
    /// Receivers its head names without an address, as some programs do inside one house.
    pub unaddressed: usize,
    /// The head names receivers, and each by its address.
    pub complete: bool,
    /// The mail was forwarded, not answered.
    pub forwarded: bool,
    /// Where the head begins, in octets of the text.
    pub at: usize,
}

/// A head never names more receivers than these, lest a pasted list costs more than the mail.
const MAX_RECIPIENTS: usize = 2000;

impl QuoteHead {
    /// Out of an attribution line without its line breaks: 「2026年10月14日(水) 10:23 佐藤 <k-sato@aoba.example>:」.
    pub(super) fn of_attribution(text: &str) -> QuoteHead {
        let body = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '：' | '-' | '\u{feff}'));
        let address = addresses(body).next();
        QuoteHead {
            author: author(body, address),
            address: address.map(str::to_owned),
            date: when::when(body),
            ..QuoteHead::default()
        }
    }

    /// The author's field of a header block: `Mei Tan <mei@t.example>`, `Mei Tan [mailto:mei@t.example]`.
    pub(super) fn set_author(&mut self, value: &str) {
        // "List <list@t.example> on behalf of Mei <mei@t.example>": the second one wrote it.
        let value = DEPUTIES.iter().find_map(|words| value.split_once(words)).map_or(value, |(_, behind)| behind);
        let name = &value[..value.find(['<', '[', '＜']).unwrap_or(value.len())];
        let name = name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '*' | ';'));
        self.address = addresses(value).next().map(str::to_owned);
        // Lotus Notes: "Mei Tan/HR/Birch@BIRCH".
        let name = if self.address.is_none() { name.split(['/', '@']).next().unwrap_or(name) } else { name };
        self.author = if name.contains('@') { String::new() } else { name.to_owned() };
    }

    pub(super) fn add_recipients(&mut self, value: &str) {
        let room = MAX_RECIPIENTS.saturating_sub(self.recipients.len());
        self.recipients.extend(addresses(value).take(room).map(str::to_owned));
        let separators = if value.contains([';', '；']) { [';', '；'] } else { [',', '、'] };
        let named = value.split(separators).filter(|one| !one.trim().is_empty() && addresses(one).next().is_none());
        self.unaddressed += named.count();
    }

    /// Each other address once.
    pub(super) fn tidy(&mut self) {
        self.complete = !self.recipients.is_empty() && self.unaddressed == 0;
        let mut seen: HashSet<String> = self.address.iter().map(|address| address.to_lowercase()).collect();
        self.recipients.retain(|address| seen.insert(address.to_lowercase()));
    }
}

/// What stands between a deputy and whom it writes for.
const DEPUTIES: [&str; 3] = [" on behalf of ", "の代理 ", "の代理人 "];

/// The addresses in a text, as written, without brackets and `mailto:`.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    let between = |c: char| c.is_whitespace() || "<>()[]\"',;:、，；：＜＞（）「」*".contains(c);
    text.split(between).filter(|word| {
        word.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.trim_matches('.').contains('.'))
    })
}

/// Words between the date and the name, in lower case; those of languages that put the verb there too.
const BEFORE_NAME: [&str; 22] = [
    "a.m.",
    "p.m.",
    "a. m.",
    "p. m.",
    "am",
    "pm",
    "gmt",
    "utc",
    "jst",
    "uhr",
    "schrieb",
    "schreef",
    "skrev",
    "from",
    "by",
    "に",
    "より",
    "日",
    "on",
    "quoting",
    "zitat von",
    "um",
];
const BEFORE_IT: [&str; 3] = [" schrieb ", " schreef ", " skrev "];
/// What ends the name where no address does.
const BEHIND_NAME: [&str; 17] = [
    " wrote",
    " writes",
    " schrieb",
    " a écrit",
    " escribió",
    " ha scritto",
    " escreveu",
    "さんは",
    "さんが",
    "さんからの",
    "からのメール",
    "のメール",
    "님이",
    " 于",
    " 於",
    " said",
    " пишет",
];

/// The name in an attribution: what is neither date nor verb nor address.
fn author(body: &str, address: Option<&str>) -> String {
    let address_at = address.and_then(|address| body.find(address)).unwrap_or(body.len());
    let front = &body[..address_at];
    let front = front.trim_end_matches(|c: char| c.is_whitespace() || "<([\"'＜（:".contains(c));
    let front = front.strip_suffix("mailto").unwrap_or(front).trim_end_matches(['<', '[', '(', ' ']);
    // In some languages the verb stands between date and name.
    let front = BEFORE_IT.iter().find_map(|verb| front.split_once(verb)).map_or(front, |(_, name)| name);
    let cut = BEHIND_NAME.iter().filter_map(|end| front.find(end)).filter(|&at| at > 0).min();
    let named = behind_date(&front[..cut.unwrap_or(front.len())]);
    let name = named.trim_matches(|c: char| c.is_whitespace() || "、,/\"'「」:.*".contains(c));
    // "a@b.example (Name) writes"
    let bracketed = || {
        let after = &body[(address_at + address.map_or(0, str::len)).min(body.len())..];
        after.split_once('(').and_then(|(_, inside)| inside.split_once(')')).map(|(inside, _)| inside.trim())
    };
    let name =
        if name.is_empty() { bracketed().filter(|inside| !inside.contains('@')).unwrap_or_default() } else { name };
    if name.contains('@') || name.chars().count() > 80 { String::new() } else { name.to_owned() }
}

/// What follows the date and time of day, or stands before them if nothing follows.
fn behind_date(text: &str) -> &str {
    let bytes = text.as_bytes();
    let (mut first, mut last, mut at) = (None, 0, 0);
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        if length == 0 {
            at += 1;
            continue;
        }
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + length..).unwrap_or_default());
        let is_dated = length == 4
            || before.ends_with([':', '/', '.', '-', '+', '年', '月', '時', '：', '／'])
            || after.starts_with(['年', '月', '日', '時', '分', ':', '/', '.', '년', '월', '일']);
        if is_dated {
            first.get_or_insert(at);
            last = at + length;
        }
        at += length;
    }
    let Some(first) = first else { return strip_words(text) };
    let behind = text[last..].trim_start_matches(|c: char| "年月日時分秒년월일시분초".contains(c));
    let behind = strip_weekday(behind);
    let name = strip_words(behind);
    let front = text[..first].trim_end_matches(|c: char| !c.is_alphanumeric());
    match name.is_empty() {
        true if front.contains(|c: char| c.is_ascii_digit()) || front.starts_with("On ") => "",
        true => strip_words(front),
        false => name,
    }
}

/// 「(水)」, 「 水曜日」 behind a date.
fn strip_weekday(text: &str) -> &str {
    let text = text.trim_start();
    let inner = text.strip_prefix(['(', '（']).unwrap_or(text);
    let mut chars = inner.chars();
    match (chars.next(), chars.next()) {
        (Some(day), Some(')' | '）' | '曜' | ' ' | '、')) if "月火水木金土日수목금토일화".contains(day) => {
            inner[day.len_utf8()..].trim_start_matches(['曜', '日', ')', '）', ' '])
        }
        _ => text,
    }
}

fn strip_words(text: &str) -> &str {
    let blank = |c: char| c.is_whitespace() || "、,/\"「」:()+".contains(c);
    let mut rest = text.trim_start_matches(blank);
    while let Some(word) = BEFORE_NAME.iter().find(|word| {
        let is_word = |rest: &str| rest.chars().next().is_none_or(|c| !c.is_alphabetic()) || !word.is_ascii();
        rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word) && is_word(&rest[word.len()..]))
    }) {
        rest = rest[word.len()..].trim_start_matches(blank);
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_name_in_every_attribution() {
        for (text, name, address) in [
            ("2026年10月14日(水) 10:23 佐藤 健一 <k-sato@aoba.example>:", "佐藤 健一", "k-sato@aoba.example"),
            ("2026/10/14 10:23、佐藤 健一 <k-sato@aoba.example>のメール：", "佐藤 健一", "k-sato@aoba.example"),
            ("2026/10/14 10:23、佐藤 健一のメール:", "佐藤 健一", ""),
            ("On 2026/10/14 10:23, 佐藤 健一 wrote:", "佐藤 健一", ""),
            ("On Wed, Oct 14, 2026 at 10:23 AM Doe, Jane <j@d.example> wrote:", "Doe, Jane", "j@d.example"),
            ("On 14 Oct 2026, at 10:23, Priya Raman <p@alder.example> wrote:", "Priya Raman", "p@alder.example"),
            ("On Wed, 14 Oct 2026 10:23:00 +0900 Mei Tan <mei@t.example> wrote:", "Mei Tan", "mei@t.example"),
            ("---- On Wed, 14 Oct 2026 10:23:00 +0900 Mei <mei@t.example> wrote ----", "Mei", "mei@t.example"),
            ("On Wed, Oct 14, 2026, mei@t.example wrote:", "", "mei@t.example"),
            ("Am 14.10.26 um 10:23 schrieb Uwe Kern <u@k.example>:", "Uwe Kern", "u@k.example"),
            ("Am Mi., 14. Okt. 2026 um 10:23 schrieb Uwe Kern:", "Uwe Kern", ""),
            ("Le mer. 14 oct. 2026 à 10:23, Anne Roy <a@r.example> a écrit :", "Anne Roy", "a@r.example"),
            ("Mei Tan <mei@t.example> 于2026年10月14日周三 10:23写道：", "Mei Tan", "mei@t.example"),
            ("2026년 10월 14일 (수) 오전 10:23, 김민수 <kim@s.example>님이 작성:", "김민수", "kim@s.example"),
            ("佐藤 健一 さんは書きました:", "佐藤 健一", ""),
            ("mei@t.example (Mei Tan) writes:", "Mei Tan", "mei@t.example"),
            ("Mei Tan wrote on 14/10/2026 10:23:", "Mei Tan", ""),
            ("* Mei Tan <mei@t.example> [2026-10-14 10:23]:", "Mei Tan", "mei@t.example"),
            ("2026年10月14日(水) 佐藤 <s@aoba.example>:", "佐藤", "s@aoba.example"),
            ("Quoting Amy Wu <amy@w.example>:", "Amy Wu", "amy@w.example"),
        ] {
            let head = QuoteHead::of_attribution(text);
            assert_eq!((head.author.as_str(), head.address.as_deref().unwrap_or_default()), (name, address), "{text}");
        }
    }
}
