//! What the pages of sharing say.

use chartkey_domain::{
    grant::{GrantState, Purpose},
    preset::Preset,
};

use super::messages;

messages! {
    who_can_see { English: "Who can see your record", Spanish: "Quién puede ver su historia clínica" }
    nobody_can_see {
        English: "Nobody but you. A key is cut only when you hand one out.",
        Spanish: "Nadie más que usted. Una llave solo se hace cuando usted la da.",
    }
    can_see_now(count: i64) {
        English: one "1 key is out", other "{count} keys are out";
        Spanish: one "Hay 1 llave en otras manos", other "Hay {count} llaves en otras manos";
    }
    new_share { English: "Share with somebody", Spanish: "Compartir con alguien" }
    ended_shares { English: "Ended", Spanish: "Terminados" }
    codes_wait(count: i64) {
        English: one "1 code waits", other "{count} codes wait";
        Spanish: one "1 código en espera", other "{count} códigos en espera";
    }
    see_codes { English: "See your codes", Spanish: "Ver sus códigos" }
    open_this_share(who: &str) { English: "Details of the share with {who}", Spanish: "Detalles del permiso para {who}" }
    details_of { English: "Details", Spanish: "Detalles" }
    paused_for_now {
        English: "Stopped for now. It opens nothing until you start it again.",
        Spanish: "En pausa por ahora. No abre nada hasta que usted lo active otra vez.",
    }
    no_end { English: "No end: until you stop it", Spanish: "Sin fecha final: hasta que usted lo retire" }
    until_time(when: &str) { English: "until {when} (UTC)", Spanish: "hasta el {when} (UTC)" }
    ends_soon { English: "Ends soon", Spanish: "Termina pronto" }
    make_longer { English: "Make it longer", Spanish: "Alargarlo" }
    change_share { English: "Change it", Spanish: "Cambiarlo" }
    change_share_says {
        English: "You check everything again. Until you give the new share, this one stays as it is.",
        Spanish: "Usted lo revisa todo otra vez. Mientras no dé el permiso nuevo, este sigue como está.",
    }
    share_again { English: "Share the same again", Spanish: "Compartir lo mismo otra vez" }
    ask_once_more { English: "Ask again", Spanish: "Pedir otra vez" }
    ask_for_longer { English: "Ask for longer", Spanish: "Pedir más tiempo" }
    share_is_over { English: "What was shared with you here has ended", Spanish: "Lo que se compartió aquí con usted ha terminado" }
    share_is_over_says {
        English: "Nothing of it is shown any more. You can ask the patient for it again; they decide.",
        Spanish: "Ya no se muestra nada de ello. Puede pedirlo otra vez a la persona; ella decide.",
    }
    days_left(count: i64) { English: one "1 day left", other "{count} days left"; Spanish: one "Queda 1 día", other "Quedan {count} días" }
    years_left(count: i64) { English: "More than {count} years left", Spanish: "Quedan más de {count} años" }
    days_left_label { English: "Days left", Spanish: "Días que quedan" }
    done_given { English: "The key is out. It works from now on.", Spanish: "La llave está dada. Funciona desde ahora." }
    done_withdrawn {
        English: "The share has ended. The next look is refused.",
        Spanish: "El permiso ha terminado. El próximo intento de mirar se rechaza.",
    }
    done_stopped {
        English: "All sharing has ended. The next look is refused.",
        Spanish: "Todos los permisos han terminado. El próximo intento de mirar se rechaza.",
    }
    stop_all { English: "Stop all sharing now", Spanish: "Retirar todos los permisos ahora" }
    stop_all_says {
        English: "Everybody named above, and whoever helps you, sees nothing more from that moment on, and your codes are void. Nobody is sent a message. What was read is not erased. An emergency that is open ends, too; another may be opened as you have decided.",
        Spanish: "Desde ese momento nadie de los de arriba, ni quien le ayuda, ve nada más, y sus códigos quedan anulados. No se envía ningún mensaje. Lo que ya se leyó no se borra. Una emergencia que esté abierta termina también; otra puede abrirse como usted lo decidió.",
    }
    done_paused { English: "The share is stopped for now.", Spanish: "El permiso está en pausa por ahora." }
    done_resumed { English: "The share works again.", Spanish: "El permiso funciona otra vez." }
    done_code_refused { English: "The code is void. Nothing was shared.", Spanish: "El código ya no sirve. No se compartió nada." }
    done { English: "Done", Spanish: "Hecho" }
    somebody_at(organization: &str) { English: "everybody named at {organization}", Spanish: "las personas indicadas de {organization}" }
    new_share_question(number: i32) { English: "New share · question {number} of 4", Spanish: "Permiso nuevo · pregunta {number} de 4" }
    new_share_last { English: "New share · last step", Spanish: "Permiso nuevo · último paso" }
    back { English: "Back", Spanish: "Volver" }
    go_on { English: "Continue", Spanish: "Continuar" }
    who_question { English: "Who may see something of your record?", Spanish: "¿Quién puede ver algo de su historia clínica?" }
    who_says {
        English: "Everybody here signs in through their organization, which vouches for who they are.",
        Spanish: "Todas estas personas entran a través de su organización, que responde de quiénes son.",
    }
    who_by_code { English: "Somebody else: give them a code", Spanish: "Otra persona: dele un código" }
    who_by_code_hint {
        English: "They type it here after signing in. You see who it is and decide before anything opens.",
        Spanish: "Lo escribe aquí después de entrar. Usted ve quién es y decide antes de que se abra nada.",
    }
    who_nobody_known {
        English: "No organization is registered here yet. You can still make a code.",
        Spanish: "Todavía no hay ninguna organización registrada aquí. Aun así puede crear un código.",
    }
    profession_at(profession: &str, organization: &str) {
        English: "{profession} at {organization}",
        Spanish: "{profession} en {organization}",
    }
    anyone_hint {
        English: "Anyone who signs in there with this profession",
        Spanish: "Cualquier persona que entre allí con esta profesión",
    }
    purpose_question { English: "What for?", Spanish: "¿Para qué?" }
    purpose_says { English: "They see this beside everything they open.", Spanish: "Quien mire lo ve junto a todo lo que abre." }
    purpose_words { English: "In your own words, if it is something else", Spanish: "Con sus propias palabras, si es otra cosa" }
    what_question { English: "What may they see?", Spanish: "¿Qué se puede ver?" }
    what_says {
        English: "Tick what you want. Anything you don’t tick stays closed.",
        Spanish: "Marque lo que quiera. Lo que no marque queda cerrado.",
    }
    presets { English: "Start with what is often needed", Spanish: "Empezar con lo que suele hacer falta" }
    presets_say {
        English: "Each ticks boxes below. Change them as you like.",
        Spanish: "Cada opción marca casillas más abajo. Cámbielas como quiera.",
    }
    more_presets { English: "More", Spanish: "Más" }
    preset_is_ticked(preset: &str) {
        English: "Ticked: {preset}. Nothing is kept before you continue.",
        Spanish: "Marcado: {preset}. No se guarda nada antes de continuar.",
    }
    preset_everything { English: "Everything but what is private or sensitive", Spanish: "Todo, salvo lo privado y lo delicado" }
    preset_emergency { English: "Emergency summary", Spanish: "Resumen para una emergencia" }
    preset_heart { English: "What a heart clinic needs", Spanish: "Lo que necesita cardiología" }
    preset_dentist { English: "What a dentist needs", Spanish: "Lo que necesita odontología" }
    preset_pharmacist { English: "What a pharmacist needs", Spanish: "Lo que necesita una farmacia" }
    preset_midwife { English: "What a midwife needs", Spanish: "Lo que necesita una matrona" }
    preset_physiotherapist { English: "What a physiotherapist needs", Spanish: "Lo que necesita fisioterapia" }
    preset_dietitian { English: "What a dietitian needs", Spanish: "Lo que necesita nutrición" }
    only_belonging { English: "Only what belongs to a condition", Spanish: "Solo lo que corresponde a un problema de salud" }
    only_belonging_says(most: &str) {
        English: "It chooses what belongs to it today, at most the newest {most} entries, and nothing sensitive. You see each below, and can leave any out.",
        Spanish: "Elige lo que hoy corresponde a él, como mucho las {most} entradas más recientes, y nada delicado. Más abajo ve cada una y puede dejar fuera la que quiera.",
    }
    chosen_entries { English: "Entries that you chose", Spanish: "Entradas que usted eligió" }
    chosen_entries_say {
        English: "They see these as they are now, also where their part or their label is not ticked above. One that changes closes again. Untick what you want to leave out.",
        Spanish: "Se ven tal como están ahora, también si su parte o su etiqueta no está marcada arriba. La que cambie se cierra otra vez. Desmarque lo que quiera dejar fuera.",
    }
    how_to_choose {
        English: "None yet. To add a single entry, open it in your record, then “Who can see this”.",
        Spanish: "Todavía ninguna. Para añadir una sola entrada, ábrala en su historia clínica y después «Quién puede ver esto».",
    }
    more_chosen(count: i64) { English: one "1 more", other "{count} more"; Spanish: one "1 más", other "{count} más" }
    chosen_count(count: i64) {
        English: one "1 entry that you chose", other "{count} entries that you chose";
        Spanish: one "1 entrada que usted eligió", other "{count} entradas que usted eligió";
    }
    marked_as(labels: &str) { English: "marked {labels}", Spanish: "con la etiqueta {labels}" }
    chosen_has_changed {
        English: "It has changed since: closed until you share it again",
        Spanish: "Ha cambiado desde entonces: cerrada hasta que la comparta otra vez",
    }
    sensitive_chosen { English: "Stop and look: an entry that you chose is sensitive", Spanish: "Deténgase y mire: una entrada que usted eligió es delicada" }
    look_at_chosen { English: "Look at the entries that you chose", Spanish: "Ver las entradas que eligió" }
    what_legend { English: "Parts of your record", Spanish: "Partes de su historia clínica" }
    sensitive_legend { English: "Sensitive things", Spanish: "Temas delicados" }
    sensitive_hint {
        English: "Kept back unless you tick them, even inside the parts above.",
        Spanish: "No se muestran si usted no los marca, ni siquiera dentro de las partes de arriba.",
    }
    part_hint(count: i64, newest: &str) {
        English: one "1, on {newest}", other "{count}, newest {newest}";
        Spanish: one "1, del {newest}", other "{count}, lo más reciente del {newest}";
    }
    part_hint_undated(count: i64) { English: one "1", other "{count}"; Spanish: one "1", other "{count}" }
    part_empty { English: "None recorded", Spanish: "Nada anotado" }
    things(count: i64) { English: one "1 thing", other "{count} things"; Spanish: one "1 cosa", other "{count} cosas" }
    private_things(count: i64) {
        English: one "1 thing is private. No share can reach it, this one included.", other "{count} things are private. No share can reach them, this one included.";
        Spanish: one "1 cosa es privada. Ningún permiso llega a ella, tampoco este.", other "{count} cosas son privadas. Ningún permiso llega a ellas, tampoco este.";
    }
    private_heading { English: "Kept private", Spanish: "Se queda en privado" }
    note_can_mention {
        English: "A written note can mention anything, whatever its label.",
        Spanish: "Una nota escrita puede mencionar cualquier cosa, sea cual sea su etiqueta.",
    }
    time_question { English: "From when, and for how long?", Spanish: "¿Desde cuándo y por cuánto tiempo?" }
    time_says {
        English: "Leave the dates empty to share everything you ticked, however old.",
        Spanish: "Deje las fechas vacías para compartir todo lo que marcó, por antiguo que sea.",
    }
    dates_legend { English: "Dates of what they see", Spanish: "Fechas de lo que se puede ver" }
    first_day { English: "From", Spanish: "Desde" }
    last_day { English: "Up to", Spanish: "Hasta" }
    end_legend { English: "How long they can see it", Spanish: "Cuánto tiempo se puede ver" }
    end_preset { English: "30 days", Spanish: "30 días" }
    end_day { English: "Until a day I choose", Spanish: "Hasta el día que yo elija" }
    end_open { English: "Until I stop it", Spanish: "Hasta que yo lo retire" }
    until_legend { English: "Until", Spanish: "Hasta el" }
    todays_only_choice { English: "Only what is there today", Spanish: "Solo lo que hay hoy" }
    todays_only_hint {
        English: "Without this, what is added while the share lasts is included.",
        Spanish: "Sin esto se incluye también lo que se añada mientras dure el permiso.",
    }
    more_legend { English: "More than looking", Spanish: "Más que mirar" }
    may_copy_choice { English: "They may take a copy", Spanish: "Dejar que se lleven una copia" }
    may_copy_hint { English: "A copy cannot be taken back.", Spanish: "Una copia no se puede recuperar." }
    may_write_choice { English: "They may write notes, results and plans", Spanish: "Dejar que escriban notas, resultados y planes" }
    may_write_hint {
        English: "Into the parts that you share, with their name. You see at once what they write.",
        Spanish: "En las partes que usted comparte, con su nombre. Usted ve enseguida lo que escriban.",
    }
    check_title { English: "Check, then hand over the key", Spanish: "Revise y después dé la llave" }
    check_answers { English: "Your answers", Spanish: "Sus respuestas" }
    fact_who { English: "Who", Spanish: "Quién" }
    fact_purpose { English: "What for", Spanish: "Para qué" }
    fact_what { English: "What", Spanish: "Qué" }
    fact_sensitive { English: "Sensitive things", Spanish: "Temas delicados" }
    fact_time { English: "When", Spanish: "Cuándo" }
    none_of_them { English: "None", Spanish: "Ninguno" }
    change { English: "Change", Spanish: "Cambiar" }
    change_of(what: &str) { English: ": {what}", Spanish: ": {what}" }
    give_key { English: "Give this key", Spanish: "Dar esta llave" }
    make_the_code { English: "Make the code", Spanish: "Crear el código" }
    dont_share { English: "Don’t share", Spanish: "No compartir" }
    take_back_any_time {
        English: "You can take the key back at any time. That stops the next look; it cannot undo what was already read.",
        Spanish: "Puede retirar la llave en cualquier momento. Eso impide mirar otra vez; no deshace lo que ya se leyó.",
    }
    sensitive_stop { English: "Stop and look: this includes sensitive things", Spanish: "Deténgase y mire: esto incluye temas delicados" }
    sensitive_stop_says(labels: &str) {
        English: "They will see what is marked {labels}. Once it is read, it cannot be unread. Leave it out unless they need it.",
        Spanish: "Se verá lo que está marcado como {labels}. Lo que ya se ha leído no se puede deshacer. Déjelo fuera si no hace falta.",
    }
    leave_it_out { English: "Leave sensitive things out", Spanish: "Dejar fuera los temas delicados" }
    the_share { English: "The share in one sentence", Spanish: "El permiso en una frase" }
    story { English: "What became of it", Spanish: "Qué ha pasado con este permiso" }
    looks_through { English: "Who looked through it", Spanish: "Quién miró con este permiso" }
    nobody_looked { English: "Nobody has looked through it.", Spanish: "Nadie ha mirado con este permiso." }
    stop_sharing { English: "Stop sharing", Spanish: "Dejar de compartir" }
    pause_sharing { English: "Stop for now", Spanish: "Pausar por ahora" }
    resume_sharing { English: "Start again", Spanish: "Activar otra vez" }
    stop_question { English: "Stop this share?", Spanish: "¿Retirar este permiso?" }
    stop_does {
        English: "The next look is refused, and pages that are open now are covered at once.",
        Spanish: "El próximo intento de mirar se rechaza, y las páginas que están abiertas ahora se tapan de inmediato.",
    }
    stop_does_not {
        English: "It does not undo what was already read or copied. Through this share:",
        Spanish: "No deshace lo que ya se leyó o se copió. Con este permiso:",
    }
    stop_nothing_read {
        English: "Nobody has read or copied anything through it so far.",
        Spanish: "Hasta ahora nadie ha leído ni copiado nada con él.",
    }
    keep_sharing { English: "Keep sharing", Spanish: "Seguir compartiendo" }
    share_of(name: &str) { English: "Share with {name}", Spanish: "Permiso para {name}" }
    opened_things(count: i64, what: &str) {
        English: one "opened 1 thing: {what}", other "opened {count} things: {what}";
        Spanish: one "abrió 1 cosa: {what}", other "abrió {count} cosas: {what}";
    }
    opened_page { English: "opened a page without anything on it", Spanish: "abrió una página sin nada en ella" }
    copied_things(count: i64) {
        English: one "took a copy of 1 thing", other "took a copy of {count} things";
        Spanish: one "se llevó una copia de 1 cosa", other "se llevó una copia de {count} cosas";
    }
    shared_title { English: "Your patients", Spanish: "Sus pacientes" }
    shared_says {
        English: "What each patient confirmed, in the words they read. Choose the share you need now: each look is shown to the patient.",
        Spanish: "Lo que confirmó cada paciente, con las palabras que leyó. Elija el permiso que necesita ahora: cada vez que mire, el paciente lo ve.",
    }
    shared_nothing { English: "Nobody shares with you at the moment.", Spanish: "En este momento nadie comparte con usted." }
    new_since_you_looked { English: "New since you looked", Spanish: "Hay novedades desde que usted miró" }
    find_patient { English: "Find a patient by name", Spanish: "Buscar a un paciente por su nombre" }
    nobody_called_so { English: "Nobody who shares with you is called so.", Spanish: "Nadie que comparta con usted se llama así." }
    all_of_them { English: "Show everybody", Spanish: "Mostrar a todos" }
    shared_orders { English: "Order", Spanish: "Orden" }
    shared_purposes { English: "What for", Spanish: "Para qué" }
    every_purpose { English: "Everything", Spanish: "Todo" }
    shared_before { English: "Those before", Spanish: "Anteriores" }
    shared_after { English: "Those after", Spanish: "Siguientes" }
    shared_part(first: usize, last: usize, all: usize) { English: "{first} to {last} of {all}", Spanish: "{first} a {last} de {all}" }
    open_record_of(name: &str) { English: "Open the record of {name}", Spanish: "Abrir la historia clínica de {name}" }
    ended_word { English: "Ended", Spanish: "Terminado" }
    ended_lately { English: "Ended in the last 90 days", Spanish: "Terminados en los últimos 90 días" }
    purpose_is(purpose: &str) { English: "For: {purpose}", Spanish: "Para: {purpose}" }
    grant_who_problem { English: "Choose who may see something.", Spanish: "Elija quién puede ver algo." }
    grant_purpose_problem {
        English: "Choose what it is for. If it is something else, say it in up to 120 letters.",
        Spanish: "Elija para qué es. Si es otra cosa, dígalo en 120 letras como máximo.",
    }
    chosen_changed {
        English: "An entry that you chose has changed, or can no longer be shared. Look at your entries below, and continue.",
        Spanish: "Una entrada que usted eligió ha cambiado o ya no se puede compartir. Mire sus entradas más abajo y continúe.",
    }
    code_changed {
        English: "An entry that you chose for this code has changed since. Refuse the code, and make a new one.",
        Spanish: "Una entrada que usted eligió para este código ha cambiado desde entonces. Rechace el código y haga otro.",
    }
    chosen_full {
        English: "This share is full: no more entries fit. Leave some of them out first.",
        Spanish: "Este permiso está lleno: no caben más entradas. Deje fuera algunas primero.",
    }
    grant_what_problem { English: "Tick at least one part, or choose an entry.", Spanish: "Marque al menos una parte o elija una entrada." }
    grant_dates_problem {
        English: "Check the dates of what they see. Each needs a day, a month and a year, and the first comes first.",
        Spanish: "Revise las fechas de lo que se puede ver. Cada una necesita día, mes y año, y la primera va antes que la última.",
    }
    grant_end_problem {
        English: "Check the last day. It needs a day, a month and a year, and cannot have passed.",
        Spanish: "Revise el último día. Necesita día, mes y año, y no puede haber pasado.",
    }
    have_a_code { English: "A patient gave you a code?", Spanish: "¿Un paciente le dio un código?" }
}

