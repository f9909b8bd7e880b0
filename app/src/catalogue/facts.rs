//! The names of facts: what one thing of a record tells about itself.

use super::{Language, Say, codes::as_written};

impl Say {
    /// The name of a fact, by the key that the mapping gives it. A key without words
    /// of its own is said as it is written.
    #[must_use]
    pub fn fact(self, key: &str) -> String {
        let key = key.strip_prefix("fact.").unwrap_or(key);
        let name = match self.0 {
            Language::English => english(key),
            Language::Spanish => spanish(key),
        };
        self.words(name.map_or_else(|| as_written(key), str::to_owned))
    }
}

/// Only the keys that would not read well as they are written.
fn english(key: &str) -> Option<&'static str> {
    Some(match key {
        "time" => "When",
        "seen-by" => "Seen by",
        "kind" => "Kind",
        "issued" => "Reported",
        "performer" => "Done by",
        "part" => "Part",
        "missing" => "Why there is no value",
        "body-site" => "Where on the body",
        "lot" => "Lot number",
        "udi" => "Device number",
        "order" => "Ordered by",
        "line" => "Line",
        "asserter" => "Told by",
        "dose" => "How to take it",
        _ => return None,
    })
}

/// Every key of the mapping.
fn spanish(key: &str) -> Option<&'static str> {
    Some(match key {
        "achievement" => "Hasta dónde se ha llegado",
        "activity" => "Actividad",
        "address" => "Dirección",
        "addresses" => "Se ocupa de",
        "after" => "Después",
        "amount" => "Cantidad",
        "answered" => "Fecha de la respuesta",
        "asserter" => "Contado por",
        "author" => "Escrito por",
        "basis" => "Base",
        "began" => "Empezó",
        "birth-date" => "Fecha de nacimiento",
        "body-site" => "En qué parte del cuerpo",
        "born" => "Nacimiento",
        "certainty" => "Certeza",
        "comment" => "Comentario",
        "complication" => "Complicación",
        "conclusion" => "Conclusión",
        "contact" => "Contacto",
        "contains" => "Contiene",
        "content" => "Contenido",
        "criticality" => "Nivel de riesgo",
        "days" => "Días",
        "derived-from" => "Se obtuvo de",
        "device" => "Dispositivo",
        "diagnosis" => "Diagnóstico",
        "died" => "Fallecimiento",
        "dose" => "Cómo tomarlo",
        "dose-number" => "Número de dosis",
        "dose-status" => "Estado de la dosis",
        "due" => "Fecha prevista",
        "ended" => "Terminó",
        "evidence" => "Indicios",
        "expires" => "Fecha de vencimiento",
        "finding" => "Hallazgo",
        "focus" => "Se refiere a",
        "follow-up" => "Seguimiento",
        "for-whose-plan" => "Para qué plan",
        "form" => "Forma",
        "given" => "Cuándo se puso",
        "goal" => "Objetivo",
        "handed-over" => "Cuándo se entregó",
        "holder" => "Titular",
        "identifier" => "Identificador",
        "images" => "Imágenes",
        "ingredient" => "Ingrediente",
        "insurer" => "Aseguradora",
        "intent" => "Intención",
        "interpretation" => "Interpretación",
        "issued" => "Fecha del informe",
        "kind" => "Tipo",
        "language" => "Idioma",
        "last-time" => "Última vez",
        "lens" => "Lente",
        "line" => "Línea",
        "lot" => "Número de lote",
        "made" => "Cuándo se hizo",
        "manufacturer" => "Fabricante",
        "marital-status" => "Estado civil",
        "measure" => "Medida",
        "medicine" => "Medicamento",
        "member" => "Miembro",
        "method" => "Método",
        "missing" => "Por qué no hay valor",
        "mitigation" => "Cómo reducir el riesgo",
        "modality" => "Modalidad",
        "model" => "Modelo",
        "morphology" => "Morfología",
        "name" => "Nombre",
        "note" => "Nota",
        "number" => "Número",
        "order" | "ordered-by" => "Pedido por",
        "ordered" => "Cuándo se pidió",
        "organization" => "Organización",
        "outcome" => "Resultado final",
        "paid" => "Pagado",
        "paid-on" => "Fecha de pago",
        "part" => "Parte",
        "part-of" => "Parte de",
        "performer" => "Hecho por",
        "phone" => "Teléfono",
        "place" => "Lugar",
        "plan" => "Plan",
        "practice" => "Consultorio",
        "prescribed" => "Fecha de la receta",
        "prescriber" => "Recetado por",
        "prescription" => "Receta",
        "priority" => "Prioridad",
        "problem" => "Problema de salud",
        "procedure" => "Procedimiento",
        "provider" => "Proveedor",
        "qualification" => "Título profesional",
        "question" => "Pregunta",
        "range" => "Rango",
        "reaction" => "Reacción",
        "reason" => "Motivo",
        "recorded" => "Cuándo se anotó",
        "recorder" => "Anotado por",
        "related" => "Relacionado con",
        "relationship" => "Relación",
        "repeats" => "Repeticiones",
        "report" => "Informe",
        "result" => "Resultado",
        "role" => "Función",
        "route" => "Vía",
        "section" => "Sección",
        "seen-by" => "Con quién fue",
        "series" => "Series",
        "seriousness" => "Gravedad",
        "service" => "Servicio",
        "severity" => "Intensidad",
        "sex" => "Sexo",
        "source" => "Fuente",
        "specialty" => "Especialidad",
        "specimen" => "Muestra",
        "stage" => "Etapa",
        "status" => "Estado",
        "status-reason" => "Motivo del estado",
        "supporting" => "Información adicional",
        "suspected" => "Se sospecha de",
        "taken" => "Cuándo se tomó",
        "target" => "Meta",
        "team" => "Equipo",
        "time" => "Cuándo",
        "title" => "Título",
        "total" => "Total",
        "udi" => "Número del dispositivo",
        "use" => "Uso",
        "used" => "Se usó",
        "vaccination" => "Vacuna",
        "visit" => "Consulta",
        "with" => "Con",
        "written" => "Cuándo se escribió",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_has_a_name_in_each_language() {
        let (english, spanish) = (Say::of(Language::English), Say::of(Language::Spanish));
        assert_eq!(english.fact("fact.dose"), "How to take it");
        assert_eq!(english.fact("fact.marital-status"), "Marital status");
        assert_eq!(spanish.fact("fact.marital-status"), "Estado civil");
    }

    /// The keys stand as literals in the tables of the mapping, and a key without a name would
    /// be said as it is written: in English.
    #[test]
    fn every_key_of_the_mapping_has_a_name_in_spanish() {
        let mapping = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("portal/src/fhir");
        let files = std::fs::read_dir(mapping).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file());
        let sources = files.map(|file| std::fs::read_to_string(file).unwrap());
        let keys: std::collections::BTreeSet<String> = sources
            .flat_map(|source| {
                source.split("\"fact.").skip(1).filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect::<Vec<_>>()
            })
            .collect();
        assert!(keys.len() > 100, "{keys:?}");
        let nameless: Vec<_> = keys.iter().filter(|key| spanish(key).is_none()).collect();
        assert!(nameless.is_empty(), "{nameless:?}");
    }
}
