//! What a page weighs, and that it asks for no script unless it has something to run. What the
//! files of the site weigh is held by `scripts/site`, which makes none that is over its budget.

mod harness;

use std::io::Write;

use axum::http::StatusCode;
use chartkey_ground::lay_record;
use flate2::{Compression, write::GzEncoder};
use harness::{HERE, House};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// One first flight of a connection, compressed.
const FLIGHT: usize = 14_000;

fn compressed(body: &str) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body.as_bytes()).unwrap();
    encoder.finish().unwrap().len()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_page_of_a_long_record_fits_into_one_flight_and_asks_for_no_script_without_an_island(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let site = std::env::temp_dir().join(format!("chartkey-site-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir(&site).unwrap();
    let names = ["app.js", "app.wasm", "style.css", "cover.js", "log.js", "live.js"].map(|name| format!("\"{name}\": \"/assets/{name}\""));
    std::fs::write(site.join("assets.json"), format!("{{{}}}", names.join(","))).unwrap();
    let house = House::build_with(options, HERE, site.clone()).await;
    house.person("ines@example.org").await;
    let mut connection = house.superuser.acquire().await.unwrap();
    let patient = lay_record(&mut connection).await.unwrap();
    for statement in [
        "insert into patient_holder (patient_id, account_id) select $1, account_id from account",
        "update item set category = 1 + abs(hashtext(item_id::text)) % 16 where patient_id = $1 and hashtext(fhir_id) % 4 = 0",
        // With a plain name each, and the words of the source beside it.
        "update item set codes = array['http://loinc.org|' || (array['2160-0', '4548-4', '718-7', '6690-2', '2951-2', '2823-3', '2345-7', '58410-2'])
            [1 + abs(hashtext(title)) % 8]] where patient_id = $1",
    ] {
        sqlx::query(statement).bind(patient).execute(&mut *connection).await.unwrap();
    }
    let series: String =
        sqlx::query_scalar("select series from item where series is not null limit 1").fetch_one(&mut *connection).await.unwrap();
    let mut browser = house.signs_in("ines@example.org", harness::PASSWORD).await.unwrap();

    let lists =
        ["", "/results", "/visits", "/medicines", "/problems", "/timeline", "/vitals", "/vaccines", "/documents", "/allergies", "/search"];
    let trend = format!("/record/{patient}/trends/{series}");
    let pages = lists.map(|list| format!("/record/{patient}{list}"));
    let pages = pages.into_iter().chain(["/home", "/activity", "/sharing", "/account"].map(str::to_owned)).chain([trend]);
    let begun = browser.post("/api/lens", &format!("patient={patient}&lens=kidney-disease")).await;
    let pages = pages.chain([begun.location().to_owned()]);
    let (mut faults, mut islands) = (Vec::new(), 0);
    for page in pages {
        let answer = browser.get(&page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        let (weight, has_island) = (compressed(&answer.body), answer.body.contains("<leptos-island"));
        islands += usize::from(has_island);
        if weight > FLIGHT {
            faults.push(format!("{page}: {weight} bytes compressed, {FLIGHT} at most"));
        }
        // The log can be checked where it is read, by a module that asks for more only when somebody wants to know.
        let wanted: &[&str] = match page.as_str() {
            _ if has_island => &["/assets/app.js"],
            "/activity" => &["/assets/log.js"],
            // What others do about one's sharing shows at once.
            "/sharing" => &["/assets/live.js"],
            _ => &[],
        };
        let scripts = scripts(&answer.body);
        if scripts != wanted {
            faults.push(format!("{page}: asks for {scripts:?}, and not for {wanted:?}"));
        }
    }
    std::fs::remove_dir_all(site).unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(islands > 0, "no page had an island: the rule was not tried");
}

/// Leptos declares its empty lists in every page; that is nothing to ask for.
fn scripts(html: &str) -> Vec<&str> {
    let tags = html.split("<script").skip(1).filter_map(|script| script.split('>').next());
    tags.filter_map(|tag| tag.split("src=\"").nth(1)?.split('"').next()).collect()
}
