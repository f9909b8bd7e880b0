//! What the first page, the summary and everything by date say of what is there.

use super::messages;

messages! {
    // What waits.
    what_waits { English: "What waits for you", Spanish: "Lo que está pendiente" }
    nothing_waits { English: "Nothing waits for you.", Spanish: "No hay nada pendiente." }
    requests_to_answer(count: i64) {
        English: one "A clinician asks to see something of yours.", other "{count} clinicians ask to see something of yours.";
        Spanish: one "Un profesional pide ver algo suyo.", other "{count} profesionales piden ver algo suyo.";
    }
    codes_to_confirm(count: i64) {
        English: one "Somebody has used your code. Say whether it is the right person.", other "{count} of your codes have been used. Say whether these are the right people.";
        Spanish: one "Alguien usó su código. Diga si es la persona correcta.", other "Se usaron {count} de sus códigos. Diga si son las personas correctas.";
    }
    shares_end_soon(count: usize) {
        English: one "Something that you share ends soon. Make it longer, or let it end.", other "{count} things that you share end soon. Make them longer, or let them end.";
        Spanish: one "Algo que usted comparte termina pronto. Alárguelo o deje que termine.", other "{count} cosas que usted comparte terminan pronto. Alárguelas o deje que terminen.";
    }
    unusual_looks(count: usize) {
        English: one "1 look at your record is unusual. See whether you know it.", other "{count} looks at your record are unusual. See whether you know them.";
        Spanish: one "Su historia clínica se abrió 1 vez de forma poco habitual. Mire si la reconoce.", other "Su historia clínica se abrió {count} veces de forma poco habitual. Mire si las reconoce.";
    }
    // What is new.
    what_is_new { English: "What is new", Spanish: "Novedades" }
    new_since(when: &str) { English: "New since {when}", Spanish: "Novedades desde el {when}" }
    first_look {
        English: "This is your first visit, so nothing is called new yet. From the next one on, what has come in since stands here.",
        Spanish: "Es su primera visita, así que todavía no hay novedades. A partir de la próxima, aquí aparecerá lo que haya llegado desde entonces.",
    }
    nothing_new(when: &str) {
        English: "Nothing has come in since you last looked, on {when}.",
        Spanish: "No ha llegado nada desde la última vez que miró, el {when}.",
    }
    items_new(count: i64) {
        English: one "1 new", other "{count} new";
        Spanish: one "1 novedad", other "{count} novedades";
    }
    more_kinds(count: i64) {
        English: one "and 1 other kind", other "and {count} other kinds";
        Spanish: one "y 1 tipo más", other "y {count} tipos más";
    }
    older_things { English: "Older things that came in", Spanish: "Llegaron también cosas más antiguas" }
    older_things_say {
        English: "They have come in since then, but happened long before, or have no date.",
        Spanish: "Llegaron desde entonces, pero ocurrieron mucho antes o no tienen fecha.",
    }
    so_many_of(category: &str, count: i64) { English: "{category}: {count}", Spanish: "{category}: {count}" }
    no_next_visit {
        English: "No visit to come is recorded. Your practice may have one that is not here.",
        Spanish: "No hay ninguna próxima consulta anotada. Puede que su consultorio tenga una que no está aquí.",
    }
    // Summary.
    out_of_range { English: "Newest results out of range", Spanish: "Últimos resultados fuera de rango" }
    none_out_of_range {
        English: "None of the newest results lies outside its laboratory’s range.",
        Spanish: "Ninguno de los últimos resultados está fuera del rango de su laboratorio.",
    }
    none_known { English: "None known.", Spanish: "Ninguna conocida." }
    allergies_not_recorded {
        English: "Not recorded. That does not mean that there are none.",
        Spanish: "Sin anotar. Eso no quiere decir que no haya ninguna.",
    }
    reaction(named: &str) { English: "Reaction: {named}", Spanish: "Reacción: {named}" }
    high_criticality { English: "High risk: a reaction can be life-threatening", Spanish: "Riesgo alto: una reacción puede poner en peligro la vida" }
    reaction_not_recorded { English: "Reaction not recorded", Spanish: "Reacción sin anotar" }
    care_team { English: "Care team", Spanish: "Equipo de atención" }
    care_team_says {
        English: "Those whom a care team in the record names, and those of the last visits.",
        Spanish: "Quienes figuran en un equipo de atención de la historia clínica, y quienes atendieron las últimas consultas.",
    }
    named_in_team { English: "In the care team", Spanish: "En el equipo de atención" }
    seen_at_visit { English: "At a visit", Spanish: "En una consulta" }
    last_visit { English: "Last visit:", Spanish: "Última consulta:" }
    // Everything by date.
    show_a_part { English: "Show only a part", Spanish: "Mostrar solo una parte" }
    filter_kind { English: "What", Spanish: "Qué" }
    filter_person { English: "Who", Spanish: "Quién" }
    filter_place { English: "Where", Spanish: "Dónde" }
    filter_source { English: "Came from", Spanish: "De dónde llegó" }
    filter_from { English: "From this day on", Spanish: "Desde este día" }
    filter_to { English: "Up to this day", Spanish: "Hasta este día" }
    filter_day_hint { English: "A year alone will do, or a month and a year.", Spanish: "Basta con el año, o con el mes y el año." }
    anything { English: "Everything", Spanish: "Todo" }
    anybody { English: "Everybody", Spanish: "Todas las personas" }
    anywhere { English: "Every place", Spanish: "Todos los lugares" }
    any_source { English: "Every source", Spanish: "Todas las fuentes" }
    first_names(count: usize) {
        English: "Only the first {count} by name are offered.",
        Spanish: "Solo se ofrecen los {count} primeros por nombre.",
    }
    apply_filter { English: "Show this part", Spanish: "Mostrar esta parte" }
    only_shown(parts: &str) { English: "Only shown: {parts}", Spanish: "Solo se muestra: {parts}" }
    show_everything { English: "Show everything", Spanish: "Mostrar todo" }
    since_day(date: &str) { English: "from {date} on", Spanish: "desde: {date}" }
    up_to_day(date: &str) { English: "up to {date}", Spanish: "hasta: {date}" }
    no_longer_there { English: "somebody or something that is not here", Spanish: "alguien o algo que no está aquí" }
    jump_to_year { English: "Jump to a year", Spanish: "Ir a un año" }
    more_than(count: i64) { English: "more than {count}", Spanish: "más de {count}" }
    nothing_fits {
        English: "Nothing in the record fits all of this. Leave something out, or show everything.",
        Spanish: "Nada de la historia clínica cumple todo esto. Quite algo, o muestre todo.",
    }
    filter_days_problem {
        English: "Write the days as day, month and year, for example 6 8 2018, or the year alone, the first before the last. The list below is not limited by days.",
        Spanish: "Escriba los días con día, mes y año, por ejemplo 6 8 2018, o solo el año, el primero antes del último. La lista de abajo no está limitada por días.",
    }
}
