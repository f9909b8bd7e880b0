//! Identities are computed, so that no order of files matters and a reference can
//! be resolved before its target has come.

use chartkey_domain::id::{ItemId, PatientId, SourceId};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The source of this name.
#[must_use]
pub fn source_id(name: &str) -> SourceId {
    SourceId(computed(&[b"chartkey-source-1", name.as_bytes()]))
}

/// A patient who first comes as this Patient of this source.
#[must_use]
pub fn patient_id(source: SourceId, fhir_id: &str) -> PatientId {
    PatientId(computed(&[b"chartkey-patient-1", source.0.as_bytes(), fhir_id.as_bytes()]))
}

/// A resource of a source in the record of a patient.
#[must_use]
pub fn item_id(source: SourceId, patient: PatientId, resource_type: &str, fhir_id: &str) -> ItemId {
    ItemId(computed(&[b"chartkey-item-1", source.0.as_bytes(), patient.0.as_bytes(), resource_type.as_bytes(), fhir_id.as_bytes()]))
}

/// The SHA-256 of bytes as received.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The SHA-256 of pieces, one after another.
#[must_use]
pub fn sha256_of<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> [u8; 32] {
    let mut hash = Sha256::new();
    pieces.into_iter().for_each(|piece| hash.update(piece));
    hash.finalize().into()
}

/// A hash in hexadecimal.
#[must_use]
pub fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A version 8 UUID (RFC 9562) from the hash of parts, each after its length, so
/// that no two lists of parts read alike.
fn computed(parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let hash: [u8; 32] = hash.finalize().into();
    Uuid::new_v8(std::array::from_fn(|at| hash.get(at).copied().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_depends_on_every_part_and_on_where_parts_end() {
        let (source, patient) = (source_id("a"), patient_id(source_id("a"), "1"));
        assert_eq!(source, source_id("a"));
        assert_ne!(item_id(source, patient, "Ab", "c"), item_id(source, patient, "A", "bc"));
        assert_ne!(patient_id(source_id("b"), "1"), patient);
        assert_eq!(patient.0.get_version_num(), 8);
    }
}
