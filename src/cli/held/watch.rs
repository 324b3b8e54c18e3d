//! `atena held watch`: a line for each mail that begins to wait, and for each decision, by whichever process.

use std::time::Duration;

use serde::Serialize;

use super::super::{Stop, signal};
use super::{Desk, kept_for, table, told};
use crate::gate::record;
use crate::happening::Happening;
use crate::lang::Lang;
use crate::output::{self, HeldEntry, one_line};
use crate::store::{Event, Summary};

/// How soon a change is told; the database is looked at so often.
const LOOK: Duration = Duration::from_millis(300);

/// One line of `--json`.
#[derive(Serialize)]
struct Told<'a> {
    version: u32,
    at: String,
    event: &'static str,
    note: Option<&'a str>,
    mail: HeldEntry<'a>,
}

/// Tells what happens until it is told to stop, or once.
pub(super) async fn run(desk: &mut Desk<'_>, as_json: bool, once: bool) -> Result<u8, Stop> {
    let lang = desk.style.lang;
    let stop = signal::stop()?;
    tokio::pin!(stop);
    let mut watch = desk.store.watch();
    watch.events().await.map_err(|error| told(&error, lang))?;
    // Beside the results: from here on nothing is missed.
    writeln!(desk.streams.err, "{}", desk.word("Watching; Ctrl-C ends.", "監視しています。Ctrl-C で終了します。"))?;
    loop {
        tokio::select! {
            () = &mut stop => return Ok(0),
            () = tokio::time::sleep(LOOK) => {}
        }
        for (id, event) in watch.events().await.map_err(|error| told(&error, lang))? {
            // What was sent waits for nobody.
            let news = event.happening().filter(|news| *news != Happening::Sent);
            let Some(news) = news else { continue };
            let Some(mail) = desk.store.summary(&id).await.map_err(|error| told(&error, lang))? else { continue };
            match as_json {
                true => json_line(desk, news, &event, &mail)?,
                false => line(desk, news, &event, &mail)?,
            }
            desk.streams.out.flush()?;
            if once {
                return Ok(0);
            }
        }
    }
}

fn json_line(desk: &mut Desk<'_>, news: Happening, event: &Event, mail: &Summary) -> Result<(), Stop> {
    let (findings, allowed) = kept_for(mail);
    let mail = HeldEntry::of(mail, &findings, &allowed, desk.style.lang);
    let (at, note) = (event.at.to_string(), event.note.as_deref());
    output::write_json_line(desk.streams.out, &Told { version: 1, at, event: news.as_str(), note, mail })?;
    Ok(())
}

fn line(desk: &mut Desk<'_>, news: Happening, event: &Event, mail: &Summary) -> Result<(), Stop> {
    let lang = desk.style.lang;
    let at = event.at.to_zoned(desk.style.time_zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let findings = record::read(&mail.findings_json);
    let worst = table::worst(&findings).map(|finding| finding.title.get(lang));
    // What is said of a decision is its note; of a mail that begins to wait, why.
    let why = match news {
        Happening::Held | Happening::Delayed => event.note.as_deref().or(worst),
        Happening::Failed
        | Happening::Released
        | Happening::Cancelled
        | Happening::Edited
        | Happening::Dropped
        | Happening::Sent
        | Happening::SentBack
        | Happening::AskedAgain
        | Happening::Escalated => event.note.as_deref(),
    };
    let why = why.map(|why| format!(" – {why}")).unwrap_or_default();
    let to: Vec<&str> = mail.envelope.recipients.iter().map(|address| address.as_str()).take(1).collect();
    let more = mail.envelope.recipients.len().saturating_sub(1);
    let more = if more == 0 { String::new() } else { format!(" +{more}") };
    let (open, close) = if lang == Lang::Ja { ("「", "」") } else { ("“", "”") };
    let text = format!("{} → {}{more} {open}{}{close}{why}", news.explain().get(lang), to.concat(), mail.subject);
    writeln!(desk.streams.out, "{at}  {}  {}", mail.id, one_line(&text))?;
    Ok(())
}
