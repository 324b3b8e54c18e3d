//! Is an address book, as programs export it, read as its owner sees it?
#![allow(clippy::unwrap_used)]

use atena::addressbook::{Book, Entry, Foreign, Problem, Trouble, Unreadable, read};
use atena::lang::Lang;
use atena::message::AddressError;

fn fixture(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/addressbook").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn book(octets: impl AsRef<[u8]>) -> Book {
    read(octets.as_ref()).unwrap_or_else(|unreadable| panic!("{unreadable}"))
}

/// An entry in one line: `name | names | organisation | role | addresses`.
fn told(entry: &Entry) -> String {
    let (names, addresses) = (entry.names.join(", "), entry.addresses.join(", "));
    format!("{} | {names} | {} | {} | {addresses}", entry.name, entry.organisation, entry.role)
}

/// A problem in one line, as a person would be told.
fn complaint(problem: &Problem) -> String {
    let line = problem.line.map_or_else(String::new, |line| format!("{line}: "));
    line + problem.explain().get(Lang::En)
}

#[track_caller]
fn assert_book(octets: impl AsRef<[u8]>, entries: &[&str], problems: &[&str]) {
    let book = book(octets);
    assert_eq!(book.entries.iter().map(told).collect::<Vec<_>>(), entries);
    let complaints: Vec<String> = book.problems.iter().map(complaint).collect();
    assert_eq!(complaints.len(), problems.len(), "{complaints:#?}");
    for (complaint, start) in complaints.iter().zip(problems) {
        assert!(complaint.starts_with(start), "{complaint}\nis not\n{start}");
    }
}

#[test]
fn outlook_in_japanese() {
    assert_book(
        fixture("outlook-ja.csv"),
        &[
            "髙橋 花子 | タカハシ ハナコ | 北山精機株式会社 | 部長 | hanako.takahashi@kitayama-seiki.example, takahashi@home.test",
            "三和精工 受付 |  |  |  | info@mitsuwa-seiko.example",
        ],
        &["5: “/o=ExchangeLabs/ou=Group/cn=Recipients/cn=omote” is not a mail address: it has no @"],
    );
}

#[test]
fn outlook_in_english_with_umlauts() {
    assert_book(
        fixture("outlook-western.csv"),
        &[
            "Jürgen Müller |  | Lärm & Söhne GmbH | Geschäftsführer | juergen.mueller@laerm.example, jm@home.test",
            "Zoë M. Núñez |  | Café Olé S.A. |  | zoe@cafe.example",
        ],
        &[
            "4: there is no address in the columns for addresses, but “anna.weiss@home.test” stands in the column “Notes”",
        ],
    );
}

#[test]
fn outlook_on_the_web() {
    assert_book(
        fixture("outlook-web-ja.csv"),
        &[
            "鈴木 陽子 | すずき ようこ, ようちゃん | 青葉商事株式会社 | 課長 | yoko.suzuki@aoba.example, yoko@home.test",
            "Tom B. Baker |  | Baker Ltd | Buyer | tom.baker@baker.example",
        ],
        &[],
    );
}

#[test]
fn google_before_2024_in_utf_16() {
    assert_book(
        fixture("google-old.csv"),
        &[
            "佐藤 健一 | サトウ ケンイチ, けんちゃん | 佐藤製作所 | 代表 | kenichi.sato@sato.example, sato@sato.example, kenichi@home.test",
            "Mary Ann Evans | George | Evans & Co. | Author | mary@evans.example",
        ],
        &[],
    );
}

#[test]
fn google_since_2024() {
    assert_book(
        fixture("google-new.csv"),
        &[
            "中村 美咲 | ナカムラ ミサキ | 中村設計 | 主任 | misaki@nakamura.example",
            "Peter J. Long | Pete | Long Ltd | Surveyor | peter@long.example, peter.long@home",
        ],
        &["6: “atesaki＠nakamura.example” is not a mail address: it has no @"],
    );
}

