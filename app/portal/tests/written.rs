//! What a clinician writes into a record: where a share allows it, with their name, at once and for good.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    added::{Kind, Typed},
    category::Category,
    draft::Terms,
    grant::Purpose,
    id::GrantId,
    policy::Whom,
};
use chartkey_portal::{
    Error,
    added::{About, Kept},
    audit::Why,
    entry::Entry,
    import::{self, ImportOptions, own::writers_of},
    news::Look,
    sharing::NewGrant,
};
use harness::Ground;
use people::House;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

fn typed(words: &str) -> Typed {
    let text = str::to_owned;
    Typed {
        name: text("Control after the fall"),
        words: text(words),
        first: text("7,50"),
        how: text("mmol/L"),
        day: text("6"),
        month: text("5"),
        year: text("2025"),
        ..Typed::default()
    }
}

async fn give(house: &House, categories: &[Category], change: impl FnOnce(&mut Terms)) -> GrantId {
    let new = house.draft(Purpose::Treatment).await;
    let mut terms = Terms { categories: categories.iter().copied().collect(), may_write: true, ..new.terms.clone() };
    change(&mut terms);
    house.portal.give_grant(&house.ines(), NewGrant { terms, ..new }).await.unwrap()
}

async fn writes(house: &House, visitor: &Visitor, kind: Kind, words: &str) -> Result<Kept, Error> {
    let (draft, _) = house.portal.keep_writing(visitor, house.patient, kind, None, None, typed(words)).await?;
    let kept = house.portal.add_writing(visitor, house.patient, draft).await?;
    assert_eq!(house.portal.add_writing(visitor, house.patient, draft).await.unwrap(), kept, "twice is once");
    Ok(kept)
}

async fn list(house: &House, visitor: &Visitor, category: Category) -> Vec<Entry> {
    house.portal.list(visitor, house.patient, category, None, false).await.unwrap().view.entries
}

