//! What a line of a signature is made of: names, ways to reach a person, and never a sentence.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use unicode_width::UnicodeWidthStr;

/// Labels and beginnings of ways to reach somebody.
const LABELS: [&str; 24] = [
    "tel",
    "fax",
    "phone",
    "mobile",
    "direct:",
    "cell",
    "電話",
    "携帯",
    "直通",
    "内線",
    "〒",
    "http://",
    "https://",
    "www.",
    "e-mail",
    "mail:",
    "住所",
    "株式会社",
    "有限会社",
    "合同会社",
    "(株)",
    "（株）",
    "㈱",
    "gmbh",
];

static LABELLED: LazyLock<AhoCorasick> = LazyLock::new(|| {
    // Built at each start: a full automaton would take longer than all it saves.
    let builder =
        AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).ascii_case_insensitive(true).build(LABELS);
    builder.expect("a few short words")
});

/// Tells how to reach a person or where a company is.
pub(super) fn is_contact(line: &str) -> bool {
    // A person's own words run on; a signature's lines are short. No character is wider than its octets.
    if line.len() > 100 && line.width() > 100 {
        return false;
    }
    let labelled = LABELLED.find_overlapping_iter(line).any(|found| {
        let label = LABELS[found.pattern().as_usize()];
        // "tell", "hotel" and "cellar" are words.
        let whole = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphabetic());
        !label.bytes().all(|b| b.is_ascii_alphabetic())
            || (whole(line[..found.start()].chars().next_back()) && whole(line[found.end()..].chars().next()))
    });
    labelled || has_address(line) || has_phone(line)
}

/// A contact that is more than a link.
pub(super) fn is_personal_contact(line: &str) -> bool {
    let bare = line.trim().trim_start_matches("URL").trim_start_matches([':', '：', ' ']);
    let is_link = bare.starts_with("http") || bare.starts_with("www.");
    is_contact(line) && !is_link
}

fn has_address(line: &str) -> bool {
    line.split_once('@').is_some_and(|(before, after)| {
        before.ends_with(|c: char| c.is_ascii_alphanumeric() || "._-+".contains(c)) && after.contains('.')
    })
}

/// Nine digits or more in a few groups, with nothing but hyphens, blanks and brackets between them.
fn has_phone(line: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let is_part = |c: char| is_digit(c) || matches!(c, '-' | ' ' | '(' | ')' | '.' | '+' | '－' | '‐');
    line.split(|c: char| !is_part(c)).any(|run| {
        let run = run.trim();
        let groups: Vec<usize> =
            run.split(|c| !is_digit(c)).map(|group| group.chars().count()).filter(|&length| length > 0).collect();
        let digits: usize = groups.iter().sum();
        let is_date = run.starts_with("20") && run.find('-') == Some(4);
        let is_grouped = (2..=6).contains(&groups.len()) && groups.iter().any(|&length| length >= 3);
        let is_whole = groups.len() == 1 && digits <= 11 && run.starts_with(['0', '+', '０']);
        (9..=15).contains(&digits) && (is_grouped || is_whole) && !is_date
    })
}

