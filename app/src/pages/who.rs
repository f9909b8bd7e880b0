//! `/record/{patient}/{category}/{item}/who`: who can see one thing, keeping it from one of them or from everybody, what it is marked with, and sharing it alone.

use chartkey_domain::{
    category::Category,
    draft::Thing,
    id::{AccountId, DraftId, ItemId, OrganizationId, PatientId},
    label::{Label, Labels},
    policy::Whom,
};
use chartkey_portal::{
    entry::Entry,
    reach::{Access, Holder, Mark, Reach},
};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        entry::{address, called},
        flag::flag,
        form::{hidden, problem_summary, titled},
        icon::Icon,
        notice::{Role, notice, what_was_done},
        sheet::{back, more, sheet, title},
    },
    pages::{blocked, page as page_of, reader::Reader},
    request::{item as item_of_page, parameter, problem, query},
    shell::{Place, document},
};

/// The address of this page; what comes with a form as the category is not put into an address unseen.
pub fn page(patient: PatientId, category: &str, item: ItemId) -> String {
    format!("{}/who", address(patient, Category::from_slug(category).unwrap_or(Category::Own), item))
}

/// What the page says after the redirect of a form: a word of its address.
pub const fn done(whom: Whom, is_kept: bool) -> &'static str {
    match (whom, is_kept) {
        (Whom::Everybody, true) => "private",
        (Whom::Everybody, false) => "left",
        (_, true) => "kept",
        (_, false) => "shown",
    }
}

/// Where a form of this page leads, with what was done, and the page that it came from.
pub fn said(
    done: Result<(Category, &str), ApiError>,
    patient: PatientId,
    category: &str,
    item: ItemId,
) -> (Result<String, ApiError>, String) {
    (done.map(|(category, what)| format!("{}?done={what}", page(patient, category.slug(), item))), page(patient, category, item))
}

/// Whom a form is about.
///
/// # Errors
/// [`ApiError::NotFound`] where it names nobody, or two.
pub const fn whom(account: Option<AccountId>, organization: Option<OrganizationId>, everybody: Option<&str>) -> Result<Whom, ApiError> {
    match (account, organization, everybody) {
        (Some(account), None, None) => Ok(Whom::Account(account)),
        (None, Some(organization), None) => Ok(Whom::Organization(organization)),
        (None, None, Some(_)) => Ok(Whom::Everybody),
        _ => Err(ApiError::NotFound),
    }
}

/// The label that a form is about.
///
/// # Errors
/// [`ApiError::NotFound`] where there is none like that.
pub fn label(slug: &str) -> Result<Label, ApiError> {
    Label::from_slug(slug).ok_or(ApiError::NotFound)
}

/// Everybody with a share, and whether it reaches this.
pub fn who() -> impl IntoView {
    page_of(async {
        let reader = Reader::of_record()?;
        let name: String = parameter("category")?;
        let category = Category::from_slug(&name).ok_or(ApiError::NotFound)?;
        let opened = reader.portal.reach(&reader.visitor, reader.patient, category, item_of_page()?).await?;
        let (say, whose, Reach { entry, is_kept, thing, draft, holders, marks, lowered }) = (reader.say, opened.whose, opened.view);
        let named = called(say, &entry).name;
        let about = entry.when.map_or_else(|| named.clone(), |(first, precision)| format!("{named}, {}", say.when(first, precision)));
        let nobody = holders.is_empty().then(|| view! { <p>{say.nobody_has_a_share()}</p> });
        let rows = holders.iter().map(|holder| row(say, reader.patient, &entry, thing, holder)).collect_view();
        let body = view! {
            {back(address(reader.patient, category, entry.id), named)}
            {problem_summary(say, problem())}
            {was_done(say)}
            {title(say.who_can_see_this(), Some(about))}
            {entry.is_private.then(|| notice(Role::Held, say.private(), view! { <p>{say.private_reaches_nobody()}</p> }))}
            {sheet("holders", say.with_a_share(), view! { {nobody}<ul class="rows">{rows}</ul><p class="quiet small">{say.keeping_says()}</p> })}
            {sensitive(say, reader.patient, &entry, &marks, lowered)}
            {to_oneself(say, reader.patient, &entry, is_kept)}
            {thing.map(|thing| alone(say, reader.patient, thing, draft))}
            <p class="actions"><a href="/sharing">{say.who_can_see()}</a><a href=blocked::PAGE>{say.blocked_title()}</a></p>
        };
        Ok(document(reader.page(titled(say, say.who_can_see_this(), problem()), Place::Category(category), &whose), body).into_any())
    })
}

