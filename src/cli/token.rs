//! `atena token`: which programs may use the HTTP API, and for what.

use std::io::Write;

use jiff::{Span, Timestamp, Zoned};

use super::args::{ScopeArg, TokenCommand};
use super::{Stop, user};
use crate::config::Config;
use crate::lang::{Bilingual, Lang};
use crate::tokens::{Scope, Token, Tokens, TokensError};
use crate::users::Users;

/// # Errors
/// A name or time that cannot be one, or a file that cannot be read or written.
pub(super) fn run(config: &Config, command: &TokenCommand, lang: Lang, out: &mut dyn Write) -> Result<u8, Stop> {
    let tokens = Tokens::of(&config.data_dir);
    let failed = |error: TokensError| Stop::Message(explain(&error).get(lang).to_owned());
    match command {
        TokenCommand::Add { token, scope, user, expires } => {
            if let Some(user) = user {
                known(config, user, lang)?;
            }
            let expires = expires.as_deref().map(|text| until(text, lang)).transpose()?;
            let token = Token { name: token.clone(), scopes: scopes(scope), user: user.clone(), expires };
            let secret = tokens.add(token).map_err(failed)?;
            writeln!(out, "{secret}")?;
            let hint = Bilingual::new(
                "Keep it now: it is not shown again. Programs send it as: Authorization: Bearer TOKEN",
                "再表示はできないので、今控えてください。プログラムからは Authorization: Bearer トークン として送ります",
            );
            writeln!(out, "{}", hint.get(lang))?;
            Ok(0)
        }
        TokenCommand::List => {
            for token in tokens.list().map_err(failed)? {
                writeln!(out, "{}", shown(&token, lang))?;
            }
            Ok(0)
        }
        TokenCommand::Remove { token } => {
            let found = tokens.remove(token).map_err(failed)?;
            let said = match found {
                true => Bilingual::new(
                    format!("{token} opens nothing any more"),
                    format!("{token} を削除しました。もう使えません"),
                ),
                false => {
                    Bilingual::new(format!("there is no token {token}"), format!("{token} というトークンはありません"))
                }
            };
            writeln!(out, "{}", said.get(lang))?;
            Ok(u8::from(!found))
        }
    }
}

/// A token of somebody who cannot log in would open nothing.
fn known(config: &Config, name: &str, lang: Lang) -> Result<(), Stop> {
    let users = Users::of(&config.data_dir);
    if users.has(name).map_err(|error| Stop::Message(user::explain(&error).get(lang).to_owned()))? {
        return Ok(());
    }
    let text = Bilingual::new(
        format!("--user {name}: there is no such user; add one with: atena user add {name}"),
        format!("--user {name}: このユーザーはいません。atena user add {name} で追加してください"),
    );
    Err(Stop::Message(text.get(lang).to_owned()))
}

/// Each once, in the order of the manual.
fn scopes(given: &[ScopeArg]) -> Vec<Scope> {
    let mut scopes: Vec<Scope> = given.iter().map(|scope| scope.scope()).collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

/// The end of a span of time that begins now; days are those of the calendar here.
fn until(text: &str, lang: Lang) -> Result<Timestamp, Stop> {
    let now = Zoned::now();
    let end = text.parse::<Span>().ok().and_then(|span| now.checked_add(span).ok()).map(|end| end.timestamp());
    end.filter(|end| *end > now.timestamp()).ok_or_else(|| {
        let text = Bilingual::new(
            format!("--expires {text}: no time from now on; write it as 90d, 12h or 1y"),
            format!("--expires {text}: 期間として読めません。90d、12h、1y のように書いてください"),
        );
        Stop::Message(text.get(lang).to_owned())
    })
}

fn shown(token: &Token, lang: Lang) -> String {
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
    let until = token.expires.map(|expires| {
        let day = expires.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string();
        let text = match token.is_expired(Timestamp::now()) {
            false => Bilingual::new(format!("until {day}"), format!("{day} まで")),
            true => Bilingual::new(format!("expired {day}"), format!("{day} に期限切れ")),
        };
        format!("  {}", text.get(lang))
    });
    let user = token.user.as_deref().map(|user| {
        let text = Bilingual::new(format!("as {user}"), format!("{user} として"));
        format!("  {}", text.get(lang))
    });
    format!("{}  {}{}{}", token.name, scopes.join(","), user.unwrap_or_default(), until.unwrap_or_default())
}

pub(super) fn explain(error: &TokensError) -> Bilingual {
    let ja = match error {
        TokensError::Io { path, error } => format!("{}: {error}", path.display()),
        TokensError::Name => "トークンの名前は 40 文字までの英数字と . - _ です (A-Z a-z 0-9 . - _)".to_owned(),
        TokensError::Taken => "同じ名前のトークンがあります。先に削除するか、別の名前にしてください".to_owned(),
        TokensError::Random(error) => format!("乱数を得られません: {error}"),
    };
    Bilingual::new(error.to_string(), ja)
}