/// A name, a title, a department: short, and no sentence.
pub(super) fn is_name(line: &str) -> bool {
    let line = line.trim().trim_start_matches(['-', '–', '—', '~', '/', ' ']).trim_end_matches([',', ' ']);
    let length = line.chars().count();
    if length == 0 || is_sentence(line) || line.contains([':', '：', '、', '?', '!', '・', '@', '%', '"']) {
        return false;
    }
    if !line.is_ascii() && line.chars().any(crate::message::text::is_wide) {
        let honoured = ["様", "さん", "殿", "御中", "各位", "先生"].iter().any(|end| line.ends_with(end));
        return length <= 20 && !honoured && !line.contains(|c: char| c.is_ascii_digit());
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let capital = |word: &&str| {
        let first = word.trim_start_matches(['(', '"']).chars().next();
        first.is_some_and(|c| !c.is_lowercase())
            || matches!(*word, "and" | "of" | "de" | "van" | "von" | "der" | "&" | "y")
    };
    let stops = line.ends_with('.') && words.last().is_some_and(|word| word.len() > 3);
    words.len() <= 6
        && !stops
        && !line.contains(|c: char| c.is_ascii_digit())
        && (words.len() == 1 || words.iter().all(capital))
}

/// Words of sentences that names, titles and addresses seldom have, in lower case.
const FUNCTION_WORDS: [&str; 40] = [
    "the", "is", "are", "was", "were", "be", "you", "your", "we", "i", "it", "please", "will", "would", "can", "could",
    "to", "this", "that", "have", "has", "had", "me", "my", "our", "if", "when", "not", "with", "but", "they", "he",
    "she", "do", "does", "did", "i'll", "i'm", "let", "there",
];

/// Somebody says something.
pub(super) fn is_sentence(line: &str) -> bool {
    let line = line.trim().trim_end_matches(['"', '」', '）', ')']);
    if line.contains('。') || line.ends_with(['！', '？']) {
        return true;
    }
    const ENDINGS: [&str; 12] = [
        "ます",
        "ました",
        "です",
        "でした",
        "ません",
        "ください",
        "下さい",
        "でしょうか",
        "ですか",
        "ますか",
        "ましょう",
        "ありがとう",
    ];
    if ENDINGS.iter().any(|ending| line.ends_with(ending)) {
        return true;
    }
    let words = line.split_whitespace().count();
    let abbreviated =
        ["ltd.", "inc.", "co.", "corp.", "st.", "ave.", "rd.", "ste.", "llc.", "k.k.", "s.a.", "jr.", "b.v."];
    let lower = line.to_ascii_lowercase();
    let stops = line.ends_with(['.', '?', '!']) && words > 3 && !abbreviated.iter().any(|end| lower.ends_with(end));
    if stops && !line.contains('@') {
        return true;
    }
    let functions =
        lower.split_whitespace().filter(|word| FUNCTION_WORDS.contains(&word.trim_matches([',', '.', '!', '?'])));
    words >= 4 && functions.take(2).count() >= 2
}

/// "[1] https://…": a note to the text above.
pub(super) fn is_reference(line: &str) -> bool {
    let line = line.trim_start();
    line.strip_prefix('[').is_some_and(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(']'))
}

/// P.S., 追伸: the author speaks again.
pub(super) fn is_postscript(line: &str) -> bool {
    let line = line.trim_start();
    let lower = line.get(..6).unwrap_or(line).to_ascii_lowercase();
    ["p.s.", "p.s ", "ps:", "ps.", "ps ", "p.p.s", "pps"].iter().any(|mark| lower.starts_with(mark))
        || ["追伸", "追記", "（追伸", "【追伸", "二伸"].iter().any(|mark| line.starts_with(mark))
}

/// 「日時：」, "Venue:": facts the author tells, though a telephone number stands among them.
pub(super) fn is_fact(line: &str) -> bool {
    const LABELS: [&str; 34] = [
        "日時",
        "日程",
        "期間",
        "期日",
        "場所",
        "会場",
        "開催",
        "時間",
        "納期",
        "金額",
        "品番",
        "品名",
        "数量",
        "納品先",
        "送付先",
        "届け先",
        "お届け先",
        "パスワード",
        "when",
        "where",
        "date",
        "time",
        "venue",
        "location",
        "place",
        "deadline",
        "amount",
        "item",
        "quantity",
        "password",
        "order",
        "invoice",
        "ship to",
        "deliver to",
    ];
    let line = line.trim_start().trim_start_matches(|c: char| "・■□●○◆◇◎※★*-【[（( ".contains(c));
    let Some(colon) =
        line.char_indices().take(16).find(|(_, c)| matches!(c, ':' | '：' | '】' | ']')).map(|(at, _)| at)
    else {
        return false;
    };
    let label: String = line[..colon].chars().filter(|c| *c != '\u{3000}').flat_map(char::to_lowercase).collect();
    LABELS.contains(&label.trim())
}

/// Five or more drawing characters and nothing else.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    let drawing = |c: char| "―─━–—-＝=＊*□■＿_～~＋+・.…☆★◇◆#|┏┓┗┛〓◎○●▼▲∞♪ ".contains(c);
    line.starts_with(drawing) && line.chars().count() >= 5 && line.chars().all(drawing)
}
