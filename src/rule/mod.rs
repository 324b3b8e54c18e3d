//! Rules: data in packs, a closed list of kinds of check, one run over a mail.
//!
//! Pure. A rule is one block of a pack (`rules/*.toml`): texts, level, kind of check with its parameters, examples.
//! A kind of check is one file in `check` and one line of its list.

mod allow;
mod check;
mod compact;
mod embedded;
mod examples;
mod explain;
mod expression;
mod failed;
mod fault;
mod faults;
mod mask;
pub mod opinion;
mod parse;
mod reading;
mod recipients;
mod remark;
mod samples;
mod sent;
mod settings;
mod size;
mod thread;
mod when;
mod words;
mod workdays;

use std::borrow::Cow;
use std::ops::Range;

use crate::checklist::Checklist;
use crate::facts::Facts;
use crate::finding::{Allowance, Allowed, Confidence, Evidence, Finding, Level};
use crate::lang::{Bilingual, Lang};
use crate::message::Message;
use crate::source::Source;

pub use allow::{ALLOW_HEADER, Findings};
use check::Check;
pub use examples::{Example, Failure, Outcome};
pub use explain::Lesson;
use expression::Expressions;
pub use failed::{CHECK_FAILED, broken_check, unreadable};
use mask::Mask;
use reading::{Reading, Remark};
use when::{Conditions, Whom};
use words::Layers;

/// One rule of a pack.
#[derive(Debug)]
pub struct Rule {
    pub id: String,
    pub level: Level,
    pub confidence: Confidence,
    /// With `{name}` where a finding puts its evidence.
    pub title: Bilingual,
    pub why: Bilingual,
    pub advice: Bilingual,
    /// Where the demand comes from.
    pub source: String,
    pub examples: Vec<Example>,
    /// The name of the pack it stands in.
    pub pack: String,
    /// The mails it looks at.
    when: Conditions,
    /// The mails it is allowed to be wrong about, as the configuration says.
    except: Option<Conditions>,
    check: Check,
}

/// All rules in force, ready to run.
#[derive(Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    vocabulary: Vocabulary,
    packs: Vec<Source>,
}

/// What is looked for in the texts of a mail.
#[derive(Debug)]
struct Vocabulary {
    lexicon: Layers,
    expressions: Expressions,
}

/// What the configuration says about one rule.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The file it stands in, for problems.
    pub source: Source,
    pub id: String,
    pub id_span: Range<usize>,
    pub enabled: bool,
    pub level: Option<Level>,
    pub parameters: Vec<Parameter>,
}

/// A parameter of a rule's check, set by the configuration.
#[derive(Debug, Clone)]
pub struct Parameter {
    pub name: String,
    pub value: toml::Value,
    pub span: Range<usize>,
}

impl Rules {
    /// Reads packs and applies the configuration's settings. A rule of a later pack replaces one of the same id.
    ///
    /// # Errors
    /// Every problem of every pack and setting at once, each with its place, told in `lang`.
    pub fn load(packs: &[Source], settings: &[Setting], lang: Lang) -> Result<Rules, Vec<crate::source::Problem>> {
        parse::load(packs, settings, lang)
    }

    /// The same for the program's packs and one's own behind them, without the examples of the program's: half of
    /// their text, and no mail is judged by it.
    ///
    /// # Errors
    /// As those of [`Rules::load`].
    pub fn load_lean(own: &[Source], settings: &[Setting], lang: Lang) -> Result<Rules, Vec<crate::source::Problem>> {
        parse::load_behind_shipped(own, settings, lang)
    }

    /// The rules in force, in the order of the packs.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The kind of a rule's check and its parameters as its pack gives them, for people.
    pub fn parameters(&self, id: &str) -> (String, Vec<(String, toml::Value)>) {
        let check = self.get(id).and_then(|rule| settings::check_of(&self.packs, &rule.pack, id));
        let kind = check.and_then(|check| check.into_iter().next());
        kind.map(|(kind, parameters)| (kind, parameters.as_table().cloned().unwrap_or_default().into_iter().collect()))
            .unwrap_or_default()
    }

    /// Runs every rule on a mail; findings come worst first, then in the order of their places.
    pub fn run(&self, message: &Message, facts: &Facts) -> Findings {
        self.run_watched(message, facts, |_| {})
    }

