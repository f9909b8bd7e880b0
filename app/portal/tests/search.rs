//! Searching a record: what a grantee cannot find, how a search lives, and when words are written again.

mod files;
mod harness;

use std::collections::{BTreeMap, BTreeSet};

use chartkey_domain::{
    account::{Actor, Visitor},
    category::{Categories, Category},
    grant::Purpose,
    id::{AccountId, OrganizationId, PatientId, SearchId},
    lens::Lens,
    phrase::Phrase,
};
use chartkey_portal::{
    Error, Portal,
    import::{self, ImportOptions},
    search::{Search, Window},
    secrets::Pepper,
    sessions::{NewSession, SessionKey},
};
use files::{ANA, bundle, shared, take};
use harness::Ground;
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Words that people may look for, beside all that the record itself has.
const TYPED: [&str; 12] =
    ["diabetes", "depression", "hiv", "pregnancy", "aspirin", "glucose", "1977", "blood", "visit", "fracture", "note", "anxiety"];

struct House {
    ground: Ground,
    portal: Portal,
    patient: PatientId,
    holder: Visitor,
    doctor: Visitor,
}

fn visitor(actor: Actor, now: OffsetDateTime) -> Visitor {
    Visitor {
        actor,
        name: "Somebody".to_owned(),
        organization_name: None,
        signed_in_by: "password".to_owned(),
        signed_in_at: now,
        session_ends_at: now + Duration::days(1),
        purposes: BTreeMap::new(),
    }
}

impl House {
    async fn build(options: PgConnectOptions) -> Self {
        let ground = Ground::lay(options).await;
        let portal = Portal::new(ground.runtime.clone(), Pepper::new([7; 32])).unwrap();
        let now: OffsetDateTime = sqlx::query_scalar("select clock_timestamp()").fetch_one(&ground.superuser).await.unwrap();
        let holder = visitor(Actor::Person { account: AccountId(ground.person("Holder").await) }, now);
        let organization = ground.organization("northfield").await;
        let account = AccountId(ground.clinician(organization, "Dr Lee", "physician").await);
        let doctor = Actor::Clinician { account, organization: OrganizationId(organization), profession: "physician".to_owned() };
        Self { patient: PatientId(Uuid::nil()), holder, doctor: visitor(doctor, now), ground, portal }
    }

    async fn with(mut self, file: impl std::io::Read) -> Self {
        let mut connection = self.ground.runtime.acquire().await.unwrap();
        let report = import::run(&mut connection, file, &ImportOptions::new("clinic", "test"), |_| {}).await.unwrap();
        self.patient = report.patients[0];
        self.ground.hold(self.patient.0, self.holder.actor.account().0).await;
        self.doctor.purposes.insert(self.patient, Purpose::Treatment);
        self
    }

    /// Gives the doctor these categories, with these labels.
    async fn give(&self, categories: Categories, labels: i16) {
        sqlx::query("delete from access_grant").execute(&self.ground.superuser).await.unwrap();
        let Actor::Clinician { account, organization, .. } = &self.doctor.actor else { unreachable!() };
        sqlx::query(
            "insert into access_grant (patient_id, lineage_id, grantee_account_id, organization_id, purpose, categories, labels, sentence)
             values ($1, gen_random_uuid(), $2, $3, 'treatment', $4, $5, 'A share.')",
        )
        .bind(self.patient.0)
        .bind(account.0)
        .bind(organization.0)
        .bind(categories.bits())
        .bind(labels)
        .execute(&self.ground.superuser)
        .await
        .unwrap();
    }

    async fn found(&self, visitor: &Visitor, words: &str) -> Search {
        self.portal.look_up(visitor, self.patient, words.to_owned()).await.unwrap().view
    }

    async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.ground.superuser).await.unwrap()
    }

    async fn session(&self, cookie: &str) -> SessionKey {
        let key = SessionKey::of(cookie);
        let session = NewSession {
            account: self.holder.actor.account(),
            signed_in_at: self.holder.signed_in_at,
            data: json!({}),
            device: Default::default(),
            idle: Duration::minutes(30),
            absolute: Duration::hours(12),
        };
        assert!(self.portal.begin_session(key.clone(), session).await.unwrap());
        key
    }
}

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
    assert_eq!(row.excerpt.as_deref(), Some("Melancholia"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_log_says_how_much_was_shown_and_no_word_of_the_search(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await.with(bundle(&[ANA]).as_bytes()).await;
    let key = house.session("a cookie").await;
    let search = house.portal.begin_search(&house.holder, key.clone(), house.patient, "Xylophonitis").await.unwrap();
    let found = house.portal.search(&house.holder, &key, house.patient, search, Window::Few).await.unwrap();
    assert_eq!(found.view.words, "Xylophonitis");
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
    let (one, other) = (house.session("one").await, house.session("other").await);
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
async fn words_die_with_their_version_and_are_written_again(_: PgPoolOptions, options: PgConnectOptions) {
    let note = |version: u8, text: &str| {
        format!(
            r#"{{"resourceType":"Condition","id":"c","meta":{{"versionId":"{version}"}},"subject":{{"reference":"Patient/ana"}},"code":{{"text":"{text}"}},"note":[{{"text":"about {text}"}}]}}"#
        )
    };
    let house = House::build(options).await.with(bundle(&[ANA, &note(1, "Quinsy")]).as_bytes()).await;
    assert_eq!(house.found(&house.holder, "quinsy").await.groups.len(), 1);
    let mut connection = house.ground.runtime.acquire().await.unwrap();
    take(&mut connection, "clinic", bundle(&[ANA, &note(2, "Scarlatina")]).as_bytes()).await.unwrap();
    assert!(house.found(&house.holder, "quinsy").await.groups.is_empty());
    assert_eq!(house.count("select count(*) from phrase where words like '%quinsy%'").await, 0, "nothing of it is left");
    assert_eq!(house.found(&house.holder, "scarlatina").await.groups.len(), 1);

    // A record that another version read, or none, is read by the worker, to the same words.
    let written = "select string_agg(t.text, ' ' order by t.text) from (
        select p.phrase_id::text as text, p.patient_id from phrase p
        union all select i.item_id || ' ' || concat(i.shown_id, i.kept_id), i.patient_id from item i) t
        where t.patient_id in (select patient_id from subject)";
    let before: String = sqlx::query_scalar(written).fetch_one(&house.ground.superuser).await.unwrap();
    for statement in ["update item set shown_id = null, kept_id = null", "delete from phrase", "update patient set phrased_by = 0"] {
        sqlx::query(statement).execute(&house.ground.superuser).await.unwrap();
    }
    let unread = house.found(&house.holder, "scarlatina").await;
    assert!(unread.groups.is_empty() && unread.is_partial);
    let mut last = None;
    while let Some((patient, _)) = house.portal.phrase_next(last).await.unwrap() {
        last = Some(patient);
    }
    let read = house.found(&house.holder, "scarlatina").await;
    assert!(read.groups.len() == 1 && !read.is_partial);
    assert_eq!(sqlx::query_scalar::<_, String>(written).fetch_one(&house.ground.superuser).await.unwrap(), before);
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
    let lens = Lens::from_slug("gout").unwrap();
    assert_eq!(house.portal.lens(&house.holder, house.patient, lens, None, 10).await.unwrap().view.groups.len(), 1);
    assert!(house.portal.lens(&house.doctor, house.patient, lens, None, 10).await.unwrap().view.groups.is_empty());
}
