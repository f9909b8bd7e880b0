//! The four questions.

use chartkey_domain::{
    category::Category,
    draft::{Draft, End, Recipient, TypedDay},
    grant::{Grantee, Purpose},
    id::DraftId,
    label::{Label, Labels},
    when::Precision,
};
use chartkey_portal::{
    drafts::KeptDraft,
    sharing::{Choices, KnownOrganization},
};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        form::{beside, choice, day},
        notice::{Role, notice},
    },
    pages::grant_new::{colleague, presets, things, value},
};

fn head(say: Say, number: i32, heading: &'static str, says: &'static str) -> impl IntoView {
    headed(say.new_share_question(number), heading, says)
}

/// The head of a question that is asked of carers too, who are asked two fewer before.
fn head_of(say: Say, kept: &KeptDraft, number: i32, heading: &'static str, says: &'static str) -> impl IntoView + use<> {
    let above = if is_carer(kept) { say.carer_question(number - 2) } else { say.new_share_question(number) };
    headed(above, heading, says)
}

fn headed(above: String, heading: &'static str, says: &'static str) -> impl IntoView {
    view! { <div class="title"><p class="quiet">{above}</p><h1>{heading}</h1><p>{says}</p></div> }
}

fn is_carer(kept: &KeptDraft) -> bool {
    kept.draft.recipient.as_ref().is_some_and(Recipient::is_carer)
}

fn hidden(draft: DraftId) -> impl IntoView {
    view! { <input type="hidden" name="draft" value=draft.to_string()/> }
}

fn go_on(say: Say) -> impl IntoView {
    view! { <p class="actions"><button class="button" type="submit">{say.go_on()}</button><a href="/sharing">{say.dont_share()}</a></p> }
}

/// Who may see something.
pub(super) fn who(say: Say, draft: Option<DraftId>, answers: &Draft, known: &[KnownOrganization]) -> (&'static str, AnyView) {
    let chosen = answers.recipient.as_ref().map(value).unwrap_or_default();
    let body = view! {
        {head(say, 1, say.who_question(), say.who_says())}
        <form method="post" action="/api/grant-who" id="recipient">
            {draft.map(hidden)}
            {beside(say, "recipient")}
            {recipients(say, known, &chosen)}
            {known.is_empty().then(|| view! { <p>{say.who_nobody_known()}</p> })}
            <fieldset class="choices sheet">
                <legend class="hide">{say.who_by_code()}</legend>
                {one(&Recipient::Code, &chosen, say.who_by_code().to_owned(), say.who_by_code_hint().to_owned())}
            </fieldset>
            {go_on(say)}
        </form>
    };
    (say.who_question(), body.into_any())
}

/// The clinicians and professions of every organization that is known, to choose one of; `chosen` is [`value`] of what was chosen.
pub fn recipients(say: Say, known: &[KnownOrganization], chosen: &str) -> impl IntoView + use<> {
    // Of independent clinicians nobody can be chosen who has not signed in.
    let has_anybody = |organization: &&KnownOrganization| !(organization.clinicians.is_empty() && organization.professions.is_empty());
    known
        .iter()
        .filter(has_anybody)
        .map(|organization| {
            let clinicians = organization.clinicians.iter().map(|clinician| {
                let grantee = Grantee::Clinician { account: clinician.account, organization: organization.id };
                let hint = say.profession_at(&say.profession_named(&clinician.profession), &organization.name);
                one(&Recipient::Known(grantee), chosen, clinician.name.clone(), hint)
            });
            let professions = organization.professions.iter().map(|profession| {
                let grantee = Grantee::Professions { organization: organization.id, professions: vec![profession.clone()] };
                one(&Recipient::Known(grantee), chosen, say.anyone_who_is(&say.profession_named(profession)), say.anyone_hint().to_owned())
            });
            view! {
                <fieldset class="choices two sheet">
                    <legend class="hide">{organization.name.clone()}</legend><h2>{organization.name.clone()}</h2>
                    {clinicians.collect_view()}
                    {professions.collect_view()}
                </fieldset>
            }
        })
        .collect_view()
}

fn one(recipient: &Recipient, chosen: &str, label: String, hint: String) -> impl IntoView + use<> {
    let value = value(recipient);
    let checked = value == chosen;
    choice("radio", "recipient", value, checked, label, Some(hint))
}

/// What for.
pub(super) fn purpose(say: Say, kept: &KeptDraft) -> (&'static str, AnyView) {
    let choices = Purpose::CHOICES.into_iter().map(|purpose| {
        let checked = kept.draft.purpose.map_or(purpose == Purpose::Treatment, |chosen| chosen == purpose);
        choice("radio", "purpose", purpose.slug().to_owned(), checked, say.purpose(purpose), None)
    });
    let body = view! {
        {head(say, 2, say.purpose_question(), say.purpose_says())}
        <form method="post" action="/api/grant-purpose">
            {hidden(kept.id)}
            <fieldset class="choices sheet">
                <legend class="hide">{say.purpose_question()}</legend>
                {choices.collect_view()}
                <div class="field">
                    <label for="purpose_text">{say.purpose_words()}</label>
                    {beside(say, "purpose_text")}
                    <input id="purpose_text" name="purpose_text" type="text" maxlength="120" autocomplete="off" value=kept.draft.purpose_text.clone()/>
                </div>
            </fieldset>
            {go_on(say)}
        </form>
    };
    (say.purpose_question(), body.into_any())
}

