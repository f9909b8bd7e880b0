//! `chartkey check-config`.

use clap::Args;
use serde_json::json;

use crate::config::{Config, KEYS, Values};

/// What it takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, values: &Values) -> anyhow::Result<()> {
    let rows = KEYS.iter().map(|key| {
        let (value, origin) = match values.get(key.name) {
            Some((_, origin)) if key.secret => ("(set, not shown)".to_owned(), origin.to_string()),
            Some((value, origin)) => (value.to_owned(), origin.to_string()),
            None => (String::new(), "not set".to_owned()),
        };
        (key, value, origin)
    });
    if arguments.json {
        let settings: Vec<_> = rows
            .map(|(key, value, origin)| json!({"name": key.name, "variable": key.variable, "value": value, "from": origin, "help": key.help}))
            .collect();
        println!("{}", serde_json::to_string_pretty(&settings)?);
    } else {
        for (key, value, origin) in rows {
            println!("{} = {value}  [{origin}]\n    {}", key.variable, key.help);
        }
    }
    Config::understand(values)?;
    eprintln!("The configuration can be used.");
    Ok(())
}
