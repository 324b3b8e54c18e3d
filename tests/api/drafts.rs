//! A mail that is handed back lies among the drafts, once, and stays or goes as was asked.

use std::sync::Arc;

use atena::store::State;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::imap::{Act, Options, PASSWORD, Server, USER};
use crate::{Api, MISADDRESSED, TO};

const FOLDERS: [&str; 2] = ["() \"/\" INBOX", "(\\Drafts) \"/\" \"&Tgtm+DBN-\""];

/// A relay whose account has a mailbox, and a mail that is held there.
pub(crate) struct Scene {
    pub(crate) api: Api,
    pub(crate) mailbox: Server,
    pub(crate) id: String,
}

impl Scene {
    pub(crate) async fn new(options: Options) -> Scene {
        Scene::with_password(options, PASSWORD).await
    }

    async fn with_password(options: Options, password: &str) -> Scene {
        let mailbox = Server::start(Options { folders: FOLDERS.to_vec(), ..options }).await;
        let account = format!(
            "drafts = \"imap://{USER}@localhost:{}\"\ndrafts_password_command = \"\"\"printf '%s' '{}'\"\"\"\n",
            mailbox.port(),
            password.replace('\\', "\\\\"),
        );
        let api = Api::of("", &format!("{account}[web]\nlisten = \"127.0.0.1:0\"\n")).await;
        let id = api.held(MISADDRESSED).await;
        Scene { api, mailbox, id }
    }

    async fn hand_back(&self, body: Value) -> crate::http::Answer {
        self.api.post(&format!("/api/v1/mails/{}/draft", self.id), &body.to_string()).await
    }

    async fn mail(&self) -> Value {
        self.api.get(&format!("/api/v1/mails/{}", self.id)).await.json()
    }

