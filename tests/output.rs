//! What does each format write, and can its reader read it?
//!
//! `ATENA_BLESS=1 cargo test --test output` writes the golden files anew.
#![allow(clippy::unwrap_used)]

#[path = "output/cases.rs"]
mod cases;
#[path = "output/hostile.rs"]
mod hostile;

use std::fs;
use std::path::PathBuf;

use atena::finding::{Level, Part};
use atena::lang::Lang;
use atena::output::{Checked, Format, Options, Unreadable, exit_code, write};
use atena::verdict::Verdict;
use cases::{at, finding, messages, rules, unreadable};
use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

const OPTIONS: Options = Options { lang: Lang::En, colour: false, width: 80, fail_on: Level::Error };

fn written(format: Format, messages: &[Checked], unreadable: &[Unreadable], options: Options) -> String {
    let mut out = Vec::new();
    write(&mut out, format, messages, unreadable, &rules(), &options).unwrap();
    String::from_utf8(out).unwrap()
}

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures", "output", name].iter().collect()
}

fn expect(name: &str, actual: &str) {
    let path = fixture(name);
    if std::env::var_os("ATENA_BLESS").is_some_and(|value| value == "1") {
        fs::write(&path, actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "{name} differs; if the change is meant: ATENA_BLESS=1 cargo test --test output");
}

#[test]
fn every_format_writes_its_golden_file_in_both_languages() {
    let formats = [
        ("text", Format::Text),
        ("json", Format::Json),
        ("sarif", Format::Sarif),
        ("junit", Format::Junit),
        ("github", Format::Github),
    ];
    for lang in [Lang::En, Lang::Ja] {
        for (name, format) in formats {
            let actual = written(format, &messages(), &unreadable(), Options { lang, ..OPTIONS });
            // The version of the tool in SARIF changes with every release.
            let actual = actual.replace(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"VERSION\"");
            expect(&format!("{name}.{}.expected", lang.tag()), &actual);
        }
    }
    expect("colour.expected", &written(Format::Text, &messages(), &[], Options { colour: true, ..OPTIONS }));
    expect(
        "narrow.expected",
        &written(Format::Text, &messages(), &[], Options { lang: Lang::Ja, width: 0, ..OPTIONS }),
    );
}

#[test]
fn silent_mails_are_only_counted() {
    let fine = [Checked::new("a.eml", Verdict::Forward, vec![]), Checked::new("b.eml", Verdict::Forward, vec![])];
    assert_eq!(written(Format::Text, &fine[..1], &[], OPTIONS), "1 mail checked, no findings\n");
    assert_eq!(written(Format::Text, &fine, &[], OPTIONS), "2 mails checked, no findings\n");
    let ja = Options { lang: Lang::Ja, ..OPTIONS };
    assert_eq!(written(Format::Text, &fine, &[], ja), "2通を点検しました。指摘はありません。\n");
    assert_eq!(written(Format::Github, &fine, &[], OPTIONS), "");
}

#[test]
fn marks_stand_under_their_words() {
    // The marks are found again by width alone, without the code that placed them.
    let cases = [
        ("　ＡＢＣ商事　田中様", 8, "田中様", 14, 6),
        ("ﾃﾞｰﾀを送付", 1, "ﾃﾞｰﾀ", 0, 4),
        ("か\u{3099}きく", 3, "き", 2, 2),
        ("か\u{3099}きく", 1, "か", 0, 2),
        ("cafe\u{301} au lait", 7, "au", 5, 2),
        ("👩‍👧 mother", 5, "mother", 3, 6),
        ("x👍🏽y", 2, "👍🏽", 1, 2),
        ("🇯🇵から", 3, "から", 2, 4),
        ("a\tb\tc", 3, "b", 5, 1),
        ("\u{1b}[1mbold", 5, "bold", 4, 4),
        ("Please find the", 13, "the report", 12, 3),
        ("wrong column here", 1, "here", 13, 4),
        ("no words given", 4, "", 3, 1),
    ];
    for (context, column, text, blanks, width) in cases {
        let (line, marks) = snippet(context, column, text, 80);
        assert_eq!(marks.as_deref(), Some(format!("{}{}", " ".repeat(blanks), "^".repeat(width)).as_str()), "{line}");
    }
    assert_eq!(snippet("not there", 1, "absent", 80), ("not there".into(), None));
}

#[test]
fn a_long_line_is_shown_around_its_words() {
    let long = format!("{}田中様{}", "前".repeat(100_000), "後".repeat(100_000));
    let (line, marks) = snippet(&long, 100_001, "田中様", 60);
    let marks = marks.unwrap();
    assert!(line.starts_with("…前") && line.ends_with("後…"), "{line}");
    assert!((50..=54).contains(&line.width()), "{line}");
    assert_eq!(columns(&line, &marks), "田中様");
    // Words wider than the screen are marked as far as they are shown.
    let (line, marks) = snippet(&long, 1, &long, 60);
    assert_eq!(columns(&line, &marks.unwrap()), line.trim_end_matches('…'));
}

/// The context line and the marks below it as printed, without their indent.
fn snippet(context: &str, column: usize, text: &str, width: usize) -> (String, Option<String>) {
    let location = at(Part::Body(0), 1, column, text, context, 1);
    let mail = Checked::new("a.eml", Verdict::Hold, vec![finding("rule", Level::Error, ("t", "t"), location)]);
    let page = written(Format::Text, &[mail], &[], Options { width, ..OPTIONS });
    let mut lines = page.lines().filter_map(|line| line.strip_prefix("    | ")).map(str::to_owned);
    (lines.next().unwrap(), lines.next())
}

/// What of a line stands above the marks.
fn columns(line: &str, marks: &str) -> String {
    let (from, to) = (marks.find('^').unwrap(), marks.len());
    let starts = line.char_indices().map(|(at, _)| at).chain([line.len()]);
    let cuts: Vec<usize> = starts.filter(|&at| [from, to].contains(&line[..at].width())).collect();
    line[cuts[0]..*cuts.last().unwrap()].to_owned()
}

#[test]
fn wrapped_text_keeps_words_whole_and_marks_off_the_line_start() {
    let mail = |title: (&str, &str)| {
        let location = at(Part::Mail, 1, 1, "", "", 1);
        [Checked::new("a.eml", Verdict::Hold, vec![finding("r", Level::Error, title, location)])]
    };
    let japanese =
        "「お世話になっております。」と書く、それだけです。Quotation という語も、切らずに、そのまま残します。"
            .repeat(3);
    for width in 40..100 {
        let page = written(Format::Text, &mail(("", &japanese)), &[], Options { lang: Lang::Ja, width, ..OPTIONS });
        // The summary stays on one line, for those who search for it.
        let last = page.lines().count() - 1;
        for line in page.lines().take(last) {
            let words = line.trim_start();
            assert!(!words.starts_with(['。', '、', '」', 'っ']), "line start at width {width}: {line}");
            assert!(!words.ends_with('「'), "line end at width {width}: {line}");
            assert!(line.width() <= width, "width {width}: {line}");
        }
        assert_eq!(page.matches("Quotation").count(), 3, "width {width}: {page}");
        let english = "Every word of this sentence stays whole whatever the width of the terminal is today";
        let page = written(Format::Text, &mail((english, "")), &[], Options { width, ..OPTIONS });
        let words: Vec<&str> = page.split_whitespace().collect();
        assert!(english.split(' ').all(|word| words.contains(&word)), "width {width}: {page}");
    }
}

#[test]
fn json_says_what_the_finding_says() {
    for lang in [Lang::En, Lang::Ja] {
        let report: Value =
            serde_json::from_str(&written(Format::Json, &messages(), &unreadable(), Options { lang, ..OPTIONS }))
                .unwrap();
        assert_eq!(report["version"], 1);
        assert_eq!(
            report["unreadable"],
            json!([{"path": "drafts/gone.eml", "reason": unreadable()[0].reason.get(lang)}])
        );
        let mails = report["messages"].as_array().unwrap();
        assert_eq!(mails.len(), messages().len());
        for (mail, message) in mails.iter().zip(messages()) {
            assert_eq!(mail["path"], message.path);
            assert_eq!(mail["verdict"], message.verdict.as_str());
            let found = mail["findings"].as_array().unwrap();
            assert_eq!(found.len(), message.findings.len());
            for finding in &message.findings {
                let place = &finding.location;
                let at = json!({"part": place.part.to_string(), "line": place.line, "column": place.column, "text": place.text});
                let same = found.iter().find(|f| f["rule"] == finding.rule.as_str() && f["location"] == at);
                let same = same.unwrap_or_else(|| panic!("{} is not in the report", finding.rule));
                assert_eq!(same["level"], finding.level.as_str());
                assert_eq!(same["confidence"], finding.confidence.as_str());
                assert_eq!(same["title"], finding.title.get(lang));
                assert_eq!(same["why"], finding.why.get(lang));
                assert_eq!(same["advice"], finding.advice.get(lang));
                assert_eq!(same["evidence"].as_object().unwrap().len(), finding.evidence.len());
            }
            let levels: Vec<_> = found.iter().map(|f| f["level"].as_str().unwrap()).collect();
            assert!(levels.is_sorted_by_key(|level| ["error", "warning", "info"].iter().position(|l| l == level)));
        }
        let evidence = &mails[0]["findings"][0]["evidence"];
        assert_eq!(*evidence, json!({"to": ["sato@abc.example", "佐藤 花子"], "greeted": "田中様", "distance": -2}));
    }
}

#[test]
fn sarif_is_valid_against_its_schema() {
    let schema: Value = serde_json::from_slice(&fs::read(fixture("sarif-schema-2.1.0.json")).unwrap()).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    for (mails, lost) in [(messages(), unreadable()), (messages(), vec![]), (vec![], vec![])] {
        for lang in [Lang::En, Lang::Ja] {
            let log: Value =
                serde_json::from_str(&written(Format::Sarif, &mails, &lost, Options { lang, ..OPTIONS })).unwrap();
            let errors: Vec<String> =
                validator.iter_errors(&log).map(|e| format!("{}: {e}", e.instance_path)).collect();
            assert_eq!(errors, Vec::<String>::new());
            let invocation = &log["runs"][0]["invocations"][0];
            assert_eq!(invocation["executionSuccessful"], lost.is_empty());
            assert_eq!(invocation["toolExecutionNotifications"].as_array().unwrap().len(), lost.len());
        }
    }
    assert!(!validator.is_valid(&json!({"version": "2.1.0"})), "the schema must be able to fail");
}

#[test]
fn sarif_points_into_the_file_and_recognises_a_finding_again() {
    let log = |messages: &[Checked], lang| -> Value {
        serde_json::from_str(&written(Format::Sarif, messages, &[], Options { lang, ..OPTIONS })).unwrap()
    };
    let (en, ja) = (log(&messages(), Lang::En), log(&messages(), Lang::Ja));
    let results = en["runs"][0]["results"].as_array().unwrap();
    let place = |n: usize| &results[n]["locations"][0]["physicalLocation"];
    assert_eq!(
        place(0)["artifactLocation"]["uri"],
        "drafts/%E3%81%8A%E8%A6%8B%E7%A9%8D%E3%82%82%E3%82%8A%208%E6%9C%88.eml"
    );
    assert_eq!(place(0)["region"]["startLine"], 12);
    assert_eq!(place(3)["artifactLocation"]["uri"], "drafts/100%25%2C%20a%3Ab.eml");
    let last = place(results.len() - 1);
    assert_eq!((&last["artifactLocation"]["uri"], &last["region"]["startLine"]), (&json!("box.mbox"), &json!(120)));
    for result in results {
        let described = rules().iter().position(|rule| result["ruleId"] == rule.id.as_str());
        assert_eq!(result["ruleIndex"], json!(described), "{}", result["ruleId"]);
    }
    let prints = |log: &Value| -> Vec<String> {
        let results = log["runs"][0]["results"].as_array().unwrap();
        results.iter().map(|result| result["partialFingerprints"].to_string()).collect()
    };
    // Another language and other lines: still the same findings.
    assert_eq!(prints(&en), prints(&ja));
    let mut moved = messages();
    moved.iter_mut().flat_map(|m| &mut m.findings).for_each(|f| (f.location.line += 5, f.location.raw_line += 5).1);
    assert_eq!(prints(&en), prints(&log(&moved, Lang::En)));
    // The same words twice in one mail are two findings.
    let mut twice = messages();
    let again = twice[0].findings[0].clone();
    twice[0].findings.push(again);
    let mut all = prints(&log(&twice[..1], Lang::En));
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 4);
}

