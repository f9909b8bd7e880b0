//! Single things in a share: what is named is open as it was seen, and nothing else with it.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::Category,
    grant::Purpose,
    id::{GrantId, ItemId},
    label::{Label, Labels},
    lens::Lens,
    policy::Whom,
};
use chartkey_portal::{
    Error,
    items::Original,
    requests::Length,
    sharing::{NewGrant, things::Beside},
};
use harness::Ground;
use people::{House, item, nothing, sentence, take};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

const DIABETES: &str = r#"{"resourceType":"Condition","id":"d","subject":{"reference":"Patient/a"},"onsetDateTime":"2020-01-01",
    "code":{"coding":[{"system":"http://snomed.info/sct","code":"44054006","display":"Diabetes mellitus type 2"}]}}"#;
const OTHER: &str = r#"{"resourceType":"Condition","id":"o","subject":{"reference":"Patient/a"},"onsetDateTime":"2020-01-01",
    "code":{"text":"Sprained ankle"}}"#;
const HIV: &str = r#"{"resourceType":"Condition","id":"h","subject":{"reference":"Patient/a"},"onsetDateTime":"2020-01-01",
    "code":{"coding":[{"system":"http://snomed.info/sct","code":"86406008","display":"Human immunodeficiency virus infection"}]}}"#;
const METFORMIN: &str = r#"{"resourceType":"MedicationRequest","id":"m","status":"active","intent":"order","subject":{"reference":"Patient/a"},
    "authoredOn":"2021-01-01","medicationCodeableConcept":{"text":"Metformin 500 mg"}}"#;

async fn record(options: PgConnectOptions) -> House {
    let house = House::build(Ground::lay(options).await).await;
    for resource in [DIABETES, OTHER, HIV, METFORMIN] {
        take(&house, resource).await;
    }
    house
}

async fn sees(house: &House, visitor: &Visitor, category: Category, item: ItemId) -> bool {
    match house.portal.item(visitor, house.patient, category, item, Original::Leave).await {
        Ok(_) => true,
        Err(Error::NotFound) => false,
        Err(error) => panic!("{error}"),
    }
}

