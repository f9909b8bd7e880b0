//! Who can see a part of a record now, as the patient's own pages say it.

use crate::{Error, record::Record};
use chartkey_domain::category::{Categories, Category};

/// For each person or place with a grant in force, what it names.
#[derive(Debug, Clone, Default)]
pub struct Keys(Vec<Categories>);

impl Keys {
    /// How many people or places a grant lets see something of this category now.
    #[must_use]
    pub fn count(&self, category: Category) -> usize {
        self.0.iter().filter(|categories| categories.contains(category)).count()
    }
}

/// What the patient alone is told beside a list: nobody else learns a total.
#[derive(Debug, Clone, Default)]
pub struct Aside {
    /// Who can see what now.
    pub keys: Keys,
    /// How many rows the category has, without those entered in error: what several sources tell of is one.
    pub total: i64,
}

impl Aside {
    /// Reads them where the reader is the patient.
    pub(crate) async fn of(record: &mut Record, category: Category) -> Result<Option<Self>, Error> {
        if !record.is_own() {
            return Ok(None);
        }
        let patient = record.whose().patient;
        let row = sqlx::query!(
            r#"select
                array(select bit_or(g.categories) from access_grant g
                    where g.patient_id = $1 and g.state = 'active' and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())
                    and not gate.is_blocked(g.patient_id, g.grantee_account_id, g.organization_id)
                    group by g.grantee_account_id, g.organization_id) as "held!",
                coalesce((select items - behind from item_total where patient_id = $1 and category = $2), 0) as "total!""#,
            patient.0,
            category.number()
        )
        .fetch_one(record.connection())
        .await?;
        Ok(Some(Self { keys: Keys(row.held.into_iter().map(Categories::from_bits).collect()), total: row.total }))
    }
}
