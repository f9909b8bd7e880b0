//! `chartkey export`.

use anyhow::Context;
use chartkey_domain::id::PatientId;
use chartkey_portal::{Error, Portal};
use clap::Args;

use crate::{
    config::{Config, Values},
    mail::Post,
};

/// What an export takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The record.
    #[arg(long, value_name = "ID")]
    patient: PatientId,
    /// Why; it stands in the record's log.
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
}

/// Writes the record to standard output as one Bundle.
pub(super) async fn run(arguments: Arguments, values: &Values, portal: &Portal) -> anyhow::Result<()> {
    let count = portal.export_file(arguments.patient, &arguments.reason, std::io::stdout().lock()).await.map_err(|error| match error {
        Error::NotFound => anyhow::anyhow!("there is no record {}", arguments.patient),
        error => error.into(),
    })?;
    eprintln!("{count} resources");
    tell_holder(arguments.patient, values, portal).await
}

/// The patient is told that there is something to look at: the log has it with the reason.
async fn tell_holder(patient: PatientId, values: &Values, portal: &Portal) -> anyhow::Result<()> {
    let Some(letter) = portal.letter_to_holder(patient).await? else { return Ok(()) };
    let config = Config::understand(values)?;
    Post::new(&config.mail, config.public_url)?
        .deliver(&letter)
        .await
        .context("the record was exported, and the patient was not told by mail")
}
