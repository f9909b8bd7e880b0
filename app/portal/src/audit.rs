//! The access log: one event for one page, export, change or refusal.
//!
//! Events are RFC 8785 JSON; the bytes that are hashed are stored. `append` is
//! the last statement of the transaction that reads or changes.

use chartkey_domain::{
    account::{Actor, Visitor},
    category::Categories,
    grant::Purpose,
    id::{AccountId, GrantId, ItemId, PatientId},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{Error, deaths, helper_log};

pub mod anchor;
mod refusals;
pub mod report;
pub mod verify;

/// One event, as it is written and as it is read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The database's time at the start of the transaction.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Who.
    pub who: Who,
    /// What.
    pub what: What,
    /// Why it was legitimate, or that it was not.
    pub why: Why,
}

/// Who did it, in the words known at that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Who {
    /// `person`, `clinician` or `operator`.
    pub kind: String,
    /// The account; an operator has none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account: Option<AccountId>,
    /// Their name as shown.
    pub name: String,
    /// A clinician's profession.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub profession: Option<String>,
    /// A clinician's organization.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub organization: Option<String>,
    /// How they had signed in.
    pub signed_in: String,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct What {
    /// A stable word: `read`, `export`, `grant-given`, `grant-withdrawn`, `signed-in`, …
    pub action: String,
    /// The page or thing: `results`, `visit`, …
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub page: Option<String>,
    /// The categories of what was shown, by slug.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub categories: Vec<String>,
    /// How many items.
    pub items: u32,
    /// SHA-256, in hex, over the sorted identifiers of the items.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub digest: Option<String>,
    /// The items themselves, sorted; an event that is read back has none.
    #[serde(skip)]
    pub shown: Vec<ItemId>,
    /// The grant that was given, changed or ended.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub grant: Option<GrantId>,
    /// The patient asked for; in the system chain only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub patient: Option<PatientId>,
    /// The sentence of a grant, or a note such as the file of an import.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
}

/// Why it was allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Why {
    /// The patient's own record, or one's own account.
    Own,
    /// Through grants.
    Grant {
        /// What the visitor had declared.
        purpose: Option<Purpose>,
        /// The grants, with their sentences as the patient read them.
        grants: Vec<UsedGrant>,
        /// The reason, where one of them is of an emergency.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        emergency: Option<String>,
    },
    /// The operator, with the reason given.
    Operator {
        /// In their words.
        reason: String,
    },
    /// By the code that the patient had made.
    Code,
    /// By a code of whoever keeps the record, and the birth date.
    Registered,
    /// By the share name that the patient had given.
    Asked,
    /// Where a record was opened in an emergency, somebody looks whether it had to be.
    Reviewed,
    /// It was refused.
    Refused,
}

/// A grant that a look rested on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedGrant {
    /// Which.
    pub id: GrantId,
    /// Its sentence.
    pub sentence: String,
}

/// What a page showed, for its event.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    items: Vec<ItemId>,
    categories: Categories,
}

impl Shown {
    /// Adds one item.
    pub fn add(&mut self, item: ItemId, category: chartkey_domain::category::Category) {
        self.items.push(item);
        self.categories = self.categories.with(category);
    }

    /// The event's "what" for an action on a page.
    #[must_use]
    pub fn what(mut self, action: &str, page: &str) -> What {
        self.items.sort_unstable();
        self.items.dedup();
        let digest = (!self.items.is_empty()).then(|| {
            let mut hash = Sha256::new();
            self.items.iter().for_each(|item| hash.update(item.0.as_bytes()));
            hex(&hash.finalize())
        });
        What {
            action: action.to_owned(),
            page: Some(page.to_owned()),
            categories: self.categories.iter().map(|category| category.slug().to_owned()).collect(),
            items: u32::try_from(self.items.len()).unwrap_or(u32::MAX),
            digest,
            shown: self.items,
            ..What::default()
        }
    }
}

