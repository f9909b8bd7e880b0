//! A grant that is being drafted, question by question, and the terms it ends in.

use serde::{Deserialize, Serialize};
use time::{Date, Duration, Month, OffsetDateTime, Time};

use crate::{
    category::{Categories, Category},
    grant::{Dates, Grantee, Purpose, Scope, Seen},
    id::ItemId,
    label::Labels,
};

time::serde::format_description!(day, Date, "[year]-[month]-[day]");

/// How many days the preset end is away.
pub const PRESET_DAYS: i64 = 30;

/// The longest text of a purpose in the patient's own words, in characters.
pub const PURPOSE_TEXT_LENGTH: usize = 120;

/// The most single things that a grant names.
pub const MOST_THINGS: usize = 200;

/// Why a draft cannot become a grant: the question that has to be answered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// Nobody was chosen.
    Who,
    /// No purpose, or no words where they are needed.
    Purpose,
    /// No category and no single thing, or too many of these.
    What,
    /// No such day, or the end before the beginning.
    Dates,
    /// No such day, or one that has passed.
    End,
}

impl Problem {
    /// The stable code in addresses and errors.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Who => "grant-who",
            Self::Purpose => "grant-purpose",
            Self::What => "grant-what",
            Self::Dates => "grant-dates",
            Self::End => "grant-end",
        }
    }
}

/// To whom a draft is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recipient {
    /// Somebody who is known here.
    Known(Grantee),
    /// Whichever clinician redeems a code, once the patient has confirmed who that is.
    Code,
    /// Whoever redeems a code as the patient's carer, once the patient has confirmed that it is them.
    CarerCode,
}

impl Recipient {
    /// Whether it is somebody who helps the patient, and no clinician.
    #[must_use]
    pub const fn is_carer(&self) -> bool {
        matches!(self, Self::CarerCode | Self::Known(Grantee::Carer { .. }))
    }

    /// Whether it is, or will be, one person, who can be answerable for what they pass on.
    #[must_use]
    pub const fn is_one_person(&self) -> bool {
        !matches!(self, Self::Known(Grantee::Professions { .. }))
    }
}

/// A single thing that a draft names, as the patient saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thing {
    /// Which.
    pub item: ItemId,
    /// In which version.
    pub version: i32,
    /// Where it belongs.
    pub category: Category,
    /// Which sensitive labels it has.
    pub labels: Labels,
}

/// A day as typed in three fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TypedDay {
    /// 1 to 31.
    pub day: String,
    /// 1 to 12.
    pub month: String,
    /// Four digits.
    pub year: String,
}

impl TypedDay {
    /// The day that was typed; `Ok(None)` where nothing was.
    ///
    /// # Errors
    /// The problem given, where it is no day between the years 1000 and 9998.
    pub fn parse(&self, problem: Problem) -> Result<Option<Date>, Problem> {
        let [day, month, year] = [&self.day, &self.month, &self.year].map(|text| text.trim());
        if [day, month, year].iter().all(|text| text.is_empty()) {
            return Ok(None);
        }
        let date = || {
            let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
            let year = year.parse().ok().filter(|year| (1000..=9998).contains(year))?;
            Date::from_calendar_date(year, month, day.parse().ok()?).ok()
        };
        date().map(Some).ok_or(problem)
    }
}

impl From<Date> for TypedDay {
    fn from(day: Date) -> Self {
        Self { day: day.day().to_string(), month: u8::from(day.month()).to_string(), year: day.year().to_string() }
    }
}

/// When a drafted grant ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// After [`PRESET_DAYS`].
    #[default]
    Preset,
    /// With the day typed beside it.
    Day,
    /// When the patient stops it.
    Open,
}

impl End {
    /// The choice with this name in forms.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        match slug {
            "preset" => Some(Self::Preset),
            "day" => Some(Self::Day),
            "open" => Some(Self::Open),
            _ => None,
        }
    }
}

/// The answers so far, as they were given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// To whom.
    pub recipient: Option<Recipient>,
    /// What for.
    pub purpose: Option<Purpose>,
    /// In the patient's words, for [`Purpose::Other`].
    pub purpose_text: String,
    /// Which categories.
    pub categories: Categories,
    /// Which sensitive labels.
    pub labels: Labels,
    /// Which single things beside, each once.
    pub things: Vec<Thing>,
    /// From when on.
    pub from: TypedDay,
    /// Up to when.
    pub to: TypedDay,
    /// How long.
    pub end: End,
    /// The last day, for [`End::Day`].
    pub until: TypedDay,
    /// Whether only what is there today is shared.
    pub only_todays: bool,
    /// Whether a copy may be taken.
    pub may_export: bool,
    /// Whether notes may be written.
    pub may_write: bool,
    /// Whether part of it may be passed on, or, by a carer, shared in the patient's place.
    pub may_delegate: bool,
}

