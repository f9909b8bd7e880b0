//! What is said where a patient writes into their own record by hand, or a clinician into that of a patient.

use chartkey_domain::added::Kind;

use super::messages;

messages! {
    add_yourself { English: "Add something yourself", Spanish: "Añadir algo usted mismo" }
    add_yourself_says {
        English: "What you add is marked as yours everywhere, for you and for whoever reads your record. You can change it or take it back.",
        Spanish: "Lo que añade queda marcado como suyo en todas partes, para usted y para quien lea su historia clínica. Puede cambiarlo o retirarlo.",
    }
    add_readings { English: "Something you measured", Spanish: "Algo que usted midió" }
    add_things { English: "A medicine or an allergy", Spanish: "Un medicamento o una alergia" }
    add_papers { English: "Words or a document", Spanish: "Palabras o un documento" }
    add_file_short { English: "A PDF, a photo or a health record in a file", Spanish: "Un PDF, una foto o una historia clínica en un archivo" }
    // Marks.
    by_hand_you { English: "Added by you", Spanish: "Añadido por usted" }
    by_hand_patient { English: "Added by the patient", Spanish: "Añadido por el paciente" }
    written_by_you { English: "added by you, by hand", Spanish: "añadido a mano por usted" }
    written_by_patient { English: "added by the patient, by hand", Spanish: "añadido a mano por el paciente" }
    recorded_by { English: "Who recorded it", Spanish: "Quién lo anotó" }
    column_by_hand { English: "Added by hand by the patient", Spanish: "Añadido a mano por el paciente" }
    yes { English: "yes", Spanish: "sí" }
    what_you_wrote_here { English: "What you wrote here", Spanish: "Lo que usted escribió aquí" }
    last_written { English: "Last on", Spanish: "La última vez, el" }
    // The fields.
    field_upper { English: "Upper number", Spanish: "Número alto" }
    upper_hint { English: "The first of the two, in mmHg. For example 120.", Spanish: "El primero de los dos, en mmHg. Por ejemplo, 120." }
    field_lower { English: "Lower number", Spanish: "Número bajo" }
    field_pulse { English: "Pulse, if your device shows it", Spanish: "Pulso, si su aparato lo muestra" }
    pulse_hint { English: "Beats in a minute.", Spanish: "Latidos en un minuto." }
    number_hint { English: "As your device shows it.", Spanish: "Tal como lo muestra su aparato." }
    field_taken { English: "Date", Spanish: "Fecha" }
    taken_hint { English: "For example 27 3 2026.", Spanish: "Por ejemplo, 27 3 2026." }
    field_time { English: "Time, if you know it", Spanish: "Hora, si la sabe" }
    time_hint { English: "On a 24-hour clock, for example 8:15 or 20:15.", Spanish: "Por ejemplo, 8:15 o 20:15." }
    field_medicine { English: "What is it called?", Spanish: "¿Cómo se llama?" }
    medicine_hint { English: "With its strength, if you know it. For example Ibuprofen 400 mg.", Spanish: "Con su dosis, si la sabe. Por ejemplo, Ibuprofeno 400 mg." }
    field_how { English: "How much and how often?", Spanish: "¿Cuánto y cada cuánto?" }
    how_hint { English: "For example one tablet twice a day. Leave it empty if you do not know.", Spanish: "Por ejemplo, una pastilla dos veces al día. Déjelo vacío si no lo sabe." }
    still_taken { English: "Do you still take it?", Spanish: "¿Todavía lo toma?" }
    yes_still { English: "Yes", Spanish: "Sí" }
    no_longer { English: "No", Spanish: "No" }
    field_since { English: "Since when?", Spanish: "¿Desde cuándo?" }
    since_hint {
        English: "The year alone, or month and year, is enough. Leave it empty if you do not know.",
        Spanish: "Basta el año, o el mes y el año. Déjelo vacío si no lo sabe.",
    }
    field_allergy { English: "What are you allergic to?", Spanish: "¿A qué tiene alergia?" }
    allergy_hint { English: "For example penicillin, peanuts or bee stings.", Spanish: "Por ejemplo, penicilina, cacahuetes o picaduras de abeja." }
    field_reaction { English: "What does it do to you?", Spanish: "¿Qué le causa?" }
    reaction_hint { English: "For example a rash. Leave it empty if you do not know.", Spanish: "Por ejemplo, un sarpullido. Déjelo vacío si no lo sabe." }
    field_title { English: "What is it about?", Spanish: "¿De qué trata?" }
    title_hint { English: "A few words. Whoever may see the note sees them in lists.", Spanish: "Unas palabras. Quien pueda ver la nota las ve en las listas." }
    field_words { English: "Your note", Spanish: "Su nota" }
    note_words_hint { English: "At most 1,000 characters.", Spanish: "1000 caracteres como máximo." }
    who_may_see { English: "Who may see it?", Spanish: "¿Quién puede verlo?" }
    my_shares { English: "Whoever I share this part with", Spanish: "Con quien comparto esta parte" }
    my_shares_hint(part: &str) {
        English: "Everybody whose key covers “{part}”, now or later. They see that it is from you.",
        Spanish: "Cada persona cuya llave incluye «{part}», ahora o después. Ven que es de usted.",
    }
    only_i { English: "Only me", Spanish: "Solo yo" }
    only_i_hint { English: "No key covers it. Whoever treats you will not know of it.", Spanish: "Ninguna llave lo incluye. Quien le atienda no lo sabrá." }
    note_private_hint {
        English: "No key covers it. This is proposed, because a note can say anything.",
        Spanish: "Ninguna llave la incluye. Es lo que se propone, porque una nota puede decir cualquier cosa.",
    }
    // Checking.
    check_writing { English: "Check what you add", Spanish: "Revise lo que añade" }
    what_you_wrote { English: "What you wrote", Spanish: "Lo que escribió" }
    change_answers { English: "Change it", Spanish: "Cambiarlo" }
    check_writing_says {
        English: "It goes into your record, marked as added by you. You can change it or take it back later.",
        Spanish: "Entra en su historia clínica, marcado como añadido por usted. Más adelante puede cambiarlo o retirarlo.",
    }
    check_change_says {
        English: "It takes the place of what stands there. What stood there before is kept.",
        Spanish: "Ocupa el lugar de lo que hay ahora. Lo que había antes se conserva.",
    }
    add_it { English: "Add it to my record", Spanish: "Añadirlo a mi historia clínica" }
    save_writing { English: "Save the change", Spanish: "Guardar el cambio" }
    writing_added { English: "It is in your record", Spanish: "Está en su historia clínica" }
    writing_changed { English: "Your change is saved", Spanish: "Su cambio está guardado" }
    writing_taken_back { English: "You have taken this back", Spanish: "Usted ha retirado esto" }
    add_another { English: "Add something else", Spanish: "Añadir otra cosa" }
    // A clinician.
    write_into { English: "Write into this record", Spanish: "Escribir en esta historia clínica" }
    write_into_says {
        English: "The patient lets you write. It stands in their record at once, with your name and your organization. Nobody changes it afterwards; what is wrong, you and the patient can say beside it.",
        Spanish: "La persona le deja escribir. Queda enseguida en su historia clínica, con el nombre de usted y el de su organización. Después nadie lo cambia; si algo está mal, usted y la persona pueden decirlo al lado.",
    }
    field_found { English: "What was examined?", Spanish: "¿Qué se examinó?" }
    found_hint { English: "For example Haemoglobin, or ECG at rest.", Spanish: "Por ejemplo, hemoglobina, o electrocardiograma en reposo." }
    field_value { English: "What was found?", Spanish: "¿Qué se halló?" }
    value_hint { English: "A number or a few words.", Spanish: "Un número o unas palabras." }
    field_unit { English: "Unit, if it is a number", Spanish: "Unidad, si es un número" }
    field_visit_words { English: "The note", Spanish: "La nota" }
    visit_words_hint { English: "The patient reads it, and whoever they share documents with. At most 8,000 characters.", Spanish: "La lee la persona, y con quien comparta documentos. 8000 caracteres como máximo." }
    field_plan_words { English: "What is planned?", Spanish: "¿Qué se planea?" }
    plan_words_hint { English: "What, when, and who does it. At most 8,000 characters.", Spanish: "Qué, cuándo y quién lo hace. 8000 caracteres como máximo." }
    clinical_title_hint { English: "A few words for lists.", Spanish: "Unas palabras para las listas." }
    check_clinical_says {
        English: "It goes into the record with your name and your organization, and the patient is told.",
        Spanish: "Entra en la historia clínica con el nombre de usted y el de su organización, y se avisa a la persona.",
    }
    add_clinical { English: "Write it into the record", Spanish: "Escribirlo en la historia clínica" }
    clinical_added {
        English: "It is in the record. If it speaks of something sensitive that is not shared with you, it is not shown to you either.",
        Spanish: "Está en la historia clínica. Si habla de algo delicado que no se comparte con usted, tampoco se le muestra.",
    }
    added_note_words_problem { English: "Write something, in up to 8,000 characters.", Spanish: "Escriba algo, en 8000 caracteres como máximo." }
    // Changing and taking back.
    change_writing { English: "Change what you added", Spanish: "Cambiar lo que añadió" }
    take_back { English: "Take it back", Spanish: "Retirarlo" }
    taking_writing_back { English: "Take this back?", Spanish: "¿Retirar esto?" }
    take_back_says {
        English: "It leaves your lists, and stays struck through among what was entered in error. What somebody has read, printed or copied stays with them.",
        Spanish: "Sale de sus listas y queda tachado entre lo que se anotó por error. Lo que alguien ya leyó, imprimió o copió lo conserva.",
    }
    keep_writing { English: "Keep it", Spanish: "Conservarlo" }
    // What cannot be.
    added_number_problem {
        English: "Write the number as your device shows it, with at most three digits behind the point. For example 72.5.",
        Spanish: "Escriba el número como lo muestra su aparato, con tres cifras decimales como máximo. Por ejemplo, 72,5.",
    }
    added_unlikely_problem {
        English: "Nobody has such a number. Check the number and its unit.",
        Spanish: "Nadie tiene un número así. Revise el número y su unidad.",
    }
    added_lower_problem { English: "Write the lower number, between 20 and 200.", Spanish: "Escriba el número bajo, entre 20 y 200." }
    added_not_below_problem {
        English: "The lower number has to be below the upper number.",
        Spanish: "El número bajo tiene que ser menor que el número alto.",
    }
    added_pulse_problem {
        English: "Write the pulse as a number between 20 and 300, or leave it empty.",
        Spanish: "Escriba el pulso como un número entre 20 y 300, o déjelo vacío.",
    }
    added_unit_problem { English: "Choose the unit that your device shows.", Spanish: "Elija la unidad que muestra su aparato." }
    added_name_problem { English: "Write something here, of at most 200 characters.", Spanish: "Escriba algo aquí, de 200 caracteres como máximo." }
    added_how_problem { English: "Write at most 200 characters here.", Spanish: "Escriba aquí 200 caracteres como máximo." }
    added_still_problem { English: "Say whether you still take it.", Spanish: "Diga si todavía lo toma." }
    added_day_problem {
        English: "Write a date of the calendar, in numbers: day, month, year. For example 27 3 2026.",
        Spanish: "Escriba una fecha del calendario, en números: día, mes, año. Por ejemplo, 27 3 2026.",
    }
    added_unshared_problem {
        English: "What the patient shares with you does not reach this date, so you would not see what you write. Check the date, or ask the patient to share more.",
        Spanish: "Lo que la persona comparte con usted no alcanza esta fecha, así que usted no vería lo que escribe. Revise la fecha o pídale que comparta más.",
    }
    added_ahead_problem { English: "This date has not come yet. Check day, month and year.", Spanish: "Esta fecha aún no ha llegado. Revise el día, el mes y el año." }
    added_time_problem {
        English: "Write the time on a 24-hour clock, for example 8:15 or 20:15, or leave it empty.",
        Spanish: "Escriba la hora, por ejemplo 8:15 o 20:15, o déjela vacía.",
    }
    added_seen_problem { English: "Choose who may see it.", Spanish: "Elija quién puede verlo." }
}

