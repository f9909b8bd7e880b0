//! Messages. They carry no health data: that there is an account is the most that
//! one says, and only to the one whose address it is.

use std::sync::Arc;

use anyhow::bail;
use chartkey_app::catalogue::Say;
use chartkey_portal::{
    Portal,
    letters::{DueLetter, Letter, LetterSubject},
};
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, message::header::ContentType};

use crate::config::{Mail, PublicUrl};

/// Sends messages, into a folder or through a mail server.
#[derive(Debug, Clone)]
pub struct Post {
    transport: Transport,
    from: Arc<str>,
    ours: PublicUrl,
}

#[derive(Debug, Clone)]
enum Transport {
    Folder(AsyncFileTransport<Tokio1Executor>),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl Post {
    /// As the configuration says; makes the folder.
    ///
    /// # Errors
    /// A folder that cannot be made, an address of a mail server that cannot be read.
    pub fn new(mail: &Mail, ours: PublicUrl) -> anyhow::Result<Self> {
        let (transport, from) = match mail {
            Mail::Folder(folder) => {
                std::fs::create_dir_all(folder)?;
                (Transport::Folder(AsyncFileTransport::new(folder)), "Chartkey <chartkey@localhost>")
            }
            Mail::Smtp { url, from } => (Transport::Smtp(AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?.build()), from.as_str()),
        };
        Ok(Self { transport, from: from.into(), ours })
    }

    /// Sends in the background, so that the time of an answer says nothing about
    /// whether there was a message: in the language of the account that it is for, or as
    /// `say` does where there is none. A failure is logged, without the address.
    pub fn send(&self, letter: Letter, say: Say) {
        let post = self.clone();
        tokio::spawn(async move {
            if let Err(error) = post.deliver(&letter, say).await {
                tracing::error!(%error, subject = ?letter.subject, "a message was not sent");
            }
        });
    }

    /// Sends in the background what was stored with a change.
    pub fn send_due(&self, portal: Portal) {
        let post = self.clone();
        tokio::spawn(async move { post.deliver_due(&portal).await });
    }

    /// Sends what was stored with a change. What cannot be sent now is sent later.
    pub async fn deliver_due(&self, portal: &Portal) {
        let due = match portal.due_letters().await {
            Ok(due) => due,
            Err(error) => return tracing::error!(%error, "messages that are due were not read"),
        };
        for DueLetter { id, letter } in due {
            let sent = match self.deliver(&letter, Say::default()).await {
                Ok(()) => portal.letter_sent(id).await.map_err(Into::into),
                Err(error) => Err(error),
            };
            if let Err(error) = sent {
                tracing::error!(%error, subject = ?letter.subject, "a message is sent again later");
            }
        }
    }

    async fn deliver(&self, letter: &Letter, say: Say) -> anyhow::Result<()> {
        let (subject, text) = self.words(letter, letter.language.as_deref().and_then(Say::from_tag).unwrap_or(say));
        let message = Message::builder()
            .from(self.from.parse()?)
            .to(letter.to.parse()?)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text)?;
        match &self.transport {
            Transport::Folder(folder) => drop(folder.send(message).await?),
            // The words of a mail server repeat the address: its number is enough.
            Transport::Smtp(server) => match server.send(message).await {
                Ok(_) => {}
                Err(error) => match error.status() {
                    Some(code) => bail!("the mail server answered {code}"),
                    None => bail!("the mail server was not reached"),
                },
            },
        }
        Ok(())
    }

    fn words(&self, letter: &Letter, say: Say) -> (&'static str, String) {
        let link = |page: &str| self.ours.address(&format!("{page}?token={}", letter.token));
        let page = |page: &str| self.ours.address(page);
        match letter.subject {
            LetterSubject::FinishSignUp => (say.letter_finish_sign_up(), say.letter_finish_sign_up_says(&link("/sign-up"))),
            LetterSubject::AlreadyHere => {
                (say.letter_already_here(), say.letter_already_here_says(&page("/sign-in"), &link("/sign-in/new-password")))
            }
            LetterSubject::News => (say.letter_news(), say.letter_news_says(&page("/activity"))),
            LetterSubject::NewPassword => (say.letter_new_password(), say.letter_new_password_says(&link("/sign-in/new-password"))),
            LetterSubject::ConfirmEmail => (say.letter_confirm_email(), say.letter_confirm_email_says(&link("/account/email/confirm"))),
            LetterSubject::AddressInUse => (say.letter_address_in_use(), say.letter_address_in_use_says(&page("/sign-in"))),
            LetterSubject::EmailChanged => (say.letter_email_changed(), say.letter_email_changed_says(&link("/account/email/undo"))),
            LetterSubject::PasswordChanged => {
                (say.letter_password_changed(), say.letter_password_changed_says(&page("/sign-in/forgotten")))
            }
            LetterSubject::FactorOn => (say.letter_factor_on(), say.letter_factor_on_says(&page("/account/devices"))),
            LetterSubject::FactorOff => (say.letter_factor_off(), say.letter_factor_off_says(&page("/account/devices"))),
            LetterSubject::CodesMade => (say.letter_codes_made(), say.letter_codes_made_says(&page("/account/devices"))),
            LetterSubject::CodeUsed => (say.letter_code_used(), say.letter_code_used_says(&page("/account/devices"))),
            LetterSubject::PasskeyAdded => (say.letter_passkey_added(), say.letter_passkey_added_says(&page("/account/passkeys"))),
            LetterSubject::PasskeyRemoved => (say.letter_passkey_removed(), say.letter_passkey_removed_says(&page("/account/passkeys"))),
            LetterSubject::PasskeyStopped => (say.letter_passkey_stopped(), say.letter_passkey_stopped_says(&page("/account/passkeys"))),
            LetterSubject::Emergency => (say.letter_emergency(), say.letter_emergency_says(&page("/sharing/emergency"))),
            LetterSubject::EmergencyContact => {
                let said = letter.about.as_ref().map(|about| {
                    let when = format!("{} (UTC)", say.day_and_time(about.at));
                    say.letter_emergency_contact_says(&about.patient, &about.organization, &when)
                });
                (say.letter_emergency_contact(), said.unwrap_or_default())
            }
            LetterSubject::IncapacityContact => {
                let said = letter.about.as_ref().map(|about| say.letter_incapacity_contact_says(&about.patient, &about.organization));
                (say.letter_incapacity_contact(), said.unwrap_or_default())
            }
            LetterSubject::IncapacityHelper => {
                let said = letter
                    .about
                    .as_ref()
                    .map(|about| say.letter_incapacity_helper_says(&about.patient, &about.organization, &page("/home")));
                (say.letter_incapacity_helper(), said.unwrap_or_default())
            }
            LetterSubject::StandInEnding => (say.letter_stand_in_ending(), say.letter_stand_in_ending_says(&page("/home"))),
            LetterSubject::ShareEnding => (say.letter_share_ending(), say.letter_share_ending_says(&page("/sharing"))),
            LetterSubject::HelpChanging => (say.letter_help_changing(), say.letter_help_changing_says(&page("/home"))),
            LetterSubject::FactorLost => (say.letter_factor_lost(), say.letter_factor_lost_says(&link("/account/second-factor/keep"))),
        }
    }
}
