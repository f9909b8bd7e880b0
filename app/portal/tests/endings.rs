//! A share that ends is announced before, once; what has ended can be asked for again, by whoever had it and by nobody else.

mod harness;
mod people;

use chartkey_domain::{
    draft::{End, Recipient},
    grant::Purpose,
    id::{GrantId, PatientId},
    policy::Whom,
};
use chartkey_portal::{
    Error,
    letters::LetterSubject,
    news::Look,
    requests::{Length, RequestState},
    sharing::NewGrant,
};
use harness::Ground;
use people::{House, nothing, sentence};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

async fn letters(house: &House) -> Vec<LetterSubject> {
    let due = house.portal.due_letters().await.unwrap();
    for due in &due {
        house.portal.letter_sent(due.id).await.unwrap();
    }
    due.into_iter().map(|due| due.letter.subject).collect()
}

/// So many days of a share have passed.
async fn pass(house: &House, days: u32) {
    house
        .tamper(&format!(
            "update access_grant set starts_at = starts_at - interval '{days} days', created_at = created_at - interval '{days} days',
                ends_at = ends_at - interval '{days} days', ended_at = ended_at - interval '{days} days'"
        ))
        .await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_share_that_ends_soon_is_announced_once_however_many_workers_there_are(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), house.doctor(None));
    house.give(Purpose::Treatment).await;
    house.give(Purpose::Coordination).await;
    let open = house.give(Purpose::SecondOpinion).await;
    house.tamper(&format!("update access_grant set ends_at = null where grant_id = '{open}'")).await;
    assert_eq!(portal.tell_endings().await.unwrap(), 0);
    pass(&house, 23).await;
    assert_eq!(portal.tell_endings().await.unwrap(), 0, "a day too early");
    assert!(portal.sharing(&ines).await.unwrap().view.grants.iter().all(|grant| !grant.ends_soon));
    pass(&house, 1).await;
    let told = tokio::join!(portal.tell_endings(), portal.tell_endings(), portal.tell_endings());
    assert_eq!(told.0.unwrap() + told.1.unwrap() + told.2.unwrap(), 2);
    assert_eq!(letters(&house).await, [LetterSubject::ShareEnding], "one message for both");
    assert_eq!(portal.tell_endings().await.unwrap(), 0);
    assert_eq!(letters(&house).await, []);

    let home = portal.home(&ines, house.patient, Look::Opened).await.unwrap().view;
    assert_eq!(home.grants.iter().map(|grant| grant.ends_soon).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(portal.sharing(&ines).await.unwrap().view.grants.iter().filter(|grant| grant.ends_soon).count(), 2);
    let shared = portal.shared_list(&doctor).await.unwrap();
    assert_eq!(shared.open.iter().filter(|entry| entry.ends_soon).count(), 2, "the grantee sees it, too");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_short_stopped_or_an_emergency_is_not_announced(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let portal = &house.portal;
    let short = house.give(Purpose::Treatment).await;
    house.tamper("update access_grant set ends_at = starts_at + interval '6 days'").await;
    assert_eq!(portal.tell_endings().await.unwrap(), 0, "all of it is left");
    house.tamper("update access_grant set purpose = 'emergency', starts_at = now() - interval '55 minutes', ends_at = now() + interval '5 minutes'").await;
    assert_eq!(portal.tell_endings().await.unwrap(), 0, "an emergency has been told");
    house
        .tamper("update access_grant set purpose = 'treatment', starts_at = now() - interval '5 days', ends_at = now() + interval '1 day'")
        .await;
    portal.pause_grant(&house.ines(), short).await.unwrap();
    assert_eq!(portal.tell_endings().await.unwrap(), 0, "nothing is seen through it");
    portal.resume_grant(&house.ines(), short).await.unwrap();
    assert_eq!(portal.tell_endings().await.unwrap(), 1, "a quarter is left");
}

#[sqlx::test(migrations = "../../migrations")]
async fn to_make_a_share_longer_is_a_new_version_of_it(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), house.doctor(None));
    let first = house.give(Purpose::Treatment).await;
    let as_given = portal.draft(&ines, portal.change_grant(&ines, first).await.unwrap()).await.unwrap();
    assert_eq!(as_given.draft.end, End::Day, "to change something else keeps the end");
    assert_eq!(as_given.draft.terms(as_given.today).unwrap(), house.draft(Purpose::Treatment).await.terms);
    pass(&house, 25).await;
    let draft = portal.change_grant(&ines, first).await.unwrap();
    let kept = portal.draft(&ines, draft).await.unwrap();
    assert_eq!(kept.draft.end, End::Preset);
    let Some(Recipient::Known(grantee)) = kept.draft.recipient.clone() else { panic!("{kept:?}") };
    let new = NewGrant { draft, grantee, terms: kept.draft.terms(kept.today).unwrap(), sentence: sentence() };
    let second = portal.give_grant(&ines, new).await.unwrap();
    assert_eq!(house.counted("select count(distinct lineage_id) from access_grant").await, 1);
    assert_eq!(portal.tell_endings().await.unwrap(), 0, "the new one has days enough");
    pass(&house, 6).await;
    let shared = portal.shared_list(&doctor).await.unwrap();
    assert_eq!(shared.open.iter().map(|entry| entry.grant).collect::<Vec<_>>(), [second]);
    assert_eq!(shared.ended, [], "the version before was replaced, and has not ended");
    for (who, grant) in [(house.stranger().await, second), (doctor, second), (ines, GrantId(nothing()))] {
        assert!(matches!(portal.change_grant(&who, grant).await, Err(Error::NotFound)));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_has_ended_is_told_to_whoever_had_it_for_90_days(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines, doctor, nurse) = (&house.portal, house.ines(), house.doctor(None), house.nurse(None));
    let ended = async |visitor| portal.ended_share(visitor, house.patient).await.unwrap();
    assert_eq!(ended(&doctor).await, None);
    let first = house.give(Purpose::Treatment).await;
    let second = house.give(Purpose::Coordination).await;
    portal.withdraw_grant(&ines, first).await.unwrap();
    assert_eq!(ended(&doctor).await, None, "another one is in force");
    portal.pause_grant(&ines, second).await.unwrap();
    assert_eq!(ended(&doctor).await, Some(first), "of what is stopped for now nothing is said");
    portal.withdraw_grant(&ines, second).await.unwrap();
    assert_eq!(ended(&doctor).await, Some(second), "the last one");
    assert_eq!(ended(&nurse).await, None);
    assert_eq!(portal.ended_share(&doctor, PatientId(nothing())).await.unwrap(), None);
    portal.block(&ines, Whom::Account(doctor.actor.account())).await.unwrap();
    assert_eq!(ended(&doctor).await, None, "whoever is blocked is told what a stranger is");
    assert!(matches!(portal.once_shared(&doctor, second).await, Err(Error::NotFound)));
    assert!(matches!(portal.ask_again(&doctor, second, Length::Week, "Please.").await, Err(Error::NotFound)));
    portal.unblock(&ines, Whom::Account(doctor.actor.account())).await.unwrap();
    pass(&house, 91).await;
    assert_eq!(ended(&doctor).await, None);
    assert!(matches!(portal.ask_again(&doctor, second, Length::Week, "Please.").await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_had_a_share_asks_for_the_same_again_and_the_patient_decides(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines, doctor, nurse) = (&house.portal, house.ines(), house.doctor(Some(Purpose::Treatment)), house.nurse(None));
    let grant = house.give(Purpose::Treatment).await;
    portal.withdraw_grant(&ines, grant).await.unwrap();
    assert!(matches!(portal.ask_again(&nurse, grant, Length::Week, "Please.").await, Err(Error::NotFound)), "it was not theirs");
    assert!(matches!(portal.ask_again(&ines, grant, Length::Week, "Please.").await, Err(Error::NotFound)));
    assert!(matches!(portal.ask_again(&doctor, grant, Length::Week, " ").await, Err(Error::Invalid("request-words"))));
    portal.ask_again(&doctor, grant, Length::Week, "You come again.").await.unwrap();
    portal.ask_again(&doctor, grant, Length::Week, "You come again.").await.unwrap();
    assert!(matches!(portal.ask_again(&doctor, grant, Length::Week, "Well?").await, Err(Error::Conflict("asked"))));
    assert!(matches!(portal.results(&doctor, house.patient, None, false).await, Err(Error::NotFound)), "to ask opens nothing");
    let requests = portal.requests(&ines).await.unwrap().view.requests;
    let [asked] = requests.as_slice() else { panic!("{requests:?}") };
    let terms = asked.terms.clone().unwrap();
    assert_eq!(
        (asked.state, terms.purpose, terms.categories),
        (RequestState::Sent, Purpose::Treatment, house.draft(Purpose::Treatment).await.terms.categories)
    );
    let draft = portal.answer_request(&ines, asked.id).await.unwrap();
    let kept = portal.draft(&ines, draft).await.unwrap();
    let Some(Recipient::Known(grantee)) = kept.draft.recipient.clone() else { panic!("{kept:?}") };
    let new = NewGrant { draft, grantee, terms: kept.draft.terms(kept.today).unwrap(), sentence: sentence() };
    let given = portal.give_grant(&ines, new).await.unwrap();
    assert!(portal.results(&doctor, house.patient, None, false).await.is_ok());
    portal.ask_again(&doctor, given, Length::Quarter, "For longer.").await.unwrap();
    portal.refuse_request(&ines, portal.requests(&ines).await.unwrap().view.requests[0].id).await.unwrap();
    portal.ask_again(&doctor, given, Length::Quarter, "Do.").await.unwrap();
    portal.refuse_request(&ines, portal.requests(&ines).await.unwrap().view.requests[0].id).await.unwrap();
    assert!(matches!(portal.ask_again(&doctor, given, Length::Week, "Do!").await, Err(Error::TooManyTries)), "three times in 30 days");
}
