//! What somebody looked for, by words or by a lens: a row that lives with their session, sealed.

use chartkey_domain::{
    account::{Actor, Visitor},
    fold,
    id::{PatientId, SearchId},
    lens::Lens,
    query::Query,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Error, Portal, pool::detached, record::Record, sessions::SessionKey};

/// What it is sealed for.
const PURPOSE: &str = "search";

/// So many searches of one session are kept; an older one ends.
const MOST: i64 = 50;

/// The longest name that is looked for, in characters.
const LONGEST_NAME: usize = 100;

/// What stands in the place of a record where a list is searched.
const NO_RECORD: PatientId = PatientId(Uuid::nil());

/// What is sealed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Sealed {
    Words(String),
    Lens(String),
}

/// What somebody looked for.
pub enum Kept {
    Words(String),
    Lens(&'static Lens),
}

impl Portal {
    /// Keeps the words of a search. What is in the record is not looked at yet.
    ///
    /// # Errors
    /// [`Error::Invalid`] where nothing can be searched for, [`Error::NotFound`] where the session has ended.
    pub async fn begin_search(&self, visitor: &Visitor, session: SessionKey, patient: PatientId, words: &str) -> Result<SearchId, Error> {
        Query::parse(words).ok_or(Error::Invalid("search"))?;
        self.keep_search(visitor, session, patient, &Sealed::Words(words.trim().to_owned())).await
    }

    /// The same for a lens. Whether anything belongs to it is not looked at either.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the session has ended.
    pub async fn begin_lens(&self, visitor: &Visitor, session: SessionKey, patient: PatientId, lens: &Lens) -> Result<SearchId, Error> {
        self.keep_search(visitor, session, patient, &Sealed::Lens(lens.slug.to_owned())).await
    }

    /// The same for a name in a clinician's list of patients, which is of no record.
    ///
    /// # Errors
    /// [`Error::Invalid`] where nothing was typed or too much, [`Error::NotFound`] where the session has ended, and for anybody who is no
    /// clinician.
    pub async fn begin_finding(&self, visitor: &Visitor, session: SessionKey, words: &str) -> Result<SearchId, Error> {
        let words = words.trim();
        if !matches!(visitor.actor, Actor::Clinician { .. }) {
            return Err(Error::NotFound);
        }
        if fold::words(words).is_empty() || words.chars().count() > LONGEST_NAME {
            return Err(Error::Invalid("search"));
        }
        self.keep_search(visitor, session, NO_RECORD, &Sealed::Words(words.to_owned())).await
    }

    /// What was typed for [`Self::begin_finding`] in this session.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn finding(&self, visitor: &Visitor, session: &SessionKey, search: SearchId) -> Result<Option<String>, Error> {
        let (mut transaction, _) = self.enter(visitor).await?;
        let sealed = sqlx::query_scalar!(
            "select sealed from search where search_id = $1 and session_key = $2 and patient_id = $3",
            search.0,
            session.bytes(),
            NO_RECORD.0
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.rollback().await?;
        let what = sealed.and_then(|sealed| self.pepper.open(PURPOSE, &context(visitor, NO_RECORD), &sealed));
        Ok(match what.and_then(|what| serde_json::from_slice(&what).ok()) {
            Some(Sealed::Words(words)) => Some(words),
            Some(Sealed::Lens(_)) | None => None,
        })
    }

    async fn keep_search(&self, visitor: &Visitor, session: SessionKey, patient: PatientId, what: &Sealed) -> Result<SearchId, Error> {
        let what = serde_json::to_vec(what).map_err(Error::internal)?;
        let sealed = self.pepper.seal(PURPOSE, &context(visitor, patient), &what)?;
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let (mut transaction, _) = portal.enter(&visitor).await?;
            let search = sqlx::query_scalar!(
                "insert into search (session_key, account_id, patient_id, sealed)
                select session_key, $2, $3, $4 from session where session_key = $1 returning search_id",
                session.bytes(),
                visitor.actor.account().0,
                patient.0,
                sealed
            )
            .fetch_optional(&mut *transaction)
            .await?;
            sqlx::query!(
                "delete from search where session_key = $1 and search_id in
                    (select search_id from search where session_key = $1 order by made_at desc offset $2)",
                session.bytes(),
                MOST
            )
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            search.map(SearchId).ok_or(Error::NotFound)
        })
        .await
    }
}

/// What was looked for with a search of this session in this record, if there is one. A lens that is no
/// more in the table is none.
pub async fn kept(portal: &Portal, record: &mut Record, session: &SessionKey, search: SearchId) -> Result<Option<Kept>, Error> {
    let patient = record.whose().patient;
    let context = context(record.visitor(), patient);
    let sealed = sqlx::query_scalar!(
        "select sealed from search where search_id = $1 and session_key = $2 and patient_id = $3",
        search.0,
        session.bytes(),
        patient.0
    )
    .fetch_optional(record.connection())
    .await?;
    let what = sealed.and_then(|sealed| portal.pepper.open(PURPOSE, &context, &sealed));
    Ok(match what.and_then(|what| serde_json::from_slice(&what).ok()) {
        Some(Sealed::Words(words)) => Some(Kept::Words(words)),
        Some(Sealed::Lens(slug)) => Lens::from_slug(&slug).map(Kept::Lens),
        None => None,
    })
}

fn context(visitor: &Visitor, patient: PatientId) -> String {
    format!("{}/{patient}", visitor.actor.account())
}
