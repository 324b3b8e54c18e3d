//! Does a person at a terminal see what a kept mail does, and does it go only as that person said? And do scripts hear of
//! it?
#![allow(clippy::unwrap_used)]

#[path = "imap/server.rs"]
mod imap;
mod support;
mod terminal;

use std::io::Cursor;

use atena::cli::held::{self, Command, Streams, Style};
use atena::config::{Config, Defaults};
use atena::gate::{Judge, record, setup};
use atena::lang::Lang;
use atena::message::{Address, Envelope};
use atena::source::Source;
use atena::store::{Initial, MailId, NewMail, Release, State, Store, Summary};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use terminal::{PROGRAM, Scratch};

/// Three things to tick: two organisations outside, and the file that is promised and missing.
const LETTER: &str = "From: suzuki@own.example\r\nTo: Priya Raman <priya.raman@client.example>\r\n\
    Cc: Kato <kato@own.example>\r\nSubject: Thanks\r\nDate: Sat, 21 Nov 2026 10:00:00 +0900\r\n\r\n\
    Hi Priya,\r\n\r\nPlease find the report attached.\r\n";
const TO: [&str; 3] = ["priya.raman@client.example", "kato@own.example", "blind@other.example"];

struct Scene {
    scratch: Scratch,
    config: Config,
    store: Store,
    runtime: tokio::runtime::Runtime,
}

impl Scene {
    fn new(more: &str) -> Scene {
        let scratch = Scratch::new();
        let text = format!("own_domains = [\"own.example\"]\ndata_dir = \"data\"\n{more}");
        std::fs::write(scratch.path().join("atena.toml"), &text).unwrap();
        let defaults = Defaults { language: Lang::En, data_dir: scratch.path().join("data"), home: None };
        let config = Config::load(Source::new("atena.toml", text), &scratch.path(), &defaults).unwrap();
        let store = Store::open(&config.data_dir).unwrap();
        Scene { scratch, config, store, runtime: tokio::runtime::Runtime::new().unwrap() }
    }

    /// Keeps a mail as the relay does.
    fn hold(&self, raw: &str, recipients: &[&str]) -> MailId {
        let recipients = recipients.iter().map(|text| Address::parse(text).unwrap()).collect();
        let sender = Address::parse("suzuki@own.example").ok();
        let envelope = Envelope { sender, recipients, ..Envelope::default() };
        let rules = setup::rules(&self.config).unwrap();
        let facts = setup::facts(&self.config, None);
        let judge = Judge { rules: &rules, facts: &facts, policy: setup::policy(&self.config), people: None };
        let judgement = judge.judge(Some(&envelope), raw.as_bytes());
        let mut mail = NewMail::new(envelope, raw.as_bytes().to_vec(), Initial::Held, Timestamp::now());
        mail.subject = judgement.message.unwrap().subject.unwrap_or_default();
        mail.findings_json = record::write(&judgement.findings, &judgement.allowed);
        self.runtime.block_on(self.store.hold(mail)).unwrap()
    }

    fn letter(&self) -> MailId {
        self.hold(LETTER, &TO)
    }

    fn mail(&self, id: &MailId) -> Summary {
        self.runtime.block_on(self.store.summary(id)).unwrap().unwrap()
    }

    fn state(&self, id: &MailId) -> State {
        self.mail(id).state
    }

    /// What the screen shows when a person types these lines; a line that ends the input ends the program.
    fn type_in(&self, lang: Lang, typed: &str) -> String {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let style = style(lang, false);
        let streams = Streams { out: &mut out, err: &mut err };
        let code = held::converse(&self.config, &style, &mut Cursor::new(typed.to_owned()), streams).unwrap();
        assert_eq!((code, err.len()), (0, 0));
        String::from_utf8(out).unwrap()
    }

