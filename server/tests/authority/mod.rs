//! A certificate authority of the tests' own, and files that it fills.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use chartkey_server::tls::Pair;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

/// Signs what the tests ask for.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: PathBuf,
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Authority {
    pub fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("chartkey-tls-{}", uuid::Uuid::new_v4().simple()));
        fs::create_dir_all(&folder).unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap(), folder }
    }

    pub fn root(&self) -> Vec<u8> {
        self.issuer.der().to_vec()
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The files of a pair, which need not be there.
    pub fn pair(&self) -> Pair {
        Pair { certificate: self.folder.join("chain.pem"), key: self.folder.join("key.pem") }
    }

    /// A certificate for `host` and its key, both PEM. Each is another one.
    pub fn sign(&self, host: &str, change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        change(&mut params);
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }

    /// Puts a pair into its files, as a renewal does: each file is another one.
    pub fn put(&self, (certificate, key): &(String, String)) {
        let pair = self.pair();
        for (path, text) in [(&pair.certificate, certificate), (&pair.key, key)] {
            self.write(path, text, 0o600);
        }
    }

    pub fn write(&self, path: &Path, text: &str, mode: u32) {
        let new = path.with_extension("new");
        fs::write(&new, text).unwrap();
        fs::set_permissions(&new, fs::Permissions::from_mode(mode)).unwrap();
        fs::rename(&new, path).unwrap();
    }
}