impl super::Say {
    /// What can be written.
    #[must_use]
    pub fn kind(self, kind: Kind) -> &'static str {
        self.word(match self.0 {
            super::Language::English => match kind {
                Kind::Pressure => "Blood pressure",
                Kind::Weight => "Weight",
                Kind::Pulse => "Pulse",
                Kind::Temperature => "Temperature",
                Kind::Glucose => "Blood sugar",
                Kind::Medicine => "Medicine without prescription",
                Kind::Allergy => "Allergy",
                Kind::Note => "Note",
                Kind::VisitNote => "Visit note",
                Kind::Finding => "Result",
                Kind::Plan => "Plan",
            },
            super::Language::Spanish => match kind {
                Kind::Pressure => "Presión arterial",
                Kind::Weight => "Peso",
                Kind::Pulse => "Pulso",
                Kind::Temperature => "Temperatura",
                Kind::Glucose => "Azúcar en sangre",
                Kind::Medicine => "Medicamento sin receta",
                Kind::Allergy => "Alergia",
                Kind::Note => "Nota",
                Kind::VisitNote => "Nota de consulta",
                Kind::Finding => "Resultado",
                Kind::Plan => "Plan",
            },
        })
    }

    /// What is meant by it.
    #[must_use]
    pub fn kind_hint(self, kind: Kind) -> &'static str {
        self.word(match self.0 {
            super::Language::English => match kind {
                Kind::Pressure => "The two numbers, and the pulse if you like",
                Kind::Weight => "In kilograms or pounds",
                Kind::Pulse => "Beats in a minute",
                Kind::Temperature => "In °C or °F",
                Kind::Glucose => "Glucose by your own meter, in mg/dL or mmol/L",
                Kind::Medicine => "What you take without a doctor's prescription",
                Kind::Allergy => "What you cannot tolerate, and what it does",
                Kind::Note => "In your own words, for yourself at first",
                Kind::VisitNote => "What was said, found and decided",
                Kind::Finding => "Something that you have measured or examined",
                Kind::Plan => "What comes next, and who does it",
            },
            super::Language::Spanish => match kind {
                Kind::Pressure => "Los dos números, y el pulso si quiere",
                Kind::Weight => "En kilogramos o libras",
                Kind::Pulse => "Latidos en un minuto",
                Kind::Temperature => "En °C o °F",
                Kind::Glucose => "Glucosa con su propio medidor, en mg/dL o mmol/L",
                Kind::Medicine => "Lo que toma sin receta médica",
                Kind::Allergy => "Lo que no tolera y qué le causa",
                Kind::Note => "Con sus palabras, al principio solo para usted",
                Kind::VisitNote => "Lo que se dijo, se halló y se decidió",
                Kind::Finding => "Algo que usted midió o examinó",
                Kind::Plan => "Lo que sigue, y quién lo hace",
            },
        })
    }

    /// The heading of its form.
    #[must_use]
    pub fn add_kind(self, kind: Kind) -> &'static str {
        self.word(match self.0 {
            super::Language::English => match kind {
                Kind::Pressure => "Add a blood pressure",
                Kind::Weight => "Add your weight",
                Kind::Pulse => "Add your pulse",
                Kind::Temperature => "Add your temperature",
                Kind::Glucose => "Add a blood sugar",
                Kind::Medicine => "Add a medicine without prescription",
                Kind::Allergy => "Add an allergy",
                Kind::Note => "Add a note",
                Kind::VisitNote => "Write a visit note",
                Kind::Finding => "Write a result",
                Kind::Plan => "Write a plan",
            },
            super::Language::Spanish => match kind {
                Kind::Pressure => "Añadir una presión arterial",
                Kind::Weight => "Añadir su peso",
                Kind::Pulse => "Añadir su pulso",
                Kind::Temperature => "Añadir su temperatura",
                Kind::Glucose => "Añadir un azúcar en sangre",
                Kind::Medicine => "Añadir un medicamento sin receta",
                Kind::Allergy => "Añadir una alergia",
                Kind::Note => "Añadir una nota",
                Kind::VisitNote => "Escribir una nota de consulta",
                Kind::Finding => "Escribir un resultado",
                Kind::Plan => "Escribir un plan",
            },
        })
    }
}
