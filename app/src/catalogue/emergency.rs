//! What is said of emergencies: what the patient decides, what a clinician opens, what follows.

use chartkey_domain::{emergency::Extent, label::Labels};
use chartkey_portal::emergency::Finding;

use super::{Say, messages};

messages! {
    emergency_title { English: "In an emergency", Spanish: "En una emergencia" }
    emergency_says {
        English: "Decide now what a clinician may see if you cannot speak for yourself. Until you decide, nothing opens.",
        Spanish: "Decida ahora qué puede ver un profesional si usted no puede hablar. Mientras no decida, no se abre nada.",
    }
    emergency_how {
        English: "They sign in through their organization, show that they have your card or know your full name and birth date, and say why. It ends after 60 minutes. You are told at once, and somebody else there has to check that it was needed; where a clinician works alone, those who run this Chartkey. Whoever you have blocked gets nothing.",
        Spanish: "El profesional entra a través de su organización, muestra que tiene la tarjeta de usted o sabe su nombre completo y su fecha de nacimiento, y dice por qué. Termina a los 60 minutos. A usted se le avisa enseguida, y otra persona de ahí tiene que comprobar que hacía falta; si el profesional trabaja solo, quienes administran este Chartkey. Quien usted bloqueó no recibe nada.",
    }
    emergency_undecided { English: "You have not decided, so nothing opens.", Spanish: "Usted no ha decidido, así que no se abre nada." }
    emergency_decided { English: "What you have decided", Spanish: "Lo que usted decidió" }
    emergency_opens_nothing { English: "Nothing opens in an emergency.", Spanish: "En una emergencia no se abre nada." }
    emergency_question { English: "What may open in an emergency?", Spanish: "¿Qué se puede abrir en una emergencia?" }
    emergency_nothing { English: "Nothing", Spanish: "Nada" }
    emergency_nothing_hint { English: "Your card still says what it says.", Spanish: "Su tarjeta sigue diciendo lo que dice." }
    emergency_summary { English: "An emergency summary", Spanish: "Un resumen para emergencias" }
    emergency_all { English: "Everything but what is private", Spanish: "Todo, salvo lo privado" }
    emergency_all_hint {
        English: "With what is sensitive, and your address and contacts.",
        Spanish: "Con lo delicado, y con su dirección y sus contactos.",
    }
    emergency_labels {
        English: "With the summary, also what is marked as",
        Spanish: "Con el resumen, también lo que está marcado como",
    }
    emergency_labels_hint {
        English: "A medicine for one of these can matter in an emergency. It stays closed unless you tick it.",
        Spanish: "Un medicamento para una de estas cosas puede importar en una emergencia. Queda cerrado si usted no lo marca.",
    }
    emergency_contact { English: "Who should be told beside you?", Spanish: "¿A quién más hay que avisar?" }
    emergency_contact_hint {
        English: "We send them your name, where it happened and when, and nothing of your record. Leave both fields empty for nobody.",
        Spanish: "Le enviamos el nombre de usted, dónde ocurrió y cuándo, y nada de su historia clínica. Deje los dos campos vacíos si no quiere avisar a nadie.",
    }
    emergency_contact_name { English: "Their name", Spanish: "Nombre de esa persona" }
    emergency_contact_email { English: "Their e-mail address", Spanish: "Correo electrónico de esa persona" }
    emergency_contact_told(name: &str) { English: "{name} is told at once, too.", Spanish: "También se avisa enseguida a {name}." }
    decide_emergency { English: "Decide so", Spanish: "Decidirlo así" }
    emergency_card { English: "Your card", Spanish: "Su tarjeta" }
    emergency_card_says {
        English: "Whoever has this code and signs in as a clinician can open what you have decided. It is on the card to print.",
        Spanish: "Quien tiene este código y entra como profesional puede abrir lo que usted decidió. Está en la tarjeta para imprimir.",
    }
    emergency_card_print { English: "Print the card", Spanish: "Imprimir la tarjeta" }
    emergency_card_lost { English: "I have lost it: make another code", Spanish: "La he perdido: crear otro código" }
    emergency_looks { English: "What was opened in emergencies", Spanish: "Lo que se abrió en emergencias" }
    emergency_none { English: "Nothing was opened.", Spanish: "No se abrió nada." }
    emergency_open_now { English: "Open now", Spanish: "Abierto ahora" }
    emergency_look_of(name: &str) { English: "{name} opened your record in an emergency", Spanish: "{name} abrió su historia clínica en una emergencia" }
    emergency_reason_was { English: "Why, in their words", Spanish: "Por qué, con sus palabras" }
    emergency_not_reviewed { English: "Nobody there has checked it yet.", Spanish: "Nadie de ahí lo ha comprobado todavía." }
    emergency_was_needed { English: "Somebody else there found that it was needed.", Spanish: "Otra persona de ahí halló que hacía falta." }
    emergency_was_not_needed { English: "Somebody else there found that it was not needed.", Spanish: "Otra persona de ahí halló que no hacía falta." }
    emergency_not_reviewed_by_operator {
        English: "Those who run this Chartkey have not checked it yet.",
        Spanish: "Quienes administran este Chartkey no lo han comprobado todavía.",
    }
    emergency_was_needed_by_operator {
        English: "Those who run this Chartkey found that it was needed.",
        Spanish: "Quienes administran este Chartkey hallaron que hacía falta.",
    }
    emergency_was_not_needed_by_operator {
        English: "Those who run this Chartkey found that it was not needed.",
        Spanish: "Quienes administran este Chartkey hallaron que no hacía falta.",
    }
    emergency_read { English: "I have read this", Spanish: "Lo he leído" }
    emergency_see_or_stop { English: "See or stop it", Spanish: "Verlo o pararlo" }
    emergencies_unread(count: i64) {
        English: one "Your record was opened in an emergency. Read who it was.", other "Your record was opened in {count} emergencies. Read who it was.";
        Spanish: one "Su historia clínica se abrió en una emergencia. Lea quién fue.", other "Su historia clínica se abrió en {count} emergencias. Lea quién fue.";
    }
    emergency_to_decide { English: "Decide what may open in an emergency.", Spanish: "Decida qué se puede abrir en una emergencia." }
    done_emergency_decided { English: "It counts from now on. You can change it at any time.", Spanish: "Vale desde ahora. Puede cambiarlo cuando quiera." }
    done_emergency_code { English: "The old card opens nothing any more. Print the new one.", Spanish: "La tarjeta anterior ya no abre nada. Imprima la nueva." }
    done_emergency_read { English: "It stands in your log like everything else.", Spanish: "Queda en su registro como todo lo demás." }
    why_emergency { English: "In an emergency:", Spanish: "En una emergencia:" }
    why_reviewed { English: "To check what was opened in an emergency", Spanish: "Para comprobar lo que se abrió en una emergencia" }
    reason_emergency { English: "In an emergency.", Spanish: "En una emergencia." }
    purpose_emergency { English: "An emergency", Spanish: "Una emergencia" }
    /// The words before a colon that tell which code to type.
    card_emergency { English: "Clinicians: sign in to Chartkey, choose “In an emergency”, and type", Spanish: "Profesionales: entren en Chartkey, elijan «En una emergencia» y escriban" }
    // The clinician's side.
    open_emergency_title { English: "In an emergency", Spanish: "En una emergencia" }
    open_emergency_says {
        English: "For somebody who cannot speak for themselves. It opens what they have decided in advance, for 60 minutes.",
        Spanish: "Para alguien que no puede hablar. Abre lo que decidió de antemano, durante 60 minutos.",
    }
    before_you_open { English: "Before you open it", Spanish: "Antes de abrirla" }
    open_emergency_warns {
        English: "The patient is told at once: your name, your organization and your reason. A colleague of yours has to check it afterwards.",
        Spanish: "Se avisa enseguida a la persona: el nombre de usted, su organización y su motivo. Después lo tiene que comprobar alguien de su equipo.",
    }
    open_emergency_warns_alone {
        English: "The patient is told at once: your name, your organization and your reason. Those who run this Chartkey read your reason too, and have to check it afterwards.",
        Spanish: "Se avisa enseguida a la persona: el nombre de usted, su organización y su motivo. Quienes administran este Chartkey también leen su motivo y lo tienen que comprobar después.",
    }
    emergency_by_card { English: "They have a card", Spanish: "Tiene una tarjeta" }
    emergency_code_word { English: "Code of the card", Spanish: "Código de la tarjeta" }
    emergency_code_hint { English: "Twelve letters and digits. Small letters work too.", Spanish: "Doce letras y cifras. También valen las minúsculas." }
    emergency_by_name { English: "Or you know who they are", Spanish: "O usted sabe quién es" }
    emergency_name_word { English: "Full name", Spanish: "Nombre completo" }
    emergency_name_hint { English: "As on an identity card, in any order.", Spanish: "Como en un documento de identidad, en cualquier orden." }
    emergency_reason_word { English: "Why do you need it now?", Spanish: "¿Por qué lo necesita ahora?" }
    emergency_reason_hint { English: "The patient reads this, and so does whoever checks it.", Spanish: "Lo lee la persona, y también quien lo comprueba." }
    open_emergency { English: "Open it for 60 minutes", Spanish: "Abrirla durante 60 minutos" }
    emergency_fresh {
        English: "This needs a sign-in of the last five minutes. Sign in again first: nothing that you write here would be kept.",
        Spanish: "Esto necesita que usted haya entrado hace menos de cinco minutos. Entre otra vez antes: lo que escriba aquí no se guardaría.",
    }
    sign_in_again_word { English: "Sign in again", Spanish: "Entrar otra vez" }
    emergency_now_open { English: "Open to you now", Spanish: "Abierto para usted ahora" }
    reviews_title { English: "To check at your organization", Spanish: "Por comprobar en su organización" }
    reviews_says {
        English: "Each of these was opened in an emergency. Somebody else than who opened it says whether it was needed; the patient reads that.",
        Spanish: "Cada una de estas se abrió en una emergencia. Una persona distinta de quien la abrió dice si hacía falta; la persona atendida lo lee.",
    }
    reviews_none { English: "Nothing waits to be checked.", Spanish: "No hay nada por comprobar." }
    review_opened(name: &str, patient: &str) { English: "{name} opened the record of {patient}", Spanish: "{name} abrió la historia clínica de {patient}" }
    review_own { English: "It is yours, so somebody else checks it.", Spanish: "Es de usted, así que lo comprueba otra persona." }
    review_it { English: "Check it", Spanish: "Comprobarlo" }
    review_question { English: "Was it needed?", Spanish: "¿Hacía falta?" }
    finding_needed { English: "It was needed", Spanish: "Hacía falta" }
    finding_not_needed { English: "It was not needed", Spanish: "No hacía falta" }
    review_words { English: "What have you checked?", Spanish: "¿Qué comprobó?" }
    review_words_hint { English: "The patient reads this. Write nothing about their health.", Spanish: "La persona lo lee. No escriba nada sobre su salud." }
    review_close { English: "Close it", Spanish: "Cerrarlo" }
    done_reviewed { English: "It is closed. The patient reads what you have found.", Spanish: "Está cerrado. La persona lee lo que usted halló." }
    emergency_problem {
        English: "Nothing can be opened with this. Check the code, or the whole name and the birth date. If they are right, nothing was decided that opens for you: treat them as somebody unknown.",
        Spanish: "Con esto no se puede abrir nada. Compruebe el código, o el nombre completo y la fecha de nacimiento. Si son correctos, no se decidió nada que se abra para usted: atienda a la persona como a alguien desconocido.",
    }
    contact_name_problem { English: "Write the name of whom we should tell, on one line of at most 200 characters.", Spanish: "Escriba el nombre de la persona a la que hay que avisar, en una sola línea de 200 caracteres como máximo." }
    emergency_extent_problem { English: "Choose what may open.", Spanish: "Elija qué se puede abrir." }
    emergency_plan_fresh {
        English: "Your last sign-in was more than five minutes ago. To decide that something opens, sign in again first.",
        Spanish: "Usted entró hace más de cinco minutos. Para decidir que algo se abra, entre otra vez antes.",
    }
    emergency_open_nothing { English: "Let nothing open from now on", Spanish: "Que desde ahora no se abra nada" }
    emergency_was_opened { English: "It was opened", Spanish: "Se abrió" }
    emergency_ended { English: "It ended", Spanish: "Terminó" }
    emergency_hour_over { English: "Its hour has passed", Spanish: "Su hora ya pasó" }
    emergency_reason_problem { English: "Write why, in up to 600 letters.", Spanish: "Escriba por qué, en 600 letras como máximo." }
    finding_problem { English: "Say whether it was needed.", Spanish: "Diga si hacía falta." }
    review_words_problem { English: "Write what you have checked, in up to 600 letters.", Spanish: "Escriba qué comprobó, en 600 letras como máximo." }
    letter_emergency { English: "Your record was opened in an emergency", Spanish: "Su historia clínica se abrió en una emergencia" }
    letter_emergency_says(link: &str) {
        English: "A clinician has opened what you decided for an emergency. It ends after 60\nminutes.\n\nSee who it was and why, and stop it if it is wrong:\n{link}\n",
        Spanish: "Un profesional abrió lo que usted decidió para una emergencia. Termina a los 60\nminutos.\n\nMire quién fue y por qué, y párelo si no es correcto:\n{link}\n",
    }
    letter_emergency_contact { English: "An emergency: somebody has named you", Spanish: "Una emergencia: alguien le nombró a usted" }
    letter_emergency_contact_says(patient: &str, organization: &str, when: &str) {
        English: "{patient} has named you as the person to tell in an emergency.\n\n\
            A clinician has opened what they decided in advance, here:\n\
            {organization}\n\
            {when}\n\n\
            Call {patient}, or call there. This message says nothing about their health, and\n\
            Chartkey knows no more than this.\n",
        Spanish: "{patient} le nombró como la persona a la que avisar en una emergencia.\n\n\
            Un profesional abrió lo que esa persona decidió de antemano, aquí:\n\
            {organization}\n\
            {when}\n\n\
            Llame a {patient}, o llame ahí. Este mensaje no dice nada de su salud, y\n\
            Chartkey no sabe más que esto.\n",
    }
    in_an_emergency(seen: &str) { English: "In an emergency, {seen}, for **60 minutes**.", Spanish: "En una emergencia, {seen}, durante **60 minutos**." }
    who_says_why { English: "a **clinician who signs in and says why**", Spanish: "un **profesional que entra y dice por qué**" }
    all_but_private { English: "whole record but what is private", Spanish: "datos, salvo lo privado" }
}

