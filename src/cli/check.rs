//! `atena check`: a dry run over saved drafts, the same judgement as the relay's.

use std::cell::RefCell;
use std::io::Write;
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};
use std::thread;

use jiff::Zoned;

use super::Stop;
use super::args::CheckArgs;
use super::baseline::Baseline;
use super::inputs::{self, Input};
use super::progress::Progress;
use super::rules::info;
use crate::checklist::Explanation;
use crate::config::{Config, Handling};
use crate::facts::Facts;
use crate::gate::{Judge, Judgement, setup};
use crate::lang::{Bilingual, Lang};
use crate::message::{Address, Envelope, is_mail};
use crate::output::{self, Checked, Unreadable};
use crate::rule::Rules;
use crate::store::People;

/// Checks everything named and writes what was found; returns the exit code.
///
/// # Errors
/// A wrong configuration, a wrong argument, or an output that cannot be written. Unreadable inputs are part of the
/// output.
pub(super) fn run(
    args: &CheckArgs,
    config: &Config,
    lang: Lang,
    colour: bool,
    out: &mut dyn Write,
) -> Result<u8, Stop> {
    let rules = setup::rules(config)?;
    let now = args.now.as_deref().map(|text| time(text, lang)).transpose()?;
    let envelope = envelope(&args.rcpt, lang)?;
    let bench = Bench {
        rules: &rules,
        facts: setup::facts(config, now),
        policy: setup::policy(config),
        envelope,
        people: people(config, lang),
        explain: args.explain,
    };
    let (mut results, unreadable) = bench.check_all(args, lang);
    results.sort_by_key(|result| result.number);
    let mut messages: Vec<Checked<'_>> = results
        .iter()
        .map(|result| Checked {
            path: result.path.clone(),
            mbox: result.mbox.clone(),
            subject: result.subject.as_deref(),
            verdict: result.judgement.verdict,
            findings: result.judgement.findings.clone(),
            allowed: result.judgement.allowed.clone(),
            checklist: result.judgement.checklist.clone(),
            standing: result.judgement.standing.clone(),
            explanation: result.explanation.clone(),
        })
        .collect();
    // To find the time zone takes as long as to judge a mail.
    let today = || Zoned::now().date();
    if let Some(path) = &args.write_baseline {
        return write_baseline(path, &messages, &unreadable, today(), lang, out);
    }
    if let Some(path) = &args.baseline {
        let oldest =
            args.baseline_days.and_then(|days| today().checked_sub(jiff::Span::new().days(i64::from(days))).ok());
        Baseline::read(path, lang)?.apply(&mut messages, oldest);
    }
    let infos: Vec<_> = rules.iter().map(info).collect();
    let options = output::Options { lang, colour, width: super::width(), fail_on: args.fail_on.level() };
    output::write(out, args.format.format(), &messages, &unreadable, &infos, &options)?;
    Ok(output::exit_code(&messages, &unreadable, args.fail_on.level()))
}

/// Whom past mail went to; a store that cannot be read keeps no draft from being checked.
fn people(config: &Config, lang: Lang) -> Option<People> {
    let looked = People::look(&config.data_dir);
    looked.unwrap_or_else(|error| {
        let why = error.explain();
        // Nothing is lost if nobody reads it.
        let _ = match lang {
            Lang::En => {
                writeln!(std::io::stderr(), "atena: checked without what is known of people: {}", why.get(lang))
            }
            Lang::Ja => writeln!(std::io::stderr(), "atena: 学習した相手の情報なしで点検します: {}", why.get(lang)),
        };
        None
    })
}

/// Keeps what is found now, so that later runs fail only on what is new.
fn write_baseline(
    path: &Path,
    messages: &[Checked<'_>],
    unreadable: &[Unreadable],
    today: jiff::civil::Date,
    lang: Lang,
    out: &mut dyn Write,
) -> Result<u8, Stop> {
    if let Some(input) = unreadable.first() {
        let (path, reason) = (&input.path, input.reason.get(lang));
        return Err(Stop::Message(match lang {
            Lang::En => format!("{path}: {reason}; the baseline was not written"),
            Lang::Ja => format!("{path}: {reason}。ベースラインは作成していません"),
        }));
    }
    let before = if path.exists() { Some(Baseline::read(path, lang)?) } else { None };
    let baseline = Baseline::of(messages, before.as_ref(), today);
    std::fs::write(path, baseline.to_json()).map_err(|error| Stop::Message(format!("{}: {error}", path.display())))?;
    let (findings, mails) = (baseline.len(), messages.len());
    match lang {
        Lang::En => writeln!(out, "{}: the baseline now; known findings: {findings}, mails: {mails}", path.display())?,
        Lang::Ja => writeln!(out, "{}: {mails}通の指摘 {findings}件をベースラインにしました", path.display())?,
    }
    Ok(0)
}

/// What one mail came to.
struct Judged {
    number: usize,
    path: String,
    mbox: Option<output::Mbox>,
    subject: Option<String>,
    judgement: Judgement,
    explanation: Option<Explanation>,
}

struct Bench<'a> {
    rules: &'a Rules,
    facts: Facts,
    policy: &'a Handling,
    envelope: Option<Envelope>,
    people: Option<People>,
    explain: bool,
}

