//! The searchable text of one thing of a record, as it is stored beside it: which codes it
//! has, what kind of thing it is, and its words in their order.
//!
//! A text begins and ends with a space. Codes stand first (`#loinc|4548-4`), then kinds
//! (`@6`, `@observation`), then the words as [`fold::words`] has them; a `.` stands between
//! what the source kept apart.

use std::collections::HashSet;

use memchr::memmem::Finder;

use crate::{category::Category, fold, names};

/// The most words of one thing, in both of its texts together; what comes after them is left out.
pub const WORDS: usize = 20_000;

/// The most codes and kinds of one text.
pub const MARKS: usize = 400;

/// The version of what is written here and in [`crate::alike`]. Raise it with every change: records
/// that an older one has written are written again.
pub const PHRASE_VERSION: i16 = 5;

/// Puts a text together.
#[derive(Debug, Default)]
pub struct Writer {
    marks: Vec<String>,
    words: String,
    count: usize,
    /// What was added: here, and in the text that this one stands beside.
    seen: HashSet<String>,
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
        let code: String = code.chars().filter(|letter| !letter.is_whitespace() && !letter.is_control()).take(64).collect();
        if !code.is_empty() {
            self.mark(format!("#{}|{}", short(system), code.to_lowercase()));
        }
    }

    /// A mark begins with a sign that no word has, so both are looked up in one place.
    fn mark(&mut self, mark: String) {
        if self.marks.len() < MARKS && self.seen.insert(mark.clone()) {
            self.marks.push(mark);
        }
    }

    /// Adds a text, unless the same was added before: as far as there is room.
    pub fn text(&mut self, text: &str) {
        let mut line = String::new();
        let mut count = 0;
        for word in fold::each(text).take(WORDS.saturating_sub(self.count)) {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
            count += 1;
        }
        if line.is_empty() || self.seen.contains(&line) {
            return;
        }
        self.count += count;
        if !self.words.is_empty() {
            self.words.push_str(" .");
        }
        self.words.push(' ');
        self.words.push_str(&line);
        self.seen.insert(line);
    }

    /// One for everything else of the same thing: what was added here is left out there, and
    /// takes of its room.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self { seen: self.seen.clone(), count: self.count, ..Self::default() }
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
    names::short(system).unwrap_or("x")
}

/// Words to look for in texts, put together once for all of them.
#[derive(Debug, Clone)]
pub struct Needle(Finder<'static>);

impl Needle {
    /// These words side by side; they are given with single spaces.
    #[must_use]
    pub fn run(words: &str) -> Self {
        Self(Finder::new(&format!(" {words} ")).into_owned())
    }

    /// These words side by side, the last of them perhaps as a beginning, as [`fold::begins`] says.
    #[must_use]
    pub fn words(words: &[String]) -> Self {
        let run = words.join(" ");
        match words.last() {
            Some(last) if fold::is_beginning(last) => Self(Finder::new(&format!(" {run}")).into_owned()),
            _ => Self::run(&run),
        }
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

    /// Whether a code of any terminology is this one.
    #[must_use]
    pub fn has_code(self, code: &str) -> bool {
        self.marks().any(|own| own.split_once('|').is_some_and(|(_, own)| own == code))
    }

    /// Its words in their order.
    pub fn words(self) -> impl Iterator<Item = &'a str> {
        self.0.split_ascii_whitespace().skip_while(|token| token.starts_with(['#', '@'])).filter(|word| *word != ".")
    }

    /// Whether what is looked for stands in it.
    #[must_use]
    pub fn has(self, needle: &Needle) -> bool {
        needle.0.find(self.0.as_bytes()).is_some()
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
    ("@6", &["result", "results", "lab", "labs", "resultado", "resultados", "analisis", "laboratorio"]),
    ("@7", &["vital", "vitals", "signs", "vitales", "signos"]),
    ("@8", &["procedure", "procedures", "operation", "surgery", "procedimiento", "procedimientos", "operacion", "cirugia"]),
    ("@9", &["visit", "visits", "appointment", "consulta", "consultas", "visita", "visitas", "cita"]),
    (
        "@10",
        &["letter", "letters", "document", "documents", "note", "notes", "carta", "cartas", "documento", "documentos", "nota", "notas"],
    ),
    ("@11", &["imaging", "image", "images", "picture", "pictures", "scan", "imagen", "imagenes"]),
    ("@12", &["plan", "plans", "planes"]),
    ("@13", &["lifestyle", "survey", "surveys", "questionnaire", "encuesta", "encuestas", "cuestionario"]),
    ("@14", &["device", "devices", "implant", "dispositivo", "dispositivos", "implante"]),
    ("@15", &["insurance", "claim", "claims", "seguro", "seguros"]),
    ("@goal", &["goal", "goals", "meta", "metas", "objetivo", "objetivos"]),
];

/// The kinds of thing that a word means, with the other words for each.
pub fn kinds(word: &str) -> impl Iterator<Item = &'static (&'static str, &'static [&'static str])> {
    KINDS.iter().filter(move |kind| kind.1.iter().any(|name| *name == word || (word.len() >= 5 && name.starts_with(word))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase() -> String {
        let mut writer = Writer::default();
        writer.text("Fracture of clavicle (disorder)");
        writer.kind(Some(Category::Problems), "Condition");
        writer.code("http://snomed.info/sct", "58\x00150 001");
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
        assert!(phrase.has_code("58150001") && !phrase.has_code("5815000"));
        let begins = |words: &[&str]| phrase.has(&Needle::words(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()));
        assert!(begins(&["clavic"]) && !begins(&["lavicle"]) && begins(&["fracture", "of"]) && !begins(&["o"]) && !begins(&[]));
        let run = |words| phrase.has(&Needle::run(words));
        assert!(run("fracture of clavicle") && !run("clavic") && !run("disorder heart"), "what was kept apart is no run");
        assert_eq!(phrase.name(), "fracture of clavicle");
        assert_eq!(phrase.words().last(), Some("failure"));
    }

    #[test]
    fn a_text_is_cut_at_its_limits_in_one_line_and_in_many() {
        let words = |text: &str| Phrase(text).words().count();
        let mut writer = Writer::default();
        writer.text(&"word ".repeat(WORDS - 1));
        writer.text("one two three");
        writer.text("four");
        let mut beside = writer.beside();
        beside.text("five");
        let text = writer.finish();
        assert_eq!((words(&text), Phrase(&text).words().last()), (WORDS, Some("one")));
        assert_eq!(beside.finish(), "", "both texts share one room");

        let mut writer = Writer::default();
        writer.text(&"word ".repeat(WORDS * 50));
        (0..WORDS * 10).for_each(|line| writer.text(&format!("line {line}")));
        (0..MARKS * 500).for_each(|code| writer.code("http://loinc.org", &code.to_string()));
        let text = writer.finish();
        assert_eq!((words(&text), Phrase(&text).marks().count()), (WORDS, MARKS));
    }

    #[test]
    fn a_kind_has_words_in_both_languages() {
        assert_eq!(kinds("alergia").map(|kind| kind.0).collect::<Vec<_>>(), ["@4"]);
        assert_eq!(kinds("vacun").map(|kind| kind.0).collect::<Vec<_>>(), ["@5"]);
        assert_eq!(kinds("all").count(), 0, "three letters say nothing yet");
    }
}
