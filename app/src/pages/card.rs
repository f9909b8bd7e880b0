//! `/download/card`: a card to print, cut and fold into a wallet.

use chartkey_domain::{account::Actor, category::Category};
use chartkey_portal::{Opened, card::Card, entry::Entry, fhir::person::Contact};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        brief::reactions,
        disputed::{Spoken, for_others, spoken},
        entry::{Called, called, plain},
        picture::picture,
        sheet::{back, title},
    },
    pages::{home::without_record, page},
    request::{caller, portal},
    shell::{Page, Place, document},
};

/// What fits on a side that can still be read.
const LINES: usize = 8;
/// What a line has room for of what the patient says is wrong, in characters.
const REASON: usize = 60;
/// What a picture can hold so that a telephone reads it from paper, in bytes.
const PICTURE: usize = 700;

/// The card.
pub fn card() -> impl IntoView {
    page(async {
        let caller = caller();
        let say = caller.say();
        let visitor = caller.visitor.ok_or(ApiError::SignedOut)?;
        if !matches!(visitor.actor, Actor::Person { .. }) {
            return Err(ApiError::NotFound);
        }
        let Some(patient) = caller.record else { return Ok(without_record(say, Place::Download, &visitor.name)) };
        let opened = portal()?.card(&visitor, patient).await?;
        let said = Said::of(say, &opened);
        let scan = picture(say.card_picture(), &said.text());
        let body = view! {
            <div class="unprinted">
                {back("/download".to_owned(), say.download())}
                {title(say.card(), Some(say.card_says().to_owned()))}
            </div>
            <div class="cards">
                <section class="card" aria-labelledby="who">
                    <h2 id="who">{said.name.clone()}</h2>
                    <p>{said.born.clone()}</p>
                    {lines(say, say.category(Category::Allergies), &said.allergies)}
                    {lines(say, say.card_call(), &said.contacts)}
                    {opened.view.code.as_ref().map(|code| view! { <p>{say.card_emergency()} " " <b class="code">{code.clone()}</b></p> })}
                </section>
                <section class="card" aria-label=say.category(Category::Medicines)>
                    {lines(say, say.medicines_in_use(), &said.medicines)}
                    {lines(say, say.active_problems(), &said.problems)}
                </section>
                <section class="card" aria-label=say.card_picture()>
                    {scan}
                    <p>{say.card_as_of(&said.day)}</p>
                    {said.is_cut().then(|| view! { <p>{say.card_shortened()}</p> })}
                </section>
            </div>
            <p class="unprinted quiet">{say.card_warning()}</p>
        };
        Ok(document(Page::new(say.card(), Place::Download), body).into_any())
    })
}

/// A heading and what stands below it; what does not fit is counted.
fn lines(say: Say, heading: &'static str, all: &[Line]) -> impl IntoView + use<> {
    let more = (all.len() > LINES).then(|| {
        let doubted = all.iter().skip(LINES).any(|line| !line.said.is_empty()).then(|| format!("; {}", say.left_out_wrong()));
        view! { <li>{say.and_more(all.len() - LINES)}{doubted}</li> }
    });
    let none = all.is_empty().then(|| view! { <li>{say.not_recorded()}</li> });
    let line = |Line { name, beside, said }: Line| {
        let said = said.into_iter().map(|said| view! { ". " {spoken(say, said)} }).collect_view();
        view! { <li>{name}{beside.map(|beside| format!(" · {beside}"))}{said}</li> }
    };
    let lines = all.iter().take(LINES).cloned().map(line).collect_view();
    view! { <h3>{heading}</h3><ul>{lines}{more}{none}</ul> }
}

/// A line of the card.
#[derive(Debug, Clone)]
struct Line {
    name: String,
    /// How it has shown itself; the picture has no room for it.
    beside: Option<String>,
    /// What the patient says is wrong with it, as far as there is room.
    said: Vec<Spoken>,
}

impl Line {
    /// Whether the very record that is shown is said to be wrong, and not an older one of the same.
    fn is_doubted(&self) -> bool {
        self.said.iter().any(|said| said.is_of_this)
    }

    /// For the picture: that something is said, and not what.
    fn short(&self, say: Say) -> String {
        if self.is_doubted() { format!("{} ({})", self.name, say.said_to_be_wrong()) } else { self.name.clone() }
    }
}

/// What the card says, in the reader's language where the words are ours.
struct Said {
    say: Say,
    name: String,
    born: Option<String>,
    day: String,
    allergies: Vec<Line>,
    medicines: Vec<Line>,
    problems: Vec<Line>,
    contacts: Vec<Line>,
}

