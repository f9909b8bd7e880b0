//! Messages. They carry no health data: that there is an account is the most that
//! one says, and only to the one whose address it is.

use std::sync::Arc;

use anyhow::bail;
use chartkey_app::catalogue::Say;
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

    /// Sends now, and says whether it went.
    ///
    /// # Errors
    /// A folder that cannot be written, a mail server that refuses or is not reached.
    pub async fn deliver(&self, letter: &Letter) -> anyhow::Result<()> {
        let (subject, text) = self.words(letter);
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

    fn words(&self, letter: &Letter) -> (&'static str, String) {
        let say = Say::default();
        let link = |page: &str| self.ours.address(&format!("{page}?token={}", letter.token));
        match letter.subject {
            LetterSubject::FinishSignUp => (say.letter_finish_sign_up(), say.letter_finish_sign_up_says(&link("/sign-up"))),
            LetterSubject::AlreadyHere => {
                (say.letter_already_here(), say.letter_already_here_says(&self.ours.address("/sign-in"), &link("/sign-in/new-password")))
            }
            LetterSubject::News => (say.letter_news(), say.letter_news_says(&self.ours.address("/activity"))),
            LetterSubject::NewPassword => (say.letter_new_password(), say.letter_new_password_says(&link("/sign-in/new-password"))),
        }
    }
}
