//! `chartkey report`: whose record was opened by whom.

use chartkey_portal::Portal;
use clap::Args;
use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

/// What a report takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// From the first moment to before the second: days in UTC (2026-11-25) or moments (2026-11-25T08:30:00Z).
    #[arg(long, num_args = 2, value_names = ["FROM", "TO"], required = true, value_parser = moment)]
    between: Vec<OffsetDateTime>,
    /// Why; it stands in the log, with your name.
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

fn moment(text: &str) -> Result<OffsetDateTime, &'static str> {
    let day = Date::parse(text, format_description!("[year]-[month]-[day]")).map(|day| day.midnight().assume_utc());
    day.or_else(|_| OffsetDateTime::parse(text, &Rfc3339)).map_err(|_| "write it as 2026-11-25 or 2026-11-25T08:30:00Z")
}

/// Prints one line for each record and visitor: record, who, why, what and how often, first and last.
pub(super) async fn run(arguments: &Arguments, portal: &Portal) -> anyhow::Result<()> {
    let [from, to] = arguments.between.as_slice() else { anyhow::bail!("--between takes two moments") };
    anyhow::ensure!(from < to, "the first moment of --between has to be before the second");
    let looks = portal.report(*from, *to, &arguments.reason).await?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&looks)?);
        return Ok(());
    }
    for look in &looks {
        let actions: Vec<_> = look.actions.iter().map(|(action, count)| format!("{action} {count}")).collect();
        let place = look.organization.as_deref().map(|place| format!(", {place}")).unwrap_or_default();
        println!(
            "{}\t{} {}{place}\t{}\t{}\t{}\t{}",
            look.patient,
            look.kind,
            look.name,
            look.why,
            actions.join(", "),
            look.first.format(&Rfc3339)?,
            look.last.format(&Rfc3339)?
        );
    }
    eprintln!("{} lines; this question is in the log", looks.len());
    Ok(())
}
