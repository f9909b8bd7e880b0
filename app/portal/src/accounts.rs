//! People's accounts: signing up, and what they read of their own.

use chartkey_domain::{account::Visitor, id::AccountId};

use crate::{
    Error, Portal,
    audit::{self, Who},
    letters::{Letter, LetterSubject},
    passwords::Verdict,
    pool::detached,
    secrets::{digest, random_token},
    sign_in::{SignedIn, note_sign_in},
};

/// An e-mail address, trimmed and in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Nothing where the text cannot be an address that mail reaches.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let (local, domain) = text.rsplit_once('@')?;
        let plain = |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;@\"".contains(c));
        let sound = text.len() <= 254 && plain(local) && plain(domain) && domain.split('.').all(|label| !label.is_empty());
        sound.then_some(Self(text))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How the address of an account ends whose own is not known. Nothing ever reaches it (RFC 2606).
pub(crate) const NOWHERE: &str = "@chartkey.invalid";

/// A person's name as they write it: at most 200 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName(String);

/// How long a second post of the same form is taken for a double click.
pub(crate) const DOUBLE_CLICK: f64 = 60.0;

impl PersonName {
    /// Nothing where it is empty, too long, or more than a line.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        ((1..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control)).then(|| Self(text.to_owned()))
    }
}

/// A password that may be chosen: 10 to 200 characters, whatever they are.
#[derive(Clone)]
pub struct NewPassword(pub(crate) String);

impl NewPassword {
    /// Nothing where it is too short or too long.
    #[must_use]
    pub fn parse(text: String) -> Option<Self> {
        (10..=200).contains(&text.chars().count()).then_some(Self(text))
    }
}

/// What a person reads of their own account.
#[derive(Debug, Clone)]
pub struct OwnAccount {
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// When it was made.
    pub since: time::OffsetDateTime,
    /// How many sessions are alive, this one included.
    pub sessions: i64,
    /// Whether a second factor is asked for.
    pub has_second_factor: bool,
    /// How many passkeys open it.
    pub passkeys: i64,
}

/// Messages to one address in an hour. More are not sent.
pub(crate) const LETTERS_AN_HOUR: i64 = 5;

