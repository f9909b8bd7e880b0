//! What each layer of a page costs in PostgreSQL: the session, the gate, the filter, the event.

use std::time::Instant;

use anyhow::Result;
use async_trait::async_trait;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use crate::{
    bench::Bench,
    workload::{Figure, Workload, spread},
};

/// A page of results, as the floor reads it.
const PAGE: &str = "select item_id, title, value_text, unit, first_at, author, place from item
    where patient_id = $1 and category = 6 and not is_error order by sort_at desc, item_id desc limit 50";

pub struct Layers;

/// What is carried out, a layer more each time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Upto {
    /// The page as the superuser, in a transaction.
    Bare,
    /// As the runtime role, the session looked up before.
    Session,
    /// The record entered.
    Gate,
    /// The page under row security.
    Filter,
    /// The event written, and the transaction durable.
    Event,
}

#[async_trait]
impl Workload for Layers {
    fn name(&self) -> &'static str {
        "layers"
    }

    fn floor(&self) -> &'static str {
        "the statements of one's own page of results on one connection, a layer more each time, beside the same page without row security"
    }

    async fn run(&self, bench: &Bench) -> Result<Vec<Figure>> {
        let ground = bench.ground().await?;
        let mut superuser = PgConnection::connect(&ground.superuser).await?;
        let runtime = ground.environment.iter().find(|(name, _)| name == "DATABASE_URL").map(|(_, url)| url.clone());
        let mut runtime = PgConnection::connect(&runtime.unwrap_or_default()).await?;
        let account: Uuid = sqlx::query_scalar("select account_id from patient_holder where patient_id = $1")
            .bind(ground.patient)
            .fetch_one(&mut superuser)
            .await?;
        let cookie = ground.own.split_once('=').map_or("", |(_, value)| value);
        let key = Sha256::digest(cookie).to_vec();
        let layers = [Upto::Bare, Upto::Session, Upto::Gate, Upto::Filter, Upto::Event];
        let mut taken: Vec<Vec<f64>> = vec![Vec::new(); layers.len()];
        for number in 0..=bench.rounds {
            let mut order: Vec<usize> = (0..layers.len()).collect();
            if number % 2 == 1 {
                order.reverse();
            }
            for place in order {
                let upto = layers[place];
                let connection = if upto == Upto::Bare { &mut superuser } else { &mut runtime };
                let begun = Instant::now();
                for _ in 0..bench.requests {
                    once(connection, upto, ground.patient, account, &key).await?;
                }
                // The first round warms up.
                if number > 0 {
                    taken[place].push(begun.elapsed().as_secs_f64() * 1_000.0 / f64::from(bench.requests));
                }
            }
        }
        let [bare, session, gate, filter, event] = taken.as_slice() else { return Ok(Vec::new()) };
        let more = |above: &[f64], below: &[f64]| spread(&above.iter().zip(below).map(|(above, below)| above - below).collect::<Vec<_>>());
        Ok(vec![
            Figure::new("the page without row security, ms", spread(bare), ""),
            Figure::new("session, ms", spread(session), ""),
            Figure::new("gate, ms more (a transaction, and entering the record)", more(gate, session), ""),
            Figure::new("page under row security, ms more", more(filter, gate), ""),
            Figure::new("event, ms more (chained and durable)", more(event, filter), ""),
            Figure::new("all of it, ms", spread(event), ""),
        ])
    }
}

async fn once(connection: &mut PgConnection, upto: Upto, patient: Uuid, account: Uuid, key: &[u8]) -> Result<()> {
    if upto != Upto::Bare {
        sqlx::query("select account_id, data from session where session_key = $1 and ends_at > now()")
            .bind(key)
            .fetch_optional(&mut *connection)
            .await?;
    }
    if upto == Upto::Session {
        return Ok(());
    }
    let mut transaction = connection.begin().await?;
    if upto >= Upto::Gate {
        sqlx::query("select * from gate.enter($1, $2)").bind(account).bind(patient).fetch_one(&mut *transaction).await?;
    }
    if upto == Upto::Bare || upto >= Upto::Filter {
        sqlx::query(AssertSqlSafe(PAGE)).bind(patient).fetch_all(&mut *transaction).await?;
    }
    if upto >= Upto::Event {
        let event = br#"{"at":"2026-01-01T00:00:00Z","what":{"action":"read","items":50,"page":"results"},"who":{"kind":"person","name":"Ines","signedIn":"bench"},"why":{"kind":"own"}}"#;
        sqlx::query("select gate.append('patient/' || $1::text, $2)")
            .bind(patient)
            .bind(event.as_slice())
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}
