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
    search::{Looked, Missing, Search, Window, lens::Because},
    secrets::Pepper,
    sessions::{NewSession, SessionKey},
};
use files::{ANA, BEN, bundle, shared, take};
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

    /// What the page of a search shows.
    async fn found(&self, visitor: &Visitor, words: &str) -> Search {
        let key = self.session(visitor, &Uuid::new_v4().to_string()).await;
        let search = self.portal.begin_search(visitor, key.clone(), self.patient, words).await.unwrap();
        match self.portal.search(visitor, &key, self.patient, search, Window::Few).await.unwrap().view {
            Looked::Words(search) => search,
            Looked::Lens(lens, _) => panic!("{}", lens.slug),
        }
    }

    /// What the page of a lens shows: the titles, each with the reason.
    async fn belongs(&self, visitor: &Visitor, slug: &str) -> Vec<(String, Because)> {
        let key = self.session(visitor, &Uuid::new_v4().to_string()).await;
        let search = self.portal.begin_lens(visitor, key.clone(), self.patient, Lens::from_slug(slug).unwrap()).await.unwrap();
        match self.portal.search(visitor, &key, self.patient, search, Window::Few).await.unwrap().view {
            Looked::Lens(lens, seen) if lens.slug == slug => {
                seen.groups.into_iter().flat_map(|group| group.rows).map(|(entry, because)| (entry.title, because)).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    async fn take(&self, resources: &[&str]) {
        let mut connection = self.ground.runtime.acquire().await.unwrap();
        take(&mut connection, "clinic", bundle(resources).as_bytes()).await.unwrap();
    }

    /// Every text with where it stands, for comparing.
    async fn written(&self) -> String {
        let written = "select string_agg(t.text, ' ' order by t.text) from (
            select p.phrase_id::text as text, p.patient_id from phrase p
            union all select i.item_id || ' ' || concat(i.shown_id, i.kept_id), i.patient_id from item i
            union all select a.item_id || ' ' || concat(a.shown_id, a.kept_id), a.patient_id from attachment a) t
            where t.patient_id in (select patient_id from subject)";
        sqlx::query_scalar(written).fetch_one(&self.ground.superuser).await.unwrap()
    }

    /// Makes all records such as another version of the words, or none, has left them.
    async fn forget(&self) {
        for statement in [
            "update item set shown_id = null, kept_id = null",
            "update attachment set shown_id = null, kept_id = null",
            "delete from phrase",
            "update patient set phrased_by = 0",
        ] {
            sqlx::query(statement).execute(&self.ground.superuser).await.unwrap();
        }
    }

    /// Reads them again, as the worker does; how many could not be read.
    async fn read_again(&self) -> usize {
        let (mut last, mut failed) = (None, 0);
        while let Some((patient, read)) = self.portal.phrase_next(last).await.unwrap() {
            last = Some(patient);
            failed += usize::from(read.is_err());
        }
        failed
    }

    async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.ground.superuser).await.unwrap()
    }

    async fn session(&self, visitor: &Visitor, cookie: &str) -> SessionKey {
        let key = SessionKey::of(cookie);
        let session = NewSession {
            account: visitor.actor.account(),
            signed_in_at: visitor.signed_in_at,
            data: json!({}),
            device: Default::default(),
            idle: Duration::minutes(30),
            absolute: Duration::hours(12),
        };
        self.portal.begin_session(key.clone(), session).await.unwrap();
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
    let before = house.written().await;
    house.forget().await;
    let unread = house.found(&house.holder, "scarlatina").await;
    assert!(unread.groups.is_empty() && unread.missing == Some(Missing::Unread));
    assert_eq!(house.read_again().await, 0);
    let read = house.found(&house.holder, "scarlatina").await;
    assert!(read.groups.len() == 1 && read.missing.is_none());
    assert_eq!(house.written().await, before);
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
async fn a_medicine_of_another_file_gives_its_words_to_what_names_it(_: PgPoolOptions, options: PgConnectOptions) {
    let medicine = |version: u8, text: &str, code: &str| {
        format!(
            r#"{{"resourceType":"Medication","id":"m","meta":{{"versionId":"{version}"}},"code":{{"coding":[{{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"{code}"}}],"text":"{text}"}}}}"#
        )
    };
    let request = r#"{"resourceType":"MedicationRequest","id":"r","status":"active","intent":"order","subject":{"reference":"Patient/ana"},"medicationReference":{"reference":"Medication/m"}}"#;
    let house = House::build(options).await.with(bundle(&[ANA, request]).as_bytes()).await;
    house.give(Categories::NONE.with(Category::Medicines), 63).await;
    assert!(house.belongs(&house.holder, "hiv").await.is_empty());

    // The medicine comes later: the request is found by its name and its code, and belongs to its lens.
    house.take(&[&medicine(1, "Zidovudine", "11413")]).await;
    for visitor in [&house.holder, &house.doctor] {
        let found = house.found(visitor, "zidovudine").await;
        assert_eq!(found.groups.first().map(|group| group.rows[0].entry.title.as_str()), Some("Zidovudine"), "{found:?}");
        assert_eq!(house.belongs(visitor, "hiv").await.len(), 1);
    }
    // It is corrected: nothing is left of what it was.
    house.take(&[ANA, request, &medicine(2, "Aspirin", "1191")]).await;
    assert_eq!(house.count("select count(*) from phrase where words like '%zidovudine%' or words like '%11413%'").await, 0);
    assert_eq!(house.count("select count(*) from item where codes = array['http://www.nlm.nih.gov/research/umls/rxnorm|1191']").await, 1);
    for visitor in [&house.holder, &house.doctor] {
        assert!(house.found(visitor, "zidovudine").await.groups.is_empty());
        assert_eq!(house.found(visitor, "aspirin").await.groups.len(), 1);
        assert!(house.belongs(visitor, "hiv").await.is_empty());
    }
    let before = house.written().await;
    house.forget().await;
    assert_eq!(house.read_again().await, 0);
    assert_eq!(house.written().await, before);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_comes_in_and_what_is_read_again_have_the_same_words(_: PgPoolOptions, options: PgConnectOptions) {
    let apixaban = r#"{"resourceType":"Medication","id":"m","code":{"text":"Apixaban"}}"#;
    let request = r#"{"resourceType":"MedicationRequest","id":"r","subject":{"reference":"Patient/ana"},"medicationReference":{"reference":"Medication/m","display":"Eliquis"}}"#;
    let device = r#"{"resourceType":"DeviceUseStatement","id":"d","subject":{"reference":"Patient/ana"},"device":{"reference":"Device/x","display":"Walkmaster"}}"#;
    let value = r#"{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/ana"},"code":{"text":"Blood group"},"valueString":"Bombay"}"#;
    let note = r#"{"resourceType":"DocumentReference","id":"n","subject":{"reference":"Patient/ana"},"type":{"text":"Note"},"content":[{"attachment":{"contentType":"text/plain","data":"VHJhc3R1enVtYWI="}}]}"#;
    let unknown = r#"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/ana"},"code":{"text":"Quinsy"},"note":[{"text":"since spring"}]}"#;
    let house = House::build(options).await.with(bundle(&[ANA, apixaban, request, device, value, note, unknown]).as_bytes()).await;
    for word in ["eliquis", "apixaban", "walkmaster", "bombay", "trastuzumab", "quinsy", "spring"] {
        assert_eq!(house.found(&house.holder, word).await.groups.len(), 1, "{word}");
    }
    house.give(Categories::NONE.with(Category::Medicines).with(Category::Devices), 0).await;
    for word in ["eliquis", "walkmaster"] {
        assert!(house.found(&house.doctor, word).await.groups.is_empty(), "{word}: the name of the source goes with its reference");
    }
    let before = house.written().await;
    house.forget().await;
    assert_eq!(house.read_again().await, 0);
    assert_eq!(house.written().await, before);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_record_that_cannot_be_read_again_keeps_no_other_from_it(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await.with(bundle(&[ANA]).as_bytes()).await;
    house.take(&[BEN]).await;
    house.forget().await;
    let least: Uuid =
        sqlx::query_scalar("select patient_id from patient order by 1 limit 1").fetch_one(&house.ground.superuser).await.unwrap();
    let broken = format!("alter table phrase add constraint broken check (patient_id <> '{least}')");
    sqlx::query(sqlx::AssertSqlSafe(broken)).execute(&house.ground.superuser).await.unwrap();
    assert_eq!(house.read_again().await, 1);
    assert_eq!(house.count("select count(*) from patient where phrased_by = 0").await, 1, "the other one is read");
    sqlx::query("alter table phrase drop constraint broken").execute(&house.ground.superuser).await.unwrap();
    assert_eq!(house.read_again().await, 0);
    assert_eq!(house.count("select count(*) from patient where phrased_by = 0").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_patient_blocks_somebody_while_something_comes_in(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await.with(bundle(&[ANA]).as_bytes()).await;
    let long = format!(
        r#"{{"resourceType":"Condition","id":"c","subject":{{"reference":"Patient/ana"}},"code":{{"text":"Quinsy"}},"note":[{{"text":"{}"}}]}}"#,
        "long ".repeat(20_000)
    );
    let (begun, mut has_begun) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, goes_on) = std::sync::mpsc::channel::<()>();
    let mut connection = house.ground.runtime.acquire().await.unwrap();
    let import = tokio::task::spawn_blocking(move || {
        let (file, options) = (bundle(&[ANA, &long]), ImportOptions::new("clinic", "test"));
        let mut is_first = true;
        // The first progress is told in the middle of the file, when the record is locked.
        let wait = |_| {
            if std::mem::take(&mut is_first) {
                begun.send(()).unwrap();
                goes_on.recv().unwrap();
            }
        };
        let running = import::run(&mut connection, file.as_bytes(), &options, wait);
        tokio::runtime::Handle::current().block_on(running).unwrap();
    });
    has_begun.recv().await.unwrap();
    let mut transaction = house.ground.superuser.begin().await.unwrap();
    sqlx::query("set local lock_timeout = '3s'").execute(&mut *transaction).await.unwrap();
    // They wait for each other, and for nobody else.
    let locked = sqlx::query("select from patient for no key update nowait").execute(&mut *transaction).await;
    assert!(locked.is_err(), "the import has its lock");
    transaction.rollback().await.unwrap();
    let mut transaction = house.ground.superuser.begin().await.unwrap();
    sqlx::query("set local lock_timeout = '3s'").execute(&mut *transaction).await.unwrap();
    let block =
        "insert into block (patient_id, organization_id) select p.patient_id, o.organization_id from patient p, organization o limit 1";
    assert_eq!(sqlx::query(block).execute(&mut *transaction).await.unwrap().rows_affected(), 1);
    transaction.commit().await.unwrap();
    go_on.send(()).unwrap();
    import.await.unwrap();
    assert_eq!(house.found(&house.holder, "quinsy").await.groups.len(), 1);
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
