//! Signing in with a passkey, and proving oneself again with one. It has checked who holds the device, so nothing else
//! is asked for.

use chartkey_domain::{account::Visitor, id::AccountId};
use uuid::Uuid;

use super::{Origin, SignedIn, note_sign_in};
use crate::{
    Error, Portal,
    audit::{self, Who, hex},
    letters::{self, LetterSubject},
    passkeys::{
        questions::{self, Purpose},
        webauthn::{Answer, Verdict},
    },
    pool::detached,
    second_factor::person,
    secrets::{digest, random_token},
    sessions::SessionKey,
    tally::count,
};

/// Who was asked for a passkey.
enum Asked {
    /// A browser in which nobody is signed in, by the digest of its cookie.
    Browser(Vec<u8>),
    /// The holder of a session.
    Visitor(Box<Visitor>, SessionKey, Uuid),
}

impl Asked {
    fn holder(&self) -> &[u8] {
        match self {
            Self::Browser(digest) => digest,
            Self::Visitor(_, session, _) => session.bytes(),
        }
    }

    const fn purpose(&self) -> Purpose {
        match self {
            Self::Browser(_) => Purpose::SignIn,
            Self::Visitor(..) => Purpose::Again,
        }
    }

    const fn account(&self) -> Option<Uuid> {
        match self {
            Self::Browser(_) => None,
            Self::Visitor(_, _, account) => Some(*account),
        }
    }
}

/// A passkey whose account is known.
struct Found {
    account: AccountId,
    name: String,
}

impl Portal {
    /// Asks for a passkey where nobody is signed in. Returns the question, as JSON for `navigator.credentials.get`, and
    /// what the browser keeps until it answers.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there are no passkeys.
    pub async fn ask_for_passkey(&self) -> Result<(String, String), Error> {
        let (portal, token) = (self.clone(), random_token());
        detached(async move {
            let question = portal.party()?.ask(&[])?;
            let mut connection = portal.pool.acquire().await?;
            questions::keep(&mut connection, &digest(&token), Purpose::SignIn, None, &question.kept).await?;
            Ok((question.options, token))
        })
        .await
    }

    /// Asks the holder of a session for one of their own passkeys.
    ///
    /// # Errors
    /// As [`Self::ask_for_passkey`], and [`Error::NotFound`] for a clinician.
    pub async fn ask_for_own_passkey(&self, visitor: &Visitor, session: &SessionKey) -> Result<String, Error> {
        let (portal, session, account) = (self.clone(), session.clone(), person(visitor)?);
        detached(async move {
            let mut connection = portal.pool.acquire().await?;
            let own = sqlx::query_scalar!("select credential_id from passkey where account_id = $1 and stopped_at is null", account)
                .fetch_all(&mut *connection)
                .await?;
            let question = portal.party()?.ask(&own)?;
            questions::keep(&mut connection, session.bytes(), Purpose::Again, Some(account), &question.kept).await?;
            Ok(question.options)
        })
        .await
    }

    /// Signs in with the answer of a browser, which holds `token` since it was asked. What was asked is taken once.
    ///
    /// # Errors
    /// [`Error::Invalid`] `passkey-ended` where this browser was not asked in the last minutes, and `passkey-stopped` where
    /// its counter has gone backwards; [`Error::NotFound`] where it opens no account, for whatever reason;
    /// [`Error::TooManyTries`].
    pub async fn sign_in_with_passkey(&self, token: &str, answer: &str, origin: impl Into<Origin>) -> Result<SignedIn, Error> {
        let (portal, asked, answer, origin) = (self.clone(), Asked::Browser(digest(token)), answer.to_owned(), origin.into());
        let tried = detached(async move { portal.try_passkey(&asked, &answer, &origin).await }).await;
        match &tried {
            Ok(_) => count(&self.counters.signed_in),
            Err(Error::NotFound | Error::Invalid("passkey-stopped")) => count(&self.counters.sign_ins_refused),
            Err(Error::TooManyTries) => count(&self.counters.sign_ins_waiting),
            Err(_) => {}
        }
        tried
    }

    /// Proves the visitor again with one of their passkeys. The session goes on under the answer, with another id.
    ///
    /// # Errors
    /// As [`Self::sign_in_with_passkey`]; [`Error::NotFound`] also where it is another account's or the session is over.
    pub async fn sign_in_again_with_passkey(
        &self,
        visitor: &Visitor,
        session: &SessionKey,
        answer: &str,
        origin: impl Into<Origin>,
    ) -> Result<SignedIn, Error> {
        let asked = Asked::Visitor(Box::new(visitor.clone()), session.clone(), person(visitor)?);
        let (portal, answer, origin) = (self.clone(), answer.to_owned(), origin.into());
        detached(async move { portal.try_passkey(&asked, &answer, &origin).await }).await
    }

