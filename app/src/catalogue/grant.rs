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
    /// Whichever clinician redeems the code.
    Code,
    /// Somebody who helps the patient.
    Carer {
        /// What they call themselves.
        name: String,
    },
    /// Whoever redeems the code to help the patient.
    CarerCode,
}

/// Who passed something on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Giver {
    /// A clinician, who is called so.
    Clinician(String),
    /// Somebody who helps the patient, who is called so.
    Carer(String),
}

messages! {
    /// A day as the beginning of a span.
    from_day(date: &str) { English: "{date}", Spanish: "el {date}" }
    at_organization(who: &str, organization: &str) { English: "**{who}** at {organization}", Spanish: "**{who}**, de {organization}," }
    anyone_who_is(professions: &str) {
        English: "Anyone who signs in as {professions}",
        Spanish: "Cualquier persona que entre como {professions}",
    }
    anyone_at(professions: &str, organization: &str) {
        English: "**Anyone who signs in as {professions}** at {organization}",
        Spanish: "**Cualquier persona que entre como {professions}** en {organization}",
    }
    whoever_uses_the_code {
        English: "**The clinician who uses your code**, once you have confirmed them,",
        Spanish: "**El profesional sanitario que use su código**, una vez que usted haya confirmado quién es,",
    }
    may_see(who: &str, what: &str) { English: "{who} can see your **{what}**", Spanish: "{who} puede ver sus **{what}**" }
    may_see_only(count: i64, who: &str) {
        English: one "{who} can see **1 entry that you chose**, as it is **today**", other "{who} can see **{count} entries that you chose**, as they are **today**";
        Spanish: one "{who} puede ver **1 entrada que usted eligió**, tal como está **hoy**", other "{who} puede ver **{count} entradas que usted eligió**, tal como están **hoy**";
    }
    also_chosen(count: i64) {
        English: one "They can also see **1 entry that you chose**, whatever its date.", other "They can also see **{count} entries that you chose**, whatever their date.";
        Spanish: one "Este permiso también deja ver **1 entrada que usted eligió**, sea cual sea su fecha.", other "Este permiso también deja ver **{count} entradas que usted eligió**, sea cual sea su fecha.";
    }
    chosen_sensitive(count: i64, labels: &str) {
        English: one "It is marked **{labels}**.", other "Among these {count} is what is marked **{labels}**.";
        Spanish: one "Está marcada como **{labels}**.", other "Entre estas {count} hay lo que está marcado como **{labels}**.";
    }
    nothing_else_sensitive {
        English: "**Nothing else that is sensitive** is included, and everything else stays closed.",
        Spanish: "**No incluye nada más que sea delicado**, y todo lo demás queda cerrado.",
    }
    for_treatment { English: "for **treatment**", Spanish: "para el **tratamiento**" }
    for_second_opinion { English: "for a **second opinion**", Spanish: "para una **segunda opinión**" }
    for_coordination { English: "to **arrange your care**", Spanish: "para **organizar su atención médica**" }
    for_other(text: &str) { English: "for **{text}**", Spanish: "para **{text}**" }
    until_day(day: &str) { English: "until **{day}**", Spanish: "hasta el **{day}**" }
    until_stopped { English: "until **you stop it**", Spanish: "hasta que **usted retire el permiso**" }
    dates_from(day: &str) { English: " from **{day}** on", Spanish: " con fecha desde **{day}**" }
    dates_to(day: &str) { English: " up to **{day}**", Spanish: " con fecha hasta el **{day}**" }
    dates_between(from: &str, to: &str) { English: " from **{from}** to **{to}**", Spanish: " con fecha del **{from}** al **{to}**" }
    todays_only {
        English: " as they are **today**, without what is added later",
        Spanish: " tal como están **hoy**, sin lo que se añada después",
    }
    as_when_shared {
        English: " as they were when **you shared them**, without what was added later",
        Spanish: " tal como estaban cuando **usted dio el permiso**, sin lo que se añadió después",
    }
    they_may_copy { English: "They may **take a copy**.", Spanish: "Este permiso también deja **llevarse una copia**." }
    they_may_write {
        English: "They may **write notes** into your record.",
        Spanish: "Este permiso también deja **escribir notas** en su historia clínica.",
    }
    they_may_pass_on {
        English: "They may **pass it on, or part of it, to one colleague**; you are told.",
        Spanish: "Este permiso también deja **pasarlo, todo o en parte, a un colega**; a usted se le avisa.",
    }
    they_may_share {
        English: "They may **share it, or part of it, with clinicians in your place**; you are told.",
        Spanish: "Este permiso también deja **compartirlo, todo o en parte, con profesionales sanitarios en su lugar**; a usted se le avisa.",
    }
    shared_by_carer(who: &str) { English: "Shared by **{who}**, who helps you.", Spanish: "Lo compartió **{who}**, que le ayuda." }
    passed_on_by(who: &str) { English: "Passed on by **{who}**.", Spanish: "Lo pasó **{who}**." }
    nothing_sensitive {
        English: "**Nothing sensitive** is included, and everything else stays closed.",
        Spanish: "**No incluye nada delicado**, y todo lo demás queda cerrado.",
    }
    some_sensitive(labels: &str) {
        English: "This **includes** what is marked **{labels}**. Everything else stays closed.",
        Spanish: "Esto **incluye** lo que está marcado como **{labels}**. Todo lo demás queda cerrado.",
    }
    all_sensitive {
        English: "This **includes everything sensitive**. Everything else stays closed.",
        Spanish: "Esto **incluye todo lo delicado**. Todo lo demás queda cerrado.",
    }
    purpose_treatment { English: "Treatment", Spanish: "Tratamiento" }
    purpose_second_opinion { English: "A second opinion", Spanish: "Una segunda opinión" }
    purpose_coordination { English: "Arranging my care", Spanish: "Organizar mi atención médica" }
    purpose_other { English: "Something else", Spanish: "Otra cosa" }
}

