//! What a patient says is wrong in their record, and what is said about it.

/// The longest statement or message, in characters.
pub const LONGEST: usize = 1_000;

/// Where a correction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrectionState {
    /// Said by the patient, or said again.
    Open,
    /// A clinician had the last word.
    Answered,
    /// The patient says that it is settled.
    Resolved,
    /// The patient has taken it back.
    Withdrawn,
}

impl CorrectionState {
    /// The name in tables and forms.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Resolved => "resolved",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of a [`Self::slug`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::Open, Self::Answered, Self::Resolved, Self::Withdrawn].into_iter().find(|state| state.slug() == slug)
    }

    /// Whether the statement stands beside the item.
    #[must_use]
    pub const fn stands(self) -> bool {
        matches!(self, Self::Open | Self::Answered)
    }
}

/// A statement or a message as it can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(String);

impl Words {
    /// Reads what was typed: lines end in one character, nothing stands around them, and of what
    /// nobody sees only they are left. `None` where nothing is, or more than [`LONGEST`].
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        Self::of_at_most(typed, LONGEST)
    }

    /// The same of at most so many characters.
    #[must_use]
    pub fn of_at_most(typed: &str, most: usize) -> Option<Self> {
        let lines = typed.replace("\r\n", "\n").replace('\r', "\n");
        let is_kept = |letter: &char| *letter == '\n' || !(letter.is_control() || turns_round(*letter));
        let kept: String = lines.chars().filter(is_kept).collect();
        let words = kept.trim();
        (words.chars().any(is_seen) && words.chars().count() <= most).then(|| Self(words.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a letter turns all letters after it round, and so those of others beside it.
pub(crate) fn turns_round(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a letter leaves a mark on a page: white space does not, nor what Unicode calls a format character or
/// ignorable (`Default_Ignorable_Code_Point`, Unicode 16), nor the blank of braille.
pub(crate) fn is_seen(letter: char) -> bool {
    !letter.is_whitespace()
        && !letter.is_control()
        && !matches!(
            letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// The beginning of a text on one line, of at most so many characters, cut between two words, and whether anything
/// was cut off: then it ends in "…".
#[must_use]
pub fn beginning(text: &str, most: usize) -> (String, bool) {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return (line, false);
    }
    let cut: String = line.chars().take(most).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    (format!("{}…", whole.trim_end_matches([',', '.', ';', ':'])), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_as_they_were_meant() {
        let parsed = |typed: &str| Words::parse(typed).map(|words| words.as_str().to_owned());
        assert_eq!(parsed("  I never had\r\nasthma.\0 ").as_deref(), Some("I never had\nasthma."));
        for blank in [" \r\n\t ", "\u{a0}\u{2003}", "\u{200b}", "\u{2060}\u{feff}", "\u{3164}", "\u{2800} \u{ad}", "\u{202e}\u{e0020}"] {
            assert_eq!(parsed(blank), None, "{}", blank.escape_unicode());
        }
        assert_eq!(parsed("\u{200f}لا").as_deref(), Some("\u{200f}لا"), "what only turns a line is kept beside what is seen");
        assert_eq!(parsed("Not \u{202e}mine").as_deref(), Some("Not mine"), "it stands in lines with other words");
        assert_eq!(parsed(&"ñ".repeat(LONGEST)).map(|words| words.chars().count()), Some(LONGEST));
        assert_eq!(parsed(&"n".repeat(LONGEST + 1)), None);
    }

    #[test]
    fn a_text_is_cut_between_words_and_says_so() {
        assert_eq!(beginning("I never\nhad asthma.", 40), ("I never had asthma.".to_owned(), false));
        assert_eq!(beginning("I never had asthma, nor has anybody", 20), ("I never had asthma…".to_owned(), true));
        assert_eq!(beginning(&"x".repeat(30), 10), (format!("{}…", "x".repeat(10)), true));
    }

    #[test]
    fn a_state_is_found_by_its_name() {
        for state in [CorrectionState::Open, CorrectionState::Answered, CorrectionState::Resolved, CorrectionState::Withdrawn] {
            assert_eq!(CorrectionState::from_slug(state.slug()), Some(state));
        }
        assert_eq!(CorrectionState::from_slug("denied"), None);
    }
}
