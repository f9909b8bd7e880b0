//! When a patient cannot decide: who stands in, how it begins, goes on and ends.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    draft::{Draft, End},
    grant::{Grantee, Purpose},
    id::GrantId,
};
use chartkey_portal::{
    Error,
    incapacity::{Came, NewPlan},
    letters::LetterSubject,
    sessions::{NewSession, SessionKey},
    sharing::Sentence,
};
use harness::Ground;
use people::{House, sentence};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::Duration;

const WHY: &str = "In coma since this morning.";

/// A house in which the doctor and the nurse read results, and somebody helps Ines with them.
async fn house(options: PgConnectOptions) -> (House, Visitor) {
    let house = House::build(Ground::lay(options).await).await;
    house.give(Purpose::Treatment).await;
    let new = house.draft(Purpose::Treatment).await;
    let nurse = Grantee::Clinician { account: house.nurse, organization: house.organization };
    house.portal.give_grant(&house.ines(), chartkey_portal::sharing::NewGrant { grantee: nurse, ..new }).await.unwrap();
    let help = Draft { categories: Categories::NONE.with(Category::Results), end: End::Open, may_delegate: true, ..Draft::default() };
    let (carer, _) = house.carer(help).await;
    house.tamper("update item set labels = 1, own_labels = 1 where title = 'A hidden problem'").await;
    house.tamper("delete from letter").await;
    (house, carer)
}

fn doctor(house: &House) -> Visitor {
    house.doctor(Some(Purpose::Treatment))
}

fn nurse(house: &House) -> Visitor {
    house.nurse(Some(Purpose::Treatment))
}

fn plan(carer: &Visitor, sensitive: bool) -> NewPlan {
    let text = "**Somebody**, who stands in for you, can see **your record**.".to_owned();
    NewPlan { account: carer.actor.account(), sensitive, may_share: true, sentence: Sentence { text, ..sentence() } }
}

async fn name(house: &House, carer: &Visitor, sensitive: bool) {
    house.portal.decide_incapacity(&house.ines(), Some(plan(carer, sensitive))).await.unwrap();
}

async fn state(house: &House, visitor: &Visitor) -> Result<Came, Error> {
    house.prove(visitor).await;
    house.portal.state_incapacity(visitor, house.patient, WHY).await
}

async fn begin(house: &House, second: &Visitor) {
    assert_eq!(state(house, &doctor(house)).await.unwrap(), Came::Waits);
    assert_eq!(state(house, second).await.unwrap(), Came::Begun);
}

async fn problems(house: &House, visitor: &Visitor) -> usize {
    house.portal.list(visitor, house.patient, Category::Problems, None, false).await.map_or(0, |opened| opened.view.entries.len())
}

async fn in_force(house: &House) -> i64 {
    house.counted("select count(*) from access_grant where purpose = 'incapacity' and state = 'active' and now() < ends_at").await
}

async fn actions(house: &House) -> Vec<String> {
    let actions = house.events().await.into_iter().map(|event| event.what.action);
    actions.filter(|action| action.starts_with("incapacity") || action.starts_with("stand-in")).collect()
}

