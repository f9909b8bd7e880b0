//! `chartkey organization`.

use std::path::PathBuf;

use anyhow::Context;
use chartkey_portal::{
    Error, Portal,
    organizations::{NewOrganization, Proof},
};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::config::{self, is_loopback};

/// What can be done.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Registers an organization and its OpenID provider.
    Add(Add),
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
    #[arg(long = "profession", value_name = "SAID=HERE", required = true, value_parser = profession)]
    professions: Vec<(String, String)>,
    /// A class of sign-in (`acr`) that the provider has to say; one of several is enough.
    #[arg(long = "acr", value_name = "CLASS")]
    acr: Vec<String>,
    /// How long ago somebody may have proven themselves at the provider.
    #[arg(long, value_name = "SECONDS")]
    max_age: Option<u32>,
    /// As JSON.
    #[arg(long)]
    json: bool,
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
    let Command::Add(add) = command;
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
