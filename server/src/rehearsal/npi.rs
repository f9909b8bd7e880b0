//! Provider numbers for invented people.

/// A ten-digit number with a valid check digit, from a range in which no number
/// is ever given out: real ones begin with 1 or 2 (45 CFR 162.406, and the CMS
/// note on the check digit, which counts the prefix 80840).
pub(super) fn npi(serial: u64) -> String {
    let body = format!("99{:07}", serial % 10_000_000);
    format!("{body}{}", check_digit(&format!("80840{body}")))
}

fn check_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            if place % 2 == 1 {
                digit
            } else if digit > 4 {
                digit * 2 - 9
            } else {
                digit * 2
            }
        })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_that_of_the_published_example() {
        assert_eq!(check_digit("80840123456789"), 3);
    }

    #[test]
    fn no_number_can_be_a_real_one() {
        for serial in 0..1000 {
            let npi = npi(serial * 7_919);
            assert_eq!(npi.len(), 10);
            assert!(npi.starts_with("99"));
        }
    }
}
