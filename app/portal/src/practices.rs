//! What a practice that is not registered here asks the operator, who reads it at the command line. Whoever asks has no account,
//! and is told "Sent" each time.

use chartkey_domain::correction::Words;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Portal,
    audit::{self, Chain, Event, What, Why},
    pool::detached,
};

/// The longest free text, in characters: a form that is refused shows it again.
pub const LONGEST: usize = 600;
/// The longest name and the longest contact.
const LONGEST_LINE: usize = 200;

/// Requests that cost no wait: from one address, and from everywhere.
const FREE_FROM_ADDRESS: i64 = 5;
const FREE_FROM_ALL: i64 = 200;

/// What a practice asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeRequest {
    /// Its name.
    pub practice: String,
    /// An e-mail address or a number.
    pub contact: String,
    /// In its words; perhaps none.
    pub words: String,
}

impl PracticeRequest {
    /// Reads what was typed.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the code of what is missing or too long.
    pub fn parse(practice: &str, contact: &str, words: &str) -> Result<Self, Error> {
        let line = |text: &str| Words::of_at_most(text, LONGEST_LINE).filter(|line| !line.as_str().contains('\n'));
        let is_reachable = |contact: &str| contact.contains('@') || contact.chars().filter(char::is_ascii_digit).count() >= 5;
        let practice = line(practice).ok_or(Error::Invalid("practice-name"))?;
        let contact = line(contact).filter(|contact| is_reachable(contact.as_str())).ok_or(Error::Invalid("practice-contact"))?;
        let is_silent = words.trim().is_empty();
        let words = if is_silent { None } else { Some(Words::of_at_most(words, LONGEST).ok_or(Error::Invalid("practice-words"))?) };
        Ok(Self {
            practice: practice.as_str().to_owned(),
            contact: contact.as_str().to_owned(),
            words: words.map(|words| words.as_str().to_owned()).unwrap_or_default(),
        })
    }
}

/// A request that waits for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRequest {
    /// Which.
    pub id: Uuid,
    /// What is asked.
    pub asked: PracticeRequest,
    /// When.
    pub asked_at: OffsetDateTime,
}

impl Portal {
    /// Keeps a request for the operator. The same again while it waits is the same one.
    ///
    /// # Errors
    /// [`Error::TooManyTries`] where too many came lately from this address, or from everywhere.
    pub async fn ask_operator(&self, request: PracticeRequest, address: &str) -> Result<(), Error> {
        let (portal, address) = (self.clone(), self.pepper.digest("practice", address));
        detached(async move {
            let everywhere = portal.pepper.digest("practice-anywhere", "");
            if !portal.count_try(&address, FREE_FROM_ADDRESS, &everywhere, FREE_FROM_ALL).await? {
                return Err(Error::TooManyTries);
            }
            sqlx::query!(
                "insert into practice_request (practice, contact, words) values ($1, $2, $3) on conflict do nothing",
                request.practice,
                request.contact,
                request.words
            )
            .execute(&portal.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// What waits for the operator, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn practice_requests(&self) -> Result<Vec<OpenRequest>, Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("select set_config('chartkey.task', 'operator', true)").fetch_one(&mut *transaction).await?;
        let rows =
            sqlx::query!("select request_id, practice, contact, words, asked_at from practice_request order by asked_at, request_id")
                .fetch_all(&mut *transaction)
                .await?;
        transaction.rollback().await?;
        let open = rows.into_iter().map(|row| OpenRequest {
            id: row.request_id,
            asked: PracticeRequest { practice: row.practice, contact: row.contact, words: row.words },
            asked_at: row.asked_at,
        });
        Ok(open.collect())
    }

    /// Closes a request: nothing of it is kept but that there was one, and why it was closed.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it does not wait.
    pub async fn close_practice_request(&self, request: Uuid, reason: &str) -> Result<(), Error> {
        let (portal, reason) = (self.clone(), reason.to_owned());
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            let at = sqlx::query_scalar!(r#"select now() as "at!" from set_config('chartkey.task', 'operator', true)"#)
                .fetch_one(&mut *transaction)
                .await?;
            let closed = sqlx::query!("delete from practice_request where request_id = $1", request).execute(&mut *transaction).await?;
            if closed.rows_affected() == 0 {
                return Err(Error::NotFound);
            }
            let what = What { action: "practice-request-closed".to_owned(), text: Some(request.to_string()), ..What::default() };
            let event = Event { at, who: portal.who(), what, why: Why::Operator { reason } };
            audit::append(&mut transaction, Chain::System, &event).await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }
}
