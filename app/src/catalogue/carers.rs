//! What the pages about carers say: people who help a patient, with an account of their own.

use super::messages;

messages! {
    carers_title { English: "People who help you", Spanish: "Personas que le ayudan" }
    carers_says {
        English: "Somebody you trust can see what you choose, with an account of their own. You never have to give anybody your password.",
        Spanish: "Una persona de confianza puede ver lo que usted elija, con su propia cuenta. Usted nunca tiene que dar su contraseña a nadie.",
    }
    no_carer { English: "Nobody helps you with your record.", Spanish: "Nadie le ayuda con su historia clínica." }
    let_somebody_help { English: "Let somebody help you", Spanish: "Dejar que alguien le ayude" }
    carers_by_code {
        English: "You choose what they see and get a code for them. They make an account, or use the one they have, and type it there. It opens nothing until you have seen who it is and said yes.",
        Spanish: "Usted elige lo que ven y recibe un código para dárselo. La otra persona crea una cuenta, o usa la que tiene, y lo escribe allí. No se abre nada hasta que usted haya visto quién es y haya dicho que sí.",
    }
    carers_cannot {
        English: "They can only look, and, if you allow it, take a copy or share with clinicians in your place. They cannot change or hide anything, nor change how you sign in.",
        Spanish: "Solo pueden mirar y, si usted lo permite, llevarse una copia o compartir con profesionales sanitarios en su lugar. No pueden cambiar ni ocultar nada, ni cambiar cómo entra usted.",
    }
    carers_in_log {
        English: "Each look of theirs stands in your log, and you can end it at any time. Of the log they see what they did themselves, and who else looked at what they may see too; never what you look at yourself.",
        Spanish: "Cada vez que miran queda en su registro, y usted puede terminarlo cuando quiera. Del registro ven lo que hicieron ellas mismas y quién más miró lo que también pueden ver; nunca lo que mira usted.",
    }
    helper_log_says(name: &str) {
        English: "What you have done in this record, and who else has looked at what you may see too, newest first. It goes back to when somebody began to help with it, and at most two years. The whole log is for {name} alone.",
        Spanish: "Lo que usted hizo en esta historia clínica y quién más miró lo que usted también puede ver, primero lo más reciente. Llega hasta cuando alguien empezó a ayudar con ella, y como mucho dos años atrás. El registro completo es solo para {name}.",
    }
    helper_log_foot {
        English: "Times are in UTC. This look is written down too.",
        Spanish: "Las horas están en UTC. También queda anotado que usted ha mirado ahora.",
    }
    opened_some(what: &str) { English: "opened {what}", Spanish: "abrió {what}" }
    copied_some { English: "took a copy", Spanish: "se llevó una copia" }
    helper_used_code { English: "used a code to help", Spanish: "usó un código para ayudar" }
    helper_used_registered_code {
        English: "used a code of whoever keeps the record",
        Spanish: "usó un código de quien guarda la historia clínica",
    }
    helper_shared { English: "shared part of the record in the patient’s place", Spanish: "compartió una parte de la historia en lugar del paciente" }
    helper_ended_share {
        English: "ended something shared in the patient’s place",
        Spanish: "terminó algo compartido en lugar del paciente",
    }
    helper_stopped { English: "stopped helping", Spanish: "dejó de ayudar" }
    helper_did_something { English: "did something here", Spanish: "hizo algo aquí" }
    why_help { English: "You help with this record", Spanish: "Usted ayuda con esta historia clínica" }
    why_given { English: "A share", Spanish: "Un permiso" }
    why_given_emergency { English: "An emergency", Spanish: "Una emergencia" }
    carer_question(number: i32) { English: "Somebody who helps you · question {number} of 2", Spanish: "Alguien que le ayuda · pregunta {number} de 2" }
    carer_last { English: "Somebody who helps you · last step", Spanish: "Alguien que le ayuda · último paso" }
    who_helps(who: &str) { English: "**{who}**, who helps you,", Spanish: "**{who}**, que le ayuda," }
    whoever_uses_the_carer_code {
        English: "**Whoever uses your code to help you**, once you have confirmed them,",
        Spanish: "**Quien use su código para ayudarle**, una vez que usted haya confirmado quién es,",
    }
    whoever_will_help { English: "whoever uses your code to help you", Spanish: "quien use su código para ayudarle" }
    preview_of_carer_code {
        English: "Nobody knows yet who that is: this is somebody to whom you have given nothing else.",
        Spanish: "Todavía no se sabe quién será: esto es lo que ve alguien a quien usted no ha dado nada más.",
    }
    helps_you { English: "helps you", Spanish: "le ayuda" }
    who_by_carer_code { English: "Somebody who helps you, by a code", Spanish: "Alguien que le ayuda, con un código" }
    carer_code_for { English: "A code for somebody who helps you", Spanish: "Un código para alguien que le ayuda" }
    carer_code_how {
        English: "They sign in, find “People you help” on their first page or under “Sharing”, choose “Use a code” and type it.",
        Spanish: "Entra en su cuenta, busca «Personas a quienes ayuda» en su página de inicio o en «Compartir», elige «Usar un código» y lo escribe.",
    }
    carer_confirm_says {
        English: "Nobody vouches for them but you. Say yes only if you know them, and this is their email address.",
        Spanish: "Nadie más que usted responde por esta persona. Diga que sí solo si la conoce y este es su correo electrónico.",
    }
    new_carer { English: "Somebody new can help you", Spanish: "Una persona nueva puede ayudarle" }
    new_carer_says {
        English: "Is this what you wanted? If not, end it now: they see nothing more from then on.",
        Spanish: "¿Es lo que usted quería? Si no, termínelo ahora: desde ese momento ya no ve nada más.",
    }
    end_it_now { English: "End it now", Spanish: "Terminarlo ahora" }
    stop_helping(name: &str) { English: "Stop helping {name}", Spanish: "Dejar de ayudar a {name}" }
    done_helped {
        English: "You see nothing of their record any more. They are told that you have stopped.",
        Spanish: "Ya no ve nada de su historia clínica. Se le avisa de que usted ha dejado de ayudar.",
    }
    they_stopped_helping { English: "They stopped helping you", Spanish: "Dejó de ayudarle" }
    people_you_help { English: "People you help", Spanish: "Personas a quienes ayuda" }
    people_you_help_says {
        English: "They let you see a part of their record. They see each of your looks.",
        Spanish: "Le dejan ver una parte de su historia clínica. Ven cada vez que usted mira.",
    }
    people_you_help_see { English: "See whom you help, or use a code", Spanish: "Ver a quién ayuda, o usar un código" }
    helps_nobody { English: "Nobody lets you see their record now.", Spanish: "Nadie le deja ver su historia clínica ahora." }
    redeem_says_carer {
        English: "Type the code that somebody gave you so that you can help them. They then see your name and your email address, and decide.",
        Spanish: "Escriba el código que alguien le dio para que pueda ayudarle. Esa persona verá entonces el nombre y el correo electrónico de usted, y decidirá.",
    }
    redeemed_says_carer {
        English: "They have to confirm now. Once they have, you find them under “People you help”.",
        Spanish: "Ahora tiene que confirmar. Cuando lo haga, aparecerá en «Personas a quienes ayuda».",
    }
    code_waits_carer { English: "They have not confirmed yet.", Spanish: "Todavía no ha confirmado." }
    code_refused_carer { English: "Not confirmed. Ask them.", Spanish: "No confirmado. Pregúntele." }
    help_labels_until(date: &str) {
        English: "From {date} on, nothing sensitive is included: a child of that age decides it alone.",
        Spanish: "Desde el {date} no se incluye nada delicado: a esa edad lo decide solo el menor.",
    }
    help_labels_over(date: &str) {
        English: "Since {date}, nothing sensitive is included any more, whatever stands above: a child of that age decides it alone.",
        Spanish: "Desde el {date} ya no se incluye nada delicado, diga lo que diga arriba: a esa edad lo decide solo el menor.",
    }
    was_registered { English: "Whoever keeps the record registered them", Spanish: "Quien guarda la historia clínica registró a esta persona" }
    done_registered { English: "You can help from now on. Each of your looks stands in the record’s log.", Spanish: "Desde ahora puede ayudar. Cada vez que mire queda en el registro de la historia clínica." }
    registered_help { English: "A practice gave you a code for a child?", Spanish: "¿Una consulta le dio un código para un menor?" }
    registered_help_use { English: "Use it with their birth date", Spanish: "Usarlo con su fecha de nacimiento" }
    helps_already {
        English: "You help with this record already, or did: a code for it is for somebody else.",
        Spanish: "Usted ya ayuda con esta historia clínica, o lo hizo: un código para ella es para otra persona.",
    }
    was_unregistered { English: "Whoever keeps the record ended it", Spanish: "Quien guarda la historia clínica lo terminó" }
    grant_of_age_problem {
        English: "Somebody can help you at most until you are of age. Choose a last day before that birthday; after it you can let them help you again.",
        Spanish: "Alguien puede ayudarle como mucho hasta que usted sea mayor de edad. Elija un último día antes de ese cumpleaños; después puede dejar que le ayude otra vez.",
    }
}
