//! The wishes of a client about delivery reports, as one column of JSON.

use serde_json::{Value, json};

use crate::message::{Address, Notify, Reports, Returns, Wish};

/// `None` where nothing was asked for.
pub(super) fn write(reports: &Reports) -> Option<String> {
    let wish = |wish: &Wish| json!([wish.recipient.as_str(), wish.notify.map(|n| n.to_string()), wish.original]);
    let value = || {
        json!({
            "ret": reports.returns.map(Returns::as_str),
            "envid": reports.envelope_id,
            "rcpt": reports.recipients.iter().map(wish).collect::<Vec<Value>>(),
        })
    };
    if reports.is_empty() { None } else { Some(value().to_string()) }
}

/// `None` if this program did not write it.
pub(super) fn read(text: Option<&str>) -> Option<Reports> {
    let Some(text) = text else { return Some(Reports::default()) };
    let value: Value = serde_json::from_str(text).ok()?;
    let string = |value: &Value| value.as_str().map(str::to_owned);
    let wish = |value: &Value| {
        let recipient = Address::parse(value.get(0)?.as_str()?).ok()?;
        let notify = value.get(1)?.as_str().and_then(Notify::parse);
        Some(Wish { recipient, notify, original: string(value.get(2)?) })
    };
    Some(Reports {
        returns: value.get("ret")?.as_str().and_then(Returns::parse),
        envelope_id: string(value.get("envid")?),
        recipients: value.get("rcpt")?.as_array()?.iter().map(wish).collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_read_back_as_they_were() {
        let wish = |recipient: &str, notify: Option<&str>, original: Option<&str>| Wish {
            recipient: Address::parse(recipient).expect("an address"),
            notify: notify.and_then(Notify::parse),
            original: original.map(str::to_owned),
        };
        let reports = Reports {
            returns: Some(Returns::Headers),
            envelope_id: Some("QQ+2B1".to_owned()),
            recipients: vec![
                wish("\"a b\"@client.example", Some("NEVER"), None),
                wish("佐藤@client.example", None, Some("rfc822;sato@client.example")),
            ],
        };
        let text = write(&reports);
        assert_eq!(read(text.as_deref()), Some(reports));
        assert_eq!((write(&Reports::default()), read(None)), (None, Some(Reports::default())));
        assert_eq!(read(Some("{}")), None);
    }
}
