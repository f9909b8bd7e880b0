//! One thing that several sources tell of: what binds all of them, such as a mark, a label, what is said of it
//! or that it waits, and what goes with one of them.

mod files;
mod harness;
mod people;
mod twinned;

use chartkey_domain::{category::Category, grant::Purpose, policy::Whom, waiting::ResultKind};
use chartkey_portal::{Error, items::Original, news::Look};
use files::bundle;
use harness::Ground;
use people::House;
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use twinned::{AT, add, item, measured, said, says, shown, stands, state, take, tell, total, two, with, words};

#[sqlx::test(migrations = "../../migrations")]
async fn a_mark_on_one_binds_the_other_until_it_is_taken_back(_: PgPoolOptions, options: PgConnectOptions) {
    let house = two(options).await;
    let (ines, doctor) = (house.ines(), house.doctor(Some(Purpose::Treatment)));
    for fhir_id in ["here", "there"] {
        let one = item(&house, fhir_id).await;
        let (set, back) = (
            "insert into exclusion (patient_id, item_id, organization_id) select $1, $2, organization_id from organization",
            "delete from exclusion where patient_id = $1 and item_id = $2",
        );
        assert_eq!(shown(&house, &doctor).await.len(), 1);
        tell(&house, set, one).await;
        assert!(shown(&house, &doctor).await.is_empty(), "{fhir_id}: {set}");
        for other in ["here", "there"] {
            let page = house.portal.item(&doctor, house.patient, Category::Results, item(&house, other).await, Original::Leave).await;
            assert!(matches!(page, Err(Error::NotFound)), "{fhir_id}, {other}: {set}");
        }
        assert_eq!(shown(&house, &ines).await.len(), 1);
        tell(&house, back, one).await;
    }
}

/// What was hidden before another source told the same hides that, too.
#[sqlx::test(migrations = "../../migrations")]
async fn what_comes_later_is_hidden_with_what_it_is_one_with(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    for (day, hide) in [
        ("2024-03-02", "update item set own_labels = 8, labels = 8 where patient_id = $1 and item_id = $2"),
        ("2024-03-03", "insert into exclusion (patient_id, item_id, organization_id) select $1, $2, organization_id from organization"),
    ] {
        let [here, there] = ["here", "there"].map(|place| format!("{place}-{day}"));
        take(&house, house.patient, "clinic", &measured(&here, 110.0, "mg/dL", day)).await;
        tell(&house, hide, item(&house, &here).await).await;
        take(&house, house.patient, "hospital", &measured(&there, 110.0, "mg/dL", day)).await;
        assert!(shown(&house, &doctor).await.is_empty(), "{hide}");
        take(&house, house.patient, "hospital", &measured(&format!("{there}-other"), 111.0, "mg/dL", day)).await;
        assert_eq!(shown(&house, &doctor).await.len(), 1, "another value is another thing");
        tell(
            &house,
            "update item set is_private = true where patient_id = $1 and item_id = $2",
            item(&house, &format!("{there}-other")).await,
        )
        .await;
    }
}

/// A report that lists the same results as one that is kept from somebody is kept from them with it, at once.
#[sqlx::test(migrations = "../../migrations")]
async fn a_report_that_comes_later_is_hidden_with_its_results_twin(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let panel = |id: &str| {
        json!({"resourceType": "DiagnosticReport", "id": id, "status": "final", "effectiveDateTime": AT,
            "code": {"text": "Panel", "coding": [{"system": "http://loinc.org", "code": "24323-8"}]},
            "result": [{"reference": format!("Observation/{id}-one")}]})
        .to_string()
    };
    take(&house, house.patient, "clinic", &bundle(&[&measured("here-one", 110.0, "mg/dL", AT), &panel("here")])).await;
    let kept = "insert into exclusion (patient_id, item_id, organization_id) select $1, $2, organization_id from organization";
    tell(&house, kept, item(&house, "here").await).await;
    take(&house, house.patient, "hospital", &bundle(&[&measured("there-one", 110.0, "mg/dL", AT), &panel("there")])).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    for report in ["here", "there"] {
        let page = house.portal.item(&doctor, house.patient, Category::Results, item(&house, report).await, Original::Leave).await;
        assert!(matches!(page, Err(Error::NotFound)), "{report}");
    }
}