impl Bench<'_> {
    fn judge(&self) -> Judge<'_> {
        Judge { rules: self.rules, facts: &self.facts, policy: self.policy, people: self.people.as_ref() }
    }

    /// Reads on this thread, judges on one thread per core; a bounded queue between them keeps memory flat. A mail that is
    /// alone is judged on this thread, which is done before another has begun.
    fn check_all(&self, args: &CheckArgs, lang: Lang) -> (Vec<Judged>, Vec<Unreadable>) {
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let (sender, receiver) = mpsc::sync_channel::<(usize, Input)>(workers * 2);
        let receiver = Mutex::new(receiver);
        let problems = RefCell::new(Vec::new());
        let results = thread::scope(|scope| {
            let (mut handles, mut alone, mut number) = (Vec::new(), None, 0);
            let mut progress = Progress::new(lang);
            inputs::read_all(
                &args.paths,
                &mut |input| {
                    if input.raw.iter().all(u8::is_ascii_whitespace) {
                        let reason = Bilingual::new("the file is empty", "ファイルが空です");
                        problems.borrow_mut().push(Unreadable { path: input.path, reason });
                        return;
                    }
                    if !is_mail(&input.raw) {
                        let reason = Bilingual::new(
                            "this is no mail: it does not begin with header lines such as From: or Subject:",
                            "メールではありません（From: や Subject: などのヘッダー行で始まっていません）",
                        );
                        problems.borrow_mut().push(Unreadable { path: input.path, reason });
                        return;
                    }
                    number += 1;
                    progress.tick(number);
                    if number == 1 {
                        alone = Some((number, input));
                        return;
                    }
                    if handles.len() < workers {
                        handles.push(scope.spawn(|| self.work(&receiver)));
                    }
                    for mail in alone.take().into_iter().chain([(number, input)]) {
                        // Workers only stop when this side hangs up.
                        let _ = sender.send(mail);
                    }
                },
                &mut |problem| problems.borrow_mut().push(problem),
            );
            drop(sender);
            progress.done();
            let mut results: Vec<Judged> =
                alone.into_iter().map(|(number, input)| self.judged(number, input)).collect();
            // A panic in a check is a finding; one anywhere else must not pass for silence.
            results.extend(handles.into_iter().flat_map(|handle| handle.join().expect("a worker ends in order")));
            results
        });
        (results, problems.into_inner())
    }

    fn work(&self, receiver: &Mutex<Receiver<(usize, Input)>>) -> Vec<Judged> {
        let mut results = Vec::new();
        loop {
            // A poisoned lock only says that another worker panicked between two mails.
            let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((number, input)) = next else { return results };
            results.push(self.judged(number, input));
        }
    }

    fn judged(&self, number: usize, input: Input) -> Judged {
        let judgement = self.judge().judge(self.envelope.as_ref(), &input.raw);
        let explain = |message| self.rules.explain(message, &self.facts);
        let explanation = judgement.message.as_ref().filter(|_| self.explain).map(explain);
        let subject = judgement.message.as_ref().and_then(|message| message.subject.clone());
        Judged {
            number,
            path: input.path,
            mbox: input.mbox,
            subject,
            explanation,
            judgement: Judgement { message: None, ..judgement },
        }
    }
}

fn time(text: &str, lang: Lang) -> Result<Zoned, Stop> {
    let zoned = text.parse::<Zoned>().ok();
    let instant = || text.parse::<jiff::Timestamp>().ok().map(|at| at.to_zoned(jiff::tz::TimeZone::UTC));
    let local =
        || text.parse::<jiff::civil::DateTime>().ok().and_then(|at| at.to_zoned(jiff::tz::TimeZone::system()).ok());
    zoned.or_else(instant).or_else(local).ok_or_else(|| {
        Stop::Message(match lang {
            Lang::En => format!("--now {text}: not a time; write it as 2026-10-14T10:00 or 2026-10-14T10:00+09:00[Asia/Tokyo]"),
            Lang::Ja => format!("--now {text}: 日時として読めません。2026-10-14T10:00 や 2026-10-14T10:00+09:00[Asia/Tokyo] のように書いてください"),
        })
    })
}

fn envelope(recipients: &[String], lang: Lang) -> Result<Option<Envelope>, Stop> {
    let parse = |text: &String| {
        Address::parse(text).map_err(|error| {
            Stop::Message(match lang {
                Lang::En => format!("--rcpt {text}: {error}"),
                Lang::Ja => format!("--rcpt {text}: メールアドレスとして読めません（{error}）"),
            })
        })
    };
    let recipients: Vec<Address> = recipients.iter().map(parse).collect::<Result<_, _>>()?;
    Ok((!recipients.is_empty()).then(|| Envelope { recipients, ..Envelope::default() }))
}
