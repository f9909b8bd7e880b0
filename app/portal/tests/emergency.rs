//! Emergencies: what the patient has decided opens for an hour to whoever gives a reason, is told, and is reviewed.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::Category,
    draft::TypedDay,
    emergency::Extent,
    grant::Purpose,
    id::GrantId,
    label::{Label, Labels},
    policy::Whom,
    verdict::{Reason, Verdict},
};
use chartkey_portal::{
    Error, Standing,
    activity::Filter,
    audit::Why,
    emergency::{Claim, Contact, Finding, Look, NewPlan, WHO},
    letters::LetterSubject,
    news,
    sharing::Sentence,
};
use harness::Ground;
use people::{House, nothing, sentence};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

const REASON: &str = "Found unconscious in the street.";

fn nobody() -> Contact {
    Contact { name: String::new(), email: String::new() }
}

fn plan(extent: Extent) -> NewPlan {
    let text = "In an emergency, a clinician can see your **problems**.".to_owned();
    let named = format!("In an emergency, **{WHO}** can see your **problems**.");
    NewPlan { extent, labels: Labels::NONE, sentence: Sentence { text, ..sentence() }, named, contact: nobody() }
}

async fn decide(house: &House, extent: Extent) {
    house.portal.decide_emergency(&house.ines(), plan(extent)).await.unwrap();
}

/// The same clinician, who has proved at their provider just now who they are.
async fn fresh(house: &House, visitor: Visitor) -> Visitor {
    house.prove(&visitor).await;
    visitor
}

async fn doctor(house: &House) -> Visitor {
    fresh(house, house.doctor(None)).await
}

async fn code(house: &House) -> String {
    house.portal.emergency(&house.ines()).await.unwrap().view.plan.unwrap().code.unwrap()
}

async fn looks(house: &House) -> Vec<Look> {
    house.portal.emergency(&house.ines()).await.unwrap().view.looks
}

fn by_code(code: &str) -> Claim {
    Claim { code: code.to_owned(), reason: REASON.to_owned(), ..Claim::default() }
}

/// As the patient of the house is called.
fn by_name(name: &str) -> Claim {
    let born = TypedDay { day: "7".into(), month: "3".into(), year: "1962".into() };
    Claim { name: name.to_owned(), born, reason: REASON.to_owned(), ..Claim::default() }
}

async fn build(options: PgConnectOptions) -> House {
    let house = House::build(Ground::lay(options).await).await;
    house.tamper("update patient set full_name = 'Inés María López', birth_date = '1962-03-07' where full_name = 'Ines'").await;
    house
}

async fn reads(house: &House, visitor: &Visitor, category: Category) -> Option<usize> {
    match house.portal.list(visitor, house.patient, category, None, false).await {
        Ok(opened) => Some(opened.view.entries.len()),
        Err(Error::NotFound) => None,
        Err(error) => panic!("{error}"),
    }
}

