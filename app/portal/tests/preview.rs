//! A patient looks at their own record with the eyes of a grantee: with none of their own rights, and without leaving a trace but
//! the one of having looked. And what they answer when they are asked what a grant shows stands in its story.

mod harness;
mod people;

use chartkey_domain::{
    category::{Categories, Category},
    draft::{Draft, Recipient},
    grant::{Grantee, Purpose},
    id::{DraftId, GrantId, ItemId, PreviewId},
    understanding::{Answer, Answered},
};
use chartkey_portal::{
    Error, Eyes, Portal, PreviewedPart, Stage, corrections::Opening, news::Look, sessions::SessionKey, sharing::NewGrant,
};
use harness::Ground;
use people::{House, item, nothing, sentence, take};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

fn eyes(house: &House, grant: GrantId) -> Portal {
    house.portal.clone().previewing(PreviewId(grant.0))
}

async fn drafted(house: &House, recipient: Recipient) -> DraftId {
    let draft = Draft {
        recipient: Some(recipient),
        purpose: Some(Purpose::Treatment),
        categories: Categories::NONE.with(Category::Results),
        ..Draft::default()
    };
    let draft = house.portal.begin_draft(&house.ines(), draft).await.unwrap();
    house.portal.word_draft(&house.ines(), draft, sentence()).await.unwrap();
    draft
}

fn to_doctor(house: &House) -> Recipient {
    Recipient::Known(Grantee::Clinician { account: house.doctor(None).actor.account(), organization: house.organization })
}

