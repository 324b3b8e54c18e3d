//! What another TLS library gets from the relay, on the port with STARTTLS and on the one with TLS from the first byte.
//!
//! Plaintext behind STARTTLS is not here: no program sends it, `tests/relay/tls.rs` does.

use super::programs::{Answer, find, run};
use super::relay::Relay;
use super::support::Authority;

struct Probe {
    program: std::path::PathBuf,
    authority: Authority,
    _relay: Relay,
    /// Arguments that lead to either port.
    ways: [Vec<String>; 2],
}

impl Probe {
    /// `None` if there is no openssl here.
    fn start() -> Option<Probe> {
        let program = find("openssl")?;
        let authority = Authority::new();
        let (certificate, key) = authority.pem(&["127.0.0.1"]);
        let config = "tls_cert = \"cert.pem\"\ntls_key = \"key.pem\"\nlisten_tls = \"127.0.0.1:0\"\n\
                      idle_timeout = \"2s\"\n";
        let relay = Relay::start(&[("cert.pem", &certificate), ("key.pem", &key)], config);
        let way = |port, more: &[&str]| {
            let address = format!("127.0.0.1:{port}");
            ["-connect", &address].iter().chain(more).map(|&word| word.to_owned()).collect()
        };
        let ways = [way(relay.port, &["-starttls", "smtp"]), way(relay.next_port(), &[])];
        Some(Probe { program, authority, _relay: relay, ways })
    }

    /// A short session. The client is willing to do whatever its library still can.
    fn talk(&self, way: &[String], version: &str) -> Answer {
        let more = [version, "-cipher", "ALL:@SECLEVEL=0", "-crlf", "-ign_eof"];
        self.client(way, &more, b"EHLO client.minato.example\nQUIT\n")
    }

    fn client(&self, way: &[String], more: &[&str], input: &[u8]) -> Answer {
        let authority = self.authority.file().to_str().unwrap();
        let mut arguments = vec!["s_client", "-CAfile", authority, "-verify_return_error", "-verify_ip", "127.0.0.1"];
        arguments.extend(more);
        arguments.extend(way.iter().map(String::as_str));
        run(&self.program, &arguments, input)
    }

    /// It was the relay that said no, not the client that had nothing to offer.
    fn refuses(&self, way: &[String], more: &[&str]) {
        let answer = self.client(way, more, b"");
        let refused = answer.text.contains("SSL alert number") && answer.text.contains("Cipher is (NONE)");
        assert!(answer.code == Some(1) && refused, "{way:?} {more:?}: {}", answer.text);
    }
}

#[test]
fn tls_1_2_and_1_3_are_spoken_with_a_certificate_that_holds() {
    let Some(probe) = Probe::start() else { return };
    for way in &probe.ways {
        for (version, spoken) in [("-tls1_2", "New, TLSv1.2, Cipher is ECDHE-"), ("-tls1_3", "New, TLSv1.3, Cipher")] {
            let answer = probe.talk(way, version);
            assert_eq!(answer.code, Some(0), "{way:?} {version}: {}", answer.text);
            for part in [spoken, "Verify return code: 0 (ok)", "Compression: NONE", "\n221 2.0.0 "] {
                assert!(answer.text.contains(part), "{way:?} {version}: {part}: {}", answer.text);
            }
            // RFC 5746; TLS 1.3 has no renegotiation at all.
            let secure = answer.text.contains("Secure Renegotiation IS supported");
            assert_eq!(secure, version == "-tls1_2", "{way:?} {version}: {}", answer.text);
        }
    }
}

/// RFC 8996.
#[test]
fn tls_before_1_2_is_refused() {
    let Some(probe) = Probe::start() else { return };
    for way in &probe.ways {
        for version in ["-tls1", "-tls1_1"] {
            probe.refuses(way, &[version, "-cipher", "ALL:@SECLEVEL=0"]);
        }
    }
}

#[test]
fn ciphers_without_encryption_authentication_or_aead_are_refused() {
    let Some(probe) = Probe::start() else { return };
    for way in &probe.ways {
        for ciphers in ["eNULL", "aNULL", "SHA1", "SHA256", "CAMELLIA", "ARIA"] {
            probe.refuses(way, &["-tls1_2", "-cipher", &format!("{ciphers}:@SECLEVEL=0")]);
        }
    }
}

/// What has no forward secrecy, or finite fields of the client's choosing.
#[test]
fn key_exchange_without_elliptic_curves_is_refused() {
    let Some(probe) = Probe::start() else { return };
    for way in &probe.ways {
        for ciphers in ["kRSA", "kDHE"] {
            probe.refuses(way, &["-tls1_2", "-cipher", &format!("{ciphers}:@SECLEVEL=0")]);
        }
    }
}

#[test]
fn curves_of_less_than_256_bits_are_refused() {
    let Some(probe) = Probe::start() else { return };
    for way in &probe.ways {
        for group in ["secp160k1", "secp192k1", "prime192v1", "secp224r1", "sect163k1", "sect233r1"] {
            probe.refuses(way, &["-tls1_2", "-groups", group, "-cipher", "ECDHE:@SECLEVEL=0"]);
        }
    }
}

/// A client that may begin the handshake anew can keep a server busy (CVE-2011-1473).
///
/// Asked over STARTTLS, where the relay says nothing after the handshake until it is asked: a greeting that crosses the
/// request is an "unexpected record" to openssl, which ends before it reads the answer. Both ports share their TLS.
#[test]
fn a_handshake_cannot_be_begun_anew() {
    let Some(probe) = Probe::start() else { return };
    let [starttls, _] = &probe.ways;
    // A line of R asks for it.
    let answer = probe.client(starttls, &["-tls1_2"], b"R\n");
    let refused = answer.text.contains("RENEGOTIATING") && answer.text.contains("no renegotiation");
    assert!(refused, "{}", answer.text);
}
