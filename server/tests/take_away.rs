//! What a patient takes away, and what a clinician prints: each with its trace, and
//! nothing for whoever may not.

mod endpoints;
mod harness;

use axum::http::{StatusCode, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use chartkey_portal::{Error, audit::Event, take_away::LARGEST_PACK};
use endpoints::{
    record::{bundle, mark},
    table::Caller,
    world::World,
};
use harness::Answer;
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

const TYPED: &str = "passphrase=six+words+for+a+pack&again=six+words+for+a+pack";

/// The actions and pages of Ada's chain, oldest first, from one place on.
async fn events(world: &World, from: usize) -> Vec<(String, String)> {
    let rows: Vec<Vec<u8>> = sqlx::query_scalar("select bytes from event where chain = $1 order by seq")
        .bind(format!("patient/{}", world.ada.patient))
        .fetch_all(&world.house.superuser)
        .await
        .unwrap();
    let events = rows.iter().skip(from).map(|bytes| serde_json::from_slice::<Event>(bytes).unwrap().what);
    events.map(|what| (what.action, what.page.unwrap_or_default())).collect()
}

fn disposition(answer: &Answer) -> &str {
    answer.headers.get(header::CONTENT_DISPOSITION).map_or("", |value| value.to_str().unwrap())
}

#[sqlx::test(migrations = "../migrations")]
async fn the_record_leaves_as_it_came_and_stands_in_the_log(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let before = events(&world, 0).await.len();
    let answer = world.browser(Caller::Patient).await.post("/download/fhir", "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(disposition(&answer).starts_with("attachment; filename=\"chartkey-record-20"), "{}", disposition(&answer));
    let came: Value = serde_json::from_str(&bundle("ada")).unwrap();
    let mut kept = 0;
    for entry in came["entry"].as_array().unwrap() {
        let is_gone = entry["resource"]["id"] == "gone";
        assert_eq!(answer.body.contains(&entry["resource"].to_string()), !is_gone, "{}", entry["resource"]["id"]);
        kept += usize::from(!is_gone);
    }
    let went: Value = serde_json::from_str(&answer.body).unwrap();
    let is_said = |entry: &&Value| entry["resource"]["resourceType"] == "Communication";
    let said = went["entry"].as_array().unwrap().iter().filter(is_said).count();
    let written: i64 =
        sqlx::query_scalar("select count(*) from item join source using (source_id) where patient_id = $1 and name = 'own/' || patient_id")
            .bind(world.ada.patient.0)
            .fetch_one(&world.house.superuser)
            .await
            .unwrap();
    assert_eq!(went["entry"].as_array().unwrap().len() - said - usize::try_from(written).unwrap(), kept, "and nothing else");
    assert_eq!(said, 6, "but what the patient says is wrong, which no source sent");
    assert_eq!(answer.headers[header::CONTENT_LENGTH].to_str().unwrap(), answer.body.len().to_string());
    assert_eq!(events(&world, before).await, [("exported".to_owned(), "fhir".to_owned())]);
}

