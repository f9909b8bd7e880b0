//! The searchable text of one thing of a record, as it is stored beside it: which codes it
//! has, what kind of thing it is, and its words in their order.
//!
//! A text begins and ends with a space. Codes stand first (`#loinc|4548-4`), then kinds
//! (`@6`, `@observation`), then the words as [`fold::words`] has them; a `.` stands between
//! what the source kept apart.

use std::collections::HashSet;

use crate::{category::Category, fold};

/// The most words of one thing; a longer text is cut.
const WORDS: usize = 20_000;

/// The version of what is written here. Raise it with every change: records that an older
/// one has written are written again.
pub const PHRASE_VERSION: i16 = 1;

/// Puts a text together.
#[derive(Debug, Default)]
pub struct Writer {
    marks: Vec<String>,
    words: String,
    count: usize,
    seen: HashSet<String>,
    /// Marks that stand elsewhere and need not stand here.
    elsewhere: Vec<String>,
}

impl Writer {
    /// Adds the kind of thing it is.
    pub fn kind(&mut self, category: Option<Category>, resource_type: &str) {
        if let Some(category) = category {
            self.mark(format!("@{}", category.number()));
        }
        self.mark(format!("@{}", fold::folded(resource_type)));
    }

    /// Adds the code of a terminology.
    pub fn code(&mut self, system: &str, code: &str) {
        let code: String = code.chars().filter(|letter| !letter.is_whitespace()).take(64).collect();
        if !code.is_empty() {
            self.mark(format!("#{}|{}", short(system), code.to_lowercase()));
        }
    }

    fn mark(&mut self, mark: String) {
        if !self.marks.contains(&mark) && !self.elsewhere.contains(&mark) {
            self.marks.push(mark);
        }
    }

    /// Adds a text, unless the same was added before.
    pub fn text(&mut self, text: &str) {
        let words = fold::words(text);
        let line = words.join(" ");
        if line.is_empty() || self.count > WORDS || self.seen.contains(&line) {
            return;
        }
        self.count += words.len();
        if !self.words.is_empty() {
            self.words.push_str(" .");
        }
        self.words.push(' ');
        self.words.push_str(&line);
        self.seen.insert(line);
    }

    /// One for everything else of the same thing: what was added here is left out there.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self { seen: self.seen.clone(), elsewhere: self.marks.clone(), ..Self::default() }
    }

    /// The whole; empty where nothing was added.
    #[must_use]
    pub fn finish(self) -> String {
        if self.marks.is_empty() && self.words.is_empty() {
            return String::new();
        }
        let marks: String = self.marks.iter().fold(String::new(), |all, mark| all + " " + mark);
        format!("{marks}{} ", self.words)
    }
}

/// What a terminology is called here; `x` where it is none of those that are looked up.
#[must_use]
pub fn short(system: &str) -> &'static str {
    match system {
        "http://loinc.org" | "urn:oid:2.16.840.1.113883.6.1" => "loinc",
        "http://snomed.info/sct" | "urn:oid:2.16.840.1.113883.6.96" => "sct",
        "http://www.nlm.nih.gov/research/umls/rxnorm" | "urn:oid:2.16.840.1.113883.6.88" => "rxnorm",
        "http://hl7.org/fhir/sid/cvx" | "urn:oid:2.16.840.1.113883.12.292" => "cvx",
        "http://hl7.org/fhir/sid/icd-10" | "http://hl7.org/fhir/sid/icd-10-cm" | "urn:oid:2.16.840.1.113883.6.90" => "icd10",
        _ => "x",
    }
}

/// A stored text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase<'a>(pub &'a str);

impl<'a> Phrase<'a> {
    /// Its codes and kinds.
    pub fn marks(self) -> impl Iterator<Item = &'a str> {
        self.0.split_ascii_whitespace().take_while(|token| token.starts_with(['#', '@']))
    }

    /// Whether it has this code or kind.
    #[must_use]
    pub fn has_mark(self, mark: &str) -> bool {
        self.marks().any(|own| own == mark)
    }

    /// Whether a code of any terminology is this one.
    #[must_use]
    pub fn has_code(self, code: &str) -> bool {
        self.marks().any(|own| own.split_once('|').is_some_and(|(_, own)| own == code))
    }

    /// Its words in their order.
    pub fn words(self) -> impl Iterator<Item = &'a str> {
        self.0.split_ascii_whitespace().skip_while(|token| token.starts_with(['#', '@'])).filter(|word| *word != ".")
    }

    /// Whether a word of it is this one, or begins with it, as [`fold::begins`] says.
    #[must_use]
    pub fn has_word(self, wanted: &str) -> bool {
        if fold::is_beginning(wanted) { self.0.contains(&format!(" {wanted}")) } else { self.has_run(wanted) }
    }

    /// Whether these words stand in it side by side, the last of them perhaps as a beginning.
    #[must_use]
    pub fn has_words(self, words: &[String]) -> bool {
        match words {
            [] => false,
            [word] => self.has_word(word),
            [.., last] => {
                let run = words.join(" ");
                if fold::is_beginning(last) { self.0.contains(&format!(" {run}")) } else { self.has_run(&run) }
            }
        }
    }

    /// Whether these words stand in it side by side; they are given with single spaces.
    #[must_use]
    pub fn has_run(self, words: &str) -> bool {
        !words.is_empty() && self.0.contains(&format!(" {words} "))
    }

    /// The words of what was added first: its name. Without the kind of thing that some
    /// terminologies put behind it.
    #[must_use]
    pub fn name(self) -> String {
        const KINDS: [&str; 7] = ["disorder", "finding", "procedure", "situation", "therapy", "event", "person"];
        let mut words: Vec<&str> =
            self.0.split_ascii_whitespace().skip_while(|token| token.starts_with(['#', '@'])).take_while(|word| *word != ".").collect();
        if words.len() > 1 && words.last().is_some_and(|last| KINDS.contains(last)) {
            words.pop();
        }
        words.join(" ")
    }
}

