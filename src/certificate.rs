//! TLS for clients: the certificate of the relay or the review page, renewed without a restart.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::ServerTls;

/// Certificates are renewed a few times a year; looking costs two calls of the system.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Why the certificate or its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("cannot read the certificate {}: {reason}", path.display())]
    Certificate { path: PathBuf, reason: String },
    #[error("cannot read the private key {}: {reason}", path.display())]
    Key { path: PathBuf, reason: String },
    #[error("the certificate {} and the private key {} do not work together: {reason}", cert.display(), key.display())]
    Pair { cert: PathBuf, key: PathBuf, reason: String },
}

/// A certificate, read anew when its files change.
pub(crate) struct Certificate {
    files: ServerTls,
    current: Mutex<Current>,
}

struct Current {
    acceptor: TlsAcceptor,
    looked: Instant,
    /// When the files were last written, as far as is known.
    written: Written,
}

type Written = [Option<SystemTime>; 2];

impl Certificate {
    /// # Errors
    /// The files cannot be read, or do not belong together.
    pub(crate) fn read(files: &ServerTls) -> Result<Certificate, TlsError> {
        // Before the files: what is written in between is read the next time.
        let written = written(files);
        let current = Current { acceptor: acceptor(files)?, looked: Instant::now(), written };
        Ok(Certificate { files: files.clone(), current: Mutex::new(current) })
    }

    /// For the next client. A new pair that cannot be used is told in the log, and the old one stays: a program that renews
    /// certificates writes one file after the other.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.looked.elapsed() >= LOOK_EVERY {
            current.looked = Instant::now();
            let written = written(&self.files);
            if written != current.written {
                current.written = written;
                match acceptor(&self.files) {
                    Ok(acceptor) => {
                        tracing::info!(certificate = %self.files.cert.display(), "the certificate was read anew");
                        current.acceptor = acceptor;
                    }
                    Err(error) => tracing::error!(%error, "the new certificate is not used"),
                }
            }
        }
        current.acceptor.clone()
    }
}

fn written(files: &ServerTls) -> Written {
    [&files.cert, &files.key].map(|path| path.metadata().and_then(|data| data.modified()).ok())
}

/// The server's side of TLS 1.2 and 1.3. No ALPN: SMTP has no name there that clients ask for, and HTTP/1.1 needs none.
fn acceptor(files: &ServerTls) -> Result<TlsAcceptor, TlsError> {
    let chain = read_chain(&files.cert)?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| TlsError::Key { path: files.key.clone(), reason: error.to_string() })?;
    let pair = |error: rustls::Error| TlsError::Pair {
        cert: files.cert.clone(),
        key: files.key.clone(),
        reason: error.to_string(),
    };
    // Named here instead of installed for the whole process: a library must not depend on the order of starts.
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(pair)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(pair)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let fail = |reason: String| TlsError::Certificate { path: path.to_owned(), reason };
    let chain: Vec<_> =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(|error| fail(error.to_string()))?;
    if chain.is_empty() { Err(fail("it holds no certificate".to_owned())) } else { Ok(chain) }
}
