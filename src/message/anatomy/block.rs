//! Header blocks inside a text: `-----Original Message-----`, 差出人:/送信日時:/宛先:/件名:, forwarded messages.

use super::head::QuoteHead;
use super::{Line, when};

/// A block of header fields, its separator line included.
pub(super) struct Block {
    /// In lines, from the line it was looked for at.
    pub(super) length: usize,
    /// How many lines above that one belong to it.
    pub(super) above: usize,
    pub(super) head: QuoteHead,
}

/// What a field of a block says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Author,
    Date,
    To,
    Cc,
    Subject,
    Other,
}

/// What a label of a mail program stands for; in lower case, without white space.
fn field(name: &str) -> Option<Field> {
    Some(match name {
        "from" | "差出人" | "送信者" | "送信元" | "発信者" | "von" | "de" | "da" | "van" | "från" | "fra"
        | "发件人" | "寄件者" | "寄件人" | "보낸사람" => Field::Author,
        "sent" | "date" | "送信日時" | "送信日" | "日付" | "日時" | "受信日時" | "gesendet" | "datum" | "envoyé"
        | "enviado" | "fecha" | "inviato" | "data" | "发送时间" | "日期" | "寄件日期" | "보낸날짜" | "날짜" => {
            Field::Date
        }
        "to" | "宛先" | "宛て先" | "an" | "à" | "para" | "a" | "aan" | "till" | "收件人" | "收件者" | "받는사람" => {
            Field::To
        }
        "cc" | "ｃｃ" | "bcc" | "参照" | "写し" | "kopie" | "抄送" | "副本" | "참조" => Field::Cc,
        "subject" | "件名" | "題名" | "標題" | "betreff" | "objet" | "asunto" | "oggetto" | "onderwerp" | "主题"
        | "主旨" | "제목" => Field::Subject,
        "reply-to" | "返信先" | "importance" | "重要度" | "priority" | "attachments" | "添付ファイル" | "添付"
        | "when" | "where" | "organization" | "message-id" => Field::Other,
        _ => return None,
    })
}

/// The words of lines that announce a block, in lower case, and whether they say the mail was forwarded.
const SEPARATORS: [(&str, bool); 34] = [
    ("original message", false),
    ("original appointment", false),
    ("original mail", false),
    ("reply message", false),
    ("元のメッセージ", false),
    ("元のメール", false),
    ("オリジナルメッセージ", false),
    ("ursprüngliche nachricht", false),
    ("originalnachricht", false),
    ("original-nachricht", false),
    ("message d'origine", false),
    ("message original", false),
    ("mensaje original", false),
    ("messaggio originale", false),
    ("oorspronkelijk bericht", false),
    ("原始邮件", false),
    ("原始郵件", false),
    ("원본 메시지", false),
    ("원본 메일", false),
    ("forwarded message", true),
    ("forwarded by", true),
    ("forwarded mail", true),
    ("begin forwarded message", true),
    ("転送メッセージ", true),
    ("転送されたメッセージ", true),
    ("転送メール", true),
    ("転送者", true),
    ("weitergeleitete nachricht", true),
    ("anfang der weitergeleiteten", true),
    ("message transféré", true),
    ("mensaje reenviado", true),
    ("messaggio inoltrato", true),
    ("转发的邮件", true),
    ("轉寄的郵件", true),
];

/// More fields no mail program writes; more lines of receivers nobody reads.
const MAX_FIELDS: usize = 12;
const MAX_LINES: usize = 300;

