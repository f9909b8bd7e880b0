//! What is said of whom a patient has blocked.

use super::messages;

messages! {
    blocked_title { English: "Whom you have blocked", Spanish: "A quién ha bloqueado usted" }
    blocked_says {
        English: "Somebody you block gets nothing from your record: through no share, through no code, and in an emergency neither. They are not told.",
        Spanish: "Quien usted bloquea no recibe nada de su historia clínica: por ningún permiso, por ningún código, y tampoco en una emergencia. No se le avisa.",
    }
    blocked_keeps {
        English: "What they have read or copied before is not erased. A share with them stays as it is, and reaches them again when you unblock them.",
        Spanish: "Lo que ya leyó o copió no se borra. Un permiso con esa persona sigue como está, y vuelve a llegarle cuando usted la desbloquea.",
    }
    nobody_blocked { English: "You have blocked nobody.", Spanish: "Usted no ha bloqueado a nadie." }
    blocked_now { English: "Blocked now", Spanish: "Bloqueado ahora" }
    blocked_since(when: &str) { English: "since {when}", Spanish: "desde el {when}" }
    block_question { English: "Whom do you want to block?", Spanish: "¿A quién quiere bloquear?" }
    block_somebody { English: "Block somebody", Spanish: "Bloquear a alguien" }
    block_everybody { English: "Everybody there", Spanish: "Cualquier persona de ahí" }
    block_everybody_hint { English: "Whoever signs in through it, now or later.", Spanish: "Quien entre por ahí, ahora o más tarde." }
    block_nobody_left { English: "There is nobody else here whom you could block.", Spanish: "Aquí no hay nadie más a quien usted pudiera bloquear." }
    block_them { English: "Block", Spanish: "Bloquear" }
    grant_blocked_problem {
        English: "You have blocked them, so nothing was shared. Unblock them first, or choose somebody else.",
        Spanish: "Usted bloqueó a esa persona, así que no se compartió nada. Desbloquéela antes, o elija a otra.",
    }
    block_who_problem { English: "Choose whom you want to block.", Spanish: "Elija a quién quiere bloquear." }
    block_nobody { English: "Block nobody", Spanish: "No bloquear a nadie" }
    unblock(who: &str) { English: "Unblock {who}", Spanish: "Desbloquear a {who}" }
    done_blocked { English: "They are blocked. An open page of theirs closes now.", Spanish: "Está bloqueado. Una página suya que estuviera abierta se cierra ahora." }
    done_unblocked {
        English: "They are not blocked any more. A share reaches them as far as it says, unless you have blocked them in another way, too.",
        Spanish: "Ya no está bloqueado. Un permiso le llega hasta donde dice, si usted no lo bloqueó además de otra manera.",
    }
    blocked_for_now {
        English: "You have blocked them: nobody sees anything through this.",
        Spanish: "Usted bloqueó a esa persona: nadie ve nada por este permiso.",
    }
}
