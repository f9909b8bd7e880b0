//! An organization whose OpenID provider does not answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use chartkey_ground::Cluster;
use sqlx::{Connection, PgConnection};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{
    arena::{Arena, Seen, no_panic},
    load::{Ask, closed},
};

/// Takes connections and says nothing, until it is well: then it says where to sign in.
async fn provider(listener: TcpListener, is_well: Arc<AtomicBool>) {
    let Ok(address) = listener.local_addr() else { return };
    while let Ok((mut stream, _)) = listener.accept().await {
        let is_well = Arc::clone(&is_well);
        tokio::spawn(async move {
            let mut request = vec![0; 4096];
            let Ok(read) = stream.read(&mut request).await else { return };
            if !is_well.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_secs(600)).await;
            }
            let issuer = format!("http://{address}/");
            let body = if String::from_utf8_lossy(&request[..read]).contains("well-known") {
                serde_json::json!({
                    "issuer": issuer, "authorization_endpoint": format!("{issuer}authorize"), "token_endpoint": format!("{issuer}token"),
                    "jwks_uri": format!("{issuer}keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                })
            } else {
                serde_json::json!({ "keys": [] })
            };
            let body = body.to_string();
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all((head + &body).as_bytes()).await;
        });
    }
}

pub async fn down(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let cluster = Cluster::start()?;
    let ground = arena.ground(&cluster).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let issuer = format!("http://{}/", listener.local_addr()?);
    let is_well = Arc::new(AtomicBool::new(false));
    let standing = tokio::spawn(provider(listener, Arc::clone(&is_well)));
    let mut connection = PgConnection::connect(&ground.superuser).await?;
    sqlx::query(r#"insert into organization (slug, name, issuer, client_id, professions) values ('silent', 'Silent Clinic', $1, 'chartkey', '{"physician": "physician"}')"#)
        .bind(&issuer)
        .execute(&mut connection)
        .await?;
    for (slug, what) in [("northfield", "refuses connections"), ("silent", "takes connections and says nothing")] {
        let start = Ask::page(format!("{}/auth/{slug}/start", ground.address), "")?;
        let begun = Instant::now();
        let answer = start.request().send().await?;
        let took = begun.elapsed();
        let location = answer.headers().get("location").and_then(|location| location.to_str().ok()).unwrap_or_default().to_owned();
        seen.note(format!("a provider that {what}: {} to {location} after {:.1} s", answer.status().as_u16(), took.as_secs_f64()));
        seen.must(location == "/clinicians?problem=unavailable", || format!("{what}: led to {location:?}"));
        seen.must(took <= Duration::from_secs(6), || format!("{what}: {took:?}"));
    }
    // Those who wait for it take nobody's turn.
    let waiting: Vec<_> = (0..50).map(|_| Ask::page(format!("{}/auth/silent/start", ground.address), "")).collect::<Result<_>>()?;
    let waiting: Vec<_> = waiting.into_iter().map(|ask| tokio::spawn(async move { ask.look().await })).collect();
    let reader = Ask::page(format!("{}/record/{}/results", ground.address, ground.patient), &ground.own)?;
    let looks = closed(&reader, 2, Duration::from_millis(20), Duration::from_secs(2)).await;
    seen.note(format!(
        "50 wait for it: {} pages for others, within {:.0} ms (p95), {} refused",
        looks.looks.len(),
        looks.within(0.95),
        looks.with_status(503)
    ));
    seen.must(looks.lost() == 0 && looks.with_status(503) == 0, || "others were kept waiting".to_owned());
    for task in waiting {
        let _ = task.await;
    }
    is_well.store(true, Ordering::SeqCst);
    let begun = Instant::now();
    let start = Ask::page(format!("{}/auth/silent/start", ground.address), "")?;
    loop {
        let answer = start.request().send().await?;
        if answer.headers().get("location").is_some_and(|location| location.as_bytes().starts_with(issuer.as_bytes())) {
            break;
        }
        if begun.elapsed() > Duration::from_secs(60) {
            bail!("still not led to the provider a minute after it was well");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    seen.note(format!("led to the provider {:.1} s after it was well", begun.elapsed().as_secs_f64()));
    seen.must(begun.elapsed() <= Duration::from_secs(6), || "recovery took longer than 6 s".to_owned());
    standing.abort();
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}
