//! The letters that Chartkey sends. Lines of at most 76 characters: longer ones are
//! folded in the middle of a link.

use super::messages;

messages! {
    letter_finish_sign_up { English: "Finish signing up" }
    letter_finish_sign_up_says(link: &str) {
        English: "Somebody, you most likely, began to sign up at Chartkey with this address.\n\n\
            Choose a name and a password here within one hour:\n{link}\n\n\
            If it was not you, do nothing: there is no account.\n"
    }
    letter_already_here { English: "You have an account already" }
    letter_already_here_says(sign_in: &str, link: &str) {
        English: "Somebody, you most likely, tried to sign up at Chartkey with this address,\n\
            which has an account.\n\nSign in here:\n{sign_in}\n\n\
            If you have forgotten the password, choose a new one within one hour:\n{link}\n\n\
            If it was not you, do nothing.\n"
    }
    letter_news { English: "There is news in Chartkey" }
    letter_news_says(link: &str) {
        English: "Sign in to see what is new, and who has looked:\n{link}\n"
    }
    letter_new_password { English: "Choose a new password" }
    letter_new_password_says(link: &str) {
        English: "Somebody, you most likely, asked for a new password at Chartkey.\n\n\
            Choose it here within one hour:\n{link}\n\n\
            If it was not you, do nothing: your password stays as it is.\n"
    }
    letter_confirm_email { English: "Confirm your address" }
    letter_confirm_email_says(link: &str) {
        English: "Somebody, you most likely, wants to use this address for an account at\n\
            Chartkey.\n\nConfirm it here within one hour:\n{link}\n\n\
            If it was not you, do nothing: the account keeps the address it has.\n"
    }
    letter_address_in_use { English: "This address has an account already" }
    letter_address_in_use_says(sign_in: &str) {
        English: "Somebody, you most likely, wanted to use this address for another account at\n\
            Chartkey. It has an account already, so nothing was changed.\n\n\
            Sign in to that account here:\n{sign_in}\n"
    }
    letter_email_changed { English: "Your address was changed" }
    letter_email_changed_says(link: &str) {
        English: "Your account at Chartkey has another email address now.\n\n\
            If it was not you, take this address back within seven days:\n{link}\n\n\
            If it was you, do nothing.\n"
    }
    letter_password_changed { English: "Your password was changed" }
    letter_password_changed_says(link: &str) {
        English: "Your account at Chartkey has another password now, and every other device\n\
            was signed out.\n\nIf it was not you, choose a new one:\n{link}\n\n\
            If it was you, do nothing.\n"
    }
    letter_factor_on { English: "Your second step is on" }
    letter_factor_on_says(link: &str) {
        English: "From now on Chartkey asks for a code after your password.\n\n\
            If it was not you, choose a new password, then look at your account:\n{link}\n"
    }
    letter_factor_off { English: "Your second step is off" }
    letter_factor_off_says(link: &str) {
        English: "From now on your password alone opens your account at Chartkey.\n\n\
            If it was not you, choose a new password, then look at your account:\n{link}\n"
    }
    letter_codes_made { English: "You have new saved codes" }
    letter_codes_made_says(link: &str) {
        English: "New codes were made for when you cannot use your app. Those before open\n\
            nothing more.\n\nIf it was not you, choose a new password, then look at your account:\n{link}\n"
    }
    letter_code_used { English: "A saved code was used" }
    letter_code_used_says(link: &str) {
        English: "Somebody, you most likely, signed in to your account at Chartkey with one of\n\
            your saved codes.\n\nIf it was not you, choose a new password, then look at your account:\n{link}\n"
    }
    letter_factor_lost { English: "Is your second step lost?" }
    letter_factor_lost_says(link: &str) {
        English: "Somebody who knows your password says that your second step is lost. If\n\
            nobody stops it, your password alone opens your account, 72 hours after they\n\
            said so.\n\nIf it was not you, keep the second step here, and change your password:\n{link}\n\n\
            If it was you, do nothing. We tell you each day.\n"
    }
}
