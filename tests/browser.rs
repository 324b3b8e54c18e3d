//! Does the review page keep what it promises in a real browser? Each question is a script of `tests/browser`: Node.js
//! drives Chromium against the real program, and mail goes to a server that keeps every octet.
//!
//! What is not installed is skipped with a line that says so, unless `ATENA_REQUIRE_PEERS` is set. Pictures of the pages
//! are written to `browser` in the directory of temporary files of the build; each test says where.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "browser/host.rs"]
mod host;
#[path = "imap/server.rs"]
mod imap;
#[path = "peers/programs.rs"]
mod programs;
mod support;
mod terminal;

use host::Host;

/// Long enough for whatever is done within it on a slow machine.
const UNDO_FOR_LONG: &str = "undo = \"10m\"\n";
const UNDO_SOON_OVER: &str = "undo = \"1s\"\n";

/// Runs one script against a program of its own.
fn ask(script: &str, web: &str) {
    if let Some(host) = Host::start("en", web) {
        host.run(script);
    }
}

#[test]
fn a_mail_appears_by_itself_is_ticked_and_arrives_octet_by_octet() {
    ask("send", UNDO_SOON_OVER);
}

#[test]
fn the_picture_in_the_readme_is_of_the_page() {
    ask("picture", "");
}

#[test]
fn a_mail_that_is_taken_back_is_held_again_and_does_not_go() {
    ask("undo", UNDO_FOR_LONG);
}

#[test]
fn a_reason_that_is_asked_for_is_given_and_kept() {
    ask("reason", "undo = \"10m\"\nask_reason = true\n");
}

#[test]
fn questions_of_clients_and_kinds_are_answered_first() {
    ask(
        "checks",
        "undo = \"10m\"\n\n[[kind]]\nname = \"quotation\"\ncheck = [\"今月の価格表か\"]\n\n\
         [[client]]\nname = \"Hale\"\naddresses = [\"robert.hale@alderbio.example\"]\ncheck = [\"Price list approved by Ogawa?\"]\n",
    );
}

#[test]
fn a_recipient_who_is_left_out_gets_nothing_and_the_others_do() {
    ask("without", UNDO_SOON_OVER);
}

#[test]
fn a_draft_is_the_whole_mail_with_its_blind_recipients_also_in_the_mailbox() {
    if let Some(host) = Host::with_mailbox(UNDO_FOR_LONG) {
        host.run("draft");
    }
}

#[test]
fn strangers_other_sites_and_scanners_change_nothing_and_see_nothing() {
    ask("strangers", UNDO_FOR_LONG);
}

#[test]
fn hostile_html_runs_loads_and_sends_nothing() {
    ask("hostile", UNDO_FOR_LONG);
}

#[test]
fn everything_is_done_with_the_keyboard() {
    ask("keyboard", UNDO_FOR_LONG);
}

#[test]
fn everything_is_done_without_javascript() {
    ask("plain", UNDO_FOR_LONG);
}

#[test]
fn everything_is_there_in_japanese() {
    if let Some(host) = Host::start("ja", UNDO_FOR_LONG) {
        host.run("japanese");
    }
}

#[test]
fn a_telephone_shows_all_of_it() {
    ask("phone", UNDO_FOR_LONG);
}

#[test]
fn axe_finds_nothing_serious_in_both_languages_light_and_dark() {
    ask("axe", UNDO_FOR_LONG);
}

#[test]
fn of_two_people_one_sends_and_the_other_is_told() {
    ask("together", UNDO_SOON_OVER);
}

#[test]
fn people_log_in_and_a_second_person_lets_a_mail_go() {
    let web = "undo = \"0s\"\nlogin = \"users\"\n\n[[user]]\nname = \"ogawa\"\naddresses = [\"*@minato.example\"]\n\n\
               [[user]]\nname = \"tanaka\"\nrole = \"approver\"\n\n[rules.greeting-mismatch]\napproval = true\n\n\
               [approval]\nnotice = false\n";
    ask("team", web);
}

#[test]
fn a_restart_and_a_locked_database_lose_nothing() {
    ask("interrupted", UNDO_SOON_OVER);
}

#[test]
fn several_mails_are_found_sent_and_dropped_at_once() {
    ask("several", UNDO_SOON_OVER);
}

#[test]
fn ten_thousand_mails_are_shown_by_the_page() {
    if let Some(host) = Host::start_with("en", UNDO_FOR_LONG, 10_000) {
        host.run("many");
    }
}
