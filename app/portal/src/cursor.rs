//! Where the next page of a list begins: after the last row of this one.

use std::{fmt, str::FromStr};

use chartkey_domain::id::ItemId;
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};
use uuid::Uuid;

/// A place in a list that is ordered by when things happened, newest first. In
/// addresses it is `2018-08-06T10:00:00.123456Z~<item>`; an item without a date
/// comes last and is `unknown~<item>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    at: Option<OffsetDateTime>,
    item: ItemId,
}

impl Cursor {
    /// The place after an item that happened then.
    #[must_use]
    pub const fn after(at: Option<OffsetDateTime>, item: ItemId) -> Self {
        Self { at, item }
    }

    /// What rows come after, as PostgreSQL compares it: before everything where there is no cursor.
    pub(crate) fn bounds(cursor: Option<Self>) -> (String, Uuid) {
        match cursor {
            None => ("infinity".to_owned(), Uuid::max()),
            Some(Self { at, item }) => (at.map_or_else(|| "-infinity".to_owned(), text), item.0),
        }
    }
}

fn text(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC).format(&Rfc3339).unwrap_or_else(|_| "infinity".to_owned())
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(f, "{}~{}", text(at), self.item),
            None => write!(f, "unknown~{}", self.item),
        }
    }
}

/// The text is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no cursor")]
pub struct NoCursor;

/// A moment that PostgreSQL can compare: of the years 1 to 9999 in UTC.
#[must_use]
pub fn moment(text: &str) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?;
    (1..=9999).contains(&at.year()).then_some(at)
}

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(token: &str) -> Result<Self, NoCursor> {
        let (at, item) = token.split_once('~').ok_or(NoCursor)?;
        let at = if at == "unknown" { None } else { Some(moment(at).ok_or(NoCursor)?) };
        Ok(Self { at, item: item.parse().map_err(|_| NoCursor)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_cursor_is_read_back_as_it_was_written() {
        let item = ItemId(Uuid::from_u128(7));
        for at in [Some(datetime!(2018-08-06 10:00:00.123_456 UTC)), Some(datetime!(1961-01-01 0:00 UTC)), None] {
            let cursor = Cursor::after(at, item);
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for token in ["", "~", "2018", "infinity~00000000-0000-0000-0000-000000000007", "unknown~x"] {
            assert_eq!(token.parse::<Cursor>(), Err(NoCursor), "{token}");
        }
    }
}
