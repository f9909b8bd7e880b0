//! The question that checks, before a grant is given, whether its patient has understood it: one that has one answer,
//! by the terms of the grant and by what the record holds.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::{
    category::Category,
    draft::Terms,
    label::{Label, Labels},
};

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// What carries a sensitive label.
    Label(Label),
    /// A part of the record.
    Category(Category),
    /// What comes in from tomorrow on.
    Later,
}

impl About {
    /// The name in forms and tables.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Label(label) => label.slug(),
            Self::Category(category) => category.slug(),
            Self::Later => "later",
        }
    }
}

/// A question: "Will they see this?"
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// What.
    pub about: About,
    /// Whether they will.
    pub is_shown: bool,
}

/// What somebody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// They will see it.
    Yes,
    /// They will not.
    No,
    /// The patient cannot tell.
    Unsure,
}

impl Answer {
    /// Every answer, in the order of the buttons.
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::Unsure];

    /// The name in forms.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unsure => "unsure",
        }
    }

    /// The answer of a [`Self::slug`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.slug() == slug)
    }
}

/// A question that was answered, as it is kept with the grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answered {
    /// The slug of what it was about.
    pub about: String,
    /// Whether they will see it.
    pub is_shown: bool,
    /// The words in which it was asked.
    pub question: String,
    /// The language of these words.
    pub language: String,
    /// What was answered.
    pub answer: Answer,
}

impl Answered {
    /// Whether it answers this question: the same, with the same answer to it.
    #[must_use]
    pub fn answers(&self, question: Question) -> bool {
        self.about == question.about.slug() && self.is_shown == question.is_shown
    }

    /// Whether the answer is right; `None` where none was given.
    #[must_use]
    pub fn is_right(&self) -> Option<bool> {
        match self.answer {
            Answer::Yes => Some(self.is_shown),
            Answer::No => Some(!self.is_shown),
            Answer::Unsure => None,
        }
    }
}

/// How many things of the record are of one category and have these labels. Private ones are left out: no grant reaches them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Of which category.
    pub category: Category,
    /// With which labels.
    pub labels: Labels,
    /// How many.
    pub count: i64,
}

