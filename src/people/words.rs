//! A name as words: of which script, without titles and desks.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::fold::fold;
use super::tables;
use super::title::{is_title, without_honorific};

/// Words that make a display name or local part a desk or company and not a person.
const DESK_WORDS: &str = "info information sales support team office contact contacts service services admin administrator administration accounts \
    accounting account billing hr jobs career careers press media help helpdesk desk mail email post group inc ltd llc corp corporation company co \
    gmbh ag sa bv plc kk department dept division customer customers client clients noreply reply order orders shop store web webmaster \
    postmaster hostmaster abuse root marketing purchasing procurement reception it legal finance invoice invoices invoicing payable \
    receivable payments booking bookings reservations reservation events event news newsletter feedback enquiries enquiry inquiry \
    inquiries general secretary secretariat mayor management manager human resources recruiting recruitment hiring operations ops \
    logistics warehouse shipping delivery returns security privacy compliance training education members membership subscriptions \
    notifications notification alerts alert system systems test dev devel developers engineering research studio hotel clinic school \
    university library main front head central japan tokyo osaka nagoya london paris york america europe asia usa uk global \
    international group committee board council union project projects community network tech technology solutions consulting \
    soumu keiri eigyo eigyou jinji toiawase kanri kikaku koho kouho seizo shizai kobai koubai hinsitsu hinshitsu jimu jimukyoku \
    uketsuke madoguchi honsha honbu shiten tantou tanto gijutsu kaihatsu list lists ml staff hello hi all everyone user users guest me my";

/// Words of Japanese that name a place in an organisation when they end a word.
const PLACES: &str = "部 課 室 係 局 支店 本店 支社 本社 営業所 事業所 本部 グループ チーム 担当 センター 工場 窓口 事務局 委員会 研究所 事業部 担当者";

/// A name as words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// In kanji and kana.
    pub(super) japanese: Vec<String>,
    /// In Latin letters (and every other script), folded.
    pub(super) latin: Vec<String>,
    /// One of the words says that this is no single person.
    pub(super) desk: bool,
}

impl Words {
    pub(super) fn of(name: &str) -> Words {
        let mut out = Words::default();
        let mut titles = Vec::new();
        for word in tokens(&fold(name)) {
            if word.starts_with(is_japanese) {
                let bare = without_honorific(&word);
                let place = is_place(&word);
                out.desk |= place;
                if !place && !bare.is_empty() && !tables::has_japanese_company_form(&word) {
                    out.japanese.push(bare.to_owned());
                }
            } else if is_desk(&word) {
                out.desk = true;
            } else if is_title(&word) {
                titles.push(word);
            } else {
                out.latin.push(word);
            }
        }
        // Nothing but a title: it was a name after all ("Hi Di,").
        if out.is_empty() && !out.desk {
            titles.retain(|title| tables::is_given_name(title));
            out.latin = titles;
        }
        out
    }

    pub(super) fn is_empty(&self) -> bool {
        self.japanese.is_empty() && self.latin.is_empty()
    }
}

pub(super) fn is_japanese(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{2FA1F}' | '々' | '〆')
}

pub(super) fn is_desk(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| DESK_WORDS.split_ascii_whitespace().collect());
    WORDS.contains(word)
}

/// Words of letters of one script; an apostrophe inside a word is dropped.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut open: Option<bool> = None;
    for c in text.chars() {
        if c == '\'' && open == Some(false) {
            continue;
        }
        if !c.is_alphabetic() && !matches!(c, '々' | 'ー' | '〆') {
            open = None;
            continue;
        }
        let japanese = is_japanese(c);
        match out.last_mut() {
            Some(word) if open == Some(japanese) => word.push(c),
            _ => out.push(c.into()),
        }
        open = Some(japanese);
    }
    out
}

/// 営業部, but not 阿部: a surname is no department.
fn is_place(word: &str) -> bool {
    static LIST: LazyLock<Vec<&str>> = LazyLock::new(|| PLACES.split(' ').collect());
    word.chars().count() > 1
        && LIST.iter().any(|place| word.ends_with(place))
        && super::japanese::family_prefix(word).as_deref() != Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_display_names_as_people_write_them() {
        for (display, japanese, latin) in [
            ("鈴木 太郎 / Taro Suzuki", &["鈴木", "太郎"][..], &["taro", "suzuki"][..]),
            ("Suzuki, Taro", &[], &["suzuki", "taro"]),
            ("SUZUKI Taro", &[], &["suzuki", "taro"]),
            ("鈴木太郎様", &["鈴木太郎"], &[]),
            ("営業部 鈴木課長", &["鈴木"], &[]),
            ("株式会社青葉精機 鈴木", &["鈴木"], &[]),
            ("Dr. Jean-Luc O'Brien, PhD", &[], &["jean", "luc", "obrien"]),
            ("Pieter van der Berg Jr.", &[], &["pieter", "berg"]),
            ("🌸鈴木🌸", &["鈴木"], &[]),
            ("Sales Team", &[], &[]),
            ("阿部", &["阿部"], &[]),
        ] {
            let words = Words::of(display);
            assert_eq!(
                (words.japanese, words.latin),
                (japanese.iter().map(ToString::to_string).collect(), latin.iter().map(ToString::to_string).collect()),
                "{display}"
            );
        }
    }
}
