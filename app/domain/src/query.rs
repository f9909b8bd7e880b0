//! What somebody typed into a search, taken apart.

use time::{Date, Duration, Month};

use crate::fold;

/// The longest text that is searched for, in characters.
pub const LONGEST: usize = 200;

/// More pieces than this say nothing more; the rest is left out.
const PIECES: usize = 8;

/// A search: every piece has to be there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// In the order in which they were typed.
    pub pieces: Vec<Piece>,
}

/// One thing that is searched for. It is there where any of its forms is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Piece {
    /// The words, as [`fold::words`] has them: all of them. None: it is a date alone.
    pub words: Vec<String>,
    /// The code of a terminology, in small letters, where it may be one.
    pub code: Option<String>,
    /// A number, where it is one.
    pub number: Option<Number>,
    /// Days, from the first to the one after the last; several where a date can be read in several ways.
    pub days: Vec<(Date, Date)>,
}

/// A number as typed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// What it is.
    pub value: f64,
    /// Half a step of its last digit: what is nearer is shown as this number.
    pub half: f64,
}

/// Words that are in every text or in every question, in both languages: they find nothing.
const EMPTY: [&str; 67] = [
    "a", "al", "am", "an", "and", "are", "at", "by", "con", "cual", "cuando", "de", "del", "did", "do", "does", "donde", "e", "el", "en",
    "es", "for", "from", "fue", "had", "has", "have", "how", "i", "in", "is", "la", "las", "last", "lo", "los", "many", "me", "mi", "mis",
    "much", "my", "o", "of", "on", "or", "para", "por", "que", "quien", "tengo", "the", "to", "tuve", "ultima", "ultimo", "un", "una",
    "was", "were", "what", "when", "where", "which", "who", "with", "y",
];

const MONTHS: [[&str; 2]; 12] = [
    ["january", "enero"],
    ["february", "febrero"],
    ["march", "marzo"],
    ["april", "abril"],
    ["may", "mayo"],
    ["june", "junio"],
    ["july", "julio"],
    ["august", "agosto"],
    ["september", "septiembre"],
    ["october", "octubre"],
    ["november", "noviembre"],
    ["december", "diciembre"],
];

impl Query {
    /// Takes a text apart. `None` where nothing in it can be searched for, or it is longer
    /// than [`LONGEST`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.chars().count() > LONGEST {
            return None;
        }
        let tokens = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
        let tokens: Vec<&str> = tokens.map(trimmed).filter(|token| !token.is_empty()).collect();
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rest = tokens.as_slice();
        while let Some((first, after)) = rest.split_first() {
            if let Some((days, taken)) = written_date(rest) {
                pieces.push(Piece { days: vec![days], ..Piece::default() });
                rest = rest.get(taken..).unwrap_or_default();
            } else {
                pieces.push(piece(first));
                rest = after;
            }
        }
        pieces.retain(|piece| !piece.words.is_empty() || !piece.days.is_empty());
        let says_something = |piece: &Piece| !piece.words.iter().all(|word| EMPTY.contains(&word.as_str())) || !piece.days.is_empty();
        if pieces.iter().any(says_something) {
            pieces.retain(says_something);
        }
        pieces.truncate(PIECES);
        (!pieces.is_empty()).then_some(Self { pieces })
    }

    /// The same without its last word, where that may have only begun: too short to stand for its beginning, with something
    /// before it, and `text`, of which this is, ends with it.
    #[must_use]
    pub fn without_begun(&self, text: &str) -> Option<Self> {
        let (last, before) = self.pieces.split_last()?;
        let [word] = last.words.as_slice() else { return None };
        let has_begun = text.ends_with(char::is_alphabetic) && last.number.is_none() && !fold::is_beginning(word);
        (has_begun && !before.is_empty()).then(|| Self { pieces: before.to_vec() })
    }

    /// Every word that is searched for.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        self.pieces.iter().flat_map(|piece| piece.words.iter().cloned()).collect()
    }
}

