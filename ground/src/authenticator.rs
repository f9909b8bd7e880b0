//! An authenticator in software: what a telephone or a security key answers when a browser asks it for a passkey
//! (WebAuthn Level 3), so that tests sign in with one, and lie with one.

use anyhow::{Context, Result, anyhow};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Somebody was there, and was recognised.
const PRESENT_AND_VERIFIED: u8 = 0b0000_0101;
/// A key is told along.
const ATTESTED: u8 = 0b0100_0000;

/// One authenticator with one passkey, in a browser that is at `origin`.
#[derive(Debug)]
pub struct Authenticator {
    /// Where its browser says to be.
    pub origin: String,
    /// How often it has signed; tests turn it back.
    pub counter: u32,
    /// What it says of whoever was there: tests take the recognising away.
    pub flags: u8,
    /// The account that it keeps the passkey for.
    pub user: Vec<u8>,
    id: [u8; 16],
    key: EcdsaKeyPair,
}

impl Authenticator {
    /// One without a counter that was used.
    ///
    /// # Errors
    /// Where no key can be made.
    pub fn at(origin: &str) -> Result<Self> {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).map_err(|_| anyhow!("no key"))?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random).map_err(|_| anyhow!("no key"))?;
        let id = *uuid::Uuid::new_v4().as_bytes();
        Ok(Self { origin: origin.to_owned(), counter: 0, flags: PRESENT_AND_VERIFIED, user: Vec::new(), id, key })
    }

    /// Makes the passkey for what `navigator.credentials.create` was given, and answers.
    ///
    /// # Errors
    /// Where the options are none.
    pub fn make(&mut self, options: &str) -> Result<String> {
        let options: Value = serde_json::from_str(options)?;
        self.user = URL_SAFE_NO_PAD.decode(options["user"]["id"].as_str().context("a user")?)?;
        let mut told = self.told(options["rp"]["id"].as_str().context("a place")?, self.flags | ATTESTED);
        told.extend([0; 16]);
        told.extend([0, 16]);
        told.extend(self.id);
        // A COSE key (RFC 9053): EC2, ES256, P-256, x and y.
        let point = self.key.public_key().as_ref();
        told.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        told.extend(point.get(1..33).context("x")?);
        told.extend([0x22, 0x58, 0x20]);
        told.extend(point.get(33..65).context("y")?);
        // {"fmt": "none", "attStmt": {}, "authData": told}
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt");
        object.push(0x64);
        object.extend(b"none");
        object.push(0x67);
        object.extend(b"attStmt");
        object.extend([0xa0, 0x68]);
        object.extend(b"authData");
        object.extend([0x58, u8::try_from(told.len())?]);
        object.extend(told);
        let response = json!({"attestationObject": encoded(&object), "clientDataJSON": encoded(&self.said("webauthn.create", &options)?)});
        Ok(self.credential(&response))
    }

    /// Signs what `navigator.credentials.get` was given, and answers.
    ///
    /// # Errors
    /// Where the options are none.
    pub fn sign(&mut self, options: &str) -> Result<String> {
        let options: Value = serde_json::from_str(options)?;
        self.counter += 1;
        let told = self.told(options["rpId"].as_str().context("a place")?, self.flags);
        let said = self.said("webauthn.get", &options)?;
        let message = [told.as_slice(), &Sha256::digest(&said)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &message).map_err(|_| anyhow!("no signature"))?;
        let response = json!({
            "authenticatorData": encoded(&told),
            "clientDataJSON": encoded(&said),
            "signature": encoded(signature.as_ref()),
            "userHandle": encoded(&self.user),
        });
        Ok(self.credential(&response))
    }

    fn told(&self, place: &str, flags: u8) -> Vec<u8> {
        let mut told = Sha256::digest(place).to_vec();
        told.push(flags);
        told.extend(self.counter.to_be_bytes());
        told
    }

    fn said(&self, kind: &str, options: &Value) -> Result<Vec<u8>> {
        let challenge = options["challenge"].as_str().context("a challenge")?;
        Ok(json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false}).to_string().into_bytes())
    }

    fn credential(&self, response: &Value) -> String {
        json!({"id": encoded(&self.id), "rawId": encoded(&self.id), "type": "public-key", "response": response}).to_string()
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
