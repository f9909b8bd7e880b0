//! The command line: data on standard output, messages on standard error; exit 0
//! done, 1 failed, 2 wrong usage.

use std::process::ExitCode;

use anyhow::Context;
use chartkey_portal::Portal;
use clap::{Args, Parser, Subcommand};

use crate::{
    backup::archive,
    config::{self, Config, Flags, Problems, Values},
};

mod backup;
mod check_config;
mod export;
mod healthcheck;
mod import;
mod migrate;
mod organization;
mod person;
mod rehearse;
mod report;
mod restore;
mod routes;
mod sign_log;
mod status;
mod verify;
mod verify_log;
mod wal;

/// A patient-held health record: one place, and a key that only the patient hands out.
#[derive(Debug, Parser)]
#[command(name = "chartkey", version)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

/// Settings that have a flag. Secrets have none.
#[derive(Debug, Args)]
struct Settings {
    /// A TOML file with settings.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<String>,
    /// Where to listen.
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// The address that people type.
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves people, and works beside it.
    Serve {
        /// The work is done by `chartkey worker` elsewhere.
        #[arg(long)]
        no_worker: bool,
    },
    /// Does what is done every minute, without serving.
    Worker,
    /// Brings the database up to this version.
    Migrate(migrate::Arguments),
    /// Says what every setting is and where it comes from, and what is wrong.
    CheckConfig(check_config::Arguments),
    /// Lists pages and endpoints.
    Routes(routes::Arguments),
    /// Registers organizations, at which clinicians sign in.
    #[command(subcommand)]
    Organization(organization::Command),
    /// Invites people.
    #[command(subcommand)]
    Person(person::Command),
    /// Takes files of FHIR R4 into the records of their patients.
    Import(import::Arguments),
    /// Writes a whole record to standard output, byte for byte as it came.
    Export(export::Arguments),
    /// Says whose record was opened by whom.
    Report(report::Arguments),
    /// Fills an empty database with a clinic of invented people.
    Rehearse(rehearse::Arguments),
    /// Copies the whole cluster, checks the copy, and encrypts it.
    Backup(backup::Arguments),
    /// Restores a backup into a new folder, to a moment if one is given, and replays the journal there.
    Restore(restore::Arguments),
    /// Restores a backup, compares it with what was there, and removes it again.
    Verify(verify::Arguments),
    /// Withdraws again, in a restored database, what had been withdrawn since.
    ReplayJournal(restore::Replay),
    /// Keeps one segment of PostgreSQL's write-ahead log, encrypted; its `archive_command`.
    ArchiveWal(wal::Keep),
    /// Gives one segment back; a restore's `restore_command`.
    RestoreWal(wal::Fetch),
    /// Says when a backup was last proved, and how far archive and journal are behind.
    Status(status::Arguments),
    /// Computes every chain of the access log again, and says where it was tampered with.
    VerifyLog(verify_log::Arguments),
    /// Signs the heads of the access log now, as the worker does every hour.
    SignLog(sign_log::Arguments),
    /// Makes another key that signs the access log, with the word of the one before.
    NewLogKey(sign_log::NewKey),
    /// Asks a running server whether it is ready.
    Healthcheck,
}

impl Settings {
    fn flags(self) -> Flags {
        [("config", self.config), ("listen", self.listen), ("public_url", self.public_url)]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }
}

/// Runs the command line.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match obey(cli.command, &Values::gather(cli.settings.flags())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chartkey: {}", said(&error));
            ExitCode::from(match () {
                () if error.is::<wal::Broken>() => archive::BROKEN,
                // A wrong configuration is wrong usage.
                () if error.is::<Problems>() => 2,
                () => 1,
            })
        }
    }
}

