//! What a patient writes by hand: that it is theirs everywhere, who sees it, changing it and taking it back.

mod harness;
mod people;

use std::io::Read;

use chartkey_domain::{
    account::Visitor,
    added::{Kind, Typed},
    category::{Categories, Category},
    grant::Purpose,
    id::{DraftId, ItemId},
    waiting::ResultKind,
};
use chartkey_portal::{
    Error,
    added::{About, Kept},
    entry::Entry,
    items::{Original, Said},
    news::Look,
};
use harness::Ground;
use people::{House, nothing, take};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

const NOTE: &str = "I worry about my mother's memory.";

struct Written {
    house: House,
}

impl Written {
    async fn build(options: PgConnectOptions) -> Self {
        Self { house: House::build(Ground::lay(options).await).await }
    }

    async fn keep(&self, kind: Kind, item: Option<ItemId>, typed: Typed) -> DraftId {
        self.house.portal.keep_writing(&self.house.ines(), self.house.patient, kind, item, None, typed).await.unwrap().0
    }

    async fn writes(&self, kind: Kind, change: impl FnOnce(&mut Typed)) -> Kept {
        let draft = self.keep(kind, None, typed(change)).await;
        self.house.portal.add_writing(&self.house.ines(), self.house.patient, draft).await.unwrap()
    }

    async fn changes(&self, kind: Kind, item: ItemId, change: impl FnOnce(&mut Typed)) -> Kept {
        let draft = self.keep(kind, Some(item), typed(change)).await;
        self.house.portal.add_writing(&self.house.ines(), self.house.patient, draft).await.unwrap()
    }

    fn doctor(&self) -> Visitor {
        self.house.doctor(Some(Purpose::Treatment))
    }

    /// Gives the doctor everything that can be given.
    async fn shares_everything(&self) {
        self.house.give(Purpose::Treatment).await;
        let all = Category::SHAREABLE.into_iter().fold(Categories::NONE, Categories::with).bits();
        self.house.tamper(&format!("update access_grant set categories = {all}, labels = 63")).await;
    }

    async fn list(&self, visitor: &Visitor, category: Category) -> Vec<Entry> {
        let entries = self.house.portal.list(visitor, self.house.patient, category, None, false).await.unwrap().view.entries;
        entries.into_iter().filter(Entry::is_by_hand).collect()
    }

    /// What the patient takes away, by type.
    async fn taken(&self, of_type: &str) -> Vec<Value> {
        let mut text = String::new();
        self.house.portal.take_record(&self.house.ines(), self.house.patient).await.unwrap().view.file.read_to_string(&mut text).unwrap();
        let bundle: Value = serde_json::from_str(&text).unwrap();
        let resources = bundle["entry"].as_array().unwrap().iter().map(|entry| entry["resource"].clone());
        resources.filter(|resource| resource["resourceType"] == of_type).collect()
    }
}

fn typed(change: impl FnOnce(&mut Typed)) -> Typed {
    let [day, month, year] = ["6", "5", "2026"].map(str::to_owned);
    let mut typed = Typed { day, month, year, seen: "shared".to_owned(), still: "yes".to_owned(), ..Typed::default() };
    change(&mut typed);
    typed
}

fn sugar(typed: &mut Typed) {
    (typed.first, typed.unit, typed.time) = ("102.0".to_owned(), "mg/dL".to_owned(), "8:15".to_owned());
}

fn ibuprofen(typed: &mut Typed) {
    (typed.name, typed.how) = ("Ibuprofen 400 mg".to_owned(), "Two a day".to_owned());
    // Of late: what is older than a quarter is not listed as new.
    (typed.day, typed.month, typed.year) = (String::new(), String::new(), String::new());
}

fn note(typed: &mut Typed) {
    (typed.name, typed.words, typed.seen) = ("Family".to_owned(), NOTE.to_owned(), "private".to_owned());
}

fn is_not_found<T: std::fmt::Debug>(answer: Result<T, Error>) {
    assert!(matches!(answer, Err(Error::NotFound)), "{answer:?}");
}

