//! Carers whom a practice registers, and the birthdays at which they see less, or nothing.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    draft::{Draft, End, Recipient, Terms, Thing, TypedDay},
    grant::{Grantee, Purpose},
    id::PatientId,
    label::Labels,
};
use chartkey_portal::{
    Error, Standing, accounts::Email, audit::Why, claims::Claimed, letters::LetterSubject, registering::Help, sharing::Sentence,
};
use harness::Ground;
use people::{House, item_called, sentence};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::{Date, Duration, OffsetDateTime};

/// The house, with the record of somebody of this age, who has a birthday in so many days and no account of their own.
async fn child(options: PgConnectOptions, age: i32, birthday_in: i64) -> (House, Date) {
    let house = House::build(Ground::lay(options).await).await;
    house.tamper("delete from patient_holder").await;
    house.tamper("update item set labels = 1, own_labels = 1 where title = 'A hidden problem'").await;
    let born = born(&house, age, birthday_in).await;
    (house, born)
}

async fn born(house: &House, age: i32, birthday_in: i64) -> Date {
    let birthday = today() + Duration::days(birthday_in);
    // Whoever was born on 29 February has their birthday on the 28th.
    let years = |day: Date| day.replace_year(birthday.year() - age - i32::from(birthday_in > 0));
    let born = years(birthday).or_else(|_| years(birthday.replace_day(28).unwrap())).unwrap();
    house.tamper(&format!("update patient set birth_date = '{born}'")).await;
    born
}

fn today() -> Date {
    #[expect(clippy::disallowed_methods, reason = "the day of the database on this machine")]
    OffsetDateTime::now_utc().date()
}

fn helping() -> Help {
    Help { sensitive: true, may_share: true, until: None }
}

async fn invite(house: &House, help: Help) -> Result<String, Error> {
    house.portal.invite_carer(house.patient, help, "the mother, seen with her passport").await
}

fn word(terms: &Terms) -> Sentence {
    let sensitive = if terms.labels.is_empty() { "" } else { " This includes what is sensitive." };
    Sentence { text: format!("They help until {:?}.{sensitive}", terms.until), ..sentence() }
}

async fn claim(house: &House, visitor: &Visitor, code: &str, born: Date) -> Result<Claimed, Error> {
    house.portal.claim(visitor, code, born, &visitor.actor.account().to_string(), word).await
}

/// Somebody who was registered.
async fn registered(house: &House, born: Date) -> Visitor {
    let (code, mother) = (invite(house, helping()).await.unwrap(), house.stranger().await);
    assert_eq!(claim(house, &mother, &code, born).await.unwrap(), Claimed::Helps);
    mother
}

/// How many results and problems somebody sees.
async fn sees(house: &House, visitor: &Visitor) -> (usize, usize) {
    let results = house.portal.results(visitor, house.patient, None, false).await;
    let problems = house.portal.list(visitor, house.patient, Category::Problems, None, false).await;
    (
        results.map_or(0, |opened| opened.view.reports.iter().map(|report| report.results.len()).sum()),
        problems.map_or(0, |opened| opened.view.entries.len()),
    )
}

