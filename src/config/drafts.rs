//! `drafts` of `[[account]]`: the mailbox that a mail is handed back to.

use secrecy::SecretString;

use super::accounts::{two_passwords, variable_name};
use super::reader::{Reader, Table};
use super::{Drafts, Login, PasswordSource};
use crate::imap::{ImapUrl, UrlError};
use crate::source::Fault;

const COMMAND: &str = "drafts_password_command";
const VARIABLE: &str = "drafts_password_env";

/// `login` is that of the account, `None` when it could not be read.
pub(super) fn read(reader: &mut Reader<'_>, table: &Table<'_>, login: Option<&Login>) -> Option<Drafts> {
    let url = reader.parse(table, "drafts", url);
    let command = reader.text(table, COMMAND);
    let variable = reader.parse(table, VARIABLE, variable_name);
    let (of_command, of_variable) = (table.key_span(COMMAND), table.key_span(VARIABLE));
    if let (Some(_), Some(span)) = (&of_command, &of_variable) {
        reader.report(span.clone(), two_passwords(COMMAND, VARIABLE));
    }
    let own = of_command.or(of_variable);
    match (table.key_span("drafts"), own) {
        (None, Some(span)) => reader.report(span, no_drafts()),
        (Some(span), None) if matches!(login, Some(Login::None)) => reader.report(span, no_password()),
        _ => {}
    }
    let password = match (command, variable) {
        (Some(command), _) => Some(PasswordSource::Command(SecretString::from(command.into_inner()))),
        (None, variable) => variable.map(|name| PasswordSource::Environment(name.into_inner())),
    };
    Some(Drafts { url: url?.into_inner(), password })
}

fn url(text: &str) -> Result<ImapUrl, Fault> {
    ImapUrl::parse(text).map_err(|error| match error {
        UrlError::Password => Fault::new("a password must not stand in the URL", "URL にパスワードを書くことはできません").help(
            "take it out; the password of the account is used, or that of `drafts_password_command` or `drafts_password_env`",
            "URL から除いてください。アカウントのパスワードか、`drafts_password_command`、`drafts_password_env` のものを使います",
        ),
        error => {
            let why = error.explain();
            Fault::new(format!("the URL {}", why.en), format!("URL {}", why.ja))
        }
    })
}

fn no_drafts() -> Fault {
    Fault::new(
        "this is the password of a mailbox, but `drafts` names none",
        "メールボックスのパスワードですが、`drafts` の指定がありません",
    )
    .help("for example: drafts = \"imaps://me@imap.example.jp\"", "例: drafts = \"imaps://me@imap.example.jp\"")
}

fn no_password() -> Fault {
    Fault::new(
        "nothing says where the password of this mailbox is: the account has none",
        "アカウントにパスワードの指定がないため、このメールボックスのパスワードの取得方法がありません",
    )
    .help(
        "add `drafts_password_command` or `drafts_password_env`",
        "`drafts_password_command` か `drafts_password_env` を加えてください",
    )
}
