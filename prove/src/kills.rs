//! What was acknowledged is there, whatever is killed and whenever.

use std::{
    collections::HashSet,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Result;
use chartkey_ground::{Cluster, Ground};
use sqlx::{Connection, PgConnection};

use crate::{
    arena::{Arena, Seen, no_panic},
    load::{Ask, client},
    stats::{median, quantile},
};

const WRITERS: usize = 4;

/// People who write and read until they are told to stop, and remember what they were told.
struct Crowd {
    acknowledged: Arc<Mutex<HashSet<String>>>,
    reads: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Crowd {
    fn gather(ground: &Ground) -> Result<Self> {
        let crowd = Self { acknowledged: Arc::default(), reads: Arc::default(), stop: Arc::default(), tasks: Vec::new() };
        let (mut tasks, client) = (Vec::new(), client()?);
        for writer in 0..WRITERS {
            let (acknowledged, stop, client) = (Arc::clone(&crowd.acknowledged), Arc::clone(&crowd.stop), client.clone());
            let address = format!("{}/api/sign-up", ground.address);
            tasks.push(tokio::spawn(async move {
                for number in 0_u32.. {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let email = format!("{writer}-{number}@example.org");
                    let form = format!("email={}", email.replace('@', "%40"));
                    let request = client.post(&address).header("sec-fetch-site", "same-origin").header("accept", "text/html");
                    let answer = request.header("content-type", "application/x-www-form-urlencoded").body(form).send().await;
                    let is_told = answer
                        .is_ok_and(|answer| answer.headers().get("location").is_some_and(|location| location == "/sign-up?done=sent"));
                    if is_told {
                        acknowledged.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(email);
                    }
                }
            }));
        }
        let (reads, stop) = (Arc::clone(&crowd.reads), Arc::clone(&crowd.stop));
        let page = Ask::page(format!("{}/record/{}/results", ground.address, ground.patient), &ground.own)?;
        tasks.push(tokio::spawn(async move {
            while !stop.load(Ordering::SeqCst) {
                if page.look().await.status == 200 {
                    reads.fetch_add(1, Ordering::SeqCst);
                }
            }
        }));
        Ok(Self { tasks, ..crowd })
    }

    /// How much it has been told by now.
    fn told(&self) -> usize {
        self.acknowledged.lock().unwrap_or_else(std::sync::PoisonError::into_inner).len()
    }

    /// Waits until something more was acknowledged and shown, and then a random moment longer.
    async fn busy(&self) {
        let (before, shown) = (self.told(), self.reads.load(Ordering::SeqCst));
        let until = Instant::now() + Duration::from_secs(20);
        while (self.told() < before + 5 || self.reads.load(Ordering::SeqCst) == shown) && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_micros(rand::random_range(0..60_000))).await;
    }

    /// Compares what it was told with what is there.
    async fn compare(self, ground: &Ground, seen: &mut Seen) -> Result<()> {
        self.stop.store(true, Ordering::SeqCst);
        for task in self.tasks {
            let _ = task.await;
        }
        let mut connection = PgConnection::connect(&ground.superuser).await?;
        let there: HashSet<String> =
            sqlx::query_scalar("select email from mail_token").fetch_all(&mut connection).await?.into_iter().collect();
        let events: i64 = sqlx::query_scalar("select count(*) from event where chain = 'patient/' || $1::text")
            .bind(ground.patient)
            .fetch_one(&mut connection)
            .await?;
        let acknowledged = self.acknowledged.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let lost = acknowledged.difference(&there).count();
        let reads = self.reads.load(Ordering::SeqCst);
        seen.note(format!("{} writes acknowledged, {lost} lost; {reads} pages shown, {events} events of them", acknowledged.len()));
        seen.must(lost == 0, || format!("{lost} acknowledged writes are lost"));
        seen.must(u64::try_from(events)? >= reads, || format!("{reads} pages were shown and only {events} events are there"));
        seen.must(acknowledged.len() >= 20 && reads >= 4, || "there was hardly any load".to_owned());
        Ok(())
    }
}

/// The log computes as a whole.
fn log_holds(arena: &Arena, ground: &Ground, seen: &mut Seen) -> Result<()> {
    let verified = Command::new(&arena.binary).arg("verify-log").envs(ground.environment.clone()).output()?;
    seen.must(verified.status.success(), || format!("verify-log: {}", String::from_utf8_lossy(&verified.stdout)));
    Ok(())
}

pub async fn server(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let cluster = Cluster::start()?;
    let mut ground = arena.ground(&cluster).await?;
    let crowd = Crowd::gather(&ground)?;
    let mut back = Vec::new();
    for _ in 0..arena.size.of(8, 200) {
        crowd.busy().await;
        back.push(ground.server.again().await?.as_secs_f64());
    }
    crowd.busy().await;
    seen.note(format!(
        "{} times kill -9 of the server; ready again after {:.2} s (median), {:.2} s at most",
        back.len(),
        median(&back),
        quantile(&back, 1.0)
    ));
    crowd.compare(&ground, &mut seen).await?;
    log_holds(arena, &ground, &mut seen)?;
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}

pub async fn postgres(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let cluster = Cluster::start()?;
    let ground = arena.ground(&cluster).await?;
    let crowd = Crowd::gather(&ground)?;
    let page = Ask::page(format!("{}/record/{}", ground.address, ground.patient), &ground.own)?;
    let mut back = Vec::new();
    for _ in 0..arena.size.of(4, 50) {
        crowd.busy().await;
        cluster.kill()?;
        cluster.resume()?;
        let begun = Instant::now();
        while page.look().await.status != 200 {
            if begun.elapsed() > Duration::from_secs(30) {
                anyhow::bail!("no page within 30 s after PostgreSQL was there again");
            }
        }
        back.push(begun.elapsed().as_secs_f64());
    }
    crowd.busy().await;
    seen.note(format!(
        "{} times kill -9 of PostgreSQL; first good page {:.2} s (median), {:.2} s at most after it was there again, without a restart of the server",
        back.len(),
        median(&back),
        quantile(&back, 1.0)
    ));
    seen.must(quantile(&back, 1.0) <= 10.0, || "a person waited longer than 10 s for the first page".to_owned());
    crowd.compare(&ground, &mut seen).await?;
    log_holds(arena, &ground, &mut seen)?;
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}
