//! What can happen to a kept mail, as people and programs are told it. Attempts at sending are the relay's own business.

use crate::lang::Bilingual;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// It waits for a person.
    Held,
    /// It waits for its time, or for the next server.
    Delayed,
    /// The next server refused it, or its time ran out.
    Failed,
    Released,
    /// Taken back before it left.
    Cancelled,
    /// It was given other recipients.
    Edited,
    Dropped,
    Sent,
    /// A second person did not let it go; it stays held.
    SentBack,
    /// Its sender asks for a second person once more.
    AskedAgain,
    /// Nobody approved it in time: others may as well.
    Escalated,
}

impl Happening {
    pub const ALL: [Happening; 11] = [
        Happening::Held,
        Happening::Delayed,
        Happening::Failed,
        Happening::Released,
        Happening::Cancelled,
        Happening::Edited,
        Happening::Dropped,
        Happening::Sent,
        Happening::SentBack,
        Happening::AskedAgain,
        Happening::Escalated,
    ];

    /// The spelling in the configuration and in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Happening::Held => "held",
            Happening::Delayed => "delayed",
            Happening::Failed => "failed",
            Happening::Released => "released",
            Happening::Cancelled => "cancelled",
            Happening::Edited => "edited",
            Happening::Dropped => "dropped",
            Happening::Sent => "sent",
            Happening::SentBack => "sent-back",
            Happening::AskedAgain => "asked-again",
            Happening::Escalated => "escalated",
        }
    }

    pub fn explain(self) -> Bilingual {
        match self {
            Happening::Held => Bilingual::new("held", "保留"),
            Happening::Delayed => Bilingual::new("waits for its time", "送信待ち"),
            Happening::Failed => Bilingual::new("not delivered", "送信失敗"),
            Happening::Released => Bilingual::new("released", "送信を許可"),
            Happening::Cancelled => Bilingual::new("taken back", "保留に戻した"),
            Happening::Edited => Bilingual::new("recipients changed", "宛先を変更"),
            Happening::Dropped => Bilingual::new("dropped", "破棄"),
            Happening::Sent => Bilingual::new("sent", "送信済み"),
            Happening::SentBack => Bilingual::new("sent back to its sender", "差し戻し"),
            Happening::AskedAgain => Bilingual::new("asked for approval again", "承認を再依頼"),
            Happening::Escalated => Bilingual::new("others may approve, too", "ほかの承認者にも依頼"),
        }
    }
}
