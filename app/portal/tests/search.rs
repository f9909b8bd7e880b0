//! Searching a record: what a grantee cannot find, and how a search lives.

mod files;
mod harness;
mod searching;

use std::collections::BTreeSet;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    id::SearchId,
    phrase::Phrase,
};
use chartkey_portal::{
    Error,
    search::{Looked, Missing, Search, Window, lens::Because},
    sessions::SessionKey,
};
use files::{ANA, bundle, shared};
use searching::House;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

/// Words that people may look for, beside all that the record itself has.
const TYPED: [&str; 12] =
    ["diabetes", "depression", "hiv", "pregnancy", "aspirin", "glucose", "1977", "blood", "visit", "fracture", "note", "anxiety"];

/// Everything that a search says, as one text: rows, counts, people, mistakes, lenses.
fn said(search: &Search) -> String {
    format!(
        "{:?} {:?} {:?} {:?}",
        search.groups,
        search.people,
        search.mended,
        search.lenses.iter().map(|lens| lens.slug).collect::<Vec<_>>()
    )
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_grantee_finds_nothing_outside_the_grant_and_nothing_says_otherwise(_: PgPoolOptions, options: PgConnectOptions) {
    let file = std::fs::File::open(shared().join("synthea/typical-adult-sanford.json")).unwrap();
    let house = House::build(options).await.with(file).await;
    let phrases: Vec<String> = sqlx::query_scalar("select words from phrase").fetch_all(&house.ground.superuser).await.unwrap();
    let vocabulary: BTreeSet<&str> = phrases.iter().flat_map(|words| Phrase(words).words()).filter(|word| word.len() >= 4).collect();
    let step = (vocabulary.len() / 60).max(1);
    let words: Vec<&str> = vocabulary.into_iter().step_by(step).chain(TYPED).collect();
    let shared = |some: &[Category]| some.iter().fold(Categories::NONE, |all, one| all.with(*one));
    let mut compared = 0;
    for categories in [shared(&[Category::Results]), shared(&[Category::Visits, Category::Medicines]), shared(&[Category::Documents])] {
        house.give(categories, 0).await;
        let mut before = Vec::new();
        for word in &words {
            let search = house.found(&house.doctor, word).await;
            for group in &search.groups {
                assert!(categories.contains(group.category), "{word}: {:?} is not shared", group.category);
            }
            before.push(said(&search));
        }
        // What the doctor may not see goes away; nothing that they were told changes.
        let hidden = "update item set is_private = true where patient_id = $1 and ((1 << category) & $2 = 0 or labels <> 0)";
        sqlx::query(hidden).bind(house.patient.0).bind(categories.bits()).execute(&house.ground.superuser).await.unwrap();
        for (word, before) in words.iter().zip(before) {
            assert_eq!(said(&house.found(&house.doctor, word).await), before, "{word}");
            compared += 1;
        }
        sqlx::query("update item set is_private = false").execute(&house.ground.superuser).await.unwrap();
    }
    println!("{compared} searches of {} words under three grants said nothing of what is hidden", words.len());
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_reason_of_a_visit_is_found_by_the_patient_alone(_: PgPoolOptions, options: PgConnectOptions) {
    let visit = r#"{"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},"type":[{"text":"Check up"}],
        "subject":{"reference":"Patient/ana"},"period":{"start":"2020-02-03"},"reasonCode":[{"text":"Melancholia"}]}"#;
    let house = House::build(options).await.with(bundle(&[ANA, visit]).as_bytes()).await;
    house.give(Categories::NONE.with(Category::Visits), 0).await;
    assert_eq!(house.found(&house.holder, "melancholia").await.groups.len(), 1);
    assert_eq!(house.found(&house.doctor, "check").await.groups.len(), 1, "the visit itself is shared");
    let kept = house.found(&house.doctor, "melancholia").await;
    assert!(kept.groups.is_empty() && kept.mended.is_empty());
    let mistaken = house.found(&house.doctor, "melancholiaa").await;
    assert!(mistaken.groups.is_empty() && mistaken.mended.is_empty(), "a mistake is not mended by what is hidden");
    // It shows why, to the patient.
    let row = &house.found(&house.holder, "melancholia").await.groups[0].rows[0];
    assert_eq!(row.excerpt.as_deref(), Some([("Melancholia".to_owned(), true)].as_slice()));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_log_says_how_much_was_shown_and_no_word_of_the_search(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await.with(bundle(&[ANA]).as_bytes()).await;
    let key = house.session(&house.holder, "a cookie").await;
    let search = house.portal.begin_search(&house.holder, key.clone(), house.patient, "Xylophonitis").await.unwrap();
    let found = house.portal.search(&house.holder, &key, house.patient, search, Window::Few).await.unwrap();
    assert!(matches!(found.view, Looked::Words(search) if search.words == "Xylophonitis"));
    let spoken = "select count(*) from (
        select convert_from(bytes, 'UTF8') as t from event union all select data::text from session union all select encode(sealed, 'escape') from search) s
        where t ilike '%xylophon%'";
    assert_eq!(house.count(spoken).await, 0);
    let last = "select count(*) from event where convert_from(bytes, 'UTF8') like '%\"page\":\"search\"%'";
    assert_eq!(house.count(last).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_search_lives_with_its_session_and_is_nobody_elses(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await.with(bundle(&[ANA]).as_bytes()).await;
    house.give(Categories::NONE.with(Category::Results), 0).await;
    let (one, other) = (house.session(&house.holder, "one").await, house.session(&house.holder, "other").await);
    let search = house.portal.begin_search(&house.holder, one.clone(), house.patient, "anything").await.unwrap();
    let page =
        async |visitor: &Visitor, key: &SessionKey, search| house.portal.search(visitor, key, house.patient, search, Window::Few).await;
    assert!(page(&house.holder, &one, search).await.is_ok());
    assert!(matches!(page(&house.holder, &other, search).await, Err(Error::NotFound)), "of another session");
    assert!(matches!(page(&house.doctor, &one, search).await, Err(Error::NotFound)), "of somebody else");
    assert!(matches!(page(&house.holder, &one, SearchId(Uuid::nil())).await, Err(Error::NotFound)));
    for nothing in ["", " , ", &"x".repeat(201)] {
        assert!(matches!(
            house.portal.begin_search(&house.holder, one.clone(), house.patient, nothing).await,
            Err(Error::Invalid("search"))
        ));
    }
    for _ in 0..60 {
        house.portal.begin_search(&house.holder, one.clone(), house.patient, "again").await.unwrap();
    }
    assert_eq!(house.count("select count(*) from search").await, 50, "old ones end");
    house.portal.end_session(one.clone()).await.unwrap();
    assert_eq!(house.count("select count(*) from search").await, 0);
    assert!(matches!(house.portal.begin_search(&house.holder, one, house.patient, "late").await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_lens_is_offered_where_the_record_holds_a_problem_or_a_medicine_of_it(_: PgPoolOptions, options: PgConnectOptions) {
    let gout = r#"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/ana"},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"M10.9"}],"text":"Gout"}}"#;
    let house = House::build(options).await.with(bundle(&[ANA, gout]).as_bytes()).await;
    house.give(Categories::NONE.with(Category::Results), 0).await;
    let offered = |search: &Search| search.lenses.iter().map(|lens| lens.slug).collect::<Vec<_>>();
    assert_eq!(offered(&house.found(&house.holder, "gout").await), ["gout"]);
    assert_eq!(offered(&house.found(&house.holder, "asthma").await), [""; 0]);
    assert_eq!(offered(&house.found(&house.doctor, "gout").await), [""; 0], "not by what the reader may not see");
    assert_eq!(house.belongs(&house.holder, "gout").await.len(), 1);
    assert!(house.belongs(&house.doctor, "gout").await.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_lens_is_offered_by_the_words_of_a_problem_without_a_code(_: PgPoolOptions, options: PgConnectOptions) {
    let problem = |text: &str, id: u8| {
        format!(r#"{{"resourceType":"Condition","id":"{id}","subject":{{"reference":"Patient/ana"}},"code":{{"text":"{text}"}}}}"#)
    };
    let [diabetes, post] = [problem("Diabetes mellitus tipo 2", 1), problem("Difficulty with the delivery of post", 2)];
    let house = House::build(options).await.with(bundle(&[ANA, &diabetes, &post]).as_bytes()).await;
    let offered = house.found(&house.holder, "diabetes").await.lenses;
    assert_eq!(offered.iter().map(|lens| lens.slug).collect::<Vec<_>>(), ["diabetes"]);
    let held = house.portal.lenses(&house.holder, house.patient).await.unwrap().view;
    assert_eq!(held.iter().map(|lens| lens.slug).collect::<Vec<_>>(), ["diabetes"], "and no pregnancy");
    assert_eq!(house.belongs(&house.holder, "diabetes").await[0].0, "Diabetes mellitus tipo 2");
}

/// An event that suspects a medicine, a claim for somebody at some place, a plan with a product, and
/// things that name what everybody who sees them is told.
const LINKS: [&str; 13] = [
    r#"{"resourceType":"Medication","id":"w","code":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"11289"}],"text":"Warfarin"}}"#,
    r#"{"resourceType":"Medication","id":"m","code":{"text":"Metoprolol"}}"#,
    r#"{"resourceType":"Medication","id":"t","code":{"text":"Tretinoin"}}"#,
    r#"{"resourceType":"Practitioner","id":"p","name":[{"family":"Oncolova","given":["Olga"]}]}"#,
    r#"{"resourceType":"Location","id":"f","name":"Infusion Pavilion"}"#,
    r#"{"resourceType":"Organization","id":"i","name":"Acme Insurance"}"#,
    r#"{"resourceType":"AdverseEvent","id":"a","actuality":"actual","subject":{"reference":"Patient/ana"},"event":{"text":"Bleeding"},
        "suspectEntity":[{"instance":{"reference":"Medication/w"}}]}"#,
    r#"{"resourceType":"Claim","id":"c","status":"active","use":"claim","type":{"text":"Professional"},"patient":{"reference":"Patient/ana"},
        "provider":{"reference":"Practitioner/p"},"facility":{"reference":"Location/f"},"insurer":{"reference":"Organization/i"}}"#,
    r#"{"resourceType":"CarePlan","id":"cp","status":"active","intent":"plan","title":"Skin","subject":{"reference":"Patient/ana"},
        "activity":[{"detail":{"productReference":{"reference":"Medication/t"}}}]}"#,
    r#"{"resourceType":"MedicationRequest","id":"r","status":"active","intent":"order","subject":{"reference":"Patient/ana"},
        "medicationReference":{"reference":"Medication/m"},"reasonReference":[{"reference":"Condition/g"}]}"#,
    r#"{"resourceType":"Condition","id":"g","subject":{"reference":"Patient/ana"},"code":{"text":"Gout"},"encounter":{"reference":"Encounter/e"}}"#,
    r#"{"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},"type":[{"text":"Check up"}],
        "subject":{"reference":"Patient/ana"},"period":{"start":"2020-02-03"}}"#,
    ANA,
];

#[sqlx::test(migrations = "../../migrations")]
async fn a_reference_that_no_page_tells_a_grantee_finds_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await.with(bundle(&LINKS).as_bytes()).await;
    let given = [Category::Problems, Category::Insurance, Category::Plans, Category::Medicines, Category::Visits];
    house.give(given.into_iter().fold(Categories::NONE, Categories::with), 0).await;
    let secret =
        ["warfarin", "warfrin", "11289", "oncolova", "oncolova olga", "onkolova", "pavilion", "infusion", "tretinoin", "tretinoine"];
    let told = ["metoprolol", "metoprolo", "acme", "akme insurance", "bleeding", "profesional", "gout"];
    for word in secret {
        let (own, shared) = (house.found(&house.holder, word).await, house.found(&house.doctor, word).await);
        assert!(!own.groups.is_empty() || !own.people.is_empty(), "{word}: the patient finds it");
        assert!(shared.groups.is_empty() && shared.people.is_empty() && shared.mended.is_empty(), "{word}: {}", said(&shared));
    }
    assert_eq!(house.found(&house.doctor, "metoprolol").await.groups.len(), 1, "the name of a medicine is told");
    assert_eq!(house.found(&house.doctor, "acme").await.people.len(), 1, "so is the insurer of a claim");

    // Without those links nothing is different for the doctor.
    let mut before = Vec::new();
    for word in secret.into_iter().chain(told) {
        before.push(said(&house.found(&house.doctor, word).await));
    }
    let links =
        "delete from item_reference where path in ('suspectEntity.instance', 'provider', 'facility', 'activity.detail.productReference')";
    assert_eq!(sqlx::query(links).execute(&house.ground.superuser).await.unwrap().rows_affected(), 4);
    for (word, before) in secret.into_iter().chain(told).zip(before) {
        assert_eq!(said(&house.found(&house.doctor, word).await), before, "{word}");
    }

    // A lens tells the patient what names the problem; the doctor only what the page of the visit tells, too.
    let titles = |rows: Vec<(String, Because)>| rows.into_iter().map(|(title, _)| title).collect::<Vec<_>>();
    assert_eq!(titles(house.belongs(&house.holder, "gout").await), ["Gout", "Metoprolol", "Check up"]);
    assert_eq!(titles(house.belongs(&house.doctor, "gout").await), ["Gout", "Check up"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_search_reads_so_much_and_says_that_there_is_more(_: PgPoolOptions, options: PgConnectOptions) {
    let quinsy = r#"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/ana"},"code":{"text":"Quinsy"}}"#;
    let house = House::build(options).await.with(bundle(&[ANA, quinsy]).as_bytes()).await;
    let more = "insert into phrase (patient_id, phrase_id, words)
        select patient_id, gen_random_uuid(), ' @10 ' || repeat('word ', 200000) || n || ' ' from patient, generate_series(1, 20) n";
    sqlx::query(more).execute(&house.ground.superuser).await.unwrap();
    let found = house.found(&house.holder, "quinsy").await;
    assert_eq!((found.groups.len(), found.missing), (1, Some(Missing::Long)), "what is short is read first");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_glance_is_so_many_rows_and_the_log_has_no_others(_: PgPoolOptions, options: PgConnectOptions) {
    let of = |resource_type: &str, subject: &str, n: usize| {
        format!(
            r#"{{"resourceType":"{resource_type}","id":"{n}","{subject}":{{"reference":"Patient/ana"}},"code":{{"text":"Gout {n}"}},"status":"completed"}}"#
        )
    };
    let all: Vec<String> = (0..6)
        .flat_map(|n| [of("Condition", "subject", n), of("Procedure", "subject", n), of("AllergyIntolerance", "patient", n)])
        .collect();
    let resources: Vec<&str> = all.iter().map(String::as_str).chain([ANA]).collect();
    let house = House::build(options).await.with(bundle(&resources).as_bytes()).await;
    let glance = house.portal.look_up(&house.holder, house.patient, "gout".to_owned()).await.unwrap().view;
    assert_eq!(glance.groups.iter().map(|group| (group.total, group.rows.len())).collect::<Vec<_>>(), [(6, 5), (6, 3), (6, 0)]);
    assert!(glance.lenses.is_empty());
    let last = "select convert_from(bytes, 'UTF8')::jsonb->'what'->>'items' from event order by seq desc limit 1";
    let items: String = sqlx::query_scalar(last).fetch_one(&house.ground.superuser).await.unwrap();
    assert_eq!(items, "8");
    assert_eq!(house.found(&house.holder, "gout").await.groups.iter().map(|group| group.rows.len()).sum::<usize>(), 15);
    let begun = house.portal.look_up(&house.holder, house.patient, "gout wr".to_owned()).await.unwrap().view;
    assert_eq!(begun.groups.iter().map(|group| group.total).sum::<usize>(), 18, "a word that has only begun is not missed yet");
    assert!(house.found(&house.holder, "gout wr").await.groups.is_empty(), "nor is it left out of what was sent");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_number_is_a_value_and_a_date_is_as_precise_as_it_is(_: PgPoolOptions, options: PgConnectOptions) {
    let observation = |id: u8, value: &str| {
        format!(
            r#"{{"resourceType":"Observation","id":"{id}","subject":{{"reference":"Patient/ana"}},"code":{{"text":"Measure {id}"}},{value}}}"#
        )
    };
    let problem = |id: u8, onset: &str| {
        format!(
            r#"{{"resourceType":"Condition","id":"{id}","subject":{{"reference":"Patient/ana"}},"code":{{"text":"Problem"}},"onsetDateTime":"{onset}"}}"#
        )
    };
    let all = [
        observation(1, r#""valueQuantity":{"value":120,"unit":"mmHg"}"#),
        observation(2, r#""valueString":"120/80""#),
        observation(3, r#""valueQuantity":{"value":121,"unit":"mmHg"}"#),
        observation(4, r#""valueQuantity":{"value":2020,"unit":"mL"}"#),
        problem(5, "2020"),
        problem(6, "2020-03"),
        problem(7, "2020-01-01"),
    ];
    let resources: Vec<&str> = all.iter().map(String::as_str).chain([ANA]).collect();
    let house = House::build(options).await.with(bundle(&resources).as_bytes()).await;
    for (words, count) in [("120", 2), ("121", 1), ("120.4", 0), ("2020", 4), ("March 2020", 1), ("1 January 2020", 1), ("2 March 2020", 0)]
    {
        let found = house.portal.found(&house.holder, house.patient, words).await.unwrap();
        assert_eq!(found.len(), count, "{words}");
    }
}
