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
}
