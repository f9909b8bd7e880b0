//! `chartkey migrate`.

use chartkey_portal::setup;
use clap::Args;

use crate::config::Values;

/// What it takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Make the roles of the cluster, and the database where it is absent, first.
    #[arg(long)]
    create_roles: bool,
}

pub(super) async fn run(arguments: &Arguments, values: &Values) -> anyhow::Result<()> {
    let migrator = values.required("migrate_database_url")?;
    if arguments.create_roles {
        let admin = values.get("admin_database_url").map_or(migrator.as_str(), |(url, _)| url);
        let runtime = values.required("database_url")?;
        setup::create_roles(admin, &migrator, &runtime).await?;
        if let Some((backup, _)) = values.get("backup_database_url") {
            setup::set_backup_password(admin, backup).await?;
        }
        eprintln!("The roles are there.");
    }
    setup::migrate(&migrator).await?;
    eprintln!("The database is up to date.");
    Ok(())
}
