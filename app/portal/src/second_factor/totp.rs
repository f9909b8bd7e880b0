//! Codes of an authenticator app: RFC 6238 with what every app understands, SHA-1, six
//! digits, thirty seconds. The only module that knows the crate.

use totp_rs::{Builder, Secret, Totp};

use crate::Error;

/// The seed, 160 bits: as long as the hash (RFC 4226, section 4).
pub(super) const SEED: usize = 20;

/// A code of the step before and of the one after is right, too.
const SKEW: u16 = 1;

/// One seed and its codes.
pub(super) struct Codes(Totp);

impl Codes {
    /// Of a seed as it was unsealed.
    pub fn of(seed: &[u8]) -> Result<Self, Error> {
        let secret = Secret::new(seed.to_vec().into_boxed_slice());
        let totp = Builder::new().with_secret(secret).with_skew(SKEW).build();
        totp.map(Self).map_err(|cause| Error::internal(format!("TOTP: {cause:?}")))
    }

    /// The step of a code as typed, if it is right at this second of the database's clock.
    pub fn step(&self, typed: &str, second: i64) -> Option<i64> {
        let digits: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
        let is_code = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let step = is_code.then(|| self.0.check(&digits, u64::try_from(second).unwrap_or_default())).flatten();
        step.and_then(|step| i64::try_from(step).ok())
    }

    /// The seed as it is typed into an app.
    pub fn text(&self) -> String {
        self.0.secret().to_base32()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last six digits of the first and the fourth value of RFC 6238, appendix B.
    #[test]
    fn codes_are_those_of_the_standard_within_one_step() {
        let codes = Codes::of(b"12345678901234567890").unwrap();
        assert_eq!(codes.step("287082", 59), Some(1));
        assert_eq!(codes.step("287 082", 29), Some(1), "the step before");
        assert_eq!(codes.step("287082", 89), Some(1), "the step after");
        assert_eq!(codes.step("287082", 90), None);
        assert_eq!(codes.step("005924", 1_234_567_890), Some(41_152_263));
        for typed in ["", "28708", "2870822", "２８７０８２", "287082\0", "-87082"] {
            assert_eq!(codes.step(typed, 59), None, "{typed:?}");
        }
    }
}
