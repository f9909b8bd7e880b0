//! Every server function with the fields of its form: what `chartkey routes`
//! prints and the test of who may reach what goes through. One that is missing
//! here fails a test.

use chartkey_domain::added::Typed;
use leptos::server_fn::ServerFn;
use serde::{
    Deserializer,
    de::{DeserializeOwned, Error as _, Visitor, value::Error},
    forward_to_deserialize_any,
};

use crate::api::{
    accounts, activity, added, blocks, codes, corrections, credentials, deaths, devices, emergency, incapacity, passing, passkeys,
    practices, prescribing, reach, requests, search, second_factor, second_step, sharing, sources, telling, twins, waiting,
};

/// A server function.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its address.
    pub path: &'static str,
    /// The names of the fields that its form sends.
    pub fields: Vec<&'static str>,
    /// Those that its page shows again after a refusal: what a person types, without
    /// passwords, codes, tokens and what the page fills in itself. The questions
    /// before a grant keep their own answers.
    pub keeps: &'static [&'static str],
}

impl Endpoint {
    const fn keeping(mut self, keeps: &'static [&'static str]) -> Self {
        self.keeps = keeps;
        self
    }
}

/// Every server function, in the order of the files that hold them.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint::<accounts::SignIn>().keeping(&["email", "shared"]),
        endpoint::<accounts::SignOut>(),
        endpoint::<accounts::SignOutEverywhere>(),
        endpoint::<accounts::SignUp>().keeping(&["email"]),
        endpoint::<accounts::FinishSignUp>().keeping(&["name"]),
        endpoint::<accounts::ForgottenPassword>().keeping(&["email"]),
        endpoint::<accounts::NewPassword>(),
        endpoint::<accounts::Claim>().keeping(&["day", "month", "year"]),
        endpoint::<accounts::ChooseLanguage>(),
        endpoint::<activity::CheckLog>(),
        endpoint::<activity::NotRecognised>(),
        // What waits to be checked is kept in a draft.
        flattened::<added::KeepWriting, Typed>(&["patient", "kind", "item", "draft"]),
        endpoint::<added::AddWriting>(),
        endpoint::<added::TakeBackWriting>(),
        endpoint::<credentials::SignInAgain>(),
        endpoint::<credentials::ChangeEmail>().keeping(&["email"]),
        endpoint::<credentials::ConfirmEmail>(),
        endpoint::<credentials::UndoEmail>(),
        endpoint::<credentials::ChangePassword>(),
        endpoint::<second_factor::BeginSecondFactor>(),
        endpoint::<second_factor::ConfirmSecondFactor>(),
        endpoint::<second_factor::PutCodesAway>(),
        endpoint::<second_factor::NewRecoveryCodes>(),
        endpoint::<second_factor::RemoveSecondFactor>(),
        endpoint::<second_factor::NotLost>(),
        endpoint::<passkeys::BeginPasskey>(),
        endpoint::<passkeys::AddPasskey>().keeping(&["name"]),
        endpoint::<passkeys::RemovePasskey>(),
        endpoint::<passkeys::AskForPasskey>(),
        endpoint::<passkeys::SignInPasskey>(),
        endpoint::<passkeys::SignInAgainPasskey>(),
        endpoint::<second_step::SignInCode>(),
        endpoint::<second_step::SecondFactorLost>(),
        endpoint::<second_step::KeepSecondFactor>(),
        endpoint::<devices::SignOutDevice>(),
        endpoint::<devices::ForgetDevice>(),
        endpoint::<deaths::UndoDeathReport>(),
        endpoint::<incapacity::NameStandIn>().keeping(&["who", "sensitive", "share"]),
        endpoint::<incapacity::StateIncapacity>().keeping(&["reason"]),
        endpoint::<incapacity::ReviewIncapacity>(),
        endpoint::<blocks::Block>(),
        endpoint::<blocks::Unblock>(),
        endpoint::<emergency::DecideEmergency>().keeping(&[
            "extent",
            "labels[mental-health]",
            "labels[substance-use]",
            "labels[sexual-reproductive]",
            "labels[hiv]",
            "labels[genetic]",
            "labels[violence]",
            "name",
            "email",
        ]),
        endpoint::<emergency::NewEmergencyCode>(),
        endpoint::<emergency::ReadEmergency>(),
        endpoint::<emergency::OpenEmergency>().keeping(&["name", "day", "month", "year", "reason"]),
        endpoint::<emergency::ReviewEmergency>().keeping(&["finding", "words"]),
        endpoint::<passing::PassOn>().keeping(&[
            "recipient",
            "length",
            "parts[problems]",
            "parts[medicines]",
            "parts[allergies]",
            "parts[vaccines]",
            "parts[results]",
            "parts[vitals]",
            "parts[procedures]",
            "parts[visits]",
            "parts[documents]",
            "parts[imaging]",
            "parts[plans]",
            "parts[lifestyle]",
            "parts[devices]",
            "parts[insurance]",
            "parts[details]",
            "parts[mental-health]",
            "parts[substance-use]",
            "parts[sexual-reproductive]",
            "parts[hiv]",
            "parts[genetic]",
            "parts[violence]",
        ]),
        endpoint::<passing::TakeBackShare>(),
        endpoint::<requests::AskPatient>().keeping(&["share_name", "length", "words"]),
        endpoint::<requests::AskAgain>().keeping(&["length", "words"]),
        endpoint::<requests::WriteToRequest>().keeping(&["words"]),
        endpoint::<requests::WithdrawRequest>(),
        endpoint::<requests::AnswerRequest>(),
        endpoint::<requests::RefuseRequest>(),
        endpoint::<requests::NewShareName>(),
        endpoint::<requests::RemoveShareName>(),
        endpoint::<practices::AskOperator>().keeping(&["practice", "contact", "words"]),
        endpoint::<codes::RedeemCode>(),
        endpoint::<codes::ConfirmCode>(),
        endpoint::<codes::RefuseCode>(),
        // What waits to be checked is kept in a draft, and so is a message that was refused, which may be longer than a cookie.
        endpoint::<corrections::SayWrong>(),
        endpoint::<corrections::OpenCorrection>(),
        endpoint::<corrections::WriteToCorrection>().keeping(&["words"]),
        endpoint::<corrections::ResolveCorrection>(),
        endpoint::<corrections::WithdrawCorrection>(),
        endpoint::<search::Search>().keeping(&["words"]),
        endpoint::<search::Lens>(),
        endpoint::<sharing::GrantWho>(),
        endpoint::<sharing::GrantPurpose>(),
        endpoint::<sharing::GrantWhat>(),
        endpoint::<sharing::GrantBelonging>(),
        flattened::<sharing::GrantTime, sharing::Times>(&["draft"]),
        endpoint::<sharing::AnswerCheck>(),
        endpoint::<sharing::PreviewGrant>(),
        endpoint::<sharing::GiveGrant>(),
        endpoint::<sharing::ChangeGrant>(),
        endpoint::<sharing::WithdrawGrant>(),
        endpoint::<sharing::StopSharing>(),
        endpoint::<sharing::PauseGrant>(),
        endpoint::<sharing::ResumeGrant>(),
        endpoint::<sharing::OpenShared>(),
        endpoint::<sharing::FindPatient>().keeping(&["words"]),
        endpoint::<sharing::PrintShared>(),
        endpoint::<prescribing::AskBeforePrescribing>(),
        endpoint::<reach::KeepFrom>(),
        endpoint::<reach::ShowAgain>(),
        endpoint::<reach::LowerLabel>(),
        endpoint::<reach::MarkAgain>(),
        endpoint::<reach::NameThing>(),
        endpoint::<sources::ConfirmUpload>(),
        endpoint::<sources::DiscardUpload>(),
        endpoint::<sources::ShowImport>(),
        endpoint::<sources::UndoImport>(),
        endpoint::<twins::TakeApart>(),
        endpoint::<twins::PutTogether>(),
        endpoint::<telling::ChooseMessages>(),
        endpoint::<waiting::ChooseWaiting>(),
        endpoint::<waiting::OpenWaiting>(),
    ]
}

