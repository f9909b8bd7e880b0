//! Words for passing a share on to a colleague, or sharing in the patient's place: to whoever does so, and to the patient.

use super::messages;

messages! {
    may_pass_on_choice { English: "They may pass it on, or part of it, to one colleague", Spanish: "Dejar que lo pasen, todo o en parte, a un colega" }
    may_pass_on_hint {
        English: "To one clinician by name, for no longer than this share. You are told, and can end it.",
        Spanish: "A un solo profesional sanitario, por su nombre y no por más tiempo que este permiso. A usted se le avisa y puede terminarlo.",
    }
    pass_on { English: "Pass on to a colleague", Spanish: "Pasar a un colega" }
    pass_on_says(name: &str) {
        English: "{name} allows you to let one colleague see what you see, or part of it. The patient is told at once, and can end it.",
        Spanish: "{name} le deja mostrar a un colega lo que usted ve, o una parte. Al paciente se le avisa enseguida, y puede terminarlo.",
    }
    pass_on_no_more {
        English: "Your colleague can look, and can neither copy, write nor pass it on.",
        Spanish: "Su colega puede mirar, pero no copiar, escribir ni pasarlo.",
    }
    pass_on_to_whom { English: "To whom", Spanish: "A quién" }
    pass_on_what { English: "Which parts", Spanish: "Qué partes" }
    pass_on_sensitive { English: "Sensitive things", Spanish: "Lo delicado" }
    pass_on_fresh {
        English: "This needs a sign-in of the last five minutes. Sign in again first: nothing that you choose here would be kept.",
        Spanish: "Esto necesita que usted haya entrado hace menos de cinco minutos. Entre otra vez antes: lo que elija aquí no se guardaría.",
    }
    pass_on_nobody { English: "Nobody else has signed in here yet.", Spanish: "Todavía no ha entrado nadie más aquí." }
    what_you_share_on { English: "What you see", Spanish: "Lo que usted ve" }
    what_you_passed_on { English: "What you have passed on", Spanish: "Lo que usted ha pasado" }
    take_it_back { English: "Take it back", Spanish: "Retirarlo" }
    done_passed_on { English: "Your colleague finds it in their list of patients.", Spanish: "Su colega lo encuentra en su lista de pacientes." }
    done_passed_on_title { English: "Passed on", Spanish: "Pasado" }
    done_taken_back_share { English: "Your colleague sees nothing more through it.", Spanish: "Su colega ya no ve nada más por este medio." }
    pass_on_full {
        English: "You have passed this share on to somebody. Take it back first.",
        Spanish: "Usted ya ha pasado este permiso a alguien. Retírelo primero.",
    }
    passing_stopped {
        English: "The patient has stopped what you had let them see. Ask the patient.",
        Spanish: "El paciente ha detenido lo que usted les dejaba ver. Pregunte al paciente.",
    }
    was_passed_on { English: "It was passed on", Spanish: "Alguien lo pasó" }
    was_taken_back { English: "Whoever passed it on took it back", Spanish: "Quien lo pasó lo retiró" }
    ended_with_its_share { English: "It ended with what it rested on", Spanish: "Terminó con aquello en lo que se apoyaba" }
    passed_on_of_it { English: "Passed on to a colleague", Spanish: "Pasado a un colega" }
    passed_on_ends_too {
        English: "It ends when you change or end this share. A pause stops both, and each goes on when you say so.",
        Spanish: "Termina cuando usted cambia o termina este permiso. Una pausa detiene los dos, y cada uno sigue cuando usted lo diga.",
    }
    part_of_another(who: &str) { English: "Part of what you share with {who}", Spanish: "Parte de lo que usted comparte con {who}" }
    passed_on_is_over { English: "It has ended", Spanish: "Ha terminado" }
    passed_it_on { English: "passed part of it on", Spanish: "pasó una parte" }
    took_it_back { English: "took it back", Spanish: "lo retiró" }
    new_passed_on { English: "A share of yours was passed on to a colleague", Spanish: "Un permiso suyo se pasó a un colega" }
    new_passed_on_says {
        English: "Somebody you share with has passed this on, as you had allowed. If it is not what you want, end it now: they see nothing more from then on.",
        Spanish: "Alguien con quien usted comparte lo pasó, como usted había permitido. Si no es lo que quiere, termínelo ahora: desde ese momento esa persona ya no ve nada más.",
    }
    may_share_choice { English: "They may share it with clinicians in your place", Spanish: "Dejar que lo compartan con profesionales sanitarios en su lugar" }
    may_share_hint {
        English: "At most what they see themselves, without what you leave closed here, and for 90 days at a time. You are told each time, and can end it.",
        Spanish: "Como mucho lo que ven, sin lo que usted deja cerrado aquí, y por 90 días cada vez. A usted se le avisa siempre y puede terminarlo.",
    }
    share_for { English: "Share in their place", Spanish: "Compartir en su lugar" }
    share_for_says(name: &str) {
        English: "{name} allows you to let clinicians see what you see, or part of it. They are told at once, and can end it.",
        Spanish: "{name} le deja mostrar a profesionales sanitarios lo que usted ve, o una parte. Se le avisa enseguida, y puede terminarlo.",
    }
    share_for_purpose { English: "What for", Spanish: "Para qué" }
    coordination_of_theirs { English: "Arranging their care", Spanish: "Organizar su atención médica" }
    share_for_no_more {
        English: "They can look, and can neither copy, write nor pass it on.",
        Spanish: "Pueden mirar, pero no copiar, escribir ni pasarlo.",
    }
    what_you_shared_for { English: "What you share in their place", Spanish: "Lo que usted comparte en su lugar" }
    stop_this_share { English: "End it", Spanish: "Terminarlo" }
    done_shared_for_title { English: "Shared", Spanish: "Compartido" }
    done_shared_for { English: "They find it in their list of patients.", Spanish: "Lo encuentran en su lista de pacientes." }
    done_stopped_for { English: "They see nothing more through it.", Spanish: "Ya no ven nada más por este medio." }
    helped_before {
        English: "You share with them for this purpose already. End that first.",
        Spanish: "Usted ya comparte con ellos para este fin. Termínelo primero.",
    }
    was_shared_for { English: "Whoever helps you shared it", Spanish: "Quien le ayuda lo compartió" }
    was_stopped_for { English: "Whoever helps you ended it", Spanish: "Quien le ayuda lo terminó" }
    shared_of_it { English: "Shared in your place", Spanish: "Compartido en su lugar" }
    part_of_help(who: &str) { English: "Part of what {who}, who helps you, sees", Spanish: "Parte de lo que ve {who}, que le ayuda" }
    shared_it_for { English: "shared part of it in your place", Spanish: "compartió una parte en su lugar" }
    stopped_it_for { English: "ended what they had shared", Spanish: "terminó lo que había compartido" }
    new_shared_for { English: "Somebody who helps you has shared your record", Spanish: "Alguien que le ayuda ha compartido su historia clínica" }
    new_shared_for_says {
        English: "They did so in your place, as you had allowed. If it is not what you want, end it now: nobody sees anything more through it from then on.",
        Spanish: "Lo hizo en su lugar, como usted había permitido. Si no es lo que quiere, termínelo ahora: desde ese momento ya nadie ve nada por este medio.",
    }
}
