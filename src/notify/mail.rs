//! Tells by mail: a notice to the sender, or to a reviewer, through the account the mail itself is to go through. It goes the
//! way of the outbox, from the null path, and so is neither checked nor held nor answered (RFC 3834).

use mail_builder::MessageBuilder;
use mail_builder::headers::raw::Raw;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::news::News;
use super::{Desk, Trouble, words};
use crate::config::{NoticeTo, PageLogin};
use crate::happening::Happening;
use crate::lang::{Bilingual, Lang};
use crate::message::{Address, Envelope, Message};
use crate::output::{level_word, one_line};
use crate::review::{Card, Field};
use crate::store::{Initial, NewMail};
use crate::team::{Approved, Person};

/// Recipients and reasons that are listed.
const MOST: usize = 20;

pub(super) struct Letters {
    pub(super) to: NoticeTo,
}

/// What a notice is made of.
struct Letter<'a> {
    news: &'a News,
    author: &'a str,
    to: Vec<&'a str>,
    cards: Vec<Card>,
    reasons: Vec<String>,
    link: Option<String>,
    /// The page asks for a password.
    logs_in: bool,
    what: What,
    hostname: &'a str,
    lang: Lang,
}

/// What its reader is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// The mail waits.
    Held,
    /// They may let it go.
    Asks,
    /// Theirs was not let go.
    SentBack,
}

impl Letters {
    /// `None` where nobody is to be told: the sender is nobody (`<>`), or somebody has decided already.
    pub(super) async fn write(&self, desk: &Desk, news: &News) -> Result<Option<NewMail>, Trouble> {
        let Some(author) = news.mail.envelope.sender.clone().filter(|_| news.still_waits()) else { return Ok(None) };
        let what = match self.to {
            NoticeTo::Approvers if news.happening == Happening::SentBack => What::SentBack,
            NoticeTo::Approvers => What::Asks,
            NoticeTo::Sender | NoticeTo::Reviewer(_) => What::Held,
        };
        let to = self.readers(desk, news, (what, &author))?;
        if to.is_empty() {
            return Ok(None);
        }
        let cards = match news.is_test {
            true => news.houses(None, &desk.config.own_domains).into_iter().flat_map(|house| house.cards).collect(),
            false => cards(desk, news).await?,
        };
        // The sender knows what is in the mail, and whom it goes to.
        let knows_all = self.to == NoticeTo::Sender || what == What::SentBack;
        let has_hidden = cards.iter().any(|card| card.field == Field::Bcc);
        let lang = desk.config.language;
        let reasons = news.findings.iter().map(|finding| {
            // What is remarked upon may be somebody in blind copy.
            let general = || desk.remark(&finding.rule);
            let title = if knows_all || !has_hidden { finding.title.clone() } else { general() };
            let (open, close) = if lang == Lang::Ja { ("［", "］") } else { ("[", "]") };
            format!("{open}{}{close} {}", level_word(finding.level, lang), one_line(title.get(lang)))
        });
        let letter = Letter {
            news,
            author: author.as_str(),
            to: to.iter().map(Address::as_str).collect(),
            reasons: reasons.take(MOST).collect(),
            cards: cards.into_iter().filter(|card| knows_all || card.field != Field::Bcc).take(MOST).collect(),
            link: desk.link(news),
            what,
            logs_in: desk.config.web.login == PageLogin::Users,
            hostname: &desk.config.serve.hostname,
            lang,
        };
        let now = Timestamp::now();
        let (raw, subject) = letter.write(now).ok_or_else(unwritten)?;
        let envelope = Envelope { recipients: to, user: news.mail.envelope.user.clone(), ..Envelope::default() };
        Ok(Some(NewMail {
            account: news.mail.account.clone(),
            subject,
            notice: true,
            ..NewMail::new(envelope, raw, Initial::Ready { not_before: None }, now)
        }))
    }
}

impl Letters {
    fn readers(&self, desk: &Desk, news: &News, (what, author): (What, &Address)) -> Result<Vec<Address>, Trouble> {
        Ok(match &self.to {
            _ if what == What::SentBack && news.mail.approved != Approved::Refused => Vec::new(),
            _ if what == What::SentBack => owner(desk, news, author).into_iter().collect(),
            NoticeTo::Sender => vec![author.clone()],
            NoticeTo::Reviewer(address) => vec![Address::parse(address).map_err(|_| {
                Trouble::lasting(
                    format!("{address} is no mail address"),
                    format!("{address} はメールアドレスではありません"),
                )
            })?],
            NoticeTo::Approvers => approvers(desk, news),
        })
    }
}

