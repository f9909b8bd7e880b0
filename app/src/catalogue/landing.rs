//! What the first page says.

use super::messages;

messages! {
    promise { English: "Your whole record. Your key.", Spanish: "Toda su historia clínica. Su llave." }
    promise_says {
        English: "Every practice, laboratory and hospital in one place, and nobody opens it unless you hand them a key.",
        Spanish: "Todos los consultorios, laboratorios y hospitales en un solo lugar, y nadie la abre si usted no le da una llave.",
    }
    promise_key {
        English: "Each key is for one person or place, for what you choose, until a day you choose.",
        Spanish: "Cada llave es para una persona o un lugar, para lo que usted elija, hasta el día que usted elija.",
    }
    promise_log { English: "See who looked, when, at what and why.", Spanish: "Vea quién miró, cuándo, qué y por qué." }
    promise_back {
        English: "Take a key back, or keep something private, whenever you like.",
        Spanish: "Retire una llave, o deje algo en privado, cuando usted quiera.",
    }
    /// Markup of ours: nothing in it comes from a record.
    promise_sentence {
        English: "<strong>Dr Hana Lindqvist</strong> may read my <strong>heart tests and medicines</strong>, until <strong>22 December 2026</strong>.",
        Spanish: "<strong>La doctora Hana Lindqvist</strong> puede leer mis <strong>pruebas del corazón y medicamentos</strong>, hasta el <strong>22 de diciembre de 2026</strong>.",
    }
    promise_caption {
        English: "What a key looks like. You read it before you hand it over.",
        Spanish: "Así es una llave. Usted la lee antes de darla.",
    }
    make_account { English: "Make an account", Spanish: "Crear una cuenta" }
    have_code { English: "Have you been given a code for your record?", Spanish: "¿Le han dado un código para su historia clínica?" }
    claim_record { English: "Claim your record", Spanish: "Recoger su historia clínica" }
    are_you_clinician { English: "Are you a clinician?", Spanish: "¿Es usted profesional sanitario?" }
    sign_in_organization { English: "Sign in through your organization", Spanish: "Entrar a través de su organización" }
}
