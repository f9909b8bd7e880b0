//! Tools that others made to find what is wrong with a site, over one that runs.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use chartkey_ground::{Cluster, Ground};

use crate::arena::{Arena, Seen, no_panic};

/// Runs a tool with a limit of seconds; what it prints.
pub fn tool(seconds: u32, program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new("timeout")
        .args(["--kill-after=10", &seconds.to_string(), program])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{program} cannot be run"))?;
    if output.status.code() == Some(127) {
        bail!("{program} is not installed; scripts/install tools");
    }
    Ok(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

/// Findings that were looked at and are none, with the reason.
const DISMISSED: &[(&str, &str)] = &[
    ("X-XSS-Protection", "no browser reads it any more, and where one did it made holes"),
    ("Secure flag is not set", "this site is on http on this machine; on https every cookie has it, and a name that demands it"),
];

async fn stand(arena: &Arena) -> Result<(Cluster, Ground)> {
    let cluster = Cluster::start()?;
    let ground = arena.ground(&cluster).await?;
    Ok((cluster, ground))
}

/// Forced browsing: whatever is found has to be one of our public pages.
pub async fn ffuf(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let (_cluster, ground) = stand(arena).await?;
    let list = "/usr/share/dirb/wordlists/big.txt";
    let words = fs::read(list).context("the word list of Debian's dirb is missing; scripts/install tools")?;
    let words = String::from_utf8_lossy(&words);
    let words: Vec<&str> = words.lines().take(arena.size.of(2_000, usize::MAX)).collect();
    let folder = tempfile::tempdir()?;
    let (short, found) = (folder.path().join("words"), folder.path().join("found.json"));
    fs::write(&short, words.join("\n"))?;
    let address = format!("{}/FUZZ", ground.address);
    let said = tool(
        1200,
        "ffuf",
        &[
            "-s",
            "-w",
            &short.to_string_lossy(),
            "-u",
            &address,
            "-mc",
            "all",
            "-fc",
            "404",
            "-t",
            "8",
            "-of",
            "json",
            "-o",
            &found.to_string_lossy(),
        ],
    )?;
    let found: serde_json::Value = serde_json::from_slice(&fs::read(&found).with_context(|| said)?)?;
    let routes = Command::new(&arena.binary).args(["routes", "--json"]).envs(ground.environment.clone()).output()?;
    let routes = String::from_utf8(routes.stdout)?;
    let mut paths = Vec::new();
    for result in found["results"].as_array().into_iter().flatten() {
        let word = result["input"]["FUZZ"].as_str().unwrap_or_default();
        let status = result["status"].as_u64().unwrap_or_default();
        paths.push(format!("/{word} {status}"));
        seen.must(routes.contains(&format!("\"/{}\"", word.trim_matches('/'))) && status < 500, || {
            format!("/{word} answers {status} and is no endpoint")
        });
    }
    seen.note(format!("{} words, {} answered by something other than 404: {}", words.len(), paths.len(), paths.join(", ")));
    seen.must(!paths.is_empty(), || "not even our own pages were found".to_owned());
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}

/// Once as the patient, who can read everything, and once as nobody, whose forms are taken because they
/// claim to come from us. Not both: the scanner would sign the patient out.
pub async fn wapiti(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let (_cluster, mut ground) = stand(arena).await?;
    let counted = format!("127.0.0.1:{}", arena.port + 1);
    ground.server.set("CHARTKEY_METRICS_LISTEN", counted.clone());
    let (cookie, origin) = (format!("Cookie: {}", ground.own), format!("Origin: {}", ground.address));
    // Fewer endpoints than the least of each, and the scanner did not find its way.
    for (who, start, header, least) in [("the patient", "/home", &cookie, 20), ("nobody", "/sign-in", &origin, 6)] {
        // The scanner does not say what it has seen, so the server counts, from nothing.
        ground.server.again().await?;
        let folder = tempfile::tempdir()?;
        let report = folder.path().join("report.json").to_string_lossy().into_owned();
        let address = format!("{}{start}", ground.address);
        let mut arguments =
            vec!["-u", &address, "--scope", "domain", "-H", header, "--flush-session", "--no-bugreport", "-f", "json", "-o", &report];
        arguments.extend(arena.size.of(
            ["--max-scan-time", "30", "--max-attack-time", "8", "--max-links-per-page", "10", "-d", "2"],
            ["--max-scan-time", "900", "--max-attack-time", "300", "--max-links-per-page", "30", "-d", "5"],
        ));
        let said = tool(arena.size.of(240, 7200), "wapiti", &arguments)?;
        let found: serde_json::Value = serde_json::from_slice(&fs::read(&report).with_context(|| said)?)?;
        let Asked { requests, shown, routes } = asked(&counted).await?;
        let mut kinds = Vec::new();
        for (kind, list) in ["vulnerabilities", "anomalies"].iter().filter_map(|part| found[*part].as_object()).flatten() {
            if let Some((first, others)) = list.as_array().and_then(|list| list.split_first()) {
                kinds.push(format!("{kind} {} ×: {}", others.len() + 1, first["info"].as_str().unwrap_or_default()));
            }
        }
        seen.note(format!(
            "as {who}: {requests} requests, {shown} answered with a page, at {routes} endpoints; {} kinds of findings",
            kinds.len()
        ));
        seen.must(routes >= least, || format!("as {who} the scanner got to {routes} endpoints alone"));
        for kind in kinds {
            match DISMISSED.iter().find(|(words, _)| kind.contains(words)) {
                Some((_, reason)) => seen.note(format!("dismissed: {kind} ({reason})")),
                None => seen.must(false, || format!("as {who}: {kind}")),
            }
        }
    }
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}

/// What the server counted since it started.
struct Asked {
    requests: u64,
    /// Answered with a page or a file.
    shown: u64,
    /// Endpoints at which anything was shown.
    routes: usize,
}

async fn asked(counted: &str) -> Result<Asked> {
    let text = reqwest::get(format!("http://{counted}/metrics")).await?.text().await?;
    let (mut asked, mut routes) = (Asked { requests: 0, shown: 0, routes: 0 }, BTreeSet::new());
    for line in text.lines().filter_map(|line| line.strip_prefix("chartkey_requests_total")) {
        let count = line.rsplit(' ').next().and_then(|count| count.parse::<u64>().ok()).context("a count that is no number")?;
        asked.requests += count;
        if line.contains("status=\"2xx\"") {
            asked.shown += count;
            routes.extend(line.split('"').nth(3));
        }
    }
    asked.routes = routes.len();
    Ok(asked)
}

pub async fn sqlmap(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let (_cluster, ground) = stand(arena).await?;
    let record = format!("{}/record/{}", ground.address, ground.patient);
    let level = arena.size.of("1", "3");
    let headers = format!("Origin: {}", ground.address);
    for (address, form) in [
        (format!("{}/api/sign-in", ground.address), Some("email=a%40example.org&password=b&to=%2Fhome")),
        (format!("{}/api/sign-up", ground.address), Some("email=a%40example.org")),
        (format!("{record}/results?after=2024-01-01T00:00:00Z~{}&errors=1", ground.patient), None),
        (format!("{record}/visits?year=2024&after=x"), None),
        (format!("{record}/results/*"), None),
    ] {
        let folder = tempfile::tempdir()?;
        let output = folder.path().to_string_lossy().into_owned();
        let mut arguments = vec![
            "--batch",
            "--flush-session",
            "--disable-coloring",
            "--output-dir",
            &output,
            "--level",
            level,
            "--risk",
            "1",
            "--headers",
            &headers,
            "--cookie",
            &ground.own,
        ];
        arguments.extend(["--ignore-code", "404,429", "--ignore-redirects", "--dbms", "PostgreSQL", "-u", &address]);
        if arena.size == chartkey_ground::Size::Small {
            arguments.extend(["--technique", "BE"]);
        }
        if let Some(form) = form {
            arguments.extend(["--data", form]);
        }
        let said = tool(arena.size.of(120, 1800), "sqlmap", &arguments)?;
        let path = address
            .trim_start_matches(&ground.address)
            .split('?')
            .next()
            .unwrap_or_default()
            .replace(&ground.patient.to_string(), "{patient}");
        let is_through = said.contains("ending @");
        let is_found = said.contains("is vulnerable") || said.contains("identified the following injection point");
        seen.note(format!(
            "{path}: {}",
            if is_found {
                "INJECTION"
            } else if is_through {
                "nothing to inject into"
            } else {
                "not through in time"
            }
        ));
        seen.must(!is_found, || format!("{path}: {}", said.lines().filter(|line| line.contains("Payload")).collect::<Vec<_>>().join("; ")));
        seen.must(is_through, || format!("{path}: sqlmap did not end: {}", said.lines().last().unwrap_or_default()));
    }
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}

/// The HTML of every page that a patient and a stranger get, by the rules of HTML.
pub async fn html(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let (_cluster, ground) = stand(arena).await?;
    let folder = tempfile::tempdir()?;
    let client = crate::load::client()?;
    let record = format!("/record/{}", ground.patient);
    let mut pages = 0;
    let paths = [
        "/",
        "/welcome",
        "/sign-in",
        "/sign-in/forgotten",
        "/sign-up",
        "/clinicians",
        "/home",
        "/sharing",
        "/sharing/new",
        "/sharing/codes",
        "/activity",
        "/account",
        "/nothing",
    ];
    let inside = ["", "/visits", "/results", "/medicines", "/problems", "/timeline", "/documents", "/allergies"]
        .map(|path| format!("{record}{path}"));
    for (who, cookie) in [("stranger", ""), ("patient", ground.own.as_str()), ("clinician", ground.clinician.as_str())] {
        for path in paths.iter().map(|path| (*path).to_owned()).chain(inside.clone()) {
            let answer =
                client.get(format!("{}{path}", ground.address)).header("cookie", cookie).header("accept", "text/html").send().await?;
            if answer.status().is_redirection() {
                continue;
            }
            pages += 1;
            fs::write(folder.path().join(format!("{who}{}.html", path.replace('/', "_"))), answer.text().await?.replace("<!>", ""))?;
        }
    }
    let (rules, report) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("html-validate.json"), folder.path().join("report.json"));
    let format = format!("json={}", report.display());
    let place = folder.path().to_string_lossy();
    let arguments = ["--no-install", "--prefix", "end2end", "html-validate", "--formatter", &format, "--ext", "html"];
    let said = tool(600, "npx", &[&arguments[..], &["--config", &rules.to_string_lossy(), &place]].concat())?;
    let found: Vec<serde_json::Value> = serde_json::from_slice(&fs::read(report).with_context(|| said)?)?;
    let mut rules = std::collections::BTreeMap::<String, (usize, String)>::new();
    for message in found.iter().flat_map(|file| file["messages"].as_array().cloned().unwrap_or_default()) {
        let entry = rules.entry(message["ruleId"].as_str().unwrap_or_default().to_owned()).or_default();
        *entry = (entry.0 + 1, message["message"].as_str().unwrap_or_default().to_owned());
    }
    seen.note(format!("{pages} pages, {} rules broken", rules.len()));
    for (rule, (times, message)) in &rules {
        seen.must(false, || format!("{rule} {times} ×: {message}"));
    }
    seen.must(pages > 20, || "hardly any page was there to look at".to_owned());
    Ok(seen)
}