fn endpoint<F: ServerFn + DeserializeOwned>() -> Endpoint {
    Endpoint { path: F::PATH, fields: fields::<F>(), keeps: &[] }
}

/// One whose form is some fields and those of another type, which hides its own names.
fn flattened<F: ServerFn, Rest: DeserializeOwned>(first: &[&'static str]) -> Endpoint {
    Endpoint { path: F::PATH, fields: first.iter().copied().chain(fields::<Rest>()).collect(), keeps: &[] }
}

/// The names that a type asks for when it is read: it is given nothing but the
/// question.
fn fields<T: DeserializeOwned>() -> Vec<&'static str> {
    let mut names = Vec::new();
    // Always an error: there is nothing to read.
    let _ = T::deserialize(Listener(&mut names));
    names
}

struct Listener<'a>(&'a mut Vec<&'static str>);

impl<'de> Deserializer<'de> for Listener<'_> {
    type Error = Error;

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, fields: &'static [&'static str], _: V) -> Result<V::Value, Error> {
        self.0.extend_from_slice(fields);
        Err(Error::custom("nothing to read"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("nothing to read"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_names_every_server_function_and_no_other() {
        let registered: BTreeSet<_> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
        let named: BTreeSet<_> = endpoints().into_iter().map(|endpoint| endpoint.path).collect();
        assert_eq!(named, registered);
    }

    #[test]
    fn an_endpoint_keeps_fields_of_its_own_and_no_secret() {
        for endpoint in endpoints() {
            for field in endpoint.keeps {
                // A tick of many is written `labels[hiv]`.
                let whole = field.split_once('[').map_or(*field, |(whole, _)| whole);
                assert!(endpoint.fields.contains(&whole), "{} has no {field}", endpoint.path);
                assert!(!["password", "code", "token", "secret"].iter().any(|secret| field.contains(secret)), "{} {field}", endpoint.path);
            }
        }
    }

    #[test]
    fn an_endpoint_says_its_fields() {
        let of = |path: &str| endpoints().into_iter().find(|endpoint| endpoint.path == path).map(|endpoint| endpoint.fields);
        assert_eq!(of("/api/sign-in"), Some(vec!["email", "password", "to", "shared"]));
        assert_eq!(of("/api/sign-out"), Some(Vec::new()));
        assert_eq!(of("/api/grant-time").map(|fields| fields[..2].to_vec()), Some(vec!["draft", "from_day"]));
    }
}
