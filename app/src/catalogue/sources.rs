//! What the pages of sources say: where a record comes from, adding a file, and taking it back.

use chartkey_portal::uploads::Refusal;

use super::messages;

messages! {
    number(count: i64) { English: "{count}", Spanish: "{count}" }
    sources { English: "Sources", Spanish: "Fuentes" }
    sources_title { English: "Where your record comes from", Spanish: "De dónde viene su historia clínica" }
    sources_says {
        English: "Who sent what, when, and what became of it. You can add a file yourself and take it back.",
        Spanish: "Quién envió qué, cuándo y qué pasó con ello. Usted también puede añadir un archivo y retirarlo.",
    }
    no_sources { English: "Nothing has come in yet.", Spanish: "Todavía no ha llegado nada." }
    via_chartkey(organization: &str) { English: "{organization} via Chartkey", Spanish: "{organization} a través de Chartkey" }
    added_by_you { English: "added by you", Spanish: "añadido por usted" }
    added_by_patient { English: "added by the patient", Spanish: "añadido por el paciente" }
    files_of_yours { English: "Files that you added", Spanish: "Archivos que usted añadió" }
    on_their_way { English: "Not in your record yet", Spanish: "Aún no están en su historia clínica" }
    earlier_imports(count: usize) {
        English: one "1 earlier delivery", other "{count} earlier deliveries";
        Spanish: one "1 entrega anterior", other "{count} entregas anteriores";
    }
    came_on(when: &str) { English: "Came on {when}", Spanish: "Llegó el {when}" }
    things_new(count: i64) { English: one "1 new", other "{count} new"; Spanish: one "1 nueva", other "{count} nuevas"; }
    things_changed(count: i64) { English: one "1 changed", other "{count} changed"; Spanish: one "1 cambiada", other "{count} cambiadas"; }
    things_same(count: i64) {
        English: one "1 the same as before", other "{count} the same as before";
        Spanish: one "1 igual que antes", other "{count} iguales que antes";
    }
    things_older(count: i64) {
        English: one "1 older than what is here", other "{count} older than what is here";
        Spanish: one "1 más antigua que la que hay", other "{count} más antiguas que las que hay";
    }
    things_not_understood(count: i64) {
        English: one "1 not understood", other "{count} not understood";
        Spanish: one "1 no se entendió", other "{count} no se entendieron";
    }
    taken_back { English: "Taken back", Spanish: "Retirado" }
    // Adding.
    add_file { English: "Add a file", Spanish: "Añadir un archivo" }
    add_file_says {
        English: "A record that a practice, a hospital or another app gave you, or a paper: a PDF or a photo of it.",
        Spanish: "Una historia clínica que le dio un consultorio, un hospital u otra aplicación, o un papel: un PDF o una foto.",
    }
    file { English: "File", Spanish: "Archivo" }
    file_hint(most: usize) {
        English: "FHIR as JSON or NDJSON, also as .gz or .zip; PDF, JPEG or PNG. At most {most} MB. On a telephone you can take a photo.",
        Spanish: "FHIR en JSON o NDJSON, también como .gz o .zip; PDF, JPEG o PNG. Como máximo {most} MB. Con un teléfono puede hacer una foto.",
    }
    drop_here { English: "You can drop a file here, too.", Spanish: "También puede soltar un archivo aquí." }
    add_file_private {
        English: "Only you see what you add. On the page of the file you decide whether your keys cover it, and you can take it back.",
        Spanish: "Solo usted ve lo que añade. En la página del archivo decide si sus llaves lo incluyen, y puede retirarlo.",
    }
    send_file { English: "Send", Spanish: "Enviar" }
    sending_file { English: "Sending. Keep this page open until it is sent.", Spanish: "Enviando. Deje esta página abierta hasta que termine." }
    sending_lost {
        English: "The connection was lost and nothing was kept. Your file is still chosen: send it again.",
        Spanish: "Se perdió la conexión y no se guardó nada. Su archivo sigue elegido: envíelo otra vez.",
    }
    no_file_problem { English: "Choose a file first.", Spanish: "Primero elija un archivo." }
    upload_too_large {
        English: "The file is larger than 64 MB. Ask for your record in parts, or compress it as .zip.",
        Spanish: "El archivo ocupa más de 64 MB. Pida su historia clínica por partes, o comprímala como .zip.",
    }
    upload_lost {
        English: "The file did not come in whole, and nothing of it was kept. Send it again.",
        Spanish: "El archivo no llegó entero y no se guardó nada. Envíelo otra vez.",
    }
    uploads_wait {
        English: "Files of yours still wait to be read, or there were very many today. Wait until they are in, then send this one.",
        Spanish: "Aún hay archivos suyos en espera, o hoy fueron muchísimos. Espere a que estén dentro y después envíe este.",
    }
    // On its way.
    file_is_safe { English: "Your file is safe", Spanish: "Su archivo está a salvo" }
    file_waits {
        English: "It waits for its turn. You can leave this page: nothing is lost, and you find the file under Sources.",
        Spanish: "Espera su turno. Puede salir de esta página: no se pierde nada, y encontrará el archivo en «Fuentes».",
    }
    file_is_read {
        English: "It is being read. You can leave this page: nothing is lost, and you find the file under Sources.",
        Spanish: "Se está leyendo. Puede salir de esta página: no se pierde nada, y encontrará el archivo en «Fuentes».",
    }
    file_read_so_far(done: i64, total: i64) {
        English: one "1 of {total} things is read", other "{done} of {total} things are read";
        Spanish: one "Se ha leído 1 cosa de {total}", other "Se han leído {done} cosas de {total}";
    }
    state_waits { English: "waits for its turn", Spanish: "espera su turno" }
    state_reads { English: "is being read", Spanish: "se está leyendo" }
    state_asks { English: "asks you something", Spanish: "le pregunta algo" }
    state_failed { English: "could not be read", Spanish: "no se pudo leer" }
    state_discarded { English: "was discarded", Spanish: "se descartó" }
    look_at_file { English: "Look at it", Spanish: "Ver cómo va" }
    is_this_you { English: "Is this you?", Spanish: "¿Es usted?" }
    file_says_whom(whom: &str) { English: "This file says it is about {whom}.", Spanish: "Este archivo dice que trata de {whom}." }
    record_is_of(whom: &str) { English: "Your record is that of {whom}.", Spanish: "Su historia clínica es la de {whom}." }
    whom_unnamed { English: "somebody without a name", Spanish: "alguien sin nombre" }
    nothing_until_answer {
        English: "Nothing of it is in your record until you answer.",
        Spanish: "Nada de él entra en su historia clínica hasta que usted responda.",
    }
    yes_is_me { English: "Yes, this is me", Spanish: "Sí, soy yo" }
    no_discard { English: "No, discard the file", Spanish: "No, descartar el archivo" }
    file_discarded_says { English: "Nothing of it was kept.", Spanish: "No se guardó nada de él." }
    file_failed { English: "The file could not be added", Spanish: "No se pudo añadir el archivo" }
    nothing_kept { English: "Nothing of it is in your record.", Spanish: "Nada de él está en su historia clínica." }
    in_part(part: &str) { English: "In {part}:", Spanish: "En {part}:" }
    // The report.
    what_came_in { English: "What came in", Spanish: "Lo que llegó" }
    import_of(source: &str) { English: "Delivery from {source}", Spanish: "Entrega de {source}" }
    all_was_here(count: i64) {
        English: one "The one thing in it was here already, as it came. Nothing is new.", other "All {count} things in it were here already, as they came. Nothing is new.";
        Spanish: one "Lo único que trae ya estaba aquí, igual. No hay nada nuevo.", other "Las {count} cosas que trae ya estaban aquí, iguales. No hay nada nuevo.";
    }
    count_new { English: "New", Spanish: "Nuevas" }
    count_changed { English: "Changed: a newer version of what was here", Spanish: "Cambiadas: una versión más nueva de lo que había" }
    count_same { English: "The same as before", Spanish: "Iguales que antes" }
    count_older { English: "Older than what is here: kept, not shown", Spanish: "Más antiguas que lo que hay: se guardan y no se muestran" }
    count_not_understood { English: "Not understood: kept for you alone", Spanish: "No se entendieron: se guardan solo para usted" }
    by_part { English: "By part of your record", Spanish: "Por partes de su historia clínica" }
    what_changed { English: "What changed", Spanish: "Lo que cambió" }
    what_not_understood { English: "What was not understood", Spanish: "Lo que no se entendió" }
    not_understood_says {
        English: "Chartkey keeps it as it came, for you alone, where it could be kept. Where it came from can say what it is.",
        Spanish: "Chartkey lo guarda tal como llegó, solo para usted, si se pudo guardar. Quien lo envió puede decir qué es.",
    }
    note_no_json { English: "cannot be read as JSON", Spanish: "no se puede leer como JSON" }
    note_no_type { English: "does not say what it is", Spanish: "no dice qué es" }
    note_no_fhir { English: "is no FHIR, and was not kept", Spanish: "no es FHIR y no se guardó" }
    note_nobody { English: "does not say whose it is, and was not kept", Spanish: "no dice de quién es y no se guardó" }
    only_you_see_import { English: "Only you see what this file brought", Spanish: "Solo usted ve lo que trajo este archivo" }
    only_you_see_says {
        English: "If your keys cover it, whoever holds one sees what their key allows, as with everything else.",
        Spanish: "Si sus llaves lo incluyen, quien tenga una ve lo que su llave permite, como con todo lo demás.",
    }
    show_import { English: "Let my keys cover these", Spanish: "Que mis llaves incluyan esto" }
    import_shown { English: "Your keys cover what this file brought.", Spanish: "Sus llaves incluyen lo que trajo este archivo." }
    undo_import { English: "Take this file back", Spanish: "Retirar este archivo" }
    undo_question { English: "Take this file back?", Spanish: "¿Retirar este archivo?" }
    undo_goes { English: "This goes", Spanish: "Esto desaparece" }
    undo_goes_says {
        English: "For you and for everybody who can see your record. What somebody has read, printed or copied stays with them.",
        Spanish: "Para usted y para todas las personas que pueden ver su historia clínica. Lo que alguien ya leyó, imprimió o copió lo conserva.",
    }
    undo_nothing_goes { English: "Nothing goes: what it brought is here from other files, too.", Spanish: "No desaparece nada: lo que trajo está también en otros archivos." }
    undo_back(count: i64) {
        English: one "1 thing goes back to how it was before.", other "{count} things go back to how they were before.";
        Spanish: one "1 cosa vuelve a estar como antes.", other "{count} cosas vuelven a estar como antes.";
    }
    undo_again { English: "You can add the file again later.", Spanish: "Más adelante puede añadir el archivo otra vez." }
    keep_import { English: "Keep it", Spanish: "Conservarlo" }
    import_undone { English: "The file was taken back", Spanish: "El archivo se retiró" }
    import_undone_says(when: &str) {
        English: "On {when}. What it brought is gone, and what it changed is as it was before.",
        Spanish: "El {when}. Lo que trajo ya no está, y lo que cambió está como antes.",
    }
    later_import {
        English: "A later file changed the same things. Take that one back first.",
        Spanish: "Un archivo posterior cambió las mismas cosas. Retire primero ese.",
    }
    problem_file_is_read {
        English: "One of your files is being read right now. Nothing was changed: try again in a minute.",
        Spanish: "Se está leyendo uno de sus archivos. No se ha cambiado nada: inténtelo de nuevo dentro de un minuto.",
    }
    later_imports { English: "Later files stand in the way", Spanish: "Hay archivos posteriores que lo impiden" }
    later_imports_says {
        English: "They build on what this file brought. Take these back first, from the top:",
        Spanish: "Se apoyan en lo que trajo este archivo. Retire primero estos, empezando por arriba:",
    }
    file_of(when: &str) { English: "File of {when}", Spanish: "Archivo del {when}" }
}