fn trimmed(token: &str) -> &str {
    let token = token.trim_matches(|letter: char| "\"“”«»()[]{}¿?¡!;:".contains(letter));
    token.trim_end_matches(['.', ','])
}

fn piece(token: &str) -> Piece {
    let lower = token.to_lowercase();
    let is_code = token.len() >= 3
        && token.bytes().any(|byte| byte.is_ascii_digit())
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    let words = fold::words(token);
    // The parts of a word stand for it where it is not there as a whole; they are looked up apart.
    let parts: Vec<String> = words.iter().flat_map(|word| fold::parts(word)).collect();
    let words = if parts.is_empty() { words } else { parts };
    Piece { words, code: is_code.then_some(lower), number: number(token), days: days(token) }
}

/// A number: digits with a point or a comma, perhaps with a sign before it.
fn number(token: &str) -> Option<Number> {
    let token = token.trim_start_matches(['<', '>', '=', '≤', '≥']).replace(',', ".").replace('−', "-");
    let digits = token.strip_prefix(['-', '+']).unwrap_or(&token);
    let is_number = digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.len() <= 15;
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let value = token.parse::<f64>().ok().filter(|_| is_number)?;
    Some(Number { value, half: 0.5 * 0.1_f64.powi(i32::try_from(decimals).unwrap_or(0)) })
}

/// The days of a date in figures: a year, a year with a month, a whole date in either order.
fn days(token: &str) -> Vec<(Date, Date)> {
    let parts: Vec<&str> = token.split(['-', '/', '.']).collect();
    if !parts.iter().all(|part| !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit())) {
        return Vec::new();
    }
    let parts: Vec<i32> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    let is_year = |number: i32| (1850..=2150).contains(&number);
    let found = match *parts.as_slice() {
        [year] if is_year(year) => vec![whole_year(year)],
        [year, month] if is_year(year) => vec![whole_month(year, month)],
        [month, year] if is_year(year) => vec![whole_month(year, month)],
        [year, month, day] if is_year(year) => vec![one_day(year, month, day)],
        [one, other, year] if is_year(year) && one != other => vec![one_day(year, other, one), one_day(year, one, other)],
        [one, other, year] if is_year(year) => vec![one_day(year, other, one)],
        _ => Vec::new(),
    };
    found.into_iter().flatten().collect()
}

/// A date in words at the beginning, and how many tokens it takes: "March 1977", "21 June 1963",
/// "June 21, 1963", "21 de junio de 1963".
fn written_date(tokens: &[&str]) -> Option<((Date, Date), usize)> {
    let mut parts = [0_i32; 3];
    let mut kinds = String::new();
    for (place, token) in tokens.iter().enumerate().take(5) {
        let folded = fold::folded(token);
        if ["of", "de", "del"].contains(&folded.as_str()) && !kinds.is_empty() {
            continue;
        }
        let (kind, number) = match (month(&folded), folded.trim_end_matches(|letter: char| letter.is_ascii_alphabetic()).parse::<i32>()) {
            (Some(month), _) => ('m', month),
            (None, Ok(day @ 1..=31)) => ('d', day),
            (None, Ok(year @ 1850..=2150)) => ('y', year),
            _ => return None,
        };
        *parts.get_mut(kinds.len())? = number;
        kinds.push(kind);
        let days = match (kinds.as_str(), parts) {
            ("my", [month, year, _]) => whole_month(year, month),
            ("dmy", [day, month, year]) | ("mdy", [month, day, year]) => one_day(year, month, day),
            ("m" | "d" | "md" | "dm", _) => continue,
            _ => return None,
        };
        return days.map(|days| (days, place + 1));
    }
    None
}

/// The number of a month by its name, or by its beginning of three letters or more.
fn month(word: &str) -> Option<i32> {
    let is_it = |names: &[&str; 2]| word.len() >= 3 && names.iter().any(|name| name.starts_with(word));
    (1..).zip(&MONTHS).find(|(_, names)| is_it(names)).map(|(number, _)| number)
}

fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()
}

fn one_day(year: i32, month: i32, day: i32) -> Option<(Date, Date)> {
    let first = date(year, month, day)?;
    Some((first, first.checked_add(Duration::DAY)?))
}

fn whole_month(year: i32, month: i32) -> Option<(Date, Date)> {
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    Some((date(year, month, 1)?, date(next_year, next_month, 1)?))
}

fn whole_year(year: i32) -> Option<(Date, Date)> {
    Some((date(year, 1, 1)?, date(year + 1, 1, 1)?))
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn words(text: &str) -> Vec<Vec<String>> {
        Query::parse(text).map(|query| query.pieces.into_iter().map(|piece| piece.words).collect()).unwrap_or_default()
    }

    #[test]
    fn words_that_are_everywhere_are_no_pieces_unless_there_is_nothing_else() {
        assert_eq!(words("loss of taste"), [["loss"], ["taste"]]);
        assert_eq!(words("de la"), [["de"], ["la"]]);
        assert_eq!(words("When was my last tetanus shot?"), [["tetanus"], ["shot"]]);
        assert_eq!(words("¿Cuándo fue mi última vacuna?"), [["vacuna"]]);
        assert_eq!(Query::parse(" . , \" "), None);
        assert_eq!(Query::parse(&"a ".repeat(150)), None);
    }

    #[test]
    fn a_last_word_that_has_only_begun_can_be_left_out() {
        let shorter = |text: &str| Query::parse(text)?.without_begun(text).map(|query| query.words());
        assert_eq!(shorter("kidney filtering ra").unwrap(), ["kidney", "filtering"]);
        for text in ["kidney", "ki", "kidney rat", "kidney r ", "diabetes 2", "kidney 1/2024"] {
            assert_eq!(shorter(text), None, "{text}");
        }
    }

    #[test]
    fn dates_are_read_in_figures_and_in_the_words_of_both_languages() {
        let june = (date!(1963 - 06 - 21), date!(1963 - 06 - 22));
        for text in ["1963-06-21", "21 June 1963", "June 21, 1963", "21 de junio de 1963", "21/6/1963", "jun 21st 1963"] {
            let query = Query::parse(text).unwrap();
            assert_eq!(query.pieces.len(), 1, "{text}: {query:?}");
            assert!(query.pieces[0].days.contains(&june), "{text}");
        }
        let month = Query::parse("marzo de 1977").unwrap();
        assert_eq!(month.pieces[0].days, [(date!(1977 - 03 - 01), date!(1977 - 04 - 01))]);
        assert_eq!(words("march fracture"), [["march"], ["fracture"]], "a month without a year is a word");
        let year = Query::parse("colonoscopy 1971").unwrap();
        assert_eq!(year.pieces[1].days, [(date!(1971 - 01 - 01), date!(1972 - 01 - 01))]);
        assert_eq!(Query::parse("99/99/1999").unwrap().pieces[0].days, []);
    }

    #[test]
    fn a_number_stands_for_what_is_shown_as_it() {
        let number = |text: &str| Query::parse(text).unwrap().pieces[0].number;
        assert_eq!(number("1.85").map(|number| number.value), Some(1.85));
        assert!(number("-3,62").is_some_and(|number| (number.value + 3.62).abs() < 1e-9 && (number.half - 0.005).abs() < 1e-9));
        assert_eq!(number("b12"), None);
        assert_eq!(number("1.2.3"), None);
    }

    #[test]
    fn a_code_may_be_typed_as_it_is_written() {
        assert_eq!(Query::parse("E11.9").unwrap().pieces[0].code.as_deref(), Some("e11.9"));
        assert_eq!(Query::parse("4548-4").unwrap().pieces[0].code.as_deref(), Some("4548-4"));
        assert_eq!(Query::parse("asthma").unwrap().pieces[0].code, None);
    }
}
