//! The resources of a file, and what each of them names.

use std::{borrow::Cow, collections::HashMap};

use uuid::Uuid;

use super::{
    identity::{hex, sha256},
    read::Entry,
};
use crate::fhir::{
    Projection,
    json::Json,
    person::{Person, person},
    project, texts, types,
};

/// The type of what was not understood.
const UNKNOWN: &str = "Unknown";

/// One resource, read.
#[derive(Debug)]
pub struct Resource<'a> {
    /// Where it stands in the file.
    pub position: String,
    /// The bytes as received.
    pub raw: Cow<'a, str>,
    /// `fullUrl` of its entry.
    pub full_url: Option<String>,
    /// Its type; `Unknown` where it was not understood.
    pub resource_type: String,
    /// Its id: its own, else of its fullUrl, else of its bytes.
    pub fhir_id: String,
    /// What the columns need.
    pub projection: Projection,
    /// Who it is about, for a Patient.
    pub person: Option<Person>,
    /// Why it was not understood, if it was not.
    pub reason: Option<String>,
    /// Whether it is JSON at all: what is not can be kept, but in no Bundle.
    pub is_json: bool,
    /// Whether it comes from the tray or another record instead of from the file.
    pub is_kept: bool,
}

/// What a reference names: a type and an id of the same source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Named {
    /// Its type; empty where the reference does not say.
    pub resource_type: String,
    /// Its id.
    pub fhir_id: String,
}

impl<'a> Resource<'a> {
    /// Reads an entry.
    pub fn read(entry: Entry<'a>) -> Self {
        Self::of(entry.position, Cow::Borrowed(entry.raw), entry.full_url, None)
    }

    /// Reads a resource that was kept earlier, under the id that it had then: its own file
    /// may have known it by the URL of its entry alone.
    pub fn kept(fhir_id: String, raw: String) -> Self {
        Self::of("an earlier file".to_owned(), Cow::Owned(raw), None, Some(fhir_id))
    }

    fn of(position: String, raw: Cow<'a, str>, full_url: Option<String>, kept: Option<String>) -> Self {
        let (projection, person, reason, is_json) = understand(&raw);
        let from_url = || full_url.as_deref().and_then(id_of_url).map(str::to_owned);
        let is_kept = kept.is_some();
        let fhir_id =
            kept.or_else(|| projection.fhir_id.clone()).or_else(from_url).unwrap_or_else(|| hex(&sha256(raw.as_bytes()))[..32].to_owned());
        let resource_type = projection.resource_type.clone();
        Self { position, resource_type, fhir_id, projection, person, reason, is_json, is_kept, full_url, raw }
    }

    /// Its own name.
    pub fn named(&self) -> Named {
        Named { resource_type: self.resource_type.clone(), fhir_id: self.fhir_id.clone() }
    }
}

fn understand(raw: &str) -> (Projection, Option<Person>, Option<String>, bool) {
    let not = |reason: String, json: Option<&Json<'_>>| {
        let mut projection = Projection {
            title: "Not understood".into(),
            resource_type: UNKNOWN.into(),
            category: Some(chartkey_domain::category::Category::Own),
            ..Projection::default()
        };
        projection.texts = texts::texts(projection.row(&projection.title, &[]), json);
        let is_json = json.is_some() || serde_json::from_str::<serde_json::Value>(raw).is_ok();
        (projection, None, Some(reason), is_json)
    };
    match Json::parse(raw) {
        Err(error) => not(format!("it is no JSON ({error})"), None),
        Ok(json) if !json.is_object() => not("it is no object".into(), Some(&json)),
        Ok(json) if json.get("resourceType").str().is_none() => not("it has no resourceType".into(), Some(&json)),
        Ok(json) => {
            let projection = project(&json);
            let person = (projection.resource_type == "Patient").then(|| person(&json));
            (projection, person, None, true)
        }
    }
}

/// The id in the last step of a URL, or after `urn:uuid:`.
fn id_of_url(url: &str) -> Option<&str> {
    let id = url.strip_prefix("urn:uuid:").or_else(|| url.strip_prefix("urn:oid:")).or_else(|| url.rsplit('/').next())?;
    (!id.is_empty() && id.len() <= 200).then_some(id)
}

