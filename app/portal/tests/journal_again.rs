//! A database that went back in time is brought up to its journal, and nowhere else.

mod harness;
mod kept;
mod people;

use chartkey_domain::{
    added::{Kind, Typed},
    draft::Terms,
    grant::{Grantee, Purpose},
    id::ItemId,
    label::Label,
};
use chartkey_portal::{
    accounts::{Email, NewPassword, PersonName},
    admissions::NewAdmission,
    corrections::{CorrectionEnding, Opening},
    sharing::NewGrant,
};
use kept::Kept;
use people::sentence;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

#[sqlx::test(migrations = "../../migrations")]
async fn a_replay_withdraws_again_and_does_not_pause_what_was_resumed(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let (house, ines) = (&kept.house, kept.house.ines());
    let resumed = house.give(Purpose::Treatment).await;
    house.portal.pause_grant(&ines, resumed).await.unwrap();
    house.portal.resume_grant(&ines, resumed).await.unwrap();
    let paused = house.give(Purpose::Coordination).await;
    house.portal.pause_grant(&ines, paused).await.unwrap();
    let withdrawn = house.give(Purpose::SecondOpinion).await;
    house.portal.withdraw_grant(&ines, withdrawn).await.unwrap();
    house.portal.keep_journal().await.unwrap();
    kept.goes_back("update access_grant set state = 'active', ended_at = null").await;

    let taken = kept.replay().await;
    assert_eq!((taken.grants_withdrawn, taken.grants_paused), (1, 1));
    assert!(kept.may_read().await, "what was resumed stays");
    let story = house.counted("select count(*) from grant_event where kind in ('withdrawn', 'paused') and signed_in = 'restore'").await;
    assert_eq!(story, 2);
    let events = house.events().await;
    let restored: Vec<_> = events.iter().filter(|event| event.who.signed_in == "restore").map(|event| event.what.action.as_str()).collect();
    assert_eq!(restored.len(), 2, "{restored:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_grant_that_was_narrowed_does_not_become_wide_again(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let wide = kept.house.give(Purpose::Treatment).await;
    kept.house.give(Purpose::Treatment).await;
    kept.house.portal.keep_journal().await.unwrap();
    // The narrower one came after the moment that was restored.
    kept.goes_back(&format!(
        "delete from grant_event where grant_id <> '{wide}'; delete from access_grant where grant_id <> '{wide}';
        update access_grant set state = 'active', ended_at = null"
    ))
    .await;
    assert_eq!(kept.replay().await.grants_withdrawn, 1);
    assert!(!kept.may_read().await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn blocks_codes_passwords_and_sessions_do_not_come_back(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let (house, ines) = (&kept.house, kept.house.ines());
    house.give(Purpose::Treatment).await;
    let new = house.draft(Purpose::Coordination).await;
    let code = house.portal.make_code(&ines, new.draft, new.terms, sentence()).await.unwrap();
    house.portal.refuse_code(&ines, code).await.unwrap();
    house
        .tamper(&format!("insert into block (patient_id, organization_id) select '{}', organization_id from organization", house.patient))
        .await;
    let email = Email::parse("mara@example.org").unwrap();
    let password = |text: &str| NewPassword::parse(text.into()).unwrap();
    house.portal.make_person(&PersonName::parse("Mara").unwrap(), &email, password("the first long password")).await.unwrap();
    house.tamper("create table old as select account_id, password_hash from account").await;
    let letter = house.portal.begin_new_password(&email).await.unwrap().unwrap();
    house.portal.choose_password(&letter.token, password("the second long password")).await.unwrap();
    house.portal.keep_journal().await.unwrap();
    kept.goes_back(
        "delete from block; update grant_code set state = 'waiting';
        update account a set password_hash = old.password_hash from old where old.account_id = a.account_id;
        insert into session (session_key, data, idle_until, ends_at) values ('\\x00', '{}', now() + interval '1 hour', now() + interval '1 hour')",
    )
    .await;
    assert!(house.portal.sign_in("mara@example.org", "the first long password".into(), "address").await.is_ok());

    let taken = kept.replay().await;
    assert_eq!((taken.blocks, taken.codes, taken.passwords, taken.sessions), (1, 1, 1, 1), "{taken:?}");
    assert!(!kept.may_read().await, "blocked again");
    assert!(house.portal.codes(&ines).await.unwrap().view.is_empty());
    for tried in ["the first long password", "the second long password"] {
        assert!(house.portal.sign_in("mara@example.org", tried.into(), "address").await.is_err(), "{tried}");
    }
    assert!(house.portal.begin_new_password(&email).await.unwrap().is_some(), "a new one can be chosen");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_protects_an_account_does_not_go_back(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let (house, portal) = (&kept.house, &kept.house.portal);
    let email = |text: &str| Email::parse(text).unwrap();
    let password = |text: &str| NewPassword::parse(text.into()).unwrap();
    for name in ["nina", "olga"] {
        let address = email(&format!("{name}@example.org"));
        portal.make_person(&PersonName::parse(name).unwrap(), &address, password("a long password")).await.unwrap();
    }
    let of = |name: &str| format!("(select account_id from account where email = '{name}@example.org')");
    let ines = house.ines().actor.account();
    house.tamper(&format!("update account set email = 'ines@example.org' where account_id = '{ines}'")).await;
    house.tamper(&format!("insert into second_factor (account_id, sealed_seed, confirmed_at) values ({}, '', now())", of("olga"))).await;
    house
        .tamper(&format!(
            "insert into recovery_code (account_id, code_hash) values ({}, sha256('1')), ({}, sha256('2'))",
            of("olga"),
            of("olga")
        ))
        .await;
    for (name, passkey) in [("olga", "one"), ("olga", "two"), ("nina", "three")] {
        let passkey = format!("values ({}, '{passkey}', '{passkey}', '{{}}')", of(name));
        house.tamper(&format!("insert into passkey (account_id, credential_id, name, credential) {passkey}")).await;
    }
    portal.keep_journal().await.unwrap();

    // Ines left her address, Nina turned a second factor on, Olga used a saved code and took a passkey away, Nina's was stopped.
    house.tamper("create table old as select account_id, email_since from account").await;
    house.tamper("create table old_passkey as select * from passkey").await;
    house.tamper("delete from passkey where name = 'one'").await;
    house.tamper("update passkey set stopped_at = now() where name = 'three'").await;
    house.tamper("update account set email = 'elsewhere@example.org' where email = 'ines@example.org'").await;
    house.tamper(&format!("insert into second_factor (account_id, sealed_seed) values ({}, '')", of("nina"))).await;
    house.tamper("update second_factor set confirmed_at = now() where confirmed_at is null").await;
    house.tamper("update recovery_code set used_at = now() where code_hash = sha256('1')").await;
    portal.keep_journal().await.unwrap();
    kept.goes_back(&format!(
        "update account a set email = 'ines@example.org', email_since = old.email_since from old
            where a.account_id = old.account_id and email = 'elsewhere@example.org';
        delete from second_factor where account_id = {};
        delete from passkey;
        insert into passkey select * from old_passkey;
        update recovery_code set used_at = null",
        of("nina")
    ))
    .await;
    assert!(portal.begin_new_password(&email("ines@example.org")).await.unwrap().is_some(), "links would go there again");

    let taken = kept.replay().await;
    assert_eq!((taken.addresses, taken.passwords, taken.recovery_codes, taken.passkeys), (1, 1, 1, 2), "{taken:?}");
    let passkeys: Vec<String> = sqlx::query_scalar("select name from passkey").fetch_all(&house.superuser).await.unwrap();
    assert_eq!(passkeys, ["two"], "the other passkey still opens");
    assert_eq!(portal.begin_new_password(&email("ines@example.org")).await.unwrap(), None);
    assert!(portal.sign_in("nina@example.org", "a long password".into(), "address").await.is_err());
    assert!(portal.begin_new_password(&email("nina@example.org")).await.unwrap().is_some(), "a new one can be chosen");
    let left: i64 =
        sqlx::query_scalar("select count(*) from recovery_code where used_at is null").fetch_one(&house.superuser).await.unwrap();
    assert_eq!(left, 1, "the other saved code still helps");

    // Ines comes to the clinic.
    portal.due_letters().await.unwrap();
    portal.give_address(house.patient, &email("ines.now@example.org"), "came in, with her passport").await.unwrap();
    let letters: Vec<_> = portal.due_letters().await.unwrap().into_iter().map(|due| due.letter).collect();
    assert_eq!(letters.iter().map(|letter| letter.to.as_str()).collect::<Vec<_>>(), ["ines.now@example.org"], "nothing goes nowhere");
    portal.choose_password(&letters[0].token, password("her new long password")).await.unwrap();
    assert!(portal.sign_in("ines.now@example.org", "her new long password".into(), "address").await.is_ok());
    let taken = portal.give_address(house.patient, &email("nina@example.org"), "a slip").await;
    assert!(matches!(taken, Err(chartkey_portal::Error::Invalid("email"))), "{taken:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_block_of_somebody_the_database_does_not_know_pauses_what_would_let_them_in(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let (house, ines) = (&kept.house, kept.house.ines());
    let NewGrant { draft, terms, sentence, .. } = house.draft(Purpose::Treatment).await;
    let terms: Terms = terms;
    let grantee = Grantee::Professions { organization: house.organization, professions: vec!["physician".to_owned()] };
    house.portal.give_grant(&ines, NewGrant { draft, grantee, terms, sentence }).await.unwrap();
    house
        .tamper(&format!(
            "with a as (insert into account (kind, display_name) values ('clinician', 'Late') returning account_id),
            c as (insert into clinician (account_id, organization_id, issuer, subject, profession)
                select account_id, '{}', 'i', 'late', 'physician' from a)
        select 1 from a",
            house.organization
        ))
        .await;
    house
        .tamper(&format!(
            "insert into block (patient_id, account_id) select '{}', account_id from clinician where subject = 'late'",
            house.patient
        ))
        .await;
    house.portal.keep_journal().await.unwrap();
    assert!(kept.may_read().await);
    kept.goes_back("delete from block; delete from account where display_name = 'Late'; delete from clinician where subject = 'late'")
        .await;
    assert_eq!(kept.replay().await.paused_for_unknown, 1);
    assert!(!kept.may_read().await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn to_claim_a_record_is_not_to_take_one_from_its_holder(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let mut transaction = kept.house.portal.pool().begin().await.unwrap();
    sqlx::query("select set_config('chartkey.task', 'sign-in', true)").execute(&mut *transaction).await.unwrap();
    let held: i64 = sqlx::query_scalar("select count(*) from patient_holder").fetch_one(&mut *transaction).await.unwrap();
    assert!(held > 0);
    let removed = sqlx::query("delete from patient_holder").execute(&mut *transaction).await.unwrap();
    assert_eq!(removed.rows_affected(), 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_patient_has_ended_stays_as_they_ended_it(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let (house, ines) = (&kept.house, kept.house.ines());
    let mut corrections = Vec::new();
    for (title, ending) in [("Ferritin", CorrectionEnding::Resolved), ("Haemoglobin", CorrectionEnding::Withdrawn)] {
        let id = sqlx::query_scalar("select item_id from item where title = $1").bind(title).fetch_one(&house.superuser).await.unwrap();
        let draft = house.portal.keep_statement(&ines, house.patient, ItemId(id), "I never had this.").await.unwrap();
        let opened = house.portal.open_correction(&ines, house.patient, ItemId(id), draft).await.unwrap();
        let Opening::Opened(correction) = opened else { panic!("{opened:?}") };
        house.portal.end_correction(&ines, house.patient, correction, ending).await.unwrap();
        corrections.push((correction, ending.state()));
    }
    house.portal.keep_journal().await.unwrap();
    assert!(!std::fs::read_to_string(kept.file()).unwrap().contains("never"), "what was said stands in no journal");
    kept.goes_back("update correction set state = 'open', ended_at = null").await;

    assert_eq!(kept.replay().await.corrections, 2);
    for (correction, state) in corrections {
        assert_eq!(house.portal.correction(&ines, house.patient, correction, None).await.unwrap().view.correction.state, state);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_marked_as_sensitive_again_is_and_nothing_that_was_not(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let (house, ines) = (&kept.house, kept.house.ines());
    house.tamper("update item set own_labels = 8, labels = 8 where title in ('Ferritin', 'Haemoglobin')").await;
    let mut items = Vec::new();
    for title in ["Ferritin", "Haemoglobin"] {
        let id = sqlx::query_scalar("select item_id from item where title = $1").bind(title).fetch_one(&house.superuser).await.unwrap();
        house.portal.lower(&ines, house.patient, ItemId(id), Label::Hiv).await.unwrap();
        items.push(ItemId(id));
    }
    house.portal.mark(&ines, house.patient, items[0], Label::Hiv).await.unwrap();
    house.portal.keep_journal().await.unwrap();
    kept.goes_back("with low as (update lowering set labels = 8) update item set labels = 0 where title in ('Ferritin', 'Haemoglobin')")
        .await;

    assert_eq!(kept.replay().await.made_private, 1);
    for (item, labels) in items.into_iter().zip([8_i16, 0]) {
        let is: i16 =
            sqlx::query_scalar("select labels from item where item_id = $1").bind(item.0).fetch_one(&house.superuser).await.unwrap();
        assert_eq!(is, labels);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_the_patient_hid_or_took_back_of_their_own_writing_is_hidden_again(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let (house, ines) = (&kept.house, kept.house.ines());
    let write = async |item: Option<ItemId>, seen: &str| {
        let typed = Typed { name: "Hay fever".to_owned(), words: "Words".to_owned(), seen: seen.to_owned(), ..Typed::default() };
        let draft = house.portal.keep_writing(&ines, house.patient, Kind::Note, item, None, typed).await.unwrap().0;
        house.portal.add_writing(&ines, house.patient, draft).await.unwrap().item
    };
    let (hidden, taken_back, shown) = (write(None, "shared").await, write(None, "shared").await, write(None, "private").await);
    write(Some(hidden), "private").await;
    write(Some(shown), "shared").await;
    house.portal.take_back_writing(&ines, house.patient, taken_back).await.unwrap();
    house.portal.keep_journal().await.unwrap();
    assert!(!std::fs::read_to_string(kept.file()).unwrap().contains("Hay"), "what was written stands in no journal");
    kept.goes_back(
        "update item set is_private = false, is_error = false where fhir_id in (select fhir_id from item where title = 'Hay fever')",
    )
    .await;

    assert_eq!(kept.replay().await.made_private, 2);
    let private: Vec<uuid::Uuid> =
        sqlx::query_scalar("select item_id from item where is_private order by item_id").fetch_all(&house.superuser).await.unwrap();
    let mut expected = vec![hidden.0, taken_back.0];
    expected.sort_unstable();
    assert_eq!(private, expected, "and what was shown last stays shown");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_plan_for_an_emergency_that_was_narrowed_is_none_until_it_is_decided_again(_: PgPoolOptions, options: PgConnectOptions) {
    use chartkey_domain::{emergency::Extent, label::Labels};
    use chartkey_portal::emergency::{Contact, NewPlan};

    let kept = Kept::build(options).await;
    let (house, ines) = (&kept.house, kept.house.ines());
    let nobody = Contact { name: String::new(), email: String::new() };
    let plan = |extent| NewPlan { extent, labels: Labels::NONE, sentence: sentence(), named: sentence().text, contact: nobody.clone() };
    house.portal.decide_emergency(&ines, plan(Extent::All)).await.unwrap();
    house.portal.decide_emergency(&ines, plan(Extent::Summary)).await.unwrap();
    house.portal.keep_journal().await.unwrap();
    let all = Extent::All.categories().bits();
    kept.goes_back(&format!("update emergency_plan set extent = 'all', categories = {all}")).await;
    assert_eq!(kept.replay().await.emergency_plans, 1);
    assert_eq!(house.portal.emergency(&ines).await.unwrap().view.plan, None);

    // Decided again it stays; a card that was replaced stays replaced, and who is not to be told any more is told nothing.
    house.portal.decide_emergency(&ines, plan(Extent::Summary)).await.unwrap();
    house.portal.keep_journal().await.unwrap();
    kept.goes_back("perform 1").await;
    assert_eq!(kept.replay().await.emergency_plans, 0);
    let code = house.portal.emergency(&ines).await.unwrap().view.plan.unwrap().code.unwrap();
    house.portal.new_emergency_code(&ines, &code).await.unwrap();
    house.portal.keep_journal().await.unwrap();
    kept.goes_back("update emergency_plan set code_id = gen_random_uuid()").await;
    assert_eq!(kept.replay().await.emergency_plans, 1);
    let told = Contact { name: "Tomás".to_owned(), email: "tomas@example.org".to_owned() };
    house.portal.decide_emergency(&ines, NewPlan { contact: told, ..plan(Extent::Summary) }).await.unwrap();
    house.portal.decide_emergency(&ines, plan(Extent::Summary)).await.unwrap();
    house.portal.keep_journal().await.unwrap();
    kept.goes_back("update emergency_plan set contact_name = 'Tomás', contact_email = 'tomas@example.org'").await;
    assert_eq!(kept.replay().await.emergency_plans, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_said_no_more_before_prescribing_is_not_said_after_a_restore(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let (portal, ines) = (&kept.house.portal, kept.house.ines());
    portal.choose_asks_first(&ines, true).await.unwrap();
    portal.keep_journal().await.unwrap();
    kept.goes_back("perform 1").await;
    assert_eq!(kept.replay().await.told_no_more, 0);
    assert!(portal.asks_first(&ines).await.unwrap().view, "what was chosen last stays");
    portal.choose_asks_first(&ines, false).await.unwrap();
    portal.keep_journal().await.unwrap();
    kept.goes_back("insert into asks_first select patient_id from patient_holder").await;
    assert_eq!(kept.replay().await.told_no_more, 1);
    assert!(!portal.asks_first(&ines).await.unwrap().view);
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_the_operator_dismissed_is_not_let_in_after_a_restore(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let portal = &kept.house.portal;
    kept.house.tamper("update organization set professions = '{}'").await;
    let subject: String =
        sqlx::query_scalar("select subject from clinician join account using (account_id) where display_name = 'Dr Lindqvist'")
            .fetch_one(&kept.house.superuser)
            .await
            .unwrap();
    let admit = || NewAdmission {
        slug: "northfield".to_owned(),
        subject: subject.clone(),
        name: "Dr Lindqvist".to_owned(),
        profession: "physician".to_owned(),
        identifier: None,
        checked: "Passport and register.".to_owned(),
    };
    portal.admit(admit()).await.unwrap();
    kept.house.give(Purpose::Treatment).await;
    portal.dismiss("northfield", &subject, "licence ended").await.unwrap();
    portal.keep_journal().await.unwrap();
    assert!(!std::fs::read_to_string(kept.file()).unwrap().contains("Lindqvist"), "identifiers and times only");
    kept.goes_back("update admission set dismissed_at = null").await;
    assert!(kept.may_read().await, "the database went back");
    assert_eq!(kept.replay().await.clinicians_dismissed, 1);
    assert!(!kept.may_read().await);
    assert_eq!(kept.house.events().await.last().unwrap().what.action, "clinician-dismissed");

    // Whoever was admitted again since is not shut out.
    portal.admit(admit()).await.unwrap();
    portal.keep_journal().await.unwrap();
    kept.goes_back("perform 1").await;
    assert_eq!(kept.replay().await.clinicians_dismissed, 0);
    assert!(kept.may_read().await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_is_named_no_more_to_stand_in_is_not_named_after_a_restore(_: PgPoolOptions, options: PgConnectOptions) {
    use chartkey_domain::draft::{Draft, End};
    use chartkey_portal::incapacity::NewPlan;

    let kept = Kept::build(options).await;
    let (house, ines) = (&kept.house, kept.house.ines());
    let help =
        Draft { categories: chartkey_domain::category::Category::SHAREABLE.into_iter().collect(), end: End::Open, ..Draft::default() };
    let (carer, _) = house.carer(help).await;
    let plan = |sensitive| Some(NewPlan { account: carer.actor.account(), sensitive, may_share: false, sentence: sentence() });
    house.portal.decide_incapacity(&ines, plan(true)).await.unwrap();
    house.portal.decide_incapacity(&ines, plan(false)).await.unwrap();
    house.portal.keep_journal().await.unwrap();
    kept.goes_back("update incapacity_plan set labels = 63").await;
    assert_eq!(kept.replay().await.stand_ins, 1);
    assert_eq!(house.portal.incapacity_plan(&ines).await.unwrap().view.plan, None);
    // Decided again it stays; taken back it does not come again.
    house.portal.decide_incapacity(&ines, plan(false)).await.unwrap();
    house.portal.keep_journal().await.unwrap();
    kept.goes_back("perform 1").await;
    assert_eq!(kept.replay().await.stand_ins, 0);
    let row = "insert into incapacity_plan select * from kept_plan";
    house.tamper("create table kept_plan as select * from incapacity_plan").await;
    house.portal.decide_incapacity(&ines, None).await.unwrap();
    house.portal.keep_journal().await.unwrap();
    kept.goes_back(row).await;
    assert_eq!(kept.replay().await.stand_ins, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_death_that_was_reported_is_reported_again_after_a_restore(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let (house, ines) = (&kept.house, kept.house.ines());
    house.portal.report_death(house.patient, "the registry office").await.unwrap();
    house.portal.keep_journal().await.unwrap();
    kept.goes_back("delete from death_report").await;
    assert_eq!(kept.replay().await.deaths, 1);
    let again = "select count(*) from death_report where reported_at > now() - interval '1 day'";
    assert_eq!(house.counted(again).await, 1, "of the moment at which it was reported");
    // What was taken away after it is taken away again, also of a record that is not changed any more.
    house
        .tamper(&format!("insert into block (patient_id, organization_id) select '{}', organization_id from organization", house.patient))
        .await;
    house.portal.keep_journal().await.unwrap();
    kept.goes_back("delete from block").await;
    assert_eq!(kept.replay().await.deaths, 0);
    assert_eq!(house.counted("select count(*) from block").await, 1);
    // Taken back it is not reported again; nor is it taken back by a replay.
    house.portal.undo_own_death_report(&ines).await.unwrap();
    house.portal.keep_journal().await.unwrap();
    kept.goes_back("perform 1").await;
    assert_eq!(kept.replay().await.deaths, 0);
    assert_eq!(house.counted("select count(*) from death_report").await, 0);
}
