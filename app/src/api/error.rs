//! What a server function may say when it refuses.

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal;)*) => {
        /// Why a server function refused: a closed list without any text from the
        /// server, safe to print on a postcard, since a failed form post without
        /// JavaScript puts its code in the address.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum ApiError {
            $($(#[$doc])* $name,)*
        }

        impl ApiError {
            /// Every problem.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name in `?problem=`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The status of the response, where it is not a redirect.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self {
                    $(Self::$name => $status,)*
                }
            }
        }
    };
}

problems! {
    /// Nobody is signed in, or the session is over.
    SignedOut = "signed-out", 401;
    /// There is no such thing, or it is not for this person: the two look the same.
    NotFound = "not-found", 404;
    /// A field is missing or cannot be read.
    Invalid = "invalid", 422;
    /// The e-mail address cannot be one.
    Email = "email", 422;
    /// The name is missing, longer than 200 characters, or more than a line.
    Name = "name", 422;
    /// The birth date is no date.
    BirthDate = "birth-date", 422;
    /// It has changed or ended since the page was opened.
    Gone = "gone", 409;
    /// The draft that the address names is no more.
    WordsGone = "words-gone", 409;
    /// The address and the password do not go together.
    WrongPassword = "wrong-password", 422;
    /// The password that was asked for again is not right.
    WrongOwnPassword = "wrong-own-password", 422;
    /// This needs a fresh sign-in.
    SignInAgain = "sign-in-again", 403;
    /// A right password waited too long for its code, or for too many wrong ones.
    HalfEnded = "half-ended", 410;
    /// The code is wrong, used or too old.
    WrongCode = "wrong-code", 422;
    /// A passkey has no name, or one that is too long.
    PasskeyName = "passkey-name", 422;
    /// The browser gave no passkey, or too long after it was asked.
    PasskeyEnded = "passkey-ended", 410;
    /// A passkey opens nothing here.
    WrongPasskey = "wrong-passkey", 422;
    /// A passkey was stopped, because somebody may have a copy.
    PasskeyStopped = "passkey-stopped", 403;
    /// There are as many passkeys as there may be.
    PasskeysFull = "passkeys-full", 422;
    /// A password is too short or too long.
    WeakPassword = "weak-password", 422;
    /// The passphrase of a pack is too short or too long.
    Passphrase = "passphrase", 422;
    /// The passphrase was not typed twice alike.
    PassphraseAgain = "passphrase-again", 422;
    /// The record is larger than a pack may be.
    PackTooLarge = "pack-too-large", 422;
    /// No file was chosen.
    NoFile = "no-file", 422;
    /// A file is larger than is taken.
    UploadTooLarge = "upload-too-large", 413;
    /// A file did not come in whole.
    UploadLost = "upload-lost", 400;
    /// Too many files of one person wait to be read.
    UploadsWait = "uploads-wait", 429;
    /// A later import changed the same things.
    LaterImport = "later-import", 409;
    /// A file is being read into the record.
    FileIsRead = "file-is-read", 409;
    /// Nothing can be searched for, or it is too long.
    Search = "search", 422;
    /// A link from a message was used, or is too old.
    LinkEnded = "link-ended", 410;
    /// The organization's provider did not prove who it was.
    SignInFailed = "sign-in-failed", 403;
    /// The organization knows them, but as nobody who is let in here.
    NotAdmitted = "not-admitted", 403;
    /// Their organization demands a stronger or more recent sign-in than its provider says they made.
    WeakProof = "weak-proof", 403;
    /// Nobody was chosen to share with.
    GrantWho = "grant-who", 422;
    /// No purpose was chosen, or it lacks its words.
    GrantPurpose = "grant-purpose", 422;
    /// Nothing was ticked to share.
    GrantWhat = "grant-what", 422;
    /// A single thing of a share has changed since it was chosen.
    ChosenChanged = "chosen-changed", 409;
    /// A share names as many single things as it may.
    ChosenFull = "chosen-full", 422;
    /// A single thing that a code is for has changed since it was made.
    CodeChanged = "code-changed", 409;
    /// A share has been passed on to a colleague, and is to one at a time.
    PassedOn = "passed-on", 409;
    /// A carer has shared with these for this purpose already.
    HelpedBefore = "helped-before", 409;
    /// The patient has stopped what was passed on to this colleague.
    PassingStopped = "passing-stopped", 409;
    /// Nobody was chosen who stands in, or they do not help the patient.
    StandInWho = "incapacity-who", 422;
    /// Whoever names somebody to stand in is not of age.
    StandInAge = "incapacity-age", 422;
    /// What stands in for a patient rests on nothing any more, so that it does not go on.
    StandInChanged = "stand-in-changed", 409;
    /// Why a patient cannot decide is empty or too long.
    IncapacityReason = "incapacity-reason", 422;
    /// A record is not changed after a death was reported.
    DeathReported = "death-reported", 409;
    /// A mark comes from something that an entry names, and stays.
    MarkStays = "mark-stays", 409;
    /// The dates of what is shared are no dates, or the wrong way round.
    GrantDates = "grant-dates", 422;
    /// The days of a filter are no days, or the wrong way round.
    FilterDays = "filter-days", 422;
    /// The end of a share is no date, or has passed.
    GrantEnd = "grant-end", 422;
    /// Whoever helps with a record proves a code for it: it is not theirs to claim, and they help already.
    HelpsAlready = "helps-already", 409;
    /// A child lets somebody help beyond the day on which they are of age.
    GrantOfAge = "grant-of-age", 422;
    /// A share is for somebody whom the patient has blocked.
    GrantBlocked = "grant-blocked", 409;
    /// Nobody was chosen who is to be blocked.
    BlockWho = "block-who", 422;
    /// A share name is empty.
    ShareName = "share-name", 422;
    /// The last request to that name waits.
    Asked = "asked", 409;
    /// Why somebody asks is empty or too long.
    RequestWords = "request-words", 422;
    /// The name of a practice is empty or too long.
    PracticeName = "practice-name", 422;
    /// Nobody can be reached where a practice says.
    PracticeContact = "practice-contact", 422;
    /// What a practice asks is too long.
    PracticeWords = "practice-words", 422;
    /// Enough was said about a request.
    RequestFull = "request-full", 422;
    /// Whom to tell in an emergency has no name, or one that is too long.
    ContactName = "contact-name", 422;
    /// Nobody chose what opens in an emergency.
    EmergencyExtent = "emergency-extent", 422;
    /// Nothing opens in this emergency, for whatever reason.
    Emergency = "emergency", 422;
    /// Why a record has to be opened in an emergency is empty or too long.
    EmergencyReason = "emergency-reason", 422;
    /// Nobody said whether an emergency was one.
    Finding = "finding", 422;
    /// What was checked after an emergency is empty or too long.
    ReviewWords = "review-words", 422;
    /// A question was sent without an answer.
    NoAnswer = "no-answer", 422;
    /// A statement or a message is empty or too long.
    CorrectionWords = "correction-words", 422;
    /// A reading is no number.
    AddedNumber = "added-number", 422;
    /// A reading that nobody has in its unit.
    AddedUnlikely = "added-unlikely", 422;
    /// The lower number of a blood pressure is none, or one that nobody has.
    AddedLower = "added-lower", 422;
    /// The lower number is not below the upper one.
    AddedNotBelow = "added-not-below", 422;
    /// A pulse is no number, or one that nobody has.
    AddedPulse = "added-pulse", 422;
    /// No unit was chosen.
    AddedUnit = "added-unit", 422;
    /// What is added has no name, or one that is too long.
    AddedName = "added-name", 422;
    /// A short answer is too long.
    AddedHow = "added-how", 422;
    /// A note is empty or too long.
    AddedWords = "added-words", 422;
    /// A clinician's note is empty or too long.
    AddedNoteWords = "added-note-words", 422;
    /// What was found is empty or too long.
    AddedValue = "added-value", 422;
    /// Nobody said whether a medicine is still taken.
    AddedStill = "added-still", 422;
    /// When it was is no date.
    AddedDay = "added-day", 422;
    /// When it was lies ahead.
    AddedAhead = "added-ahead", 422;
    /// No share reaches the day that was typed.
    AddedUnshared = "added-unshared", 422;
    /// A time of day is none.
    AddedTime = "added-time", 422;
    /// Nobody said who may see what is added.
    AddedSeen = "added-seen", 422;
    /// A thread has as many messages as it may have.
    ThreadFull = "thread-full", 422;
    /// No language that is spoken here.
    Language = "language", 422;
    /// Too many tries; wait.
    TooMany = "too-many", 429;
    /// Something on the server does not work. Nobody knows what became of a change whose answer was lost.
    Unavailable = "unavailable", 503;
}