/// Whoever wrote it has read it.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_written_by_hand_does_not_wait(_: PgPoolOptions, options: PgConnectOptions) {
    let written = Written::build(options).await;
    written.house.portal.choose_waiting(&written.house.ines(), &[ResultKind::Laboratory]).await.unwrap();
    written.writes(Kind::Glucose, sugar).await;
    let [reading] = written.list(&written.house.ines(), Category::Results).await.try_into().unwrap();
    assert_eq!((reading.value.text.as_deref(), reading.waits), (Some("102.0"), false));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_reading_is_the_patient_s_to_everybody_and_goes_where_readings_go(_: PgPoolOptions, options: PgConnectOptions) {
    let written = Written::build(options).await;
    let (portal, ines, patient) = (&written.house.portal, written.house.ines(), written.house.patient);
    take(&written.house, r#"{"resourceType":"Patient","id":"p","name":[{"text":"Ines"}],"birthDate":"1961-03-14"}"#).await;
    written.house.give(Purpose::Treatment).await;
    let kept = written.writes(Kind::Glucose, sugar).await;
    assert_eq!((kept.category, kept.is_change), (Category::Results, false));

    for visitor in [&ines, &written.doctor()] {
        let [entry] = written.list(visitor, Category::Results).await.try_into().unwrap();
        assert_eq!((entry.id, entry.value.text.as_deref(), entry.value.unit.as_deref()), (kept.item, Some("102.0"), Some("mg/dL")));
        assert_eq!(entry.when.map(|(first, _)| first.to_string()).as_deref(), Some("2026-05-06 8:15:00.0 +00:00:00"));
        assert!(entry.author.is_none(), "no clinician is named");
        let trend = portal.trend(visitor, patient, entry.series.as_deref().unwrap(), &[]).await.unwrap().view.asked;
        assert!(matches!(trend.points.as_slice(), [point] if point.entry.is_by_hand()), "{trend:?}");
        assert_eq!(portal.found(visitor, patient, "sugar").await.unwrap(), [kept.item]);
    }
    // In a unit of another country it is the same trend.
    written
        .writes(Kind::Glucose, |typed| (typed.first, typed.unit, typed.day) = ("5.4".to_owned(), "mmol/L".to_owned(), "7".to_owned()))
        .await;
    let [newest, _] = written.list(&ines, Category::Results).await.try_into().unwrap();
    let trend = portal.trend(&ines, patient, newest.series.as_deref().unwrap(), &[]).await.unwrap().view.asked;
    assert_eq!(trend.points.len(), 2, "{trend:?}");

    let [reading, _] = written.taken("Observation").await.try_into().unwrap();
    assert_eq!(reading["performer"], json!([{"reference": "Patient/p", "type": "Patient"}]));
    assert_eq!(reading["meta"]["security"][0]["code"], "PATAST");
    assert_eq!(reading["subject"]["reference"], "Patient/p");

    let events: Vec<_> = written.house.events().await.into_iter().filter(|event| event.what.action.starts_with("entry")).collect();
    assert!(
        events.iter().all(|event| event.what.categories == ["results"] && event.what.items == 1 && event.who.name == "Ines"),
        "{events:?}"
    );
    assert!(events.iter().all(|event| event.what.text.is_none()), "the log does not say what was written");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_note_is_the_patient_s_alone_until_they_show_it(_: PgPoolOptions, options: PgConnectOptions) {
    let written = Written::build(options).await;
    let (portal, patient) = (&written.house.portal, written.house.patient);
    written.shares_everything().await;
    let kept = written.writes(Kind::Note, note).await;
    let [own] = written.list(&written.house.ines(), Category::Documents).await.try_into().unwrap();
    assert!(own.is_private && own.title == "Family");
    assert!(written.list(&written.doctor(), Category::Documents).await.is_empty());
    is_not_found(portal.item(&written.doctor(), patient, Category::Documents, kept.item, Original::Leave).await);
    assert!(portal.found(&written.doctor(), patient, "memory").await.unwrap().is_empty());
    assert_eq!(portal.found(&written.house.ines(), patient, "memory").await.unwrap(), [kept.item]);

    let shown = written.changes(Kind::Note, kept.item, |typed| (typed.name, typed.words) = ("Family".to_owned(), NOTE.to_owned())).await;
    assert_eq!(shown, Kept { is_change: true, ..kept });
    let detail = portal.item(&written.doctor(), patient, Category::Documents, kept.item, Original::Leave).await.unwrap().view;
    assert_eq!(detail.contents.first().and_then(chartkey_portal::fhir::Content::text).as_deref(), Some(NOTE));
    written.changes(Kind::Note, kept.item, note).await;
    is_not_found(portal.item(&written.doctor(), patient, Category::Documents, kept.item, Original::Leave).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_doctor_reads_what_the_patient_wrote_for_them_and_sees_that_it_is_new(_: PgPoolOptions, options: PgConnectOptions) {
    let written = Written::build(options).await;
    let (portal, patient) = (&written.house.portal, written.house.patient);
    written.shares_everything().await;
    portal.summary(&written.doctor(), patient, Look::Opened).await.unwrap();
    written.house.tamper("update viewer_mark set seen_at = seen_at - interval '1 day'").await;
    let kept = written.writes(Kind::Medicine, ibuprofen).await;
    let penicillin = Typed { name: "Penicillin".to_owned(), how: "Hives".to_owned(), seen: "shared".to_owned(), ..Typed::default() };
    let allergy = written.writes(Kind::Allergy, |typed| *typed = penicillin).await;
    let summary = portal.summary(&written.doctor(), patient, Look::Opened).await.unwrap().view;
    let new: Vec<_> = summary.news.unwrap().fresh.into_iter().flat_map(|fresh| fresh.kinds).map(|kind| kind.newest.id).collect();
    assert!(new.contains(&kept.item) && new.contains(&allergy.item), "{new:?}");
    assert_eq!(summary.allergies.reactions[&allergy.item].named, ["Hives"]);
    let detail = portal.item(&written.doctor(), patient, Category::Medicines, kept.item, Original::Show).await.unwrap().view;
    assert!(detail.facts.iter().any(|fact| fact.said == Said::Text("Two a day".to_owned())), "{:?}", detail.facts);
    assert_eq!(detail.original, None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_the_patient_wrote_and_what_a_clinic_did_are_never_one(_: PgPoolOptions, options: PgConnectOptions) {
    let written = Written::build(options).await;
    let (portal, ines, patient) = (&written.house.portal, written.house.ines(), written.house.patient);
    take(&written.house, r#"{"resourceType":"MedicationStatement","id":"m","status":"active","medicationCodeableConcept":{"text":"Ibuprofen 400 mg"},"effectivePeriod":{"start":"2020-01-01"}}"#).await;
    let glucose = |id: &str, day: &str, number: &str| {
        format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"41653-7"}}]}},
            "effectiveDateTime":"{day}","valueQuantity":{{"value":{number},"unit":"mg/dL","code":"mg/dL"}}}}"#
        )
    };
    take(&written.house, &glucose("g1", "2026-04-01", "91")).await;
    take(&written.house, &glucose("g2", "2026-05-06", "92")).await;
    take(&written.house, &glucose("g3", "2026-06-01", "93")).await;
    written.writes(Kind::Medicine, ibuprofen).await;
    written.writes(Kind::Glucose, sugar).await;

    let courses = portal.courses(&ines, patient, Category::Medicines, false).await.unwrap().view.courses;
    let mut hands: Vec<_> = courses.iter().map(|course| (course.entry.is_by_hand(), course.times)).collect();
    hands.sort_unstable();
    assert_eq!(hands, [(false, 1), (true, 1)]);
    let medicines = portal.summary(&ines, patient, Look::Ahead).await.unwrap().view.medicines;
    assert_eq!(medicines.len(), 2, "{medicines:?}");
    let reports = portal.results(&ines, patient, None, false).await.unwrap().view.reports;
    let measured = |entry: &Entry| (entry.is_by_hand(), entry.before.as_ref().map(|before| before.text.clone()));
    let of = |text: &str| {
        let report = reports.iter().find(|report| report.results.iter().any(|entry| entry.value.text.as_deref() == Some(text))).unwrap();
        report.results.iter().map(measured).collect::<Vec<_>>()
    };
    assert_eq!(of("93"), [(false, Some("92".to_owned()))], "the clinic's own value before, and not the patient's");
    assert_eq!((of("92"), of("102.0")), (vec![(false, Some("91".to_owned()))], vec![(true, None)]), "of one day, each apart");
    let series = reports.iter().flat_map(|report| &report.results).find_map(|entry| entry.series.clone()).unwrap();
    let trend = portal.trend(&ines, patient, &series, &[]).await.unwrap().view.asked;
    assert_eq!(trend.points.iter().map(|point| point.entry.is_by_hand()).collect::<Vec<_>>(), [false, true, false, false]);
}