impl Said {
    fn of(say: Say, Opened { whose, view }: &Opened<Card>) -> Self {
        let names = |entries: &[Entry]| entries.iter().map(|entry| line(say, entry)).collect();
        let allergy = |entry| Line { beside: reactions(say, &view.summary.allergies, entry), ..line(say, entry) };
        Self {
            say,
            name: whose.name.clone(),
            born: whose.birth_date.as_ref().map(|date| say.born(&say.fhir_date(date))),
            day: say.date(view.now.date()),
            allergies: view.summary.allergies.entries.iter().map(allergy).collect(),
            medicines: names(&view.summary.medicines),
            problems: names(&view.summary.problems),
            contacts: view.contacts.iter().map(|one| Line { name: contact(one), beside: None, said: Vec::new() }).collect(),
        }
    }

    /// Whether a statement is not on it to its end.
    fn is_cut(&self) -> bool {
        let lines = [&self.allergies, &self.medicines, &self.problems].into_iter().flatten();
        lines.flat_map(|line| &line.said).any(|said| said.words.as_deref().is_none_or(|words| words.ends_with('…')))
    }

    /// The same as text for the picture, cut at a whole entry where it is too long.
    fn text(&self) -> String {
        let mut text = [Some(&self.name), self.born.as_ref()].into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
        for (heading, all) in [
            (self.say.category(Category::Allergies), &self.allergies),
            (self.say.medicines_in_use(), &self.medicines),
            (self.say.active_problems(), &self.problems),
            (self.say.card_call(), &self.contacts),
        ] {
            text.push_str(&format!("\n{heading}: "));
            if all.is_empty() {
                text.push_str(self.say.not_recorded());
            }
            for (place, one) in all.iter().enumerate() {
                let short = one.short(self.say);
                if text.len() + short.len() > PICTURE {
                    text.push('…');
                    if all.iter().skip(place).any(Line::is_doubted) {
                        text.push_str(self.say.left_out_wrong());
                    }
                    break;
                }
                text.push_str(if place == 0 { "" } else { "; " });
                text.push_str(&short);
            }
        }
        text.push_str(&format!("\n{}", self.say.card_as_of(&self.day)));
        text
    }
}

/// What a thing is called, with the words of the source: who reads the card may know no others.
fn line(say: Say, entry: &Entry) -> Line {
    let Called { name, beside, is_ours } = called(say, entry);
    let name = match beside.filter(|_| is_ours) {
        Some(written) => format!("{name} ({})", plain(&written).0),
        None => name,
    };
    let name = if entry.is_by_hand() { format!("{name} ({})", say.added_by_patient()) } else { name };
    Line { name, beside: None, said: entry.disputed.as_ref().map(|said| for_others(say, said, REASON)).unwrap_or_default() }
}

fn contact(contact: &Contact) -> String {
    let Contact { name, relationship, phones } = contact;
    let said: Vec<&str> = [name, relationship].into_iter().flatten().chain(phones).map(String::as_str).collect();
    said.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, words: Option<&str>) -> Line {
        let said = words.map(|words| Spoken {
            is_of_this: true,
            who: "The patient says this is wrong:".to_owned(),
            words: Some(words.to_owned()),
        });
        Line { name: name.to_owned(), beside: None, said: said.into_iter().collect() }
    }

    fn card(allergies: Vec<Line>) -> Said {
        let (say, none) = (Say::default(), Vec::new);
        Said {
            say,
            name: "Ada".to_owned(),
            born: None,
            day: "today".to_owned(),
            allergies,
            medicines: none(),
            problems: none(),
            contacts: none(),
        }
    }

    #[test]
    fn the_picture_says_that_something_is_said_to_be_wrong() {
        let text = card(vec![line("Nuts", Some("I eat them daily.")), line("Bees", None)]).text();
        assert!(text.contains("Nuts (said to be wrong); Bees\n"), "{text}");
        assert!(!text.contains("daily"), "it has no room for the words");
        let long = "x".repeat(PICTURE);
        assert!(card(vec![line(&long, Some("No."))]).text().contains("…of what is left out, something is said to be wrong"));
        let text = card(vec![line("Nuts", Some("No.")), line(&long, None)]).text();
        assert!(text.contains('…') && !text.contains("left out"), "{text}");
        let mut older = line("Nuts", Some("No."));
        older.said.iter_mut().for_each(|said| said.is_of_this = false);
        let text = card(vec![older]).text();
        assert!(text.contains("Nuts\n"), "an older record of the same is not this one: {text}");
    }

    #[test]
    fn a_card_says_where_the_whole_words_are_only_where_they_were_cut() {
        assert!(card(vec![line("Nuts", Some("I eat…"))]).is_cut());
        assert!(!card(vec![line("Nuts", Some("I eat them."))]).is_cut());
    }
}
