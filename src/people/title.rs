//! Words around a name that are not the name: honorifics, titles, ranks, suffixes, particles.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Japanese honorifics behind a name, the longer first.
const HONORIFICS: [&str; 11] = ["さま", "サマ", "さん", "ちゃん", "くん", "先生", "御中", "様", "殿", "氏", "君"];

/// Japanese ranks, behind a name or as a word of their own.
const RANKS: &str = "代表取締役社長 代表取締役 取締役 執行役員 副社長 社長 専務 常務 会長 理事長 理事 監事 本部長 副本部長 事業部長 \
    部長代理 課長代理 部長 副部長 次長 課長 係長 室長 所長 副所長 支店長 副支店長 支社長 店長 副店長 工場長 センター長 グループ長 \
    チーム長 リーダー マネージャー マネジャー チーフ ディレクター プロデューサー 院長 副院長 校長 教頭 園長 館長 局長 主任 主査 \
    主幹 参事 顧問 教授 准教授 講師 助教 博士 弁護士 税理士 司法書士 社労士 医師 看護師長 看護師 薬剤師 技師 担当";

/// English words before or behind a name.
const TITLES: &str = "mr mrs ms mx miss dr prof professor sir madam madame dame lord lady rev reverend father fr sister brother pastor rabbi judge \
    justice hon capt captain col major sgt lt gen phd md mba cpa esq jr sr ii iii iv dds rn pe pmp frcs dphil san sama sensei \
    herr frau sig dott monsieur mme the and via";

/// Little words inside surnames, which many surnames share.
const PARTICLES: &str =
    "van von der den de la le da das do dos di del della du el al bin binti ibn ben ter ten zu zur vom y e af av";

/// A word of a Japanese name without honorific and rank; empty if nothing else is in it.
pub(super) fn without_honorific(word: &str) -> &str {
    static RANKS_LIST: LazyLock<Vec<&str>> = LazyLock::new(|| RANKS.split_whitespace().collect());
    let mut word = word;
    loop {
        let honorific = HONORIFICS.iter().find_map(|tail| word.strip_suffix(tail));
        let rank = || RANKS_LIST.iter().filter_map(|tail| word.strip_suffix(tail)).min_by_key(|rest| rest.len());
        match honorific
            .filter(|rest| rest.chars().count() > 1 || !rest.is_empty() && word.ends_with("様"))
            .or_else(rank)
        {
            Some(rest) if rest.len() < word.len() => word = rest,
            _ => return word,
        }
    }
}

/// Whether a folded Latin word stands beside a name and tells nothing of who it is.
pub(super) fn is_title(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| TITLES.split_whitespace().chain(PARTICLES.split_whitespace()).collect());
    WORDS.contains(word)
}

pub(super) fn among(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_honorifics_and_ranks_off() {
        for (word, expected) in [
            ("佐藤様", "佐藤"),
            ("佐藤部長", "佐藤"),
            ("佐藤部長代理様", "佐藤"),
            ("王様", "王"),
            ("たろうくん", "たろう"),
            ("部長", ""),
            ("佐藤", "佐藤"),
            ("氏", "氏"),
            ("杉氏", "杉氏"),
        ] {
            assert_eq!(without_honorific(word), expected, "{word}");
        }
    }
}