/// Whose mail it is, where that is known: who handed it over by a login, else a user whose address it is from. An envelope
/// names any sender, and the notice has blind copies and what was said.
fn owner(desk: &Desk, news: &News, author: &Address) -> Option<Address> {
    let team = &desk.config.team;
    match news.mail.envelope.user.as_deref() {
        Some(login) => Address::parse(team.person(login).address()?).ok(),
        None => team.people.iter().any(|person| person.owns(&news.mail.case())).then(|| author.clone()),
    }
}

/// Whoever may let it go, where it needs a second person.
fn approvers(desk: &Desk, news: &News) -> Vec<Address> {
    let mut case = news.mail.case();
    if news.is_test {
        case.approved = Approved::Wanted;
    }
    if case.approved != Approved::Wanted {
        return Vec::new();
    }
    let now = Zoned::now();
    let addresses = desk.config.team.approvers(&case, &now).filter_map(Person::address);
    addresses.filter_map(|address| Address::parse(address).ok()).collect()
}

/// Whom the mail goes to, with the fields that name them.
async fn cards(desk: &Desk, news: &News) -> Result<Vec<Card>, Trouble> {
    let stored = desk.store.mail(&news.mail.id).await.map_err(|error| super::unreadable(&error))?;
    let Some(raw) = stored.and_then(|mail| mail.raw) else { return Ok(Vec::new()) };
    let (news, own_domains) = (news.clone(), desk.config.own_domains.clone());
    let read = move || {
        let message = Message::parse(&raw).ok();
        let cards = news.houses(message.as_ref(), &own_domains).into_iter().flat_map(|house| house.cards);
        let mut cards: Vec<Card> = cards.collect();
        cards.sort_by_key(|card| card.field);
        cards
    };
    // Large ones take a while; the mail stays held whatever its text does to this.
    tokio::task::spawn_blocking(read).await.map_err(|_| unwritten())
}

fn unwritten() -> Trouble {
    Trouble::lasting("the notice could not be written", "通知メールを作成できませんでした")
}

