//! English salutations: "Dear Ms Lopez,", "Hi Mark and Priya -", or a bare "Derek,".

use super::super::Line;
use super::japanese::is_name_char;
use super::{Addressed, Addressee, among};
use crate::message::text::is_wide;

const SALUTATIONS: [&str; 53] = [
    "ciao",
    "bonjour",
    "bonsoir",
    "salut",
    "hallo",
    "guten tag",
    "guten morgen",
    "moin",
    "servus",
    "liebe",
    "lieber",
    "sehr geehrte",
    "sehr geehrter",
    "hola",
    "buenos dias",
    "buenos días",
    "buenas tardes",
    "estimada",
    "estimado",
    "querida",
    "querido",
    "cher",
    "chère",
    "chere",
    "cara",
    "caro",
    "buongiorno",
    "buonasera",
    "olá",
    "aloha",
    "konnichiwa",
    "konbanwa",
    "ohayo",
    "namaste",
    "yo",
    "evening",
    "hiya",
    "howdy",
    "good day",
    "hi again",
    "hello again",
    "dear",
    "hello",
    "hi there",
    "hi",
    "hey",
    "good morning",
    "good afternoon",
    "good evening",
    "greetings",
    "morning",
    "to",
    "attn",
];
/// Words in front of a name that are salutations only there: Cara and Caro are people.
const NAMES_TOO: [&str; 3] = ["cara", "caro", "cher"];
const GENERIC: &str = "all doctor teacher coach judge captain officer team both everyone everybody there sir madam sirs folks guys colleagues customer \
    customers client clients friend friends again members member partner partners hiring manager \
    support sales whom whomever ladies gentlemen parents subscriber subscribers valued user users \
    supplier suppliers teams gang honey mum mom mummy dad daddy baby babe sis bro sweetheart \
    darling sweetie dude dudes buddy mate mates pal boss chief man girls boys girl love dear world \
    list maintainers reviewers crew professor pastor father rabbi reverend grandma grandmother granny nana grandpa grandfather pops uncle aunt \
    auntie brother sister son daughter handsome gorgeous beautiful sunshine champ peeps people y'all yall gents troops squad neighbour \
    neighbours neighbor neighbors student students class families residents tenants owners employee employees staff volunteer volunteers \
    participant participants attendees candidate candidates applicant applicants organisers organizers committee board reader readers santa \
    editor editors author authors host hosts traders engineering marketing finance accounts hr recruiter concerned delegates investor \
    investors shareholder shareholders patient patients guest guests fellow mates ppl kids cousin neighborhood president vice-president treasurer councillor councilor principal headteacher headmaster headmistress nurse \
    vicar minister ambassador landlord landlady colleague museum library librarian credit insurance claims mayor governor senator \
    secretary chair chairman chairwoman chairperson chef director registrar receptionist reception bookings reservations purchasing \
    procurement billing payroll facilities logistics operations compliance legal helpdesk concierge admissions admin administrator \
    administrators moderator moderators organiser organizer council councillors embassy consulate excellency honour \
    highness chaplain warden superintendent commissioner inspector trustee trustees governors ministers ambassadors \
    nurses principals assistant bride groom diary qa ops devs bot department office desk recruiters resident landlords \
    agent agents supervisor foreman counsel notary attorney lawyer accountant auditor auditors bursar provost rector \
    services service property assurance quality parking protection relations enquiries inquiries safety security transport housing \
    planning repairs maintenance licensing customs immigration treasury research development production warehouse dispatch \
    delivery returns tickets ticketing membership subscriptions press media communications recruitment training tax";
const TITLES_EN: &str = "mr mrs ms mx miss dr prof professor sir rev mr. mrs. dr. frau herr monsieur \
    madame mme senor senora señor señora sra signor signora";

/// Japanese honorifics behind a name in Latin letters, with a plain hyphen or one that does not break.
const JAPANESE_TAILS: [&str; 16] = [
    "-san",
    "-sama",
    "-sensei",
    "-chan",
    "-kun",
    "-senpai",
    "\u{2011}san",
    "\u{2011}sama",
    "\u{2011}chan",
    "\u{2011}kun",
    " san",
    " San",
    " sama",
    " Sama",
    " sensei",
    " Sensei",
];

