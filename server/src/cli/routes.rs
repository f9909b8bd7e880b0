//! `chartkey routes`.

use clap::Args;
use leptos::server_fn::axum::server_fn_paths;
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
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let pages = leptos_app::pages();
    let pages = pages.iter().map(|page| Row { kind: "page", method: "GET".to_owned(), path: page.path().to_owned() });
    let endpoints = server_fn_paths().map(|(path, method)| Row { kind: "endpoint", method: method.to_string(), path: path.to_owned() });
    let routes = ROUTES.iter().map(|route| Row { kind: "route", method: route.method.to_owned(), path: route.path.to_owned() });
    let mut rows: Vec<Row> = pages.chain(endpoints).chain(routes).collect();
    rows.sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        rows.iter().for_each(|row| println!("{:8}  {:4}  {}", row.kind, row.method, row.path));
    }
    Ok(())
}
