//! Giving, stopping and listing grants.

mod harness;
mod people;

use chartkey_domain::{draft::Draft, grant::Purpose};
use chartkey_portal::{Error, Standing, sharing::Change};
use harness::Ground;
use people::{House, sentence};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::{Duration, OffsetDateTime};

#[sqlx::test(migrations = "../../migrations")]
async fn a_grant_opens_the_record_for_the_purpose_that_was_declared_and_no_other(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    assert_eq!(house.portal.standing(&house.doctor(None), house.patient).await.unwrap(), Standing::Closed);
    assert_eq!(house.portal.standing(&house.doctor(Some(Purpose::SecondOpinion)), house.patient).await.unwrap(), Standing::Closed);
    let open = house.portal.standing(&house.doctor(Some(Purpose::Treatment)), house.patient).await.unwrap();
    assert!(matches!(open, Standing::Open { closes_at: Some(_), .. }), "{open:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_withdrawn_grant_closes_the_record_at_once(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let grant = house.give(Purpose::Treatment).await;
    let mut notices = house.portal.listen().await.unwrap();
    let doctor = house.doctor(Some(Purpose::Treatment));
    assert_eq!(house.portal.results(&doctor, house.patient, None, false).await.unwrap().whose.name, "Ines");
    house.portal.withdraw_grant(&house.ines(), grant).await.unwrap();
    assert!(matches!(house.portal.results(&doctor, house.patient, None, false).await, Err(Error::NotFound)));
    assert_eq!(house.portal.standing(&doctor, house.patient).await.unwrap(), Standing::Closed);
    let notice = notices.next().await.unwrap().unwrap();
    assert!(notice.concerns(house.patient, doctor.actor.account(), None), "{notice:?}");
    assert!(house.portal.shared_list(&doctor).await.unwrap().open.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn everything_stops_in_one_step_with_one_line_in_the_log_and_no_message(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines) = (&house.portal, house.ines());
    let grant = house.give(Purpose::Treatment).await;
    let paused = house.give(Purpose::SecondOpinion).await;
    portal.pause_grant(&ines, paused).await.unwrap();
    let expired = house.give(Purpose::Coordination).await;
    house
        .tamper(&format!(
            "update access_grant set starts_at = now() - interval '9 days', ends_at = now() - interval '1 day' where grant_id = '{expired}'"
        ))
        .await;
    let new = house.draft(Purpose::Treatment).await;
    let waiting = portal.make_code(&ines, new.draft, new.terms, sentence()).await.unwrap();
    let [code] = portal.codes(&ines).await.unwrap().view.try_into().unwrap();
    let chartkey_portal::codes::CodeState::Waiting(typed) = code.state else { panic!() };
    let doctor = house.doctor(Some(Purpose::Treatment));
    let letters = "select count(*) from letter";
    let (before, told) = (house.events().await.len(), house.counted(letters).await);
    let mut notices = portal.listen().await.unwrap();

    let both = tokio::join!(portal.stop_sharing(&ines), portal.stop_sharing(&ines));
    both.0.unwrap();
    both.1.unwrap();
    portal.stop_sharing(&ines).await.unwrap();
    assert_eq!(portal.standing(&doctor, house.patient).await.unwrap(), Standing::Closed);
    assert!(matches!(portal.redeem_code(&doctor, &typed).await, Err(Error::NotFound)));
    assert!(matches!(portal.confirm_code(&ines, waiting, doctor.actor.account(), sentence()).await, Err(Error::NotFound)));
    assert!(matches!(portal.resume_grant(&ines, paused).await, Err(Error::NotFound)), "what was stopped for now ends, too");
    assert!(notices.next().await.unwrap().unwrap().concerns(house.patient, doctor.actor.account(), None));
    let events = house.events().await;
    let stopped: Vec<_> = events[before..].iter().map(|event| event.what.action.as_str()).collect();
    assert_eq!(stopped.iter().filter(|action| **action == "sharing-stopped").count(), 1, "{stopped:?}");
    assert_eq!(house.counted(letters).await, told, "nobody is written to");
    for one in [grant, paused] {
        let story = portal.grant(&ines, one).await.unwrap().view.story;
        assert_eq!(story.last().map(|line| line.kind.as_str()), Some("withdrawn"));
    }
    let story = portal.grant(&ines, expired).await.unwrap().view.story;
    assert_eq!(story.last().map(|line| line.kind.as_str()), Some("given"), "what has ended has ended as it did");
    assert!(matches!(portal.stop_sharing(&doctor).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn withdrawing_twice_at_once_has_one_effect(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let grant = house.give(Purpose::Treatment).await;
    let ines = house.ines();
    let before = house.events().await.len();
    let both = tokio::join!(house.portal.withdraw_grant(&ines, grant), house.portal.withdraw_grant(&ines, grant));
    let made = [both.0.unwrap(), both.1.unwrap()];
    assert_eq!(made.iter().filter(|change| **change == Change::Made).count(), 1, "{made:?}");
    assert_eq!(house.events().await.len(), before + 1);
    let story = house.portal.grant(&ines, grant).await.unwrap().view.story;
    assert_eq!(story.iter().map(|line| line.kind.as_str()).collect::<Vec<_>>(), ["given", "withdrawn"]);
    assert!(matches!(house.portal.resume_grant(&ines, grant).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_paused_grant_opens_nothing_until_it_is_resumed(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let grant = house.give(Purpose::Treatment).await;
    let (ines, doctor) = (house.ines(), house.doctor(Some(Purpose::Treatment)));
    house.portal.pause_grant(&ines, grant).await.unwrap();
    assert_eq!(house.portal.standing(&doctor, house.patient).await.unwrap(), Standing::Closed);
    house.portal.resume_grant(&ines, grant).await.unwrap();
    assert!(matches!(house.portal.standing(&doctor, house.patient).await.unwrap(), Standing::Open { .. }));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_second_grant_for_the_same_purpose_takes_the_place_of_the_first(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let first = house.give(Purpose::Treatment).await;
    let second = house.give(Purpose::Treatment).await;
    let other = house.give(Purpose::SecondOpinion).await;
    let list = house.portal.sharing(&house.ines()).await.unwrap().view;
    let in_force: Vec<_> = list.grants.iter().filter(|grant| !grant.over(list.now)).map(|grant| grant.id).collect();
    assert_eq!(in_force, [other, second]);
    let story = house.portal.grant(&house.ines(), first).await.unwrap().view.story;
    assert_eq!(story.last().map(|line| line.kind.as_str()), Some("replaced"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_draft_becomes_a_grant_once(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let new = house.draft(Purpose::Treatment).await;
    let ines = house.ines();
    let both = tokio::join!(house.portal.give_grant(&ines, new.clone()), house.portal.give_grant(&ines, new.clone()));
    let conflicts = [&both.0, &both.1].iter().filter(|answer| matches!(answer, Err(Error::Conflict(_)))).count();
    assert_eq!(conflicts, 1, "{both:?}");
    assert_eq!(house.portal.sharing(&ines).await.unwrap().view.grants.len(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_grant_to_somebody_unknown_or_without_content_is_refused(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let mut new = house.draft(Purpose::Treatment).await;
    new.terms.categories = Default::default();
    assert!(matches!(house.portal.give_grant(&house.ines(), new.clone()).await, Err(Error::Invalid("grant-what"))));
    let mut new = house.draft(Purpose::Treatment).await;
    new.grantee = chartkey_domain::grant::Grantee::Carer { account: house.ines().actor.account() };
    assert!(matches!(house.portal.give_grant(&house.ines(), new).await, Err(Error::Invalid("grant-who"))));
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_but_the_patient_reads_or_stops_a_grant(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let grant = house.give(Purpose::Treatment).await;
    let stranger = house.stranger().await;
    for visitor in [stranger, house.doctor(Some(Purpose::Treatment))] {
        assert!(matches!(house.portal.withdraw_grant(&visitor, grant).await, Err(Error::NotFound)));
        assert!(matches!(house.portal.grant(&visitor, grant).await, Err(Error::NotFound)));
        assert!(matches!(house.portal.sharing(&visitor).await, Err(Error::NotFound)));
    }
    assert!(matches!(house.portal.standing(&house.doctor(Some(Purpose::Treatment)), house.patient).await.unwrap(), Standing::Open { .. }));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_draft_is_read_by_its_account_alone(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let id = house.portal.begin_draft(&house.ines(), Draft::default()).await.unwrap();
    assert_eq!(house.portal.draft(&house.ines(), id).await.unwrap().draft, Draft::default());
    let stranger = house.stranger().await;
    assert!(matches!(house.portal.draft(&stranger, id).await, Err(Error::NotFound)));
    assert!(matches!(house.portal.keep_draft(&stranger, id, Draft::default()).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_clinician_finds_what_is_shared_with_them_and_ended_grants_without_a_reason(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let grant = house.give(Purpose::Treatment).await;
    let doctor = house.doctor(None);
    let list = house.portal.shared_list(&doctor).await.unwrap();
    assert_eq!(list.open.len(), 1);
    assert_eq!((list.open[0].name.as_str(), list.open[0].sentence.as_str()), ("Ines", sentence().text.as_str()));
    assert_eq!(house.portal.pick_grant(&doctor, grant).await.unwrap(), (house.patient, Purpose::Treatment));

    house.portal.withdraw_grant(&house.ines(), grant).await.unwrap();
    let list = house.portal.shared_list(&doctor).await.unwrap();
    assert_eq!((list.open.len(), list.ended.len()), (0, 1));
    assert!(matches!(house.portal.pick_grant(&doctor, grant).await, Err(Error::NotFound)));

    house.tamper("update access_grant set ended_at = now() - interval '91 days'").await;
    assert!(house.portal.shared_list(&doctor).await.unwrap().ended.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_grant_to_a_profession_is_not_for_other_professions(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let mut new = house.draft(Purpose::Treatment).await;
    new.grantee = chartkey_domain::grant::Grantee::Professions { organization: house.organization, professions: vec!["nurse".to_owned()] };
    house.portal.give_grant(&house.ines(), new).await.unwrap();
    assert!(house.portal.shared_list(&house.doctor(None)).await.unwrap().open.is_empty());
    assert_eq!(house.portal.shared_list(&house.nurse(None)).await.unwrap().open.len(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_grant_ends_with_its_last_day(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let grant = house.give(Purpose::Treatment).await;
    let whole = house.portal.grant(&house.ines(), grant).await.unwrap().view;
    let ends_at = whole.grant.ends_at.unwrap();
    assert_eq!(ends_at.time(), time::Time::MIDNIGHT);
    assert!(ends_at - whole.now > Duration::days(30) && ends_at - whole.now <= Duration::days(31));
    house.tamper("update access_grant set ends_at = now()").await;
    assert_eq!(house.portal.standing(&house.doctor(Some(Purpose::Treatment)), house.patient).await.unwrap(), Standing::Closed);
    assert!(whole.grant.starts_at <= whole.now && whole.now != OffsetDateTime::UNIX_EPOCH);
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_read_and_change_of_sharing_is_an_event_of_its_own(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let ines = house.ines();
    let grant = house.give(Purpose::Treatment).await;
    house.portal.sharing(&ines).await.unwrap();
    house.portal.grant(&ines, grant).await.unwrap();
    house.portal.choices_to_share(&ines, &[], true).await.unwrap();
    house.portal.pause_grant(&ines, grant).await.unwrap();
    house.portal.withdraw_grant(&ines, grant).await.unwrap();
    let actions: Vec<_> = house.events().await.into_iter().map(|event| event.what.action).collect();
    assert_eq!(actions, ["grant-given", "read", "read", "read", "grant-paused", "grant-withdrawn"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_paused_grant_is_on_no_list_and_comes_back(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let grant = house.give(Purpose::Treatment).await;
    let listed = async || {
        let list = house.portal.shared_list(&house.doctor(None)).await.unwrap();
        (list.open.len(), list.ended.len())
    };
    house.portal.pause_grant(&house.ines(), grant).await.unwrap();
    assert_eq!(listed().await, (0, 0));
    house.portal.resume_grant(&house.ines(), grant).await.unwrap();
    assert_eq!(listed().await, (1, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_draft_that_has_ended_is_removed_and_the_others_stay(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    house.draft(Purpose::Treatment).await;
    house.tamper("update draft set ends_at = now() - interval '1 second'").await;
    let kept = house.draft(Purpose::Treatment).await;
    assert_eq!(house.portal.sweep_drafts().await.unwrap(), 1);
    assert!(house.portal.draft(&house.ines(), kept.draft).await.is_ok());
}
