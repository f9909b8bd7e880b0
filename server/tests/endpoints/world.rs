//! Two patients with whole records, one who was there once, and the clinicians of
//! the table.

use std::collections::BTreeMap;

use chartkey_app::catalogue::{Named, Say};
use chartkey_domain::{
    account::Actor,
    added::{Kind, Typed},
    category::{Categories, Category},
    draft::{Draft, Recipient, Terms},
    emergency::Extent,
    grant::{Grantee, Purpose},
    id::{AccountId, DraftId, GrantId, OrganizationId, PatientId},
    label::Labels,
};
use chartkey_portal::{
    Standing,
    audit::Event,
    codes::CodeState,
    corrections::Opening,
    emergency::{Contact, NewPlan},
    import::{identity, own},
    organizations::{NewOrganization, Proof},
    requests::{Length, NewRequest},
    sessions::{NewSession, SessionKey},
    sharing::{NewGrant, Sentence},
    sign_in::{SignedIn, VerifiedClinician},
};
use sqlx::{AssertSqlSafe, postgres::PgConnectOptions};
use time::{Duration, OffsetDateTime};
use tower_sessions::session::Id;
use uuid::Uuid;

use super::{
    changes, record,
    side::{Names, Side, visitor},
    table::{Caller, Which},
};
use crate::harness::{Browser, House};

pub struct World {
    pub house: House,
    pub ada: Side,
    pub bea: Side,
    gone: Names,
    random: Names,
    clinicians: BTreeMap<Caller, SignedIn>,
    /// To whom something is passed on; they ask for nothing here.
    pub(super) colleague: SignedIn,
    pub(super) organization: OrganizationId,
}

const ORGANIZATION: &str = "Northfield";

impl World {
    pub async fn build(options: PgConnectOptions) -> Self {
        // What is tested here does not survive a crash, and a thousand commits need not either.
        let house = House::build(options.options([("synchronous_commit", "off")])).await;
        changes::watch(&house.superuser).await;
        sqlx::query("grant select on _sqlx_migrations to chartkey_runtime").execute(&house.superuser).await.unwrap();
        let organization = NewOrganization {
            name: ORGANIZATION.to_owned(),
            slug: "northfield".to_owned(),
            issuer: "http://127.0.0.1:1/".to_owned(),
            client_id: "chartkey".to_owned(),
            client_secret: None,
            profession_claim: "profession".to_owned(),
            identifier_claim: None,
            professions: BTreeMap::from([("physician".to_owned(), "physician".to_owned())]),
            proof: Proof::default(),
        };
        let organization = house.portal.add_organization(organization).await.unwrap();
        let narrow = clinician(&house, organization, "Dr Narrow").await;
        let withdrawn = clinician(&house, organization, "Dr Before").await;
        let other = clinician(&house, organization, "Dr Other").await;
        let stranger = clinician(&house, organization, "Dr Stranger").await;
        let colleague = clinician(&house, organization, "Dr Colleague").await;
        let mut world = Self {
            ada: Side::lay(&house, "ada", narrow.clone()).await,
            bea: Side::lay(&house, "bea", other.clone()).await,
            gone: Names::new(),
            random: Names::new(),
            clinicians: [(Caller::NoGrant, stranger), (Caller::NarrowGrant, narrow), (Caller::Withdrawn, withdrawn.clone())].into(),
            house,
            colleague,
            organization,
        };
        let everything = Draft {
            labels: Labels::ALL,
            categories: Category::SHAREABLE.into_iter().fold(Categories::NONE, Categories::with),
            ..draft("")
        };
        let grant = world.give(&world.ada, &withdrawn, everything).await;
        world.house.portal.withdraw_grant(&world.ada.visitor(), grant).await.unwrap();
        for side in [&mut world.ada, &mut world.bea] {
            // Bea has withdrawn nothing: what is named in her place is of nobody.
            side.names.insert("withdrawn".to_owned(), Uuid::new_v4().to_string());
        }
        world.ada.names.insert("withdrawn".to_owned(), grant.to_string());
        world.refresh().await;
        world.random = world.ada.names.iter().map(|(name, value)| (name.clone(), random_like(name, value))).collect();
        let mut gil = Side::lay(&world.house, "gil", other).await;
        world.renew(&mut gil).await;
        world.forget(&gil).await;
        world.gone = gil.names;
        world.gone.insert("entry".to_owned(), "888888".to_owned());
        world.gone.insert("organization".to_owned(), "southfield".to_owned());
        world
    }

