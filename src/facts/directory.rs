//! The known clients: found by domain, by address, or by the names they go by in a text.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};

use crate::people::domain::{KnownDomains, Likeness};
use crate::people::{company, domain, name};

/// A customer or partner organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub name: String,
    /// Other names it goes by: short forms, kana, romaji, subsidiaries.
    pub names: Vec<String>,
    pub domains: Vec<String>,
    /// Single addresses of people who use consumer mail.
    pub addresses: Vec<String>,
}

impl Client {
    /// Whether this is one of its names, company forms aside.
    pub fn goes_by(&self, name: &str) -> bool {
        std::iter::once(&self.name)
            .chain(&self.names)
            .any(|own| own == name || company::core(own) == company::core(name))
    }
}

/// The known clients, found by domain or by name. Clones share one index: facts are gathered anew for each mail.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    clients: Arc<Vec<Client>>,
    /// Sets of clients that appear together on purpose.
    joint: Arc<Vec<Vec<usize>>>,
    by_domain: Arc<HashMap<String, usize>>,
    by_address: Arc<HashMap<String, usize>>,
    names: Option<AhoCorasick>,
    /// The client each pattern of `names` stands for, and whether it needs word boundaries.
    patterns: Arc<Vec<(usize, bool)>>,
    /// Made when the first unknown domain is compared.
    look_alikes: Arc<OnceLock<KnownDomains>>,
}

impl Directory {
    /// Indexes clients; `joint` holds sets of client names that appear together on purpose.
    pub fn new(clients: Vec<Client>, joint: &[Vec<String>]) -> Directory {
        let by_domain = clients
            .iter()
            .enumerate()
            .flat_map(|(n, client)| client.domains.iter().map(move |d| (domain::to_ascii(d), n)))
            .collect();
        let addresses = clients.iter().enumerate();
        let by_address =
            addresses.flat_map(|(n, client)| client.addresses.iter().map(move |a| (a.to_lowercase(), n))).collect();
        let position = |name: &String| clients.iter().position(|client| client.name == *name);
        let joint = joint.iter().map(|names| names.iter().filter_map(position).collect()).collect();
        let mut words = Vec::new();
        let mut patterns = Vec::new();
        for (n, client) in clients.iter().enumerate() {
            for word in spellings(client) {
                patterns.push((n, word.is_ascii()));
                words.push(word);
            }
        }
        let names = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&words)
            .ok()
            .filter(|_| !words.is_empty());
        Directory {
            clients: Arc::new(clients),
            joint: Arc::new(joint),
            by_domain: Arc::new(by_domain),
            by_address: Arc::new(by_address),
            names,
            patterns: Arc::new(patterns),
            look_alikes: Arc::default(),
        }
    }

    pub fn client(&self, id: usize) -> &Client {
        &self.clients[id]
    }

    pub fn clients(&self) -> &[Client] {
        &self.clients
    }

    /// Whether a text is a client's name and nothing else.
    pub fn is_named(&self, text: &str) -> bool {
        self.named(text).is_some()
    }

    /// The client whose name a text is, and nothing else.
    pub fn named(&self, text: &str) -> Option<usize> {
        if self.names.is_none() || text.is_empty() {
            return None;
        }
        let core = company::core(text);
        let bears = |client: &Client| {
            std::iter::once(&client.name).chain(&client.names).any(|name| company::core(name) == core)
        };
        self.mentioned(text).into_iter().find(|&client| !core.is_empty() && bears(&self.clients[client]))
    }

    /// The client who is written to at this very address, in lower case.
    pub fn of_address(&self, address: &str) -> Option<usize> {
        self.by_address.get(address).copied()
    }

    /// The client written to at an address, in lower case: by the address itself, else by its domain.
    pub fn of(&self, address: &str) -> Option<usize> {
        let domain = || address.rsplit_once('@').map(|(_, domain)| domain);
        self.of_address(address).or_else(|| self.of_domain(domain()?))
    }

    /// The client whose domain, or whose domain's sub-domain, this is.
    pub fn of_domain(&self, of: &str) -> Option<usize> {
        let ascii = domain::to_ascii(of);
        let mut rest = ascii.as_str();
        loop {
            if let Some(&client) = self.by_domain.get(rest) {
                return Some(client);
            }
            rest = rest.split_once('.')?.1;
        }
    }

    /// The client's domain that an unknown domain is a slip for: the domain, the client, in which way.
    pub fn resembled(&self, unknown: &str) -> Option<(&str, usize, Likeness)> {
        let all = || {
            self.clients.iter().enumerate().flat_map(|(n, client)| client.domains.iter().map(move |d| (d.as_str(), n)))
        };
        self.look_alikes.get_or_init(|| KnownDomains::new(all())).like(unknown).into_iter().next()
    }

    /// Whether these two clients are known to share a matter.
    pub fn are_joint(&self, a: usize, b: usize) -> bool {
        a == b || self.joint.iter().any(|set| set.contains(&a) && set.contains(&b))
    }

    /// The clients named in a text (a file name, a paragraph), each once, in order of appearance.
    pub fn mentioned(&self, text: &str) -> Vec<usize> {
        let Some(names) = &self.names else { return Vec::new() };
        let compact = Compact::of(text);
        let mut found = Vec::new();
        for hit in names.find_iter(&compact.text) {
            let (client, is_word) = self.patterns[hit.pattern().as_usize()];
            let whole = !is_word || (compact.is_edge(hit.start()) && compact.is_edge(hit.end()));
            if whole && !found.contains(&client) {
                found.push(client);
            }
        }
        found
    }
}