#[test]
fn thunderbird_tables() {
    assert_book(
        fixture("thunderbird-en.csv"),
        &[
            "Ann Smith (Sales) | Ann Smith, annie | Smith plc | Sales Manager | ann@smith.example, ann@home.test",
            " |  |  |  | lists@smith.example",
        ],
        &[],
    );
    assert_book(
        fixture("thunderbird-ja.txt"),
        &["伊藤 一郎 | いっちゃん | 伊藤商店 | 係長 | ichiro@ito.example, ichiro@home.test"],
        &[],
    );
}

#[test]
fn tables_people_make() {
    assert_book(
        fixture("excel-ja.csv"),
        &["小林 誠 | ｺﾊﾞﾔｼ ﾏｺﾄ | 小林電機 | 社長 | makoto@kobayashi.example"],
        &["4: there is no address in the columns for addresses, but “watanabe@home.test” stands in the column “備考”"],
    );
    for (table, entry) in [
        ("name,email\r\nHana Sato,hana@sato.example", "Hana Sato |  |  |  | hana@sato.example"),
        ("Email\nhana@sato.example\n", " |  |  |  | hana@sato.example"),
        ("\n\n名前;メール\n佐藤花子;hana@sato.example\n", "佐藤花子 |  |  |  | hana@sato.example"),
        ("姓\t名前\tアドレス\n佐藤\t花子\thana@sato.example", "佐藤 花子 |  |  |  | hana@sato.example"),
        ("Name,Surname,E-mail\rHana,Sato,hana@sato.example\r", "Hana Sato |  |  |  | hana@sato.example"),
        ("\"氏名\",\"Ｅメール\"\n\"佐藤\n花子\",\"hana@sato.example\"", "佐藤 花子 |  |  |  | hana@sato.example"),
        ("E-Mail;Title\nhana@sato.example;Director", " |  |  | Director | hana@sato.example"),
        (
            "会社名,担当者名,メールアドレス\n佐藤商会,\"佐藤 \"\"花\"\" 子\",HANA@sato.example;hana@Sato.example",
            "佐藤 \"花\" 子 |  | 佐藤商会 |  | HANA@sato.example",
        ),
        ("email,name\nhana@sato.example,Hana 5\" Sato", "Hana 5\" Sato |  |  |  | hana@sato.example"),
    ] {
        assert_book(table, &[entry], &[]);
    }
    assert_book("name,email\r\n", &[], &[]);
}

#[test]
fn a_quotation_mark_left_open_costs_its_row_only() {
    assert_book(
        "name,email\r\n\"Hana Sato,hana@sato.example\r\nAnn Smith,ann@smith.example\r\n",
        &["Ann Smith |  |  |  | ann@smith.example"],
        &["2: a quotation mark"],
    );
    let many = format!("name,email\n{}Ann,ann@smith.example\n", "\"open,x@y.example\n\n".repeat(100));
    assert!(book(many).problems.len() < 20);
}

#[test]
fn cards_of_japanese_phones() {
    assert_book(
        fixture("phone-2.1.vcf"),
        &[
            "表 能 | ｵﾓﾃ ﾁｶﾗ | 株式会社ソフト予想開発機構 | 営業部長 | chikara@omote.example, c.omote@work.test",
            "林 健 | ﾊﾔｼ ｹﾝ |  |  | ken@hayashi.example",
        ],
        &[],
    );
}

#[test]
fn cards_of_android_and_apple() {
    assert_book(
        fixture("android-2.1.vcf"),
        &["山本 直美 | やまもと なおみ | 山本デザイン事務所と仲間たち | Buyer | naomi@yamamoto.example"],
        &[],
    );
    assert_book(
        fixture("apple-3.0.vcf"),
        &[
            "加藤 美樹 | カトウ ミキ, みきちゃん | 加藤印刷, 株式会社 | ディレクター | miki@kato.example, miki@home.test",
            "Rene van der Harten | Rene J. van der Harten, Harten | Harten B.V. | Programmer | rene@harten.example",
            "青葉商事株式会社 |  | 青葉商事株式会社 |  | info@aoba.example",
        ],
        &[],
    );
}

#[test]
fn cards_of_version_4() {
    assert_book(
        fixture("standard-4.0.vcf"),
        &["松本 光 | Hikaru Matsumoto, まつもと ひかる, マツモト ヒカル, ひかる, Hika | 松本研究所 | 研究員 | \
           hikaru@matsumoto.example, hikaru@home.test"],
        &[],
    );
}

