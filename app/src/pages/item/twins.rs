//! The same thing as other sources tell it, and what the patient can say about that.

use chartkey_domain::{
    category::Category,
    id::{ItemId, PatientId},
};
use chartkey_portal::{
    entry::{Entry, Twin},
    items::Detail,
};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        entry::address,
        icon::{Icon, icon},
        sheet::sheet,
        source::what_it_says,
    },
};

/// Who else delivered it, each with the page of what they say, or whom the patient has taken it apart from.
pub fn twins(say: Say, patient: PatientId, detail: &Detail, is_own: bool) -> Option<AnyView> {
    let Detail { entry, parted, .. } = detail;
    if entry.twins.is_empty() && parted.is_empty() {
        return None;
    }
    let is_one = !entry.twins.is_empty();
    let (heading, says, others) = if is_one {
        (say.also_recorded_by(), say.same_in_sources(), &entry.twins)
    } else {
        (say.not_the_same_as(), say.you_took_apart(), parted)
    };
    let form = is_own.then(|| if is_one { apart(say, patient, entry) } else { together(say, patient, entry) });
    Some(sheet("twins", heading, view! { <p>{says}</p>{list(say, patient, entry.category, others)}{form} }).into_any())
}

fn list(say: Say, patient: PatientId, category: Category, twins: &[Twin]) -> impl IntoView + use<> {
    let lines = twins.iter().map(|twin| {
        let href = address(patient, category, twin.id);
        view! { <li class="row"><p class="label">{icon(Icon::Source)} " " <a class="name" href=href>{what_it_says(say, &twin.source)}</a></p></li> }
    });
    view! { <ul class="rows">{lines.collect_view()}</ul> }
}

fn apart(say: Say, patient: PatientId, entry: &Entry) -> AnyView {
    view! {
        <p class="quiet small">{say.taking_apart_says()}</p>
        {form("/api/take-apart", say.not_the_same(), patient, entry)}
    }
    .into_any()
}

fn together(say: Say, patient: PatientId, entry: &Entry) -> AnyView {
    form("/api/put-together", say.the_same_after_all(), patient, entry).into_any()
}

fn form(action: &'static str, words: &'static str, patient: PatientId, entry: &Entry) -> impl IntoView + use<> {
    view! {
        <form method="post" action=action>
            <input type="hidden" name="patient" value=patient.to_string()/>
            <input type="hidden" name="category" value=entry.category.slug()/>
            <input type="hidden" name="item" value=entry.id.to_string()/>
            <button class="button small" type="submit">{words}</button>
        </form>
    }
}

/// Where a form about twins leads, with what was done, and the page that it came from.
pub fn said(
    done: Result<Category, ApiError>,
    what: &str,
    patient: PatientId,
    category: &str,
    item: ItemId,
) -> (Result<String, ApiError>, String) {
    // The page of a visit is what belongs to it; what it tells itself stands on one beside it.
    let page = |category| match category {
        Category::Visits => format!("{}/about", address(patient, category, item)),
        _ => address(patient, category, item),
    };
    // What comes with a form is not put into an address unseen.
    let from = page(Category::from_slug(category).unwrap_or(Category::Own));
    (done.map(|category| format!("{}?done={what}", page(category))), from)
}
