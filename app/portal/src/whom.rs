//! A clinician or an organization, as blocks and exclusions name one of them, or, for an exclusion, everybody.

use chartkey_domain::policy::Whom;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Error;

/// The account or the organization, for the columns of a row; everybody is neither.
pub(crate) const fn columns(whom: Whom) -> (Option<Uuid>, Option<Uuid>) {
    match whom {
        Whom::Account(account) => (Some(account.0), None),
        Whom::Organization(organization) => (None, Some(organization.0)),
        Whom::Everybody => (None, None),
    }
}

/// What a clinician is called, with where they work, or an organization; `None` where there is none like that, and for everybody.
pub(crate) async fn called(connection: &mut PgConnection, whom: Whom) -> Result<Option<String>, Error> {
    let (account, organization) = columns(whom);
    let name = sqlx::query_scalar!(
        r#"select coalesce(
            (select concat_ws(', ', a.display_name, o.name) from account a join clinician c on c.account_id = a.account_id
                join organization o on o.organization_id = c.organization_id where a.account_id = $1),
            (select o.name from organization o where o.organization_id = $2))"#,
        account,
        organization
    )
    .fetch_one(connection)
    .await?;
    Ok(name)
}
