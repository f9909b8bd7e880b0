//! What clinicians ask a patient for: nothing is told but what the patient answers, and nothing opens but what they give.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    draft::Draft,
    grant::Purpose,
    id::RequestId,
    policy::Whom,
};
use chartkey_portal::{
    Error,
    requests::{Length, NewRequest, RequestState, Requests},
    sharing::NewGrant,
};
use harness::Ground;
use people::{House, nothing, sentence};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

fn request(name: &str) -> NewRequest {
    let categories = Categories::NONE.with(Category::Results).with(Category::Problems);
    NewRequest {
        name: name.to_owned(),
        draft: Draft { purpose: Some(Purpose::Treatment), categories, ..Draft::default() },
        length: Length::Week,
        words: "To see how your blood does.".to_owned(),
        kept: None,
    }
}

async fn seen(house: &House) -> Requests {
    house.portal.requests(&house.ines()).await.unwrap().view
}

async fn share_name(house: &House) -> String {
    let before = seen(house).await.name.unwrap_or_default();
    house.portal.new_share_name(&house.ines(), &before).await.unwrap();
    house.portal.new_share_name(&house.ines(), &before).await.unwrap();
    seen(house).await.name.unwrap()
}

async fn reads(house: &House, visitor: &Visitor, category: Category) -> bool {
    match house.portal.list(visitor, house.patient, category, None, false).await {
        Ok(opened) => opened.whose.may_show(category),
        Err(Error::NotFound) => false,
        Err(error) => panic!("{error}"),
    }
}

