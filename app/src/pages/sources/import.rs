//! `/sources/imports/{import}`: how far a file is, what it brought, and taking it back.

use chartkey_domain::id::PatientId;
use chartkey_portal::{
    Error, Whose,
    import::own::{Described, owner_of},
    sources::{Brought, Delivery, Report, Undo},
    uploads::{State, Upload},
};
use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        entry::row_of,
        facts::facts,
        form::{problem_summary, titled},
        notice::{Role, notice, what_was_done},
        row::{Row, rows},
        sheet::{back, sheet, title},
        source::{named, source_name},
        when::moment,
    },
    pages::{Paged, page},
    request::{caller, parameter, portal, problem, query},
    shell::{Bar, Page, Place, document},
};

/// Things that were not understood and are named one by one.
const NAMED: usize = 50;

/// A file on its way, or the report of an import; with `?ask=undo` the question before it is taken back.
pub fn import() -> impl IntoView {
    page(async {
        let caller = caller();
        let say = caller.say();
        let visitor = caller.visitor.ok_or(ApiError::SignedOut)?;
        let (portal, import) = (portal()?, parameter("import")?);
        match portal.upload(&visitor, import).await {
            Ok(Upload { state: State::Done, .. }) | Err(Error::NotFound) => {}
            Ok(upload) => return Ok(on_its_way(say, upload)),
            Err(error) => return Err(error.into()),
        }
        let (whose, name, body) = if query("ask").as_deref() == Some("undo") {
            let opened = portal.ask_undo(&visitor, import).await?;
            (opened.whose, say.undo_question().to_owned(), ask(say, opened.view).into_any())
        } else {
            let opened = portal.import_report(&visitor, import).await?;
            let heading = heading(say, &opened.view.delivery);
            let body = report(say, &opened.whose, heading.clone(), opened.view).into_any();
            (opened.whose, heading, body)
        };
        Paged::Ok(document(Page::new(titled(say, &name, problem()), Place::Sources).of(Bar::from(&whose)), body).into_any())
    })
}

fn heading(say: Say, delivery: &Delivery) -> String {
    let of_source = || say.import_of(&source_name(say, &delivery.source));
    delivery.file_name.clone().filter(|name| !name.is_empty()).unwrap_or_else(of_source)
}

/// The way back, and what the page is called.
fn head(say: Say, heading: String, says: Option<String>) -> impl IntoView {
    view! {
        {back("/sources".to_owned(), say.sources())}
        {problem_summary(say, problem())}
        {title(heading, says)}
    }
}

fn on_its_way(say: Say, upload: Upload) -> AnyView {
    let is_running = upload.state.is_running();
    let import = upload.import.to_string();
    let (name, inside) = match upload.state {
        State::Waiting => (say.file_is_safe(), progress(say, None, say.file_waits()).into_any()),
        State::Reading { done, total } => {
            (say.file_is_safe(), progress(say, total.map(|total| (done, total)), say.file_is_read()).into_any())
        }
        State::Asking(whom) => (say.is_this_you(), question(say, import, &whom).into_any()),
        State::Discarded => (say.state_discarded(), view! { <p>{say.file_discarded_says()}</p> {another(say)} }.into_any()),
        State::Done | State::Failed(_) => {
            let refusal = if let State::Failed(refusal) = upload.state { refusal } else { Default::default() };
            let body = view! { <p>{say.refusal(&refusal)}</p><p>{say.nothing_kept()}</p> };
            (say.file_failed(), view! { {notice(Role::Critical, say.file_failed(), body)} {another(say)} }.into_any())
        }
    };
    let body = view! { {head(say, name.to_owned(), Some(upload.file_name))} {inside} };
    let page = Page::new(titled(say, name, problem()), Place::Sources);
    document(if is_running { page.that_asks_again() } else { page }, body).into_any()
}

