//! What a patient says is wrong: who sees it, who answers, and when it stands no more.

mod harness;
mod people;

use chartkey_domain::{
    account::Visitor,
    category::{Categories, Category},
    correction::CorrectionState,
    grant::Purpose,
    id::{CorrectionId, ItemId, PatientId},
};
use chartkey_portal::{Error, corrections::CorrectionEnding, entry::Disputed};
use harness::Ground;
use people::House;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

const WRONG: &str = "I never had\nthis test.";

struct Said {
    house: House,
    result: ItemId,
    problem: ItemId,
}

impl Said {
    async fn build(options: PgConnectOptions) -> Self {
        let house = House::build(Ground::lay(options).await).await;
        let item = |title: &'static str| {
            let superuser = house.superuser.clone();
            async move {
                let id: Uuid =
                    sqlx::query_scalar("select item_id from item where title = $1").bind(title).fetch_one(&superuser).await.unwrap();
                ItemId(id)
            }
        };
        let (result, problem) = (item("Haemoglobin").await, item("A hidden problem").await);
        Self { house, result, problem }
    }

    async fn says(&self, item: ItemId, words: &str) -> Result<CorrectionId, Error> {
        let (portal, ines, patient) = (&self.house.portal, self.house.ines(), self.house.patient);
        let draft = portal.keep_statement(&ines, patient, item, words).await?;
        portal.open_correction(&ines, patient, item, draft).await
    }

    fn doctor(&self) -> Visitor {
        self.house.doctor(Some(Purpose::Treatment))
    }

    async fn beside(&self, visitor: &Visitor) -> Option<Disputed> {
        let list = self.house.portal.list(visitor, self.house.patient, Category::Results, None, false).await.unwrap();
        list.view.entries.into_iter().find(|entry| entry.id == self.result).unwrap().disputed
    }

    async fn state(&self, correction: CorrectionId) -> CorrectionState {
        self.house.portal.correction(&self.house.ines(), self.house.patient, correction).await.unwrap().view.correction.state
    }
}

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
    let correction = said.says(said.result, &format!("  {} ", WRONG.replace('\n', "\r\n"))).await.unwrap();

    let own = said.beside(&ines).await.unwrap();
    assert_eq!(own, Disputed { correction, statement: WRONG.to_owned(), is_readers: true });
    assert_eq!(said.beside(&said.doctor()).await.unwrap(), Disputed { is_readers: false, ..own });

    portal.write_to_correction(&said.doctor(), patient, correction, "I will look into it.").await.unwrap();
    assert_eq!(said.state(correction).await, CorrectionState::Answered);
    let thread = portal.correction(&ines, patient, correction).await.unwrap().view;
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
    is_not_found(portal.correction(&said.doctor(), patient, correction).await);
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
    let hidden = said.says(said.problem, "A statement about a hidden problem.").await.unwrap();
    let shown = said.says(said.result, WRONG).await.unwrap();
    is_not_found(portal.correction(&said.doctor(), patient, hidden).await);
    is_not_found(portal.write_to_correction(&said.doctor(), patient, hidden, "What is it?").await);
    is_not_found(portal.write_to_correction(&said.doctor(), patient, hidden, "").await);
    // The patient's own rights are nobody else's.
    is_not_found(portal.corrections(&said.doctor(), patient).await);
    is_not_found(portal.end_correction(&said.doctor(), patient, shown, CorrectionEnding::Resolved).await);
    is_not_found(portal.keep_statement(&said.doctor(), patient, said.result, "Mine.").await);
    is_not_found(portal.correction_question(&said.doctor(), patient, Category::Results, said.result, None).await);
    let stranger = said.house.stranger().await;
    is_not_found(portal.correction(&stranger, patient, shown).await);

    // Each of these closes what the grant had opened.
    let reads = || async { portal.correction(&said.doctor(), patient, shown).await.is_ok() };
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
    let correction = said.says(said.result, WRONG).await.unwrap();
    portal.write_to_correction(&said.doctor(), patient, correction, "From the doctor.").await.unwrap();
    portal.write_to_correction(&ines, patient, correction, "From the patient.").await.unwrap();
    // As if the doctor's answer were a colleague's.
    said.house.tamper("update correction_message set account_id = (select account_id from account where display_name = 'Nurse Abel') where not is_patient").await;
    portal.write_to_correction(&said.doctor(), patient, correction, "From the doctor, again.").await.unwrap();
    let of = |visitor: Visitor| async move {
        let thread = portal.correction(&visitor, patient, correction).await.unwrap().view;
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
    assert_eq!(said.says(said.result, "Another.").await.unwrap(), correction, "one stands at a time");

    let send = || portal.write_to_correction(&ines, patient, correction, "Is anybody there?");
    let both = tokio::join!(send(), send());
    both.0.and(both.1).unwrap();
    assert_eq!(said.house.counted("select count(*) from correction_message").await, 1);
    assert_eq!(said.house.counted("select messages::bigint from correction").await, 1);
    let empty = portal.write_to_correction(&ines, patient, correction, " ").await;
    assert!(matches!(empty, Err(Error::Invalid("correction-words"))), "{empty:?}");
    said.house.tamper("update correction set messages = 100").await;
    let full = portal.write_to_correction(&ines, patient, correction, "One more.").await;
    assert!(matches!(full, Err(Error::Invalid("thread-full"))), "{full:?}");
    // A draft of the one kind is none of the other.
    let of_grant = said.house.draft(Purpose::Treatment).await.draft;
    is_not_found(portal.correction_question(&ines, patient, Category::Problems, said.problem, Some(of_grant)).await);
    let of_correction = portal.keep_statement(&ines, patient, said.problem, WRONG).await.unwrap();
    is_not_found(portal.draft(&ines, of_correction).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_statement_is_in_the_copies_that_its_patient_takes(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    let (portal, ines, patient) = (&said.house.portal, said.house.ines(), said.house.patient);
    people::take(&said.house, r#"{"resourceType":"Condition","id":"c1","code":{"text":"Asthma"}}"#).await;
    let condition: Uuid =
        sqlx::query_scalar("select item_id from item where fhir_id = 'c1'").fetch_one(&said.house.superuser).await.unwrap();
    let taken = || async {
        use std::io::Read;
        let mut text = String::new();
        portal.take_record(&ines, patient).await.unwrap().view.file.read_to_string(&mut text).unwrap();
        text
    };
    let before = taken().await;
    assert!(!before.contains("Communication"));
    let correction = said.says(ItemId(condition), "Not \"me\".").await.unwrap();
    portal.write_to_correction(&ines, patient, correction, "Please look.").await.unwrap();
    let bundle: serde_json::Value = serde_json::from_str(&taken().await).unwrap();
    let said_in_it: Vec<_> =
        bundle["entry"].as_array().unwrap().iter().filter(|entry| entry["resource"]["resourceType"] == "Communication").collect();
    assert_eq!(said_in_it.len(), 2, "{said_in_it:?}");
    assert_eq!(said_in_it[0]["resource"]["payload"][0]["contentString"], "Not \"me\".");
    assert_eq!(said_in_it[0]["resource"]["about"][0]["reference"], "Condition/c1");
    assert_eq!(said_in_it[1]["resource"]["partOf"][0]["reference"], said_in_it[0]["fullUrl"]);
    portal.end_correction(&ines, patient, correction, CorrectionEnding::Withdrawn).await.unwrap();
    assert_eq!(taken().await, before, "every byte that came in is there as before");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_runtime_role_sees_no_statement_without_a_decision_and_a_grantee_changes_none(_: PgPoolOptions, options: PgConnectOptions) {
    let said = Said::build(options).await;
    let PatientId(patient) = said.house.patient;
    let correction = said.says(said.result, WRONG).await.unwrap();
    said.house.portal.write_to_correction(&said.house.ines(), said.house.patient, correction, "Hello?").await.unwrap();
    let mut connection = said.house.portal.pool().acquire().await.unwrap();
    for table in ["correction", "correction_message"] {
        let seen: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}"))).fetch_one(&mut *connection).await.unwrap();
        assert_eq!(seen, 0, "{table}");
    }
    // The words of a statement are never changed, by anybody.
    let changed = sqlx::query("update correction set statement = 'x' where patient_id = $1").bind(patient).execute(&mut *connection).await;
    assert!(changed.unwrap_err().to_string().contains("permission denied"));
    let changed =
        sqlx::query("update correction_message set words = 'x' where patient_id = $1").bind(patient).execute(&mut *connection).await;
    assert!(changed.unwrap_err().to_string().contains("permission denied"));
}
