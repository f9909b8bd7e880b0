//! `chartkey rehearse`: a first clinic of invented people, in an empty database.

use std::io::Write;

use anyhow::{Context, bail};
use chartkey_app::catalogue::{
    Language, Say,
    grant::{CATALOGUE_VERSION, Named},
};
use chartkey_domain::{
    account::{Actor, Visitor},
    ages::Ages,
    category::Categories,
    draft::{Draft, Terms},
    grant::{Grantee, Purpose},
    id::{AccountId, OrganizationId, PatientId},
    label::Labels,
};
use chartkey_portal::{
    Error, Portal,
    accounts::{Email, NewPassword, PersonName},
    import::ImportOptions,
    news::Look,
    organizations::{NewOrganization, Proof},
    registering::Help,
    rehearsal::reset,
    seal::Signing,
    sharing::{NewGrant, Sentence},
    sign_in::{SignedIn, VerifiedClinician},
};
use clap::Args;
use serde_json::{Value, json};
use time::{Date, Duration, OffsetDateTime, Time};

use crate::config::Values;
use crate::rehearsal::{self, Clinic, GrantPlan, GrantState, Grantee as Planned, Purpose as PlannedPurpose};

/// Our client at each provider.
const CLIENT: &str = "chartkey";

/// What a rehearsal takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The issuers of the two organizations' OpenID providers, in their order.
    #[arg(long = "issuer", value_name = "URL", default_values = ["http://127.0.0.1:4101", "http://127.0.0.1:4102"], num_args = 1)]
    issuers: Vec<String>,
    /// The same seed on the same day makes the same people.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Empties the rehearsal first, to begin again. Needs CHARTKEY_MIGRATE_DATABASE_URL.
    #[arg(long)]
    reset: bool,
    /// Prints the file of one more invented person and does nothing else.
    #[arg(long, conflicts_with_all = ["reset", "json"])]
    newcomer: bool,
    /// Accounts and providers as JSON.
    #[arg(long)]
    json: bool,
}

struct Settled {
    organizations: Vec<(OrganizationId, String)>,
    clinicians: Vec<Visitor>,
    /// Who holds a record, or helps with it, and which.
    people: Vec<(Visitor, PatientId)>,
}

pub(super) async fn run(arguments: Arguments, values: &Values) -> anyhow::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "the day on which the rehearsal begins")]
    let today = OffsetDateTime::now_utc().date();
    if arguments.newcomer {
        let old_enough =
            |one: &rehearsal::GeneratedPatient| (today - one.birth_date).whole_days() > 365 * i64::from(Ages::default().adult + 1);
        let newcomer = rehearsal::patients(arguments.seed.wrapping_add(1), today, 50).find(old_enough).context("a person")?;
        std::io::stdout().lock().write_all(&newcomer.bytes())?;
        return Ok(());
    }
    let before = if arguments.reset { registered(&super::portal(values).await?).await? } else { Vec::new() };
    if arguments.reset {
        reset::empty(&values.required("migrate_database_url")?).await.map_err(|error| match error {
            Error::Conflict(_) => anyhow::anyhow!("this database is not a rehearsal's, so nothing was removed"),
            error => error.into(),
        })?;
    }
    let portal = &super::portal(values).await?;
    let clinic = rehearsal::clinic(arguments.seed, today);
    if arguments.issuers.len() != clinic.organizations.len() {
        bail!("give --issuer once for each of the {} organizations", clinic.organizations.len());
    }
    portal.begin_rehearsal(i64::from_ne_bytes(arguments.seed.to_ne_bytes())).await.map_err(|error| match error {
        Error::Conflict(_) => {
            anyhow::anyhow!("this database is not empty; a rehearsal needs one of its own, so that nobody real is ever mixed into it")
        }
        error => error.into(),
    })?;
    // Providers that run on know their secrets from before.
    let secrets = clinic.organizations.iter().map(|organization| {
        let known = before.iter().find(|(slug, _)| slug == organization.slug).and_then(|(_, secret)| secret.clone());
        known.unwrap_or_else(chartkey_portal::secrets::random_token)
    });
    let secrets: Vec<String> = secrets.collect();
    let settled = settle(portal, &clinic, &arguments.issuers, &secrets).await?;
    for plan in &clinic.grants {
        share(portal, &settled, plan, today).await?;
    }
    look(portal, &settled).await?;
    // So that everybody can check their log at once.
    portal.sign_log(Signing::Now).await?;
    portal.begin_tasks().await?;
    let accounts = accounts(&clinic, &arguments.issuers, &secrets);
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&accounts)?);
    } else {
        print(&clinic);
    }
    Ok(())
}