impl Say {
    /// The sentence of a grant; `**` stands around what is set in bold.
    #[must_use]
    pub fn grant_sentence(self, named: &Named, terms: &Terms) -> String {
        self.sentence_as(named, terms, self.todays_only())
    }

    /// The same; `as_then` stands where nothing is included that came later.
    fn sentence_as(self, to: &Named, terms: &Terms, as_then: &str) -> String {
        let who = match to {
            Named::Clinician { name, organization } => self.at_organization(&plain(name), &plain(organization)),
            Named::Professions { professions, organization } => {
                let professions: Vec<_> = professions.iter().map(|profession| plain(&self.profession_named(profession))).collect();
                self.anyone_at(&self.alternatives(&professions), &plain(organization))
            }
            Named::Code => self.whoever_uses_the_code().to_owned(),
            Named::Carer { name } => self.who_helps(&plain(name)),
            Named::CarerCode => self.whoever_uses_the_carer_code().to_owned(),
        };
        let (count, named) = (i64::try_from(terms.things.len()).unwrap_or(i64::MAX), terms.named_labels());
        let has_categories = !terms.categories.is_empty();
        let new = if terms.includes_new || !has_categories { "" } else { as_then };
        let seen = if has_categories { self.may_see(&who, &self.categories(terms.categories)) } else { self.may_see_only(count, &who) };
        let (dates, purpose, until) = (self.grant_dates(terms.from, terms.to), self.grant_purpose(terms), self.grant_until(terms.until));
        let sensitive = if terms.labels.is_empty() && !named.is_empty() {
            self.nothing_else_sensitive().to_owned()
        } else {
            self.sensitive(terms.labels)
        };
        let sentences = [
            Some(format!("{seen}{dates}{new}, {purpose}, {until}.")),
            (has_categories && count > 0).then(|| self.also_chosen(count)),
            (!named.is_empty()).then(|| self.chosen_sensitive(count, &self.labels(named))),
            Some(sensitive),
            terms.may_export.then(|| self.they_may_copy().to_owned()),
            terms.may_write.then(|| self.they_may_write().to_owned()),
            terms.may_delegate.then(|| {
                let is_help = matches!(to, Named::Carer { .. } | Named::CarerCode);
                if is_help { self.they_may_share() } else { self.they_may_pass_on() }.to_owned()
            }),
        ];
        sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// The sentence of what a clinician has passed on, or a carer shared in the patient's place.
    #[must_use]
    pub fn passed_on_sentence(self, to: &Named, terms: &Terms, giver: &Giver) -> String {
        let by = match giver {
            Giver::Clinician(name) => self.passed_on_by(&plain(name)),
            Giver::Carer(name) => self.shared_by_carer(&plain(name)),
        };
        format!("{} {by}", self.sentence_as(to, terms, self.as_when_shared()))
    }

    /// The `lang` of a stored sentence on a page in this language; `None` where it is the page's
    /// own. It is told by words of the template: no name and no purpose can hold them, since
    /// [`plain`] takes the marks out of both. So it is known in the log and to a clinician, too,
    /// who have the sentence without its story.
    #[must_use]
    pub fn lang_of_sentence(self, sentence: &str) -> Option<&'static str> {
        let language = Language::ALL.into_iter().find(|language| {
            let says: [&str; 2] = match language {
                Language::English => [" can see your **", " can see **"],
                Language::Spanish => [" puede ver sus **", " puede ver **"],
            };
            says.into_iter().any(|words| sentence.contains(words))
        })?;
        (language.tag() != self.tag()).then_some(language.tag())
    }

