//! `chartkey export`.

use chartkey_domain::id::PatientId;
use chartkey_portal::{Error, Portal};
use clap::Args;

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
pub(super) async fn run(arguments: Arguments, portal: &Portal) -> anyhow::Result<()> {
    let count = portal.export_file(arguments.patient, &arguments.reason, std::io::stdout().lock()).await.map_err(|error| match error {
        Error::NotFound => anyhow::anyhow!("there is no record {}", arguments.patient),
        error => error.into(),
    })?;
    eprintln!("{count} resources");
    Ok(())
}
