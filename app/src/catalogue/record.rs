//! What the pages of a record say.

use chartkey_domain::category::Category;

use super::{Language, Say, messages};

impl Say {
    /// The name of a category, as headings and navigation have it.
    #[must_use]
    pub fn category(self, category: Category) -> &'static str {
        self.word(match self.0 {
            Language::English => match category {
                Category::Details => "Details",
                Category::Problems => "Problems",
                Category::Medicines => "Medicines",
                Category::Allergies => "Allergies",
                Category::Vaccines => "Vaccines",
                Category::Results => "Results",
                Category::Vitals => "Vital signs",
                Category::Procedures => "Procedures",
                Category::Visits => "Visits",
                Category::Documents => "Letters and documents",
                Category::Imaging => "Imaging",
                Category::Plans => "Plans",
                Category::Lifestyle => "Lifestyle",
                Category::Devices => "Devices",
                Category::Insurance => "Insurance",
                Category::Own => "Only yours",
            },
            // Plurals all: the sentence of a grant says "sus" before them.
            Language::Spanish => match category {
                Category::Details => "Datos personales",
                Category::Problems => "Problemas de salud",
                Category::Medicines => "Medicamentos",
                Category::Allergies => "Alergias",
                Category::Vaccines => "Vacunas",
                Category::Results => "Resultados",
                Category::Vitals => "Signos vitales",
                Category::Procedures => "Procedimientos",
                Category::Visits => "Consultas",
                Category::Documents => "Cartas y documentos",
                Category::Imaging => "Imágenes",
                Category::Plans => "Planes",
                Category::Lifestyle => "Hábitos de vida",
                Category::Devices => "Dispositivos",
                Category::Insurance => "Seguros",
                Category::Own => "Datos solo suyos",
            },
        })
    }
}

