//! Whose each resource of a file is.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chartkey_domain::id::PatientId;

use super::resource::{Index, Named, Resource};

/// The resources of a file with their owners.
pub struct Owners<'f, 'a> {
    pub resources: &'f [Resource<'a>],
    pub index: &'f Index,
    /// The Patients that are known: of this file and of earlier ones.
    pub patients: &'f BTreeMap<String, PatientId>,
    /// For each resource, the records it belongs to.
    pub of: Vec<BTreeSet<PatientId>>,
}

/// The Patients that a resource says it is about, known or not.
pub fn said(resource: &Resource<'_>, resources: &[Resource<'_>], index: &Index) -> BTreeSet<String> {
    if resource.resource_type == "Patient" {
        return BTreeSet::from([resource.fhir_id.clone()]);
    }
    let owners = resource.projection.owners.iter().filter_map(|owner| index.target(owner, resources));
    owners.filter(|named| named.resource_type == "Patient" || named.resource_type.is_empty()).map(|named| named.fhir_id).collect()
}

impl<'f, 'a> Owners<'f, 'a> {
    /// Assigns what says whose it is, then what that reaches. `only`: the file is
    /// about this one record, and everything in it belongs there.
    pub fn assign(
        resources: &'f [Resource<'a>],
        index: &'f Index,
        patients: &'f BTreeMap<String, PatientId>,
        only: Option<PatientId>,
    ) -> Self {
        let mut owners = Self { resources, index, patients, of: vec![BTreeSet::new(); resources.len()] };
        let mut everybody = BTreeSet::new();
        let mut unknown = false;
        for (place, resource) in resources.iter().enumerate() {
            let spoken = said(resource, resources, index);
            // A URN that names no entry is a Patient only if we know one of that id.
            unknown |= spoken.iter().any(|id| !patients.contains_key(id));
            for patient in spoken.iter().filter_map(|id| patients.get(id)) {
                everybody.insert(*patient);
                owners.give(place, *patient);
            }
        }
        owners.spread();
        owners.provenance();
        let alone = if unknown { None } else { everybody.first().filter(|_| everybody.len() == 1).copied() };
        if let Some(patient) = only.or(alone) {
            for (place, resource) in resources.iter().enumerate() {
                if resource.is_json && owners.is_free(place) && (only.is_some() && !resource.is_kept || owners.says_nothing(place)) {
                    owners.give(place, patient);
                }
            }
        }
        owners
    }

    /// Whether nobody owns a resource yet.
    pub fn is_free(&self, place: usize) -> bool {
        self.of.get(place).is_none_or(BTreeSet::is_empty)
    }

    /// Whether a resource leaves open whose it is.
    pub fn says_nothing(&self, place: usize) -> bool {
        let is_open = |resource: &Resource<'_>| !resource.projection.names_owner && said(resource, self.resources, self.index).is_empty();
        self.resources.get(place).is_some_and(is_open)
    }

    /// Gives a resource to a record; whether that is new.
    pub fn give(&mut self, place: usize, patient: PatientId) -> bool {
        self.of.get_mut(place).is_some_and(|owners| owners.insert(patient))
    }

    /// Gives what owned resources name, and what that names in turn, to the same
    /// records, unless it says itself whose it is.
    pub fn spread(&mut self) {
        let mut queue: VecDeque<(usize, PatientId)> =
            self.of.iter().enumerate().flat_map(|(place, owners)| owners.iter().map(move |owner| (place, *owner))).collect();
        while let Some((place, patient)) = queue.pop_front() {
            for target in self.named_by(place).iter().filter_map(|named| self.index.place(named)) {
                if self.says_nothing(target) && self.give(target, patient) {
                    queue.push_back((target, patient));
                }
            }
        }
    }

    /// A Provenance names what it is about, not the other way round.
    fn provenance(&mut self) {
        for (place, resource) in self.resources.iter().enumerate() {
            if self.is_free(place) {
                let about: BTreeSet<PatientId> =
                    self.targets(resource).into_iter().filter_map(|target| self.of.get(target)).flatten().copied().collect();
                for patient in about {
                    self.give(place, patient);
                }
            }
        }
        self.spread();
    }

    /// The places of what a Provenance is about; of nothing where it is none.
    pub fn targets(&self, resource: &Resource<'_>) -> Vec<usize> {
        let references = resource.projection.references.iter().filter(|reference| reference.path == "target");
        let references = references.filter(|_| resource.resource_type == "Provenance");
        let named = references.filter_map(|reference| self.index.target(reference.target.as_deref()?, self.resources));
        named.filter_map(|named| self.index.place(&named)).collect()
    }

    /// Everything that a resource names.
    pub fn named_by(&self, place: usize) -> BTreeSet<Named> {
        let references = self.resources.get(place).map(|resource| resource.projection.references.as_slice()).unwrap_or_default();
        references.iter().filter_map(|reference| self.index.target(reference.target.as_deref()?, self.resources)).collect()
    }
}