/// Gives what a request asks for, of it only the results.
async fn give_results(house: &House, id: RequestId) {
    let ines = house.ines();
    let draft = house.portal.answer_request(&ines, id).await.unwrap();
    assert_eq!(house.portal.answer_request(&ines, id).await.unwrap(), draft, "to begin twice is to go on");
    let mut kept = house.portal.draft(&ines, draft).await.unwrap();
    kept.draft.categories = Categories::NONE.with(Category::Results);
    let terms = kept.draft.terms(kept.today).unwrap();
    let Some(chartkey_domain::draft::Recipient::Known(grantee)) = kept.draft.recipient.clone() else { panic!("{kept:?}") };
    house.portal.keep_draft(&ines, draft, kept.draft).await.unwrap();
    house.portal.give_grant(&ines, NewGrant { draft, grantee, terms, sentence: sentence() }).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_request_is_asked_about_narrowed_and_given_and_opens_nothing_before(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), house.doctor(Some(Purpose::Treatment)));
    let name = share_name(&house).await;
    portal.ask(&doctor, request(&format!(" {} ", name.to_lowercase()))).await.unwrap();
    assert!(!reads(&house, &doctor, Category::Results).await, "to ask opens nothing");
    let asked = seen(&house).await.requests.remove(0);
    assert_eq!(
        (asked.state, asked.asker.name.as_str(), asked.words.as_str()),
        (RequestState::Sent, "Dr Lindqvist", "To see how your blood does.")
    );
    let days = asked.terms.as_ref().and_then(|terms| terms.until).map(|until| (until - asked.asked_at.date()).whole_days());
    assert_eq!(days, Some(7));

    portal.write_to_request(&ines, asked.id, "Why my problems?").await.unwrap();
    let theirs = portal.asked(&doctor).await.unwrap().remove(0);
    assert_eq!((theirs.id, theirs.state, theirs.said.len()), (asked.id, RequestState::Sent, 1));
    portal.write_to_request(&doctor, asked.id, "Anaemia has causes.").await.unwrap();
    let said: Vec<_> = seen(&house).await.requests.remove(0).said.into_iter().map(|said| (said.is_patient, said.words)).collect();
    assert_eq!(said, [(true, "Why my problems?".to_owned()), (false, "Anaemia has causes.".to_owned())]);

    give_results(&house, asked.id).await;
    let answered = seen(&house).await.requests.remove(0);
    assert_eq!(answered.state, RequestState::Given);
    let theirs = portal.asked(&doctor).await.unwrap().remove(0);
    assert_eq!((theirs.state, theirs.grant), (RequestState::Given, answered.grant.map(|grant| (grant, sentence().text))));
    assert!(
        reads(&house, &doctor, Category::Results).await && !reads(&house, &doctor, Category::Problems).await,
        "what was given, not what was asked"
    );
    assert!(matches!(portal.write_to_request(&doctor, asked.id, "And?").await, Err(Error::NotFound)), "it is over");
    let done: Vec<_> =
        house.events().await.into_iter().map(|event| (event.who.name, event.what.action)).filter(|(_, action)| action != "read").collect();
    let done: Vec<_> = done.iter().map(|(who, action)| (who.as_str(), action.as_str())).collect();
    assert_eq!(
        done,
        [
            ("Ines", "share-name-made"),
            ("Dr Lindqvist", "access-asked"),
            ("Ines", "request-written"),
            ("Dr Lindqvist", "request-explained"),
            ("Ines", "grant-given"),
        ]
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_asks_cannot_tell_whether_somebody_is_called_so(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), house.doctor(None));
    let name = share_name(&house).await;
    portal.ask(&doctor, request("NOBODY22NAME")).await.unwrap();
    portal.block(&ines, Whom::Account(doctor.actor.account())).await.unwrap();
    portal.ask(&doctor, request(&name)).await.unwrap();
    assert_eq!(seen(&house).await.requests, [], "the patient hears nothing of whom they have blocked");
    let asked = portal.asked(&doctor).await.unwrap();
    let alike: Vec<_> =
        asked.iter().map(|asked| (asked.state, asked.terms.clone(), &asked.words, asked.said.len(), asked.grant.clone())).collect();
    assert_eq!(alike.len(), 2);
    assert_eq!(alike[0], alike[1]);
    for id in asked.iter().map(|asked| asked.id) {
        portal.write_to_request(&doctor, id, "Please.").await.unwrap();
        portal.withdraw_request(&doctor, id).await.unwrap();
        portal.withdraw_request(&doctor, id).await.unwrap();
    }
    let of_others: Vec<_> = house.events().await.into_iter().filter(|event| event.who.name != "Ines").collect();
    assert_eq!(of_others, [], "nothing of it is in their log either");

    // A name that was given up or replaced is nobody's.
    portal.unblock(&ines, Whom::Account(doctor.actor.account())).await.unwrap();
    let second = share_name(&house).await;
    assert_ne!(second, name);
    portal.ask(&doctor, request(&name)).await.unwrap();
    assert_eq!(seen(&house).await.requests, []);
    portal.ask(&doctor, request(&second)).await.unwrap();
    assert_eq!(seen(&house).await.requests.len(), 1);
    portal.remove_share_name(&ines).await.unwrap();
    assert_eq!(seen(&house).await.name, None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_request_that_waits_when_its_asker_is_blocked_is_heard_of_no_more(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), house.doctor(None));
    let name = share_name(&house).await;
    portal.ask(&doctor, request(&name)).await.unwrap();
    let id = seen(&house).await.requests[0].id;
    let draft = portal.answer_request(&ines, id).await.unwrap();
    let kept = portal.draft(&ines, draft).await.unwrap();
    let whom = Whom::Account(doctor.actor.account());
    portal.block(&ines, whom).await.unwrap();
    assert_eq!(seen(&house).await.requests, []);
    assert_eq!(portal.sharing(&ines).await.unwrap().view.requests_waiting, 0);
    let events = house.events().await.len();
    portal.write_to_request(&doctor, id, "Please.").await.unwrap();
    assert_eq!(house.events().await.len(), events, "nor does it stand in their log");
    assert!(matches!(portal.answer_request(&ines, id).await, Err(Error::NotFound)));
    let Some(chartkey_domain::draft::Recipient::Known(grantee)) = kept.draft.recipient.clone() else { panic!("{kept:?}") };
    let terms = kept.draft.terms(kept.today).unwrap();
    let new = NewGrant { draft, grantee, terms, sentence: sentence() };
    assert!(matches!(portal.give_grant(&ines, new.clone()).await, Err(Error::Conflict("blocked"))));

    // What was taken back meanwhile is not given.
    portal.unblock(&ines, whom).await.unwrap();
    assert_eq!(seen(&house).await.requests.len(), 1);
    portal.withdraw_request(&doctor, id).await.unwrap();
    assert!(matches!(portal.give_grant(&ines, new).await, Err(Error::Conflict("changed"))));
    assert_eq!(house.counted("select count(*) from access_grant").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn to_ask_again_too_often_is_refused_and_a_refusal_is_kept(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), house.doctor(None));
    let name = share_name(&house).await;
    for which in 0..3 {
        portal.ask(&doctor, request(&name)).await.unwrap();
        portal.ask(&doctor, request(&name)).await.unwrap();
        assert_eq!(seen(&house).await.requests.len(), which + 1, "a double click asks once");
        let another = NewRequest { words: "And more.".to_owned(), ..request(&name) };
        assert!(matches!(portal.ask(&doctor, another).await, Err(Error::Conflict("asked"))), "the last one waits");
        let id = seen(&house).await.requests[0].id;
        portal.refuse_request(&ines, id).await.unwrap();
        portal.refuse_request(&ines, id).await.unwrap();
        assert!(matches!(portal.answer_request(&ines, id).await, Err(Error::NotFound)));
    }
    assert!(matches!(portal.ask(&doctor, request(&name)).await, Err(Error::TooManyTries)));
    // The same for a name that nobody has, and for somebody else nothing is counted.
    for _ in 0..3 {
        portal.ask(&doctor, request("NOBODY22NAME")).await.unwrap();
        let id = portal.asked(&doctor).await.unwrap()[0].id;
        portal.withdraw_request(&doctor, id).await.unwrap();
    }
    assert!(matches!(portal.ask(&doctor, request("nobody22name")).await, Err(Error::TooManyTries)));
    portal.ask(&house.nurse(None), request(&name)).await.unwrap();
    let states: Vec<_> = seen(&house).await.requests.iter().map(|request| request.state).collect();
    assert_eq!(states, [RequestState::Sent, RequestState::Refused, RequestState::Refused, RequestState::Refused]);
    house.tamper("update access_request set asked_at = asked_at - interval '31 days'").await;
    portal.ask(&doctor, request(&name)).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_cannot_be_asked_is_said_and_nothing_of_others_is_theirs(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (portal, ines, doctor, nurse) = (&house.portal, house.ines(), house.doctor(None), house.nurse(None));
    let name = share_name(&house).await;
    for (wrong, code) in [
        (NewRequest { name: " - ".to_owned(), ..request(&name) }, "share-name"),
        (NewRequest { words: "\n ".to_owned(), ..request(&name) }, "request-words"),
        (NewRequest { words: "ñ".repeat(601), ..request(&name) }, "request-words"),
        (NewRequest { draft: Draft::default(), ..request(&name) }, "grant-purpose"),
        (NewRequest { draft: Draft { categories: Categories::NONE, ..request(&name).draft }, ..request(&name) }, "grant-what"),
    ] {
        let answer = portal.ask(&doctor, wrong).await;
        assert!(matches!(answer, Err(Error::Invalid(said)) if said == code), "{code}: {answer:?}");
    }
    assert_eq!(portal.asked(&doctor).await.unwrap(), []);
    for nobody in [ines.clone(), house.stranger().await] {
        assert!(matches!(portal.ask(&nobody, request(&name)).await, Err(Error::NotFound)));
        assert!(matches!(portal.asked(&nobody).await, Err(Error::NotFound)));
    }
    portal.ask(&doctor, request(&name)).await.unwrap();
    let id = seen(&house).await.requests[0].id;
    assert_eq!(portal.asked(&nurse).await.unwrap(), []);
    for other in [nurse, house.stranger().await] {
        assert!(matches!(portal.write_to_request(&other, id, "Hello").await, Err(Error::NotFound)));
        assert!(matches!(portal.withdraw_request(&other, id).await, Err(Error::NotFound)));
        assert!(matches!(portal.answer_request(&other, id).await, Err(Error::NotFound)));
        assert!(matches!(portal.refuse_request(&other, id).await, Err(Error::NotFound)));
    }
    for which in 0..20 {
        portal.write_to_request(&ines, id, &format!("Why, {which}?")).await.unwrap();
        portal.write_to_request(&ines, id, &format!("Why, {which}?")).await.unwrap();
    }
    assert!(matches!(portal.write_to_request(&doctor, id, "So.").await, Err(Error::Invalid("request-full"))));
    assert!(matches!(portal.write_to_request(&ines, RequestId(nothing()), "Why?").await, Err(Error::NotFound)));
}