    async fn try_passkey(&self, asked: &Asked, answer: &str, origin: &Origin) -> Result<SignedIn, Error> {
        let party = self.party()?;
        let answer = Answer::read(answer).ok_or(Error::Invalid("passkey-ended"))?;
        let found = sqlx::query!(
            "select a.account_id, a.display_name from passkey p join account a on a.account_id = p.account_id where p.credential_id = $1",
            answer.credential_id()
        )
        .fetch_optional(&self.pool)
        .await?
        .map(|row| Found { account: AccountId(row.account_id), name: row.display_name });
        let account = found.as_ref().map(|found| found.account.0);
        let subjects = self.subjects("passkey", &hex(answer.credential_id()), account, origin).await?;
        if !self.count(&subjects).await? {
            return Err(Error::TooManyTries);
        }
        let mut transaction = self.pool.begin().await?;
        let Some(kept) = questions::take(&mut transaction, asked.holder(), asked.purpose(), asked.account()).await? else {
            return Err(Error::Invalid("passkey-ended"));
        };
        // Where nobody said who they are, the authenticator has to say it; where it says it, it has to be right.
        let is_told = |account: Uuid| match answer.account() {
            Some(said) => said == account.as_bytes(),
            None => asked.account().is_some(),
        };
        let known = found.filter(|found| asked.account().is_none_or(|own| own == found.account.0) && is_told(found.account.0));
        let Some(found) = known else {
            transaction.commit().await?;
            self.note_failure(None).await?;
            return Err(Error::NotFound);
        };
        let who = Who::account(found.account, &found.name);
        // The account before what is its own, as everybody locks them; held until the commit.
        let since = match asked {
            Asked::Browser(_) => None,
            Asked::Visitor(visitor, ..) => Some(visitor.signed_in_at),
        };
        let at = sqlx::query_scalar!(
            r#"select clock_timestamp() as "at!" from account
            where account_id = $1 and ($2::timestamptz is null or sessions_valid_after <= $2) for share"#,
            found.account.0,
            since
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let passkey = sqlx::query!(
            "select passkey_id, credential, stopped_at from passkey where credential_id = $1 and account_id = $2 for update",
            answer.credential_id(),
            found.account.0
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let (verdict, passkey) = match passkey {
            Some(passkey) => (party.judge(kept, &answer, passkey.credential)?, Some((passkey.passkey_id, passkey.stopped_at))),
            None => (Verdict::Wrong, None),
        };
        match (verdict, passkey, at) {
            (Verdict::Right(credential), Some((passkey, None)), Some(at)) => {
                sqlx::query!("update passkey set credential = $2, used_at = now() where passkey_id = $1", passkey, credential)
                    .execute(&mut *transaction)
                    .await?;
                subjects.forgive(&mut transaction).await?;
                let signed_in = SignedIn::with_passkey(found.account, found.name, at);
                match asked {
                    Asked::Browser(_) => note_sign_in(&mut transaction, &signed_in).await?,
                    Asked::Visitor(..) => {
                        audit::append_to_account(&mut transaction, signed_in.who(), found.account, "signed-in-again").await?;
                    }
                }
                transaction.commit().await?;
                Ok(signed_in)
            }
            (Verdict::Behind, Some((passkey, None)), _) => {
                sqlx::query!("update passkey set stopped_at = now() where passkey_id = $1", passkey).execute(&mut *transaction).await?;
                letters::tell(&mut transaction, found.account.0, LetterSubject::PasskeyStopped).await?;
                audit::append_to_account(&mut transaction, who, found.account, "passkey-stopped").await?;
                transaction.commit().await?;
                Err(Error::Invalid("passkey-stopped"))
            }
            (verdict, passkey, _) => {
                audit::append_to_account(&mut transaction, who, found.account, "passkey-failed").await?;
                transaction.commit().await?;
                // Whoever has the key, or a copy of it, is told why; nobody else is told that there is one.
                let is_stopped = matches!(passkey, Some((_, Some(_)))) && !matches!(verdict, Verdict::Wrong);
                Err(if is_stopped { Error::Invalid("passkey-stopped") } else { Error::NotFound })
            }
        }
    }
}