/// Words for a kind of thing, in both languages, with the mark that it has.
const KINDS: &[(&str, &[&str])] = &[
    ("@2", &["problem", "problems", "diagnosis", "diagnoses", "problema", "problemas", "diagnostico", "diagnosticos", "enfermedad"]),
    ("@3", &["medicine", "medicines", "medication", "medications", "drug", "medicamento", "medicamentos", "medicina", "medicinas"]),
    ("@4", &["allergy", "allergies", "allergic", "alergia", "alergias", "alergico", "alergica"]),
    ("@5", &["vaccine", "vaccines", "vaccination", "immunization", "immunisation", "shot", "shots", "vacuna", "vacunas", "vacunacion"]),
    ("@6", &["result", "results", "resultado", "resultados", "analisis"]),
    ("@8", &["procedure", "procedures", "operation", "surgery", "procedimiento", "procedimientos", "operacion", "cirugia"]),
    ("@9", &["visit", "visits", "appointment", "consulta", "consultas", "visita", "visitas", "cita"]),
    (
        "@10",
        &["letter", "letters", "document", "documents", "note", "notes", "carta", "cartas", "documento", "documentos", "nota", "notas"],
    ),
    ("@11", &["imaging", "image", "images", "picture", "pictures", "scan", "imagen", "imagenes"]),
    ("@12", &["plan", "plans", "planes"]),
    ("@14", &["device", "devices", "implant", "dispositivo", "dispositivos", "implante"]),
    ("@15", &["insurance", "claim", "claims", "seguro", "seguros"]),
    ("@goal", &["goal", "goals", "meta", "metas", "objetivo", "objetivos"]),
];

/// The kinds of thing that a word means, with the other words for each.
pub fn kinds(word: &str) -> impl Iterator<Item = &'static (&'static str, &'static [&'static str])> {
    let is_it = |kind: &&'static (&'static str, &'static [&'static str])| {
        kind.1.iter().any(|name| *name == word || (word.len() >= 5 && name.starts_with(word)))
    };
    KINDS.iter().filter(is_it).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase() -> String {
        let mut writer = Writer::default();
        writer.text("Fracture of clavicle (disorder)");
        writer.kind(Some(Category::Problems), "Condition");
        writer.code("http://snomed.info/sct", "58150001");
        writer.text("Fracture of clavicle (disorder)");
        writer.text("Heart. Failure");
        writer.finish()
    }

    #[test]
    fn a_phrase_has_its_marks_first_and_each_text_once() {
        assert_eq!(phrase(), " @2 @condition #sct|58150001 fracture of clavicle disorder . heart failure ");
        assert_eq!(Writer::default().finish(), "");
    }

    #[test]
    fn a_phrase_is_asked_for_codes_words_and_runs() {
        let text = phrase();
        let phrase = Phrase(&text);
        assert!(phrase.has_mark("#sct|58150001") && phrase.has_code("58150001") && !phrase.has_code("5815000"));
        assert!(phrase.has_word("clavic") && !phrase.has_word("lavicle"));
        assert!(phrase.has_run("fracture of clavicle") && !phrase.has_run("disorder heart"), "what was kept apart is no run");
        assert_eq!(phrase.name(), "fracture of clavicle");
        assert_eq!(phrase.words().last(), Some("failure"));
    }

    #[test]
    fn a_kind_has_words_in_both_languages() {
        assert_eq!(kinds("alergia").map(|kind| kind.0).collect::<Vec<_>>(), ["@4"]);
        assert_eq!(kinds("vacun").map(|kind| kind.0).collect::<Vec<_>>(), ["@5"]);
        assert_eq!(kinds("all").count(), 0, "three letters say nothing yet");
    }
}
