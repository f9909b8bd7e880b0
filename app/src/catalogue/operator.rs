//! What the pages for those who run a Chartkey say, and those of a rehearsal.

use chartkey_portal::rehearsal::tasks::Task;

use super::messages;

messages! {
    step_done { English: "(done)", Spanish: "(hecho)" }
    step_open { English: "(not yet)", Spanish: "(todavía no)" }
    set_up { English: "Set up this Chartkey", Spanish: "Poner en marcha este Chartkey" }
    set_up_says {
        English: "From an empty database to the first record in its patient’s hands. This page is here until then, and looks again each time you open it.",
        Spanish: "De una base de datos vacía a la primera historia clínica en manos de su paciente. Esta página está aquí hasta entonces, y lo comprueba otra vez cada vez que usted la abre.",
    }
    set_up_machine { English: "The machine", Spanish: "La máquina" }
    set_up_records { English: "The first record", Spanish: "La primera historia clínica" }
    set_up_foot {
        English: "Every setting, where it comes from and what is wrong with it:",
        Spanish: "Cada ajuste, de dónde viene y qué está mal en él:",
    }
    step_database { English: "The database is ready", Spanish: "La base de datos está lista" }
    step_database_says {
        English: "Its schema is that of this version, and the server works as a role that can see nothing without a decision.",
        Spanish: "Su esquema es el de esta versión, y el servidor trabaja con un rol que no puede ver nada sin una decisión.",
    }
    step_address { English: "People can reach it", Spanish: "La gente puede llegar a él" }
    step_address_says {
        English: "An https address that people type. Without it only this machine gets here.",
        Spanish: "Una dirección https que la gente escribe. Sin ella solo llega aquí esta máquina.",
    }
    step_mail { English: "Messages go out", Spanish: "Los mensajes salen" }
    step_mail_says {
        English: "Signing up and choosing a new password need a mail server. Until then messages are files in a folder.",
        Spanish: "Para crear una cuenta y para elegir una contraseña nueva hace falta un servidor de correo. Hasta entonces, los mensajes son archivos en una carpeta.",
    }
    step_anchor { English: "The log is anchored", Spanish: "El registro está anclado" }
    step_anchor_says {
        English: "The heads of the access log go into a file, best on another machine’s disk: it is what shows a changed log.",
        Spanish: "Las cabezas de la cadena del registro de accesos van a un archivo, mejor en el disco de otra máquina: es lo que muestra si el registro se ha cambiado.",
    }
    step_journal { English: "What was withdrawn stays withdrawn", Spanish: "Lo retirado sigue retirado" }
    step_journal_says {
        English: "Each share that is ended is also written to a file outside the database, best on another disk: a restored backup then does not open it again.",
        Spanish: "Cada permiso que termina se escribe también en un archivo fuera de la base de datos, mejor en otro disco: así una copia de seguridad restaurada no lo vuelve a abrir.",
    }
    step_import { English: "Take in a record", Spanish: "Importar una historia clínica" }
    step_import_says {
        English: "A FHIR file from a practice, a laboratory or a hospital. The command prints the identifier of the record.",
        Spanish: "Un archivo FHIR de un consultorio, un laboratorio o un hospital. El comando muestra el identificador de la historia clínica.",
    }
    step_invite { English: "Make the patient’s code", Spanish: "Crear el código del paciente" }
    step_invite_says {
        English: "Give it to them in person or by letter. It works for 14 days, together with their birth date.",
        Spanish: "Déselo en persona o por carta. Funciona durante 14 días, junto con su fecha de nacimiento.",
    }
    step_sign_up { English: "The patient makes an account", Spanish: "El paciente crea una cuenta" }
    step_sign_up_says {
        English: "They choose “Make an account” on the first page.",
        Spanish: "Elige «Crear una cuenta» en la primera página.",
    }
    step_claim { English: "The patient claims the record", Spanish: "El paciente recoge la historia clínica" }
    step_claim_says {
        English: "With the code and their birth date. From then on it is theirs, and this page is gone.",
        Spanish: "Con el código y su fecha de nacimiento. Desde entonces es suya, y esta página desaparece.",
    }
    step_organization { English: "Let clinicians sign in", Spanish: "Dejar entrar a los profesionales sanitarios" }
    step_organization_says {
        English: "Where they work, through OpenID Connect. A record needs no clinician to be its patient’s.",
        Spanish: "Donde trabajan, a través de OpenID Connect. Una historia clínica no necesita a ningún profesional para ser de su paciente.",
    }
    operator { English: "This Chartkey", Spanish: "Este Chartkey" }
    operator_says {
        English: "Whether it could be lost, and what is still missing. Only the machine it runs on gets this page, and nothing of anybody’s record is in it.",
        Spanish: "Si podría perderse, y qué falta todavía. Solo la máquina en la que funciona recibe esta página, y en ella no hay nada de la historia clínica de nadie.",
    }
    database_closed {
        English: "This database is not the one that the journal knows",
        Spanish: "Esta base de datos no es la que conoce el diario",
    }
    no_proof { English: "No backup has been proved yet", Spanish: "Todavía no se ha comprobado ninguna copia de seguridad" }
    no_proof_says {
        English: "Until one was restored and compared, nobody knows whether a backup helps. The server makes and proves one each night once it knows where to:",
        Spanish: "Mientras no se haya restaurado y comparado una, nadie sabe si una copia de seguridad sirve. El servidor crea y comprueba una cada noche en cuanto sabe dónde:",
    }
    bad_proof { English: "The last backup would not help", Spanish: "La última copia de seguridad no serviría" }
    bad_proof_says {
        English: "Find out why today. The backups before it stay where they are.",
        Spanish: "Averigüe hoy por qué. Las copias de seguridad anteriores siguen donde están.",
    }
    old_proof(hours: i64) {
        English: "No backup has been proved for {hours} hours",
        Spanish: "Hace {hours} horas que no se comprueba ninguna copia de seguridad",
    }
    old_proof_says {
        English: "One is made and proved each night. Look into the server’s log for why it was not.",
        Spanish: "Cada noche se crea y se comprueba una. Mire en el registro del servidor por qué no se hizo.",
    }
    backups { English: "Backups", Spanish: "Copias de seguridad" }
    proof_failed { English: "Failed", Spanish: "Falló" }
    proof_differences(differences: i64) {
        English: one "Restored and compared: 1 difference", other "Restored and compared: {differences} differences";
        Spanish: one "Restaurada y comparada: 1 diferencia", other "Restaurada y comparada: {differences} diferencias";
    }
    proof_checked {
        English: "Checked, but not restored: no key to decrypt it is set",
        Spanish: "Revisada, pero no restaurada: no hay configurada ninguna clave para descifrarla",
    }
    seconds_taken(seconds: f64) { English: "{seconds:.1} s", Spanish: "{seconds:.1} s" }
    megabytes(size: f64) { English: "{size:.1} MB", Spanish: "{size:.1} MB" }
    kept_outside { English: "Kept outside the database", Spanish: "Guardado fuera de la base de datos" }
    write_ahead_log { English: "Write-ahead log", Spanish: "Registro de escritura anticipada (WAL)" }
    archive_off {
        English: "Not archived: only the nightly backup could be restored",
        Spanish: "Sin archivar: solo se podría restaurar la copia de seguridad de la noche",
    }
    archive_failing {
        English: "The archive command fails; PostgreSQL keeps every segment until it works",
        Spanish: "El comando de archivado falla; PostgreSQL guarda todos los segmentos hasta que funcione",
    }
    archive_waiting { English: "Archived; no segment has been full yet", Spanish: "Se archiva; todavía no se ha llenado ningún segmento" }
    archived_ago(seconds: i64) {
        English: one "The last segment was archived 1 second ago", other "The last segment was archived {seconds} seconds ago";
        Spanish: one "El último segmento se archivó hace 1 segundo", other "El último segmento se archivó hace {seconds} segundos";
    }
    journal { English: "Journal of what was withdrawn", Spanish: "Diario de lo retirado" }
    journal_none {
        English: "None is kept: a restored backup would open again what was withdrawn since",
        Spanish: "No se lleva ninguno: una copia de seguridad restaurada volvería a abrir lo que se ha retirado desde entonces",
    }
    journal_kept { English: "Nothing waits to be written", Spanish: "No queda nada por escribir" }
    journal_waits(acts: i64) {
        English: one "1 act waits to be written", other "{acts} acts wait to be written";
        Spanish: one "Queda 1 acción por escribir", other "Quedan {acts} acciones por escribir";
    }
    still_missing { English: "Still missing", Spanish: "Todavía falta" }
    rehearsal_title { English: "What to try", Spanish: "Qué probar" }
    rehearsal_says {
        English: "Everybody here is invented: nothing can go wrong. Each step is ticked once the log shows that it was done.",
        Spanish: "Todas las personas de aquí son inventadas: nada puede salir mal. Cada paso se marca en cuanto el registro muestra que se hizo.",
    }
    rehearsal_tasks { English: "What to try", Spanish: "Qué probar" }
    rehearsal_reset { English: "To begin again with the same people:", Spanish: "Para empezar otra vez con las mismas personas:" }
    role_patient { English: "As a patient", Spanish: "Como paciente" }
    role_clinician { English: "As a clinician", Spanish: "Como profesional sanitario" }
    role_reception { English: "At the reception", Spanish: "En la recepción" }
    tasks_done(done: usize, all: usize) { English: "{done} of {all} done", Spanish: "Hecho: {done} de {all}" }
}

