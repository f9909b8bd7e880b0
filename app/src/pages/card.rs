//! `/download/card`: a card to print, cut and fold into a wallet.

use chartkey_domain::{account::Actor, category::Category, correction::beginning};
use chartkey_portal::{Opened, card::Card, entry::Entry, fhir::person::Contact};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
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
                </section>
                <section class="card" aria-label=say.category(Category::Medicines)>
                    {lines(say, say.medicines_in_use(), &said.medicines)}
                    {lines(say, say.active_problems(), &said.problems)}
                </section>
                <section class="card" aria-label=say.card_picture()>
                    {scan}
                    <p>{say.card_as_of(&said.day)}</p>
                </section>
            </div>
            <p class="unprinted quiet">{say.card_warning()}</p>
        };
        Ok(document(Page::new(say.card(), Place::Download), body).into_any())
    })
}

/// A heading and what stands below it; what does not fit is counted.
fn lines(say: Say, heading: &'static str, all: &[String]) -> impl IntoView + use<> {
    let more = (all.len() > LINES).then(|| view! { <li>{say.and_more(all.len() - LINES)}</li> });
    let none = all.is_empty().then(|| view! { <li>{say.not_recorded()}</li> });
    let lines = all.iter().take(LINES).cloned().map(|line| view! { <li>{line}</li> }).collect_view();
    view! { <h3>{heading}</h3><ul>{lines}{more}{none}</ul> }
}

/// What the card says, in the reader's language where the words are ours.
struct Said {
    say: Say,
    name: String,
    born: Option<String>,
    day: String,
    allergies: Vec<String>,
    medicines: Vec<String>,
    problems: Vec<String>,
    contacts: Vec<String>,
}

impl Said {
    fn of(say: Say, Opened { whose, view }: &Opened<Card>) -> Self {
        let names = |entries: &[Entry]| entries.iter().map(|entry| said(say, entry)).collect();
        Self {
            say,
            name: whose.name.clone(),
            born: whose.birth_date.as_ref().map(|date| say.born(&say.fhir_date(date))),
            day: say.date(view.now.date()),
            allergies: names(&view.summary.allergies),
            medicines: names(&view.summary.medicines),
            problems: names(&view.summary.problems),
            contacts: view.contacts.iter().map(contact).collect(),
        }
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
                if text.len() + one.len() > PICTURE {
                    text.push('…');
                    break;
                }
                text.push_str(if place == 0 { "" } else { "; " });
                text.push_str(one);
            }
        }
        text.push_str(&format!("\n{}", self.say.card_as_of(&self.day)));
        text
    }
}

/// What a thing is called, with the words of the source: who reads the card may know no others.
fn said(say: Say, entry: &Entry) -> String {
    let Called { name, beside, is_ours } = called(say, entry);
    let name = match beside.filter(|_| is_ours) {
        Some(written) => format!("{name} ({})", plain(&written).0),
        None => name,
    };
    match &entry.disputed {
        Some(said) => format!("{name}. {} {}", say.patient_says_wrong(), beginning(&said.statement, REASON)),
        None => name,
    }
}

fn contact(contact: &Contact) -> String {
    let Contact { name, relationship, phones } = contact;
    let said: Vec<&str> = [name, relationship].into_iter().flatten().chain(phones).map(String::as_str).collect();
    said.join(", ")
}
