//! Kinds of result, of which a patient can choose that a new one waits until they open it.
//!
//! Waiting is about the patient's own eyes and nothing else: no access rests on a kind. So what
//! cannot be told apart is a kind of its own instead of none, and whoever waits for all kinds
//! waits for every result.

use crate::{
    category::Category,
    fold,
    label::{Label, Labels},
};

/// A kind of result. The discriminant is stored and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ResultKind {
    /// Blood, urine and the like, and every result that is none of the others.
    Laboratory = 1,
    /// Tests for infections: cultures, viruses.
    Infection = 2,
    /// Genes and chromosomes.
    Genetic = 3,
    /// Tissue and cells: pathology, cytology.
    Tissue = 4,
    /// X-rays, scans and other pictures.
    Imaging = 5,
}

/// What of a thing tells its kind.
#[derive(Debug, Clone, Copy)]
pub struct Told<'t> {
    /// Where it belongs.
    pub category: Category,
    /// Its FHIR resource type.
    pub resource_type: &'t str,
    /// The labels of its own codes and words.
    pub labels: Labels,
    /// The codes of its category, of whatever system.
    pub sections: &'t [&'t str],
    /// `system|code` of what it is.
    pub codes: &'t [String],
    /// What it is, in the words of its source.
    pub title: &'t str,
    /// Whether it is a report that says of itself that it is a note.
    pub is_note: bool,
}

/// Sections of a diagnostic service (HL7 table 0074, <https://terminology.hl7.org/CodeSystem-v2-0074.html>),
/// and what US Core and LOINC have in their place.
const SECTIONS: [(ResultKind, &[&str]); 5] = [
    (ResultKind::Genetic, &["GE", "CG"]),
    (ResultKind::Tissue, &["SP", "CP", "PAT", "LP7839-6"]),
    (ResultKind::Infection, &["MB", "MCB", "MYC", "VR", "LP7819-8"]),
    (ResultKind::Imaging, &["RAD", "CT", "CUS", "IMG", "NMR", "NMS", "OUS", "RUS", "RX", "VUS", "XRC", "LP29684-5", "imaging"]),
    (ResultKind::Laboratory, &["LAB", "BG", "BLB", "CH", "HM", "IMM", "SR", "TX", "URN", "laboratory"]),
];

/// LOINC codes (<https://loinc.org>) of reports and of single findings.
const CODES: [(ResultKind, &[&str]); 5] = [
    // The first are those that HL7's Genomics Reporting guide asks for.
    (
        ResultKind::Genetic,
        &[
            "51969-4", "81247-9", "69548-6", "48018-6", "53037-8", "51968-6", "55233-1", "81252-9", "84413-4", "48004-6", "48005-3",
            "81290-9",
        ],
    ),
    (
        ResultKind::Tissue,
        &["11526-1", "60567-5", "22634-0", "22635-7", "22636-5", "22637-3", "10524-7", "19762-4", "33717-0", "47527-7", "47528-5"],
    ),
    (ResultKind::Infection, &["18725-2", "600-7", "630-4", "6463-4", "664-3", "94500-6", "94531-1"]),
    (ResultKind::Imaging, &["18748-4", "18782-3"]),
    (ResultKind::Laboratory, &["11502-2", "26436-6"]),
];

