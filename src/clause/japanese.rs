//! Japanese clauses: cut at commas and behind the particles that join, marked by the predicate at their end.

use std::ops::Range;

use super::{Agent, Marks, ends, has};

/// Ends of a clause that is followed by another without a comma.
const JOINS: [&str; 10] =
    ["ですが", "ますが", "ましたが", "ませんが", "でしたが", "けれども", "けれど", "ものの", "ましたので", "ますので"];

/// A clause with such an end is taken back by the next one.
const CONCESSIONS: [&str; 9] =
    ["ですが", "ますが", "ましたが", "ませんが", "でしたが", "けれども", "けれど", "ものの", "とはいえ"];

/// Openings that take back the sentence before.
const BUTS: [&str; 10] = [
    "ただ、",
    "ただし",
    "しかし",
    "とはいえ",
    "とは言え",
    "もっとも、",
    "とはいいましても",
    "とは申しまして",
    "ですが、",
    "一方で",
];

const CONDITIONS: [&str; 14] = [
    "ば",
    "たら",
    "なら",
    "ならば",
    "場合",
    "場合は",
    "場合に",
    "場合には",
    "際は",
    "際には",
    "とすれば",
    "としたら",
    "ようでしたら",
    "限り",
];

/// Ends of a clause that stands on its own: what follows is another thought.
const CLOSED: [&str; 8] = ["が", "ので", "ため", "から", "けれど", "けれども", "ものの", "のに"];

const REQUESTS: [&str; 19] = [
    "ください",
    "下さい",
    "くださいませ",
    "いただけますか",
    "いただけますでしょうか",
    "いただけませんか",
    "いただけないでしょうか",
    "いただきたく",
    "いただければ",
    "いただけますと",
    "頂けますか",
    "頂けますでしょうか",
    "幸いです",
    "幸いに存じ",
    "お願いいたし",
    "お願い致し",
    "お願いします",
    "お願い申し上げ",
    "お願いでき",
];

const QUESTIONS: [&str; 6] = ["か。", "か?", "でしょうか", "ますか", "ですか", "?"];

const NEGATIONS: [&str; 22] = [
    "ません",
    "ませんでした",
    "ませんので",
    "ませんが",
    "ない",
    "ないです",
    "なかった",
    "なかったため",
    "なかったので",
    "ないため",
    "ないので",
    "ず",
    "ずに",
    "ぬ",
    "かねます",
    "かねております",
    "かねる",
    "ないものと",
    "ないと考えて",
    "ないと認識して",
    "ないことから",
    "なく",
];

/// Words that end like a negation and are none; or whose negation is the point.
const NO_NEGATIONS: [&str; 15] = [
    "申し訳",
    "申訳",
    "申しわけ",
    "すみません",
    "かもしれません",
    "かも知れません",
    "に過ぎません",
    "にすぎません",
    "なければなりません",
    "なくてはなりません",
    "間違いありません",
    "違いありません",
    "やむを得",
    "少なくな",
    "お詫びのしよう",
];

const US: [&str; 22] = [
    "弊社",
    "当社",
    "当店",
    "当方",
    "当院",
    "当館",
    "当園",
    "当校",
    "当ホテル",
    "当会",
    "弊所",
    "弊店",
    "弊行",
    "弊会",
    "私ども",
    "私共",
    "わたくし",
    "私が",
    "私の",
    "私は",
    "小職",
    "我々",
];

const CUSTOMER: [&str; 8] = ["お客様", "お客さま", "貴社", "御社", "貴店", "貴殿", "そちら様", "ご利用者様"];

const OTHERS: [&str; 22] = [
    "運送会社",
    "配送会社",
    "配送業者",
    "運送業者",
    "宅配業者",
    "メーカー",
    "仕入先",
    "仕入れ先",
    "外注先",
    "委託先",
    "協力会社",
    "下請",
    "印刷会社",
    "工場側",
    "通信会社",
    "業者",
    "ドライバー",
    "前任",
    "派遣",
    "代理店",
    "ベンダー",
    "他部署",
];

/// Humble and polite-present forms only the speaker uses of himself.
const HUMBLE: [&str; 18] = [
    "いたし",
    "致し",
    "申し上げ",
    "させていただ",
    "させて頂",
    "おります",
    "おりました",
    "まいり",
    "参り",
    "伺い",
    "うかがい",
    "存じ",
    "差し上げ",
    "拝見",
    "承り",
    "申し訳",
    "お詫び",
    "頂戴",
];

/// Forms that raise the one who acts: the reader.
const RESPECTFUL: [&str; 10] =
    ["いただけ", "頂け", "くださ", "下さ", "なさ", "になられ", "ご覧に", "おっしゃ", "いらっしゃ", "召し上が"];

