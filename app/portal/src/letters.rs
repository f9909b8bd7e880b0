//! Messages that are decided with a change: written in its transaction and sent
//! afterwards, again after a failure. They say that something happened to an account,
//! and name nothing; but for the one to whom a patient has named for emergencies.
//!
//! The token of a link is derived from its row and a key outside the database, so a
//! copy of the database opens no link.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Error, Portal, accounts::NOWHERE, pool::detached, secrets::digest};

/// A message to send. It never says more than that there is an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Where it goes.
    pub to: String,
    /// What it is about.
    pub subject: LetterSubject,
    /// The one-time token of its link; empty where it has none.
    pub token: String,
    /// The language of the account that it is for, as a BCP 47 tag; `None` where there is no
    /// account yet.
    pub language: Option<String>,
    /// What it says of a person; of all but one subject, nothing.
    pub about: Option<About>,
}

/// What somebody is told of a patient whom they help, or who has named them for emergencies. Nothing of it is from a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// The patient's name.
    pub patient: String,
    /// Where the record was opened.
    pub organization: String,
    /// The language in which the patient has decided, as a BCP 47 tag.
    pub language: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterSubject {
    /// Finish signing up.
    FinishSignUp,
    /// Somebody signed up with an address that has an account: theirs, most likely.
    AlreadyHere,
    /// Choose a new password.
    NewPassword,
    /// Something happened that the person should look at. It has no token.
    News,
    /// Confirm that this address is to be the account's.
    ConfirmEmail,
    /// Somebody wanted this address for another account.
    AddressInUse,
    /// The account has another address now; a link takes it back.
    EmailChanged,
    /// The account has another password now.
    PasswordChanged,
    /// A second factor is asked for from now on.
    FactorOn,
    /// It is asked for no more.
    FactorOff,
    /// There are new recovery codes.
    CodesMade,
    /// A recovery code was used.
    CodeUsed,
    /// Somebody says that the second factor is lost; a link keeps it.
    FactorLost,
    /// The account has another passkey.
    PasskeyAdded,
    /// A passkey was taken away.
    PasskeyRemoved,
    /// A passkey opens nothing any more: somebody may have a copy.
    PasskeyStopped,
    /// A clinician has opened the record in an emergency.
    Emergency,
    /// The same to whom the patient has named: it says whose.
    EmergencyContact,
    /// To the same: the patient cannot decide, two clinicians say.
    IncapacityContact,
    /// The same: to everybody who helps them.
    IncapacityHelper,
    /// To whoever stands in: it is over soon.
    StandInEnding,
    /// A share of theirs ends soon.
    ShareEnding,
    /// What somebody sees who helps changes, as after a birthday: to them, and where the patient should know it to the patient.
    HelpChanging,
}

impl LetterSubject {
    /// As it is stored; those without are sent at once.
    const fn slug(self) -> Option<&'static str> {
        Some(match self {
            Self::FinishSignUp | Self::AlreadyHere => return None,
            Self::NewPassword => "new-password",
            Self::News => "news",
            Self::ConfirmEmail => "confirm-email",
            Self::AddressInUse => "address-in-use",
            Self::EmailChanged => "email-changed",
            Self::PasswordChanged => "password-changed",
            Self::FactorOn => "factor-on",
            Self::FactorOff => "factor-off",
            Self::CodesMade => "codes-made",
            Self::CodeUsed => "code-used",
            Self::FactorLost => "factor-lost",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRemoved => "passkey-removed",
            Self::PasskeyStopped => "passkey-stopped",
            Self::Emergency => "emergency",
            Self::EmergencyContact => "emergency-contact",
            Self::IncapacityContact => "incapacity-contact",
            Self::IncapacityHelper => "incapacity-helper",
            Self::StandInEnding => "stand-in-ending",
            Self::ShareEnding => "share-ending",
            Self::HelpChanging => "help-changing",
        })
    }

    fn from_slug(slug: &str) -> Option<Self> {
        let stored = [
            Self::NewPassword,
            Self::News,
            Self::ConfirmEmail,
            Self::AddressInUse,
            Self::EmailChanged,
            Self::PasswordChanged,
            Self::FactorOn,
            Self::FactorOff,
            Self::CodesMade,
            Self::CodeUsed,
            Self::FactorLost,
            Self::PasskeyAdded,
            Self::PasskeyRemoved,
            Self::PasskeyStopped,
            Self::Emergency,
            Self::EmergencyContact,
            Self::IncapacityContact,
            Self::IncapacityHelper,
            Self::StandInEnding,
            Self::ShareEnding,
            Self::HelpChanging,
        ];
        stored.into_iter().find(|subject| subject.slug() == Some(slug))
    }
}

/// A stored message that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueLetter {
    /// Which, for [`Portal::letter_sent`].
    pub id: Uuid,
    /// What to send.
    pub letter: Letter,
}

/// Sent at one go.
const AT_ONCE: i64 = 50;

