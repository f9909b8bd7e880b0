//! Carers: somebody with an account of their own, who sees what the patient has chosen once the patient has confirmed
//! that it is them.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    draft::{Draft, End, Recipient},
    grant::Purpose,
    id::{GrantId, PatientId},
    policy::Whom,
};
use chartkey_portal::{
    Error, Standing,
    codes::{Code, CodeState},
    items::Original,
    letters::LetterSubject,
    news::Look,
    reach::Access,
};
use harness::Ground;
use people::{House, item_called, sentence};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// A code for whoever helps Ines with her results, as it is typed.
async fn made(house: &House) -> (Code, String) {
    let ines = house.ines();
    let id = house.portal.begin_draft(&ines, results()).await.unwrap();
    let kept = house.portal.draft(&ines, id).await.unwrap();
    let terms = kept.draft.terms(kept.today).unwrap();
    assert_eq!((terms.purpose, terms.may_write), (Purpose::Coordination, false), "a carer is not asked what for, and writes nothing");
    house.portal.make_code(&ines, id, terms, sentence()).await.unwrap();
    let code = only(house).await;
    let CodeState::Waiting(typed) = code.state.clone() else { panic!("{code:?}") };
    (code, typed)
}

async fn only(house: &House) -> Code {
    house.portal.codes(&house.ines()).await.unwrap().view.pop().unwrap()
}

/// Somebody who helps Ines with her results from now on.
async fn carer(house: &House) -> (Visitor, GrantId) {
    house.carer(results()).await
}

fn results() -> Draft {
    Draft {
        recipient: Some(Recipient::CarerCode),
        categories: Categories::NONE.with(Category::Results),
        end: End::Open,
        may_write: true,
        ..Draft::default()
    }
}

