//! What a patient lets open in an emergency, decided in advance, and by which name they are found then.

use crate::{
    category::{Categories, Category},
    draft::TypedDay,
    fold,
    label::Labels,
};

/// How much may open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// Nothing; so it is until the patient has decided.
    #[default]
    Nothing,
    /// What whoever treats somebody unknown has to know first.
    Summary,
    /// Everything but what is private.
    All,
}

impl Extent {
    /// All of them, the narrowest first.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Summary, Self::All];

    /// The name in forms and tables.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Summary => "summary",
            Self::All => "all",
        }
    }

    /// The one of a [`Self::slug`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|extent| extent.slug() == slug)
    }

    /// The categories that open.
    #[must_use]
    pub fn categories(self) -> Categories {
        match self {
            Self::Nothing => Categories::NONE,
            Self::Summary => {
                [Category::Problems, Category::Medicines, Category::Allergies, Category::Vaccines, Category::Devices].into_iter().collect()
            }
            Self::All => Category::SHAREABLE.into_iter().collect(),
        }
    }

    /// The sensitive labels that open with them, of those that the patient has ticked for the summary.
    #[must_use]
    pub const fn labels(self, ticked: Labels) -> Labels {
        match self {
            Self::Nothing => Labels::NONE,
            Self::Summary => ticked,
            Self::All => Labels::ALL,
        }
    }
}

/// A name as two people write it who mean the same: its words in small letters, without accents, in any order. Empty where
/// there is no word in it.
#[must_use]
pub fn called(name: &str) -> String {
    let mut words: Vec<_> =
        name.split(|letter: char| letter.is_whitespace() || ",-\u{2010}\u{2011}".contains(letter)).map(fold::folded).collect();
    words.retain(|word| !word.is_empty());
    words.sort_unstable();
    words.join(" ")
}

/// The birth date that was typed in three fields, as a record gives it: a whole day.
#[must_use]
pub fn born(day: &TypedDay) -> Option<String> {
    let date = day.parse(crate::draft::Problem::Dates).ok().flatten()?;
    Some(format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Label;

    #[test]
    fn each_extent_opens_what_the_narrower_one_opens_and_more() {
        let ticked = Labels::NONE.with(Label::Hiv);
        assert!(Extent::Nothing.categories().is_empty() && Extent::Nothing.labels(ticked).is_empty());
        for [narrow, wide] in [[Extent::Nothing, Extent::Summary], [Extent::Summary, Extent::All]] {
            assert!(narrow.categories().iter().all(|category| wide.categories().contains(category)));
            assert!(narrow.categories().bits() != wide.categories().bits());
            assert!(narrow.labels(ticked).is_subset(wide.labels(ticked)));
        }
        assert!(!Extent::All.categories().contains(Category::Own));
        assert_eq!(Extent::Summary.labels(Labels::NONE), Labels::NONE);
    }

    #[test]
    fn a_name_is_the_same_however_it_is_written_and_another_one_is_not() {
        for same in ["María José López-Díaz", "LOPEZ DIAZ, Maria Jose", " maria  josé lópez díaz "] {
            assert_eq!(called(same), "diaz jose lopez maria", "{same}");
        }
        assert_eq!(called("O'Brien"), called("o\u{2019}brien"));
        assert_ne!(called("Maria Lopez"), called("Maria Lopez Diaz"), "a part of a name is not the name");
        assert_eq!(called(" -, "), "");
    }

    #[test]
    fn a_birth_date_is_a_whole_day() {
        let typed = |day: &str, month: &str, year: &str| TypedDay { day: day.into(), month: month.into(), year: year.into() };
        assert_eq!(born(&typed("7", "3", "1962")).as_deref(), Some("1962-03-07"));
        for none in [typed("", "", ""), typed("31", "2", "1962"), typed("", "3", "1962")] {
            assert_eq!(born(&none), None, "{none:?}");
        }
    }
}
