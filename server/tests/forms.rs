//! Every form that a page shows: left empty, filled with what cannot be, and posted
//! twice. What was typed is there again, secrets are not, and nothing happens twice.

mod endpoints;
mod harness;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{StatusCode, header};
use chartkey_app::endpoints::endpoints;
use chartkey_ground::Authenticator;
use chartkey_portal::{accounts::Email, letters::LetterSubject, second_factor::SecondFactor};
use chartkey_server::http::routes::ROUTES;
use endpoints::{
    probe::filled,
    states::STATES,
    table::{Caller, Outcome, Which, table},
    world::{World, encoded},
};
use harness::{Answer, Browser, HERE, PASSWORD};
use scraper::{ElementRef, Html, Selector};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// What a page asks for by itself, where it has a script, and what a provider sends.
const WITHOUT_FORM: &[&str] = &["/activity/chain", "/api/ask-for-passkey", "/api/begin-passkey", "/auth/{organization}/logout"];

/// A form as a page shows it.
#[derive(Debug, Clone)]
struct Form {
    caller: Caller,
    /// Of its page among those of the caller.
    place: usize,
    page: String,
    action: String,
    inputs: Vec<Input>,
}

#[derive(Debug, Clone)]
struct Input {
    name: String,
    kind: String,
    value: String,
}

impl Input {
    /// What a person types into it, as opposed to what they choose or the page fills in.
    fn is_typed(&self) -> bool {
        matches!(self.kind.as_str(), "text" | "email" | "password")
    }
}

fn select(html: &Html, selector: &str) -> Vec<BTreeMap<String, String>> {
    let selector = Selector::parse(selector).unwrap();
    html.select(&selector).map(attributes).collect()
}