impl super::Say {
    /// Why a file was refused, and what to do.
    #[must_use]
    pub fn refusal(self, refusal: &Refusal) -> String {
        let line = refusal.line.unwrap_or_default();
        let number = refusal.number.and_then(|number| usize::try_from(number).ok()).unwrap_or_default();
        let said = match refusal.code.as_str() {
            "damaged" => self.refused_damaged().to_owned(),
            "too-large" => self.refused_too_large(number >> 20),
            "too-many-files" => self.refused_too_many_files(number),
            "too-much" => self.refused_too_much(number),
            "too-deep" => self.refused_too_deep().to_owned(),
            "truncated" => self.refused_truncated(line),
            "not-json" => self.refused_not_json(line),
            "not-fhir" => self.refused_not_fhir().to_owned(),
            "empty" => self.refused_empty().to_owned(),
            "several-people" => self.refused_several_people(number),
            _ => self.refused_failed().to_owned(),
        };
        match &refusal.part {
            Some(part) => format!("{} {said}", self.in_part(part)),
            None => said,
        }
    }

    /// Why something in a file was not understood.
    #[must_use]
    pub fn noted(self, reason: &str) -> &'static str {
        match reason {
            _ if reason.starts_with("it is no FHIR") => self.note_no_fhir(),
            _ if reason.starts_with("it is no") => self.note_no_json(),
            _ if reason.starts_with("it has no") => self.note_no_type(),
            _ => self.note_nobody(),
        }
    }
}

