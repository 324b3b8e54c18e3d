//! What the sentences of a mail and the rules together say of it.

use std::collections::{BTreeMap, BTreeSet};

use atena::classifier::Role;
use atena::rule::opinion::{DEMANDS, Label};

use super::Weights;
use super::corpus::Mail;
use super::few::{self, Row, values};

/// Learns the second opinion of each language, and tells how it fares.
pub(crate) fn learn(mails: &[Mail], weights: &mut Weights) {
    for table in ["en@", "ja@"] {
        let taught: Vec<&Mail> = mails.iter().filter(|mail| mail.evidence.table() == table).collect();
        let measured: Vec<bool> = taught.iter().map(|mail| mail.untuned).collect();
        println!("\n{table} {} mails\n{:22} {:>4}  rules alone      both", taught.len(), "label", "has");
        let mut faulty = vec![true; taught.len()];
        let (mut alone, mut both) = (Vec::new(), Vec::new());
        let mut authors: BTreeMap<&str, [Count; 2]> = BTreeMap::new();
        let mut alarmed = [vec![false; taught.len()], vec![false; taught.len()]];
        for label in Label::ALL {
            let Opinion { weights: learnt, says } = of_label(&taught, *label, &faulty);
            let fires: Vec<bool> = taught.iter().map(|mail| mail.by_rules.contains(label)).collect();
            let told = |n: &usize| measured[*n] && taught[*n].teaches(*label);
            let counts = [&fires, &says]
                .map(|said| Count::of((0..taught.len()).filter(told).map(|n| (said[n], holds(taught[n], *label)))));
            println!("{:22} {:>4}  {}  {}", label.name(), counts[0].right + counts[0].missed, counts[0], counts[1]);
            if *label == Label::Fault {
                faulty = fires.iter().zip(&says).map(|(fires, says)| *fires || *says).collect();
            } else {
                for (alarmed, said) in alarmed.iter_mut().zip([&fires, &says]) {
                    alarmed.iter_mut().zip(said).for_each(|(alarmed, said)| *alarmed |= said);
                }
                for n in (0..taught.len()).filter(told) {
                    let of_author = authors.entry(&taught[n].author).or_default();
                    of_author
                        .iter_mut()
                        .zip([&fires, &says])
                        .for_each(|(count, said)| count.add(said[n], holds(taught[n], *label)));
                }
                alone.push(counts[0].f1());
                both.push(counts[1].f1());
            }
            for (name, weight) in learnt {
                weights.entry((table.to_owned(), name.to_owned())).or_default().push((label.name(), weight));
            }
        }
        let mean = |all: &[f32]| all.iter().sum::<f32>() / all.len() as f32;
        println!("macro F1 {:.3} {:.3}", mean(&alone), mean(&both));
        let good: Vec<usize> = (0..taught.len())
            .filter(|n| measured[*n] && !Label::ALL[1..].iter().any(|label| holds(taught[*n], *label)))
            .collect();
        let [alone, both] = alarmed.map(|alarmed| good.iter().filter(|n| alarmed[**n]).count());
        println!("good mails {}, with a finding {alone} {both}", good.len());
        for (author, [alone, both]) in authors {
            println!("{author:22}       {alone}  {both}");
        }
    }
}

fn holds(mail: &Mail, label: Label) -> bool {
    mail.truth.contains(&label)
}

/// What is counted.
#[derive(Default)]
struct Count {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Count {
    fn of(pairs: impl Iterator<Item = (bool, bool)>) -> Count {
        let mut out = Count::default();
        pairs.for_each(|(said, holds)| out.add(said, holds));
        out
    }

    fn add(&mut self, said: bool, holds: bool) {
        self.right += usize::from(said && holds);
        self.wrong += usize::from(said && !holds);
        self.missed += usize::from(!said && holds);
    }

