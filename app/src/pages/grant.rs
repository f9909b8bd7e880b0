//! `/sharing/{grant}`: one grant, what became of it, who looked through it, and the
//! way to stop it.

use chartkey_domain::{category::Category, grant::GrantState, id::PatientId};
use chartkey_portal::{
    entry::Entry,
    sharing::{GrantStory, Look, Whole},
};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        entry::row_of,
        flag::flag,
        form::{problem_summary, titled},
        icon::{Icon, icon},
        notice::{Role, notice},
        row::{Row, rows},
        sentence::{Life, labels_end, life, sentence},
        sheet::{back, more, sheet, title},
        verified::checked,
        when::moment,
    },
    pages::{
        Paged, blocked, page,
        sharing::{done, ended_how, ends_soon, grantee, key},
    },
    request::{caller, parameter, portal, preview_page, problem, query, visitor},
    shell::{Bar, Page, Place, document},
};

/// One grant, or with `?ask=stop` the question before it is ended.
pub fn grant() -> impl IntoView {
    page(async {
        let say = caller().say();
        let opened = portal()?.grant(&visitor()?, parameter("grant")?).await?;
        let story = opened.view;
        let over = story.grant.over(story.now);
        let heading = say.share_of(&grantee(say, &story.grant));
        let (name, body) = if query("ask").as_deref() == Some("stop") && !over {
            (say.stop_question().to_owned(), stop(say, &story).into_any())
        } else {
            (heading.clone(), whole(say, opened.whose.patient, heading, &story, over).into_any())
        };
        let page = Page::new(titled(say, &name, problem()), Place::Sharing).of(Bar::from(&opened.whose)).live();
        Paged::Ok(document(page, body).into_any())
    })
}

fn whole(say: Say, patient: PatientId, heading: String, story: &GrantStory, over: bool) -> impl IntoView + use<> {
    let grant = &story.grant;
    let span = Life { starts_at: grant.starts_at, ends_at: grant.ends_at, state: grant.state };
    let below = if over {
        view! { <div class="life"><span>{ended_how(say, grant)}</span></div> }.into_any()
    } else if grant.is_blocked {
        blocked::mark(say, grant)
    } else {
        life(say, span, story.now).into_any()
    };
    let is_help = grant.passed_on.as_ref().is_some_and(|passed| passed.is_help);
    let lines = story
        .story
        .iter()
        .map(|line| view! { <div><dt>{moment(say, line.at)}</dt><dd>{say.story_line(grant.purpose, is_help, &line.kind)}</dd></div> });
    let lines = lines.collect_view();
    view! {
        {back("/sharing".to_owned(), say.back())}
        {problem_summary(say, problem())}
        {done(say)}
        {title(heading, None)}
        <section class="grant" aria-label=say.the_share()>{sentence(say, &grant.sentence)}{grant.ends_soon.then(|| ends_soon(say))}{labels_end(say, grant.labels_until, story.now)}{below}</section>
        {grant.passed_on.as_ref().map(|passed| {
            let words = if passed.is_help { say.part_of_help(&passed.by) } else { say.part_of_another(&passed.by) };
            view! { <p>{more(format!("/sharing/{}", passed.of), words)}</p> }
        })}
        {grant.checked.as_ref().map(|how| sheet("checked", say.fact_verified(), view! { <p>{checked(say, how)}</p> }))}
        {if over { again(say, story).into_any() } else { steps(say, story).into_any() }}
        {passed_on(say, story)}
        {named(say, patient, &story.things)}
        {sheet("looks", say.looks_through(), looks(say, &story.looks))}
        {sheet("story", say.story(), view! { <dl class="facts">{lines}</dl> })}
    }
}

/// What was passed on of it and lasts, each with the way to its own page.
fn passed_on(say: Say, story: &GrantStory) -> Option<impl IntoView + use<>> {
    let lasts: Vec<_> = story.passed.iter().filter(|passed| !passed.over(story.now)).collect();
    let one = |passed: &&Whole| key(say, passed, story.now);
    (!lasts.is_empty()).then(|| {
        sheet(
            "passed",
            if story.grant.is_carer() { say.shared_of_it() } else { say.passed_on_of_it() },
            view! { <p class="hint">{say.passed_on_ends_too()}</p>{lasts.iter().map(one).collect_view()} },
        )
    })
}

/// The single things that it names. What has changed since is closed again, and says so.
fn named(say: Say, patient: PatientId, things: &[(Entry, bool)]) -> Option<impl IntoView + use<>> {
    let one = |(entry, is_open): &(Entry, bool)| Row {
        beneath: (!is_open).then(|| flag("unknown", Icon::Keyhole, say.chosen_has_changed().to_owned()).into_any()),
        ..row_of(say, patient, entry.clone())
    };
    (!things.is_empty()).then(|| sheet("things", say.chosen_entries(), rows(things.iter().map(one).collect())))
}