/// Which categories and labels.
pub(super) fn what(say: Say, kept: &KeptDraft, known: &[KnownOrganization], choices: &Choices) -> (&'static str, AnyView) {
    let parts = &choices.parts;
    let chosen = presets::chosen();
    let (ticked, let_through) = chosen.map_or((kept.draft.categories, kept.draft.labels), |preset| (preset.categories(), Labels::NONE));
    let categories = Category::SHAREABLE.into_iter().map(|category| {
        let hint = match parts.categories.iter().find(|(known, ..)| *known == category) {
            None => say.part_empty().to_owned(),
            Some((_, count, None)) => say.part_hint_undated(*count),
            Some((_, count, Some(newest))) => say.part_hint(*count, &say.when(*newest, Precision::Day)),
        };
        let checked = ticked.contains(category);
        choice("checkbox", "categories[]", category.slug().to_owned(), checked, say.category(category), Some(hint))
    });
    let labels = Label::ALL.into_iter().map(|label| {
        let count = parts.labels.iter().find(|(known, _)| *known == label).map_or(0, |(_, count)| *count);
        let hint = if count == 0 { say.part_empty().to_owned() } else { say.things(count) };
        choice("checkbox", "labels[]", label.slug().to_owned(), let_through.contains(label), say.label(label), Some(hint))
    });
    let private =
        (parts.private > 0).then(|| notice(Role::Held, say.private_heading(), view! { <p>{say.private_things(parts.private)}</p> }));
    let body = view! {
        {head_of(say, kept, 3, say.what_question(), say.what_says())}
        {presets::presets(say, kept, known)}
        {things::lenses(say, kept, &choices.lenses)}
        <form method="post" action="/api/grant-what" id="categories">
            {hidden(kept.id)}
            {beside(say, "categories")}
            {chosen.map(|preset| view! { <p class="hint">{say.preset_is_ticked(say.preset(preset))}</p> })}
            <fieldset class="choices two sheet"><legend class="hide">{say.what_legend()}</legend><h2>{say.what_legend()}</h2>{categories.collect_view()}</fieldset>
            <fieldset class="choices two sheet">
                <legend class="hide">{say.sensitive_legend()}</legend><h2>{say.sensitive_legend()}</h2>
                <p class="hint">{say.sensitive_hint()}</p>
                {labels.collect_view()}
            </fieldset>
            {things::named(say, &choices.named)}
            {private}
            <p class="small quiet">{say.note_can_mention()}</p>
            {go_on(say)}
        </form>
    };
    (say.what_question(), body.into_any())
}

/// Which dates, and how long.
pub(super) fn time(say: Say, kept: &KeptDraft, known: &[KnownOrganization]) -> (&'static str, AnyView) {
    let draft = &kept.draft;
    // Whom nobody vouches for but the operator passes nothing on.
    let may_delegate = draft.recipient.as_ref().is_some_and(|recipient| {
        recipient.is_one_person() && colleague(recipient, known).is_none_or(|clinician| clinician.checked.is_none())
    });
    let end = |end: End, slug: &str, words: &'static str| choice("radio", "end", slug.to_owned(), draft.end == end, words, None);
    let tick = |name: &'static str, checked: bool, words: &'static str, hint: &str| {
        choice("checkbox", name, "on".to_owned(), checked, words, Some(hint.to_owned()))
    };
    let (pass_on, hint) =
        if is_carer(kept) { (say.may_share_choice(), say.may_share_hint()) } else { (say.may_pass_on_choice(), say.may_pass_on_hint()) };
    let body = view! {
        {head_of(say, kept, 4, say.time_question(), say.time_says())}
        <form method="post" action="/api/grant-time">
            {hidden(kept.id)}
            <fieldset class="choices sheet">
                <legend class="hide">{say.dates_legend()}</legend><h2>{say.dates_legend()}</h2>
                {days(say, "from", say.first_day(), &draft.from)}
                {days(say, "to", say.last_day(), &draft.to)}
                {tick("only_todays", draft.only_todays, say.todays_only_choice(), say.todays_only_hint())}
            </fieldset>
            <fieldset class="choices sheet">
                <legend class="hide">{say.end_legend()}</legend><h2>{say.end_legend()}</h2>
                {end(End::Preset, "preset", say.end_preset())}
                {end(End::Day, "day", say.end_day())}
                {days(say, "until", say.until_legend(), &draft.until)}
                {end(End::Open, "open", say.end_open())}
            </fieldset>
            <fieldset class="choices sheet">
                <legend class="hide">{say.more_legend()}</legend><h2>{say.more_legend()}</h2>
                {tick("may_export", draft.may_export, say.may_copy_choice(), say.may_copy_hint())}
                {(!is_carer(kept)).then(|| tick("may_write", draft.may_write, say.may_write_choice(), say.may_write_hint()))}
                {may_delegate.then(|| tick("may_delegate", draft.may_delegate, pass_on, hint))}
            </fieldset>
            {go_on(say)}
        </form>
    };
    (say.time_question(), body.into_any())
}

fn days(say: Say, name: &'static str, legend: &'static str, typed: &TypedDay) -> impl IntoView + use<> {
    let part = |part: &str, value: &str| (format!("{name}_{part}"), value.to_owned(), "off");
    day(say, legend, None, [part("day", &typed.day), part("month", &typed.month), part("year", &typed.year)])
}
