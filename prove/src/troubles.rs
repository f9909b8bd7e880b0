//! What a person sees while something is broken, and how soon it is over afterwards.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use chartkey_ground::{Cluster, Ground, is_root};
use sqlx::{Connection, PgConnection};

use crate::{
    arena::{Arena, Seen, no_panic},
    load::Ask,
    stats::{median, quantile},
};

/// Longer than a person waits: a page has to say something by then.
const AT_MOST: Duration = Duration::from_secs(6);

/// A signed-in page and a form of it.
struct Person {
    page: Ask,
    form: Ask,
}

/// What was seen on a screen, and how often; the longest wait.
#[derive(Default)]
struct Screens {
    seen: BTreeMap<String, usize>,
    longest: Duration,
    unanswered: usize,
}

impl Person {
    async fn of(ground: &Ground) -> Result<Self> {
        let mut connection = PgConnection::connect(&ground.superuser).await?;
        let grant: String = sqlx::query_scalar("select grant_id::text from access_grant limit 1").fetch_one(&mut connection).await?;
        Ok(Self {
            page: Ask::page(format!("{}/record/{}/results", ground.address, ground.patient), &ground.own)?,
            form: Ask::form(format!("{}/api/pause-grant", ground.address), &ground.own, format!("grant={grant}"))?,
        })
    }

    /// Looks at both once, and follows where the form leads.
    async fn look(&self, screens: &mut Screens) {
        for (what, ask) in [("page", &self.page), ("form", &self.form)] {
            let begun = Instant::now();
            let said = match ask.request().send().await {
                Err(_) => None,
                Ok(answer) => {
                    let status = answer.status().as_u16();
                    let location =
                        answer.headers().get("location").and_then(|location| location.to_str().ok()).unwrap_or_default().to_owned();
                    let problem = location.split("problem=").nth(1).map(|problem| format!(" to problem={problem}")).unwrap_or_default();
                    answer.text().await.ok().map(|text| format!("{what} {status}{problem} {}", words(&text)))
                }
            };
            screens.longest = screens.longest.max(begun.elapsed());
            match said {
                Some(said) => *screens.seen.entry(said.trim_end().to_owned()).or_default() += 1,
                None => screens.unanswered += 1,
            }
        }
    }

