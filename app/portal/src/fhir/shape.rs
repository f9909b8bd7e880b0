//! How the common facts are read off each resource type: one row a type.
//!
//! A title is read only from what the thing itself is. A reason, a diagnosis, a
//! conclusion, the lines of a claim or what a plan addresses belong to other
//! categories and never become part of it.

use std::sync::LazyLock;

use super::facts::{Fact, Part};

/// Where a type keeps its common facts. Paths as in [`super::json::Json::all`].
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// The resource type.
    pub name: &'static str,
    /// What the thing is, best first: a concept, a coding or a text.
    pub title: &'static [&'static str],
    /// When it happened, best first; what was only recorded comes last.
    pub when: &'static [&'static str],
    /// When it ended, where that is not part of a period.
    pub end: &'static [&'static str],
    /// Whether it goes on until it has ended (a problem, a plan), or is over at once.
    pub lasts: bool,
    /// The values of its status that say that it is over.
    pub over: &'static [&'static str],
    /// Who made it: references or texts.
    pub author: &'static [&'static str],
    /// Where: references or texts.
    pub place: &'static [&'static str],
    /// What a detail page tells.
    pub facts: &'static [Fact],
}

impl Shape {
    /// A shape that only says what and when.
    pub(super) const fn new(name: &'static str, title: &'static [&'static str], when: &'static [&'static str]) -> Self {
        Self { name, title, when, end: &[], lasts: false, over: &[], author: &[], place: &[], facts: &[] }
    }

    pub(super) const fn lasting(mut self, end: &'static [&'static str], over: &'static [&'static str]) -> Self {
        self.lasts = true;
        self.end = end;
        self.over = over;
        self
    }

    pub(super) const fn end_at(mut self, end: &'static [&'static str]) -> Self {
        self.end = end;
        self
    }

    pub(super) const fn by(mut self, author: &'static [&'static str]) -> Self {
        self.author = author;
        self
    }

    pub(super) const fn at(mut self, place: &'static [&'static str]) -> Self {
        self.place = place;
        self
    }

    pub(super) const fn telling(mut self, facts: &'static [Fact]) -> Self {
        self.facts = facts;
        self
    }
}

/// What is read off a type that has no row: its code, and dates that say when.
const OTHER: Shape = Shape::new("", &["code", "type"], &["effective[x]", "occurrence[x]", "performed[x]", "period", "date"]);

const FAMILIES: [&[Shape]; 11] = [
    super::observation::SHAPES,
    super::report::SHAPES,
    super::condition::SHAPES,
    super::medication::SHAPES,
    super::encounter::SHAPES,
    super::procedure::SHAPES,
    super::note::SHAPES,
    super::claim::SHAPES,
    super::plan::SHAPES,
    super::device::SHAPES,
    super::person::SHAPES,
];

/// The shape of a type.
#[must_use]
pub fn shape(resource_type: &str) -> &'static Shape {
    static NO_ROW: Shape = OTHER;
    FAMILIES.iter().flat_map(|family| family.iter()).find(|shape| shape.name == resource_type).unwrap_or(&NO_ROW)
}

static TOLD: LazyLock<Vec<String>> = LazyLock::new(|| {
    let own = |shape: &'static Shape| shape.facts.iter().filter(|fact| fact.part == Part::Own).map(|fact| (shape.name, fact.path));
    let told = FAMILIES.iter().flat_map(|family| family.iter()).flat_map(own);
    told.map(|(name, path)| format!("{name}.{}", path.replace("[x]", "Reference"))).collect()
});

/// The references that every reader of an item is told, beside its author and place: a type and a
/// path of `item_reference`, `MedicationRequest.medicationReference`.
#[must_use]
pub fn told() -> &'static [String] {
    &TOLD
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::{parts, types};

    /// Every part that is told apart as Markdown, as it stands in `docs/parts.md`.
    fn printed() -> String {
        let mut page = String::from(
            "# The parts of things\n\n\
             Printed from `app/portal/src/fhir/`; a test compares. What is in no row here is of the thing itself, or told to nobody.\n\
             A part is shown to whoever sees the thing and may see an item of each category named, with its labels and of its time.\n\
             *it*: whoever sees the item that it names; *a line*: what its code names, of whatever category, or else all of\n\
             problems, medicines, vaccines, results, procedures, visits, imaging and devices; *words*: documents, with every label of the thing;\n\
             *kept*: its patient only. A reference is read by its target: where that is not visible, its words go with it.\n\
             Of every type: `note.text` and `comment` are words, `reasonCode` and `reasonReference` problems.\n\n\
             | resource type | part | shown to who may see |\n|---|---|---|\n",
        );
        for shape in FAMILIES.iter().flat_map(|family| family.iter()) {
            for Fact { path, part, .. } in shape.facts {
                let whom = match part {
                    Part::Own => continue,
                    Part::Of(categories) => categories.iter().map(|category| category.slug()).collect::<Vec<_>>().join(" and "),
                    Part::Line => "a line".to_owned(),
                    Part::Link => "it".to_owned(),
                    Part::Words => "words".to_owned(),
                    Part::Kept => "kept".to_owned(),
                };
                page.push_str(&format!("| {} | `{path}` | {whom} |\n", shape.name));
            }
        }
        page.push_str("\nSections of a Composition, by their code in LOINC; any other is of the document.\n\n");
        page.push_str("| code | shown to who may see |\n|---|---|\n");
        for (code, of) in parts::SECTIONS {
            let asked: Vec<_> = parts::asked_of_section(of).iter().map(|category| category.slug()).collect();
            let whom = if asked.is_empty() { "kept".to_owned() } else { asked.join(" and ") };
            page.push_str(&format!("| {code} | {whom} |\n"));
        }
        page
    }

    #[test]
    fn the_parts_are_printed() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/parts.md");
        if std::env::var_os("CHARTKEY_PRINT").is_some() {
            std::fs::write(path, printed()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            printed(),
            "print it with CHARTKEY_PRINT=1 and review the difference"
        );
    }

    #[test]
    fn what_a_thing_names_of_its_own_is_told_and_nothing_else() {
        let is_told = |path: &str| told().iter().any(|told| told == path);
        for path in ["MedicationRequest.medicationReference", "Immunization.manufacturer", "Encounter.serviceProvider"] {
            assert!(is_told(path), "{path}");
        }
        for path in [
            "AdverseEvent.suspectEntity.instance",
            "Claim.provider",
            "Claim.facility",
            "Encounter.diagnosis.condition",
            "Procedure.usedReference",
        ] {
            assert!(!is_told(path), "{path}");
        }
    }

    #[test]
    fn every_row_names_a_type_of_r4_once() {
        let mut names: Vec<_> = FAMILIES.iter().flat_map(|family| family.iter()).map(|shape| shape.name).collect();
        assert!(names.iter().all(|name| types::is_known(name)), "{names:?}");
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn no_title_is_read_from_another_part() {
        for shape in FAMILIES.iter().flat_map(|family| family.iter()) {
            for path in shape.title {
                for other in [
                    "reason",
                    "diagnosis",
                    "conclusion",
                    "addresses",
                    "note",
                    "item.",
                    "condition",
                    "evidence",
                    "indication",
                    "description",
                ] {
                    let goal = shape.name == "Goal" && *path == "description";
                    assert!(goal || !path.contains(other), "{}.{path}", shape.name);
                }
            }
        }
    }
}