    fn run(&self, command: &Command, style: &Style) -> String {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        held::run(&self.config, command, style, Streams { out: &mut out, err: &mut err }).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn show(&self, id: &MailId, json: bool, style: &Style) -> String {
        self.run(&Command::Show { id: id.to_string(), raw: false, json }, style)
    }
}

fn style(lang: Lang, colour: bool) -> Style {
    Style { lang, colour, width: 80, time_zone: TimeZone::UTC }
}

#[test]
fn a_mail_is_shown_with_its_recipients_by_organisation_and_its_words_marked() {
    let scene = Scene::new("");
    let id = scene.letter();
    let page = scene.show(&id, false, &style(Lang::En, false));
    for part in [
        "  client.example (outside)\n    To   Priya Raman <priya.raman@client.example>",
        "  own.example (inside)\n    Cc   Kato <kato@own.example>",
        "  other.example (outside)\n    Bcc  blind@other.example",
        "  1 error[missing-attachment]: ",
        "  Please find the report attached.\n         ^^^^^^^^^^^^^^^^^^^^^^^^ 1\n",
        "  [ ] It is for Priya Raman at client.example\n",
        "  [ ] It is for blind@other.example at other.example\n",
        "atena held release ",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let page = scene.show(&id, false, &style(Lang::Ja, true));
    assert!(page.contains("own.example（社内）") && page.contains("送信前の確認"), "{page}");
    assert!(
        page.contains("Please \u{1b}[1m\u{1b}[4m\u{1b}[31mfind the report attached\u{1b}[0m.  ← 1\n")
            && !page.contains(" 1\n     ^"),
        "{page}"
    );
}

#[test]
fn a_program_reads_the_same_sheet() {
    let scene = Scene::new("");
    let json = scene.show(&scene.letter(), true, &style(Lang::En, false));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let sheet = &json["sheet"];
    let of = |name: &str| {
        let houses = sheet["organisations"].as_array().unwrap();
        houses.iter().find(|house| house["name"] == name).unwrap().clone()
    };
    assert_eq!(of("own.example")["own"], true);
    assert_eq!(of("other.example")["recipients"][0]["field"], "Bcc");
    let marked = &sheet["texts"][0][2]["runs"][1];
    assert_eq!((&marked["text"], &marked["findings"]), (&"find the report attached".into(), &serde_json::json!([0])));
    assert_eq!(json["findings"][0]["rule"], "missing-attachment");
    assert_eq!(sheet["ticks"].as_array().unwrap().len(), 3);
}

#[test]
fn where_the_input_ends_nothing_happens() {
    let scene = Scene::new("");
    let id = scene.letter();
    let typed = ["1", "t", "y", "y", "y", "w", "3", "d", "m"];
    // The last line is what would throw it away.
    for lines in 0..typed.len() {
        let typed: String = typed[..lines].iter().map(|line| format!("{line}\n")).collect();
        scene.type_in(Lang::En, &typed);
        assert_eq!((scene.state(&id), scene.mail(&id).envelope.recipients.len()), (State::Held, 3), "{typed:?}");
    }
    assert_eq!(scene.type_in(Lang::En, "q\n").matches("> ").count(), 1);
}

#[test]
fn a_mail_goes_once_everything_is_ticked_and_can_be_taken_back() {
    let scene = Scene::new("");
    let id = scene.letter();
    let screen = scene.type_in(Lang::En, "1\ns\nt\ny\nno\ny\ns\nq\n");
    assert!(screen.contains("Please tick first: It is for"), "{screen}");
    assert_eq!(scene.state(&id), State::Held, "{screen}");
    let screen = scene.type_in(Lang::En, "1\nt\ny\ny\ny\ns\nq\n");
    assert!(screen.contains("All is ticked") && screen.contains("takes it back within 10 s"), "{screen}");
    let mail = scene.mail(&id);
    assert_eq!(mail.state, State::Ready);
    assert!(mail.due_at.unwrap() > mail.changed_at, "it waits for whoever regrets it");
    // On the way it can be sent at once or taken back, and asks for no tick.
    let screen = scene.type_in(Lang::En, "1\nt\nc\nt\ny\ny\ny\ns\nu\nq\n");
    assert!(screen.contains("u = undo the last send"), "{screen}");
    assert_eq!(screen.matches("Taken back").count(), 2, "{screen}");
    assert_eq!(scene.state(&id), State::Held);
}

#[test]
fn somebody_is_left_out_and_need_not_be_ticked() {
    let scene = Scene::new("[web]\nundo = \"0s\"\n");
    let id = scene.letter();
    let screen = scene.type_in(Lang::En, "1\nw\n3\nw\n3\nw\n3\nt\ny\ny\ns\nu\nq\n");
    assert!(screen.contains("Left out: blind@other.example"), "{screen}");
    assert!(screen.contains("There is nothing to take back"), "{screen}");
    let mail = scene.mail(&id);
    let left: Vec<&str> = mail.envelope.recipients.iter().map(|one| one.as_str()).collect();
    assert_eq!((mail.state, left), (State::Ready, TO[..2].to_vec()));
    // All but one; the last one has to stay.
    let other = scene.hold(LETTER, &TO[..1]);
    let screen = scene.type_in(Lang::En, &format!("{other}\nw\n1\nq\n"));
    assert!(screen.contains("Somebody has to get it"), "{screen}");
}

#[test]
fn a_reason_is_asked_for_where_the_configuration_wants_one() {
    let scene = Scene::new("[web]\nask_reason = true\ntick = []\n");
    let id = scene.letter();
    let screen = scene.type_in(Lang::En, "1\ns\n\nq\n");
    assert!(screen.contains("Without a reason it stays here"), "{screen}");
    assert_eq!(scene.state(&id), State::Held);
    scene.type_in(Lang::En, "1\ns\nＭark is Her nickname\nq\n");
    let mail = scene.runtime.block_on(scene.store.mail(&id)).unwrap().unwrap();
    assert_eq!(mail.summary.state, State::Ready);
    assert_eq!(mail.events.last().unwrap().note.as_deref(), Some("Ｍark is Her nickname"), "as it was typed");
}

#[test]
fn a_mail_is_dropped_only_after_a_yes() {
    let scene = Scene::new("");
    let (first, second) = (scene.letter(), scene.letter());
    scene.type_in(Lang::En, &format!("{first}\nd\n\nd\nn\nq\n"));
    assert_eq!(scene.state(&first), State::Held);
    scene.type_in(Lang::En, &format!("{first}\nd\ny\n{second}\nd\nm\nq\n"));
    assert_eq!((scene.state(&first), scene.state(&second)), (State::Dropped, State::Dropped));
}

#[test]
fn keys_are_understood_as_a_japanese_keyboard_types_them() {
    let scene = Scene::new("");
    let id = scene.letter();
    let screen = scene.type_in(Lang::Ja, "１\nＴ\nはい\nｙ\ny\nｓ\nｑ\n");
    assert!(screen.contains("すべて確認しました") && screen.contains("10 秒以内なら u"), "{screen}");
    assert_eq!(scene.state(&id), State::Ready);
}

#[test]
fn one_goes_from_mail_to_mail_and_wrong_keys_do_nothing() {
    let scene = Scene::new("");
    let (old, new) = (scene.hold(&LETTER.replace("Thanks\r", "Older\r"), &TO), scene.letter());
    let screen = scene.type_in(Lang::En, "\n9999999\nzzzzzzz\n1\nn\np\nx\nc\n\nn\nn\nq\n");
    let order: Vec<&str> = screen.lines().filter_map(|line| line.strip_prefix("Mail ")?.split(':').next()).collect();
    let (old, new) = (old.to_string(), new.to_string());
    assert_eq!(order, [&new, &old, &new, &new, &old], "{screen}");
    assert!(screen.contains(&format!("1 !! {new}")) && screen.contains(&format!("2 !! {old}")), "{screen}");
    assert_eq!(screen.matches("neither a number").count(), 2, "{screen}");
    assert!(screen.contains("There is no further one"), "{screen}");
}

#[test]
fn a_mail_decided_on_elsewhere_is_left_alone() {
    let scene = Scene::new("[web]\ntick = []\n");
    let id = scene.letter();
    // Sent from here, and while the list is open dropped by nobody: what is gone says so.
    scene.runtime.block_on(scene.store.drop_mail(&id, Timestamp::now())).unwrap();
    let screen = scene.type_in(Lang::En, &format!("{id}\ns\nd\nq\n"));
    assert!(screen.contains("No mail is held.") && screen.contains("(the text is gone)"), "{screen}");
    assert_eq!(scene.state(&id), State::Dropped);
}

#[test]
fn without_a_terminal_the_help_is_printed() {
    let scene = Scene::new("");
    let output = scene.scratch.run("atena held");
    assert_eq!(output.status.code(), Some(2));
    assert!(scene.scratch.text(&output.stderr).contains("Usage: atena held"));
    let output = scene.scratch.run("atena --lang ja held");
    assert!(scene.scratch.text(&output.stderr).contains("使い方: atena held"));
}

#[cfg(unix)]
mod watching {
    use std::io::{BufRead, BufReader};
    use std::process::{Child, ChildStdout, Stdio};

    use super::*;

    /// `atena held watch`, from the moment on from which it misses nothing.
    fn watch(scene: &Scene, arguments: &[&str]) -> (Child, BufReader<ChildStdout>) {
        let mut command = scene.scratch.program(PROGRAM);
        command.args(["--config", "atena.toml", "held", "watch"]).args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut ready = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut ready).unwrap();
        assert!(ready.contains("Watching"), "{ready}");
        let out = BufReader::new(child.stdout.take().unwrap());
        (child, out)
    }

    fn line(out: &mut BufReader<ChildStdout>) -> String {
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        line
    }

    #[test]
    fn each_mail_and_each_decision_is_told_until_the_signal() {
        let scene = Scene::new("");
        scene.letter();
        let (mut child, mut out) = watch(&scene, &[]);
        let id = scene.letter();
        let told = line(&mut out);
        assert!(
            told.contains(&format!("  {id}  held → priya.raman@client.example +2 “Thanks” – The text says")),
            "{told}"
        );
        let release = Release { note: Some("she agreed".to_owned()), ..Release::default() };
        scene.runtime.block_on(scene.store.release_noting(&id, release, None, Timestamp::now())).unwrap();
        let told = line(&mut out);
        assert!(told.contains(&format!("{id}  released")) && told.ends_with("– she agreed\n"), "{told}");
        scene.runtime.block_on(scene.store.cancel(&id, Timestamp::now())).unwrap();
        scene.runtime.block_on(scene.store.drop_mail(&id, Timestamp::now())).unwrap();
        assert!(line(&mut out).contains(&format!("{id}  taken back")));
        assert!(line(&mut out).contains(&format!("{id}  dropped")));
        let kill = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        assert_eq!(child.wait().unwrap().code(), Some(0), "in order");
        assert_eq!(line(&mut out), "");
    }

    #[test]
    fn a_program_reads_one_line_and_it_ends() {
        let scene = Scene::new("");
        let (mut child, mut out) = watch(&scene, &["--json", "--once"]);
        let id = scene.hold(&LETTER.replace("Thanks\r", "a\u{202e}b\r"), &TO);
        let told = line(&mut out);
        assert!(told.contains("\\u202e"), "{told}");
        let json: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!((&json["event"], &json["mail"]["id"]), (&"held".into(), &id.as_str().into()));
        assert_eq!(json["mail"]["findings"][0]["rule"], "missing-attachment");
        assert_eq!((child.wait().unwrap().code(), line(&mut out).as_str()), (Some(0), ""));
    }
}

/// Every command, as it is typed.
fn commands(command: &clap::Command, path: &str) -> Vec<String> {
    let own = format!("{path}{}", command.get_name());
    let below = command.get_subcommands().flat_map(|sub| commands(sub, &format!("{own} "))).collect::<Vec<_>>();
    [vec![own], below].concat()
}

#[test]
fn manual_pages_tell_of_every_command_in_both_languages() {
    let scratch = Scratch::new();
    let names = commands(&atena::cli::command(Lang::En), "");
    assert!(names.len() > 20);
    let printed = scratch.text(&scratch.run("atena man").stdout);
    let japanese = scratch.text(&scratch.run("atena --lang ja man").stdout);
    let written = scratch.text(&scratch.run("atena man pages").stdout);
    for name in &names {
        let file = format!("{}.1", name.replace(' ', "-"));
        let page = std::fs::read_to_string(scratch.path().join("pages").join(&file)).unwrap();
        assert!(written.contains(&file) && printed.contains(&page), "{file}");
        let bold = format!("\\fB{}\\fR", name.replace('-', "\\-"));
        assert!(page.contains(&bold) && japanese.contains(&bold), "{bold}\n{page}");
    }
    assert!(
        japanese.contains(".SH 名前")
            && japanese.contains("保留中のメールを一覧します")
            && !japanese.contains(".SH NAME")
    );
}

#[test]
fn completions_are_made_for_every_shell_and_bash_takes_them() {
    let scratch = Scratch::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = scratch.run(&format!("atena completions {shell}"));
        assert!(scratch.text(&script.stdout).contains("release"), "{shell}");
        if shell == "bash" {
            std::fs::write(scratch.path().join("atena.bash"), &script.stdout).unwrap();
        }
    }
    if cfg!(unix) {
        let complete = "source ./atena.bash && COMP_WORDS=(atena held re) COMP_CWORD=2 && _atena atena re held && \
                        echo ${COMPREPLY[@]}";
        let output = scratch.program("bash").args(["-ec", complete]).output().unwrap();
        assert_eq!(
            (scratch.text(&output.stdout), scratch.text(&output.stderr)),
            ("release\n".to_owned(), String::new())
        );
        assert!(scratch.run("bash -n atena.bash").status.success());
    }
}