#[test]
fn junit_fails_what_reaches_the_level() {
    for (fail_on, failed) in [(Level::Info, 3), (Level::Warning, 3), (Level::Error, 2)] {
        let xml = written(Format::Junit, &messages(), &unreadable(), Options { fail_on, ..OPTIONS });
        let report = Report::deserialize_from_str(&xml).unwrap();
        assert_eq!((report.tests, report.failures, report.errors), (5, failed, 1));
        let names: Vec<&str> = report.test_suites[0].test_cases.iter().map(|case| case.name.as_str()).collect();
        let paths =
            ["drafts/お見積もり 8月.eml", "./drafts/100%, a:b.eml", "drafts/fine.eml", "box.mbox#3", "drafts/gone.eml"];
        assert_eq!(names, paths);
        let TestCaseStatus::NonSuccess { kind, message, .. } = &report.test_suites[0].test_cases[4].status else {
            panic!("an unreadable input is an error");
        };
        assert_eq!((*kind, message.as_deref()), (NonSuccessKind::Error, Some("no such file")));
    }
}

#[test]
fn github_commands_escape_what_separates() {
    let text = written(Format::Github, &messages(), &unreadable(), OPTIONS);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3 + 6 + 1 + 1, "one line for each finding and unreadable input");
    assert!(
        lines[0].starts_with("::error file=drafts/お見積もり 8月.eml,line=12,title=greeting-mismatch::The mail greets")
    );
    let percent = lines.iter().find(|line| line.contains("subject-missing")).unwrap();
    let expected =
        "::warning file=drafts/100%25%2C a%3Ab.eml,line=1,title=subject-missing::100%25: no subject, none%0Aat all";
    assert!(percent.starts_with(expected), "{percent}");
    assert!(lines[2].starts_with("::notice "), "info is GitHub's notice");
    assert!(text.contains("::warning file=box.mbox,line=120,"));
    assert!(lines[10].starts_with("::error file=drafts/gone.eml,title=unreadable::drafts/gone.eml: could not be read"));
    let stdin = [Checked::new("-", Verdict::Hold, messages().remove(0).findings)];
    assert!(written(Format::Github, &stdin, &[], OPTIONS).starts_with("::error title=greeting-mismatch::"));
}

#[test]
fn exit_code_follows_the_level_and_unreadable_input_wins() {
    let (mails, fine) = (messages(), [Checked::new("a.eml", Verdict::Forward, vec![])]);
    assert_eq!(exit_code(&mails, &[], Level::Error), 1);
    assert_eq!(exit_code(&mails[3..], &[], Level::Error), 0);
    assert_eq!(exit_code(&mails[3..], &[], Level::Warning), 1);
    assert_eq!(exit_code(&fine, &[], Level::Info), 0);
    assert_eq!(exit_code(&fine, &unreadable(), Level::Error), 2);
    assert_eq!(exit_code(&mails, &unreadable(), Level::Error), 2);
}
