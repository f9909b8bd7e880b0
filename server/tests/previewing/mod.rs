//! A clinic, clinicians of it and of another, and patients with whole records who share with them.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

pub mod inside;
pub mod random;

use std::{collections::BTreeMap, path::PathBuf};

use chartkey_domain::{
    account::Visitor,
    category::Category,
    draft::Thing,
    grant::{Grantee, Purpose},
    id::{DraftId, GrantId, ItemId, OrganizationId, PatientId},
    label::Labels,
};
use chartkey_ground::mutate::Dice;
use chartkey_portal::{
    accounts::{Email, NewPassword, PersonName},
    audit::Event,
    codes::CodeState,
    corrections::Opening,
    import::{ImportOptions, Into},
    organizations::{NewOrganization, Proof},
    sessions::{NewSession, SessionKey},
    sharing::{NewGrant, Sentence},
    sign_in::{FirstStep, SignedIn, VerifiedClinician},
};
use chartkey_server::rehearsal;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, postgres::PgConnectOptions};
use time::{Date, Duration, OffsetDateTime};
use tower_sessions::session::Id;
use uuid::Uuid;

use self::random::{Plan, Whom};
use crate::harness::{Browser, House, PASSWORD};

pub const CLINIC: &str = "Amsel Clinic";

/// A patient with a record.
pub struct Record {
    pub patient: PatientId,
    pub holder: SignedIn,
    pub source: String,
    /// The Patient of their file.
    person: Value,
    /// What else is in it.
    pub entries: Vec<Value>,
}

pub struct World {
    pub house: House,
    pub today: Date,
    pub clinic: OrganizationId,
    elsewhere: OrganizationId,
    pub named: Vec<SignedIn>,
    pub records: Vec<Record>,
    now: OffsetDateTime,
}

impl World {
    /// Invented records, and two of the shared ones where those are at hand.
    pub async fn build(options: PgConnectOptions) -> Self {
        let house = House::build(options.options([("synchronous_commit", "off")])).await;
        sqlx::query("grant select on _sqlx_migrations to chartkey_runtime").execute(&house.superuser).await.unwrap();
        let now: OffsetDateTime = sqlx::query_scalar("select now()").fetch_one(&house.superuser).await.unwrap();
        let (clinic, elsewhere) = (organization(&house, CLINIC, "amsel").await, organization(&house, "Elsewhere", "elsewhere").await);
        let mut world = Self { house, today: now.date(), clinic, elsewhere, named: Vec::new(), records: Vec::new(), now };
        for (name, profession) in [("Dr Amsel", "physician"), ("Dr Berg", "physician"), ("Nurse Cole", "nurse")] {
            let clinician = world.clinician(clinic, CLINIC, name, profession).await;
            world.named.push(clinician);
        }
        for (place, invented) in rehearsal::patients(5, now.date(), 3).enumerate() {
            world.lay(&format!("invented-{place}"), &invented.bytes()).await;
        }
        for (place, file) in shared() {
            world.lay(&format!("shared-{place}"), &file).await;
        }
        world
    }

    async fn lay(&mut self, source: &str, file: &[u8]) {
        let portal = &self.house.portal;
        let report = portal.import_file(file, &ImportOptions::new(source, "record.json"), |_| {}).await.unwrap();
        let patient = report.patients[0];
        let holder = self.person("Mara").await;
        sqlx::query("insert into patient_holder (patient_id, account_id) values ($1, $2)")
            .bind(patient.0)
            .bind(holder.actor.account().0)
            .execute(&self.house.superuser)
            .await
            .unwrap();
        let bundle: Value = serde_json::from_slice(file).unwrap();
        let entries = bundle["entry"].as_array().unwrap();
        let person = entries.iter().find(|entry| entry["resource"]["resourceType"] == "Patient").unwrap().clone();
        let entries: Vec<Value> = entries.iter().filter(|entry| entry["resource"]["resourceType"] != "Patient").cloned().collect();
        let again = entries.iter().take(60).cloned().collect();
        self.records.push(Record { patient, holder, source: source.to_owned(), person, entries });
        let record = self.records.len() - 1;
        // The same from another source, so that some of it is told twice.
        self.bring(record, &format!("{source}-again"), again).await;
        // What the patient says is wrong, and of some of it what not every reader may know.
        let visitor = self.own(record);
        for (place, item) in self.items(record, &[2, 3, 6]).await.into_iter().take(12).enumerate() {
            let words = if place % 3 == 0 { "This is not mine. I have HIV." } else { "This is not mine." };
            let draft = portal.keep_statement(&visitor, patient, item, words).await.unwrap();
            let Opening::Opened(correction) = portal.open_correction(&visitor, patient, item, draft).await.unwrap() else { continue };
            if place % 2 == 0 {
                portal.write_to_correction(&visitor, patient, correction, "Please look again.").await.unwrap();
            }
        }
    }

