//! What the pages of an account say: address, password, second factor, devices.

use super::{Language, messages};

messages! {
    details { English: "Details", Spanish: "Datos" }
    language { English: "Language", Spanish: "Idioma" }
    language_says {
        English: "For the pages that you open and the messages that we send you. What practices and hospitals wrote stays as they wrote it.",
        Spanish: "Para las páginas que usted abre y los mensajes que le enviamos. Lo que escribieron los consultorios y los hospitales queda como lo escribieron.",
    }
    save_language { English: "Save the language", Spanish: "Guardar el idioma" }
    language_saved { English: "The language is changed", Spanish: "El idioma ha cambiado" }
    language_problem { English: "Choose one of the languages.", Spanish: "Elija uno de los idiomas." }
    signing_in { English: "Signing in", Spanish: "Entrar en la cuenta" }
    password_changed_says {
        English: "Every other device was signed out. This one stays signed in.",
        Spanish: "Su cuenta ya no está abierta en ningún otro dispositivo. En este sigue abierta.",
    }
    change_password_says {
        English: "Every other device is signed out.",
        Spanish: "Su cuenta deja de estar abierta en todos los demás dispositivos.",
    }
    change_email { English: "Change the email address", Spanish: "Cambiar el correo electrónico" }
    change_email_says {
        English: "We send a link to the new address. Nothing changes before you open it.",
        Spanish: "Enviamos un enlace a la dirección nueva. Nada cambia hasta que usted lo abra.",
    }
    new_email { English: "New email address", Spanish: "Correo electrónico nuevo" }
    email_now { English: "Now", Spanish: "Ahora" }
    email_sent_says {
        English: "If a message can reach the new address, it is on its way. Open its link within one hour. Until then your address stays as it is.",
        Spanish: "Si la dirección nueva puede recibir mensajes, ya va uno en camino. Abra el enlace antes de una hora. Hasta entonces su dirección sigue igual.",
    }
    confirm_email { English: "Confirm this email address", Spanish: "Confirmar este correo electrónico" }
    confirm_email_says {
        English: "From then on you sign in with this address, and we write to it. The address before gets a message, with a link to undo this.",
        Spanish: "Desde ese momento usted entra con esta dirección, y a ella le escribimos. La dirección anterior recibe un mensaje con un enlace para deshacer este cambio.",
    }
    confirm_email_button { English: "Use this address", Spanish: "Usar esta dirección" }
    email_changed { English: "Your email address is changed", Spanish: "Su correo electrónico ha cambiado" }
    email_changed_says { English: "Sign in with the new one from now on.", Spanish: "A partir de ahora, entre con el nuevo." }
    undo_email { English: "Undo the change of your email address", Spanish: "Deshacer el cambio de su correo electrónico" }
    undo_email_says {
        English: "Your account gets this address back. Every device is signed out, no password or passkey opens anything any more, and a second step that was set up since is off: whoever changed the address is shut out.",
        Spanish: "Su cuenta recupera esta dirección. Deja de estar abierta en todos los dispositivos, ni la contraseña ni ninguna clave de acceso abren ya nada y, si después se activó un segundo paso, queda desactivado: quien cambió la dirección se queda fuera.",
    }
    undo_email_button { English: "Take my address back", Spanish: "Recuperar mi dirección" }
    email_undone { English: "Your address is back", Spanish: "Ha recuperado su dirección" }
    email_undone_says {
        English: "We have sent you a message with a link to choose a new password. Until you have, nobody can sign in.",
        Spanish: "Le hemos enviado un mensaje con un enlace para elegir una contraseña nueva. Hasta que lo haga, nadie puede entrar.",
    }
    second_factor { English: "Second step", Spanish: "Segundo paso" }
    second_factor_says {
        English: "After your password, an app on your phone gives you a code. Whoever knows your password alone stays outside.",
        Spanish: "Después de la contraseña, una aplicación de su teléfono le da un código. Quien solo conoce su contraseña se queda fuera.",
    }
    factor_is_on { English: "The second step is on", Spanish: "El segundo paso está activado" }
    factor_is_off { English: "The second step is off", Spanish: "El segundo paso está desactivado" }
    begin_factor { English: "Set it up", Spanish: "Configurarlo" }
    begin_factor_says {
        English: "You need an app that makes codes: a password manager has it, or any “authenticator”.",
        Spanish: "Necesita una aplicación que cree códigos: la tiene un gestor de contraseñas, o sirve cualquier «authenticator».",
    }
    scan_this { English: "1. Scan this with your app", Spanish: "1. Escanee esto con su aplicación" }
    scan_this_says {
        English: "It belongs to your account alone. Show it to nobody.",
        Spanish: "Es solo de su cuenta. No se lo muestre a nadie.",
    }
    seed_picture {
        English: "A picture for your app to scan; the same as text is below",
        Spanish: "Una imagen para escanear con su aplicación; lo mismo está abajo como texto",
    }
    type_this_says { English: "Or type this into the app:", Spanish: "O escriba esto en la aplicación:" }
    then_confirm { English: "2. Type the code that the app shows", Spanish: "2. Escriba el código que muestra la aplicación" }
    app_code { English: "Code", Spanish: "Código" }
    app_code_hint { English: "Six digits, new every half minute", Spanish: "Seis cifras, nuevas cada medio minuto" }
    app_or_saved_code_hint {
        English: "Six digits from your app, or one of your saved codes",
        Spanish: "Seis cifras de su aplicación, o uno de sus códigos guardados",
    }
    turn_on { English: "Turn it on", Spanish: "Activarlo" }
    another_seed { English: "Show another", Spanish: "Mostrar otro" }
    another_seed_says { English: "Did somebody else see it?", Spanish: "¿Lo ha visto alguien más?" }
    give_up { English: "Leave it off", Spanish: "Dejarlo desactivado" }
    give_up_says { English: "Do you not want it after all?", Spanish: "¿Al final no lo quiere?" }
    factor_added { English: "The second step is on", Spanish: "El segundo paso está activado" }
    factor_added_says {
        English: "From now on we ask for a code after your password.",
        Spanish: "A partir de ahora pedimos un código después de su contraseña.",
    }
    factor_removed { English: "The second step is off", Spanish: "El segundo paso está desactivado" }
    factor_removed_says {
        English: "Your password is enough again. The saved codes open nothing more.",
        Spanish: "Otra vez basta con su contraseña. Los códigos guardados ya no abren nada.",
    }
    factor_since { English: "Since", Spanish: "Desde" }
    codes_left { English: "Saved codes left", Spanish: "Códigos guardados que quedan" }
    save_codes { English: "Save these ten codes now", Spanish: "Guarde ahora estos diez códigos" }
    save_codes_says {
        English: "If your phone is lost, each of them lets you in once. Print them or put them into a password manager. We cannot show them again.",
        Spanish: "Si pierde el teléfono, cada uno le deja entrar una vez. Imprímalos o guárdelos en un gestor de contraseñas. No podemos mostrarlos otra vez.",
    }
    put_away { English: "I have saved them", Spanish: "Ya los he guardado" }
    put_away_says {
        English: "They disappear from this page, in an hour at the latest.",
        Spanish: "Desaparecen de esta página, como muy tarde dentro de una hora.",
    }
    new_codes { English: "Make new codes", Spanish: "Crear códigos nuevos" }
    new_codes_says {
        English: "Are your saved codes lost, used up, or seen by somebody? The old ones end.",
        Spanish: "¿Ha perdido sus códigos guardados, los ha gastado o los ha visto alguien? Los anteriores dejan de servir.",
    }
    remove_factor { English: "Turn it off", Spanish: "Desactivarlo" }
    remove_factor_says {
        English: "Then your password alone opens your account.",
        Spanish: "Entonces basta su contraseña para abrir su cuenta.",
    }
    factor_lost { English: "Somebody says that your second step is lost", Spanish: "Alguien dice que su segundo paso se ha perdido" }
    factor_lost_begun { English: "They know your password. They said so on", Spanish: "Esa persona conoce su contraseña. Lo dijo el" }
    factor_lost_says {
        English: "If nobody stops it, your password alone opens your account from",
        Spanish: "Si nadie lo impide, bastará su contraseña para abrir su cuenta a partir del",
    }
    factor_lost_see { English: "See, and stop it", Spanish: "Verlo e impedirlo" }
    not_lost { English: "It is not lost, keep it", Spanish: "No se ha perdido, conservarlo" }
    not_lost_says {
        English: "The second step stays on. If it was not you who said so, change your password as well.",
        Spanish: "El segundo paso sigue activado. Si no fue usted quien lo dijo, cambie también su contraseña.",
    }
    keep_factor { English: "Keep the second step", Spanish: "Conservar el segundo paso" }
    factor_kept { English: "The second step stays on", Spanish: "El segundo paso sigue activado" }
    factor_kept_says {
        English: "If it was not you who said that it is lost, somebody knows your password: choose another.",
        Spanish: "Si no fue usted quien dijo que se había perdido, alguien conoce su contraseña: elija otra.",
    }
    messages { English: "Messages by email", Spanish: "Mensajes por correo" }
    messages_say {
        English: "We write when there is something for you to look at. A message names neither a person nor a place, and nothing of your record.",
        Spanish: "Le escribimos cuando hay algo que mirar. El mensaje no nombra a nadie, ningún lugar ni nada de su historia clínica.",
    }
    messages_choose { English: "Choose what we write about", Spanish: "Elegir sobre qué le escribimos" }
    message_of_look { English: "Somebody opens your record for the first time", Spanish: "Alguien abre su historia clínica por primera vez" }
    message_of_request { English: "Somebody asks to see your record", Spanish: "Alguien pide ver su historia clínica" }
    message_of_ending { English: "A share ends soon", Spanish: "Un permiso termina pronto" }
    messages_always {
        English: "We always write when your record is opened in an emergency, and when something about how you sign in changes.",
        Spanish: "Siempre le escribimos cuando su historia clínica se abre en una emergencia y cuando cambia algo de cómo entra usted.",
    }
    messages_save { English: "Save the choice", Spanish: "Guardar la elección" }
    messages_saved { English: "Your choice is saved", Spanish: "Su elección está guardada" }
    passkeys { English: "Passkeys", Spanish: "Claves de acceso (passkeys)" }
    passkeys_says {
        English: "Your phone or computer can open your account after it has recognised you, by your finger, face or PIN. Neither the password nor a code is asked for then.",
        Spanish: "Su teléfono o su computadora puede abrir su cuenta después de reconocerle por la huella, la cara o un PIN. Entonces no se pide ni la contraseña ni un código.",
    }
    your_passkeys { English: "Your passkeys", Spanish: "Sus claves de acceso" }
    no_passkeys { English: "None yet.", Spanish: "Todavía ninguna." }
    passkey_added_on { English: "Added", Spanish: "Añadida el" }
    passkey_never_used { English: "never used", Spanish: "sin usar" }
    passkey_stopped { English: "Stopped", Spanish: "Detenida" }
    passkey_stopped_says {
        English: "Somebody may have a copy of it, so it opens nothing any more. Remove it, and look at what has happened to your account.",
        Spanish: "Puede que alguien tenga una copia, así que ya no abre nada. Quítela y mire lo que ha pasado en su cuenta.",
    }
    remove_passkey { English: "Remove", Spanish: "Quitar" }
    remove_passkey_says {
        English: "Your password stays. A device that is signed in stays signed in: sign it out under “Devices, and what has happened”.",
        Spanish: "Su contraseña no cambia. Un dispositivo en el que su cuenta está abierta la sigue teniendo abierta: ciérrela en «Dispositivos y lo que ha pasado».",
    }
    add_passkey { English: "Add a passkey", Spanish: "Añadir una clave de acceso" }
    add_passkey_says {
        English: "Only on a device that is yours, or with a security key: whoever the device recognises gets into your account.",
        Spanish: "Solo en un dispositivo suyo, o con una llave de seguridad: a quien el dispositivo reconozca, le abre su cuenta.",
    }
    passkey_name { English: "What do you call this device?", Spanish: "¿Cómo llama a este dispositivo?" }
    passkey_name_hint { English: "So that you find it again in the list, for example “My phone”", Spanish: "Para reconocerlo en la lista, por ejemplo «Mi teléfono»" }
    passkey_name_problem {
        English: "Write a name, on one line of at most 60 characters.",
        Spanish: "Escriba un nombre, en una sola línea de 60 caracteres como máximo.",
    }
    passkey_added { English: "The passkey is added", Spanish: "Se ha añadido la clave de acceso" }
    passkey_added_says {
        English: "Next time you can sign in with it. Your password still works as well.",
        Spanish: "La próxima vez puede entrar con ella. Su contraseña también sigue sirviendo.",
    }
    passkey_removed { English: "The passkey is removed", Spanish: "Se ha quitado la clave de acceso" }
    passkey_removed_says {
        English: "It opens nothing here any more. Delete it on the device, too.",
        Spanish: "Aquí ya no abre nada. Bórrela también en el dispositivo.",
    }
    no_passkeys_here {
        English: "There are no passkeys at this address, because it is a number and not a name.",
        Spanish: "En esta dirección no hay claves de acceso, porque es un número y no un nombre.",
    }
    passkey_needs_script {
        English: "A passkey needs JavaScript, which is off in this browser.",
        Spanish: "Una clave de acceso necesita JavaScript, que en este navegador está desactivado.",
    }
    passkey_unable { English: "This browser has no passkeys.", Spanish: "Este navegador no tiene claves de acceso." }
    passkey_sign_in { English: "Sign in with a passkey", Spanish: "Entrar con una clave de acceso" }
    passkey_again { English: "Use a passkey", Spanish: "Usar una clave de acceso" }
    passkey_not_given {
        English: "The browser gave no passkey. Nothing was changed. Try again, or go another way.",
        Spanish: "El navegador no dio ninguna clave de acceso. No ha cambiado nada. Inténtelo otra vez o hágalo de otra manera.",
    }
    passkey_ended {
        English: "No passkey came in time. Try again.",
        Spanish: "No llegó ninguna clave de acceso a tiempo. Inténtelo otra vez.",
    }
    wrong_passkey {
        English: "That passkey opens nothing here. Use another, or your password.",
        Spanish: "Esa clave de acceso no abre nada aquí. Use otra, o su contraseña.",
    }
    passkey_stopped_problem {
        English: "Somebody may have a copy of that passkey: the count of its uses went backwards. It opens nothing any more. Use your password, then remove the passkey in your account.",
        Spanish: "Puede que alguien tenga una copia de esa clave de acceso: la cuenta de sus usos retrocedió. Ya no abre nada. Use su contraseña y después quite la clave en su cuenta.",
    }
    passkeys_full {
        English: "You have 20 passkeys. Remove one that you do not need any more first.",
        Spanish: "Tiene 20 claves de acceso. Quite primero una que ya no necesite.",
    }
    have_neither { English: "I have neither the app nor a saved code", Spanish: "No tengo ni la aplicación ni un código guardado" }
    wait_72 { English: "Wait 72 hours", Spanish: "Esperar 72 horas" }
    lost_says {
        English: "After 72 hours your password alone lets you in, within the 14 days that follow, and the second step is off.",
        Spanish: "Después de 72 horas podrá entrar solo con su contraseña, durante los 14 días siguientes, y el segundo paso quedará desactivado.",
    }
    lost_told {
        English: "Until then we tell you each day by email and on every device where you are signed in, so that you can stop it if it was not you. A sign-in with a code stops it, too.",
        Spanish: "Hasta entonces le avisamos cada día por correo electrónico y en todos los dispositivos donde su cuenta está abierta, para que pueda impedirlo si no fue usted. Entrar con un código también lo impide.",
    }
    begin_wait { English: "Begin to wait", Spanish: "Empezar a esperar" }
    wait_begun { English: "The wait has begun", Spanish: "La espera ha empezado" }
    wait_begun_says {
        English: "Come back in 72 hours and sign in with your password. Found your phone? Sign in with a code, and the wait ends.",
        Spanish: "Vuelva dentro de 72 horas y entre con su contraseña. ¿Ha encontrado su teléfono? Entre con un código y la espera termina.",
    }
    is_it_you { English: "Is it still you?", Spanish: "¿Sigue siendo usted?" }
    is_it_you_says {
        English: "Your last sign-in was more than five minutes ago. For this we ask again, so that nobody who finds your device open can do it.",
        Spanish: "Entró por última vez hace más de cinco minutos. Para esto preguntamos otra vez: así no puede hacerlo nadie que encuentre abierto su dispositivo.",
    }
    again_at_organization { English: "Prove who you are there once more.", Spanish: "Demuestre allí otra vez quién es." }
    devices_and_log { English: "Devices, and what has happened", Spanish: "Dispositivos y lo que ha pasado" }
    signed_in_on { English: "Signed in on", Spanish: "Su cuenta está abierta en" }
    this_device { English: "This one", Spanish: "Este" }
    signed_in_since { English: "Since", Spanish: "Desde el" }
    last_used { English: "Last used", Spanish: "Último uso:" }
    last_signed_in { English: "Last signed in", Spanish: "Entró por última vez el" }
    known_devices { English: "Known devices", Spanish: "Dispositivos conocidos" }
    known_devices_says {
        English: "You have signed in there. Nobody who tries your address elsewhere can make you wait on them.",
        Spanish: "Usted ya ha entrado en ellos. Aunque alguien pruebe su dirección en otro lugar, en estos no tendrá que esperar.",
    }
    no_known_devices { English: "None.", Spanish: "Ninguno." }
    forget { English: "Forget", Spanish: "Olvidar" }
    device_signed_out { English: "That device is signed out.", Spanish: "Su cuenta ya no está abierta en ese dispositivo." }
    device_forgotten { English: "That device is forgotten.", Spanish: "Hemos olvidado ese dispositivo." }
    account_log { English: "What has happened", Spanish: "Lo que ha pasado" }
    account_log_says {
        English: "To your account, newest first. Times are in UTC.",
        Spanish: "En su cuenta, primero lo más reciente. Las horas están en UTC.",
    }
    unknown_browser { English: "Another browser", Spanish: "Otro navegador" }
    browser_on(browser: &str, system: &str) { English: "{browser} on {system}", Spanish: "{browser} en {system}" }
}

