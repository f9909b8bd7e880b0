//! What a check of the access log says: what was checked, what was not, and what to do.

use super::messages;

messages! {
    log_whole { English: "Is this log whole?", Spanish: "¿Está completo este registro?" }
    log_whole_says {
        English: "Each entry is tied to the one before it, and once an hour Chartkey signs a seal over the logs of everybody. If \
                  somebody changes, takes out or adds an entry behind Chartkey’s back, a check finds it.",
        Spanish: "Cada anotación está unida a la anterior, y una vez por hora Chartkey firma un sello sobre los registros de todas las \
                  personas. Si alguien cambia, quita o añade una anotación a espaldas de Chartkey, la comprobación lo descubre.",
    }
    newest_seal(number: &str, at: &str) {
        English: "The newest seal is number {number}, signed on {at} (UTC).",
        Spanish: "El sello más reciente es el número {number}, firmado el {at} (UTC).",
    }
    no_seal {
        English: "Nothing has been sealed yet. It happens once an hour.",
        Spanish: "Todavía no se ha sellado nada. Se hace una vez por hora.",
    }
    check_here { English: "Check in this browser", Spanish: "Comprobar en este navegador" }
    check_there { English: "Have the server check", Spanish: "Que lo compruebe el servidor" }
    check_there_says {
        English: "Your browser checks on your own device. The server can check, too; then you rely on what it says.",
        Spanish: "Su navegador comprueba en su propio dispositivo. También puede comprobar el servidor; entonces usted confía en lo que él diga.",
    }
    check_there_only {
        English: "Without JavaScript the server checks, and you rely on what it says. A browser with JavaScript checks on your own device.",
        Spanish: "Sin JavaScript comprueba el servidor, y usted confía en lo que él diga. Un navegador con JavaScript comprueba en su propio dispositivo.",
    }
    take_log { English: "Download this log with its proof", Spanish: "Descargar este registro con su prueba" }
    take_log_says {
        English: "For somebody you trust, who can check it without Chartkey. It says who looked at your record, and when.",
        Spanish: "Para alguien de su confianza, que puede comprobarlo sin Chartkey. Dice quién miró su historia clínica y cuándo.",
    }
    public_seals { English: "All seals, as everybody can read them", Spanish: "Todos los sellos, como cualquiera puede leerlos" }
    checking { English: "Checking…", Spanish: "Comprobando…" }
    check_unfinished {
        English: "The check could not be made now. That says nothing about your log. Try again.",
        Spanish: "La comprobación no se ha podido hacer ahora. Eso no dice nada de su registro. Inténtelo de nuevo.",
    }
    check_good { English: "The check found nothing wrong", Spanish: "La comprobación no encontró nada malo" }
    check_bad { English: "The check found something wrong", Spanish: "La comprobación encontró algo que no está bien" }
    by_this_browser { English: "Checked by this browser, just now", Spanish: "Comprobado por este navegador, ahora mismo" }
    by_the_server(at: &str) { English: "Checked by the server on {at} (UTC)", Spanish: "Comprobado por el servidor el {at} (UTC)" }

    see_what_was_checked { English: "The log was checked. See what was found.", Spanish: "Se comprobó el registro. Vea qué se encontró." }

    log_follow(entries: &str) {
        English: "Checked: every entry, from the first to number {entries}. None was changed, taken out, put in or moved.",
        Spanish: "Comprobado: todas las anotaciones, desde la primera hasta la número {entries}. Ninguna se cambió, se quitó, se añadió ni se movió.",
    }
    log_held(held: &str, root: &str, at: &str) {
        English: "Checked: the entries up to number {held} stand in seal {root} of {at} (UTC), and its signature is right.",
        Spanish: "Comprobado: las anotaciones hasta la número {held} están en el sello {root} del {at} (UTC), y su firma es correcta.",
    }
    log_seen_browser(seen: &str) {
        English: "Checked: seal {seen}, which this browser saw last time, stands behind the newest seal, and so does your log as it was then.",
        Spanish: "Comprobado: el sello {seen}, que este navegador vio la última vez, está detrás del más reciente, y también su registro tal como era entonces.",
    }
    log_seen_account(seen: &str) {
        English: "Checked: seal {seen}, which Chartkey remembers for your account, stands behind the newest seal. This browser remembers none itself.",
        Spanish: "Comprobado: el sello {seen}, que Chartkey recuerda para su cuenta, está detrás del más reciente. Este navegador no recuerda ninguno por sí mismo.",
    }
    log_newer(held: &str) {
        English: "Not sealed yet: the entries after number {held}. The next seal will hold them, within the hour.",
        Spanish: "Aún sin sellar: las anotaciones posteriores a la número {held}. Estarán en el próximo sello, en menos de una hora.",
    }
    log_late {
        English: "Look at this: the newest seal is more than three hours old. Either nothing is sealed at present, or newer seals were taken away. Ask your clinic.",
        Spanish: "Atención: el sello más reciente tiene más de tres horas. O ahora mismo no se sella nada, o se retiraron sellos más nuevos. Pregunte a su clínica.",
    }
    log_not_held {
        English: "Not checked: no seal holds your log yet. That is right only if it began less than an hour ago; else ask your clinic.",
        Spanish: "Sin comprobar: ningún sello contiene todavía su registro. Eso solo es correcto si empezó hace menos de una hora; si no, pregunte a su clínica.",
    }
    log_unsigned {
        English: "Not checked: nothing has been sealed yet, so a log that was written anew from its start would not show.",
        Spanish: "Sin comprobar: todavía no se ha sellado nada, así que no se notaría un registro escrito de nuevo desde el principio.",
    }
    log_unseen {
        English: "Not checked: whether it is what it was at an earlier check, because this is the first one here.",
        Spanish: "Sin comprobar: si es igual que en una comprobación anterior, porque esta es la primera que se hace aquí.",
    }
    log_key(key: &str) {
        English: "Not checked: whose signature it is. Its key begins with {key}; your clinic can tell you theirs.",
        Spanish: "Sin comprobar: de quién es la firma. Su clave empieza por {key}; su clínica puede decirle la suya.",
    }
    log_past {
        English: "No check can show a look that went past Chartkey, at its database: that leaves no entry.",
        Spanish: "Ninguna comprobación puede mostrar una mirada que no pasó por Chartkey, sino directamente por su base de datos: no deja anotación.",
    }

    log_unreadable {
        English: "The log did not arrive whole, so nothing can be said about it.",
        Spanish: "El registro no llegó completo, así que no se puede decir nada de él.",
    }
    log_again { English: "Try again. If it stays so, tell your clinic.", Spanish: "Inténtelo de nuevo. Si sigue igual, avise a su clínica." }
    log_entry(place: &str) {
        English: "Entry {place} does not follow from the one before it. It was changed, put in or moved, or one before it was taken out.",
        Spanish: "La anotación {place} no continúa la anterior. Se cambió, se añadió o se movió, o se quitó una anterior.",
    }
    log_cut_off(place: &str) {
        English: "Entry {place} is sealed and is not here. The end of the log was cut off.",
        Spanish: "La anotación {place} está sellada y no está aquí. Se cortó el final del registro.",
    }
    log_written_anew(place: &str) {
        English: "Entry {place} is not the one that was sealed. The log was written anew.",
        Spanish: "La anotación {place} no es la que se selló. El registro se escribió de nuevo.",
    }
    log_not_in_root {
        English: "The newest seal does not hold your log, although the log is older.",
        Spanish: "El sello más reciente no contiene su registro, aunque el registro es anterior.",
    }
    log_signature {
        English: "The newest seal is not signed with the key that Chartkey signs with.",
        Spanish: "El sello más reciente no está firmado con la clave con la que firma Chartkey.",
    }
    log_foreign_key {
        English: "The newest seal is signed with a new key, and the key before it has not said that this is right.",
        Spanish: "El sello más reciente está firmado con una clave nueva, y la clave anterior no ha dicho que sea correcto.",
    }
    log_older_root {
        English: "The newest seal is older than one that was seen before: seals were taken back.",
        Spanish: "El sello más reciente es anterior a uno que ya se había visto: se retiraron sellos.",
    }
    log_other_line {
        English: "The seal that was seen before does not stand behind the newest one. There are two lines of seals.",
        Spanish: "El sello que ya se había visto no está detrás del más reciente. Hay dos series de sellos.",
    }
    log_not_as_seen(place: &str) {
        English: "Entry {place}, which was here at an earlier check, is missing or is another one.",
        Spanish: "La anotación {place}, que estaba aquí en una comprobación anterior, falta o es otra.",
    }
    log_restored(restored: &str) {
        English: "Your clinic says in its seals that it put its database back to {restored} (UTC). Entries after that are gone. If nobody told you, ask.",
        Spanish: "Su clínica dice en sus sellos que devolvió su base de datos al {restored} (UTC). Las anotaciones posteriores se perdieron. Si nadie se lo dijo, pregunte.",
    }
    log_begin_anew_says {
        English: "Has your clinic explained it, and do you believe it? Then begin anew: what was seen before is forgotten, and the log is checked as it is now.",
        Spanish: "¿Su clínica se lo ha explicado y usted lo cree? Entonces empiece de nuevo: se olvida lo que se vio antes y se comprueba el registro tal como está ahora.",
    }
    log_begin_anew { English: "Begin anew", Spanish: "Empezar de nuevo" }
    log_what_to_do {
        English: "What to do: download this log and keep it. Ask your clinic what happened. You can show the file to somebody you trust, or to the \
                  authority for data protection. Under Sharing you can stop shares.",
        Spanish: "Qué hacer: descargue este registro y guárdelo. Pregunte a su clínica qué ha pasado. Puede enseñar el archivo a alguien de su confianza \
                  o a la autoridad de protección de datos. En «Compartir» puede parar los permisos.",
    }
}
