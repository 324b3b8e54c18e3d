//! The mails the golden files show: one of everything that is hard to print.

use atena::finding::{Confidence, Evidence, Finding, Level, Location, Part};
use atena::lang::Bilingual;
use atena::output::{Checked, Mbox, RuleInfo, Unreadable};
use atena::verdict::Verdict;

pub(crate) fn at(part: Part, line: usize, column: usize, text: &str, context: &str, raw_line: usize) -> Location {
    Location { part, line, column, text: text.into(), context: context.into(), raw_line }
}

pub(crate) fn finding(rule: &str, level: Level, title: (&str, &str), location: Location) -> Finding {
    Finding {
        rule: rule.into(),
        level,
        confidence: Confidence::High,
        title: Bilingual::new(title.0, title.1),
        why: Bilingual::new(
            "A reader who finds somebody else's name at the top stops reading and asks who else gets their mail.",
            "冒頭に他人の名前があると、読み手はその先を読まず、「自分の名前もほかの誰かに送られているのではないか」と考えます。",
        ),
        advice: Bilingual::new(
            "Write the name of the person the mail goes to.",
            "送り先の方のお名前に直してください。",
        ),
        location,
        evidence: vec![],
        doubt: None,
    }
}

/// A mail with findings in Japanese, one in English, a silent one, and one from an mbox.
pub(crate) fn messages() -> Vec<Checked<'static>> {
    vec![japanese(), english(), Checked::new("drafts/fine.eml", Verdict::Forward, vec![]), in_mbox()]
}

fn japanese() -> Checked<'static> {
    let mut greeting = finding(
        "greeting-mismatch",
        Level::Error,
        ("The mail greets 田中様, but goes to Sato", "宛名は「田中様」ですが、送り先は佐藤様です"),
        at(Part::Body(0), 1, 8, "田中様", "　ＡＢＣ商事　田中様", 12),
    );
    greeting.evidence = vec![
        ("to".into(), Evidence::List(vec!["sato@abc.example".into(), "佐藤 花子".into()])),
        ("greeted".into(), Evidence::Text("田中様".into())),
        ("distance".into(), Evidence::Number(-2)),
    ];
    let kana = at(Part::Body(0), 3, 5, "ﾃﾞｰﾀ", "添付のﾞﾃﾞｰﾀか\u{3099}👩‍👧👍🏽\tです", 14);
    let mut attachment = finding(
        "attachment-promised",
        Level::Warning,
        ("The text promises data, but nothing is attached", "「ﾃﾞｰﾀ」とありますが、添付ファイルがありません"),
        Location { column: 5, ..kana },
    );
    attachment.confidence = Confidence::Medium;
    let emoji = finding(
        "emoji",
        Level::Info,
        ("An emoji in a business mail", "業務のメールに絵文字があります"),
        at(Part::Body(0), 3, 11, "👩‍👧", "添付のﾞﾃﾞｰﾀか\u{3099}👩‍👧👍🏽\tです", 14),
    );
    let subject = Some("【ＡＢＣ商事】お見積もりの件");
    Checked {
        allowed: Vec::new(),
        subject,
        ..Checked::new("drafts/お見積もり 8月.eml", Verdict::Hold, vec![emoji, attachment, greeting])
    }
}

fn english() -> Checked<'static> {
    let long = format!("{}please find the report attached{}", "and so on, ".repeat(40), ", and on it goes".repeat(40));
    let escape = "Dear \u{1b}[31mMr\u{202e} Tanaka\u{9b}2J\u{7}\ttoday\u{7f}";
    Checked::new(
        "./drafts/100%, a:b.eml",
        Verdict::Return,
        vec![
            finding(
                "hidden-text",
                Level::Warning,
                ("Control characters\u{1b}[2J in the text", "本文に制御文字\u{1b}[2Jがあります"),
                at(Part::Body(0), 1, 11, "Mr\u{202e} Tanaka", escape, 9),
            ),
            finding(
                "attachment-promised",
                Level::Error,
                ("The text promises an attachment", "「attached」とありますが、添付ファイルがありません"),
                at(Part::Body(1), 7, 441, "please find the report", &long, 30),
            ),
            finding(
                "run-on",
                Level::Info,
                ("Words that run over the line end", "行末をまたぐ語句です"),
                at(Part::Body(0), 4, 13, "the report attached", "Please find\tthe report ", 11),
            ),
            finding(
                "recipient-hidden",
                Level::Info,
                ("A recipient no header names", "ヘッダーにない宛先があります"),
                at(Part::Envelope, 1, 1, "someone@other.example", "", 0),
            ),
            finding(
                "subject-missing",
                Level::Warning,
                ("100%: no subject, none\r\nat all", "件名がありません"),
                at(Part::Mail, 1, 1, "", "", 1),
            ),
            finding(
                "absent",
                Level::Info,
                ("Words that are not on their line", "行にない語句です"),
                at(Part::Header("subject".into()), 1, 40, "elsewhere", "Quotation for August", 3),
            ),
        ],
    )
}

fn in_mbox() -> Checked<'static> {
    let greeting = finding(
        "greeting-mismatch",
        Level::Warning,
        ("The mail greets 田中様, but goes to Sato", "宛名は「田中様」ですが、送り先は佐藤様です"),
        at(Part::Attachment(1), 1, 1, "見積書_田中様.pdf", "見積書_田中様.pdf", 20),
    );
    let mbox = Some(Mbox { file: "box.mbox".into(), first_line: 101 });
    Checked { mbox, ..Checked::new("box.mbox#3", Verdict::Delay, vec![greeting]) }
}

pub(crate) fn unreadable() -> Vec<Unreadable> {
    let reason = Bilingual::new("no such file", "ファイルがありません");
    vec![Unreadable { path: "drafts/gone.eml".into(), reason }]
}

/// The rules of the findings above except one: a finding may come from a rule nobody described.
pub(crate) fn rules() -> Vec<RuleInfo> {
    let rule = |id: &str, level, en: &str, ja: &str| RuleInfo {
        id: id.into(),
        title: Bilingual::new(en, ja),
        why: Bilingual::new("It hurts.", "困ります。"),
        advice: Bilingual::new("Mend it.", "直してください。"),
        level,
        help_uri: Some(format!("https://atena.example/rules/{id}")),
    };
    vec![
        rule("attachment-promised", Level::Error, "An attachment is promised, but missing", "添付もれ"),
        rule("greeting-mismatch", Level::Error, "The name at the top is somebody else's", "宛名ちがい"),
        RuleInfo { help_uri: None, ..rule("emoji", Level::Info, "Emoji", "絵文字") },
    ]
}