impl From<&Visitor> for Who {
    fn from(visitor: &Visitor) -> Self {
        let (kind, profession) = match &visitor.actor {
            Actor::Person { .. } => ("person", None),
            Actor::Clinician { profession, .. } => ("clinician", Some(profession.clone())),
        };
        Self {
            kind: kind.to_owned(),
            account: Some(visitor.actor.account()),
            name: visitor.name.clone(),
            profession,
            organization: visitor.organization_name.clone(),
            signed_in: visitor.signed_in_by.clone(),
        }
    }
}

/// Which chain an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// Reads and changes of a record and its sharing.
    Patient(PatientId),
    /// Sign-ins and sessions.
    Account(AccountId),
    /// Operator and refusals.
    System,
}

impl std::fmt::Display for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Patient(patient) => write!(f, "patient/{patient}"),
            Self::Account(account) => write!(f, "account/{account}"),
            Self::System => f.write_str("system"),
        }
    }
}

/// Appends the event to its chain: the last statement before the commit. For an
/// account's chain outside a record, call [`enter_account`] first.
///
/// # Errors
/// [`Error::Conflict`] with `death-reported` for a change of a record of which a death was reported.
pub(crate) async fn append(connection: &mut PgConnection, chain: Chain, event: &Event) -> Result<(), Error> {
    let (named, bytes) = (chain.to_string(), serde_json_canonicalizer::to_vec(event).map_err(Error::internal)?);
    if let Some(shown) = helper_log::left_by(chain, event) {
        sqlx::query_scalar!("select gate.append($1, $2, $3, $4)", named, bytes, &shown.items, shown.said)
            .fetch_one(&mut *connection)
            .await?;
    } else {
        sqlx::query_scalar!("select gate.append($1, $2)", named, bytes).fetch_one(&mut *connection).await?;
    }
    deaths::refuse_change(connection, &chain, &event.what.action).await
}

/// Names the account of a transaction that opens no record, and returns its time.
pub(crate) async fn enter_account(connection: &mut PgConnection, account: AccountId) -> Result<OffsetDateTime, Error> {
    let row = sqlx::query!(r#"select set_config('chartkey.account', $1::uuid::text, true) as "account!", now() as "at!""#, account.0)
        .fetch_one(connection)
        .await?;
    Ok(row.at)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Appends what happened to an account to its chain, as its holder's doing.
pub(crate) async fn append_to_account(connection: &mut PgConnection, who: Who, account: AccountId, action: &str) -> Result<(), Error> {
    let at = enter_account(connection, account).await?;
    let event = Event { at, who, what: What { action: action.to_owned(), ..What::default() }, why: Why::Own };
    append(connection, Chain::Account(account), &event).await
}

impl Who {
    /// Whether it is a patient, or somebody who helps one.
    #[must_use]
    pub fn is_person(&self) -> bool {
        self.kind == "person"
    }

    /// Somebody of whom no more is known than their account: before a sign-in, or
    /// beside a session.
    pub(crate) fn account(account: AccountId, name: &str) -> Self {
        Self {
            kind: "person".to_owned(),
            account: Some(account),
            name: name.to_owned(),
            profession: None,
            organization: None,
            signed_in: String::new(),
        }
    }

    /// Somebody who is not signed in and has no account that could be named.
    pub(crate) fn nobody() -> Self {
        Self {
            kind: "nobody".to_owned(),
            account: None,
            name: String::new(),
            profession: None,
            organization: None,
            signed_in: String::new(),
        }
    }

    /// An operator of this name, bringing a restored database up to its journal.
    pub(crate) fn restore(name: &str) -> Self {
        Self { signed_in: "restore".to_owned(), ..Self::operator(name) }
    }

    /// An operator of this name, at the command line.
    pub(crate) fn operator(name: &str) -> Self {
        Self { kind: "operator".to_owned(), name: name.to_owned(), signed_in: "command line".to_owned(), ..Self::nobody() }
    }

    /// Chartkey itself: what is done every minute.
    pub(crate) fn worker() -> Self {
        Self { kind: "operator".to_owned(), name: "Chartkey".to_owned(), signed_in: "worker".to_owned(), ..Self::nobody() }
    }
}
