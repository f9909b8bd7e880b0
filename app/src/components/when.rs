//! Dates in words, with the machine's form beside them.

use chartkey_domain::when::Precision;
use leptos::prelude::*;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::catalogue::Say;

/// `<time datetime>` as exactly as it was given.
pub fn when(say: Say, first: OffsetDateTime, precision: Precision) -> impl IntoView {
    view! { <time datetime=machine(first, precision)>{say.when(first, precision)}</time> }
}

/// A day and its time: "12 November 2026, 2:17pm".
pub fn moment(say: Say, at: OffsetDateTime) -> impl IntoView {
    view! { <time datetime=machine(at, Precision::Instant)>{say.date(at.date())} ", " {say.clock(at)}</time> }
}

/// The value of the `datetime` attribute.
#[must_use]
pub fn machine(first: OffsetDateTime, precision: Precision) -> String {
    let (year, month, day) = (first.year(), u8::from(first.month()), first.day());
    match precision {
        Precision::Year => format!("{year:04}"),
        Precision::Month => format!("{year:04}-{month:02}"),
        Precision::Day => format!("{year:04}-{month:02}-{day:02}"),
        Precision::Instant => first.replace_nanosecond(0).ok().and_then(|first| first.format(&Rfc3339).ok()).unwrap_or_default(),
    }
}
