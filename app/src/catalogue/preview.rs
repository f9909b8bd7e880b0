//! What is said around a record that its patient looks at with the eyes of somebody else, and of the question that checks
//! whether a share was understood.

use chartkey_domain::understanding::{About, Answer, Question};

use super::{Named, Say, messages};

messages! {
    see_as_they_will { English: "See as they will see", Spanish: "Ver lo que se verá" }
    see_as_they_do { English: "See as they see", Spanish: "Ver lo que se ve" }
    see_as_they_will_hint {
        English: "Your own record, as this share shows it. Nothing is shared by looking.",
        Spanish: "Su propia historia clínica, tal como la muestra este permiso. Por mirar no se comparte nada.",
    }
    preview_label { English: "Looking with somebody else’s eyes", Spanish: "Mirar con los ojos de otra persona" }
    preview_will_see(who: &str) {
        English: "You see your record as {who} will see it.",
        Spanish: "Usted ve su historia clínica como la verá {who}.",
    }
    preview_sees(who: &str) {
        English: "You see your record as {who} sees it.",
        Spanish: "Usted ve su historia clínica como la ve {who}.",
    }
    preview_short(who: &str) { English: "with the eyes of {who}", Spanish: "con los ojos de {who}" }
    preview_of_anyone {
        English: "Nobody in particular: somebody with this profession there, to whom you have given nothing else.",
        Spanish: "No es nadie en concreto: es alguien de allí con esta profesión a quien usted no ha dado nada más.",
    }
    preview_of_code {
        English: "Nobody knows yet who that is: this is a clinician to whom you have given nothing else.",
        Spanish: "Todavía no se sabe quién será: esto es lo que ve un profesional sanitario a quien usted no ha dado nada más.",
    }
    preview_changes_nothing {
        English: "Nothing can be changed or taken from here: buttons and fields do nothing. Results that wait for you are not shown here, but to others as always.",
        Spanish: "Desde aquí no se puede cambiar ni llevarse nada: los botones y los campos no hacen nada. Los resultados que esperan a que usted los abra no se ven aquí, pero otras personas los ven como siempre.",
    }
    preview_back_to_answers { English: "Back to your answers", Spanish: "Volver a sus respuestas" }
    preview_back_to_share { English: "Back to the share", Spanish: "Volver al permiso" }
    preview_start { English: "First page", Spanish: "Primera página" }
    preview_counts { English: "How much of your record is shown", Spanish: "Cuánto se ve de su historia clínica" }
    preview_shown(count: i64) {
        English: one "1 thing is shown,", other "{count} things are shown,";
        Spanish: one "Se ve 1 cosa,", other "Se ven {count} cosas,";
    }
    preview_kept(count: i64) {
        English: one "1 stays closed", other "{count} stay closed";
        Spanish: one "1 queda cerrada", other "{count} quedan cerradas";
    }
    preview_part { English: "Part", Spanish: "Parte" }
    preview_shown_word { English: "Shown", Spanish: "Se ve" }
    preview_kept_word { English: "Closed", Spanish: "Cerrado" }
    preview_count(count: i64) { English: "{count}", Spanish: "{count}" }
    preview_counts_say {
        English: "You alone see these numbers. They count what you have now; what waits for you counts as closed here.",
        Spanish: "Solo usted ve estos números. Cuentan lo que hay ahora; lo que espera a que usted lo abra cuenta aquí como cerrado.",
    }
    understanding_title { English: "One question, to be sure", Spanish: "Una pregunta, para comprobarlo" }
    understanding_says {
        English: "So that the share is what you mean. You can go on whatever you answer.",
        Spanish: "Para que el permiso sea el que usted quiere. Puede continuar sea cual sea su respuesta.",
    }
    will_they_see(who: &str, what: &str) {
        English: "With this share, will {who} see {what}?",
        Spanish: "Con este permiso, ¿podrá ver {who} {what}?",
    }
    what_is_marked(label: &str) { English: "what is marked {label}", Spanish: "lo que está marcado como {label}" }
    your_part(category: &str) { English: "your {category}", Spanish: "sus {category}" }
    what_comes_later {
        English: "what is added to these parts of your record from tomorrow on",
        Spanish: "lo que se añada a estas partes de su historia clínica a partir de mañana",
    }
    answer_yes { English: "Yes", Spanish: "Sí" }
    answer_no { English: "No", Spanish: "No" }
    answer_unsure { English: "I am not sure", Spanish: "No lo sé" }
    no_answer_problem { English: "Choose one of the answers, or go on without.", Spanish: "Elija una de las respuestas, o continúe sin responder." }
    answered_right { English: "That is right", Spanish: "Correcto" }
    answered_wrong { English: "It is the other way", Spanish: "Es al revés" }
    answered_unsure { English: "Here is the answer", Spanish: "Esta es la respuesta" }
    they_will_see(who: &str, what: &str) {
        English: "With this share, {who} can see {what}.",
        Spanish: "Con este permiso, {who} puede ver {what}.",
    }
    they_will_not_see(who: &str, what: &str) {
        English: "With this share, {who} cannot see {what}. Anything that it does not name stays closed.",
        Spanish: "Con este permiso, {who} no puede ver {what}. Todo lo que no nombra queda cerrado.",
    }
    change_if_not_meant { English: "Not what you want? Change it", Spanish: "¿No es lo que quiere? Cámbielo" }
}

