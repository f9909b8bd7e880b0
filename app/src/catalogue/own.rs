//! What every page may need to say: problems, and things that are not there.

use super::messages;
use crate::api::ApiError;

messages! {
    there_is_a_problem { English: "There is a problem", Spanish: "Hay un problema" }
    error_title(title: &str) { English: "Error: {title}", Spanish: "Error: {title}" }
    signed_out {
        English: "You are signed out. Sign in and try again.",
        Spanish: "Su cuenta ya no está abierta. Entre e inténtelo otra vez.",
    }
    not_found { English: "It is not there any more. Go back and look again.", Spanish: "Ya no está aquí. Vuelva atrás y mire otra vez." }
    invalid {
        English: "Something is missing or cannot be read. Check what you entered.",
        Spanish: "Falta algo o no se puede leer. Revise lo que escribió.",
    }
    email_problem {
        English: "Write an email address, for example name@example.org.",
        Spanish: "Escriba un correo electrónico, por ejemplo nombre@example.org.",
    }
    name_problem {
        English: "Write your name, on one line of at most 200 characters.",
        Spanish: "Escriba su nombre, en una sola línea de 200 caracteres como máximo.",
    }
    birth_date_problem {
        English: "Write the birth date as day, month and year, for example 17 5 1980.",
        Spanish: "Escriba la fecha de nacimiento con día, mes y año, por ejemplo 17 5 1980.",
    }
    gone {
        English: "This changed while the page was open. Look at it again, then try once more.",
        Spanish: "Esto cambió mientras la página estaba abierta. Mírelo otra vez y después vuelva a intentarlo.",
    }
    words_gone {
        English: "What you had typed is not here any more: it was sent, or it waited too long. You can write it again.",
        Spanish: "Lo que había escrito ya no está aquí: se envió, o esperó demasiado. Puede volver a escribirlo.",
    }
    wrong_password {
        English: "The email address and the password do not go together.",
        Spanish: "El correo electrónico y la contraseña no coinciden.",
    }
    wrong_own_password { English: "That password is not right.", Spanish: "Esa contraseña no es correcta." }
    sign_in_again_problem {
        English: "This needs a fresh sign-in. Sign in again, then try once more.",
        Spanish: "Para esto hay que entrar otra vez. Entre otra vez y después vuelva a intentarlo.",
    }
    half_ended {
        English: "That took too long, or too many codes were wrong. Begin again with your password.",
        Spanish: "Pasó demasiado tiempo, o hubo demasiados códigos equivocados. Empiece otra vez con su contraseña.",
    }
    wrong_code {
        English: "That code is wrong, already used, or too old.",
        Spanish: "Ese código está equivocado, ya se usó o es demasiado antiguo.",
    }
    weak_password { English: "Choose a password of 10 to 200 characters.", Spanish: "Elija una contraseña de 10 a 200 caracteres." }
    link_ended {
        English: "That link has been used, or is too old. Ask for a new one.",
        Spanish: "Ese enlace ya se usó o es demasiado antiguo. Pida uno nuevo.",
    }
    sign_in_failed {
        English: "Your organization did not confirm who you are. Choose it again and sign in there; if that fails again, tell those who look after its sign-in.",
        Spanish: "Su organización no confirmó quién es usted. Elíjala otra vez y entre allí; si vuelve a fallar, avise a quienes se ocupan allí de la entrada.",
    }
    weak_proof {
        English: "Your organization asks for a stronger or more recent sign-in than its provider says you made. Sign in there again. If that goes on, ask those who look after its sign-in.",
        Spanish: "Su organización exige una entrada más segura o más reciente que la que indica su proveedor. Entre allí otra vez. Si sigue ocurriendo, pregunte a quienes se ocupan allí de la entrada.",
    }
    not_admitted {
        English: "You signed in there, but you are not let in here, and no account was made: your organization does not say that you work in a profession that is let in, or those who run this Chartkey have not admitted you. Ask those who look after its sign-in, or see below what to do.",
        Spanish: "Usted entró allí, pero aquí no puede entrar, y no se creó ninguna cuenta: su organización no dice que trabaje en una profesión que pueda entrar, o quienes administran este Chartkey no le han admitido. Pregunte a quienes se ocupan allí de la entrada, o mire más abajo qué puede hacer.",
    }
    too_many {
        English: "Too many tries. Wait a little, then try again.",
        Spanish: "Demasiados intentos. Espere un poco y después inténtelo otra vez.",
    }
    unavailable {
        English: "That did not work, and most likely nothing was changed. Look whether it was, then try again in a moment.",
        Spanish: "No ha funcionado, y lo más probable es que no haya cambiado nada. Compruebe si ha cambiado algo y vuelva a intentarlo dentro de un momento.",
    }
    page_not_found { English: "We cannot find that page", Spanish: "No encontramos esa página" }
    page_not_found_says {
        English: "It may have moved, it may be closed to you, or the address may be wrong. Nothing was lost.",
        Spanish: "Puede que haya cambiado de lugar, que esté cerrada para usted o que la dirección esté equivocada. No se ha perdido nada.",
    }
    your_patients { English: "Your patients", Spanish: "Sus pacientes" }
    go_home { English: "Go to the first page", Spanish: "Ir a la primera página" }
    page_failed { English: "Something on our side does not work", Spanish: "Algo no funciona de nuestro lado" }
    page_failed_says {
        English: "Nothing was lost, and nothing was shown to anybody. Try again in a few minutes.",
        Spanish: "No se ha perdido nada, y no se ha mostrado nada a nadie. Inténtelo otra vez dentro de unos minutos.",
    }
    try_again { English: "Try again", Spanish: "Intentarlo otra vez" }
}