impl super::Say {
    /// A line of a grant's story; `is_help`: of what a carer shared.
    #[must_use]
    pub fn story_line(self, purpose: Purpose, is_help: bool, kind: &str) -> &'static str {
        match (purpose, kind) {
            (_, "passed-on") if is_help => return self.was_shared_for(),
            (_, "taken-back") if is_help => return self.was_stopped_for(),
            (Purpose::Emergency, "given") => return self.emergency_was_opened(),
            (Purpose::Emergency, "replaced") => return self.emergency_ended(),
            (_, "given-back") => return self.they_stopped_helping(),
            (_, "registered") => return self.was_registered(),
            (_, "unregistered") => return self.was_unregistered(),
            (_, "passed-on") => return self.was_passed_on(),
            (_, "taken-back") => return self.was_taken_back(),
            (_, "ended-with") => return self.ended_with_its_share(),
            (_, "begun") => return self.stand_in_begun(),
            (_, "reviewed") => return self.stand_in_reviewed(),
            (_, "over") => return self.stand_in_over(),
            (_, "back") => return self.stand_in_back(),
            _ => {}
        }
        self.word(match (self.0, kind) {
            (super::Language::English, "given") => "You gave it",
            (super::Language::English, "paused") => "You stopped it for now",
            (super::Language::English, "resumed") => "You started it again",
            (super::Language::English, "withdrawn") => "You ended it",
            (super::Language::English, _) => "You replaced it with a new one",
            (super::Language::Spanish, "given") => "Usted lo dio",
            (super::Language::Spanish, "paused") => "Usted lo puso en pausa",
            (super::Language::Spanish, "resumed") => "Usted lo activó otra vez",
            (super::Language::Spanish, "withdrawn") => "Usted lo retiró",
            (super::Language::Spanish, _) => "Usted lo cambió por uno nuevo",
        })
    }

    /// What stands first in a clinician's list.
    #[must_use]
    pub fn shared_order(self, order: &str) -> &'static str {
        self.word(match (self.0, order) {
            (super::Language::English, "end") => "What ends first",
            (super::Language::English, "new") => "What is new first",
            (super::Language::English, _) => "By name",
            (super::Language::Spanish, "end") => "Lo que termina antes",
            (super::Language::Spanish, "new") => "Primero las novedades",
            (super::Language::Spanish, _) => "Por nombre",
        })
    }

    /// How a grant ended.
    #[must_use]
    pub fn ended_how(self, purpose: Purpose, state: GrantState, is_given_back: bool) -> &'static str {
        if is_given_back {
            return self.they_stopped_helping();
        }
        match (purpose, state) {
            (Purpose::Emergency, GrantState::Replaced) => return self.emergency_ended(),
            (Purpose::Emergency, GrantState::Active | GrantState::Paused) => return self.emergency_hour_over(),
            (Purpose::Incapacity, _) => return self.stand_in_ended(),
            _ => {}
        }
        self.word(match self.0 {
            super::Language::English => match state {
                GrantState::Withdrawn => "You ended it",
                GrantState::Replaced => "Replaced by a newer share",
                GrantState::Active | GrantState::Paused => "Its last day has passed",
            },
            super::Language::Spanish => match state {
                GrantState::Withdrawn => "Usted lo retiró",
                GrantState::Replaced => "Cambiado por un permiso más nuevo",
                GrantState::Active | GrantState::Paused => "Su último día ya pasó",
            },
        })
    }
}

impl super::Say {
    /// What a preset is called.
    #[must_use]
    pub fn preset(self, preset: Preset) -> &'static str {
        match preset {
            Preset::Everything => self.preset_everything(),
            Preset::Emergency => self.preset_emergency(),
            Preset::Heart => self.preset_heart(),
            Preset::Dentist => self.preset_dentist(),
            Preset::Pharmacist => self.preset_pharmacist(),
            Preset::Midwife => self.preset_midwife(),
            Preset::Physiotherapist => self.preset_physiotherapist(),
            Preset::Dietitian => self.preset_dietitian(),
        }
    }
}