impl Say {
    /// To whom, within a sentence.
    #[must_use]
    pub fn who_of(self, named: &Named) -> String {
        match named {
            Named::Clinician { name, .. } | Named::Carer { name } => name.clone(),
            Named::Professions { professions, organization } => {
                let professions: Vec<_> = professions.iter().map(|profession| self.profession_named(profession)).collect();
                self.whoever_is_at(&self.alternatives(&professions), organization)
            }
            Named::Code => self.whoever_uses_it().to_owned(),
            Named::CarerCode => self.whoever_will_help().to_owned(),
        }
    }

    /// What a question is about, within a sentence.
    #[must_use]
    pub fn asked_about(self, about: About) -> String {
        match about {
            About::Label(label) => self.what_is_marked(&self.labels([label].into_iter().collect())),
            About::Category(category) => self.your_part(&self.category(category).to_lowercase()),
            About::Later => self.what_comes_later().to_owned(),
        }
    }

    /// The question.
    #[must_use]
    pub fn question(self, named: &Named, question: Question) -> String {
        self.will_they_see(&self.who_of(named), &self.asked_about(question.about))
    }

    /// The answer to it, in the words of the share.
    #[must_use]
    pub fn answer_to(self, named: &Named, question: Question) -> String {
        let (who, what) = (self.who_of(named), self.asked_about(question.about));
        if question.is_shown { self.they_will_see(&who, &what) } else { self.they_will_not_see(&who, &what) }
    }

    /// What somebody can answer.
    #[must_use]
    pub fn answer(self, answer: Answer) -> &'static str {
        match answer {
            Answer::Yes => self.answer_yes(),
            Answer::No => self.answer_no(),
            Answer::Unsure => self.answer_unsure(),
        }
    }
}

messages! {
    whoever_is_at(professions: &str, organization: &str) {
        English: "anyone who signs in as {professions} at {organization}",
        Spanish: "cualquier persona que entre como {professions} en {organization}",
    }
    whoever_uses_it { English: "the clinician who uses your code", Spanish: "el profesional sanitario que use su código" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Language;
    use chartkey_domain::{category::Category, label::Label};

    #[test]
    fn a_question_and_its_answer_are_in_the_words_of_the_sentence() {
        let lee = Named::Clinician { name: "Dr Lee".into(), organization: "Larkspur".into() };
        let (english, spanish) = (Say::of(Language::English), Say::of(Language::Spanish));
        let notes = Question { about: About::Label(Label::MentalHealth), is_shown: false };
        assert_eq!(english.question(&lee, notes), "With this share, will Dr Lee see what is marked mental health?");
        assert_eq!(
            english.answer_to(&lee, notes),
            "With this share, Dr Lee cannot see what is marked mental health. Anything that it does not name stays closed."
        );
        assert_eq!(spanish.question(&lee, notes), "Con este permiso, ¿podrá ver Dr Lee lo que está marcado como salud mental?");
        let visits = Question { about: About::Category(Category::Visits), is_shown: true };
        let nurses = Named::Professions { professions: vec!["nurse".into()], organization: "Larkspur".into() };
        assert_eq!(english.question(&nurses, visits), "With this share, will anyone who signs in as nurse at Larkspur see your visits?");
        assert_eq!(
            spanish.answer_to(&nurses, visits),
            "Con este permiso, cualquier persona que entre como personal de enfermería en Larkspur puede ver sus consultas."
        );
        let hiv = Question { about: About::Label(Label::Hiv), is_shown: true };
        assert_eq!(english.answer_to(&Named::Code, hiv), "With this share, the clinician who uses your code can see what is marked HIV.");
    }
}
