//! The fields of a line: text without spaces, with `-` for what is not there.

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The bytes of lower-case hexadecimal of exactly this length. One value has one text, so upper
/// case is none.
#[must_use]
pub fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let mut bytes = [0; N];
    if pairs.len() != N {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = value(*high)? << 4 | value(*low)?;
    }
    Some(bytes)
}

/// A number as it is written: without a sign and without zeros in front.
pub(crate) fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|_| text == "0" || text.starts_with(|first: char| matches!(first, '1'..='9')))
}

/// What is there, or `-`.
pub(crate) fn optional<T>(text: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    if text == "-" { Some(None) } else { read(text).map(Some) }
}

/// The other way.
pub(crate) fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "-".to_owned())
}

/// `2026-11-27T01:00:00Z`: a moment in UTC, to the second. Nothing is decided by it but the
/// shape, so that it cannot hold what another field would.
pub(crate) fn moment(text: &str) -> Option<String> {
    let shape = b"dddd-dd-ddTdd:dd:ddZ";
    let fits = text.len() == shape.len()
        && text.bytes().zip(shape).all(|(byte, shape)| if *shape == b'd' { byte.is_ascii_digit() } else { byte == *shape });
    fits.then(|| text.to_owned())
}

/// Exactly so many fields.
pub(crate) fn split<const N: usize>(text: &str) -> Option<[&str; N]> {
    let mut words = text.split(' ');
    let mut fields = [""; N];
    for field in &mut fields {
        *field = words.next().filter(|word| !word.is_empty())?;
    }
    words.next().is_none().then_some(fields)
}

/// Exactly so many fields after the name of the line.
pub(crate) fn fields<'t, const N: usize>(line: &'t str, name: &str) -> Option<[&'t str; N]> {
    split(line.strip_prefix(name)?.strip_prefix(' ')?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_one_text() {
        assert_eq!(bytes::<2>("0aff"), Some([10, 255]));
        assert_eq!(hex(&[10, 255]), "0aff");
        for other in ["0AFF", "0af", "0aff00", "0af ", "+aff"] {
            assert_eq!(bytes::<2>(other), None, "{other}");
        }
        assert_eq!((number("0"), number("12")), (Some(0), Some(12)));
        for other in ["012", "+12", "-1", "", " 1"] {
            assert_eq!(number(other), None, "{other}");
        }
        assert!(moment("2026-11-27T01:00:00Z").is_some());
        assert!(moment("2026-11-27 01:00:00Z").is_none());
        assert_eq!(fields::<2>("name a b", "name"), Some(["a", "b"]));
        for other in ["name a", "name a b c", "name a  b", "names a b", "name a b "] {
            assert_eq!(fields::<2>(other, "name"), None, "{other}");
        }
    }
}