impl super::Say {
    /// What to do for a task: in short, in full, and the command where there is one.
    #[must_use]
    pub fn task(self, task: Task) -> (&'static str, &'static str, Option<&'static str>) {
        let (name, says, command) = match self.0 {
            super::Language::English => match task {
                Task::Import => (
                    "Take in a file",
                    "A laboratory has sent a file about somebody new. The command prints the identifier of their record.",
                    Some(
                        "chartkey rehearse --newcomer > newcomer.json; chartkey import newcomer.json --source Laboratory --reason \"first delivery\"",
                    ),
                ),
                Task::Invite => (
                    "Make a code to claim it",
                    "The person is at your desk. Make the code with which they claim their record.",
                    Some("chartkey person invite --patient ID --reason \"asked for it in person\""),
                ),
                Task::Claim => (
                    "Claim a record",
                    "Make an account, and claim the record with the code from the reception and the birth date in the file.",
                    None,
                ),
                Task::FindResult => ("Find a result", "Sign in as one of the invented patients and find their newest HbA1c.", None),
                Task::Share => (
                    "Share results",
                    "Share only results, with a clinician, until the end of next month. Read the sentence before you say yes.",
                    None,
                ),
                Task::SignIn => ("Sign in where you work", "Choose your organization and sign in there.", None),
                Task::OpenShared => ("Open what was shared", "Pick the patient from your list. Note what you cannot see.", None),
                Task::SeeLog => ("See who has looked", "Find the clinician’s look in the list, and why it was allowed.", None),
                Task::Withdraw => ("Take the key back", "End the share while the clinician has the page open, and watch it close.", None),
                Task::Redeem => (
                    "Use a code",
                    "A patient shares by code with somebody who is not in their list. Use the code; the patient says yes.",
                    None,
                ),
                Task::Report => (
                    "Answer a question",
                    "“Who has opened records today?”",
                    Some("chartkey report --between 2026-01-01 2030-01-01 --reason \"a patient asked\""),
                ),
            },
            super::Language::Spanish => match task {
                Task::Import => (
                    "Importar un archivo",
                    "Un laboratorio envió un archivo sobre alguien nuevo. El comando muestra el identificador de su historia clínica.",
                    Some(
                        "chartkey rehearse --newcomer > newcomer.json; chartkey import newcomer.json --source Laboratory --reason \"primera entrega\"",
                    ),
                ),
                Task::Invite => (
                    "Crear un código para recogerla",
                    "La persona está en su mostrador. Cree el código con el que recoge su historia clínica.",
                    Some("chartkey person invite --patient ID --reason \"lo pidió en persona\""),
                ),
                Task::Claim => (
                    "Recoger una historia clínica",
                    "Cree una cuenta, y recoja la historia clínica con el código de la recepción y la fecha de nacimiento del archivo.",
                    None,
                ),
                Task::FindResult => {
                    ("Encontrar un resultado", "Entre como una de las personas inventadas y encuentre su HbA1c más reciente.", None)
                }
                Task::Share => (
                    "Compartir resultados",
                    "Comparta solo resultados, con un profesional sanitario, hasta el fin del próximo mes. Lea la frase antes de aceptar.",
                    None,
                ),
                Task::SignIn => ("Entrar donde trabaja", "Elija su organización y entre allí.", None),
                Task::OpenShared => ("Abrir lo que se compartió", "Elija al paciente en su lista. Fíjese en lo que no puede ver.", None),
                Task::SeeLog => {
                    ("Ver quién ha mirado", "Busque en la lista cuándo miró el profesional sanitario, y por qué se le permitió.", None)
                }
                Task::Withdraw => (
                    "Retirar la llave",
                    "Termine el permiso mientras el profesional sanitario tiene abierta la página, y mire cómo se cierra.",
                    None,
                ),
                Task::Redeem => (
                    "Usar un código",
                    "Un paciente comparte por código con alguien que no está en su lista. Use el código; el paciente dice que sí.",
                    None,
                ),
                Task::Report => (
                    "Responder a una pregunta",
                    "«¿Quién ha abierto historias clínicas hoy?»",
                    Some("chartkey report --between 2026-01-01 2030-01-01 --reason \"lo preguntó un paciente\""),
                ),
            },
        };
        (self.word(name), self.word(says), command)
    }
}