    /// The notes of the record behind the first.
    async fn notes(&self) -> Vec<String> {
        let mail = self.mail().await;
        let notes = mail["events"].as_array().unwrap().iter().skip(1);
        notes.map(|event| event["note"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

fn noted() -> String {
    format!("put into the folder 下書き of {USER} at localhost, UID 30 (token crm)")
}

#[tokio::test]
async fn a_mail_goes_back_among_the_drafts_and_stays_here() {
    let scene = Scene::new(Options::default()).await;
    let mail = scene.hand_back(json!({})).await.json();
    assert_eq!(mail["state"], "held");
    assert_eq!(scene.notes().await, [noted()]);
    assert_eq!(scene.mailbox.given(), [MISADDRESSED.as_bytes()]);
    // It can be sent all the same.
    assert_eq!(scene.api.release(&scene.id).await.status, 200);
    scene.api.relay.comes_to(State::Sent).await;
    assert_eq!(scene.hand_back(json!({})).await.problem(), (409, "conflict".to_owned()));
    assert_eq!(scene.mailbox.given().len(), 1);
}

#[tokio::test]
async fn it_is_dropped_once_the_draft_is_there() {
    let scene = Scene::new(Options::default()).await;
    let mail = scene.hand_back(json!({ "drop": true })).await.json();
    assert_eq!((&mail["state"], scene.mailbox.given().len()), (&json!("dropped"), 1));
    assert_eq!(scene.notes().await, [noted(), "(token crm)".to_owned()]);
}

#[tokio::test]
async fn who_was_left_out_does_not_come_back_with_it() {
    let scene = Scene::new(Options::default()).await;
    let body = json!({ "to": [TO[0]], "bcc": ["archive@own.example"] });
    let path = format!("/api/v1/mails/{}/recipients", scene.id);
    assert_eq!(scene.api.post(&path, &body.to_string()).await.status, 200);
    assert_eq!(scene.hand_back(json!({})).await.status, 200);
    let draft = String::from_utf8(scene.mailbox.given().remove(0)).unwrap();
    assert!(draft.starts_with("Bcc: archive@own.example\r\nFrom: "), "{draft}");
    assert!(draft.contains(TO[0]) && !draft.contains(TO[1]), "{draft}");
}

#[tokio::test]
async fn a_mailbox_that_refuses_changes_nothing() {
    for (options, password, word) in [
        (at_end("TAG NO [OVERQUOTA] Quota exceeded\r\n"), PASSWORD, "Quota exceeded"),
        (at_end("TAG NO [TRYCREATE] no\r\n"), PASSWORD, "下書き"),
        (Options::default(), "horse", "refused the user name or password"),
        (Options::default(), "", "printed nothing"),
    ] {
        let scene = Scene::with_password(options, password).await;
        let answer = scene.hand_back(json!({ "drop": true })).await;
        assert_eq!(answer.problem(), (502, "mailbox".to_owned()));
        assert!(answer.text().contains(word) && !answer.text().contains("horse"), "{}", answer.text());
        assert_eq!(scene.mail().await["state"], "held");
        assert!(scene.notes().await.is_empty());
    }
}

#[tokio::test]
async fn an_answer_that_never_comes_is_told_and_recorded_and_nothing_is_dropped() {
    for act in [Act::Close, Act::Say("* BYE going down\r\n")] {
        let scene = Scene::new(Options { at_end: Some(act), ..Options::default() }).await;
        let answer = scene.hand_back(json!({ "drop": true })).await;
        assert_eq!(answer.problem(), (502, "mailbox-uncertain".to_owned()));
        assert_eq!(scene.mail().await["state"], "held");
        let note = format!("may lie among the drafts of {USER} at localhost: no answer came (token crm)");
        assert_eq!(scene.notes().await, [note]);
    }
}

#[tokio::test]
async fn without_a_mailbox_it_says_what_to_write() {
    let api = Api::start().await;
    let id = api.held(MISADDRESSED).await;
    let answer = api.post(&format!("/api/v1/mails/{id}/draft"), "").await;
    assert_eq!(answer.problem(), (422, "unfit".to_owned()));
    assert!(answer.text().contains("drafts = ") && answer.text().contains("work"), "{}", answer.text());
}

#[tokio::test]
async fn of_two_at_once_one_is_done() {
    let end = Arc::new(Notify::new());
    let scene = Scene::new(Options { at_end: Some(Act::Until(Arc::clone(&end))), ..Options::default() }).await;
    let first = scene.hand_back(json!({ "drop": true }));
    tokio::pin!(first);
    tokio::select! {
        answer = &mut first => panic!("{}", answer.text()),
        () = scene.mailbox.has_mail() => {}
    }
    assert_eq!(scene.hand_back(json!({})).await.problem(), (409, "conflict".to_owned()));
    end.notify_one();
    assert_eq!(first.await.json()["state"], "dropped");
    assert_eq!(scene.mailbox.given().len(), 1);
}

#[tokio::test]
async fn what_was_begun_is_recorded_when_whoever_asked_hangs_up() {
    let end = Arc::new(Notify::new());
    let scene = Scene::new(Options { at_end: Some(Act::Until(Arc::clone(&end))), ..Options::default() }).await;
    tokio::select! {
        answer = scene.hand_back(json!({ "drop": true })) => panic!("{}", answer.text()),
        () = scene.mailbox.has_mail() => {}
    }
    end.notify_one();
    scene.api.relay.comes_to(State::Dropped).await;
    assert_eq!(scene.notes().await[0], noted());
}

#[tokio::test]
async fn a_mail_that_went_meanwhile_is_told_of() {
    let end = Arc::new(Notify::new());
    let scene = Scene::new(Options { at_end: Some(Act::Until(Arc::clone(&end))), ..Options::default() }).await;
    let first = scene.hand_back(json!({ "drop": true }));
    tokio::pin!(first);
    tokio::select! {
        answer = &mut first => panic!("{}", answer.text()),
        () = scene.mailbox.has_mail() => {}
    }
    assert_eq!(scene.api.release(&scene.id).await.status, 200);
    scene.api.relay.comes_to(State::Sent).await;
    end.notify_one();
    let answer = first.await;
    assert_eq!(answer.problem(), (409, "conflict".to_owned()));
    assert!(answer.text().contains("lies in the folder 下書き"), "{}", answer.text());
    assert_eq!(scene.notes().await.last(), Some(&noted()));
}

fn at_end(answer: &'static str) -> Options {
    Options { at_end: Some(Act::Say(answer)), ..Options::default() }
}