messages! {
    // Values and ranges.
    in_range { English: "In range", Spanish: "Dentro del rango" }
    above_range { English: "Above range", Spanish: "Por encima del rango" }
    far_above_range { English: "Far above range", Spanish: "Muy por encima del rango" }
    below_range { English: "Below range", Spanish: "Por debajo del rango" }
    far_below_range { English: "Far below range", Spanish: "Muy por debajo del rango" }
    marked { English: "Marked by the laboratory", Spanish: "Marcado por el laboratorio" }
    no_range { English: "No range given", Spanish: "No se dio rango" }
    range_in_words { English: "Range in words", Spanish: "Rango en palabras" }
    laboratory_gave_no_range { English: "the laboratory gave no range", Spanish: "el laboratorio no dio rango" }
    laboratory_s_range { English: "laboratory’s range", Spanish: "rango del laboratorio" }
    line_says(value: &str, range: &str) {
        English: "The result is {value}. The laboratory’s range is {range}.",
        Spanish: "El resultado es {value}. El rango del laboratorio es {range}.",
    }
    range_between(low: &str, high: &str) { English: "{low} to {high}", Spanish: "{low} a {high}" }
    range_from(low: &str) { English: "{low} or more", Spanish: "{low} o más" }
    range_to(high: &str) { English: "{high} or less", Spanish: "{high} o menos" }
    was(value: &str, when: &str) { English: "was {value}, {when}", Spanish: "antes {value}, {when}" }
    value { English: "Value", Spanish: "Valor" }
    not_recorded { English: "Not recorded", Spanish: "Sin anotar" }
    no_date { English: "Date not recorded", Spanish: "Fecha sin anotar" }
    private { English: "Private", Spanish: "En privado" }
    from(source: &str) { English: "from {source}", Spanish: "de {source}" }
    // "from Northfield", or "added by you".
    also(from: &str) { English: "also {from}", Spanish: "también {from}" }
    // Who can see.
    only_you { English: "Only you", Spanish: "Solo usted" }
    people_can_see(count: usize) {
        English: one "1 can see", other "{count} can see";
        Spanish: one "1 puede ver", other "{count} pueden ver";
    }
    not_everything { English: "This may not be everything.", Spanish: "Puede que esto no sea todo." }
    not_shared { English: "Not shared with you.", Spanish: "No se comparte con usted." }
    // Lists.
    nothing_here {
        English: "Nothing has come in here yet. If a practice or hospital has something, ask them for your record as a file.",
        Spanish: "Aquí todavía no ha llegado nada. Si un consultorio o un hospital tiene algo, pida allí su historia clínica como archivo.",
    }
    total(count: i64) {
        English: one "1 in all", other "{count} in all, newest first";
        Spanish: one "1 en total", other "{count} en total, primero lo más reciente";
    }
    more_under { English: "There is more than fits here. See all of it under", Spanish: "Hay más de lo que cabe aquí. Véalo todo en" }
    older { English: "Older", Spanish: "Anteriores" }
    pages_of(category: &str) { English: "Pages of {category}", Spanish: "Páginas de {category}" }
    show_errors { English: "Show what was entered in error, too", Spanish: "Mostrar también lo que se anotó por error" }
    hide_errors { English: "Leave out what was entered in error", Spanish: "Quitar lo que se anotó por error" }
    // Visits.
    people_and_reason { English: "Who and why", Spanish: "Con quién y por qué" }
    not_linked_by_source {
        English: "Not linked by the source: same day and same place.",
        Spanish: "Sin enlace de la fuente: el mismo día y en el mismo lugar.",
    }
    // Trends.
    reading(date: &str, value: &str, unit: &str) { English: "{date}: {value} {unit}", Spanish: "{date}: {value} {unit}" }
    trend_says(name: &str, from: &str, to: &str) {
        English: "{name} over time, from {from} to {to}. The same numbers are in the table.",
        Spanish: "{name} a lo largo del tiempo. Lo primero, {from}. Lo último, {to}. Los mismos números están en la tabla.",
    }
    table_says(name: &str) { English: "{name}, newest first", Spanish: "{name}, primero lo más reciente" }
    date_and_place { English: "Date and place", Spanish: "Fecha y lugar" }
    same_in_table { English: "The same numbers in a table", Spanish: "Los mismos números en una tabla" }
    over_time { English: "Over time", Spanish: "A lo largo del tiempo" }
    measured_times(count: usize) {
        English: one "Measured once.", other "The newest {count} times it was measured.";
        Spanish: one "Se midió una vez.", other "Las {count} veces más recientes que se midió.";
    }
    turned_times(count: usize, unit: &str) {
        English: one "1 of them was written in another unit and is told in {unit}; the table has what was written.", other "{count} of them were written in another unit and are told in {unit}; the table has what was written.";
        Spanish: one "1 de ellas se anotó en otra unidad y se muestra en {unit}; la tabla tiene lo que se anotó.", other "{count} de ellas se anotaron en otra unidad y se muestran en {unit}; la tabla tiene lo que se anotó.";
    }
    written_as(value: &str, unit: &str) { English: "written as {value} {unit}", Spanish: "anotado como {value} {unit}" }
    range_is(range: &str) { English: "Range: {range}", Spanish: "Rango: {range}" }
    range_as_written(range: &str) { English: "Range as written: {range}", Spanish: "Rango tal como se anotó: {range}" }
    shaded_range { English: "Shaded: the laboratory’s range", Spanish: "Sombreado: el rango del laboratorio" }
    each_its_range { English: "Shaded: the range that came with each value", Spanish: "Sombreado: el rango que vino con cada valor" }
    no_unit_given { English: "(no unit given)", Spanish: "(sin unidad)" }
    drawn_limit { English: "Drawn as an arrow: it is a limit and no exact number.", Spanish: "Se dibuja como flecha: es un límite y no un número exacto." }
    not_drawn_limit { English: "Not drawn: it is a limit and no exact number.", Spanish: "No se dibuja: es un límite y no un número exacto." }
    not_drawn_words { English: "Not drawn: it is not a number.", Spanish: "No se dibuja: no es un número." }
    not_drawn_unit { English: "Not drawn: it has another unit, or none.", Spanish: "No se dibuja: tiene otra unidad o ninguna." }
    of_in_table(name: &str) { English: "{name} in a table", Spanish: "{name} en una tabla" }
    compare_with { English: "Compare", Spanish: "Comparar" }
    compare_says {
        English: "What was measured together with the newest can stand under it, on the same line of time.",
        Spanish: "Lo que se midió junto con lo más reciente puede verse debajo, en la misma línea de tiempo.",
    }
    choose_what_to_add { English: "Choose what to add", Spanish: "Elegir qué añadir" }
    take_away(name: &str) { English: "Take {name} away", Spanish: "Quitar {name}" }
    four_is_most {
        English: "Four stand under one another at most. Take one away to add another.",
        Spanish: "Como máximo caben cuatro, uno debajo de otro. Quite uno para añadir otro.",
    }
    see_over_time { English: "See it over time", Spanish: "Verlo a lo largo del tiempo" }
    // Home.
    done_claimed { English: "This record is yours now.", Spanish: "Esta historia clínica ya es suya." }
    hello(name: &str) { English: "Hello, {name}", Spanish: "Hola, {name}" }
    home_says {
        English: "The newest of your record, and who can see it.",
        Spanish: "Lo más reciente de su historia clínica, y quién puede verla.",
    }
    latest { English: "The newest in your record", Spanish: "Lo más reciente de su historia clínica" }
    your_next_visit { English: "Your next visit", Spanish: "Su próxima consulta" }
    who_can_see_now { English: "Who can see your record now", Spanish: "Quién puede ver ahora su historia clínica" }
    share_with_someone { English: "Share with someone", Spanish: "Compartir con alguien" }
    longer_or_stop { English: "Make it longer or stop", Spanish: "Alargar o retirar" }
    see_or_stop { English: "See or stop", Spanish: "Ver o retirar" }
    no_record_yet { English: "You have no record here yet", Spanish: "Todavía no tiene aquí una historia clínica" }
    no_record_says {
        English: "Your practice gives you a code for your record. With the code and your birth date it becomes yours.",
        Spanish: "Su consultorio le da un código para su historia clínica. Con el código y su fecha de nacimiento pasa a ser suya.",
    }
    // Summary.
    your_record { English: "Your record", Spanish: "Su historia clínica" }
    parts_of_record { English: "Parts of the record", Spanish: "Partes de la historia clínica" }
    medicines_in_use { English: "Medicines in use", Spanish: "Medicamentos en uso" }
    active_problems { English: "Active problems", Spanish: "Problemas de salud actuales" }
    latest_results { English: "Latest results", Spanish: "Últimos resultados" }
    latest_visits { English: "Latest visits", Spanish: "Últimas consultas" }
    all_of(category: &str) { English: "All {category}", Spanish: "Lista completa de {category}" }
    none_recorded { English: "Nothing is recorded here.", Spanish: "Aquí no hay nada anotado." }
    what_you_may_read { English: "What is shared with you", Spanish: "Lo que se comparte con usted" }
    // Results.
    how_to_read_lines { English: "How to read the lines", Spanish: "Cómo leer las líneas" }
    lines_explained {
        English: "The band is the laboratory’s own range. It is always in the same place. A dot lies inside it; a triangle lies outside and points the way: up is above, down is below. A dotted line means that the laboratory gave no range. A mark just outside the band is drawn clear of it; the number beside it is exact.",
        Spanish: "La franja es el rango del propio laboratorio. Siempre está en el mismo lugar. Un punto está dentro de ella; un triángulo está fuera y señala hacia dónde: hacia arriba es por encima, hacia abajo es por debajo. Una línea de puntos significa que el laboratorio no dio rango. Una marca que queda justo fuera de la franja se dibuja separada de ella; el número de al lado es exacto.",
    }
    tests_of(date: &str) { English: "Measured on {date}", Spanish: "Fecha de la medición: {date}" }
    tests_without_date { English: "Date not recorded", Spanish: "Fecha sin anotar" }
    the_result { English: "The result", Spanish: "El resultado" }
    // Courses.
    in_use { English: "In use", Spanish: "En uso" }
    past_medicines { English: "Past medicines", Spanish: "Medicamentos anteriores" }
    active { English: "Active", Spanish: "Actuales" }
    past_problems { English: "Past problems", Spanish: "Problemas de salud anteriores" }
    since(date: &str) { English: "Since {date}", Spanish: "Desde: {date}" }
    last_on(date: &str) { English: "Last on {date}", Spanish: "Última vez: {date}" }
    renewed_times(count: usize) {
        English: one "1 record", other "{count} records";
        Spanish: one "1 anotación", other "{count} anotaciones";
    }
    the_other_records { English: "The other records of it", Spanish: "Sus otras anotaciones" }
    // Visits.
    visits_by_year { English: "Visits by year", Spanish: "Consultas por año" }
    all_years { English: "All years", Spanish: "Todos los años" }
    visits_in(year: i32) { English: "{year}", Spanish: "{year}" }
    to_time(from: &str, to: &str) { English: "{from} to {to}", Spanish: "de {from} a {to}" }
    // One item.
    about_this { English: "About this", Spanish: "Sobre esto" }
    source_of { English: "Came from", Spanish: "Vino de" }
    also_recorded_by { English: "Also recorded by", Spanish: "Anotado también por" }
    same_in_sources {
        English: "More than one source says the same of the same time. Lists show it once; what each of them wrote is kept.",
        Spanish: "Más de una fuente dice lo mismo de la misma fecha. Las listas lo muestran una vez; se conserva lo que escribió cada una.",
    }
    what_they_say(source: &str) { English: "What {source} says", Spanish: "Lo que dice {source}" }
    what_was_added(added: &str) { English: "What was {added}", Spanish: "Lo que fue {added}" }
    not_the_same { English: "These are not the same", Spanish: "No son lo mismo" }
    taking_apart_says {
        English: "Are these different things? Then each is listed by itself. What you have hidden stays hidden.",
        Spanish: "¿Son cosas distintas? Entonces cada una aparece por separado. Lo que usted ha ocultado sigue oculto.",
    }
    not_the_same_as { English: "Not the same as", Spanish: "No es lo mismo que" }
    you_took_apart {
        English: "You said that these are different things. Each is listed by itself.",
        Spanish: "Usted dijo que son cosas distintas. Cada una aparece por separado.",
    }
    the_same_after_all { English: "They are the same after all", Spanish: "Sí son lo mismo" }
    taken_apart { English: "Each is listed by itself now.", Spanish: "Ahora cada una aparece por separado." }
    put_together { English: "They are listed as one again, as far as they say the same.", Spanish: "Vuelven a aparecer como una sola, si dicen lo mismo." }
    added { English: "Added to your record", Spanish: "Se añadió a su historia clínica" }
    added_to_record { English: "Added to this record", Spanish: "Se añadió a esta historia clínica" }
    see_original { English: "See the original", Spanish: "Ver el original" }
    hide_original { English: "Hide the original", Spanish: "Ocultar el original" }
    the_original { English: "The original, as it came in", Spanish: "El original, tal como llegó" }
    entered_in_error {
        English: "This was entered in error. It is kept, and struck through.",
        Spanish: "Esto se anotó por error. Se conserva, y aparece tachado.",
    }
    who_can_see_this { English: "Who can see this", Spanish: "Quién puede ver esto" }
    see_and_stop { English: "See or change who can see it", Spanish: "Ver o cambiar quién puede verlo" }
    from_to(from: &str, to: &str) { English: "{from} to {to}", Spanish: "{from} a {to}" }
    from_on(from: &str) { English: "from {from}", Spanish: "{from} en adelante" }
    up_to(to: &str) { English: "to {to}", Spanish: "hasta: {to}" }
    range { English: "Range", Spanish: "Rango" }
    range_by_laboratory(range: &str, unit: &str) {
        English: "{range} {unit}, given by the laboratory",
        Spanish: "{range} {unit}, según el laboratorio",
    }
    everything { English: "Everything by date", Spanish: "Todo por fecha" }
    by_date { English: "By date", Spanish: "Por fecha" }
    more_of(category: &str) { English: "More {category}", Spanish: "Más {category}" }
    everything_says { English: "All that has come in, by when it happened.", Spanish: "Todo lo que ha llegado, según cuándo ocurrió." }
}