/// The lines of an account with this server as its mailbox.
fn mailbox(server: &imap::Server) -> String {
    let password = imap::PASSWORD.replace('\\', "\\\\");
    format!(
        "[[account]]\nname = \"work\"\nupstream = \"maildir:out\"\ndrafts = \"imap://{}@localhost:{}\"\n\
         drafts_password_command = \"\"\"printf '%s' '{password}'\"\"\"\n",
        imap::USER,
        server.port()
    )
}

/// A mailbox with a folder of drafts; it lives as long as what runs it.
fn with_drafts() -> (tokio::runtime::Runtime, imap::Server) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folders = vec!["() \"/\" INBOX", "() \"/\" Drafts"];
    let server = runtime.block_on(imap::Server::start(imap::Options { folders, ..imap::Options::default() }));
    (runtime, server)
}

#[test]
fn a_key_puts_a_mail_back_among_the_drafts_after_a_yes() {
    let (_runtime, server) = with_drafts();
    let scene = Scene::new(&mailbox(&server));
    let id = scene.letter();
    let screen = scene.type_in(Lang::En, "1\nb\n\nb\nn\nq\n");
    assert!(screen.contains("b = back to the drafts") && server.given().is_empty(), "{screen}");
    let screen = scene.type_in(Lang::Ja, "1\nb\nk\n1\nb\ny\nq\n");
    assert!(screen.contains("ここに残っています") && screen.contains("こちらは破棄しました"), "{screen}");
    assert_eq!((scene.state(&id), server.given().len()), (State::Dropped, 2));
    // No mailbox, no key.
    let scene = Scene::new("");
    scene.letter();
    let screen = scene.type_in(Lang::En, "1\nb\ny\nq\n");
    assert!(!screen.contains("back to the drafts") && !screen.contains("Put it"), "{screen}");
}

