//! Whom a grant can be given to: clinicians and professions of registered
//! organizations. Names are shown, never matched.

use std::collections::{BTreeMap, BTreeSet};

use chartkey_domain::{
    account::Visitor,
    grant::Grantee,
    id::{AccountId, OrganizationId},
};
use sqlx::{PgConnection, types::Json};

use crate::{Error, Portal, admissions::Checked};

/// A clinician who has signed in here before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// Their account.
    pub account: AccountId,
    /// Their name, as their organization gives it.
    pub name: String,
    /// Their profession at the last sign-in.
    pub profession: String,
    /// How the operator has checked them, where their organization vouches for nobody.
    pub checked: Option<Checked>,
}

/// An organization with whom it admits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownOrganization {
    /// Which.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// The professions that it lets in here.
    pub professions: Vec<String>,
    /// Its clinicians who have signed in here before, by name.
    pub clinicians: Vec<Colleague>,
}

impl Portal {
    /// Every organization that is registered here, by name, for somebody signed in.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn known_organizations(&self, _visitor: &Visitor) -> Result<Vec<KnownOrganization>, Error> {
        let rows = sqlx::query!(
            r#"select o.organization_id, o.name, o.professions as "professions: Json<BTreeMap<String, String>>",
                c.account_id as "account_id?", a.display_name as "display_name?", c.profession as "profession?",
                m.checked as "checked?", m.admitted_at as "admitted_at?"
            from organization o
            left join clinician c on c.organization_id = o.organization_id and not gate.is_dismissed(c.account_id)
            left join account a on a.account_id = c.account_id
            left join admission m on m.organization_id = c.organization_id and m.subject = c.subject
            order by o.name, o.organization_id, a.display_name, a.account_id"#
        )
        .fetch_all(&self.pool)
        .await?;
        let mut known: Vec<KnownOrganization> = Vec::new();
        for row in rows {
            let id = OrganizationId(row.organization_id);
            if known.last().is_none_or(|last| last.id != id) {
                let professions = row.professions.0.into_values().collect::<BTreeSet<_>>().into_iter().collect();
                known.push(KnownOrganization { id, name: row.name, professions, clinicians: Vec::new() });
            }
            if let (Some(last), Some(account), Some(name), Some(profession)) =
                (known.last_mut(), row.account_id, row.display_name, row.profession)
            {
                last.clinicians.push(Colleague {
                    account: AccountId(account),
                    name,
                    profession,
                    checked: Checked::of(row.checked, row.admitted_at),
                });
            }
        }
        Ok(known)
    }
}

/// Whether the grantee is one of them.
pub(crate) async fn check(connection: &mut PgConnection, grantee: &Grantee) -> Result<(), Error> {
    let known = match grantee {
        Grantee::Clinician { account, organization } => {
            sqlx::query_scalar!(
                r#"select exists (
                    select from clinician where account_id = $1 and organization_id = $2 and not gate.is_dismissed($1)) as "known!""#,
                account.0,
                organization.0
            )
            .fetch_one(connection)
            .await?
        }
        Grantee::Professions { organization, professions } => {
            let admitted = sqlx::query_scalar!(
                r#"select professions as "professions: Json<BTreeMap<String, String>>" from organization where organization_id = $1"#,
                organization.0
            )
            .fetch_optional(connection)
            .await?;
            let admitted: BTreeSet<String> = admitted.map(|admitted| admitted.0.into_values().collect()).unwrap_or_default();
            !professions.is_empty() && professions.iter().all(|profession| admitted.contains(profession))
        }
        // Whoever has an account here and is no clinician: the patient has confirmed who that is.
        Grantee::Carer { account } => {
            sqlx::query_scalar!(
                r#"select exists (
                    select from account where account_id = $1 and kind = 'person' and account_id <> gate.account()) as "known!""#,
                account.0
            )
            .fetch_one(connection)
            .await?
        }
    };
    if known { Ok(()) } else { Err(Error::Invalid("grant-who")) }
}