impl ApiError {
    /// The field of a form that it is about, where it is about one.
    #[must_use]
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::Email => Some("email"),
            Self::Name | Self::PasskeyName | Self::AddedName | Self::ContactName => Some("name"),
            Self::BirthDate | Self::AddedDay | Self::AddedAhead | Self::AddedUnshared => Some("day"),
            Self::WrongCode | Self::Emergency => Some("code"),
            Self::EmergencyExtent => Some("extent"),
            Self::EmergencyReason | Self::IncapacityReason => Some("reason"),
            Self::StandInWho => Some("who"),
            Self::Finding => Some("finding"),
            Self::WeakPassword | Self::WrongOwnPassword => Some("password"),
            Self::Passphrase => Some("passphrase"),
            Self::PassphraseAgain => Some("again"),
            Self::Language => Some("language"),
            Self::NoFile | Self::UploadTooLarge | Self::UploadLost | Self::UploadsWait => Some("file"),
            Self::Search
            | Self::CorrectionWords
            | Self::AddedWords
            | Self::AddedNoteWords
            | Self::RequestWords
            | Self::RequestFull
            | Self::ReviewWords
            | Self::PracticeWords => Some("words"),
            Self::AddedNumber | Self::AddedUnlikely | Self::AddedValue => Some("first"),
            Self::AddedLower | Self::AddedNotBelow => Some("second"),
            Self::AddedPulse => Some("pulse"),
            Self::AddedUnit => Some("unit"),
            Self::AddedHow => Some("how"),
            Self::AddedStill => Some("still"),
            Self::AddedTime => Some("time"),
            Self::AddedSeen => Some("seen"),
            Self::GrantWho | Self::HelpedBefore | Self::PassingStopped => Some("recipient"),
            Self::BlockWho => Some("whom"),
            Self::ShareName | Self::Asked => Some("share_name"),
            Self::GrantPurpose => Some("purpose_text"),
            Self::GrantWhat => Some("categories"),
            Self::ChosenChanged => Some("things"),
            Self::GrantDates | Self::FilterDays => Some("from_day"),
            Self::GrantEnd => Some("until_day"),
            Self::NoAnswer => Some("answer"),
            Self::PracticeName => Some("practice"),
            Self::PracticeContact => Some("contact"),
            _ => None,
        }
    }

    /// The problem with this [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|problem| problem.code() == code)
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => Self::Invalid,
            _ => Self::Unavailable,
        }
    }

    fn status_code(&self) -> http::StatusCode {
        http::StatusCode::from_u16(self.status()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_found_by_its_code_and_a_made_up_code_is_none() {
        for problem in ApiError::ALL {
            assert_eq!(ApiError::from_code(problem.code()), Some(*problem));
        }
        assert_eq!(ApiError::from_code("<b>"), None);
    }

    #[test]
    fn whatever_is_wrong_with_what_was_written_is_said_beside_its_field() {
        for problem in chartkey_domain::added::Problem::ALL {
            assert!(ApiError::from_code(problem.code()).is_some_and(|problem| problem.field().is_some()), "{problem:?}");
        }
    }
}
