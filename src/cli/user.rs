//! `atena user`: who may log in at the relay itself.

use std::io::{self, IsTerminal, Write};

use super::Stop;
use super::args::UserCommand;
use super::init::secret;
use crate::config::{Auth, Config};
use crate::lang::{Bilingual, Lang};
use crate::users::{Users, UsersError};

/// # Errors
/// A name or password that cannot be one, or a file that cannot be read or written.
pub(super) fn run(config: &Config, command: &UserCommand, lang: Lang, out: &mut dyn Write) -> Result<u8, Stop> {
    let users = Users::of(&config.data_dir);
    let failed = |error: UsersError| Stop::Message(explain(&error).get(lang).to_owned());
    let word = |en: String, ja: String| Bilingual::new(en, ja).get(lang).to_owned();
    match command {
        UserCommand::Add { name } => {
            let terminal = io::stdin().is_terminal();
            let password =
                if terminal { secret::hidden(name, lang)? } else { secret::first_line(&mut io::stdin().lock())? };
            let new = users.add(name, &password).map_err(failed)?;
            let said = if new {
                word(format!("{name} may log in"), format!("{name} を登録しました"))
            } else {
                word(format!("{name} has a new password"), format!("{name} のパスワードを変更しました"))
            };
            writeln!(out, "{said}")?;
            if config.serve.auth != Auth::Users {
                let hint = word(
                    "Logins of users count once the configuration says: [serve] auth = \"users\"".to_owned(),
                    "利用者のログインは、設定に [serve] auth = \"users\" と書くと有効になります".to_owned(),
                );
                writeln!(out, "{hint}")?;
            }
            Ok(0)
        }
        UserCommand::List => {
            for name in users.names().map_err(failed)? {
                writeln!(out, "{name}")?;
            }
            Ok(0)
        }
        UserCommand::Remove { name } => {
            let found = users.remove(name).map_err(failed)?;
            let said = match found {
                true => word(format!("{name} may no longer log in"), format!("{name} を削除しました")),
                false => word(format!("there is no user {name}"), format!("{name} という利用者はいません")),
            };
            writeln!(out, "{said}")?;
            Ok(u8::from(!found))
        }
    }
}

fn explain(error: &UsersError) -> Bilingual {
    let ja = match error {
        UsersError::Io { path, error } => format!("{}: {error}", path.display()),
        UsersError::Name => "ユーザー名に空白・コロン・制御文字は使えません".to_owned(),
        UsersError::Empty => "パスワードが空です".to_owned(),
        UsersError::Hash => "パスワードを保存できる形にできませんでした".to_owned(),
    };
    Bilingual::new(error.to_string(), ja)
}
