//! Conversions against what others say: `conversions/conversions.tsv` as `conversions/oracle.mjs`
//! writes it, and pairs that were published.

use chartkey_domain::{
    exact::{Cut, Exact, Written},
    meanings::{self, Turned},
    ucum,
};

const TABLE: &str = include_str!("conversions/conversions.tsv");

/// The sources differ from ours in the last digits of atomic weights.
const NEAR: f64 = 5e-5;

/// Published pairs. Haemoglobin A1c: NGSP, <https://ngsp.org/convert1.asp>, in whole millimoles. Haemoglobin: Kratz
/// et al., Laboratory Reference Values, N Engl J Med 2004;351:1548 (factor 0.6206). Freezing, boiling and body
/// temperature: the definition of the Fahrenheit scale.
const PUBLISHED: [(&str, &str, &str, &str, &str); 19] = [
    ("4548-4", "5.0", "%", "mmol/mol", "31"),
    ("4548-4", "6.0", "%", "mmol/mol", "42"),
    ("4548-4", "6.5", "%", "mmol/mol", "48"),
    ("4548-4", "7.0", "%", "mmol/mol", "53"),
    ("4548-4", "7.5", "%", "mmol/mol", "58"),
    ("4548-4", "8.0", "%", "mmol/mol", "64"),
    ("4548-4", "9.0", "%", "mmol/mol", "75"),
    ("4548-4", "10", "%", "mmol/mol", "86"),
    ("59261-8", "31", "mmol/mol", "%", "5.0"),
    ("59261-8", "42", "mmol/mol", "%", "6.0"),
    ("59261-8", "48", "mmol/mol", "%", "6.5"),
    ("59261-8", "53", "mmol/mol", "%", "7.0"),
    ("59261-8", "64", "mmol/mol", "%", "8.0"),
    ("59261-8", "75", "mmol/mol", "%", "9.0"),
    ("718-7", "15.0", "g/dL", "mmol/L", "9.31"),
    ("718-7", "12.0", "g/dL", "mmol/L", "7.45"),
    ("8310-5", "32", "[degF]", "Cel", "0"),
    ("8310-5", "100", "Cel", "[degF]", "212"),
    ("8310-5", "37.0", "Cel", "[degF]", "98.6"),
];

fn turned(code: &str, written: &str, from: &str, to: &str) -> Turned {
    let (meaning, _) = meanings::of(code).unwrap_or_else(|| panic!("{code} has no meaning"));
    let turned = meaning.turn(written, ucum::unit(from).unwrap(), ucum::unit(to).unwrap());
    turned.unwrap_or_else(|| panic!("{code} {written} {from} to {to}")).remove(0)
}

#[test]
fn every_conversion_is_what_others_say() {
    let rows: Vec<&str> = TABLE.lines().skip(1).collect();
    assert!(rows.len() >= 60, "{}", rows.len());
    for row in rows {
        let &[code, written, from, to, expected, source] = row.split('\t').collect::<Vec<_>>().as_slice() else { panic!("{row}") };
        let ours = turned(code, written, from, to);
        let theirs: f64 = expected.parse().unwrap();
        assert!((ours.number - theirs).abs() <= NEAR * theirs.abs(), "{row}: {ours:?}, by {source}");
        let (digits, decimals) = (Written::parse(written).unwrap().digits, ours.text.split_once('.').map_or(0, |(_, tenths)| tenths.len()));
        let expected = Exact::parse(expected).unwrap();
        assert_eq!(ours.text, expected.rounded(Cut { least: decimals, most: decimals, ..Cut::to(digits) }).unwrap(), "{row}, by {source}");
    }
}

#[test]
fn every_conversion_is_what_was_published() {
    for (code, written, from, to, expected) in PUBLISHED {
        assert_eq!(
            turned(code, written, from, to).text.trim_start_matches('-').trim_end_matches(".0"),
            expected.trim_end_matches(".0"),
            "{code} {written} {from}"
        );
    }
}
