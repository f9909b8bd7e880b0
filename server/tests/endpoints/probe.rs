//! One question to the application, and whether the answer is the one of the table.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};

use super::{
    canary::Canaries,
    side::Names,
    table::{Caller, Outcome, Row, Which},
    world::World,
};
use crate::harness::{Answer, Browser};

/// `text` with every `{name}` filled in.
pub fn filled(text: &str, names: &Names) -> String {
    names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// Asks as a browser does.
pub async fn ask(browser: &mut Browser, row: &Row, names: &Names) -> Answer {
    let address = filled(&row.address, names);
    match row.method {
        "POST" => browser.post(&address, &filled(row.form, names)).await,
        _ if row.pattern == "/events" => browser.first(&address).await,
        _ => browser.get(&address).await,
    }
}

/// What is wrong with an answer, if anything.
pub fn faults(row: &Row, caller: Caller, outcome: Outcome, names: &Names, answer: &Answer) -> Option<String> {
    let address = filled(&row.address, names);
    let location = answer.location();
    let is_it = match outcome {
        Outcome::Shown => answer.status == StatusCode::OK,
        Outcome::NotFound => answer.status == StatusCode::NOT_FOUND,
        Outcome::Ended => answer.status == StatusCode::NOT_FOUND && answer.body.contains("/shared/ask?again="),
        Outcome::SignedOut => answer.status == StatusCode::UNAUTHORIZED,
        Outcome::Unreadable => answer.status == StatusCode::BAD_REQUEST,
        Outcome::Says(word) => answer.status == StatusCode::OK && answer.body.starts_with(&format!("event: {word}\n")),
        Outcome::Welcome if row.method == "GET" => {
            answer.status == StatusCode::SEE_OTHER && location == chartkey_app::request::welcome(&address)
        }
        Outcome::Welcome => answer.status == StatusCode::SEE_OTHER && location.starts_with("/welcome?to=/"),
        Outcome::To(path) => answer.status == StatusCode::SEE_OTHER && leads_to(location, &filled(path, names)),
    };
    (!is_it).then(|| format!("{caller:?} {} {address}: {outcome:?} expected, got {} {location}", row.method, answer.status))
}

/// `{new}` in the expected address stands for an identifier that was made just now.
fn leads_to(location: &str, expected: &str) -> bool {
    match expected.split_once("{new}") {
        Some((before, after)) => location.starts_with(before) && location.ends_with(after),
        None => location == expected,
    }
}

/// Everything in an answer that a reader gets, without what is new in each.
pub fn normalised(answer: &Answer, names: &Names) -> String {
    let nonce = answer.headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    let nonce = nonce.and_then(|policy| policy.split("'nonce-").nth(1)?.split('\'').next()).unwrap_or("no nonce");
    let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id" && *name != header::SET_COOKIE);
    let headers: Vec<String> = headers.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or_default())).collect();
    let mut text = format!("{}\n{}\n\n{}", answer.status, headers.join("\n"), answer.body).replace(nonce, "NONCE");
    for value in names.values().filter(|value| value.len() >= 12) {
        text = text.replace(value.as_str(), "ID");
    }
    text
}

/// Headers and body, as a leak is looked for.
pub fn everything(answer: &Answer) -> String {
    let headers: Vec<String> =
        answer.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or_default())).collect();
    format!("{}\n{}", headers.join("\n"), answer.body)
}

/// What the whole run found.
#[derive(Default)]
pub struct Tally {
    pub probes: usize,
    pub leaks: Vec<String>,
    pub faults: Vec<String>,
}

impl Tally {
    /// Looks at an answer whatever it is about: no leak, and nothing of ours failed.
    pub fn look(&mut self, world: &World, canaries: &mut Canaries, caller: Caller, what: &str, answer: &Answer) {
        self.probes += 1;
        if answer.status.is_server_error() {
            self.faults.push(format!("{caller:?} {what}: {}", answer.status));
        }
        for leak in canaries.leaks(world, caller, what, &everything(answer)) {
            self.leaks.push(format!("{caller:?} {what}: {leak}"));
        }
    }
}

/// One caller, one row, one kind of identifier. Returns the answer, so that it can be
/// held against the one for an identifier of nothing.
pub async fn probe(
    world: &World,
    canaries: &mut Canaries,
    tally: &mut Tally,
    row: &Row,
    caller: Caller,
    which: Which,
    outcome: Outcome,
) -> String {
    let names = world.names(caller, which).await;
    let mut browser = world.browser(caller).await;
    let before = if row.method == "POST" { Some(world.changes().await) } else { None };
    let answer = ask(&mut browser, row, &names).await;
    let what = format!("{which:?} {} {}", row.method, row.address);
    tally.look(world, canaries, caller, &what, &answer);
    if let Some(fault) = faults(row, caller, outcome, &names, &answer) {
        tally.faults.push(format!("{which:?}: {fault}"));
    }
    if let Some(before) = before {
        let is_refusal =
            which != Which::Own || matches!(outcome, Outcome::Welcome | Outcome::SignedOut) || answer.location().contains("problem=");
        if is_refusal && world.changes().await != before {
            tally.faults.push(format!("{caller:?} {what}: something was changed"));
        }
        let next = answer.location().to_owned();
        if next.starts_with('/') {
            let page = browser.get(&next).await;
            tally.look(world, canaries, caller, &format!("after {what} {next}"), &page);
        }
    }
    // A reader's own record stands in their navigation, wherever they are; a way on has none.
    let own = matches!(which, Which::Own | Which::Crossed | Which::Private | Which::Labelled) && !answer.status.is_redirection();
    let made = made(answer.location(), outcome, &names);
    let others = names.into_iter().filter(|(name, _)| !own || name != "patient").chain(made).collect();
    normalised(&answer, &others)
}

/// What `{new}` stands for in an answer.
fn made(location: &str, outcome: Outcome, names: &Names) -> Option<(String, String)> {
    let Outcome::To(path) = outcome else { return None };
    let expected = filled(path, names);
    let (before, after) = expected.split_once("{new}")?;
    let made = location.strip_prefix(before)?.strip_suffix(after)?;
    Some(("new".to_owned(), made.to_owned()))
}

/// The same post as another site would make it, and a read of what only takes posts.
pub async fn from_elsewhere(world: &World, tally: &mut Tally, row: &Row) {
    let names = world.names(Caller::Patient, Which::Own).await;
    let before = world.changes().await;
    let form = filled(row.form, &names);
    for said in
        [Some(("sec-fetch-site", "cross-site")), Some(("sec-fetch-site", "same-site")), Some(("origin", "https://evil.example")), None]
    {
        let mut browser = world.browser(Caller::Patient).await;
        let request = browser.request(Method::POST, &row.address).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = said.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        let answer = browser.send(request.body(Body::from(form.clone())).unwrap()).await;
        tally.probes += 1;
        if answer.status != StatusCode::FORBIDDEN {
            tally.faults.push(format!("{} with {said:?}: {}", row.address, answer.status));
        }
        if browser.get("/account").await.status != StatusCode::OK {
            tally.faults.push(format!("{} with {said:?} signed somebody out", row.address));
        }
    }
    let mut browser = world.browser(Caller::Patient).await;
    let request = browser.request(Method::GET, &format!("{}?{form}", row.address)).header("sec-fetch-site", "same-origin");
    let answer = browser.send(request.body(Body::empty()).unwrap()).await;
    tally.probes += 1;
    if !matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) {
        tally.faults.push(format!("GET {}: {}", row.address, answer.status));
    }
    if world.changes().await != before {
        tally.faults.push(format!("{}: another site changed something", row.address));
    }
}
