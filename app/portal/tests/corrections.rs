//! What a patient says is wrong: who sees it, who answers, and when it stands no more.

mod harness;
mod people;
mod said;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    correction::CorrectionState,
    grant::Purpose,
    id::{CorrectionId, PatientId},
    label::{Label, Labels},
};
use chartkey_portal::{
    Error,
    corrections::{CorrectionEnding, Opening, Thread},
    entry::{Disputed, Statement},
    items::Original,
    news::Look,
    timeline::Filter,
};
use said::{Said, WRONG, item};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

fn of(category: Category) -> i32 {
    Categories::NONE.with(category).bits()
}

fn is_not_found<T: std::fmt::Debug>(answer: Result<T, Error>) {
    assert!(matches!(answer, Err(Error::NotFound)), "{answer:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_statement_stands_beside_its_item_until_the_patient_says_that_it_is_settled(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    let (portal, ines, patient) = (&said.house.portal, said.house.ines(), said.house.patient);
    said.house.give(Purpose::Treatment).await;
    let correction = said.says(said.result, &format!("  {} ", WRONG.replace('\n', "\r\n"))).await;

    let own = said.beside(&ines).await.unwrap();
    let statements = vec![Statement { correction, words: Some(WRONG.to_owned()), is_earlier: false, of: None }];
    assert_eq!(own, Disputed { statements, more: 0, is_readers: true });
    assert_eq!(said.beside(&said.doctor()).await.unwrap(), Disputed { is_readers: false, ..own });

    portal.write_to_correction(&said.doctor(), patient, correction, "I will look into it.").await.unwrap();
    assert_eq!(said.state(correction).await, CorrectionState::Answered);
    let thread = said.thread(&ines, correction, None).await.unwrap();
    let [answer] = thread.messages.as_slice() else { panic!("{thread:?}") };
    assert_eq!((answer.by.name.as_str(), answer.by.profession.as_deref()), ("Dr Lindqvist", Some("physician")));
    assert_eq!((answer.by.organization.as_deref(), answer.is_patient), (Some("Northfield"), false));
    assert!(said.beside(&said.doctor()).await.is_some(), "an answer settles nothing");
    portal.write_to_correction(&ines, patient, correction, "Thank you.").await.unwrap();
    assert_eq!(said.state(correction).await, CorrectionState::Open, "it is their turn again");

    portal.end_correction(&ines, patient, correction, CorrectionEnding::Resolved).await.unwrap();
    portal.end_correction(&ines, patient, correction, CorrectionEnding::Resolved).await.unwrap();
    assert_eq!(said.beside(&ines).await, None);
    assert_eq!(said.beside(&said.doctor()).await, None);
    is_not_found(portal.correction(&said.doctor(), patient, correction, None).await);
    is_not_found(portal.write_to_correction(&said.doctor(), patient, correction, "Late.").await);
    let late = portal.write_to_correction(&ines, patient, correction, "Late.").await;
    assert!(matches!(late, Err(Error::Conflict("ended"))), "{late:?}");
    let other = portal.end_correction(&ines, patient, correction, CorrectionEnding::Withdrawn).await;
    assert!(matches!(other, Err(Error::Conflict("ended"))), "{other:?}");

    let actions: Vec<_> = said.house.events().await.into_iter().filter(|event| event.what.action.starts_with("correction")).collect();
    let names: Vec<_> = actions.iter().map(|event| event.what.action.as_str()).collect();
    assert_eq!(names, ["correction-opened", "correction-answered", "correction-written", "correction-resolved"]);
    assert!(actions.iter().all(|event| event.what.categories == ["results"] && event.what.items == 1 && event.what.text.is_none()));
    let written = serde_json::to_string(&said.house.events().await).unwrap();
    for words in ["never had", "look into", "Thank you"] {
        assert!(!written.contains(words), "the log says that something was said, and not what");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn of_a_statement_about_what_is_not_shared_nobody_else_learns_anything(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    let (portal, patient) = (&said.house.portal, said.house.patient);
    let grant = said.house.give(Purpose::Treatment).await;
    let hidden = said.says(said.problem, "A statement about a hidden problem.").await;
    let shown = said.says(said.result, WRONG).await;
    is_not_found(portal.correction(&said.doctor(), patient, hidden, None).await);
    is_not_found(portal.write_to_correction(&said.doctor(), patient, hidden, "What is it?").await);
    is_not_found(portal.write_to_correction(&said.doctor(), patient, hidden, "").await);
    // The patient's own rights are nobody else's.
    is_not_found(portal.corrections(&said.doctor(), patient, None).await);
    is_not_found(portal.end_correction(&said.doctor(), patient, shown, CorrectionEnding::Resolved).await);
    is_not_found(portal.keep_statement(&said.doctor(), patient, said.result, "Mine.").await);
    is_not_found(portal.correction_question(&said.doctor(), patient, Category::Results, said.result, None).await);
    let stranger = said.house.stranger().await;
    is_not_found(portal.correction(&stranger, patient, shown, None).await);

    // Each of these closes what the grant had opened.
    let reads = || async { portal.correction(&said.doctor(), patient, shown, None).await.is_ok() };
    assert!(reads().await);
    said.house.tamper(&format!("update item set is_private = true where item_id = '{}'", said.result)).await;
    assert!(!reads().await, "private");
    said.house.tamper("update item set is_private = false").await;
    said.house.tamper(&format!("update item set labels = 1 where item_id = '{}'", said.result)).await;
    assert!(!reads().await, "a label that the grant does not have");
    said.house.tamper("update item set labels = 0").await;
    said.house.tamper(&format!("update access_grant set categories = {} where grant_id = '{grant}'", of(Category::Medicines))).await;
    assert!(!reads().await, "a narrower grant");
    said.house.tamper(&format!("update access_grant set categories = {} where grant_id = '{grant}'", of(Category::Results))).await;
    assert!(reads().await, "as before");
    said.house
        .tamper(&format!("insert into block (patient_id, organization_id) select '{patient}', organization_id from organization"))
        .await;
    assert!(!reads().await, "a block");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_clinician_does_not_learn_who_else_answers(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    let (portal, ines, patient) = (&said.house.portal, said.house.ines(), said.house.patient);
    said.house.give(Purpose::Treatment).await;
    let correction = said.says(said.result, WRONG).await;
    portal.write_to_correction(&said.doctor(), patient, correction, "From the doctor.").await.unwrap();
    portal.write_to_correction(&ines, patient, correction, "From the patient.").await.unwrap();
    // As if the doctor's answer were a colleague's.
    said.house.tamper("update correction_message set account_id = (select account_id from account where display_name = 'Nurse Abel') where not is_patient").await;
    portal.write_to_correction(&said.doctor(), patient, correction, "From the doctor, again.").await.unwrap();
    let of = |visitor: Visitor| async move {
        let thread = portal.correction(&visitor, patient, correction, None).await.unwrap().view;
        (thread.messages.into_iter().map(|message| message.words).collect::<Vec<_>>(), thread.correction.state.slug())
    };
    let all = ["From the doctor.", "From the patient.", "From the doctor, again."].map(str::to_owned).to_vec();
    assert_eq!(of(ines.clone()).await, (all.clone(), "answered"));
    assert_eq!(of(said.doctor()).await, (all[1..].to_vec(), "answered"));
    said.house.tamper("update correction_message set account_id = (select account_id from account where display_name = 'Nurse Abel') where not is_patient").await;
    assert_eq!(of(ines.clone()).await, (all.clone(), "answered"));
    assert_eq!(of(said.doctor()).await, (all[1..2].to_vec(), "open"), "nor by its state");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_asked_for_twice_happens_once_and_what_cannot_be_is_refused(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    let (portal, ines, patient) = (&said.house.portal, said.house.ines(), said.house.patient);
    for (words, typed) in [(" \r\n ", " \r\n "), (&"x".repeat(1_001), &"x".repeat(1_001)), ("nu\0l", "nul")] {
        let draft = portal.keep_statement(&ines, patient, said.result, words).await.unwrap();
        let question = portal.correction_question(&ines, patient, Category::Results, said.result, Some(draft)).await.unwrap().view;
        assert_eq!(question.typed.as_deref(), Some(typed), "nothing that was typed is lost");
        if typed != "nul" {
            let opened = portal.open_correction(&ines, patient, said.result, draft).await;
            assert!(matches!(opened, Err(Error::Invalid("correction-words"))), "{opened:?}");
        }
    }
    assert_eq!(said.house.counted("select count(*) from draft where kind = 'correction'").await, 1, "one for an item");

    let draft = portal.keep_statement(&ines, patient, said.result, WRONG).await.unwrap();
    let both = tokio::join!(
        portal.open_correction(&ines, patient, said.result, draft),
        portal.open_correction(&ines, patient, said.result, draft)
    );
    let correction = both.0.unwrap();
    assert_eq!(both.1.unwrap(), correction);
    let Opening::Opened(correction) = correction else { panic!("{correction:?}") };

    let send = || portal.write_to_correction(&ines, patient, correction, "Is anybody there?");
    let both = tokio::join!(send(), send());
    both.0.and(both.1).unwrap();
    assert_eq!(said.house.counted("select count(*) from correction_message").await, 1);
    let empty = portal.write_to_correction(&ines, patient, correction, " ").await;
    assert!(matches!(empty, Err(Error::Invalid("correction-words"))), "{empty:?}");
    // A draft of the one kind is none of the other.
    let of_grant = said.house.draft(Purpose::Treatment).await.draft;
    let question = portal.correction_question(&ines, patient, Category::Problems, said.problem, Some(of_grant)).await.unwrap().view;
    assert_eq!(question.typed, None, "what is in no draft is asked for again");
    let of_correction = portal.keep_statement(&ines, patient, said.problem, WRONG).await.unwrap();
    is_not_found(portal.draft(&ines, of_correction).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_runtime_role_sees_no_statement_without_a_decision_and_a_grantee_changes_none(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    let PatientId(patient) = said.house.patient;
    let correction = said.says(said.result, WRONG).await;
    said.house.portal.write_to_correction(&said.house.ines(), said.house.patient, correction, "Hello?").await.unwrap();
    let mut connection = said.house.portal.pool().acquire().await.unwrap();
    for table in ["correction", "correction_statement", "correction_message"] {
        let seen: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}"))).fetch_one(&mut *connection).await.unwrap();
        assert_eq!(seen, 0, "{table}");
    }
    // Nobody but the patient, and what counts their messages, has a way to change one.
    let may = "select count(*) from pg_policies where tablename = 'correction' and cmd in ('UPDATE', 'ALL') and policyname not in ('own', 'import')
        and roles <> array['chartkey_owner'::name]";
    assert_eq!(said.house.counted(may).await, 0);
    let trigger = "select count(*) from pg_proc where proname = 'message_came' and prosecdef and proowner = 'chartkey_owner'::regrole
        and proconfig = array['search_path=pg_catalog, public, pg_temp']";
    assert_eq!(said.house.counted(trigger).await, 1);
    // The words of a statement are never changed, by anybody.
    let changed =
        sqlx::query("update correction_statement set words = 'x' where patient_id = $1").bind(patient).execute(&mut *connection).await;
    assert!(changed.unwrap_err().to_string().contains("permission denied"));
    let changed =
        sqlx::query("update correction_message set words = 'x' where patient_id = $1").bind(patient).execute(&mut *connection).await;
    assert!(changed.unwrap_err().to_string().contains("permission denied"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn each_author_has_room_of_their_own(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    let (portal, ines, patient) = (&said.house.portal, said.house.ines(), said.house.patient);
    said.house.give(Purpose::Treatment).await;
    let correction = said.says(said.result, WRONG).await;
    let write = async |visitor: &Visitor, words: &str| portal.write_to_correction(visitor, patient, correction, words).await;
    write(&said.doctor(), "The first.").await.unwrap();
    said.house.tamper("alter table correction_message disable trigger came").await;
    said.house
        .tamper(
            "insert into correction_message (patient_id, correction_id, account_id, is_patient, name, words, labels, labelled_by, at)
            select patient_id, correction_id, account_id, false, name, n || '.', labels, labelled_by, at - n * interval '1 ms' from correction_message, generate_series(2, 100) n",
        )
        .await;
    said.house.tamper("alter table correction_message enable trigger came").await;
    let full = write(&said.doctor(), "One more.").await;
    assert!(matches!(full, Err(Error::Invalid("thread-full"))), "{full:?}");
    assert_eq!(said.state(correction).await, CorrectionState::Answered);
    write(&ines, "There is room for the patient.").await.unwrap();
    assert_eq!(said.state(correction).await, CorrectionState::Open);
    let thread = said.thread(&ines, correction, None).await.unwrap();
    assert_eq!((thread.messages.len(), thread.has_older), (101, false));
    assert_eq!(thread.messages.last().map(|message| message.words.as_str()), Some("There is room for the patient."));

    // What was not sent is kept for its author's page, and for nobody else's.
    let draft = portal.keep_message(&said.doctor(), patient, correction, "One more.").await.unwrap();
    assert_eq!(said.thread(&said.doctor(), correction, Some(draft)).await.unwrap().typed.as_deref(), Some("One more."));
    assert_eq!(said.thread(&ines, correction, Some(draft)).await.unwrap().typed, None);
    is_not_found(portal.keep_message(&said.house.stranger().await, patient, correction, "Mine.").await);
    said.house.tamper("update access_grant set categories = 0").await;
    is_not_found(portal.keep_message(&said.doctor(), patient, correction, "Mine.").await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn words_for_what_is_disputed_already_are_kept_and_do_not_stand(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    let ines = said.house.ines();
    let correction = said.says(said.result, WRONG).await;
    let (opening, draft) = said.asks(said.result, "Other words.").await.unwrap();
    assert_eq!(opening, Opening::Stands(correction));
    let thread = said.thread(&ines, correction, Some(draft)).await.unwrap();
    assert_eq!((thread.correction.statement.as_deref(), thread.typed.as_deref()), (Some(WRONG), Some("Other words.")));
    assert_eq!(said.house.counted("select count(*) from draft where kind = 'correction'").await, 1);
    let events: Vec<_> = said.house.events().await.into_iter().filter(|event| event.what.action == "correction-opened").collect();
    assert_eq!(events.len(), 1, "nothing has been opened");
    // It opens one where none stands any more.
    said.house.portal.end_correction(&ines, said.house.patient, correction, CorrectionEnding::Withdrawn).await.unwrap();
    let opened = said.house.portal.open_correction(&ines, said.house.patient, said.result, draft).await.unwrap();
    assert!(matches!(opened, Opening::Opened(other) if other != correction));
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_correction_is_on_a_page_and_on_one(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    let (portal, ines) = (&said.house.portal, said.house.ines());
    let conditions: Vec<String> = (0..120)
        .map(|number| {
            format!(r#"{{"resource":{{"resourceType":"Condition","id":"c{number}","subject":{{"reference":"Patient/a"}},"code":{{"text":"Problem {number}"}}}}}}"#)
        })
        .collect();
    people::take(&said.house, &format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, conditions.join(","))).await;
    said.house
        .tamper(
            "insert into correction (patient_id, item_id, version_no, state, opened_at, ended_at)
            select patient_id, item_id, version_no, case when n % 3 = 0 then 'resolved' else 'open' end, now() + n % 7 * interval '1 day',
                case when n % 3 = 0 then now() end
            from (select *, substr(fhir_id, 2)::int as n from item where fhir_id like 'c%' and title like 'Problem %') i",
        )
        .await;
    let (mut seen, mut after): (Vec<(bool, CorrectionId)>, _) = (Vec::new(), None);
    let mut pages = 0;
    loop {
        let page = portal.corrections(&ines, said.house.patient, after).await.unwrap().view;
        assert!(page.corrections.len() <= 50);
        seen.extend(page.corrections.iter().map(|correction| (!correction.state.stands(), correction.id)));
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert!(seen.is_sorted_by_key(|(is_over, _)| *is_over), "what stands comes first");
    let of_each: std::collections::BTreeSet<_> = seen.iter().map(|(_, id)| id.0).collect();
    assert_eq!((pages, seen.len(), of_each.len()), (3, 120, 120));
}

#[sqlx::test(migrations = "../../migrations")]
async fn words_about_what_is_kept_from_a_reader_are_kept_from_them_wherever_they_would_stand(_: PgPoolOptions, options: PgConnectOptions) {
    const SECRET: &str = "That was my HIV clinic.";
    const RESULT: &str = r#"{"resourceType":"Observation","id":"n","status":"final","subject":{"reference":"Patient/a"},"code":{"text":"Sodium"},
        "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
        "effectiveDateTime":"2025-01-01","valueQuantity":{"value":140,"unit":"mmol/L"}}"#;
    let mut said = Said::build(options).await;
    people::take(&said.house, RESULT).await;
    said.result = item(&said.house, "n").await;
    let (portal, ines, patient, doctor) = (&said.house.portal, said.house.ines(), said.house.patient, said.doctor());
    said.house.give(Purpose::Treatment).await;
    let correction = said.says(said.result, SECRET).await;
    portal.write_to_correction(&ines, patient, correction, "Ask me about it.").await.unwrap();
    portal.write_to_correction(&ines, patient, correction, "They treat HIV only.").await.unwrap();
    let words = |thread: Thread| thread.messages.into_iter().map(|message| message.words).collect::<Vec<_>>();

    // Everywhere that the doctor may look.
    let seen = async |visitor: &Visitor| {
        let thread = said.thread(visitor, correction, None).await.unwrap();
        let list = portal.list(visitor, patient, Category::Results, None, false).await.unwrap().view;
        let summary = portal.summary(visitor, patient, Look::Ahead).await.unwrap().view;
        let results = portal.results(visitor, patient, None, false).await.unwrap().view;
        let detail = portal.item(visitor, patient, Category::Results, said.result, Original::Leave).await.unwrap().view;
        let found = portal.look_up(visitor, patient, "sodium".to_owned()).await.unwrap().view;
        let timeline = portal.timeline(visitor, patient, Filter::default(), None).await.unwrap().view;
        [
            ("thread", format!("{thread:?}")),
            ("list", format!("{list:?}")),
            ("summary", format!("{summary:?}")),
            ("results", format!("{results:?}")),
            ("item", format!("{detail:?}")),
            ("search", format!("{found:?}")),
            ("timeline", format!("{timeline:?}")),
        ]
    };
    for (place, told) in seen(&doctor).await {
        assert!(!told.contains("HIV"), "{place}: {told}");
    }
    for (place, told) in seen(&ines).await {
        assert!(told.contains(SECRET), "{place}: {told}");
    }
    let beside = said.beside(&doctor).await.unwrap();
    let [statement] = beside.statements.as_slice() else { panic!("{beside:?}") };
    assert_eq!((statement.correction, &statement.words), (correction, &None), "that it is said to be wrong is told");
    assert_eq!(words(said.thread(&doctor, correction, None).await.unwrap()), ["Ask me about it."]);
    portal.write_to_correction(&doctor, patient, correction, "I will.").await.unwrap();

    // To whoever may see such things of results they are told.
    let hiv = Labels::NONE.with(Label::Hiv).bits();
    said.house.tamper(&format!("update access_grant set labels = {hiv}")).await;
    assert_eq!(said.thread(&doctor, correction, None).await.unwrap().correction.statement.as_deref(), Some(SECRET));
    assert_eq!(words(said.thread(&doctor, correction, None).await.unwrap()).len(), 3);
    // That the item is kept from somebody else closes nothing to them.
    said.house
        .tamper(&format!(
            "insert into exclusion (patient_id, item_id, account_id) values ('{patient}', '{}', '{}')",
            said.result,
            said.house.nurse(None).actor.account()
        ))
        .await;
    assert_eq!(said.thread(&doctor, correction, None).await.unwrap().correction.statement.as_deref(), Some(SECRET));
    // With the labels of the item: of one that is let through with one label, words that have another are not.
    said.house.tamper(&format!("update item set own_labels = {hiv}, labels = {hiv} where item_id = '{}'", said.result)).await;
    said.house.tamper(&format!("update correction_statement set labels = {}", Labels::NONE.with(Label::MentalHealth).bits())).await;
    assert_eq!(said.beside(&doctor).await.unwrap().statements[0].words, None);
    said.house.tamper("update correction_statement set labels = 0").await;
    assert_eq!(said.beside(&doctor).await.unwrap().statements[0].words.as_deref(), Some(SECRET));
}

#[sqlx::test(migrations = "../../migrations")]
async fn words_that_another_table_labelled_are_the_patients_only_until_they_are_labelled_again(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let said = Said::build(options).await;
    let (portal, patient, doctor) = (&said.house.portal, said.house.patient, said.doctor());
    said.house.give(Purpose::Treatment).await;
    let correction = said.says(said.result, WRONG).await;
    portal.write_to_correction(&said.house.ines(), patient, correction, "They treat HIV only.").await.unwrap();
    for table in ["correction_statement", "correction_message"] {
        said.house.tamper(&format!("update {table} set labels = 0, labelled_by = 0")).await;
    }
    let thread = said.thread(&doctor, correction, None).await.unwrap();
    assert_eq!((thread.correction.statement, thread.messages), (None, Vec::new()));
    assert_eq!(said.thread(&said.house.ines(), correction, None).await.unwrap().correction.statement.as_deref(), Some(WRONG));
    let (labelled, done) = portal.label_next(None).await.unwrap().unwrap();
    assert_eq!(labelled, patient);
    done.unwrap();
    assert!(portal.label_next(None).await.unwrap().is_none());
    let thread = said.thread(&doctor, correction, None).await.unwrap();
    assert_eq!((thread.correction.statement.as_deref(), thread.messages.len()), (Some(WRONG), 0), "the message speaks of what is kept");
}
