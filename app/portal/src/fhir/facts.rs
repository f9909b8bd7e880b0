//! What a detail page tells about one item.
//!
//! Closed by default: a field that has no row here is not told at all, and a row
//! is the thing's own only where it can belong to no other category. `docs/parts.md` has
//! every row that is not.

use chartkey_domain::{category::Category, when::Moment};

use super::{
    json::Json,
    observation::{self, PART},
    parts::{self, Inside, Of},
    project::{self, concept_text, reference_of},
    shape::shape,
};

/// Whose part of an item a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Of the item's own category: whoever sees the item sees it.
    Own,
    /// Told apart: for whoever may see an item of each of these categories, with its labels.
    Of(&'static [Category]),
    /// A line of a bill, whose categories its code says.
    Line,
    /// It names another item, and is for whoever sees that.
    Link,
    /// Words, which cannot be split: for whoever may see a document with all labels of the item.
    Words,
    /// The patient's only.
    Kept,
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

/// A row of another category.
pub(super) const fn of(categories: &'static [Category], name: &'static str, path: &'static str) -> Fact {
    Fact { name, path, part: Part::Of(categories) }
}

/// A row that says what somebody has, or had: a reason, a diagnosis.
pub(super) const fn problem(name: &'static str, path: &'static str) -> Fact {
    of(&[Category::Problems], name, path)
}

/// A line of a bill.
pub(super) const fn line(path: &'static str) -> Fact {
    Fact { name: "fact.line", path, part: Part::Line }
}

/// A row that names another item.
pub(super) const fn link(name: &'static str, path: &'static str) -> Fact {
    Fact { name, path, part: Part::Link }
}

/// A row of words that people wrote: a note, a conclusion.
pub(super) const fn words(name: &'static str, path: &'static str) -> Fact {
    Fact { name, path, part: Part::Words }
}

/// A row for the patient only.
pub(super) const fn kept(name: &'static str, path: &'static str) -> Fact {
    Fact { name, path, part: Part::Kept }
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

/// Who a fact is for, beside the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Whoever sees the item.
    Readers,
    /// Whoever sees the item that it names.
    ReadersOfTarget,
    /// Whoever may see a part like this.
    Allowed(Of),
    /// Whoever may see a document with all labels of the item.
    ReadersOfWords,
    /// Nobody.
    Nobody,
}

/// One fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The message key of its name.
    pub name: &'static str,
    /// What it says.
    pub value: FactValue,
    /// Who it is for.
    pub whom: For,
}

/// What may be told of any resource.
static EVERYWHERE: [Fact; 4] = [
    words("fact.note", "note.text"),
    words("fact.comment", "comment"),
    problem("fact.reason", "reasonCode"),
    problem("fact.reason", "reasonReference"),
];

