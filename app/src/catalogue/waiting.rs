//! What the pages of results that wait say.

use chartkey_domain::waiting::ResultKind;

use super::{Language, Say, messages};

messages! {
    waiting_title { English: "When you see new results", Spanish: "Cuándo ve sus resultados nuevos" }
    waiting_says {
        English: "A new result is shown at once. Of some kinds you may want to wait until you have spoken with someone: then it says that it is here, and what it found stays closed until you open it.",
        Spanish: "Un resultado nuevo se muestra enseguida. Con algunos tipos quizá prefiera esperar hasta haber hablado con alguien: entonces dice que está aquí, y lo que encontró queda cerrado hasta que usted lo abra.",
    }
    result_waits { English: "This result is here. You chose to wait.", Spanish: "Este resultado está aquí. Usted eligió esperar." }
    waits_in_table { English: "waits for you", Spanish: "le espera a usted" }
    // Choosing.
    waiting_choose { English: "Kinds of result that wait", Spanish: "Tipos de resultado que esperan" }
    waiting_choose_says {
        English: "Ticked: a new result waits until you open it. Not ticked: it is shown at once.",
        Spanish: "Con marca: un resultado nuevo espera hasta que usted lo abra. Sin marca: se muestra enseguida.",
    }
    waiting_save { English: "Save", Spanish: "Guardar" }
    waiting_saved { English: "Saved", Spanish: "Guardado" }
    waiting_saved_says {
        English: "It counts for what comes in from now on.",
        Spanish: "Cuenta para lo que llegue a partir de ahora.",
    }
    // What waits.
    waiting_here { English: "Waiting for you", Spanish: "Le esperan a usted" }
    waiting_none { English: "No result waits.", Spanish: "No espera ningún resultado." }
    waiting_more {
        English: "More results wait than are named here. Open some of these, and the others follow.",
        Spanish: "Esperan más resultados de los que se nombran aquí. Abra algunos de estos y aparecerán los demás.",
    }
    results_that_wait(count: i64) {
        English: one "1 result waits until you open it", other "{count} results wait until you open them";
        Spanish: one "1 resultado espera a que usted lo abra", other "{count} resultados esperan a que usted los abra";
    }
    none_out_of_range_opened {
        English: "None among those that you have opened.",
        Spanish: "Ninguno entre los que usted ha abierto.",
    }
    // What it is and is not.
    good_to_know { English: "Good to know", Spanish: "Conviene saber" }
    waiting_and_others {
        English: "Waiting is for your own eyes. Whoever you share results with sees them as always.",
        Spanish: "La espera es para sus propios ojos. Las personas con quienes comparte resultados los ven como siempre.",
    }
    waiting_and_before {
        English: "What is in your record already stays open. What waits stays closed until you open it, whatever you choose here later.",
        Spanish: "Lo que ya está en su historia clínica sigue abierto. Lo que espera queda cerrado hasta que usted lo abra, elija lo que elija aquí más tarde.",
    }
    waiting_and_reports {
        English: "A report waits as a whole, with its results and its documents. When a new version of a result comes in, it waits again.",
        Spanish: "Un informe espera entero, con sus resultados y sus documentos. Cuando llega una versión nueva de un resultado, vuelve a esperar.",
    }
    waiting_and_notes {
        English: "A note, a diagnosis or a new medicine can tell what a result found. These do not wait.",
        Spanish: "Una nota, un diagnóstico o un medicamento nuevo pueden revelar lo que encontró un resultado. Estos no esperan.",
    }
    waiting_and_copies {
        English: "Your whole record, as a file or in an emergency pack, holds what waits, too.",
        Spanish: "Su historia clínica completa, como archivo o en un paquete de emergencia, también contiene lo que espera.",
    }
    // Before it is opened.
    waiting_closed {
        English: "What it found is not on this page. Open it when you are ready: now, or after someone has explained it to you.",
        Spanish: "Lo que encontró no está en esta página. Ábralo cuando quiera: ahora, o después de que alguien se lo haya explicado.",
    }
    waiting_opens_report {
        English: "This opens all of the report: its results and its documents.",
        Spanish: "Esto abre todo el informe: sus resultados y sus documentos.",
    }
    show_me_now { English: "Show me now", Spanish: "Mostrármelo ahora" }
    i_have_spoken { English: "I have spoken with someone", Spanish: "Ya he hablado con alguien" }
    waiting_part_of { English: "It is part of a report, which you can open as a whole:", Spanish: "Forma parte de un informe, que puede abrir entero:" }
    // Beside a download.
    waiting_in_file {
        English: "Results that wait for you are in this file, with what they found.",
        Spanish: "Los resultados que le esperan están en este archivo, con lo que encontraron.",
    }
    waiting_not_on_paper {
        English: "Results that wait for the patient are not on this paper.",
        Spanish: "Los resultados que esperan a la persona titular no están en este papel.",
    }
    waiting_not_in_table {
        English: "A result that waits for you stands in it without its value.",
        Spanish: "Un resultado que le espera está en ella sin su valor.",
    }
}

impl Say {
    /// A kind of result.
    #[must_use]
    pub fn result_kind(self, kind: ResultKind) -> &'static str {
        self.word(match (self.0, kind) {
            (Language::English, ResultKind::Laboratory) => "Blood, urine and other laboratory tests",
            (Language::English, ResultKind::Infection) => "Tests for infections",
            (Language::English, ResultKind::Genetic) => "Genes",
            (Language::English, ResultKind::Tissue) => "Tissue and cells",
            (Language::English, ResultKind::Imaging) => "Imaging",
            (Language::Spanish, ResultKind::Laboratory) => "Sangre, orina y otras pruebas de laboratorio",
            (Language::Spanish, ResultKind::Infection) => "Pruebas de infecciones",
            (Language::Spanish, ResultKind::Genetic) => "Genes",
            (Language::Spanish, ResultKind::Tissue) => "Tejidos y células",
            (Language::Spanish, ResultKind::Imaging) => "Imágenes",
        })
    }

    /// What belongs to a kind of result.
    #[must_use]
    pub fn result_kind_says(self, kind: ResultKind) -> &'static str {
        self.word(match (self.0, kind) {
            (Language::English, ResultKind::Laboratory) => "And every result that is none of the kinds below.",
            (Language::English, ResultKind::Infection) => "Cultures, viruses, bacteria, HIV.",
            (Language::English, ResultKind::Genetic) => "Genetic tests and chromosomes.",
            (Language::English, ResultKind::Tissue) => "Biopsies, pathology, cervical smears.",
            (Language::English, ResultKind::Imaging) => "X-rays, ultrasound, CT and MRI, with their reports.",
            (Language::Spanish, ResultKind::Laboratory) => "Y todo resultado que no sea de los tipos siguientes.",
            (Language::Spanish, ResultKind::Infection) => "Cultivos, virus, bacterias, VIH.",
            (Language::Spanish, ResultKind::Genetic) => "Pruebas genéticas y cromosomas.",
            (Language::Spanish, ResultKind::Tissue) => "Biopsias, patología, citología cervical.",
            (Language::Spanish, ResultKind::Imaging) => "Radiografías, ecografías, TAC y resonancias, con sus informes.",
        })
    }
}
