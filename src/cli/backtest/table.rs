//! A backtest for people.

use std::io::{self, Write};
use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use super::report::{Cost, Example, KindCount, Report, RuleCount, Slips};
use crate::correspondents::slips::SlipKind;
use crate::finding::Level;
use crate::lang::{Bilingual, Lang};
use crate::output::{level_word, one_line};
use crate::verdict::Verdict;

/// Problems shown; the rest is counted.
pub(super) const MOST_PROBLEMS: usize = 20;
/// Recipients shown of an example.
const MOST_RECIPIENTS: usize = 3;
/// Rules that noticed a smaller share of every kind of slip are only counted.
const LEAST: f64 = 0.005;
/// Blanks between columns.
const GAP: usize = 2;

pub(super) fn write(out: &mut dyn Write, report: &Report, lang: Lang) -> io::Result<()> {
    head(out, report, lang)?;
    summary(out, report, lang)?;
    if !report.rules.is_empty() {
        writeln!(out)?;
        rules(out, report, lang)?;
    }
    if let Some(cost) = &report.cost {
        writeln!(out)?;
        writeln!(out, "{}", time(cost).get(lang))?;
    }
    if let Some(slips) = &report.slips {
        writeln!(out)?;
        self::slips(out, slips, lang)?;
        if !slips.kinds.is_empty() {
            writeln!(out)?;
            noticed(out, report, slips, lang)?;
        }
    }
    Ok(())
}

fn head(out: &mut dyn Write, report: &Report, lang: Lang) -> io::Result<()> {
    for problem in report.problems.iter().take(MOST_PROBLEMS) {
        writeln!(out, "{}: {}", problem.path, problem.reason.get(lang))?;
    }
    if report.problems.len() > MOST_PROBLEMS {
        let more = report.problems.len() - MOST_PROBLEMS;
        writeln!(
            out,
            "{}",
            Bilingual::new(format!("not read besides: {more}"), format!("ほかに読み取れなかったもの: {more}件"))
                .get(lang)
        )?;
    }
    if report.others > 0 {
        let others = report.others;
        let said = Bilingual::new(
            format!("left out, written by others: {others} (a former address of yours is named with --from)"),
            format!("ほかの人が書いたメール（対象外）: {others}通（以前の自分のアドレスは --from で指定できます）"),
        );
        writeln!(out, "{}", said.get(lang))?;
    }
    let (mails, judged) = (report.mails, report.judged);
    let learnt = mails - judged;
    let days = report.days.map_or(String::new(), |(first, last)| match lang {
        Lang::En => format!(", {first} to {last}"),
        Lang::Ja => format!("、{first}〜{last}"),
    });
    writeln!(
        out,
        "{}",
        match lang {
            Lang::En => format!("mails: {mails}; learnt from first: {learnt}; judged: {judged}{days}"),
            Lang::Ja => format!("メール: {mails}通（最初の{learnt}通は学習のみ、判定: {judged}通{days}）"),
        }
    )
}

/// How many mails had what, and what would have happened to them.
fn summary(out: &mut dyn Write, report: &Report, lang: Lang) -> io::Result<()> {
    let row =
        |name: Bilingual, mails: usize| vec![name.get(lang).to_owned(), mails.to_string(), share(mails, report.judged)];
    let head = match lang {
        Lang::En => ["", "MAILS", "PER 100"],
        Lang::Ja => ["", "通数", "100通あたり"],
    };
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for level in Level::ALL.into_iter().rev() {
        let name = Bilingual::new(
            format!("worst finding: {}", level_word(level, Lang::En)),
            format!("最も重い指摘が「{}」", level_word(level, Lang::Ja)),
        );
        rows.push(row(name, report.levels.get(&level).copied().unwrap_or_default()));
    }
    rows.push(row(
        Bilingual::new("interrupted by the policy", "すぐには送られなかったはずのメール"),
        report.interrupted(),
    ));
    for (verdict, mails) in &report.verdicts {
        rows.push(row(happened(*verdict), *mails));
    }
    columns(out, &rows, 1)
}