impl Question {
    /// The question for a grant of these terms; `None` where nothing can be asked that has one answer.
    ///
    /// What is sensitive comes first, and of that what is included; then what is left out, and what comes later. Of
    /// what only a part is shown nothing is asked, and where single things are kept back (`keeps_back`), by dates or by
    /// the patient, nothing is said to be shown.
    #[must_use]
    pub fn of(terms: &Terms, held: &[Held], keeps_back: bool, today: Date) -> Option<Self> {
        let shows = |held: &&Held| terms.categories.contains(held.category) && held.labels.is_subset(terms.labels);
        let is_whole = !keeps_back && terms.from.is_none() && terms.to.is_none();
        // All of it, nothing of it, or neither.
        let shown = |of: &dyn Fn(&&Held) -> bool| {
            let count = held.iter().filter(|held| of(held)).count();
            match held.iter().filter(|held| of(held) && shows(held)).count() {
                _ if count == 0 => None,
                0 => Some(false),
                some => (some == count && is_whole).then_some(true),
            }
        };
        let named = terms.named_labels();
        let labels = |is_shown: bool| {
            // Of what a single thing shows nothing is asked either.
            let mut labels = Label::ALL.into_iter().filter(|label| is_shown || !named.contains(*label));
            let about = labels.find(|label| shown(&|held| held.labels.contains(*label)) == Some(is_shown))?;
            Some(Self { about: About::Label(about), is_shown })
        };
        let categories = |is_shown: bool| {
            // Name, birth date and sex are everybody's to see who sees anything: of details nothing can be said in one word.
            let asked = Category::SHAREABLE.into_iter().filter(|category| *category != Category::Details);
            let asked = asked.filter(|category| terms.categories.contains(*category) == is_shown);
            let asked = asked.filter(|category| is_shown || terms.things.iter().all(|thing| thing.category != *category));
            let asked = asked.filter(|category| shown(&|held| held.category == *category) == Some(is_shown));
            let many = |category: &Category| held.iter().filter(|held| held.category == *category).map(|held| held.count).sum::<i64>();
            asked.max_by_key(many).map(|category| Self { about: About::Category(category), is_shown })
        };
        let later = || terms.until.is_none_or(|until| until > today).then_some(Self { about: About::Later, is_shown: terms.includes_new });
        labels(true).or_else(|| labels(false)).or_else(|| categories(false)).or_else(later).or_else(|| categories(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        category::Categories,
        draft::Thing,
        grant::{Purpose, Scope},
        id::ItemId,
        item::ItemFacts,
    };
    use time::macros::{date, datetime};

    const TODAY: Date = date!(2026 - 11 - 27);

    fn terms(categories: &[Category], labels: &[Label]) -> Terms {
        Terms {
            purpose: Purpose::Treatment,
            purpose_text: None,
            categories: categories.iter().copied().collect(),
            labels: labels.iter().copied().collect(),
            things: Vec::new(),
            from: None,
            to: None,
            until: Some(date!(2026 - 12 - 27)),
            includes_new: true,
            may_export: false,
            may_write: false,
            may_delegate: false,
        }
    }

    fn held(category: Category, labels: &[Label], count: i64) -> Held {
        Held { category, labels: labels.iter().copied().collect(), count }
    }

    fn asked(terms: &Terms, held: &[Held]) -> Option<(&'static str, bool)> {
        Question::of(terms, held, false, TODAY).map(|question| (question.about.slug(), question.is_shown))
    }

    #[test]
    fn what_is_sensitive_and_included_is_asked_first() {
        let record = [
            held(Category::Results, &[], 40),
            held(Category::Results, &[Label::Hiv], 2),
            held(Category::Problems, &[Label::MentalHealth], 1),
            held(Category::Visits, &[], 90),
        ];
        assert_eq!(asked(&terms(&[Category::Results], &[Label::Hiv]), &record), Some((Label::Hiv.slug(), true)));
        assert_eq!(asked(&terms(&[Category::Results], &[]), &record), Some((Label::MentalHealth.slug(), false)));
        assert_eq!(asked(&terms(&[Category::Results], &[]), &[record[0], record[3]]), Some(("visits", false)));
        assert_eq!(asked(&terms(&[Category::Results], &[]), &record[..1]), Some(("later", true)));
    }

    #[test]
    fn nothing_is_asked_of_what_is_shown_in_part() {
        let record = [held(Category::Results, &[Label::Hiv], 1), held(Category::Problems, &[Label::Hiv], 1)];
        let some = terms(&[Category::Results], &[Label::Hiv]);
        assert_eq!(asked(&some, &record), Some(("problems", false)));
        let dated = Terms { from: Some(date!(2024 - 01 - 01)), until: Some(TODAY), ..some.clone() };
        assert_eq!(asked(&dated, &record[..1]), None);
        let today = Terms { until: Some(TODAY), ..some };
        assert_eq!(Question::of(&today, &record[..1], true, TODAY), None);
        assert_eq!(asked(&today, &record[..1]), Some((Label::Hiv.slug(), true)));
    }

    #[test]
    fn nothing_that_a_single_thing_shows_is_asked_as_closed() {
        let record = [held(Category::Results, &[], 4), held(Category::Problems, &[Label::Hiv], 1), held(Category::Visits, &[], 9)];
        let named = |category, labels: &[Label]| {
            let id = ItemId(uuid::Uuid::nil());
            let thing = Thing { item: id, version: 1, category, labels: labels.iter().copied().collect() };
            Terms { things: vec![thing], ..terms(&[Category::Results], &[]) }
        };
        assert_eq!(asked(&named(Category::Problems, &[Label::Hiv]), &record), Some(("visits", false)));
        assert_eq!(asked(&named(Category::Visits, &[]), &record[..1]), Some(("later", true)));
        assert_eq!(asked(&named(Category::Visits, &[]), &[record[0], record[2]]), Some(("later", true)));
    }

    #[test]
    fn the_answer_is_the_one_that_the_rule_gives_for_everything_asked_about() {
        // Each set of two categories and two labels, over records of up to three kinds of things.
        let categories = [Category::Results, Category::Problems];
        let labels = [Label::Hiv, Label::MentalHealth];
        let kinds: Vec<Held> = (0..8)
            .map(|bits: u8| Held {
                category: categories[usize::from(bits & 1)],
                labels: labels.into_iter().enumerate().filter(|(place, _)| bits >> (place + 1) & 1 == 1).map(|(_, label)| label).collect(),
                count: 1,
            })
            .collect();
        let mut questions = 0;
        for record in 0..(1_u32 << kinds.len()) {
            let record: Vec<Held> = kinds.iter().enumerate().filter(|(place, _)| record >> place & 1 == 1).map(|(_, held)| *held).collect();
            for granted in 0..16_u8 {
                let of = |shift: u8| move |place: &usize| granted >> shift >> place & 1 == 1;
                let terms = Terms {
                    categories: [0, 1].into_iter().filter(of(0)).map(|place| categories[place]).collect::<Categories>(),
                    labels: [0, 1].into_iter().filter(of(2)).map(|place| labels[place]).collect(),
                    ..terms(&[], &[])
                };
                let Some(Question { about, is_shown }) = Question::of(&terms, &record, false, TODAY) else { continue };
                let asked = record.iter().filter(|held| match about {
                    About::Label(label) => held.labels.contains(label),
                    About::Category(category) => held.category == category,
                    About::Later => false,
                });
                for held in asked {
                    questions += 1;
                    assert_eq!(sees(&terms.scope(datetime!(2026-11-27 12:00 UTC)), *held), is_shown, "{about:?} {terms:?} {record:?}");
                }
            }
        }
        assert!(questions > 1000, "{questions}");
    }

    /// Whether a grant of this scope alone shows such a thing, by the rule itself.
    fn sees(scope: &Scope, held: Held) -> bool {
        use crate::{
            account::Actor,
            grant::{Grant, GrantState, Grantee},
            policy::{Decision, InForce, decide},
        };
        let id = uuid::Uuid::nil();
        let grant = Grant {
            id: id.into(),
            grantee: Grantee::Clinician { account: id.into(), organization: id.into() },
            purpose: Purpose::Treatment,
            scope: scope.clone(),
            state: GrantState::Active,
            starts_at: datetime!(2026-11-27 12:00 UTC),
            ends_at: None,
            may_delegate: false,
            may_export: false,
            may_write: false,
            through: None,
        };
        let in_force = InForce { grants: vec![grant], ..InForce::default() };
        let actor = Actor::Clinician { account: id.into(), organization: id.into(), profession: String::new() };
        let item = ItemFacts {
            id: ItemId(id),
            version: 1,
            category: held.category,
            labels: held.labels,
            labels_current: true,
            when: None,
            added_at: datetime!(2026-01-01 0:00 UTC),
            is_private: false,
        };
        match decide(&actor, Some(Purpose::Treatment), &in_force, datetime!(2026-11-27 12:00 UTC)) {
            Decision::Shared(permission) => permission.covers(&item),
            Decision::Own | Decision::Refused => false,
        }
    }

    #[test]
    fn an_answer_is_right_as_the_grant_has_it() {
        let answered =
            |is_shown, answer| Answered { about: "later".into(), is_shown, question: String::new(), language: String::new(), answer };
        assert_eq!(answered(true, Answer::Yes).is_right(), Some(true));
        assert_eq!(answered(true, Answer::No).is_right(), Some(false));
        assert_eq!(answered(false, Answer::No).is_right(), Some(true));
        assert_eq!(answered(false, Answer::Unsure).is_right(), None);
        let question = Question { about: About::Later, is_shown: true };
        assert!(answered(true, Answer::Unsure).answers(question) && !answered(false, Answer::Yes).answers(question));
    }

    #[test]
    fn no_two_things_that_can_be_asked_about_have_one_name() {
        let all = Label::ALL.map(About::Label).into_iter().chain(Category::SHAREABLE.map(About::Category)).chain([About::Later]);
        let slugs: Vec<_> = all.map(About::slug).collect();
        let distinct: std::collections::BTreeSet<_> = slugs.iter().collect();
        assert_eq!(distinct.len(), slugs.len());
    }
}
