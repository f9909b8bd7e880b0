//! What is said of clinicians whose practice is not registered: to them, to whoever speaks for the practice, and to a patient
//! who gives paper in the place of a code.

use super::messages;

messages! {
    // How somebody was checked whom the operator has admitted.
    checked_by_operator(when: &str) {
        English: "Person and licence were checked by those who run this Chartkey, on {when}:",
        Spanish: "Quienes administran este Chartkey comprobaron la persona y la licencia el {when}:",
    }
    dismissed_for_now {
        English: "Those who run this Chartkey let them in no more: nobody sees anything through this.",
        Spanish: "Quienes administran este Chartkey ya no dejan entrar a esta persona: nadie ve nada por este permiso.",
    }
    // The page for somebody who cannot sign in.
    practice_not_here { English: "Is your practice not in the list?", Spanish: "¿Su consultorio no está en la lista?" }
    practice_title { English: "Your practice is not here yet", Spanish: "Su consultorio todavía no está aquí" }
    practice_says {
        English: "To open what a patient shares, you sign in through the place where you work, and this Chartkey has to know it. No link and no code opens a record by itself.",
        Spanish: "Para abrir lo que comparte un paciente, usted entra a través del lugar donde trabaja, y este Chartkey tiene que conocerlo. Ningún enlace y ningún código abre una historia clínica por sí solo.",
    }
    practice_today { English: "For today: paper", Spanish: "Para hoy: un papel" }
    practice_today_says {
        English: "Ask your patient for paper. Under Sharing, beside the code that they gave you, they can print exactly what the code would show, or save it as a file.",
        Spanish: "Pida a su paciente un papel. En «Compartir», junto al código que le dio, su paciente puede imprimir justo lo que mostraría el código, o guardarlo en un archivo.",
    }
    practice_office { English: "What your office has to do", Spanish: "Lo que tiene que hacer su consultorio" }
    practice_office_sign_in {
        English: "If your office has a sign-in of its own (OpenID Connect): whoever looks after it makes a client for this Chartkey there, and gives those who run this Chartkey its address, the client and its secret, and where it says who is a doctor or a nurse.",
        Spanish: "Si su consultorio tiene su propia entrada (OpenID Connect): quien se ocupa de ella crea allí un cliente para este Chartkey y da a quienes administran este Chartkey su dirección, el cliente y su secreto, y dónde dice quién es personal médico o de enfermería.",
    }
    practice_office_alone {
        English: "If you work by yourself, or your office has none: those who run this Chartkey can admit you alone, after they have checked who you are and your licence. Patients read how that was checked.",
        Spanish: "Si usted trabaja por su cuenta, o su consultorio no la tiene: quienes administran este Chartkey pueden admitirle solo a usted, después de comprobar quién es y su licencia. Los pacientes leen cómo se comprobó.",
    }
    practice_office_then {
        English: "After that you sign in here and type the code. If it has ended by then, your patient makes another.",
        Spanish: "Después, usted entra aquí y escribe el código. Si para entonces ya terminó, su paciente crea otro.",
    }
    practice_ask { English: "Ask those who run this Chartkey", Spanish: "Pedirlo a quienes administran este Chartkey" }
    practice_ask_says {
        English: "They read this, and write to you or call. Write nothing about a patient or about anybody’s health.",
        Spanish: "Lo leen, y le escriben o le llaman. No escriba nada sobre un paciente ni sobre la salud de nadie.",
    }
    practice_name { English: "Name of the practice", Spanish: "Nombre del consultorio" }
    practice_contact { English: "Email address or phone number", Spanish: "Correo electrónico o número de teléfono" }
    practice_contact_hint { English: "Where they reach you at work", Spanish: "Donde puedan encontrarle en el trabajo" }
    practice_words { English: "Anything else", Spanish: "Algo más" }
    practice_words_hint {
        English: "At most 600 characters; you can leave it empty. Nothing about a patient or about anybody’s health.",
        Spanish: "600 caracteres como máximo; puede dejarlo vacío. Nada sobre un paciente ni sobre la salud de nadie.",
    }
    practice_send { English: "Send", Spanish: "Enviar" }
    practice_sent { English: "Sent", Spanish: "Enviado" }
    practice_sent_says {
        English: "Those who run this Chartkey read it. Nothing is open to you until they have answered.",
        Spanish: "Lo leen quienes administran este Chartkey. Nada se abre para usted hasta que hayan respondido.",
    }
    practice_name_problem {
        English: "Write the name of the practice, on one line of at most 200 characters.",
        Spanish: "Escriba el nombre del consultorio, en una sola línea de 200 caracteres como máximo.",
    }
    practice_contact_problem {
        English: "Write an email address or a phone number.",
        Spanish: "Escriba un correo electrónico o un número de teléfono.",
    }
    practice_words_problem { English: "Write at most 600 characters.", Spanish: "Escriba 600 caracteres como máximo." }
    // On paper, in the place of a code.
    give_paper { English: "They cannot sign in? Give them paper", Spanish: "¿No puede entrar? Dele un papel" }
    see_what_code_shows { English: "See what it shows", Spanish: "Ver lo que muestra" }
    code_paper_title { English: "Paper in the place of a code", Spanish: "Un papel en lugar de un código" }
    code_paper_says {
        English: "For somebody who cannot sign in here. On it stands what this code would show to a clinician who uses it, and nothing else. It is short: the newest of each part.",
        Spanish: "Para alguien que no puede entrar aquí. Contiene lo que este código mostraría a un profesional sanitario que lo use, y nada más. Es breve: lo más reciente de cada parte.",
    }
    code_paper_sentence { English: "What the code shows", Spanish: "Lo que muestra el código" }
    code_paper_stays { English: "Paper cannot be taken back", Spanish: "El papel no se puede retirar" }
    code_paper_stays_says {
        English: "Whoever has it can read it, copy it and keep it, also when the code has ended. Each time that you make it is written into your log.",
        Spanish: "Quien lo tenga puede leerlo, copiarlo y guardarlo, también cuando el código haya terminado. Cada vez que usted lo haga queda anotado en su registro.",
    }
    code_paper_code_waits {
        English: "The code goes on waiting. Cancel it if the paper takes its place.",
        Spanish: "El código sigue en espera. Cancélelo si el papel ocupa su lugar.",
    }
    code_paper_make { English: "Make the page to print", Spanish: "Crear la página para imprimir" }
    code_paper_again {
        English: "Before anything leaves, show that it is you.",
        Spanish: "Antes de que algo salga de aquí, demuestre que es usted.",
    }
    code_paper_print_says {
        English: "Print it with your browser. It is written into your log that you made it.",
        Spanish: "Imprímalo con su navegador. En su registro queda anotado que usted lo creó.",
    }
    code_paper_about { English: "About this paper", Spanish: "Sobre este papel" }
    code_paper_chosen(name: &str) {
        English: "{name} has chosen what stands here, for somebody who could not sign in to Chartkey.",
        Spanish: "{name} eligió lo que aparece aquí, para alguien que no podía entrar en Chartkey.",
    }
    did_put_on_paper {
        English: "took a part of this record on paper, for somebody who cannot sign in",
        Spanish: "se llevó una parte de esta historia clínica en papel, para alguien que no puede entrar",
    }
}