fn doctor(house: &House) -> Visitor {
    house.doctor(Some(Purpose::Treatment))
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_written_stands_in_the_record_at_once_with_who_and_where(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), doctor(&house));
    portal.home(&ines, house.patient, Look::Opened).await.unwrap();
    house.tamper("update viewer_mark set seen_at = seen_at - interval '31 minutes'").await;
    give(&house, &[Category::Documents, Category::Results, Category::Plans], |_| ()).await;
    let whose = portal.may_write(&doctor, house.patient).await.unwrap().whose;
    assert!(Kind::CLINICAL.into_iter().all(|kind| whose.may_write(kind.category())) && !whose.may_write(Category::Problems));
    for kind in Kind::CLINICAL {
        let form = portal.writing(&doctor, house.patient, About::New(kind), None).await.unwrap().view;
        assert!(!form.typed.year.is_empty(), "today is proposed");
        let kept = writes(&house, &doctor, kind, "Walks well. No pain.").await.unwrap();
        assert_eq!((kept.category, kept.is_change), (kind.category(), false));
        for reader in [&doctor, &ines] {
            let entries = list(&house, reader, kind.category()).await;
            let found: Vec<_> = entries.iter().filter(|entry| entry.id == kept.item).collect();
            let [entry] = found.as_slice() else { panic!("{kind:?}: {entries:?}") };
            assert_eq!((entry.title.as_str(), entry.author.as_deref()), ("Control after the fall", Some("Dr Lindqvist")), "{entry:?}");
            assert!(entry.source.contains("Northfield") && !entry.is_by_hand(), "{entry:?}");
        }
    }
    let found = list(&house, &ines, Category::Results).await.into_iter().find(|entry| entry.title == "Control after the fall").unwrap();
    assert_eq!((found.value.text.as_deref(), found.value.unit.as_deref()), (Some("7.50"), Some("mmol/L")));
    let news = portal.home(&ines, house.patient, Look::Opened).await.unwrap().view.news;
    assert!(!news.fresh.is_empty(), "it is new to the patient");
    let told: Vec<_> = house.events().await.into_iter().filter(|event| event.what.action == "entry-written").collect();
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|event| matches!(event.why, Why::Grant { .. }) && event.who.name == "Dr Lindqvist" && event.what.items == 1));
    // It goes along as it was stored.
    let sources = portal.sources(&ines).await.unwrap().view;
    assert!(sources.by_hand.is_none(), "nothing of it is by the patient's hand");
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_writes_but_through_a_share_that_allows_it_and_where_it_reaches(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), doctor(&house));
    let refused = |answer: &Result<Kept, Error>| matches!(answer, Err(Error::NotFound));
    let none = |house: &House| {
        let visitors = [house.ines(), house.nurse(Some(Purpose::Treatment)), house.doctor(None), house.doctor(Some(Purpose::Treatment))];
        visitors.into_iter()
    };
    for visitor in none(&house) {
        for kind in Kind::CLINICAL {
            assert!(refused(&writes(&house, &visitor, kind, "x").await), "{visitor:?} {kind:?}");
        }
    }
    give(&house, &[Category::Documents], |terms| terms.may_write = false).await;
    assert!(matches!(portal.may_write(&doctor, house.patient).await, Err(Error::NotFound)));
    assert!(refused(&writes(&house, &doctor, Kind::VisitNote, "x").await));
    // What one would not see afterwards one does not write: of today alone, or of earlier years.
    let year = time::macros::date!(2020 - 01 - 01);
    for change in
        [(|terms: &mut Terms| terms.includes_new = false) as fn(&mut Terms), |terms| terms.to = Some(time::macros::date!(2020 - 12 - 31))]
    {
        give(&house, &[Category::Documents], change).await;
        assert!(refused(&writes(&house, &doctor, Kind::VisitNote, "x").await), "{year}");
    }
    give(&house, &[Category::Documents], |_| ()).await;
    assert!(refused(&writes(&house, &doctor, Kind::Finding, "x").await), "results are not shared");
    for kind in Kind::ALL {
        assert!(refused(&writes(&house, &doctor, kind, "x").await), "{kind:?} is the patient's");
    }
    assert!(refused(&writes(&house, &ines, Kind::VisitNote, "x").await), "and that is a clinician's");
    // What was begun before it ended is not written after.
    let (draft, _) = portal.keep_writing(&doctor, house.patient, Kind::VisitNote, None, None, typed("x")).await.unwrap();
    let grant = give(&house, &[Category::Documents], |_| ()).await;
    portal.pause_grant(&ines, grant).await.unwrap();
    assert!(refused(&portal.add_writing(&doctor, house.patient, draft).await));
    assert_eq!(list(&house, &ines, Category::Documents).await.len(), 0);
    portal.resume_grant(&ines, grant).await.unwrap();
    portal.add_writing(&doctor, house.patient, draft).await.unwrap();
    assert_eq!(list(&house, &ines, Category::Documents).await.len(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_speaks_of_what_is_not_shared_is_not_shown_to_its_writer_either(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (ines, doctor) = (house.ines(), doctor(&house));
    give(&house, &[Category::Documents], |_| ()).await;
    writes(&house, &doctor, Kind::VisitNote, "HIV positive since 2019.").await.unwrap();
    assert_eq!(list(&house, &doctor, Category::Documents).await.len(), 0);
    let entries = list(&house, &ines, Category::Documents).await;
    assert_eq!(entries.len(), 1);
    for (wrong, code) in [
        (Typed { name: " ".to_owned(), ..typed("x") }, "added-name"),
        (typed(" "), "added-note-words"),
        (typed(&"ñ".repeat(8_001)), "added-note-words"),
    ] {
        let (draft, _) = house.portal.keep_writing(&doctor, house.patient, Kind::VisitNote, None, None, wrong).await.unwrap();
        let answer = house.portal.add_writing(&doctor, house.patient, draft).await;
        assert!(matches!(answer, Err(Error::Invalid(said)) if said == code), "{code}: {answer:?}");
    }
    writes(&house, &doctor, Kind::VisitNote, &"ñ".repeat(8_000)).await.unwrap();
    assert_eq!(list(&house, &doctor, Category::Documents).await.len(), 1, "and this one is shown to them");
}

/// What is found on another day needs a share that reaches that day and allows to write, and not two that do one each.
#[sqlx::test(migrations = "../../migrations")]
async fn a_finding_of_a_day_that_no_share_reaches_is_not_written(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let doctor = doctor(&house);
    let findings = Kind::Finding.category();
    let before = list(&house, &house.ines(), findings).await.len();
    let since = |year| move |terms: &mut Terms| terms.from = Some(time::Date::from_calendar_date(year, time::Month::January, 1).unwrap());
    give(&house, &[findings], since(2026)).await;
    let answer = writes(&house, &doctor, Kind::Finding, "x").await;
    assert!(matches!(answer, Err(Error::Invalid("added-unshared"))), "of May 2025: {answer:?}");
    assert_eq!(list(&house, &house.ines(), findings).await.len(), before, "nothing is left of it");
    give(&house, &[findings], since(2025)).await;
    let written = writes(&house, &doctor, Kind::Finding, "x").await.unwrap().item;
    assert!(list(&house, &doctor, findings).await.iter().any(|entry| entry.id == written), "and whoever writes it sees it");
}

/// Otherwise what becomes of what they write would tell a clinician that they have guessed what is kept from them.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_written_is_nobody_elses_and_of_one_record(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (doctor, ines) = (doctor(&house), house.ines());
    let findings = Kind::Finding.category();
    give(&house, &[findings], |_| ()).await;
    let first = writes(&house, &doctor, Kind::Finding, "x").await.unwrap();
    let whom = Whom::Account(doctor.actor.account());
    house.portal.keep_from(&ines, house.patient, first.item, whom).await.unwrap();
    // Whoever else could have told it: the same from a source of its own.
    house.tamper("insert into source (source_id, name) values (gen_random_uuid(), 'elsewhere')").await;
    house
        .tamper(&format!(
            "update item set source_id = (select source_id from source where name = 'elsewhere') where item_id = '{}'",
            first.item
        ))
        .await;
    let again = writes(&house, &doctor, Kind::Finding, "x").await.unwrap();
    assert_ne!(again.item, first.item);
    let seen: Vec<_> = list(&house, &doctor, findings).await.into_iter().map(|entry| entry.id).collect();
    assert!(seen.contains(&again.item) && !seen.contains(&first.item), "{seen:?}");
    let entries = list(&house, &ines, findings).await;
    let source = &entries.iter().find(|entry| entry.id == again.item).unwrap().source;
    assert!(source.starts_with(&format!("written/{}/", house.patient)), "{source}");
    assert_eq!(writers_of(source), Some("Northfield"));
    let mut connection = house.portal.pool().acquire().await.unwrap();
    let as_them = ImportOptions::new(source.clone(), "x.json");
    let refused = import::run(&mut connection, b"{}".as_slice(), &as_them, |_| {}).await;
    assert!(matches!(refused, Err(import::Error::OwnSource(_))), "{refused:?}");
}