/// The block that begins in the first of these lines.
pub(super) fn at(lines: &[Line<'_>]) -> Option<Block> {
    let first = lines.first()?.text.trim();
    let announced = separator(first);
    let is_ruled = announced.is_none() && is_rule(first);
    let is_bare = announced.is_none() && !is_ruled;
    if is_bare && !label(first).is_some_and(|(field, _)| field == Field::Author) {
        return None;
    }
    // A long separator may be wrapped.
    let is_rest = |line: &Line<'_>| line.text.len() <= 60 && line.text.trim_end().ends_with("---");
    let is_wrapped = announced.is_some() && !first.ends_with('-') && lines.get(1).is_some_and(is_rest);
    let skip = usize::from(announced.is_some() || is_ruled) + usize::from(is_wrapped);
    let fields = Fields::read(lines, skip);
    if !fields.is_head(announced.is_some(), is_ruled) {
        return announced.filter(|said| said.stands_alone).map(|said| Block {
            length: skip,
            above: 0,
            head: QuoteHead { forwarded: said.forwarded, ..QuoteHead::default() },
        });
    }
    let mut head = fields.head();
    head.forwarded = announced.is_some_and(|said| said.forwarded);
    Some(Block { length: fields.end, above: 0, head })
}

/// Whether a line is the field "To:".
pub(super) fn is_addressed(line: &str) -> bool {
    label(line).is_some_and(|(field, _)| field == Field::To)
}

/// The fields "To:", "cc:", "Subject:" without an author's: what stands above them must tell who wrote.
pub(super) fn addressed(lines: &[Line<'_>]) -> Option<Block> {
    let fields = Fields::read(lines, 0);
    let fits = fields.has(Field::Subject) && !fields.has(Field::Author);
    fits.then(|| Block { length: fields.end, above: 0, head: fields.head() })
}

/// The fields of one block.
struct Fields<'a> {
    /// A field that goes on in the next lines stands here once for each.
    found: Vec<(Field, &'a str)>,
    /// The line behind the last field.
    end: usize,
}

impl<'a> Fields<'a> {
    fn read(lines: &[Line<'a>], skip: usize) -> Fields<'a> {
        let mut fields = Fields { found: Vec::new(), end: skip };
        let (mut blanks, mut labels) = (0, 0);
        // Some programs mark the fields and not the separator above them.
        let level =
            lines.get(skip..).and_then(|rest| rest.iter().find(|line| !line.is_blank())).map_or(0, |line| line.level);
        for (n, line) in lines.iter().enumerate().skip(skip).take(MAX_LINES) {
            if line.is_blank() {
                blanks += 1;
                if blanks > 2 {
                    break;
                }
                continue;
            }
            let labelled = label(line.text).filter(|_| line.level == level);
            match labelled {
                Some(_) if labels == MAX_FIELDS => break,
                // Below a blank line a label of its own kind begins the text: "To: all staff".
                Some((field, _)) if blanks > 0 && fields.found.iter().any(|(known, _)| *known == field) => break,
                Some(found) => {
                    fields.found.push(found);
                    labels += 1;
                }
                None => match fields.going_on(line.text).filter(|_| blanks == 0 && line.level == level) {
                    Some(field) => fields.found.push((field, line.text)),
                    None => break,
                },
            }
            blanks = 0;
            fields.end = n + 1;
        }
        fields
    }

    /// The field that goes on in this line: lists of receivers are wrapped, with or without an indent.
    fn going_on(&self, line: &str) -> Option<Field> {
        let &(field, so_far) = self.found.last()?;
        let is_list = matches!(field, Field::To | Field::Cc);
        let goes_on = line.starts_with([' ', '\t'])
            || (is_list && (line.contains('@') || so_far.trim_end().ends_with([',', ';'])));
        goes_on.then_some(field)
    }

    fn value(&self, field: Field) -> Option<&'a str> {
        self.found.iter().find(|(known, _)| *known == field).map(|(_, value)| *value)
    }

    fn has(&self, field: Field) -> bool {
        self.value(field).is_some()
    }

    /// Whether these are the fields of a mail and not a list of labels in somebody's own text.
    fn is_head(&self, is_announced: bool, is_ruled: bool) -> bool {
        let Some(author) = self.value(Field::Author) else { return false };
        let others = [Field::Date, Field::To, Field::Subject].into_iter().filter(|&field| self.has(field)).count();
        if is_announced {
            return others >= 1;
        }
        // "From: Tokyo / To: Osaka / Date: 12 October" is a journey, 「差出人／件名／日付」 without a time a letter's head.
        let date = self.value(Field::Date).unwrap_or_default();
        let is_timed = when::has_time(date);
        let is_addressed = author.contains('@') || self.value(Field::To).is_some_and(|to| to.contains('@'));
        let starts_right = is_ruled || self.found.first().is_some_and(|(field, _)| *field == Field::Author);
        let is_mail = is_addressed || (is_timed && self.has(Field::Subject)) || (is_ruled && when::is_dated(date));
        starts_right && others >= 2 && is_mail
    }

    fn head(&self) -> QuoteHead {
        let author = self.value(Field::Author).unwrap_or_default();
        // Lotus Notes: "From: Mei Tan on 14/10/2026 10:23".
        let (name, dated) = author.rsplit_once(" on ").filter(|(_, date)| when::is_dated(date)).unwrap_or((author, ""));
        let date = self.value(Field::Date).unwrap_or(dated);
        let mut head = QuoteHead { date: when::when(date), ..QuoteHead::default() };
        head.set_author(name);
        let receivers = self.found.iter().filter(|(field, _)| matches!(field, Field::To | Field::Cc));
        receivers.for_each(|(_, value)| head.add_recipients(value));
        head.tidy();
        head
    }
}

/// `From: value`, 「差出人： value」, `*Sent:* value`: the field and the value.
fn label(line: &str) -> Option<(Field, &str)> {
    const LONGEST: usize = 30;
    let line = line.trim().trim_start_matches('*');
    let colon = line.char_indices().take(LONGEST).find(|(_, c)| matches!(c, ':' | '：')).map(|(at, _)| at)?;
    let (name, value) = line.split_at(colon);
    let name: String = name.chars().filter(|c| !c.is_whitespace() && *c != '*').flat_map(char::to_lowercase).collect();
    let field = field(&name)?;
    Some((field, value.trim_start_matches([':', '：', '*', ' ', '\t', '\u{a0}', '\u{3000}']).trim_end()))
}

/// What a separator line says.
#[derive(Clone, Copy)]
struct Separator {
    forwarded: bool,
    /// Between dashes it announces a mail even if no fields follow.
    stands_alone: bool,
}

fn separator(line: &str) -> Option<Separator> {
    const LONGEST: usize = 200;
    let is_drawn = line.starts_with(['-', '=', '_', '*', '─', '━', '—']);
    if line.len() > LONGEST || !(is_drawn || line.ends_with([':', '：'])) {
        return None;
    }
    let inner = line.trim_matches(|c: char| c.is_whitespace() || "-=_*─━—:：".contains(c));
    let lower = inner.to_lowercase();
    let (words, forwarded) = SEPARATORS.iter().find(|(words, _)| lower.starts_with(words))?;
    let drawn = line.starts_with(['-', '=', '_', '─', '━', '—']) && inner.len() + 4 <= line.len();
    let names_more = lower.len() > words.len() + 30 && *words != "forwarded by" && *words != "転送者";
    // Without dashes the words may be the beginning of a sentence.
    let bare = line.ends_with([':', '：']) && lower.len() <= words.len() + 16;
    ((drawn && !names_more) || bare).then_some(Separator { forwarded: *forwarded, stands_alone: drawn })
}

fn is_rule(line: &str) -> bool {
    line.len() >= 10 && line.chars().all(|c| c == '_' || c == '-')
}