/// Finds the resources of a file by what references call them.
#[derive(Debug, Default)]
pub struct Index {
    by_url: HashMap<String, usize>,
    by_name: HashMap<Named, usize>,
}

impl Index {
    /// Adds the resource at a place.
    pub fn add(&mut self, place: usize, resource: &Resource<'_>) {
        if let Some(url) = &resource.full_url {
            self.by_url.insert(url.clone(), place);
        }
        self.by_name.insert(resource.named(), place);
    }

    /// The place of a named resource in the file.
    pub fn place(&self, named: &Named) -> Option<usize> {
        self.by_name.get(named).copied()
    }

    /// What a reference names. The four styles are a URL or URN of an entry, a
    /// relative and an absolute reference; `#…` stays inside its resource, and a
    /// search (`Practitioner?identifier=…`) names nobody for certain.
    pub fn target(&self, reference: &str, resources: &[Resource<'_>]) -> Option<Named> {
        if reference.starts_with('#') || reference.contains('?') {
            return None;
        }
        let reference = reference.split_once("/_history/").map_or(reference, |(before, _)| before);
        let reference = reference.split_once('#').map_or(reference, |(before, _)| before);
        if let Some(resource) = self.by_url.get(reference).and_then(|place| resources.get(*place)) {
            return Some(resource.named());
        }
        if let Some(id) = reference.strip_prefix("urn:uuid:") {
            return Uuid::parse_str(id).ok().map(|_| Named { resource_type: String::new(), fhir_id: id.to_owned() });
        }
        let mut steps = reference.rsplit('/');
        let (id, kind) = (steps.next()?, steps.next()?);
        (types::is_known(kind) && !id.is_empty() && id.len() <= 200)
            .then(|| Named { resource_type: kind.to_owned(), fhir_id: id.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(url: Option<&str>, raw: &'static str) -> Resource<'static> {
        Resource::read(Entry { position: "entry 1".into(), full_url: url.map(str::to_owned), raw })
    }

    #[test]
    fn an_id_is_its_own_else_of_its_url_else_of_its_bytes() {
        assert_eq!(resource(Some("urn:uuid:u"), r#"{"resourceType":"A","id":"x"}"#).fhir_id, "x");
        assert_eq!(resource(Some("urn:uuid:u"), r#"{"resourceType":"A"}"#).fhir_id, "u");
        let hashed = resource(None, r#"{"resourceType":"A"}"#).fhir_id;
        assert_eq!(hashed.len(), 32);
        assert_ne!(hashed, resource(None, r#"{"resourceType": "A"}"#).fhir_id);
    }

    #[test]
    fn every_style_of_reference_is_resolved() {
        let resources = vec![resource(Some("urn:uuid:6c1f7c0e-2a5c-4a0c-9a3e-000000000001"), r#"{"resourceType":"Patient","id":"p"}"#)];
        let mut index = Index::default();
        index.add(0, &resources[0]);
        let target =
            |reference: &str| index.target(reference, &resources).map(|named| format!("{}/{}", named.resource_type, named.fhir_id));
        assert_eq!(target("urn:uuid:6c1f7c0e-2a5c-4a0c-9a3e-000000000001").as_deref(), Some("Patient/p"));
        assert_eq!(target("Patient/p/_history/3").as_deref(), Some("Patient/p"));
        assert_eq!(target("https://example.org/fhir/Patient/q").as_deref(), Some("Patient/q"));
        assert_eq!(target("urn:uuid:6c1f7c0e-2a5c-4a0c-9a3e-000000000002").as_deref(), Some("/6c1f7c0e-2a5c-4a0c-9a3e-000000000002"));
        for nobody in ["#p", "Practitioner?identifier=1", "Rocket/1", "x", ""] {
            assert_eq!(target(nobody), None, "{nobody}");
        }
    }

    #[test]
    fn what_is_not_understood_says_why() {
        for (raw, reason) in
            [("[]", "no object"), ("{}", "no resourceType"), ("{\"a\":}", "no JSON"), (r#"{"resourceType":7}"#, "no resourceType")]
        {
            assert!(resource(None, raw).reason.is_some_and(|said| said.contains(reason)), "{raw}");
        }
    }
}
