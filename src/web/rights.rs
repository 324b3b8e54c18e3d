//! What somebody may see and do, at the page or by a token.

use jiff::{Timestamp, Zoned};

use crate::lang::Bilingual;
use crate::store::Summary;
use crate::team::{Approved, Case, Person, Role, Scope, Team};

/// Somebody, as far as it matters what they may. The default: whoever has a link, or a token of nobody.
#[derive(Debug, Clone, Default)]
pub(super) struct Rights {
    /// `None` may do everything where there are no people, and sends nothing back to anybody.
    pub(super) person: Option<Person>,
}

/// What somebody wants to do with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// Let it go.
    Release,
    /// Drop it, take it back, give it other recipients, say something of it.
    Change,
    /// Send it back to its sender, who then is not its owner.
    Refuse,
    /// Ask for a second person once more.
    AskAgain,
}

impl Wish {
    /// Why somebody may not.
    pub(super) fn refusal(self) -> Bilingual {
        match self {
            Wish::Release => Bilingual::new(
                "This mail needs a second person: somebody else lets it go.",
                "このメールの送信には、差出人以外の人の承認が必要です。",
            ),
            Wish::Change => Bilingual::new(
                "Only its sender changes or drops this mail.",
                "このメールを変更・破棄できるのは差出人だけです。",
            ),
            Wish::Refuse | Wish::AskAgain => Bilingual::new(
                "The mail waits for nobody’s approval now; somebody was quicker.",
                "このメールは承認待ちではありません。先に別の操作が行われました。",
            ),
        }
    }
}

impl Rights {
    pub(super) fn of(person: Person) -> Rights {
        Rights { person: Some(person) }
    }

    /// Which mails are seen; `None`: all.
    pub(super) fn scope(&self, team: &Team) -> Option<Scope> {
        team.scope(self.person.as_ref()?, &Zoned::now())
    }

    pub(super) fn sees(&self, team: &Team, mail: &Summary) -> bool {
        self.person.as_ref().is_none_or(|person| team.sees(person, &mail.case(), &Zoned::now()))
    }

    /// Whether this may be done with a mail as it stands; whether its state allows it is the store's to say.
    pub(super) fn may(&self, team: &Team, wish: Wish, mail: &Summary) -> bool {
        let Some(person) = &self.person else { return matches!(wish, Wish::Release | Wish::Change) };
        let (case, now) = (mail.case(), Zoned::now());
        match wish {
            Wish::Release => team.may_release(person, &case, &now),
            Wish::Change => team.may_change(person, &case),
            Wish::Refuse => case.approved == Approved::Wanted && team.may_release(person, &case, &now),
            Wish::AskAgain => case.approved == Approved::Refused && team.may_change(person, &case),
        }
    }

    /// Whether mail from this address is theirs, or everybody's is.
    pub(super) fn writes_as(&self, address: &str) -> bool {
        self.person.as_ref().is_none_or(|person| {
            let case = Case { sender: Some(address), login: None, approved: Approved::Enough, since: Timestamp::MIN };
            person.role == Role::Admin || person.owns(&case)
        })
    }
}
