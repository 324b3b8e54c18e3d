//! JUnit XML: one test case per mail, failed if a finding reaches the level that fails.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::visible::{lines, one_line};
use super::{Checked, Options, Unreadable, place};
use crate::finding::Finding;
use crate::lang::Lang;

/// The class of every test case: readers of JUnit group by it.
const CLASS: &str = "atena";

pub(super) fn write(
    out: &mut dyn Write,
    messages: &[Checked],
    unreadable: &[Unreadable],
    options: &Options,
) -> io::Result<()> {
    let mut suite = TestSuite::new("atena");
    suite.add_test_cases(messages.iter().map(|message| mail(message, options)));
    suite.add_test_cases(unreadable.iter().map(|input| lost(input, options.lang)));
    let mut report = Report::new("atena");
    report.add_test_suite(suite);
    // Into memory first: an error of `out` keeps its kind, and nothing else can fail here.
    let xml = report.to_string().map_err(io::Error::other)?;
    out.write_all(xml.as_bytes())
}

fn mail(message: &Checked, options: &Options) -> TestCase {
    let (failing, passing): (Vec<_>, Vec<_>) =
        message.ordered().into_iter().partition(|finding| finding.level >= options.fail_on);
    let status = match failing.first() {
        None => TestCaseStatus::success(),
        Some(first) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_message(one_line(first.title.get(options.lang)))
                .set_type(one_line(&first.rule))
                .set_description(listing(&failing, options.lang));
            status
        }
    };
    let mut case = TestCase::new(one_line(&message.path), status);
    case.set_classname(CLASS);
    // What is too mild to fail is still worth reading.
    if !passing.is_empty() {
        case.set_system_out(listing(&passing, options.lang));
    }
    case
}

fn lost(input: &Unreadable, lang: Lang) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(one_line(input.reason.get(lang))).set_type("unreadable");
    let mut case = TestCase::new(one_line(&input.path), status);
    case.set_classname(CLASS);
    case
}

/// The findings as plain text. Characters that XML forbids are made visible before the library would drop them.
fn listing(findings: &[&Finding], lang: Lang) -> String {
    let entries: Vec<String> = findings
        .iter()
        .map(|finding| {
            lines(&format!(
                "{}[{}] {}\n{}\n{}\n{}",
                finding.level.as_str(),
                finding.rule,
                place(finding),
                finding.title.get(lang),
                finding.why.get(lang),
                finding.advice.get(lang)
            ))
        })
        .collect();
    entries.join("\n\n")
}