#[test]
fn a_mail_goes_back_among_the_drafts_from_the_terminal() {
    let (_runtime, server) = with_drafts();
    let scene = Scene::new(&mailbox(&server));
    let (one, other) = (scene.letter(), scene.letter());
    let draft = |id: &MailId, drop| Command::Draft { ids: vec![id.to_string()], drop };
    let out = scene.run(&draft(&one, false), &style(Lang::En, false));
    assert_eq!((out, scene.state(&one)), (format!("{one}: put into the folder Drafts; it stays here\n"), State::Held));
    let page = scene.show(&one, false, &style(Lang::En, false));
    assert!(page.contains("put into the folder Drafts of mai@own.example at localhost, UID 30\n"), "{page}");
    let out = scene.run(&draft(&other, true), &style(Lang::Ja, false));
    assert!(out.contains("Drafts に入れ、こちらは破棄しました"), "{out}");
    assert_eq!(scene.state(&other), State::Dropped);
    let given = server.given();
    let bcc = format!("Bcc: {}\r\n{LETTER}", TO[2]);
    assert!(given.len() == 2 && given.iter().all(|mail| *mail == bcc.as_bytes()), "{}", given.len());
}

#[test]
fn a_draft_that_cannot_be_put_there_says_why() {
    let scene = Scene::new("");
    let id = scene.letter();
    for (lang, part) in [(Lang::En, "drafts = \"imaps://user@host\""), (Lang::Ja, "下書き用のメールボックス")]
    {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let command = Command::Draft { ids: vec!["zzzz".to_owned(), id.to_string()], drop: true };
        let style = style(lang, false);
        let code = held::run(&scene.config, &command, &style, Streams { out: &mut out, err: &mut err }).unwrap();
        let told = String::from_utf8(err).unwrap();
        assert!(code == 1 && out.is_empty() && told.contains(part) && told.contains("zzzz"), "{told}");
    }
    assert_eq!(scene.state(&id), State::Held);
}