impl super::Say {
    /// What happened to an account, by the stable word of its event.
    #[must_use]
    pub fn happened(self, action: &str) -> &'static str {
        self.word(match self.0 {
            Language::English => match action {
                "account-made" => "The account was made",
                "signed-in" => "Signed in",
                "signed-in-again" => "Signed in again, in the same place",
                "signed-out" => "Signed out",
                "device-signed-out" => "One device was signed out",
                "sessions-ended" => "Signed out everywhere",
                "signed-out-by-organization" => "Signed out by the organization",
                "sign-in-failed" => "A wrong password was tried",
                "code-failed" => "A wrong code was tried after the right password",
                "password-changed" => "The password was changed",
                "email-change-begun" => "A change of the email address was begun",
                "email-changed" => "The email address was changed",
                "email-given" => "The clinic gave the account another email address",
                "address-voided" => "After a restore the earlier email address was taken off the account",
                "password-voided" => "After a restore the password has to be chosen anew",
                "email-change-undone" => "The change of the email address was undone",
                "second-factor-added" => "The second step was turned on",
                "second-factor-removed" => "The second step was turned off",
                "second-factor-lost" => "Somebody with the password said that the second step is lost; the wait of 72 hours began",
                "second-factor-kept" => "The wait ended, and the second step stayed on",
                "recovery-codes-made" => "New saved codes were made",
                "recovery-code-used" => "A saved code was used",
                "messages-chosen" => "What messages are sent about was changed",
                "passkey-added" => "A passkey was added",
                "passkey-removed" => "A passkey was removed",
                "passkey-failed" => "A passkey was refused",
                "passkey-stopped" => "A passkey was stopped: somebody may have a copy of it",
                "device-forgotten" => "A known device was forgotten",
                "language-changed" => "The language was changed",
                _ => "Something was changed",
            },
            Language::Spanish => match action {
                "account-made" => "Se creó la cuenta",
                "signed-in" => "Se entró en la cuenta",
                "signed-in-again" => "Se entró otra vez, en el mismo lugar",
                "signed-out" => "Se salió de la cuenta",
                "device-signed-out" => "Se salió de la cuenta en un dispositivo",
                "sessions-ended" => "Se salió de la cuenta en todas partes",
                "signed-out-by-organization" => "La organización cerró la sesión",
                "sign-in-failed" => "Se probó una contraseña equivocada",
                "code-failed" => "Se probó un código equivocado después de la contraseña correcta",
                "password-changed" => "Se cambió la contraseña",
                "email-change-begun" => "Se empezó a cambiar el correo electrónico",
                "email-changed" => "Se cambió el correo electrónico",
                "email-given" => "La clínica dio a la cuenta otro correo electrónico",
                "address-voided" => "Después de una restauración se quitó de la cuenta el correo electrónico anterior",
                "password-voided" => "Después de una restauración hay que elegir de nuevo la contraseña",
                "email-change-undone" => "Se deshizo el cambio del correo electrónico",
                "second-factor-added" => "Se activó el segundo paso",
                "second-factor-removed" => "Se desactivó el segundo paso",
                "second-factor-lost" => "Alguien con la contraseña dijo que el segundo paso se había perdido; empezó la espera de 72 horas",
                "second-factor-kept" => "La espera terminó, y el segundo paso siguió activado",
                "recovery-codes-made" => "Se crearon códigos guardados nuevos",
                "recovery-code-used" => "Se usó un código guardado",
                "messages-chosen" => "Se cambió sobre qué se envían mensajes",
                "passkey-added" => "Se añadió una clave de acceso",
                "passkey-removed" => "Se quitó una clave de acceso",
                "passkey-failed" => "Se rechazó una clave de acceso",
                "passkey-stopped" => "Se detuvo una clave de acceso: puede que alguien tenga una copia",
                "device-forgotten" => "Se olvidó un dispositivo conocido",
                "language-changed" => "Se cambió el idioma",
                _ => "Se cambió algo",
            },
        })
    }
}
