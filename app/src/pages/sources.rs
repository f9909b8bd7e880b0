//! `/sources`: who delivered what to the patient's record, and when.

use chartkey_domain::{account::Actor, id::PatientId};
use chartkey_portal::{
    import::own::owner_of,
    sources::{ByHand, Delivery, Sources},
    uploads::{State, Upload},
};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        icon::{Icon, icon},
        row::{Row, rows},
        sheet::{sheet, title},
        source::named,
        when::moment,
    },
    pages::{Paged, home::without_record, page},
    request::{caller, portal},
    shell::{Bar, Page, Place, document},
};

mod add;
mod import;

pub use add::add_file;
pub use import::import;

/// Deliveries of one source that are shown at once; the others unfold.
const AT_ONCE: usize = 3;

/// Every source, the newest delivery first.
pub fn sources() -> impl IntoView {
    page(async {
        let caller = caller();
        let say = caller.say();
        let visitor = caller.visitor.ok_or(ApiError::SignedOut)?;
        if !matches!(visitor.actor, Actor::Person { .. }) {
            return Err(ApiError::NotFound);
        }
        if caller.record.is_none() {
            return Ok(without_record(say, Place::Sources, &visitor.name));
        }
        let opened = portal()?.sources(&visitor).await?;
        let Sources { deliveries, uploads, by_hand } = opened.view;
        let patient = opened.whose.patient;
        let none = (deliveries.is_empty() && by_hand.is_none()).then(|| view! { <p>{say.no_sources()}</p> });
        let sheets = by_source(deliveries).into_iter().enumerate().map(|(place, of)| source(say, place, of)).collect_view();
        let body = view! {
            {title(say.sources_title(), Some(say.sources_says().to_owned()))}
            <p class="actions">
                <a class="button" href="/sources/add">{icon(Icon::Source)}{say.add_file()}</a>
                <a class="button second" href=format!("/record/{patient}/add")>{icon(Icon::Pen)}{say.add_yourself()}</a>
            </p>
            {(!uploads.is_empty()).then(|| on_their_way(say, &uploads))}
            {none}
            {by_hand.map(|by_hand| written(say, patient, by_hand))}
            {sheets}
        };
        Paged::Ok(document(Page::new(say.sources_title(), Place::Sources).of(Bar::from(&opened.whose)), body).into_any())
    })
}

/// What the patient wrote here, as a source of its own.
fn written(say: Say, patient: PatientId, by_hand: ByHand) -> impl IntoView {
    let row = Row {
        href: format!("/record/{patient}/timeline?source={}", by_hand.source_id),
        name: say.things(by_hand.things),
        when: Some(view! { {say.last_written()} " " {moment(say, by_hand.newest_at)} }.into_any()),
        ..Row::default()
    };
    sheet("by-hand", say.what_you_wrote_here(), rows(vec![row]))
}

/// The deliveries of each source, in the order of the newest.
fn by_source(deliveries: Vec<Delivery>) -> Vec<Vec<Delivery>> {
    let mut sources: Vec<Vec<Delivery>> = Vec::new();
    for delivery in deliveries {
        match sources.iter_mut().find(|of| of.first().is_some_and(|first| first.source_id == delivery.source_id)) {
            Some(of) => of.push(delivery),
            None => sources.push(vec![delivery]),
        }
    }
    sources
}

fn source(say: Say, place: usize, mut of: Vec<Delivery>) -> impl IntoView {
    let id = format!("s{place}");
    let labelled_by = id.clone();
    let name = of.first().map(|first| first.source.clone()).unwrap_or_default();
    let name = if owner_of(&name).is_some() { say.files_of_yours().to_owned() } else { named(say, &name) };
    let earlier = of.split_off(of.len().min(AT_ONCE));
    let earlier = (!earlier.is_empty()).then(|| {
        view! {
            <details>
                <summary>{say.earlier_imports(earlier.len())}</summary>
                <ul class="rows">{earlier.into_iter().map(|one| delivered(say, one)).collect_view()}</ul>
            </details>
        }
    });
    view! {
        <section class="sheet" aria-labelledby=labelled_by>
            <h2 id=id>{name}</h2>
            <ul class="rows">{of.into_iter().map(|one| delivered(say, one)).collect_view()}</ul>
            {earlier}
        </section>
    }
}

fn delivered(say: Say, one: Delivery) -> impl IntoView {
    let (figures, name) = (figures(say, &one), one.file_name.clone());
    view! {
        <li class="row">
            <p class="label">
                <a class="name" href=address(&one)>{name.unwrap_or_else(|| say.came_on(&say.day_and_time(one.at)))}<span class="hide">", " {say.day_and_time(one.at)}</span></a>
            </p>
            <p class="meta"><span class="when">{moment(say, one.at)}</span> " " <span>{figures}</span></p>
        </li>
    }
}

fn address(one: &Delivery) -> String {
    format!("/sources/imports/{}", one.import)
}

/// What became of it, in figures.
fn figures(say: Say, one: &Delivery) -> String {
    if one.undone_at.is_some() {
        return say.taken_back().to_owned();
    }
    let said = [
        (one.added > 0).then(|| say.things_new(one.added.into())),
        (one.changed > 0).then(|| say.things_changed(one.changed.into())),
        (one.older > 0).then(|| say.things_older(one.older.into())),
        (one.unchanged > 0).then(|| say.things_same(one.unchanged.into())),
        (one.not_understood > 0).then(|| say.things_not_understood(one.not_understood.into())),
    ];
    said.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn on_their_way(say: Say, uploads: &[Upload]) -> impl IntoView + use<> {
    let lines = uploads.iter().map(|upload| {
        let state = match upload.state {
            State::Waiting => say.state_waits(),
            State::Reading { .. } => say.state_reads(),
            State::Asking(_) => say.state_asks(),
            State::Discarded => say.state_discarded(),
            State::Done | State::Failed(_) => say.state_failed(),
        };
        let (href, name, at) = (format!("/sources/imports/{}", upload.import), upload.file_name.clone(), upload.added_at);
        view! {
            <li class="row">
                <p class="label"><a class="name" href=href>{name}<span class="hide">", " {say.day_and_time(at)}</span></a> " " <span class="medical">{state}</span></p>
                <p class="meta"><span class="when">{moment(say, at)}</span></p>
            </li>
        }
    });
    sheet("way", say.on_their_way(), view! { <ul class="rows">{lines.collect_view()}</ul> })
}