/// What a grant is made of, beside its grantee: checked and complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What for.
    pub purpose: Purpose,
    /// In the patient's words; for [`Purpose::Other`] only.
    pub purpose_text: Option<String>,
    /// Which categories.
    pub categories: Categories,
    /// Which sensitive labels.
    pub labels: Labels,
    /// Which single things beside, whatever their dates and labels.
    #[serde(default)]
    pub things: Vec<Thing>,
    /// The first day shown.
    #[serde(with = "day::option")]
    pub from: Option<Date>,
    /// The last day shown.
    #[serde(with = "day::option")]
    pub to: Option<Date>,
    /// The last day of the grant; `None`: until the patient stops it.
    #[serde(with = "day::option")]
    pub until: Option<Date>,
    /// Whether it includes what is added while it lasts.
    pub includes_new: bool,
    /// Whether the grantee may take a copy.
    pub may_export: bool,
    /// Whether the grantee may write notes.
    pub may_write: bool,
    /// Whether the grantee, a clinician, may pass part of it on to a colleague; a carer: share in the patient's place.
    #[serde(default)]
    pub may_delegate: bool,
}

impl Draft {
    /// The terms of the draft, where every question has an answer that can be used.
    ///
    /// # Errors
    /// The first question that has to be answered again.
    pub fn terms(&self, today: Date) -> Result<Terms, Problem> {
        // A carer has one purpose, and writes nothing in a clinician's name.
        let is_carer = self.recipient.as_ref().is_some_and(Recipient::is_carer);
        let purpose = if is_carer { Purpose::Coordination } else { self.purpose.ok_or(Problem::Purpose)? };
        let text = self.purpose_text.trim();
        let until = match self.end {
            End::Preset => today.checked_add(Duration::days(PRESET_DAYS)),
            End::Day => Some(self.until.parse(Problem::End)?.ok_or(Problem::End)?),
            End::Open => None,
        };
        // What says how far categories go says nothing where there are none.
        let has_categories = !self.categories.is_empty();
        let day = |typed: &TypedDay| typed.parse(Problem::Dates).map(|day| day.filter(|_| has_categories));
        let terms = Terms {
            purpose,
            purpose_text: (purpose == Purpose::Other).then(|| text.to_owned()),
            categories: self.categories,
            labels: if has_categories { self.labels } else { Labels::NONE },
            things: self.things.clone(),
            from: day(&self.from)?,
            to: day(&self.to)?,
            until,
            includes_new: !self.only_todays && has_categories,
            may_export: self.may_export,
            may_write: self.may_write && !is_carer && has_categories,
            may_delegate: self.may_delegate && has_categories && self.recipient.as_ref().is_none_or(Recipient::is_one_person),
        };
        terms.check(today)?;
        Ok(terms)
    }

    /// Leaves of what it names these, as they were seen now: item, version and labels.
    pub fn keep(&mut self, seen: &[Seen]) {
        self.things = std::mem::take(&mut self.things)
            .into_iter()
            .filter_map(|thing| {
                let seen = seen.iter().find(|seen| seen.item == thing.item)?;
                Some(Thing { version: seen.version, labels: seen.labels, ..thing })
            })
            .collect();
    }

    /// Names these things beside those that it names already, each once and as it was seen last, as far as there is room.
    pub fn name(&mut self, things: impl IntoIterator<Item = Thing>) {
        for thing in things {
            let has_room = self.things.len() < MOST_THINGS;
            match self.things.iter_mut().find(|named| named.item == thing.item) {
                Some(named) => *named = thing,
                None if has_room => self.things.push(thing),
                None => {}
            }
        }
    }
}

