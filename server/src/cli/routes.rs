//! `chartkey routes`.

use chartkey_app::endpoints::endpoints;
use clap::Args;
use serde::Serialize;

use crate::http::{leptos_app, routes::ROUTES};

/// What it takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row {
    kind: &'static str,
    method: String,
    path: String,
    /// What a form sends there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<&'static str>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let pages = leptos_app::pages();
    let pages = pages.iter().map(|page| Row { kind: "page", method: "GET".to_owned(), path: page.path().to_owned(), fields: Vec::new() });
    let endpoints = endpoints().into_iter();
    let endpoints = endpoints.map(|endpoint| Row {
        kind: "endpoint",
        method: "POST".to_owned(),
        path: endpoint.path.to_owned(),
        fields: endpoint.fields,
    });
    let routes =
        ROUTES.iter().map(|route| Row { kind: "route", method: route.method.to_owned(), path: route.path.to_owned(), fields: Vec::new() });
    let mut rows: Vec<Row> = pages.chain(endpoints).chain(routes).collect();
    rows.sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        rows.iter().for_each(|row| println!("{:8}  {:4}  {}  {}", row.kind, row.method, row.path, row.fields.join(" ")));
    }
    Ok(())
}
