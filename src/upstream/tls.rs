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
pub(super) fn connector(ca: Option<&Path>) -> Result<TlsConnector, TlsError> {
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

/// The handshake, with `host` as the name the certificate must bear.
///
/// # Errors
/// One sentence for a person.
pub(super) async fn handshake(
    connector: &TlsConnector,
    host: &str,
    socket: Box<dyn Socket>,
) -> Result<Box<dyn Socket>, String> {
    let name =
        ServerName::try_from(host.to_owned()).map_err(|_| format!("\"{host}\" cannot be the name in a certificate"))?;
    match connector.connect(name, socket).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(explain(host, &error)),
    }
}

fn explain(host: &str, error: &io::Error) -> String {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(certificate)) => explain_certificate(host, certificate),
        Some(rustls::Error::InvalidMessage(_)) => {
            format!("{host} does not speak TLS on this port; smtps:// is for port 465, smtp+starttls:// for 587")
        }
        Some(other) => format!("no secure connection to {host}: {other}"),
        None => format!("no secure connection to {host}: {}", error.kind()),
    }
}

fn explain_certificate(host: &str, error: &CertificateError) -> String {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            format!(
                "the certificate of {host} has expired; its operator must renew it (or the clock of this machine is wrong)"
            )
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            format!("the certificate of {host} is not valid yet; the clock of this machine may be wrong")
        }
        CertificateError::NotValidForName => format!("the certificate is not for the host name {host}"),
        CertificateError::NotValidForNameContext { presented, .. } => {
            // rustls gives names as `DnsName("mail.example")`.
            let bare = |name: &String| name.trim_start_matches("DnsName(").trim_matches(['"', ')', '(']).to_owned();
            let names: Vec<_> = presented.iter().take(3).map(bare).collect();
            let names = if names.is_empty() { "no name".to_owned() } else { names.join(", ") };
            format!("the certificate is not for the host name {host} but for {names}; use the name your provider gives")
        }
        CertificateError::UnknownIssuer => {
            format!(
                "the certificate of {host} was issued by nobody this system trusts; for a private CA set its file as the extra CA"
            )
        }
        CertificateError::Revoked => format!("the certificate of {host} was revoked"),
        other => format!("the certificate of {host} is not valid: {other}"),
    }
}
