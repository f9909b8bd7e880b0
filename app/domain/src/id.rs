//! Identifiers. Every one is a UUID with a type of its own, so that a grant's
//! identifier cannot be passed where a patient's is meant.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// Somebody with an account here: a person or a clinician.
    AccountId
    /// The person whose record it is.
    PatientId
    /// One entry of a record.
    ItemId
    /// What a patient lets one grantee see.
    GrantId
    /// A registered organization, with its OpenID provider.
    OrganizationId
    /// Who delivered a file.
    SourceId
    /// One run of an import over one file.
    ImportId
    /// A short-lived secret that becomes a grant.
    CodeId
    /// Answers to the questions before a grant.
    DraftId
    /// What a patient looks at with somebody else's eyes: a grant, or the draft of one.
    PreviewId
    /// What a clinician asks a patient for.
    RequestId
    /// What a patient says is wrong in a record.
    CorrectionId
    /// What somebody searched for in a record.
    SearchId
    /// One session, as its owner points at it; not what opens it.
    SessionId
    /// A browser in which somebody has signed in.
    DeviceId
    /// A passkey, as its holder points at it.
    PasskeyId
}