/// Every way a client's name may be written, compact: cores of the names, and the domain's own label.
fn spellings(client: &Client) -> Vec<String> {
    let cores = std::iter::once(&client.name).chain(&client.names).map(|name| company::core(name));
    let labels = client.domains.iter().filter_map(|d| d.split('.').next()).map(|label| label.replace(['-', '_'], ""));
    let mut out: Vec<String> =
        cores.filter(|core| is_telling(core)).chain(labels.filter(|label| label.len() >= 6)).collect();
    out.sort();
    out.dedup();
    out
}

/// Long enough to be no accident: 森 and 丸井 are surnames, "ace" is a word.
fn is_telling(core: &str) -> bool {
    let length = core.chars().count();
    if core.is_ascii() { length >= 4 } else { length >= 3 || (length == 2 && !name::is_japanese_surname(core)) }
}

/// A text folded, without separators, that remembers where words began.
struct Compact {
    text: String,
    edges: Vec<bool>,
}

impl Compact {
    fn of(text: &str) -> Compact {
        let folded = name::fold(text);
        let mut out =
            Compact { text: String::with_capacity(folded.len()), edges: Vec::with_capacity(folded.len() + 1) };
        let mut edge = true;
        for c in folded.chars() {
            if !c.is_alphanumeric() && c != 'ー' {
                edge = true;
                continue;
            }
            // A change of script is a word boundary too: 「lumen様」.
            let changed =
                out.text.chars().next_back().is_some_and(|last| last.is_ascii_alphabetic() != c.is_ascii_alphabetic());
            out.edges.push(edge || changed);
            out.edges.extend(std::iter::repeat_n(false, c.len_utf8() - 1));
            out.text.push(c);
            edge = false;
        }
        out.edges.push(true);
        out
    }

    fn is_edge(&self, at: usize) -> bool {
        self.edges.get(at).copied().unwrap_or(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory {
        let client = |name: &str, names: &[&str], domain: &str| Client {
            name: name.to_owned(),
            names: names.iter().map(|n| (*n).to_owned()).collect(),
            domains: vec![domain.to_owned()],
            addresses: Vec::new(),
        };
        Directory::new(
            vec![
                client("株式会社青葉精機", &["AOBA"], "aoba-seiki.example"),
                client("Lumen Dental Ltd", &[], "lumendental.example"),
                client("丸富商店", &["丸富"], "marutomi.example"),
            ],
            &[vec!["株式会社青葉精機".to_owned(), "丸富商店".to_owned()]],
        )
    }

    #[test]
    fn finds_clients_by_domain_and_by_name_in_every_dress() {
        let directory = directory();
        assert_eq!(directory.of_domain("mail.Aoba-Seiki.example"), Some(0));
        assert_eq!(directory.of_domain("seiki.example"), None);
        for (text, expected) in [
            ("青葉精機様_見積書.xlsx", &[0][..]),
            ("Lumen_Dental_Brand-Guidelines_v3.pdf", &[1]),
            ("lumendental.pdf", &[1]),
            ("20261001_AOBA_quote.pdf", &[0]),
            ("aobaseiki_estimate.pdf", &[0]),
            ("voluminous dentals.pdf", &[]),
            ("丸富_請求書 青葉精機.pdf", &[2, 0]),
            ("", &[]),
        ] {
            assert_eq!(directory.mentioned(text), expected, "{text}");
        }
        assert_eq!((directory.named("丸富"), directory.named("丸富様")), (Some(2), None));
        assert!(directory.is_named("(株)青葉精機") && !directory.is_named("青葉精機 佐藤"));
        assert_eq!(directory.resembled("aoba-seikl.example").map(|(_, client, _)| client), Some(0));
        assert!(directory.are_joint(0, 2) && !directory.are_joint(0, 1));
    }
}