    /// Brings this into a record, as its source has it now.
    pub async fn bring(&self, record: usize, source: &str, mut entries: Vec<Value>) {
        let Record { patient, person, .. } = &self.records[record];
        entries.insert(0, person.clone());
        let file = json!({"resourceType": "Bundle", "type": "collection", "entry": entries});
        let options = ImportOptions { into: Into::Patient(*patient), ..ImportOptions::new(source, "record.json") };
        self.house.portal.import_file(file.to_string().as_bytes(), &options, |_| {}).await.unwrap();
    }

    /// What entries of a record call its Patient.
    pub fn subject(&self, record: usize) -> String {
        let person = &self.records[record].person;
        let named = || format!("Patient/{}", person["resource"]["id"].as_str().unwrap_or_default());
        person["fullUrl"].as_str().map_or_else(named, str::to_owned)
    }

    /// What a share can name, as it is now.
    pub async fn things(&self, record: usize) -> Vec<Thing> {
        let rows: Vec<(Uuid, i32, i16, i16)> = sqlx::query_as(
            "select item_id, version_no, category, labels from item where patient_id = $1 and not is_error order by md5(item_id::text)",
        )
        .bind(self.records[record].patient.0)
        .fetch_all(&self.house.superuser)
        .await
        .unwrap();
        let thing = |(item, version, category, labels): (Uuid, i32, i16, i16)| {
            let category = Category::from_number(category).filter(|category| *category != Category::Own)?;
            Some(Thing { item: ItemId(item), version, category, labels: Labels::from_bits(u8::try_from(labels).unwrap()) })
        };
        rows.into_iter().filter_map(thing).collect()
    }

    async fn items(&self, record: usize, categories: &[i16]) -> Vec<ItemId> {
        let items: Vec<Uuid> = sqlx::query_scalar(
            "select item_id from item where patient_id = $1 and category = any ($2) and not is_error order by md5(item_id::text)",
        )
        .bind(self.records[record].patient.0)
        .bind(categories)
        .fetch_all(&self.house.superuser)
        .await
        .unwrap();
        items.into_iter().map(ItemId).collect()
    }

    /// Addresses of the record, of everything that is in it, without what comes before them.
    pub async fn addresses(&self, record: usize) -> Vec<String> {
        let patient = self.records[record].patient;
        let rows: Vec<(Uuid, i16, Option<String>)> =
            sqlx::query_as("select item_id, category, series from item where patient_id = $1 order by md5(item_id::text) limit 150")
                .bind(patient.0)
                .fetch_all(&self.house.superuser)
                .await
                .unwrap();
        let corrections: Vec<Uuid> = sqlx::query_scalar("select correction_id from correction where patient_id = $1")
            .bind(patient.0)
            .fetch_all(&self.house.superuser)
            .await
            .unwrap();
        let mut all: Vec<String> = Category::SHAREABLE.into_iter().map(|category| format!("/{}", category.slug())).collect();
        all.extend(["", "/timeline", "/search", "/timeline?from_year=2020", "/own"].map(str::to_owned));
        for (item, category, series) in rows {
            all.extend(places(item, category, series));
        }
        all.extend(corrections.iter().map(|correction| format!("/corrections/{correction}")));
        all
    }

