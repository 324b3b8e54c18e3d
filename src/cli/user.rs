//! `atena user`: who may log in at the relay itself.

use std::io::{self, IsTerminal, Write};

use secrecy::{ExposeSecret, SecretString};

use super::args::UserCommand;
use super::init::secret;
use super::{Stop, token};
use crate::config::{Auth, Config, PageLogin};
use crate::lang::{Bilingual, Lang};
use crate::tokens::Tokens;
use crate::users::{Users, UsersError};

/// The least that NIST SP 800-63B asks for.
const LEAST_CHARACTERS: usize = 8;

/// # Errors
/// A name or password that cannot be one, or a file that cannot be read or written.
pub(super) fn run(config: &Config, command: &UserCommand, lang: Lang, out: &mut dyn Write) -> Result<u8, Stop> {
    let users = Users::of(&config.data_dir);
    let failed = |error: UsersError| Stop::Message(explain(&error).get(lang).to_owned());
    let word = |en: String, ja: String| Bilingual::new(en, ja).get(lang).to_owned();
    match command {
        UserCommand::Add { name } => {
            let password = if io::stdin().is_terminal() {
                chosen(|| secret::hidden(name, lang), || secret::again(name, lang))?
            } else {
                let first = secret::first_line(&mut io::stdin().lock())?;
                chosen(|| Ok(first.clone()), || Ok(first.clone()))?
            };
            let password = password.map_err(|fault| Stop::Message(fault.get(lang).to_owned()))?;
            let new = users.add(name, &password).map_err(failed)?;
            let said = if new {
                word(format!("{name} may log in"), format!("{name} を登録しました"))
            } else {
                word(format!("{name} has a new password"), format!("{name} のパスワードを変更しました"))
            };
            writeln!(out, "{said}")?;
            if config.serve.auth != Auth::Users && config.web.login != PageLogin::Users {
                let hint = word(
                    "Logins of users count once the configuration says: [serve] auth = \"users\", or [web] login = \"users\"".to_owned(),
                    "利用者のログインは、設定に [serve] auth = \"users\" か [web] login = \"users\" と書くと有効になります".to_owned(),
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
            // Whoever gets the name later has not made them.
            let tokens = Tokens::of(&config.data_dir).remove_of(name);
            tokens.map_err(|error| Stop::Message(token::explain(&error).get(lang).to_owned()))?;
            let said = match found {
                true => word(format!("{name} may no longer log in"), format!("{name} を削除しました")),
                false => word(format!("there is no user {name}"), format!("{name} という利用者はいません")),
            };
            writeln!(out, "{said}")?;
            Ok(u8::from(!found))
        }
    }
}

/// A password that is long enough and was typed twice alike, or what is wrong with it. An empty one is told by [`Users::add`].
fn chosen(
    first: impl FnOnce() -> io::Result<SecretString>,
    again: impl FnOnce() -> io::Result<SecretString>,
) -> io::Result<Result<SecretString, Bilingual>> {
    let password = first()?;
    let characters = password.expose_secret().chars().count();
    if characters == 0 {
        return Ok(Ok(password));
    }
    if characters < LEAST_CHARACTERS {
        return Ok(Err(too_short()));
    }
    if again()?.expose_secret() != password.expose_secret() {
        return Ok(Err(Bilingual::new(
            "the two passwords differ, nothing was changed: run the command again",
            "二つのパスワードが違うため、何も変更していません。もう一度実行してください",
        )));
    }
    Ok(Ok(password))
}

fn too_short() -> Bilingual {
    Bilingual::new(
        format!(
            "the password is too short, nothing was changed: choose one of at least {LEAST_CHARACTERS} characters, for \
             example a few words in a row"
        ),
        format!(
            "パスワードが短すぎるため、何も変更していません。{LEAST_CHARACTERS} 文字以上のもの\
             （単語をいくつか並べたものなど）にしてください"
        ),
    )
}

pub(super) fn explain(error: &UsersError) -> Bilingual {
    let ja = match error {
        UsersError::Io { path, error } => format!("{}: {error}", path.display()),
        UsersError::Name => "ユーザー名に空白・コロン・制御文字は使えません".to_owned(),
        UsersError::Empty => "パスワードが空です".to_owned(),
        UsersError::Hash => "パスワードを保存できる形にできませんでした".to_owned(),
    };
    Bilingual::new(error.to_string(), ja)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_at_a_terminal_is_typed_twice_alike_and_not_too_short() {
        let typed = |first: &str, again: Option<&str>| {
            let again = again.map(SecretString::from);
            let again = || Ok(again.expect("it is not asked for a second time"));
            let chosen = chosen(|| Ok(SecretString::from(first)), again).expect("nothing is read here");
            chosen.map(|password| password.expose_secret().to_owned()).map_err(|fault| fault.en)
        };
        assert_eq!(typed("correct horse", Some("correct horse")), Ok("correct horse".to_owned()));
        assert_eq!(typed("八文字ある合言葉", Some("八文字ある合言葉")), Ok("八文字ある合言葉".to_owned()));
        assert!(typed("correct horse", Some("correct house")).is_err_and(|fault| fault.contains("differ")));
        assert!(typed("horse12", None).is_err_and(|fault| fault.contains("at least 8 characters")));
        assert_eq!(typed("", None), Ok(String::new()), "told by whom it is given to");
    }
}