/// A meter at home writes more in a month than a laboratory in ten years.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_measured_at_home_crowds_out_nothing_that_a_clinic_found(_: PgPoolOptions, options: PgConnectOptions) {
    let written = Written::build(options).await;
    let (portal, ines, patient) = (&written.house.portal, written.house.ines(), written.house.patient);
    written.house.give(Purpose::Treatment).await;
    for (id, number) in [("g1", 91), ("g2", 92)] {
        take(
            &written.house,
            &format!(
                r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"41653-7"}}]}},
                "effectiveDateTime":"2020-04-01","category":[{{"coding":[{{"code":"laboratory"}}]}}],"valueQuantity":{{"value":{number},"unit":"mg/dL","code":"mg/dL"}}}}"#
            ),
        )
        .await;
    }
    written.writes(Kind::Glucose, sugar).await;
    written
        .house
        .tamper(
            "insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, labelled_by, first_at, last_at, precision, title,
                codes, value_text, value_num, unit, series, added_at)
             select i.patient_id, gen_random_uuid(), i.source_id, i.resource_type, n::text, i.category, 1, i.labelled_by, at, at, i.precision, i.title,
                i.codes, i.value_text, i.value_num, i.unit, i.series, i.added_at
             from item i join source s on s.source_id = i.source_id and s.name like 'own/%',
                generate_series(1, 150) n, lateral (select i.first_at - make_interval(hours => n) as at) t",
        )
        .await;
    let counts = |entries: &[&Entry]| {
        let own = entries.iter().filter(|entry| entry.is_by_hand()).count();
        (entries.len() - own, own)
    };
    for visitor in [&ines, &written.doctor()] {
        let results = portal.summary(visitor, patient, Look::Ahead).await.unwrap().view.results;
        assert_eq!(counts(&results.iter().collect::<Vec<_>>()), (2, 1), "of what was measured at home the newest, {}", visitor.name);
        let clinic = results.iter().find(|entry| !entry.is_by_hand()).unwrap();
        let trend = portal.trend(visitor, patient, clinic.series.as_deref().unwrap(), &[]).await.unwrap().view.asked;
        assert_eq!(counts(&trend.points.iter().map(|point| &point.entry).collect::<Vec<_>>()), (2, 100), "the trend, {}", visitor.name);
        let page = portal.item(visitor, patient, Category::Results, clinic.id, Original::Leave).await.unwrap().view.trend.unwrap();
        assert_eq!(counts(&page.points.iter().map(|point| &point.entry).collect::<Vec<_>>()), (2, 24), "its own page, {}", visitor.name);
    }
    let pack = portal.take_pack(&ines, patient).await.unwrap().view.overview.results;
    assert_eq!(counts(&pack.iter().collect::<Vec<_>>()), (2, 60));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_change_is_a_new_version_and_what_is_taken_back_stays_as_an_error(_: PgPoolOptions, options: PgConnectOptions) {
    let written = Written::build(options).await;
    let (portal, ines, patient) = (&written.house.portal, written.house.ines(), written.house.patient);
    written.house.give(Purpose::Treatment).await;
    let kept = written.writes(Kind::Glucose, sugar).await;
    let about = About::Change(Category::Results, kept.item);
    let form = portal.writing(&ines, patient, about, None).await.unwrap().view;
    assert_eq!((form.typed.first.as_str(), form.typed.time.as_str(), form.typed.seen.as_str()), ("102.0", "08:15", "shared"));
    written.changes(Kind::Glucose, kept.item, |typed| (typed.first, typed.unit) = ("112".to_owned(), "mg/dL".to_owned())).await;
    let [entry] = written.list(&written.doctor(), Category::Results).await.try_into().unwrap();
    assert_eq!((entry.id, entry.value.text.as_deref()), (kept.item, Some("112")));
    assert_eq!(written.house.counted("select count(*) from item_version v join item i using (patient_id, item_id) join source s using (source_id) where s.name like 'own/%'").await, 2);

    let draft = portal.keep_statement(&ines, patient, kept.item, "A slip of the pen.").await.unwrap();
    portal.open_correction(&ines, patient, kept.item, draft).await.unwrap();
    portal.ask_take_back(&ines, patient, Category::Results, kept.item).await.unwrap();
    for _ in 0..2 {
        assert_eq!(portal.take_back_writing(&ines, patient, kept.item).await.unwrap(), Category::Results);
    }
    assert_eq!(written.house.counted("select count(*) from correction where ended_at is null").await, 0, "nothing is left to be wrong");
    assert!(written.list(&ines, Category::Results).await.is_empty() && written.list(&written.doctor(), Category::Results).await.is_empty());
    let all = portal.list(&ines, patient, Category::Results, None, true).await.unwrap().view.entries;
    assert!(all.iter().any(|entry| entry.id == kept.item && entry.is_error));
    is_not_found(portal.writing(&ines, patient, about, None).await);
    is_not_found(portal.ask_take_back(&ines, patient, Category::Results, kept.item).await);
    assert_eq!(written.taken("Observation").await[0]["status"], "entered-in-error");
    let actions: Vec<_> =
        written.house.events().await.into_iter().map(|event| event.what.action).filter(|action| action.starts_with("entry")).collect();
    assert_eq!(actions, ["entry-added", "entry-changed", "entry-taken-back"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_asked_for_twice_happens_once_and_what_cannot_be_is_refused(_: PgPoolOptions, options: PgConnectOptions) {
    let written = Written::build(options).await;
    let (portal, ines, patient) = (&written.house.portal, written.house.ines(), written.house.patient);
    let pressure = typed(|typed| (typed.first, typed.second, typed.pulse) = ("124".to_owned(), "80".to_owned(), "66".to_owned()));
    let draft = written.keep(Kind::Pressure, None, pressure.clone()).await;
    assert_eq!(written.keep(Kind::Pressure, None, pressure.clone()).await, draft, "the same waits once");
    let other = Typed { first: "125".to_owned(), ..pressure };
    assert_ne!(written.keep(Kind::Pressure, None, other).await, draft, "and what another page has asked to check stays as it was");
    let both = tokio::join!(portal.add_writing(&ines, patient, draft), portal.add_writing(&ines, patient, draft));
    let kept = both.0.unwrap();
    assert_eq!(both.1.unwrap(), kept);
    let vitals = written.list(&ines, Category::Vitals).await;
    let mut values: Vec<_> = vitals.iter().map(|entry| entry.value.text.as_deref().unwrap()).collect();
    values.sort_unstable();
    assert_eq!(values, ["124 / 80", "66"], "the pulse is a reading of its own");
    let done = portal.writing(&ines, patient, About::New(Kind::Pressure), Some(draft)).await.unwrap().view;
    assert_eq!((done.done, done.typed), (Some((Category::Vitals, kept.item)), Typed::default()), "nothing of it waits any more");

    let upside_down = typed(|typed| (typed.first, typed.second, typed.name) = ("80".to_owned(), "120".to_owned(), "nu\0l".to_owned()));
    let draft = written.keep(Kind::Pressure, None, upside_down).await;
    let refused = portal.add_writing(&ines, patient, draft).await;
    assert!(matches!(refused, Err(Error::Invalid("added-not-below"))), "{refused:?}");
    let form = portal.writing(&ines, patient, About::New(Kind::Pressure), Some(draft)).await.unwrap().view;
    assert_eq!((form.typed.second.as_str(), form.typed.name.as_str()), ("120", "nul"), "nothing that was typed is lost");
    is_not_found(portal.writing(&ines, patient, About::New(Kind::Weight), Some(draft)).await);
    let gone = portal.add_writing(&ines, patient, DraftId(nothing())).await;
    assert!(matches!(gone, Err(Error::Conflict(_))), "{gone:?}");
    // What a clinic wrote is nobody's to change by hand.
    let theirs =
        ItemId(sqlx::query_scalar("select item_id from item where title = 'Ferritin'").fetch_one(&written.house.superuser).await.unwrap());
    is_not_found(portal.writing(&ines, patient, About::Change(Category::Results, theirs), None).await);
    is_not_found(portal.take_back_writing(&ines, patient, theirs).await);
    is_not_found(portal.keep_writing(&ines, patient, Kind::Glucose, Some(theirs), None, Typed::default()).await);
    is_not_found(portal.keep_writing(&ines, patient, Kind::Glucose, Some(kept.item), None, Typed::default()).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_is_not_the_patient_writes_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let written = Written::build(options).await;
    let (portal, patient) = (&written.house.portal, written.house.patient);
    written.shares_everything().await;
    let kept = written.writes(Kind::Glucose, sugar).await;
    let draft = written.keep(Kind::Glucose, None, typed(sugar)).await;
    for visitor in [written.doctor(), written.house.stranger().await] {
        is_not_found(portal.may_write(&visitor, patient).await);
        is_not_found(portal.writing(&visitor, patient, About::New(Kind::Note), None).await);
        is_not_found(portal.writing(&visitor, patient, About::Change(Category::Results, kept.item), None).await);
        is_not_found(portal.keep_writing(&visitor, patient, Kind::Note, None, None, Typed::default()).await);
        is_not_found(portal.add_writing(&visitor, patient, draft).await);
        is_not_found(portal.ask_take_back(&visitor, patient, Category::Results, kept.item).await);
        is_not_found(portal.take_back_writing(&visitor, patient, kept.item).await);
    }
    assert_eq!(written.list(&written.house.ines(), Category::Results).await.len(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_written_is_a_source_of_its_own_that_no_file_may_take(_: PgPoolOptions, options: PgConnectOptions) {
    let written = Written::build(options).await;
    let (portal, ines, patient) = (&written.house.portal, written.house.ines(), written.house.patient);
    assert!(portal.sources(&ines).await.unwrap().view.by_hand.is_none());
    written.writes(Kind::Medicine, ibuprofen).await;
    let kept = written.writes(Kind::Glucose, sugar).await;
    portal.take_back_writing(&ines, patient, kept.item).await.unwrap();
    let sources = portal.sources(&ines).await.unwrap().view;
    assert_eq!((sources.deliveries.len(), sources.by_hand.map(|by_hand| by_hand.things)), (0, Some(1)));
    let mut connection = portal.pool().acquire().await.unwrap();
    let options = chartkey_portal::import::ImportOptions::new(chartkey_portal::import::own::hand_of(patient), "test");
    let refused =
        chartkey_portal::import::run(&mut connection, br#"{"resourceType":"Patient","id":"x"}"#.as_slice(), &options, |_| {}).await;
    assert!(matches!(refused, Err(chartkey_portal::import::Error::OwnSource(_))), "{refused:?}");
}
