//! The mail itself: its HTML made safe, and the whole of it as a draft.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ammonia::{Builder, UrlRelative};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::frame::Frame;
use super::visitor::{Named, Visitor};
use super::{Page, marked};
use crate::finding::Finding;
use crate::gate::record;
use crate::message::{Dress, Message, Picture, as_draft};
use crate::store::StoredMail;

/// Nothing runs, nothing is loaded, nothing is sent: only the text, its own styles and the pictures that came with it.
const POLICY: &str = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; \
                      base-uri 'none'; frame-ancestors 'self'";

/// Pictures a page may show: formats that are not programs themselves, as SVG is.
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// Octets of pictures in one page, however often a mail shows them.
const MOST_SHOWN: usize = 8 << 20;

/// HTML that is made safe and shown, in octets: what people write is a hundredth of it.
const LARGEST: usize = 2 << 20;

/// How many HTML texts a raw mail has.
pub(super) fn count(raw: &[u8]) -> usize {
    Dress::of(raw).texts.len()
}

/// One HTML text, for a frame without rights.
pub(super) async fn html(
    _visitor: Visitor,
    State(page): State<Arc<Page>>,
    Named(id): Named,
    Path((_, n)): Path<(String, usize)>,
) -> Response {
    let Some(StoredMail { raw: Some(raw), summary, .. }) = page.store.mail(&id).await.ok().flatten() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let findings = record::read(&summary.findings_json);
    // One at a time, where threads may take long: a hostile text costs its reader patience, and nobody else.
    let Ok(_turn) = page.letters.acquire().await else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let safe = tokio::task::spawn_blocking(move || {
        let Dress { texts, pictures } = Dress::of(&raw);
        let text = texts.into_iter().nth(n)?;
        Some(if text.len() > LARGEST { String::new() } else { shown(&text, pictures, &raw, &findings) })
    });
    match safe.await {
        Ok(Some(safe)) => {
            let body = format!("<!doctype html><meta charset=utf-8><body>{safe}");
            ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(body)).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// HTML made safe, with the words marked that findings point at.
fn shown(html: &str, pictures: HashMap<String, Picture>, raw: &[u8], findings: &[Finding]) -> String {
    let left = AtomicUsize::new(MOST_SHOWN);
    let embedded = move |source: &str| {
        let shown = picture(source, &pictures)?;
        let fits = |left: usize| left.checked_sub(shown.len());
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok().then_some(shown)
    };
    let message = Message::parse(raw).ok();
    let remarked = message.as_ref().map(|message| marked::remarked(message, findings)).unwrap_or_default();
    let Some(message) = message.filter(|_| !remarked.is_empty()) else { return clean(html, embedded) };
    // Words are found in a text that is tidy already; what comes of marking it is made safe from the beginning.
    let tidy = clean(html, |source: &str| source.starts_with("cid:").then(|| source.to_owned()));
    clean(&marked::marked(&tidy, &message, findings, &remarked), embedded)
}

/// HTML without anything that runs, loads, submits or leads elsewhere by itself. `embedded`: what a picture's source
/// becomes, if it may be shown.
fn clean(html: &str, embedded: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> String {
    let mut builder = Builder::default();
    builder
        // What nobody is to see stays so.
        .add_clean_content_tags(["title"])
        .add_generic_attributes(["hidden", "style", "align", "valign", "bgcolor", "width", "height"])
        .add_tags(["font", "center"])
        .add_tag_attributes("font", ["color", "face", "size"])
        .add_url_schemes(["cid"])
        .rm_tags(["map", "area"])
        .url_relative(UrlRelative::Deny)
        .attribute_filter(move |element, attribute, value| match (element, attribute) {
            ("img", "src") => embedded(value).map(Into::into),
            // A style loads what it names; its colours and sizes are all that is needed.
            (_, "style") => {
                (!value.to_ascii_lowercase().contains("url") && !value.contains(['\\', '@'])).then(|| value.into())
            }
            _ => Some(value.into()),
        });
    builder.clean(html).to_string()
}

/// A picture of the mail as part of the page; nothing from elsewhere.
fn picture(source: &str, pictures: &HashMap<String, Picture>) -> Option<String> {
    let id = source.strip_prefix("cid:")?.to_ascii_lowercase();
    let picture = pictures.get(&id).filter(|picture| PICTURES.contains(&picture.media_type.as_str()))?;
    Some(format!("data:{};base64,{}", picture.media_type, STANDARD.encode(&picture.octets)))
}

/// The mail as a draft that mail programs open for editing.
pub(super) async fn draft(visitor: Visitor, State(page): State<Arc<Page>>, Named(id): Named) -> Response {
    match page.store.mail(&id).await {
        Ok(Some(StoredMail { raw: Some(raw), summary, .. })) => {
            // RFC 5322 has no field for drafts; this one makes Outlook and Thunderbird open it for editing.
            let octets = [b"X-Unsent: 1\r\n", as_draft(&raw, &summary.envelope.recipients).as_slice()].concat();
            let name = format!("attachment; filename=\"atena-{id}.eml\"");
            ([(header::CONTENT_TYPE, "message/rfc822"), (header::CONTENT_DISPOSITION, name.as_str())], octets)
                .into_response()
        }
        Ok(_) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => Frame::of(&page, &visitor).failed(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Level, Location, Part};
    use crate::lang::Bilingual;

    fn safe(html: &str, pictures: HashMap<String, Picture>) -> String {
        shown(html, pictures, b"Subject: x\r\n\r\nx\r\n", &[])
    }

    /// A mail of this HTML, with findings about these words at their first place in its text.
    fn remarked(html: &str, words: &[&str]) -> String {
        let raw = format!("Subject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}");
        let body = Message::parse(raw.as_bytes()).expect("a mail").bodies.remove(0);
        let finding = |words: &&str| {
            let at = body.original.find(words).unwrap_or_else(|| panic!("{words} is not in {}", body.original));
            let place = body.place(at..at + words.len());
            let (part, said) = (Part::Body(0), Bilingual::new("", ""));
            let (line, column, text) = (place.line, place.column, place.words);
            Finding {
                rule: String::new(),
                level: Level::Error,
                confidence: Confidence::High,
                title: said.clone(),
                why: said.clone(),
                advice: said,
                location: Location { part, line, column, text, context: String::new(), raw_line: 1 },
                evidence: Vec::new(),
                doubt: None,
            }
        };
        let findings: Vec<Finding> = words.iter().map(finding).collect();
        let safe = shown(html, HashMap::new(), raw.as_bytes(), &findings);
        safe.replace(" style=\"background:#ffc9c4;color:#000\"", "")
    }

    #[test]
    fn words_are_marked_where_their_reader_sees_them_and_nowhere_else() {
        for (html, words, marked) in [
            (
                "<p title='Dear Sarah'>Dear Sarah,<!-- Dear Sarah --></p>",
                &["Sarah"][..],
                "<p title=\"Dear Sarah\">Dear <mark>Sarah<sup>1</sup></mark>,</p>",
            ),
            (
                "<p>Dear S<b>ar</b>ah,",
                &["Sarah"],
                "<p>Dear <mark>S</mark><b><mark>ar</mark></b><mark>ah<sup>1</sup></mark>,</p>",
            ),
            ("<p>R&#x26;D &lt;b now", &["&D <b"], "<p>R<mark>&amp;D &lt;b<sup>1</sup></mark> now</p>"),
            (
                "<p>one two three four",
                &["two three", "three four", "two"],
                "<p>one <mark>two<sup>3</sup> three<sup>1</sup> four<sup>2</sup></mark></p>",
            ),
            (
                "<style>p { content: 'Sarah' }</style><p>Dear Sarah,",
                &["Sarah"],
                "<p>Dear <mark>Sarah<sup>1</sup></mark>,</p>",
            ),
            (
                "<img alt=Sarah src=cid:x><p>Dear Sarah,",
                &["Sarah"],
                "<img alt=\"Sarah\"><p>Dear <mark>Sarah<sup>1</sup></mark>,</p>",
            ),
            (
                "<title>Sarah</title><p>Dear Sarah,<p hidden>Dear Sarah,",
                &["Sarah"],
                "<p>Dear <mark>Sarah<sup>1</sup></mark>,</p><p hidden=\"\">Dear Sarah,</p>",
            ),
            ("<p>佐藤<br>様、お世話に", &["佐藤"], "<p><mark>佐藤<sup>1</sup></mark><br>様、お世話に</p>"),
        ] {
            assert_eq!(remarked(html, words), marked, "{html}");
        }
        // What was hidden is shown once its style is taken away; then nobody knows which of them is meant.
        let style = "display:none;background:url(x)";
        let twice = remarked(&format!("<p>Dear Sarah,</p><p style='{style}'>Dear Sarah,</p><p>x"), &["Sarah"]);
        assert!(!twice.contains("<mark"), "{twice}");
    }

    #[test]
    fn marked_words_open_no_hole() {
        for html in [
            "<p>Sarah <b title='Sarah><script>alert(1)</script>'>Sarah</b><script>alert(1)</script>",
            "<p>Sarah</p><noscript><p title='</noscript><img src=x onerror=alert(1)>Sarah'></noscript>",
            "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>Sarah",
            "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>Sarah</a>",
            "<p>&lt;script&gt;Sarah&lt;/script&gt; &lt;img src=x onerror=alert(1)&gt;",
            "<p>Sar<a href='javascript:alert(1)'>ah</a> <textarea><img src=x onerror=alert(1)></textarea>",
            "<p>Sarah<mark onclick=alert(1)>x</mark><sup onmouseover='alert(1)'>y</sup>",
            "<form>Sarah<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        ] {
            let raw = format!("Subject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}");
            let text = Message::parse(raw.as_bytes()).expect("a mail").bodies.remove(0).original;
            let words: Vec<&str> = text.split_whitespace().collect();
            let safe = remarked(html, &words);
            // What stands there as text is escaped; nothing of it is a tag or an attribute.
            let tags: Vec<&str> = safe.split('<').skip(1).filter_map(|rest| rest.split('>').next()).collect();
            let known = |tag: &&str| {
                let name = tag.trim_start_matches('/').split([' ', '>']).next().unwrap_or_default();
                ["p", "b", "mark", "sup", "a", "table", "tbody", "img"].contains(&name) && !tag.contains(" on")
            };
            assert!(tags.iter().all(known) && !safe.contains("javascript:"), "{html} became {safe}");
            // Made safe once more it stays as it is.
            assert_eq!(
                clean(&safe, |_| None).replace(" rel=\"noopener noreferrer\"", ""),
                safe.replace(" rel=\"noopener noreferrer\"", "")
            );
        }
    }

    #[test]
    fn nothing_runs_loads_or_submits() {
        let hostile = [
            "<script>alert(1)</script>x",
            "<img src=x onerror=alert(1)>",
            "<img src=https://evil.test/pixel.gif>",
            "<img srcset='https://evil.test/p 2x'>",
            "<a href='javascript:alert(1)'>x</a>",
            "<form action=https://evil.test><input name=p><button>x</button></form>",
            "<link rel=stylesheet href=https://evil.test/x.css>",
            "<style>@import 'https://evil.test/x.css'; body{background:url(https://evil.test)}</style>",
            "<p style='background:url(https://evil.test/x)'>x</p>",
            "<p style='background:u\\72l(https://evil.test/x)'>x</p>",
            "<iframe src=https://evil.test></iframe>",
            "<object data=https://evil.test></object><embed src=https://evil.test>",
            "<base href=https://evil.test/><meta http-equiv=refresh content='0;url=https://evil.test'>",
            "<svg onload=alert(1)><image href=https://evil.test/x></svg>",
            "<table background=https://evil.test/x><tr><td>x</table>",
            "<img src='data:image/svg+xml;base64,AAAA'>",
            "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
        ];
        for html in hostile {
            let safe = safe(html, HashMap::new());
            for word in ["evil.test", "alert", "javascript", "<script", "<form", "<iframe", "<svg", "onerror", "data:"]
            {
                assert!(!safe.contains(word), "{html} became {safe}");
            }
        }
    }

    #[test]
    fn a_picture_shown_a_thousand_times_costs_no_more_than_a_page() {
        let picture = Picture { media_type: "image/png".to_owned(), octets: vec![0; 1 << 20] };
        let html = "<img src='cid:a@x'>".repeat(1000);
        let safe = safe(&html, HashMap::from([("a@x".to_owned(), picture)]));
        assert!(safe.len() < MOST_SHOWN + html.len() * 2 && safe.matches("data:image").count() == 5, "{}", safe.len());
    }

    #[test]
    fn its_own_text_styles_and_pictures_are_shown() {
        let picture = Picture { media_type: "image/png".to_owned(), octets: vec![0, 1, 2] };
        let svg = Picture { media_type: "image/svg+xml".to_owned(), octets: vec![0] };
        let pictures = HashMap::from([("logo@x".to_owned(), picture), ("s@x".to_owned(), svg)]);
        let html =
            "<p style='color:red'>佐藤様</p><img src='cid:Logo@x' alt=Logo><img src='cid:s@x'><img src='cid:none@x'>";
        let safe = safe(html, pictures);
        assert!(safe.contains("<p style=\"color:red\">佐藤様</p>"), "{safe}");
        assert!(
            safe.contains("src=\"data:image/png;base64,AAEC\"") && !safe.contains("svg") && !safe.contains("cid:"),
            "{safe}"
        );
    }
}
