//! What is said of who can see one thing.

use super::messages;

messages! {
    with_a_share { English: "Who has a share", Spanish: "Quién tiene un permiso" }
    nobody_has_a_share { English: "Nobody has a share of your record. Only you see this.", Spanish: "Nadie tiene un permiso. Solo usted ve esto." }
    keeping_says {
        English: "What you keep from somebody stays closed to them, whatever you share, until you show it again. What they have read before is not erased.",
        Spanish: "Lo que usted no muestra a alguien sigue cerrado para esa persona, comparta lo que comparta, hasta que lo muestre otra vez. Lo que ya leyó no se borra.",
    }
    sees_this { English: "Can see this", Spanish: "Puede verlo" }
    kept_from_them { English: "You keep it from them", Spanish: "Usted no se lo muestra" }
    kept_from_all_at(organization: &str) {
        English: "You keep it from everybody at {organization}",
        Spanish: "Usted no se lo muestra a nadie de {organization}",
    }
    share_reaches_not { English: "The share does not reach it", Spanish: "El permiso no llega a esto" }
    keep_from(who: &str) { English: "Keep it from {who}", Spanish: "No mostrárselo a {who}" }
    show_again(who: &str) { English: "Show it to {who} again", Spanish: "Mostrárselo otra vez a {who}" }
    all_at(organization: &str) { English: "everybody at {organization}", Spanish: "cualquier persona de {organization}" }
    done_kept_from { English: "It is closed to them from now on.", Spanish: "Desde ahora está cerrado." }
    done_shown_again {
        English: "A share reaches it again, as far as that share goes.",
        Spanish: "Un permiso llega a ello otra vez, hasta donde llegue ese permiso.",
    }
    share_alone_title { English: "Only this", Spanish: "Solo esto" }
    share_alone_says {
        English: "You can share this entry by itself, as it is now, whatever else you share. If it changes, it closes again.",
        Spanish: "Puede compartir esta entrada sola, tal como está ahora, comparta lo que comparta además. Si cambia, se cierra otra vez.",
    }
    share_alone { English: "Share it with somebody", Spanish: "Compartirla con alguien" }
    add_to_begun { English: "Add it to the share you have begun", Spanish: "Añadirla al permiso que ha empezado" }
    chosen_is_marked(labels: &str) {
        English: "It is marked {labels}: whoever you share it with will see that.",
        Spanish: "Lleva la etiqueta {labels}: quien la reciba lo verá.",
    }
    show_only_this(who: &str) { English: "Show this to {who} as well", Spanish: "Mostrar también esto a {who}" }
    only_for_me { English: "Only for me", Spanish: "Solo para mí" }
    keep_to_oneself { English: "Keep it to myself", Spanish: "Guardármelo para mí" }
    keep_to_oneself_says {
        English: "Nobody but you can see it then, whatever you share, and not in an emergency either. What was read before is not erased, and a letter or a note can still mention it.",
        Spanish: "Entonces nadie más que usted puede verlo, comparta lo que comparta, tampoco en una emergencia. Lo que ya se leyó no se borra, y una carta o una nota puede mencionarlo.",
    }
    leave_to_shares { English: "Leave it to my shares again", Spanish: "Dejarlo otra vez a mis permisos" }
    leave_to_shares_says {
        English: "You keep it to yourself. Whatever another place sends of the same is closed with it.",
        Spanish: "Usted se lo guarda para sí. Lo que otro centro envíe de lo mismo queda cerrado con ello.",
    }
    done_kept_to_oneself { English: "Only you can see it from now on.", Spanish: "Desde ahora solo puede verlo usted." }
    done_left_to_shares { English: "Your shares reach it again, as far as each goes.", Spanish: "Sus permisos llegan a ello otra vez, hasta donde llegue cada uno." }
    private_reaches_nobody { English: "Only you see this. No share reaches it.", Spanish: "Solo usted ve esto. Ningún permiso llega a ello." }
    marks_title { English: "Marked as sensitive", Spanish: "Marcado como delicado" }
    marks_say {
        English: "A share shows this only where it includes what is marked so. If a mark does not apply, you can take it off: then it closes this to nobody any more, in no share that you have given or will give, and not in an emergency. What a newer version or another place says of it can bring another mark.",
        Spanish: "Un permiso solo lo muestra si incluye lo que lleva esa etiqueta. Si una etiqueta no corresponde, puede quitarla: entonces ya no se lo cierra a nadie, en ningún permiso que usted haya dado o dé más adelante, ni en una emergencia. Lo que diga una versión más nueva u otro centro puede traer otra etiqueta.",
    }
    unmarked_opens_to(who: &str) { English: "Without it, this can be seen by {who}.", Spanish: "Sin ella, esto queda a la vista de {who}." }
    unmarked_opens_to_nobody {
        English: "Without it, no share that is in force now opens this to anybody new.",
        Spanish: "Sin ella, ningún permiso vigente ahora se lo muestra a nadie más.",
    }
    mark_stays {
        English: "This mark comes from a place, a person or a medicine that the entry names. Whoever sees the entry sees that, so the mark stays.",
        Spanish: "Esta etiqueta viene de un lugar, una persona o un medicamento que la entrada nombra. Quien ve la entrada lo ve, así que la etiqueta se queda.",
    }
    take_mark_off(label: &str) { English: "Take the mark “{label}” off", Spanish: "Quitar la etiqueta «{label}»" }
    mark_is_off { English: "You have taken this mark off.", Spanish: "Usted ha quitado esta etiqueta." }
    mark_again(label: &str) { English: "Mark it as “{label}” again", Spanish: "Volver a poner la etiqueta «{label}»" }
    done_lowered { English: "The mark is off. Your shares reach it as far as each goes.", Spanish: "La etiqueta está quitada. Sus permisos llegan a ello hasta donde llegue cada uno." }
    done_marked_again { English: "It is marked again.", Spanish: "La etiqueta está puesta otra vez." }
}