/// Words of titles, in the languages of the catalogue, folded. Only of what is a result already.
const WORDS: [(ResultKind, &[&str]); 3] = [
    (
        ResultKind::Genetic,
        &["gene", "genes", "genetic", "genotype", "mutation", "chromosome", "karyotype", "genetica", "genetico", "mutacion", "cariotipo"],
    ),
    (
        ResultKind::Tissue,
        &[
            "pathology",
            "histopathology",
            "histology",
            "cytology",
            "biopsy",
            "pap",
            "papanicolaou",
            "cervical",
            "cervicovaginal",
            "patologia",
            "anatomopatologia",
            "histologia",
            "citologia",
            "biopsia",
        ],
    ),
    (
        ResultKind::Infection,
        &[
            "culture",
            "virus",
            "viral",
            "bacteria",
            "microbiology",
            "hiv",
            "chlamydia",
            "trachomatis",
            "gonorrhoeae",
            "gonorrhea",
            "syphilis",
            "treponema",
            "rpr",
            "sars",
            "covid",
            "coronavirus",
            "influenza",
            "hepatitis",
            "herpes",
            "hpv",
            "papillomavirus",
            "streptococcus",
            "clamidia",
            "gonorrea",
            "sifilis",
            "gripe",
            "cultivo",
            "bacterias",
            "microbiologia",
            "vih",
        ],
    ),
];

const LOINC: &str = "http://loinc.org|";

impl ResultKind {
    /// Every kind, in the order in which pages list them.
    pub const ALL: [Self; 5] = [Self::Laboratory, Self::Infection, Self::Genetic, Self::Tissue, Self::Imaging];

    /// The stored number.
    #[must_use]
    pub const fn number(self) -> i16 {
        self as i16
    }

    /// The kind with this stored number.
    #[must_use]
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// The name in forms and message keys.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Laboratory => "laboratory",
            Self::Infection => "infection",
            Self::Genetic => "genetic",
            Self::Tissue => "tissue",
            Self::Imaging => "imaging",
        }
    }

    /// The kind of a [`Self::slug`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// The kind of a thing; `None`: it is no result, and never waits for itself.
    ///
    /// What is known to be a result is told apart by its section, its code, its labels, then its
    /// words. A document is a result where its section or its code says so, or it is a report:
    /// the words of a note say nothing of what it is.
    #[must_use]
    pub fn of(told: Told<'_>) -> Option<Self> {
        let coded = || {
            let is_genetic = told.labels.contains(Label::Genetic).then_some(Self::Genetic);
            is_genetic.or_else(|| telling(by_code(told.codes))).or_else(|| by_section(told.sections))
        };
        match told.category {
            Category::Imaging => Some(Self::Imaging),
            Category::Results if told.resource_type == "MolecularSequence" => Some(Self::Genetic),
            // "Laboratory" says no more than that it is none of the others by its section.
            Category::Results => Some(
                coded()
                    .filter(|kind| *kind != Self::Laboratory)
                    .or_else(|| told.labels.contains(Label::Hiv).then_some(Self::Infection))
                    .or_else(|| by_words(told.title))
                    .unwrap_or(Self::Laboratory),
            ),
            Category::Documents => {
                let is_report = told.resource_type == "DiagnosticReport" && !told.is_note;
                let by_section = || by_section(told.sections);
                telling(by_code(told.codes)).or_else(by_section).or_else(|| by_code(told.codes)).or(is_report.then_some(Self::Laboratory))
            }
            _ => None,
        }
    }
}

/// That something is of a laboratory says no more than that: what else there is is asked first.
fn telling(kind: Option<ResultKind>) -> Option<ResultKind> {
    kind.filter(|kind| *kind != ResultKind::Laboratory)
}

fn by_code(codes: &[String]) -> Option<ResultKind> {
    let of = |code: &str| CODES.iter().find(|(_, known)| known.contains(&code)).map(|(kind, _)| *kind);
    codes.iter().filter_map(|code| code.strip_prefix(LOINC)).find_map(of)
}

fn by_section(sections: &[&str]) -> Option<ResultKind> {
    SECTIONS.iter().find(|(_, known)| sections.iter().any(|section| known.contains(section))).map(|(kind, _)| *kind)
}