/// A patient who adds an export of what a clinic has sent already hides nothing of the clinic's with it, and
/// takes back no more than they have added: not what the clinic has sent since.
#[sqlx::test(migrations = "../../migrations")]
async fn an_own_file_that_says_the_same_leaves_the_clinics_as_it_is(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    while house.portal.phrase_next(None).await.unwrap().is_some() {}
    take(&house, house.patient, "clinic", &measured("here", 110.0, "mg/dL", AT)).await;
    house.give(Purpose::Treatment).await;
    let (ines, doctor) = (house.ines(), house.doctor(Some(Purpose::Treatment)));
    let (before, doctors) = (state(&house).await, shown(&house, &doctor).await);

    let import = add(&house, &measured("mine", 110.0, "mg/dL", AT)).await;
    let [one] = shown(&house, &ines).await.try_into().unwrap();
    assert_eq!((one.twins.len(), one.is_private), (1, false), "one thing, and the doctor sees it from the clinic");
    assert_eq!(shown(&house, &doctor).await, doctors);
    house.portal.undo_import(&ines, import).await.unwrap();
    assert!(state(&house).await == before, "nothing of it is left");

    let import = add(&house, &measured("mine-too", 110.0, "mg/dL", AT)).await;
    take(&house, house.patient, "clinic", &measured("here", 111.0, "mg/dL", AT)).await;
    house.portal.undo_import(&ines, import).await.unwrap();
    let values: Vec<_> = shown(&house, &ines).await.into_iter().map(|entry| entry.value.text).collect();
    assert_eq!(values, [Some("111.0".to_owned())], "what the clinic has sent since stays");
}

/// What the patient says of one of them stands beside the one that is shown.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_said_of_one_stands_with_the_one_that_is_shown(_: PgPoolOptions, options: PgConnectOptions) {
    let house = two(options).await;
    for fhir_id in ["here", "there"] {
        let said = item(&house, fhir_id).await;
        stands(&house, said).await;
        for visitor in [house.ines(), house.doctor(Some(Purpose::Treatment))] {
            let [one] = shown(&house, &visitor).await.try_into().unwrap();
            assert_eq!(words(one.disputed).as_deref(), Some("Not mine"), "{fhir_id}");
        }
        tell(&house, "update correction set ended_at = now(), state = 'withdrawn' where patient_id = $1 and item_id = $2", said).await;
    }
}

/// What names something sensitive in a file that the patient keeps to themselves does not take from a doctor
/// what they see of the clinic's; and to take the file back leaves what the clinic has sent since.
#[sqlx::test(migrations = "../../migrations")]
async fn a_label_of_an_own_file_reaches_the_clinics_when_it_is_shown(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    while house.portal.phrase_next(None).await.unwrap().is_some() {}
    take(&house, house.patient, "clinic", &measured("here", 110.0, "mg/dL", AT)).await;
    house.give(Purpose::Treatment).await;
    let (ines, doctor) = (house.ines(), house.doctor(Some(Purpose::Treatment)));
    let mine = measured("mine", 110.0, "mg/dL", AT);
    let labelled = with(&mine, json!({"note": [{"text": "HIV positive"}]}));
    let first = add(&house, &mine).await;
    let second = add(&house, &labelled).await;
    let labels = async |fhir_id: &'static str| -> i16 {
        sqlx::query_scalar("select labels from item where fhir_id = $1").bind(fhir_id).fetch_one(&house.superuser).await.unwrap()
    };
    assert_ne!(labels("mine").await, 0);
    assert_eq!((labels("here").await, shown(&house, &doctor).await.len()), (0, 1), "the doctor sees what they saw");
    take(&house, house.patient, "clinic", &measured("here", 111.0, "mg/dL", AT)).await;
    house.portal.undo_import(&ines, second).await.unwrap();
    let values: Vec<_> = shown(&house, &ines).await.into_iter().filter_map(|entry| entry.value.text).collect();
    assert!(values.contains(&"111.0".to_owned()), "what the clinic has sent since stays: {values:?}");
    house.portal.undo_import(&ines, first).await.unwrap();

    let again = with(&measured("here", 110.0, "mg/dL", AT), json!({"issued": "2024-03-02T08:00:00Z"}));
    take(&house, house.patient, "clinic", &again).await;
    let third = add(&house, &labelled).await;
    assert_eq!(shown(&house, &doctor).await.len(), 1);
    house.portal.show_import(&ines, third).await.unwrap();
    assert_eq!((labels("here").await, shown(&house, &doctor).await.len()), (labels("mine").await, 0), "one thing has one label");
}

