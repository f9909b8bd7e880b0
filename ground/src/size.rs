//! How large a proof is: small in `make test`, full in `make prove`.

use std::io::Write;

/// The size of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Fits into every run of the tests.
    Small,
    /// The figures that are promised.
    Full,
}

/// The variable that says it: `small`, where it is not set, or `full`.
pub const VARIABLE: &str = "CHARTKEY_PROOF_SIZE";

impl Size {
    /// What [`VARIABLE`] says.
    ///
    /// # Panics
    /// Where it says something else.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "a setting of tests and proofs, which the server never reads")]
    pub fn of_environment() -> Self {
        match std::env::var(VARIABLE).as_deref() {
            Err(_) | Ok("" | "small") => Self::Small,
            Ok("full") => Self::Full,
            Ok(other) => panic!("{VARIABLE} is small or full, not {other}"),
        }
    }

    /// The one or the other.
    pub fn of<T>(self, small: T, full: T) -> T {
        match self {
            Self::Small => small,
            Self::Full => full,
        }
    }

    /// As [`VARIABLE`] has it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Full => "full",
        }
    }
}

/// Says what a proof saw, also where the output of tests that pass is kept back; `make prove`
/// reads these lines.
pub fn saw(text: &str) {
    let _ = writeln!(std::io::stderr(), "proof: {text}");
}
