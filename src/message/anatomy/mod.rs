//! What in a text was written now, what is quoted, what is signature or footer, and who is addressed at the top.
//!
//! Works on lines, in Japanese and English, from what mail programs really write (quote marks, attribution lines,
//! header blocks, signature delimiters). It errs on the side of own text: a rule that reads too much is a false
//! alarm that a test can show, a slip that is taken for a quotation is never seen.

mod addressee;
mod attribution;
mod block;
mod contact;
mod footer;
mod head;
mod memo;
mod quote;
mod signature;
mod when;

use std::ops::Range;

pub use addressee::{Addressed, Addressee};
pub use head::QuoteHead;

/// The parts of one text; all ranges are byte ranges of it, in order, of whole lines without quote marks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Anatomy {
    /// Written now, addressee lines and closing included.
    pub own: Vec<Range<usize>>,
    /// Written before, by others or oneself.
    pub quoted: Vec<Range<usize>>,
    /// The lines that tell who wrote the quoted text: attribution lines, header blocks.
    pub attribution: Vec<Range<usize>>,
    pub signature: Vec<Range<usize>>,
    /// Disclaimers and the like, added by machines.
    pub footer: Vec<Range<usize>>,
    /// Whom the own text addresses at its top.
    pub addressees: Vec<Addressee>,
    /// Who wrote the newest quoted text: the mail that is answered or forwarded.
    pub quote_head: Option<QuoteHead>,
    /// Who wrote the mails quoted in that one, newest first as they stand.
    pub older_heads: Vec<QuoteHead>,
    /// A part of the own text is encrypted (PGP armour).
    pub is_encrypted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    Own,
    Quoted,
    Attribution,
    Signature,
    Footer,
}

/// A line without its end and without quote marks.
#[derive(Debug, Clone)]
struct Line<'a> {
    text: &'a str,
    start: usize,
    zone: Zone,
    /// How many quote marks stood before it.
    level: u8,
}

impl Line<'_> {
    fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

impl Anatomy {
    /// Takes a decoded text apart. Linear in its size.
    pub fn of(text: &str) -> Anatomy {
        let mut lines = lines(text);
        let heads = quote::mark(&mut lines);
        let is_encrypted = footer::mark(text, &mut lines);
        signature::mark(&mut lines);
        let addressees = addressee::find(&lines);
        let mut anatomy = Anatomy {
            addressees,
            quote_head: heads.newest,
            older_heads: heads.older,
            is_encrypted,
            ..Anatomy::default()
        };
        anatomy.sort_in(&lines);
        anatomy
    }

    /// A text that others wrote: all of it is quoted. For a mail that is attached to another.
    pub(super) fn of_quoted(text: &str, head: QuoteHead) -> Anatomy {
        let mut lines = lines(text);
        lines.iter_mut().for_each(|line| line.zone = Zone::Quoted);
        let heads = quote::mark(&mut lines);
        let older_heads = heads.newest.into_iter().chain(heads.older).collect();
        let mut anatomy = Anatomy { quote_head: Some(head), older_heads, ..Anatomy::default() };
        anatomy.sort_in(&lines);
        anatomy
    }

    /// All heads, newest first.
    pub fn heads(&self) -> impl Iterator<Item = &QuoteHead> {
        self.quote_head.iter().chain(&self.older_heads)
    }

    /// Neighbouring lines of one zone become one range, so that wrapped lines can be joined; a gap of quote marks keeps
    /// them apart.
    fn sort_in(&mut self, lines: &[Line<'_>]) {
        for line in lines {
            let ranges = match line.zone {
                Zone::Own => &mut self.own,
                Zone::Quoted => &mut self.quoted,
                Zone::Attribution => &mut self.attribution,
                Zone::Signature => &mut self.signature,
                Zone::Footer => &mut self.footer,
            };
            let range = line.range();
            match ranges.last_mut() {
                Some(last) if range.start <= last.end + 2 => last.end = range.end,
                _ => ranges.push(range),
            }
        }
    }
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut out = Vec::new();
    let mut start = 0;
    for raw in text.split('\n') {
        out.push(Line { text: raw.strip_suffix('\r').unwrap_or(raw), start, zone: Zone::Own, level: 0 });
        start += raw.len() + 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts<'a>(text: &'a str, ranges: &[Range<usize>]) -> Vec<&'a str> {
        ranges.iter().map(|range| text[range.clone()].trim()).filter(|part| !part.is_empty()).collect()
    }

