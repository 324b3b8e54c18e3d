//! What a sentence or a file name states of a document: month, fiscal year, quarter, version, amount.
//!
//! Works on folded text (lower case, plain digits). Days, periods and dates of issue are no statements.

mod tokens;

use std::ops::Range;

use tokens::{Token, Tokens};

/// What a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Month,
    Year,
    Quarter,
    Version,
    /// In yen, or another currency by its sign.
    Amount(char),
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) about: About,
    pub(super) value: Value,
    pub(super) range: Range<usize>,
    /// It says of what the document is: 「10月分」, "v3"; else it may be a mere mention: 「10月」.
    pub(super) is_strong: bool,
}

/// Numbers of a version, or one number; an amount in hundredths.
pub(super) type Value = Vec<u64>;

/// Where the text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    FileName,
    Text,
}

/// All statements in a folded text, in order. Linear in the text.
pub(super) fn claims(text: &str, from: From) -> Vec<Claim> {
    let tokens = Tokens::of(text, from);
    let mut out = Vec::new();
    for at in 0..tokens.all.len() {
        let found =
            [tokens.month(at), tokens.english_month(at), tokens.year(at), tokens.quarter(at), tokens.version(at)];
        out.extend(found.into_iter().flatten().chain(tokens.amount(at)));
    }
    out
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl<'a> Tokens<'a> {
    fn claim(&self, about: About, value: u64, tokens: Range<usize>, is_strong: bool) -> Option<Claim> {
        self.versioned(about, vec![value], tokens, is_strong)
    }

    fn versioned(&self, about: About, value: Value, tokens: Range<usize>, is_strong: bool) -> Option<Claim> {
        let range = self.all[tokens.start].1.start..self.all.get(tokens.end - 1)?.1.end;
        Some(Claim { about, value, range, is_strong })
    }

    /// 「10月分」「9月度」; in file names 「10月」 too.
    fn month(&self, at: usize) -> Option<Claim> {
        let month = self.integer(at).filter(|month| (1..=12).contains(month))?;
        let names_a_day = |c: char| {
            matches!(c, '末' | '中' | '頃' | '初' | '上' | '下' | '旬' | '付' | '発' | '締' | '以' | 'か' | 'よ')
        };
        // 「9~10月分」 is of both.
        if matches!(self.get(at + 1), Some(Token::Other('~' | '-' | '・' | '、' | '/' | '〜'))) && self.is(at + 3, '月')
        {
            return self.claim(About::Month, month, at..at + 1, false);
        }
        if !self.is(at + 1, '月') {
            return None;
        }
        match self.get(at + 2) {
            Some(Token::Number(_)) => None,
            Some(Token::Other('分' | '度' | '号')) => self.claim(About::Month, month, at..at + 3, true),
            Some(Token::Other(c)) if names_a_day(*c) => None,
            _ => self.claim(About::Month, month, at..at + 2, false),
        }
    }

    /// "October invoice", "report_sep.pdf"; never "14 October".
    fn english_month(&self, at: usize) -> Option<Claim> {
        let word = self.word(at)?;
        let is_short = |month: &str| {
            self.from == From::FileName && (word == &month[..3] || word == "sept" && month == "september")
        };
        let month = MONTHS.iter().position(|month| *month == word || is_short(month))?;
        let is_day = |day: Option<u64>| day.is_some_and(|day| (1..=31).contains(&day));
        let near = self.skip(at + 1);
        let is_dated = is_day(self.integer(near))
            || is_day(at.checked_sub(1).and_then(|at| self.integer(at)))
            || is_day(at.checked_sub(2).and_then(|at| self.integer(at)))
            || matches!(self.before(at, 2), Some(Token::Word("st" | "nd" | "rd" | "th")));
        // "may" and "march" are words of other meanings.
        if is_dated || (self.from == From::Text && matches!(word, "may" | "march")) {
            return None;
        }
        let is_document = |at: usize| self.word(at).is_some_and(|word| DOCUMENTS.contains(&word.trim_end_matches('s')));
        // "the October invoice", "the invoice for October".
        let before = at.saturating_sub(6)..at;
        let is_of =
            matches!(self.before(at, 2), Some(Token::Word("for" | "of"))) && before.into_iter().any(is_document);
        let is_strong = self.from == From::FileName || is_document(near) || is_of;
        self.claim(About::Month, u64::try_from(month + 1).ok()?, at..at + 1, is_strong)
    }

    /// 「2026年度」「令和8年度」「2026年版」, "FY2026", "FY26".
    fn year(&self, at: usize) -> Option<Claim> {
        let full = |year: u64| if year < 100 { year + 2000 } else { year };
        if self.word(at) == Some("fy") {
            let near = self.skip(at + 1);
            let year = self.integer(near).map(full).filter(|year| (1990..2100).contains(year))?;
            return self.claim(About::Year, year, at..near + 1, true);
        }
        let year = self.integer(at)?;
        let is_of_year = self.is(at + 1, '年') && (self.is(at + 2, '度') || self.is(at + 2, '版'));
        let is_reiwa = match self.before(at, 1) {
            Some(Token::Other('和')) => self.before(at, 2) == Some(&Token::Other('令')),
            before => before == Some(&Token::Word("r")),
        };
        let year = if is_reiwa { year.checked_add(2018)? } else { full(year) };
        let start = at - if is_reiwa && self.is(at - 1, '和') { 2 } else { usize::from(is_reiwa) };
        self.claim(About::Year, year, start..at + 3, true).filter(|_| is_of_year && (1990..2100).contains(&year))
    }

    /// "Q3", "3Q", 「第3四半期」.
    fn quarter(&self, at: usize) -> Option<Claim> {
        let is_quarter = |n: &u64| (1..=4).contains(n);
        if self.word(at) == Some("q") {
            let number = self.integer(at + 1).filter(is_quarter)?;
            return self.claim(About::Quarter, number, at..at + 2, true).filter(|_| self.word(at + 2).is_none());
        }
        let number = self.integer(at).filter(is_quarter)?;
        let kanji = ['四', '半', '期'].iter().enumerate().all(|(n, c)| self.is(at + 1 + n, *c));
        match () {
            () if kanji => self.claim(About::Quarter, number, at..at + 4, true),
            () if self.word(at + 1) == Some("q") => self.claim(About::Quarter, number, at..at + 2, true),
            () => None,
        }
    }

    /// "v3", "ver.2.1", "version 3", "rev2", 「第3版」.
    fn version(&self, at: usize) -> Option<Claim> {
        let numbers = |at: usize| {
            let Some(Token::Number(digits)) = self.get(at) else { return None };
            digits.split('.').map(|part| part.parse().ok()).collect::<Option<Value>>()
        };
        match self.get(at)? {
            Token::Word(word @ ("v" | "ver" | "version" | "rev" | "revision")) => {
                let near = if *word == "v" { at + 1 } else { self.skip(at + 1) };
                let value = numbers(near)?;
                let is_strong = self.from == From::FileName || self.is_of_document(at..near + 1);
                self.versioned(About::Version, value, at..near + 1, is_strong).filter(|_| self.word(near + 1).is_none())
            }
            Token::Other('第') if self.is(at + 2, '版') => {
                self.versioned(About::Version, numbers(at + 1)?, at..at + 3, true)
            }
            _ => None,
        }
    }

    /// Whether a version is that of a document, not of the product it is about: "v3 of the contract", 「仕様書v3」,
    /// 「v3の図面」, "attached is v3".
    fn is_of_document(&self, tokens: Range<usize>) -> bool {
        const PAPERS: [&str; 13] =
            ["書", "図", "図面", "資料", "案", "稿", "表", "録", "ドラフト", "マニュアル", "計画", "ファイル", "見積"];
        let paper = |text: &str| PAPERS.iter().any(|paper| text.ends_with(paper));
        let before = self.text[..self.all[tokens.start].1.start].trim_end_matches([' ', '(', '_', '-', 'の']);
        let after = self.text[self.all[tokens.end - 1].1.end..].trim_start_matches([' ', ')', ',']);
        if paper(before) {
            return true;
        }
        if let Some(of) = after.strip_prefix('の') {
            let near = &of[..of.floor_char_boundary(60)];
            return near.split(['を', 'が', 'に', 'は', 'で', '、', '。']).next().is_some_and(paper);
        }
        if let Some(of) = after.strip_prefix("of ") {
            return of.split_whitespace().take(4).any(is_paper);
        }
        before.split_whitespace().next_back().is_some_and(is_paper)
            || before.ends_with("attached is")
            || before.ends_with("here is")
            || after.starts_with(['を', 'で'])
    }

    /// "¥1,234,000", 「120万円」, "$400", "400 usd".
    fn amount(&self, at: usize) -> Option<Claim> {
        let Some(Token::Number(digits)) = self.get(at) else { return None };
        let hundredths = hundredths(digits)?;
        if let Some(Token::Other(sign @ ('¥' | '\\' | '$' | '€' | '£'))) = self.before(at, 1) {
            let sign = if *sign == '\\' { '¥' } else { *sign };
            return self.claim(About::Amount(sign), hundredths, at - 1..at + 1, true);
        }
        let (times, unit) = match self.get(at + 1) {
            Some(Token::Other('万')) => (10_000, at + 2),
            Some(Token::Other('千')) => (1_000, at + 2),
            _ => (1, self.skip(at + 1)),
        };
        let sign = match self.get(unit)? {
            Token::Other('円') | Token::Word("yen" | "jpy") => '¥',
            Token::Word("usd") => '$',
            Token::Word("eur") => '€',
            Token::Word("gbp") => '£',
            _ => return None,
        };
        self.claim(About::Amount(sign), hundredths.checked_mul(times)?, at..unit + 1, true)
    }
}

fn is_paper(word: &str) -> bool {
    const PAPERS: [&str; 22] = [
        "agreement",
        "budget",
        "contract",
        "deck",
        "document",
        "draft",
        "drawing",
        "file",
        "form",
        "manual",
        "offer",
        "plan",
        "presentation",
        "proposal",
        "quotation",
        "quote",
        "report",
        "schedule",
        "slide",
        "specification",
        "spreadsheet",
        "summary",
    ];
    PAPERS.contains(&word.trim_end_matches(|c: char| !c.is_alphanumeric()).trim_end_matches('s'))
}

/// Documents that are made every month.
const DOCUMENTS: [&str; 17] = [
    "bill",
    "budget",
    "figure",
    "forecast",
    "invoice",
    "minute",
    "newsletter",
    "number",
    "payslip",
    "report",
    "result",
    "roster",
    "schedule",
    "statement",
    "summary",
    "timesheet",
    "update",
];

fn hundredths(digits: &str) -> Option<u64> {
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let whole: u64 = whole.replace(',', "").parse().ok()?;
    let part: u64 = if part.is_empty() { 0 } else { format!("{part:0<2}")[..2].parse().ok()? };
    whole.checked_mul(100)?.checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, from: From) -> Vec<(About, Value, bool)> {
        claims(text, from).into_iter().map(|claim| (claim.about, claim.value, claim.is_strong)).collect()
    }

    #[test]
    fn reads_what_documents_are_of() {
        use About::{Amount, Month, Quarter, Version, Year};
        for (text, expected) in [
            ("10月分の請求書", (Month, vec![10], true)),
            ("2026年9月度", (Month, vec![9], true)),
            ("the october invoice", (Month, vec![10], true)),
            ("the report for august", (Month, vec![8], true)),
            ("in october", (Month, vec![10], false)),
            ("令和8年度", (Year, vec![2026], true)),
            ("fy26", (Year, vec![2026], true)),
            ("第3四半期", (Quarter, vec![3], true)),
            ("q3 report", (Quarter, vec![3], true)),
            ("仕様書ver.2.1", (Version, vec![2, 1], true)),
            ("v3 of the signed contract", (Version, vec![3], true)),
            ("api v2のリリース", (Version, vec![2], false)),
            ("v3 of the driver", (Version, vec![3], false)),
            ("r8年度", (Year, vec![2026], true)),
            ("第2版", (Version, vec![2], true)),
            ("120万円", (Amount('¥'), vec![120_000_000], true)),
            ("$1,200.5", (Amount('$'), vec![120_050], true)),
        ] {
            assert_eq!(found(text, From::Text), [expected], "{text}");
        }
        assert_eq!(found("請求書_9月.pdf", From::FileName), [(Month, vec![9], false)]);
        assert_eq!(
            found("invoice_sep_2026_v3.pdf", From::FileName),
            [(Month, vec![9], true), (Version, vec![3], true)]
        );
        assert_eq!(found("9-10月分", From::Text), [(Month, vec![9], false), (Month, vec![10], true)]);
    }

    #[test]
    fn days_periods_and_other_numbers_state_nothing() {
        for text in [
            "10月14日",
            "3ヶ月分",
            "10月末",
            "13月分",
            "14 october",
            "october 14",
            "14th of october?",
            "you may report",
            "2026-10-14",
            "faq3",
            "ipv6",
            "v8a",
            "5v",
            "12円周",
            "第3回",
            "q5",
            "",
        ] {
            let text = text.replace("12円周", "円12");
            let strong: Vec<_> = found(&text, From::Text).into_iter().filter(|claim| claim.2).collect();
            assert!(strong.is_empty(), "{text}: {strong:?}");
        }
    }
}
