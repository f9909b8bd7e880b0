//! What the access log and the pages of codes say.

use chartkey_domain::verdict::Reason;

use super::messages;

messages! {
    who_has_looked { English: "Who has looked", Spanish: "Quién ha mirado" }
    log_says {
        English: "Every look at your record, newest first: when, who, what, and the key that was used.",
        Spanish: "Cada vez que alguien miró su historia clínica, primero lo más reciente: cuándo, quién, qué y con qué llave.",
    }
    log_foot {
        English: "Times are in UTC. This look is written down too. Nobody can take an entry out without it showing.",
        Spanish: "Las horas están en UTC. También queda anotado que usted ha mirado ahora. Nadie puede quitar una anotación sin que se note.",
    }
    show { English: "Show", Spanish: "Mostrar" }
    show_all { English: "All", Spanish: "Todo" }
    show_unusual { English: "Unusual", Spanish: "Poco habitual" }
    show_refused { English: "Refused", Spanish: "Rechazado" }
    show_others { English: "Not me", Spanish: "Todos menos yo" }
    show_people { English: "By person", Spanish: "Por persona" }
    entries_of(count: i64) { English: one "1 entry", other "{count} entries"; Spanish: one "1 anotación", other "{count} anotaciones" }
    entries_unusual(count: i64) { English: one "1 unusual", other "{count} unusual"; Spanish: one "1 poco habitual", other "{count} poco habituales" }
    nothing_unusual { English: "Nothing unusual", Spanish: "Nada poco habitual" }
    last_entry_on(date: &str) { English: "last on {date}", Spanish: "la última, el {date}" }
    nobody_else { English: "Nobody but you is in the log.", Spanish: "En el registro no hay nadie más que usted." }
    older_entries { English: "Older entries", Spanish: "Anotaciones anteriores" }
    stopped_at_once {
        English: "The share is stopped. Nothing more opens through it. Look at it under Sharing: start it again if it was right, or end it.",
        Spanish: "El permiso está en pausa. Ya no abre nada. Mírelo en «Compartir»: actívelo otra vez si era correcto, o retírelo.",
    }
    nothing_to_stop {
        English: "The share had been stopped before. Nothing opens through it.",
        Spanish: "El permiso ya se había parado antes. No abre nada.",
    }
    you { English: "You", Spanish: "Usted" }
    not_recognised { English: "I don’t recognise this", Spanish: "No reconozco esto" }
    why_own { English: "Your own record", Spanish: "Su propia historia clínica" }
    why_share { English: "Share:", Spanish: "Permiso:" }
    quotation_opens { English: "“", Spanish: "«" }
    quotation_closes { English: "”", Spanish: "»" }
    why_operator(reason: &str) { English: "The operator said why: {reason}", Spanish: "Quien administra Chartkey dijo por qué: {reason}" }
    why_registered {
        English: "By a code of whoever keeps the record, and the birth date",
        Spanish: "Con un código de quien guarda la historia clínica y la fecha de nacimiento",
    }
    why_code { English: "The code that you made", Spanish: "El código que usted creó" }
    why_refused { English: "No share covers this", Spanish: "Ningún permiso incluye esto" }
    verdict_you { English: "You", Spanish: "Usted" }
    verdict_refused { English: "Refused", Spanish: "Rechazado" }
    verdict_expected { English: "Expected", Spanish: "Esperado" }
    verdict_unusual { English: "Unusual", Spanish: "Poco habitual" }
    nothing_was_shown { English: "Nothing was shown.", Spanish: "No se mostró nada." }
    reason_hours { English: "Late at night.", Spanish: "Muy tarde por la noche." }
    reason_many { English: "Many things at once.", Spanish: "Muchas cosas a la vez." }
    reason_first {
        English: "The first look of somebody you did not name.",
        Spanish: "Es la primera vez que mira alguien a quien usted no nombró.",
    }
    was_refused { English: "asked and was refused", Spanish: "pidió ver algo y se le negó" }
    did_open_log { English: "opened this log", Spanish: "abrió este registro" }
    did_check_log { English: "had this log checked", Spanish: "hizo comprobar este registro" }
    did_take_log { English: "took a copy of this log", Spanish: "se llevó una copia de este registro" }
    did_open_sharing { English: "looked at your shares", Spanish: "miró sus permisos" }
    codes_title { English: "Your codes", Spanish: "Sus códigos" }
    codes_says {
        English: "A code lets somebody ask. Nothing opens until you have seen who it is and said yes.",
        Spanish: "Con un código, alguien puede pedir un permiso. Nada se abre hasta que usted haya visto quién es y haya dicho que sí.",
    }
    no_codes { English: "No code waits.", Spanish: "No hay ningún código en espera." }
    code_waits { English: "Waits for somebody to use it", Spanish: "Espera a que alguien lo use" }
    code_until { English: "Give it to one person. It works until", Spanish: "Déselo a una sola persona. Funciona hasta el" }
    code_opens_nothing { English: "By itself it opens nothing.", Spanish: "Por sí solo no abre nada." }
    code_picture { English: "The same code as a picture to scan", Spanish: "El mismo código como imagen para escanear" }
    cancel_code { English: "Cancel this code", Spanish: "Cancelar este código" }
    code_redeemed(name: &str) { English: "{name} used your code", Spanish: "{name} ha usado su código" }
    code_confirm_says {
        English: "Is this who you gave the code to? Only if you say yes, the share begins.",
        Spanish: "¿Es la persona a quien usted dio el código? El permiso solo empieza si usted dice que sí.",
    }
    fact_profession { English: "Profession", Spanish: "Profesión" }
    fact_organization { English: "Organization", Spanish: "Organización" }
    fact_verified { English: "How we know", Spanish: "Cómo lo sabemos" }
    verified_by(organization: &str, issuer: &str) {
        English: "Signed in through {organization} ({issuer}),",
        Spanish: "Entró a través de {organization} ({issuer}) el",
    }
    refuse { English: "No, refuse", Spanish: "No, rechazar" }
    redeem_says {
        English: "Type the code that your patient gave you. They then see your name, profession and organization, and decide.",
        Spanish: "Escriba el código que le dio su paciente. Su paciente verá entonces el nombre, la profesión y la organización de usted, y decidirá.",
    }
    codes_used { English: "Codes you have used today", Spanish: "Códigos que usted usó hoy" }
    code_waits_for_patient { English: "Your patient has not confirmed yet.", Spanish: "Su paciente todavía no ha confirmado." }
    code_was_confirmed { English: "Confirmed: it is in your list", Spanish: "Confirmado: está en su lista" }
    code_was_refused { English: "Not confirmed. Ask your patient.", Spanish: "No confirmado. Pregunte a su paciente." }
    redeemed_title { English: "The code is taken", Spanish: "El código se ha aceptado" }
    redeemed_says {
        English: "Your patient has to confirm now. Once they have, the share is in your list.",
        Spanish: "Ahora su paciente tiene que confirmar. Cuando lo haga, el permiso estará en la lista de usted.",
    }
    code_word { English: "Code", Spanish: "Código" }
    code_hint {
        English: "Eleven letters and digits, as in ABCD-EFGH-JKL. Small letters work too.",
        Spanish: "Once letras y cifras, como en ABCD-EFGH-JKL. También valen las minúsculas.",
    }
}