    /// What is true of the record before a grant: something else is private, something kept from somebody, something
    /// new, and it is half an hour since anybody has looked.
    pub async fn unsettle(&self, record: usize, plan: &Plan, dice: &mut Dice) {
        let patient = self.records[record].patient;
        let about = |statement: &'static str, seed: i64| sqlx::query(statement).bind(patient.0).bind(seed).execute(&self.house.superuser);
        let seed = i64::try_from(dice.below(1_000_000)).unwrap();
        // What is hidden of one is hidden of whatever tells the same.
        about("update item set is_private = (hashtext(coalesce(twin, item_id)::text) + $2) % 23 = 0 where patient_id = $1", seed)
            .await
            .unwrap();
        about("delete from exclusion where patient_id = $1 and $2 % 3 = 0", seed).await.unwrap();
        let whom = match plan.whom {
            _ if seed % 5 == 0 => (None, None),
            Whom::Named(place) if seed % 2 == 0 => (Some(self.named[place].actor.account().0), None),
            Whom::Named(_) | Whom::Anyone(_) => (None, Some(self.clinic.0)),
            Whom::Code | Whom::Carer => (None, Some(self.elsewhere.0)),
        };
        // Whoever will redeem a code is of no organization yet, so what is kept from theirs is kept from everybody.
        if !plan.whom.is_unknown() || whom == (None, None) {
            sqlx::query(
                "insert into exclusion (patient_id, item_id, account_id, organization_id)
                select $1, i.item_id, $2, $3 from item i
                where i.patient_id = $1 and coalesce(i.twin, i.item_id) in (select coalesce(twin, item_id) from item
                    where patient_id = $1 order by md5(item_id::text || $4) limit 5)
                on conflict do nothing",
            )
            .bind(patient.0)
            .bind(whom.0)
            .bind(whom.1)
            .bind(seed.to_string())
            .execute(&self.house.superuser)
            .await
            .unwrap();
        }
        if dice.below(3) == 0 {
            self.lower_some(record, seed).await;
        }
        if dice.below(2) == 0 {
            self.run("update viewer_mark set seen_at = seen_at - interval '31 minutes'").await;
        }
        if dice.below(3) == 0 {
            let new = json!({"fullUrl": format!("urn:uuid:{}", Uuid::new_v4()),
                "resource": {"resourceType": "Observation", "id": Uuid::new_v4().to_string(), "status": "final",
                    "subject": {"reference": self.subject(record)},
                    "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
                    "code": {"text": format!("Test {seed}")}, "valueQuantity": {"value": seed, "unit": "g/L"},
                    "effectiveDateTime": self.now.date().to_string()}});
            self.bring(record, &self.records[record].source, vec![new]).await;
        }
    }

    /// The patient takes marks off a few things.
    async fn lower_some(&self, record: usize, seed: i64) {
        let marked: Vec<(Uuid, i16)> = sqlx::query_as(
            "select item_id, labels from item where patient_id = $1 and labels <> 0 order by md5(item_id::text || $2::bigint::text) limit 6",
        )
        .bind(self.records[record].patient.0)
        .bind(seed)
        .fetch_all(&self.house.superuser)
        .await
        .unwrap();
        for (item, labels) in marked {
            let label = Labels::from_bits(u8::try_from(labels).unwrap()).iter().next().unwrap();
            let lowered = self.house.portal.lower(&self.own(record), self.records[record].patient, ItemId(item), label).await;
            assert!(matches!(lowered, Ok(_) | Err(chartkey_portal::Error::Conflict("mark-stays"))), "{lowered:?}");
        }
    }

    /// Half of the grants stand, beside the next.
    pub async fn put_back(&self, record: usize, grant: GrantId, dice: &mut Dice) {
        if dice.below(2) == 0 {
            let visitor = self.own(record);
            self.house.portal.withdraw_grant(&visitor, grant).await.unwrap();
        }
    }

    /// The draft of a grant, with the sentence that its patient has read.
    pub async fn draft(&self, record: usize, plan: &Plan) -> DraftId {
        let (portal, visitor) = (&self.house.portal, self.own(record));
        let draft = portal.begin_draft(&visitor, plan.draft.clone()).await.unwrap();
        portal.word_draft(&visitor, draft, sentence(&plan.sentence)).await.unwrap();
        draft
    }

    /// Gives it, and signs its grantee in, who declares its purpose: of a code somebody whom nobody knew before, and of a
    /// profession somebody to whom nothing was ever given by name.
    pub async fn give(&self, record: usize, plan: &Plan, draft: DraftId) -> (GrantId, Browser) {
        let (grant, grantee) = self.give_to(record, plan, draft).await;
        (grant, self.reader(record, plan, &grantee).await)
    }