/// How far it is: `follow.js` moves the bar and changes the words.
fn progress(say: Say, so_far: Option<(i32, i32)>, says: &'static str) -> impl IntoView {
    let words = so_far.map(|(done, total)| say.file_read_so_far(done.into(), total.into()));
    let label = words.clone().unwrap_or_else(|| say.file_is_read().to_owned());
    let bar = match so_far {
        Some((done, total)) => view! { <progress max=total.to_string() value=done.to_string() aria-label=label></progress> }.into_any(),
        None => view! { <progress aria-label=label></progress> }.into_any(),
    };
    let status = [words, Some(says.to_owned())].into_iter().flatten().collect::<Vec<_>>().join(" ");
    view! { <section class="sheet plain upload" aria-label=say.file_is_safe()>{bar}<p role="status">{status}</p></section> }
}

fn another(say: Say) -> impl IntoView {
    view! { <p class="actions"><a class="button" href="/sources/add">{say.add_file()}</a></p> }
}

/// Whom the file describes, and whose record it would go to.
fn question(say: Say, import: String, whom: &Described) -> impl IntoView + use<> {
    let born = whom.birth_date.as_deref().map(|date| say.born(&say.fhir_date(date)));
    let parts: Vec<_> =
        [whom.name.clone(), born, whom.sex.as_deref().map(|sex| say.coded(sex).to_lowercase())].into_iter().flatten().collect();
    let words = if parts.is_empty() { say.whom_unnamed().to_owned() } else { parts.join(", ") };
    view! {
        {notice(Role::Ask, say.file_says_whom(&words), view! { <p>{say.nothing_until_answer()}</p> })}
        <div class="actions">
            <form method="post" action="/api/confirm-upload">
                <input type="hidden" name="import" value=import.clone()/>
                <button class="button" type="submit">{say.yes_is_me()}</button>
            </form>
            <form method="post" action="/api/discard-upload">
                <input type="hidden" name="import" value=import/>
                <button class="button second" type="submit">{say.no_discard()}</button>
            </form>
        </div>
    }
}

fn report(say: Say, whose: &Whose, heading: String, report: Report) -> impl IntoView + use<> {
    let Report { delivery, brought, is_held, changed, notes } = report;
    let patient = whose.patient;
    let is_done = |what: &str| query("done").as_deref() == Some(what);
    let shown = is_done("shown").then(|| what_was_done(say.done(), view! { <p>{say.import_shown()}</p> }));
    let undone = delivery
        .undone_at
        .map(|at| notice(Role::Info, say.import_undone(), view! { <p>{say.import_undone_says(&say.day_and_time(at))}</p> }));
    let is_here = delivery.undone_at.is_none();
    let came = delivery.added + delivery.changed + delivery.older;
    let nothing_new = (is_here && came == 0 && delivery.unchanged > 0)
        .then(|| notice(Role::Info, say.what_came_in(), view! { <p>{say.all_was_here(delivery.unchanged.into())}</p> }));
    let import = delivery.import.to_string();
    let hidden = (delivery.is_own && is_here && is_held).then(|| show(say, import.clone()));
    let says = format!("{} · {}", capital(&source_of(say, &delivery)), say.day_and_time(delivery.at));
    let parts = rows(brought.into_iter().map(|part| part_of(say, patient, part)).collect());
    view! {
        {head(say, heading, Some(says))}
        {shown}
        {undone}
        {nothing_new}
        {hidden}
        {is_here.then(|| sheet("figures", say.what_came_in(), view! { {figures(say, &delivery)} {parts} }))}
        {(!changed.is_empty()).then(|| sheet("changed", say.what_changed(), rows(changed.into_iter().map(|entry| row_of(say, patient, entry)).collect())))}
        {(is_here && !notes.is_empty()).then(|| {
            let lines = notes.iter().take(NAMED).map(|note| view! { <div><dt>{note.position.clone()}</dt><dd>{say.noted(&note.reason)}</dd></div> });
            let lines = lines.collect_view();
            let more = notes.len().checked_sub(NAMED).filter(|more| *more > 0).map(|more| view! { <p>{say.and_more(more)}</p> });
            sheet("notes", say.what_not_understood(), view! { <p>{say.not_understood_says()}</p> <dl class="facts">{lines}</dl> {more} })
        })}
        {(delivery.is_own && is_here).then(|| view! { <p class="actions"><a class="button stop" href="?ask=undo">{say.undo_import()}</a></p> })}
    }
}