/// What the patient says of their own copy is said of the thing, where doctors see it, and stands there when the copy
/// has gone. What nobody else could read does not begin to be read when a file is taken back.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_said_of_an_own_copy_stands_with_the_clinics(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    while house.portal.phrase_next(None).await.unwrap().is_some() {}
    house.give(Purpose::Treatment).await;
    let (ines, doctor) = (house.ines(), house.doctor(Some(Purpose::Treatment)));
    // Said before the clinic tells of it, and so of what only the patient sees.
    let import = add(&house, &measured("mine", 110.0, "mg/dL", AT)).await;
    says(&house, item(&house, "mine").await, "Not mine").await;
    take(&house, house.patient, "clinic", &measured("here", 110.0, "mg/dL", AT)).await;
    let both = vec![Some("Not mine".to_owned())];
    assert_eq!((said(&house, &ines).await, said(&house, &doctor).await), (both.clone(), vec![None]));
    house.portal.undo_import(&ines, import).await.unwrap();
    assert_eq!((said(&house, &ines).await, said(&house, &doctor).await), (vec![None], vec![None]), "it goes with what it was said of");
    // Said of a copy, it is said where doctors see it.
    let import = add(&house, &measured("mine", 110.0, "mg/dL", AT)).await;
    says(&house, item(&house, "mine").await, "Not mine").await;
    assert_eq!((said(&house, &ines).await, said(&house, &doctor).await), (both.clone(), both.clone()));
    house.portal.undo_import(&ines, import).await.unwrap();
    assert_eq!(said(&house, &doctor).await, both);
    // Said again of a copy, it is what stands.
    let import = add(&house, &measured("mine", 110.0, "mg/dL", AT)).await;
    says(&house, item(&house, "mine").await, "Not mine either").await;
    assert_eq!(house.counted("select count(*) from correction where ended_at is null").await, 1);
    house.tamper("update correction set ended_at = now(), state = 'withdrawn'").await;
    // Said of what others may see, it goes to the clinic's with it.
    house.portal.show_import(&ines, import).await.unwrap();
    stands(&house, item(&house, "mine").await).await;
    house.portal.undo_import(&ines, import).await.unwrap();
    assert_eq!(said(&house, &doctor).await, both);
}

/// Whoever may see the one and not what came later reads what is said of it, whichever stands in front.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_said_is_said_of_the_first(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    for (day, first, second) in [("2024-03-01", "clinic", "hospital"), ("2024-03-02", "hospital", "clinic")] {
        let [early, late] = ["early", "late"].map(|id| format!("{id}-{day}"));
        take(&house, house.patient, first, &measured(&early, 110.0, "mg/dL", day)).await;
        house.tamper("update access_grant set includes_new = false, created_at = clock_timestamp()").await;
        take(&house, house.patient, second, &measured(&late, 110.0, "mg/dL", day)).await;
        says(&house, item(&house, &late).await, "Not mine").await;
        let doctors = said(&house, &house.doctor(Some(Purpose::Treatment))).await;
        assert_eq!(doctors.first(), Some(&Some("Not mine".to_owned())), "{first}");
    }
}

/// Of two that became one after something was said of each, both are read.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_said_of_each_is_read_of_both(_: PgPoolOptions, options: PgConnectOptions) {
    let house = two(options).await;
    let (here, there) = (item(&house, "here").await, item(&house, "there").await);
    house.portal.take_apart(&house.ines(), house.patient, here).await.unwrap();
    says(&house, here, "Not mine").await;
    says(&house, there, "Not his").await;
    house.portal.put_together(&house.ines(), house.patient, here).await.unwrap();
    for visitor in [house.ines(), house.doctor(Some(Purpose::Treatment))] {
        let [statement] = said(&house, &visitor).await.try_into().unwrap();
        let mut lines: Vec<String> = statement.unwrap().lines().map(str::to_owned).collect();
        lines.sort_unstable();
        assert_eq!(lines, ["Not his", "Not mine"]);
    }
}