/// The organizations of the rehearsal that ends, and our secrets there.
async fn registered(portal: &Portal) -> anyhow::Result<Vec<(String, Option<String>)>> {
    let mut registered = Vec::new();
    for organization in portal.organizations().await? {
        let secret = portal.provider(&organization.slug).await?.client_secret;
        registered.push((organization.slug, secret));
    }
    Ok(registered)
}

async fn settle(portal: &Portal, clinic: &Clinic, issuers: &[String], secrets: &[String]) -> anyhow::Result<Settled> {
    let mut settled = Settled { organizations: Vec::new(), clinicians: Vec::new(), people: Vec::new() };
    for ((organization, issuer), secret) in clinic.organizations.iter().zip(issuers).zip(secrets) {
        let new = NewOrganization {
            name: organization.name.to_owned(),
            slug: organization.slug.to_owned(),
            issuer: issuer.clone(),
            client_id: CLIENT.to_owned(),
            client_secret: Some(secret.clone()),
            profession_claim: "profession".to_owned(),
            identifier_claim: Some("npi".to_owned()),
            professions: ["physician", "nurse"].map(|profession| (profession.to_owned(), profession.to_owned())).into(),
            proof: Proof::default(),
        };
        settled.organizations.push((portal.add_organization(new).await?, organization.name.to_owned()));
    }
    for clinician in &clinic.clinicians {
        let (organization, organization_name) = settled.organizations.get(clinician.organization).context("an organization")?.clone();
        let verified = VerifiedClinician {
            organization,
            organization_name,
            issuer: issuers.get(clinician.organization).context("an issuer")?.clone(),
            subject: clinician.subject.clone(),
            name: clinician.name.clone(),
            profession: clinician.profession.slug().to_owned(),
            identifier: Some(clinician.npi.clone()),
            language: Language::English.tag(),
            session: None,
        };
        settled.clinicians.push(visitor(portal.sign_in_clinician(verified).await?));
    }
    for person in &clinic.people {
        let visitor = match person.helped_by {
            Some(helper) => settled.people.get(helper).context("who helps a child")?.0.clone(),
            None => {
                let email = Email::parse(person.email).context("an address")?;
                let password = NewPassword::parse(person.password.clone()).context("a password")?;
                let name = person.record.name();
                own(portal.make_person(&PersonName::parse(&name).context("a name")?, &email, password).await?, name)
            }
        };
        let options =
            ImportOptions { reason: "rehearsal".to_owned(), ..ImportOptions::new("Rehearsal clinic", format!("{}.json", person.relation)) };
        let report = portal.import_file(person.record.bytes().as_slice(), &options, |_| ()).await?;
        let [patient] = report.patients.as_slice() else { bail!("a record of one person") };
        let code = if person.helped_by.is_some() {
            portal.invite_carer(*patient, Help { sensitive: true, may_share: true, until: None }, "rehearsal").await?
        } else {
            portal.invite(*patient, "rehearsal").await?
        };
        portal.claim(&visitor, &code, person.record.birth_date, "rehearsal", helping(visitor.name.clone())).await?;
        settled.people.push((visitor, *patient));
    }
    Ok(settled)
}

/// The sentence of what a carer of this name is registered for.
fn helping(name: String) -> impl FnOnce(&Terms) -> Sentence + Send + 'static {
    let say = Say::of(Language::English);
    move |terms| Sentence {
        text: say.grant_sentence(&Named::Carer { name }, terms),
        language: say.tag().to_owned(),
        catalogue_version: CATALOGUE_VERSION.to_owned(),
    }
}

