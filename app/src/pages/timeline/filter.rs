//! What a reader asks everything by date for: in the address, in the form, in words.

use chartkey_domain::{
    category::Category,
    draft::TypedDay,
    id::{ItemId, SourceId},
    when::Moment,
};
use chartkey_portal::{
    Whose,
    timeline::{Choice, Choices, Filter, OFFERED},
};
use leptos::prelude::*;
use time::Date;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        form::{day, hidden},
        source::source_name,
    },
    pages::reader::with_errors,
    request::query,
};

/// What is asked for, with the days as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    category: Option<Category>,
    person: Option<ItemId>,
    place: Option<ItemId>,
    source: Option<SourceId>,
    from: TypedDay,
    to: TypedDay,
    with_errors: bool,
}

impl Asked {
    /// That of the page's query; what cannot be read there is left out.
    pub(super) fn of_query() -> Self {
        let typed = |name: &str| {
            let [day, month, year] = ["day", "month", "year"].map(|part| query(&format!("{name}_{part}")).unwrap_or_default());
            TypedDay { day, month, year }
        };
        Self {
            category: query("category").and_then(|slug| Category::from_slug(&slug)),
            person: query("person").and_then(|id| id.parse().ok()),
            place: query("place").and_then(|id| id.parse().ok()),
            source: query("source").and_then(|id| id.parse().ok()),
            from: typed("from"),
            to: typed("to"),
            with_errors: with_errors(),
        }
    }

    /// The days asked for; refused where something typed is none, or the last is before the first.
    fn days(&self) -> Result<(Option<Moment>, Option<Moment>), ApiError> {
        let (from, to) = (period(&self.from)?, period(&self.to)?);
        let is_backwards = from.zip(to).is_some_and(|(from, to)| to.last < from.first);
        if is_backwards { Err(ApiError::FilterDays) } else { Ok((from, to)) }
    }

    pub(super) fn days_are_wrong(&self) -> bool {
        self.days().is_err()
    }

    /// As the portal asks; without days where they are wrong.
    pub(super) fn filter(&self) -> Filter {
        let (from, to) = self.days().unwrap_or_default();
        let (from, to): (Option<Date>, Option<Date>) = (from.map(|from| from.first.date()), to.map(|to| to.last.date()));
        Filter {
            category: self.category,
            person: self.person,
            place: self.place,
            source: self.source,
            from,
            to,
            with_errors: self.with_errors,
        }
    }

    /// The same up to the end of a year: what a jump to it shows first.
    pub(super) fn up_to_year(&self, year: i32) -> Self {
        Self { from: TypedDay::default(), to: TypedDay { year: year.to_string(), ..TypedDay::default() }, ..self.clone() }
    }

    pub(super) fn without_errors(&self) -> Self {
        Self { with_errors: false, ..self.clone() }
    }

    /// The address that asks for it.
    pub(super) fn address(&self, path: &str) -> String {
        let numbers = |name: &str, day: &TypedDay| {
            let parts = [("day", &day.day), ("month", &day.month), ("year", &day.year)];
            // What is no number is shown again as far as it is one: an address carries nothing that was typed but dates.
            parts.map(|(part, text)| {
                let digits: String = text.chars().filter(char::is_ascii_digit).take(4).collect();
                (!digits.is_empty()).then(|| format!("{name}_{part}={digits}"))
            })
        };
        let fields = [
            self.category.map(|category| format!("category={}", category.slug())),
            self.person.map(|person| format!("person={person}")),
            self.place.map(|place| format!("place={place}")),
            self.source.map(|source| format!("source={source}")),
        ];
        let errors = self.with_errors.then(|| "errors=1".to_owned());
        let days = numbers("from", &self.from).into_iter().chain(numbers("to", &self.to));
        let fields: Vec<_> = fields.into_iter().chain(days).chain([errors]).flatten().collect();
        if fields.is_empty() { path.to_owned() } else { format!("{path}?{}", fields.join("&")) }
    }

    /// The form that asks: open while it asks for a part.
    pub(super) fn form(&self, say: Say, path: &str, whose: &Whose, choices: &Choices) -> impl IntoView + use<> {
        let is_open = self.filter().is_any() || self.days_are_wrong();
        let categories =
            Category::SHAREABLE.into_iter().chain(whose.is_own().then_some(Category::Own)).filter(|category| whose.may_show(*category));
        let categories =
            categories.map(|category| (category.slug().to_owned(), say.category(category).to_owned(), self.category == Some(category)));
        let days = |name: &'static str, legend: &'static str, typed: &TypedDay| {
            let part = |part: &str, value: &str| (format!("{name}_{part}"), value.to_owned(), "off");
            day(say, legend, Some(say.filter_day_hint()), [part("day", &typed.day), part("month", &typed.month), part("year", &typed.year)])
        };
        view! {
            <details class="part" open=is_open>
                <summary>{say.show_a_part()}</summary>
                <form class="sheet plain" method="get" action=path.to_owned()>
                    <div class="pair">
                        {choose(say, "category", say.filter_kind(), say.anything(), categories.collect())}
                        {choose(say, "person", say.filter_person(), say.anybody(), offered(&choices.people))}
                        {choose(say, "place", say.filter_place(), say.anywhere(), offered(&choices.places))}
                        {choose(say, "source", say.filter_source(), say.any_source(), named(offered(&choices.sources), |name| source_name(say, name)))}
                        {days("from", say.filter_from(), &self.from)}
                        {days("to", say.filter_to(), &self.to)}
                    </div>
                    {hidden("errors", self.with_errors.then(|| "1".to_owned()))}
                    <p class="actions"><button class="button small" type="submit">{say.apply_filter()}</button></p>
                </form>
            </details>
        }
    }

