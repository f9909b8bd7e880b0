//! Who is asking.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, OrganizationId};

/// The caller of a portal method, as the session knows them. There is no
/// argument elsewhere that says who is asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