async fn share(portal: &Portal, settled: &Settled, plan: &GrantPlan, today: Date) -> anyhow::Result<()> {
    let (visitor, _) = settled.people.get(plan.patient).context("a patient")?;
    #[expect(clippy::disallowed_methods, reason = "nobody waits for a rehearsal: it shares as if somebody had just signed in")]
    let visitor = &Visitor { signed_in_at: OffsetDateTime::now_utc(), ..visitor.clone() };
    let ends = today + Duration::days(plan.ends.into());
    let terms = Terms {
        purpose: match plan.purpose {
            PlannedPurpose::Treatment => Purpose::Treatment,
            PlannedPurpose::SecondOpinion => Purpose::SecondOpinion,
        },
        purpose_text: None,
        categories: plan.categories.iter().copied().collect::<Categories>(),
        labels: plan.labels.iter().copied().collect::<Labels>(),
        things: Vec::new(),
        from: plan.data_from,
        to: plan.data_until,
        // Some of a rehearsal's shares are over. As long as each is given it lasts, even where midnight passes meanwhile.
        until: Some(ends.max(today + Duration::DAY)),
        includes_new: plan.include_new,
        may_export: false,
        may_write: false,
        may_delegate: false,
    };
    let say = Say::of(Language::English);
    let (named, grantee) = match &plan.grantee {
        Planned::Clinician(index) => {
            let clinician = settled.clinicians.get(*index).context("a clinician")?;
            let Actor::Clinician { account, organization, .. } = clinician.actor else { bail!("a clinician") };
            let place = clinician.organization_name.clone().unwrap_or_default();
            (Named::Clinician { name: clinician.name.clone(), organization: place }, Some(Grantee::Clinician { account, organization }))
        }
        Planned::Organization(index, professions) => {
            let (organization, name) = settled.organizations.get(*index).context("an organization")?;
            let professions: Vec<String> = professions.iter().map(|profession| profession.slug().to_owned()).collect();
            let named = Named::Professions { professions: professions.clone(), organization: name.clone() };
            (named, Some(Grantee::Professions { organization: *organization, professions }))
        }
        Planned::Redeemer => (Named::Code, None),
    };
    let sentence = Sentence {
        text: say.grant_sentence(&named, &terms),
        language: Language::English.tag().to_owned(),
        catalogue_version: CATALOGUE_VERSION.to_owned(),
    };
    let draft = portal.begin_draft(visitor, Draft::default()).await?;
    let Some(grantee) = grantee else {
        portal.make_code(visitor, draft, terms, sentence).await?;
        return Ok(());
    };
    let grant = portal.give_grant(visitor, NewGrant { draft, grantee, terms, sentence }).await?;
    let moment = |day: Date| day.with_time(Time::MIDNIGHT).assume_utc();
    portal.age_grant(visitor, grant, moment(today + Duration::days(plan.starts.into())), moment(ends + Duration::DAY)).await?;
    match plan.state {
        GrantState::Withdrawn => drop(portal.withdraw_grant(visitor, grant).await?),
        GrantState::Paused => drop(portal.pause_grant(visitor, grant).await?),
        GrantState::Active | GrantState::Expired | GrantState::CodeWaiting => {}
    }
    Ok(())
}

/// What the clinicians of an ordinary morning open; each look stands in the log.
async fn look(portal: &Portal, settled: &Settled) -> anyhow::Result<()> {
    for clinician in &settled.clinicians {
        for (person, patient) in &settled.people {
            let visitor = Visitor { purposes: [(*patient, Purpose::Treatment)].into(), ..clinician.clone() };
            match portal.summary(&visitor, *patient, Look::Opened).await {
                // Refused looks belong into a rehearsal too.
                Ok(_) | Err(Error::NotFound) => {}
                Err(error) => return Err(error).context(person.name.clone()),
            }
        }
    }
    Ok(())
}

fn visitor(signed_in: SignedIn) -> Visitor {
    let SignedIn { actor, name, organization_name, signed_in_by, at, provider_session: _ } = signed_in;
    Visitor { actor, name, organization_name, signed_in_by, signed_in_at: at, session_ends_at: at, purposes: Default::default() }
}

fn own(account: AccountId, name: String) -> Visitor {
    visitor(SignedIn {
        actor: Actor::Person { account },
        name,
        organization_name: None,
        signed_in_by: "rehearsal".to_owned(),
        at: OffsetDateTime::UNIX_EPOCH,
        provider_session: None,
    })
}

/// The accounts here, and what the providers need to know.
fn accounts(clinic: &Clinic, issuers: &[String], secrets: &[String]) -> Value {
    let people: Vec<_> = clinic
        .people
        .iter()
        .filter(|person| person.helped_by.is_none())
        .map(|person| json!({ "name": person.record.name(), "email": person.email, "password": person.password, "about": person.relation, "born": person.record.birth_date.to_string() }))
        .collect();
    let organizations: Vec<_> = clinic
        .organizations
        .iter()
        .zip(issuers)
        .zip(secrets)
        .enumerate()
        .map(|(index, ((organization, issuer), secret))| {
            let clinicians: Vec<_> = clinic
                .clinicians
                .iter()
                .filter(|clinician| clinician.organization == index)
                .map(|clinician| {
                    json!({ "sub": clinician.subject, "username": clinician.username, "password": clinician.password, "name": clinician.name,
                        "profession": clinician.profession.slug(), "npi": clinician.npi })
                })
                .collect();
            json!({ "id": organization.slug, "name": organization.name, "issuer": issuer, "client_id": CLIENT, "client_secret": secret, "clinicians": clinicians })
        })
        .collect();
    json!({ "people": people, "organizations": organizations })
}

fn print(clinic: &Clinic) {
    for person in clinic.people.iter().filter(|person| person.helped_by.is_none()) {
        println!("{}  {}  {}, {}", person.email, person.password, person.record.name(), person.relation);
    }
    for clinician in &clinic.clinicians {
        println!("{}  {}  {}, {}", clinician.username, clinician.password, clinician.name, clinician.specialty);
    }
}