/// The addressees of an English salutation; `None` if the line is not one.
pub(super) fn english_line(line: &Line<'_>, n: usize) -> Option<Vec<Addressee>> {
    if n > 2 {
        return None;
    }
    let text = line.text.trim_end();
    let lower = text.to_ascii_lowercase();
    let indent = lower.len() - lower.trim_start().len();
    let opening = SALUTATIONS.iter().filter(|word| {
        lower[indent..].strip_prefix(**word).is_some_and(|rest| {
            let name_follows = !NAMES_TOO.contains(word) || rest.starts_with(' ');
            rest.starts_with([' ', ',', '-']) && name_follows && (**word != "to" || rest.starts_with(" whom"))
        })
    });
    let Some(opening) = opening.max_by_key(|word| word.len()) else {
        return bare_name(line, n).map(|addressee| vec![addressee]);
    };
    let start = indent + opening.len();
    let names = &text[start..start + names_length(&text[start..])];
    let names = leading_names(names);
    if names.chars().any(is_wide) {
        return None;
    }
    Some(split_names(names, line.start + start))
}

/// Names end at the comma, colon, dash or exclamation mark behind which no further name stands.
fn names_length(rest: &str) -> usize {
    let mut end = 0;
    for piece in rest.split_inclusive([',', ':', '!', ';', '—', '–', '.']) {
        let words: Vec<&str> =
            piece.trim_matches(|c: char| c.is_whitespace() || ",:!;—–.".contains(c)).split_whitespace().collect();
        let abbreviated =
            piece.ends_with('.') && words.last().is_some_and(|word| among(TITLES_EN, &word.to_ascii_lowercase()));
        let name_like = words.len() <= 6
            && words.iter().all(|word| is_connector(word) || word.chars().next().is_some_and(char::is_uppercase));
        let greets_nobody = words.iter().all(|word| among(GENERIC, &word.to_ascii_lowercase()));
        if end > 0 && (!name_like || words.is_empty() || words.len() > 3) {
            break;
        }
        if end == 0 && !name_like && !greets_nobody {
            return piece.floor_char_boundary(60);
        }
        end += piece.len();
        if !piece.ends_with(',') && !abbreviated {
            break;
        }
    }
    end
}

/// Without the sentence that goes on behind the name: "Hi Anna could you", "Hi Anna - quick one".
fn leading_names(names: &str) -> &str {
    const NO_NAMES: &str = "i we it he she they you this that these those the a an just can could would will please thanks thank hope hoping as \
        in on at for of is are am do does did have has had here there attached per my our your his her its their what when where why who how \
        sorry not any following good happy quick got let so yes no if and to from with re yesterday today tomorrow i'm i've i'll we're we've";
    let names = [" - ", " – ", " — "].iter().filter_map(|dash| names.find(dash)).min().map_or(names, |at| &names[..at]);
    let mut end = 0;
    for (n, word) in names.split_inclusive(char::is_whitespace).enumerate() {
        let bare = word.trim_matches(|c: char| c.is_whitespace() || ",:!;.—–-".contains(c));
        let lower = bare.to_lowercase();
        let first = end == 0 || names[..end].trim().is_empty();
        if first && n <= 1 && among(NO_NAMES, &lower) {
            return "";
        }
        if first && among(GENERIC, &lower) && !among(TITLES_EN, &lower) {
            return names;
        }
        let goes_on = !first
            && bare.chars().next().is_some_and(char::is_lowercase)
            && !is_connector(bare)
            && !among(GENERIC, &lower);
        if goes_on {
            break;
        }
        end += word.len();
    }
    &names[..end]
}

fn is_connector(word: &str) -> bool {
    matches!(word, "and" | "&" | "or" | "de" | "van" | "von" | "der" | "la" | "le" | "-" | "+" | "dear")
        || JAPANESE_TAILS.iter().any(|tail| word.ends_with(tail))
}

fn split_names(names: &str, start: usize) -> Vec<Addressee> {
    let mut out = Vec::new();
    let mut at = 0;
    for piece in names.split_inclusive([',', '&', '/', '+']) {
        let mut inner = 0;
        for half in piece.split_inclusive(" and ") {
            let stripped = half.strip_suffix(" and ").unwrap_or(half);
            if let Some(addressee) = english_name(stripped, start + at + inner) {
                out.push(addressee);
            }
            inner += half.len();
        }
        at += piece.len();
    }
    out
}