/// A problem of two sources is disputed in the list of problems, whichever of the two it is said of.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_said_of_one_is_said_of_the_course(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    for (source, id) in [("clinic", "here"), ("hospital", "there")] {
        let problem = json!({
            "resourceType": "Condition", "id": id, "clinicalStatus": {"coding": [{"code": "active"}]}, "onsetDateTime": "2019",
            "code": {"text": "Asthma", "coding": [{"system": "http://snomed.info/sct", "code": "195967001", "display": "Asthma"}]}
        });
        take(&house, house.patient, source, &problem.to_string()).await;
    }
    for fhir_id in ["here", "there"] {
        stands(&house, item(&house, fhir_id).await).await;
        let courses = house.portal.courses(&house.ines(), house.patient, Category::Problems, false).await.unwrap().view.courses;
        let course = courses.into_iter().find(|course| course.entry.title == "Asthma").unwrap();
        assert_eq!((course.times, words(course.entry.disputed).as_deref()), (1, Some("Not mine")), "{fhir_id}");
        house.tamper("update correction set ended_at = now(), state = 'withdrawn'").await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_taken_apart_from_something_gone_is_apart_from_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    while house.portal.phrase_next(None).await.unwrap().is_some() {}
    take(&house, house.patient, "clinic", &measured("here", 110.0, "mg/dL", AT)).await;
    let ines = house.ines();
    let import = add(&house, &measured("mine", 110.0, "mg/dL", AT)).await;
    house.portal.take_apart(&ines, house.patient, item(&house, "here").await).await.unwrap();
    assert_eq!(shown(&house, &ines).await.len(), 2);
    house.portal.undo_import(&ines, import).await.unwrap();
    assert_eq!(house.counted("select count(*) from item where parted is not null").await, 0);
    add(&house, &measured("mine", 110.0, "mg/dL", AT)).await;
    let [one] = shown(&house, &ines).await.try_into().unwrap();
    assert_eq!(one.twins.len(), 1, "it can be taken apart again");
    assert_eq!(total(&house).await, 3);
}

/// Who takes apart takes a turn with whatever is brought into the record, and does not wait long.
#[sqlx::test(migrations = "../../migrations")]
async fn nobody_takes_apart_while_something_comes_in(_: PgPoolOptions, options: PgConnectOptions) {
    let house = two(options).await;
    let here = item(&house, "here").await;
    let mut coming = house.superuser.begin().await.unwrap();
    sqlx::query("select from patient where patient_id = $1 for no key update").bind(house.patient.0).execute(&mut *coming).await.unwrap();
    assert!(house.portal.take_apart(&house.ines(), house.patient, here).await.is_err());
    assert_eq!(shown(&house, &house.ines()).await.len(), 1, "nothing of it stays");
    coming.rollback().await.unwrap();
    house.portal.take_apart(&house.ines(), house.patient, here).await.unwrap();
    assert_eq!(shown(&house, &house.ines()).await.len(), 2);
    // Whoever is about to keep one of them from somebody is waited for.
    let mut keeping = house.superuser.begin().await.unwrap();
    sqlx::query("insert into exclusion (patient_id, item_id, organization_id) select $1, $2, organization_id from organization")
        .bind(house.patient.0)
        .bind(here.0)
        .execute(&mut *keeping)
        .await
        .unwrap();
    assert!(house.portal.put_together(&house.ines(), house.patient, here).await.is_err());
    keeping.commit().await.unwrap();
    house.portal.put_together(&house.ines(), house.patient, here).await.unwrap();
    assert_eq!(house.counted("select count(*) from exclusion").await, 2, "it is kept from them in both");
}

