//! The floors: what the same page costs without what Chartkey is for.
//!
//! `/floor` reads the newest 50 results and fills a plain template: no session,
//! no consent, no event. `/second` adds a session look-up and one durable,
//! chained event. Both go round row security, as the cluster's superuser.

use std::{
    fmt::Write,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Result, bail};
use axum::{
    Router,
    extract::{Path, State},
    http::HeaderMap,
    response::Html,
    routing::get,
};
use chartkey_ground::{Ground, Running};
use sqlx::{PgConnection, PgPool, postgres::PgPoolOptions};
use time::OffsetDateTime;
use uuid::Uuid;

/// The floors as a process beside the server.
pub struct Floor {
    pub address: String,
    process: Running,
}

impl Floor {
    /// Starts them over the database of the ground.
    pub async fn start(ground: &Ground, port: u16) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["floor", "--port", &port.to_string(), "--database", &ground.superuser]).stdin(Stdio::null()).stdout(Stdio::null());
        let floor = Self { address: format!("http://127.0.0.1:{port}"), process: Running(command.spawn()?) };
        let page = format!("{}/floor/{}", floor.address, ground.patient);
        let client = reqwest::Client::new();
        for _ in 0..200 {
            if client.get(&page).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(floor);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("{page} does not answer")
    }

    pub fn pid(&self) -> u32 {
        self.process.0.id()
    }
}

/// Serves both floors on the port until it is killed.
pub async fn serve(database: &str, port: u16) -> Result<()> {
    let pool = PgPoolOptions::new().max_connections(4).connect(database).await?;
    let router = Router::new().route("/floor/{patient}", get(floor)).route("/second/{patient}", get(second)).with_state(pool);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, router).await?;
    Ok(())
}

type Answer = Result<Html<String>, String>;

async fn floor(State(pool): State<PgPool>, Path(patient): Path<Uuid>) -> Answer {
    let mut connection = pool.acquire().await.map_err(|error| error.to_string())?;
    page(&mut connection, patient).await
}

async fn second(State(pool): State<PgPool>, Path(patient): Path<Uuid>, headers: HeaderMap) -> Answer {
    use sha2::{Digest, Sha256};
    let say = |error: sqlx::Error| error.to_string();
    let cookie = headers.get("cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
    sqlx::query("select account_id, data from session where session_key = $1 and ends_at > now()")
        .bind(Sha256::digest(cookie).as_slice())
        .fetch_optional(&pool)
        .await
        .map_err(say)?;
    let mut transaction = pool.begin().await.map_err(say)?;
    let html = page(&mut transaction, patient).await?;
    #[expect(clippy::disallowed_methods, reason = "the floor's event has a time, as ours has")]
    let event = format!(r#"{{"at":"{}","who":"somebody","what":"results"}}"#, OffsetDateTime::now_utc());
    sqlx::query("select gate.append('patient/' || $1::text, $2)")
        .bind(patient)
        .bind(event.into_bytes())
        .execute(&mut *transaction)
        .await
        .map_err(say)?;
    transaction.commit().await.map_err(say)?;
    Ok(html)
}

#[derive(sqlx::FromRow)]
struct Row {
    item_id: Uuid,
    title: String,
    value_text: Option<String>,
    unit: Option<String>,
    first_at: Option<OffsetDateTime>,
    author: Option<String>,
    place: Option<String>,
}

async fn page(connection: &mut PgConnection, patient: Uuid) -> Answer {
    let rows: Vec<Row> = sqlx::query_as(
        "select item_id, title, value_text, unit, first_at, author, place from item
         where patient_id = $1 and category = 6 and not is_error order by sort_at desc, item_id desc limit 50",
    )
    .bind(patient)
    .fetch_all(connection)
    .await
    .map_err(|error| error.to_string())?;
    let mut html = String::from("<!doctype html><html lang=en><title>Results</title><h1>Results</h1><ul>");
    for row in rows {
        let _ = write!(
            html,
            "<li><a href=\"/record/{patient}/results/{}\">{}</a> <b>{}</b> {} {} {} {}</li>",
            row.item_id,
            escape(&row.title),
            escape(row.value_text.as_deref().unwrap_or("Not recorded")),
            escape(row.unit.as_deref().unwrap_or_default()),
            row.first_at.map(|at| at.date().to_string()).unwrap_or_default(),
            escape(row.author.as_deref().unwrap_or_default()),
            escape(row.place.as_deref().unwrap_or_default()),
        );
    }
    html.push_str("</ul></html>");
    Ok(Html(html))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
