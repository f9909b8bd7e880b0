//! Text as search compares it: words in small letters without accents, and where in the
//! text they stand.

use std::ops::Range;

/// A word longer than this is no word: what is encoded, or a sum.
const LONGEST: usize = 40;

/// The words of a text, in their order, as search compares them.
///
/// A word is a run of letters and digits; an apostrophe in it is left out ("Elizabeth's" is
/// "elizabeths"). Where digits are stuck to a longer word, both stand after it on their own:
/// "Oberbrunner298" is also "oberbrunner" and "298".
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    each(text).collect()
}

/// The same one after the other: whoever needs the first of them reads no further.
pub fn each(text: &str) -> impl Iterator<Item = String> {
    // No letter takes more bytes than four; what is longer is not even folded.
    let short = runs(text).filter(|range| range.len() <= LONGEST * 4).filter_map(|range| text.get(range)).map(folded);
    short.filter(|word| !word.is_empty() && word.len() <= LONGEST).flat_map(|word| {
        let parts = parts(&word);
        std::iter::once(word).chain(parts)
    })
}

/// Letters and digits of a word apart, where it has both and one of its letters' runs is a
/// word of its own (three letters or more): "a1c" stays whole.
#[must_use]
pub fn parts(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for letter in word.chars() {
        match parts.last_mut() {
            Some(part) if part.ends_with(|last: char| last.is_ascii_digit()) == letter.is_ascii_digit() => part.push(letter),
            _ => parts.push(letter.to_string()),
        }
    }
    let is_long = |part: &String| part.chars().count() >= 3 && !part.starts_with(|first: char| first.is_ascii_digit());
    if parts.len() > 1 && parts.iter().any(is_long) { parts } else { Vec::new() }
}

/// One word as search compares it: small letters without accents, and nothing else.
#[must_use]
pub fn folded(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for letter in word.chars() {
        if letter.is_ascii() {
            if letter.is_ascii_alphanumeric() {
                folded.push(letter.to_ascii_lowercase());
            }
            continue;
        }
        for letter in letter.to_lowercase() {
            match plain(letter) {
                Some(plain) => folded.push_str(plain),
                None if letter.is_alphanumeric() => folded.push(letter),
                None => {}
            }
        }
    }
    folded
}

/// Where the words of a text stand that begin with one of `wanted`, as [`words`] has them. A
/// wanted word of one or two letters, or of digits, is found whole alone.
#[must_use]
pub fn found(text: &str, wanted: &[String]) -> Vec<Range<usize>> {
    let is_wanted = |range: &Range<usize>| {
        let word = folded(text.get(range.clone()).unwrap_or_default());
        let parts = parts(&word);
        wanted.iter().any(|wanted| std::iter::once(&word).chain(&parts).any(|word| begins(word, wanted)))
    };
    runs(text).filter(is_wanted).collect()
}

/// A text in parts, and whether each is a word that [`found`] finds.
#[must_use]
pub fn marked(text: &str, wanted: &[String]) -> Vec<(String, bool)> {
    let (mut parts, mut at) = (Vec::new(), 0);
    let mut part = |range: Range<usize>, is_found| {
        let text = text.get(range).filter(|text| !text.is_empty());
        parts.extend(text.map(|text| (text.to_owned(), is_found)));
    };
    for range in found(text, wanted) {
        part(at..range.start, false);
        at = range.end;
        part(range, true);
    }
    part(at..text.len(), false);
    parts
}

/// Whether a word is the wanted one, or begins with it where that is long enough to say so.
#[must_use]
pub fn begins(word: &str, wanted: &str) -> bool {
    if is_beginning(wanted) { word.starts_with(wanted) } else { word == wanted }
}

/// Whether a word may be the beginning of another: three letters or more, and no number.
#[must_use]
pub fn is_beginning(word: &str) -> bool {
    word.chars().count() >= 3 && !word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Runs of letters, digits, marks on letters, and the apostrophes between them.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut letters = text.char_indices();
    std::iter::from_fn(move || {
        let mut run: Option<Range<usize>> = None;
        for (at, letter) in letters.by_ref() {
            if letter.is_alphanumeric() || is_mark(letter) {
                run = Some(run.map_or(at, |run| run.start)..at + letter.len_utf8());
            } else if run.as_ref().is_some_and(|run| !is_apostrophe(letter) || run.end != at) {
                return run;
            }
        }
        run
    })
}

const fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '\u{2019}' | '\u{02bc}')
}

const fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{0300}'..='\u{036f}')
}

/// A Latin letter without what is above or below it; `None` for what has no other form.
const fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ð' | 'ď' | 'đ' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ß' => "ss",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

/// How far a mistake may be in a word of this many letters, the shorter of the two.
#[must_use]
pub const fn tolerance(letters: usize) -> usize {
    match letters {
        0..=4 => 0,
        5..=7 => 1,
        _ => 2,
    }
}

/// Whether one word is another with a mistake: a letter too many, too few, another, or two
/// in the other order, as often as [`tolerance`] allows. The first letter is always right:
/// people rarely miss it, and it keeps glaucoma from everything else.
#[must_use]
pub fn is_near(typed: &str, word: &str) -> bool {
    nearness(typed, word).is_some()
}

/// How many such mistakes there are; `None` where they are too many.
#[must_use]
pub fn nearness(typed: &str, word: &str) -> Option<usize> {
    if typed.chars().next() != word.chars().next() {
        return None;
    }
    let (one, other) = (typed.chars().count(), word.chars().count());
    let most = tolerance(one.min(other));
    if most == 0 || one.abs_diff(other) > most {
        return None;
    }
    let (typed, word): (Vec<char>, Vec<char>) = (typed.chars().collect(), word.chars().collect());
    Some(distance(&typed, &word)).filter(|mistakes| *mistakes <= most)
}

/// The optimal string alignment distance: edits, and neighbours that changed places.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, left) in one.iter().enumerate() {
        let mut now = vec![row + 1];
        for (column, right) in other.iter().enumerate() {
            let at = |line: &[usize], place: usize| line.get(place).copied().unwrap_or(usize::MAX / 2);
            let changed = at(&last, column) + usize::from(left != right);
            let mut least = changed.min(at(&last, column + 1) + 1).min(at(&now, column) + 1);
            let swapped = row > 0 && column > 0 && one.get(row - 1) == Some(right) && other.get(column - 1) == Some(left);
            if swapped {
                least = least.min(at(&before, column - 1) + 1);
            }
            now.push(least);
        }
        before = std::mem::replace(&mut last, now);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_small_letters_without_accents() {
        assert_eq!(words("Cesárea, ST. ELIZABETH’S  (A1c) Ñandú"), ["cesarea", "st", "elizabeths", "a1c", "nandu"]);
        assert_eq!(words("re\u{301}sumé"), ["resume"]);
        assert_eq!(words("Jane Oberbrunner298"), ["jane", "oberbrunner298", "oberbrunner", "298"]);
        assert_eq!(words("'' - ’"), [""; 0]);
        assert_eq!(words(&"x".repeat(41)), [""; 0]);
        assert_eq!(words("d'accord 'so'"), ["daccord", "so"]);
        assert_eq!(each(&"word ".repeat(1 << 20)).take(2).count(), 2);
    }

    #[test]
    fn a_word_is_found_whole_or_by_its_beginning() {
        let wanted = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let text = "Hemoglobin A1c in plasma, Asthma";
        let of = |words: &[&str]| found(text, &wanted(words)).into_iter().map(|range| &text[range]).collect::<Vec<_>>();
        assert_eq!(of(&["hemo", "a1c"]), ["Hemoglobin", "A1c"]);
        assert_eq!(of(&["asthma"]), ["Asthma"], "not the end of plasma");
        assert_eq!(of(&["as"]), [""; 0], "two letters are no beginning");
        let parts = marked("In plasma, Asthma", &wanted(&["in", "asthma"]));
        assert_eq!(parts, [("In".to_owned(), true), (" plasma, ".to_owned(), false), ("Asthma".to_owned(), true)]);
        assert_eq!(marked("", &wanted(&["in"])), []);
    }

    #[test]
    fn a_mistake_is_forgiven_in_long_words_only() {
        for (typed, word) in [
            ("metformine", "metformin"),
            ("colestrol", "cholesterol"),
            ("osteoporsis", "osteoporosis"),
            ("prostrate", "prostate"),
            ("gingivitus", "gingivitis"),
            ("furosimide", "furosemide"),
            ("astmha", "asthma"),
        ] {
            assert!(is_near(typed, word), "{typed}");
        }
        for (typed, word) in
            [("glaucoma", "glucose"), ("glaucoma", "glucosa"), ("gout", "goat"), ("asthma", "plasma"), ("warfarin", "metformin"), ("", "")]
        {
            assert!(!is_near(typed, word), "{typed}");
        }
    }
}