/// What was just done, after the redirect of a form.
fn was_done(say: Say) -> Option<impl IntoView> {
    let words = match query("done")?.as_str() {
        "kept" => say.done_kept_from(),
        "shown" => say.done_shown_again(),
        "private" => say.done_kept_to_oneself(),
        "left" => say.done_left_to_shares(),
        "lowered" => say.done_lowered(),
        "marked" => say.done_marked_again(),
        _ => return None,
    };
    Some(what_was_done(say.done(), view! { <p>{words}</p> }))
}

/// What it is marked with, who would see it without that, and the marks that the patient has taken off.
fn sensitive(say: Say, patient: PatientId, entry: &Entry, marks: &[Mark], lowered: Labels) -> Option<AnyView> {
    if (marks.is_empty() && lowered.is_empty()) || entry.category == Category::Own {
        return None;
    }
    let says = (!marks.is_empty()).then(|| view! { <p>{say.marks_say()}</p> });
    let rows = marks.iter().map(|mark| {
        let name = say.label(mark.label);
        let names: Vec<_> = mark.opens_to.iter().map(|holder| who_is(say, holder)).collect();
        let opens = if names.is_empty() { say.unmarked_opens_to_nobody().to_owned() } else { say.unmarked_opens_to(&say.together(&names)) };
        about_label(say, patient, entry, mark.label, opens, "/api/lower-label", say.take_mark_off(name))
    });
    let off = lowered.iter().map(|label| {
        let name = say.label(label);
        about_label(say, patient, entry, label, say.mark_is_off().to_owned(), "/api/mark-again", say.mark_again(name))
    });
    let rows = rows.chain(off).collect_view();
    Some(sheet("marks", say.marks_title(), view! { {says}<ul class="rows">{rows}</ul> }).into_any())
}

fn about_label(
    say: Say,
    patient: PatientId,
    entry: &Entry,
    label: Label,
    says: String,
    action: &'static str,
    button: String,
) -> impl IntoView + use<> {
    view! {
        <li class="row">
            <p class="label"><b>{say.label(label)}</b></p>
            <p>{says}</p>
            <form method="post" action=action>
                {hidden("patient", Some(patient.to_string()))}
                {hidden("category", Some(entry.category.slug().to_owned()))}
                {hidden("item", Some(entry.id.to_string()))}
                {hidden("label", Some(label.slug().to_owned()))}
                <p class="actions"><button class="button second small" type="submit">{button}</button></p>
            </form>
        </li>
    }
}

/// Somebody with a share, with where they are.
fn who_is(say: Say, holder: &Holder) -> String {
    match (&holder.name, &holder.organization) {
        (Some(name), Some(organization)) => format!("{name} ({organization})"),
        (Some(name), None) => name.clone(),
        (None, organization) => say.all_at(organization.as_deref().unwrap_or_default()),
    }
}

/// Keeping it from everybody. Of what the patient wrote they say so in its form; what is private for another reason (their file is not
/// shown yet, or no share reaches its kind) is changed elsewhere, or never.
fn to_oneself(say: Say, patient: PatientId, entry: &Entry, is_kept: bool) -> Option<AnyView> {
    let (action, words, says) = match () {
        () if is_kept => ("/api/show-again", say.leave_to_shares(), say.leave_to_shares_says()),
        () if entry.is_private || entry.category == Category::Own => return None,
        () if entry.is_by_hand() => {
            let change = format!("{}/change", address(patient, entry.category, entry.id));
            return Some(sheet("private", say.only_for_me(), view! { <p>{more(change, say.change())}</p> }).into_any());
        }
        () => ("/api/keep-from", say.keep_to_oneself(), say.keep_to_oneself_says()),
    };
    let form = form(patient, entry, Whom::Everybody, action, words.to_owned());
    Some(sheet("private", say.only_for_me(), view! { <p>{says}</p> {form} }).into_any())
}

