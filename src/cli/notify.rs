//! `atena notify test`: an example through each way of telling people that is configured, and what came of it.

use std::io::Write;
use std::sync::Arc;

use super::Stop;
use super::args::NotifyCommand;
use crate::config::Config;
use crate::gate::setup;
use crate::lang::{Bilingual, Lang};
use crate::message::Address;
use crate::notify::{self, Teller};
use crate::store::Store;
use crate::web;

/// Returns 0 if everybody was told, 1 if somebody was not.
///
/// # Errors
/// Nothing is configured, an address is none, or the store cannot be opened.
pub(super) fn run(config: &Config, command: &NotifyCommand, lang: Lang, out: &mut dyn Write) -> Result<u8, Stop> {
    let NotifyCommand::Test { from_address } = command;
    let message = |text: Bilingual| Stop::Message(text.get(lang).to_owned());
    let sender = from_address.as_deref().map(|text| Address::parse(text).map_err(|_| message(no_address(text))));
    let sender = sender.transpose()?;
    let rules = Arc::new(setup::rules(config)?);
    let store = Store::open(&config.data_dir).map_err(|error| message(error.explain()))?;
    // The relay that runs has the page; where none runs, the link is the one there was.
    let page = web::last_address(&config.data_dir).filter(|_| config.web.enabled);
    // What came of it is told in the language asked for; examples come as real news do.
    let teller = Teller::new(config, rules, store, page);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let came = runtime.block_on(notify::try_all(&teller, sender));
    if came.is_empty() {
        return Err(message(nothing_configured()));
    }
    for one in &came {
        let mark = match (one.told, lang) {
            (true, Lang::En) => "ok    ",
            (false, Lang::En) => "failed",
            (true, Lang::Ja) => "成功",
            (false, Lang::Ja) => "失敗",
        };
        writeln!(out, "{:7}  {mark}  {}", one.way, one.text.get(lang))?;
    }
    Ok(u8::from(came.iter().any(|one| !one.told)))
}

fn nothing_configured() -> Bilingual {
    Bilingual::new(
        "nobody is to be told: set `desktop`, `mail` or `webhook` under [notify] in atena.toml (docs/notify.md)",
        "通知の設定がありません。atena.toml の [notify] に `desktop`、`mail`、`webhook` のいずれかを書いてください (docs/notify.md)",
    )
}

fn no_address(text: &str) -> Bilingual {
    Bilingual::new(
        format!("--sender {text}: no mail address"),
        format!("--sender {text}: メールアドレスではありません"),
    )
}