    /// Other identifiers of nothing.
    pub fn think_of_others(&mut self) {
        for (name, value) in &mut self.random {
            *value = random_like(name, value);
        }
    }

    /// Everybody has a problem from now on of which there is a lens.
    pub async fn have_gout(&self) {
        sqlx::query(
            "with said as (insert into phrase (patient_id, phrase_id, words) select patient_id, gen_random_uuid(), ' @2 @condition gout ' from patient
             returning patient_id, phrase_id)
             update item i set shown_id = s.phrase_id from said s where i.patient_id = s.patient_id and i.category = 2",
        )
        .execute(&self.house.superuser)
        .await
        .unwrap();
    }

    /// Another source has told the same of everybody's vital signs and procedures from now on; these were taken apart.
    pub async fn have_twins(&self) {
        for statement in [
            "insert into source (source_id, name) values ('ffffffff-0000-0000-0000-000000000000', 'Elsewhere') on conflict do nothing",
            "update item set twin = case when category = 7 then item_id end, parted = case when category = 8 then item_id end
             where category in (7, 8) and fhir_id not like 'elsewhere-%'",
            "insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, own_labels, labels, labelled_by, is_private,
                first_at, last_at, precision, title, added_at)
             select patient_id, md5(item_id::text)::uuid, 'ffffffff-0000-0000-0000-000000000000', resource_type, 'elsewhere-' || item_id, category, 1,
                own_labels, labels, labelled_by, is_private, first_at, last_at, precision, title, added_at
             from item where category in (7, 8) and fhir_id not like 'elsewhere-%' on conflict do nothing",
            "update item t set twin = i.twin, parted = i.parted, behind = (i.twin is not null)::int
             from item i where t.patient_id = i.patient_id and t.fhir_id = 'elsewhere-' || i.item_id",
        ] {
            sqlx::query(statement).execute(&self.house.superuser).await.unwrap();
        }
    }

    /// Vitals, and nothing else, are kept from whoever has a share, one by one.
    pub async fn keep_vitals(&self) {
        for statement in [
            "delete from exclusion",
            "insert into exclusion (patient_id, item_id, account_id)
             select i.patient_id, i.item_id, g.grantee_account_id from item i join access_grant g on g.patient_id = i.patient_id
             where i.category = 7 and g.grantee_account_id is not null on conflict do nothing",
            // One label is lowered, and one is not.
            "update item set own_labels = 3, labels = labels & ~1 | 2 where category = 7",
            "insert into lowering (patient_id, item_id, category, labels) select patient_id, item_id, category, 1 from item where category = 7
             on conflict (patient_id, item_id) do update set labels = 1",
        ] {
            sqlx::query(statement).execute(&self.house.superuser).await.unwrap();
        }
    }

    /// Somebody to whom nothing was ever given is blocked by everybody.
    pub async fn block_stranger(&self) {
        let statement = "insert into block (patient_id, account_id) select p.patient_id, a.account_id from patient p join account a
            on a.display_name = 'Dr Stranger' on conflict do nothing";
        sqlx::query(statement).execute(&self.house.superuser).await.unwrap();
    }

    /// What is used up by a probe that succeeds, anew.
    pub async fn refresh(&mut self) {
        let mut ada = std::mem::replace(&mut self.ada, self.bea.empty());
        self.renew(&mut ada).await;
        self.ada = ada;
        let mut bea = std::mem::replace(&mut self.bea, self.ada.empty());
        self.renew(&mut bea).await;
        self.bea = bea;
    }

    async fn renew(&self, side: &mut Side) {
        let (portal, visitor) = (&self.house.portal, side.visitor());
        let say = Say::default();
        self.run("delete from grant_code where patient_id = $1", side.patient).await;
        self.run("delete from block where patient_id = $1", side.patient).await;
        let grant = self.give(side, &side.reader, Draft { may_delegate: true, ..draft(side.owner) }).await;
        let paused = self.give(side, &side.reader, Draft { purpose: Some(Purpose::Coordination), ..draft(side.owner) }).await;
        portal.pause_grant(&visitor, paused).await.unwrap();

        let (id, terms) = self.drafted(side, Draft { recipient: Some(Recipient::Code), ..draft(side.owner) }).await;
        portal.make_code(&visitor, id, terms.clone(), sentence("A code.")).await.unwrap();
        let typed = portal.codes(&visitor).await.unwrap().view.remove(0);
        let CodeState::Waiting(secret) = typed.state else { panic!("{typed:?}") };
        portal.redeem_code(&side.reader(), &secret).await.unwrap();
        let named = Named::Clinician { name: side.reader.name.clone(), organization: ORGANIZATION.to_owned() };
        let (waiting, waiting_terms) = self.drafted(side, Draft { recipient: Some(Recipient::Code), ..draft(side.owner) }).await;
        let waiting_code = portal.make_code(&visitor, waiting, waiting_terms, sentence("A code.")).await.unwrap();
        let codes = portal.codes(&visitor).await.unwrap().view;
        let waiting =
            codes.into_iter().find_map(|code| if let CodeState::Waiting(secret) = code.state { Some(secret) } else { None }).unwrap();

        let recipient = Recipient::Known(self.grantee(&side.reader));
        let (kept, kept_terms) = self.drafted(side, Draft { recipient: Some(recipient), ..draft(side.owner) }).await;
        portal.word_draft(&visitor, kept, sentence(&say.grant_sentence(&named, &kept_terms))).await.unwrap();
        portal.results(&side.reader(), side.patient, None, false).await.unwrap();
        let entry: i64 = sqlx::query_scalar("select max(seq) from event where chain = $1")
            .bind(format!("patient/{}", side.patient))
            .fetch_one(&self.house.superuser)
            .await
            .unwrap();
        let (session, device, passkey) = self.renew_devices(side).await;
        let (import, asking) = self.renew_files(side).await;
        self.renew_corrections(side).await;
        self.renew_writing(side).await;
        self.renew_request(side).await;
        self.renew_emergency(side).await;
        self.renew_passing(side).await;
        side.names.extend(
            [
                ("import", import.to_string()),
                ("asking", asking.to_string()),
                ("session", session.to_string()),
                ("device", device.to_string()),
                ("passkey", passkey.to_string()),
                ("grant", grant.to_string()),
                ("paused", paused.to_string()),
                ("code", typed.id.to_string()),
                ("redeemer", side.reader.actor.account().to_string()),
                ("code-seen", encoded(&say.grant_sentence(&named, &typed.terms))),
                ("typed", waiting),
                ("waiting-code", waiting_code.to_string()),
                ("draft", kept.to_string()),
                ("asked", "hiv".to_owned()),
                ("draft-mark", portal.draft(&visitor, kept).await.unwrap().mark),
                ("draft-seen", encoded(&say.grant_sentence(&named, &kept_terms))),
                ("entry", entry.to_string()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
    }

    /// A file of the patient's own that is in their record, and one that asks whose it is.
    async fn renew_files(&self, side: &Side) -> (Uuid, Uuid) {
        let (import, asking) = (Uuid::new_v4(), Uuid::new_v4());
        let mut transaction = self.house.superuser.begin().await.unwrap();
        let source = own::source_of(side.patient);
        sqlx::query("insert into source (source_id, name) values ($1, $2) on conflict do nothing")
            .bind(identity::source_id(&source).0)
            .bind(source)
            .execute(&mut *transaction)
            .await
            .unwrap();
        for statement in [
            "delete from upload where patient_id = $1 and $2 <> $3",
            "insert into import (import_id, source_id, file_name, sha256, started_at, report)
                select $2, source_id, '', '', now(), '{}' from source where name = 'upload/' || $1::text and $2 <> $3",
            "insert into delivery (patient_id, import_id, source_id, at, added, changed, older, unchanged, not_understood, is_own)
                select $1, $2, source_id, now(), 0, 0, 0, 1, 0, true from source where name = 'upload/' || $1::text and $2 <> $3",
            "insert into upload (import_id, patient_id, file_name, bytes, state, who, said)
                select $3, $1, 'file.json', 1, 'asking', '{}', '{\"name\": \"Somebody\"}' where $2 <> $3",
            "update item set is_private = true, waits = true where patient_id = $1 and fhir_id = 'own-file' and $2 <> $3",
            "update item_version v set import_id = $2 from item i
                where v.patient_id = $1 and i.patient_id = $1 and i.item_id = v.item_id and i.fhir_id = 'own-file' and $2 <> $3",
        ] {
            sqlx::query(statement).bind(side.patient.0).bind(import).bind(asking).execute(&mut *transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
        (import, asking)
    }

    /// A private thing that Ada's file brought, until the file is taken back, and that waits for her.
    pub async fn lay_own_file(&self) {
        for statement in [
            "insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, labelled_by, title, added_at, is_private)
                select $1, '00000000-0000-0000-0000-0000000000f1', source_id, 'Procedure', 'own-file', 8, 1, 1, 'Of a file', now(), true
                from source where name = 'upload/' || $1::text",
            "insert into item_version (patient_id, item_id, version_no, sha256, bytes, import_id, added_at)
                select $1, '00000000-0000-0000-0000-0000000000f1', 1, '', '{}', import_id, now() from delivery where patient_id = $1 and is_own limit 1",
        ] {
            self.run(statement, self.ada.patient).await;
        }
    }

    /// Their reader asks them for something, and they have begun to answer.
    async fn renew_request(&self, side: &mut Side) {
        self.run("delete from draft where request_id in (select request_id from access_request where patient_id = $1)", side.patient).await;
        self.run(
            "with of as (select request_id from access_request where patient_id = $1)
            delete from access_request_message where request_id in (select request_id from of)",
            side.patient,
        )
        .await;
        self.run("delete from access_request where patient_id = $1 or patient_id is null", side.patient).await;
        let seen = side.names.get("share-name").cloned().unwrap_or_default();
        self.house.portal.new_share_name(&side.visitor(), &seen).await.unwrap();
        let name = self.house.portal.requests(&side.visitor()).await.unwrap().view.name.unwrap();
        side.names.insert("share-name".to_owned(), name.clone());
        let words = record::mark(side.owner, "asked");
        let new = NewRequest { name, draft: draft(side.owner), length: Length::Preset, words, kept: None };
        self.house.portal.ask(&side.reader(), new).await.unwrap();
        let request = self.house.portal.requests(&side.visitor()).await.unwrap().view.requests.remove(0);
        let answering = self.house.portal.answer_request(&side.visitor(), request.id).await.unwrap();
        side.names.insert("request".to_owned(), request.id.to_string());
        side.names.insert("answering".to_owned(), answering.to_string());
    }

    /// They have decided what opens in an emergency, and two hours ago something was opened, by somebody who asks for nothing here.
    async fn renew_emergency(&self, side: &mut Side) {
        for statement in [
            "delete from sign_in_failure where $1 is not null",
            "delete from emergency_review where patient_id = $1",
            "delete from emergency_look where patient_id = $1",
            "delete from grant_event where patient_id = $1 and grant_id in (select grant_id from access_grant where purpose = 'emergency')",
            "delete from access_grant where patient_id = $1 and purpose = 'emergency'",
            "delete from emergency_plan where patient_id = $1",
            "delete from asks_first where patient_id = $1",
            "insert into access_grant (patient_id, grant_id, lineage_id, grantee_account_id, organization_id, purpose, purpose_text, categories,
                starts_at, ends_at, sentence)
                select $1, md5($1::text)::uuid, md5($1::text)::uuid, account_id, organization_id, 'emergency', 'needed', 2, now() - interval '2 hours', now() - interval '1 hour', 'Once.'
                from clinician join account using (account_id) where display_name = 'Dr Other'",
            "insert into emergency_look (patient_id, grant_id, account_id, organization_id, reason)
                select patient_id, grant_id, grantee_account_id, organization_id, purpose_text from access_grant
                where patient_id = $1 and purpose = 'emergency'",
        ] {
            self.run(statement, side.patient).await;
        }
        let nobody = Contact { name: String::new(), email: String::new() };
        let plan = NewPlan {
            extent: Extent::Summary,
            labels: Labels::NONE,
            sentence: sentence("A plan."),
            named: "A plan.".to_owned(),
            contact: nobody,
        };
        self.house.portal.decide_emergency(&side.visitor(), plan).await.unwrap();
        let decided = self.house.portal.emergency(&side.visitor()).await.unwrap().view;
        side.names.insert("card".to_owned(), decided.plan.unwrap().code.unwrap());
        side.names.insert("emergency".to_owned(), decided.looks[0].grant.to_string());
    }

    /// What the patient says is wrong of a result that others see, of a private one and of one with a label;
    /// and of a vital sign, which waits to be checked.
    async fn renew_corrections(&self, side: &mut Side) {
        let (portal, visitor, patient) = (&self.house.portal, side.visitor(), side.patient);
        self.run("delete from correction_message where patient_id = $1", patient).await;
        self.run("delete from correction_statement where patient_id = $1", patient).await;
        self.run("delete from correction where patient_id = $1", patient).await;
        for (place, name) in [("private", "correction-private"), ("labelled", "correction-labelled"), ("results", "correction")] {
            let item = side.names[place].parse().unwrap();
            let words = record::mark(side.owner, &format!("wrong{place}"));
            let draft = portal.keep_statement(&visitor, patient, item, &words).await.unwrap();
            let Opening::Opened(correction) = portal.open_correction(&visitor, patient, item, draft).await.unwrap() else {
                panic!("{name}")
            };
            // What speaks of what a grant does not let through is nobody else's, whatever it is said of.
            let words = format!("HIV {}", record::mark(side.owner, "speaks"));
            portal.write_to_correction(&visitor, patient, correction, &words).await.unwrap();
            side.names.insert(name.to_owned(), correction.to_string());
        }
        let item = side.names["vitals"].parse().unwrap();
        let worded = portal.keep_statement(&visitor, patient, item, &record::mark(side.owner, "worded")).await.unwrap();
        side.names.insert("worded".to_owned(), worded.to_string());
    }

    /// A medicine and a private note by the patient's hand, which stand again, and a medicine that waits to be checked.
    async fn renew_writing(&self, side: &mut Side) {
        let (portal, visitor, patient) = (&self.house.portal, side.visitor(), side.patient);
        let typed = |place: &str| {
            let name = record::mark(side.owner, place);
            Typed { words: name.clone(), name, still: "yes".to_owned(), seen: "private".to_owned(), ..Typed::default() }
        };
        if !side.names.contains_key("written") {
            let mut items = Vec::new();
            for (kind, place) in [(Kind::Medicine, "written"), (Kind::Note, "note")] {
                let draft = portal.keep_writing(&visitor, patient, kind, None, None, typed(place)).await.unwrap().0;
                items.push((place.to_owned(), portal.add_writing(&visitor, patient, draft).await.unwrap().item.to_string()));
            }
            side.names.extend(items);
        }
        sqlx::query("update item set is_error = false where patient_id = $1 and item_id = $2::uuid")
            .bind(patient.0)
            .bind(&side.names["written"])
            .execute(&self.house.superuser)
            .await
            .unwrap();
        let writing = portal.keep_writing(&visitor, patient, Kind::Medicine, None, None, typed("writing")).await.unwrap().0;
        side.names.insert("writing".to_owned(), writing.to_string());
    }

    pub(super) fn grantee(&self, clinician: &SignedIn) -> Grantee {
        Grantee::Clinician { account: clinician.actor.account(), organization: self.organization }
    }

    pub(super) async fn drafted(&self, side: &Side, draft: Draft) -> (DraftId, Terms) {
        let id = self.house.portal.begin_draft(&side.visitor(), draft).await.unwrap();
        let kept = self.house.portal.draft(&side.visitor(), id).await.unwrap();
        (id, kept.draft.terms(kept.today).unwrap())
    }

    pub(super) async fn give(&self, side: &Side, to: &SignedIn, draft: Draft) -> GrantId {
        let (draft, terms) = self.drafted(side, draft).await;
        let new = NewGrant { draft, grantee: self.grantee(to), terms, sentence: sentence("A share.") };
        self.house.portal.give_grant(&side.visitor(), new).await.unwrap()
    }

    pub(super) async fn run(&self, statement: &'static str, patient: PatientId) {
        sqlx::query(statement).bind(patient.0).execute(&self.house.superuser).await.unwrap();
    }

    /// As if they had never been.
    async fn forget(&self, side: &Side) {
        let mut connection = self.house.superuser.acquire().await.unwrap();
        sqlx::query("set session_replication_role = replica").execute(&mut *connection).await.unwrap();
        let tables: Vec<String> = sqlx::query_scalar(
            "select table_name::text from information_schema.columns where column_name = 'patient_id' and table_schema = 'public'",
        )
        .fetch_all(&mut *connection)
        .await
        .unwrap();
        for table in tables {
            let statement = AssertSqlSafe(format!("delete from {table} where patient_id = $1"));
            sqlx::query(statement).bind(side.patient.0).execute(&mut *connection).await.unwrap();
        }
        for table in ["draft", "session", "known_device", "second_factor", "passkey", "untold"] {
            let statement = AssertSqlSafe(format!("delete from {table} where account_id = $1"));
            sqlx::query(statement).bind(side.holder.actor.account().0).execute(&mut *connection).await.unwrap();
        }
        sqlx::query("set session_replication_role = origin").execute(&mut *connection).await.unwrap();
    }

    /// How long the logs of records are.
    pub async fn logs(&self) -> BTreeMap<String, i64> {
        let heads: Vec<(String, i64)> = sqlx::query_as("select chain, seq from chain_head where chain like 'patient/%'")
            .fetch_all(&self.house.superuser)
            .await
            .unwrap();
        heads.into_iter().collect()
    }

    /// What has been written there since.
    pub async fn events_since(&self, before: &BTreeMap<String, i64>) -> Vec<Event> {
        let mut new = Vec::new();
        for (chain, seq) in self.logs().await {
            let seen = before.get(&chain).copied().unwrap_or_default();
            if seq > seen {
                let rows: Vec<Vec<u8>> = sqlx::query_scalar("select bytes from event where chain = $1 and seq > $2 order by seq")
                    .bind(&chain)
                    .bind(seen)
                    .fetch_all(&self.house.superuser)
                    .await
                    .unwrap();
                new.extend(rows.iter().map(|bytes| serde_json::from_slice::<Event>(bytes).unwrap()));
            }
        }
        new
    }

    /// Whose a caller's events are.
    pub fn account(&self, caller: Caller) -> Option<AccountId> {
        self.signed_in(caller).map(|signed_in| signed_in.actor.account())
    }

    fn signed_in(&self, caller: Caller) -> Option<&SignedIn> {
        match caller {
            Caller::Anonymous => None,
            Caller::OtherPatient => Some(&self.bea.holder),
            Caller::Patient => Some(&self.ada.holder),
            Caller::NoGrant | Caller::NarrowGrant | Caller::Withdrawn => self.clinicians.get(&caller),
        }
    }

    /// A browser with a session that begins now. A clinician has declared to treat
    /// both patients.
    pub async fn browser(&self, caller: Caller) -> Browser {
        let Some(signed_in) = self.signed_in(caller) else { return self.house.browser() };
        let record = match caller {
            Caller::Patient => Some(self.ada.patient),
            Caller::OtherPatient => Some(self.bea.patient),
            _ => None,
        };
        self.browser_of(signed_in, record).await
    }

    /// The same of anybody.
    pub async fn browser_of(&self, signed_in: &SignedIn, record: Option<PatientId>) -> Browser {
        let mut browser = self.house.browser();
        let at: OffsetDateTime = sqlx::query_scalar("select clock_timestamp()").fetch_one(&self.house.superuser).await.unwrap();
        let signed_in = SignedIn { at, ..signed_in.clone() };
        // What a clinician opens in an emergency needs that they have proved just now who they are.
        sqlx::query("update clinician set proven_at = $2 where account_id = $1")
            .bind(signed_in.actor.account().0)
            .bind(at)
            .execute(&self.house.superuser)
            .await
            .unwrap();
        let purposes: BTreeMap<PatientId, Purpose> = match record {
            None => [&self.ada, &self.bea].map(|side| (side.patient, Purpose::Treatment)).into(),
            Some(_) => BTreeMap::new(),
        };
        let id = Id::default();
        let session = NewSession {
            account: signed_in.actor.account(),
            signed_in_at: at,
            data: serde_json::json!({"signed_in": signed_in, "record": record, "purposes": purposes}),
            device: Default::default(),
            idle: Duration::minutes(20),
            absolute: Duration::hours(12),
        };
        assert!(self.house.portal.begin_session(SessionKey::of(&id.to_string()), session).await.unwrap());
        browser.cookies.insert("__Host-chartkey".to_owned(), id.to_string());
        browser
    }

    /// What a probe names.
    pub async fn names(&self, caller: Caller, which: Which) -> Names {
        let (own, foreign) = if caller == Caller::OtherPatient { (&self.bea, &self.ada) } else { (&self.ada, &self.bea) };
        let mut names = match which {
            Which::Own => own.names.clone(),

            Which::Foreign | Which::Crossed => foreign.names.clone(),
            Which::Private => own.every_item("private"),
            Which::Labelled => own.every_item("labelled"),
            Which::Random => self.random.clone(),
            Which::Gone => self.gone.clone(),
            Which::Malformed => self.random.keys().map(|name| (name.clone(), "not-one".to_owned())).collect(),
        };
        if which == Which::Crossed {
            names.insert("patient".to_owned(), own.patient.to_string());
            // What a page about the record may name, whatever it was asked for.
            names.insert("withdrawn".to_owned(), own.names.get("withdrawn").cloned().unwrap_or_default());
        }
        if which == Which::Foreign {
            names.insert("organization".to_owned(), "eastfield".to_owned());
        }
        names.insert("caller".to_owned(), format!("{caller:?}"));
        let mark = match (self.signed_in(caller), names["patient"].parse()) {
            (Some(signed_in), Ok(patient)) => {
                let visitor = visitor(signed_in, [(patient, Purpose::Treatment)].into());
                match self.house.portal.standing(&visitor, patient).await.unwrap() {
                    Standing::Open { mark, .. } => encoded(&mark),
                    Standing::Closed => "none".to_owned(),
                }
            }
            _ => "none".to_owned(),
        };
        names.insert("mark".to_owned(), mark);
        names
    }
}

async fn clinician(house: &House, organization: OrganizationId, name: &str) -> SignedIn {
    let clinician = VerifiedClinician {
        organization,
        organization_name: ORGANIZATION.to_owned(),
        issuer: "http://127.0.0.1:1/".to_owned(),
        subject: name.to_owned(),
        name: name.to_owned(),
        profession: "physician".to_owned(),
        identifier: None,
        language: "en",
        session: None,
    };
    let signed_in = house.portal.sign_in_clinician(clinician).await.unwrap();
    assert!(matches!(signed_in.actor, Actor::Clinician { .. }));
    signed_in
}

/// Results for treatment, with words that are the patient's own.
pub fn draft(owner: &str) -> Draft {
    Draft {
        purpose: Some(Purpose::Treatment),
        purpose_text: record::mark(owner, "purpose"),
        categories: Categories::NONE.with(Category::Results),
        ..Draft::default()
    }
}

pub(super) fn sentence(text: &str) -> Sentence {
    Sentence { text: text.to_owned(), language: "en".to_owned(), catalogue_version: "1".to_owned() }
}

/// A value of the same shape that names nothing.
fn random_like(name: &str, value: &str) -> String {
    match name {
        "organization" => "westfield".to_owned(),
        "entry" => "999999".to_owned(),
        "typed" => "ZZZZ-ZZZZ-ZZZ".to_owned(),
        "card" => "ZZZZ-ZZZZ-ZZZZ".to_owned(),
        _ if value.parse::<Uuid>().is_ok() => Uuid::new_v4().to_string(),
        "series" | "lonely-series" => value.bytes().rev().map(char::from).collect(),
        _ => value.to_owned(),
    }
}

/// As a form sends it.
pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
