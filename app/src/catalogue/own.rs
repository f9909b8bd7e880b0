//! What every page may need to say: problems, and things that are not there.

use super::messages;
use crate::api::ApiError;

messages! {
    there_is_a_problem { English: "There is a problem" }
    error_title(title: &str) { English: "Error: {title}" }
    signed_out { English: "You are signed out. Sign in and try again." }
    not_found { English: "It is not there any more. Go back and look again." }
    invalid { English: "Something is missing or cannot be read. Check what you entered." }
    email_problem { English: "Write an email address, for example name@example.org." }
    name_problem { English: "Write your name, on one line of at most 200 characters." }
    birth_date_problem { English: "Write the birth date as day, month and year, for example 17 5 1980." }
    gone { English: "This changed while the page was open. Look at it again, then try once more." }
    wrong_password { English: "The email address and the password do not go together." }
    wrong_own_password { English: "That password is not right." }
    sign_in_again_problem { English: "This needs a fresh sign-in. Sign in again, then try once more." }
    half_ended { English: "That took too long, or too many codes were wrong. Begin again with your password." }
    wrong_code { English: "That code is wrong, already used, or too old." }
    weak_password { English: "Choose a password of 10 to 200 characters." }
    link_ended { English: "That link has been used, or is too old. Ask for a new one." }
    sign_in_failed { English: "Your organization did not confirm who you are. Choose it again and sign in there; if that fails again, tell those who look after its sign-in." }
    not_admitted { English: "Your organization knows you, but does not say that you work in a profession that is let in here. No account was made. Ask those who look after its sign-in." }
    too_many { English: "Too many tries. Wait a little, then try again." }
    unavailable { English: "That did not work, and most likely nothing was changed. Look whether it was, then try again in a moment." }
    page_not_found { English: "We cannot find that page" }
    page_not_found_says { English: "It may have moved, it may be closed to you, or the address may be wrong. Nothing was lost." }
    your_patients { English: "Your patients" }
    go_home { English: "Go to the first page" }
    page_failed { English: "Something on our side does not work" }
    page_failed_says { English: "Nothing was lost, and nothing was shown to anybody. Try again in a few minutes." }
    try_again { English: "Try again" }
}

impl super::Say {
    /// What a problem of a form means, and what to do.
    #[must_use]
    pub const fn problem(self, problem: ApiError) -> &'static str {
        match problem {
            ApiError::SignedOut => self.signed_out(),
            ApiError::NotFound => self.not_found(),
            ApiError::Invalid => self.invalid(),
            ApiError::Email => self.email_problem(),
            ApiError::Name => self.name_problem(),
            ApiError::BirthDate => self.birth_date_problem(),
            ApiError::Gone => self.gone(),
            ApiError::WrongPassword => self.wrong_password(),
            ApiError::WrongOwnPassword => self.wrong_own_password(),
            ApiError::SignInAgain => self.sign_in_again_problem(),
            ApiError::HalfEnded => self.half_ended(),
            ApiError::WrongCode => self.wrong_code(),
            ApiError::WeakPassword => self.weak_password(),
            ApiError::Passphrase => self.passphrase_problem(),
            ApiError::PassphraseAgain => self.passphrase_again_problem(),
            ApiError::PackTooLarge => self.pack_too_large(),
            ApiError::LinkEnded => self.link_ended(),
            ApiError::SignInFailed => self.sign_in_failed(),
            ApiError::NotAdmitted => self.not_admitted(),
            ApiError::GrantWho => self.grant_who_problem(),
            ApiError::GrantPurpose => self.grant_purpose_problem(),
            ApiError::GrantWhat => self.grant_what_problem(),
            ApiError::GrantDates => self.grant_dates_problem(),
            ApiError::GrantEnd => self.grant_end_problem(),
            ApiError::TooMany => self.too_many(),
            ApiError::Unavailable => self.unavailable(),
        }
    }
}
