//! Kana to romaji, in the Hepburn spelling that addresses use, long vowels dropped.

/// Transliterates hiragana or katakana; `None` if there is anything else in it.
pub(super) fn of_kana(kana: &str) -> Option<String> {
    let hiragana: Vec<char> = kana.chars().filter(|c| !c.is_whitespace()).map(to_hiragana).collect();
    let mut out = String::new();
    let mut at = 0;
    while at < hiragana.len() {
        let next = hiragana.get(at + 1).copied().unwrap_or(' ');
        if hiragana[at] == 'っ' {
            out.push(doubled(next)?);
            at += 1;
            continue;
        }
        if hiragana[at] == 'ー' {
            at += 1;
            continue;
        }
        let syllable = syllable(hiragana[at])?;
        match small(next) {
            Some(vowel) => {
                let stem = &syllable[..syllable.len() - 1];
                out.push_str(stem);
                if !matches!(stem, "sh" | "ch" | "j") {
                    out.push('y');
                }
                out.push_str(vowel);
                at += 2;
            }
            None => {
                out.push_str(syllable);
                at += 1;
            }
        }
    }
    Some(out)
}

/// The spelling without what romanisations differ in: saitou, saitoh and saito are one.
pub(super) fn skeleton(romaji: &str) -> String {
    let mut text = romaji.to_ascii_lowercase();
    for (from, to) in [
        ("cch", "tch"),
        ("oh", "o"),
        ("ou", "o"),
        ("oo", "o"),
        ("uu", "u"),
        ("shi", "si"),
        ("chi", "ti"),
        ("tsu", "tu"),
        ("fu", "hu"),
        ("sha", "sya"),
        ("shu", "syu"),
        ("sho", "syo"),
        ("cha", "tya"),
        ("chu", "tyu"),
        ("cho", "tyo"),
        ("cy", "ty"),
        ("jy", "zy"),
        ("ja", "zya"),
        ("ju", "zyu"),
        ("jo", "zyo"),
        ("ji", "zi"),
        ("di", "zi"),
        ("dzu", "zu"),
        ("du", "zu"),
        ("wo", "o"),
        ("mb", "nb"),
        ("mp", "np"),
        ("mm", "nm"),
        ("nn", "n"),
        ("-", ""),
    ] {
        if text.contains(from) {
            text = text.replace(from, to);
        }
    }
    text
}

fn to_hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        _ => c,
    }
}

fn small(c: char) -> Option<&'static str> {
    Some(match c {
        'ゃ' => "a",
        'ゅ' => "u",
        'ょ' => "o",
        _ => return None,
    })
}

/// The consonant a small っ doubles; Hepburn writes `tch`.
fn doubled(next: char) -> Option<char> {
    let syllable = syllable(next)?;
    Some(if syllable.starts_with("ch") { 't' } else { syllable.chars().next()? })
}

fn syllable(c: char) -> Option<&'static str> {
    const ROWS: [(&str, [&str; 5]); 14] = [
        ("あいうえお", ["a", "i", "u", "e", "o"]),
        ("かきくけこ", ["ka", "ki", "ku", "ke", "ko"]),
        ("がぎぐげご", ["ga", "gi", "gu", "ge", "go"]),
        ("さしすせそ", ["sa", "shi", "su", "se", "so"]),
        ("ざじずぜぞ", ["za", "ji", "zu", "ze", "zo"]),
        ("たちつてと", ["ta", "chi", "tsu", "te", "to"]),
        ("だぢづでど", ["da", "ji", "zu", "de", "do"]),
        ("なにぬねの", ["na", "ni", "nu", "ne", "no"]),
        ("はひふへほ", ["ha", "hi", "fu", "he", "ho"]),
        ("ばびぶべぼ", ["ba", "bi", "bu", "be", "bo"]),
        ("ぱぴぷぺぽ", ["pa", "pi", "pu", "pe", "po"]),
        ("まみむめも", ["ma", "mi", "mu", "me", "mo"]),
        ("らりるれろ", ["ra", "ri", "ru", "re", "ro"]),
        ("ぁぃぅぇぉ", ["a", "i", "u", "e", "o"]),
    ];
    let in_rows =
        ROWS.iter().find_map(|(row, spellings)| row.chars().position(|kana| kana == c).map(|at| spellings[at]));
    in_rows.or(match c {
        'や' => Some("ya"),
        'ゆ' => Some("yu"),
        'よ' => Some("yo"),
        'わ' => Some("wa"),
        'を' => Some("o"),
        'ん' => Some("n"),
        'ゔ' => Some("vu"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_kana_as_addresses_do() {
        for (kana, romaji) in [
            ("さとう", "satou"),
            ("ハットリ", "hattori"),
            ("しょうじ", "shouji"),
            ("じゅんいち", "junichi"),
            ("キョウコ", "kyouko"),
            ("えっちゅう", "etchuu"),
        ] {
            assert_eq!(of_kana(kana).as_deref(), Some(romaji));
        }
        assert_eq!(of_kana("佐藤"), None);
        assert_eq!(skeleton("saitoh"), skeleton("saitou"));
        for (one, other) in [
            ("homma", "honma"),
            ("satoh", "satō"),
            ("ohtani", "otani"),
            ("shinji", "sinzi"),
            ("tsuchiya", "tutiya"),
            ("choujirou", "tyojiro"),
            ("junnosuke", "junosuke"),
            ("shimbashi", "shinbashi"),
            ("jyunichi", "junichi"),
            ("mitsuzuka", "mitsuduka"),
            ("etchu", "ettyu"),
        ] {
            assert_eq!(skeleton(&other.replace('ō', "o")), skeleton(one), "{one} {other}");
        }
    }
}
