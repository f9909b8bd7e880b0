//! The sentence of a grant: who can see what, for what, until when. One function
//! makes it from the data, and it is the same on confirmation, in lists, in the
//! log and to the clinician.

use chartkey_domain::{
    category::Categories,
    draft::Terms,
    grant::Purpose,
    label::{Label, Labels},
};
use time::{Date, Month};

use super::{Language, Say, messages};

/// The version of these words, kept beside every sentence that was confirmed.
pub const CATALOGUE_VERSION: &str = "1";

/// To whom, in the words that the sentence needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A clinician at an organization.
    Clinician {
        /// As their organization names them.
        name: String,
        /// Where.
        organization: String,
    },
    /// Everybody with one of these professions at an organization.
    Professions {
        /// As the organization's sign-in names them.
        professions: Vec<String>,
        /// Where.
        organization: String,
    },
    /// Whoever redeems the code.
    Code,
}

messages! {
    at_organization(who: &str, organization: &str) { English: "**{who}** at {organization}" }
    anyone_who_is(professions: &str) { English: "Anyone who signs in as {professions}" }
    whoever_uses_the_code { English: "**The clinician who uses your code**, once you have confirmed them," }
    may_see(who: &str, what: &str) { English: "{who} can see your **{what}**" }
    for_treatment { English: "for **treatment**" }
    for_second_opinion { English: "for a **second opinion**" }
    for_coordination { English: "to **arrange your care**" }
    for_other(text: &str) { English: "for **{text}**" }
    until_day(day: &str) { English: "until **{day}**" }
    until_stopped { English: "until **you stop it**" }
    dates_from(day: &str) { English: " from **{day}** on" }
    dates_to(day: &str) { English: " up to **{day}**" }
    dates_between(from: &str, to: &str) { English: " from **{from}** to **{to}**" }
    todays_only { English: " as they are **today**, without what is added later" }
    they_may_copy { English: "They may **take a copy**." }
    they_may_write { English: "They may **write notes** into your record." }
    nothing_sensitive { English: "**Nothing sensitive** is included, and everything else stays closed." }
    some_sensitive(labels: &str) { English: "This **includes** what is marked **{labels}**. Everything else stays closed." }
    all_sensitive { English: "This **includes everything sensitive**. Everything else stays closed." }
    purpose_treatment { English: "Treatment" }
    purpose_second_opinion { English: "A second opinion" }
    purpose_coordination { English: "Arranging my care" }
    purpose_other { English: "Something else" }
}

impl Say {
    /// The sentence of a grant; `**` stands around what is set in bold.
    #[must_use]
    pub fn grant_sentence(self, named: &Named, terms: &Terms) -> String {
        let who = match named {
            Named::Clinician { name, organization } => self.at_organization(&plain(name), &plain(organization)),
            Named::Professions { professions, organization } => {
                let professions: Vec<_> = professions.iter().map(|profession| plain(profession)).collect();
                self.at_organization(&self.anyone_who_is(&self.alternatives(&professions)), &plain(organization))
            }
            Named::Code => self.whoever_uses_the_code().to_owned(),
        };
        let new = if terms.includes_new { "" } else { self.todays_only() };
        let seen = self.may_see(&who, &self.categories(terms.categories));
        let (dates, purpose, until) = (self.grant_dates(terms.from, terms.to), self.grant_purpose(terms), self.grant_until(terms.until));
        let mut sentence = format!("{seen}{dates}{new}, {purpose}, {until}. {}", self.sensitive(terms.labels));
        for (allowed, words) in [(terms.may_export, self.they_may_copy()), (terms.may_write, self.they_may_write())] {
            if allowed {
                sentence.push(' ');
                sentence.push_str(words);
            }
        }
        sentence
    }

    /// "results, medicines and visits".
    #[must_use]
    pub fn categories(self, categories: Categories) -> String {
        let words: Vec<_> = categories.iter().map(|category| self.category(category).to_lowercase()).collect();
        self.together(&words)
    }