#[test]
fn broken_cards_are_read_as_far_as_they_go() {
    assert_book(
        fixture("broken.vcf"),
        &[
            "No End |  |  |  | noend@broken.example",
            "With Agent |  |  |  | with.agent@broken.example",
            "最後 |  |  |  | saigo@broken.example",
        ],
        &[
            "1: this card has no END:VCARD",
            "20: “ayamari(at)broken.example” is not a mail address: it has no @",
            "22: “ayamari@broken..example” is not a mail address: it has no valid domain",
            "24: this card has no END:VCARD",
        ],
    );
    let below_a_remark = "Exported for you\r\n\r\nBEGIN:VCARD\r\nFN:Ann\r\nEMAIL:ann@smith.example\r\nEND:VCARD\r\n";
    assert_book(below_a_remark, &["Ann |  |  |  | ann@smith.example"], &[]);
}

#[test]
fn thunderbird_ldif() {
    assert_book(
        fixture("thunderbird.ldif"),
        &[
            "石田 翔 | しょうちゃん | 石田農園と、とても長い名前の組合 | 園長 | sho@ishida.example, sho@home.test",
            "Carol Jones |  | Jones Inc. |  | carol@jones.example",
        ],
        &[],
    );
}

#[test]
fn ldif_of_a_directory() {
    assert_book(
        fixture("directory-ja.ldif"),
        &["Akira Mori | 森 明, もり あきら |  | 教授 | akira@mori.example", "Nina Neu |  |  |  | nina@neu.example"],
        &[
            "28: the value of “cn” should be Base64 and is not",
            "29: “bad at mori.example” is not a mail address: it has no @",
        ],
    );
}

#[test]
fn what_is_no_address_book_is_refused_with_the_way_out() {
    let columns = |found: &[&str]| Unreadable::Columns { found: found.iter().map(|&name| name.to_owned()).collect() };
    for (octets, unreadable) in [
        (&b""[..], Unreadable::Empty),
        (b"\xEF\xBB\xBF \r\n\r\n", Unreadable::Empty),
        (b"PK\x03\x04\x14\0\x06\0", Unreadable::Foreign(Foreign::Workbook)),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Unreadable::Foreign(Foreign::Office)),
        (b"SQLite format 3\0", Unreadable::Foreign(Foreign::Sqlite)),
        (b"// <!-- <mdb:mork:z v=\"1.4\"/> -->", Unreadable::Foreign(Foreign::Mork)),
        (b"!BDN\x12\x34", Unreadable::Foreign(Foreign::OutlookData)),
        (b"BEGIN:VCALENDAR\r\n", Unreadable::Foreign(Foreign::Calendar)),
        (b"\x7FELF\x02\x01\x01\0\0\0", Unreadable::Foreign(Foreign::Binary)),
        (b"Vorname;Nachname;Telefon\r\nAnn;Smith;1", columns(&["Vorname", "Nachname", "Telefon"])),
        ("品名,単価\r\n".as_bytes(), columns(&["品名", "単価"])),
    ] {
        assert_eq!(read(octets), Err(unreadable));
    }
    let told = read(b"Vorname;Telefon\r\n").unwrap_err().explain();
    assert!(told.en.contains("“Vorname”, “Telefon”") && told.en.contains("“E-mail Address”"), "{}", told.en);
    assert!(told.ja.contains("「Vorname」「Telefon」") && told.ja.contains("「電子メール アドレス」"), "{}", told.ja);
}

#[test]
fn problems_say_where_and_what_to_do_in_both_languages() {
    let book = book("name,email\nHana,hana.sato.example\n");
    let error = AddressError::NoAt;
    let problem = Problem { line: Some(2), trouble: Trouble::NoAddress { text: "hana.sato.example".into(), error } };
    assert_eq!(book.problems, [problem]);
    let told = book.problems[0].explain();
    assert_eq!(
        told.ja,
        "「hana.sato.example」はメールアドレスではありません（名前とドメインの間に @ がありません）。アドレス帳で直すか、除いてください"
    );
    assert_eq!(
        told.en,
        "“hana.sato.example” is not a mail address: it has no @ between a name and a domain. Correct it in the address \
         book, or leave it out"
    );
}
