//! TLS towards the next server, and its certificate errors in one sentence each.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig};
use tokio_rustls::TlsConnector;

use super::stream::Socket;

/// Why TLS cannot be prepared.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("cannot read the CA file {}: {reason}", path.display())]
    CaFile { path: PathBuf, reason: String },
    #[error("cannot use this system's trusted certificates: {0}; name a CA file instead")]
    Platform(rustls::Error),
}

/// A client that trusts what this system trusts, and the certificates in `ca` (PEM, one or more) besides.
pub(crate) fn connector(ca: Option<&Path>) -> Result<TlsConnector, TlsError> {
    // Named here instead of installed for the whole process: a library must not depend on the order of starts.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let extra = ca.map(read_ca).transpose()?.unwrap_or_default();
    let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(extra, Arc::clone(&provider))
        .map_err(TlsError::Platform)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Platform)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn read_ca(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let fail = |reason: String| TlsError::CaFile { path: path.to_owned(), reason };
    let certificates: Vec<_> =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(|error| fail(error.to_string()))?;
    if certificates.is_empty() { Err(fail("it holds no certificate".to_owned())) } else { Ok(certificates) }
}

/// Why a handshake failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsecured {
    /// The host's name cannot stand in a certificate.
    Name,
    /// The other side speaks something else.
    NotTls,
    Expired,
    NotYet,
    /// The certificate is for others, of which these are some.
    OtherName(Vec<String>),
    UnknownIssuer,
    Revoked,
    /// Something else is wrong with the certificate.
    Certificate(String),
    Other(String),
}

/// The handshake, with `host` as the name the certificate must bear.
///
/// # Errors
/// The name, the certificate or the other side is not what it should be.
pub(crate) async fn handshake(
    connector: &TlsConnector,
    host: &str,
    socket: Box<dyn Socket>,
) -> Result<Box<dyn Socket>, Unsecured> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Unsecured::Name)?;
    match connector.connect(name, socket).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(Unsecured::from(&error)),
    }
}

impl Unsecured {
    /// One sentence for a person.
    pub(crate) fn about(&self, host: &str) -> String {
        match self {
            Unsecured::Name => format!("\"{host}\" cannot be the name in a certificate"),
            Unsecured::NotTls => format!("{host} does not speak TLS on this port"),
            Unsecured::Expired => format!(
                "the certificate of {host} has expired; its operator must renew it (or the clock of this machine is wrong)"
            ),
            Unsecured::NotYet => {
                format!("the certificate of {host} is not valid yet; the clock of this machine may be wrong")
            }
            Unsecured::OtherName(names) if names.is_empty() => {
                format!("the certificate is not for the host name {host}; use the name your provider gives")
            }
            Unsecured::OtherName(names) => format!(
                "the certificate is not for the host name {host} but for {}; use the name your provider gives",
                names.join(", ")
            ),
            Unsecured::UnknownIssuer => format!(
                "the certificate of {host} was issued by nobody this system trusts; for a private CA set its file as the extra CA"
            ),
            Unsecured::Revoked => format!("the certificate of {host} was revoked"),
            Unsecured::Certificate(reason) => format!("the certificate of {host} is not valid: {reason}"),
            Unsecured::Other(reason) => format!("no secure connection to {host}: {reason}"),
        }
    }
}

impl From<&io::Error> for Unsecured {
    fn from(error: &io::Error) -> Unsecured {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(certificate)) => Unsecured::from(certificate),
            Some(rustls::Error::InvalidMessage(_)) => Unsecured::NotTls,
            Some(other) => Unsecured::Other(other.to_string()),
            None => Unsecured::Other(error.kind().to_string()),
        }
    }
}

impl From<&CertificateError> for Unsecured {
    fn from(error: &CertificateError) -> Unsecured {
        match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Unsecured::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Unsecured::NotYet,
            CertificateError::NotValidForName => Unsecured::OtherName(Vec::new()),
            CertificateError::NotValidForNameContext { presented, .. } => {
                // rustls gives names as `DnsName("mail.example")`.
                let bare = |name: &String| name.trim_start_matches("DnsName(").trim_matches(['"', ')', '(']).to_owned();
                Unsecured::OtherName(presented.iter().take(3).map(bare).collect())
            }
            CertificateError::UnknownIssuer => Unsecured::UnknownIssuer,
            CertificateError::Revoked => Unsecured::Revoked,
            other => Unsecured::Certificate(other.to_string()),
        }
    }
}