    #[test]
    fn tells_own_from_quoted_and_signature() {
        let text = "佐藤様\r\n\r\n承知しました。\r\n\r\n―――――――――\r\n株式会社ミナト\r\n小川\r\nTEL 052-555-0142\r\nogawa@minato.example\r\n―――――――――\r\n\r\n\
                    2026年10月14日(水) 10:23 佐藤 健一\r\n<k-sato@aoba.example>:\r\n> お世話になっております。\r\n> 佐藤\r\n";
        let anatomy = Anatomy::of(text);
        assert_eq!(parts(text, &anatomy.own), ["佐藤様\r\n\r\n承知しました。"]);
        assert_eq!(parts(text, &anatomy.quoted), ["お世話になっております。", "佐藤"]);
        assert!(text[anatomy.signature[0].clone()].contains("TEL"));
        let head = anatomy.quote_head.expect("there is an attribution line");
        assert_eq!((head.author.as_str(), head.address.as_deref()), ("佐藤 健一", Some("k-sato@aoba.example")));
    }

    #[test]
    fn a_signature_ends_where_the_footer_begins() {
        let text = "承知しました。\n\n━━━━━━\n株式会社ミナト\nTEL 052-555-0142\n━━━━━━\n\n※本メールには機密情報が含まれる場合があります。\n削除をお願いいたします。\n";
        let anatomy = Anatomy::of(text);
        assert_eq!(parts(text, &anatomy.own), ["承知しました。"]);
        assert!(text[anatomy.signature[0].clone()].contains("TEL") && text[anatomy.footer[0].clone()].contains("削除"));
    }

    #[test]
    fn reads_interleaved_and_bottom_posted_answers() {
        let text = "On Wed, Oct 14, 2026 at 9:12 AM Priya Raman <priya@alder.example>\nwrote:\n> Can you come?\nYes.\n> When?\n>> deep\nAt ten.\n\n-- \nHannah\n";
        let anatomy = Anatomy::of(text);
        assert_eq!(parts(text, &anatomy.own), ["Yes.", "At ten."]);
        assert_eq!(parts(text, &anatomy.quoted), ["Can you come?", "When?", "deep"]);
        assert_eq!(parts(text, &anatomy.signature), ["-- \nHannah"]);
    }

    #[test]
    fn everything_below_a_header_block_is_quoted() {
        for block in [
            "From: Mei Tan <mei@t.example>\nSent: Monday, October 26, 2026 1:02 PM\nTo: Owen\nSubject: RE: x\n",
            "-----Original Message-----\nFrom: Mei Tan <mei@t.example>\nSent: Monday\nTo: Owen\n",
            "________________________________\n差出人: Mei Tan <mei@t.example>\n送信日時: 2026年10月14日 10:23\n宛先: 小川\n件名: x\n",
            "---------- Forwarded message ---------\nFrom: Mei Tan <mei@t.example>\nDate: Wed, Oct 14, 2026\nSubject: x\nTo: y\n",
            "From: Mei Tan [mailto:mei@t.example]\nSent: Monday\nTo: Owen\n",
        ] {
            let text =
                format!("Fine.\n\n{block}\nDon't tell customers.\n\nFrom: Ann <ann@x.example>\nSent: y\nTo: z\n\nold");
            let anatomy = Anatomy::of(&text);
            assert_eq!(parts(&text, &anatomy.own), ["Fine."], "{block}");
            assert_eq!(anatomy.quote_head.and_then(|head| head.address).as_deref(), Some("mei@t.example"), "{block}");
        }
    }

    #[test]
    fn a_sentence_about_dates_is_not_an_attribution() {
        for text in [
            "On Monday 20 October we meet:\n\n- at ten\n- at the office\n",
            "2026年10月14日(水) 10:23 の便について：\n到着は午後です。\n",
        ] {
            assert!(Anatomy::of(text).quoted.is_empty(), "{text}");
        }
    }
}