/// Signs in as Ines does, by whatever way.
async fn sign_in(house: &House) {
    let session = NewSession {
        account: house.ines,
        signed_in_at: house.ines().signed_in_at,
        data: serde_json::json!({}),
        device: Default::default(),
        idle: Duration::minutes(20),
        absolute: Duration::hours(12),
    };
    assert!(house.portal.begin_session(SessionKey::of(&uuid::Uuid::new_v4().to_string()), session).await.unwrap());
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_clinicians_begin_it_and_the_patient_ends_it_by_signing_in(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, carer) = house(options).await;
    let (portal, ines) = (&house.portal, house.ines());
    name(&house, &carer, true).await;
    name(&house, &carer, true).await;
    assert_eq!(problems(&house, &carer).await, 0, "to name somebody opens nothing");
    assert_eq!(portal.incapacity(&doctor(&house), house.patient).await.unwrap().view.named.as_deref(), Some("Somebody"));
    assert_eq!(state(&house, &doctor(&house)).await.unwrap(), Came::Waits);
    assert_eq!(state(&house, &doctor(&house)).await.unwrap(), Came::Waits, "a double click is one");
    let seen = portal.incapacity(&nurse(&house), house.patient).await.unwrap().view;
    assert_eq!((seen.said.len(), seen.waits_for_another, seen.said[0].reason.as_str()), (1, false, WHY));
    assert!(portal.incapacity(&doctor(&house), house.patient).await.unwrap().view.waits_for_another);
    assert_eq!(problems(&house, &carer).await, 0, "one clinician alone begins nothing");
    let told: Vec<_> = portal.due_letters().await.unwrap().iter().map(|due| due.letter.subject).collect();
    assert_eq!(told, [LetterSubject::News], "the patient");
    assert_eq!(state(&house, &nurse(&house)).await.unwrap(), Came::Begun);
    assert_eq!(problems(&house, &carer).await, 1, "with what is sensitive, as decided");
    let found = portal.incapacity(&doctor(&house), house.patient).await.unwrap().view;
    assert!(found.in_force.as_ref().is_some_and(|found| found.is_ours && (found.ends_at - found.since).whole_days() == 90));
    assert_eq!(found.said.len(), 2);
    let decided = portal.incapacity_plan(&ines).await.unwrap().view;
    assert_eq!(decided.said.iter().filter(|said| said.has_begun && said.organization == "northfield").count(), 2);
    // What stands beside it is as it was.
    let kept = "select count(*) from access_grant where organization_id is null and purpose = 'coordination' and state = 'active'";
    assert_eq!(house.counted(kept).await, 1);
    sign_in(&house).await;
    assert_eq!((in_force(&house).await, problems(&house, &carer).await, house.counted(kept).await), (0, 0, 1));
    assert!(portal.results(&carer, house.patient, None, false).await.is_ok(), "they help as before");
    sign_in(&house).await;
    assert_eq!(actions(&house).await, ["stand-in-named", "incapacity-stated", "incapacity-begun", "incapacity-ended"]);
    let ended: GrantId = sqlx::query_scalar::<_, uuid::Uuid>("select grant_id from access_grant where purpose = 'incapacity'")
        .fetch_one(&house.superuser)
        .await
        .unwrap()
        .into();
    let story = portal.grant(&ines, ended).await.unwrap().view.story;
    assert_eq!(story.iter().map(|line| line.kind.as_str()).collect::<Vec<_>>(), ["begun", "back"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_waits_is_void_when_the_patient_is_back_or_after_three_days(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, carer) = house(options).await;
    name(&house, &carer, false).await;
    state(&house, &doctor(&house)).await.unwrap();
    sign_in(&house).await;
    let said = house.portal.incapacity_plan(&house.ines()).await.unwrap().view.said;
    assert_eq!((said.len(), said[0].reason.as_str(), said[0].has_begun), (1, WHY, false), "they read who said what of them");
    assert_eq!(house.portal.incapacity(&nurse(&house), house.patient).await.unwrap().view.said, []);
    assert_eq!(state(&house, &nurse(&house)).await.unwrap(), Came::Waits, "the patient was there in between");
    house.tamper("update incapacity_statement set stated_at = now() - interval '3 days'").await;
    assert_eq!(state(&house, &doctor(&house)).await.unwrap(), Came::Waits);
    assert_eq!(state(&house, &nurse(&house)).await.unwrap(), Came::Begun);
    assert_eq!((in_force(&house).await, problems(&house, &carer).await), (1, 0), "without what is sensitive");
    assert_eq!(
        actions(&house).await,
        ["stand-in-named", "incapacity-stated", "incapacity-void", "incapacity-stated", "incapacity-stated", "incapacity-begun"]
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn it_begins_with_two_people_of_one_place_to_whom_the_record_is_open(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, carer) = house(options).await;
    let portal = &house.portal;
    let refused = |tried: Result<Came, Error>| matches!(tried, Err(Error::NotFound));
    assert!(refused(state(&house, &doctor(&house)).await), "nobody is named");
    name(&house, &carer, false).await;
    for nobody in [house.ines(), carer.clone(), house.doctor(None)] {
        assert!(refused(portal.state_incapacity(&nobody, house.patient, WHY).await));
        assert!(matches!(portal.incapacity(&nobody, house.patient).await, Err(Error::NotFound)));
    }
    let empty = portal.state_incapacity(&doctor(&house), house.patient, " ").await;
    assert!(matches!(empty, Err(Error::Invalid("incapacity-reason"))));
    let stale = Visitor { signed_in_at: doctor(&house).signed_in_at - Duration::minutes(6), ..doctor(&house) };
    assert!(matches!(portal.state_incapacity(&stale, house.patient, WHY).await, Err(Error::SignInAgain)));
    house.tamper("update organization set professions = '{}'").await;
    assert!(refused(state(&house, &doctor(&house)).await), "an independent clinician has nobody beside them");
    assert!(portal.incapacity(&doctor(&house), house.patient).await.unwrap().view.is_alone);
    house.tamper(r#"update organization set professions = '{"physician": "physician"}'"#).await;
    state(&house, &doctor(&house)).await.unwrap();
    // The same person in another account is no second one.
    house.tamper("update clinician set identifier = '1679576722'").await;
    assert_eq!(state(&house, &nurse(&house)).await.unwrap(), Came::Waits);
    house.tamper("update clinician set identifier = null").await;
    assert_eq!(in_force(&house).await, 0);
    // Nor is somebody of another place.
    house
        .tamper("delete from incapacity_statement where account_id <> (select account_id from account where display_name = 'Dr Lindqvist')")
        .await;
    let elsewhere = house.ground.organization("elsewhere").await;
    house.tamper(&format!("update incapacity_statement set organization_id = '{elsewhere}'")).await;
    // A share that the carer has made, who gains by it, opens no door to this.
    house
        .tamper(&format!(
            "update access_grant g set parent_grant_id = h.grant_id, made_by_account_id = h.grantee_account_id from access_grant h
            where h.organization_id is null and h.state = 'active' and g.grantee_account_id = '{}'",
            house.nurse
        ))
        .await;
    assert!(portal.results(&nurse(&house), house.patient, None, false).await.is_ok(), "they read it");
    assert!(refused(state(&house, &nurse(&house)).await));
    house.tamper("update access_grant set parent_grant_id = null, made_by_account_id = null").await;
    // Whoever helps no more stands in no more.
    assert_eq!(state(&house, &nurse(&house)).await.unwrap(), Came::Waits);
    let helps = portal.sharing(&house.ines()).await.unwrap().view.grants.into_iter().find(|grant| grant.is_carer()).unwrap().id;
    portal.withdraw_grant(&house.ines(), helps).await.unwrap();
    assert!(refused(state(&house, &doctor(&house)).await));
    assert!(portal.incapacity_plan(&house.ines()).await.unwrap().view.plan.is_some_and(|plan| !plan.helps));
    assert_eq!(in_force(&house).await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn it_is_looked_at_again_or_it_ends(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, carer) = house(options).await;
    let portal = &house.portal;
    name(&house, &carer, true).await;
    let nurse = nurse(&house);
    house.prove(&nurse).await;
    let review = async |still: bool| portal.review_incapacity(&nurse, house.patient, still).await;
    assert!(matches!(review(false).await, Err(Error::NotFound)), "nothing is in force");
    begin(&house, &nurse).await;
    let later = async || {
        let grant = "update access_grant set starts_at = starts_at - interval '80 days', created_at = created_at - interval '80 days',
            ends_at = ends_at - interval '80 days' where purpose = 'incapacity'";
        house.tamper(grant).await;
        house
            .tamper("update incapacity_statement set begun_at = begun_at - interval '80 days', stated_at = stated_at - interval '80 days'")
            .await;
        house.tamper("update ending_told set told_at = told_at - interval '80 days'").await;
    };
    later().await;
    // Two weeks before it is over whoever stands in is told, once, and again before the next end.
    house.tamper("delete from letter").await;
    assert_eq!((portal.tell_endings().await.unwrap(), portal.tell_endings().await.unwrap()), (1, 0));
    let told: Vec<_> = portal.due_letters().await.unwrap().into_iter().map(|due| due.letter.subject).collect();
    assert_eq!(told, [LetterSubject::StandInEnding]);
    review(true).await.unwrap();
    assert_eq!(portal.tell_endings().await.unwrap(), 0);
    later().await;
    assert_eq!(portal.tell_endings().await.unwrap(), 1);
    review(true).await.unwrap();
    review(true).await.unwrap();
    let left = "select floor(extract(epoch from ends_at - now()) / 86400)::bigint from access_grant where purpose = 'incapacity'";
    assert_eq!(house.counted(left).await, 90);
    // Whoever does not help for now does not stand in for now, and a plan that has changed is not gone on with.
    let help = portal.sharing(&house.ines()).await.unwrap().view.grants.into_iter();
    let help = help.into_iter().find(|grant| grant.is_carer() && grant.purpose == Purpose::Coordination).unwrap().id;
    portal.pause_grant(&house.ines(), help).await.unwrap();
    assert_eq!(problems(&house, &carer).await, 0);
    portal.resume_grant(&house.ines(), help).await.unwrap();
    assert_eq!(problems(&house, &carer).await, 1);
    house.tamper("update access_grant set ends_at = ends_at - interval '1 day' where purpose = 'incapacity'").await;
    name(&house, &carer, false).await;
    assert!(matches!(review(true).await, Err(Error::Conflict("stand-in-changed"))));
    let found = portal.incapacity(&nurse, house.patient).await.unwrap().view;
    assert_eq!(found.in_force.map(|found| found.name).as_deref(), Some("Somebody"), "it can still be ended");
    name(&house, &carer, true).await;
    // Nobody did, and it is over by its date; somebody begins it again.
    house.tamper("update access_grant set ends_at = now() where purpose = 'incapacity'").await;
    assert!(matches!(review(true).await, Err(Error::NotFound)));
    assert_eq!(problems(&house, &carer).await, 0);
    begin(&house, &nurse).await;
    assert_eq!(problems(&house, &carer).await, 1);
    for _ in 0..2 {
        review(false).await.unwrap();
    }
    assert_eq!((in_force(&house).await, problems(&house, &carer).await), (0, 0));
    assert_eq!(
        actions(&house).await.into_iter().filter(|action| action != "stand-in-named").collect::<Vec<_>>(),
        [
            "incapacity-stated",
            "incapacity-begun",
            "incapacity-reviewed",
            "incapacity-reviewed",
            "incapacity-stated",
            "incapacity-begun",
            "incapacity-over"
        ]
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn everybody_concerned_is_told_when_it_begins(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, carer) = house(options).await;
    let (portal, ines) = (&house.portal, house.ines());
    house
        .tamper(&format!(
            "insert into emergency_plan (patient_id, extent, categories, labels, sentence, named, language, catalogue_version, code_id,
                code_hash, contact_name, contact_email)
            values ('{}', 'nothing', 0, 0, '', '', 'es', '1', gen_random_uuid(), '', 'Tomás', 'tomas@example.org')",
            house.patient
        ))
        .await;
    name(&house, &carer, true).await;
    state(&house, &doctor(&house)).await.unwrap();
    house.tamper("delete from letter").await;
    state(&house, &nurse(&house)).await.unwrap();
    let mut told: Vec<_> = portal
        .due_letters()
        .await
        .unwrap()
        .into_iter()
        .map(|due| (due.letter.subject, due.letter.about.map(|about| (about.patient, about.organization, about.language))))
        .collect();
    told.sort_by_key(|(subject, _)| (*subject == LetterSubject::IncapacityContact, *subject == LetterSubject::IncapacityHelper));
    let whose = |language: &str| ("Ines".to_owned(), "Northfield".to_owned(), language.to_owned());
    assert_eq!(
        told,
        [
            (LetterSubject::News, None),
            (LetterSubject::IncapacityHelper, Some(whose("en"))),
            (LetterSubject::IncapacityContact, Some(whose("es")))
        ],
        "the patient, who helps, and whom they have named for emergencies"
    );
    // Not of age, and nobody who helps.
    let somebody = house.stranger().await;
    assert!(matches!(portal.decide_incapacity(&ines, Some(plan(&somebody, true))).await, Err(Error::Invalid("incapacity-who"))));
    let stale = Visitor { signed_in_at: ines.signed_in_at - Duration::minutes(6), ..ines.clone() };
    assert!(matches!(portal.decide_incapacity(&stale, Some(plan(&carer, true))).await, Err(Error::SignInAgain)));
    portal.decide_incapacity(&stale, None).await.unwrap();
    portal.decide_incapacity(&stale, None).await.unwrap();
    assert_eq!(portal.incapacity_plan(&ines).await.unwrap().view.plan, None);
    house.tamper("update patient set birth_date = (current_date - interval '17 years')::date::text").await;
    assert!(matches!(portal.decide_incapacity(&ines, Some(plan(&carer, true))).await, Err(Error::Invalid("incapacity-age"))));
}

/// Two say it at the same moment: one of them is the second, and it begins once.
#[sqlx::test(migrations = "../../migrations")]
async fn of_two_at_the_same_moment_one_is_the_second(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, carer) = house(options).await;
    name(&house, &carer, true).await;
    let (doctor, nurse) = (doctor(&house), nurse(&house));
    house.prove(&doctor).await;
    house.prove(&nurse).await;
    for _ in 0..10 {
        let (one, other) = tokio::join!(
            house.portal.state_incapacity(&doctor, house.patient, WHY),
            house.portal.state_incapacity(&nurse, house.patient, WHY)
        );
        let mut came = [one.unwrap(), other.unwrap()].map(|came| came == Came::Begun);
        came.sort_unstable();
        assert_eq!((came, in_force(&house).await), ([false, true], 1));
        sign_in(&house).await;
    }
}

/// PostgreSQL compares what begins with what was decided, and with who has said so.
#[sqlx::test(migrations = "../../migrations")]
async fn postgresql_refuses_what_was_not_decided(_: PgPoolOptions, options: PgConnectOptions) {
    let (house, carer) = house(options).await;
    name(&house, &carer, false).await;
    state(&house, &doctor(&house)).await.unwrap();
    let account = carer.actor.account().to_string();
    let (all, quoted) = (Category::SHAREABLE.into_iter().collect::<Categories>().bits().to_string(), format!("'{account}'"));
    let settings = [
        ("chartkey.account", house.nurse.to_string()),
        ("chartkey.patient", house.patient.to_string()),
        ("chartkey.cells", "{}".to_owned()),
        ("chartkey.task", "incapacity".to_owned()),
    ];
    let organization = house.organization;
    let second = format!(
        "insert into incapacity_statement (patient_id, account_id, organization_id, reason) values ('{}', '{}', '{organization}', 'a');
        update incapacity_statement set begun_at = now()",
        house.patient, house.nurse
    );
    let alone = format!("{second} where account_id = '{}'", house.nurse);
    let columns = [
        ("grantee_account_id", quoted.as_str()),
        ("purpose", "'incapacity'"),
        ("categories", all.as_str()),
        ("labels", "0"),
        ("may_delegate", "true"),
        ("ends_at", "gate.stand_in_end()"),
    ];
    let try_it = async |before: &str, changed: (&'static str, &str)| house.try_share(&settings, before, &columns, changed).await;
    assert_eq!(try_it(&second, ("labels", "0")).await, Ok(()));
    let (doctors, refused) = (format!("'{}'", house.doctor), Err("42501".to_owned()));
    for changed in [
        ("labels", "1"),
        ("categories", "1"),
        ("may_delegate", "false"),
        ("ends_at", "gate.stand_in_end() + interval '1 day'"),
        ("ends_at", "null"),
        ("purpose", "'coordination'"),
        ("grantee_account_id", doctors.as_str()),
    ] {
        assert_eq!(try_it(&second, changed).await, refused, "{changed:?}");
    }
    assert_eq!(try_it(&alone, ("labels", "0")).await, refused, "one has said it");
    for (before, why) in [
        ("update clinician set identifier = '1679576722'", "one person in two accounts"),
        ("update incapacity_statement set stated_at = now() - interval '3 days'", "too long ago"),
        ("insert into block (patient_id, account_id) select patient_id, account_id from incapacity_statement", "blocked since"),
        ("update access_grant set state = 'paused' where organization_id is null", "who would stand in does not help now"),
        ("delete from incapacity_plan", "nobody is named"),
    ] {
        let kept = "create table kept as table clinician; create table kept_statement as table incapacity_statement;
            create table kept_plan as table incapacity_plan";
        for statement in kept.split(';') {
            house.tamper(statement).await;
        }
        house.tamper(before).await;
        assert_eq!(try_it(&second, ("labels", "0")).await, refused, "{why}");
        for back in [
            "update clinician c set identifier = k.identifier from kept k where k.account_id = c.account_id",
            "update incapacity_statement s set stated_at = k.stated_at from kept_statement k where k.statement_id = s.statement_id",
            "delete from block",
            "update access_grant set state = 'active' where organization_id is null",
            "insert into incapacity_plan select * from kept_plan on conflict do nothing",
            "drop table kept",
            "drop table kept_statement",
            "drop table kept_plan",
        ] {
            house.tamper(back).await;
        }
    }
    assert_eq!(try_it(&second, ("labels", "0")).await, Ok(()), "as it was");
    assert_eq!(try_it("select 1", ("labels", "0")).await, refused, "who writes it has not");
    let patients =
        [("chartkey.account", house.ines.to_string()), ("chartkey.patient", house.patient.to_string()), ("chartkey.own", "on".to_owned())];
    assert_eq!(house.try_share(&patients, "select 1", &columns, ("labels", "0")).await, refused, "nor does the patient begin it");
}