impl super::Say {
    /// What a problem of a form means, and what to do.
    #[must_use]
    pub fn problem(self, problem: ApiError) -> &'static str {
        match problem {
            ApiError::SignedOut => self.signed_out(),
            ApiError::NotFound => self.not_found(),
            ApiError::Invalid => self.invalid(),
            ApiError::Email => self.email_problem(),
            ApiError::Name => self.name_problem(),
            ApiError::BirthDate => self.birth_date_problem(),
            ApiError::Gone => self.gone(),
            ApiError::WordsGone => self.words_gone(),
            ApiError::WrongPassword => self.wrong_password(),
            ApiError::WrongOwnPassword => self.wrong_own_password(),
            ApiError::SignInAgain => self.sign_in_again_problem(),
            ApiError::HalfEnded => self.half_ended(),
            ApiError::WrongCode => self.wrong_code(),
            ApiError::PasskeyName => self.passkey_name_problem(),
            ApiError::PasskeyEnded => self.passkey_ended(),
            ApiError::WrongPasskey => self.wrong_passkey(),
            ApiError::PasskeyStopped => self.passkey_stopped_problem(),
            ApiError::PasskeysFull => self.passkeys_full(),
            ApiError::WeakPassword => self.weak_password(),
            ApiError::Passphrase => self.passphrase_problem(),
            ApiError::PassphraseAgain => self.passphrase_again_problem(),
            ApiError::PackTooLarge => self.pack_too_large(),
            ApiError::NoFile => self.no_file_problem(),
            ApiError::UploadTooLarge => self.upload_too_large(),
            ApiError::UploadLost => self.upload_lost(),
            ApiError::UploadsWait => self.uploads_wait(),
            ApiError::LaterImport => self.later_import(),
            ApiError::FileIsRead => self.problem_file_is_read(),
            ApiError::Search => self.search_problem(),
            ApiError::LinkEnded => self.link_ended(),
            ApiError::SignInFailed => self.sign_in_failed(),
            ApiError::NotAdmitted => self.not_admitted(),
            ApiError::WeakProof => self.weak_proof(),
            ApiError::GrantWho => self.grant_who_problem(),
            ApiError::GrantBlocked => self.grant_blocked_problem(),
            ApiError::BlockWho => self.block_who_problem(),
            ApiError::ShareName => self.share_name_problem(),
            ApiError::Asked => self.asked_problem(),
            ApiError::RequestWords => self.request_words_problem(),
            ApiError::ContactName => self.contact_name_problem(),
            ApiError::EmergencyExtent => self.emergency_extent_problem(),
            ApiError::Emergency => self.emergency_problem(),
            ApiError::EmergencyReason => self.emergency_reason_problem(),
            ApiError::Finding => self.finding_problem(),
            ApiError::ReviewWords => self.review_words_problem(),
            ApiError::RequestFull => self.request_full_problem(),
            ApiError::PracticeName => self.practice_name_problem(),
            ApiError::PracticeContact => self.practice_contact_problem(),
            ApiError::PracticeWords => self.practice_words_problem(),
            ApiError::GrantPurpose => self.grant_purpose_problem(),
            ApiError::GrantWhat => self.grant_what_problem(),
            ApiError::ChosenChanged => self.chosen_changed(),
            ApiError::ChosenFull => self.chosen_full(),
            ApiError::CodeChanged => self.code_changed(),
            ApiError::PassedOn => self.pass_on_full(),
            ApiError::HelpedBefore => self.helped_before(),
            ApiError::PassingStopped => self.passing_stopped(),
            ApiError::MarkStays => self.mark_stays(),
            ApiError::GrantDates => self.grant_dates_problem(),
            ApiError::FilterDays => self.filter_days_problem(),
            ApiError::GrantEnd => self.grant_end_problem(),
            ApiError::StandInWho => self.stand_in_who_problem(),
            ApiError::StandInAge => self.stand_in_age_problem(),
            ApiError::StandInChanged => self.stand_in_changed_problem(),
            ApiError::IncapacityReason => self.incapacity_reason_problem(),
            ApiError::DeathReported => self.death_reported_problem(),
            ApiError::HelpsAlready => self.helps_already(),
            ApiError::GrantOfAge => self.grant_of_age_problem(),
            ApiError::NoAnswer => self.no_answer_problem(),
            ApiError::Language => self.language_problem(),
            ApiError::CorrectionWords => self.correction_words_problem(),
            ApiError::AddedNumber => self.added_number_problem(),
            ApiError::AddedUnlikely => self.added_unlikely_problem(),
            ApiError::AddedLower => self.added_lower_problem(),
            ApiError::AddedNotBelow => self.added_not_below_problem(),
            ApiError::AddedPulse => self.added_pulse_problem(),
            ApiError::AddedUnit => self.added_unit_problem(),
            ApiError::AddedName => self.added_name_problem(),
            ApiError::AddedHow => self.added_how_problem(),
            ApiError::AddedWords => self.correction_words_problem(),
            ApiError::AddedNoteWords => self.added_note_words_problem(),
            ApiError::AddedValue => self.added_name_problem(),
            ApiError::AddedStill => self.added_still_problem(),
            ApiError::AddedDay => self.added_day_problem(),
            ApiError::AddedAhead => self.added_ahead_problem(),
            ApiError::AddedUnshared => self.added_unshared_problem(),
            ApiError::AddedTime => self.added_time_problem(),
            ApiError::AddedSeen => self.added_seen_problem(),
            ApiError::ThreadFull => self.thread_full_problem(),
            ApiError::TooMany => self.too_many(),
            ApiError::Unavailable => self.unavailable(),
        }
    }
}
