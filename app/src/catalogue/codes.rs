//! Codes that a source writes in the place of words: of FHIR, where no text stands beside
//! them, and the professions that organizations vouch for. A code without a word of ours is
//! said as it is written: better a foreign word than a wrong one.

use super::{Language, Say};

impl Say {
    /// A text of a source. One that is a code ("vital-signs") is said in words; any other stays
    /// as it was written.
    #[must_use]
    pub fn coded(self, text: &str) -> String {
        let is_code = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        if !is_code {
            return text.to_owned();
        }
        let word = match self.0 {
            Language::English => None,
            Language::Spanish => spanish(text),
        };
        self.words(word.map_or_else(|| as_written(text), str::to_owned))
    }

    /// A profession, within a sentence: "anyone who signs in as …".
    #[must_use]
    pub fn profession_named(self, name: &str) -> String {
        let word = match self.0 {
            Language::English => None,
            Language::Spanish => profession_in_spanish(name),
        };
        self.words(word.unwrap_or(name).to_owned())
    }
}

/// "Vital signs" of "vital-signs".
pub(super) fn as_written(code: &str) -> String {
    let words = code.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What no word has a gender for: "personal" is the same for everybody.
fn profession_in_spanish(name: &str) -> Option<&'static str> {
    Some(match name {
        "physician" | "doctor" => "personal médico",
        "nurse" => "personal de enfermería",
        "midwife" => "personal de partería",
        "pharmacist" => "personal de farmacia",
        "dentist" => "personal de odontología",
        "psychologist" => "personal de psicología",
        "physiotherapist" => "personal de fisioterapia",
        "dietitian" => "personal de nutrición",
        "paramedic" => "personal de emergencias",
        "social-worker" | "social worker" => "personal de trabajo social",
        _ => return None,
    })
}

/// Codes of FHIR R4, of the value sets of the elements that `portal/src/fhir` tells.
fn spanish(code: &str) -> Option<&'static str> {
    Some(match code {
        // What kind of thing it is.
        "laboratory" => "Laboratorio",
        "vital-signs" => "Signos vitales",
        "imaging" => "Imagen",
        "survey" => "Cuestionario",
        "social-history" => "Hábitos de vida",
        "procedure" => "Procedimiento",
        "exam" => "Exploración",
        "therapy" => "Terapia",
        "activity" => "Actividad",
        "problem-list-item" => "Anotado en la lista de problemas",
        "encounter-diagnosis" => "Diagnóstico de una consulta",
        "health-concern" => "Preocupación por la salud",
        "allergy" => "Alergia",
        "intolerance" => "Intolerancia",
        "food" => "Alimento",
        "medication" => "Medicamento",
        "environment" => "Ambiente",
        "biologic" => "Producto biológico",
        "inpatient" => "En el hospital",
        "outpatient" => "Sin ingreso",
        "community" => "En casa",
        "discharge" => "Al alta",
        "institutional" => "De una institución",
        "professional" => "Profesional",
        "oral" => "Bucal",
        "pharmacy" => "Farmacia",
        "vision" => "Vista",
        // How sure, how bad, how urgent.
        "unconfirmed" => "Sin confirmar",
        "provisional" => "Provisional",
        "differential" => "Una de varias posibilidades",
        "confirmed" => "Con confirmación",
        "refuted" => "Se descartó",
        "low" => "Bajo",
        "high" => "Alto",
        "unable-to-assess" => "No se puede valorar",
        "mild" => "Leve",
        "moderate" => "Intensidad media",
        "severe" => "Grave",
        "routine" => "Habitual",
        "urgent" => "Urgente",
        "asap" => "Lo antes posible",
        "stat" => "De inmediato",
        // What was meant by it.
        "proposal" => "Propuesta",
        "plan" => "Plan",
        "directive" => "Indicación",
        "order" | "original-order" | "instance-order" => "Orden",
        "reflex-order" => "Orden que sigue a un resultado",
        "filler-order" => "Orden de quien la cumple",
        "option" => "Opción",
        "claim" => "Solicitud de pago",
        "preauthorization" => "Autorización previa",
        "predetermination" => "Cálculo previo",
        "official" => "Oficial",
        "usual" => "De uso habitual",
        // How it ended, or why it is missing.
        "final" => "Definitivo",
        "queued" => "En cola",
        "complete" => "Completo",
        "error" => "Error",
        "partial" => "En parte",
        "improving" => "Mejora",
        "worsening" => "Empeora",
        "no-change" => "Sin cambios",
        "achieved" => "Se alcanzó",
        "sustaining" => "Se mantiene",
        "not-achieved" => "No se alcanzó",
        "no-progress" => "Sin avances",
        "not-attainable" => "No se puede alcanzar",
        "in-progress" => "En curso",
        "unknown" => "No se sabe",
        "asked-unknown" => "Se preguntó y no se sabe",
        "temp-unknown" => "Todavía no se sabe",
        "not-asked" => "No se preguntó",
        "asked-declined" => "Se preguntó y no se quiso responder",
        "masked" => "Se oculta",
        "not-applicable" => "No corresponde",
        "not-performed" => "No se hizo",
        "not-permitted" => "No está permitido",
        // Of a person.
        "male" => "Hombre",
        "female" => "Mujer",
        "other" => "Otro",
        "self" => "La misma persona",
        "spouse" => "Cónyuge",
        "parent" => "Padre o madre",
        "child" => "Hijo o hija",
        "home" => "Casa",
        "work" => "Trabajo",
        "mobile" => "Móvil",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_said_in_words_and_a_text_as_it_was_written() {
        let (english, spanish) = (Say::of(Language::English), Say::of(Language::Spanish));
        assert_eq!(english.coded("vital-signs"), "Vital signs");
        assert_eq!(spanish.coded("vital-signs"), "Signos vitales");
        assert_eq!(spanish.coded("Taken at home"), "Taken at home");
        assert_eq!(spanish.coded("a-code-of-nobody"), "A code of nobody");
    }

    #[test]
    fn a_profession_that_an_organization_made_up_stays_as_it_is() {
        assert_eq!(Say::of(Language::Spanish).profession_named("nurse"), "personal de enfermería");
        assert_eq!(Say::of(Language::Spanish).profession_named("ward clerk"), "ward clerk");
        assert_eq!(Say::of(Language::English).profession_named("nurse"), "nurse");
    }
}
