//! `chartkey import`.

use std::{
    fs::File,
    io::{IsTerminal, Read, Write, stderr, stdin, stdout},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::bail;
use chartkey_domain::id::PatientId;
use chartkey_portal::{
    Portal,
    import::{self, ImportOptions, ImportReport, Into, Progress},
};
use clap::Args;
use serde_json::{Value, json};

/// What an import takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// FHIR R4 as a Bundle, NDJSON or one resource; gzip too. `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Who delivered the files. Identifiers count only within one source.
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    source: String,
    /// The one record that the files go to, or `new`; else the Patients of the files.
    #[arg(long, value_name = "ID|new", value_parser = into)]
    patient: Option<Into>,
    /// Why; it stands in the log of every record that changes.
    #[arg(long, default_value = "import")]
    reason: String,
    /// The reports as JSON.
    #[arg(long)]
    json: bool,
}

fn into(text: &str) -> Result<Into, String> {
    match text {
        "new" => Ok(Into::New),
        id => id.parse::<PatientId>().map(Into::Patient).map_err(|_| "neither a patient's identifier nor `new`".to_owned()),
    }
}

/// Imports the files, each whole or not at all; a refused one does not stop the next.
pub(super) async fn run(arguments: &Arguments, portal: &Portal) -> anyhow::Result<()> {
    let (mut reports, mut refused) = (Vec::new(), 0);
    for path in &arguments.files {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        let options = ImportOptions {
            into: arguments.patient.unwrap_or_default(),
            reason: arguments.reason.clone(),
            ..ImportOptions::new(arguments.source.as_str(), name)
        };
        match one(portal, path, &options).await {
            Ok(report) if arguments.json => reports.push(json!({ "file": path, "report": report })),
            Ok(report) => tell(path, &report)?,
            Err(error) => {
                refused += 1;
                eprintln!("chartkey: {}: {error}", path.display());
                reports.push(json!({ "file": path, "error": error.to_string() }));
            }
        }
    }
    if arguments.json {
        writeln!(stdout(), "{:#}", Value::Array(reports))?;
    }
    if refused > 0 {
        bail!("{refused} of {} files were refused; nothing of them was kept", arguments.files.len());
    }
    Ok(())
}

async fn one(portal: &Portal, path: &Path, options: &ImportOptions) -> Result<ImportReport, import::Error> {
    let reader: Box<dyn Read + Send> = if path.as_os_str() == "-" { Box::new(stdin()) } else { Box::new(File::open(path)?) };
    let mut line = Line::new(options.file_name.clone());
    let report = portal.import_file(reader, options, |progress| line.show(progress)).await;
    line.clear();
    report
}

/// What a person reads.
fn tell(path: &Path, report: &ImportReport) -> std::io::Result<()> {
    let mut out = stdout().lock();
    let rate = report.resources as f64 / report.seconds.max(0.001);
    writeln!(out, "{}: {} resources in {:.2} s ({rate:.0} a second)", path.display(), report.resources, report.seconds)?;
    let types: Vec<String> = report.types.iter().map(|(name, count)| format!("{name} {count}")).collect();
    writeln!(out, "  {}", types.join(", "))?;
    writeln!(
        out,
        "  created {}, updated {}, changed without version {}, older {}, unchanged {}, not understood {}, unassigned {}",
        report.created,
        report.updated,
        report.changed_without_version,
        report.older,
        report.unchanged,
        report.not_understood.len(),
        report.unassigned.len()
    )?;
    for (what, notes) in [("not understood", &report.not_understood), ("unassigned", &report.unassigned)] {
        for note in notes {
            writeln!(out, "  {what}: {} ({}): {}", note.position, note.resource_type, note.reason)?;
        }
    }
    for patient in &report.patients {
        writeln!(out, "  patient {patient}")?;
    }
    Ok(())
}

/// The line of progress on a terminal; nothing elsewhere.
struct Line {
    name: String,
    started: Instant,
    shown: Option<Instant>,
    on_terminal: bool,
}

impl Line {
    fn new(name: String) -> Self {
        Self { name, started: Instant::now(), shown: None, on_terminal: stderr().is_terminal() }
    }

    fn show(&mut self, progress: Progress) {
        const PAUSE: Duration = Duration::from_millis(100);
        if !self.on_terminal || self.shown.is_some_and(|shown| shown.elapsed() < PAUSE) {
            return;
        }
        self.shown = Some(Instant::now());
        let rate = progress.done as f64 / self.started.elapsed().as_secs_f64().max(0.001);
        let left = progress.total.saturating_sub(progress.done) as f64 / rate.max(1.0);
        eprint!("\r\x1b[K{}: {} of {} resources, {rate:.0} a second, {left:.0} s left", self.name, progress.done, progress.total);
    }

    fn clear(&self) {
        if self.shown.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}
