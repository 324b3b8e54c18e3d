//! What is caught against what it costs, drawn: one curve a kind of slip. No fonts, scripts or files from elsewhere;
//! colours are those of the reader's light or dark page, and each curve has dashes of its own.

use std::fmt::Write;

use super::report::Slips;
use super::table::kind_words;
use crate::lang::{Bilingual, Lang};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 460.0;
const LEFT: f64 = 70.0;
const TOP: f64 = 50.0;
const RIGHT: f64 = 20.0;
const BOTTOM: f64 = 60.0;
const LEGEND: f64 = 22.0;

/// Dashes by curve; the colours stand in the style.
const DASHES: [&str; 4] = ["none", "8 4", "2 3", "10 3 2 3"];

/// Okabe and Ito's colours, which most eyes tell apart; lighter ones on dark pages.
const STYLE: &str = "\
text{font-family:system-ui,sans-serif;font-size:13px;fill:#222}\
.title{font-size:15px;font-weight:600}\
.page{fill:#fff}.grid{stroke:#ccc;stroke-width:1}.axis{stroke:#555;stroke-width:1.5}\
.c{fill:none;stroke-width:2.5;stroke-linejoin:round}\
.c0{stroke:#0072b2}.c1{stroke:#d55e00}.c2{stroke:#007a5a}.c3{stroke:#a3478a}\
@media (prefers-color-scheme:dark){text{fill:#ddd}.page{fill:#16181c}.grid{stroke:#3a3d44}.axis{stroke:#aaa}\
.c0{stroke:#56b4e9}.c1{stroke:#ff9a4d}.c2{stroke:#2fc99a}.c3{stroke:#e08cc8}}";

pub(super) fn svg(slips: &Slips, lang: Lang) -> String {
    let most = slips.kinds.iter().flat_map(|kind| &kind.curve).map(|(share, _)| *share).fold(0.01, f64::max);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         role=\"img\" lang=\"{}\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         <rect class=\"page\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n\
         <text class=\"title\" x=\"{LEFT}\" y=\"28\">{title}</text>\n",
        lang.tag(),
        title = escaped(title(slips).get(lang)),
    );
    axes(&mut out, most, lang);
    for (number, kind) in slips.kinds.iter().enumerate() {
        let points: Vec<String> =
            kind.curve.iter().map(|(share, caught)| format!("{:.1},{:.1}", x(share / most), y(*caught))).collect();
        let (style, dash) = (number % DASHES.len(), DASHES[number % DASHES.len()]);
        let name = escaped(kind_words(kind.kind).get(lang));
        let at = HEIGHT - BOTTOM - 14.0 - LEGEND * (slips.kinds.len() - 1 - number) as f64;
        let (from, to, text) = (WIDTH - RIGHT - 250.0, WIDTH - RIGHT - 210.0, WIDTH - RIGHT - 202.0);
        // Writing to a text does not fail.
        let _ = writeln!(
            out,
            "<polyline class=\"c c{style}\" stroke-dasharray=\"{dash}\" points=\"{}\"><title>{name}</title></polyline>\n\
             <line class=\"c c{style}\" stroke-dasharray=\"{dash}\" x1=\"{from}\" y1=\"{at}\" x2=\"{to}\" y2=\"{at}\"/>\n\
             <text x=\"{text}\" y=\"{}\">{name} ({})</text>",
            points.join(" "),
            at + 4.5,
            kind.slips,
        );
    }
    out.push_str("</svg>\n");
    out
}

fn title(slips: &Slips) -> Bilingual {
    let (seed, trials) = (slips.seed, slips.trials);
    Bilingual::new(
        format!("Wrong recipients caught, by clean mails interrupted (seed {seed}, {trials} trials)"),
        format!("通常のメールを止める割合と、誤った宛先の検出率（乱数の種 {seed}、{trials}回）"),
    )
}

fn axes(out: &mut String, most: f64, lang: Lang) {
    for step in 0..=4 {
        let part = f64::from(step) / 4.0;
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{row:.1}\" x2=\"{end}\" y2=\"{row:.1}\"/>\
             <text x=\"{label}\" y=\"{text:.1}\" text-anchor=\"end\">{:.0} %</text>\n\
             <line class=\"grid\" x1=\"{column:.1}\" y1=\"{TOP}\" x2=\"{column:.1}\" y2=\"{foot}\"/>\
             <text x=\"{column:.1}\" y=\"{below}\" text-anchor=\"middle\">{} %</text>",
            100.0 * part,
            (1000.0 * most * part).round() / 10.0,
            row = y(part),
            end = WIDTH - RIGHT,
            label = LEFT - 8.0,
            text = y(part) + 4.5,
            column = x(part),
            foot = HEIGHT - BOTTOM,
            below = HEIGHT - BOTTOM + 20.0,
        );
    }
    let across = Bilingual::new("clean mails interrupted", "止められる通常のメール");
    let up = Bilingual::new("wrong recipients caught", "検出される誤った宛先");
    let (foot, end, middle) = (HEIGHT - BOTTOM, WIDTH - RIGHT, (TOP + HEIGHT - BOTTOM) / 2.0);
    let _ = writeln!(
        out,
        "<path class=\"axis\" fill=\"none\" d=\"M{LEFT} {TOP}V{foot}H{end}\"/>\n\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n\
         <text transform=\"translate(18 {middle}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
        (LEFT + end) / 2.0,
        HEIGHT - 14.0,
        across.get(lang),
        up.get(lang),
    );
}

fn x(part: f64) -> f64 {
    LEFT + part * (WIDTH - LEFT - RIGHT)
}

fn y(part: f64) -> f64 {
    HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
