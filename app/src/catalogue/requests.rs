//! What is said of requests: what clinicians ask a patient for.

use chartkey_portal::requests::{Length, RequestState};

use super::{Say, messages};

messages! {
    requests_title { English: "Who asks to see your record", Spanish: "Quién pide ver su historia clínica" }
    requests_says {
        English: "A clinician who has your share name can ask. Nothing opens until you give it, and you can give less than they ask for.",
        Spanish: "Un profesional que tiene su nombre para pedir puede pedirle algo. Nada se abre hasta que usted lo da, y usted puede dar menos de lo que le piden.",
    }
    requests_wait(count: i64) {
        English: one "1 clinician asks to see something", other "{count} clinicians ask to see something";
        Spanish: one "1 profesional pide ver algo", other "{count} profesionales piden ver algo";
    }
    see_requests { English: "See who asks", Spanish: "Ver quién pide" }
    no_requests { English: "Nobody asks.", Spanish: "Nadie pide nada." }
    somebody_asks(name: &str) { English: "{name} asks", Spanish: "{name} pide" }
    if_you_give_all { English: "If you give all of it:", Spanish: "Si usted lo da todo:" }
    asked_until_past { English: "They asked for a share that would have ended by now.", Spanish: "Pidió un permiso que ya habría terminado." }
    why_they_ask { English: "Why, in their words", Spanish: "Por qué, con sus palabras" }
    said_about_it { English: "What was said since", Spanish: "Lo que se dijo después" }
    you_said { English: "You", Spanish: "Usted" }
    patient_said { English: "The patient", Spanish: "La persona" }
    look_and_decide { English: "Look at it, and decide", Spanish: "Mirarlo y decidir" }
    refuse_request { English: "Refuse", Spanish: "Rechazar" }
    refuse_request_of(name: &str) { English: "what {name} asks for", Spanish: "lo que pide {name}" }
    ask_why { English: "Ask why", Spanish: "Preguntar por qué" }
    ask_why_hint { English: "They see your words at once. They learn nothing else.", Spanish: "Verá sus palabras enseguida. No sabrá nada más." }
    request_words { English: "Your words", Spanish: "Sus palabras" }
    send_words { English: "Send", Spanish: "Enviar" }
    answered_requests { English: "Answered", Spanish: "Contestadas" }
    share_name_title { English: "Your share name", Spanish: "Su nombre para pedir" }
    share_name_says {
        English: "Give it to a clinician who wants to ask you. It says nothing about you and opens nothing.",
        Spanish: "Déselo a un profesional que quiera pedirle algo. No dice nada de usted y no abre nada.",
    }
    share_name_none { English: "You have none, so nobody can ask.", Spanish: "Usted no tiene ninguno, así que nadie puede pedir." }
    share_name_picture { English: "Your share name as a picture for a camera", Spanish: "Su nombre para pedir, como imagen para una cámara" }
    make_share_name { English: "Make a share name", Spanish: "Crear un nombre para pedir" }
    make_another_name { English: "Make another one", Spanish: "Crear otro" }
    remove_share_name { English: "Have none", Spanish: "No tener ninguno" }
    done_refused { English: "You have refused. They see that, and no reason.", Spanish: "Usted lo rechazó. Lo sabrá, sin ningún motivo." }
    done_asked_why { English: "It is sent. Their answer will stand here.", Spanish: "Está enviado. Su respuesta aparecerá aquí." }
    done_share_name { English: "This is your share name from now on. Nobody can ask by the one before.", Spanish: "Este es desde ahora su nombre para pedir. Con el anterior nadie puede pedir." }
    done_no_share_name { English: "Nobody can ask you now.", Spanish: "Ahora nadie puede pedirle nada." }
    ask_title { English: "Ask a patient", Spanish: "Pedir a una persona" }
    ask_says {
        English: "Ask for what you need, for as long as you need it. The patient can give less, ask why, or refuse.",
        Spanish: "Pida lo que necesita, por el tiempo que lo necesita. La persona puede dar menos, preguntar por qué o rechazarlo.",
    }
    share_name_word { English: "Their share name", Spanish: "Su nombre para pedir" }
    share_name_hint { English: "Twelve letters and digits, from the patient.", Spanish: "Doce letras y cifras, que le da la persona." }
    ask_what { English: "What do you need?", Spanish: "¿Qué necesita?" }
    ask_length { English: "For how long, once it is given?", Spanish: "¿Por cuánto tiempo, desde que se lo den?" }
    ask_words { English: "Why do you need it?", Spanish: "¿Por qué lo necesita?" }
    ask_words_hint { English: "The patient reads this. Write it so that they understand it.", Spanish: "La persona lee esto. Escríbalo de modo que lo entienda." }
    ask_button { English: "Ask", Spanish: "Pedir" }
    done_sent_title { English: "Sent", Spanish: "Enviado" }
    done_sent {
        English: "If somebody has this share name, they see what you ask for. You learn nothing more until they answer.",
        Spanish: "Si alguien tiene este nombre, ve lo que usted pide. Usted no sabrá nada más hasta que conteste.",
    }
    ask_again_says(name: &str) {
        English: "You ask {name} for the same again. They can give less, ask why, or refuse.",
        Spanish: "Usted pide a {name} lo mismo otra vez. Puede dar menos, preguntar por qué o rechazarlo.",
    }
    what_you_had { English: "What was shared with you", Spanish: "Lo que se compartió con usted" }
    done_sent_again {
        English: "The patient sees what you ask for. You learn nothing more until they answer.",
        Spanish: "La persona ve lo que usted pide. Usted no sabrá nada más hasta que conteste.",
    }
    done_explained { English: "It is sent.", Spanish: "Está enviado." }
    done_taken_back_request { English: "You ask for it no more.", Spanish: "Usted ya no lo pide." }
    what_you_asked { English: "What you have asked for", Spanish: "Lo que usted pidió" }
    asked_on { English: "Asked", Spanish: "Pedido el" }
    you_asked_for { English: "You asked for:", Spanish: "Usted pidió:" }
    answer_them { English: "Answer", Spanish: "Contestar" }
    take_request_back { English: "Take it back", Spanish: "Retirarlo" }
    open_your_patients { English: "Open your patients", Spanish: "Abrir sus pacientes" }
    share_name_problem { English: "Write the share name that the patient gave you.", Spanish: "Escriba el nombre para pedir que le dio la persona." }
    asked_problem { English: "You have asked, and it waits. Wait for the answer, or take it back.", Spanish: "Usted ya lo pidió, y está en espera. Espere la respuesta, o retírelo." }
    request_words_problem { English: "Write something, in up to 600 letters.", Spanish: "Escriba algo, en 600 letras como máximo." }
    request_full_problem { English: "Enough was said about this. Decide, or ask anew.", Spanish: "Sobre esto ya se dijo bastante. Decida, o pida de nuevo." }
    why_asked {
        English: "By the share name that you gave, or by a share that they have or had",
        Spanish: "Por el nombre para pedir que usted dio, o por un permiso que tiene o tuvo",
    }
}