    /// A browser in which they are signed in, and have declared the purpose of the grant.
    pub async fn reader(&self, record: usize, plan: &Plan, grantee: &SignedIn) -> Browser {
        let purpose = plan.draft.terms(self.today).unwrap().purpose;
        self.browser(grantee, None, [(self.records[record].patient, purpose)].into()).await
    }

    /// The same, and who it is.
    pub async fn give_to(&self, record: usize, plan: &Plan, draft: DraftId) -> (GrantId, SignedIn) {
        let (portal, visitor) = (&self.house.portal, self.own(record));
        let terms = plan.draft.terms(self.today).unwrap();
        let sentence = sentence(&plan.sentence);
        let name = format!("Dr {}", Uuid::new_v4().simple());
        match plan.whom {
            Whom::Code | Whom::Carer => {
                let grantee = match plan.whom {
                    Whom::Carer => self.person(&name).await,
                    _ => self.clinician(self.elsewhere, "Elsewhere", &name, "physician").await,
                };
                let code = portal.make_code(&visitor, draft, terms.clone(), sentence.clone()).await.unwrap();
                let codes = portal.codes(&visitor).await.unwrap().view;
                let made = codes.into_iter().find(|made| made.id == code).unwrap();
                let CodeState::Waiting(secret) = made.state else { panic!("{made:?}") };
                portal.redeem_code(&self.visitor(&grantee, BTreeMap::new()), &secret).await.unwrap();
                (portal.confirm_code(&visitor, code, grantee.actor.account(), sentence).await.unwrap(), grantee)
            }
            Whom::Named(place) => {
                let grantee = self.named[place].clone();
                let to = Grantee::Clinician { account: grantee.actor.account(), organization: self.clinic };
                (portal.give_grant(&visitor, NewGrant { draft, grantee: to, terms: terms.clone(), sentence }).await.unwrap(), grantee)
            }
            Whom::Anyone(profession) => {
                let to = Grantee::Professions { organization: self.clinic, professions: vec![profession.to_owned()] };
                let grantee = self.clinician(self.clinic, CLINIC, &name, profession).await;
                (portal.give_grant(&visitor, NewGrant { draft, grantee: to, terms, sentence }).await.unwrap(), grantee)
            }
        }
    }

    /// A browser in which the patient is signed in.
    pub async fn patient(&self, record: usize) -> Browser {
        let Record { patient, holder, .. } = &self.records[record];
        self.browser(holder, Some(*patient), BTreeMap::new()).await
    }

    async fn browser(&self, signed_in: &SignedIn, record: Option<PatientId>, purposes: BTreeMap<PatientId, Purpose>) -> Browser {
        let mut browser = self.house.browser();
        let at: OffsetDateTime = sqlx::query_scalar("select clock_timestamp()").fetch_one(&self.house.superuser).await.unwrap();
        let signed_in = SignedIn { at, ..signed_in.clone() };
        let id = Id::default();
        let session = NewSession {
            account: signed_in.actor.account(),
            signed_in_at: at,
            data: json!({"signed_in": signed_in, "record": record, "purposes": purposes}),
            device: Default::default(),
            idle: Duration::hours(12),
            absolute: Duration::hours(24),
        };
        assert!(self.house.portal.begin_session(SessionKey::of(&id.to_string()), session).await.unwrap());
        browser.cookies.insert("__Host-chartkey".to_owned(), id.to_string());
        browser
    }

    /// The patient of a record.
    pub fn own(&self, record: usize) -> Visitor {
        self.visitor(&self.records[record].holder, BTreeMap::new())
    }

    fn visitor(&self, signed_in: &SignedIn, purposes: BTreeMap<PatientId, Purpose>) -> Visitor {
        #[expect(clippy::disallowed_methods, reason = "as the database's clock on this machine says too")]
        let at = OffsetDateTime::now_utc();
        Visitor {
            actor: signed_in.actor.clone(),
            name: signed_in.name.clone(),
            organization_name: signed_in.organization_name.clone(),
            signed_in_by: signed_in.signed_in_by.clone(),
            signed_in_at: at,
            session_ends_at: at + Duration::hours(1),
            purposes,
        }
    }

