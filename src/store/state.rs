//! The states of a mail and the only ways from one to another; `docs/guarantees.md` is this table in words.

use std::fmt;

/// Where a stored mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Waits for a person.
    Held,
    /// May be sent, once its time has come (released, delayed, or waiting for the next attempt).
    Ready,
    /// Claimed by an outbox, which is handing it to the next server.
    Sending,
    /// The next server took it. Its text is gone.
    Sent,
    /// The next server refused it, or its time ran out. Waits for a person.
    Failed,
    /// A person threw it away. Its text is gone.
    Dropped,
}

/// What can be done to a stored mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// A person lets it go: held, failed and worth another try, or waiting for its time when it should go at once.
    Release,
    /// A person throws it away.
    Drop,
    /// A person takes it back before it left.
    Cancel,
    /// A person gives it other recipients.
    Edit,
    /// A person has it put into the folder of drafts; it stays where it is.
    HandBack,
    /// An outbox takes it; also takes over a mail whose lease ran out.
    Claim,
    /// The next server took it.
    Deliver,
    /// The attempt failed for now.
    Retry,
    /// The attempt failed for good.
    Fail,
}

impl State {
    pub const ALL: [State; 6] = [State::Held, State::Ready, State::Sending, State::Sent, State::Failed, State::Dropped];

    /// The state `action` leads to from here, or `None` when it is not allowed.
    pub fn after(self, action: Action) -> Option<State> {
        match (self, action) {
            (State::Held | State::Failed | State::Ready, Action::Release) => Some(State::Ready),
            (State::Held | State::Failed, Action::Drop) => Some(State::Dropped),
            (State::Ready, Action::Cancel) | (State::Held | State::Failed, Action::Edit) => Some(State::Held),
            (State::Ready | State::Sending, Action::Claim) => Some(State::Sending),
            (State::Held, Action::HandBack) => Some(State::Held),
            (State::Failed, Action::HandBack) => Some(State::Failed),
            (State::Sending, Action::Deliver) => Some(State::Sent),
            (State::Sending, Action::Retry) => Some(State::Ready),
            (State::Sending, Action::Fail) => Some(State::Failed),
            _ => None,
        }
    }

    /// What a person can do with a mail in this state.
    pub fn choices(self) -> impl Iterator<Item = Action> {
        Action::OF_A_PERSON.into_iter().filter(move |&action| self.after(action).is_some())
    }

    /// Whether the mail's text is still there.
    pub fn keeps_text(self) -> bool {
        match self {
            State::Held | State::Ready | State::Sending | State::Failed => true,
            State::Sent | State::Dropped => false,
        }
    }

    /// The spelling in the database and in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Held => "held",
            State::Ready => "ready",
            State::Sending => "sending",
            State::Sent => "sent",
            State::Failed => "failed",
            State::Dropped => "dropped",
        }
    }

    /// Reads what [`State::as_str`] writes.
    pub fn parse(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl Action {
    pub const ALL: [Action; 9] = [
        Action::Release,
        Action::Drop,
        Action::Cancel,
        Action::Edit,
        Action::HandBack,
        Action::Claim,
        Action::Deliver,
        Action::Retry,
        Action::Fail,
    ];

    /// The actions that are a person's to take with a word; the others are the outbox's, or ask for more than that.
    pub const OF_A_PERSON: [Action; 3] = [Action::Release, Action::Drop, Action::Cancel];

    pub fn as_str(self) -> &'static str {
        match self {
            Action::Release => "release",
            Action::Drop => "drop",
            Action::Cancel => "cancel",
            Action::Edit => "edit",
            Action::HandBack => "hand back",
            Action::Claim => "claim",
            Action::Deliver => "deliver",
            Action::Retry => "retry",
            Action::Fail => "fail",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_in_the_manual_is_the_table_in_the_code() {
        let manual = include_str!("../../docs/guarantees.md");
        let mut written: Vec<(String, String, String)> = manual
            .lines()
            .filter_map(|line| {
                let cells: Vec<&str> = line.split('|').map(str::trim).collect();
                let (from, rest) = cells.get(1)?.strip_prefix('`')?.split_once("` ─")?;
                let (action, to) = rest.split_once("→ `")?;
                Some((from.to_owned(), action.to_owned(), to.strip_suffix('`')?.to_owned()))
            })
            .collect();
        let mut known = Vec::new();
        for from in State::ALL {
            for action in Action::ALL {
                if let Some(to) = from.after(action) {
                    known.push((from.to_string(), action.to_string(), to.to_string()));
                }
            }
        }
        written.sort();
        known.sort();
        assert_eq!(written, known);
    }

    #[test]
    fn nothing_leaves_sent_or_dropped_and_every_name_reads_back() {
        for action in Action::ALL {
            assert_eq!((State::Sent.after(action), State::Dropped.after(action)), (None, None), "{action}");
        }
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
        assert_eq!(State::parse("Held"), None);
    }
}
