//! The password on its way into the system's keyring: typed without being shown, or the first line of standard input.

use std::io::{self, BufRead, Write};

use secrecy::{ExposeSecret, SecretString};

use super::Answers;
use crate::gate::store_in_keyring;
use crate::lang::Lang;

/// Asks for the password of the account and stores it. What goes wrong is said and does not undo the file: the password
/// can be stored later.
pub(super) fn fill(
    answers: &Answers,
    lang: Lang,
    terminal: bool,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> io::Result<()> {
    let user = &answers.user;
    let password = if terminal { hidden(user, lang)? } else { first_line(input)? };
    if password.expose_secret().is_empty() {
        return match lang {
            Lang::En => {
                writeln!(output, "No password was given: run atena init --password-keyring --force again to store it")
            }
            Lang::Ja => writeln!(
                output,
                "パスワードが入力されませんでした。atena init --password-keyring --force で保存できます"
            ),
        };
    }
    match (store_in_keyring(&answers.upstream, user, &password), lang) {
        (Ok(()), Lang::En) => writeln!(output, "The password for {user} is in the keyring of the system"),
        (Ok(()), Lang::Ja) => writeln!(output, "{user} のパスワードを OS のキーリングに保存しました"),
        (Err(why), Lang::En) => writeln!(output, "The password was not stored: {why}"),
        (Err(why), Lang::Ja) => writeln!(output, "パスワードを保存できませんでした（{why}）"),
    }
}

pub(in crate::cli) fn hidden(user: &str, lang: Lang) -> io::Result<SecretString> {
    let prompt = match lang {
        Lang::En => format!("Password for {user} (not shown): "),
        Lang::Ja => format!("{user} のパスワード（表示されません）: "),
    };
    rpassword::prompt_password(prompt).map(SecretString::from)
}

/// The same once more: what is not shown is easily mistyped.
pub(in crate::cli) fn again(user: &str, lang: Lang) -> io::Result<SecretString> {
    let prompt = match lang {
        Lang::En => format!("Password for {user} once more: "),
        Lang::Ja => format!("{user} のパスワード（もう一度）: "),
    };
    rpassword::prompt_password(prompt).map(SecretString::from)
}

pub(in crate::cli) fn first_line(input: &mut dyn BufRead) -> io::Result<SecretString> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    Ok(SecretString::from(line.trim_end_matches(['\r', '\n'])))
}
