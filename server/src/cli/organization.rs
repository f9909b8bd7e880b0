//! `chartkey organization`.

use std::path::PathBuf;

use anyhow::Context;
use chartkey_domain::id::GrantId;
use chartkey_portal::{
    Error, Portal,
    admissions::{Admission, NewAdmission},
    emergency::{Finding, IndependentEmergency},
    organizations::{NewOrganization, Proof},
    practices::OpenRequest,
};
use clap::{Args, Subcommand, builder::NonEmptyStringValueParser};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use crate::config::{self, is_loopback};

/// What can be done.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Registers an organization and its OpenID provider.
    Add(Add),
    /// Admits a clinician at an organization of independent clinicians, after you have checked person and licence.
    Admit(Admit),
    /// Lists whom you have admitted there.
    Admitted(Admitted),
    /// Dismisses one of them: their sessions end at once, and what they were given opens nothing.
    Dismiss(Dismiss),
    /// Lists what those admitted have opened in an emergency and you have not reviewed: they have no colleagues who could.
    Emergencies(Emergencies),
    /// Says whether such a one was needed, once you have asked; the patient reads it.
    ReviewEmergency(ReviewEmergency),
    /// Lists what practices ask that are not registered here.
    Requests(Requests),
    /// Closes such a request; nothing of it is kept.
    CloseRequest(CloseRequest),
}

/// What a registration takes.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// Its name, as people read it.
    #[arg(long)]
    name: String,
    /// Its part of addresses: a-z, 0-9 and -.
    #[arg(long)]
    slug: String,
    /// The issuer, exactly as its discovery document says it.
    #[arg(long, value_parser = issuer)]
    issuer: String,
    /// Our client there; its redirect address is PUBLIC_URL/auth/SLUG/callback, its back-channel logout address PUBLIC_URL/auth/SLUG/logout.
    #[arg(long)]
    client_id: String,
    /// The variable that holds the client's secret.
    #[arg(long, value_name = "VARIABLE", conflicts_with = "client_secret_file")]
    client_secret_env: Option<String>,
    /// The file that holds the client's secret.
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    /// The claim of the ID token that says the profession.
    #[arg(long, default_value = "profession")]
    profession_claim: String,
    /// The claim that says an identifier, an NPI for instance.
    #[arg(long)]
    identifier_claim: Option<String>,
    /// What the claim says, and the profession it is here; nobody else is let in.
    #[arg(long = "profession", value_name = "SAID=HERE", required_unless_present = "independent", value_parser = profession)]
    professions: Vec<(String, String)>,
    /// A class of sign-in (`acr`) that the provider has to say; one of several is enough.
    #[arg(long = "acr", value_name = "CLASS")]
    acr: Vec<String>,
    /// How long ago somebody may have proven themselves at the provider.
    #[arg(long, value_name = "SECONDS")]
    max_age: Option<u32>,
    /// Independent clinicians: nobody is let in for what the provider says, but whom you admit.
    #[arg(long, conflicts_with = "professions")]
    independent: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What an admission takes.
#[derive(Debug, Args)]
pub(super) struct Admit {
    /// The organization's part of addresses.
    #[arg(long, value_name = "SLUG")]
    organization: String,
    /// The subject (`sub`) by which the provider knows them.
    #[arg(long)]
    subject: String,
    /// Their name, as patients read it.
    #[arg(long)]
    name: String,
    /// Their profession, as in physician.
    #[arg(long)]
    profession: String,
    /// The identifier of their licence, where it has one.
    #[arg(long)]
    licence: Option<String>,
    /// How you have checked person and licence: patients read it. At most 1000 characters.
    #[arg(long, value_name = "TEXT")]
    checked: String,
}

