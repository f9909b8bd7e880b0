//! What is said where a death was reported: to the patient, should it be wrong, to their family, and to whoever has a share.

use super::messages;

messages! {
    death_reported_bar(day: &str) {
        English: "Death reported on {day}: nothing can be changed",
        Spanish: "Fallecimiento comunicado el {day}: no se puede cambiar nada",
    }
    death_reported { English: "It was reported that you have died", Spanish: "Se comunicó que usted ha fallecido" }
    death_reported_says(day: &str, end: &str) {
        English: "Whoever keeps your record wrote this down on {day}. Since then nothing in it can be changed, and what you share ends on {end} at the latest. It can still be read and copied, and you can stop sharing.",
        Spanish: "Quien guarda su historia clínica lo anotó el {day}. Desde entonces no se puede cambiar nada en ella, y lo que usted comparte termina el {end} a más tardar. Se puede seguir leyendo y copiando, y usted puede dejar de compartir.",
    }
    death_reported_closed(day: &str, end: &str) {
        English: "Whoever keeps your record wrote this down on {day}. Since then nothing in it can be changed, and since {end} nobody sees what you share. It can still be read and copied.",
        Spanish: "Quien guarda su historia clínica lo anotó el {day}. Desde entonces no se puede cambiar nada en ella, y desde el {end} nadie ve lo que usted comparte. Se puede seguir leyendo y copiando.",
    }
    death_reported_wrong {
        English: "Is it wrong? Undo it here. Your record can then be changed as before, and what you share lasts as long as you had chosen. Stop first what you do not want to share any more.",
        Spanish: "¿Es un error? Deshágalo aquí. Entonces su historia clínica se puede cambiar como antes, y lo que usted comparte dura lo que había elegido. Termine antes lo que ya no quiera compartir.",
    }
    death_reported_family {
        English: "Are you reading this for somebody who has died? There is nothing that you have to do here.",
        Spanish: "¿Lee esto por alguien que ha fallecido? Aquí no tiene que hacer nada.",
    }
    death_undo { English: "It is wrong: undo it", Spanish: "Es un error: deshacerlo" }
    done_death_undone {
        English: "The report is undone. Your record can be changed again, and what you share lasts as long as you had chosen.",
        Spanish: "El aviso se ha deshecho. Su historia clínica se puede cambiar de nuevo, y lo que usted comparte dura lo que había elegido.",
    }
    death_reported_problem {
        English: "Nothing was changed. A death was reported, so this record can only be read. If it is yours and that is wrong, undo it on your first page.",
        Spanish: "No se ha cambiado nada. Se comunicó un fallecimiento, así que esta historia clínica solo se puede leer. Si es la suya y es un error, deshágalo en su página de inicio.",
    }
}