impl Say {
    /// Where a request stands.
    #[must_use]
    pub fn request_state(self, state: RequestState) -> &'static str {
        self.word(match (self.0, state) {
            (super::Language::English, RequestState::Sent) => "Sent",
            (super::Language::English, RequestState::Given) => "A share was given",
            (super::Language::English, RequestState::Refused) => "Refused",
            (super::Language::English, RequestState::Withdrawn) => "Taken back",
            (super::Language::Spanish, RequestState::Sent) => "Enviado",
            (super::Language::Spanish, RequestState::Given) => "Se dio un permiso",
            (super::Language::Spanish, RequestState::Refused) => "Rechazado",
            (super::Language::Spanish, RequestState::Withdrawn) => "Retirado",
        })
    }

    /// How long a share is asked for.
    #[must_use]
    pub fn length(self, length: Length) -> &'static str {
        self.word(match (self.0, length) {
            (super::Language::English, Length::Week) => "A week",
            (super::Language::English, Length::Preset) => "30 days",
            (super::Language::English, Length::Quarter) => "90 days",
            (super::Language::English, Length::Open) => "Until the patient stops it",
            (super::Language::Spanish, Length::Week) => "Una semana",
            (super::Language::Spanish, Length::Preset) => "30 días",
            (super::Language::Spanish, Length::Quarter) => "90 días",
            (super::Language::Spanish, Length::Open) => "Hasta que la persona lo retire",
        })
    }
}
