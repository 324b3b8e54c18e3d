//! Whatever a mail contains: no panic, right columns, nothing that a terminal obeys, formats that parse.

use atena::finding::{Level, Part};
use atena::lang::Bilingual;
use atena::output::{Checked, Format, Options, Snippet, Unreadable};
use atena::verdict::Verdict;
use proptest::prelude::*;
use quick_junit::Report;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::cases::{at, finding};
use crate::{OPTIONS, written};

/// Text of a stranger, with everything that upsets terminals, columns and parsers.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        "[ -~]{0,12}",
        "[ぁ-ん亜-熙、。「」ｱ-ﾝﾞﾟＡ-Ｚ]{0,12}",
        prop::sample::select(vec![
            "\u{1b}[2J",
            "\u{9b}31m",
            "\u{202e}",
            "\u{2066}",
            "\t",
            "\r\n",
            "\n",
            "\u{0}",
            "\u{7f}",
            "👩‍👧",
            "👍🏽",
            "🇯🇵",
            "\u{3099}",
            "\u{301}",
            "\u{200d}",
            "\u{fe0f}",
            "]]>",
            "<!--",
            "&amp",
            "::error::",
            "%0A",
            "\u{fffe}",
            "\u{2028}",
        ])
        .prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_words_in_any_line_are_marked_in_their_width(
        (before, text, after) in (hostile(), hostile(), hostile()), column in 0..60usize, width in 0..120usize,
    ) {
        let context = format!("{before}{text}{after}");
        let right_column = before.chars().count() + 1;
        for column in [column, right_column] {
            let location = at(Part::Body(0), 1, column, &text, &context, 1);
            let Some(snippet) = Snippet::of(&location, width) else {
                prop_assert!(context.trim().is_empty());
                continue;
            };
            let (line, marks) = (snippet.line(), snippet.marks());
            prop_assert!(!line.contains(char::is_control));
            if let Some((blanks, marks)) = marks {
                prop_assert_eq!(marks.len(), snippet.words.width().max(1));
                prop_assert_eq!(blanks.len(), snippet.left.width());
                prop_assert_eq!(blanks.len() + snippet.words.width() + snippet.right.width(), line.width());
            }
        }
    }

    #[test]
    fn no_mail_reaches_the_terminal_or_breaks_a_format(
        title in hostile(), text in hostile(), context in hostile(), path in hostile(), column in 0..40usize,
        width in 0..120usize,
    ) {
        let mut remark = finding(&path, Level::Error, (&title, &title), at(Part::Header(path.clone()), 1, column, &text, &context, 0));
        remark.why.en = context.clone();
        let mail = Checked { subject: Some(&title), ..Checked::new(path.clone(), Verdict::Hold, vec![remark]) };
        let lost = [Unreadable { path, reason: Bilingual::new(title.clone(), title.clone()) }];
        let options = Options { width, ..OPTIONS };
        let all = |format| written(format, std::slice::from_ref(&mail), &lost, options);
        let printed = [all(Format::Text), all(Format::Github), all(Format::Json), all(Format::Sarif), all(Format::Junit)];
        for page in &printed {
            let bad = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            prop_assert!(!page.contains(bad), "{:?}", page);
        }
        prop_assert_eq!(printed[1].lines().count(), 2);
        let json: Value = serde_json::from_str(&printed[2]).unwrap();
        prop_assert_eq!(&json["messages"][0]["findings"][0]["title"], &title);
        prop_assert_eq!(&json["messages"][0]["findings"][0]["location"]["text"], &text);
        serde_json::from_str::<Value>(&printed[3]).unwrap();
        let report = Report::deserialize_from_str(&printed[4]).unwrap();
        prop_assert_eq!((report.tests, report.failures, report.errors), (2, 1, 1));
    }
}
