//! The reading journey in browsers of other makers, as their distribution ships them.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};
use chartkey_ground::{Cluster, Running};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::{
    arena::{Arena, Seen, no_panic},
    crawl::import,
    webdriver::{Browser, free_port},
};

/// What may not be wrong with any page: nothing wider than the window, one heading, a title, words in it.
const SOUND: &str = "const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    const headings = document.querySelectorAll('h1').length;
    const words = document.querySelector('main')?.innerText.trim().length ?? 0;
    const unstyled = getComputedStyle(document.querySelector('header')).display !== 'flex';
    const out = wide > 0 && [...document.querySelectorAll('main *')].filter((part) => part.getBoundingClientRect().right > innerWidth).pop();
    return [wide > 0 && `${wide} px too wide (${out?.outerHTML.slice(0, 200)})`, headings !== 1 && `${headings} headings`, !document.title && 'no title', words < 20 && 'no words', unstyled && 'no style']
      .filter(Boolean).join(', ');";

/// A record with results of many years.
const RECORD: &str = "synthea-generated/large-glover-7mb.json";

/// Who reads, and where.
struct Reader {
    address: String,
    patient: Uuid,
    cookie: String,
}

/// A telephone and a desk.
const WINDOWS: [(u32, u32); 2] = [(500, 800), (1280, 900)];

/// Reads in Firefox and in WebKit what every patient reads.
pub async fn read(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let cluster = Cluster::start()?;
    let ground = arena.ground(&cluster).await?;
    import(&ground, arena, &[("synthea-generated".to_owned(), arena.data.join(RECORD))])?;
    let mut database = PgConnection::connect(&ground.superuser).await?;
    let patient: Uuid =
        sqlx::query_scalar("select patient_id from patient where patient_id <> $1").bind(ground.patient).fetch_one(&mut database).await?;
    let own = ground.holder(patient).await?;
    // Each signs out at its end.
    let mut sessions = ground.sessions_beside(&own, 2).await?.into_iter();
    let mut reader = || Reader { address: ground.address.clone(), patient, cookie: sessions.next().unwrap_or_default() };
    firefox(&reader(), &mut seen).await?;
    webkit(&reader(), &mut seen).await?;
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}

async fn firefox(reader: &Reader, seen: &mut Seen) -> Result<()> {
    let port = free_port()?;
    let mut driver = Command::new(geckodriver()?);
    driver.args(["--port", &port.to_string(), "--websocket-port", &free_port()?.to_string()]);
    let capabilities =
        json!({ "browserName": "firefox", "moz:firefoxOptions": { "binary": "/usr/bin/firefox-esr", "args": ["-headless"] } });
    journey("Firefox", driver, port, capabilities, reader, seen).await
}

/// The one that `scripts/install tools` has built.
fn geckodriver() -> Result<PathBuf> {
    let home = std::env::home_dir().context("nobody's home")?;
    let built = home.join(".cache/chartkey/tools/geckodriver/bin/geckodriver");
    Ok(if built.is_file() { built } else { PathBuf::from("geckodriver") })
}

/// WebKit draws on a screen, which here nobody sees.
async fn webkit(reader: &Reader, seen: &mut Seen) -> Result<()> {
    let screen = Command::new("Xvfb").args([":87", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]).spawn();
    let _screen = Running(screen.context("Xvfb is not installed; scripts/install tools")?);
    let port = free_port()?;
    let mut driver = Command::new("WebKitWebDriver");
    driver.arg(format!("--port={port}")).env("DISPLAY", ":87").env("WEBKIT_DISABLE_COMPOSITING_MODE", "1").env("WEBKIT_FORCE_SANDBOX", "0");
    journey("WebKit", driver, port, json!({}), reader, seen).await
}

async fn journey(name: &str, driver: Command, port: u16, capabilities: Value, reader: &Reader, seen: &mut Seen) -> Result<()> {
    let browser = Browser::open(driver, port, capabilities).await.with_context(|| name.to_owned())?;
    let version = browser.script("return navigator.userAgent").await?;
    let (record, mut pages) = (format!("{}/record/{}", reader.address, reader.patient), 0);
    browser.go(&format!("{}/sign-in", reader.address)).await?;
    browser.cookie(&reader.cookie).await?;
    for (width, height) in WINDOWS {
        browser.size(width, height).await?;
        let mut addresses: Vec<String> =
            ["/home", "/sharing", "/activity", "/account", "/download"].map(|page| format!("{}{page}", reader.address)).into();
        addresses.extend(["", "/results", "/visits", "/medicines", "/timeline", "/search"].map(|page| format!("{record}{page}")));
        for address in addresses {
            browser.go(&address).await?;
            let wrong = browser.script(SOUND).await?;
            seen.must(wrong == "", || format!("{name}, {width} px, {}: {wrong}", address.replace(&reader.address, "")));
            pages += 1;
        }
        // A result, its trend, and the table beside the chart.
        browser.go(&format!("{record}/results")).await?;
        browser.click("li.result a.name").await?;
        browser.until("a result opens", "return /\\/results\\/[0-9a-f-]{36}$/.test(location.pathname)").await?;
        browser.click("main a[href*='/trends/']").await?;
        browser
            .until(
                "its trend opens",
                "return location.pathname.includes('/trends/') && document.querySelectorAll('main table tbody tr').length > 1",
            )
            .await?;
        let wrong = browser.script(SOUND).await?;
        seen.must(wrong == "", || format!("{name}, {width} px, a trend: {wrong}"));
        browser
            .until(
                "the islands wake",
                "return document.documentElement.dataset.islands === 'awake' || !document.querySelector('leptos-island')",
            )
            .await?;
        // What one looks for, with a mistake in it.
        browser.go(&format!("{record}/search")).await?;
        browser.write("input[name=words]", "creatinin").await?;
        browser.until("what is typed finds something", "return document.querySelectorAll('.glance li').length > 0").await?;
        browser.click("form.search button[type=submit]").await?;
        browser.until("what was found is shown", "return document.querySelectorAll('main mark').length > 0").await?;
        pages += 3;
    }
    browser.click("form[action$='sign-out'] button").await?;
    browser.until("signed out", "return location.pathname === '/sign-in'").await?;
    browser.go(&record).await?;
    browser.until("nothing is left", "return location.pathname === '/welcome'").await?;
    seen.note(format!("{name} ({}): {pages} pages at {} and {} px", version.as_str().unwrap_or_default(), WINDOWS[0].0, WINDOWS[1].0));
    browser.close().await
}
