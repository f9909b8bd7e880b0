//! What `/download`, the pack itself and a clinician's printed summaries say.

use super::messages;

messages! {
    download { English: "Take it with you", Spanish: "Llévese su historia" }
    download_says {
        English: "Your record is yours. Whatever you take is written into the log, and what you have taken nobody can take back for you.",
        Spanish: "Su historia clínica es suya. Lo que se lleve queda anotado en el registro, y lo que ya se ha llevado nadie puede recuperarlo por usted.",
    }
    download_all { English: "Everything, as it came in", Spanish: "Todo, tal como llegó" }
    download_all_says {
        English: "One file in the format that practices and hospitals exchange (FHIR R4, JSON). Each entry is byte for byte what was sent, and what you say is wrong stands behind them. Anybody who gets the file can read it: keep it where you keep letters of your bank.",
        Spanish: "Un archivo en el formato que intercambian consultorios y hospitales (FHIR R4, JSON). Cada anotación es, byte por byte, lo que se envió, y detrás está lo que usted dice que está mal. Cualquiera que consiga el archivo puede leerlo: guárdelo donde guarda las cartas de su banco.",
    }
    download_fhir { English: "Download everything", Spanish: "Descargar todo" }
    download_results { English: "Results as a table", Spanish: "Resultados en una tabla" }
    download_results_says {
        English: "One file (CSV) that a spreadsheet opens, with a line for each result and vital sign: the value, its unit and the laboratory’s range as the source wrote them, who measured it, where and when. Anybody who gets the file can read it.",
        Spanish: "Un archivo (CSV) que se abre con una hoja de cálculo, con una línea por cada resultado y signo vital: el valor, su unidad y el rango del laboratorio tal como los escribió la fuente, quién lo midió, dónde y cuándo. Cualquiera que consiga el archivo puede leerlo.",
    }
    download_table { English: "Download results", Spanish: "Descargar resultados" }
    // The heads of its columns.
    column_date { English: "Date", Spanish: "Fecha" }
    column_part { English: "Part of the record", Spanish: "Parte de la historia" }
    column_name { English: "Name", Spanish: "Nombre" }
    column_value { English: "Value", Spanish: "Valor" }
    column_unit { English: "Unit", Spanish: "Unidad" }
    column_low { English: "Range from", Spanish: "Rango desde" }
    column_high { English: "Range to", Spanish: "Rango hasta" }
    column_range { English: "Range as written", Spanish: "Rango tal como se escribió" }
    column_lies { English: "Compared with the range", Spanish: "En comparación con el rango" }
    column_who { English: "Who", Spanish: "Quién" }
    column_place { English: "Where", Spanish: "Dónde" }
    column_source { English: "Source", Spanish: "Fuente" }
    column_added { English: "Added", Spanish: "Incorporado" }
    pack { English: "Emergency pack", Spanish: "Paquete de emergencia" }
    pack_says {
        English: "One locked file for the day when nothing here can be reached: no network, no power at the clinic, a new country. Any current browser opens it from a memory stick or a telephone, without us. Inside are a summary to read or print and everything as it came in.",
        Spanish: "Un archivo cerrado para el día en que no se pueda llegar a nada de aquí: sin red, sin luz en la clínica, en otro país. Cualquier navegador actual lo abre desde una memoria USB o un teléfono, sin nosotros. Dentro hay un resumen para leer o imprimir y todo tal como llegó.",
    }
    pack_passphrase_says {
        English: "The passphrase locks the file. We do not keep it: if it is forgotten, nobody can open the file, and you make another.",
        Spanish: "La frase secreta cierra el archivo. Nosotros no la guardamos: si se olvida, nadie puede abrir el archivo, y usted crea otro.",
    }
    passphrase { English: "Passphrase", Spanish: "Frase secreta" }
    passphrase_hint {
        English: "At least 12 characters. Five or six words that do not belong together are good.",
        Spanish: "12 caracteres como mínimo. Sirven bien cinco o seis palabras que no tengan relación entre sí.",
    }
    passphrase_again { English: "The same passphrase again", Spanish: "La misma frase secreta otra vez" }
    make_pack { English: "Make the pack", Spanish: "Crear el paquete" }
    passphrase_problem {
        English: "Choose a passphrase of at least 12 characters.",
        Spanish: "Elija una frase secreta de 12 caracteres como mínimo.",
    }
    passphrase_again_problem {
        English: "The two passphrases are not the same. Type both again.",
        Spanish: "Las dos frases secretas no son iguales. Escriba las dos otra vez.",
    }
    pack_too_large {
        English: "Your record is larger than 64 MB, which is more than a telephone can unlock. Download everything instead.",
        Spanish: "Su historia clínica ocupa más de 64 MB, que es más de lo que un teléfono puede abrir. En lugar de eso, descargue todo.",
    }
    print_summary { English: "On paper", Spanish: "En papel" }
    print_summary_says {
        English: "The summary of your record as a page to print: open it, then print it with your browser.",
        Spanish: "El resumen de su historia clínica como página para imprimir: ábrala y después imprímala con su navegador.",
    }
    open_summary { English: "Summary to print", Spanish: "Resumen para imprimir" }
    // The summary on paper.
    paper { English: "Summary to print", Spanish: "Resumen para imprimir" }
    paper_says {
        English: "Print it with your browser, to take to a visit or to keep. Each page has your name, your birth date and its number.",
        Spanish: "Imprímalo con su navegador, para llevarlo a una consulta o para guardarlo. Cada página lleva su nombre, su fecha de nacimiento y su número.",
    }
    paper_private {
        English: "What you keep private from everybody is on it, too. Whoever gets the paper can read it.",
        Spanish: "También contiene lo que usted mantiene privado para todos. Quien reciba el papel puede leerlo.",
    }
    paper_file_says {
        English: "The same as a file (PDF), which screen readers read as well. Anybody who gets the file can read it.",
        Spanish: "Lo mismo en un archivo (PDF), que también leen los lectores de pantalla. Cualquiera que consiga el archivo puede leerlo.",
    }
    paper_file { English: "Download as PDF", Spanish: "Descargar en PDF" }
    paper_no_file {
        English: "There is no file of it: our file cannot write all letters of the name. Your browser can, and can also save what it prints as a file.",
        Spanish: "No hay archivo: nuestro archivo no puede escribir todas las letras del nombre. Su navegador sí puede, y también puede guardar como archivo lo que imprime.",
    }
    paper_of(name: &str) { English: "Health summary: {name}", Spanish: "Resumen de salud: {name}" }
    paper_made(moment: &str) { English: "Made with Chartkey on {moment} (UTC).", Spanish: "Hecho con Chartkey el {moment} (UTC)." }
    paper_from(sources: &str) { English: "From what these sources sent: {sources}.", Spanish: "Con lo que enviaron estas fuentes: {sources}." }
    paper_from_nobody { English: "No source has sent anything yet.", Spanish: "Ninguna fuente ha enviado nada todavía." }
    paper_may_lack {
        English: "It may not be everything, and nobody has checked it.",
        Spanish: "Puede que no sea todo, y nadie lo ha revisado.",
    }
    paper_goes_on(most: usize) {
        English: "These are the newest {most}. There are more.",
        Spanish: "Estos son los {most} más recientes. Hay más.",
    }
    paper_page(page: i32, of: i32) { English: "Page {page} of {of}", Spanish: "Página {page} de {of}" }
    paper_letters {
        English: "Where there is �, the font of this file has no such letter. The letter itself is in the file: it is read aloud and copied.",
        Spanish: "Donde aparece �, la letra no está en la tipografía de este archivo. La letra misma sí está en el archivo: se lee en voz alta y se copia.",
    }
    card { English: "Emergency card", Spanish: "Tarjeta de emergencia" }
    card_says {
        English: "A card for your wallet, to print, cut out and fold: allergies, medicines, health problems and whom to call, and the same as a picture that a telephone reads without a network.",
        Spanish: "Una tarjeta para su cartera, para imprimir, recortar y doblar: alergias, medicamentos, problemas de salud y a quién llamar, y lo mismo en una imagen que un teléfono lee sin conexión.",
    }
    card_warning {
        English: "Anybody who finds the card can read it. It does not change by itself: print a new one when your medicines change.",
        Spanish: "Cualquiera que encuentre la tarjeta puede leerla. No cambia sola: imprima otra cuando cambien sus medicamentos.",
    }
    card_call { English: "Call", Spanish: "Llamar a" }
    card_picture { English: "The same as text, to scan", Spanish: "Lo mismo en texto, para escanear" }
    card_as_of(day: &str) { English: "From Chartkey, as of {day}. It may not be everything.", Spanish: "De Chartkey, con datos del {day}. Puede que no sea todo." }
    and_more(count: usize) { English: "and {count} more", Spanish: "y {count} más" }
    download_again_says {
        English: "Taking your record with you needs a fresh sign-in.",
        Spanish: "Para llevarse su historia clínica hay que entrar otra vez.",
    }
    prove_yourself { English: "Sign in again", Spanish: "Entrar otra vez" }
    // The pack.
    pack_title { English: "Emergency pack – Chartkey", Spanish: "Paquete de emergencia – Chartkey" }
    pack_locked { English: "A locked health record", Spanish: "Una historia clínica cerrada" }
    pack_locked_says {
        English: "Type the passphrase that was chosen when this file was made. It is opened on this device alone; nothing is sent anywhere.",
        Spanish: "Escriba la frase secreta que se eligió cuando se creó este archivo. Se abre solo en este dispositivo; no se envía nada a ninguna parte.",
    }
    pack_open { English: "Open it", Spanish: "Abrir" }
    pack_opening { English: "Opening …", Spanish: "Abriendo…" }
    pack_wrong {
        English: "That passphrase does not open this file. Check capital letters and spaces, then try again.",
        Spanish: "Esa frase secreta no abre este archivo. Revise las mayúsculas y los espacios, y después inténtelo otra vez.",
    }
    pack_cannot {
        English: "This browser cannot open it. Use a current version of Chrome, Edge, Firefox or Safari, with scripts allowed.",
        Spanish: "Este navegador no puede abrirlo. Use una versión actual de Chrome, Edge, Firefox o Safari, con los scripts permitidos.",
    }
    pack_save { English: "Save everything (FHIR)", Spanish: "Guardar todo (FHIR)" }
    pack_print { English: "Print", Spanish: "Imprimir" }
    pack_lock { English: "Lock it again", Spanish: "Cerrar otra vez" }
    pack_tools { English: "What you can do", Spanish: "Lo que puede hacer" }
    as_of(moment: &str) { English: "As of {moment} (UTC)", Spanish: "Datos del {moment} (UTC)" }
    pack_is_old { English: "What was recorded later is not in it.", Spanish: "Lo que se anotó después no está aquí." }
    pack_may_lack {
        English: "This is what was sent to Chartkey. It may not be everything, and nobody has checked it. The newest results and visits are here; all of them are in the file that you can save.",
        Spanish: "Esto es lo que se envió a Chartkey. Puede que no sea todo, y nadie lo ha revisado. Aquí están los resultados y las consultas más recientes; el archivo que usted puede guardar los tiene todos.",
    }
    not_recorded_here { English: "Nothing is recorded here.", Spanish: "Aquí no hay nada anotado." }
    // Printed summaries.
    print_shared { English: "Print summaries", Spanish: "Imprimir resúmenes" }
    print_shared_says {
        English: "For a time when Chartkey cannot be reached: allergies, medicines and problems of each patient who shares with you for treatment, one page each. Each patient sees that you opened it.",
        Spanish: "Para cuando no se pueda llegar a Chartkey: alergias, medicamentos y problemas de salud de cada paciente que comparte con usted para el tratamiento, una página por paciente. Cada paciente ve que usted la abrió.",
    }
    print_shared_button { English: "Open all summaries for treatment", Spanish: "Abrir todos los resúmenes para el tratamiento" }
    print_title { English: "Summaries to print", Spanish: "Resúmenes para imprimir" }
    print_says {
        English: "One patient on each page, with what their share allows. Use your browser to print. Paper does not close itself: shred it when the shares end.",
        Spanish: "Un paciente en cada página, con lo que incluye su permiso. Use su navegador para imprimir. El papel no se cierra solo: destrúyalo cuando terminen los permisos.",
    }
    print_limit(most: usize) {
        English: "A page holds at most {most} patients. There are more; open the records of the others one by one.",
        Spanish: "En una página caben como máximo {most} pacientes. Hay más; abra las historias clínicas de los demás una por una.",
    }
    print_nobody {
        English: "Nobody’s summary is open. Ask for them under your patients.",
        Spanish: "No hay abierto ningún resumen. Pídalos en «Sus pacientes».",
    }
    print_until(moment: &str) {
        English: "This page closes when one of these shares ends or changes, and on {moment} (UTC) at the latest.",
        Spanish: "Esta página se cierra cuando termina o cambia uno de estos permisos, y como muy tarde el {moment} (UTC).",
    }
}
