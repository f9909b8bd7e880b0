//! Passkeys: keys that a person's devices keep, for this Chartkey alone. One proves who has the device and that it has
//! recognised them, so it counts as the password and the second factor together.
//!
//! They stand beside the password and never in its place: whoever takes their last one away still comes in.

use std::sync::Arc;

use chartkey_domain::{account::Visitor, id::PasskeyId};
use time::OffsetDateTime;

use crate::{
    Error, Portal, fresh,
    letters::LetterSubject,
    pool::detached,
    second_factor::{changed, person},
    sessions::SessionKey,
};

pub(crate) mod questions;
pub(crate) mod webauthn;

use questions::Purpose;
use webauthn::RelyingParty;

/// As many as one account may have.
const MOST: usize = 20;

/// A second post so soon is the second click of a double one.
const DOUBLE_CLICK: f64 = 10.0;

/// What its holder calls a passkey: 1 to 60 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyName(String);

impl PasskeyName {
    /// Nothing where it is empty, too long, or more than a line.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        ((1..=60).contains(&text.chars().count()) && !text.chars().any(char::is_control)).then(|| Self(text.to_owned()))
    }
}

/// A passkey, as its holder recognises it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPasskey {
    /// Which.
    pub id: PasskeyId,
    /// What they call it.
    pub name: String,
    /// When it was added.
    pub made_at: OffsetDateTime,
    /// When it was last used.
    pub used_at: Option<OffsetDateTime>,
    /// Since when it opens nothing, because somebody may have a copy.
    pub stopped_at: Option<OffsetDateTime>,
}

impl Portal {
    /// The same portal, with passkeys for the address that people type, an origin. There are none
    /// where its host is a number.
    #[must_use]
    pub fn with_passkeys(mut self, origin: &str) -> Self {
        self.relying_party = RelyingParty::at(origin).map(Arc::new);
        self
    }

    /// Whether browsers can have passkeys for it.
    #[must_use]
    pub const fn has_passkeys(&self) -> bool {
        self.relying_party.is_some()
    }

    pub(crate) fn party(&self) -> Result<&RelyingParty, Error> {
        self.relying_party.as_deref().ok_or(Error::NotFound)
    }

    /// The visitor's passkeys, the oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a clinician.
    pub async fn passkeys(&self, visitor: &Visitor) -> Result<Vec<OwnPasskey>, Error> {
        Ok(sqlx::query_as!(
            OwnPasskey,
            "select passkey_id as id, name, made_at, used_at, stopped_at from passkey where account_id = $1 order by made_at, passkey_id",
            person(visitor)?
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Begins to add a passkey in this session. Returns what the browser is asked, as JSON for
    /// `navigator.credentials.create`.
    ///
    /// # Errors
    /// [`Error::SignInAgain`], [`Error::Invalid`] `passkeys-full`, [`Error::NotFound`] for a clinician and where there
    /// are no passkeys.
    pub async fn begin_passkey(&self, visitor: &Visitor, session: &SessionKey) -> Result<String, Error> {
        let (portal, visitor, session, account) = (self.clone(), visitor.clone(), session.clone(), person(visitor)?);
        detached(async move {
            let party = portal.party()?;
            let mut transaction = portal.pool.begin().await?;
            fresh::require(&mut transaction, &visitor).await?;
            let email = sqlx::query_scalar!(r#"select email as "email!" from account where account_id = $1"#, account)
                .fetch_one(&mut *transaction)
                .await?;
            let known = sqlx::query_scalar!("select credential_id from passkey where account_id = $1", account)
                .fetch_all(&mut *transaction)
                .await?;
            if known.len() >= MOST {
                return Err(Error::Invalid("passkeys-full"));
            }
            let question = party.ask_to_make(account, &email, &visitor.name, known)?;
            questions::keep(&mut transaction, session.bytes(), Purpose::Add, Some(account), &question.kept).await?;
            transaction.commit().await?;
            Ok(question.options)
        })
        .await
    }

    /// Adds the passkey that the browser of this session has made: `answer` is its JSON. The same once more within
    /// seconds changes nothing.
    ///
    /// # Errors
    /// [`Error::SignInAgain`], [`Error::Invalid`] `passkeys-full`, `passkey-ended` where nothing was asked in the last minutes, and
    /// `wrong-passkey` where the answer does not hold; [`Error::NotFound`] for a clinician.
    pub async fn add_passkey(&self, visitor: &Visitor, session: &SessionKey, name: PasskeyName, answer: &str) -> Result<(), Error> {
        let (portal, visitor, session, account) = (self.clone(), visitor.clone(), session.clone(), person(visitor)?);
        let answer = answer.to_owned();
        detached(async move {
            let party = portal.party()?;
            let mut transaction = portal.pool.begin().await?;
            fresh::require(&mut transaction, &visitor).await?;
            // Two sessions may have begun at once.
            let there = sqlx::query_scalar!(r#"select count(*) as "there!" from passkey where account_id = $1"#, account)
                .fetch_one(&mut *transaction)
                .await?;
            if usize::try_from(there).is_ok_and(|there| there >= MOST) {
                return Err(Error::Invalid("passkeys-full"));
            }
            let Some(kept) = questions::take(&mut transaction, session.bytes(), Purpose::Add, Some(account)).await? else {
                let was_made = sqlx::query_scalar!(
                    r#"select exists (select from passkey where account_id = $1 and credential_id = $2
                        and made_at > now() - make_interval(secs => $3)) as "made!""#,
                    account,
                    webauthn::made_id(&answer),
                    DOUBLE_CLICK
                )
                .fetch_one(&mut *transaction)
                .await?;
                return if was_made { Ok(()) } else { Err(Error::Invalid("passkey-ended")) };
            };
            let added = match party.made(kept, &answer) {
                Some(made) => sqlx::query!(
                    "insert into passkey (account_id, credential_id, name, credential) values ($1, $2, $3, $4)
                        on conflict (credential_id) do nothing",
                    account,
                    made.credential_id,
                    name.0,
                    made.credential
                )
                .execute(&mut *transaction)
                .await?
                .rows_affected(),
                None => 0,
            };
            if added == 1 {
                changed(&mut transaction, &visitor, LetterSubject::PasskeyAdded, "passkey-added").await?;
            }
            // What was asked is taken, also where the answer does not hold.
            transaction.commit().await?;
            if added == 1 { Ok(()) } else { Err(Error::Invalid("wrong-passkey")) }
        })
        .await
    }

    /// Takes one of the visitor's passkeys away. One that is gone stays so, and for one that is not theirs the answer is
    /// the same.
    ///
    /// # Errors
    /// [`Error::SignInAgain`], [`Error::NotFound`] for a clinician.
    pub async fn remove_passkey(&self, visitor: &Visitor, passkey: PasskeyId) -> Result<(), Error> {
        let (portal, visitor, account) = (self.clone(), visitor.clone(), person(visitor)?);
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            fresh::require(&mut transaction, &visitor).await?;
            let removed = sqlx::query!("delete from passkey where passkey_id = $1 and account_id = $2", passkey.0, account)
                .execute(&mut *transaction)
                .await?;
            if removed.rows_affected() == 1 {
                changed(&mut transaction, &visitor, LetterSubject::PasskeyRemoved, "passkey-removed").await?;
            }
            transaction.commit().await?;
            Ok(())
        })
        .await
    }
}
