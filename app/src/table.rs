//! Results as a table for a spreadsheet: CSV as RFC 4180 has it, in UTF-8 with the mark by
//! which spreadsheets know that.

use std::io;

use chartkey_portal::entry::{Disputed, Entry, Statement};
use csv::{Terminator, WriterBuilder};
use time::Date;

use crate::{
    catalogue::Say,
    components::{disputed::who_says, entry::sources, flag::range_word, when::machine},
};

const MARK: &[u8] = "\u{feff}".as_bytes();

/// The name of a table that was taken on this day.
#[must_use]
pub fn name(day: Date) -> String {
    format!("chartkey-results-{day}.csv")
}

/// The mark and the heads of the columns.
///
/// # Errors
/// None in memory.
pub fn head(say: Say) -> io::Result<Vec<u8>> {
    let heads = [
        say.column_date(),
        say.column_part(),
        say.column_name(),
        say.column_value(),
        say.column_unit(),
        say.column_low(),
        say.column_high(),
        say.column_range(),
        say.column_lies(),
        say.column_who(),
        say.column_place(),
        say.column_source(),
        say.column_added(),
        say.patient_says_wrong(),
        say.column_by_hand(),
    ];
    Ok([MARK, &record(&heads)?].concat())
}

/// A line: what the source wrote stays as it is written, and what it did not say is empty. What waits says so
/// in the place of its value.
///
/// # Errors
/// None in memory.
pub fn line(say: Say, entry: &Entry) -> io::Result<Vec<u8>> {
    let value = &entry.value;
    let text = |text: &Option<String>| harmless(text.as_deref().unwrap_or_default());
    record(&[
        &entry.when.map_or_else(String::new, |(first, precision)| machine(first, precision)),
        say.category(entry.category),
        &harmless(&entry.title),
        &if entry.waits { say.waits_in_table().to_owned() } else { text(&value.text) },
        &text(&value.unit),
        &text(&value.low_text),
        &text(&value.high_text),
        &text(&value.range),
        range_word(say, value).unwrap_or_default(),
        &text(&entry.author),
        &text(&entry.place),
        &harmless(&sources(say, entry)),
        &entry.added_at.date().to_string(),
        &harmless(&entry.disputed.as_ref().map(|said| doubted(say, said)).unwrap_or_default()),
        if entry.is_by_hand() { say.yes() } else { "" },
    ])
}

/// What the patient says is wrong, a line each. The head of the column says whose words they are, and that they are of
/// this record as it is; where they are not, they say so.
fn doubted(say: Say, said: &Disputed) -> String {
    let line = |statement: &Statement| {
        let words = statement.words.as_deref().unwrap_or_default();
        if statement.of.is_none() && !statement.is_earlier {
            return words.to_owned();
        }
        format!("{} {words}", who_says(say, false, statement))
    };
    let more = (said.more > 0).then(|| say.more_disputed(said.more));
    said.statements.iter().map(line).chain(more).collect::<Vec<_>>().join("\n")
}

fn record(cells: &[&str]) -> io::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).buffer_capacity(512).from_writer(Vec::new());
    writer.write_record(cells)?;
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// A spreadsheet takes what begins so for a formula, and runs it: an apostrophe makes it text.
/// A number with a sign stays a number.
fn harmless(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use chartkey_domain::id::CorrectionId;

    use super::*;

    #[test]
    fn words_of_an_earlier_version_say_so_and_none_is_left_out() {
        let of = |words: &str, is_earlier| Statement {
            correction: CorrectionId(uuid::Uuid::nil()),
            words: Some(words.to_owned()),
            is_earlier,
            of: None,
        };
        let said = Disputed { statements: vec![of("Not mine.", false), of("It was 5.", true)], more: 1, is_readers: true };
        let lines = doubted(Say::default(), &said);
        assert_eq!(
            lines.lines().collect::<Vec<_>>(),
            [
                "Not mine.",
                "The patient says this is wrong (said of an earlier version): It was 5.",
                "One more record of it is said to be wrong."
            ]
        );
    }

    #[test]
    fn nothing_is_run_by_a_spreadsheet_and_a_number_stays_one() {
        for (text, cell) in [
            ("1.50", "1.50"),
            ("-3.2", "-3.2"),
            ("+1e2", "+1e2"),
            ("=1+1", "'=1+1"),
            ("-1+1", "'-1+1"),
            ("@sum", "'@sum"),
            ("\t=1", "'\t=1"),
            ("<0.5", "<0.5"),
        ] {
            assert_eq!(harmless(text), cell);
        }
    }

    #[test]
    fn quotes_and_commas_stay_in_their_cell() {
        assert_eq!(record(&["a,b", "say \"x\"", "two\nlines", ""]).unwrap(), b"\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\r\n");
    }
}
