//! Many open pages: what they hold, and how soon each is told that a grant was withdrawn.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use chartkey_ground::{Ground, cpu};
use reqwest::Client;
use sqlx::{Connection, PgConnection};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::{
    bench::Bench,
    workload::{Figure, Workload, quantile, spread},
};

/// Withdrawals.
const ROUNDS: usize = 5;

pub struct OpenPages;

#[async_trait]
impl Workload for OpenPages {
    fn name(&self) -> &'static str {
        "open-pages"
    }

    fn floor(&self) -> &'static str {
        "open pages of a clinician, a session each, and the time from the patient's form to the word on each stream that the page has to be covered"
    }

    async fn run(&self, bench: &Bench) -> Result<Vec<Figure>> {
        let ground = bench.own_ground(&bench.place, "open", 0).await?;
        let mut superuser = PgConnection::connect(&ground.superuser).await?;
        let cookies = ground.sessions_beside(&ground.clinician, bench.clients).await?;
        let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        // Answering one of them warms the server up, as a page does that is open.
        mark(&client, &ground).await?;
        let server = ground.server.pid()?;
        let before = cpu::memory_of(server, "VmRSS");
        let (mut all, mut last, mut memory) = (Vec::new(), Vec::new(), before);
        for _ in 0..ROUNDS {
            let taken = round(&client, &ground, &cookies, |now| memory = memory.max(now)).await?;
            last.push(quantile(&taken, 1.0));
            all.extend(taken);
            again(&mut superuser, ground.patient).await?;
        }
        let each = (memory - before) * 1_024.0 / bench.clients as f64;
        Ok(vec![
            Figure::new(
                format!("told, ms, p50 of {} pages × {ROUNDS} withdrawals", bench.clients),
                format!("{:.1}", quantile(&all, 0.5)),
                "",
            ),
            Figure::new("told, ms, p99", format!("{:.1}", quantile(&all, 0.99)), "≤ 50"),
            Figure::new("told, ms, the last of each withdrawal", spread(&last), ""),
            Figure::new("memory of the server with all of them open", format!("{memory:.0} MB ({before:.0} MB without)"), "≤ 64 MB"),
            Figure::new("memory of one of them", format!("{each:.0} kB"), ""),
        ])
    }
}

/// What a page of the clinician rests on now.
async fn mark(client: &Client, ground: &Ground) -> Result<String> {
    let page = format!("{}/record/{}/results", ground.address, ground.patient);
    let html = client.get(page).header("cookie", &ground.clinician).send().await?.text().await?;
    let mark = html.split("&amp;mark=").nth(1).and_then(|rest| rest.split(['"', '&']).next());
    Ok(mark.context("the clinician's page says no mark")?.to_owned())
}

/// Opens all of them, withdraws what they rest on, and returns the milliseconds until each was told.
async fn round(client: &Client, ground: &Ground, cookies: &[String], mut memory: impl FnMut(f64)) -> Result<Vec<f64>> {
    let stream = format!("{}/events?patient={}&mark={}", ground.address, ground.patient, mark(client, ground).await?);
    let (opened, mut are_open) = mpsc::channel(cookies.len());
    let mut pages = Vec::new();
    // A few at a time, as people come: a connection that waits too long for a turn is refused.
    for some in cookies.chunks(20) {
        for cookie in some {
            let (request, opened) = (client.get(&stream).header("cookie", cookie), opened.clone());
            pages.push(tokio::spawn(async move {
                let mut answer = request.send().await?.error_for_status()?;
                let mut heard = String::new();
                while let Some(bytes) = answer.chunk().await? {
                    let was_open = heard.contains("event: stands");
                    heard.push_str(&String::from_utf8_lossy(&bytes));
                    if heard.contains("event: closed") {
                        return Ok::<_, anyhow::Error>(Instant::now());
                    }
                    if !was_open && heard.contains("event: stands") {
                        opened.send(()).await?;
                    }
                }
                bail!("a stream ended without a word")
            }));
        }
        for _ in some {
            tokio::time::timeout(Duration::from_secs(10), are_open.recv()).await.context("a page did not open")?;
        }
    }
    memory(cpu::memory_of(ground.server.pid()?, "VmRSS"));
    let grant: Uuid = {
        let mut superuser = PgConnection::connect(&ground.superuser).await?;
        sqlx::query_scalar("select grant_id from access_grant where state = 'active'").fetch_one(&mut superuser).await?
    };
    let begun = Instant::now();
    let answer = client
        .post(format!("{}/api/withdraw-grant", ground.address))
        .header("cookie", &ground.own)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("grant={grant}"))
        .send()
        .await?;
    let location = answer.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !location.contains("done=withdrawn") {
        bail!("the grant was not withdrawn: {} {location}", answer.status());
    }
    let mut taken = Vec::new();
    for page in pages {
        let told = tokio::time::timeout(Duration::from_secs(20), page).await.context("a page was not told")???;
        taken.push(told.duration_since(begun).as_secs_f64() * 1_000.0);
    }
    Ok(taken)
}

/// The same grant once more.
async fn again(superuser: &mut PgConnection, patient: Uuid) -> Result<()> {
    sqlx::query(
        "insert into access_grant (patient_id, lineage_id, grantee_account_id, organization_id, purpose, categories, ends_at, sentence)
         select patient_id, gen_random_uuid(), grantee_account_id, organization_id, purpose, categories, ends_at, sentence
         from access_grant where patient_id = $1 limit 1",
    )
    .bind(patient)
    .execute(superuser)
    .await?;
    Ok(())
}
