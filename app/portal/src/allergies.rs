//! The allergies of a record as a summary tells them: whoever reads one has to know what it may do.

use std::collections::BTreeMap;

use chartkey_domain::{category::Category, id::ItemId};

use crate::{Error, audit::Shown, entry::Entry, fhir::Reactions, record::Record};

/// Allergies, newest first, what means the same once; one more than [`LISTED`](crate::paper::LISTED) where there are more.
#[derive(Debug, Clone, Default)]
pub struct Allergies {
    /// Themselves.
    pub entries: Vec<Entry>,
    /// What is said of the reactions to each of them, by it and by all that mean the same.
    pub reactions: BTreeMap<ItemId, Reactions>,
    /// Whether they all say that there is none.
    pub none_known: bool,
}

impl Allergies {
    /// These, with what they, and those for which they stand (`gate.meaning`), say of reactions. Those others are noted
    /// as shown.
    pub(crate) async fn of(record: &mut Record, entries: Vec<Entry>, shown: &mut Shown) -> Result<Self, Error> {
        if entries.is_empty() {
            return Ok(Self::default());
        }
        let patient = record.whose().patient;
        let ids: Vec<_> = entries.iter().map(|allergy| allergy.id.0).collect();
        let rows = sqlx::query!(
            r#"select h.item_id as "stands_for_it!", i.item_id as "item!", i.is_negation, v.bytes as "bytes?"
            from item h join item i on i.patient_id = $1 and i.category = 4 and i.is_error = h.is_error
                and gate.meaning(i.title, i.codes, i.title_key, i.resource_type, i.item_id, i.status) = gate.meaning(h.title, h.codes, h.title_key, h.resource_type, h.item_id, h.status)
                and (i.source_id = (select gate.by_hand())) = (h.source_id = (select gate.by_hand()))
            left join item_version v on v.patient_id = i.patient_id and v.item_id = i.item_id and v.version_no = i.version_no
            where h.patient_id = $1 and h.item_id = any ($2)
            order by i.first_at desc nulls last, i.item_id"#,
            patient.0,
            &ids
        )
        .fetch_all(record.connection())
        .await?;
        let (mut reactions, mut negations) = (BTreeMap::<_, Reactions>::new(), 0);
        for row in rows {
            if row.item == row.stands_for_it {
                negations += usize::from(row.is_negation);
            } else {
                shown.add(ItemId(row.item), Category::Allergies);
            }
            let told = reactions.entry(ItemId(row.stands_for_it)).or_default();
            row.bytes.iter().for_each(|bytes| told.add(&String::from_utf8_lossy(bytes)));
        }
        Ok(Self { none_known: negations == entries.len(), entries, reactions })
    }
}