    /// How long until a page is good again.
    async fn back(&self) -> Result<Duration> {
        let begun = Instant::now();
        while self.page.look().await.status != 200 {
            if begun.elapsed() > Duration::from_secs(60) {
                bail!("no good page within a minute after it was over");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(begun.elapsed())
    }
}

/// The heading and what stands under it, where a page says that something is wrong.
fn words(html: &str) -> String {
    let Some(heading) = html.split("<h1").nth(1) else { return String::new() };
    let text: String = heading.split_once('>').map_or("", |(_, text)| text).chars().take(600).collect();
    let mut plain = String::new();
    let mut is_tag = false;
    for letter in text.chars() {
        match letter {
            '<' => is_tag = true,
            '>' => (is_tag, plain) = (false, plain + " "),
            _ if !is_tag => plain.push(letter),
            _ => {}
        }
    }
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    plain.split(" Chartkey").next().unwrap_or_default().chars().take(150).collect()
}

impl Screens {
    /// Notes what was seen; a wait or a silence that is too long is a fault, and so is a page that
    /// says nothing of what was lost.
    fn tell(&self, seen: &mut Seen) {
        for (said, times) in &self.seen {
            let said = if said.starts_with("page 200") { "page 200" } else { said };
            seen.note(format!("{times} × {said}"));
            let is_refusal = said.starts_with("page 5") || said.starts_with("form 5");
            let is_honest = ["Nothing was lost", "may still be carried out"].iter().any(|words| said.contains(words));
            seen.must(!is_refusal || (is_honest && said[5..].starts_with("503")), || format!("a page that leaves a person alone: {said}"));
        }
        seen.note(format!("longest wait {:.1} s, {} without an answer", self.longest.as_secs_f64(), self.unanswered));
        seen.must(self.longest <= AT_MOST, || format!("a person waited {:.1} s", self.longest.as_secs_f64()));
        seen.must(self.unanswered == 0, || format!("{} got no answer at all", self.unanswered));
    }

    fn saw_trouble(&self) -> bool {
        self.seen.keys().any(|said| said.contains(" 503") || said.contains("unavailable"))
    }
}

pub async fn paused(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let cluster = Cluster::start()?;
    let ground = arena.ground(&cluster).await?;
    let (person, mut screens) = (Person::of(&ground).await?, Screens::default());
    let pause = Duration::from_secs(arena.size.of(8, 30));
    person.back().await?;
    cluster.pause()?;
    let begun = Instant::now();
    while begun.elapsed() < pause {
        person.look(&mut screens).await;
    }
    cluster.go_on()?;
    let back = person.back().await?;
    seen.note(format!("PostgreSQL stood still for {pause:?} (SIGSTOP to all its processes)"));
    screens.tell(&mut seen);
    seen.note(format!("first good page {:.2} s after it went on", back.as_secs_f64()));
    seen.must(screens.saw_trouble(), || "nobody noticed".to_owned());
    seen.must(back <= AT_MOST, || format!("{back:?} until a good page"));
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}

pub async fn stopped(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let cluster = Cluster::start()?;
    let ground = arena.ground(&cluster).await?;
    let (person, mut screens) = (Person::of(&ground).await?, Screens::default());
    let mut back = Vec::new();
    for _ in 0..arena.size.of(3, 20) {
        person.back().await?;
        cluster.stop()?;
        person.look(&mut screens).await;
        cluster.resume()?;
        back.push(person.back().await?.as_secs_f64());
    }
    seen.note(format!("PostgreSQL stopped and started {} times", back.len()));
    screens.tell(&mut seen);
    seen.note(format!("first good page {:.2} s (median), {:.2} s at most after it was there again", median(&back), quantile(&back, 1.0)));
    seen.must(screens.saw_trouble(), || "nobody noticed".to_owned());
    seen.must(quantile(&back, 1.0) <= AT_MOST.as_secs_f64(), || "it took too long until a good page".to_owned());
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}

pub async fn slow_disk(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let cluster = Cluster::start()?;
    let ground = arena.ground(&cluster).await?;
    let (person, mut screens) = (Person::of(&ground).await?, Screens::default());
    let mut superuser = PgConnection::connect(&cluster.url("postgres", "postgres")).await?;
    let looks = arena.size.of(30, 300);
    let idle = looks_at(&person, looks).await;
    for statement in ["alter system set commit_siblings = 0", "alter system set commit_delay = 100000", "select pg_reload_conf()"] {
        sqlx::query(statement).execute(&mut superuser).await?;
    }
    let slow = looks_at(&person, looks).await;
    for _ in 0..looks / 2 {
        person.look(&mut screens).await;
    }
    for statement in ["alter system reset commit_delay", "select pg_reload_conf()"] {
        sqlx::query(statement).execute(&mut superuser).await?;
    }
    let back = person.back().await?;
    seen.note(format!(
        "each flush waits 100 ms longer (commit_delay): page {:.1} ms before, {:.1} ms during (medians)",
        median(&idle),
        median(&slow)
    ));
    screens.tell(&mut seen);
    seen.note(format!("first good page {:.2} s afterwards", back.as_secs_f64()));
    seen.must(median(&slow) > median(&idle) + 90.0, || "the disk was not slow, or a page did not wait for its event".to_owned());
    seen.must(!screens.saw_trouble(), || "a slow disk is no reason to refuse".to_owned());
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}

async fn looks_at(person: &Person, looks: usize) -> Vec<f64> {
    let mut took = Vec::new();
    for _ in 0..looks {
        took.push(person.page.look().await.took.as_secs_f64() * 1_000.0);
    }
    took
}

/// A disk in memory that is gone with its value.
struct Disk(PathBuf);

impl Disk {
    fn mount(megabytes: u32) -> Result<Self> {
        if !is_root() {
            bail!("only root may make a small disk (a tmpfs)");
        }
        let place = std::env::temp_dir().join(format!("chartkey-disk-{}", std::process::id()));
        fs::create_dir_all(&place)?;
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "chartkey"]).arg(&place).status()?;
        if !mounted.success() {
            bail!("a small disk (a tmpfs) cannot be mounted here");
        }
        Ok(Self(place))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
        let _ = fs::remove_dir(&self.0);
    }
}

pub async fn full_disk(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let disk = Disk::mount(400)?;
    let cluster = Cluster::start_in(disk.0.join("cluster"))?;
    let ground = arena.ground(&cluster).await?;
    let (person, mut screens) = (Person::of(&ground).await?, Screens::default());
    person.back().await?;
    let filler = disk.0.join("filler");
    // Until there is no room; then what is written into the log of PostgreSQL needs more.
    let full = Command::new("dd").args(["if=/dev/zero", "bs=64k"]).arg(format!("of={}", filler.display())).output()?;
    seen.must(!full.status.success(), || "the disk did not fill up".to_owned());
    let begun = Instant::now();
    let junk =
        "create table if not exists junk (text text); insert into junk select repeat(md5(n::text), 100) from generate_series(1, 20000) n";
    let mut refused = false;
    while begun.elapsed() < Duration::from_secs(arena.size.of(10, 30)) {
        if let Ok(mut superuser) = PgConnection::connect(&ground.superuser).await {
            refused |= sqlx::raw_sql(junk).execute(&mut superuser).await.is_err();
        }
        person.look(&mut screens).await;
    }
    fs::remove_file(&filler).context("the filler")?;
    // PostgreSQL ends itself where it cannot write its log; whoever makes room starts it again.
    let ended = cluster.postmaster().is_err() || cluster.processes("")?.is_empty();
    if ended {
        cluster.resume()?;
    }
    let back = person.back().await?;
    seen.note(format!("PostgreSQL's disk of 400 MB was full{}", if ended { "; it ended itself and was started again" } else { "" }));
    screens.tell(&mut seen);
    seen.note(format!("first good page {:.2} s after there was room again", back.as_secs_f64()));
    seen.must(refused, || "PostgreSQL went on writing".to_owned());
    seen.must(back <= AT_MOST, || format!("{back:?} until a good page"));
    no_panic(&mut seen, &ground)?;
    drop((ground, cluster));
    Ok(seen)
}