fn source_of(say: Say, delivery: &Delivery) -> String {
    if owner_of(&delivery.source).is_some() { say.added_by_you().to_owned() } else { named(say, &delivery.source) }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn figures(say: Say, delivery: &Delivery) -> impl IntoView + use<> {
    let lines = [
        (say.count_new(), delivery.added),
        (say.count_changed(), delivery.changed),
        (say.count_older(), delivery.older),
        (say.count_same(), delivery.unchanged),
        (say.count_not_understood(), delivery.not_understood),
    ];
    let lines = lines.into_iter().filter(|(_, count)| *count > 0);
    facts(lines.map(|(word, count)| (word.to_owned(), say.number(count.into()).into_any())).collect())
}

fn part_of(say: Say, patient: PatientId, part: Brought) -> Row {
    let said = [(part.new > 0).then(|| say.things_new(part.new)), (part.changed > 0).then(|| say.things_changed(part.changed))];
    Row {
        href: format!("/record/{patient}/{}", part.category.slug()),
        name: say.category(part.category).to_owned(),
        medical: Some(said.into_iter().flatten().collect::<Vec<_>>().join(" · ")),
        ..Row::default()
    }
}

fn show(say: Say, import: String) -> impl IntoView {
    notice(
        Role::Held,
        say.only_you_see_import(),
        view! {
            <p>{say.only_you_see_says()}</p>
            <form method="post" action="/api/show-import">
                <input type="hidden" name="import" value=import/>
                <p class="actions"><button class="button small" type="submit">{say.show_import()}</button></p>
            </form>
        },
    )
}

/// What goes and what goes back, before it does; or what stands in the way.
fn ask(say: Say, undo: Undo) -> impl IntoView {
    let Undo { delivery, gone, back, later } = undo;
    let address = format!("/sources/imports/{}", delivery.import);
    let inside = if later.is_empty() {
        let lines = gone.into_iter().map(|(category, count)| (say.category(category).to_owned(), say.number(count).into_any()));
        let lines: Vec<_> = lines.collect();
        let goes =
            if lines.is_empty() && back == 0 { view! { <p>{say.undo_nothing_goes()}</p> }.into_any() } else { facts(lines).into_any() };
        view! {
            {sheet("goes", say.undo_goes(), view! {
                {goes}
                {(back > 0).then(|| view! { <p>{say.undo_back(back)}</p> })}
                <p>{say.undo_goes_says()} " " {say.undo_again()}</p>
            })}
            <form method="post" action="/api/undo-import">
                <input type="hidden" name="import" value=delivery.import.to_string()/>
                <p class="actions">
                    <button class="button stop" type="submit">{say.undo_import()}</button>
                    <a href=address>{say.keep_import()}</a>
                </p>
            </form>
        }
        .into_any()
    } else {
        let links = later.into_iter().map(|(import, at)| {
            view! { <li class="row"><p class="label"><a class="name" href=format!("/sources/imports/{import}")>{say.file_of(&say.day_and_time(at))}</a></p></li> }
        });
        let links = links.collect_view();
        notice(Role::Caution, say.later_imports(), view! { <p>{say.later_imports_says()}</p> <ul class="rows">{links}</ul> }).into_any()
    };
    let name = heading(say, &delivery);
    view! { {head(say, say.undo_question().to_owned(), Some(name))} {inside} <p class="quiet small">{moment(say, delivery.at)}</p> }
}
