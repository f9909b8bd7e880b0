//! Days counted back from today.

use time::{Date, Duration, Month, Weekday};

/// The working day so many days before today; weekends move to the Friday.
pub(super) fn working_day(today: Date, ago: i64) -> Date {
    let day = today - Duration::days(ago);
    match day.weekday() {
        Weekday::Saturday => day - Duration::DAY,
        Weekday::Sunday => day - Duration::days(2),
        _ => day,
    }
}

/// The birth date of somebody who is `age` today and has their birthday then.
pub(super) fn born(today: Date, age: i32, month: Month, day: u8) -> Date {
    let year = if (today.month() as u8, today.day()) >= (month as u8, day) { today.year() - age } else { today.year() - age - 1 };
    Date::from_calendar_date(year, month, day).unwrap_or(today)
}

/// Whole years from one day to another.
pub(super) fn years_between(from: Date, until: Date) -> i32 {
    let before_birthday = (until.month() as u8, until.day()) < (from.month() as u8, from.day());
    until.year() - from.year() - i32::from(before_birthday)
}

/// Years, for what need not be exact.
pub(super) fn years(days: i64) -> f64 {
    days as f64 / 365.25
}

/// Days, for what need not be exact.
pub(super) fn days(years: f64) -> i64 {
    (years * 365.25).round() as i64
}

/// A FHIR `instant`: this day, so many minutes after midnight.
pub(super) fn instant(day: Date, minutes: i64) -> String {
    format!("{day}T{:02}:{:02}:00Z", minutes / 60 % 24, minutes % 60)
}

/// A day as people write it: 6 August 2018.
pub(super) fn spoken(day: Date) -> String {
    format!("{} {} {}", day.day(), day.month(), day.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn an_age_holds_before_and_after_the_birthday() {
        for today in [date!(2026 - 03 - 13), date!(2026 - 03 - 14), date!(2026 - 11 - 23)] {
            assert_eq!(years_between(born(today, 65, Month::March, 14), today), 65);
        }
    }
}
