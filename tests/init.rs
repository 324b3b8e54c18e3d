//! Does `atena init` write a file that loads, in both languages, and never a password or over a file?
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Cursor;
use std::path::Path;

use atena::cli::init::{Failure, OnError, Options, PasswordPlace, run};
use atena::config::{Config, Defaults, Login, PasswordSource};
use atena::lang::Lang;
use atena::source::render;
use atena::verdict::Verdict;

fn options(output: &Path) -> Options {
    Options { output: output.to_owned(), ..Options::default() }
}

/// Runs `init` in a terminal with these answers; the screen, and what became of it.
fn talk(options: &Options, lang: Lang, answers: &str) -> (String, Result<(), Failure>) {
    let mut screen = Vec::new();
    let result = run(options, lang, true, &mut Cursor::new(answers.to_owned()), &mut screen);
    (String::from_utf8(screen).unwrap(), result)
}

fn quiet(options: &Options) -> Result<(), Failure> {
    run(options, Lang::En, false, &mut Cursor::new(""), &mut Vec::new())
}

fn load(path: &Path) -> Config {
    let defaults = Defaults { language: Lang::En, data_dir: "/data".into(), home: None };
    Config::from_file(path, &defaults).unwrap_or_else(|problems| panic!("{}", render(&problems, false)))
}

#[test]
fn a_known_provider_needs_an_address_and_enter() {
    for (lang, words) in [
        (Lang::En, ["app password", "2-step verification", "as before", "atena serve"]),
        (Lang::Ja, ["アプリパスワード", "2 段階認証", "これまでどおり", "atena serve"]),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("new").join("atena.toml");
        let (screen, result) = talk(&options(&path), lang, "hanako@gmail.com\n\n\n\n\n");
        result.unwrap();
        for word in words.into_iter().chain(["127.0.0.1", "2525"]) {
            assert!(screen.contains(word), "{word}: {screen}");
        }
        let config = load(&path);
        assert_eq!(config.language, lang);
        assert_eq!(config.accounts[0].upstream.to_string(), "smtps://smtp.gmail.com:465");
        assert!(matches!(config.accounts[0].login, Login::PassThrough));
        assert!(config.own_domains.is_empty(), "gmail.com is nobody's own domain");
        assert_eq!(config.handling.policy.error, Verdict::Hold);
    }
}

#[test]
fn an_unknown_domain_is_asked_for_server_port_and_security() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("atena.toml");
    let answers = "太郎\ntaro@yamada.example\nsmtp.yamada.example\n587\n\nyamada.example、yamada-group.example\nreturn\n2\nsecret-tool lookup service atena\n\n";
    let (screen, result) = talk(&options(&path), Lang::Ja, answers);
    result.unwrap();
    assert!(screen.contains("メールアドレスではありません"), "{screen}");
    let config = load(&path);
    assert_eq!(config.accounts[0].upstream.to_string(), "smtp+starttls://smtp.yamada.example:587");
    assert_eq!(config.own_domains, ["yamada.example", "yamada-group.example"]);
    assert_eq!(config.handling.policy.error, Verdict::Return);
    let Login::Stored { user, password: PasswordSource::Command(_), .. } = &config.accounts[0].login else { panic!() };
    assert_eq!(user, "taro@yamada.example");
    assert!(screen.contains("ログイン  なし"), "{screen}");
}

#[test]
fn a_provider_is_found_by_its_name_and_asked_for_the_missing_part() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("atena.toml");
    let answers = "me@yamada.example\nxserver\nsv99.xserver.jp\n\n\n\n\n3\n\n\n";
    let (screen, result) = talk(&options(&path), Lang::Ja, answers);
    result.unwrap();
    assert!(screen.contains("エックスサーバー") && screen.contains("国外からの SMTP"), "{screen}");
    let config = load(&path);
    assert_eq!(config.accounts[0].upstream.to_string(), "smtps://sv99.xserver.jp:465");
    let Login::Stored { password: PasswordSource::Environment(name), .. } = &config.accounts[0].login else { panic!() };
    assert_eq!(name, "ATENA_PASSWORD");
}

#[test]
fn a_server_without_encryption_is_chosen_by_the_person_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("atena.toml");
    let answers = "me@tiki.ne.jp\nsmtp-auth.tiki.ne.jp\n\nplain\n\n\n\n";
    let (screen, result) = talk(&options(&path), Lang::En, answers);
    result.unwrap();
    assert!(screen.contains("readable on the way"), "{screen}");
    assert_eq!(load(&path).accounts[0].upstream.to_string(), "smtp://smtp-auth.tiki.ne.jp:587");
    let given = Options { address: Some("me@tiki.ne.jp".to_owned()), ..options(&directory.path().join("b.toml")) };
    assert!(matches!(quiet(&given), Err(Failure::Missing(missing)) if missing == ["--upstream"]));
}

#[test]
fn a_password_typed_where_a_number_is_asked_goes_nowhere() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("atena.toml");
    let (screen, result) = talk(&options(&path), Lang::En, "me@gmail.com\n\n\n\ndo-not-show-me\n1\n");
    result.unwrap();
    assert!(!screen.contains("do-not-show-me"));
    assert!(!fs::read_to_string(&path).unwrap().contains("do-not-show-me"));
}

#[test]
fn without_a_terminal_everything_missing_is_named_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("atena.toml");
    let failure = quiet(&options(&path)).unwrap_err();
    assert_eq!(failure.message(Lang::En), "without a terminal these are needed: --address, --upstream");
    assert_eq!(failure.message(Lang::Ja), "端末なしでは次の指定が必要です: --address、--upstream");
    let wrong = Options { address: Some("nobody".to_owned()), ..options(&path) };
    assert!(quiet(&wrong).unwrap_err().message(Lang::En).starts_with("--address: \"nobody\" is not a mail address"));
    assert!(!path.exists());
}