async fn actions(house: &House) -> Vec<String> {
    house.events().await.into_iter().map(|event| event.what.action).filter(|action| action != "read").collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_parent_helps_a_child_by_a_code_and_the_birth_date(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, born) = child(options, 9, 100).await;
    let (mother, code) = (house.stranger().await, invite(&house, helping()).await.unwrap());
    let wrong = claim(&house, &mother, &code, born.next_day().unwrap()).await;
    assert!(matches!(wrong, Err(Error::NotFound)));
    assert_eq!(sees(&house, &mother).await, (0, 0));
    for _ in 0..2 {
        assert_eq!(claim(&house, &mother, &code, born).await.unwrap(), Claimed::Helps, "a double click is one");
    }
    assert_eq!(house.counted("select count(*) from access_grant").await, 1);
    assert_eq!(sees(&house, &mother).await, (2, 1));
    let log = house.portal.helper_log(&mother, house.patient, None).await.unwrap().view.entries;
    assert_eq!(log.last().map(|entry| entry.did.action.as_str()), Some("carer-registered"), "her log begins with it");
    let cared = house.portal.cared_for(&mother).await.unwrap().0.remove(0);
    let (of_age, sensitive) = (born.replace_year(born.year() + 18).unwrap(), born.replace_year(born.year() + 13).unwrap());
    assert_eq!((cared.ends_at, cared.labels_until), (Some(of_age.midnight().assume_utc()), Some(sensitive.midnight().assume_utc())));
    assert_eq!(
        (cared.sentence, cared.may_share),
        (format!("They help until {:?}. This includes what is sensitive.", of_age.previous_day()), true)
    );
    assert_eq!(actions(&house).await, ["carer-code-made", "claim-refused", "carer-registered"]);
    // The other parent has a code of their own, and one code is for one.
    let father = house.stranger().await;
    assert!(matches!(claim(&house, &father, &code, born).await, Err(Error::NotFound)));
    registered(&house, born).await;
    assert!(matches!(house.portal.invite(house.patient, "too soon").await, Err(Error::Invalid("too-young"))));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_sensitive_closes_on_a_birthday(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, born) = child(options, 12, 30).await;
    let mother = registered(&house, born).await;
    assert_eq!(sees(&house, &mother).await, (2, 1));
    let until = (today() + Duration::days(30)).midnight().assume_utc();
    let Standing::Open { closes_at, .. } = house.portal.standing(&mother, house.patient).await.unwrap() else { panic!() };
    assert_eq!(closes_at, Some(until), "an open page closes then");
    let grant = house.portal.cared_for(&mother).await.unwrap().0[0].grant;
    assert_eq!(house.portal.passable(&mother, grant).await.unwrap().terms.labels, Labels::ALL);

    house.tamper("update access_grant set labels_until = now() where state = 'active'").await;
    assert_eq!(sees(&house, &mother).await, (2, 0));
    assert_eq!(house.portal.passable(&mother, grant).await.unwrap().terms.labels, Labels::NONE, "nor is it shared with anybody");
    house.tamper("update access_grant set ends_at = now() where state = 'active'").await;
    assert_eq!(sees(&house, &mother).await, (0, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_practice_gives_no_more_than_the_age_allows(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, born) = child(options, 13, 0).await;
    let of_age = born.replace_year(born.year() + 18).unwrap();
    let plain = Help { sensitive: false, ..helping() };
    assert!(matches!(invite(&house, helping()).await, Err(Error::Invalid("sensitive"))));
    for until in [today() - Duration::DAY, of_age] {
        assert!(matches!(invite(&house, Help { until: Some(until), ..plain }).await, Err(Error::Invalid("until"))), "{until}");
    }
    let last = of_age.previous_day();
    invite(&house, Help { until: last, ..plain }).await.unwrap();
    let nobody = house.portal.invite_carer(PatientId(people::nothing()), plain, "a test").await;
    assert!(matches!(nobody, Err(Error::NotFound)));
    house.tamper("update patient set birth_date = null").await;
    assert!(matches!(invite(&house, plain).await, Err(Error::Invalid("birth-date"))));

    // Of age, they let others help by themselves.
    self::born(&house, 18, 0).await;
    assert!(matches!(invite(&house, plain).await, Err(Error::Invalid("of-age"))));

    // A birthday that has come since the code was made takes its part away, and no more.
    self::born(&house, 12, 1).await;
    let code = invite(&house, helping()).await.unwrap();
    let (born, late) = (self::born(&house, 13, 0).await, house.stranger().await);
    claim(&house, &late, &code, born).await.unwrap();
    assert_eq!(sees(&house, &late).await, (2, 0));
    assert!(!house.portal.cared_for(&late).await.unwrap().0[0].sentence.contains("sensitive"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_practice_registers_nobody_where_the_patient_has_an_account(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, born) = child(options, 12, 100).await;
    let (mother, late) = (registered(&house, born).await, invite(&house, helping()).await.unwrap());
    // Who helps is told so, uses up no try, and does not become the patient with the code of the child.
    assert!(matches!(claim(&house, &mother, &late, born).await, Err(Error::Conflict("helps-already"))));
    let own = house.portal.invite(house.patient, "asked at the desk").await.unwrap();
    assert!(matches!(claim(&house, &mother, &own, born).await, Err(Error::Conflict("helps-already"))));
    assert_eq!(house.counted("select count(*) from claim_code where tries_left < 5").await, 0);
    assert_eq!(claim(&house, &house.ines(), &own, born).await.unwrap(), Claimed::Own(house.patient));

    assert!(matches!(invite(&house, helping()).await, Err(Error::Conflict("held"))));
    assert!(matches!(claim(&house, &house.stranger().await, &late, born).await, Err(Error::NotFound)), "a code from before");
    // The child finds who helps, how they came to, and ends it.
    let grant = house.portal.cared_for(&mother).await.unwrap().0[0].grant;
    let whole = house.portal.grant(&house.ines(), grant).await.unwrap().view;
    assert_eq!(whole.story.iter().map(|line| line.kind.as_str()).collect::<Vec<_>>(), ["registered"]);
    let event = house.events().await.into_iter().find(|event| event.what.action == "carer-registered").unwrap();
    assert_eq!((event.why, event.what.grant), (Why::Registered, Some(grant)));
    let report = house.portal.report(event.at - Duration::MINUTE, event.at + Duration::MINUTE, "a test").await.unwrap();
    assert!(report.iter().any(|looks| looks.why == "registered"), "{report:?}");
    house.portal.withdraw_grant(&house.ines(), grant).await.unwrap();
    assert_eq!(sees(&house, &mother).await, (0, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_practice_ends_what_it_has_registered(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, born) = child(options, 4, 100).await;
    let (mother, father) = (registered(&house, born).await, registered(&house, born).await);
    let waiting = invite(&house, helping()).await.unwrap();
    let grant = house.portal.cared_for(&mother).await.unwrap().0[0].grant;
    let passable = house.portal.passable(&mother, grant).await.unwrap();
    let terms = passable.terms.passed_on(Categories::NONE.with(Category::Results), Labels::NONE, today());
    let terms = Terms { purpose: Purpose::Treatment, ..terms };
    let doctor = Grantee::Clinician { account: house.doctor, organization: house.organization };
    house.portal.pass_on(&mother, grant, &doctor, &terms, &sentence()).await.unwrap();
    assert_eq!(sees(&house, &house.doctor(Some(Purpose::Treatment))).await, (2, 0));

    let email: String = sqlx::query_scalar("select email from account where account_id = $1")
        .bind(mother.actor.account().0)
        .fetch_one(&house.superuser)
        .await
        .unwrap();
    let end = async |email: Option<&Email>| house.portal.end_carers(house.patient, email, "an order of the court").await;
    assert_eq!(end(Some(&Email::parse(&email).unwrap())).await.unwrap(), 1);
    assert_eq!((sees(&house, &mother).await, sees(&house, &father).await), ((0, 0), (2, 1)));
    assert_eq!(sees(&house, &house.doctor(Some(Purpose::Treatment))).await, (0, 0), "and what she had shared");
    assert!(matches!(claim(&house, &house.stranger().await, &waiting, born).await, Err(Error::NotFound)), "no code waits any more");
    assert_eq!(house.counted("select count(*) from grant_event where kind in ('unregistered', 'ended-with')").await, 2);
    assert!(house.events().await.iter().any(|event| event.what.action == "carer-ended" && event.what.grant == Some(grant)));
    assert_eq!((end(None).await.unwrap(), sees(&house, &father).await), (1, (0, 0)));
    assert!(matches!(end(None).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_was_registered_until_a_day_is_registered_again(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, born) = child(options, 9, 100).await;
    let mother = registered(&house, born).await;
    house.tamper("update access_grant set ends_at = now()").await;
    let code = invite(&house, helping()).await.unwrap();
    assert_eq!(claim(&house, &mother, &code, born).await.unwrap(), Claimed::Helps);
    assert_eq!(sees(&house, &mother).await, (2, 1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn postgresql_registers_nobody_for_more_than_their_code(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, born) = child(options, 9, 100).await;
    let mother = house.stranger().await.actor.account();
    invite(&house, Help { sensitive: false, ..helping() }).await.unwrap();
    let of_age = born.replace_year(born.year() + 18).unwrap();
    let insert = async |changed: (&str, &str)| {
        let (ends_at, carer) = (format!("'{of_age} 00:00+00'"), format!("'{mother}'"));
        let columns = [
            ("grantee_account_id", carer.as_str()),
            ("categories", "65534"),
            ("labels", "0"),
            ("purpose", "'coordination'"),
            ("ends_at", ends_at.as_str()),
            ("may_delegate", "true"),
            ("may_export", "false"),
            ("may_write", "false"),
        ];
        let claimed = format!("update claim_code set claimed_by = '{mother}', claimed_at = now()");
        house.try_share(&[("chartkey.task", "sign-in".to_owned())], &claimed, &columns, changed).await
    };
    assert!(insert(("", "")).await.is_ok());
    let stranger = format!("'{}'", house.stranger().await.actor.account());
    for changed in [
        ("grantee_account_id", stranger.as_str()),
        ("categories", "65532"),
        ("labels", "1"),
        ("purpose", "'treatment'"),
        ("ends_at", "null"),
        ("ends_at", "now() + interval '20 years'"),
        ("may_delegate", "false"),
        ("may_export", "true"),
        ("may_write", "true"),
    ] {
        assert_eq!(insert(changed).await.unwrap_err(), "42501", "{changed:?}");
    }
    house.ground.hold(house.patient.0, house.ines.0).await;
    assert_eq!(insert(("", "")).await.unwrap_err(), "42501", "the patient has an account");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_child_lets_somebody_help_until_they_are_of_age(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, born) = child(options, 12, 100).await;
    house.ground.hold(house.patient.0, house.ines.0).await;
    let (portal, ines) = (&house.portal, house.ines());
    let of_age = born.replace_year(born.year() + 18).unwrap();
    let draft = |end, until: Option<Date>| Draft {
        recipient: Some(Recipient::CarerCode),
        categories: Category::SHAREABLE.into_iter().collect(),
        labels: Labels::ALL,
        end,
        until: until.map(TypedDay::from).unwrap_or_default(),
        ..Draft::default()
    };
    let make = async |draft: Draft| {
        let id = portal.begin_draft(&ines, draft).await.unwrap();
        let kept = portal.draft(&ines, id).await.unwrap();
        portal.make_code(&ines, id, kept.draft.terms(kept.today).unwrap(), sentence()).await
    };
    for (end, until) in [(End::Open, None), (End::Day, Some(of_age))] {
        assert!(matches!(make(draft(end, until)).await, Err(Error::Invalid("grant-of-age"))), "{until:?}");
    }
    let (friend, grant) = house.carer(draft(End::Day, of_age.previous_day())).await;
    let sensitive = born.replace_year(born.year() + 13).unwrap().midnight().assume_utc();
    assert_eq!(portal.cared_for(&friend).await.unwrap().0[0].labels_until, Some(sensitive));
    let whole = portal.grant(&ines, grant).await.unwrap().view.grant;
    assert_eq!((whole.labels_until, whole.may_change, whole.may_last_longer), (Some(sensitive), true, false), "it lasts as long as it can");

    // A single thing closes with the others.
    let hidden = item_called(&house, "A hidden problem").await;
    let thing = Thing { item: hidden, version: 1, category: Category::Problems, labels: Labels::from_bits(1) };
    let alone = Draft { categories: Categories::NONE, things: vec![thing], ..draft(End::Preset, None) };
    portal.withdraw_grant(&ines, grant).await.unwrap();
    let (close, grant) = house.carer(alone).await;
    assert_eq!(sees(&house, &close).await, (0, 1));
    assert!(portal.grant(&ines, grant).await.unwrap().view.grant.may_last_longer);
    assert_eq!(portal.cared_for(&close).await.unwrap().0[0].labels_until, Some(sensitive));
    house.tamper("update access_grant set labels_until = now() where state = 'active'").await;
    assert_eq!(sees(&house, &close).await, (0, 0));

    // At thirteen they decide it themselves.
    portal.withdraw_grant(&ines, grant).await.unwrap();
    self::born(&house, 13, 0).await;
    let (friend, _) = house.carer(draft(End::Preset, None)).await;
    assert_eq!((sees(&house, &friend).await, portal.cared_for(&friend).await.unwrap().0[0].labels_until), ((2, 1), None));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_birthday_is_announced_to_both_once(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, born) = child(options, 12, 61).await;
    let portal = &house.portal;
    let mother = registered(&house, born).await;
    house.ground.hold(house.patient.0, house.ines.0).await;
    house.tamper("delete from letter").await;
    assert_eq!(portal.tell_birthdays().await.unwrap(), 0, "a day too early");
    house.tamper("update access_grant set labels_until = labels_until - interval '1 day'").await;
    let told = tokio::join!(portal.tell_birthdays(), portal.tell_birthdays());
    assert_eq!(told.0.unwrap() + told.1.unwrap(), 1);
    assert_eq!(house.counted("select count(*) from letter where subject = 'help-changing'").await, 2, "to the carer and to the child");

    // The end that the age sets, and none that somebody has chosen.
    house.tamper("update access_grant set ends_at = now() + interval '20 days'").await;
    assert_eq!(portal.tell_birthdays().await.unwrap(), 0);
    let of_age = today() + Duration::days(20);
    house.tamper(&format!("update access_grant set ends_at = '{of_age} 00:00+00'")).await;
    self::born(&house, 17, 20).await;
    house.tamper("update access_grant set labels_until = null").await;
    assert_eq!((portal.tell_birthdays().await.unwrap(), portal.tell_birthdays().await.unwrap()), (1, 0));
    let due = portal.due_letters().await.unwrap();
    assert!(due.iter().all(|due| due.letter.subject == LetterSubject::HelpChanging && due.letter.about.is_none()));
    let grant = portal.cared_for(&mother).await.unwrap().0[0].grant;
    portal.stop_helping(&mother, grant).await.unwrap();
    house.tamper("delete from birthday_told").await;
    assert_eq!(portal.tell_birthdays().await.unwrap(), 0, "nobody helps any more");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_birth_date_that_is_put_right_counts_from_then_on(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, born) = child(options, 9, 100).await;
    let mother = registered(&house, born).await;
    let born = self::born(&house, 11, 100).await;
    house.portal.tell_birthdays().await.unwrap();
    let cared = house.portal.cared_for(&mother).await.unwrap().0.remove(0);
    let at = |age: i32| Some(born.replace_year(born.year() + age).unwrap().midnight().assume_utc());
    assert_eq!((cared.ends_at, cared.labels_until), (at(18), at(13)));
    // What a grown-up has given stays as it is.
    self::born(&house, 40, 100).await;
    house.portal.tell_birthdays().await.unwrap();
    assert_eq!(house.portal.cared_for(&mother).await.unwrap().0[0].ends_at, at(18));
}
