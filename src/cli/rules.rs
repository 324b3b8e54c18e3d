//! `atena rules list | explain | test | stats`.

mod stats;

use std::io::Write;
use std::path::Path;

use super::Stop;
use super::args::RulesCommand;
use crate::config::Config;
use crate::gate::setup;
use crate::lang::{Bilingual, Lang};
use crate::output::{RuleInfo, level_word};
use crate::rule::{Rule, Rules};
use crate::source::Source;
use crate::suggest::nearest;

/// Runs one of the subcommands; returns the exit code.
///
/// # Errors
/// A wrong configuration or pack, an unknown rule, or an output that cannot be written.
pub(super) fn run(command: &RulesCommand, config: &Config, lang: Lang, out: &mut dyn Write) -> Result<u8, Stop> {
    match command {
        RulesCommand::List { markdown } => {
            let rules = setup::rules_with_examples(config)?;
            if *markdown {
                out.write_all(reference(&rules).as_bytes())?
            } else {
                list(&rules, lang, out)?
            }
            Ok(0)
        }
        RulesCommand::Explain { id } => {
            let rules = setup::rules_with_examples(config)?;
            let rule = rules.get(id).ok_or_else(|| unknown(id, &rules, lang))?;
            explain(&rules, rule, lang, out)?;
            Ok(0)
        }
        RulesCommand::Stats { since, json } => stats::run(config, *since, *json, lang, out),
        RulesCommand::Test { packs } if packs.is_empty() => test(&setup::rules_with_examples(config)?, lang, out),
        RulesCommand::Test { packs } => {
            let sources = packs.iter().map(|path| read(path, lang)).collect::<Result<Vec<_>, _>>()?;
            test(&Rules::load(&sources, &[], lang)?, lang, out)
        }
    }
}

/// What outputs tell of a rule apart from any mail: its texts without the gaps that evidence fills.
pub(super) fn info(rule: &Rule) -> RuleInfo {
    let general = |text: &Bilingual| text.map(|text| text.replace('{', "<").replace('}', ">"));
    RuleInfo {
        id: rule.id.clone(),
        title: general(&rule.title),
        why: general(&rule.why),
        advice: general(&rule.advice),
        level: rule.level,
        help_uri: None,
    }
}

fn list(rules: &Rules, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let widest = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in rules.iter() {
        writeln!(out, "{:widest$}  {:7}  {}", rule.id, rule.level.as_str(), info(rule).title.get(lang))?;
    }
    Ok(())
}

fn explain(rules: &Rules, rule: &Rule, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let info = info(rule);
    let labels = match lang {
        Lang::En => ["level", "why", "what to do", "source", "pack", "fires on", "silent on"],
        Lang::Ja => ["レベル", "理由", "対処", "出典", "パック", "検出する例", "検出しない例"],
    };
    writeln!(out, "{}\n{}\n", rule.id, info.title.get(lang))?;
    writeln!(out, "{}: {}", labels[0], level_word(rule.level, lang))?;
    writeln!(out, "{}: {}", labels[1], info.why.get(lang))?;
    writeln!(out, "{}: {}", labels[2], info.advice.get(lang))?;
    writeln!(out, "{}: {}", labels[3], rule.source)?;
    writeln!(out, "{}: {}", labels[4], rule.pack)?;
    let (kind, parameters) = rules.parameters(&rule.id);
    let heading = match lang {
        Lang::En => format!("parameters, to be set under [rules.{}] (check `{kind}`)", rule.id),
        Lang::Ja => format!("設定値（[rules.{}] で変更できます。検査の種類: `{kind}`）", rule.id),
    };
    if !parameters.is_empty() {
        writeln!(out, "\n{heading}:")?;
    }
    for (name, value) in parameters {
        writeln!(out, "  {name} = {}", shortened(&value))?;
    }
    for (fires, label) in [(true, labels[5]), (false, labels[6])] {
        writeln!(out, "\n{label}:")?;
        for example in rule.examples.iter().filter(|example| example.fires == fires) {
            let note = example.note.as_deref().map(|note| format!("   # {note}")).unwrap_or_default();
            writeln!(out, "  - {}{note}", example.mail.trim_end().replace('\n', "\n    "))?;
        }
    }
    Ok(())
}

/// A value as TOML; of a long list its beginning.
fn shortened(value: &toml::Value) -> String {
    const SHOWN: usize = 3;
    match value {
        toml::Value::Array(items) if items.len() > SHOWN => {
            let shown: Vec<String> = items.iter().take(SHOWN).map(ToString::to_string).collect();
            format!("[{}, … {} more]", shown.join(", "), items.len() - SHOWN)
        }
        other => other.to_string(),
    }
}

