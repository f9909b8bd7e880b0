//! What somebody searched for: a row that lives with their session, its words sealed.

use chartkey_domain::{
    account::Visitor,
    id::{PatientId, SearchId},
    query::Query,
};

use crate::{Error, Portal, pool::detached, record::Record, sessions::SessionKey};

/// What the words are sealed for.
const PURPOSE: &str = "search";

/// So many searches of one session are kept; an older one ends.
const MOST: i64 = 50;

impl Portal {
    /// Keeps the words of a search. What is in the record is not looked at yet.
    ///
    /// # Errors
    /// [`Error::Invalid`] where nothing can be searched for, [`Error::NotFound`] where the session has ended.
    pub async fn begin_search(&self, visitor: &Visitor, session: SessionKey, patient: PatientId, words: &str) -> Result<SearchId, Error> {
        Query::parse(words).ok_or(Error::Invalid("search"))?;
        let sealed = self.pepper.seal(PURPOSE, &context(visitor, patient), words.trim().as_bytes())?;
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

/// The words of a search of this session in this record, if there is one.
pub async fn words(portal: &Portal, record: &mut Record, session: &SessionKey, search: SearchId) -> Result<Option<String>, Error> {
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
    Ok(sealed.and_then(|sealed| portal.pepper.open(PURPOSE, &context, &sealed)).and_then(|words| String::from_utf8(words).ok()))
}

fn context(visitor: &Visitor, patient: PatientId) -> String {
    format!("{}/{patient}", visitor.actor.account())
}