impl Say {
    /// What somebody decides, in one sentence, marked as that of a grant.
    #[must_use]
    pub fn emergency_sentence(self, extent: Extent, labels: Labels) -> String {
        self.emergency_of(self.who_says_why(), extent, labels)
    }

    /// The same of what somebody has opened, by their name.
    #[must_use]
    pub fn emergency_opened_sentence(self, extent: Extent, labels: Labels, who: &str) -> String {
        self.emergency_of(&format!("**{who}**"), extent, labels)
    }

    fn emergency_of(self, who: &str, extent: Extent, labels: Labels) -> String {
        let what = match extent {
            Extent::Nothing => return self.emergency_opens_nothing().to_owned(),
            Extent::Summary => self.categories(extent.categories()),
            Extent::All => self.all_but_private().to_owned(),
        };
        let sentence = self.in_an_emergency(&self.may_see(who, &what));
        format!("{sentence} {}", self.sensitive(extent.labels(labels)))
    }

    /// How much opens, as the question names it.
    #[must_use]
    pub fn extent(self, extent: Extent) -> &'static str {
        match extent {
            Extent::Nothing => self.emergency_nothing(),
            Extent::Summary => self.emergency_summary(),
            Extent::All => self.emergency_all(),
        }
    }

    /// What a review found, as the question names it.
    #[must_use]
    pub fn finding(self, finding: Finding) -> &'static str {
        match finding {
            Finding::Needed => self.finding_needed(),
            Finding::NotNeeded => self.finding_not_needed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Language;
    use chartkey_domain::label::Label;

    #[test]
    fn the_sentence_says_what_opens_and_its_language_is_known() {
        let [english, spanish] = [Language::English, Language::Spanish].map(Say::of);
        let hiv = Labels::NONE.with(Label::Hiv);
        assert_eq!(
            english.emergency_sentence(Extent::Summary, hiv),
            "In an emergency, a **clinician who signs in and says why** can see your **problems, medicines, allergies, vaccines and \
             devices**, for **60 minutes**. This **includes** what is marked **HIV**. Everything else stays closed."
        );
        assert!(
            english
                .emergency_sentence(Extent::All, Labels::NONE)
                .ends_with("**includes everything sensitive**. Everything else stays closed.")
        );
        assert_eq!(english.emergency_sentence(Extent::Nothing, hiv), "Nothing opens in an emergency.");
        for extent in [Extent::Summary, Extent::All] {
            assert_eq!(english.lang_of_sentence(&spanish.emergency_sentence(extent, hiv)), Some("es"));
            assert_eq!(english.lang_of_sentence(&english.emergency_sentence(extent, hiv)), None);
        }
    }
}
