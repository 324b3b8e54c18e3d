//! What a session does while its driver owes an answer, and when the driver gives one that nobody asked for.

use std::sync::Arc;

use atena::smtp::{AuthOffer, LoginOutcome, Options, Reply, Session, Step};

fn session(options: Options) -> Session {
    Session::new(Arc::new(options), false)
}

/// Everything the session sends until it comes to rest; other steps are named.
fn said(session: &mut Session) -> String {
    let mut said = String::new();
    loop {
        match session.step() {
            Step::Send(bytes) => said += &String::from_utf8(bytes).unwrap(),
            Step::NeedInput => return said,
            Step::Close => return said + "Close",
            step => said += &format!("{step:?}\n"),
        }
    }
}

fn waiting() -> Session {
    let mut session = session(Options { max_commands: u32::MAX, ..Options::default() });
    session.input(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nsecret\r\n.\r\n");
    assert!(said(&mut session).ends_with("Message(8 octets)\n"));
    assert!(!session.wants_input());
    session
}

#[test]
fn the_answer_comes_before_what_was_pipelined() {
    let mut session = waiting();
    session.input(b"NOOP\r\n");
    assert_eq!(said(&mut session), "");
    session.answer(Reply::held("7"));
    assert_eq!(
        said(&mut session),
        "250 2.0.0 Kept for review, not sent yet, id 7: atena held show 7\r\n250 2.0.0 OK\r\n"
    );
    assert!(session.wants_input());
}

#[test]
fn input_is_bounded_while_an_answer_is_awaited() {
    let noop = |count: usize| b"NOOP\r\n".repeat(count);
    // 64 KiB are kept and answered, one octet more ends the session after the answer.
    let mut session = waiting();
    session.input(&noop(10_922));
    session.input(b"NOOP");
    session.answer(Reply::sent("ok"));
    assert_eq!(said(&mut session).matches("250 2.0.0 OK").count(), 10_922);

    let mut session = waiting();
    session.input(&noop(10_922));
    session.input(b"NOOP\r");
    assert_eq!(said(&mut session), "");
    session.answer(Reply::sent("ok"));
    let end = "421 4.7.0 Too much was sent without waiting for an answer, closing the connection\r\nClose";
    assert_eq!(said(&mut session), format!("250 2.0.0 Sent: ok\r\n{end}"));
}

#[test]
fn the_end_waits_for_the_answer() {
    for (end, last) in [(Session::timed_out as fn(&mut Session), "421 4.4.2"), (Session::shutting_down, "421 4.3.2")] {
        let mut session = waiting();
        end(&mut session);
        assert_eq!(said(&mut session), "");
        session.answer(Reply::sent("ok"));
        let said = said(&mut session);
        assert!(said.starts_with(&format!("250 2.0.0 Sent: ok\r\n{last} ")) && said.ends_with("\r\nClose"), "{said}");
    }
}

#[test]
fn an_answer_that_nobody_asked_for_does_nothing() {
    let mut session = session(Options { auth: AuthOffer::Required, auth_in_clear: true, ..Options::default() });
    session.input(b"EHLO x\r\n");
    said(&mut session);
    session.login_answer(LoginOutcome::Accepted);
    session.answer(Reply::sent("ok"));
    session.input(b"MAIL FROM:<a@b.example>\r\n");
    assert!(said(&mut session).starts_with("530 "));

    // The mail is complete, but the driver has not been given it yet.
    let mut session = self::session(Options::default());
    session.input(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nsecret\r\n.\r\n");
    assert!(matches!(session.step(), Step::Send(_)));
    session.answer(Reply::sent("ok"));
    assert_eq!(said(&mut session), "Message(8 octets)\n");

    let mut session = self::session(Options { auth: AuthOffer::Required, auth_in_clear: true, ..Options::default() });
    session.input(b"EHLO x\r\nAUTH PLAIN AGhhbmFrbwBzZWNyZXQ=\r\n");
    assert!(matches!(session.step(), Step::Send(_)));
    session.login_answer(LoginOutcome::Accepted);
    assert_eq!(said(&mut session), "Login(..)\n");

    let mut session = waiting();
    session.login_answer(LoginOutcome::Accepted);
    assert_eq!(said(&mut session), "");
    session.answer(Reply::try_later("The mail could not be checked and was not sent, please try again"));
    session.answer(Reply::sent("ok"));
    assert!(said(&mut session).starts_with("451 4.3.0 The mail could not be checked"));
    assert_eq!(said(&mut session), "");
}

#[test]
fn an_ended_session_stays_ended() {
    let mut session = session(Options::default());
    session.input(b"QUIT\r\n");
    assert!(said(&mut session).ends_with("Close"));
    session.input(b"EHLO x\r\n");
    session.tls_started();
    session.timed_out();
    session.answer(Reply::sent("ok"));
    assert_eq!(said(&mut session), "Close");
    assert!(!session.wants_input());
}

#[test]
fn debug_output_shows_no_content() {
    let mut session = session(Options { auth: AuthOffer::Required, auth_in_clear: true, ..Options::default() });
    session.input(b"EHLO x\r\nAUTH PLAIN AGhhbmFrbwBzZWNyZXQ=\r\n");
    said(&mut session);
    session.login_answer(LoginOutcome::Accepted);
    session.input(b"AUTH PLAIN\r\n");
    let mut steps = vec![format!("{:?}", Reply::returned(&["hanako wrote secret".to_owned()], true))];
    let mut session = waiting();
    session.answer(Reply::sent("secret"));
    steps.push(format!("{:?}", session.step()));
    let credentials = atena::smtp::Credentials { user: "hanako".to_owned(), password: "secret".into(), token: false };
    steps.push(format!("{credentials:?}"));
    steps.push(format!("{:?}", Step::Login(credentials)));
    for text in steps {
        assert!(!text.contains("secret") && !text.contains("hanako"), "{text}");
    }
}