async fn titles(house: &House, visitor: &Visitor) -> Vec<String> {
    let results = house.portal.results(visitor, house.patient, None, false).await.unwrap().view;
    let mut titles: Vec<_> = results.reports.into_iter().flat_map(|report| report.results).map(|entry| entry.title).collect();
    titles.sort_unstable();
    titles
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_carer_sees_what_was_chosen_once_they_are_confirmed(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (ines, carer) = (house.ines(), house.stranger().await);
    let (code, typed) = made(&house).await;
    assert!(code.for_carer);
    // It is for nobody else: no clinician, and not Ines herself.
    for other in [&house.doctor(None), &ines] {
        assert!(matches!(house.portal.redeem_code(other, &typed).await, Err(Error::NotFound)), "{other:?}");
    }
    house.portal.redeem_code(&carer, &typed.to_lowercase()).await.unwrap();
    assert_eq!(house.portal.standing(&carer, house.patient).await.unwrap(), Standing::Closed, "by itself it opens nothing");
    assert!(house.portal.cared_for(&carer).await.unwrap().0.is_empty());
    let CodeState::RedeemedByCarer(asks) = only(&house).await.state else { panic!() };
    assert_eq!((asks.account, asks.name.as_str()), (carer.actor.account(), "Somebody"));
    assert!(asks.email.contains('@'));
    let other = house.stranger().await.actor.account();
    assert!(matches!(house.portal.confirm_code(&ines, code.id, other, sentence()).await, Err(Error::Conflict(_))));
    house.portal.confirm_code(&ines, code.id, asks.account, sentence()).await.unwrap();

    let (cared, _) = house.portal.cared_for(&carer).await.unwrap();
    assert_eq!(cared.iter().map(|one| (one.patient, one.name.as_str())).collect::<Vec<_>>(), [(house.patient, "Ines")]);
    assert_eq!(titles(&house, &carer).await, ["Ferritin", "Haemoglobin"]);
    let problems = house.portal.list(&carer, house.patient, Category::Problems, None, false).await;
    assert!(problems.unwrap().view.entries.is_empty(), "and nothing else");
    assert!(matches!(house.portal.results(&house.stranger().await, house.patient, None, false).await, Err(Error::NotFound)));
    assert!(matches!(house.portal.cared_for(&house.doctor(None)).await, Err(Error::NotFound)));
    // They see, and no more than that.
    assert!(matches!(house.portal.sharing(&carer).await, Err(Error::NotFound)));
    let result = item_called(&house, "Ferritin").await;
    let whom = Whom::Account(house.doctor(None).actor.account());
    assert!(matches!(house.portal.keep_from(&carer, house.patient, result, whom).await, Err(Error::NotFound)));
    assert!(matches!(house.portal.take_apart(&carer, house.patient, result).await, Err(Error::NotFound)));

    let event = house.events().await.into_iter().rfind(|event| event.who.account == Some(carer.actor.account())).unwrap();
    assert_eq!((event.what.action.as_str(), event.what.items), ("read", 0), "the list of problems, which has nothing for them");
    assert!(house.portal.home(&ines, house.patient, Look::Opened).await.unwrap().view.grants[0].stays_on_top);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_ends_or_is_kept_is_closed_to_a_carer_too(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let ines = house.ines();
    let (carer, grant) = carer(&house).await;
    let result = item_called(&house, "Ferritin").await;
    let holders = async || house.portal.reach(&ines, house.patient, Category::Results, result).await.unwrap().view.holders;
    let [holder] = holders().await.try_into().unwrap();
    assert_eq!((holder.name.as_deref(), holder.organization, holder.access), (Some("Somebody"), None, Access::Sees));
    house.portal.keep_from(&ines, house.patient, result, holder.whom).await.unwrap();
    assert_eq!(titles(&house, &carer).await, ["Haemoglobin"]);
    let page = house.portal.item(&carer, house.patient, Category::Results, result, Original::Leave).await;
    assert!(matches!(page, Err(Error::NotFound)));
    assert_eq!(holders().await[0].access, Access::Kept);
    let kept = house.events().await.into_iter().rfind(|event| event.what.action == "kept-from").unwrap();
    assert_eq!((kept.what.page.as_deref(), kept.what.text.as_deref()), (Some("who"), Some("Somebody")));
    house.portal.show_again(&ines, house.patient, result, holder.whom).await.unwrap();
    assert_eq!(titles(&house, &carer).await.len(), 2);

    house.portal.withdraw_grant(&ines, grant).await.unwrap();
    assert!(matches!(house.portal.results(&carer, house.patient, None, false).await, Err(Error::NotFound)));
    assert!(house.portal.cared_for(&carer).await.unwrap().0.is_empty());
    let home = house.portal.home(&ines, house.patient, Look::Opened).await.unwrap().view;
    assert!(home.grants.is_empty(), "nobody is on top who has ended");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_carer_stops_helping_by_themselves_and_the_patient_is_told(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines) = (&house.portal, house.ines());
    let (carer, grant) = carer(&house).await;
    let given = house.give(Purpose::Treatment).await;
    // Nobody gives back what was given to somebody else, and a clinician is no carer.
    for (who, which) in [(house.stranger().await, grant), (ines.clone(), grant), (carer.clone(), given)] {
        assert!(matches!(portal.stop_helping(&who, which).await, Err(Error::NotFound)));
    }
    assert!(matches!(portal.stop_helping(&house.doctor(Some(Purpose::Treatment)), given).await, Err(Error::NotFound)));
    house.tamper("delete from letter").await;
    let both = tokio::join!(portal.stop_helping(&carer, grant), portal.stop_helping(&carer, grant));
    both.0.unwrap();
    both.1.unwrap();
    portal.stop_helping(&carer, grant).await.unwrap();
    assert!(matches!(portal.results(&carer, house.patient, None, false).await, Err(Error::NotFound)));
    assert!(portal.cared_for(&carer).await.unwrap().0.is_empty());
    let told = portal.due_letters().await.unwrap();
    assert_eq!(told.iter().map(|due| due.letter.subject).collect::<Vec<_>>(), [LetterSubject::News]);
    let events = house.events().await;
    let ended: Vec<_> = events.iter().filter(|event| event.what.action == "help-ended").collect();
    assert_eq!(ended.iter().map(|event| event.who.account).collect::<Vec<_>>(), [Some(carer.actor.account())]);
    let whole = portal.grant(&ines, grant).await.unwrap().view;
    assert!(whole.grant.is_given_back);
    assert_eq!(whole.story.iter().map(|line| line.kind.as_str()).collect::<Vec<_>>(), ["given", "given-back"]);
    assert!(matches!(portal.resume_grant(&ines, grant).await, Err(Error::NotFound)), "it has ended");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_carer_is_on_top_for_a_week_and_no_clinician_is(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (_, grant) = carer(&house).await;
    house.give(Purpose::Treatment).await;
    let on_top = async || {
        let grants = house.portal.home(&house.ines(), house.patient, Look::Opened).await.unwrap().view.grants;
        grants.into_iter().filter(|one| one.stays_on_top).map(|one| one.id).collect::<Vec<_>>()
    };
    assert_eq!(on_top().await, [grant]);
    house.tamper("update access_grant set created_at = now() - interval '7 days 1 minute'").await;
    assert!(on_top().await.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_helps_is_told_so_on_their_own_first_page(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let own = ground.patient("Rosa").await;
    let house = House::build(ground).await;
    let (carer, _) = carer(&house).await;
    house.tamper(&format!("insert into patient_holder (patient_id, account_id) values ('{own}', '{}')", carer.actor.account())).await;
    let home = house.portal.home(&carer, PatientId(own), Look::Opened).await.unwrap().view;
    assert!(home.helps);
    assert!(!house.portal.home(&house.ines(), house.patient, Look::Opened).await.unwrap().view.helps);
}
