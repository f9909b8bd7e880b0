//! What is said of patients who cannot decide: to them in advance, to clinicians who say so, and to whoever stands in.

use super::messages;

messages! {
    purpose_incapacity { English: "You cannot decide", Spanish: "Usted no puede decidir" }
    stand_in_title { English: "If you cannot decide", Spanish: "Si usted no puede decidir" }
    stand_in_says {
        English: "You can name somebody now who sees your record for you, should you ever be too ill to decide: one of the people who help you.",
        Spanish: "Usted puede nombrar ahora a alguien que vea su historia clínica por usted, si alguna vez está demasiado enfermo para decidir: una de las personas que le ayudan.",
    }
    stand_in_begins {
        English: "It begins only when two clinicians of one place say that you cannot decide. You are told at once, and so are all who help you and whoever you want told in an emergency.",
        Spanish: "Solo empieza cuando dos profesionales sanitarios de un mismo lugar dicen que usted no puede decidir. Se le avisa enseguida, y también a todas las personas que le ayudan y a quien usted quiere que se avise en una emergencia.",
    }
    stand_in_lasts {
        English: "Every 90 days somebody there has to say that it is still so. Otherwise it ends.",
        Spanish: "Cada 90 días alguien de ahí tiene que decir que sigue siendo así. Si no, termina.",
    }
    stand_in_ends { English: "It ends at once when you sign in.", Spanish: "Termina en cuanto usted entra en su cuenta." }
    stand_in_now { English: "Whom you have named", Spanish: "A quién ha nombrado usted" }
    stand_in_nobody { English: "You have named nobody.", Spanish: "Usted no ha nombrado a nadie." }
    stand_in_helps_no_more {
        English: "They do not help you any more, so nothing would begin. Name somebody else, or let them help you again.",
        Spanish: "Ya no le ayuda, así que no empezaría nada. Nombre a otra persona, o deje que le ayude de nuevo.",
    }
    stand_in_remove { English: "Name nobody", Spanish: "No nombrar a nadie" }
    stand_in_question { English: "Who should it be?", Spanish: "¿Quién debería ser?" }
    stand_in_no_helper {
        English: "Nobody helps you yet. Let somebody help you first; what they see now can be as little as you like.",
        Spanish: "Todavía no le ayuda nadie. Primero deje que alguien le ayude; lo que vea ahora puede ser tan poco como usted quiera.",
    }
    stand_in_what { English: "What may they do then?", Spanish: "¿Qué podrá hacer entonces?" }
    stand_in_what_hint {
        English: "They see everything but what is private. What they see today does not change.",
        Spanish: "Ve todo, salvo lo privado. Lo que ve hoy no cambia.",
    }
    stand_in_sensitive { English: "See what is sensitive, too", Spanish: "Ver también lo sensible" }
    stand_in_share { English: "Share with clinicians in your place", Spanish: "Compartir con profesionales sanitarios en su lugar" }
    stand_in_name { English: "Name this person", Spanish: "Nombrar a esta persona" }
    stand_in_fresh {
        English: "To name somebody, prove again who you are.",
        Spanish: "Para nombrar a alguien, demuestre otra vez quién es.",
    }
    stand_in_sentence(who: &str, sensitive: &str, share: &str) {
        English: "**{who}**, who stands in for you while you cannot decide, can see **your whole record but what is private**, {sensitive}, and {share}.",
        Spanish: "**{who}**, que actúa por usted mientras no puede decidir, puede ver **toda su historia clínica, salvo lo privado**, {sensitive}, y {share}.",
    }
    stand_in_with_sensitive { English: "**with what is sensitive**", Spanish: "**con lo sensible**" }
    stand_in_without_sensitive { English: "**without what is sensitive**", Spanish: "**sin lo sensible**" }
    stand_in_may_share { English: "can **share with clinicians** in your place", Spanish: "puede **compartir con profesionales sanitarios** en su lugar" }
    stand_in_may_not_share { English: "cannot share it", Spanish: "no puede compartirla" }
    done_stand_in_named { English: "It is decided. You can change it at any time.", Spanish: "Está decidido. Puede cambiarlo cuando quiera." }
    done_stand_in_removed { English: "Nobody is named any more.", Spanish: "Ya no hay nadie nombrado." }
    stand_in_said { English: "What clinicians have said", Spanish: "Lo que han dicho los profesionales sanitarios" }
    stand_in_who_problem { English: "Choose one of the people who help you.", Spanish: "Elija a una de las personas que le ayudan." }
    stand_in_age_problem {
        English: "This is for people who are of age. For a child, the practice registers who helps.",
        Spanish: "Esto es para personas mayores de edad. Para un menor, la consulta registra a quien le ayuda.",
    }
    stand_in_begun { English: "Two clinicians said that you could not decide", Spanish: "Dos profesionales sanitarios dijeron que usted no podía decidir" }
    stand_in_reviewed { English: "A clinician said that it was still so", Spanish: "Un profesional sanitario dijo que seguía siendo así" }
    stand_in_over { English: "A clinician ended it, or nobody looked at it again", Spanish: "Un profesional sanitario lo terminó, o nadie volvió a mirarlo" }
    stand_in_back { English: "You signed in, so it ended", Spanish: "Usted entró en su cuenta, así que terminó" }
    stand_in_ended { English: "It is over", Spanish: "Ya terminó" }

    incapacity_title { English: "The patient cannot decide", Spanish: "El paciente no puede decidir" }
    incapacity_link { English: "If the patient cannot decide", Spanish: "Si el paciente no puede decidir" }
    incapacity_nobody {
        English: "This patient has named nobody who could stand in for them here. If you need more than is shared with you, open it in an emergency, or ask the family.",
        Spanish: "Este paciente no ha nombrado aquí a nadie que pueda actuar por él. Si necesita más de lo que se comparte con usted, ábralo en una emergencia o pregunte a la familia.",
    }
    incapacity_named(name: &str) {
        English: "{name} can stand in for this patient, who has decided so. Two clinicians of one place have to say that the patient cannot decide.",
        Spanish: "{name} puede actuar por este paciente, que así lo ha decidido. Dos profesionales sanitarios de un mismo lugar tienen que decir que el paciente no puede decidir.",
    }
    incapacity_alone {
        English: "You are signed in as an independent clinician, without colleagues who could say so with you.",
        Spanish: "Ha entrado como profesional independiente, sin colegas que puedan decirlo con usted.",
    }
    incapacity_first { English: "You would be the first. A colleague has three days to say so, too.", Spanish: "Usted sería el primero. Un colega tiene tres días para decirlo también." }
    incapacity_second { English: "A colleague has said so. If you agree, it begins at once.", Spanish: "Un colega lo ha dicho. Si usted está de acuerdo, empieza enseguida." }
    incapacity_reason_word { English: "Why can they not decide?", Spanish: "¿Por qué no puede decidir?" }
    incapacity_reason_hint { English: "Your colleagues here and the patient read this.", Spanish: "Lo leen sus colegas de aquí y el paciente." }
    incapacity_state { English: "Say that they cannot decide", Spanish: "Decir que no puede decidir" }
    incapacity_waits {
        English: "You have said so. It begins when a colleague here says so, too, within three days. The patient has been told.",
        Spanish: "Usted lo ha dicho. Empieza cuando un colega de aquí lo diga también, en un plazo de tres días. Se ha avisado al paciente.",
    }
    incapacity_in_force(name: &str, since: &str, end: &str) {
        English: "{name} has stood in for this patient since {since}. The last day is {end}, unless somebody says that it is still so.",
        Spanish: "{name} actúa por este paciente desde el {since}. El último día es el {end}, si nadie dice que sigue siendo así.",
    }
    incapacity_until_death(name: &str, since: &str, end: &str) {
        English: "{name} has stood in for this patient since {since}. The last day is {end}.",
        Spanish: "{name} actúa por este paciente desde el {since}. El último día es el {end}.",
    }
    incapacity_read_only {
        English: "A death was reported, so nothing begins here any more.",
        Spanish: "Se comunicó un fallecimiento, así que aquí ya no empieza nada.",
    }
    incapacity_theirs { English: "It was begun at another place, which looks at it again.", Spanish: "Empezó en otro lugar, que vuelve a revisarlo." }
    incapacity_still { English: "It is still so: 90 days more", Spanish: "Sigue siendo así: 90 días más" }
    incapacity_over { English: "They can decide again: end it", Spanish: "Ya puede decidir: terminarlo" }
    done_incapacity_waits { English: "It waits for a colleague.", Spanish: "Espera a un colega." }
    done_incapacity_begun { English: "It has begun. Everybody concerned is told.", Spanish: "Ha empezado. Se avisa a todas las personas interesadas." }
    done_incapacity_still { English: "It lasts for 90 days from now.", Spanish: "Dura 90 días desde ahora." }
    done_incapacity_over { English: "It is over.", Spanish: "Ha terminado." }
    stand_in_changed_problem {
        English: "It cannot go on: the patient has decided otherwise since, or the person does not help them any more.",
        Spanish: "No puede continuar: el paciente decidió otra cosa desde entonces, o esa persona ya no le ayuda.",
    }
    incapacity_reason_problem {
        English: "Write why, in up to 600 letters.",
        Spanish: "Escriba por qué, con un máximo de 600 letras.",
    }
    letter_incapacity_contact { English: "Somebody has named you as the person to tell", Spanish: "Alguien le nombró como la persona a la que avisar" }
    letter_incapacity_contact_says(patient: &str, organization: &str) {
        English: "{patient} has named you as the person to tell.\n\n\
            Two clinicians say that {patient} cannot decide at present, here:\n\
            {organization}\n\n\
            Somebody whom they have named before stands in for them. Call there. This\n\
            message says nothing about their health, and Chartkey knows no more than\n\
            this.\n",
        Spanish: "{patient} le nombró como la persona a la que avisar.\n\n\
            Dos profesionales dicen que {patient} no puede decidir por ahora, aquí:\n\
            {organization}\n\n\
            Alguien a quien esa persona nombró antes actúa por ella. Llame ahí. Este\n\
            mensaje no dice nada de su salud, y Chartkey no sabe más que esto.\n",
    }
    letter_stand_in_ending { English: "You stand in for somebody, and that is over soon", Spanish: "Usted actúa por alguien, y eso termina pronto" }
    letter_stand_in_ending_says(link: &str) {
        English: "You stand in for somebody at Chartkey, and that is over within two weeks.\n\
            If they still cannot decide, ask the clinicians where it began to say so:\n\
            then it goes on.\n\n\
            Until when, you find under “People you help”:\n\
            {link}\n\n\
            If nobody says so, it ends by itself.\n",
        Spanish: "Usted actúa por alguien en Chartkey, y eso termina dentro de dos semanas.\n\
            Si esa persona aún no puede decidir, pida a los profesionales del lugar\n\
            donde empezó que lo digan: entonces continúa.\n\n\
            Hasta cuándo, lo encuentra en «Personas a quienes ayuda»:\n\
            {link}\n\n\
            Si nadie lo dice, termina por sí solo.\n",
    }
    letter_incapacity_helper { English: "Somebody stands in for a person whom you help", Spanish: "Alguien actúa por una persona a quien usted ayuda" }
    letter_incapacity_helper_says(patient: &str, organization: &str, link: &str) {
        English: "Two clinicians say that {patient} cannot decide at present, here:\n\
            {organization}\n\n\
            Whoever {patient} has named for that stands in for them from now on.\n\
            If that is you, you find it under “People you help”:\n\
            {link}\n\n\
            What you were given before stays as it is.\n",
        Spanish: "Dos profesionales dicen que {patient} no puede decidir por ahora, aquí:\n\
            {organization}\n\n\
            Quien {patient} nombró para ello actúa por esa persona desde ahora.\n\
            Si es usted, lo encuentra en «Personas a quienes ayuda»:\n\
            {link}\n\n\
            Lo que se le dio antes sigue igual.\n",
    }
}

impl super::Say {
    /// The sentence of a grant to whoever stands in for a patient.
    #[must_use]
    pub fn stands_in(self, who: &str, sensitive: bool, may_share: bool) -> String {
        let sensitive = if sensitive { self.stand_in_with_sensitive() } else { self.stand_in_without_sensitive() };
        let share = if may_share { self.stand_in_may_share() } else { self.stand_in_may_not_share() };
        // Marks of ours in a name would be taken for those of the sentence.
        self.stand_in_sentence(&who.replace('*', ""), sensitive, share)
    }
}