/// Nobody is told of it by a source that comes later, and letting shares reach it lets them reach all that tell it.
#[sqlx::test(migrations = "../../migrations")]
async fn what_a_patient_keeps_to_themselves_stays_theirs_where_another_source_tells_it_later(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    take(&house, house.patient, "clinic", &measured("here", 110.0, "mg/dL", AT)).await;
    house.give(Purpose::Treatment).await;
    let (ines, doctor) = (house.ines(), house.doctor(Some(Purpose::Treatment)));
    house.portal.keep_from(&ines, house.patient, item(&house, "here").await, Whom::Everybody).await.unwrap();
    take(&house, house.patient, "hospital", &measured("there", 1.1, "g/L", AT)).await;
    assert_eq!(shown(&house, &doctor).await.len(), 0);
    let [own] = shown(&house, &ines).await.try_into().unwrap();
    assert_eq!((own.twins.len(), own.is_private), (1, true));
    let parts = house.portal.choices_to_share(&ines, &[], false).await.unwrap().view.parts;
    assert_eq!(parts.private, 1, "counted once, as private");
    house.portal.show_again(&ines, house.patient, item(&house, "there").await, Whom::Everybody).await.unwrap();
    assert_eq!(shown(&house, &doctor).await.len(), 1);
    let [own] = shown(&house, &ines).await.try_into().unwrap();
    assert!(!own.is_private);
}

/// What waits is not shown by another source that tells the same, whatever waits by now, and opening one opens
/// both; what its patient has open is nothing new.
#[sqlx::test(migrations = "../../migrations")]
async fn twins_wait_as_the_first_of_them_does(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let (ines, doctor) = (house.ines(), house.doctor(Some(Purpose::Treatment)));
    house.portal.choose_waiting(&ines, &ResultKind::ALL).await.unwrap();
    take(&house, house.patient, "clinic", &measured("here", 110.0, "mg/dL", AT)).await;
    house.portal.choose_waiting(&ines, &[]).await.unwrap();
    take(&house, house.patient, "hospital", &measured("there", 110.0, "mg/dL", AT)).await;
    let [one] = shown(&house, &ines).await.try_into().unwrap();
    assert_eq!((one.waits, one.value.text, one.twins.len()), (true, None, 1));
    assert_eq!(house.portal.what_waits(&ines).await.unwrap().view.entries.len(), 1);
    assert_eq!(house.portal.home(&ines, house.patient, Look::Opened).await.unwrap().view.waiting.results, 1);
    for fhir_id in ["here", "there"] {
        let one = item(&house, fhir_id).await;
        let page = house.portal.item(&ines, house.patient, Category::Results, one, Original::Show).await.unwrap().view;
        assert!(page.entry.waits && page.original.is_none(), "{fhir_id}");
    }
    let [one] = shown(&house, &doctor).await.try_into().unwrap();
    assert_eq!((one.waits, one.value.text.as_deref()), (false, Some("110.0")));
    house.portal.open_waiting(&ines, house.patient, item(&house, "there").await).await.unwrap();
    assert_eq!(house.counted("select count(*) from item where waits").await, 0);
    house.portal.choose_waiting(&ines, &ResultKind::ALL).await.unwrap();
    take(&house, house.patient, "laboratory", &measured("third", 110.0, "mg/dL", AT)).await;
    let [one] = shown(&house, &ines).await.try_into().unwrap();
    assert_eq!((one.waits, one.twins.len()), (false, 2));
    take(&house, house.patient, "laboratory", &measured("third", 120.0, "mg/dL", AT)).await;
    assert_eq!(shown(&house, &ines).await.iter().filter(|entry| entry.waits).count(), 1, "another value is another thing");
}

/// What was opened while they were apart is open when they are one again.
#[sqlx::test(migrations = "../../migrations")]
async fn what_was_opened_apart_stays_open(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let ines = house.ines();
    house.portal.choose_waiting(&ines, &ResultKind::ALL).await.unwrap();
    take(&house, house.patient, "clinic", &measured("here", 110.0, "mg/dL", AT)).await;
    take(&house, house.patient, "hospital", &measured("there", 110.0, "mg/dL", AT)).await;
    let (here, there) = (item(&house, "here").await, item(&house, "there").await);
    house.portal.take_apart(&ines, house.patient, here).await.unwrap();
    house.portal.open_waiting(&ines, house.patient, there).await.unwrap();
    assert_eq!(house.counted("select count(*) from item where waits").await, 1);
    house.portal.put_together(&ines, house.patient, here).await.unwrap();
    assert_eq!(house.counted("select count(*) from item where waits").await, 0);
}

