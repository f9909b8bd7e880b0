//! The letters that Chartkey sends. Lines of at most 76 characters: longer ones are
//! folded in the middle of a link.

use super::messages;

messages! {
    letter_finish_sign_up { English: "Finish signing up", Spanish: "Termine de crear su cuenta" }
    letter_finish_sign_up_says(link: &str) {
        English: "Somebody, you most likely, began to sign up at Chartkey with this address.\n\n\
            Choose a name and a password here within one hour:\n{link}\n\n\
            If it was not you, do nothing: there is no account.\n",
        Spanish: "Alguien, probablemente usted, empezó a crear una cuenta en Chartkey con esta\n\
            dirección.\n\n\
            Elija aquí un nombre y una contraseña antes de una hora:\n\
            {link}\n\n\
            Si no fue usted, no haga nada: no hay ninguna cuenta.\n",
    }
    letter_already_here { English: "You have an account already", Spanish: "Usted ya tiene una cuenta" }
    letter_already_here_says(sign_in: &str, link: &str) {
        English: "Somebody, you most likely, tried to sign up at Chartkey with this address,\n\
            which has an account.\n\nSign in here:\n{sign_in}\n\n\
            If you have forgotten the password, choose a new one within one hour:\n{link}\n\n\
            If it was not you, do nothing.\n",
        Spanish: "Alguien, probablemente usted, intentó crear una cuenta en Chartkey con esta\n\
            dirección, que ya tiene una.\n\n\
            Entre aquí:\n\
            {sign_in}\n\n\
            Si olvidó la contraseña, elija una nueva antes de una hora:\n\
            {link}\n\n\
            Si no fue usted, no haga nada.\n",
    }
    letter_news { English: "There is news in Chartkey", Spanish: "Hay novedades en Chartkey" }
    letter_news_says(link: &str) {
        English: "Sign in to see what is new, and who has looked:\n{link}\n",
        Spanish: "Entre para ver qué hay de nuevo y quién ha mirado:\n\
            {link}\n",
    }
    letter_new_password { English: "Choose a new password", Spanish: "Elija una contraseña nueva" }
    letter_new_password_says(link: &str) {
        English: "Somebody, you most likely, asked for a new password at Chartkey.\n\n\
            Choose it here within one hour:\n{link}\n\n\
            If it was not you, do nothing: your password stays as it is.\n",
        Spanish: "Alguien, probablemente usted, pidió una contraseña nueva en Chartkey.\n\n\
            Elíjala aquí antes de una hora:\n\
            {link}\n\n\
            Si no fue usted, no haga nada: su contraseña sigue igual.\n",
    }
    letter_confirm_email { English: "Confirm your address", Spanish: "Confirme su dirección" }
    letter_confirm_email_says(link: &str) {
        English: "Somebody, you most likely, wants to use this address for an account at\n\
            Chartkey.\n\nConfirm it here within one hour:\n{link}\n\n\
            If it was not you, do nothing: the account keeps the address it has.\n",
        Spanish: "Alguien, probablemente usted, quiere usar esta dirección para una cuenta de\n\
            Chartkey.\n\n\
            Confírmela aquí antes de una hora:\n\
            {link}\n\n\
            Si no fue usted, no haga nada: la cuenta conserva la dirección que tiene.\n",
    }
    letter_address_in_use { English: "This address has an account already", Spanish: "Esta dirección ya tiene una cuenta" }
    letter_address_in_use_says(sign_in: &str) {
        English: "Somebody, you most likely, wanted to use this address for another account at\n\
            Chartkey. It has an account already, so nothing was changed.\n\n\
            Sign in to that account here:\n{sign_in}\n",
        Spanish: "Alguien, probablemente usted, quiso usar esta dirección para otra cuenta de\n\
            Chartkey. La dirección ya tiene una cuenta, así que no se cambió nada.\n\n\
            Entre en esa cuenta aquí:\n\
            {sign_in}\n",
    }
    letter_email_changed { English: "Your address was changed", Spanish: "Su dirección ha cambiado" }
    letter_email_changed_says(link: &str) {
        English: "Your account at Chartkey has another email address now.\n\n\
            If it was not you, take this address back within seven days:\n{link}\n\n\
            If it was you, do nothing.\n",
        Spanish: "Su cuenta de Chartkey tiene ahora otro correo electrónico.\n\n\
            Si no fue usted, recupere esta dirección antes de siete días:\n\
            {link}\n\n\
            Si fue usted, no haga nada.\n",
    }
    letter_password_changed { English: "Your password was changed", Spanish: "Su contraseña ha cambiado" }
    letter_password_changed_says(link: &str) {
        English: "Your account at Chartkey has another password now, and every other device\n\
            was signed out. Passkeys still open it.\n\n\
            If it was not you, choose a new one, then look at your passkeys:\n{link}\n\n\
            If it was you, do nothing.\n",
        Spanish: "Su cuenta de Chartkey tiene ahora otra contraseña, y ya no está abierta en\n\
            ningún otro dispositivo. Las claves de acceso la siguen abriendo.\n\n\
            Si no fue usted, elija una nueva y después mire sus claves de acceso:\n\
            {link}\n\n\
            Si fue usted, no haga nada.\n",
    }
    letter_factor_on { English: "Your second step is on", Spanish: "Su segundo paso está activado" }
    letter_factor_on_says(link: &str) {
        English: "From now on Chartkey asks for a code after your password.\n\n\
            If it was not you, choose a new password, then look at your account:\n{link}\n",
        Spanish: "A partir de ahora Chartkey pide un código después de su contraseña.\n\n\
            Si no fue usted, elija una contraseña nueva y después mire su cuenta:\n\
            {link}\n",
    }
    letter_factor_off { English: "Your second step is off", Spanish: "Su segundo paso está desactivado" }
    letter_factor_off_says(link: &str) {
        English: "From now on your password alone opens your account at Chartkey.\n\n\
            If it was not you, choose a new password, then look at your account:\n{link}\n",
        Spanish: "A partir de ahora basta su contraseña para abrir su cuenta de Chartkey.\n\n\
            Si no fue usted, elija una contraseña nueva y después mire su cuenta:\n\
            {link}\n",
    }
    letter_codes_made { English: "You have new saved codes", Spanish: "Tiene códigos guardados nuevos" }
    letter_codes_made_says(link: &str) {
        English: "New codes were made for when you cannot use your app. Those before open\n\
            nothing more.\n\nIf it was not you, choose a new password, then look at your account:\n{link}\n",
        Spanish: "Se crearon códigos nuevos para cuando no pueda usar su aplicación. Los\n\
            anteriores ya no abren nada.\n\n\
            Si no fue usted, elija una contraseña nueva y después mire su cuenta:\n\
            {link}\n",
    }
    letter_code_used { English: "A saved code was used", Spanish: "Se usó un código guardado" }
    letter_code_used_says(link: &str) {
        English: "Somebody, you most likely, signed in to your account at Chartkey with one of\n\
            your saved codes.\n\nIf it was not you, choose a new password, then look at your account:\n{link}\n",
        Spanish: "Alguien, probablemente usted, entró en su cuenta de Chartkey con uno de sus\n\
            códigos guardados.\n\n\
            Si no fue usted, elija una contraseña nueva y después mire su cuenta:\n\
            {link}\n",
    }
    letter_passkey_added { English: "You have another passkey", Spanish: "Tiene otra clave de acceso" }
    letter_passkey_added_says(link: &str) {
        English: "From now on another passkey opens your account at Chartkey, without the\n\
            password.\n\nIf it was not you, choose a new password, then remove the passkey here:\n{link}\n",
        Spanish: "A partir de ahora otra clave de acceso abre su cuenta de Chartkey, sin la\n\
            contraseña.\n\n\
            Si no fue usted, elija una contraseña nueva y después quite la clave aquí:\n\
            {link}\n",
    }
    letter_passkey_removed { English: "A passkey was removed", Spanish: "Se quitó una clave de acceso" }
    letter_passkey_removed_says(link: &str) {
        English: "A passkey opens your account at Chartkey no more.\n\n\
            If it was not you, choose a new password, then look at your account:\n{link}\n",
        Spanish: "Una clave de acceso ya no abre su cuenta de Chartkey.\n\n\
            Si no fue usted, elija una contraseña nueva y después mire su cuenta:\n\
            {link}\n",
    }
    letter_passkey_stopped { English: "A passkey was stopped", Spanish: "Se detuvo una clave de acceso" }
    letter_passkey_stopped_says(link: &str) {
        English: "Somebody may have a copy of one of your passkeys: it counts how often it was\n\
            used, and the count went backwards. It opens your account at Chartkey no\n\
            more.\n\n\
            Sign in with your password, look at what has happened, and remove it here:\n{link}\n",
        Spanish: "Puede que alguien tenga una copia de una de sus claves de acceso: la clave\n\
            cuenta cuántas veces se usa, y la cuenta retrocedió. Ya no abre su cuenta de\n\
            Chartkey.\n\n\
            Entre con su contraseña, mire lo que ha pasado y quítela aquí:\n\
            {link}\n",
    }
    letter_factor_lost { English: "Is your second step lost?", Spanish: "¿Se ha perdido su segundo paso?" }
    letter_factor_lost_says(link: &str) {
        English: "Somebody who knows your password says that your second step is lost. If\n\
            nobody stops it, your password alone opens your account, 72 hours after they\n\
            said so.\n\nIf it was not you, keep the second step here, and change your password:\n{link}\n\n\
            If it was you, do nothing. We tell you each day.\n",
        Spanish: "Alguien que conoce su contraseña dice que su segundo paso se ha perdido. Si\n\
            nadie lo impide, bastará su contraseña para abrir su cuenta, 72 horas\n\
            después de que lo dijo.\n\n\
            Si no fue usted, conserve aquí el segundo paso y cambie su contraseña:\n\
            {link}\n\n\
            Si fue usted, no haga nada. Le avisamos cada día.\n",
    }
    letter_help_changing { English: "Something changes for somebody who helps", Spanish: "Algo cambia para quien ayuda" }
    letter_help_changing_says(link: &str) {
        English: "Somebody helps with a record at Chartkey, and what they see\nof it changes, now or soon.\n\n\
            See what changes, and when, under “People you help”, or,\n\
            where the record is yours, under “People who help you”:\n{link}\n\n\
            You need to do nothing.\n",
        Spanish: "Alguien ayuda con una historia clínica en Chartkey, y lo que ve\nde ella cambia, ahora o pronto.\n\n\
            Vea qué cambia, y cuándo, en «Personas a quienes ayuda» o,\n\
            si la historia es suya, en «Personas que le ayudan»:\n{link}\n\n\
            Usted no tiene que hacer nada.\n",
    }
    letter_share_ending { English: "Something that you share ends soon", Spanish: "Algo que usted comparte termina pronto" }
    letter_share_ending_says(link: &str) {
        English: "Something that you share at Chartkey ends within a few days.\n\n\
            Look at it here, and make it longer if you want to:\n{link}\n\n\
            If you do nothing, it ends by itself.\n",
        Spanish: "Algo que usted comparte en Chartkey termina dentro de pocos días.\n\n\
            Mírelo aquí y alárguelo si quiere:\n\
            {link}\n\n\
            Si no hace nada, termina por sí solo.\n",
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::{Language, Say};

    #[test]
    fn no_line_of_a_letter_is_long_enough_to_be_folded() {
        for say in Language::ALL.map(Say::of) {
            let letters = [
                say.letter_finish_sign_up_says(""),
                say.letter_already_here_says("", ""),
                say.letter_news_says(""),
                say.letter_new_password_says(""),
                say.letter_confirm_email_says(""),
                say.letter_address_in_use_says(""),
                say.letter_email_changed_says(""),
                say.letter_password_changed_says(""),
                say.letter_factor_on_says(""),
                say.letter_factor_off_says(""),
                say.letter_codes_made_says(""),
                say.letter_code_used_says(""),
                say.letter_factor_lost_says(""),
                say.letter_share_ending_says(""),
                say.letter_help_changing_says(""),
                say.letter_incapacity_contact_says("", ""),
                say.letter_incapacity_helper_says("", "", ""),
                say.letter_stand_in_ending_says(""),
                say.letter_passkey_added_says(""),
                say.letter_passkey_removed_says(""),
                say.letter_passkey_stopped_says(""),
            ];
            for line in letters.iter().flat_map(|letter| letter.lines()) {
                assert!(line.chars().count() <= 76, "{line}");
            }
        }
    }
}
