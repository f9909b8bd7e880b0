//! Incapacity: whom a patient has named in advance stands in for them when two clinicians of one organization say that they cannot decide.
//!
//! What begins is a grant to one of those who help, with what the patient has decided, for 90 days; whoever works where it was begun looks
//! again before they are over. When the patient signs in it ends.

use crate::{
    Error, Opened, Portal,
    audit::{Shown, What},
    fresh,
    pool::detached,
    record::Record,
    sharing::Sentence,
};
use chartkey_domain::{
    account::Visitor,
    ages::Birthday,
    category::{Categories, Category},
    id::AccountId,
    label::Labels,
};

mod beginning;
mod ending;

pub use beginning::{Came, InForce, Incapacity, Said};

/// The longest reason, in characters.
pub const LONGEST: usize = 600;

/// What a patient has decided for when they cannot decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Who stands in for them.
    pub account: AccountId,
    /// With which sensitive labels.
    pub labels: Labels,
    /// Whether they may share in the patient's place.
    pub may_share: bool,
    /// What the patient read and confirmed.
    pub sentence: String,
    /// Whether they help the patient now: else nothing begins.
    pub helps: bool,
}

/// One of those who help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helper {
    /// Their account.
    pub account: AccountId,
    /// Their name.
    pub name: String,
}

/// What a patient reads of it.
#[derive(Debug, Clone)]
pub struct Decided {
    /// `None` where nobody is named.
    pub plan: Option<Plan>,
    /// Who could be named, by name.
    pub helpers: Vec<Helper>,
    /// What clinicians have said, the newest first.
    pub said: Vec<Said>,
}

/// What a patient decides.
#[derive(Debug, Clone)]
pub struct NewPlan {
    /// Who stands in for them: one of those who help.
    pub account: AccountId,
    /// With what is sensitive.
    pub sensitive: bool,
    /// Whether they may share in the patient's place.
    pub may_share: bool,
    /// What the patient has read.
    pub sentence: Sentence,
}

/// Everything that shares can reach.
fn everything() -> Categories {
    Category::SHAREABLE.into_iter().collect()
}

impl Portal {
    /// What the visitor has decided for when they cannot decide, and what was said of them.
    ///
    /// # Errors
    /// [`Error::NotFound`] where they have no record.
    pub async fn incapacity_plan(&self, visitor: &Visitor) -> Result<Opened<Decided>, Error> {
        let mut record = self.open_own(visitor).await?;
        let helpers = helpers(&mut record).await?;
        let plan = sqlx::query!(
            "select account_id, labels, may_delegate, sentence from incapacity_plan where patient_id = $1",
            record.whose().patient.0
        )
        .fetch_optional(record.connection())
        .await?
        .map(|row| Plan {
            account: AccountId(row.account_id),
            labels: Labels::from_bits(u8::try_from(row.labels).unwrap_or_default()),
            may_share: row.may_delegate,
            sentence: row.sentence,
            helps: helpers.iter().any(|helper| helper.account.0 == row.account_id),
        });
        let said = beginning::said(&mut record).await?;
        record.close("incapacity", Shown::default(), Decided { plan, helpers, said }).await
    }

    /// Names who stands in for the visitor, or with `None` nobody. What has begun by another plan is not made longer.
    ///
    /// # Errors
    /// [`Error::Invalid`] with `incapacity-who` where that is nobody who helps, or `incapacity-age` where the patient is not of age;
    /// [`Error::SignInAgain`] where somebody is named and the sign-in is not fresh; [`Error::NotFound`] where the visitor has no record.
    pub async fn decide_incapacity(&self, visitor: &Visitor, new: Option<NewPlan>) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            let patient = record.whose().patient;
            let Some(new) = new else {
                let removed = sqlx::query!("delete from incapacity_plan where patient_id = $1", patient.0);
                if removed.execute(record.connection()).await?.rows_affected() > 0 {
                    record.finish(What { action: "stand-in-removed".to_owned(), ..What::default() }).await?;
                }
                return Ok(());
            };
            fresh::require(record.connection(), &visitor).await?;
            let today = record.now().date();
            let of_age = record.whose().birth_date.as_deref().and_then(|born| Birthday::of(born, portal.ages.adult));
            if of_age.is_some_and(|of_age| today < of_age.last) {
                return Err(Error::Invalid("incapacity-age"));
            }
            if !helpers(&mut record).await?.iter().any(|helper| helper.account == new.account) {
                return Err(Error::Invalid("incapacity-who"));
            }
            let labels = if new.sensitive { Labels::ALL } else { Labels::NONE };
            let changed = sqlx::query!(
                "insert into incapacity_plan as p (patient_id, account_id, categories, labels, may_delegate, sentence, language, catalogue_version)
                values ($1, $2, $3, $4, $5, $6, $7, $8)
                on conflict (patient_id) do update set account_id = excluded.account_id, categories = excluded.categories,
                    labels = excluded.labels, may_delegate = excluded.may_delegate, sentence = excluded.sentence,
                    language = excluded.language, catalogue_version = excluded.catalogue_version, decided_at = now()
                where (p.account_id, p.categories, p.labels, p.may_delegate)
                    is distinct from (excluded.account_id, excluded.categories, excluded.labels, excluded.may_delegate)",
                patient.0,
                new.account.0,
                everything().bits(),
                i16::from(labels.bits()),
                new.may_share,
                new.sentence.text,
                new.sentence.language,
                new.sentence.catalogue_version
            )
            .execute(record.connection())
            .await?;
            // Deciding the same again changes nothing, and nothing is written.
            if changed.rows_affected() > 0 {
                record.finish(What { action: "stand-in-named".to_owned(), text: Some(new.sentence.text), ..What::default() }).await?;
            }
            Ok(())
        })
        .await
    }
}

/// Who helps the patient of an own record now.
async fn helpers(record: &mut Record) -> Result<Vec<Helper>, Error> {
    let rows = sqlx::query!(
        "select distinct a.account_id, a.display_name from access_grant g join account a on a.account_id = g.grantee_account_id
        where g.patient_id = $1 and g.organization_id is null and g.purpose <> 'incapacity' and g.state = 'active'
            and (g.ends_at is null or now() < g.ends_at)
        order by a.display_name, a.account_id",
        record.whose().patient.0
    )
    .fetch_all(record.connection())
    .await?;
    Ok(rows.into_iter().map(|row| Helper { account: AccountId(row.account_id), name: row.display_name }).collect())
}
