//! What a portal refuses, as a browser may know it.

use crate::api::ApiError;

/// What failed inside is logged here, once; the log line carries the id of the request.
impl From<chartkey_portal::Error> for ApiError {
    fn from(error: chartkey_portal::Error) -> Self {
        use chartkey_portal::Error;
        match error {
            Error::NotFound => Self::NotFound,
            Error::Invalid(code) => Self::from_code(code).unwrap_or(Self::Invalid),
            Error::Conflict("asked") => Self::Asked,
            Error::Conflict("blocked") => Self::GrantBlocked,
            Error::Conflict("full") => Self::ChosenFull,
            Error::Conflict("passed-on") => Self::PassedOn,
            Error::Conflict("helps-already") => Self::HelpsAlready,
            Error::Conflict("helped-before") => Self::HelpedBefore,
            Error::Conflict("passing-stopped") => Self::PassingStopped,
            Error::Conflict("mark-stays") => Self::MarkStays,
            Error::Conflict("death-reported") => Self::DeathReported,
            Error::Conflict("stand-in-changed") => Self::StandInChanged,
            Error::Conflict(_) => Self::Gone,
            Error::TooManyTries => Self::TooMany,
            Error::SignInAgain => Self::SignInAgain,
            Error::Busy => Self::Unavailable,
            Error::Database(_) | Error::Internal(_) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(%error, cause, "the portal failed");
                Self::Unavailable
            }
        }
    }
}
