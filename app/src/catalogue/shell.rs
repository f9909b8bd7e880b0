//! What stands around every page.

use super::messages;

messages! {
    product { English: "Chartkey", Spanish: "Chartkey" }
    title(page: &str) { English: "{page} – Chartkey", Spanish: "{page} – Chartkey" }
    skip { English: "Skip to the page", Spanish: "Saltar a la página" }
    main_navigation { English: "Main", Spanish: "Principal" }
    sign_in { English: "Sign in", Spanish: "Entrar" }
    sign_out { English: "Sign out", Spanish: "Salir" }
    home { English: "Home", Spanish: "Inicio" }
    record { English: "Record", Spanish: "Historia" }
    sharing { English: "Sharing", Spanish: "Compartir" }
    activity { English: "Activity", Spanish: "Actividad" }
    account { English: "Account", Spanish: "Cuenta" }
    patients { English: "Patients", Spanish: "Pacientes" }
    page_changes_later {
        English: "Something here has changed. It stands here when you load the page again.",
        Spanish: "Algo ha cambiado aquí. Aparecerá cuando cargue la página otra vez.",
    }
    page_changed { English: "This page has changed.", Spanish: "Esta página ha cambiado." }
    use_a_code { English: "Use a code", Spanish: "Usar un código" }
    summary { English: "Summary", Spanish: "Resumen" }
    everything_by_date { English: "Everything by date", Spanish: "Todo por fecha" }
    whose_record { English: "Whose record this is", Spanish: "De quién es esta historia clínica" }
    born(date: &str) { English: "born {date}", Spanish: "fecha de nacimiento: {date}" }
    shared_with_you { English: "shared with you", Spanish: "historia compartida con usted" }
    leave_now { English: "Leave now", Spanish: "Irse ya" }
    covered { English: "This page is closed", Spanish: "Esta página está cerrada" }
    covered_says {
        English: "The share has ended or changed, the session is over, or we cannot reach the server to ask.",
        Spanish: "El permiso ha terminado o ha cambiado, la sesión ha terminado, o no podemos llegar al servidor para preguntar.",
    }
    still_there { English: "Are you still there?", Spanish: "¿Sigue usted ahí?" }
    still_there_says {
        English: "Other people use this device, so you are signed out in a minute. What you have not sent would be lost.",
        Spanish: "Otras personas usan este dispositivo, así que su sesión se cerrará en un minuto. Lo que no haya enviado se perdería.",
    }
    still_here { English: "I am still here", Spanish: "Sigo aquí" }
    look_again { English: "Look again", Spanish: "Mirar otra vez" }
    close { English: "Close", Spanish: "Cerrar" }
    printed(date: &str) { English: "Printed from Chartkey on {date}", Spanish: "Impreso desde Chartkey el {date}" }
    offline { English: "There is no network", Spanish: "No hay conexión" }
    offline_says {
        English: "Nothing was lost. Your record is not kept on this device, so it cannot be shown until the network is back.",
        Spanish: "No se ha perdido nada. Su historia clínica no se guarda en este dispositivo, así que no se puede mostrar hasta que vuelva la conexión.",
    }
    offline_pack {
        English: "If you have made an emergency pack, open that file: it needs no network.",
        Spanish: "Si ha creado un paquete de emergencia, abra ese archivo: no necesita conexión.",
    }
    components { English: "What pages are made of", Spanish: "De qué están hechas las páginas" }
    components_says {
        English: "Each part in every state, with invented things in it. Nothing here is anybody’s record.",
        Spanish: "Cada pieza en todos sus estados, con cosas inventadas. Nada de esto es la historia clínica de nadie.",
    }
    went_wrong { English: "Something went wrong", Spanish: "Algo ha salido mal" }
    went_wrong_says {
        English: "It is our fault. If you were changing something, it may have been carried out. Look whether it was, then try again.",
        Spanish: "Es culpa nuestra. Si usted estaba cambiando algo, puede que se haya hecho. Compruebe si se hizo y después inténtelo otra vez.",
    }
    busy { English: "Too many people are here at once", Spanish: "Hay demasiadas personas aquí a la vez" }
    busy_says {
        English: "Nothing was lost, and nothing was changed. Try again in a few seconds.",
        Spanish: "No se ha perdido nada, y no se ha cambiado nada. Inténtelo otra vez dentro de unos segundos.",
    }
    too_slow { English: "This took too long", Spanish: "Esto ha tardado demasiado" }
    too_slow_says {
        English: "Nothing was lost, and nothing was changed. Try again in a minute.",
        Spanish: "No se ha perdido nada, y no se ha cambiado nada. Inténtelo otra vez dentro de un minuto.",
    }
    unfinished_says {
        English: "What you sent may still be carried out. Look whether it was before you send it again. Nothing else was lost.",
        Spanish: "Puede que lo que envió todavía se haga. Compruebe si se hizo antes de enviarlo otra vez. No se ha perdido nada más.",
    }
    not_from_here { English: "Not from here", Spanish: "Desde aquí no" }
    not_from_here_says {
        English: "This request came from another site, so it was not carried out.",
        Spanish: "Esta petición vino de otro sitio web, así que no se hizo.",
    }
    rehearsal { English: "Rehearsal. Everybody here is invented.", Spanish: "Ensayo. Todas las personas de aquí son inventadas." }
}