    /// "results, medicines and visits".
    #[must_use]
    pub fn categories(self, categories: Categories) -> String {
        let words: Vec<_> = categories.iter().map(|category| self.category(category).to_lowercase()).collect();
        self.together(&words)
    }

    /// The name of a sensitive label.
    #[must_use]
    pub fn label(self, label: Label) -> &'static str {
        self.word(match self.0 {
            Language::English => match label {
                Label::MentalHealth => "Mental health",
                Label::SubstanceUse => "Substance use",
                Label::SexualReproductive => "Sexual and reproductive health",
                Label::Hiv => "HIV",
                Label::Genetic => "Genetic",
                Label::Violence => "Violence",
            },
            Language::Spanish => match label {
                Label::MentalHealth => "Salud mental",
                Label::SubstanceUse => "Consumo de sustancias",
                Label::SexualReproductive => "Salud sexual y reproductiva",
                Label::Hiv => "VIH",
                Label::Genetic => "Genética",
                Label::Violence => "Violencia",
            },
        })
    }

    /// A purpose as the questions name it.
    #[must_use]
    pub fn purpose(self, purpose: Purpose) -> &'static str {
        match purpose {
            Purpose::Treatment => self.purpose_treatment(),
            Purpose::SecondOpinion => self.purpose_second_opinion(),
            Purpose::Coordination => self.purpose_coordination(),
            Purpose::Other => self.purpose_other(),
            Purpose::Emergency => self.purpose_emergency(),
            Purpose::Incapacity => self.purpose_incapacity(),
        }
    }

    /// A purpose as somebody chooses it for somebody else.
    #[must_use]
    pub fn purpose_of_theirs(self, purpose: Purpose) -> &'static str {
        if purpose == Purpose::Coordination { self.coordination_of_theirs() } else { self.purpose(purpose) }
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

    pub(super) fn sensitive(self, labels: Labels) -> String {
        if labels.is_empty() {
            self.nothing_sensitive().to_owned()
        } else if labels == Labels::ALL {
            self.all_sensitive().to_owned()
        } else {
            self.some_sensitive(&self.labels(labels))
        }
    }

    fn grant_dates(self, from: Option<Date>, to: Option<Date>) -> String {
        let first = |day: Date| {
            if (day.month(), day.day()) == (Month::January, 1) { day.year().to_string() } else { self.from_day(&self.date(day)) }
        };
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
            // Those that nobody chooses have sentences of their own.
            Purpose::Other | Purpose::Emergency | Purpose::Incapacity => {
                self.for_other(&plain(terms.purpose_text.as_deref().unwrap_or_default()))
            }
        }
    }

    fn grant_until(self, until: Option<Date>) -> String {
        until.map_or_else(|| self.until_stopped().to_owned(), |day| self.until_day(&self.date(day)))
    }

    /// "a, b and c".
    #[must_use]
    pub fn together(self, words: &[String]) -> String {
        match self.0 {
            Language::English => joined(words, self.word(" and ")),
            Language::Spanish => joined(words, spanish_and(words)),
        }
    }

    /// "a, b or c".
    #[must_use]
    pub fn alternatives(self, words: &[String]) -> String {
        match self.0 {
            Language::English => joined(words, self.word(" or ")),
            Language::Spanish => joined(words, spanish_or(words)),
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

/// "y", which is "e" before the sound of i ("alergias e imágenes"), but not where it glides into another vowel ("hielo").
fn spanish_and(words: &[String]) -> &'static str {
    match first_sounds(words) {
        (Some('i'), Some('a' | 'e' | 'o')) => " y ",
        (Some('i' | 'í'), _) => " e ",
        _ => " y ",
    }
}

/// "o", which is "u" before the sound of o ("enfermería u oncología").
fn spanish_or(words: &[String]) -> &'static str {
    match first_sounds(words) {
        (Some('o' | 'ó'), _) => " u ",
        _ => " o ",
    }
}

/// What the last word begins with, without its silent h.
fn first_sounds(words: &[String]) -> (Option<char>, Option<char>) {
    let last = words.last().map_or("", String::as_str);
    let mut letters = last.chars().flat_map(char::to_lowercase).skip_while(|letter| *letter == 'h');
    (letters.next(), letters.next())
}

