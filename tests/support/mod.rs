//! What several test files need: a mail server that keeps what it gets and misbehaves on request, and certificates.

// Each test file compiles its own copy and uses its own part of it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

pub mod log;
pub mod sink;

use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

/// A certificate authority made for one test; no system trusts it.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: tempfile::NamedTempFile,
}

impl Authority {
    pub fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        // Authorities of one name and different keys would be told apart by a bad signature only.
        params.distinguished_name.push(DnType::CommonName, format!("test authority {}", uuid::Uuid::now_v7()));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), issuer.pem()).unwrap();
        Authority { issuer, file }
    }

    /// The authority's certificate as a PEM file, there as long as the authority.
    pub fn file(&self) -> &Path {
        self.file.path()
    }

    /// The server's side of TLS, with a valid certificate for these names or IP addresses.
    pub fn acceptor(&self, names: &[&str]) -> TlsAcceptor {
        self.sign(names, 4096)
    }

    /// The same with a certificate that expired at the end of 2020.
    pub fn expired_acceptor(&self, names: &[&str]) -> TlsAcceptor {
        self.sign(names, 2020)
    }

    /// A valid certificate for these names or IP addresses and its key, as PEM.
    pub fn pem(&self, names: &[&str]) -> (String, String) {
        let params = CertificateParams::new(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()).unwrap();
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }

    fn sign(&self, names: &[&str], last_year: i32) -> TlsAcceptor {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = rcgen::date_time_ymd(2019, 1, 1);
        params.not_after = rcgen::date_time_ymd(last_year, 12, 31);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}