/// What a list of those admitted takes.
#[derive(Debug, Args)]
pub(super) struct Admitted {
    /// The organization's part of addresses.
    #[arg(long, value_name = "SLUG")]
    organization: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What a dismissal takes.
#[derive(Debug, Args)]
pub(super) struct Dismiss {
    /// The organization's part of addresses.
    #[arg(long, value_name = "SLUG")]
    organization: String,
    /// The subject (`sub`) by which the provider knows them.
    #[arg(long)]
    subject: String,
    /// Why; it stands in the log of every patient who has given them something.
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    reason: String,
}

/// What a list of emergencies takes.
#[derive(Debug, Args)]
pub(super) struct Emergencies {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What a review takes.
#[derive(Debug, Args)]
pub(super) struct ReviewEmergency {
    /// Which, as `emergencies` prints it.
    #[arg(long, value_name = "ID")]
    emergency: Uuid,
    /// What you have found.
    #[arg(long, value_parser = ["needed", "not-needed"])]
    finding: String,
    /// What you have checked: the patient reads it, so nothing of their health. At most 600 characters.
    #[arg(long, value_name = "TEXT")]
    checked: String,
}

/// What a list of requests takes.
#[derive(Debug, Args)]
pub(super) struct Requests {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What closing a request takes.
#[derive(Debug, Args)]
pub(super) struct CloseRequest {
    /// Which, as `requests` prints it.
    #[arg(long, value_name = "ID")]
    request: Uuid,
    /// Why, and what became of it; it stands in the log.
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    reason: String,
}

fn issuer(text: &str) -> Result<String, &'static str> {
    let url = reqwest::Url::parse(text).map_err(|_| "it is not an address")?;
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    if is_safe { Ok(text.to_owned()) } else { Err("it must be https, unless it is on this machine") }
}

fn profession(pair: &str) -> Result<(String, String), &'static str> {
    let (said, here) = pair.split_once('=').filter(|(said, here)| !said.is_empty() && !here.is_empty()).ok_or("write it as SAID=HERE")?;
    Ok((said.to_owned(), here.to_owned()))
}

pub(super) async fn run(command: Command, portal: &Portal) -> anyhow::Result<()> {
    match command {
        Command::Add(add) => register(add, portal).await,
        Command::Admit(admit) => admit_one(admit, portal).await,
        Command::Admitted(Admitted { organization, json }) => {
            let admissions = portal.admissions(&organization).await.map_err(|error| unknown(error, &organization))?;
            if json {
                print_json(&admissions, admission_json)
            } else {
                admissions.iter().for_each(print_admission)
            }
            Ok(())
        }
        Command::Dismiss(Dismiss { organization, subject, reason }) => {
            portal.dismiss(&organization, &subject, &reason).await.map_err(|error| match error {
                Error::NotFound => anyhow::anyhow!("nobody with this subject is admitted at {organization}"),
                error => error.into(),
            })?;
            // Nobody is let in again with a restored database.
            Ok(portal.keep_journal().await.map(drop)?)
        }
        Command::Emergencies(Emergencies { json }) => {
            let waiting = portal.independent_emergencies().await?;
            if json {
                print_json(&waiting, emergency_json)
            } else {
                waiting.iter().for_each(print_emergency)
            }
            Ok(())
        }
        Command::ReviewEmergency(ReviewEmergency { emergency, finding, checked }) => {
            let finding = Finding::from_slug(&finding).context("what you have found is needed or not-needed")?;
            Ok(portal.review_independent_emergency(GrantId(emergency), finding, &checked).await.map_err(|error| match error {
                Error::NotFound => anyhow::anyhow!("no independent clinician has opened an emergency {emergency}"),
                Error::Conflict(_) => anyhow::anyhow!("{emergency} was reviewed already"),
                Error::Invalid(_) => anyhow::anyhow!("--checked is empty or too long"),
                error => error.into(),
            })?)
        }
        Command::Requests(Requests { json }) => {
            let open = portal.practice_requests().await?;
            if json {
                print_json(&open, request_json)
            } else {
                open.iter().for_each(print_request)
            }
            Ok(())
        }
        Command::CloseRequest(CloseRequest { request, reason }) => {
            Ok(portal.close_practice_request(request, &reason).await.map_err(|error| match error {
                Error::NotFound => anyhow::anyhow!("there is no request {request}"),
                error => error.into(),
            })?)
        }
    }
}

fn unknown(error: Error, organization: &str) -> anyhow::Error {
    match error {
        Error::NotFound => anyhow::anyhow!("there are no independent clinicians at {organization}"),
        error => error.into(),
    }
}

async fn admit_one(admit: Admit, portal: &Portal) -> anyhow::Result<()> {
    let new = NewAdmission {
        slug: admit.organization.clone(),
        subject: admit.subject,
        name: admit.name,
        profession: admit.profession,
        identifier: admit.licence,
        checked: admit.checked,
    };
    portal.admit(new).await.map_err(|error| match error {
        Error::Conflict(_) => anyhow::anyhow!("they are admitted already; dismiss them first, to change what is said of them"),
        Error::Invalid(what) => anyhow::anyhow!("--{what} is empty or too long"),
        error => unknown(error, &admit.organization),
    })?;
    // To be let in again is noted as well, so that a later restore does not shut them out.
    Ok(portal.keep_journal().await.map(drop)?)
}

fn print_json<T>(all: &[T], one: impl Fn(&T) -> Value) {
    println!("{}", Value::Array(all.iter().map(one).collect()));
}

fn admission_json(admission: &Admission) -> Value {
    let Admission { subject, name, profession, identifier, checked, admitted_by, admitted_at, dismissed_at } = admission;
    json!({"subject": subject, "name": name, "profession": profession, "licence": identifier, "checked": checked,
        "admittedBy": admitted_by, "admittedAt": at(*admitted_at), "dismissedAt": dismissed_at.map(at)})
}

fn print_admission(admission: &Admission) {
    let Admission { subject, name, profession, identifier, checked, admitted_by, admitted_at, dismissed_at } = admission;
    let licence = identifier.as_deref().unwrap_or("no licence identifier");
    let until = dismissed_at.map(|moment| format!(", dismissed {}", at(moment))).unwrap_or_default();
    println!("{subject}: {name}, {profession}, {licence}; admitted {} by {admitted_by}{until}\n  {checked}", at(*admitted_at));
}

fn emergency_json(IndependentEmergency { grant, organization, subject, name, reason, opened_at }: &IndependentEmergency) -> Value {
    json!({"emergency": grant.0, "organization": organization, "subject": subject, "name": name, "reason": reason, "openedAt": at(*opened_at)})
}

fn print_emergency(IndependentEmergency { grant, organization, subject, name, reason, opened_at }: &IndependentEmergency) {
    println!("{} {}: {name} ({organization}, {subject})\n  {}", grant.0, at(*opened_at), reason.replace('\n', "\n  "));
}

fn request_json(OpenRequest { id, asked, asked_at }: &OpenRequest) -> Value {
    json!({"request": id, "practice": asked.practice, "contact": asked.contact, "words": asked.words, "askedAt": at(*asked_at)})
}

fn print_request(OpenRequest { id, asked, asked_at }: &OpenRequest) {
    println!("{id} {}: {}, {}\n  {}", at(*asked_at), asked.practice, asked.contact, asked.words);
}

fn at(moment: OffsetDateTime) -> String {
    moment.format(&Rfc3339).unwrap_or_default()
}

async fn register(add: Add, portal: &Portal) -> anyhow::Result<()> {
    let client_secret = match (&add.client_secret_env, &add.client_secret_file) {
        (Some(variable), _) => Some(config::variable(variable).with_context(|| format!("{variable} is not set"))?),
        (None, Some(file)) => Some(std::fs::read_to_string(file).with_context(|| file.display().to_string())?.trim().to_owned()),
        (None, None) => None,
    };
    let organization = portal
        .add_organization(NewOrganization {
            name: add.name,
            slug: add.slug.clone(),
            issuer: add.issuer,
            client_id: add.client_id,
            client_secret,
            profession_claim: add.profession_claim,
            identifier_claim: add.identifier_claim,
            professions: add.professions.into_iter().collect(),
            proof: Proof { acr: add.acr, max_age: add.max_age },
        })
        .await
        .map_err(|error| match error {
            Error::Conflict(_) => anyhow::anyhow!("there is an organization {} already", add.slug),
            Error::Invalid("max-age") => anyhow::anyhow!("a sign-in may be at most a year (31536000 seconds) old"),
            Error::Invalid(_) => anyhow::anyhow!("a slug is two to sixty of a-z, 0-9 and -"),
            error => error.into(),
        })?;
    if add.json {
        println!("{}", json!({"organization": organization, "slug": add.slug}));
    } else {
        println!("{organization}");
    }
    Ok(())
}