fn by_words(title: &str) -> Option<ResultKind> {
    let words = fold::words(title);
    WORDS.iter().find(|(_, known)| words.iter().any(|word| known.contains(&word.as_str()))).map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESULT: Told<'static> = Told {
        category: Category::Results,
        resource_type: "Observation",
        labels: Labels::NONE,
        sections: &[],
        codes: &[],
        title: "",
        is_note: false,
    };

    #[test]
    fn every_number_and_slug_is_of_one_kind() {
        for kind in ResultKind::ALL {
            assert_eq!((ResultKind::from_number(kind.number()), ResultKind::from_slug(kind.slug())), (Some(kind), Some(kind)));
        }
        assert_eq!((ResultKind::from_number(0), ResultKind::from_slug("")), (None, None));
    }

    #[test]
    fn a_result_is_told_by_its_section_its_code_its_label_and_its_words_and_is_of_some_kind_at_least() {
        let loinc = |code: &str| vec![format!("http://loinc.org|{code}")];
        let (gene, culture, study) = (loinc("48018-6"), loinc("600-7"), loinc("11526-1"));
        for (told, kind) in [
            (RESULT, ResultKind::Laboratory),
            (Told { sections: &["laboratory"], title: "Hemoglobin [Mass/volume] in Blood", ..RESULT }, ResultKind::Laboratory),
            (Told { sections: &["laboratory"], title: "Influenza virus A RNA [Presence] in Throat", ..RESULT }, ResultKind::Infection),
            (Told { sections: &["laboratory"], codes: &culture, ..RESULT }, ResultKind::Infection),
            (Told { sections: &["LAB", "MB"], ..RESULT }, ResultKind::Infection),
            (Told { labels: Labels::NONE.with(Label::Hiv), ..RESULT }, ResultKind::Infection),
            (Told { sections: &["LAB"], codes: &gene, ..RESULT }, ResultKind::Genetic),
            (Told { labels: Labels::NONE.with(Label::Genetic), sections: &["LAB"], ..RESULT }, ResultKind::Genetic),
            (Told { resource_type: "MolecularSequence", ..RESULT }, ResultKind::Genetic),
            (Told { title: "Mutación del gen BRCA1", ..RESULT }, ResultKind::Genetic),
            (Told { sections: &["SP"], ..RESULT }, ResultKind::Tissue),
            (Told { codes: &study, ..RESULT }, ResultKind::Tissue),
            (Told { title: "Biopsy of skin", ..RESULT }, ResultKind::Tissue),
            (Told { category: Category::Imaging, ..RESULT }, ResultKind::Imaging),
            (Told { sections: &["RAD"], ..RESULT }, ResultKind::Imaging),
        ] {
            assert_eq!(ResultKind::of(told), Some(kind), "{told:?}");
        }
    }

    #[test]
    fn a_document_is_a_result_where_it_says_so_and_nothing_else_is_one() {
        let (report, note) = (vec!["http://loinc.org|11502-2".to_owned()], vec!["http://loinc.org|34117-2".to_owned()]);
        let document = Told { category: Category::Documents, resource_type: "DocumentReference", ..RESULT };
        assert_eq!(ResultKind::of(Told { codes: &report, ..document }), Some(ResultKind::Laboratory));
        assert_eq!(ResultKind::of(Told { sections: &["PAT"], ..document }), Some(ResultKind::Tissue));
        assert_eq!(ResultKind::of(Told { codes: &note, title: "After the biopsy", ..document }), None);
        assert_eq!(
            ResultKind::of(Told { codes: &report, sections: &["GE"], ..document }),
            Some(ResultKind::Genetic),
            "it says more than its code"
        );
        let report = Told { resource_type: "DiagnosticReport", ..document };
        assert_eq!(ResultKind::of(report), Some(ResultKind::Laboratory), "a report that is only a text");
        assert_eq!(ResultKind::of(Told { is_note: true, ..report }), None);
        for category in [Category::Problems, Category::Vitals, Category::Visits, Category::Procedures, Category::Lifestyle] {
            assert_eq!(ResultKind::of(Told { category, sections: &["LAB"], ..RESULT }), None);
        }
    }
}
