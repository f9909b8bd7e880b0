//! `chartkey person`.

use anyhow::Context;
use chartkey_domain::id::PatientId;
use chartkey_portal::{Error, Portal, accounts::Email, letters::LetterSubject, registering::Help};
use clap::{Args, Subcommand};
use serde_json::json;
use time::{Date, format_description::well_known::Iso8601};

use crate::config::{Config, Values};

/// What can be done.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Begins an account, and prints the link with which its holder finishes it.
    Add(Add),
    /// Prints a code, once, with which a patient claims their record.
    Invite(Invite),
    /// Prints a code, once, with which somebody becomes the carer of a child who has no account: a parent, a guardian. You have checked who
    /// they are.
    InviteCarer(InviteCarer),
    /// Ends what such carers see, what they have shared, and the codes that wait for one.
    EndCarer(EndCarer),
    /// Writes down that a death was reported of a patient, which you have checked: nothing of their record is changed from then on, and what
    /// is shared ends after 30 days. Whoever holds the record undoes it in one step.
    ReportDeath(Death),
    /// Takes that back: it was wrong.
    UndoDeath(Death),
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

/// What a carer's invitation takes.
#[derive(Debug, Args)]
pub(super) struct InviteCarer {
    /// The record.
    #[arg(long, value_name = "ID")]
    patient: PatientId,
    /// They also see what is marked as sensitive, until CHARTKEY_SENSITIVE_AGE.
    #[arg(long)]
    sensitive: bool,
    /// They may share with clinicians in the patient's place.
    #[arg(long)]
    may_share: bool,
    /// The last day, as in 2031-12-31. Without it, the day before the child is CHARTKEY_ADULT_AGE.
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: Option<Date>,
    /// Why, and how you have checked who they are; it stands in the record's log.
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What ending takes.
#[derive(Debug, Args)]
pub(super) struct EndCarer {
    /// The record.
    #[arg(long, value_name = "ID")]
    patient: PatientId,
    /// Whose account, by its e-mail address. Without it, all of them.
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Why; it stands in the record's log.
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
}

/// What a death takes.
#[derive(Debug, Args)]
pub(super) struct Death {
    /// The record.
    #[arg(long, value_name = "ID")]
    patient: PatientId,
    /// Who has reported it, and how you have checked that, or why it was wrong; it stands in the record's log.
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
}

fn day(typed: &str) -> Result<Date, String> {
    Date::parse(typed, &Iso8601::DATE).map_err(|_| "write a day as in 2031-12-31".to_owned())
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
                Error::Conflict(_) => died(),
                Error::Invalid(_) => anyhow::anyhow!(
                    "this patient is too young for an account of their own (CHARTKEY_ACCOUNT_AGE); \
                    `chartkey person invite-carer` lets somebody help them"
                ),
                error => error.into(),
            })?;
            print(invite.json, "code", &code);
        }
        Command::InviteCarer(invite) => {
            let help = Help { sensitive: invite.sensitive, may_share: invite.may_share, until: invite.until };
            let code = portal.invite_carer(invite.patient, help, &invite.reason).await.map_err(|error| match error {
                Error::NotFound => anyhow::anyhow!("there is no record {}", invite.patient),
                Error::Conflict("held") => anyhow::anyhow!("this patient has an account, and lets others help by themselves"),
                Error::Conflict(_) => died(),
                Error::Invalid("of-age") => anyhow::anyhow!(
                    "this patient is of age (CHARTKEY_ADULT_AGE); `chartkey person invite` gives them an account, with which they let others help"
                ),
                Error::Invalid("birth-date") => anyhow::anyhow!("the record has no birth date, with which a carer shows whose it is"),
                Error::Invalid("sensitive") => {
                    anyhow::anyhow!("only the patient gives what is sensitive at this age (CHARTKEY_SENSITIVE_AGE); leave out --sensitive")
                }
                Error::Invalid(_) => {
                    anyhow::anyhow!("--until has passed, or comes after the day on which the patient is of age (CHARTKEY_ADULT_AGE)")
                }
                error => error.into(),
            })?;
            print(invite.json, "code", &code);
        }
        Command::EndCarer(ending) => {
            let email = ending.email.as_deref().map(Email::parse).map(|email| email.context("that is no e-mail address")).transpose()?;
            let ended = portal.end_carers(ending.patient, email.as_ref(), &ending.reason).await.map_err(|error| match error {
                Error::NotFound => anyhow::anyhow!("nobody like that was registered for a record {}, and no code waits", ending.patient),
                error => error.into(),
            })?;
            println!("{ended} ended; codes that waited are void.");
        }
        Command::ReportDeath(death) => {
            portal.report_death(death.patient, &death.reason).await.map_err(|error| match error {
                Error::NotFound => anyhow::anyhow!("there is no record {}", death.patient),
                Error::Conflict(_) => {
                    anyhow::anyhow!("a death was reported of this patient before; `chartkey person undo-death` takes it back")
                }
                error => error.into(),
            })?;
            println!("Written down. The record is not changed any more, and what is shared ends in 30 days.");
        }
        Command::UndoDeath(death) => {
            portal.undo_death_report(death.patient, &death.reason).await.map_err(|error| match error {
                Error::NotFound => anyhow::anyhow!("no death was reported of a record {}", death.patient),
                error => error.into(),
            })?;
            println!("Taken back. What is shared lasts again as long as it was given for.");
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

fn died() -> anyhow::Error {
    anyhow::anyhow!("a death was reported of this patient; where that is wrong, `chartkey person undo-death` takes it back")
}

fn print(as_json: bool, name: &str, value: &str) {
    if as_json { println!("{}", json!({ name: value })) } else { println!("{value}") }
}