fn obey(command: Command, values: &Values) -> anyhow::Result<()> {
    match command {
        // It says everything that is wrong itself, a filter of the log that cannot be read too.
        Command::CheckConfig(_) => {}
        Command::Serve { .. } | Command::Worker => {
            Config::understand(values)?;
            log(values)?;
        }
        _ => {
            values.sound()?;
            log(values)?;
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("threads")?;
    runtime.block_on(carry_out(command, values))
}

/// An error with its causes; a cause that an outer one has said already is not
/// repeated.
fn said(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |said, cause| match said.as_str() {
        "" => cause,
        _ if said.contains(&cause) => said,
        _ => format!("{said}: {cause}"),
    })
}

async fn carry_out(command: Command, values: &Values) -> anyhow::Result<()> {
    match command {
        Command::Serve { no_worker } => crate::serve::serve(Config::understand(values)?, !no_worker).await,
        Command::Worker => crate::serve::work(Config::understand(values)?).await,
        Command::Migrate(arguments) => migrate::run(&arguments, values).await,
        Command::CheckConfig(arguments) => check_config::run(&arguments, values),
        Command::Routes(arguments) => routes::run(&arguments),
        Command::Organization(command) => organization::run(command, &portal(values).await?).await,
        Command::Person(command) => {
            let portal = portal(values).await?;
            person::run(command, values, &portal).await?;
            // An invitation ends those before it.
            Ok(portal.keep_journal().await.map(drop)?)
        }
        Command::Import(arguments) => import::run(arguments, &portal(values).await?).await,
        Command::Export(arguments) => export::run(arguments, &portal(values).await?).await,
        Command::Report(arguments) => report::run(&arguments, &portal(values).await?).await,
        Command::Rehearse(arguments) => rehearse::run(arguments, values).await,
        Command::VerifyLog(arguments) => verify_log::run(&arguments, &portal_as_it_is(values).await?).await,
        Command::Backup(arguments) => backup::run(arguments, values).await,
        Command::Restore(arguments) => restore::run(arguments, values).await,
        Command::Verify(arguments) => verify::run(arguments, values).await,
        Command::ReplayJournal(arguments) => restore::replay_journal(arguments, &portal_as_it_is(values).await?, values).await,
        Command::SignLog(arguments) => sign_log::run(&arguments, &portal(values).await?).await,
        Command::NewLogKey(arguments) => sign_log::new_key(&arguments, &portal(values).await?).await,
        Command::ArchiveWal(arguments) => wal::keep(&arguments, values),
        Command::RestoreWal(arguments) => wal::fetch(&arguments),
        Command::Status(arguments) => status::run(&arguments, &portal_as_it_is(values).await?).await,
        Command::Healthcheck => healthcheck::run(values).await,
    }
}

/// The portal for a command that does one thing.
async fn portal(values: &Values) -> anyhow::Result<Portal> {
    Ok(crate::serve::open(&Config::understand(values)?, 2).await?.acting_as(&operator(values)))
}

/// The same over a database that may be older than its journal, for commands that only look.
async fn portal_as_it_is(values: &Values) -> anyhow::Result<Portal> {
    let config = Config::understand(values)?;
    let mut portal = Portal::connect(&config.database_url, config.pepper, 2).await?.acting_as(&operator(values));
    if let Some(journal) = &config.keeping.journal_file {
        portal = portal.with_journal(journal);
    }
    if let Some(key) = &config.log_key_file {
        portal = portal.with_log_key(key);
    }
    Ok(portal)
}

/// Who acts. Behind sudo it is who called it.
fn operator(values: &Values) -> String {
    let login = || ["SUDO_USER", "LOGNAME", "USER"].into_iter().find_map(config::variable);
    values.get("operator").map(|(name, _)| name.to_owned()).or_else(login).unwrap_or_else(|| "operator".to_owned())
}

/// JSON lines on standard error. A panic is one of them, with its place and without
/// its words: those can quote what a person typed.
fn log(values: &Values) -> Result<(), Problems> {
    use tracing_subscriber::EnvFilter;
    let filter = values.required("log")?;
    let filter = EnvFilter::try_new(&filter).map_err(|cause| Problems::one(format!("RUST_LOG cannot be read: {cause}")))?;
    tracing_subscriber::fmt().json().flatten_event(true).with_span_list(false).with_env_filter(filter).with_writer(std::io::stderr).init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a thread panicked");
    }));
    Ok(())
}
