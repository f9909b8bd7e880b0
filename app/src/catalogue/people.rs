//! What the pages of signing up, in and out say.

use super::messages;

messages! {
    email_address { English: "Email address", Spanish: "Correo electrónico" }
    password { English: "Password", Spanish: "Contraseña" }
    shared_device { English: "Other people use this device", Spanish: "Otras personas usan este dispositivo" }
    shared_device_hint {
        English: "You are signed out after 5 minutes without use, and nothing stays here.",
        Spanish: "Su sesión se cierra tras 5 minutos sin uso y aquí no queda nada.",
    }
    forgot_password { English: "I forgot my password", Spanish: "Olvidé mi contraseña" }
    new_here { English: "New here?", Spanish: "¿Es su primera vez aquí?" }
    signed_out_done { English: "You are signed out", Spanish: "Ha salido de su cuenta" }
    signed_out_says {
        English: "Nothing of your record stays on this device.",
        Spanish: "En este dispositivo no queda nada de su historia clínica.",
    }
    password_done { English: "Your password is changed", Spanish: "Su contraseña ha cambiado" }
    password_done_says {
        English: "You were signed out on every device. Sign in with the new password. Passkeys still work: look whether each of them is yours.",
        Spanish: "Su cuenta ya no está abierta en ningún dispositivo. Entre con la contraseña nueva. Las claves de acceso siguen sirviendo: mire si todas son suyas.",
    }
    sign_up { English: "Make an account", Spanish: "Crear una cuenta" }
    sign_up_says {
        English: "We send you a message with a link. It is good for one hour.",
        Spanish: "Le enviamos un mensaje con un enlace. Sirve durante una hora.",
    }
    send_link { English: "Send me the link", Spanish: "Enviarme el enlace" }
    check_mail { English: "Check your email", Spanish: "Mire su correo electrónico" }
    check_mail_says {
        English: "If a message can reach that address, it is on its way. Open its link within one hour.",
        Spanish: "Si esa dirección puede recibir mensajes, ya va uno en camino. Abra el enlace antes de una hora.",
    }
    check_mail_again {
        English: "Nothing there after a few minutes? Look among unwanted mail, then ask again.",
        Spanish: "¿No hay nada después de unos minutos? Mire en el correo no deseado y después pídalo otra vez.",
    }
    ask_again { English: "Ask again", Spanish: "Pedirlo otra vez" }
    finish_sign_up { English: "Choose a name and a password", Spanish: "Elija un nombre y una contraseña" }
    your_name { English: "Your name", Spanish: "Su nombre" }
    your_name_hint {
        English: "As the people you share with know you",
        Spanish: "El nombre por el que le conocen las personas con quienes comparte",
    }
    new_password { English: "New password", Spanish: "Contraseña nueva" }
    password_hint {
        English: "10 characters or more. Three or four words that nobody expects together are good, and a password manager is better.",
        Spanish: "10 caracteres o más. Sirven bien tres o cuatro palabras que nadie espere ver juntas, y es mejor un gestor de contraseñas.",
    }
    make_my_account { English: "Make my account", Spanish: "Crear mi cuenta" }
    have_account { English: "Do you have an account already?", Spanish: "¿Ya tiene una cuenta?" }
    forgotten { English: "Forgotten password", Spanish: "Contraseña olvidada" }
    forgotten_says {
        English: "Tell us your email address. We send a link with which you choose a new password.",
        Spanish: "Díganos su correo electrónico. Le enviamos un enlace con el que elige una contraseña nueva.",
    }
    choose_new_password { English: "Choose a new password", Spanish: "Elegir una contraseña nueva" }
    choose_new_password_says {
        English: "You will be signed out on every device.",
        Spanish: "Su cuenta dejará de estar abierta en todos los dispositivos.",
    }
    change_password { English: "Change the password", Spanish: "Cambiar la contraseña" }
    link_missing { English: "This link is not whole", Spanish: "Este enlace no está completo" }
    link_missing_says {
        English: "Open it again from the message, or ask for a new one.",
        Spanish: "Ábralo otra vez desde el mensaje, o pida uno nuevo.",
    }
    claim_title { English: "Claim your record", Spanish: "Recoger su historia clínica" }
    claim_says {
        English: "Whoever keeps your record gives you a code. With it and your birth date you show that it is yours. Where the code lets you help a child, it takes the child’s birth date.",
        Spanish: "Quien guarda su historia clínica le da un código. Con él y con su fecha de nacimiento, usted demuestra que es suya. Si el código es para ayudar a un menor, se usa con la fecha de nacimiento del menor.",
    }
    claim_code { English: "Code", Spanish: "Código" }
    claim_code_hint {
        English: "Twelve letters and digits, for example K7QP-3MWD-XH2T",
        Spanish: "Doce letras y cifras, por ejemplo K7QP-3MWD-XH2T",
    }
    birth_date { English: "Birth date", Spanish: "Fecha de nacimiento" }
    birth_date_hint { English: "For example 17 5 1980", Spanish: "Por ejemplo 17 5 1980" }
    birth_day { English: "Day", Spanish: "Día" }
    birth_month { English: "Month", Spanish: "Mes" }
    birth_year { English: "Year", Spanish: "Año" }
    claim_this { English: "Claim this record", Spanish: "Recoger esta historia clínica" }
    claim_void {
        English: "After five wrong tries the code is void, and you need another.",
        Spanish: "Después de cinco intentos equivocados el código ya no sirve, y necesita otro.",
    }
    welcome { English: "Sign in to go on", Spanish: "Entre para continuar" }
    welcome_says {
        English: "What you are looking for is behind one of these doors.",
        Spanish: "Lo que busca está detrás de una de estas puertas.",
    }
    door_people { English: "For your own record", Spanish: "Para su propia historia clínica" }
    door_people_says { English: "With your email address and password.", Spanish: "Con su correo electrónico y su contraseña." }
    door_clinicians { English: "For clinicians", Spanish: "Para profesionales sanitarios" }
    door_clinicians_says { English: "Through the organization where you work.", Spanish: "A través de la organización donde trabaja." }
    choose_organization { English: "Where do you work?", Spanish: "¿Dónde trabaja?" }
    choose_organization_says {
        English: "Sign in there, as you do every day. We see your name, your profession and an identifier, never your password.",
        Spanish: "Entre allí, como todos los días. Vemos su nombre, su profesión y un identificador, nunca su contraseña.",
    }
    no_organizations { English: "No organization is registered here yet.", Spanish: "Todavía no hay ninguna organización registrada aquí." }
    account_email { English: "Email address", Spanish: "Correo electrónico" }
    account_name { English: "Name", Spanish: "Nombre" }
    account_since { English: "Account since", Spanish: "Cuenta desde" }
    account_devices { English: "Signed in", Spanish: "Cuenta abierta" }
    devices(count: i64) {
        English: one "On this device alone", other "On {count} devices or browsers";
        Spanish: one "Solo en este dispositivo", other "En {count} dispositivos o navegadores";
    }
    sign_out_everywhere { English: "Sign out everywhere", Spanish: "Salir en todas partes" }
    sign_out_everywhere_says {
        English: "On this device and every other one, at once.",
        Spanish: "En este dispositivo y en todos los demás, de inmediato.",
    }
    organization { English: "Organization", Spanish: "Organización" }
    profession { English: "Profession", Spanish: "Profesión" }
}