#[test]
fn without_a_terminal_the_options_make_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("atena.toml");
    let given = Options {
        address: Some("me@yamada.example".to_owned()),
        upstream: Some("smtp+starttls://smtp.yamada.example".to_owned()),
        own_domains: vec!["Yamada.example".to_owned(), "group.example".to_owned()],
        on_error: Some(OnError::Return),
        password: Some(PasswordPlace::Environment("MAIL_PASSWORD".to_owned())),
        ..options(&path)
    };
    quiet(&given).unwrap();
    let config = load(&path);
    assert_eq!(config.own_domains, ["yamada.example", "group.example"]);
    assert_eq!(config.handling.policy.error, Verdict::Return);
    assert!(matches!(config.accounts[0].login, Login::Stored { .. }));

    let other = directory.path().join("maildir.toml");
    let given = Options { upstream: Some("maildir:/var/mail/out".to_owned()), output: other.clone(), ..given };
    quiet(&given).unwrap();
    assert!(matches!(load(&other).accounts[0].login, Login::None));

    let bad = PasswordPlace::Environment("not a name".to_owned());
    let upstream = Some("smtps://smtp.yamada.example".to_owned());
    let given = Options { upstream, password: Some(bad), output: directory.path().join("bad.toml"), ..given };
    assert!(matches!(quiet(&given), Err(Failure::Invalid(_))));
    assert!(!given.output.exists());
}

#[test]
fn a_file_is_written_over_only_by_force_and_is_private() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("atena.toml");
    fs::write(&path, "# mine").unwrap();
    let given = Options { address: Some("me@gmail.com".to_owned()), ..options(&path) };
    assert!(matches!(quiet(&given), Err(Failure::Exists(_))));
    let (screen, result) = talk(&options(&path), Lang::En, "me@gmail.com\n\n\n\n\n");
    assert!(matches!(result, Err(Failure::Exists(_))) && screen.is_empty(), "refused before the first question");
    assert_eq!(fs::read_to_string(&path).unwrap(), "# mine");
    quiet(&Options { force: true, ..given }).unwrap();
    assert_eq!(load(&path).accounts.len(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left beside the file");
}

#[test]
fn an_input_that_ends_writes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("atena.toml");
    for answers in ["", "me@gmail.com\n", "x\nx\nx\nx\nx\nme@gmail.com\n\n\n\n\n"] {
        let (_, result) = talk(&options(&path), Lang::En, answers);
        assert!(matches!(result, Err(Failure::Unfinished)), "{answers:?}");
        assert!(!path.exists());
    }
}

#[test]
fn with_a_password_of_its_own_devices_log_in_as_users_and_this_computer_need_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("atena.toml");
    let options = Options {
        address: Some("taro@yamada.example".to_owned()),
        upstream: Some("smtps://smtp.yamada.example".to_owned()),
        password: Some(PasswordPlace::Environment("PASSWORD".to_owned())),
        tls: vec!["atena.yamada.example".to_owned()],
        ..options(&path)
    };
    quiet(&options).unwrap();
    let serve = load(&path).serve;
    assert_eq!((serve.auth, serve.trust_loopback), (atena::config::Auth::Users, true));
    assert_eq!(serve.listen_tls, "0.0.0.0:4650".parse().ok(), "a name may lead to any address");
}

#[test]
fn a_certificate_for_the_network_is_made_with_the_file_or_not_at_all() {
    use atena::config::Auth;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("atena.toml");
    let options = Options {
        address: Some("taro@yamada.example".to_owned()),
        upstream: Some("smtps://smtp.yamada.example".to_owned()),
        tls: vec!["192.0.2.10".to_owned(), "atena.yamada.example".to_owned()],
        ..options(&path)
    };
    let mut screen = Vec::new();
    run(&options, Lang::En, false, &mut Cursor::new(""), &mut screen).unwrap();
    let screen = String::from_utf8(screen).unwrap();
    assert!(screen.contains("192.0.2.10") && screen.contains("tls/ca.pem") && screen.contains("4650"), "{screen}");
    let config = load(&path);
    assert_eq!((config.serve.auth, config.serve.listen_tls), (Auth::PassThrough, "192.0.2.10:4650".parse().ok()));
    let read = |name: &str| fs::read_to_string(directory.path().join("tls").join(name)).unwrap();
    let (certificate, authority) = (read("cert.pem"), read("ca.pem"));
    assert!(certificate.starts_with("-----BEGIN CERTIFICATE") && authority.starts_with("-----BEGIN CERTIFICATE"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(directory.path().join("tls/key.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // Neither is written over; forced, the certificates are new and the configuration is what a person made of it.
    fs::write(&path, "own_domains = [\"yamada.example\"]\n").unwrap();
    assert!(matches!(quiet(&options), Err(Failure::Exists(there)) if there.ends_with("tls/cert.pem")));
    assert_eq!(read("cert.pem"), certificate);
    quiet(&Options { force: true, ..options.clone() }).unwrap();
    assert_ne!(read("cert.pem"), certificate);
    assert_eq!(fs::read_to_string(&path).unwrap(), "own_domains = [\"yamada.example\"]\n");
    // A name that cannot be one leaves nothing behind.
    let elsewhere = directory.path().join("other").join("atena.toml");
    for name in ["名前", "my office pc", ""] {
        let wrong = Options { tls: vec![name.to_owned()], output: elsewhere.clone(), ..options.clone() };
        assert!(matches!(quiet(&wrong), Err(Failure::Names(..))), "{name}");
    }
    assert!(!elsewhere.exists() && !directory.path().join("other/tls/key.pem").exists());
}