    /// The name of a sensitive label.
    #[must_use]
    pub const fn label(self, label: Label) -> &'static str {
        match self.0 {
            Language::English => match label {
                Label::MentalHealth => "Mental health",
                Label::SubstanceUse => "Substance use",
                Label::SexualReproductive => "Sexual and reproductive health",
                Label::Hiv => "HIV",
                Label::Genetic => "Genetic",
                Label::Violence => "Violence",
            },
        }
    }

    /// A purpose as the questions name it.
    #[must_use]
    pub const fn purpose(self, purpose: Purpose) -> &'static str {
        match purpose {
            Purpose::Treatment => self.purpose_treatment(),
            Purpose::SecondOpinion => self.purpose_second_opinion(),
            Purpose::Coordination => self.purpose_coordination(),
            Purpose::Other => self.purpose_other(),
        }
    }

    /// "mental health and HIV".
    #[must_use]
    pub fn labels(self, labels: Labels) -> String {
        let words: Vec<_> = labels
            .iter()
            .map(|label| if label == Label::Hiv { self.label(label).to_owned() } else { self.label(label).to_lowercase() })
            .collect();
        self.together(&words)
    }

    fn sensitive(self, labels: Labels) -> String {
        if labels.is_empty() {
            self.nothing_sensitive().to_owned()
        } else if labels == Labels::ALL {
            self.all_sensitive().to_owned()
        } else {
            self.some_sensitive(&self.labels(labels))
        }
    }

    fn grant_dates(self, from: Option<Date>, to: Option<Date>) -> String {
        let first = |day: Date| if (day.month(), day.day()) == (Month::January, 1) { day.year().to_string() } else { self.date(day) };
        match (from, to) {
            (None, None) => String::new(),
            (Some(from), None) => self.dates_from(&first(from)),
            (None, Some(to)) => self.dates_to(&self.date(to)),
            (Some(from), Some(to)) => self.dates_between(&self.date(from), &self.date(to)),
        }
    }

    fn grant_purpose(self, terms: &Terms) -> String {
        match terms.purpose {
            Purpose::Treatment => self.for_treatment().to_owned(),
            Purpose::SecondOpinion => self.for_second_opinion().to_owned(),
            Purpose::Coordination => self.for_coordination().to_owned(),
            Purpose::Other => self.for_other(&plain(terms.purpose_text.as_deref().unwrap_or_default())),
        }
    }

    fn grant_until(self, until: Option<Date>) -> String {
        until.map_or_else(|| self.until_stopped().to_owned(), |day| self.until_day(&self.date(day)))
    }

    /// "a, b and c".
    #[must_use]
    pub fn together(self, words: &[String]) -> String {
        match self.0 {
            Language::English => joined(words, " and "),
        }
    }

    /// "a, b or c".
    #[must_use]
    pub fn alternatives(self, words: &[String]) -> String {
        match self.0 {
            Language::English => joined(words, " or "),
        }
    }
}

fn joined(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., end] => format!("{}{last}{end}", first.join(", ")),
    }
}

/// A name without what would be taken for our marks.
fn plain(name: &str) -> String {
    name.replace('*', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chartkey_domain::category::Category;
    use time::macros::date;

    fn terms() -> Terms {
        Terms {
            purpose: Purpose::Treatment,
            purpose_text: None,
            categories: [Category::Results, Category::Medicines, Category::Visits].into_iter().collect(),
            labels: Labels::NONE,
            from: Some(date!(2024 - 01 - 01)),
            to: None,
            until: Some(date!(2026 - 12 - 22)),
            includes_new: true,
            may_export: false,
            may_write: false,
        }
    }

    fn hana() -> Named {
        Named::Clinician { name: "Dr Hana Lindqvist".into(), organization: "Northfield Heart Clinic".into() }
    }

    #[test]
    fn the_sentence_says_who_what_for_what_and_until_when() {
        assert_eq!(
            Say::default().grant_sentence(&hana(), &terms()),
            "**Dr Hana Lindqvist** at Northfield Heart Clinic can see your **medicines, results and visits** from **2024** on, \
             for **treatment**, until **22 December 2026**. **Nothing sensitive** is included, and everything else stays closed."
        );
    }

    #[test]
    fn what_is_sensitive_or_more_than_reading_is_said() {
        let terms = Terms {
            labels: Labels::NONE.with(Label::MentalHealth).with(Label::Hiv),
            until: None,
            from: None,
            includes_new: false,
            may_export: true,
            purpose: Purpose::Other,
            purpose_text: Some("my **claim**".into()),
            ..terms()
        };
        let named = Named::Professions { professions: vec!["nurse".into(), "physician".into()], organization: "Larkspur".into() };
        assert_eq!(
            Say::default().grant_sentence(&named, &terms),
            "**Anyone who signs in as nurse or physician** at Larkspur can see your **medicines, results and visits** as they are **today**, \
             without what is added later, for **my claim**, until **you stop it**. This **includes** what is marked **mental health and HIV**. \
             Everything else stays closed. They may **take a copy**."
        );
    }
}
