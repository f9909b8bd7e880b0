//! Who is asking.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    grant::Purpose,
    id::{AccountId, OrganizationId, PatientId},
};

/// The caller of a portal method, as the session knows them. There is no
/// argument elsewhere that says who is asking.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Actor {
    /// Somebody who signs in here: a patient, later a carer.
    Person {
        /// Their account.
        account: AccountId,
    },
    /// A clinician, verified by their organization at this sign-in.
    Clinician {
        /// Their account.
        account: AccountId,
        /// The organization that vouches for them.
        organization: OrganizationId,
        /// The mapped profession of this sign-in.
        profession: String,
    },
}

impl Actor {
    /// The account of the session.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        match self {
            Self::Person { account } | Self::Clinician { account, .. } => *account,
        }
    }
}

/// Somebody signed in: the actor, and what the access log says of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// Who.
    pub actor: Actor,
    /// Their name as shown.
    pub name: String,
    /// The name of a clinician's organization.
    pub organization_name: Option<String>,
    /// How they signed in: `password`, `password and code`, `passkey`, or `oidc` and the issuer.
    pub signed_in_by: String,
    /// When they signed in.
    #[serde(with = "time::serde::rfc3339")]
    pub signed_in_at: OffsetDateTime,
    /// When their session ends at the latest.
    #[serde(with = "time::serde::rfc3339")]
    pub session_ends_at: OffsetDateTime,
    /// What a clinician has declared to look for, record by record.
    pub purposes: BTreeMap<PatientId, Purpose>,
}
