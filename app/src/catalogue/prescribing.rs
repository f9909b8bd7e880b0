//! What is said of asking the patient before prescribing.

use super::messages;

messages! {
    ask_before_prescribing { English: "Ask the patient before prescribing.", Spanish: "Pregunte al paciente antes de recetar." }
    prescribing_title { English: "Before somebody prescribes", Spanish: "Antes de que alguien recete" }
    prescribing_says {
        English: "A medicine can be wrong for you because of something that your shares keep closed. You can have clinicians told to ask you first, without telling them what it is.",
        Spanish: "Un medicamento puede no convenirle a usted por algo que sus permisos mantienen cerrado. Usted puede hacer que se avise a los profesionales sanitarios de que le pregunten antes, sin decirles qué es.",
    }
    prescribing_is_on { English: "This is on", Spanish: "Está activado" }
    prescribing_is_off { English: "This is off", Spanish: "Está desactivado" }
    prescribing_line {
        English: "This line stands on every page of your record for a clinician from whom a problem, a medicine or an allergy is kept:",
        Spanish: "Esta línea aparece en cada página de su historia clínica para un profesional sanitario al que no se le muestra un problema, un medicamento o una alergia:",
    }
    prescribing_turn_on { English: "Turn this on", Spanish: "Activar" }
    prescribing_turn_off { English: "Turn this off", Spanish: "Desactivar" }
    prescribing_says_that {
        English: "The line is always the same: it does not say what is kept, or how much. But whoever reads it knows that there is something.",
        Spanish: "La línea es siempre la misma: no dice qué es lo que no se muestra, ni cuánto. Pero quien la lee sabe que hay algo.",
    }
    prescribing_to_whom {
        English: "It also stands there for a clinician with whom you do not share problems, medicines or allergies at all.",
        Spanish: "También aparece para un profesional sanitario con quien usted no comparte problemas, medicamentos ni alergias en absoluto.",
    }
    prescribing_is_no_list {
        English: "A record is never certain to be complete. Tell whoever prescribes what you take and what you cannot take, with this on or off.",
        Spanish: "Nunca es seguro que una historia clínica esté completa. Diga a quien le recete qué toma y qué no puede tomar, esté esto activado o no.",
    }
    done_prescribing_on { English: "It is on. It counts from the next page that a clinician opens.", Spanish: "Está activado. Vale desde la próxima página que abra un profesional sanitario." }
    done_prescribing_off { English: "It is off. Nobody is told any more.", Spanish: "Está desactivado. Ya no se avisa a nadie." }
}