fn english_name(piece: &str, start: usize) -> Option<Addressee> {
    let strip = |c: char| c.is_whitespace() || ",:!;—–-./&+".contains(c);
    let lead = piece.len() - piece.trim_start_matches(strip).len();
    let words_text = piece.trim_matches(strip);
    // "Dear Amelia, dear Michael,"
    let again = words_text.strip_prefix("dear ").map_or(0, |rest| words_text.len() - rest.trim_start().len());
    let (lead, words_text) = (lead + again, &words_text[again..]);
    let words: Vec<&str> = words_text.split_whitespace().collect();
    if words.is_empty() || words.len() > 5 {
        return None;
    }
    let range = start + lead..start + lead + words_text.len();
    // "Dear Professor" is nobody by name, "Dear Professor Hill" is.
    let titled = words.len() > 1 && among(TITLES_EN, &words[0].to_ascii_lowercase());
    let generic =
        words[usize::from(titled)..].iter().any(|word| among(GENERIC, word.to_ascii_lowercase().trim_matches(strip)));
    if generic {
        return Some(Addressee {
            range,
            name: words_text.to_owned(),
            kind: Addressed::Desk,
            copied: false,
            alone: false,
        });
    }
    let named: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| {
            !among(TITLES_EN, &word.to_ascii_lowercase())
                && !among(TITLES_EN, &word.trim_end_matches('.').to_ascii_lowercase())
        })
        .collect();
    let name = named.join(" ");
    let name = JAPANESE_TAILS.iter().find_map(|tail| name.strip_suffix(tail)).unwrap_or(&name).to_owned();
    // "hi mark,": without a capital it may be another word.
    let small = words.len() == 1 && name.len() >= 3 && name.chars().all(|c| c.is_ascii_lowercase());
    let fine = !name.is_empty()
        && (small || name.chars().next().is_some_and(char::is_uppercase))
        && name.chars().all(|c| is_name_char(c) || c == ' ' || c == '.');
    fine.then_some(Addressee { range, name, kind: Addressed::Person, copied: false, alone: small })
}

/// A first line that is a name and a comma: "Derek,", "Thanks Tom,".
fn bare_name(line: &Line<'_>, n: usize) -> Option<Addressee> {
    /// Words in front of a name, or instead of one.
    const OPENERS: &str = "well so also btw fyi again please congratulations congrats welcome done agreed perfect wow however therefore \
        meanwhile moreover furthermore besides nevertheless otherwise instead anyway anyhow today tomorrow yesterday tonight now then here \
        thanks thank you many hi hello hey sorry ok okay yes no yep nope sure great good fine excellent regards best morning afternoon monday \
        tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november \
        december first second third lastly next attached below above indeed true right correct cool nice thx ta cheers both afternoon \
        evening alas oops hmm ah oh ha lol update reminder note question subject re fw fwd";
    /// Given names among the words that end like an adverb.
    const LY_NAMES: &str = "kelly sally molly emily billy carly lily polly beverly kimberly holly willy milly tilly olly ally shelly dolly wally \
        lilly ely evelly nelly reilly riley elly jilly tully";
    let text = line.text.trim();
    let whole = text.strip_suffix([',', '-', '–', '—']).filter(|_| n == 0)?.trim_end();
    let mut name = whole;
    while let Some((_, rest)) = name.split_once(' ').filter(|(first, _)| among(OPENERS, &first.to_ascii_lowercase())) {
        name = rest.trim_start();
    }
    let words = name.split_whitespace().count();
    let fine = (1..=2).contains(&words)
        && name.is_ascii()
        && name.split_whitespace().all(|word| {
            word.len() > 1
                && word.chars().next().is_some_and(char::is_uppercase)
                && word[1..].chars().all(|c| c.is_lowercase() || c == '-')
        });
    let lower = name.to_ascii_lowercase();
    let adverb = lower.ends_with("ly") && !lower.contains(' ') && !among(LY_NAMES, &lower);
    if !fine || adverb || among(OPENERS, &lower) {
        return None;
    }
    let greets_all = whole.to_ascii_lowercase().split_whitespace().any(|word| among(GENERIC, word.trim_matches('-')));
    let name = if greets_all { whole } else { name };
    let start = line.start + (line.text.len() - line.text.trim_start().len()) + (whole.len() - name.len());
    let kind = if greets_all { Addressed::Desk } else { Addressed::Person };
    Some(Addressee { range: start..start + name.len(), name: name.to_owned(), kind, copied: false, alone: true })
}