    /// What is shown, in words, and the way back to everything.
    pub(super) fn said(&self, say: Say, path: &str, choices: &Choices) -> Option<impl IntoView + use<>> {
        let (from, to) = self.days().unwrap_or_default();
        let gone = || say.no_longer_there().to_owned();
        let parts = [
            self.category.map(|category| say.category(category).to_owned()),
            self.person.map(|_| chosen(&choices.people).unwrap_or_else(gone)),
            self.place.map(|_| chosen(&choices.places).unwrap_or_else(gone)),
            self.source.map(|_| chosen(&choices.sources).map_or_else(gone, |name| source_name(say, &name))),
            from.map(|from| say.since_day(&say.when(from.first, from.precision))),
            to.map(|to| say.up_to_day(&say.when(to.first, to.precision))),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        let everything = Self { with_errors: self.with_errors, ..Self::default() }.address(path);
        (!parts.is_empty()).then(|| {
            view! { <p role="status">{say.only_shown(&parts.join(" · "))} " " <a href=everything>{say.show_everything()}</a></p> }
        })
    }
}

/// A day, a month or a year as it was typed; `Ok(None)` where nothing was.
fn period(typed: &TypedDay) -> Result<Option<Moment>, ApiError> {
    let [day, month, year] = [&typed.day, &typed.month, &typed.year].map(|text| text.trim());
    if day.is_empty() && month.is_empty() && year.is_empty() {
        return Ok(None);
    }
    let number = |text: &str| text.parse::<u16>().map_err(|_| ApiError::FilterDays);
    let year = number(year)?;
    let text = match (day, month) {
        ("", "") => year.to_string(),
        ("", month) => format!("{year}-{:02}", number(month)?),
        (day, month) => format!("{year}-{:02}-{:02}", number(month)?, number(day)?),
    };
    let is_of_now = (1000..=9998).contains(&year);
    Moment::parse(&text).filter(|_| is_of_now).map(Some).ok_or(ApiError::FilterDays)
}

/// Choices as the values of a field.
fn offered<Id: ToString>(choices: &[Choice<Id>]) -> Vec<(String, String, bool)> {
    choices.iter().map(|choice| (choice.id.to_string(), choice.name.clone(), choice.is_chosen)).collect()
}

/// The same with other names.
fn named(choices: Vec<(String, String, bool)>, name: impl Fn(&str) -> String) -> Vec<(String, String, bool)> {
    choices.into_iter().map(|(id, called, is_chosen)| (id, name(&called), is_chosen)).collect()
}

fn chosen<Id>(choices: &[Choice<Id>]) -> Option<String> {
    choices.iter().find(|choice| choice.is_chosen).map(|choice| choice.name.clone())
}

/// One of several, or all of them; nothing where there is only one.
fn choose(
    say: Say,
    name: &'static str,
    label: &'static str,
    all: &'static str,
    offered: Vec<(String, String, bool)>,
) -> Option<impl IntoView> {
    let hint = (offered.len() >= OFFERED).then(|| view! { <p class="hint">{say.first_names(OFFERED)}</p> });
    (offered.len() > 1 || offered.iter().any(|(.., is_chosen)| *is_chosen)).then(|| {
        let options =
            offered.into_iter().map(|(value, words, is_chosen)| view! { <option value=value selected=is_chosen>{words}</option> });
        view! {
            <div class="field">
                <label for=name>{label}</label>
                {hint}
                <select id=name name=name><option value="">{all}</option>{options.collect_view()}</select>
            </div>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn typed(day: &str, month: &str, year: &str) -> TypedDay {
        TypedDay { day: day.into(), month: month.into(), year: year.into() }
    }

    #[test]
    fn a_partial_day_is_its_whole_period() {
        let of = |from: TypedDay, to: TypedDay| {
            let filter = Asked { from, to, ..Asked::default() }.filter();
            (filter.from, filter.to)
        };
        assert_eq!(of(typed("", "", "2018"), typed("", "", "2018")), (Some(date!(2018 - 01 - 01)), Some(date!(2018 - 12 - 31))));
        assert_eq!(of(typed("", "2", "2024"), typed("", "2", "2024")), (Some(date!(2024 - 02 - 01)), Some(date!(2024 - 02 - 29))));
        assert_eq!(of(typed(" 6", "8", "2018"), TypedDay::default()), (Some(date!(2018 - 08 - 06)), None));
    }

    #[test]
    fn what_is_no_day_and_a_last_before_a_first_limit_nothing() {
        for (from, to) in [
            (typed("31", "2", "2018"), TypedDay::default()),
            (typed("6", "8", ""), TypedDay::default()),
            (typed("6", "", "2018"), TypedDay::default()),
            (typed("", "", "x"), TypedDay::default()),
            (typed("", "", "2019"), typed("", "", "2018")),
        ] {
            let asked = Asked { from, to, ..Asked::default() };
            assert!(asked.days_are_wrong(), "{asked:?}");
            assert_eq!(asked.filter(), Filter::default());
        }
    }

    #[test]
    fn an_address_carries_numbers_of_days_and_nothing_else_that_was_typed() {
        let asked =
            Asked { category: Some(Category::Results), from: typed("my name", "8", "20188"), with_errors: true, ..Asked::default() };
        assert_eq!(asked.address("/t"), "/t?category=results&from_month=8&from_year=2018&errors=1");
        assert_eq!(Asked::default().address("/t"), "/t");
        assert_eq!(asked.up_to_year(1999).without_errors().address("/t"), "/t?category=results&to_year=1999");
    }
}