/// Gives the doctor what a draft says by now.
async fn give(house: &House, draft: chartkey_domain::id::DraftId) -> GrantId {
    let kept = house.portal.draft(&house.ines(), draft).await.unwrap();
    let terms = kept.draft.terms(kept.today).unwrap();
    let grantee = house.draft(Purpose::Treatment).await.grantee;
    house.portal.give_grant(&house.ines(), NewGrant { draft, grantee, terms, sentence: sentence() }).await.unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_named_beside_a_share_is_open_as_it_was_seen_and_nothing_else_is(_: PgPoolOptions, options: PgConnectOptions) {
    let house = record(options).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), house.doctor(Some(Purpose::Treatment)));
    let (diabetes, other, hiv) = (item(&house, "d").await, item(&house, "o").await, item(&house, "h").await);
    let given = house.give(Purpose::Treatment).await;
    assert!(!sees(&house, &doctor, Category::Problems, hiv).await);

    // Beside the results, a problem that is sensitive: its label is not let through by the share itself.
    let draft = portal.name_thing(&ines, house.patient, hiv, 1, Beside::Grant(given)).await.unwrap();
    assert_eq!(portal.name_thing(&ines, house.patient, hiv, 1, Beside::Grant(given)).await.unwrap(), draft, "a double click is one");
    portal.name_thing(&ines, house.patient, diabetes, 1, Beside::Draft(draft)).await.unwrap();
    let kept = portal.draft(&ines, draft).await.unwrap();
    assert_eq!(kept.draft.terms(kept.today).unwrap().named_labels(), Labels::NONE.with(Label::Hiv));
    assert!(!sees(&house, &doctor, Category::Problems, hiv).await, "a draft opens nothing");
    let grant = give(&house, draft).await;
    assert!(sees(&house, &doctor, Category::Problems, hiv).await && sees(&house, &doctor, Category::Problems, diabetes).await);
    assert!(!sees(&house, &doctor, Category::Problems, other).await);
    let listed = portal.shared_list(&doctor).await.unwrap().open.len();
    assert_eq!(listed, 1);
    let named = portal.grant(&ines, grant).await.unwrap().view.things;
    assert!(named.len() == 2 && named.iter().all(|(_, is_open)| *is_open), "{named:?}");

    // What comes in anew of it is another thing.
    take(&house, &DIABETES.replace("2020-01-01", "2019-01-01")).await;
    assert!(!sees(&house, &doctor, Category::Problems, diabetes).await && sees(&house, &doctor, Category::Problems, hiv).await);
    let named = portal.grant(&ines, grant).await.unwrap().view.things;
    let open: Vec<_> = named.iter().map(|(entry, is_open)| (entry.id, *is_open)).collect();
    assert!(open.contains(&(diabetes, false)) && open.contains(&(hiv, true)), "{open:?}");
    assert!(matches!(portal.name_thing(&ines, house.patient, diabetes, 1, Beside::Grant(grant)).await, Err(Error::Conflict("changed"))));
    let again = portal.name_thing(&ines, house.patient, diabetes, 2, Beside::Grant(grant)).await.unwrap();
    let things = portal.draft(&ines, again).await.unwrap().draft.things;
    assert_eq!(things.iter().map(|thing| (thing.item, thing.version)).collect::<Vec<_>>(), [(hiv, 1), (diabetes, 2)]);

    // What is kept from the doctor stays closed, whatever names it.
    portal.keep_from(&ines, house.patient, hiv, Whom::Account(doctor.actor.account())).await.unwrap();
    give(&house, again).await;
    assert!(!sees(&house, &doctor, Category::Problems, hiv).await && sees(&house, &doctor, Category::Problems, diabetes).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_share_of_one_thing_shows_that_alone(_: PgPoolOptions, options: PgConnectOptions) {
    let house = record(options).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), house.doctor(Some(Purpose::Treatment)));
    let hiv = item(&house, "h").await;
    let draft = portal.name_thing(&ines, house.patient, hiv, 1, Beside::Nothing).await.unwrap();
    let mut kept = portal.draft(&ines, draft).await.unwrap();
    kept.draft.purpose = Some(Purpose::Treatment);
    portal.keep_draft(&ines, draft, kept.draft).await.unwrap();
    give(&house, draft).await;
    let all = portal.timeline(&doctor, house.patient, chartkey_portal::timeline::Filter::default(), None).await;
    let seen: Vec<ItemId> = all.unwrap().view.entries.into_iter().map(|entry| entry.id).collect();
    assert_eq!(seen, [hiv]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_no_share_can_show_is_not_named(_: PgPoolOptions, options: PgConnectOptions) {
    let house = record(options).await;
    let (portal, ines, patient) = (&house.portal, house.ines(), house.patient);
    let (other, hiv) = (item(&house, "o").await, item(&house, "h").await);
    portal.keep_from(&ines, patient, other, Whom::Everybody).await.unwrap();
    house.tamper(&format!("update item set is_private = true where item_id = '{hiv}'")).await;
    let somebody = house.stranger().await;
    for (visitor, item) in [(&ines, other), (&ines, hiv), (&ines, ItemId(nothing())), (&somebody, item(&house, "d").await)] {
        let refused = portal.name_thing(visitor, patient, item, 1, Beside::Nothing).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    }
    let foreign = portal.begin_draft(&somebody, chartkey_domain::draft::Draft::default()).await.unwrap();
    let named = portal.name_thing(&ines, patient, item(&house, "d").await, 1, Beside::Draft(foreign)).await;
    assert!(matches!(named, Err(Error::NotFound)), "a draft is its account's alone");

    // What is private by the time it is given opens nothing, whatever names it.
    house.tamper("update item set is_private = false").await;
    let draft = portal.name_thing(&ines, patient, hiv, 1, Beside::Grant(house.give(Purpose::Treatment).await)).await.unwrap();
    house.tamper(&format!("update item set is_private = true where item_id = '{hiv}'")).await;
    give(&house, draft).await;
    assert!(!sees(&house, &house.doctor(Some(Purpose::Treatment)), Category::Problems, hiv).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_label_that_comes_to_a_named_thing_closes_it_and_what_has_changed_is_not_given_unseen(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let house = record(options).await;
    let (portal, ines, patient) = (&house.portal, house.ines(), house.patient);
    let (doctor, other) = (house.doctor(Some(Purpose::Treatment)), item(&house, "o").await);
    let label = format!("update item set labels = 8 where item_id = '{other}'");
    let given = house.give(Purpose::Treatment).await;
    let draft = portal.name_thing(&ines, patient, other, 1, Beside::Grant(given)).await.unwrap();
    let grant = give(&house, draft).await;
    assert!(sees(&house, &doctor, Category::Problems, other).await);
    // The same version, with a label that its sentence does not say.
    house.tamper(&label).await;
    assert!(!sees(&house, &doctor, Category::Problems, other).await);
    assert!(portal.grant(&ines, grant).await.unwrap().view.things.iter().all(|(_, is_open)| !is_open));
    assert!(portal.draft(&ines, portal.change_grant(&ines, grant).await.unwrap()).await.unwrap().draft.things.is_empty());

    // A draft that was made before it is not given: neither with the label, nor in another version.
    for change in [label, format!("update item set labels = 0, version_no = version_no + 1 where item_id = '{other}'")] {
        house.tamper(&format!("update item set labels = 0 where item_id = '{other}'")).await;
        let version = house.counted("select version_no::bigint from item where fhir_id = 'o'").await;
        let draft = portal.name_thing(&ines, patient, other, version.try_into().unwrap(), Beside::Grant(grant)).await.unwrap();
        let kept = portal.draft(&ines, draft).await.unwrap();
        house.tamper(&change).await;
        let new = NewGrant { draft, terms: kept.draft.terms(kept.today).unwrap(), ..house.draft(Purpose::Treatment).await };
        assert!(matches!(portal.give_grant(&ines, new).await, Err(Error::Conflict("changed"))), "{change}");
        let named = portal.choices_to_share(&ines, &kept.draft.things, false).await.unwrap().view.named;
        assert_ne!(named[0].1, kept.draft.things[0], "the patient is shown how it is now");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_request_that_is_answered_loses_nothing_that_the_share_before_it_named(_: PgPoolOptions, options: PgConnectOptions) {
    let house = record(options).await;
    let (portal, ines) = (&house.portal, house.ines());
    let diabetes = item(&house, "d").await;
    let draft = portal.name_thing(&ines, house.patient, diabetes, 1, Beside::Grant(house.give(Purpose::Treatment).await)).await.unwrap();
    let grant = give(&house, draft).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    portal.ask_again(&doctor, grant, Length::Week, "to go on").await.unwrap();
    let request = portal.requests(&ines).await.unwrap().view.requests[0].id;
    let answer = portal.answer_request(&ines, request).await.unwrap();
    let things = portal.draft(&ines, answer).await.unwrap().draft.things;
    assert_eq!(things.iter().map(|thing| thing.item).collect::<Vec<_>>(), [diabetes]);
    // A share of single things alone cannot be asked for again.
    house.tamper("update access_grant set categories = 0").await;
    assert!(matches!(portal.once_shared(&doctor, grant).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_belongs_to_a_condition_is_named_without_what_is_sensitive(_: PgPoolOptions, options: PgConnectOptions) {
    let house = record(options).await;
    let (portal, ines) = (&house.portal, house.ines());
    let (diabetes, metformin) = (item(&house, "d").await, item(&house, "m").await);
    let lens = Lens::from_slug("diabetes").unwrap();
    let begin = async || {
        portal
            .begin_draft(&ines, house.portal.draft(&ines, house.draft(Purpose::Treatment).await.draft).await.unwrap().draft)
            .await
            .unwrap()
    };
    let named = async |draft| -> Vec<ItemId> {
        portal.name_belonging(&ines, draft, lens).await.unwrap();
        let draft = portal.draft(&ines, draft).await.unwrap().draft;
        assert!(draft.categories.is_empty() && draft.labels.is_empty());
        draft.things.iter().map(|thing| thing.item).collect()
    };
    assert_eq!(named(begin().await).await, [metformin, diabetes]);
    // A label that has come to it since.
    house.tamper(&format!("update item set labels = 1 where item_id = '{metformin}'")).await;
    assert_eq!(named(begin().await).await, [diabetes]);
    let foreign = portal.begin_draft(&house.stranger().await, chartkey_domain::draft::Draft::default()).await.unwrap();
    assert!(matches!(portal.name_belonging(&ines, foreign, lens).await, Err(Error::NotFound)));
}
