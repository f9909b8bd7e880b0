//! What belongs to a visit: what names it, and what names none and was on its day in its place.

mod files;
mod harness;
mod people;

use std::{collections::BTreeSet, fs::File};

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    grant::Purpose,
    id::{AccountId, ItemId, PatientId},
};
use chartkey_ground::saw;
use chartkey_portal::{Portal, items::Said, secrets::Pepper, visits::Visit};
use files::{bundle, shared, take as take_file};
use harness::Ground;
use people::{House, item, take};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

const PLACES: [&str; 2] =
    [r#"{"resourceType":"Organization","id":"north","name":"Northfield"}"#, r#"{"resourceType":"Location","id":"ward","name":"Ward 3"}"#];

fn visit(id: &str, from: &str, place: &str) -> String {
    format!(
        r#"{{"resourceType":"Encounter","id":"{id}","status":"finished","class":{{"code":"AMB"}},"subject":{{"reference":"Patient/a"}},
            "period":{{"start":"{from}","end":"{from}"}},"reasonCode":[{{"text":"A cough"}}],{place}}}"#
    )
}

fn vaccine(id: &str, at: &str, rest: &str) -> String {
    format!(
        r#"{{"resourceType":"Immunization","id":"{id}","status":"completed","patient":{{"reference":"Patient/a"}},"vaccineCode":{{"text":"{id}"}},
            "occurrenceDateTime":"{at}"{rest}}}"#
    )
}

const NORTH: &str = r#""serviceProvider":{"reference":"Organization/north"}"#;
const WARD: &str = r#""location":[{"location":{"reference":"Location/ward"}}]"#;
const IN_WARD: &str = r#","location":{"reference":"Location/ward"}"#;
const BY_NORTH: &str = r#","performer":[{"actor":{"reference":"Organization/north"}}]"#;

async fn of(house: &House, visitor: &Visitor, fhir_id: &str) -> Visit {
    house.portal.visit(visitor, house.patient, item(house, fhir_id).await).await.unwrap().view
}