fn is_refused(answer: &Result<chartkey_domain::id::PatientId, Error>) -> bool {
    matches!(answer, Err(Error::Invalid("emergency")))
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_decided_opens_for_an_hour_is_told_and_ends(_: PgPoolOptions, options: PgConnectOptions) {
    let house = build(options).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), doctor(&house).await);
    assert!(portal.home(&ines, house.patient, news::Look::Opened).await.unwrap().view.waiting.is_undecided);
    let contact = Contact { name: "Tomás".into(), email: "Tomas@example.org ".into() };
    portal.decide_emergency(&ines, NewPlan { contact: contact.clone(), ..plan(Extent::Summary) }).await.unwrap();
    assert!(!portal.home(&ines, house.patient, news::Look::Opened).await.unwrap().view.waiting.is_undecided);
    assert_eq!(reads(&house, &doctor, Category::Problems).await, None, "to decide opens nothing");

    let opened = portal.open_emergency(&doctor, by_code(&format!(" {} ", code(&house).await.to_lowercase()))).await.unwrap();
    assert_eq!(opened, house.patient);
    assert_eq!(portal.open_emergency(&doctor, by_name("López, Ines Maria")).await.unwrap(), house.patient, "a second click");
    assert_eq!(reads(&house, &doctor, Category::Problems).await, Some(1));
    assert_eq!(reads(&house, &doctor, Category::Results).await, Some(0), "what was not decided stays closed");
    let whose = portal.list(&doctor, house.patient, Category::Problems, None, false).await.unwrap().whose;
    assert!(whose.may_show(Category::Problems) && !whose.may_show(Category::Results));
    assert_eq!(reads(&house, &house.nurse(None), Category::Problems).await, None, "one clinician");

    // Who is told.
    let mut letters: Vec<_> = portal.due_letters().await.unwrap().into_iter().map(|due| due.letter).collect();
    letters.sort_by_key(|letter| letter.subject == LetterSubject::EmergencyContact);
    let [own, other] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!((own.subject, &own.about), (LetterSubject::Emergency, &None));
    let about = other.about.as_ref().unwrap();
    assert_eq!(
        (other.subject, other.to.as_str(), about.patient.as_str(), about.organization.as_str(), other.language.as_deref()),
        (LetterSubject::EmergencyContact, "tomas@example.org", "Inés María López", "Northfield", Some("en"))
    );
    let [look] = looks(&house).await.try_into().unwrap();
    assert_eq!(
        (look.name.as_str(), look.reason.as_str(), look.is_open, look.is_read, look.review),
        ("Dr Lindqvist", REASON, true, false, None)
    );

    // It stands first until it is read, and every page of it is an entry with its reason.
    let log = portal.activity(&ines, Filter::Others, None).await.unwrap().view;
    assert_eq!(log.emergencies.len(), 1);
    for entry in &log.entries {
        assert!(matches!(&entry.event.why, Why::Grant { emergency: Some(reason), .. } if reason == REASON), "{entry:?}");
        assert!(matches!(&entry.verdict, Verdict::Unusual(reasons) if reasons.contains(&Reason::Emergency)), "{entry:?}");
    }
    assert_eq!(log.entries.last().unwrap().event.what.action, "emergency-opened");
    assert_eq!(portal.home(&ines, house.patient, news::Look::Opened).await.unwrap().view.waiting.emergencies, 1);
    portal.read_emergency(&ines, look.grant).await.unwrap();
    portal.read_emergency(&ines, look.grant).await.unwrap();
    assert_eq!(portal.activity(&ines, Filter::All, None).await.unwrap().view.emergencies, []);
    let given = portal.grant(&ines, look.grant).await.unwrap().view;
    assert_eq!(given.grant.sentence, "In an emergency, **Dr Lindqvist, Northfield** can see your **problems**.");
    let read = house.events().await.into_iter().filter(|event| event.what.action == "emergency-read").count();
    assert_eq!(read, 1);
    assert!(matches!(portal.read_emergency(&ines, nothing().into()).await, Err(Error::NotFound)));

    // Sixty minutes later.
    house.tamper("update access_grant set starts_at = starts_at - interval '59 minutes 50 seconds', ends_at = ends_at - interval '59 minutes 50 seconds'").await;
    assert_eq!(reads(&house, &doctor, Category::Problems).await, Some(1), "in the last seconds");
    house.tamper("update access_grant set starts_at = starts_at - interval '10 seconds', ends_at = ends_at - interval '10 seconds'").await;
    assert_eq!(reads(&house, &doctor, Category::Problems).await, None);
    assert_eq!(portal.standing(&doctor, house.patient).await.unwrap(), Standing::Closed);
    assert!(!looks(&house).await[0].is_open);
    portal.open_emergency(&doctor, by_name("ines maria lopez")).await.unwrap();
    assert_eq!(reads(&house, &doctor, Category::Problems).await, Some(1), "a new reason, another hour");
    assert_eq!(looks(&house).await.len(), 2);
    let none = None::<tokio::io::BufReader<tokio::fs::File>>;
    assert!(portal.verify(none).await.unwrap().is_sound());
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_failure_is_answered_alike_and_nothing_opens(_: PgPoolOptions, options: PgConnectOptions) {
    let house = build(options).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), doctor(&house).await);
    let whom = Whom::Account(doctor.actor.account());
    let there = Whom::Organization(house.organization);
    decide(&house, Extent::Summary).await;
    let card = code(&house).await;
    let forget = "delete from sign_in_failure";
    let name = "Inés María López";
    let before = house.counted("select count(*) from event where chain = 'system'").await;
    let mut refused = 0;
    // What is done first, the ways that are tried, what undoes it.
    let cases: [(&str, Vec<Claim>, &str); 8] = [
        ("delete from emergency_plan", vec![by_code(&card), by_name(name)], "undecided"),
        ("select 1", vec![by_code("ABCD-EFGH-JKLM"), by_code("x"), by_name("Inés López"), by_name(" - ")], "unknown"),
        (
            "insert into patient (patient_id, full_name, birth_date) values (gen_random_uuid(), 'Maria Ines Lopez', '1962-03-07')",
            vec![by_name(name)],
            "ambiguous",
        ),
        (
            "delete from patient where full_name = 'Maria Ines Lopez'",
            vec![Claim { born: TypedDay::default(), ..by_name(name) }],
            "no birth date",
        ),
        ("update patient set birth_date = '1962' where full_name like 'In%'", vec![by_name(name)], "a year is no birth date"),
        ("nothing", vec![by_code(&card), by_name(name)], "decided that nothing opens"),
        ("blocked", vec![by_code(&card), by_name(name)], "blocked"),
        ("blocked there", vec![by_code(&card), by_name(name)], "the organization is blocked"),
    ];
    for (first, claims, why) in cases {
        match first {
            "nothing" => {
                house.tamper("update patient set birth_date = '1962-03-07' where full_name like 'In%'").await;
                decide(&house, Extent::Nothing).await;
            }
            "blocked" => {
                decide(&house, Extent::All).await;
                portal.block(&ines, whom).await.unwrap();
            }
            "blocked there" => {
                portal.unblock(&ines, whom).await.unwrap();
                portal.block(&ines, there).await.unwrap();
            }
            statement => house.tamper(statement).await,
        }
        for claim in claims {
            let answer = portal.open_emergency(&doctor, claim).await;
            assert!(is_refused(&answer), "{why}: {answer:?}");
            refused += 1;
        }
        house.tamper(forget).await;
    }
    assert_eq!(house.counted("select count(*) from event where chain = 'system'").await - before, refused, "one entry each, of one chain");
    assert_eq!(house.counted("select count(*) from access_grant").await, 0);
    assert_eq!(house.counted("select count(*) from letter").await, 0);
    let of_others = house.events().await.into_iter().filter(|event| event.who.name != "Ines").count();
    assert_eq!(of_others, 0, "no answer waits for the chain of a patient");
    assert_eq!(portal.tell_refusals().await.unwrap(), 1, "whose record it was is told within the hour, as every refusal is");
    let told = house.events().await.pop().unwrap();
    assert_eq!((told.who.name.as_str(), &told.why), ("Dr Lindqvist", &Why::Refused));
    portal.unblock(&ines, there).await.unwrap();
    assert!(portal.open_emergency(&doctor, by_code(&code(&house).await)).await.is_ok(), "and without all this it opens");
}