impl super::Say {
    /// Why a look is unusual.
    #[must_use]
    pub fn reason(self, reason: Reason) -> &'static str {
        match reason {
            Reason::Emergency => self.reason_emergency(),
            Reason::OutOfHours => self.reason_hours(),
            Reason::ManyItems => self.reason_many(),
            Reason::FirstTime => self.reason_first(),
        }
    }

    /// A change, by the stable word of its event.
    #[must_use]
    pub fn did_change(self, action: &str) -> &'static str {
        self.word(match self.0 {
            super::Language::English => match action {
                "grant-given" => "handed out a key",
                "grant-withdrawn" => "ended a share",
                "sharing-stopped" => "stopped all sharing",
                "help-ended" => "stopped helping",
                "passed-on" => "passed part of a share on to a colleague",
                "share-taken-back" => "took back what they had passed on",
                "helped-share" => "shared part of the record in the patient's place",
                "helped-stop" => "ended what they had shared in the patient's place",
                "grant-paused" => "stopped a share for now",
                "grant-resumed" => "started a share again",
                "not-recognised" => "did not recognise a look, and stopped its share",
                "log-begun-anew" => "had this log checked anew, without what was seen before",
                "code-made" => "made a code",
                "code-redeemed" => "used a code and waits for you",
                "code-redeemer-refused" => "refused who used a code",
                "code-cancelled" => "cancelled a code",
                "claim-code-made" => "made a code to claim this record",
                "record-claimed" => "claimed this record",
                "carer-code-made" => "made a code for somebody who helps",
                "carer-registered" => "was registered as somebody who helps",
                "carer-ended" => "ended what somebody who helps could see",
                "imported" => "added a file to this record",
                "uploaded" => "sent a file for this record",
                "upload-confirmed" => "said that a file is about them",
                "upload-discarded" => "discarded a file about somebody else",
                "import-shown" => "let keys cover what a file brought",
                "import-undone" => "took a file back, with what it had brought",
                "exported" => "took a copy of this record",
                "taken-apart" => "said that what several sources recorded is not the same",
                "put-together" => "said that what several sources recorded is the same",
                "previewed" => "looked at this record as a share shows it",
                "grant-aged" => "moved a share into the past, for this rehearsal",
                "entry-added" => "added something to this record by hand",
                "entry-written" => "wrote something into this record",
                "entry-changed" => "changed what they had added by hand",
                "entry-taken-back" => "took back what they had added by hand",
                "correction-opened" => "said that something is wrong",
                "correction-written" => "wrote about what they said is wrong",
                "correction-answered" => "answered what you said is wrong",
                "correction-resolved" => "said that a correction is settled",
                "correction-withdrawn" => "took back a correction",
                "waiting-chosen" => "chose which new results wait",
                "result-opened" => "opened a result that had waited",
                "kept-from" => "kept something from somebody",
                "kept-to-oneself" => "kept something to themselves",
                "left-to-shares" => "left something to the shares again",
                "label-lowered" => "took a mark off something",
                "label-marked" => "marked something again",
                "shown-again" => "showed something to somebody again",
                "access-asked" => "asked you for a share",
                "request-written" => "asked why somebody asks",
                "request-explained" => "said why they ask",
                "request-refused" => "refused what somebody asked for",
                "request-withdrawn" => "asks for a share no more",
                "share-name-made" => "made a share name",
                "share-name-removed" => "gave up their share name",
                "emergency-decided" => "decided what opens in an emergency",
                "emergency-code-made" => "made another code for their card",
                "emergency-opened" => "opened this record in an emergency",
                "emergency-read" => "read that their record was opened in an emergency",
                "emergency-needed" => "checked what was opened in an emergency, and found that it was needed",
                "emergency-not-needed" => "checked what was opened in an emergency, and found that it was not needed",
                "stand-in-named" => "named who stands in for them",
                "stand-in-removed" => "named nobody any more who stands in for them",
                "incapacity-stated" => "said that they cannot decide",
                "incapacity-begun" => "said, as the second, that they cannot decide",
                "incapacity-reviewed" => "said that they still cannot decide",
                "incapacity-over" => "said that they can decide again",
                "incapacity-ended" => "signed in, so nobody stands in for them any more",
                "incapacity-void" => "signed in, so what was said of them counts no more",
                "death-reported" => "wrote down that a death was reported",
                "death-undone" => "took back that a death was reported",
                "asks-first" => "has clinicians told to ask before they prescribe",
                "asks-first-no-more" => "has clinicians told no more to ask before they prescribe",
                "clinician-admitted" => "lets in again somebody who has a share from you",
                "clinician-dismissed" => "lets in no more somebody who has a share or a code from you",
                "blocked" => "blocked somebody",
                "unblocked" => "stopped blocking somebody",
                "kept-closed" => "closed again, after a restore, what had been closed",
                _ => "changed something",
            },
            super::Language::Spanish => match action {
                "grant-given" => "dio una llave",
                "grant-withdrawn" => "retiró un permiso",
                "sharing-stopped" => "retiró todos los permisos",
                "help-ended" => "dejó de ayudar",
                "passed-on" => "pasó una parte de un permiso a un colega",
                "share-taken-back" => "retiró lo que había pasado",
                "helped-share" => "compartió una parte de la historia en lugar del paciente",
                "helped-stop" => "terminó lo que había compartido en lugar del paciente",
                "grant-paused" => "puso en pausa un permiso",
                "grant-resumed" => "activó otra vez un permiso",
                "not-recognised" => "no reconoció un acceso, y puso en pausa su permiso",
                "log-begun-anew" => "hizo comprobar este registro de nuevo, sin lo que se vio antes",
                "code-made" => "creó un código",
                "code-redeemed" => "usó un código y espera su respuesta",
                "code-redeemer-refused" => "rechazó a quien usó un código",
                "code-cancelled" => "canceló un código",
                "claim-code-made" => "creó un código para recoger esta historia clínica",
                "record-claimed" => "recogió esta historia clínica",
                "carer-code-made" => "creó un código para alguien que ayuda",
                "carer-registered" => "quedó registrado como alguien que ayuda",
                "carer-ended" => "terminó lo que veía alguien que ayuda",
                "imported" => "añadió un archivo a esta historia clínica",
                "uploaded" => "envió un archivo para esta historia clínica",
                "upload-confirmed" => "dijo que un archivo trata de su persona",
                "upload-discarded" => "descartó un archivo que trata de otra persona",
                "import-shown" => "hizo que las llaves incluyan lo que trajo un archivo",
                "import-undone" => "retiró un archivo, con lo que había traído",
                "exported" => "se llevó una copia de esta historia clínica",
                "taken-apart" => "dijo que lo que anotaron varias fuentes no es lo mismo",
                "put-together" => "dijo que lo que anotaron varias fuentes es lo mismo",
                "previewed" => "miró esta historia clínica tal como la muestra un permiso",
                "grant-aged" => "movió un permiso al pasado, para este ensayo",
                "entry-added" => "añadió algo a mano a esta historia clínica",
                "entry-written" => "escribió algo en esta historia clínica",
                "entry-changed" => "cambió lo que había añadido a mano",
                "entry-taken-back" => "retiró lo que había añadido a mano",
                "correction-opened" => "dijo que algo está mal",
                "correction-written" => "escribió sobre lo que dijo que está mal",
                "correction-answered" => "respondió a lo que usted dijo que está mal",
                "correction-resolved" => "dijo que una corrección está resuelta",
                "correction-withdrawn" => "retiró una corrección",
                "waiting-chosen" => "eligió qué resultados nuevos esperan",
                "result-opened" => "abrió un resultado que esperaba",
                "kept-from" => "dejó de mostrar algo a alguien",
                "kept-to-oneself" => "se guardó algo para sí",
                "left-to-shares" => "dejó algo otra vez a los permisos",
                "label-lowered" => "quitó una etiqueta de algo",
                "label-marked" => "volvió a poner una etiqueta a algo",
                "shown-again" => "volvió a mostrar algo a alguien",
                "access-asked" => "le pidió un permiso",
                "request-written" => "preguntó por qué alguien pide algo",
                "request-explained" => "dijo por qué lo pide",
                "request-refused" => "rechazó lo que alguien pidió",
                "request-withdrawn" => "ya no pide un permiso",
                "share-name-made" => "creó un nombre para pedir",
                "share-name-removed" => "dejó de tener un nombre para pedir",
                "emergency-decided" => "decidió qué se abre en una emergencia",
                "emergency-code-made" => "creó otro código para su tarjeta",
                "emergency-opened" => "abrió esta historia clínica en una emergencia",
                "emergency-read" => "leyó que su historia clínica se abrió en una emergencia",
                "emergency-needed" => "comprobó lo que se abrió en una emergencia, y halló que hacía falta",
                "emergency-not-needed" => "comprobó lo que se abrió en una emergencia, y halló que no hacía falta",
                "stand-in-named" => "nombró a quien actúa en su lugar",
                "stand-in-removed" => "ya no nombra a nadie que actúe en su lugar",
                "incapacity-stated" => "dijo que la persona no puede decidir",
                "incapacity-begun" => "dijo, como segundo profesional, que la persona no puede decidir",
                "incapacity-reviewed" => "dijo que la persona sigue sin poder decidir",
                "incapacity-over" => "dijo que la persona puede decidir de nuevo",
                "incapacity-ended" => "entró en su cuenta, así que ya nadie actúa en su lugar",
                "incapacity-void" => "entró en su cuenta, así que lo que se dijo ya no cuenta",
                "death-reported" => "anotó que se comunicó un fallecimiento",
                "death-undone" => "retiró el aviso de fallecimiento",
                "asks-first" => "hizo avisar a los profesionales de que pregunten antes de recetar",
                "asks-first-no-more" => "dejó de hacer avisar a los profesionales de que pregunten antes de recetar",
                "clinician-admitted" => "vuelve a dejar entrar a alguien que tiene un permiso de usted",
                "clinician-dismissed" => "ya no deja entrar a alguien que tiene un permiso o un código de usted",
                "blocked" => "bloqueó a alguien",
                "unblocked" => "dejó de bloquear a alguien",
                "kept-closed" => "volvió a cerrar, después de una restauración, lo que se había cerrado",
                _ => "cambió algo",
            },
        })
    }
}