fn attributes(element: ElementRef<'_>) -> BTreeMap<String, String> {
    element.value().attrs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn forms(caller: Caller, place: usize, page: &str, html: &str) -> Vec<Form> {
    let html = Html::parse_document(html);
    let (form, control) = (Selector::parse("form[method=post]").unwrap(), Selector::parse("input, textarea, select").unwrap());
    html.select(&form)
        .map(|form| Form {
            caller,
            place,
            page: page.to_owned(),
            action: form.value().attr("action").unwrap().to_owned(),
            inputs: form
                .select(&control)
                .map(attributes)
                .map(|input| Input {
                    name: input["name"].clone(),
                    kind: input.get("type").cloned().unwrap_or_else(|| "text".to_owned()),
                    value: input.get("value").cloned().unwrap_or_default(),
                })
                .collect(),
        })
        .collect()
}

/// The pages that a caller is shown, in an order that does not change. Links of messages
/// lead to pages of their own.
async fn pages(world: &World, caller: Caller) -> Vec<String> {
    let names = world.names(caller, Which::Own).await;
    let is_shown = |which: Which, outcome: Outcome| which == Which::Own && outcome == Outcome::Shown;
    let rows = table().into_iter().filter(|row| row.method == "GET" && row.pattern != "/events");
    let rows = rows.filter(|row| row.outcomes.iter().any(|(which, columns)| is_shown(*which, columns[caller as usize])));
    let others = [
        "/sharing/{paused}",
        "/record/{patient}/corrections/{correction}?ask=taken-back",
        "/record/{patient}/results/{results}/who",
        // What Ada's file brought waits for her.
        "/record/{patient}/procedures/00000000-0000-0000-0000-0000000000f1",
        "/sign-up?token=none",
        "/sign-in/new-password?token=none",
        "/account/email/confirm?token=none",
        "/account/email/undo?token=none",
        "/account/second-factor/keep?token=none",
    ];
    rows.map(|row| row.address).chain(others.map(str::to_owned)).map(|address| filled(&address, &names)).collect()
}

/// For each endpoint the first form that leads to it.
async fn every_form(world: &World) -> BTreeMap<String, Form> {
    let mut found = BTreeMap::new();
    for caller in Caller::ALL {
        for (place, page) in pages(world, caller).await.into_iter().enumerate() {
            let answer = world.browser(caller).await.get(&page).await;
            for form in forms(caller, place, &page, &answer.body) {
                found.entry(form.action.clone()).or_insert(form);
            }
        }
    }
    for (endpoint, caller, page) in STATES {
        world.bring_about(endpoint).await;
        let page = filled(page, &world.names(caller, Which::Own).await);
        let answer = world.browser(caller).await.get(&page).await;
        let shown = forms(caller, 0, &page, &answer.body).into_iter().find(|form| form.action == endpoint);
        found.insert(endpoint.to_owned(), shown.unwrap_or_else(|| panic!("{page} shows no {endpoint}")));
        world.calm().await;
    }
    found
}

/// The same form with what a refreshed world fills into it.
async fn again(world: &World, form: &Form) -> Form {
    world.keep_vitals().await;
    world.block_stranger().await;
    let page = match STATES.iter().find(|(endpoint, ..)| *endpoint == form.action) {
        Some((endpoint, ..)) => {
            world.bring_about(endpoint).await;
            form.page.clone()
        }
        None => pages(world, form.caller).await.swap_remove(form.place),
    };
    let answer = world.browser(form.caller).await.get(&page).await;
    let found = forms(form.caller, form.place, &page, &answer.body).into_iter().find(|found| found.action == form.action);
    found.unwrap_or_else(|| panic!("{page} shows no {} any more", form.action))
}

fn body(form: &Form, typed: impl Fn(&Input) -> Option<String>) -> String {
    let fields = form.inputs.iter().filter_map(|input| {
        let value = if input.kind == "hidden" { Some(input.value.clone()) } else { typed(input) }?;
        Some(format!("{}={}", encoded(&input.name), encoded(&value)))
    });
    fields.collect::<Vec<_>>().join("&")
}

fn is_problem(answer: &Answer) -> bool {
    answer.location().contains("problem=")
}

/// Follows a redirect.
async fn follow(browser: &mut Browser, answer: &Answer) -> Answer {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
    let location = answer.location().to_owned();
    browser.get(&location).await
}

/// The values of the fields of `action` on a page, by name.
fn values(html: &str, action: &str) -> BTreeMap<String, String> {
    let html = Html::parse_document(html);
    let inputs = select(&html, &format!("form[action='{action}'] input"));
    let areas = Selector::parse(&format!("form[action='{action}'] textarea")).unwrap();
    let areas = html.select(&areas).filter_map(|area| Some((area.value().attr("name")?.to_owned(), area.text().collect())));
    let inputs = inputs.into_iter().filter_map(|input| Some((input.get("name")?.clone(), input.get("value").cloned().unwrap_or_default())));
    inputs.chain(areas).collect()
}

/// What cannot be, and would run if it were not escaped.
fn nonsense(input: &Input) -> String {
    let name = &input.name[..1];
    if input.kind == "password" { format!("<{name}>") } else { format!("<b>\"{name}\"&amp;") }
}

#[sqlx::test(migrations = "../migrations")]
async fn every_form_survives_being_empty_and_keeps_what_cannot_be(_: PgPoolOptions, options: PgConnectOptions) {
    let mut world = World::build(options).await;
    world.have_gout().await;
    world.lay_own_file().await;
    world.have_twins().await;
    world.keep_vitals().await;
    world.refresh().await;
    world.block_stranger().await;
    let forms = every_form(&world).await;
    let routes = ROUTES.iter().filter(|route| route.method == "POST").map(|route| route.path);
    let called = endpoints();
    let posted = called.iter().map(|endpoint| endpoint.path).chain(routes).filter(|path| !WITHOUT_FORM.contains(path));
    let posted: BTreeSet<_> = posted.map(str::to_owned).collect();
    let shown: BTreeSet<_> = forms.keys().cloned().collect();
    assert_eq!(shown, posted, "every endpoint has a form on some page, and every form an endpoint");

    let (mut came_back, mut kept) = (0, 0);
    for form in forms.values() {
        for is_empty in [true, false] {
            world.calm().await;
            world.refresh().await;
            world.have_twins().await;
            let form = again(&world, form).await;
            let mut browser = world.browser(form.caller).await;
            let typed =
                |input: &Input| (input.is_typed() && !is_empty).then(|| nonsense(input)).or_else(|| input.is_typed().then(String::new));
            let answer = browser.post(&form.action, &body(&form, typed)).await;
            if answer.headers.contains_key(header::CONTENT_DISPOSITION) {
                assert!(!form.inputs.iter().any(Input::is_typed), "{} took what cannot be", form.action);
                continue;
            }
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{} empty: {is_empty}: {}", form.action, answer.body);
            if !is_problem(&answer) {
                continue;
            }
            came_back += 1;
            let location = answer.location().to_owned();
            let page = follow(&mut browser, &answer).await;
            let html = Html::parse_document(&page.body);
            assert_eq!(page.status, StatusCode::OK, "{location}");
            assert_eq!(select(&html, "[role=alert]").len(), 1, "{location} has no summary");
            assert!(page.body.contains("<title>Error: "), "{location} does not say so in its title");
            for target in select(&html, "[role=alert] a") {
                let target = &target["href"][1..];
                assert_eq!(select(&html, &format!("[id='{target}']")).len(), 1, "{location} leads to no {target}");
                assert_eq!(select(&html, &format!("[id='{target}-problem']")).len(), 1, "{location} says nothing beside {target}");
            }
            let there = values(&page.body, &form.action);
            let once_more = values(&browser.get(&location).await.body, &form.action);
            for input in form.inputs.iter().filter(|input| input.is_typed() && !is_empty) {
                let value = there.get(&input.name).map(String::as_str).unwrap_or_default();
                // Secrets are typed again; what waits in a draft is kept for longer.
                let is_secret = input.kind == "password" || input.name == "code";
                if !is_secret {
                    assert_eq!(value, nonsense(input), "{location} lost {}", input.name);
                    kept += 1;
                } else {
                    assert_eq!(value, "", "{location} shows {}, a secret", input.name);
                    assert!(!page.body.contains(&encoded(&nonsense(input))));
                }
                let is_drafted =
                    ["/sharing/new", "/shared/ask"].iter().any(|page| form.page.starts_with(page)) || form.page.contains("/add/");
                if !is_secret && !is_drafted {
                    assert_eq!(once_more.get(&input.name).map(String::as_str), Some(""), "{location} shows {} twice", input.name);
                }
            }
        }
    }
    println!("{} forms, {came_back} came back, {kept} fields kept", forms.len());
    assert!(came_back >= 12 && kept >= 15, "{came_back} came back, {kept} fields kept");
}

/// The links of the messages that wait, of this subject.
async fn link(world: &World, subject: LetterSubject) -> String {
    let due = world.house.portal.due_letters().await.unwrap();
    due.into_iter().find(|due| due.letter.subject == subject).unwrap().letter.token
}

/// A link that went to Ada's new address.
async fn address_link(world: &World) -> String {
    sqlx::query("delete from letter").execute(&world.house.superuser).await.unwrap();
    sqlx::query("delete from mail_token").execute(&world.house.superuser).await.unwrap();
    let new = Email::parse(&format!("{}@nowhere.example", uuid::Uuid::new_v4())).unwrap();
    world.house.portal.begin_email_change(&world.ada.visitor(), &new).await.unwrap();
    link(world, LetterSubject::ConfirmEmail).await
}

/// What is sent where everything is right.
async fn right(world: &World, endpoint: &str) -> (Caller, String) {
    let portal = &world.house.portal;
    let letter = |address: &str| Email::parse(address).unwrap();
    match endpoint {
        "/api/sign-in" => (Caller::Anonymous, format!("email=zqadamail%40example.org&password={}", encoded(PASSWORD))),
        "/api/finish-sign-up" => {
            let token = portal.begin_sign_up(&letter("new@nowhere.example")).await.unwrap().unwrap().token;
            (Caller::Anonymous, format!("token={token}&name=New&password={}", encoded(PASSWORD)))
        }
        "/api/new-password" => {
            let token = portal.begin_new_password(&letter("zqadamail@example.org")).await.unwrap().unwrap().token;
            (Caller::Anonymous, format!("token={token}&password={}", encoded(PASSWORD)))
        }
        "/api/claim" => {
            sqlx::query("delete from patient_holder where patient_id = $1")
                .bind(world.ada.patient.0)
                .execute(&world.house.superuser)
                .await
                .unwrap();
            let code = portal.invite(world.ada.patient, "a test").await.unwrap();
            (Caller::Patient, format!("code={code}&day=14&month=3&year=1961"))
        }
        "/api/state-incapacity" => {
            world.bring_about(endpoint).await;
            (Caller::NarrowGrant, format!("patient={}&reason=In+coma", world.ada.patient))
        }
        "/api/review-incapacity" => {
            world.bring_about(endpoint).await;
            (Caller::NarrowGrant, format!("patient={}&finding=still", world.ada.patient))
        }
        "/api/sign-in-again" => (Caller::Patient, format!("password={}", encoded(PASSWORD))),
        "/api/sign-in-code" => (Caller::Anonymous, format!("code={}", world.recovery_code().await)),
        // What a browser was asked before is told below.
        "/api/add-passkey" | "/api/sign-in-again-passkey" => (Caller::Patient, String::new()),
        "/api/sign-in-passkey" => (Caller::Anonymous, String::new()),
        "/api/second-factor-lost" => (Caller::Anonymous, String::new()),
        "/api/keep-second-factor" => (Caller::Anonymous, format!("token={}", link(world, LetterSubject::FactorLost).await)),
        "/api/confirm-second-factor" => {
            let SecondFactor::Begun { seed, .. } = portal.second_factor(&world.ada.visitor()).await.unwrap() else { panic!() };
            #[expect(clippy::disallowed_methods, reason = "an app has a clock of its own")]
            let now = time::OffsetDateTime::now_utc().unix_timestamp().try_into().unwrap();
            let app = totp_rs::Builder::new().with_secret(totp_rs::Secret::try_from_base32(&seed).unwrap()).build().unwrap();
            (Caller::Patient, format!("code={}", app.generate(now)))
        }
        "/api/confirm-email" => (Caller::Anonymous, format!("token={}", address_link(world).await)),
        "/api/undo-email" => {
            portal.confirm_email(&address_link(world).await).await.unwrap();
            (Caller::Anonymous, format!("token={}", link(world, LetterSubject::EmailChanged).await))
        }
        _ => {
            let row = table().into_iter().find(|row| row.method == "POST" && row.pattern == endpoint).unwrap();
            let columns = row.outcomes.iter().find(|(which, _)| *which == Which::Own).map(|(_, columns)| *columns).unwrap();
            let works = |caller: &Caller| matches!(columns[*caller as usize], Outcome::To(path) if !path.contains("problem="));
            let caller = Caller::ALL.into_iter().rev().find(works).unwrap_or_else(|| panic!("nobody may {endpoint}"));
            (caller, filled(row.form, &world.names(caller, Which::Own).await))
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_double_click_has_one_effect(_: PgPoolOptions, options: PgConnectOptions) {
    let mut world = World::build(options).await;
    for endpoint in endpoints() {
        world.calm().await;
        world.refresh().await;
        let (caller, mut form) = right(&world, endpoint.path).await;
        let mut browser = world.browser(caller).await;
        if ["/api/add-passkey", "/api/sign-in-again-passkey", "/api/sign-in-passkey"].contains(&endpoint.path) {
            form = with_passkey(&world, &mut browser, endpoint.path).await;
        }
        if ["/api/sign-in-code", "/api/second-factor-lost"].contains(&endpoint.path) {
            browser.cookies.insert("__Host-chartkey-half".to_owned(), world.half(&world.bea).await);
        }
        let first = browser.clone().post(endpoint.path, &form).await;
        assert!(
            first.status == StatusCode::SEE_OTHER && !is_problem(&first),
            "{} {form}: {} {}",
            endpoint.path,
            first.status,
            first.location()
        );
        let (before, letters) = (world.changes().await, letters(&world).await);
        // The second click carries the cookies of the page, not those of the first answer.
        let second = browser.clone().post(endpoint.path, &form).await;
        assert_eq!(world.changes().await, before, "{} happened twice", endpoint.path);
        assert_eq!(letters, self::letters(&world).await, "{} wrote twice", endpoint.path);
        // Who signed out everywhere is nobody when the second one comes.
        let is_out = endpoint.path == "/api/sign-out-everywhere" && second.status == StatusCode::UNAUTHORIZED;
        // A code is taken once, whoever sends it again; the first answer has signed in.
        let is_taken = endpoint.path == "/api/sign-in-code" && second.location() == "/sign-in?problem=half-ended";
        let is_answered = endpoint.path.ends_with("-passkey") && second.location().ends_with("?problem=passkey-ended");
        let is_over = is_out || is_taken || is_answered;
        assert!(
            is_over || (second.status == StatusCode::SEE_OTHER && !is_problem(&second)),
            "{}: {} {}",
            endpoint.path,
            second.status,
            second.location()
        );
    }
}

/// What is sent by a browser that was asked for a passkey and gave the right one.
async fn with_passkey(world: &World, browser: &mut Browser, endpoint: &str) -> String {
    let mut device = Authenticator::at(HERE).unwrap();
    let mut owner = if endpoint == "/api/sign-in-passkey" { world.browser(Caller::Patient).await } else { browser.clone() };
    let asked = owner.as_island("/api/begin-passkey", "").await;
    let made = device.make(&serde_json::from_str::<String>(&asked.body).unwrap()).unwrap();
    let made = format!("name=Phone&credential={}", encoded(&made));
    if endpoint == "/api/add-passkey" {
        return made;
    }
    assert_eq!(owner.post("/api/add-passkey", &made).await.location(), "/account/passkeys?done=added");
    let asked = browser.as_island("/api/ask-for-passkey", "").await;
    format!("credential={}", encoded(&device.sign(&serde_json::from_str::<String>(&asked.body).unwrap()).unwrap()))
}

/// How many messages were asked for, and how many accounts there are.
async fn letters(world: &World) -> (i64, i64) {
    sqlx::query_as("select (select count(*) from mail_token), (select count(*) from account)")
        .fetch_one(&world.house.superuser)
        .await
        .unwrap()
}