impl Terms {
    /// The same as they are passed on by whoever was given them: of these categories and labels what they reach, without copies, writing or
    /// passing it on again, and until this day at most.
    #[must_use]
    pub fn passed_on(&self, categories: Categories, labels: Labels, until: Date) -> Self {
        Self {
            categories: categories.iter().filter(|category| self.categories.contains(*category)).collect(),
            labels: labels.iter().filter(|label| self.labels.contains(*label)).collect(),
            things: Vec::new(),
            until: Some(self.until.map_or(until, |last| last.min(until))),
            may_export: false,
            may_write: false,
            may_delegate: false,
            ..self.clone()
        }
    }

    /// Whether they can become a grant today.
    ///
    /// # Errors
    /// The first question that has to be answered again.
    pub fn check(&self, today: Date) -> Result<(), Problem> {
        if let Some(text) = &self.purpose_text
            && (text.trim().is_empty() || text.chars().count() > PURPOSE_TEXT_LENGTH || text.chars().any(char::is_control))
        {
            return Err(Problem::Purpose);
        }
        // Nobody gives an emergency: it begins by itself.
        if !Purpose::CHOICES.contains(&self.purpose) || self.purpose_text.is_some() != (self.purpose == Purpose::Other) {
            return Err(Problem::Purpose);
        }
        if self.categories.is_empty() && self.things.is_empty() || self.things.len() > MOST_THINGS {
            return Err(Problem::What);
        }
        if self.from.zip(self.to).is_some_and(|(from, to)| to < from) {
            return Err(Problem::Dates);
        }
        if self.until.is_some_and(|until| until < today) {
            return Err(Problem::End);
        }
        Ok(())
    }

    /// The dates of what is shown. Days are whole and in UTC.
    #[must_use]
    pub fn dates(&self) -> Dates {
        Dates { from: self.from.map(first_moment), to: self.to.and_then(after) }
    }

    /// What a grant of these terms reaches that is given at this moment.
    #[must_use]
    pub fn scope(&self, given_at: OffsetDateTime) -> Scope {
        Scope {
            categories: self.categories,
            labels: self.labels,
            dates: self.dates(),
            added_before: (!self.includes_new).then_some(given_at),
            named: self.things.iter().map(|thing| Seen { item: thing.item, version: thing.version, labels: thing.labels }).collect(),
        }
    }

    /// Which sensitive labels the single things have.
    #[must_use]
    pub fn named_labels(&self) -> Labels {
        self.things.iter().fold(Labels::NONE, |labels, thing| labels.union(thing.labels))
    }

    /// The first moment at which the grant is over.
    #[must_use]
    pub fn ends_at(&self) -> Option<OffsetDateTime> {
        self.until.and_then(after)
    }
}

fn first_moment(day: Date) -> OffsetDateTime {
    day.with_time(Time::MIDNIGHT).assume_utc()
}