    fn f1(&self) -> f32 {
        2.0 * self.right as f32 / (2 * self.right + self.wrong + self.missed).max(1) as f32
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let share = |of: usize| self.right as f32 / of.max(1) as f32;
        write!(f, "{:.2} {:.2} {:.2}", share(self.right + self.wrong), share(self.right + self.missed), self.f1())
    }
}

struct Opinion {
    weights: Vec<(&'static str, f32)>,
    /// Of each mail, by weights that were learnt without its author.
    says: Vec<bool>,
}

/// The weights of a label; `faulty`: rules or opinion see a fault, without which nothing is lacking.
fn of_label(mails: &[&Mail], label: Label, faulty: &[bool]) -> Opinion {
    let names = names(mails, label);
    let teaches = |n: &usize| mails[*n].teaches(label);
    let row = |mail: &&Mail| Row {
        author: mail.author.clone(),
        features: values(&names, &mail.evidence.features(label, mail.by_rules.contains(&label))),
        has: holds(mail, label),
        weight: if mail.teaches(label) { mail.weight() } else { 0.0 },
    };
    let rows: Vec<Row> = mails.iter().map(row).collect();
    let odds = few::held_out(&rows);
    let may_hold = |n: usize| match label {
        label if label.needs_rule() => mails[n].by_rules.contains(&label),
        label => !label.is_lack() || faulty[n],
    };
    let asked = |n: &usize| teaches(n) && may_hold(*n);
    let threshold = threshold(
        (0..mails.len()).filter(|n| asked(n) && mails[*n].untuned).map(|n| (odds[n], holds(mails[n], label))).collect(),
        beta(label),
    );
    let mut weights = few::learn(&rows, None);
    weights[0] -= threshold;
    Opinion {
        weights: names.into_iter().zip(weights).collect(),
        says: (0..mails.len()).map(|n| asked(&n) && odds[n] > threshold).collect(),
    }
}

/// What is weighed for a label: its own role, and for what is lacking the situation. More would be learnt by heart.
fn names(mails: &[&Mail], label: Label) -> Vec<&'static str> {
    let (roles, situation): (&[Role], bool) = match label {
        Label::Fault => (&[Role::NamedFault, Role::Foreign, Role::Settled], true),
        Label::MissingApology => (&[Role::Apology, Role::NonApology], true),
        Label::NonApology => (&[Role::NonApology, Role::Apology], true),
        Label::NoSpecificFault => (&[Role::NamedFault, Role::Apology], true),
        Label::NoRemedy => (&[Role::Remedy], true),
        Label::NoPrevention => (&[Role::Prevention, Role::Vow], true),
        Label::NoNextContact => (&[Role::NextContact, Role::Invitation], true),
        Label::DelayUnacknowledged => (&[Role::DelayAck, Role::Chaser], true),
        Label::Excuse => (&[Role::Excuse, Role::Ownership, Role::Cause], false),
        Label::BlameShift => (&[Role::Blame, Role::Ownership], false),
        Label::Minimizing => (&[Role::Minimizing], false),
        Label::Runaround => (&[Role::Runaround], false),
        Label::PushyCondition => (&[Role::Pressure], false),
        Label::OverDefensive => (&[Role::Defence], false),
        Label::DismissiveCommand => (&[Role::Command], false),
    };
    const SITUATION: [Role; 9] = [
        Role::DelayAck,
        Role::Question,
        Role::Apology,
        Role::NamedFault,
        Role::Ownership,
        Role::Excuse,
        Role::Blame,
        Role::Defence,
        Role::Complaint,
    ];
    let mut out = vec!["always", "odds", "rule", "rule without", "calm", "asks"];
    out.extend(roles.iter().map(|role| role.letter()));
    if situation {
        out.extend(SITUATION.iter().filter(|role| !roles.contains(role)).map(|role| role.letter()));
        let signs: BTreeSet<&'static str> = mails.iter().flat_map(|mail| mail.evidence.signs.iter().copied()).collect();
        out.extend(signs);
        out.extend(DEMANDS.iter().flat_map(|(is, without)| [*is, *without]));
    }
    out
}

/// How much more a mail that is missed weighs than one that is wrong, in the F-measure (van Rijsbergen, "Information
/// Retrieval", 1979): a wrong finding about what somebody wrote costs more trust than one about what he left out.
fn beta(label: Label) -> f32 {
    if label == Label::Fault || label.is_lack() { 1.0 } else { 0.8 }
}

/// The threshold that makes the best of both kinds of mistakes.
fn threshold(mut judged: Vec<(f32, bool)>, beta: f32) -> f32 {
    judged.sort_by(|a, b| b.0.total_cmp(&a.0));
    let has = judged.iter().filter(|(_, holds)| *holds).count();
    let (mut right, mut best, mut at) = (0, 0.0, 0.0);
    for (said, pair) in judged.windows(2).enumerate() {
        right += usize::from(pair[0].1);
        let square = beta * beta;
        let measure = (1.0 + square) * right as f32 / ((said + 1) as f32 + square * has as f32);
        if measure > best {
            (best, at) = (measure, f32::midpoint(pair[0].0, pair[1].0));
        }
    }
    at
}