pub(super) fn clauses(sentence: &str) -> Vec<(Range<usize>, Marks)> {
    let mut parts: Vec<(Range<usize>, Marks)> =
        cut(sentence).into_iter().map(|range| (range.clone(), marks(&sentence[range]))).collect();
    let mut but = has_at_start(sentence, &BUTS);
    for (range, marks) in &mut parts {
        marks.but |= but;
        but |= ends(core(&sentence[range.clone()]), &CONCESSIONS);
    }
    // The predicate at the end asks for everything that leads to it without a stop: 「ご確認のうえ、ご返送ください」.
    for n in (1..parts.len()).rev() {
        let (request, question) = (parts[n].1.request, parts[n].1.question);
        let before = core(&sentence[parts[n - 1].0.clone()]);
        if !ends(before, &CLOSED) && !ends(before, &CONDITIONS) {
            parts[n - 1].1.request |= request;
            parts[n - 1].1.question |= question;
        }
    }
    parts
}

fn has_at_start(sentence: &str, words: &[&str]) -> bool {
    words.iter().any(|word| sentence.starts_with(word))
}

/// Behind each comma and behind a particle that joins.
fn cut(sentence: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, c) in sentence.char_indices() {
        let end = at + c.len_utf8();
        let rest = &sentence[end..];
        // "5,000円", "13:30".
        let in_number = rest.starts_with(|c: char| c.is_ascii_digit());
        let comma = matches!(c, '、' | '，' | ';') || matches!(c, ',' | ':') && !in_number;
        let joined = matches!(c, 'が' | 'も' | 'ど' | 'の' | 'で')
            && !rest.starts_with(['、', '。', ',', 'も', 'の'])
            && ends(&sentence[start..end], &JOINS);
        if (comma || joined) && !rest.is_empty() {
            out.push(start..end);
            start = end;
        }
    }
    out.push(start..sentence.len());
    out
}

/// A clause without the marks at its end.
fn core(clause: &str) -> &str {
    clause.trim_end_matches(['、', '。', ',', ';', ':', '!', '?', ' ', '」', '』', ')', '\u{3000}'])
}

fn marks(clause: &str) -> Marks {
    let core = core(clause);
    let question = ends(clause, &QUESTIONS) || clause.ends_with("か。");
    let request = has(core, &REQUESTS);
    Marks {
        // "Would you not" asks.
        negated: ends(core, &NEGATIONS) && !has(core, &NO_NEGATIONS) && !question,
        condition: ends(core, &CONDITIONS) || core.starts_with("もし") || core.starts_with("万一"),
        question,
        request,
        but: false,
        past: is_past(core),
        agent: agent(core, request),
    }
}

pub(super) fn denies(phrase: &str) -> bool {
    has(phrase, &["ません", "ない", "なかっ", "かね"]) || ends(phrase, &["ず", "ずに"])
}

fn is_past(core: &str) -> bool {
    let verb = core.trim_end_matches("ため").trim_end_matches("ので").trim_end_matches('が').trim_end_matches("ところ");
    ends(
        verb,
        &[
            "ました",
            "でした",
            "った",
            "いた",
            "した",
            "れた",
            "けた",
            "えた",
            "んだ",
            "済み",
            "済です",
            "済みです",
            "ずみです",
        ],
    )
}

/// A subject that is named, else the politeness of the verb.
fn agent(core: &str, request: bool) -> Agent {
    let subject = |names: &[&str], particles: &[&str]| {
        names.iter().any(|name| {
            let mut rest = core;
            while let Some(at) = rest.find(name) {
                rest = &rest[at + name.len()..];
                if particles.iter().any(|particle| rest.starts_with(particle)) {
                    return true;
                }
            }
            false
        })
    };
    if subject(
        &CUSTOMER,
        &[
            "が",
            "は",
            "の入力",
            "のご入力",
            "のご指示",
            "のご連絡",
            "のご都合",
            "の方で",
            "側",
            "におかれ",
            "より",
            "からの",
        ],
    ) {
        return Agent::Customer;
    }
    if subject(&OTHERS, &["が", "は", "の", "に", "より", "側", "から", "さん"]) && !has(core, &US) {
        return Agent::ThirdParty;
    }
    if has(core, &US) {
        return Agent::Us;
    }
    if request {
        return Agent::Customer;
    }
    let last = |words: &[&str]| words.iter().filter_map(|word| core.rfind(word)).max();
    match (last(&HUMBLE), last(&RESPECTFUL)) {
        (Some(humble), respectful) if respectful.is_none_or(|at| humble > at) => Agent::Us,
        (_, Some(_)) => Agent::Customer,
        _ => Agent::Nobody,
    }
}