fn happened(verdict: Verdict) -> Bilingual {
    match verdict {
        Verdict::Forward => Bilingual::new("  sent", "  送信"),
        Verdict::Delay => Bilingual::new("  delayed", "  遅らせて送信"),
        Verdict::Hold => Bilingual::new("  held", "  保留"),
        Verdict::Return => Bilingual::new("  returned", "  差し戻し"),
        Verdict::Reject => Bilingual::new("  refused", "  拒否"),
    }
}

fn rules(out: &mut dyn Write, report: &Report, lang: Lang) -> io::Result<()> {
    let head = match lang {
        Lang::En => ["RULE", "LEVEL", "MAILS", "PER 100", "µs A MAIL"],
        Lang::Ja => ["規則", "レベル", "通数", "100通あたり", "1通あたりµs"],
    };
    let cells = |rule: &RuleCount| {
        let mut cells = vec![
            rule.id.clone(),
            level_word(rule.level, lang).to_owned(),
            rule.mails.to_string(),
            share(rule.mails, report.judged),
        ];
        let spent = report.cost.as_ref().map(|cost| cost.rules.get(&rule.id).map_or("–".to_owned(), micros));
        cells.extend(spent);
        cells
    };
    let width = if report.cost.is_some() { 5 } else { 4 };
    let mut rows = vec![head[..width].iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()];
    rows.extend(report.rules.iter().map(cells));
    let mut table = Vec::new();
    columns(&mut table, &rows, 2)?;
    let table = String::from_utf8_lossy(&table).into_owned();
    for (number, line) in table.lines().enumerate() {
        writeln!(out, "{line}")?;
        let examples = number.checked_sub(1).and_then(|at| report.rules.get(at)).map(|rule| &rule.examples);
        examples.into_iter().flatten().try_for_each(|one| writeln!(out, "    {}", example(one, lang)))?;
    }
    Ok(())
}

fn example(one: &Example, lang: Lang) -> String {
    let mut to = one.recipients.iter().take(MOST_RECIPIENTS).map(|one| one_line(one)).collect::<Vec<_>>().join(", ");
    if one.recipients.len() > MOST_RECIPIENTS {
        to += &format!(" +{}", one.recipients.len() - MOST_RECIPIENTS);
    }
    let subject = one.subject.as_ref().map_or(String::new(), |subject| match lang {
        Lang::En => format!(" [{}]", one_line(subject)),
        Lang::Ja => format!("［{}］", one_line(subject)),
    });
    format!("{}  {to}: {}{subject}", one.day, one_line(one.title.get(lang)))
}

fn time(cost: &Cost) -> Bilingual {
    let (whole, reading, mails) = (micros(&cost.whole), micros(&cost.reading), cost.mails);
    let rules = micros(&cost.rules.values().sum());
    Bilingual::new(
        format!(
            "time a mail: {whole} µs with parsing and the lookup of its recipients; of this the words all rules share {reading} µs, \
             all rules {rules} µs (rules measured on {mails} mails)"
        ),
        format!(
            "1通あたりの時間: {whole} µs（解析と宛先の照会を含む）。うち全規則で共用する語の検索 {reading} µs、全規則 {rules} µs（規則の時間は{mails}通で計測）"
        ),
    )
}

fn micros(time: &Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    if micros < 10.0 { format!("{micros:.1}") } else { format!("{micros:.0}") }
}

fn slips(out: &mut dyn Write, slips: &Slips, lang: Lang) -> io::Result<()> {
    let (seed, trials) = (slips.seed, slips.trials);
    let said = match (lang, slips.kinds.is_empty()) {
        (Lang::En, false) => {
            format!("wrong recipients put on the mails (seed {seed}, {trials} for each mail and kind)")
        }
        (Lang::En, true) => "no wrong recipient could be made: too few people are written to".to_owned(),
        (Lang::Ja, false) => format!("誤った宛先を加えた場合（乱数の種 {seed}、種類ごとに1通あたり{trials}回）"),
        (Lang::Ja, true) => "宛先が少なく、誤った宛先を作れませんでした".to_owned(),
    };
    writeln!(out, "{said}")?;
    if slips.kinds.is_empty() {
        return Ok(());
    }
    let head = match lang {
        Lang::En => ["KIND", "SLIPS", "LOOKS WORST", "AUC", "CAUGHT AT 1 %", "AT 5 %"],
        Lang::Ja => ["種類", "件数", "最も不自然と判定", "AUC", "警告率1%での検出", "5%での検出"],
    };
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for kind in &slips.kinds {
        rows.push(vec![
            kind_words(kind.kind).get(lang).to_owned(),
            kind.slips.to_string(),
            percent(kind.first),
            kind.area.map_or("–".to_owned(), |area| format!("{area:.3}")),
            percent(kind.caught[0]),
            percent(kind.caught[1]),
        ]);
    }
    columns(out, &rows, 1)
}