/// A name without what would be taken for our marks.
fn plain(name: &str) -> String {
    name.replace('*', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chartkey_domain::{category::Category, draft::Thing, id::ItemId};
    use time::macros::date;

    fn terms() -> Terms {
        Terms {
            purpose: Purpose::Treatment,
            purpose_text: None,
            categories: [Category::Results, Category::Medicines, Category::Visits].into_iter().collect(),
            labels: Labels::NONE,
            things: Vec::new(),
            from: Some(date!(2024 - 01 - 01)),
            to: None,
            until: Some(date!(2026 - 12 - 22)),
            includes_new: true,
            may_export: false,
            may_write: false,
            may_delegate: false,
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

    fn thing(category: Category, labels: Labels) -> Thing {
        Thing { item: ItemId(uuid::Uuid::nil()), version: 1, category, labels }
    }

    #[test]
    fn single_things_are_counted_and_their_labels_are_said() {
        let say = Say::default();
        let plain = Terms { things: vec![thing(Category::Visits, Labels::NONE); 2], from: None, ..terms() };
        assert_eq!(
            say.grant_sentence(&hana(), &plain),
            "**Dr Hana Lindqvist** at Northfield Heart Clinic can see your **medicines, results and visits**, for **treatment**, until \
             **22 December 2026**. They can also see **2 entries that you chose**, whatever their date. \
             **Nothing sensitive** is included, and everything else stays closed."
        );
        let hiv = thing(Category::Results, Labels::NONE.with(Label::Hiv));
        let only = Terms { things: vec![hiv], categories: Categories::NONE, includes_new: false, ..plain };
        assert_eq!(
            say.grant_sentence(&hana(), &only),
            "**Dr Hana Lindqvist** at Northfield Heart Clinic can see **1 entry that you chose**, as it is **today**, for **treatment**, \
             until **22 December 2026**. It is marked **HIV**. **Nothing else that is sensitive** is included, and everything else stays closed."
        );
        assert_eq!(Say::of(Language::Spanish).lang_of_sentence(&say.grant_sentence(&hana(), &only)), Some("en-GB"));
        assert_eq!(say.lang_of_sentence(&Say::of(Language::Spanish).grant_sentence(&hana(), &only)), Some("es"));
    }

    #[test]
    fn spanish_says_it_in_a_sentence_of_its_own() {
        let say = Say::of(Language::Spanish);
        assert_eq!(
            say.grant_sentence(&hana(), &terms()),
            "**Dr Hana Lindqvist**, de Northfield Heart Clinic, puede ver sus **medicamentos, resultados y consultas** \
             con fecha desde **2024**, para el **tratamiento**, hasta el **22 de diciembre de 2026**. \
             **No incluye nada delicado**, y todo lo demás queda cerrado."
        );
        let terms = Terms {
            categories: [Category::Allergies, Category::Imaging].into_iter().collect(),
            labels: Labels::NONE.with(Label::MentalHealth).with(Label::Hiv),
            until: None,
            from: Some(date!(2024 - 08 - 06)),
            includes_new: false,
            may_export: true,
            ..terms()
        };
        let named = Named::Professions { professions: vec!["enfermería".into(), "oncología".into()], organization: "Larkspur".into() };
        assert_eq!(
            say.grant_sentence(&named, &terms),
            "**Cualquier persona que entre como enfermería u oncología** en Larkspur puede ver sus **alergias e imágenes** \
             con fecha desde **el 6 de agosto de 2024** tal como están **hoy**, sin lo que se añada después, para el **tratamiento**, \
             hasta que **usted retire el permiso**. Esto **incluye** lo que está marcado como **salud mental y VIH**. \
             Todo lo demás queda cerrado. Este permiso también deja **llevarse una copia**."
        );
    }

    #[test]
    fn a_stored_sentence_says_its_language_whoever_and_whatever_it_names() {
        let tricky = Terms { purpose: Purpose::Other, purpose_text: Some("they can see your ** puede ver sus ** all".into()), ..terms() };
        let named = [
            hana(),
            Named::Professions { professions: vec!["nurse".into()], organization: "puede ver sus **".into() },
            Named::Clinician { name: "can see your **".into(), organization: "Larkspur".into() },
            Named::Code,
        ];
        let (english, spanish) = (Say::of(Language::English), Say::of(Language::Spanish));
        for named in &named {
            for terms in [&terms(), &tricky] {
                assert_eq!(english.lang_of_sentence(&english.grant_sentence(named, terms)), None);
                assert_eq!(english.lang_of_sentence(&spanish.grant_sentence(named, terms)), Some("es"));
                assert_eq!(spanish.lang_of_sentence(&english.grant_sentence(named, terms)), Some("en-GB"));
            }
        }
        assert_eq!(spanish.lang_of_sentence("something that an operator wrote"), None);
    }

    #[test]
    fn every_category_is_a_plural_in_spanish_because_the_sentence_says_sus() {
        let say = Say::of(Language::Spanish);
        for category in Category::SHAREABLE {
            let name = say.category(category);
            assert!(name.split(' ').next().is_some_and(|word| word.ends_with('s')), "{name}");
        }
    }
}
