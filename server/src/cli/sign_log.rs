//! `chartkey sign-log` and `chartkey new-log-key`: what signs the heads of the access log.

use anyhow::{Context, bail};
use chartkey_evidence::hex;
use chartkey_portal::{Portal, seal::Signing};
use clap::Args;

/// What signing takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The database was restored. The line of roots goes on after those that were signed over what
    /// is gone, and the new root tells everybody.
    #[arg(long, conflicts_with = "new_file")]
    after_restore: bool,
    /// The file of the roots beside the key was lost. A new one is begun with what the database
    /// says, which is believed.
    #[arg(long)]
    new_file: bool,
}

/// What a new key takes.
#[derive(Debug, Args)]
pub(super) struct NewKey {
    /// The key before it is gone, so it cannot say that this one may sign; browsers will tell.
    #[arg(long)]
    lost: bool,
}

/// Signs, and prints the root as it is published.
pub(super) async fn run(arguments: &Arguments, portal: &Portal) -> anyhow::Result<()> {
    let signing = match arguments {
        Arguments { after_restore: true, .. } => Signing::AfterRestore,
        Arguments { new_file: true, .. } => Signing::NewFile,
        Arguments { .. } => Signing::Now,
    };
    sign(portal, signing).await
}

/// Makes the key and signs with it, so that nobody waits an hour to see which one is in force.
pub(super) async fn new_key(arguments: &NewKey, portal: &Portal) -> anyhow::Result<()> {
    let key = portal.new_log_key(arguments.lost).await?.context("another server is signing at this moment; try again")?;
    println!("{}", key.line());
    eprintln!("The log is signed with {} from root {} on.", hex(&key.public), key.from);
    if key.endorsement.is_none() {
        eprintln!("The key before has not said so: tell your patients, since their browsers will.");
    }
    sign(portal, Signing::Now).await
}

async fn sign(portal: &Portal, signing: Signing) -> anyhow::Result<()> {
    match portal.sign_log(signing).await? {
        Some(signed) => println!("{}", signed.line()),
        None => bail!("another server is signing at this moment; try again"),
    }
    Ok(())
}
