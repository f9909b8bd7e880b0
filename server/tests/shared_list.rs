//! A clinician's list of 500 patients: found, put in order and read in parts, and quick.

mod harness;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration as Elapsed, Instant},
};

use axum::http::StatusCode;
use chartkey_ground::saw;
use chartkey_portal::{
    organizations::{NewOrganization, Proof},
    sessions::{NewSession, SessionKey},
    sign_in::VerifiedClinician,
};
use harness::{Browser, House};
use scraper::{Html, Selector};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::Duration;
use tower_sessions::session::Id;

/// A clinician with whom 500 patients share, of whom the 250 with odd numbers end later; each has something new.
async fn clinician(house: &House) -> Browser {
    let organization = house
        .portal
        .add_organization(NewOrganization {
            name: "Northfield".to_owned(),
            slug: "northfield".to_owned(),
            issuer: "http://127.0.0.1:1/".to_owned(),
            client_id: "chartkey".to_owned(),
            client_secret: None,
            profession_claim: "profession".to_owned(),
            identifier_claim: None,
            professions: BTreeMap::from([("physician".to_owned(), "physician".to_owned())]),
            proof: Proof::default(),
        })
        .await
        .unwrap();
    let signed_in = house
        .portal
        .sign_in_clinician(VerifiedClinician {
            organization,
            organization_name: "Northfield".to_owned(),
            issuer: "http://127.0.0.1:1/".to_owned(),
            subject: "lee".to_owned(),
            name: "Dr Lee".to_owned(),
            profession: "physician".to_owned(),
            identifier: None,
            language: "en",
            session: None,
        })
        .await
        .unwrap();
    for statement in [
        "insert into patient (patient_id, full_name, birth_date)
            select md5('patient ' || n)::uuid, 'Patient ' || to_char(n, 'FM000') || case when n = 321 then ' Müller' else '' end, '1970-01-01' from generate_series(1, 500) n",
        "insert into access_grant (patient_id, grant_id, lineage_id, grantee_account_id, organization_id, purpose, categories, starts_at, ends_at, sentence)
            select md5('patient ' || n)::uuid, md5('grant ' || n)::uuid, md5('grant ' || n)::uuid, c.account_id, c.organization_id, 'treatment', 64,
                now() - interval '1 day', now() + make_interval(days => case when n % 2 = 1 then 100 else 40 end),
                '**Dr Lee** at **Northfield** can see your **results**, until a day that you have chosen, for your **treatment**.'
            from clinician c, generate_series(1, 500) n",
        "insert into viewer_mark (patient_id, account_id, seen_seq, seen_at) select patient_id, grantee_account_id, 1, now() from access_grant",
        "insert into grant_news (patient_id, grant_id, account_id, seq)
            select patient_id, grant_id, grantee_account_id, 2 from access_grant where grant_id = md5('grant 400')::uuid",
        "analyze",
    ] {
        sqlx::query(statement).execute(&house.superuser).await.unwrap();
    }
    let id = Id::default();
    let session = NewSession {
        account: signed_in.actor.account(),
        signed_in_at: signed_in.at,
        data: serde_json::json!({"signed_in": signed_in, "record": null, "purposes": {}}),
        device: Default::default(),
        idle: Duration::minutes(20),
        absolute: Duration::hours(12),
    };
    assert!(house.portal.begin_session(SessionKey::of(&id.to_string()), session).await.unwrap());
    let mut browser = house.browser();
    browser.cookies.insert("__Host-chartkey".to_owned(), id.to_string());
    browser
}

/// The names of a page, in order.
fn names(body: &str) -> Vec<String> {
    let heading = Selector::parse("main section.sheet > h2").unwrap();
    let all = Html::parse_document(body).select(&heading).map(|heading| heading.text().collect::<String>()).collect::<Vec<_>>();
    all.into_iter().filter(|name| name.starts_with("Patient ")).collect()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_list_of_500_is_found_put_in_order_and_read_in_parts(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let mut browser = clinician(&house).await;
    let mut all = Vec::new();
    for from in (0..500).step_by(50) {
        let page = browser.get(&format!("/shared?from={from}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(&format!("{} to {} of 500", from + 1, from + 50)), "{from}");
        assert!(page.body.len() < 120_000, "{} bytes", page.body.len());
        all.extend(names(&page.body));
    }
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 500, "each stands on one of the parts");
    assert!(all.is_sorted(), "by name");
    let first = names(&browser.get("/shared?order=new").await.body);
    assert_eq!((first.len(), first[0].as_str()), (50, "Patient 400"), "what is new stands first");
    let ends_first = names(&browser.get("/shared?order=end").await.body);
    assert!(ends_first.iter().all(|name| name[8..].parse::<u32>().unwrap() % 2 == 0), "{ends_first:?}");

    let found = browser.post("/api/find-patient", "words=mull").await;
    let place = found.location().to_owned();
    assert!(place.starts_with("/shared?find=") && !place.contains("mull"), "{place}");
    assert_eq!(names(&browser.get(&place).await.body), ["Patient 321 Müller"]);
    let kept: Vec<Vec<u8>> = sqlx::query_scalar("select sealed from search").fetch_all(&house.superuser).await.unwrap();
    assert!(kept.len() == 1 && !String::from_utf8_lossy(&kept[0]).contains("mull"), "the name is sealed");

    let mut times: Vec<Elapsed> = Vec::new();
    for _ in 0..40 {
        let begun = Instant::now();
        assert_eq!(browser.get("/shared?order=end").await.status, StatusCode::OK);
        times.push(begun.elapsed());
    }
    times.sort();
    let size = browser.get("/shared?order=end").await.body.len();
    saw(&format!(
        "a list of 500 shares, 50 of them on a page of {size} bytes: {:?} at the middle of 40, {:?} at most",
        times[20], times[39]
    ));
}
