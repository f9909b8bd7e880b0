//! `chartkey export`.

use std::io::{BufWriter, stdout};

use anyhow::Context;
use chartkey_domain::id::PatientId;
use chartkey_portal::Portal;
use clap::Args;

/// What an export takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Whose record.
    #[arg(long, value_name = "ID")]
    patient: PatientId,
    /// Why; the patient reads it in their log.
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
}

/// Writes the record as one Bundle to standard output.
pub(super) async fn run(arguments: &Arguments, portal: &Portal) -> anyhow::Result<()> {
    let count = portal.export_file(arguments.patient, &arguments.reason, BufWriter::new(stdout().lock())).await.context("the export")?;
    eprintln!("chartkey: {count} resources");
    Ok(())
}
