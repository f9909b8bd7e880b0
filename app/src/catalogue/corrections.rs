//! What is said where a patient says that something is wrong.

use chartkey_domain::correction::CorrectionState;

use super::messages;

messages! {
    corrections { English: "Corrections", Spanish: "Correcciones" }
    corrections_says {
        English: "What you have said is wrong. It stands beside the item, for whoever can see that, until you say that it is settled.",
        Spanish: "Lo que usted dijo que está mal. Se ve junto al dato, para quien pueda verlo, hasta que usted diga que está resuelto.",
    }
    no_corrections {
        English: "You have not said that anything is wrong. To do so, open it in your record and choose “This is wrong”.",
        Spanish: "Usted no ha dicho que algo esté mal. Para decirlo, ábralo en su historia clínica y elija «Esto está mal».",
    }
    this_is_wrong { English: "This is wrong", Spanish: "Esto está mal" }
    you_say_wrong { English: "You say this is wrong", Spanish: "Usted dice que esto está mal" }
    patient_says_wrong { English: "The patient says this is wrong", Spanish: "La persona titular dice que esto está mal" }
    // Of another record that a row stands for.
    you_say_other_wrong(date: &str) {
        English: "You say that the record of {date} is wrong",
        Spanish: "Usted dice que está mal la anotación con fecha {date}",
    }
    patient_says_other_wrong(date: &str) {
        English: "The patient says that the record of {date} is wrong",
        Spanish: "La persona titular dice que está mal la anotación con fecha {date}",
    }
    you_say_undated_wrong {
        English: "You say that the record without a date is wrong",
        Spanish: "Usted dice que está mal la anotación sin fecha",
    }
    patient_says_undated_wrong {
        English: "The patient says that the record without a date is wrong",
        Spanish: "La persona titular dice que está mal la anotación sin fecha",
    }
    of_earlier_version { English: "said of an earlier version", Spanish: "dicho de una versión anterior" }
    more_disputed(count: i64) {
        English: one "One more record of it is said to be wrong.", other "{count} more records of it are said to be wrong.";
        Spanish: one "Se dice que otra anotación está mal.", other "Se dice que otras {count} anotaciones están mal.";
    }
    whole_statement { English: "Read all of it", Spanish: "Leerlo todo" }
    said_to_be_wrong { English: "said to be wrong", Spanish: "se dice que está mal" }
    points_said_wrong(readings: &str) {
        English: "With a ring, what is said to be wrong: {readings}.",
        Spanish: "Con un anillo, lo que se dice que está mal: {readings}.",
    }
    // On the card, where there is little room.
    left_out_wrong {
        English: "of what is left out, something is said to be wrong",
        Spanish: "de lo que falta aquí, se dice que algo está mal",
    }
    card_shortened {
        English: "“…”: shortened. The whole words are in the printed summary.",
        Spanish: "«…»: abreviado. Las palabras completas están en el resumen impreso.",
    }
    see_correction { English: "See what was said, and answer", Spanish: "Ver lo que se dijo y responder" }
    what_is_wrong { English: "What is wrong?", Spanish: "¿Qué está mal?" }
    wrong_hint {
        English: "In your own words, at most 1,000 characters. Say what it should be, if you know.",
        Spanish: "Con sus propias palabras, 1000 caracteres como máximo. Si lo sabe, diga cómo debería ser.",
    }
    wrong_says {
        English: "Nothing is deleted: what the source sent stays as it is. Your words will stand beside it.",
        Spanish: "No se borra nada: lo que envió la fuente queda como está. Sus palabras se verán junto a ello.",
    }
    check_wrong { English: "Check what you say", Spanish: "Revise lo que dice" }
    check_wrong_says {
        English: "Whoever can see this item sees that you say it is wrong: on every page, in print, and in every copy that you take. They read your words, too, unless these speak of something sensitive that you do not share with them. Clinicians who can see it can answer you.",
        Spanish: "Quien pueda ver este dato verá que usted dice que está mal: en todas las páginas, en lo impreso y en cada copia que usted se lleve. También leerá sus palabras, salvo que hablen de algo delicado que usted no comparte con esa persona. Los profesionales que puedan verlo podrán responderle.",
    }
    your_words { English: "Your words", Spanish: "Sus palabras" }
    say_it { English: "Say that this is wrong", Spanish: "Decir que esto está mal" }
    change_words { English: "Change the words", Spanish: "Cambiar las palabras" }
    correction_of(name: &str) { English: "Correction: {name}", Spanish: "Corrección: {name}" }
    said_on { English: "Said on", Spanish: "Dicho el" }
    the_item { English: "See the item", Spanish: "Ver el dato" }
    changed_since {
        English: "Its source has sent this again since",
        Spanish: "La fuente lo ha enviado otra vez desde entonces",
    }
    changed_since_says {
        English: "Look at the item. If it is right now, say that it is settled.",
        Spanish: "Mire el dato. Si ahora está bien, diga que está resuelto.",
    }
    already_said {
        English: "You have already said that this is wrong",
        Spanish: "Usted ya dijo que esto está mal",
    }
    already_said_says {
        English: "What you said stands beside it. There is more room for words below.",
        Spanish: "Lo que usted dijo se ve junto al dato. Más abajo puede escribir más.",
    }
    new_words_kept {
        English: "What you wrote now does not stand beside it. It is below: you can send it as a message.",
        Spanish: "Lo que escribió ahora no se ve junto al dato. Está más abajo: puede enviarlo como mensaje.",
    }
    unsent { English: "What you wrote was not sent", Spanish: "Lo que usted escribió no se envió" }
    older_messages { English: "Only the newest 500 are shown here.", Spanish: "Aquí solo se ven los 500 más recientes." }
    the_answers { English: "What was said since", Spanish: "Lo que se dijo después" }
    no_answers { English: "Nothing yet.", Spanish: "Todavía nada." }
    your_message { English: "Your message", Spanish: "Su mensaje" }
    your_answer { English: "Your answer", Spanish: "Su respuesta" }
    message_hint {
        English: "At most 1,000 characters. Whoever can see the item reads it, unless it speaks of something sensitive that you do not share with them.",
        Spanish: "1000 caracteres como máximo. Lo lee quien pueda ver el dato, salvo que hable de algo delicado que usted no comparte con esa persona.",
    }
    answer_hint {
        English: "At most 1,000 characters. The patient reads it with your name, profession and organization. It stays.",
        Spanish: "1000 caracteres como máximo. Su paciente lo lee con el nombre, la profesión y la organización de usted. No se puede borrar.",
    }
    send_message { English: "Send", Spanish: "Enviar" }
    the_patient { English: "The patient", Spanish: "Su paciente" }
    is_it_settled { English: "Is it settled?", Spanish: "¿Está resuelto?" }
    settled_says {
        English: "Then your words no longer stand beside the item. What was said stays here, for you alone.",
        Spanish: "Entonces sus palabras ya no se verán junto al dato. Lo que se dijo queda aquí, solo para usted.",
    }
    take_back_question { English: "Take back what you said?", Spanish: "¿Retirar lo que dijo?" }
    let_it_stand { English: "Let it stand", Spanish: "Dejarlo como está" }
    resolve_it { English: "It is settled", Spanish: "Está resuelto" }
    withdraw_it { English: "I take it back", Spanish: "Lo retiro" }
    correction_opened_title { English: "Your words stand beside it now", Spanish: "Sus palabras ya se ven junto al dato" }
    correction_written_title { English: "It was sent", Spanish: "Se ha enviado" }
    correction_ended_title { English: "Your words stand beside it no more", Spanish: "Sus palabras ya no se ven junto al dato" }
    correction_words_problem {
        English: "Write something here that can be read, of at most 1,000 characters.",
        Spanish: "Escriba aquí algo que se pueda leer, de 1000 caracteres como máximo.",
    }
    thread_full_problem {
        English: "There is no room for more messages of yours here. Whoever said that it is wrong can say that it is settled, and begin anew.",
        Spanish: "Aquí ya no caben más mensajes de usted. Quien dijo que está mal puede decir que está resuelto y empezar de nuevo.",
    }
    answered_corrections(count: i64) {
        English: one "Somebody has answered what you said is wrong.", other "{count} things that you said are wrong have been answered.";
        Spanish: one "Alguien respondió a lo que usted dijo que está mal.", other "Hay respuesta a {count} cosas que usted dijo que están mal.";
    }
}

impl super::Say {
    /// Where a correction stands.
    #[must_use]
    pub fn correction_state(self, state: CorrectionState) -> &'static str {
        self.word(match self.0 {
            super::Language::English => match state {
                CorrectionState::Open => "Not answered yet",
                CorrectionState::Answered => "Answered",
                CorrectionState::Resolved => "Settled",
                CorrectionState::Withdrawn => "Taken back",
            },
            super::Language::Spanish => match state {
                CorrectionState::Open => "Sin respuesta todavía",
                CorrectionState::Answered => "Con respuesta",
                CorrectionState::Resolved => "Resuelta",
                CorrectionState::Withdrawn => "Retirada",
            },
        })
    }
}
