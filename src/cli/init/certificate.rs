//! A certificate for a relay that devices in the network reach: of an authority made for it alone.
//!
//! Devices are told to trust the authority. Its key is used once and kept nowhere, so that nobody can sign anything else
//! with it. What programs ask of a certificate: RFC 5280 section 4.2, and the limits of Apple's devices (825 days).

use std::fs;
use std::net::IpAddr;
use std::path::Path;

use jiff::civil::Date;
use jiff::{ToSpan, Zoned};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

use super::{Failure, write_private};

/// Where the files stand beside the configuration.
pub(super) const CERT: &str = "tls/cert.pem";
pub(super) const KEY: &str = "tls/key.pem";
pub(super) const AUTHORITY: &str = "tls/ca.pem";

/// Apple's devices refuse certificates that are valid for longer.
const DAYS: i64 = 825;

/// Makes the three files below `directory`, for these host names and IP addresses; those that were there are replaced only
/// by `force`, each by one that is written whole.
pub(super) fn write(directory: &Path, names: &[String], force: bool) -> Result<(), Failure> {
    let wrong = |why: String| Failure::Names(names.join(", "), why);
    if let Some(name) = names.iter().find(|name| name.parse::<IpAddr>().is_err() && !is_host_name(name)) {
        return Err(wrong(format!("{name:?} is no host name and no IP address")));
    }
    let paths = [CERT, KEY, AUTHORITY].map(|name| directory.join(name));
    if let Some(there) = paths.iter().find(|path| path.exists()).filter(|_| !force) {
        return Err(Failure::Exists(there.clone()));
    }
    let texts = make(names).map_err(|error| wrong(error.to_string()))?;
    for (path, text) in paths.iter().zip(texts) {
        write_private(path, &text, path.exists())?;
    }
    Ok(())
}

/// Takes the files away again, when no configuration came of it.
pub(super) fn remove(directory: &Path) {
    for name in [CERT, KEY, AUTHORITY] {
        // One that is not there needs no removal.
        let _ = fs::remove_file(directory.join(name));
    }
}

fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        let edges = !label.starts_with('-') && !label.ends_with('-');
        (1..=63).contains(&label.len()) && edges && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    name.split('.').all(is_label)
}

/// The certificate, its key, and the authority, as PEM.
fn make(names: &[String]) -> Result<[String; 3], rcgen::Error> {
    let today = Zoned::now().date();
    let (from, until) = (today.saturating_sub(1.day()), today.saturating_add(DAYS.days()));
    let day =
        |date: Date| rcgen::date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs());
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.distinguished_name.push(DnType::CommonName, format!("atena on {} ({today})", names.join(", ")));
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    (authority.not_before, authority.not_after) = (day(from), day(until));
    let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
    let mut server = CertificateParams::new(names.to_vec())?;
    server.distinguished_name.push(DnType::CommonName, names.first().cloned().unwrap_or_default());
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;
    (server.not_before, server.not_after) = (day(from), day(until));
    let key = KeyPair::generate()?;
    let certificate = server.signed_by(&key, &issuer)?;
    Ok([certificate.pem(), key.serialize_pem(), issuer.pem()])
}