messages! {
    refused_damaged {
        English: "It is damaged or has a password, so it could not be opened. Get it again from where it came, without a password.",
        Spanish: "Está dañado o tiene contraseña, y no se pudo abrir. Consígalo otra vez de donde vino, sin contraseña.",
    }
    refused_too_large(most: usize) {
        English: "Unpacked it is larger than {most} MB. Ask for your record in parts, for example a year at a time.",
        Spanish: "Descomprimido ocupa más de {most} MB. Pida su historia clínica por partes, por ejemplo año por año.",
    }
    refused_too_many_files(most: usize) {
        English: "The archive holds more than {most} files. Add what is in it in parts.",
        Spanish: "El archivo comprimido contiene más de {most} archivos. Añada su contenido por partes.",
    }
    refused_too_much(most: usize) {
        English: "It holds more than {most} things. Ask for your record in parts, for example year by year.",
        Spanish: "Contiene más de {most} datos. Pida su historia clínica por partes, por ejemplo año por año.",
    }
    refused_too_deep {
        English: "It is nested more deeply than any health record. Ask where it came from for FHIR R4.",
        Spanish: "Está anidado más profundamente que cualquier historia clínica. Pida FHIR R4 a quien se lo dio.",
    }
    refused_truncated(line: usize) {
        English: "It ends in the middle, at line {line}. It was probably cut off on its way: get it again.",
        Spanish: "Termina a la mitad, en la línea {line}. Probablemente se cortó por el camino: consígalo otra vez.",
    }
    refused_not_json(line: usize) {
        English: "Line {line} cannot be read. Ask where it came from for FHIR R4 as JSON or NDJSON.",
        Spanish: "La línea {line} no se puede leer. Pida FHIR R4 en JSON o NDJSON a quien se lo dio.",
    }
    refused_not_fhir {
        English: "It is neither a health record in FHIR (JSON or NDJSON) nor a PDF or a picture. Ask the practice or hospital for your record as FHIR.",
        Spanish: "No es una historia clínica en FHIR (JSON o NDJSON), ni un PDF, ni una imagen. Pida en el consultorio u hospital su historia clínica en FHIR.",
    }
    refused_empty { English: "There is nothing in it. Get it again from where it came.", Spanish: "No contiene nada. Consígalo otra vez de donde vino." }
    refused_several_people(count: usize) {
        English: "It is about {count} people, and a record is about one. Ask for a file about you alone.",
        Spanish: "Trata de {count} personas, y una historia clínica es de una sola. Pida un archivo que trate solo de usted.",
    }
    refused_failed {
        English: "Something on our side did not work. Add the file again.",
        Spanish: "Algo no funcionó de nuestro lado. Añada el archivo otra vez.",
    }
}
