//! The signed roots: made every hour, kept outside the database, and found by whoever looks.

mod harness;
mod people;

use chartkey_domain::grant::Purpose;
use chartkey_evidence::{
    check::{Check, Fault, Memory, Report, Seen},
    key::Key,
    root::Signed,
};
use chartkey_portal::{
    Error, Portal,
    audit::verify::{Fault as Found, VerifyReport},
    seal::Signing,
};
use harness::Ground;
use people::House;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::{io::Read, path::PathBuf};
use tokio::io::BufReader;

/// A house that signs, with six entries in the patient's chain.
struct Sealed {
    house: House,
    portal: Portal,
    folder: tempfile::TempDir,
}

impl Sealed {
    async fn build(options: PgConnectOptions) -> Self {
        let house = House::build(Ground::lay(options).await).await;
        let folder = tempfile::tempdir().unwrap();
        let portal = house.portal.clone().with_log_key(&folder.path().join("key"));
        let sealed = Self { house, portal, folder };
        sealed.look(6).await;
        sealed
    }

    /// Adds so many entries to the patient's chain.
    async fn look(&self, count: usize) {
        for _ in 0..count {
            self.house.portal.sharing(&self.house.ines()).await.unwrap();
        }
    }

    async fn sign(&self) -> Signed {
        self.portal.sign_log(Signing::Now).await.unwrap().unwrap()
    }

    async fn refused(&self) -> String {
        self.portal.sign_log(Signing::Now).await.unwrap_err().to_string()
    }

    async fn tamper(&self, statement: &str) {
        self.house.tamper(&statement.replace("CHAIN", &format!("'patient/{}'", self.house.patient))).await;
    }

    /// As a crash between the file and the commit leaves it, and a restore.
    async fn forget_roots_after(&self, number: u64) {
        self.tamper(&format!("delete from log_tree where number > {number}")).await;
        self.tamper(&format!("delete from log_root where number > {number}")).await;
        self.tamper("update sealed_head s set seq = k.seq, hash = k.hash from kept_sealed k where k.chain = s.chain").await;
    }

    /// What [`Self::forget_roots_after`] goes back to.
    async fn keep_sealed(&self) {
        self.tamper("create table kept_sealed as select * from sealed_head").await;
    }

    /// What the server finds for the patient.
    async fn checked(&self) -> Report {
        self.portal.log_to_check(&self.house.ines(), None).await.unwrap().view.report
    }

    /// What a browser finds that remembers this.
    async fn in_a_browser(&self, seen: Option<&Seen>) -> Report {
        let log = self.portal.log_to_check(&self.house.ines(), seen.map(|seen| seen.number)).await.unwrap().view;
        let mut text = Vec::new();
        { log.spool.file }.read_to_end(&mut text).unwrap();
        assert_eq!(text.len() as u64, log.spool.bytes);
        let mut check = Check::new(seen.cloned());
        check.feed(&text);
        check.finish()
    }

    async fn verified(&self) -> VerifyReport {
        self.portal.verify(None::<BufReader<tokio::fs::File>>).await.unwrap()
    }

    async fn findings(&self) -> Vec<(String, i64, Found)> {
        let findings = self.verified().await.findings;
        findings.into_iter().map(|finding| (finding.chain, finding.seq, finding.fault)).collect()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn chain(&self) -> String {
        format!("patient/{}", self.house.patient)
    }
}

/// Writes the patient's chain anew from the third entry on, with hashes that follow, head and all.
const REWRITE: &str = "do $$
declare previous bytea; entry record;
begin
    update event set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'Ines', 'Nobody'), 'UTF8') where chain = CHAIN and seq = 3;
    select hash into previous from event where chain = CHAIN and seq = 2;
    for entry in select seq, bytes from event where chain = CHAIN and seq >= 3 order by seq loop
        previous := sha256('chartkey-event-1'::bytea || convert_to(CHAIN, 'UTF8') || int8send(entry.seq) || previous || entry.bytes);
        update event set hash = previous where chain = CHAIN and seq = entry.seq;
    end loop;
    update chain_head set hash = previous where chain = CHAIN;