fn after(day: Date) -> Option<OffsetDateTime> {
    day.next_day().map(first_moment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Label;
    use time::macros::{date, datetime};

    const TODAY: Date = date!(2026 - 11 - 22);

    fn complete() -> Draft {
        Draft { purpose: Some(Purpose::Treatment), categories: Categories::NONE.with(Category::Results), ..Draft::default() }
    }

    fn typed(day: &str, month: &str, year: &str) -> TypedDay {
        TypedDay { day: day.into(), month: month.into(), year: year.into() }
    }

    #[test]
    fn a_draft_that_says_little_keeps_the_rest_closed() {
        let terms = complete().terms(TODAY).unwrap();
        assert_eq!(terms.until, Some(date!(2026 - 12 - 22)));
        assert_eq!(terms.ends_at(), Some(datetime!(2026-12-23 0:00 UTC)));
        assert!(terms.labels.is_empty() && !terms.may_export && !terms.may_write && terms.includes_new);
    }

    fn thing(item: u128) -> Thing {
        Thing { item: ItemId(uuid::Uuid::from_u128(item)), version: 1, category: Category::Results, labels: Labels::NONE.with(Label::Hiv) }
    }

    #[test]
    fn single_things_alone_are_a_share_of_what_is_there_today() {
        let mut draft =
            Draft { categories: Categories::NONE, labels: Labels::ALL, may_write: true, from: typed("1", "2", "2024"), ..complete() };
        draft.name([thing(1), thing(2), Thing { version: 2, ..thing(1) }]);
        let terms = draft.terms(TODAY).unwrap();
        let scope = terms.scope(datetime!(2026-11-22 12:00 UTC));
        let named: Vec<_> = scope.named.iter().map(|seen| (seen.item, seen.version)).collect();
        assert_eq!(named, [(thing(1).item, 2), (thing(2).item, 1)]);
        assert!(terms.labels.is_empty() && terms.from.is_none() && !terms.includes_new && !terms.may_write);
        assert_eq!(terms.named_labels(), Labels::NONE.with(Label::Hiv));
    }

    #[test]
    fn what_is_passed_on_is_no_more_and_no_longer_than_what_there_is() {
        let draft = Draft { may_delegate: true, may_write: true, may_export: true, ..complete() };
        let mut terms = draft.terms(TODAY).unwrap();
        terms.things = vec![thing(1)];
        assert!(terms.may_delegate);
        let categories = Categories::NONE.with(Category::Results).with(Category::Insurance);
        let passed = terms.passed_on(categories, Labels::ALL, TODAY);
        assert!(passed.categories.iter().all(|category| terms.categories.contains(category)) && passed.labels.is_subset(terms.labels));
        assert!(passed.things.is_empty() && !passed.may_export && !passed.may_write && !passed.may_delegate);
        assert_eq!((passed.until, passed.purpose, passed.from), (Some(TODAY), terms.purpose, terms.from));
        assert_eq!(terms.passed_on(categories, Labels::NONE, Date::MAX).until, terms.until, "no longer than it lasts");
    }

    #[test]
    fn only_one_person_may_pass_something_on() {
        let may = |recipient| Draft { recipient: Some(recipient), may_delegate: true, ..complete() }.terms(TODAY).unwrap().may_delegate;
        let (account, organization) = (uuid::Uuid::from_u128(1).into(), uuid::Uuid::from_u128(2).into());
        assert!(may(Recipient::Code) && may(Recipient::Known(Grantee::Clinician { account, organization })));
        assert!(!may(Recipient::Known(Grantee::Professions { organization, professions: vec!["nurse".to_owned()] })));
        assert!(may(Recipient::CarerCode) && may(Recipient::Known(Grantee::Carer { account })));
    }

    #[test]
    fn what_is_kept_is_kept_as_it_was_seen_last() {
        let mut draft = Draft::default();
        draft.name([thing(1), thing(2)]);
        let seen = |item, labels| Seen { item: thing(item).item, version: 3, labels };
        draft.keep(&[seen(2, Labels::ALL), seen(4, Labels::ALL)]);
        assert_eq!(draft.things, [Thing { version: 3, labels: Labels::ALL, ..thing(2) }], "what was not named before is not named now");
    }

    #[test]
    fn no_more_things_are_named_than_there_is_room_for() {
        let mut draft = Draft::default();
        draft.name((0..=MOST_THINGS as u128).map(thing));
        assert_eq!(draft.things.len(), MOST_THINGS);
        let terms = Terms { things: vec![thing(1); MOST_THINGS + 1], ..complete().terms(TODAY).unwrap() };
        assert_eq!(terms.check(TODAY), Err(Problem::What));
    }

    #[test]
    fn each_question_that_is_not_answered_is_named() {
        let cases = [
            (Draft { purpose: None, ..complete() }, Problem::Purpose),
            (Draft { purpose: Some(Purpose::Other), purpose_text: "  ".into(), ..complete() }, Problem::Purpose),
            (Draft { categories: Categories::NONE, ..complete() }, Problem::What),
            (Draft { from: typed("31", "2", "2024"), ..complete() }, Problem::Dates),
            (Draft { from: typed("1", "2", "2024"), to: typed("31", "1", "2024"), ..complete() }, Problem::Dates),
            (Draft { end: End::Day, ..complete() }, Problem::End),
            (Draft { end: End::Day, until: typed("21", "11", "2026"), ..complete() }, Problem::End),
        ];
        for (draft, problem) in cases {
            assert_eq!(draft.terms(TODAY), Err(problem), "{draft:?}");
        }
    }

    #[test]
    fn a_day_survives_being_typed() {
        assert_eq!(TypedDay::from(TODAY).parse(Problem::End), Ok(Some(TODAY)));
    }

    #[test]
    fn the_last_days_are_included() {
        let draft = Draft { to: typed("31", "12", "2025"), end: End::Day, until: typed("22", "11", "2026"), ..complete() };
        let terms = draft.terms(TODAY).unwrap();
        assert_eq!(terms.dates().to, Some(datetime!(2026-01-01 0:00 UTC)));
        assert_eq!(terms.ends_at(), Some(datetime!(2026-11-23 0:00 UTC)));
    }
}
