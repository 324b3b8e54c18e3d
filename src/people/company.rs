//! Company names compared: forms stripped, abbreviations accepted.

use super::fold::fold;
use super::tables;

/// The core of a company's name: folded, without form (株式会社, Ltd), spaces and punctuation.
pub fn core(name: &str) -> String {
    let mut text = name.to_owned();
    for form in tables::company_forms() {
        if form.is_ascii() {
            // "Ltd" is a form only as a word of its own: it must not eat into "Baltd".
            let trimmed = text.trim_end_matches(|c: char| c.is_whitespace() || c == ',' || c == '.');
            let bare_form = form.trim_end_matches('.');
            if let Some(rest) = strip_suffix_ignore_case(trimmed, bare_form).filter(|rest| rest.ends_with([' ', ','])) {
                text = rest.trim_end_matches([' ', ',']).to_owned();
            }
        } else {
            text = text.replace(form, "");
        }
    }
    let folded = fold(&text);
    folded.chars().filter(|c| c.is_alphanumeric() || *c == 'ー').collect()
}

/// Whether two company names can mean one company: equal cores, or one a shortening of the other.
pub fn same(a: &str, b: &str) -> bool {
    let (a, b) = (core(a), core(b));
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    !short.is_empty()
        && (short == long
            || (short.chars().count() >= 2 && (long.starts_with(short.as_str()) || long.ends_with(short.as_str()))))
}

fn strip_suffix_ignore_case<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(suffix.len())?;
    (text.is_char_boundary(at) && text[at..].eq_ignore_ascii_case(suffix)).then(|| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_forms_and_keeps_names() {
        for (name, expected) in [
            ("株式会社青葉精機", "青葉精機"),
            ("青葉精機㈱", "青葉精機"),
            ("（有）丸 富", "丸富"),
            ("Alder Biosciences Ltd.", "alderbiosciences"),
            ("Northgate Instruments, Inc.", "northgateinstruments"),
            ("日和信用金庫", "日和信用金庫"),
            ("髙島屋", "高島屋"),
        ] {
            assert_eq!(core(name), expected, "{name}");
        }
        assert!(same("三光メディカル", "株式会社三光メディカル"));
        assert!(same("青葉精機", "青葉精機テクノ株式会社"));
        assert!(!same("北斗建材", "東雲製菓"));
    }
}