/// Sharing this alone, with somebody new or with whoever the patient is preparing a share for.
fn alone(say: Say, patient: PatientId, thing: Thing, draft: Option<DraftId>) -> AnyView {
    let marked = (!thing.labels.is_empty()).then(|| view! { <p>{say.chosen_is_marked(&say.labels(thing.labels))}</p> });
    let add = draft.map(|draft| naming(patient, thing, "draft", Some(draft.to_string()), say.add_to_begun().to_owned()));
    let body = view! {
        <p>{say.share_alone_says()}</p>
        {marked}
        {naming(patient, thing, "grant", None, say.share_alone().to_owned())}
        {add}
    };
    sheet("alone", say.share_alone_title(), body).into_any()
}

/// The button that names it in a share.
fn naming(patient: PatientId, thing: Thing, beside: &'static str, value: Option<String>, words: String) -> impl IntoView {
    view! {
        <form method="post" action="/api/name-thing">
            {hidden("patient", Some(patient.to_string()))}
            {hidden("category", Some(thing.category.slug().to_owned()))}
            {hidden("item", Some(thing.item.to_string()))}
            {hidden("version", Some(thing.version.to_string()))}
            {hidden(beside, value)}
            <p class="actions"><button class="button second small" type="submit">{words}</button></p>
        </form>
    }
}

/// The button that keeps it from somebody, or shows it again.
fn form(patient: PatientId, entry: &Entry, whom: Whom, action: &'static str, words: String) -> impl IntoView + use<> {
    let (name, value) = match whom {
        Whom::Account(account) => ("account", account.to_string()),
        Whom::Organization(organization) => ("organization", organization.to_string()),
        Whom::Everybody => ("everybody", "1".to_owned()),
    };
    view! {
        <form method="post" action=action>
            {hidden("patient", Some(patient.to_string()))}
            {hidden("category", Some(entry.category.slug().to_owned()))}
            {hidden("item", Some(entry.id.to_string()))}
            {hidden(name, Some(value))}
            <p class="actions"><button class="button second small" type="submit">{words}</button></p>
        </form>
    }
}

fn row(say: Say, patient: PatientId, entry: &Entry, thing: Option<Thing>, holder: &Holder) -> impl IntoView + use<> {
    let professions = holder.professions.iter().map(|profession| say.profession_named(profession)).collect::<Vec<_>>().join(", ");
    let organization = holder.organization.clone().unwrap_or_default();
    let name = holder.name.clone().unwrap_or_else(|| say.all_at(&organization));
    // Who is nowhere helps the patient.
    let place = holder.name.is_some().then(|| holder.organization.clone().unwrap_or_else(|| say.helps_you().to_owned()));
    let beside = [Some(professions).filter(|words| !words.is_empty()), place].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let (state, button) = match holder.access {
        Access::Sees => (flag("in", Icon::Eye, say.sees_this().to_owned()), Some(("/api/keep-from", say.keep_from(&name)))),
        Access::Kept => (flag("held", Icon::Private, say.kept_from_them().to_owned()), Some(("/api/show-again", say.show_again(&name)))),
        Access::KeptFromAll => (flag("held", Icon::Private, say.kept_from_all_at(&organization)), None),
        Access::Closed => (flag("unknown", Icon::Keyhole, say.share_reaches_not().to_owned()), None),
    };
    let form = button.map(|(action, words)| form(patient, entry, holder.whom, action, words));
    let show = holder.grant.zip(thing).filter(|_| holder.access == Access::Closed);
    let show = show.map(|(grant, thing)| naming(patient, thing, "grant", Some(grant.to_string()), say.show_only_this(&name)));
    view! {
        <li class="row">
            <p class="label"><b>{name}</b></p>
            <p class="meta">{beside}</p>
            <p>{state}</p>
            {form}
            {show}
        </li>
    }
}