/// What the rules in force remark upon, against how often they do on clean mails.
fn noticed(out: &mut dyn Write, report: &Report, slips: &Slips, lang: Lang) -> io::Result<()> {
    let (head, clean) = match lang {
        Lang::En => ("NOTICED BY", "CLEAN MAILS"),
        Lang::Ja => ("気付いた規則", "通常のメール"),
    };
    let mut rows = vec![vec![head.to_owned(), clean.to_owned()]];
    rows[0].extend(slips.kinds.iter().map(|kind| kind_words(kind.kind).get(lang).to_owned()));
    let mut add = |name: &str, clean: usize, of: &dyn Fn(&KindCount) -> usize| {
        let mut row = vec![name.to_owned(), percent(Some(part(clean, report.judged)))];
        row.extend(slips.kinds.iter().map(|kind| percent(Some(part(of(kind), kind.slips)))));
        rows.push(row);
    };
    let (shown, rare): (Vec<&str>, Vec<&str>) = slips.rules().into_iter().partition(|rule| {
        let share = |kind: &KindCount| part(kind.rules.get(*rule).copied().unwrap_or_default(), kind.slips);
        slips.kinds.iter().any(|kind| share(kind) >= LEAST)
    });
    for rule in shown {
        let clean = report.rule(rule).map_or(0, |count| count.mails);
        add(rule, clean, &|kind| kind.rules.get(rule).copied().unwrap_or_default());
    }
    let any = Bilingual::new("any rule", "いずれかの規則");
    add(any.get(lang), report.levels.values().sum(), &|kind| kind.noticed);
    let interrupted = Bilingual::new("interrupted by the policy", "すぐには送られない");
    add(interrupted.get(lang), report.interrupted(), &|kind| kind.interrupted);
    columns(out, &rows, 1)?;
    if rare.is_empty() {
        return Ok(());
    }
    let (rules, percent) = (rare.len(), 100.0 * LEAST);
    match lang {
        Lang::En => writeln!(out, "rules that noticed fewer than {percent} % of each kind: {rules}"),
        Lang::Ja => writeln!(out, "どの種類でも{percent}%未満しか気付かなかった規則: {rules}件"),
    }
}

/// What a kind of slip is called.
pub(super) fn kind_words(kind: SlipKind) -> Bilingual {
    match kind {
        SlipKind::LookAlike => Bilingual::new("look-alike added", "似た人を追加"),
        SlipKind::Stranger => Bilingual::new("stranger added", "知らない人を追加"),
        SlipKind::Namesake => Bilingual::new("namesake added", "同姓・同名の人を追加"),
        SlipKind::Replace => Bilingual::new("look-alike instead", "似た人と入れ替え"),
    }
}

fn part(of: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { of as f64 / all as f64 }
}

fn share(of: usize, all: usize) -> String {
    format!("{:.1}", 100.0 * part(of, all))
}

fn percent(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), |share| format!("{:.1} %", 100.0 * share))
}

/// Aligned columns: the first `texts` to the left, numbers to the right.
fn columns(out: &mut dyn Write, rows: &[Vec<String>], texts: usize) -> io::Result<()> {
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width =
        |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..count).map(width).collect();
    for row in rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let blanks = " ".repeat(widths[at].saturating_sub(cell.width()));
            line += &if at < texts { format!("{cell}{blanks}") } else { format!("{blanks}{cell}") };
            line += &" ".repeat(GAP);
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