end $$";

const CUT: &str = "with gone as (delete from event where chain = CHAIN and seq > 4)
    update chain_head set seq = 4, hash = (select hash from event where chain = CHAIN and seq = 4) where chain = CHAIN";

#[sqlx::test(migrations = "../../migrations")]
async fn a_patient_finds_their_own_log_in_the_newest_root(_: PgPoolOptions, options: PgConnectOptions) {
    let sealed = Sealed::build(options).await;
    let before = sealed.checked().await;
    assert_eq!((before.fault, before.root, before.entries), (None, None, 6), "nothing is signed yet");
    let first = sealed.sign().await;
    assert_eq!((first.root.number, first.root.height), (1, 10));
    let report = sealed.checked().await;
    assert_eq!((report.fault, report.entries), (None, 7), "the first check is an entry, too");
    assert_eq!(report.root.as_ref().map(|root| (root.number, root.seq, root.hash)), Some((1, 7, first.root.hash())));
    assert_eq!(report.seen, Some((Memory::Account, 0)));
    sealed.look(3).await;
    let second = sealed.sign().await;
    assert!(second.root.holds(&first.root));
    let report = sealed.checked().await;
    assert_eq!((report.fault, report.seen, report.entries), (None, Some((Memory::Account, 1)), 11));
    let log = sealed.house.portal.activity(&sealed.house.ines(), chartkey_portal::activity::Filter::All, None).await.unwrap().view;
    assert_eq!(log.entries[0].event.what.page.as_deref(), Some("log"), "it is written down");
    assert_eq!(log.state.checked.unwrap().1, report);
    assert_eq!(log.state.newest.unwrap().0, 2);
    assert_eq!(sealed.findings().await, []);
    let roots = sealed.verified().await.roots.unwrap();
    assert_eq!((roots.count, roots.is_our_key, roots.kept), (2, Some(true), Some(2)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_root_is_signed_once_an_hour_and_by_nobody_without_a_key(_: PgPoolOptions, options: PgConnectOptions) {
    let sealed = Sealed::build(options).await;
    assert!(sealed.house.portal.sign_log(Signing::WhenDue).await.unwrap().is_none());
    let hour = |at: &str| at[..13].to_owned();
    let first = sealed.portal.sign_log(Signing::WhenDue).await.unwrap().unwrap();
    // The test may run over the end of an hour.
    while let Some(next) = sealed.portal.sign_log(Signing::WhenDue).await.unwrap() {
        assert_ne!(hour(&first.root.at), hour(&next.root.at));
    }
    let (one, other) = tokio::join!(sealed.portal.sign_log(Signing::Now), sealed.portal.sign_log(Signing::Now));
    let (one, other) = (one.unwrap().unwrap(), other.unwrap().unwrap());
    assert!(one.root.number.abs_diff(other.root.number) == 1, "whoever comes second waits for the file");
    assert_eq!(sealed.findings().await, []);
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_rewrites_or_cuts_the_database_is_found_by_the_root(_: PgPoolOptions, options: PgConnectOptions) {
    let sealed = Sealed::build(options).await;
    sealed.sign().await;
    sealed.tamper("create table kept as select * from event").await;
    sealed.tamper("create table kept_head as select * from chain_head").await;
    for (statement, fault, finding, is_seen_by_signing) in [
        (REWRITE, Fault::WrittenAnew(6), (sealed.chain(), 6, Found::WrittenAnew), true),
        (CUT, Fault::CutOff(5), (sealed.chain(), 5, Found::CutOff), true),
        // Signing goes on from the heads, and does not look behind them.
        ("delete from event where chain = CHAIN and seq = 3", Fault::Entry(3), (sealed.chain(), 4, Found::Missing), false),
    ] {
        sealed.tamper(statement).await;
        let findings = sealed.findings().await;
        assert!(findings.contains(&finding), "{statement}: {findings:?}");
        assert_eq!(sealed.in_a_browser(None).await.fault, Some(fault), "{statement}");
        if is_seen_by_signing {
            assert!(sealed.refused().await.contains("does not go on"), "{statement}");
        }
        sealed.tamper("truncate event").await;
        sealed.tamper("insert into event (chain, seq, hash, bytes) select chain, seq, hash, bytes from kept").await;
        sealed.tamper("update chain_head h set seq = k.seq, hash = k.hash from kept_head k where k.chain = h.chain").await;
    }
    assert_eq!(sealed.findings().await, []);
    // What is beside the chain fits, too, and what is signed does not.
    sealed.tamper(REWRITE).await;
    sealed.tamper("update sealed_head s set hash = h.hash from chain_head h where h.chain = s.chain").await;
    assert_eq!(sealed.in_a_browser(None).await.fault, Some(Fault::WrittenAnew(6)));
    assert_eq!(sealed.findings().await, [("root".to_owned(), 1, Found::RootHeads)]);
    sealed.tamper("delete from sealed_head where chain = CHAIN").await;
    assert_eq!(sealed.findings().await, [("root".to_owned(), 1, Found::RootHeads)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_check_that_failed_does_not_become_what_is_remembered(_: PgPoolOptions, options: PgConnectOptions) {
    let sealed = Sealed::build(options).await;
    sealed.sign().await;
    let seen = sealed.checked().await.to_remember().unwrap();
    sealed.tamper(REWRITE).await;
    for _ in 0..2 {
        assert_eq!(sealed.checked().await.fault, Some(Fault::WrittenAnew(6)));
    }
    assert_eq!(sealed.in_a_browser(Some(&seen)).await.fault, Some(Fault::WrittenAnew(6)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn roots_that_the_database_lost_are_put_back_after_a_crash(_: PgPoolOptions, options: PgConnectOptions) {
    let sealed = Sealed::build(options).await;
    sealed.sign().await;
    sealed.keep_sealed().await;
    sealed.look(2).await;
    let second = sealed.sign().await;
    sealed.forget_roots_after(1).await;
    assert_eq!(sealed.findings().await, [], "the database knows that it was about to be signed");
    let third = sealed.sign().await;
    assert!(third.root.holds(&second.root), "what was signed before the crash stands in the line");
    assert_eq!(sealed.findings().await, []);
    assert_eq!(sealed.checked().await.fault, None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_restored_database_is_not_signed_for_until_the_operator_says_so(_: PgPoolOptions, options: PgConnectOptions) {
    let sealed = Sealed::build(options).await;
    sealed.sign().await;
    sealed.keep_sealed().await;
    sealed.look(3).await;
    sealed.sign().await;
    let last = sealed.sign().await;
    let seen = sealed.in_a_browser(None).await.to_remember().unwrap();
    assert_eq!((seen.number, seen.seq), (3, 9));
    // Back to after the first.
    sealed.forget_roots_after(1).await;
    sealed.tamper("delete from log_intent where number > 1").await;
    sealed.tamper(&CUT.replace('4', "6")).await;
    assert!(sealed.refused().await.contains("--after-restore"));
    sealed.look(40).await;
    assert!(sealed.refused().await.contains("--after-restore"), "however much has happened since");
    let fourth = sealed.portal.sign_log(Signing::AfterRestore).await.unwrap().unwrap();
    assert!(fourth.root.number == 4 && fourth.root.holds(&last.root), "the line is one");
    assert_eq!(fourth.root.restored.as_ref().map(|restored| restored.since), Some(4));
    let fifth = sealed.sign().await;
    assert_eq!(fifth.root.restored, fourth.root.restored, "it is said from then on");
    assert_eq!(sealed.findings().await, []);
    let report = sealed.in_a_browser(Some(&seen)).await;
    assert_eq!(report.fault, Some(Fault::NotAsSeen(9)));
    assert_eq!(report.sentences(), ["not-as-seen", "restored", "what-to-do", "begin-anew"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_or_a_key_that_is_not_there_or_another_is_not_passed_over(_: PgPoolOptions, options: PgConnectOptions) {
    let sealed = Sealed::build(options).await;
    sealed.sign().await;
    sealed.sign().await;
    let (key, roots) = (sealed.file("key"), sealed.file("key.roots"));
    let kept = std::fs::read_to_string(&roots).unwrap();

    std::fs::remove_file(&roots).unwrap();
    assert!(sealed.refused().await.contains("--new-file"));
    std::fs::remove_file(&roots).unwrap();
    sealed.portal.sign_log(Signing::NewFile).await.unwrap().unwrap();
    let again = std::fs::read_to_string(&roots).unwrap();
    assert!(kept.lines().filter(|line| line.starts_with("chartkey-root")).all(|line| again.contains(line)));

    std::fs::write(&roots, "chartkey-log-1 00000000-0000-0000-0000-000000000000\n").unwrap();
    assert!(sealed.refused().await.contains("another installation"));
    std::fs::write(&roots, &again).unwrap();

    let secret = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    assert!(sealed.refused().await.contains("is not there"));
    chartkey_portal::secret_file::make(&key, &[9; 32]).unwrap();
    assert!(sealed.refused().await.contains("not the one"));
    assert_eq!(sealed.findings().await, [("key".to_owned(), 1, Found::RootKey)], "nor by verify-log");
    std::fs::write(&key, secret).unwrap();
    sealed.sign().await;
    assert_eq!(sealed.findings().await, []);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_new_key_has_the_word_of_the_one_before_unless_that_was_lost(_: PgPoolOptions, options: PgConnectOptions) {
    let sealed = Sealed::build(options).await;
    assert!(sealed.portal.new_log_key(false).await.unwrap_err().to_string().contains("nothing has been signed"));
    let first = sealed.sign().await;
    let seen = sealed.in_a_browser(None).await.to_remember().unwrap();
    let key = sealed.portal.new_log_key(false).await.unwrap().unwrap();
    assert_eq!((key.before, key.from), (Some(first.root.key), 2));
    assert_eq!(sealed.checked().await.fault, None, "until the next root the key before stands");
    let second = sealed.sign().await;
    assert_eq!(second.root.key, key.public);
    assert_eq!(sealed.in_a_browser(Some(&seen)).await.fault, None);

    std::fs::remove_file(sealed.file("key")).unwrap();
    assert!(sealed.portal.new_log_key(false).await.unwrap_err().to_string().contains("--lost"));
    let third = sealed.portal.new_log_key(true).await.unwrap().unwrap();
    assert_eq!(third.endorsement, None);
    sealed.sign().await;
    assert_eq!(sealed.in_a_browser(Some(&seen)).await.fault, Some(Fault::ForeignKey));
    assert_eq!(sealed.checked().await.fault, Some(Fault::ForeignKey), "the server remembers the key before as well");
    let anew = sealed.portal.check_log_anew(&sealed.house.ines()).await.unwrap().view.report;
    assert_eq!((anew.fault, anew.seen), (None, None));
    assert_eq!(sealed.house.events().await.pop().unwrap().what.action, "log-begun-anew");
    assert_eq!(sealed.checked().await.fault, None);
    assert_eq!(sealed.findings().await, []);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_line_of_roots_that_was_signed_with_another_key_is_found(_: PgPoolOptions, options: PgConnectOptions) {
    let sealed = Sealed::build(options).await;
    sealed.sign().await;
    let seen = sealed.in_a_browser(None).await.to_remember().unwrap();
    // Somebody with the database and the pepper makes roots of their own.
    sealed.tamper("delete from log_tree").await;
    sealed.tamper("delete from log_root").await;
    sealed.tamper("delete from log_key").await;
    let elsewhere = tempfile::tempdir().unwrap();
    let forger = sealed.house.portal.clone().with_log_key(&elsewhere.path().join("key"));
    forger.sign_log(Signing::Now).await.unwrap().unwrap();
    assert_eq!(sealed.checked().await.fault, Some(Fault::Signature), "the server has a key of its own");
    assert_eq!(sealed.in_a_browser(Some(&seen)).await.fault, Some(Fault::OtherLine));
    let findings = sealed.findings().await;
    assert_eq!(findings, [("key".to_owned(), 1, Found::RootKey), ("root".to_owned(), 1, Found::RootKept)]);
    assert!(sealed.refused().await.contains("different roots"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_published_names_nobody(_: PgPoolOptions, options: PgConnectOptions) {
    let sealed = Sealed::build(options).await;
    sealed.house.give(Purpose::Treatment).await;
    for _ in 0..30 {
        sealed.sign().await;
    }
    let text = sealed.portal.published_log(None).await.unwrap();
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines.len(), 25, "the key, and the newest day");
    assert!(Key::parse(lines[0]).is_some() && lines[1..].iter().all(|line| Signed::parse(line).is_some()), "{text}");
    assert_eq!(Signed::parse(lines[24]).unwrap().root.number, 30);
    let all = sealed.portal.published_log(Some(1)).await.unwrap();
    assert_eq!(all.lines().filter(|line| line.starts_with("chartkey-root-1 ")).count(), 30);
    // Whatever names a chain, an account or a record, with its dashes or without.
    let names: Vec<String> = sqlx::query_scalar(
        "select chain from chain_head union select patient_id::text from patient union select account_id::text from account
         union select installation_id::text from incarnation union select encode(hash, 'hex') from chain_head
         union select encode(hash, 'hex') from event union select encode(hash, 'hex') from sealed_head",
    )
    .fetch_all(&sealed.house.superuser)
    .await
    .unwrap();
    for name in names {
        let name = name.rsplit('/').next().unwrap();
        for name in [name.to_owned(), name.replace('-', "")] {
            assert!(name == "system" || !all.contains(&name), "{name}");
        }
    }
    // Of the tree nothing but its root.
    let nodes: Vec<u8> =
        sqlx::query_scalar("select nodes from log_tree order by number desc limit 1").fetch_one(&sealed.house.superuser).await.unwrap();
    assert_eq!(nodes.len(), 2047 * 32);
    let is_told = |node: &[u8]| all.contains(&chartkey_evidence::hex(node));
    assert_eq!(nodes.chunks(32).filter(|node| is_told(node)).count(), 1);
}

/// A neighbour in the tree is another one in each root, and its leaf, too.
#[sqlx::test(migrations = "../../migrations")]
async fn a_proof_tells_nothing_of_those_beside_it(_: PgPoolOptions, options: PgConnectOptions) {
    let sealed = Sealed::build(options).await;
    let mut beside = std::collections::BTreeSet::new();
    for _ in 0..8 {
        sealed.sign().await;
        let log = sealed.portal.log_to_check(&sealed.house.ines(), None).await.unwrap().view;
        let mut text = String::new();
        { log.spool.file }.read_to_string(&mut text).unwrap();
        let leaf = text.lines().find(|line| line.starts_with("chartkey-leaf-1 ")).unwrap();
        beside.extend(leaf.rsplit(' ').next().unwrap().split(',').map(str::to_owned));
    }
    assert_eq!(beside.len(), 80, "no hash stands in two proofs");
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_but_the_patient_gets_the_chain_and_nobody_changes_a_root(_: PgPoolOptions, options: PgConnectOptions) {
    let sealed = Sealed::build(options).await;
    sealed.sign().await;
    sealed.house.give(Purpose::Treatment).await;
    for visitor in [sealed.house.stranger().await, sealed.house.doctor(Some(Purpose::Treatment))] {
        assert!(matches!(sealed.portal.log_to_check(&visitor, None).await, Err(Error::NotFound)));
        assert!(matches!(sealed.portal.take_log(&visitor).await, Err(Error::NotFound)));
    }
    for statement in [
        "update log_root set line = ''",
        "delete from log_root",
        "update log_key set line = ''",
        "delete from log_key",
        "delete from sealed_head",
    ] {
        let refusal = sqlx::query(statement).execute(sealed.portal.pool()).await.unwrap_err();
        assert!(refusal.to_string().contains("permission denied"), "{statement}: {refusal}");
    }
    let seen: i64 = sqlx::query_scalar("select (select count(*) from sealed_head) + (select count(*) from log_check)")
        .fetch_one(sealed.portal.pool())
        .await
        .unwrap();
    assert_eq!(seen, 0, "without a record that is open");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_log_is_taken_away_only_after_a_fresh_sign_in_and_that_is_written_down(_: PgPoolOptions, options: PgConnectOptions) {
    let sealed = Sealed::build(options).await;
    sealed.sign().await;
    let mut ines = sealed.house.ines();
    sealed.portal.take_log(&ines).await.unwrap();
    let event = sealed.house.events().await.pop().unwrap();
    assert_eq!((event.what.action.as_str(), event.what.page.as_deref()), ("exported", Some("log")));
    ines.signed_in_at -= time::Duration::minutes(6);
    assert!(matches!(sealed.portal.take_log(&ines).await, Err(Error::SignInAgain)));
    sealed.portal.log_to_check(&ines, None).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_log_in_the_place_of_ones_own_shows(_: PgPoolOptions, options: PgConnectOptions) {
    let sealed = Sealed::build(options).await;
    sealed.sign().await;
    let seen = sealed.in_a_browser(None).await.to_remember().unwrap();
    let memory = |view: chartkey_portal::activity::ActivityPage| view.state.memory;
    let before = memory(sealed.portal.activity(&sealed.house.ines(), chartkey_portal::activity::Filter::All, None).await.unwrap().view);
    // Somebody with the database gives the account a record with a log of its own, which the next root holds.
    sealed.tamper("insert into patient (patient_id, full_name) values ('00000000-0000-0000-0000-00000000000a', 'Ines')").await;
    sealed.tamper("update patient_holder set patient_id = '00000000-0000-0000-0000-00000000000a'").await;
    sealed.look(9).await;
    sealed.sign().await;
    assert_eq!(sealed.in_a_browser(Some(&seen)).await.fault, Some(Fault::NotAsSeen(seen.seq)));
    assert_eq!(sealed.checked().await.fault, Some(Fault::NotAsSeen(seen.seq)));
    let after = memory(sealed.portal.activity(&sealed.house.ines(), chartkey_portal::activity::Filter::All, None).await.unwrap().view);
    assert_eq!(before, after, "the browser looks for what it remembers under the same name");
}

/// The bytes that PostgreSQL hashes are those that a browser hashes, and a tree of more than one
/// level above the smallest is climbed by its own function.
#[sqlx::test(migrations = "../../migrations")]
async fn a_tree_of_many_chains_is_climbed(_: PgPoolOptions, options: PgConnectOptions) {
    let sealed = Sealed::build(options).await;
    sealed
        .tamper(
            "do $$ declare account uuid; begin
                for i in 1..3000 loop
                    account := gen_random_uuid();
                    perform gate.append('account/' || account, convert_to('{\"at\":\"2026-11-27T00:00:00Z\"}', 'UTF8'));
                end loop;
            end $$",
        )
        .await;
    let signed = sealed.sign().await;
    assert_eq!(signed.root.height, 12);
    assert_eq!(sealed.checked().await.fault, None);
    assert_eq!(sealed.findings().await, []);
    let climbed: i64 = sqlx::query_scalar(
        "select count(*) from log_tree t, generate_series(0, 4095) leaf,
            lateral gate.log_way(t.number, substring(t.nodes from leaf * 32 + 1 for 32)) way where way.place = leaf and array_length(way.way, 1) = 12",
    )
    .fetch_one(&sealed.house.superuser)
    .await
    .unwrap();
    assert_eq!(climbed, 4096);
}
