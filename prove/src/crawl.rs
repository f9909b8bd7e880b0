//! Every page of every record that the shared files make, read as its patient.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    process::Command,
};

use anyhow::{Context, Result, bail};
use chartkey_ground::{Cluster, Ground};
use reqwest::Client;
use scraper::{ElementRef, Html, Selector};
use sqlx::{Connection, PgConnection};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    arena::{Arena, Seen, no_panic},
    load::client,
};

/// How many pages are read at once.
const AT_ONCE: usize = 4;
/// Where a record leads: what only narrows or widens a list leads to nothing that is not on another page.
const NARROWING: [&str; 11] =
    ["category", "person", "place", "source", "from_day", "from_month", "from_year", "to_day", "to_month", "to_year", "with"];
/// What a cell, a heading or a link may not be: without words.
const CELLS: &str = "td, th, dt, dd, h1, h2, h3, h4, h5, h6, a, button, label, caption, summary, figcaption, option";

/// What a crawl counts.
#[derive(Debug, Default)]
struct Count {
    pages: usize,
    /// Pages by an answer that is not 200.
    refused: BTreeMap<u16, Vec<String>>,
    /// Cells without words, with their page.
    empty: Vec<String>,
    /// Cells that a source left empty in a document of its own: filled in, they would say what it did not.
    left_empty: usize,
    /// Names that are codes or addresses, with the page where each was first seen.
    codes: BTreeMap<String, String>,
    not_recorded: usize,
    no_date: usize,
}

/// What of a page matters here.
#[derive(Debug)]
struct Read {
    links: Vec<String>,
    empty: Vec<String>,
    left_empty: usize,
    names: Vec<String>,
    not_recorded: usize,
    no_date: usize,
}

/// Imports every file, and reads each record from its summary on until nothing new is linked.
pub async fn records(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let cluster = Cluster::start()?;
    let ground = arena.ground(&cluster).await?;
    let files = files(arena)?;
    let refused = import(&ground, arena, &files)?;
    let mut database = PgConnection::connect(&ground.superuser).await?;
    sqlx::query("vacuum analyze").execute(&mut database).await?;
    let patients: Vec<Uuid> = sqlx::query_scalar("select patient_id from patient where patient_id <> $1 order by patient_id")
        .bind(ground.patient)
        .fetch_all(&mut database)
        .await?;
    let (mut count, mut items, mut unseen) = (Count::default(), 0, Vec::new());
    let client = client()?;
    for patient in &patients {
        let cookie = ground.holder(*patient).await?;
        let visited = crawl(&client, &ground.address, *patient, &cookie, &mut count).await?;
        let rows: Vec<(Uuid, String, String)> = sqlx::query_as("select item_id, resource_type, fhir_id from item where patient_id = $1")
            .bind(patient)
            .fetch_all(&mut database)
            .await?;
        items += rows.len();
        let shown: BTreeSet<&str> = visited.iter().filter_map(|path| path.split('?').next()?.split('/').nth(4)).collect();
        unseen.extend(
            rows.into_iter().filter(|(item, ..)| !shown.contains(item.to_string().as_str())).map(|(_, kind, id)| format!("{kind}/{id}")),
        );
    }
    seen.note(format!("{} files, {refused} refused; {} records with {items} items; {} pages", files.len(), patients.len(), count.pages));
    seen.note(format!(
        "names that are only a code: {}; \"Not recorded\": {}; \"Date not recorded\": {}; cells that a source left empty in a document: {}",
        count.codes.len(),
        count.not_recorded,
        count.no_date,
        count.left_empty
    ));
    for (code, page) in count.codes.iter().take(20) {
        seen.note(format!("only a code: {code} ({page})"));
    }
    seen.must(!patients.is_empty() && count.pages > items, || "the crawl did not find its way".to_owned());
    for (status, pages) in &count.refused {
        seen.must(false, || {
            format!("{} pages answered {status}, as {}", pages.len(), pages.iter().take(5).cloned().collect::<Vec<_>>().join(" "))
        });
    }
    seen.must(count.empty.is_empty(), || format!("{} cells without words, as {}", count.empty.len(), some(&count.empty)));
    seen.must(unseen.is_empty(), || format!("{} items that no page shows, as {}", unseen.len(), some(&unseen)));
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}