impl Say {
    /// The status of an item in words; `None` where it says nothing that matters to a reader.
    #[must_use]
    pub fn status(self, code: &str) -> Option<&'static str> {
        let word = match self.0 {
            Language::English => Some(match code {
                "active" | "in-progress" | "recurrence" | "relapse" => "Active",
                "on-hold" | "suspended" => "On hold",
                "stopped" | "cancelled" | "revoked" | "aborted" | "abandoned" => "Stopped",
                "completed" | "finished" | "fulfilled" => "Done",
                "resolved" | "inactive" | "remission" => "Past",
                "planned" | "booked" | "proposed" | "pending" | "draft" | "intended" => "Planned",
                "preliminary" | "registered" | "partial" => "Not final yet",
                "amended" | "corrected" => "Corrected",
                "not-done" | "not-taken" | "noshow" => "Not done",
                "refuted" => "Ruled out",
                "entered-in-error" => "Entered in error",
                _ => return None,
            }),
            // Words that are the same for "el" and "la".
            Language::Spanish => Some(match code {
                "active" | "in-progress" | "recurrence" | "relapse" => "Actual",
                "on-hold" | "suspended" => "En pausa",
                "stopped" | "cancelled" | "revoked" | "aborted" | "abandoned" => "Se detuvo",
                "completed" | "finished" | "fulfilled" => "Ya terminó",
                "resolved" | "inactive" | "remission" => "Anterior",
                "planned" | "booked" | "proposed" | "pending" | "draft" | "intended" => "Pendiente",
                "preliminary" | "registered" | "partial" => "Todavía provisional",
                "amended" | "corrected" => "Se corrigió",
                "not-done" | "not-taken" | "noshow" => "No se hizo",
                "refuted" => "Se descartó",
                "entered-in-error" => "Se anotó por error",
                _ => return None,
            }),
        };
        word.map(|word| self.word(word))
    }

    /// The status of an item where a list should say it: not that it is active, done
    /// or past, which is the rule.
    #[must_use]
    pub fn unusual_status(self, code: &str) -> Option<&'static str> {
        const USUAL: [&str; 8] = ["active", "in-progress", "completed", "finished", "fulfilled", "resolved", "inactive", "remission"];
        if USUAL.contains(&code) { None } else { self.status(code) }
    }
}