    /// Somebody with an account of their own, who has signed in.
    async fn person(&self, name: &str) -> SignedIn {
        let (portal, email) = (&self.house.portal, format!("{}@example.org", Uuid::new_v4().simple()));
        portal
            .make_person(&PersonName::parse(name).unwrap(), &Email::parse(&email).unwrap(), NewPassword::parse(PASSWORD.into()).unwrap())
            .await
            .unwrap();
        let FirstStep::In(person) = portal.sign_in(&email, PASSWORD.into(), email.as_str()).await.unwrap() else {
            panic!("no second factor")
        };
        person
    }

    async fn clinician(&self, organization: OrganizationId, organization_name: &str, name: &str, profession: &str) -> SignedIn {
        let clinician = VerifiedClinician {
            organization,
            organization_name: organization_name.to_owned(),
            issuer: "http://127.0.0.1:1/".to_owned(),
            subject: name.to_owned(),
            name: name.to_owned(),
            profession: profession.to_owned(),
            identifier: None,
            language: "en",
            session: None,
        };
        self.house.portal.sign_in_clinician(clinician).await.unwrap()
    }

    /// How far everybody has seen every record.
    pub async fn marks(&self) -> String {
        sqlx::query_scalar("select coalesce(string_agg(m::text, ' ' order by m::text), '') from viewer_mark m")
            .fetch_one(&self.house.superuser)
            .await
            .unwrap()
    }

    /// Every table but the log, the sessions and the note of what is looked at in advance, as one digest.
    pub async fn everything(&self) -> String {
        let tables: Vec<String> = sqlx::query_scalar(
            "select tablename::text from pg_tables where schemaname = 'public'
                and tablename not in ('event', 'chain_head', 'session', 'preview_mark') order by 1",
        )
        .fetch_all(&self.house.superuser)
        .await
        .unwrap();
        let parts: Vec<String> = tables
            .iter()
            .map(|table| format!("(select md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) from {table} t)"))
            .collect();
        sqlx::query_scalar(AssertSqlSafe(format!("select {}", parts.join(" || ")))).fetch_one(&self.house.superuser).await.unwrap()
    }

    /// The chain of a record, oldest first.
    pub async fn events(&self, record: usize) -> Vec<Event> {
        let rows: Vec<Vec<u8>> = sqlx::query_scalar("select bytes from event where chain = $1 order by seq")
            .bind(format!("patient/{}", self.records[record].patient))
            .fetch_all(&self.house.superuser)
            .await
            .unwrap();
        rows.iter().map(|bytes| serde_json::from_slice(bytes).unwrap()).collect()
    }

    pub async fn run(&self, statement: &str) {
        sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&self.house.superuser).await.unwrap();
    }
}

/// The pages of an item, without what comes before them.
pub fn places(item: Uuid, category: i16, series: Option<String>) -> Vec<String> {
    let slug = Category::from_number(category).map_or("own", Category::slug);
    let more = match slug {
        "visits" => Some(format!("/visits/{item}/about")),
        "documents" => Some(format!("/documents/{item}/view/0")),
        _ => None,
    };
    [format!("/{slug}/{item}")].into_iter().chain(series.map(|series| format!("/trends/{series}"))).chain(more).collect()
}

async fn organization(house: &House, name: &str, slug: &str) -> OrganizationId {
    let organization = NewOrganization {
        name: name.to_owned(),
        slug: slug.to_owned(),
        issuer: format!("http://127.0.0.1:1/{slug}"),
        client_id: "chartkey".to_owned(),
        client_secret: None,
        profession_claim: "profession".to_owned(),
        identifier_claim: None,
        professions: ["physician", "nurse"].map(|profession| (profession.to_owned(), profession.to_owned())).into(),
        proof: Proof::default(),
    };
    house.portal.add_organization(organization).await.unwrap()
}

fn sentence(text: &str) -> Sentence {
    Sentence { text: text.to_owned(), language: "en-GB".to_owned(), catalogue_version: "1".to_owned() }
}

/// Two of the shared records, where the variable says that they are at hand.
fn shared() -> Vec<(usize, Vec<u8>)> {
    let Some(root) = std::env::var_os("CHARTKEY_SHARED_DATA").map(PathBuf::from) else { return Vec::new() };
    let files = ["synthea/paediatric-allergies-botsford.json", "synthea/typical-adult-sanford.json"];
    files.into_iter().map(|file| std::fs::read(root.join(file)).unwrap()).enumerate().collect()
}