impl Portal {
    /// Begins a sign-up. The caller says the same whatever comes back; the message
    /// says whether the address is known, to the one who reads its mail. Nothing
    /// comes back where the address had too many messages lately.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_sign_up(&self, email: &Email) -> Result<Option<Letter>, Error> {
        Ok(self.store_token(email).await?.map(|(token, language)| {
            let subject = if language.is_some() { LetterSubject::AlreadyHere } else { LetterSubject::FinishSignUp };
            Letter { to: email.0.clone(), subject, token, language, about: None }
        }))
    }

    /// Stores a token of what the address may do: finish a sign-up, or choose a new
    /// password where it has an account, whose language comes back with it. Nothing after too many lately, and nothing for
    /// the second click of a double one: the message is on its way.
    pub(crate) async fn store_token(&self, email: &Email) -> Result<Option<(String, Option<String>)>, Error> {
        let (portal, email, token) = (self.clone(), email.clone(), random_token());
        detached(async move {
            let stored = sqlx::query_scalar!(
                r#"insert into mail_token (token_hash, purpose, email, account_id, ends_at)
                select $1, case when a.account_id is null then 'sign-up' else 'password' end, e.email, a.account_id, now() + interval '1 hour'
                from (values ($2::text)) e (email)
                left join account a on a.email = e.email
                where (select count(*) from mail_token m where m.email = e.email and m.created_at > now() - interval '1 hour') < $3
                    and not exists (
                        select from mail_token m
                        where m.email = e.email and m.created_at > now() - interval '10 seconds'
                            and m.purpose = case when a.account_id is null then 'sign-up' else 'password' end
                    )
                returning (select a.language from account a where a.account_id = mail_token.account_id)"#,
                digest(&token),
                email.as_str(),
                LETTERS_AN_HOUR
            )
            .fetch_optional(&portal.pool)
            .await?;
            Ok(stored.map(|language| (token, language)))
        })
        .await
    }

    /// Finishes a sign-up with the token of the message: the account begins, and its
    /// holder is signed in. `language` is the tag of the language in which they did. The same form once more within a minute signs in again.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the token was used, is older than an hour, or never
    /// was.
    pub async fn finish_sign_up(
        &self,
        token: &str,
        name: PersonName,
        password: NewPassword,
        language: &'static str,
    ) -> Result<SignedIn, Error> {
        let (portal, token) = (self.clone(), digest(token));
        detached(async move {
            match portal.make_account(&token, &name.0, password.0.clone(), language).await {
                Err(Error::NotFound) => portal.made_just_now(&token, name.0, password.0).await,
                made => made,
            }
        })
        .await
    }

    async fn make_account(&self, token: &[u8], name: &str, password: String, language: &str) -> Result<SignedIn, Error> {
        self.is_live(token, "sign-up").await?;
        let hash = self.passwords.hash(password).await?;
        let mut transaction = self.pool.begin().await?;
        let email = sqlx::query_scalar!(
            "update mail_token set used_at = now()
            where token_hash = $1 and purpose = 'sign-up' and used_at is null and ends_at > now()
            returning email",
            token
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(Error::NotFound)?;
        let account = insert_person(&mut transaction, name, &email, &hash, language).await?.ok_or(Error::NotFound)?;
        audit::append_to_account(&mut transaction, Who::account(account.0, name), account.0, "account-made").await?;
        let signed_in = SignedIn::person(account.0, name.to_owned(), account.1);
        note_sign_in(&mut transaction, &signed_in).await?;
        transaction.commit().await?;
        Ok(signed_in)
    }

    /// The second click of a double one: the account was made with this token, name and
    /// password a moment ago.
    async fn made_just_now(&self, token: &[u8], name: String, password: String) -> Result<SignedIn, Error> {
        let made = sqlx::query!(
            r#"select a.account_id, a.password_hash, clock_timestamp() as "at!"
            from mail_token m join account a on a.email = m.email
            where m.token_hash = $1 and m.purpose = 'sign-up' and m.used_at > now() - make_interval(secs => $2) and a.display_name = $3
                and not exists (select from second_factor f where f.account_id = a.account_id and f.confirmed_at is not null)"#,
            token,
            DOUBLE_CLICK,
            name
        )
        .fetch_optional(&self.pool)
        .await?
        .ok_or(Error::NotFound)?;
        if self.passwords.verify(password, made.password_hash).await? == Verdict::Wrong {
            return Err(Error::NotFound);
        }
        let signed_in = SignedIn::person(AccountId(made.account_id), name, made.at);
        let mut transaction = self.pool.begin().await?;
        note_sign_in(&mut transaction, &signed_in).await?;
        transaction.commit().await?;
        Ok(signed_in)
    }

    /// Refuses a token that is none before anything costly is done for it.
    pub(crate) async fn is_live(&self, token: &[u8], purpose: &str) -> Result<(), Error> {
        sqlx::query_scalar!(
            "select token_hash from mail_token where token_hash = $1 and purpose = $2 and used_at is null and ends_at > now()",
            token,
            purpose
        )
        .fetch_optional(&self.pool)
        .await?
        .map(drop)
        .ok_or(Error::NotFound)
    }

    /// What a person reads of their own account.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a clinician: theirs is their organization's.
    pub async fn own_account(&self, visitor: &Visitor) -> Result<OwnAccount, Error> {
        sqlx::query_as!(
            OwnAccount,
            r#"select display_name as name, email as "email!", created_at as since,
                (select count(*) from session s
                    where s.account_id = a.account_id and s.idle_until > now() and s.ends_at > now()
                        and s.signed_in_at >= a.sessions_valid_after) as "sessions!",
                exists (select from second_factor f where f.account_id = a.account_id and f.confirmed_at is not null) as "has_second_factor!",
                (select count(*) from passkey p where p.account_id = a.account_id and p.stopped_at is null) as "passkeys!"
            from account a where account_id = $1 and kind = 'person'"#,
            visitor.actor.account().0
        )
        .fetch_optional(&self.pool)
        .await?
        .ok_or(Error::NotFound)
    }

    /// Makes a person's account without a message, for invented people and tests.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the address has an account already.
    pub async fn make_person(&self, name: &PersonName, email: &Email, password: NewPassword) -> Result<AccountId, Error> {
        let hash = self.passwords.hash(password.0).await?;
        let mut transaction = self.pool.begin().await?;
        let (account, _) = insert_person(&mut transaction, &name.0, email.as_str(), &hash, "en").await?.ok_or(Error::NotFound)?;
        audit::append_to_account(&mut transaction, Who::account(account, &name.0), account, "account-made").await?;
        transaction.commit().await?;
        Ok(account)
    }
}

/// Nothing where the address has an account already.
async fn insert_person(
    transaction: &mut sqlx::Transaction<'_, sqlx::Postgres>,
    name: &str,
    email: &str,
    hash: &str,
    language: &str,
) -> Result<Option<(AccountId, time::OffsetDateTime)>, Error> {
    let made = sqlx::query!(
        r#"insert into account (kind, display_name, email, password_hash, language) values ('person', $1, $2, $3, $4)
        on conflict (email) do nothing
        returning account_id, clock_timestamp() as "at!""#,
        name,
        email,
        hash,
        language
    )
    .fetch_optional(&mut **transaction)
    .await?;
    Ok(made.map(|made| (AccountId(made.account_id), made.at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_mail_reaches() {
        for (text, address) in [
            (" Mara@Example.org ", Some("mara@example.org")),
            ("a@localhost", Some("a@localhost")),
            ("", None),
            ("mara", None),
            ("@example.org", None),
            ("mara@", None),
            ("a@b@c", None),
            ("a@b..c", None),
            ("a\r\nBcc: x@y@example.org", None),
            ("Mara <mara@example.org>", None),
        ] {
            assert_eq!(Email::parse(text).as_ref().map(Email::as_str), address, "{text}");
        }
    }
}
