//! `atena backtest`: rules and recipient model over past sent mail in order of time, each mail judged with what was known
//! before it and learnt after; with `--simulate-slips`, how many wrong recipients would have been noticed.
//!
//! What is learnt lies in a directory for a while; the user's own store is neither read nor written.

mod json;
pub mod mailbox;
mod plot;
mod report;
mod simulate;
mod table;
mod walk;

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;

use super::Stop;
use super::sources::Mine;
use crate::config::Config;
use crate::correspondents::slips::SlipKind;
use crate::gate::setup;
use crate::lang::Lang;
use crate::output;
use crate::private::Scratch;
use crate::store::Store;

use report::Report;
use simulate::Plan;
use walk::Walk;

/// What to judge, and how.
#[derive(Debug, clap::Args)]
pub struct Backtest {
    /// Sent mail (.eml, directories, Maildirs, mbox files; - for standard input), or history as lines of JSON (.jsonl)
    #[arg(required = true, value_name = "MAILBOX")]
    mailboxes: Vec<PathBuf>,
    /// Another address of your own that mails may come from; may be given several times (default: those of the
    /// configuration, else any)
    #[arg(long, value_name = "ADDRESS")]
    from: Vec<String>,
    /// Mails that are learnt from and not judged, the oldest ones (default: a fifth)
    #[arg(long, value_name = "N")]
    warm_up: Option<usize>,
    /// Output format
    #[arg(long = "format", value_name = "FORMAT", default_value = "text")]
    format: FormatOf,
    /// Show the subjects of the examples
    #[arg(long)]
    show_subjects: bool,
    /// Put wrong recipients on the mails and count how many are noticed
    #[arg(long)]
    simulate_slips: bool,
    /// Another seed draws other wrong recipients; the same one the same
    #[arg(long, value_name = "N", default_value = "1", requires = "simulate_slips")]
    seed: u64,
    /// How often a wrong recipient of each kind is drawn for a mail
    #[arg(long, value_name = "N", default_value = "3", requires = "simulate_slips", value_parser = clap::value_parser!(u32).range(1..=100))]
    trials: u32,
    /// Kind of wrong recipient; may be given several times (default: all that the mailbox allows)
    #[arg(long = "kind", value_name = "KIND", requires = "simulate_slips")]
    kinds: Vec<KindOf>,
    /// Draw what is caught against what it costs, as SVG
    #[arg(long, value_name = "FILE", requires = "simulate_slips")]
    plot: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatOf {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KindOf {
    LookAlike,
    Stranger,
    Namesake,
    Replace,
}

impl KindOf {
    fn kind(self) -> SlipKind {
        match self {
            KindOf::LookAlike => SlipKind::LookAlike,
            KindOf::Stranger => SlipKind::Stranger,
            KindOf::Namesake => SlipKind::Namesake,
            KindOf::Replace => SlipKind::Replace,
        }
    }
}

/// # Errors
/// A wrong configuration or argument, a mailbox without a mail to judge, a disk that takes nothing.
pub fn run(config: &Config, args: &Backtest, lang: Lang, out: &mut dyn Write) -> Result<u8, Stop> {
    let rules = setup::rules(config)?;
    let mine = Mine::of(config, &args.from, None, lang)?;
    let mailbox = mailbox::read(&args.mailboxes, &mine, lang);
    let mails = mailbox.letters.len();
    let warm_up = args.warm_up.unwrap_or(mails / 5);
    if warm_up >= mails {
        let mut said = String::new();
        for problem in mailbox.problems.iter().take(table::MOST_PROBLEMS) {
            said += &format!("{}: {}\n", problem.path, problem.reason.get(lang));
        }
        return Err(Stop::Message(said + &nothing_to_judge(mails, warm_up, mailbox.others, lang)));
    }
    let scratch = Scratch::new("atena-backtest")?;
    let told = |error: &crate::store::StoreError| Stop::Message(error.explain().get(lang).to_owned());
    let store = Store::open_for_a_while(scratch.path()).map_err(|error| told(&error))?;
    let kinds: Vec<SlipKind> = SlipKind::ALL
        .into_iter()
        .filter(|kind| args.kinds.is_empty() || args.kinds.iter().any(|one| one.kind() == *kind))
        .collect();
    let plan = args.simulate_slips.then_some(Plan { kinds, seed: args.seed, trials: args.trials });
    let walk = Walk {
        rules: &rules,
        facts: setup::facts(config, None),
        policy: setup::policy(config),
        people: store.people(),
        plan,
        show_subjects: args.show_subjects,
        lang,
    };
    let report = walk.run(mailbox, warm_up).map_err(|error| told(&error))?;
    drop(walk);
    drop(store);
    write(&report, args, lang, out)
}

fn write(report: &Report, args: &Backtest, lang: Lang, out: &mut dyn Write) -> Result<u8, Stop> {
    match args.format {
        FormatOf::Text => table::write(out, report, lang)?,
        FormatOf::Json => output::write_json(out, &json::Page::of(report, lang))?,
    }
    if let (Some(path), Some(slips)) = (&args.plot, &report.slips) {
        fs::write(path, plot::svg(slips, lang))
            .map_err(|error| Stop::Message(format!("{}: {error}", path.display())))?;
    }
    Ok(0)
}

fn nothing_to_judge(mails: usize, warm_up: usize, others: usize, lang: Lang) -> String {
    let others = match (lang, others) {
        (_, 0) => String::new(),
        (Lang::En, _) => {
            format!("; {others} more were written by others (a former address of yours is named with --from)")
        }
        (Lang::Ja, _) => {
            format!("。ほかの人が書いたメールが{others}通あります（以前の自分のアドレスは --from で指定できます）")
        }
    };
    match lang {
        Lang::En => {
            format!("no mail to judge: there are {mails}, and {warm_up} are learnt from first (--warm-up){others}")
        }
        Lang::Ja => format!(
            "判定するメールがありません: メール{mails}通のうち、最初の{warm_up}通は学習だけに使います（--warm-up）{others}"
        ),
    }
}