impl Portal {
    /// Takes the messages that are due. One that is not said to be sent is due again
    /// after five minutes.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn due_letters(&self) -> Result<Vec<DueLetter>, Error> {
        let portal = self.clone();
        detached(async move {
            // An address that is not yet the account's, or no more, is known by its link.
            let rows = sqlx::query!(
                r#"update letter l set not_before = now() + interval '5 minutes'
                where letter_id in (select letter_id from letter where not_before <= now() order by made_at limit $1 for update skip locked)
                returning letter_id, email, subject, token_id, about as "about: Json<About>", coalesce(
                    (select a.language from account a where a.email = l.email),
                    (select a.language from mail_token m join account a on a.account_id = m.account_id
                        where m.email = l.email order by m.created_at desc limit 1)
                ) as language"#,
                AT_ONCE
            )
            .fetch_all(&portal.pool)
            .await?;
            let due = rows.into_iter().filter_map(|row| {
                let subject = LetterSubject::from_slug(&row.subject)?;
                let about = row.about.map(|about| about.0);
                let language = row.language.or_else(|| about.as_ref().map(|about| about.language.clone()));
                let token = row.token_id.map(|id| portal.letter_token(id)).unwrap_or_default();
                Some(DueLetter { id: row.letter_id, letter: Letter { to: row.email, subject, token, language, about } })
            });
            Ok(due.collect())
        })
        .await
    }

    /// A message was sent.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn letter_sent(&self, id: Uuid) -> Result<(), Error> {
        sqlx::query!("delete from letter where letter_id = $1", id).execute(&self.pool).await?;
        Ok(())
    }

    /// Gives up the messages that could not be sent for three days. Returns how many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_letters(&self) -> Result<u64, Error> {
        Ok(sqlx::query!("delete from letter where made_at < now() - interval '3 days'").execute(&self.pool).await?.rows_affected())
    }

    fn letter_token(&self, id: Uuid) -> String {
        let digest = self.pepper.digest("letter-token", &id.to_string());
        URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or_default())
    }

    /// What a link in a message may do, and where its token comes from.
    pub(crate) async fn make_link(&self, connection: &mut PgConnection, link: &NewLink<'_>) -> Result<Uuid, Error> {
        let id = Uuid::new_v4();
        sqlx::query!(
            "insert into mail_token (token_hash, purpose, email, account_id, ends_at)
            values ($1, $2, $3, $4, now() + make_interval(hours => $5))",
            digest(&self.letter_token(id)),
            link.purpose,
            link.email,
            link.account,
            link.hours
        )
        .execute(connection)
        .await?;
        Ok(id)
    }

    /// Tells an account's holder, at every address that is theirs, with a link at each.
    pub(crate) async fn tell_with_link(
        &self,
        connection: &mut PgConnection,
        account: Uuid,
        subject: LetterSubject,
        purpose: &str,
        hours: i32,
    ) -> Result<(), Error> {
        for email in addresses(connection, account).await? {
            let token = self.make_link(connection, &NewLink { purpose, email: &email, account, hours }).await?;
            post(connection, &email, subject, Some(token)).await?;
        }
        Ok(())
    }
}

/// A link that is to be made.
pub(crate) struct NewLink<'a> {
    pub purpose: &'a str,
    pub email: &'a str,
    pub account: Uuid,
    pub hours: i32,
}

/// Tells an account's holder, at every address that is theirs.
pub(crate) async fn tell(connection: &mut PgConnection, account: Uuid, subject: LetterSubject) -> Result<(), Error> {
    for email in addresses(connection, account).await? {
        post(connection, &email, subject, None).await?;
    }
    Ok(())
}

/// The same with a message that says more. Where somebody may have taken the account, what it says waits for whoever signs in.
pub(crate) async fn tell_about(connection: &mut PgConnection, account: Uuid, subject: LetterSubject, about: &About) -> Result<(), Error> {
    match &addresses(connection, account).await?[..] {
        [email] => post_about(connection, email, subject, about).await,
        _ => tell(connection, account, LetterSubject::HelpChanging).await,
    }
}

/// Writes one message, to be sent after the commit.
pub(crate) async fn post(connection: &mut PgConnection, email: &str, subject: LetterSubject, token: Option<Uuid>) -> Result<(), Error> {
    if email.ends_with(NOWHERE) {
        return Ok(());
    }
    let slug = subject.slug().ok_or_else(|| Error::internal("this message is not stored"))?;
    sqlx::query!("insert into letter (email, subject, token_id) values ($1, $2, $3)", email, slug, token).execute(connection).await?;
    Ok(())
}

/// Writes one message that says more, to be sent after the commit.
pub(crate) async fn post_about(connection: &mut PgConnection, email: &str, subject: LetterSubject, about: &About) -> Result<(), Error> {
    if email.ends_with(NOWHERE) {
        return Ok(());
    }
    let slug = subject.slug().ok_or_else(|| Error::internal("this message is not stored"))?;
    sqlx::query!("insert into letter (email, subject, about) values ($1, $2, $3)", email, slug, Json(about) as _)
        .execute(connection)
        .await?;
    Ok(())
}

/// The address of an account, and those from which it was taken lately: whoever took it
/// may not be its holder.
async fn addresses(connection: &mut PgConnection, account: Uuid) -> Result<Vec<String>, Error> {
    let addresses = sqlx::query_scalar!(
        r#"select email as "email!" from account where account_id = $1 and email is not null
        union
        select email from mail_token where account_id = $1 and purpose = 'undo-email' and used_at is null and ends_at > now()"#,
        account
    )
    .fetch_all(connection)
    .await?;
    Ok(addresses)
}
