//! Carers whom a practice registers, and the birthdays at which they see less, or nothing.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::Category,
    draft::{Draft, End, Recipient, Terms, TypedDay},
    id::PatientId,
    label::Labels,
};
use chartkey_portal::{Error, Standing, claims::Claimed, letters::LetterSubject, registering::Help, sharing::Sentence};
use harness::Ground;
use people::{House, sentence};
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
    Sentence { text: format!("They help until {:?}.", terms.until), ..sentence() }
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
    let cared = house.portal.cared_for(&mother).await.unwrap().0.remove(0);
    let (of_age, sensitive) = (born.replace_year(born.year() + 18).unwrap(), born.replace_year(born.year() + 13).unwrap());
    assert_eq!((cared.ends_at, cared.labels_until), (Some(of_age.midnight().assume_utc()), Some(sensitive.midnight().assume_utc())));
    assert_eq!((cared.sentence, cared.may_share), (format!("They help until {:?}.", of_age.previous_day()), true));
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
    assert_eq!(house.portal.cared_for(&mother).await.unwrap().0[0].labels_until, None);
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

    // Of age: somebody is helped until it is ended, without what is sensitive.
    let born = self::born(&house, 40, 10).await;
    assert!(matches!(invite(&house, helping()).await, Err(Error::Invalid("sensitive"))));
    let (code, guardian) = (invite(&house, plain).await.unwrap(), house.stranger().await);
    claim(&house, &guardian, &code, born).await.unwrap();
    assert_eq!((sees(&house, &guardian).await, house.portal.cared_for(&guardian).await.unwrap().0[0].ends_at), ((2, 0), None));

    // A birthday that has come since the code was made.
    let born = self::born(&house, 12, 1).await;
    let (code, late) = (invite(&house, helping()).await.unwrap(), house.stranger().await);
    self::born(&house, 13, 0).await;
    assert!(matches!(claim(&house, &late, &code, born.previous_day().unwrap()).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_holds_the_record_is_told_and_ends_it(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, born) = child(options, 15, 100).await;
    house.ground.hold(house.patient.0, house.ines.0).await;
    let help = Help { sensitive: false, ..helping() };
    let own = invite(&house, help).await.unwrap();
    assert!(matches!(claim(&house, &house.ines(), &own, born).await, Err(Error::NotFound)), "nobody helps themselves");
    let mother = house.stranger().await;
    claim(&house, &mother, &own, born).await.unwrap();
    let again = invite(&house, help).await.unwrap();
    assert!(matches!(claim(&house, &mother, &again, born).await, Err(Error::NotFound)), "who helps already");
    assert_eq!(house.counted("select count(*) from letter where subject = 'news'").await, 1);
    let grant = house.portal.cared_for(&mother).await.unwrap().0[0].grant;
    let whole = house.portal.grant(&house.ines(), grant).await.unwrap().view;
    assert_eq!(whole.story.iter().map(|line| line.kind.as_str()).collect::<Vec<_>>(), ["registered"]);
    let home = house.portal.home(&house.ines(), house.patient, chartkey_portal::news::Look::Opened).await.unwrap().view;
    assert!(home.grants[0].stays_on_top);
    house.portal.withdraw_grant(&house.ines(), grant).await.unwrap();
    assert_eq!(sees(&house, &mother).await, (0, 0));
    // Whom they have blocked is registered by nobody.
    house.tamper(&format!("insert into block (patient_id, account_id) values ('{}', '{}')", house.patient, mother.actor.account())).await;
    let code = invite(&house, help).await.unwrap();
    assert!(matches!(claim(&house, &mother, &code, born).await, Err(Error::NotFound)));
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
    assert_eq!(portal.grant(&ines, grant).await.unwrap().view.grant.labels_until, Some(sensitive));

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
    assert_eq!((portal.tell_birthdays().await.unwrap(), portal.tell_birthdays().await.unwrap()), (1, 0));
    let due = portal.due_letters().await.unwrap();
    assert!(due.iter().all(|due| due.letter.subject == LetterSubject::HelpChanging && due.letter.about.is_none()));
    let grant = portal.cared_for(&mother).await.unwrap().0[0].grant;
    portal.stop_helping(&mother, grant).await.unwrap();
    house.tamper("delete from birthday_told").await;
    assert_eq!(portal.tell_birthdays().await.unwrap(), 0, "nobody helps any more");
}
