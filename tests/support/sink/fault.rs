//! How the sink misbehaves, chosen by the local part of an address, so that faults are deterministic and no test
//! needs a mock: `refuse-550@sink.test`. What follows a `+` is free: `refuse-550+sato@sink.test`.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `refuse-NNN`, `tempfail-NNN`: this code to the RCPT, or to the MAIL if the sender is called so.
    Path(u16),
    /// `data-NNN`: this code to DATA.
    Data(u16),
    /// `early-NNN`: this code after the first line of the text, then the connection is closed.
    Early(u16),
    /// `dot-NNN`: this code to the final dot; the mail is not kept.
    Dot(u16),
    /// `stall-mail` (sender), `stall-rcpt`: no reply, ever.
    StallPath,
    /// `stall-data`: no reply to DATA.
    StallData,
    /// `stall-dot`: no reply to the final dot; the mail is kept.
    StallDot,
    /// `hangup-mail` (sender), `hangup-rcpt`: closed without a reply.
    HangupPath,
    /// `hangup-data`: closed after the first line of the text.
    HangupData,
    /// `slow-NNN`: the mail is kept, and the reply to its dot comes after so many milliseconds.
    Slow(u16),
    /// `slowhangup-NNN`: the mail is kept, and the connection closed after so many milliseconds.
    SlowHangup(u16),
    /// `slowrefusal-NNN`: a 554 to the dot after so many milliseconds; the mail is not kept.
    SlowRefusal(u16),
    /// `stall-text`: nothing more is read after the first line of the text.
    StallText,
    /// `hangup-after-dot`: the mail is kept, then closed without a reply (RFC 1047).
    HangupAfterDot,
    /// `double-reply`: two replies to one RCPT.
    DoubleReply,
    /// `double-dot`: two replies to the final dot; the mail is kept.
    DoubleDot,
    /// `latin1-reply`, `sjis-reply`: a 550 whose text is not UTF-8.
    Latin1Reply,
    ShiftJisReply,
    /// `long-reply`: a 550 with a line of 5,000 octets.
    LongReply,
    /// `multiline-reply`: a 550 of three lines, each with the enhanced code.
    MultilineReply,
    /// `control-reply`: a 550 with escape sequences and a bare CR.
    ControlReply,
    /// `bare-lf-reply`: accepted, with a line that ends in LF.
    BareLfReply,
    /// `empty-reply`: accepted, with a code and nothing else.
    EmptyReply,
    /// `garbage-reply`: a line that is no reply.
    GarbageReply,
    /// `endless-reply`: a continued reply without end.
    EndlessReply,
}

impl Fault {
    /// The fault that this address asks for.
    pub fn of(address: &str) -> Option<Fault> {
        let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
        let name = local.split('+').next()?;
        if let Some((stage, code)) = name.rsplit_once('-').and_then(|(stage, code)| Some((stage, code.parse().ok()?))) {
            return match stage {
                "refuse" | "tempfail" => Some(Fault::Path(code)),
                "data" => Some(Fault::Data(code)),
                "early" => Some(Fault::Early(code)),
                "dot" => Some(Fault::Dot(code)),
                "slow" => Some(Fault::Slow(code)),
                "slowrefusal" => Some(Fault::SlowRefusal(code)),
                "slowhangup" => Some(Fault::SlowHangup(code)),
                _ => None,
            };
        }
        Some(match name {
            "stall-mail" | "stall-rcpt" => Fault::StallPath,
            "stall-data" => Fault::StallData,
            "stall-dot" => Fault::StallDot,
            "hangup-mail" | "hangup-rcpt" => Fault::HangupPath,
            "hangup-data" => Fault::HangupData,
            "stall-text" => Fault::StallText,
            "hangup-after-dot" => Fault::HangupAfterDot,
            "double-reply" => Fault::DoubleReply,
            "double-dot" => Fault::DoubleDot,
            "latin1-reply" => Fault::Latin1Reply,
            "sjis-reply" => Fault::ShiftJisReply,
            "long-reply" => Fault::LongReply,
            "multiline-reply" => Fault::MultilineReply,
            "control-reply" => Fault::ControlReply,
            "bare-lf-reply" => Fault::BareLfReply,
            "empty-reply" => Fault::EmptyReply,
            "garbage-reply" => Fault::GarbageReply,
            "endless-reply" => Fault::EndlessReply,
            _ => return None,
        })
    }

    /// What is written in reply to the RCPT (or MAIL) instead of a 250, if it is that what goes wrong.
    pub fn path_reply(self) -> Option<Vec<u8>> {
        Some(match self {
            Fault::Path(code) => refusal(code),
            Fault::DoubleReply => b"250 2.1.5 ok\r\n250 2.1.5 ok\r\n".to_vec(),
            Fault::Latin1Reply => b"550 5.1.1 Empf\xe4nger unbekannt\r\n".to_vec(),
            Fault::ShiftJisReply => {
                b"550 5.1.1 \x88\xb6\x90\xe6\x82\xaa\x82\xa0\x82\xe8\x82\xdc\x82\xb9\x82\xf1\r\n".to_vec()
            }
            Fault::LongReply => [b"550 5.1.1 ".as_slice(), &[b'x'; 5000], b"\r\n"].concat(),
            Fault::MultilineReply => {
                b"550-5.1.1 no such\r\n550-5.1.1 user, ask\r\n550 5.1.1 the postmaster\r\n".to_vec()
            }
            Fault::ControlReply => b"550 5.1.1 \x1b[2Jgone\rDATA\x07\x00\r\n".to_vec(),
            Fault::BareLfReply => b"250 2.1.5 ok\n".to_vec(),
            Fault::EmptyReply => b"250\r\n".to_vec(),
            Fault::GarbageReply => b"<html>\r\n".to_vec(),
            Fault::EndlessReply => b"250-and so on\r\n".repeat(20_000),
            _ => return None,
        })
    }
}

/// A refusal with a text that tells its code: `550 5.5.0 the sink says 550`.
pub fn refusal(code: u16) -> Vec<u8> {
    format!("{code} {}.5.0 the sink says {code}\r\n", code / 100).into_bytes()
}