impl Letter<'_> {
    /// The notice and its subject.
    fn write(&self, now: Timestamp) -> Option<(Vec<u8>, String)> {
        let headline = match self.what {
            What::Asks => Bilingual::new("Approval needed", "承認のお願い"),
            What::SentBack => Bilingual::new("Not approved", "差し戻し"),
            What::Held => words::headline(self.news),
        };
        let subject = format!("{}: {}", headline.get(self.lang), one_line(&self.news.mail.subject));
        let notice = MessageBuilder::new()
            // Of the author too: providers refuse mail from anybody else.
            .from(("atena", self.author))
            .to(self.to.clone())
            .subject(subject.as_str())
            .date(now.as_second())
            .message_id(format!("{}.{}@{}", self.news.delivery, now.as_nanosecond(), self.hostname))
            .header("Auto-Submitted", Raw::new("auto-generated"))
            .text_body(self.text());
        Some((notice.write_to_vec().ok()?, subject))
    }

    fn text(&self) -> String {
        let paragraphs = [
            Some(self.happened().get(self.lang).to_owned()),
            self.said(),
            Some(self.facts()),
            (!self.reasons.is_empty()).then(|| self.why()),
            Some(self.way_out().get(self.lang).to_owned()),
        ];
        let paragraphs: Vec<String> = paragraphs.into_iter().flatten().collect();
        format!("{}\r\n", paragraphs.join("\r\n\r\n"))
    }

    fn happened(&self) -> Bilingual {
        if self.news.is_test {
            return Bilingual::new(
                "This is a test: no mail was held. A notice of a held mail looks like this.",
                "これは試しの通知です。保留されたメールはありません。実際の通知は次のようになります。",
            );
        }
        if self.what == What::SentBack {
            return Bilingual::new(
                "Your mail was not approved and was not sent to anybody. Change its recipients, drop it, or ask once more.",
                "メールは承認されませんでした。まだどなたにも送信していません。宛先を変更するか、破棄するか、再度承認を依頼してください。",
            );
        }
        if self.what == What::Asks && self.news.happening == Happening::Escalated {
            return Bilingual::new(
                "A mail that needs a second person has waited for long. It was not sent to anybody; you may let it go, or send it back, too.",
                "承認待ちのメールが、期限までに承認されていません。まだどなたにも送信していません。あなたも承認または差し戻しができます。",
            );
        }
        if self.what == What::Asks {
            return Bilingual::new(
                "atena has held a mail that needs a second person. It was not sent to anybody; please let it go, or send it back.",
                "承認の必要なメールを atena が保留しました。まだどなたにも送信していません。承認するか、差し戻してください。",
            );
        }
        if self.news.mail.approved == Approved::Wanted {
            return Bilingual::new(
                "atena has held a mail. It was not sent to anybody, and waits until somebody other than its sender lets it go.",
                "atena がメールを保留しました。まだどなたにも送信しておらず、差出人以外の人の承認を待っています。",
            );
        }
        Bilingual::new(
            "atena has held a mail. It was not sent to anybody, and waits until you decide.",
            "atena がメールを保留しました。まだどなたにも送信しておらず、ご判断を待っています。",
        )
    }

    /// The reason that came with it.
    fn said(&self) -> Option<String> {
        let note = self.news.note.as_deref().filter(|_| self.what == What::SentBack)?;
        let head = if self.lang == Lang::Ja { "差し戻しの理由:" } else { "What was said:" };
        Some(format!("{head} {}", one_line(note)))
    }

    fn facts(&self) -> String {
        let news = self.news;
        let at = news.mail.received_at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M %:z").to_string();
        let mut lines = match self.lang {
            Lang::En => {
                vec![("Subject", one_line(&news.mail.subject)), ("From", self.author.to_owned()), ("Received", at)]
            }
            Lang::Ja => vec![("件名", one_line(&news.mail.subject)), ("差出人", self.author.to_owned()), ("受付", at)],
        };
        lines.extend(self.cards.iter().map(|card| (card.field.as_str(), recipient(card))));
        lines.iter().map(|(name, value)| format!("  {name}: {value}")).collect::<Vec<_>>().join("\r\n")
    }

    fn why(&self) -> String {
        let head = if self.lang == Lang::Ja { "理由:" } else { "Why:" };
        let reasons = self.reasons.iter().map(|reason| format!("  {reason}"));
        [head.to_owned()].into_iter().chain(reasons).collect::<Vec<_>>().join("\r\n")
    }

    fn way_out(&self) -> Bilingual {
        let id = &self.news.mail.id;
        let terminal = Bilingual::new(
            format!("In a terminal of that computer: atena held show {id}"),
            format!("そのコンピューターの端末では: atena held show {id}"),
        );
        let Some(link) = &self.link else { return terminal };
        if self.logs_in {
            return Bilingual::new(
                format!(
                    "The review page asks for your name and password. The link only shows the mail; nothing is sent or\r\ndropped before it is said there.\r\n\r\n  {link}"
                ),
                format!(
                    "確認ページに名前とパスワードでログインしてください。リンクは表示するだけで、ページで決めるまで送信も破棄もしません。\r\n\r\n  {link}"
                ),
            );
        }
        Bilingual::new(
            format!(
                "Decide on the review page, in a browser of the computer that runs atena. The link only shows the mail;\r\n\
                 nothing is sent or dropped before you say so there. If the page asks for a link, run: atena open\r\n\r\n  \
                 {link}\r\n\r\n{}",
                terminal.en
            ),
            format!(
                "atena を動かしているコンピューターのブラウザーで、確認ページから送信か破棄を決めてください。リンクは表示するだけで、\r\n\
                 ページで決めるまで送信も破棄もしません。ページが専用のリンクを求めたら atena open を実行してください。\r\n\r\n  \
                 {link}\r\n\r\n{}",
                terminal.ja
            ),
        )
    }
}

/// `Robert Hale <robert.hale@alderbio.example>`.
fn recipient(card: &Card) -> String {
    match one_line(&card.name) {
        name if name.is_empty() => card.address.clone(),
        name => format!("{name} <{}>", card.address),
    }
}