/// The titles of what belongs without naming it.
fn joined(visit: &Visit) -> BTreeSet<&str> {
    visit.parts.iter().filter(|part| visit.joined.contains(&part.id)).map(|part| part.title.as_str()).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_names_no_visit_belongs_to_the_one_of_its_day_and_place(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let ines = house.ines();
    let resources = [
        // In Boston it is the evening before, and so it is on the calendar of the source.
        visit("evening", "2024-03-05T20:00:00-05:00", &format!("{NORTH},{WARD}")),
        vaccine("ward", "2024-03-05", IN_WARD),
        vaccine("north", "2024-03-05T19:00:00-05:00", BY_NORTH),
        vaccine("utc", "2024-03-06T00:30:00Z", IN_WARD),
        vaccine("month", "2024-03", IN_WARD),
        vaccine("nowhere", "2024-03-05", ""),
        vaccine("linked", "2024-03-05", &format!(r#"{IN_WARD},"encounter":{{"reference":"Encounter/elsewhere"}}"#)),
        vaccine("maker", "2024-03-05", r#","manufacturer":{"reference":"Organization/north"}"#),
        vaccine("named", "2024-01-01", r#","encounter":{"reference":"Encounter/evening"}"#),
    ];
    let resources: Vec<&str> = PLACES.into_iter().chain(resources.iter().map(String::as_str)).collect();
    take(&house, &bundle(&resources)).await;
    let evening = of(&house, &ines, "evening").await;
    assert_eq!(joined(&evening), ["ward", "north"].into());
    assert_eq!(evening.parts.len(), 3, "and what names it");
    let reason = evening.facts.iter().find(|fact| fact.name == "fact.reason").map(|fact| &fact.said);
    assert_eq!(reason, Some(&Said::Text("A cough".to_owned())));

    // A second visit in the same place on the same day: nobody knows to which of the two it belongs.
    take(&house, &bundle(&[PLACES[1], &visit("morning", "2024-03-05T08:00:00-05:00", WARD)])).await;
    assert_eq!(joined(&of(&house, &ines, "evening").await), ["north"].into());
    assert_eq!(joined(&of(&house, &ines, "morning").await), [].into());
    house.tamper("update item set is_error = true where fhir_id = 'north'").await;
    assert_eq!(joined(&of(&house, &ines, "evening").await), [].into());
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_grantee_does_not_see_joins_nothing_and_keeps_nothing_apart(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let resources = [
        visit("one", "2024-03-05", WARD),
        visit("two", "2024-03-05", WARD),
        vaccine("shot", "2024-03-05", IN_WARD),
        vaccine("kept", "2024-03-05", IN_WARD),
    ];
    let resources: Vec<&str> = PLACES.into_iter().chain(resources.iter().map(String::as_str)).collect();
    take(&house, &bundle(&resources)).await;
    let mut new = house.draft(Purpose::Treatment).await;
    new.terms.categories = [Category::Visits, Category::Vaccines].into_iter().fold(Categories::NONE, Categories::with);
    house.portal.give_grant(&house.ines(), new).await.unwrap();
    house.tamper("update item set is_private = true where fhir_id in ('two', 'kept')").await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    let (theirs, own) = (of(&house, &doctor, "one").await, of(&house, &house.ines(), "one").await);
    assert_eq!(joined(&theirs), ["shot"].into(), "as if the other visit were not there");
    assert_eq!(joined(&own), [].into());
    assert!(theirs.facts.iter().all(|fact| fact.name != "fact.reason"), "the reason of a visit is a problem");
}

#[sqlx::test(migrations = "../../migrations")]
async fn records_of_others_have_things_that_belong_so(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let portal = Portal::new(ground.runtime.clone(), Pepper::new([7; 32])).unwrap();
    let (mut visits, mut all, mut of_day) = (0, 0, 0);
    for name in ["large-glover-7mb.json", "paediatric-infant.json", "utf8-miguel-angel.json"] {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut File::open(shared().join("synthea-generated").join(name)).unwrap(), &mut bytes).unwrap();
        let mut connection = ground.runtime.acquire().await.unwrap();
        let patient = take_file(&mut connection, name, &bytes).await.unwrap().patients[0];
        drop(connection);
        let account = ground.person("Holder").await;
        ground.hold(patient.0, account).await;
        let holder = person(account);
        let each: Vec<Uuid> = sqlx::query_scalar("select item_id from item where patient_id = $1 and resource_type = 'Encounter'")
            .bind(patient.0)
            .fetch_all(&ground.superuser)
            .await
            .unwrap();
        let mut seen = BTreeSet::new();
        for one in each {
            let visit = portal.visit(&holder, PatientId(patient.0), ItemId(one)).await.unwrap().view;
            for part in visit.parts.iter().filter(|part| visit.joined.contains(&part.id)) {
                let ((was, _), (at, _)) = (part.when.unwrap(), visit.visit.when.unwrap());
                assert_eq!(was.date(), at.date(), "{}", part.title);
                assert!(seen.insert(part.id), "{} belongs to two visits", part.title);
            }
            visits += usize::from(!visit.joined.is_empty());
        }
        all += seen.len();
        of_day += sqlx::query_scalar::<_, i64>(
            "select count(*) from item i where i.patient_id = $1 and i.visit_id is null and i.category not in (1, 9, 16) and i.precision >= 3
                and exists (select from item v where v.patient_id = $1 and v.resource_type = 'Encounter' and v.first_at::date = i.first_at::date)",
        )
        .bind(patient.0)
        .fetch_one(&ground.superuser)
        .await
        .unwrap();
    }
    saw(&format!(
        "three records made by Synthea: {all} things that name no visit belong to {visits} visits, of {of_day} on the day of one"
    ));
    assert!(all >= 200, "{all}");
}

fn person(account: Uuid) -> Visitor {
    #[expect(clippy::disallowed_methods, reason = "they have signed in just now")]
    let at = time::OffsetDateTime::now_utc();
    Visitor {
        actor: chartkey_domain::account::Actor::Person { account: AccountId(account) },
        name: "Holder".to_owned(),
        organization_name: None,
        signed_in_by: "password".to_owned(),
        signed_in_at: at,
        session_ends_at: at + time::Duration::days(1),
        purposes: std::collections::BTreeMap::new(),
    }
}
