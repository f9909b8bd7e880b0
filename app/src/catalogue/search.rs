//! What search and lenses say.

use chartkey_portal::search::{Missing, lens::Because};

use super::{Language, Say, messages};

impl Say {
    /// The words of this language, of a pair in English and in Spanish.
    #[must_use]
    pub fn either(self, [english, spanish]: [&'static str; 2]) -> &'static str {
        self.word(match self.0 {
            Language::English => english,
            Language::Spanish => spanish,
        })
    }

    /// Why not everything was searched.
    #[must_use]
    pub fn search_missing(self, missing: Missing) -> &'static str {
        match missing {
            Missing::Unread => self.search_partial(),
            Missing::Long => self.search_long(),
        }
    }

    /// Why something stands in a lens.
    #[must_use]
    pub fn because(self, because: &Because) -> String {
        match because {
            Because::Rule(why) => self.either(*why).to_owned(),
            Because::Word(words) => self.because_word(words),
            Because::Names(problem) => self.because_names(problem),
            Because::Noted(problem) => self.because_noted(problem),
        }
    }
}

messages! {
    search { English: "Search", Spanish: "Buscar" }
    search_for { English: "What are you looking for?", Spanish: "¿Qué busca?" }
    search_hint {
        English: "A word, a name, a place, a value or a date, in English or Spanish. Small spelling mistakes do not matter.",
        Spanish: "Una palabra, un nombre, un lugar, un valor o una fecha, en español o en inglés. No importan los pequeños errores al escribir.",
    }
    search_problem {
        English: "Write what you are looking for, in at most 200 characters.",
        Spanish: "Escriba lo que busca, en 200 caracteres como máximo.",
    }
    search_found(count: usize, words: &str) {
        English: one "1 entry for “{words}”", other "{count} entries for “{words}”";
        Spanish: one "1 entrada para «{words}»", other "{count} entradas para «{words}»";
    }
    search_found_so_far(count: usize) {
        English: one "1 entry so far", other "{count} entries so far";
        Spanish: one "1 entrada por ahora", other "{count} entradas por ahora";
    }
    search_failed {
        English: "We cannot search while you type just now. The button does.",
        Spanish: "Ahora no podemos buscar mientras escribe. Con el botón, sí.",
    }
    search_nothing(words: &str) { English: "Nothing found for “{words}”", Spanish: "No se encontró nada para «{words}»" }
    search_nothing_shared(words: &str) {
        English: "Nothing that is shared with you was found for “{words}”",
        Spanish: "En lo que se comparte con usted no se encontró nada para «{words}»",
    }
    search_mended(typed: &str, meant: &str) {
        English: "Nothing has “{typed}” as it is written. Shown is what has “{meant}”.",
        Spanish: "Nada tiene «{typed}» tal como está escrito. Se muestra lo que tiene «{meant}».",
    }
    search_help_spelling {
        English: "Check the spelling, or write only the beginning of a word.",
        Spanish: "Revise cómo está escrito, o escriba solo el principio de una palabra.",
    }
    search_help_fewer {
        English: "Write fewer words: an entry is found only if it has all of them.",
        Spanish: "Escriba menos palabras: una entrada solo se encuentra si las tiene todas.",
    }
    search_help_date {
        English: "Write a date, such as 1977, March 1977 or 21 June 1963.",
        Spanish: "Escriba una fecha, por ejemplo 1977, marzo de 1977 o 21 de junio de 1963.",
    }
    search_what {
        English: "Names, plain names, codes, values, dates, people, places and the text of notes are searched. What stands in pictures and PDF files is not.",
        Spanish: "Se buscan nombres, nombres sencillos, códigos, valores, fechas, personas, lugares y el texto de las notas. No lo que está dentro de imágenes y archivos PDF.",
    }
    search_partial {
        English: "Some of this record is still being made ready for searching. Look again in a few minutes.",
        Spanish: "Una parte de esta historia clínica aún se está preparando para la búsqueda. Vuelva a mirar dentro de unos minutos.",
    }
    search_long {
        English: "This record has more text than one search reads. The longest notes were left out.",
        Spanish: "Esta historia clínica tiene más texto del que se lee en una búsqueda. Las notas más largas quedaron fuera.",
    }
    found_by_category { English: "Found, by category", Spanish: "Encontrado, por categoría" }
    people_and_places { English: "People and places", Spanish: "Personas y lugares" }
    show_all_found(count: usize, category: &str) { English: "All {count} in {category}", Spanish: "Las {count} de {category}" }
    show_more_found(left: usize) { English: "Show more, {left} left", Spanish: "Mostrar más, quedan {left}" }
    all_categories { English: "All categories", Spanish: "Todas las categorías" }
    lenses { English: "By condition", Spanish: "Por problema de salud" }
    lenses_says {
        English: "Everything in this record that belongs together: problems, medicines, results, visits and notes.",
        Spanish: "Todo lo de esta historia clínica que va junto: problemas, medicamentos, resultados, consultas y notas.",
    }
    lens_offer(name: &str) { English: "Everything about it: {name}", Spanish: "Todo sobre esto: {name}" }
    lens_says {
        English: "What belongs to it in this record, found by a table of codes, medicines and words. Each row says why it is here.",
        Spanish: "Lo que le corresponde en esta historia clínica, según una tabla de códigos, medicamentos y palabras. Cada fila dice por qué está aquí.",
    }
    lens_nothing {
        English: "Nothing in this record belongs to it by the table. That does not mean that you do not have it.",
        Spanish: "Según la tabla, nada de esta historia clínica le corresponde. Eso no significa que usted no lo tenga.",
    }
    why_here { English: "Why is this here?", Spanish: "¿Por qué está esto aquí?" }
    because_word(words: &str) { English: "It has the words “{words}”.", Spanish: "Tiene las palabras «{words}»." }
    because_names(problem: &str) {
        English: "It names a problem that belongs here: {problem}.",
        Spanish: "Nombra un problema que corresponde aquí: {problem}.",
    }
    because_noted(problem: &str) {
        English: "A problem that belongs here was noted at this visit: {problem}.",
        Spanish: "En esta consulta se anotó un problema que corresponde aquí: {problem}.",
    }
    a_person { English: "Person", Spanish: "Persona" }
    a_place { English: "Place or organization", Spanish: "Lugar u organización" }
}
