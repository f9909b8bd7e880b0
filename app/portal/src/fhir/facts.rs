//! What a detail page tells about one item.
//!
//! Closed by default: a field that has no row here is not told at all, and a row
//! is the thing's own only where it can belong to no other category.

use super::{
    json::Json,
    project::{self, concept_text, reference_of},
    shape::shape,
};
use chartkey_domain::when::Moment;

/// Whose part of an item a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Of the item's own category: whoever sees the item sees it.
    Own,
    /// Of another category, or free text: left out for anyone but the patient.
    Other,
}

/// One row: the message key of its name, the path, and whose part it is.
#[derive(Debug, Clone, Copy)]
pub struct Fact {
    /// Such as `fact.performer`.
    pub name: &'static str,
    /// As in [`Json::all`].
    pub path: &'static str,
    /// Whose part.
    pub part: Part,
}

/// A row that is the thing's own.
pub(super) const fn own(name: &'static str, path: &'static str) -> Fact {
    Fact { name, path, part: Part::Own }
}

/// A row of another part: a reason, a diagnosis, a note.
pub(super) const fn other(name: &'static str, path: &'static str) -> Fact {
    Fact { name, path, part: Part::Other }
}

/// What a fact says.
#[derive(Debug, Clone, PartialEq)]
pub enum FactValue {
    /// As the source wrote it.
    Text(String),
    /// A date or a moment; `text` is how the source wrote it.
    Moment {
        /// Its period.
        moment: Moment,
        /// As written.
        text: String,
    },
    /// A period; either end may be missing.
    Period {
        /// Its start.
        from: Option<Moment>,
        /// Its end.
        to: Option<Moment>,
    },
    /// Another resource. Its display goes with it, unless the target is visible.
    Reference {
        /// The path of this reference in the resource, as in `item_reference.path`.
        path: String,
        /// Which of the references at this path.
        index: usize,
        /// What the source calls it.
        display: Option<String>,
    },
}

/// One fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The message key of its name.
    pub name: &'static str,
    /// What it says.
    pub value: FactValue,
    /// Whose part it is.
    pub part: Part,
}

/// What may be told of any resource, to the patient only.
const EVERYWHERE: [Fact; 4] = [
    other("fact.note", "note.text"),
    other("fact.comment", "comment"),
    other("fact.reason", "reasonCode"),
    other("fact.reason", "reasonReference"),
];

/// The facts of a resource, in the order of its type's table. References keep the
/// order in which they stand under their path.
///
/// # Errors
/// Where the stored bytes are no JSON.
pub fn facts(raw: &str) -> serde_json::Result<Vec<Told>> {
    let resource = Json::parse(raw)?;
    let shape = shape(resource.get("resourceType").str().unwrap_or_default());
    let mut told = Vec::new();
    for fact in shape.facts.iter().chain(&EVERYWHERE) {
        let mut index = 0;
        for value in resource.all(fact.path) {
            if let Some(value) = said(value, fact.path, &mut index) {
                told.push(Told { name: fact.name, value, part: fact.part });
            }
        }
    }
    Ok(told)
}

fn said(value: &Json<'_>, path: &str, index: &mut usize) -> Option<FactValue> {
    if let Some(reference) = reference_of(value) {
        let at = *index;
        *index += 1;
        return Some(FactValue::Reference { path: path.replace("[x]", "Reference"), index: at, display: reference.display });
    }
    if let Some(text) = value.str()
        && let Some(moment) = Moment::parse(text)
    {
        return Some(FactValue::Moment { moment, text: text.into() });
    }
    let (from, to) = (value.get("start").str(), value.get("end").str());
    if from.is_some() || to.is_some() {
        return Some(FactValue::Period { from: from.and_then(Moment::parse), to: to.and_then(Moment::parse) });
    }
    plain(value).map(FactValue::Text)
}

/// Any data type that people read, as text.
fn plain(value: &Json<'_>) -> Option<String> {
    let text = value
        .text()
        .map(str::to_owned)
        .or_else(|| concept_text(value))
        .or_else(|| project::quantity_text(value))
        .or_else(|| project::range_text(value));
    text.or_else(|| project::human_name(value)).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_and_a_note_are_another_part() {
        let told = facts(
            r#"{"resourceType":"Procedure","code":{"text":"X-ray"},"reasonCode":[{"text":"Pain"}],"note":[{"text":"a"}],
                "reasonReference":[{"reference":"Condition/1","display":"Broken"}],"performer":[{"actor":{"display":"Dr Lee"}}]}"#,
        )
        .unwrap();
        for fact in &told {
            let hidden = ["fact.reason", "fact.note"].contains(&fact.name);
            assert_eq!(fact.part == Part::Other, hidden, "{fact:?}");
        }
        assert!(told.iter().any(|fact| matches!(&fact.value, FactValue::Reference { display: Some(name), .. } if name == "Dr Lee")));
        assert_eq!(told.iter().filter(|fact| fact.part == Part::Other).count(), 3);
    }

    #[test]
    fn a_field_without_a_row_is_not_told() {
        let told = facts(
            r#"{"resourceType":"Encounter","secret":"x","extension":[{"valueString":"y"}],"diagnosis":[{"condition":{"display":"z"}}]}"#,
        )
        .unwrap();
        assert!(told.iter().all(|fact| fact.part == Part::Other), "{told:?}");
    }
}
