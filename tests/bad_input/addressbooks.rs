//! Any octets for an address book: an answer, entries with addresses that are some, lines that exist.

use std::sync::LazyLock;

use proptest::prelude::*;

use atena::addressbook::{Problem, read};
use atena::lang::Lang;
use atena::message::Address;

use crate::properties::damaged;

static BOOKS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/addressbook");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
});

fn checked(octets: &[u8]) -> Result<(), TestCaseError> {
    let book = match read(octets) {
        Ok(book) => book,
        Err(unreadable) => {
            let told = unreadable.explain();
            prop_assert!(!told.get(Lang::En).is_empty() && !told.get(Lang::Ja).is_empty());
            return Ok(());
        }
    };
    for entry in &book.entries {
        prop_assert!(!entry.addresses.is_empty());
        let is_address = |address: &String| Address::parse(address).is_ok() && address.contains('@');
        prop_assert!(entry.addresses.iter().all(is_address), "{:?}", entry.addresses);
    }
    let lines = octets.iter().filter(|&octet| matches!(octet, b'\n' | b'\r')).count() + 1;
    for Problem { line, .. } in &book.problems {
        prop_assert!(line.is_none_or(|line| (1..=lines).contains(&line)), "line {:?} of {}", line, lines);
    }
    Ok(())
}

/// What the formats are made of, in any order.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "BEGIN:VCARD\r\n",
        "END:VCARD\r\n",
        "FN",
        "N",
        "EMAIL",
        "SOUND;X-IRMC-N",
        "AGENT:\n",
        ";CHARSET=SHIFT_JIS",
        ";ENCODING=QUOTED-PRINTABLE",
        ";ENCODING=BASE64",
        ";TYPE=\"a,b\"",
        ";SORT-AS=\"x",
        ";PHONETIC=script",
        ":",
        ";",
        ",",
        "\\",
        "\\n",
        "=",
        "=\r\n",
        "=E8=A1",
        "\r\n",
        "\n",
        "\r",
        " ",
        "\t",
        "\"",
        "dn: x\n",
        "dn:: \n",
        "cn::",
        "mail: ",
        "changetype: add\n",
        "# ",
        "name,email\n",
        "Email\t",
        "a@b.example",
        "<",
        ">",
        " ::: ",
        "表",
        "ｵ",
        "\0",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_octets_are_answered(octets in prop::collection::vec(any::<u8>(), 0..2000)) {
        checked(&octets)?;
    }

    #[test]
    fn damaged_books_are_answered(octets in damaged(&BOOKS)) {
        checked(&octets)?;
    }

    #[test]
    fn pieces_in_any_order_are_answered(octets in pieces()) {
        checked(&octets)?;
        checked(&[b"BEGIN:VCARD\r\n", octets.as_slice()].concat())?;
        checked(&[b"name,email\r\n", octets.as_slice()].concat())?;
    }
}
