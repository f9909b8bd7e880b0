//! Adding a file through the server: as a browser sends it, cut off on its way, too large, and
//! by whoever may not.

mod endpoints;
mod harness;

use std::{convert::Infallible, io, path::PathBuf};

use axum::{
    body::{Body, Bytes},
    http::{Method, StatusCode, header},
};
use chartkey_portal::uploads::State;
use endpoints::{table::Caller, world::World};
use futures::stream;
use harness::{Answer, Browser};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

const BOUNDARY: &str = "----------------------------4711";

fn head(name: &str) -> String {
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/json\r\n\r\n")
}

fn whole(name: &str, bytes: &[u8]) -> Vec<u8> {
    [head(name).as_bytes(), bytes, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat()
}

async fn send(browser: &mut Browser, body: Body) -> Answer {
    let request = browser
        .request(Method::POST, "/sources/upload")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
    let request = request.body(body).unwrap();
    browser.send(request).await
}

/// In pieces, as a telephone sends it.
fn pieces(bytes: Vec<u8>) -> Body {
    let pieces: Vec<Result<Bytes, Infallible>> = bytes.chunks(16 * 1024).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    Body::from_stream(stream::iter(pieces))
}

fn shared(file: &str) -> Vec<u8> {
    let root = std::env::var_os("CHARTKEY_SHARED_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    std::fs::read(root.join(file)).unwrap()
}

async fn kept(world: &World) -> (i64, i64) {
    sqlx::query_as("select (select count(*) from upload where state = 'waiting'), (select count(*) from upload_piece)")
        .fetch_one(&world.house.superuser)
        .await
        .unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_long_record_comes_in_while_its_page_says_how_far_it_is(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let mut browser = world.browser(Caller::Patient).await;
    let sent = send(&mut browser, pieces(whole("glover.json", &shared("synthea-generated/large-glover-7mb.json")))).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let page = sent.location().to_owned();
    let waits = browser.get(&page).await;
    assert!(waits.body.contains("Your file is safe") && waits.body.contains("http-equiv=\"refresh\""), "{}", waits.body);
    assert!(browser.get("/sources").await.body.contains("waits for its turn"));

    // It is somebody else's: asked, and answered, by the form of its page.
    let import = world.house.portal.import_next().await.unwrap().unwrap();
    let asks = browser.get(&page).await;
    assert!(asks.body.contains("Is this you?") && asks.body.contains("Glover") && !asks.body.contains("http-equiv=\"refresh\""));
    assert_eq!(browser.post("/api/confirm-upload", &format!("import={import}")).await.location(), page);

    let portal = world.house.portal.clone();
    let reading = tokio::spawn(async move { portal.import_next().await.unwrap() });
    let mut seen = Vec::new();
    while !reading.is_finished() {
        let State::Reading { done, total } = world.house.portal.upload(&world.ada.visitor(), import).await.unwrap().state else {
            tokio::task::yield_now().await;
            continue;
        };
        seen.extend(total.map(|total| (done, total)));
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(reading.await.unwrap(), Some(import));
    assert!(seen.windows(2).all(|pair| pair[0].0 <= pair[1].0), "it only goes on: {seen:?}");
    let report = browser.get(&page).await;
    for words in ["glover.json", "Added by you", "New", "Only you see what this file brought", "Take this file back"] {
        assert!(report.body.contains(words), "{words}");
    }
    // Marked as theirs wherever it is shown, and never by the name that the database has for it.
    let results = browser.get(&format!("/record/{}/results", world.ada.patient)).await;
    assert!(results.body.contains("added by you") && !results.body.contains("upload/"));

    let clinician = |path: String| {
        let world = &world;
        async move { world.browser(Caller::NarrowGrant).await.get(&path).await.body }
    };
    let list = format!("/record/{}/results", world.ada.patient);
    let before = clinician(list.clone()).await;
    assert!(!before.contains("added by the patient"));
    assert_eq!(browser.post("/api/show-import", &format!("import={import}")).await.location(), format!("{page}?done=shown"));
    assert!(clinician(list.clone()).await.contains("added by the patient"));
    let asked = browser.get(&format!("{page}?ask=undo")).await;
    assert!(asked.body.contains("Take this file back?") && asked.body.contains("/api/undo-import"));
    assert_eq!(browser.post("/api/undo-import", &format!("import={import}")).await.location(), page);
    assert!(browser.get(&page).await.body.contains("The file was taken back"));
    assert!(!clinician(list).await.contains("added by the patient"));
    let log = browser.get("/activity").await;
    for words in [
        "sent a file for this record",
        "said that a file is about them",
        "added a file to this record",
        "let keys cover what a file brought",
        "took a file back",
    ] {
        assert!(log.body.contains(words), "{words}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_file_that_is_cut_off_or_too_large_leaves_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let mut browser = world.browser(Caller::Patient).await;
    let half = [
        Ok(Bytes::from(head("half.json"))),
        Ok(Bytes::from_static(b"{\"resourceType\":")),
        Err(io::Error::other("the train is in a tunnel")),
    ];
    let cut = send(&mut browser, Body::from_stream(stream::iter(half))).await;
    assert_eq!(cut.location(), "/sources/add?problem=upload-lost");
    let page = browser.get("/sources/add?problem=upload-lost").await;
    assert!(page.body.contains("did not come in whole") && page.body.contains("href=\"#file\""));

    let piece = Bytes::from(vec![b' '; 1 << 20]);
    let large = std::iter::once(Bytes::from(head("large.json"))).chain(std::iter::repeat_n(piece, 66));
    let large = large.chain([Bytes::from(format!("\r\n--{BOUNDARY}--\r\n"))]).map(Ok::<_, Infallible>);
    assert_eq!(send(&mut browser, Body::from_stream(stream::iter(large))).await.location(), "/sources/add?problem=upload-too-large");
    assert_eq!(send(&mut browser, Body::from(whole("", b""))).await.location(), "/sources/add?problem=no-file");
    // Nothing but the file may be long: neither what comes before the first part, nor its head, nor another part.
    let endless = || std::iter::repeat_n(Bytes::from(vec![b'x'; 1 << 18]), 5);
    let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; x=\"");
    let other = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n");
    for begins in [String::new(), head, other] {
        let sent = std::iter::once(Bytes::from(begins.clone())).chain(endless()).chain([Bytes::from(whole("late.json", b"{}"))]);
        let answer = send(&mut browser, Body::from_stream(stream::iter(sent.map(Ok::<_, Infallible>)))).await;
        assert_eq!(answer.location(), "/sources/add?problem=upload-lost", "{begins}");
    }
    assert_eq!(kept(&world).await, (0, 0));

    // Everything else is as small as before.
    let form = "x".repeat(300 * 1024);
    assert_eq!(browser.post("/api/search", &form).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_has_no_record_sends_nothing_and_too_many_files_wait(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let file = || Body::from(whole("one.json", b"{\"resourceType\":\"Observation\"}"));
    assert_eq!(send(&mut world.browser(Caller::Anonymous).await, file()).await.location(), "/welcome?to=/sources/add");
    assert_eq!(send(&mut world.browser(Caller::NarrowGrant).await, file()).await.location(), "/sources/add?problem=not-found");
    assert_eq!(kept(&world).await, (0, 0));
    let mut browser = world.browser(Caller::Patient).await;
    let foreign = browser
        .request(Method::POST, "/sources/upload")
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
    let foreign = foreign.body(file()).unwrap();
    assert_eq!(browser.send(foreign).await.status, StatusCode::FORBIDDEN);
    for _ in 0..4 {
        let sent = send(&mut browser, file()).await;
        assert!(sent.location().starts_with("/sources/imports/"), "{}", sent.location());
    }
    // One that asks waits, too.
    assert_eq!(send(&mut browser, file()).await.location(), "/sources/add?problem=uploads-wait");
    assert_eq!(kept(&world).await, (4, 4));
}
