//! Web Authentication (WebAuthn Level 3): what an authenticator is asked, and whether its answer holds. The only
//! module that knows the crate.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url, Webauthn,
    WebauthnBuilder, WebauthnError,
};

use crate::Error;

/// What a browser shows as the name of this place.
const NAME: &str = "Chartkey";

/// As long as a question is kept.
const LIVES: Duration = Duration::from_mins(5);

/// This Chartkey, under the address that people type.
#[derive(Debug)]
pub(crate) struct RelyingParty(Webauthn);

/// A question to an authenticator.
pub(crate) struct Question {
    /// JSON for `navigator.credentials`; bytes are in base64url.
    pub options: String,
    /// What is kept of it until it is answered: the challenge and what must hold.
    pub kept: Value,
}

/// A passkey that was made.
pub(crate) struct Made {
    pub credential_id: Vec<u8>,
    pub credential: Value,
}

/// What an authenticator says of itself.
pub(crate) struct Answer(PublicKeyCredential);

/// What an answer is worth.
pub(crate) enum Verdict {
    /// It holds. What is stored of the passkey from now on.
    Right(Value),
    /// The key is the right one, and its counter went backwards: there may be two of it.
    Behind,
    /// It does not hold.
    Wrong,
}

impl RelyingParty {
    /// `None` where browsers have no passkeys for the address, because its host is a number.
    pub fn at(origin: &str) -> Option<Self> {
        let origin = Url::parse(origin).ok()?;
        let party = WebauthnBuilder::new(origin.domain()?, &origin).ok()?.rp_name(NAME).timeout(LIVES).build().ok()?;
        Some(Self(party))
    }

    /// Asks for another passkey of an account; not from an authenticator that has one of it.
    pub fn ask_to_make(&self, account: Uuid, email: &str, name: &str, known: Vec<Vec<u8>>) -> Result<Question, Error> {
        let (asked, kept) = self.0.start_passkey_registration(account, email, name, Some(known)).map_err(Error::internal)?;
        let mut options = public_key(&asked)?;
        // The crate leaves to the authenticator whether it remembers the account. Only one that does signs in by itself.
        let selection = json!({"residentKey": "required", "requireResidentKey": true, "userVerification": "required"});
        options.as_object_mut().and_then(|options| options.insert("authenticatorSelection".to_owned(), selection));
        Ok(Question { options: options.to_string(), kept: serde_json::to_value(kept).map_err(Error::internal)? })
    }

    /// Reads what was made. `None`: it does not answer this question.
    pub fn made(&self, kept: Value, answer: &str) -> Option<Made> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).ok()?;
        let kept: PasskeyRegistration = serde_json::from_value(kept).ok()?;
        let passkey = self.0.finish_passkey_registration(&answer, &kept).ok()?;
        Some(Made { credential_id: passkey.cred_id().to_vec(), credential: serde_json::to_value(passkey).ok()? })
    }

    /// Asks for any passkey; where `own` names some, for one of these.
    pub fn ask(&self, own: &[Vec<u8>]) -> Result<Question, Error> {
        let (asked, kept) = self.0.start_discoverable_authentication().map_err(Error::internal)?;
        let mut options = public_key(&asked)?;
        let own = own.iter().map(|id| json!({"type": "public-key", "id": URL_SAFE_NO_PAD.encode(id)})).collect();
        options.as_object_mut().and_then(|options| options.insert("allowCredentials".to_owned(), Value::Array(own)));
        Ok(Question { options: options.to_string(), kept: serde_json::to_value(kept).map_err(Error::internal)? })
    }

    /// Judges an answer by what was asked and what is stored of the passkey.
    pub fn judge(&self, kept: Value, answer: &Answer, stored: Value) -> Result<Verdict, Error> {
        let kept: DiscoverableAuthentication = serde_json::from_value(kept).map_err(Error::internal)?;
        let mut passkey: Passkey = serde_json::from_value(stored).map_err(Error::internal)?;
        // The crate does not ask this of a sign-in. No page of ours stands in another site's frame.
        if answer.is_cross_origin() {
            return Ok(Verdict::Wrong);
        }
        match self.0.finish_discoverable_authentication_v2(&answer.0, kept, &passkey) {
            Ok(result) => {
                passkey.update_credential(&result);
                Ok(Verdict::Right(serde_json::to_value(passkey).map_err(Error::internal)?))
            }
            Err(WebauthnError::CredentialPossibleCompromise) => Ok(Verdict::Behind),
            Err(_) => Ok(Verdict::Wrong),
        }
    }
}

impl Answer {
    /// Reads what a browser sent.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// Which passkey it says to be.
    pub fn credential_id(&self) -> &[u8] {
        self.0.get_credential_id()
    }

    /// The account for which its authenticator keeps it, where it says so.
    pub fn account(&self) -> Option<&[u8]> {
        self.0.get_user_unique_id()
    }

    fn is_cross_origin(&self) -> bool {
        let said: Value = serde_json::from_slice(&self.0.response.client_data_json).unwrap_or_default();
        said.get("crossOrigin").and_then(Value::as_bool).unwrap_or_default()
    }
}

/// The passkey that an answer says to have made, for telling a second click.
pub(super) fn made_id(answer: &str) -> Option<Vec<u8>> {
    serde_json::from_str::<RegisterPublicKeyCredential>(answer).ok().map(|answer| answer.raw_id)
}

/// What `navigator.credentials` reads as `publicKey`.
fn public_key(asked: &impl serde::Serialize) -> Result<Value, Error> {
    let asked = serde_json::to_value(asked).map_err(Error::internal)?;
    asked.get("publicKey").cloned().ok_or_else(|| Error::internal("a question without options"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_passkeys_where_the_address_has_a_name() {
        for (origin, is_named) in [
            ("https://key.example.org", true),
            ("http://localhost:3000", true),
            ("http://127.0.0.1:3000", false),
            ("http://[::1]:3000", false),
            ("https://203.0.113.7", false),
        ] {
            assert_eq!(RelyingParty::at(origin).is_some(), is_named, "{origin}");
        }
    }

    #[test]
    fn a_passkey_is_asked_for_that_knows_its_account_and_its_holder() {
        let party = RelyingParty::at("https://key.example.org").unwrap();
        let made = party.ask_to_make(Uuid::nil(), "mara@example.org", "Mara", vec![vec![7]]).unwrap();
        let made: Value = serde_json::from_str(&made.options).unwrap();
        assert_eq!(made["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(made["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(made["rp"]["id"], "key.example.org");
        assert_eq!(made["excludeCredentials"][0]["id"], "Bw");
        let asked: Value = serde_json::from_str(&party.ask(&[vec![7]]).unwrap().options).unwrap();
        assert_eq!(asked["userVerification"], "required");
        assert_eq!(asked["allowCredentials"][0]["id"], "Bw");
    }
}
