//! Messages. They carry no health data: that there is an account is the most that
//! one says, and only to the one whose address it is.

use std::sync::Arc;

use chartkey_portal::accounts::{Letter, LetterSubject};
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
    /// whether there was a message. A failure is logged, without the address.
    pub fn send(&self, letter: Letter) {
        let post = self.clone();
        tokio::spawn(async move {
            if let Err(error) = post.deliver(&letter).await {
                tracing::error!(%error, subject = ?letter.subject, "a message was not sent");
            }
        });
    }

    async fn deliver(&self, letter: &Letter) -> anyhow::Result<()> {
        let (subject, text) = self.words(letter);
        let message = Message::builder()
            .from(self.from.parse()?)
            .to(letter.to.parse()?)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text)?;
        match &self.transport {
            Transport::Folder(folder) => drop(folder.send(message).await?),
            Transport::Smtp(server) => drop(server.send(message).await?),
        }
        Ok(())
    }

    fn words(&self, letter: &Letter) -> (&'static str, String) {
        let link = |page: &str| self.ours.address(&format!("{page}?token={}", letter.token));
        // Lines of at most 76 characters: longer ones are folded in the middle of a link.
        match letter.subject {
            LetterSubject::FinishSignUp => (
                "Finish signing up",
                format!(
                    "Somebody, you most likely, began to sign up at Chartkey with this address.\n\n\
                     Choose a name and a password here within one hour:\n{}\n\n\
                     If it was not you, do nothing: there is no account.\n",
                    link("/sign-up")
                ),
            ),
            LetterSubject::AlreadyHere => (
                "You have an account already",
                format!(
                    "Somebody, you most likely, tried to sign up at Chartkey with this address,\n\
                     which has an account.\n\nSign in here:\n{}\n\n\
                     If you have forgotten the password, choose a new one within one hour:\n{}\n\n\
                     If it was not you, do nothing.\n",
                    self.ours.address("/sign-in"),
                    link("/sign-in/new-password")
                ),
            ),
            LetterSubject::NewPassword => (
                "Choose a new password",
                format!(
                    "Somebody, you most likely, asked for a new password at Chartkey.\n\n\
                     Choose it here within one hour:\n{}\n\n\
                     If it was not you, do nothing: your password stays as it is.\n",
                    link("/sign-in/new-password")
                ),
            ),
        }
    }
}
