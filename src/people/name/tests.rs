use super::Agreement::{Different, Misspelt, Same, Unknown};
use super::*;
use crate::message::Address;

pub(super) fn check(cases: &[(&str, &str, &str, Agreement)]) {
    let wrong = |(named, display, address, expected): &(&str, &str, &str, Agreement)| {
        let address = Address::parse(address).expect("a valid address");
        let mailbox = Mailbox { name: (*display).to_owned(), address };
        let found = agreement(named, &mailbox);
        (found != *expected).then(|| format!("{named} / {display} <{}>: {found:?}, not {expected:?}", mailbox.address))
    };
    let wrong: Vec<String> = cases.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn japanese_names() {
    check(&[
        ("加藤", "佐藤 健一", "k-sato@aoba.example", Different),
        ("佐藤", "佐藤 健一", "x@aoba.example", Same),
        ("髙橋", "Osamu Takahashi", "o.takahashi@h.example", Same),
        ("東海林", "", "shoji@h.example", Same),
        ("渡邊", "渡辺 美咲", "m@h.example", Same),
        ("斎藤", "斉藤 一", "m@h.example", Misspelt),
        ("加藤", "", "k-sato@aoba.example", Different),
        ("加藤", "", "katou.t@aoba.example", Same),
        ("佐藤", "", "ksato@aoba.example", Same),
        ("佐藤", "", "kenichisato@aoba.example", Same),
        ("田邊", "渡邊 美咲", "m.watanabe@aoba.example", Different),
        ("佐藤", "", "satok@aoba.example", Same),
        ("加藤", "", "info@aoba.example", Unknown),
        ("加藤", "経理部", "keiri@aoba.example", Unknown),
        ("野口", "経理部（野口）", "keiri@aoba.example", Same),
        ("さとう", "佐藤 健一", "x@h.example", Same),
        ("髙橋 修", "東雲 渡邊美咲", "m.watanabe@s.example", Different),
        ("福島", "福田 誠", "fukuda@s.example", Different),
        ("ジョンソン", "Mike Johnson", "mike@s.example", Same),
        ("ウィリアムズ", "Kate Williams", "kate@s.example", Unknown),
        ("佐藤", "kenken", "kenken@s.example", Unknown),
        ("森田", "花房園芸", "minori@s.example", Unknown),
        ("加藤", "阿部 学", "abe@s.example", Different),
        ("大谷", "", "otani@s.example", Same),
        ("大谷", "", "ohtani@s.example", Same),
        ("佐藤健一", "佐藤", "s@s.example", Same),
        ("健一", "佐藤 健一", "s@s.example", Same),
    ]);
}

#[test]
fn english_names() {
    check(&[
        ("Mark", "Priya Raman", "priya.raman@alder.example", Different),
        ("Bob", "Robert Hale", "robert.hale@j.example", Same),
        ("Liz", "Elizabeth Stone", "es@j.example", Same),
        ("Priya", "", "priya.raman@alder.example", Same),
        ("Mark", "", "priya.raman@alder.example", Different),
        ("Mark", "", "info@alder.example", Unknown),
        ("Mark", "Alder Support", "support@alder.example", Unknown),
        ("Mark", "", "pr@alder.example", Unknown),
        ("Sara", "Sarah Chen", "sc@alder.example", Same),
        ("Rosa", "Nettle & Rye", "hello@nettlerye.example", Unknown),
        ("Rosa", "Tessellate Studio", "tess@t.example", Unknown),
        ("Steven", "Stephen King", "sk@alder.example", Same),
        ("Jose", "José García", "jg@alder.example", Same),
        ("Sato", "佐藤 健一", "k@alder.example", Same),
        ("Kenichi", "佐藤 健一", "k@alder.example", Same),
        ("Kato", "佐藤 健一", "k@alder.example", Different),
        ("George", "佐藤 健一", "k@alder.example", Unknown),
        ("JP", "Jean Pierre", "x@alder.example", Unknown),
        ("Mark", "Mary Stone", "ms@alder.example", Different),
        ("Karin", "Karen Stone", "ks@alder.example", Misspelt),
        ("Alex", "Alexandra Moss", "x@alder.example", Same),
        ("Moss", "Alexandra Moss", "x@alder.example", Same),
    ]);
}

#[test]
fn finds_the_surname_behind_modifiers() {
    assert_eq!(surname_at_end("責任者の藤田"), Some("藤田"));
    assert_eq!(surname_at_end("弊社村井"), Some("村井"));
    assert_eq!(surname_at_end("よろしく"), None);
}

#[test]
fn families_given_names_and_namesakes_in_japanese() {
    check(&[
        ("林", "小林 誠", "m@h.example", Different),
        ("小林", "林 誠", "m@h.example", Different),
        ("山田", "小山田 誠", "m@h.example", Different),
        ("森", "森田 一", "m@h.example", Different),
        ("林", "林 太郎", "m@h.example", Same),
        ("佐藤 花子", "佐藤 太郎", "sato@h.example", Different),
        ("佐藤 太郎", "佐藤 太郎", "sato@h.example", Same),
        ("佐藤太郎", "佐藤 太郎", "sato@h.example", Same),
        ("佐藤", "佐藤 太郎", "sato@h.example", Same),
        ("太郎", "佐藤 太郎", "sato@h.example", Same),
        ("佐藤 謙一", "佐藤 健一", "sato@h.example", Misspelt),
        ("佐藤 建一", "佐藤 健一", "sato@h.example", Misspelt),
        ("さとう", "田中 一郎", "t@h.example", Different),
        ("まりちゃん", "佐藤 真理子", "s@h.example", Unknown),
        ("幹事", "佐藤 花子", "s@h.example", Unknown),
        ("管理人", "佐藤 花子", "s@h.example", Unknown),
        ("お母", "佐藤 花子", "s@h.example", Unknown),
        ("ジョン", "佐藤 花子", "s@h.example", Unknown),
        ("田中部長", "田中 一郎", "t@h.example", Same),
        ("田中部長", "中田 一郎", "t@h.example", Different),
        ("佐藤", "佐藤様", "s@h.example", Same),
        ("加藤", "佐藤様", "s@h.example", Different),
        ("加藤", "営業部 佐藤課長", "s@h.example", Different),
        ("佐藤", "営業部 佐藤課長", "s@h.example", Same),
        ("加藤", "株式会社青葉精機 佐藤", "s@h.example", Different),
        ("佐藤", "青葉精機・佐藤", "s@h.example", Same),
        ("佐藤", "佐藤＠青葉精機", "s@h.example", Same),
        ("鈴木", "鈴木太郎（営業部）", "s@h.example", Same),
        ("加藤", "鈴木太郎（営業部）", "s@h.example", Different),
        ("鈴木", "🌸 鈴木 🌸", "s@h.example", Same),
        ("鈴木", "鈴木 太郎 / Taro Suzuki", "s@h.example", Same),
        ("Suzuki", "鈴木 太郎 / Taro Suzuki", "s@h.example", Same),
        ("加藤", "鈴木 太郎 / Taro Suzuki", "s@h.example", Different),
        ("Taro", "鈴木 太郎", "s@h.example", Same),
        ("鈴木", "Suzuki, Taro", "s@h.example", Same),
        ("鈴木", "SUZUKI Taro", "s@h.example", Same),
        ("加藤", "SUZUKI Taro", "s@h.example", Different),
        ("鈴木", "Taro Suzuki (Aoba)", "s@h.example", Same),
        ("鈴木", "'Taro Suzuki'", "s@h.example", Same),
    ]);
}

#[test]
fn houses_are_no_people() {
    check(&[
        ("佐藤", "田中商店", "info@h.example", Unknown),
        ("佐藤", "山本歯科医院", "yoyaku@h.example", Unknown),
        ("佐藤", "鈴木会計事務所", "s@h.example", Unknown),
        ("佐藤", "高橋 工務店", "t@h.example", Unknown),
        ("守屋", "守屋", "m@h.example", Same),
        ("佐藤", "守屋", "m@h.example", Different),
        ("佐藤", "阿部", "a@h.example", Different),
        ("佐藤", "お客様窓口", "madoguchi@h.example", Unknown),
        ("佐藤", "経理グループ", "keiri@h.example", Unknown),
        ("Rosa", "Alder Bakery", "rb@h.example", Unknown),
        ("Mark", "Human Resources", "hr@h.example", Unknown),
        ("Alder", "Priya Raman", "priya.raman@alder.example", Unknown),
    ]);
}

#[test]
fn spellings_of_romaji() {
    check(&[
        ("斉藤", "Saitoh Jiro", "x@h.example", Same),
        ("大野", "Ohno Jiro", "x@h.example", Same),
        ("大野", "Ouno Jiro", "x@h.example", Same),
        ("本間", "Homma Jiro", "x@h.example", Same),
        ("土屋", "TSUCHIYA Jiro", "x@h.example", Same),
        ("土屋", "Tutiya Jiro", "x@h.example", Same),
        ("純一", "Jun'ichi Kato", "x@h.example", Same),
        ("純一", "Junichi Kato", "x@h.example", Same),
        ("東海林", "Tokairin Jun", "x@h.example", Same),
        ("庄司", "Shoji Jun", "x@h.example", Same),
        ("伊藤", "Itō Jun", "x@h.example", Same),
        ("藤田", "Hujita Jun", "x@h.example", Same),
        ("Mori", "Ken Morita", "x@h.example", Different),
        ("Sato", "Ken Satoh", "x@h.example", Same),
        ("Kimura", "Ken Kimura", "x@h.example", Same),
        ("Ito", "伊藤 健", "x@h.example", Same),
        ("Goto", "伊藤 健", "x@h.example", Different),
    ]);
}

#[test]
fn chinese_and_korean_names() {
    check(&[
        ("王", "Wang Wei", "wang.wei@h.example", Same),
        ("王", "王 偉", "w@h.example", Same),
        ("李", "Jessica Lee", "j@h.example", Same),
        ("李", "Li Na", "j@h.example", Same),
        ("金", "Kim Minsu", "k@h.example", Same),
        ("朴", "Park Jisoo", "p@h.example", Same),
        ("陳", "Chan Tai Man", "c@h.example", Same),
        ("陳", "Wong Tai Man", "c@h.example", Unknown),
        ("王", "佐藤 健一", "k-sato@h.example", Different),
        ("Wang", "王 偉", "w@h.example", Same),
        ("Lee", "李 娜", "l@h.example", Same),
    ]);
}

#[test]
fn the_local_part_as_evidence() {
    check(&[
        ("佐藤", "", "k-sato@aoba.example", Same),
        ("佐藤", "", "satok@aoba.example", Same),
        ("佐藤", "", "ksato01@aoba.example", Same),
        ("佐藤", "", "sato.k2@aoba.example", Same),
        ("佐藤", "", "sato_kenichi@aoba.example", Same),
        ("健一", "", "kenichi.sato@aoba.example", Same),
        ("田中", "", "tanaka-y@aoba.example", Same),
        ("佐藤", "", "tanaka-y@aoba.example", Different),
        ("佐藤", "", "ytanaka@aoba.example", Different),
        ("佐藤", "", "y.tanaka+orders@aoba.example", Different),
        ("佐藤", "", "tanaka-love@docomo.ne.jp", Unknown),
        ("佐藤", "", "taro.tanaka@gmail.com", Different),
        ("佐藤", "", "foo..bar.@docomo.ne.jp", Unknown),
        ("佐藤", "", "sakamoto@sakamoto.example", Unknown),
        ("佐藤", "", "eigyo@aoba.example", Unknown),
        ("佐藤", "", "sales-tokyo@aoba.example", Unknown),
        ("佐藤", "", "maruchan_55@gmail.com", Unknown),
        ("Mark", "", "mlehman@x.example", Unknown),
        ("Ken", "", "buylow@x.example", Unknown),
        ("Marilyn", "", "paynem@x.example", Unknown),
        ("Greg", "", "berry.gk@x.example", Unknown),
        ("Mark", "", "customer.care@x.example", Unknown),
        ("Mark", "", "new.york@x.example", Unknown),
        ("Jack", "", "steven.j.smith@x.example", Unknown),
        ("Mark", "", "steven.b.smith@x.example", Different),
        ("Sarah", "", "s.chen@x.example", Unknown),
        ("Tom", "", "t-and-l.hill@gmail.com", Unknown),
        ("Dave", "", "happy.gardener@gmail.com", Unknown),
    ]);
}

#[test]
fn short_forms_both_ways() {
    for (short, full) in [
        ("Bob", "Robert Hale"),
        ("Kate", "Katherine Hale"),
        ("Kate", "Catherine Hale"),
        ("Liz", "Elizabeth Hale"),
        ("Bill", "William Hale"),
        ("Peggy", "Margaret Hale"),
        ("Jay", "Jason Hale"),
        ("Ed", "Edwin Hale"),
        ("Ed", "Edmund Hale"),
        ("Eddie", "Edmund Hale"),
        ("Dee", "Dolores Hale"),
        ("Oz", "Ozzie Hale"),
        ("Mo", "Monique Hale"),
        ("Evie", "Evelyn Hale"),
        ("Shane", "Shahnaz Hale"),
        ("Terry", "Teruo Hale"),
        ("Helen", "Elena Hale"),
        ("Dick", "Richard Hale"),
        ("Jim", "James Hale"),
        ("Tony", "Anthony Hale"),
        ("Chuck", "Charles Hale"),
        ("Ken", "Kenichi Tanaka"),
        ("Raj", "Rajesh Hale"),
    ] {
        let family = full.split(' ').next_back().expect("two words");
        check(&[
            (short, full, "x@h.example", Same),
            (&full.replace(&format!(" {family}"), ""), &format!("{short} {family}"), "x@h.example", Same),
        ]);
    }
}

#[test]
fn double_names_particles_and_titles() {
    check(&[
        ("Ann-Marie", "Annmarie Hill", "x@h.example", Same),
        ("Ann Marie", "Ann-Marie Hill", "x@h.example", Same),
        ("Mary Kay", "Dave Miller", "dave.miller@h.example", Different),
        ("van der Berg", "Pieter van der Berg", "x@h.example", Same),
        ("Jan van Dijk", "Piet van Dam", "x@h.example", Different),
        ("de la Cruz", "Maria de la Cruz", "x@h.example", Same),
        ("O'Brien", "Pat O’Brien", "x@h.example", Same),
        ("McDonald", "Flora MacDonald", "x@h.example", Same),
        ("Müller", "Eva Mueller", "x@h.example", Same),
        ("Muller", "Eva Müller", "x@h.example", Same),
        ("Lukasz", "Łukasz Nowak", "x@h.example", Same),
        ("Soren", "Søren Holm", "x@h.example", Same),
        ("Dr. Raman", "Priya Raman, PhD", "x@h.example", Same),
        ("Sir Ian", "Ian Holm", "x@h.example", Same),
        ("Raman", "Raman, Priya", "x@h.example", Same),
        ("Mark", "Raman, Priya", "x@h.example", Different),
        ("Priya", "Raman, Priya (Alder Ltd)", "x@h.example", Same),
        ("Sandy", "S.L. Morrison", "x@h.example", Unknown),
        ("Jack", "Steven J Smith", "x@h.example", Unknown),
        ("Professor", "Steven Smith", "x@h.example", Unknown),
    ]);
}

#[test]
fn other_people_and_pet_names() {
    check(&[
        ("Karen", "Kim Decell", "kim.decell@h.example", Different),
        ("Ken", "Kevin Lee", "kevin.lee@h.example", Different),
        ("John Smith", "Mary Smith", "mary.smith@h.example", Different),
        ("John Smith", "Mary Smith", "msmith@h.example", Different),
        ("John Smith", "John Brown", "john.brown@h.example", Different),
        ("John Smith", "John Brown", "john.smith@h.example", Same),
        ("Angelo Del Regno", "", "angelo.delregno@h.example", Same),
        ("Mary Kay", "Mary Miller", "mary.miller@h.example", Same),
        ("佐藤 健一", "Kenichi Suzuki", "x@h.example", Different),
        ("Yumi Goto", "木村 友美", "x@h.example", Different),
        ("Jack Smith", "John Smith", "john.smith@h.example", Same),
        ("Mr Smith", "Mary Smith", "mary.smith@h.example", Same),
        ("Kysers", "", "kysa.alport@h.example", Unknown),
        ("Rolo", "", "rodolfo.freyre@h.example", Same),
        ("Kate", "Nate Hill", "x@h.example", Different),
    ]);
}

#[test]
fn says_what_is_misspelt() {
    // The spelling, the display name, the address; certain, likely, or nothing to say.
    for (named, display, address, expected) in [
        ("斎藤", "斉藤 一", "x@h.example", Some(true)),
        ("齋藤", "斎藤 一", "x@h.example", None),
        ("髙橋", "高橋 修", "x@h.example", None),
        ("渡邊", "渡辺 修", "x@h.example", None),
        ("太田", "大田 修", "ota@h.example", Some(true)),
        ("萩原", "荻原 修", "ogiwara@h.example", Some(true)),
        ("伊東", "伊藤 修", "ito@h.example", Some(true)),
        ("菊地", "菊池 修", "x@h.example", Some(true)),
        ("安部", "阿部 修", "x@h.example", Some(true)),
        ("佐藤 謙一", "佐藤 健一", "x@h.example", Some(true)),
        ("佐藤", "佐藤 健一", "x@h.example", None),
        ("加藤", "佐藤 健一", "x@h.example", None),
        ("さとう", "佐藤 健一", "x@h.example", None),
        ("Saitou", "Jiro Saito", "x@h.example", None),
        ("Jhon", "John Hale", "x@h.example", Some(true)),
        ("Pryia", "Priya Raman", "x@h.example", Some(true)),
        ("Prya", "Priya Raman", "x@h.example", Some(true)),
        ("Pryia", "", "priya.raman@h.example", Some(true)),
        ("Abijeet", "", "abhijeet.naik@h.example", Some(true)),
        ("Micheal", "Michael Hale", "x@h.example", Some(false)),
        ("Sara", "Sarah Chen", "x@h.example", Some(false)),
        ("Steven", "Stephen Hale", "x@h.example", Some(false)),
        ("Karin", "Karen Hale", "x@h.example", Some(false)),
        ("Jhon", "Jhon Hale", "x@h.example", None),
        ("John", "Jhon Hale", "john.hale@h.example", None),
        ("Steve", "Steven Hale", "x@h.example", None),
        ("Dan", "Daniel Hale", "x@h.example", None),
        ("Jon", "Jonathan Hale", "x@h.example", None),
        ("Mark", "Mary Hale", "x@h.example", None),
        ("Gerry", "", "gerryg@h.example", None),
        ("Brian", "", "brianc@h.example", None),
        ("José", "Jose Hale", "x@h.example", None),
        ("Mueller", "Eva Müller", "x@h.example", None),
    ] {
        let mailbox = Mailbox { name: display.to_owned(), address: Address::parse(address).expect("a valid address") };
        assert_eq!(
            misspelling(named, &mailbox).map(|found| found.certain),
            expected,
            "{named} / {display} <{address}>"
        );
    }
}