#[sqlx::test(migrations = "../../migrations")]
async fn tries_are_limited_for_one_clinician_and_for_all_of_an_organization(_: PgPoolOptions, options: PgConnectOptions) {
    let house = build(options).await;
    let (portal, doctor, nurse) = (&house.portal, doctor(&house).await, fresh(&house, house.nurse(None)).await);
    decide(&house, Extent::Summary).await;
    for _ in 0..5 {
        assert!(is_refused(&portal.open_emergency(&doctor, by_code("ABCD-EFGH-JKLM")).await));
    }
    assert!(
        matches!(portal.open_emergency(&doctor, by_name("Inés María López")).await, Err(Error::TooManyTries)),
        "also where it is right"
    );
    assert!(portal.open_emergency(&nurse, by_code(&code(&house).await)).await.is_ok(), "somebody else does not wait");
    assert_eq!(
        house.counted("select count(*) from sign_in_failure").await,
        10,
        "what was right is no try of theirs, nor of the organization"
    );
    // Failures of many others there: of two clinicians it has the most.
    assert!(is_refused(&portal.open_emergency(&nurse, by_code("ABCD-EFGH-JKLM")).await));
    let many = "insert into sign_in_failure (subject_hash) select subject_hash from (select subject_hash from sign_in_failure
        group by 1 order by count(*) desc limit 1) there, generate_series(1, 50)";
    house.tamper(many).await;
    assert!(
        matches!(portal.open_emergency(&nurse, by_code(&code(&house).await)).await, Err(Error::TooManyTries)),
        "nobody there goes on guessing"
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_the_patient_stops_or_narrows_ends_at_once_and_is_not_begun_again(_: PgPoolOptions, options: PgConnectOptions) {
    let house = build(options).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), doctor(&house).await);
    decide(&house, Extent::All).await;
    let open = || portal.open_emergency(&doctor, by_name("Inés María López"));
    open().await.unwrap();
    assert_eq!(reads(&house, &doctor, Category::Results).await, Some(2));
    let grant = looks(&house).await[0].grant;
    portal.withdraw_grant(&ines, grant).await.unwrap();
    assert_eq!(reads(&house, &doctor, Category::Results).await, None);
    assert!(is_refused(&open().await), "a patient who stops it has spoken");
    house.tamper("update access_grant set starts_at = starts_at - interval '1 day', ends_at = ends_at - interval '1 day'").await;
    open().await.unwrap();
    // A plan that shows less counts for what is open, too; one that shows more ends nothing.
    portal.decide_emergency(&ines, NewPlan { labels: Labels::NONE.with(Label::Hiv), ..plan(Extent::Summary) }).await.unwrap();
    assert_eq!(reads(&house, &doctor, Category::Problems).await, None);
    open().await.unwrap();
    decide(&house, Extent::All).await;
    assert_eq!(reads(&house, &doctor, Category::Problems).await, Some(1));
    assert_eq!(reads(&house, &doctor, Category::Results).await, Some(0), "what was opened does not grow");
    let seq = portal.activity(&ines, Filter::Others, None).await.unwrap().view.entries[0].seq;
    assert_eq!(portal.not_recognised(&ines, seq).await.unwrap(), 1);
    assert!(is_refused(&open().await), "nor what they do not recognise");
    // Not by another account of the same person either, and for a day.
    let other = fresh(&house, house.nurse(None)).await;
    house.tamper("update clinician set identifier = '1679576722'").await;
    assert!(is_refused(&portal.open_emergency(&other, by_name("Inés María López")).await));
    house.tamper("update clinician set identifier = null").await;
    house.tamper("update access_grant set starts_at = starts_at - interval '1 day', ends_at = ends_at - interval '1 day'").await;
    open().await.unwrap();
    assert_eq!(reads(&house, &doctor, Category::Problems).await, Some(1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_death_that_was_reported_ends_it_with_the_shares(_: PgPoolOptions, options: PgConnectOptions) {
    let house = build(options).await;
    let doctor = doctor(&house).await;
    decide(&house, Extent::All).await;
    house.portal.report_death(house.patient, "their family").await.unwrap();
    let open = || house.portal.open_emergency(&doctor, by_name("Inés María López"));
    open().await.unwrap();
    assert_eq!(reads(&house, &doctor, Category::Results).await, Some(2), "the report may be wrong");
    house.tamper("update access_grant set starts_at = starts_at - interval '1 day', ends_at = ends_at - interval '1 day'").await;
    house.tamper("update death_report set reported_at = now() - interval '30 days'").await;
    assert!(is_refused(&open().await));
    house.portal.undo_own_death_report(&house.ines()).await.unwrap();
    open().await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn it_adds_to_a_share_and_takes_nothing_away(_: PgPoolOptions, options: PgConnectOptions) {
    let house = build(options).await;
    decide(&house, Extent::Summary).await;
    house.give(Purpose::Treatment).await;
    let doctor = fresh(&house, house.doctor(Some(Purpose::Treatment))).await;
    assert_eq!(reads(&house, &doctor, Category::Problems).await, Some(0));
    house.portal.open_emergency(&doctor, by_name("Inés María López")).await.unwrap();
    assert_eq!((reads(&house, &doctor, Category::Problems).await, reads(&house, &doctor, Category::Results).await), (Some(1), Some(2)));
    house.tamper("update item set is_private = true where category = 1 or title like 'A hidden%'").await;
    assert_eq!(reads(&house, &doctor, Category::Problems).await, Some(0), "what is private stays so");
    // A purpose that nobody can choose: not by a draft either.
    let new = house.draft(Purpose::Coordination).await;
    let terms = chartkey_domain::draft::Terms { purpose: Purpose::Emergency, ..new.terms.clone() };
    let given = house.portal.give_grant(&house.ines(), chartkey_portal::sharing::NewGrant { terms, ..new }).await;
    assert!(matches!(given, Err(Error::Invalid("grant-purpose"))));
}

#[sqlx::test(migrations = "../../migrations")]
async fn independent_clinicians_are_nobodys_colleagues_and_whoever_admitted_them_reviews(_: PgPoolOptions, options: PgConnectOptions) {
    let house = build(options).await;
    let (portal, doctor, nurse) = (&house.portal, doctor(&house).await, house.nurse(None));
    house.tamper("update organization set professions = '{}'").await;
    decide(&house, Extent::Summary).await;
    portal.open_emergency(&doctor, by_name("Inés María López")).await.unwrap();
    let grant = looks(&house).await[0].grant;
    assert_eq!(portal.emergency_reviews(&nurse).await.unwrap().open, [], "nothing of the patient");
    assert!(matches!(portal.review_emergency(&nurse, grant, Some(Finding::Needed), "Yes.").await, Err(Error::NotFound)));
    let own = portal.emergency_reviews(&doctor).await.unwrap();
    assert_eq!((own.open[0].is_own, own.now_open.len()), (true, 1));

    let waiting = portal.independent_emergencies().await.unwrap();
    let [waits] = waiting.as_slice() else { panic!("{waiting:?}") };
    assert_eq!((waits.grant, waits.name.as_str(), waits.reason.as_str()), (grant, "Dr Lindqvist", REASON));
    let review = |grant, words: &'static str| portal.review_independent_emergency(grant, Finding::NotNeeded, words);
    assert!(matches!(review(grant, " ").await, Err(Error::Invalid("review-words"))));
    assert!(matches!(review(GrantId(nothing()), "They could have waited.").await, Err(Error::NotFound)));
    review(grant, "They could have waited.").await.unwrap();
    assert!(matches!(review(grant, "They could have waited.").await, Err(Error::Conflict(_))), "once");
    assert_eq!(portal.independent_emergencies().await.unwrap(), []);
    let look = looks(&house).await.remove(0);
    assert_eq!((look.review, look.is_operators), (Some((Finding::NotNeeded, "They could have waited.".to_owned())), true));
    let told: Vec<_> = house.events().await.into_iter().filter(|event| event.what.action == "emergency-not-needed").collect();
    assert_eq!((told.len(), told[0].who.kind.as_str(), &told[0].why), (1, "operator", &Why::Reviewed));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_has_colleagues_is_not_the_operators_to_review(_: PgPoolOptions, options: PgConnectOptions) {
    let house = build(options).await;
    let (portal, doctor) = (&house.portal, doctor(&house).await);
    decide(&house, Extent::Summary).await;
    portal.open_emergency(&doctor, by_name("Inés María López")).await.unwrap();
    let look = looks(&house).await.remove(0);
    assert!(!look.is_operators);
    assert_eq!(portal.independent_emergencies().await.unwrap(), []);
    assert!(matches!(portal.review_independent_emergency(look.grant, Finding::Needed, "Yes.").await, Err(Error::NotFound)));

    // Nor by PostgreSQL, whatever the statement says.
    let as_operator = async |statement: &'static str| {
        let mut transaction = portal.pool().begin().await.unwrap();
        sqlx::query("select set_config('chartkey.task', 'operator', true)").execute(&mut *transaction).await.unwrap();
        sqlx::query(statement).execute(&mut *transaction).await
    };
    let insert = "insert into emergency_review (patient_id, grant_id, organization_id, account_id, finding, words)
        select patient_id, grant_id, organization_id, grantee_account_id, 'needed', 'Yes.' from access_grant where purpose = 'emergency'";
    let insert_nobodys = "insert into emergency_review (patient_id, grant_id, organization_id, finding, words)
        select patient_id, grant_id, organization_id, 'needed', 'Yes.' from access_grant where purpose = 'emergency'";
    assert_eq!(as_operator("select grant_id from emergency_look").await.unwrap().rows_affected(), 0);
    let code = |answer: Result<_, sqlx::Error>| answer.err().and_then(|cause| cause.as_database_error()?.code().map(String::from));
    assert_eq!(code(as_operator(insert_nobodys).await).as_deref(), Some("42501"), "it is a colleague's to say");
    house.tamper("update organization set professions = '{}'").await;
    assert_eq!(as_operator("select grant_id from emergency_look").await.unwrap().rows_affected(), 1);
    assert_eq!(code(as_operator(insert).await).as_deref(), Some("42501"), "in nobody's name");
    assert_eq!(code(as_operator(insert_nobodys).await), None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_colleague_reviews_it_and_the_patient_reads_what_they_found(_: PgPoolOptions, options: PgConnectOptions) {
    let house = build(options).await;
    let (portal, doctor, nurse) = (&house.portal, doctor(&house).await, house.nurse(None));
    decide(&house, Extent::Summary).await;
    portal.open_emergency(&doctor, by_name("Inés María López")).await.unwrap();
    let grant = looks(&house).await[0].grant;
    let review =
        |visitor: Visitor, finding, words: &'static str| async move { portal.review_emergency(&visitor, grant, finding, words).await };
    let needed = Some(Finding::Needed);
    let own = portal.emergency_reviews(&doctor).await.unwrap();
    assert_eq!((own.open[0].is_own, own.now_open.len(), own.now_open[0].0), (true, 1, house.patient));
    assert!(matches!(review(doctor.clone(), needed, "I was right.").await, Err(Error::NotFound)), "not by who opened it");
    let elsewhere = chartkey_domain::id::OrganizationId(nothing());
    for nobody in [house.ines(), house.stranger().await, house.at(elsewhere, &nurse)] {
        assert!(matches!(review(nobody.clone(), needed, "Yes.").await, Err(Error::NotFound)));
        if let Ok(reviews) = portal.emergency_reviews(&nobody).await {
            assert_eq!(reviews.open, []);
        }
    }
    let waits = portal.emergency_reviews(&nurse).await.unwrap();
    let [open] = waits.open.as_slice() else { panic!("{waits:?}") };
    assert_eq!(
        (open.name.as_str(), open.patient.as_str(), open.reason.as_str(), open.is_own),
        ("Dr Lindqvist", "Inés María López", REASON, false)
    );
    assert!(waits.now_open.is_empty(), "to review opens nothing");
    assert_eq!(reads(&house, &nurse, Category::Problems).await, None);
    for (finding, words, code) in [(None, "Yes.", "finding"), (needed, " ", "review-words")] {
        let answer = review(nurse.clone(), finding, words).await;
        assert!(matches!(answer, Err(Error::Invalid(said)) if said == code), "{code}: {answer:?}");
    }
    // Whoever is blocked is told nothing of the patient.
    let whom = Whom::Account(nurse.actor.account());
    portal.block(&house.ines(), whom).await.unwrap();
    assert_eq!(portal.emergency_reviews(&nurse).await.unwrap().open, []);
    assert!(matches!(review(nurse.clone(), needed, "Yes.").await, Err(Error::NotFound)));
    portal.unblock(&house.ines(), whom).await.unwrap();

    for _ in 0..2 {
        review(nurse.clone(), Some(Finding::NotNeeded), "They were awake, as the ward says.").await.unwrap();
    }
    assert!(matches!(review(nurse.clone(), needed, "Or yes.").await, Err(Error::Conflict(_))), "it is closed");
    assert_eq!(portal.emergency_reviews(&nurse).await.unwrap().open, []);
    assert_eq!(looks(&house).await[0].review, Some((Finding::NotNeeded, "They were awake, as the ward says.".to_owned())));
    let told: Vec<_> = house.events().await.into_iter().filter(|event| event.what.action == "emergency-not-needed").collect();
    assert_eq!(told.iter().map(|event| event.who.name.as_str()).collect::<Vec<_>>(), ["Nurse Abel"], "once");
    let now = doctor.signed_in_at;
    let report = portal.report(now - time::Duration::DAY, now + time::Duration::DAY, "a test").await.unwrap();
    assert!(report.iter().any(|looks| looks.why == "reviewed"), "{report:?}");
    assert!(looks(&house).await[0].is_open, "to find it not needed is not to end it: the hour does, and the patient can");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_cannot_be_decided_or_opened_is_said(_: PgPoolOptions, options: PgConnectOptions) {
    let house = build(options).await;
    let (portal, ines, doctor) = (&house.portal, house.ines(), doctor(&house).await);
    for (name, email, code) in [
        ("", "a@example.org", "contact-name"),
        ("Tomás", "", "email"),
        ("Tomás", "nobody", "email"),
        ("a\nb", "a@example.org", "contact-name"),
    ] {
        let contact = Contact { name: name.to_owned(), email: email.to_owned() };
        let answer = portal.decide_emergency(&ines, NewPlan { contact, ..plan(Extent::All) }).await;
        assert!(matches!(answer, Err(Error::Invalid(said)) if said == code), "{code}: {answer:?}");
    }
    assert!(matches!(portal.new_emergency_code(&ines, "").await, Err(Error::NotFound)));
    let stale = Visitor { signed_in_at: ines.signed_in_at - time::Duration::minutes(6), ..ines.clone() };
    assert!(
        matches!(portal.decide_emergency(&stale, plan(Extent::All)).await, Err(Error::SignInAgain)),
        "what opens needs a fresh sign-in"
    );
    decide(&house, Extent::All).await;
    let told = NewPlan { contact: Contact { name: "Tomás".into(), email: "tomas@example.org".into() }, ..plan(Extent::Summary) };
    assert!(matches!(portal.decide_emergency(&stale, told).await, Err(Error::SignInAgain)), "nor is somebody else told");
    portal.decide_emergency(&stale, plan(Extent::Summary)).await.unwrap();
    portal.decide_emergency(&stale, plan(Extent::Nothing)).await.unwrap();
    decide(&house, Extent::Summary).await;
    decide(&house, Extent::Summary).await;
    let decided = house.events().await.into_iter().filter(|event| event.what.action == "emergency-decided").count();
    assert_eq!(decided, 4, "to decide the same again is nothing");
    let first = code(&house).await;
    portal.new_emergency_code(&ines, &first).await.unwrap();
    let second = code(&house).await;
    portal.new_emergency_code(&ines, &first).await.unwrap();
    assert_eq!(code(&house).await, second, "a second click makes no third one");
    assert_eq!(portal.card(&ines, house.patient).await.unwrap().view.code, Some(second.clone()));
    assert!(is_refused(&portal.open_emergency(&doctor, by_code(&first)).await), "a lost card opens nothing");
    for reason in ["", " \n ", &"ñ".repeat(601)] {
        let answer = portal.open_emergency(&doctor, Claim { reason: reason.to_owned(), ..by_code(&second) }).await;
        assert!(matches!(answer, Err(Error::Invalid("emergency-reason"))), "{answer:?}");
    }
    assert!(matches!(portal.open_emergency(&house.doctor(None), by_code(&second)).await, Err(Error::SignInAgain)));
    for nobody in [ines.clone(), house.stranger().await] {
        assert!(matches!(portal.open_emergency(&nobody, by_code(&second)).await, Err(Error::NotFound)));
        assert!(matches!(portal.emergency_reviews(&nobody).await, Err(Error::NotFound)));
    }
    let stranger = house.stranger().await;
    assert!(matches!(portal.emergency(&stranger).await, Err(Error::NotFound)));
    assert!(matches!(portal.decide_emergency(&stranger, plan(Extent::Nothing)).await, Err(Error::NotFound)));
    portal.open_emergency(&doctor, by_code(&second)).await.unwrap();
}