fn steps(say: Say, story: &GrantStory) -> impl IntoView + use<> {
    let id = story.grant.id.to_string();
    let (action, words) = if story.grant.state == GrantState::Paused {
        ("/api/resume-grant", say.resume_sharing())
    } else {
        ("/api/pause-grant", say.pause_sharing())
    };
    // What is part of a share that is paused does not go on without it.
    let is_held = story.grant.passed_on.as_ref().is_some_and(|passed| passed.is_held);
    let pause = (!is_held).then(|| {
        view! {
            <form method="post" action=action>
                <input type="hidden" name="grant" value=id.clone()/>
                <button class="button second" type="submit">{words}</button>
            </form>
        }
    });
    // Nobody sees anything through a share that is stopped.
    let preview = story.grant.in_force(story.now).then(|| {
        view! { <a class="button second" href=preview_page(story.grant.id.0.into())>{icon(Icon::Eye)}{say.see_as_they_do()}</a> }
    });
    let longer = (story.grant.may_change && story.grant.may_last_longer).then(|| {
        let class = if story.grant.ends_soon { "button" } else { "button second" };
        view! { <button class=class type="submit" name="step" value="time">{say.make_longer()}</button> }
    });
    let change = story.grant.may_change.then(|| {
        view! {
            <form method="post" action="/api/change-grant">
                <input type="hidden" name="grant" value=id.clone()/>
                <p class="actions">{longer}<button class="button second" type="submit" name="step" value="check">{say.change_share()}</button></p>
                <p class="small quiet">{say.change_share_says()}</p>
            </form>
        }
    });
    view! {
        {change}
        <div class="actions">
            {preview}
            <a class="button stop" href="?ask=stop">{say.stop_sharing()}</a>
            {pause}
        </div>
    }
}

/// The way to give what is over once more, where it is not its grantee who ended it.
fn again(say: Say, story: &GrantStory) -> Option<impl IntoView + use<>> {
    (story.grant.may_change && !story.grant.is_given_back).then(|| {
        view! {
            <form method="post" action="/api/change-grant">
                <input type="hidden" name="grant" value=story.grant.id.to_string()/>
                <p class="actions"><button class="button second" type="submit" name="step" value="check">{say.share_again()}</button></p>
            </form>
        }
    })
}

/// What withdrawing does, and does not.
fn stop(say: Say, story: &GrantStory) -> impl IntoView + use<> {
    let read: Vec<_> = story.looks.iter().filter(|look| look.what.items > 0).cloned().collect();
    let does_not = if read.is_empty() { say.stop_nothing_read() } else { say.stop_does_not() };
    view! {
        {back(format!("/sharing/{}", story.grant.id), say.back())}
        {title(say.stop_question(), None)}
        <section class="grant compact" aria-label=say.the_share()>{sentence(say, &story.grant.sentence)}</section>
        {notice(Role::Caution, say.stop_sharing(), view! { <p>{say.stop_does()}</p><p>{does_not}</p> })}
        {(!read.is_empty()).then(|| sheet("looks", say.looks_through(), looks(say, &read)))}
        <form method="post" action="/api/withdraw-grant">
            <input type="hidden" name="grant" value=story.grant.id.to_string()/>
            <p class="actions">
                <button class="button stop" type="submit">{say.stop_sharing()}</button>
                <a href=format!("/sharing/{}", story.grant.id)>{say.keep_sharing()}</a>
            </p>
        </form>
    }
}

fn looks(say: Say, looks: &[Look]) -> impl IntoView + use<> {
    if looks.is_empty() {
        return view! { <p>{say.nobody_looked()}</p> }.into_any();
    }
    let lines = looks.iter().map(|look| {
        view! { <div><dt>{moment(say, look.at)}</dt><dd>{look.who.name.clone()} " " {saw(say, look)}</dd></div> }
    });
    view! { <dl class="facts">{lines.collect_view()}</dl> }.into_any()
}

/// What somebody did, as the end of a sentence that begins with their name.
fn saw(say: Say, look: &Look) -> String {
    let count = i64::from(look.what.items);
    let words: Vec<_> = look
        .what
        .categories
        .iter()
        .filter_map(|slug| Category::from_slug(slug))
        .map(|category| say.category(category).to_lowercase())
        .collect();
    match (look.what.action.as_str(), count) {
        ("export", _) => say.copied_things(count),
        ("passed-on", _) => say.passed_it_on().to_owned(),
        ("share-taken-back", _) => say.took_it_back().to_owned(),
        ("helped-share", _) => say.shared_it_for().to_owned(),
        ("helped-stop", _) => say.stopped_it_for().to_owned(),
        (_, 0) => say.opened_page().to_owned(),
        (_, _) => say.opened_things(count, &say.together(&words)),
    }
}
