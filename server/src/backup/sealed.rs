//! Encrypted files: gzip inside age, so that `age --decrypt | gunzip` opens them
//! where Chartkey is not at hand.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
    str::FromStr,
};

use age::secrecy::ExposeSecret;
use anyhow::{Context, bail};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sha2::{Digest, Sha256};

/// A public key: it encrypts and cannot decrypt.
#[derive(Clone)]
pub struct Recipient(age::x25519::Recipient);

impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::fmt::Display for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Recipient {
    /// Reads `age1…`.
    ///
    /// # Errors
    /// A sentence without its subject.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().starts_with("AGE-SECRET-KEY-") {
            return Err("is a secret key; it takes the public one".to_owned());
        }
        age::x25519::Recipient::from_str(text.trim()).map(Self).map_err(|_| "is not a public key of age".to_owned())
    }
}

/// A secret key.
pub struct Identity(age::x25519::Identity);

impl Identity {
    /// Makes a key in a new file that only its owner can read.
    ///
    /// # Errors
    /// A file that is there already or cannot be made.
    pub fn make(path: &Path) -> anyhow::Result<Recipient> {
        let identity = age::x25519::Identity::generate();
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).with_context(|| path.display().to_string())?;
        let public = identity.to_public();
        write!(file, "# public key: {public}\n{}\n", identity.to_string().expose_secret())?;
        file.sync_all()?;
        Ok(Recipient(public))
    }

    /// Reads such a file, also one that `age-keygen` made.
    ///
    /// # Errors
    /// A file that others can read, or that holds no key.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let said = || format!("the identity file {}", path.display());
        if fs::metadata(path).with_context(said)?.permissions().mode() & 0o077 != 0 {
            bail!("{}: others can read it; chmod 600", said());
        }
        let text = fs::read_to_string(path).with_context(said)?;
        let key = text.lines().find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
        // The reason would quote the key.
        age::x25519::Identity::from_str(key.trim()).map(Self).map_err(|_| anyhow::anyhow!("{} holds no key of age", said()))
    }
}

/// A file and what went into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sealed {
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in hex.
    pub sha256: String,
    /// The size of what went in.
    pub plain_bytes: u64,
    /// The SHA-256 of what went in.
    pub plain_sha256: String,
}

/// Encrypts what is read into a new file, and returns once it is on disk.
pub(super) fn seal(mut plain: impl Read, to: &Path, recipient: &Recipient) -> anyhow::Result<Sealed> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).with_context(|| to.display().to_string())?;
    let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient.0 as &dyn age::Recipient))?;
    let encrypted = encryptor.wrap_output(Digested::new(BufWriter::new(file)))?;
    let mut into = Digested::new(GzEncoder::new(encrypted, Compression::fast()));
    io::copy(&mut plain, &mut into)?;
    let (plain_bytes, plain_sha256, zipped) = into.end();
    let (bytes, sha256, file) = zipped.finish()?.finish()?.end();
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(Sealed { bytes, sha256, plain_bytes, plain_sha256 })
}

/// Reads what was sealed. Where a byte was changed, reading fails at that place.
pub(super) fn open(path: &Path, identity: &Identity) -> anyhow::Result<impl Read + use<>> {
    let said = || path.display().to_string();
    let decryptor = age::Decryptor::new_buffered(BufReader::new(File::open(path).with_context(said)?)).with_context(said)?;
    let plain = decryptor.decrypt(std::iter::once(&identity.0 as &dyn age::Identity)).with_context(said)?;
    Ok(GzDecoder::new(plain))
}

/// The SHA-256 of a file, in hex.
pub(super) fn sha256(path: &Path) -> anyhow::Result<String> {
    let mut hash = Digested::new(io::sink());
    io::copy(&mut File::open(path).with_context(|| path.display().to_string())?, &mut hash)?;
    Ok(hash.end().1)
}

/// Counts and hashes what passes.
struct Digested<W> {
    into: W,
    bytes: u64,
    hash: Sha256,
}

impl<W> Digested<W> {
    fn new(into: W) -> Self {
        Self { into, bytes: 0, hash: Sha256::new() }
    }

    fn end(self) -> (u64, String, W) {
        use std::fmt::Write;
        let hex = self.hash.finalize().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        (self.bytes, hex, self.into)
    }
}

impl<W: Write> Write for Digested<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.into.write(buffer)?;
        self.hash.update(buffer.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_alone_and_a_changed_bit_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let [key, other, sealed] = ["key", "other", "sealed"].map(|name| folder.path().join(name));
        let recipient = Identity::make(&key).unwrap();
        Identity::make(&other).unwrap();
        assert!(Identity::make(&key).is_err(), "a key is never written over");
        let plain: Vec<u8> = (0..200_000_u32).flat_map(u32::to_be_bytes).collect();
        let said = seal(plain.as_slice(), &sealed, &recipient).unwrap();
        assert_eq!((said.plain_bytes, said.sha256), (800_000, sha256(&sealed).unwrap()));

        let read = |key: &Path| -> anyhow::Result<Vec<u8>> {
            let mut read = Vec::new();
            open(&sealed, &Identity::read(key)?)?.read_to_end(&mut read)?;
            Ok(read)
        };
        assert_eq!(read(&key).unwrap(), plain);
        assert!(read(&other).is_err());
        let mut bytes = fs::read(&sealed).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&sealed, bytes).unwrap();
        assert!(read(&key).is_err());
    }

    #[test]
    fn a_secret_key_is_not_taken_for_a_public_one_and_a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        let recipient = Identity::make(&key).unwrap();
        assert!(Recipient::parse(&recipient.to_string()).is_ok());
        let secret = fs::read_to_string(&key).unwrap().lines().nth(1).unwrap().to_owned();
        assert!(Recipient::parse(&secret).unwrap_err().contains("secret"));
        fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Identity::read(&key).err().unwrap().to_string().contains("chmod 600"));
    }
}