/// Goes through what the rows of a resource's type name: the row, what the value stands in, and the value.
pub(super) fn each<'s, 'a>(resource: &'s Json<'a>, mut say: impl FnMut(&'static Fact, &'s Json<'a>, &'s Json<'a>)) {
    let shape = shape(resource.get("resourceType").str().unwrap_or_default());
    for fact in shape.facts.iter().chain(&EVERYWHERE) {
        let (around, last) = fact.path.rsplit_once('.').unwrap_or(("", fact.path));
        let around = if around.is_empty() { vec![resource] } else { resource.all(around) };
        for within in around {
            within.all(last).into_iter().for_each(|value| say(fact, within, value));
        }
    }
}

/// The facts of a resource, in the order of its type's table. References keep the
/// order in which they stand under their path.
#[must_use]
pub fn facts(resource: &Json<'_>) -> Vec<Told> {
    let mut told = Vec::new();
    let mut inside = Inside::new(resource);
    let (mut row, mut index) = (None, 0);
    each(resource, |fact, within, value| {
        if row.replace(std::ptr::from_ref(fact)) != Some(std::ptr::from_ref(fact)) {
            index = 0;
        }
        let Some(said) = said(value, fact.path, &mut index) else { return };
        let name = fact.name;
        if matches!(said, FactValue::Reference { .. })
            && fact.part != Part::Kept
            && let Some((words, of)) = inside.part(value)
        {
            told.push(Told { name, value: FactValue::Text(words), whom: For::Allowed(of) });
            return;
        }
        let whom = match (fact.part, &said) {
            (Part::Own, _) => For::Readers,
            (Part::Of(_) | Part::Line | Part::Link | Part::Words, FactValue::Reference { .. }) => For::ReadersOfTarget,
            (Part::Of(categories), _) => For::Allowed(parts::placed(value, categories)),
            (Part::Line, _) => For::Allowed(parts::line(within, value)),
            (Part::Words, _) => For::ReadersOfWords,
            (Part::Link | Part::Kept, _) => For::Nobody,
        };
        told.push(Told { name, value: said, whom });
    });
    told
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
    if path == PART { observation::part(value) } else { plain(value) }.map(FactValue::Text)
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

    fn told(text: &str) -> Vec<Told> {
        facts(&Json::parse(text).unwrap())
    }

    #[test]
    fn a_reason_and_a_note_are_other_parts() {
        let told = told(
            r#"{"resourceType":"Procedure","code":{"text":"X-ray"},"reasonCode":[{"text":"Pain"}],"note":[{"text":"a"}],
                "reasonReference":[{"reference":"Condition/1","display":"Broken"}],"performer":[{"actor":{"display":"Dr Lee"}}]}"#,
        );
        let whom: Vec<_> = told.iter().map(|fact| (fact.name, fact.whom)).collect();
        assert!(
            matches!(
                whom[..],
                [
                    ("fact.performer", For::Readers),
                    ("fact.note", For::ReadersOfWords),
                    ("fact.reason", For::Allowed(of)),
                    ("fact.reason", For::ReadersOfTarget)
                ] if of.categories.contains(Category::Problems)
            ),
            "{whom:?}"
        );
        assert!(told.iter().any(|fact| matches!(&fact.value, FactValue::Reference { display: Some(name), .. } if name == "Dr Lee")));
    }

    #[test]
    fn the_parts_of_a_panel_are_told_each_with_its_value() {
        let told = told(
            r#"{"resourceType":"Observation","component":[
                {"code":{"text":"Systolic"},"valueQuantity":{"value":120,"unit":"mmHg"}},
                {"code":{"text":"Diastolic"},"valueQuantity":{"value":80.0,"unit":"mmHg"}},
                {"code":{"text":"Mean"},"dataAbsentReason":{"text":"not asked"}},
                {"code":{"coding":[{"display":"Arm"}]},"valueCodeableConcept":{"text":"left"}},{"code":{"text":"Cuff"}},{}]}"#,
        );
        let parts: Vec<_> = told.iter().filter(|fact| fact.name == "fact.part").map(|fact| &fact.value).collect();
        let said = ["Systolic: 120 mmHg", "Diastolic: 80.0 mmHg", "Mean: not asked", "Arm: left", "Cuff"];
        assert_eq!(parts, said.map(|said| FactValue::Text(said.to_owned())).iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_field_without_a_row_is_not_told() {
        let told = told(
            r#"{"resourceType":"Encounter","secret":"x","extension":[{"valueString":"y"}],"diagnosis":[{"condition":{"display":"z"}}]}"#,
        );
        assert!(told.iter().all(|fact| fact.whom == For::ReadersOfTarget), "{told:?}");
    }

    #[test]
    fn references_are_counted_path_by_path_whatever_they_stand_in() {
        let told = told(
            r#"{"resourceType":"Encounter","diagnosis":[{"condition":{"reference":"Condition/1"}},{"condition":{"reference":"Condition/2"}}],
                "participant":[{"individual":{"reference":"Practitioner/1"}}]}"#,
        );
        let at: Vec<_> = told
            .into_iter()
            .filter_map(|fact| match fact.value {
                FactValue::Reference { path, index, .. } => Some((path, index)),
                _ => None,
            })
            .collect();
        let condition = "diagnosis.condition".to_owned();
        assert_eq!(at, [("participant.individual".to_owned(), 0), (condition.clone(), 0), (condition, 1)]);
    }
}
