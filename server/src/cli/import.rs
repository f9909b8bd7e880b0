//! `chartkey import`.

use std::{
    fs::File,
    io::{IsTerminal, Read, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, bail};
use chartkey_domain::id::PatientId;
use chartkey_portal::{
    Portal,
    import::{ImportOptions, ImportReport, Into, Progress},
};
use clap::Args;

/// What an import takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files of FHIR R4 in JSON or NDJSON, gzip too; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Who delivered them. Identifiers count only within one source.
    #[arg(long, value_name = "NAME")]
    source: String,
    /// The record they belong to, or `new`; files must be about one person.
    #[arg(long, value_name = "ID|new", value_parser = whose)]
    patient: Option<Whose>,
    /// Why; it stands in the log of every record that changes.
    #[arg(long, default_value = "import", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    /// The most bytes of one file, decompressed.
    #[arg(long, value_name = "BYTES", default_value_t = chartkey_portal::import::LIMIT)]
    limit: u64,
    /// The reports as JSON, one array.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy)]
enum Whose {
    Patient(PatientId),
    New,
}

fn whose(text: &str) -> Result<Whose, String> {
    if text == "new" {
        return Ok(Whose::New);
    }
    text.parse().map(Whose::Patient).map_err(|_| "give the identifier of a record, or new".to_owned())
}

/// Imports file after file. One that is refused changes nothing and does not keep
/// the others out.
pub(super) async fn run(arguments: Arguments, portal: &Portal) -> anyhow::Result<()> {
    let mut reports = Vec::new();
    let mut refused = 0;
    for file in &arguments.files {
        match one(&arguments, file, portal).await {
            Ok(report) => {
                if !arguments.json {
                    print(&report);
                }
                reports.push(report);
            }
            Err(error) => {
                refused += 1;
                eprintln!("chartkey: {}: {error:#}", file.display());
            }
        }
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&reports)?);
    }
    if refused > 0 {
        bail!("{refused} of {} files were refused; nothing of them was kept", arguments.files.len());
    }
    Ok(())
}

async fn one(arguments: &Arguments, file: &Path, portal: &Portal) -> anyhow::Result<ImportReport> {
    let (reader, name): (Box<dyn Read + Send>, _) = if file.as_os_str() == "-" {
        (Box::new(std::io::stdin()), "standard input".to_owned())
    } else {
        (
            Box::new(File::open(file).context("it cannot be opened")?),
            file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        )
    };
    let into = match arguments.patient {
        None => Into::ByFile,
        Some(Whose::New) => Into::New,
        Some(Whose::Patient(patient)) => Into::Patient(patient),
    };
    let options = ImportOptions {
        into,
        limit: arguments.limit,
        reason: arguments.reason.clone(),
        operator: portal.operator().to_owned(),
        ..ImportOptions::new(arguments.source.clone(), name)
    };
    let mut line = Line::begin();
    let report = portal.import_file(reader, &options, |progress| line.show(progress)).await;
    line.end();
    Ok(report?)
}

/// The progress of one file on a terminal: resources, rate, time left.
struct Line {
    begun: Instant,
    shown: Option<Instant>,
    terminal: bool,
}

impl Line {
    fn begin() -> Self {
        Self { begun: Instant::now(), shown: None, terminal: std::io::stderr().is_terminal() }
    }

    fn show(&mut self, Progress { done, total }: Progress) {
        if !self.terminal || self.shown.is_some_and(|shown| shown.elapsed().as_millis() < 100 && done < total) {
            return;
        }
        self.shown = Some(Instant::now());
        let seconds = self.begun.elapsed().as_secs_f64().max(0.001);
        #[expect(clippy::cast_precision_loss, reason = "shown to a person")]
        let (rate, left) = (done as f64 / seconds, (total - done.min(total)) as f64 * seconds / (done.max(1)) as f64);
        let _ = write!(std::io::stderr(), "\r\x1b[K{done} of {total} resources, {rate:.0} a second, {left:.0} s left");
    }

    fn end(&mut self) {
        if self.shown.take().is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

fn print(report: &ImportReport) {
    let ImportReport { file_name, resources, created, updated, changed_without_version, older, unchanged, seconds, .. } = report;
    println!("{file_name}: {resources} resources in {seconds:.2} s");
    println!(
        "  created {created}, updated {updated}, changed without version {changed_without_version}, older {older}, unchanged {unchanged}"
    );
    for patient in &report.patients {
        println!("  record {patient}");
    }
    for (what, list) in [("not understood, kept", &report.not_understood), ("belongs to nobody yet", &report.unassigned)] {
        for noted in list {
            println!("  {what}: {} at {}: {}", noted.resource_type, noted.position, noted.reason);
        }
    }
}