fn some(all: &[String]) -> String {
    all.iter().take(8).cloned().collect::<Vec<_>>().join(" | ")
}

/// Every file of FHIR, by the folder that it is in.
fn files(arena: &Arena) -> Result<Vec<(String, PathBuf)>> {
    let folders: &[&str] = arena.size.of(
        &["uscore-patients", "ips"],
        &["synthea", "synthea-generated", "uscore-patients", "uscore-patients/ndjson", "uscore-examples-610", "r4-examples", "ips"],
    );
    let mut found = Vec::new();
    for folder in folders {
        for file in std::fs::read_dir(arena.data.join(folder)).with_context(|| format!("{folder} is not among the shared files"))? {
            let file = file?.path();
            if file.is_file() {
                found.push(((*folder).to_owned(), file));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Hands every file to the command line; how many were refused.
pub fn import(ground: &Ground, arena: &Arena, files: &[(String, PathBuf)]) -> Result<usize> {
    let mut refused = 0;
    // Each folder is a source: within one, identifiers are of one sender.
    for (folder, of) in files.iter().fold(BTreeMap::<&str, Vec<&PathBuf>>::new(), |mut all, (folder, file)| {
        all.entry(folder).or_default().push(file);
        all
    }) {
        let output = Command::new(&arena.binary)
            .arg("import")
            .args(of)
            .args(["--source", folder, "--json"])
            .envs(ground.environment.clone())
            .output()
            .context("the command line does not run")?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let reports: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).with_context(|| said.clone())?;
        println!("  {folder}: {} of {} files came in", reports.len(), of_count(files, folder));
        said.lines().take(5).for_each(|line| println!("    {line}"));
        refused += of_count(files, folder) - reports.len();
    }
    Ok(refused)
}

fn of_count(files: &[(String, PathBuf)], folder: &str) -> usize {
    files.iter().filter(|(of, _)| of == folder).count()
}

/// Reads page after page of a record; the addresses that were answered with one.
async fn crawl(client: &Client, site: &str, patient: Uuid, cookie: &str, count: &mut Count) -> Result<BTreeSet<String>> {
    let record = format!("/record/{patient}");
    let mut known: BTreeSet<String> = [record.clone(), format!("{record}/search"), "/home".to_owned(), "/download/card".to_owned()].into();
    let (mut waiting, mut visited) = (known.iter().cloned().collect::<Vec<_>>(), BTreeSet::new());
    let mut running = JoinSet::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(path) = waiting.pop()
        {
            let request = client.get(format!("{site}{path}")).header("cookie", cookie).header("accept", "text/html");
            running.spawn(async move {
                let answer = request.send().await?;
                let (status, is_page) = (
                    answer.status().as_u16(),
                    answer
                        .headers()
                        .get("content-type")
                        .and_then(|kind| kind.to_str().ok())
                        .is_some_and(|kind| kind.starts_with("text/html")),
                );
                let body = answer.bytes().await?;
                Ok::<_, reqwest::Error>((path, status, is_page.then(|| read(&String::from_utf8_lossy(&body)))))
            });
        }
        let Some(done) = running.join_next().await else { break };
        let (path, status, page) = done??;
        count.pages += 1;
        if status != 200 {
            count.refused.entry(status).or_default().push(path);
            continue;
        }
        let Some(page) = page else { continue };
        count.not_recorded += page.not_recorded;
        count.no_date += page.no_date;
        count.left_empty += page.left_empty;
        count.empty.extend(page.empty.into_iter().map(|cell| format!("{path} {cell}")));
        for name in page.names.into_iter().filter(|name| is_code(name)) {
            count.codes.entry(name).or_insert_with(|| path.clone());
        }
        for link in page.links.into_iter().filter(|link| leads(link, &record)) {
            if known.insert(link.clone()) {
                waiting.push(link);
            }
        }
        visited.insert(path);
        if visited.len() > 100_000 {
            bail!("the pages of {record} do not end");
        }
    }
    Ok(visited)
}

/// Whether an address is of this record, and not the same list in parts.
fn leads(link: &str, record: &str) -> bool {
    let (path, query) = link.split_once('?').unwrap_or((link, ""));
    let of_record = path.strip_prefix(record).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    of_record && !query.split('&').filter_map(|field| field.split('=').next()).any(|name| NARROWING.contains(&name))
}

fn read(page: &str) -> Read {
    let page = Html::parse_document(page);
    let all = |selector: &str| match Selector::parse(selector) {
        Ok(selector) => page.select(&selector).map(|element| (element, text(element))).collect(),
        Err(_) => Vec::new(),
    };
    let links = all("a[href], [src]").into_iter().filter_map(|(link, _)| {
        let address = link.value().attr("href").or_else(|| link.value().attr("src"))?;
        Some(address.split('#').next().unwrap_or_default().to_owned())
    });
    let is_named = |element: ElementRef<'_>| element.value().attr("aria-label").is_some_and(|name| !name.trim().is_empty());
    let empty = all(CELLS).into_iter().filter(|(cell, words)| words.is_empty() && !is_named(*cell)).map(|(cell, _)| cell);
    let (left_empty, empty): (Vec<_>, Vec<_>) = empty.partition(|cell| is_of_source(*cell));
    let names = all("main h1, main .name").into_iter().map(|(_, name)| name);
    let said = all("main").into_iter().map(|(_, words)| words).collect::<String>();
    Read {
        links: links.collect(),
        empty: empty.into_iter().map(|cell| cell.html().chars().take(160).collect()).collect(),
        left_empty: left_empty.len(),
        names: names.collect(),
        not_recorded: said.matches("Not recorded").count(),
        no_date: said.matches("Date not recorded").count(),
    }
}

/// Whether a cell is of a table in a document as its source wrote it.
fn is_of_source(cell: ElementRef<'_>) -> bool {
    let is_document = |above: ElementRef<'_>| above.value().classes().any(|class| class == "note");
    ["td", "th"].contains(&cell.value().name()) && cell.ancestors().filter_map(ElementRef::wrap).any(is_document)
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a name has no word in it that a person could read: digits and signs of a code, or an address. What stands
/// behind the name for a screen reader, its date, is cut off.
fn is_code(name: &str) -> bool {
    let name = name.split(',').next().unwrap_or_default().trim();
    let is_address = ["http:", "https:", "urn:"].iter().any(|scheme| name.starts_with(scheme));
    let letters = name.chars().filter(|letter| letter.is_alphabetic()).count();
    is_address || (!name.is_empty() && letters < 2) || (!name.contains(' ') && name.contains(['|', '_']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_a_person_reads_it() {
        let page = read(
            r##"<main><h1>Body weight</h1><a class="name" href="/record/1/vitals/2#x">718-7<span>, 5 May 2024</span></a>
                <table><tr><td><!----></td><td>Not recorded</td></tr></table><dl><dt>When</dt><dd>Date not recorded</dd></dl></main>"##,
        );
        assert_eq!(page.links, ["/record/1/vitals/2"]);
        assert_eq!((page.empty.len(), page.left_empty), (1, 0));
        let document = read(r#"<div class="note prose"><table><tr><td> </td></tr></table><h2></h2></div>"#);
        assert_eq!((document.empty.len(), document.left_empty), (1, 1), "the heading is ours to leave out");
        assert_eq!(page.names.iter().filter(|name| is_code(name)).count(), 1);
        assert_eq!((page.not_recorded, page.no_date), (1, 1));
    }

    #[test]
    fn what_only_narrows_a_list_is_not_followed() {
        for (link, is_followed) in [
            ("/record/1", true),
            ("/record/1/results?after=x", true),
            ("/record/1/results?errors=1", true),
            ("/record/1/timeline?category=results", false),
            ("/record/12/results", false),
            ("/sharing", false),
        ] {
            assert_eq!(leads(link, "/record/1"), is_followed, "{link}");
        }
    }

    #[test]
    fn a_name_without_a_word_is_a_code() {
        for (name, code) in [
            ("718-7, 5 May 2024", true),
            ("urn:uuid:1", true),
            ("http://x|y", true),
            ("a_b", true),
            ("COVID-19", false),
            ("B12", true),
            ("pH of blood", false),
        ] {
            assert_eq!(is_code(name), code, "{name}");
        }
    }
}