    /// The same; `watch` is told of each rule when it is done, and of none when the mail is read and the first begins.
    /// What several rules ask of the mail is worked out for the first of them.
    pub fn run_watched(&self, message: &Message, facts: &Facts, mut watch: impl FnMut(Option<&Rule>)) -> Findings {
        let reading = Reading::new(&self.vocabulary, message, facts);
        watch(None);
        let remarks = |rule| {
            let remarks = Rule::remarks(rule, &reading);
            watch(Some(rule));
            (rule, remarks)
        };
        let mut said: Vec<(&Rule, Vec<Remark>)> = self.rules.iter().map(remarks).collect();
        said.retain(|(_, remarks)| !remarks.is_empty());
        let mut checklist = checklist(&reading, &said);
        if !said.is_empty() || checklist.is_some() {
            // Before the texts are filled: a password may be a word that they use.
            let mask = self.mask(&reading);
            said.iter_mut().flat_map(|(_, remarks)| remarks).for_each(|remark| mask.hide(remark));
            checklist.iter_mut().for_each(|list| mask.hide_checklist(list));
        }
        let mut out = Findings { checklist, ..Findings::default() };
        let repeated = reading.fault().is_some_and(|fault| fault.kind == fault::Kind::Repeat);
        for (rule, remarks) in said {
            // A guess stays a hint.
            let rises = repeated && rule.confidence > Confidence::Low && rule.check.kind().rises_on_repeat();
            let found = remarks.into_iter().map(|remark| {
                let finding = rule.finding(remark);
                let level = if rises { finding.level.risen() } else { finding.level };
                Finding { level, ..finding }
            });
            if rule.except.as_ref().is_some_and(|except| except.hold(&reading, Whom::AllOutside)) {
                out.allowed.extend(found.map(|finding| Allowed { finding, by: Allowance::Setting }));
            } else {
                out.found.extend(found);
            }
        }
        out.found.extend(failed::troubles(message));
        let place = |f: &Finding| (f.location.part.clone(), f.location.line, f.location.column);
        out.found.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| place(a).cmp(&place(b))));
        out
    }

    /// What must not be shown of a mail.
    fn mask(&self, reading: &Reading<'_>) -> Mask {
        Mask::of(self.rules.iter().flat_map(|rule| rule.check.kind().secrets(reading)))
    }

    /// The clients that conditions of rules name, with the rule: whoever knows the configured ones compares them.
    pub fn clients_named(&self) -> impl Iterator<Item = (&Rule, &str)> {
        self.rules.iter().flat_map(|rule| {
            let conditions = std::iter::once(&rule.when).chain(&rule.except);
            conditions.flat_map(Conditions::clients).map(move |name| (rule, name))
        })
    }

    /// Patterns that run over every text because no literal can rule them out; none is wanted in the shipped packs.
    pub fn untriggered_patterns(&self) -> Vec<&str> {
        self.vocabulary.lexicon.untriggered().collect()
    }
}

impl Rule {
    /// What it finds, with nothing hidden.
    fn run(&self, reading: &Reading<'_>) -> Vec<Finding> {
        self.remarks(reading).into_iter().map(|remark| self.finding(remark)).collect()
    }

    fn remarks(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if !self.when.hold(reading, Whom::Some) {
            return Vec::new();
        }
        let kind = self.check.kind();
        let found = kind.run(reading);
        let Some(label) = kind.label() else { return found };
        match reading.settles(label, !found.is_empty()) {
            true if found.is_empty() => kind.supposed(reading),
            true => found,
            false => Vec::new(),
        }
    }

    fn finding(&self, remark: Remark) -> Finding {
        let fill = |template: &Bilingual| {
            let filled = |lang| fill(template.get(lang), lang, &remark.evidence);
            Bilingual::new(filled(Lang::En), filled(Lang::Ja))
        };
        Finding {
            rule: self.id.clone(),
            level: self.level,
            confidence: self.confidence,
            title: fill(&self.title),
            why: fill(&self.why),
            advice: fill(&self.advice),
            location: remark.location,
            evidence: remark.evidence,
            doubt: remark.doubt,
        }
    }
}

/// What the answer to a fault holds, by what the rules found: what one of them calls lacking is not there.
fn checklist(reading: &Reading<'_>, said: &[(&Rule, Vec<Remark>)]) -> Option<Checklist> {
    let fault = reading.fault()?;
    let found = || said.iter().filter_map(|(rule, remarks)| Some((rule.check.kind(), remarks.first()?)));
    let lacking: Vec<fault::Part> = found().filter_map(|(kind, _)| kind.part()).collect();
    let spoilt = found().filter_map(|(kind, remark)| Some((kind.tactic()?, &remark.location)));
    Some(fault::checklist(reading, fault, &lacking, &spoilt.collect::<Vec<_>>()))
}

/// Puts evidence into a template in one pass, so that braces of the mail stay what they are; a name without evidence is
/// left standing, where the examples' test finds it.
fn fill(template: &str, lang: Lang, evidence: &[(Cow<'static, str>, Evidence)]) -> String {
    let mut out = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        out.push_str(before);
        let known = behind.split_once('}').and_then(|(name, after)| {
            evidence.iter().find(|(known, _)| *known == name).map(|(_, value)| (value, after))
        });
        match known {
            Some((value, after)) => {
                out.push_str(&value.text(lang));
                rest = after;
            }
            None => {
                out.push('{');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}