/// What stands in a file of the patient's own waits unless they have it open as the clinic told it, and with it
/// what belongs to it.
#[sqlx::test(migrations = "../../migrations")]
async fn an_own_file_closes_nothing_that_is_open(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    while house.portal.phrase_next(None).await.unwrap().is_some() {}
    let ines = house.ines();
    take(&house, house.patient, "clinic", &measured("here", 110.0, "mg/dL", AT)).await;
    house.portal.choose_waiting(&ines, &ResultKind::ALL).await.unwrap();
    let report = json!({
        "resourceType": "DiagnosticReport", "id": "panel", "status": "final", "effectiveDateTime": AT, "code": {"text": "Panel"},
        "category": [{"coding": [{"code": "LAB"}]}], "result": [{"reference": "Observation/mine"}]
    });
    let letter = json!({
        "resourceType": "DiagnosticReport", "id": "letter", "status": "final", "effectiveDateTime": AT, "code": {"text": "Letter"},
        "category": [{"coding": [{"code": "RAD"}]}], "result": [{"reference": "Observation/other"}]
    });
    let other = measured("other", 120.0, "mg/dL", "2024-03-02T08:00:00Z");
    add(&house, &bundle(&[&measured("mine", 110.0, "mg/dL", AT), &other, &report.to_string(), &letter.to_string()])).await;
    let mut waiting: Vec<String> =
        sqlx::query_scalar("select fhir_id from item where waits order by 1").fetch_all(&house.superuser).await.unwrap();
    waiting.retain(|id| id != "panel");
    assert_eq!(waiting, ["letter", "other"]);
}

/// What the patient takes apart stays so when a file is taken back that had changed one of them.
#[sqlx::test(migrations = "../../migrations")]
async fn what_was_taken_apart_stays_so_when_a_file_goes(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    while house.portal.phrase_next(None).await.unwrap().is_some() {}
    let ines = house.ines();
    take(&house, house.patient, "clinic", &measured("here", 110.0, "mg/dL", AT)).await;
    add(&house, &measured("mine", 110.0, "mg/dL", AT)).await;
    let changed = with(&measured("mine", 110.0, "mg/dL", AT), json!({"issued": "2024-03-02T08:00:00Z"}));
    let second = add(&house, &changed).await;
    assert_eq!(shown(&house, &ines).await.len(), 1);
    house.portal.take_apart(&ines, house.patient, item(&house, "here").await).await.unwrap();
    house.portal.undo_import(&ines, second).await.unwrap();
    assert_eq!((shown(&house, &ines).await.len(), total(&house).await), (2, 4));
}

/// What was kept from somebody in a file that has gone is kept from them no more once the patient shows them the
/// clinic's, whatever comes again.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_shown_again_stays_shown(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    while house.portal.phrase_next(None).await.unwrap().is_some() {}
    house.give(Purpose::Treatment).await;
    let (ines, doctor) = (house.ines(), house.doctor(Some(Purpose::Treatment)));
    take(&house, house.patient, "clinic", &measured("here", 110.0, "mg/dL", AT)).await;
    let import = add(&house, &measured("mine", 110.0, "mg/dL", AT)).await;
    let here = item(&house, "here").await;
    tell(&house, "insert into exclusion (patient_id, item_id, organization_id) select $1, $2, organization_id from organization", here)
        .await;
    house.portal.undo_import(&ines, import).await.unwrap();
    assert!(shown(&house, &doctor).await.is_empty(), "nothing is shown because something else has gone");
    tell(&house, "delete from exclusion where patient_id = $1 and item_id = $2", here).await;
    assert_eq!(shown(&house, &doctor).await.len(), 1);
    add(&house, &measured("mine", 110.0, "mg/dL", AT)).await;
    assert_eq!(shown(&house, &doctor).await.len(), 1);
}
