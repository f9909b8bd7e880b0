//! `chartkey person`.

use anyhow::Context;
use chartkey_domain::id::PatientId;
use chartkey_portal::{Error, Portal, accounts::Email, letters::LetterSubject};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::config::{Config, Values};

/// What can be done.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Begins an account, and prints the link with which its holder finishes it.
    Add(Add),
    /// Prints a code, once, with which a patient claims their record.
    Invite(Invite),
    /// Gives the account that holds a record its holder's address, which you have checked: after a
    /// restore, or where nobody reads the one it has. A link to choose a new password goes there.
    Email(GiveAddress),
}

/// What an account takes.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// Their e-mail address.
    #[arg(long)]
    email: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What an invitation takes.
#[derive(Debug, Args)]
pub(super) struct Invite {
    /// The record.
    #[arg(long, value_name = "ID")]
    patient: PatientId,
    /// Why; it stands in the record's log.
    #[arg(long, default_value = "invitation", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What another address takes.
#[derive(Debug, Args)]
pub(super) struct GiveAddress {
    /// The record that the account holds.
    #[arg(long, value_name = "ID")]
    patient: PatientId,
    /// The address.
    #[arg(long, value_name = "ADDRESS")]
    to: String,
    /// Why, and how you know who asks; it stands in the account's log.
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
}

pub(super) async fn run(command: Command, values: &Values, portal: &Portal) -> anyhow::Result<()> {
    match command {
        Command::Add(add) => {
            let email = Email::parse(&add.email).context("that is no e-mail address")?;
            let letter = portal.begin_sign_up(&email).await?.context("too many links for this address in the last hour")?;
            let page = if letter.subject == LetterSubject::FinishSignUp { "/sign-up" } else { "/sign-in/new-password" };
            let link = Config::understand(values)?.public_url.address(&format!("{page}?token={}", letter.token));
            print(add.json, "link", &link);
        }
        Command::Invite(invite) => {
            let code = portal.invite(invite.patient, &invite.reason).await.map_err(|error| match error {
                Error::NotFound => anyhow::anyhow!("there is no record {}", invite.patient),
                error => error.into(),
            })?;
            print(invite.json, "code", &code);
        }
        Command::Email(given) => {
            let email = Email::parse(&given.to).context("that is no e-mail address")?;
            portal.give_address(given.patient, &email, &given.reason).await.map_err(|error| match error {
                Error::NotFound => anyhow::anyhow!("nobody holds a record {}", given.patient),
                Error::Invalid(_) => anyhow::anyhow!("this is the address of another account"),
                error => error.into(),
            })?;
            println!("A link to choose a new password goes to {}.", email.as_str());
        }
    }
    Ok(())
}

fn print(as_json: bool, name: &str, value: &str) {
    if as_json { println!("{}", json!({ name: value })) } else { println!("{value}") }
}