async fn some_item(house: &House, title: &'static str) -> ItemId {
    let found = sqlx::query_scalar("select item_id from item where patient_id = $1 and title = $2");
    ItemId(found.bind(house.patient.0).bind(title).fetch_one(&house.superuser).await.unwrap())
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_preview_shows_what_is_shared_and_nothing_by_the_patients_own_rights(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (ines, patient) = (house.ines(), house.patient);
    take(
        &house,
        r#"{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/a"},"code":{"text":"Sodium"},"valueString":"1",
            "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}]}"#,
    )
    .await;
    let grant = house.give(Purpose::Treatment).await;
    let portal = eyes(&house, grant);
    let opened = portal.results(&ines, patient, None, false).await.unwrap();
    assert!(!opened.whose.is_own());
    let preview = opened.whose.preview.unwrap();
    assert_eq!(preview.eyes, Eyes::Clinician { name: "Dr Lindqvist".into(), organization: "northfield".into() });
    assert_eq!(preview.stage, Stage::Given);
    let (hidden, shown) = (some_item(&house, "A hidden problem").await, item(&house, "o").await);
    use chartkey_portal::items::Original;
    let problem = portal.item(&ines, patient, Category::Problems, hidden, Original::Show).await;
    assert!(matches!(problem, Err(Error::NotFound)), "{problem:?}");
    assert!(portal.item(&ines, patient, Category::Results, shown, Original::Show).await.unwrap().view.original.is_none());
    house.tamper("update item set is_private = true where fhir_id = 'o'").await;
    let private = portal.item(&ines, patient, Category::Results, shown, Original::Leave).await;
    assert!(matches!(private, Err(Error::NotFound)), "{private:?}");
    let parts = portal.preview_parts(&ines, patient).await.unwrap();
    assert_eq!(
        parts,
        [
            PreviewedPart { category: Category::Problems, shown: 0, kept: 1 },
            PreviewedPart { category: Category::Results, shown: 2, kept: 1 },
        ]
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_the_patient_previews_and_only_what_is_theirs_and_stands(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let patient = house.patient;
    let grant = house.give(Purpose::Treatment).await;
    let draft = drafted(&house, to_doctor(&house)).await;
    for visitor in [house.stranger().await, house.doctor(Some(Purpose::Treatment)), house.nurse(Some(Purpose::Treatment))] {
        for preview in [grant.0, draft.0] {
            let portal = house.portal.clone().previewing(PreviewId(preview));
            assert!(matches!(portal.summary(&visitor, patient, Look::Opened).await, Err(Error::NotFound)));
            assert!(matches!(portal.preview_parts(&visitor, patient).await, Err(Error::NotFound)));
        }
    }
    let is_there = async |preview: uuid::Uuid| {
        let portal = house.portal.clone().previewing(PreviewId(preview));
        match portal.summary(&house.ines(), patient, Look::Opened).await {
            Ok(_) => true,
            Err(Error::NotFound) => false,
            Err(error) => panic!("{error}"),
        }
    };
    assert!(is_there(grant.0).await && is_there(draft.0).await && !is_there(nothing()).await);
    // Somebody else's.
    house.tamper("update draft set account_id = (select account_id from account where display_name = 'Somebody')").await;
    assert!(!is_there(draft.0).await);
    house.portal.pause_grant(&house.ines(), grant).await.unwrap();
    assert!(!is_there(grant.0).await);
    house.portal.resume_grant(&house.ines(), grant).await.unwrap();
    house.tamper("update access_grant set ends_at = now() - interval '1 second'").await;
    assert!(!is_there(grant.0).await);
    house.tamper("update access_grant set ends_at = null").await;
    assert!(is_there(grant.0).await);
    house.tamper("insert into block (patient_id, organization_id) select patient_id, organization_id from access_grant").await;
    assert!(!is_there(grant.0).await, "whom the patient has blocked sees nothing");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_draft_shows_what_it_will_show_in_the_place_of_what_it_replaces(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let problems = NewGrant { terms: problems(&house).await, ..house.draft(Purpose::Treatment).await };
    house.portal.give_grant(&house.ines(), problems).await.unwrap();
    let draft = drafted(&house, to_doctor(&house)).await;
    let portal = house.portal.clone().previewing(PreviewId(draft.0));
    let whose = portal.results(&house.ines(), house.patient, None, false).await.unwrap().whose;
    // Results and no problems: it will take the place of the one to the same clinician for the same purpose.
    assert!(whose.may_show(Category::Results) && !whose.may_show(Category::Problems) && whose.preview.unwrap().stage == Stage::Drafted);
    // Another answer, another sentence: what was read is not what would be seen.
    let mut kept = house.portal.draft(&house.ines(), draft).await.unwrap().draft;
    kept.categories = Categories::NONE.with(Category::Problems);
    house.portal.keep_draft(&house.ines(), draft, kept).await.unwrap();
    assert!(matches!(portal.results(&house.ines(), house.patient, None, false).await, Err(Error::NotFound)));
    // Nobody is previewed who is no clinician of the organization.
    for recipient in [
        Recipient::Known(Grantee::Clinician { account: house.ines().actor.account(), organization: house.organization }),
        Recipient::Known(Grantee::Professions { organization: house.organization, professions: vec!["astronaut".into()] }),
        Recipient::Known(Grantee::Carer { account: house.doctor(None).actor.account() }),
    ] {
        let draft = drafted(&house, recipient.clone()).await;
        let portal = house.portal.clone().previewing(PreviewId(draft.0));
        let opened = portal.results(&house.ines(), house.patient, None, false).await;
        assert!(matches!(opened, Err(Error::NotFound)), "{recipient:?}");
    }
}

async fn problems(house: &House) -> chartkey_domain::draft::Terms {
    let terms = house.draft(Purpose::Treatment).await.terms;
    chartkey_domain::draft::Terms { categories: Categories::NONE.with(Category::Problems), ..terms }
}

#[sqlx::test(migrations = "../../migrations")]
async fn nothing_can_be_changed_or_taken_through_a_preview(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (ines, patient) = (house.ines(), house.patient);
    take(
        &house,
        r#"{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/a"},"code":{"text":"Sodium"},"valueString":"1"}"#,
    )
    .await;
    let (own, result) = (&house.portal, item(&house, "o").await);
    let draft = own.keep_statement(&ines, patient, result, "Not mine").await.unwrap();
    let Opening::Opened(correction) = own.open_correction(&ines, patient, result, draft).await.unwrap() else { panic!() };
    let grant = house.portal.give_grant(&ines, may_copy(house.draft(Purpose::Treatment).await)).await.unwrap();
    let portal = eyes(&house, grant);
    // Not found, or refused by PostgreSQL, which writes nothing here.
    let refused =
        |what: &str, result: Result<(), Error>| assert!(matches!(result, Err(Error::NotFound | Error::Database(_))), "{what}: {result:?}");
    let before = house.counted("select count(*) from event").await;
    let lens = chartkey_domain::lens::Lens::from_slug("diabetes").unwrap();
    refused("answer", portal.write_to_correction(&ines, patient, correction, "Yes, it is").await);
    refused("message", portal.keep_message(&ines, patient, correction, "Yes, it is").await.map(drop));
    refused("statement", portal.keep_statement(&ines, patient, result, "Not mine").await.map(drop));
    refused("grant", portal.give_grant(&ines, house.draft(Purpose::Coordination).await).await.map(drop));
    refused("pause", portal.pause_grant(&ines, grant).await.map(drop));
    refused("withdraw", portal.withdraw_grant(&ines, grant).await.map(drop));
    refused("draft", portal.begin_draft(&ines, Draft::default()).await.map(drop));
    refused("search", portal.begin_search(&ines, SessionKey::of("x"), patient, "sodium").await.map(drop));
    refused("lens", portal.begin_lens(&ines, SessionKey::of("x"), patient, lens).await.map(drop));
    refused("file", portal.file(&ines, patient, result, 0).await.map(drop));
    refused("sharing", portal.sharing(&ines).await.map(drop));
    refused("activity", portal.activity(&ines, Default::default(), None).await.map(drop));
    refused("home", portal.home(&ines, patient, Look::Opened).await.map(drop));
    refused("card", portal.card(&ines, patient).await.map(drop));
    assert_eq!(house.counted("select count(*) from event").await, before, "what was refused to the patient themselves was written down");
    assert_eq!(house.counted("select count(*) from viewer_mark").await, 0);
    portal.summary(&ines, patient, Look::Opened).await.unwrap();
    assert_eq!(house.counted("select count(*) from viewer_mark").await, 0);
    assert_eq!(house.counted("select count(*) from access_grant where state = 'active'").await, 1);
}

fn may_copy(new: NewGrant) -> NewGrant {
    NewGrant { terms: chartkey_domain::draft::Terms { may_export: true, ..new.terms }, ..new }
}

#[sqlx::test(migrations = "../../migrations")]
async fn postgresql_itself_takes_the_patients_rights_away_and_writes_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let runtime = ground.runtime.clone();
    let house = House::build(ground).await;
    let (ines, doctor) = (house.ines().actor.account().0, house.doctor(None).actor.account().0);
    for statement in [
        "insert into viewer_mark (patient_id, account_id, seen_seq, seen_at) select gate.patient(), gate.account(), 1, now()",
        "insert into draft (account_id, kind, fields) select gate.account(), 'grant', '{}'",
        "update item set is_private = false",
        "set transaction read write",
        "select set_config('transaction_read_only', 'off', true)",
        "select gate.append('patient/' || gate.patient(), '{}')",
    ] {
        let mut transaction = runtime.begin().await.unwrap();
        let enter = sqlx::query("select gate.enter($1, $2)").bind(ines).bind(house.patient.0);
        enter.execute(&mut *transaction).await.unwrap();
        let seen: i64 = sqlx::query_scalar("select count(*) from item").fetch_one(&mut *transaction).await.unwrap();
        assert_eq!(seen, 3);
        sqlx::query("select gate.preview($1, null, null)").bind(doctor).execute(&mut *transaction).await.unwrap();
        let (seen, is_nobodys, at): (i64, bool, uuid::Uuid) =
            sqlx::query_as("select (select count(*) from item), gate.own_patient() is null, gate.organization()")
                .fetch_one(&mut *transaction)
                .await
                .unwrap();
        assert_eq!((seen, is_nobodys, at), (0, true, house.organization.0));
        let written = sqlx::query(statement).execute(&mut *transaction).await;
        let code = written.err().and_then(|error| error.as_database_error()?.code().map(|code| code.into_owned()));
        assert!(matches!(code.as_deref(), Some("25006" | "25001" | "22023")), "{statement}: {code:?}");
    }
    // Nobody gets anywhere with it who has not entered a record of their own.
    let mut transaction = runtime.begin().await.unwrap();
    let enter = sqlx::query("select gate.enter($1, $2)").bind(doctor).bind(house.patient.0);
    enter.execute(&mut *transaction).await.unwrap();
    assert!(sqlx::query("select gate.preview($1, null, null)").bind(ines).execute(&mut *transaction).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_look_in_advance_is_one_event_an_hour_for_each_sentence(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (ines, patient) = (house.ines(), house.patient);
    let grant = house.give(Purpose::Treatment).await;
    let looks = async || house.events().await.into_iter().filter(|event| event.what.action == "previewed").collect::<Vec<_>>();
    for _ in 0..3 {
        eyes(&house, grant).results(&ines, patient, None, false).await.unwrap();
        eyes(&house, grant).summary(&ines, patient, Look::Opened).await.unwrap();
    }
    let events = looks().await;
    let [event] = &events[..] else { panic!("{events:?}") };
    assert_eq!(
        (event.what.grant, event.what.text.as_deref(), event.who.name.as_str()),
        (Some(grant), Some(sentence().text.as_str()), "Ines")
    );
    // At once is once, too.
    house.tamper("update preview_mark set at = at - interval '61 minutes'").await;
    let many = (0..6).map(|_| {
        let (portal, ines) = (eyes(&house, grant), ines.clone());
        tokio::spawn(async move { portal.results(&ines, patient, None, false).await.unwrap() })
    });
    for look in many.collect::<Vec<_>>() {
        look.await.unwrap();
    }
    assert_eq!(looks().await.len(), 2);
    let draft = drafted(&house, Recipient::Code).await;
    let portal = house.portal.clone().previewing(PreviewId(draft.0));
    portal.results(&ines, patient, None, false).await.unwrap();
    portal.results(&ines, patient, None, false).await.unwrap();
    let other = chartkey_portal::sharing::Sentence { text: "Another **sentence**.".into(), ..sentence() };
    house.portal.word_draft(&ines, draft, other).await.unwrap();
    portal.results(&ines, patient, None, false).await.unwrap();
    let events = looks().await;
    assert_eq!((events.len(), events[3].what.grant, events[3].what.text.as_deref()), (4, None, Some("Another **sentence**.")));
    house.tamper("update preview_mark set at = at - interval '25 hours'").await;
    house.portal.sweep_drafts().await.unwrap();
    assert_eq!(house.counted("select count(*) from preview_mark").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_answered_stands_in_the_story_of_the_grant_and_counts_once(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let ines = house.ines();
    let answered = |about: &str, is_shown, answer| Answered {
        about: about.into(),
        is_shown,
        question: format!("Will Dr Lindqvist see {about}?"),
        language: "en-GB".into(),
        answer,
    };
    let new = house.draft(Purpose::Treatment).await;
    let answers = [answered("problems", false, Answer::Yes), answered("later", true, Answer::Yes), answered("hiv", false, Answer::Unsure)];
    for answer in &answers {
        house.portal.keep_answer(&ines, new.draft, answer.clone()).await.unwrap();
    }
    // Nobody learns the answer and then counts as somebody who knew it.
    house.portal.keep_answer(&ines, new.draft, answered("problems", false, Answer::No)).await.unwrap();
    assert_eq!(house.portal.draft(&ines, new.draft).await.unwrap().answered, answers);
    let tally = house.portal.tally();
    assert_eq!((tally.understood, tally.misunderstood, tally.unsure), (1, 1, 1));
    let grant = house.portal.give_grant(&ines, new).await.unwrap();
    let kept: sqlx::types::Json<Vec<Answered>> = sqlx::query_scalar("select check_answer from grant_event where grant_id = $1")
        .bind(grant.0)
        .fetch_one(&house.superuser)
        .await
        .unwrap();
    assert_eq!(kept.0, answers);
    // By way of a code, too; and where nobody answered, nothing is said.
    let coded = house.draft(Purpose::Coordination).await;
    house.portal.keep_answer(&ines, coded.draft, answers[0].clone()).await.unwrap();
    let code = house.portal.make_code(&ines, coded.draft, coded.terms, sentence()).await.unwrap();
    let chartkey_portal::codes::CodeState::Waiting(secret) = house.portal.codes(&ines).await.unwrap().view.remove(0).state else {
        panic!()
    };
    let doctor = house.doctor(None);
    house.portal.redeem_code(&doctor, &secret).await.unwrap();
    house.portal.confirm_code(&ines, code, doctor.actor.account(), sentence()).await.unwrap();
    house.give(Purpose::Other).await;
    let said = house.counted("select count(*) from grant_event where check_answer is not null").await;
    let all = house.counted("select count(*) from grant_event where kind = 'given'").await;
    assert_eq!((said, all), (2, 3));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_waits_for_the_patient_waits_in_a_preview_too(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let (ines, patient) = (house.ines(), house.patient);
    let grant = house.give(Purpose::Treatment).await;
    house.tamper("update item set waits = true where title = 'Ferritin'").await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    let count = async |portal: &Portal, visitor: &chartkey_domain::account::Visitor| {
        let timeline = portal.timeline(visitor, patient, Default::default(), None).await.unwrap().view;
        timeline.entries.iter().filter(|entry| entry.category == Category::Results).count()
    };
    assert_eq!(count(&house.portal, &doctor).await, 2);
    assert_eq!(count(&eyes(&house, grant), &ines).await, 1);
    // Also where the patient shares it by name, or keeps it from somebody.
    house
        .tamper("insert into grant_item (patient_id, grant_id, item_id, version_no) select g.patient_id, g.grant_id, i.item_id, i.version_no from access_grant g join item i using (patient_id) where i.title = 'Ferritin'")
        .await;
    assert_eq!(count(&house.portal, &doctor).await, 2);
    assert_eq!(count(&eyes(&house, grant), &ines).await, 1);
}
