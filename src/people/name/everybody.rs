//! Everybody against everybody, in every form headers and greetings have.

use super::Agreement::{Different, Misspelt, Same, Unknown};
use super::{agreement, misspelling};
use crate::message::{Address, Mailbox};

/// Family and given name in kanji and in romaji.
const PEOPLE: [(&str, &str, &str, &str); 24] = [
    ("佐藤", "健一", "Sato", "Kenichi"),
    ("鈴木", "太郎", "Suzuki", "Taro"),
    ("高橋", "修", "Takahashi", "Osamu"),
    ("渡辺", "美咲", "Watanabe", "Misaki"),
    ("加藤", "洋子", "Kato", "Yoko"),
    ("山本", "浩", "Yamamoto", "Hiroshi"),
    ("中村", "直樹", "Nakamura", "Naoki"),
    ("小林", "誠", "Kobayashi", "Makoto"),
    ("吉田", "恵子", "Yoshida", "Keiko"),
    ("山田", "花子", "Yamada", "Hanako"),
    ("松本", "健太", "Matsumoto", "Kenta"),
    ("井上", "淳", "Inoue", "Jun"),
    ("木村", "友美", "Kimura", "Tomomi"),
    ("清水", "大輔", "Shimizu", "Daisuke"),
    ("長谷川", "亮", "Hasegawa", "Ryo"),
    ("後藤", "由美", "Goto", "Yumi"),
    ("近藤", "隆", "Kondo", "Takashi"),
    ("大塚", "純一", "Otsuka", "Junichi"),
    ("藤原", "聡", "Fujiwara", "Satoshi"),
    ("岡本", "真理子", "Okamoto", "Mariko"),
    ("村上", "裕子", "Murakami", "Hiroko"),
    ("青木", "翔太", "Aoki", "Shota"),
    ("坂本", "和也", "Sakamoto", "Kazuya"),
    ("五十嵐", "恵", "Igarashi", "Megumi"),
];

/// A person as headers name people.
fn mailboxes(n: usize) -> Vec<Mailbox> {
    let (family, given, f, g) = PEOPLE[n];
    let (fl, gl) = (f.to_lowercase(), g.to_lowercase());
    let displays = [
        format!("{family} {given}"),
        format!("{family}{given}"),
        format!("{family}　{given} 様"),
        family.to_owned(),
        format!("{g} {f}"),
        format!("{f}, {g}"),
        format!("{} {g}", f.to_uppercase()),
        format!("{family} {given} / {g} {f}"),
        format!("{family}{given}（営業部）"),
        format!("[青葉精機] {family}"),
        format!("株式会社青葉精機 {family}"),
        format!("営業部 {family}課長"),
        format!("{g} {f} (Aoba Seiki)"),
        format!("{g} {f} | Aoba"),
    ];
    let mut out: Vec<Mailbox> =
        displays.into_iter().map(|name| mailbox(&name, &format!("{}@aoba.example", &fl[..2]))).collect();
    let locals = [
        fl.clone(),
        format!("{}-{fl}", &gl[..1]),
        format!("{fl}-{}", &gl[..1]),
        format!("{gl}.{fl}"),
        format!("{fl}.{gl}"),
        format!("{fl}_{gl}"),
        format!("{}{fl}01", &gl[..1]),
        format!("{fl}{gl}"),
    ];
    out.extend(locals.into_iter().map(|local| mailbox("", &format!("{local}@aoba.example"))));
    out
}

fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox { name: name.to_owned(), address: Address::parse(address).expect("a valid address") }
}

fn greetings(n: usize) -> [String; 4] {
    let (family, given, f, g) = PEOPLE[n];
    [family.to_owned(), format!("{family} {given}"), f.to_owned(), format!("{g} {f}")]
}

#[test]
fn everybody_fits_every_form_of_their_own_name() {
    let mut wrong = Vec::new();
    for n in 0..PEOPLE.len() {
        for greeting in greetings(n) {
            for mailbox in mailboxes(n) {
                if agreement(&greeting, &mailbox) != Same || misspelling(&greeting, &mailbox).is_some() {
                    wrong.push(format!("{greeting} / {} <{}>", mailbox.name, mailbox.address));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} do not fit:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn nobody_fits_the_name_of_another() {
    let (mut pairs, mut seen) = (0, 0);
    let mut wrong = Vec::new();
    for n in 0..PEOPLE.len() {
        for other in [1, 5, 11, 16].map(|step| (n + step) % PEOPLE.len()) {
            for greeting in greetings(n) {
                for mailbox in mailboxes(other) {
                    pairs += 1;
                    match agreement(&greeting, &mailbox) {
                        Different => seen += 1,
                        Unknown => {}
                        // Both are called so, or nearly.
                        Misspelt | Same
                            if [greeting.as_str(), PEOPLE[other].3].iter().any(|name| name.contains("Jun")) => {}
                        Misspelt | Same => wrong.push(format!("{greeting} / {} <{}>", mailbox.name, mailbox.address)),
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} fit:\n{}", wrong.len(), wrong.join("\n"));
    assert!(seen * 100 >= pairs * 90, "only {seen} of {pairs} are seen to be others");
}

proptest::proptest! {
    #[test]
    fn any_text_is_compared_without_a_panic(named in any_name(), display in any_name(), local in "[a-z0-9._+'-]{1,20}", domain in "[a-zа-яäß0-9-]{1,12}(\\.[a-z]{2,7}){0,2}") {
        if let Ok(address) = Address::parse(&format!("{local}@{domain}")) {
            let mailbox = Mailbox { name: display, address };
            let found = agreement(&named, &mailbox);
            proptest::prop_assert!(misspelling(&named, &mailbox).is_none() || found >= Misspelt);
        }
    }
}

fn any_name() -> impl proptest::strategy::Strategy<Value = String> {
    const PIECES: &str = "[佐藤斎斉髙橋林王々サトウさとう様株式会社部課長（）()\\[\\]A-Za-z'éøßŁ .,/|@\"-]{0,16}";
    proptest::prop_oneof![PIECES, "\\PC{0,16}"]
}