fn test(rules: &Rules, lang: Lang, out: &mut dyn Write) -> Result<u8, Stop> {
    let outcomes = rules.test();
    let failed: usize = outcomes.iter().map(|outcome| outcome.failures.len()).sum();
    let examples: usize = outcomes.iter().map(|outcome| outcome.examples).sum();
    for outcome in &outcomes {
        for failure in &outcome.failures {
            let detail = failure.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
            let said = match (lang, failure.expected_to_fire) {
                (Lang::En, true) => "should fire and does not",
                (Lang::En, false) => "should be silent and fires",
                (Lang::Ja, true) => "検出されるはずが、検出されません",
                (Lang::Ja, false) => "検出されないはずが、検出されます",
            };
            writeln!(
                out,
                "{} #{}: {said}{detail}\n    {}",
                outcome.rule,
                failure.number,
                failure.mail.replace('\n', "\n    ")
            )?;
        }
    }
    match lang {
        Lang::En => {
            let rules = if outcomes.len() == 1 { "rule" } else { "rules" };
            writeln!(out, "{} {rules}, {examples} examples, {failed} failed", outcomes.len())?;
        }
        Lang::Ja => writeln!(out, "規則 {} 件、例 {examples} 件、失敗 {failed} 件", outcomes.len())?,
    }
    Ok(u8::from(failed > 0))
}

/// The reference page of the rules (`docs/rules.md`), in both languages.
pub fn reference(rules: &Rules) -> String {
    let mut out = String::from(
        "# Rules\n\nPrinted from the packs by `atena rules list --markdown`; do not edit by hand.\n\n| rule | level | English | 日本語 |\n|---|---|---|---|\n",
    );
    // Gaps such as <greeting> are no HTML.
    let cell = |text: &str| text.replace('|', "\\|").replace('<', "&lt;").replace('>', "&gt;");
    for rule in rules.iter() {
        let info = info(rule);
        out.push_str(&format!(
            "| [`{0}`](#{0}) | {1} | {2} | {3} |\n",
            rule.id,
            rule.level.as_str(),
            cell(&info.title.en),
            cell(&info.title.ja)
        ));
    }
    for rule in rules.iter() {
        let info = info(rule);
        out.push_str(&format!(
            "\n## {}\n\nLevel `{}`, confidence `{}`, pack `{}`. Source: {}.\n",
            rule.id,
            rule.level.as_str(),
            rule.confidence.as_str(),
            rule.pack,
            rule.source
        ));
        for (title, why, advice) in
            [(&info.title.en, &info.why.en, &info.advice.en), (&info.title.ja, &info.why.ja, &info.advice.ja)]
        {
            out.push_str(&format!("\n**{}**\n{} → {}\n", cell(title), cell(why), cell(advice)));
        }
        for (fires, label) in [(true, "Fires on"), (false, "Silent on")] {
            out.push_str(&format!("\n{label}:\n\n"));
            for example in rule.examples.iter().filter(|example| example.fires == fires) {
                let note = example.note.as_deref().map(|note| format!("   ({note})")).unwrap_or_default();
                out.push_str(&format!("```text\n{}\n```\n{}\n", example.mail.trim_end(), note.trim()));
            }
        }
    }
    while out.contains("\n\n\n") {
        out = out.replace("\n\n\n", "\n\n");
    }
    out
}

fn unknown(id: &str, rules: &Rules, lang: Lang) -> Stop {
    let near = nearest(id, rules.iter().map(|rule| rule.id.as_str()));
    Stop::Message(match (lang, near) {
        (Lang::En, Some(near)) => format!("there is no rule {id}; did you mean {near}?"),
        (Lang::En, None) => format!("there is no rule {id}; `atena rules list` shows all"),
        (Lang::Ja, Some(near)) => format!("{id} という規則はありません。{near} ではありませんか"),
        (Lang::Ja, None) => format!("{id} という規則はありません。`atena rules list` で一覧を表示できます"),
    })
}

fn read(path: &Path, lang: Lang) -> Result<Source, Stop> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Source::new(path.display().to_string(), text)),
        Err(error) => Err(Stop::Message(match lang {
            Lang::En => format!("{}: cannot be read: {error}", path.display()),
            Lang::Ja => format!("{}: 読み取れません: {error}", path.display()),
        })),
    }
}
