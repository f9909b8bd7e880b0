//! Registered organizations and their OpenID providers.

use std::collections::BTreeMap;

use chartkey_domain::id::OrganizationId;
use time::{Duration, OffsetDateTime};

use crate::{
    Error, Portal,
    audit::{self, Chain, Event, What, Why},
    pool::detached,
};

/// An organization in the list that clinicians choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its identifier.
    pub organization_id: OrganizationId,
    /// Its part of the address.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// What is needed to sign somebody in at an organization.
#[derive(Clone)]
pub struct Provider {
    /// The organization.
    pub organization: Organization,
    /// The issuer, as its discovery document says it.
    pub issuer: String,
    /// Our client there.
    pub client_id: String,
    /// Its secret; none for a public client.
    pub client_secret: Option<String>,
    /// The claim that says the profession.
    pub profession_claim: String,
    /// The claim that says an identifier, an NPI for instance.
    pub identifier_claim: Option<String>,
    /// What the provider says, and the profession it is here; empty where the operator admits each clinician.
    pub professions: BTreeMap<String, String>,
    /// What it demands of a sign-in.
    pub proof: Proof,
}

/// What an organization demands of a sign-in at its provider.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proof {
    /// One of these classes (`acr`); empty: any.
    pub acr: Vec<String>,
    /// How long ago somebody may have proven themselves there, in seconds; `None`: as long as the provider likes.
    pub max_age: Option<u32>,
}

impl Proof {
    /// Whether a token that says this of a sign-in meets it. `asked_at` is when it was asked for.
    #[must_use]
    pub fn is_met(&self, acr: Option<&str>, proven_at: Option<OffsetDateTime>, asked_at: OffsetDateTime) -> bool {
        let is_strong = self.acr.is_empty() || acr.is_some_and(|acr| self.acr.iter().any(|wanted| wanted == acr));
        let since = self.max_age.map(|seconds| asked_at - Duration::seconds(seconds.into()));
        is_strong && since.is_none_or(|since| proven_at.is_some_and(|at| at >= since))
    }
}

impl Provider {
    /// Whether the operator admits each clinician, whatever profession the provider says.
    #[must_use]
    pub fn is_independent(&self) -> bool {
        self.professions.is_empty()
    }
}

/// An organization to register.
#[derive(Clone)]
pub struct NewOrganization {
    /// Its name.
    pub name: String,
    /// Its part of the address.
    pub slug: String,
    /// The issuer.
    pub issuer: String,
    /// Our client there.
    pub client_id: String,
    /// Its secret; none for a public client.
    pub client_secret: Option<String>,
    /// The claim that says the profession.
    pub profession_claim: String,
    /// The claim that says an identifier.
    pub identifier_claim: Option<String>,
    /// What the provider says, and the profession it is here. Nobody else is let in; without any, whoever the operator admits.
    pub professions: BTreeMap<String, String>,
    /// What it demands of a sign-in.
    pub proof: Proof,
}

impl Portal {
    /// Registers an organization.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the slug is taken, [`Error::Invalid`] with `slug` where it is not two to
    /// sixty of a-z, 0-9 and -, and with `max-age` where a sign-in may be older than a year.
    pub async fn add_organization(&self, new: NewOrganization) -> Result<OrganizationId, Error> {
        let portal = self.clone();
        detached(async move {
            let professions = serde_json::to_value(&new.professions).map_err(|cause| Error::internal(cause.to_string()))?;
            let mut transaction = portal.pool.begin().await?;
            let organization = sqlx::query_scalar!(
                "insert into organization
                    (name, slug, issuer, client_id, client_secret, profession_claim, identifier_claim, professions, acr_values, max_age_seconds)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                returning organization_id",
                new.name,
                new.slug,
                new.issuer,
                new.client_id,
                new.client_secret,
                new.profession_claim,
                new.identifier_claim,
                professions,
                &new.proof.acr,
                new.proof.max_age.map(i32::try_from).transpose().map_err(|_| Error::Invalid("max-age"))?
            )
            .fetch_one(&mut *transaction)
            .await
            .map_err(refused)?;
            let at = sqlx::query_scalar!(r#"select now() as "now!""#).fetch_one(&mut *transaction).await?;
            let what =
                What { action: "organization-added".to_owned(), text: Some(format!("{organization} {}", new.issuer)), ..What::default() };
            let event = Event { at, who: portal.who(), what, why: Why::Operator { reason: "registration".to_owned() } };
            audit::append(&mut transaction, Chain::System, &event).await?;
            transaction.commit().await?;
            Ok(OrganizationId(organization))
        })
        .await
    }

    /// Every organization, by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn organizations(&self) -> Result<Vec<Organization>, Error> {
        let organizations = sqlx::query_as!(Organization, "select organization_id, slug, name from organization order by name, slug")
            .fetch_all(&self.pool)
            .await?;
        Ok(organizations)
    }

    /// The provider of the organization with this part of the address.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn provider(&self, slug: &str) -> Result<Provider, Error> {
        let row = sqlx::query!(
            "select organization_id, slug, name, issuer, client_id, client_secret, profession_claim, identifier_claim, professions,
                acr_values, max_age_seconds
            from organization where slug = $1",
            slug
        )
        .fetch_optional(&self.pool)
        .await?
        .ok_or(Error::NotFound)?;
        let professions = serde_json::from_value(row.professions).map_err(|cause| Error::internal(format!("professions: {cause}")))?;
        Ok(Provider {
            organization: Organization { organization_id: OrganizationId(row.organization_id), slug: row.slug, name: row.name },
            issuer: row.issuer,
            client_id: row.client_id,
            client_secret: row.client_secret,
            profession_claim: row.profession_claim,
            identifier_claim: row.identifier_claim,
            professions,
            proof: Proof { acr: row.acr_values, max_age: row.max_age_seconds.and_then(|seconds| u32::try_from(seconds).ok()) },
        })
    }
}

fn refused(cause: sqlx::Error) -> Error {
    match cause.as_database_error().and_then(|cause| cause.constraint()) {
        Some("organization_slug") => Error::Conflict("slug"),
        Some("organization_slug_check") => Error::Invalid("slug"),
        Some("organization_max_age_seconds_check") => Error::Invalid("max-age"),
        _ => cause.into(),
    }
}
