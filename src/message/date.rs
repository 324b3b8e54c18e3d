//! The Date header (RFC 5322 section 3.3).

use jiff::Zoned;
use jiff::fmt::rfc2822::DateTimeParser;

/// Reads a date leniently: a wrong weekday does not make it unreadable. The zone of the result is the sender's offset.
pub(super) fn parse(text: &str) -> Option<Zoned> {
    static PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    let text = text.split('(').next().unwrap_or_default().trim();
    PARSER.parse_zoned(text).ok()
}