#[sqlx::test(migrations = "../migrations")]
async fn results_leave_as_a_table_with_every_value_as_it_was_written(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let before = events(&world, 0).await.len();
    let answer = world.browser(Caller::Patient).await.post("/download/results", "").await;
    assert_eq!((answer.status, answer.headers[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, "text/csv; charset=utf-8"));
    assert!(disposition(&answer).starts_with("attachment; filename=\"chartkey-results-20"), "{}", disposition(&answer));
    let lines: Vec<&str> = answer.body.trim_start_matches('\u{feff}').split_terminator("\r\n").collect();
    let expected: Vec<(String, String)> = sqlx::query_as(
        "select title, value_text from item where patient_id = $1 and category in (6, 7) and not is_error and value_text is not null
         order by sort_at desc, item_id desc",
    )
    .bind(world.ada.patient.0)
    .fetch_all(&world.house.superuser)
    .await
    .unwrap();
    assert!(!expected.is_empty());
    assert_eq!(lines.len(), expected.len() + 1, "a line each, and the heads");
    assert!(
        lines[0].ends_with(",The patient says this is wrong,Added by hand by the patient"),
        "a table is read by others, too: {}",
        lines[0]
    );
    for (line, (title, value)) in lines.iter().skip(1).zip(&expected) {
        assert!(line.contains(title.as_str()) && line.contains(value.as_str()), "{line}: {title} {value}");
    }
    assert_eq!(events(&world, before).await, [("exported".to_owned(), "results".to_owned())]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_pack_holds_nothing_in_clear_and_no_passphrase(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let before = events(&world, 0).await.len();
    let answer = world.browser(Caller::Patient).await.post("/download/pack", TYPED).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(disposition(&answer).starts_with("attachment; filename=\"chartkey-pack-20"));
    let (_, data) = answer.body.split_once("id=\"locked\">").unwrap();
    let data: Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
    assert_eq!(data["iterations"], 600_000);
    let sealed = STANDARD.decode(data["record"]["bytes"].as_str().unwrap()).unwrap();
    for bytes in [answer.body.as_bytes(), &sealed] {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        for secret in ["zqada", "six words", &world.ada.patient.to_string()] {
            assert!(!text.contains(secret), "{secret} in clear");
        }
    }
    let again = world.browser(Caller::Patient).await.post("/download/pack", TYPED).await;
    assert_ne!(answer.body, again.body, "another salt and other nonces each time");
    let taken = ("exported".to_owned(), "pack".to_owned());
    assert_eq!(events(&world, before).await, [taken.clone(), taken]);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_refused_leaves_no_event_and_says_why(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let before = events(&world, 0).await.len();
    let mut browser = world.browser(Caller::Patient).await;
    for (form, problem) in [
        ("passphrase=short&again=short", "passphrase"),
        ("passphrase=twelve+letters&again=twelve+Letters", "passphrase-again"),
        ("", "passphrase"),
    ] {
        let answer = browser.post("/download/pack", form).await;
        assert_eq!(answer.location(), format!("/download?problem={problem}"), "{form}");
        assert!(!answer.headers.contains_key(header::SET_COOKIE), "nothing of it is kept");
    }
    // Six minutes after the sign-in.
    sqlx::query(
        "update session set signed_in_at = signed_in_at - interval '6 minutes',
            data = jsonb_set(data, '{signed_in,at}', to_jsonb((data #>> '{signed_in,at}')::timestamptz - interval '6 minutes'))",
    )
    .execute(&world.house.superuser)
    .await
    .unwrap();
    for path in ["/download/fhir", "/download/results", "/download/pack"] {
        assert_eq!(browser.post(path, TYPED).await.location(), "/sign-in/again?to=/download");
    }
    let page = browser.get("/download").await;
    assert!(page.body.contains("/sign-in/again?to=/download") && !page.body.contains("name=\"passphrase\""));
    assert_eq!(events(&world, before).await, []);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_clinician_prints_what_is_shared_for_treatment_with_an_event_for_each_record(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let before = events(&world, 0).await.len();
    let mut browser = world.browser(Caller::NarrowGrant).await;
    assert_eq!(browser.post("/api/print-shared", "").await.location(), "/shared/print");
    let page = browser.get("/shared/print").await;
    // Their grant is of results: the name is there, and none of what the summary holds.
    assert!(page.body.contains(&mark("ada", "name")) && page.body.contains("A share."));
    for place in ["problems", "medicines", "allergies", "results"] {
        assert!(!page.body.contains(&mark("ada", place)), "{place}");
    }
    assert!(page.body.contains(&format!("data-open=\"patient={}&amp;mark=", world.ada.patient)), "the page covers itself");
    assert_eq!(events(&world, before).await, [("read".to_owned(), "summary-print".to_owned())]);

    sqlx::query("update access_grant set state = 'withdrawn', ended_at = now() where patient_id = $1 and state <> 'withdrawn'")
        .bind(world.ada.patient.0)
        .execute(&world.house.superuser)
        .await
        .unwrap();
    let page = browser.get("/shared/print").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains(&mark("ada", "name")), "a withdrawn patient is not on it");
    assert!(world.browser(Caller::Withdrawn).await.get("/shared/print").await.body.contains("Nobody’s summary is open"));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_record_that_is_too_large_for_a_pack_is_told_so_and_not_taken(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    sqlx::query(
        "update item_version v set bytes = convert_to(repeat('x', $2), 'UTF8') from item i
         where i.patient_id = $1 and i.fhir_id = 'problems' and v.patient_id = i.patient_id and v.item_id = i.item_id",
    )
    .bind(world.ada.patient.0)
    .bind(i32::try_from(LARGEST_PACK).unwrap())
    .execute(&world.house.superuser)
    .await
    .unwrap();
    let before = events(&world, 0).await.len();
    let taken = world.house.portal.take_pack(&world.ada.visitor(), world.ada.patient).await;
    assert!(matches!(taken, Err(Error::Invalid("pack-too-large"))), "{taken:?}");
    let mut browser = world.browser(Caller::Patient).await;
    assert!(browser.get("/download?problem=pack-too-large").await.body.contains("larger than 64 MB"));
    assert_eq!(events(&world, before).await, []);
}
