//! The document around every page: head, header, navigation, whose record it is,
//! and the sprite with the symbols that the page has used.

use chartkey_domain::{
    category::Category,
    id::PatientId,
    when::{Moment, Precision},
};
use chartkey_portal::{Preview, PreviewedPart, Viewer, Whose};
use leptos::{either::Either, nonce::use_nonce, prelude::*};
use time::{Duration, OffsetDateTime};

use crate::{
    catalogue::{Language, Say},
    components::{
        icon::{Icon, icon, sprite, turning},
        notice::{Role, notice},
        preview::{banner, counts, seen_by},
        when::{machine, moment},
    },
    installed::MANIFEST,
    request::{Assets, Caller, Rehearsal, assets, caller, here, of_record},
};

/// Where "Leave now" leads: a page that says nothing about its reader.
const ELSEWHERE: &str = "https://www.wikipedia.org/";

/// The place of a page in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// None: the ways in.
    #[default]
    None,
    /// What is not there. Nothing of the page tells its address, so that all such pages are one.
    Nowhere,
    /// The patient's first page.
    Home,
    /// The summary of a record.
    Summary,
    /// A category of a record.
    Category(Category),
    /// Everything by date.
    Timeline,
    /// What the patient says is wrong.
    Corrections,
    /// Looking for something in a record.
    Search,
    /// Grants, codes and the like.
    Sharing,
    /// The access log.
    Activity,
    /// Where the record comes from.
    Sources,
    /// Taking one's record away.
    Download,
    /// The account.
    Account,
    /// A clinician's patients.
    Patients,
    /// Where a clinician redeems a code.
    Redeem,
    /// The operator's page, where nobody signs in.
    Operator,
}

/// Whose record a page shows.
#[derive(Debug, Clone)]
pub struct Bar {
    /// The record.
    pub patient: PatientId,
    /// The patient's name.
    pub name: String,
    /// The birth date as the source gave it, perhaps partial.
    pub birth_date: Option<String>,
    /// Whether it is the reader's own.
    pub own: bool,
    /// Whether they are to ask the patient before prescribing.
    pub asks_first: bool,
    /// When it was reported that the patient has died.
    pub death_reported_at: Option<OffsetDateTime>,
}

impl From<&Whose> for Bar {
    fn from(whose: &Whose) -> Self {
        let own = whose.is_own() || whose.preview.is_some();
        Self {
            patient: whose.patient,
            name: whose.name.clone(),
            birth_date: whose.birth_date.clone(),
            own,
            asks_first: whose.asks_first,
            death_reported_at: whose.death_reported_at,
        }
    }
}

/// What the document needs to know of a page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    title: String,
    place: Place,
    bar: Option<Bar>,
    open: Option<OpenPage>,
    preview: Option<Preview>,
    parts: Vec<PreviewedPart>,
    islands: bool,
    installs: bool,
    uploads: bool,
    is_live: bool,
    checks: bool,
    asks_again: bool,
    asks_for_passkeys: bool,
}

/// What a page that is not the reader's own rests on: `cover.js` covers it when any of that
/// ends. Never without a record.
#[derive(Debug, Clone)]
struct OpenPage {
    records: Vec<(PatientId, String)>,
    closes_at: OffsetDateTime,
}

impl OpenPage {
    /// The query of `/events`: each record, then its mark.
    fn query(&self) -> String {
        let parts: Vec<_> = self.records.iter().map(|(patient, mark)| format!("patient={patient}&mark={mark}")).collect();
        parts.join("&")
    }
}

impl Page {
    /// A page with this title, in this place.
    pub fn new(title: impl Into<String>, place: Place) -> Self {
        Self { title: title.into(), place, ..Self::default() }
    }

    /// The page shows this record.
    #[must_use]
    pub fn of(mut self, bar: Bar) -> Self {
        self.bar = Some(bar);
        self
    }

    /// The page shows a part of this record. Where it is not the reader's own, it
    /// covers itself when the grants end, and with the session at the latest.
    #[must_use]
    pub fn of_record(self, whose: &Whose, session_ends_at: OffsetDateTime) -> Self {
        Self { preview: whose.preview.clone(), ..self.of(Bar::from(whose)).of_records([whose], session_ends_at) }
    }

    /// The page shows parts of these records. Those that are not the reader's own cover it
    /// together: it is closed when the first of them is.
    #[must_use]
    pub fn of_records<'a>(mut self, records: impl IntoIterator<Item = &'a Whose>, session_ends_at: OffsetDateTime) -> Self {
        for whose in records {
            // What its patient looks at with the eyes of somebody else stays open to them.
            if let (Viewer::Shared { closes_at, mark, .. }, None) = (&whose.viewer, &whose.preview) {
                let open = self.open.get_or_insert_with(|| OpenPage { records: Vec::new(), closes_at: session_ends_at });
                open.records.push((whose.patient, mark.clone()));
                open.closes_at = closes_at.map_or(open.closes_at, |end| end.min(open.closes_at));
            }
        }
        self
    }

    /// When it covers itself at the latest.
    pub fn closes_at(&self) -> Option<OffsetDateTime> {
        self.open.as_ref().map(|open| open.closes_at)
    }

    /// Beside the page stands how much of the record a preview shows.
    #[must_use]
    pub fn beside(mut self, parts: Vec<PreviewedPart>) -> Self {
        self.parts = parts;
        self
    }

    /// What the page tells of its reader's sharing comes anew when it has changed.
    #[must_use]
    pub const fn live(mut self) -> Self {
        self.is_live = true;
        self
    }

    /// The page has an island, so it asks for the WebAssembly.
    #[must_use]
    pub const fn with_islands(mut self) -> Self {
        self.islands = true;
        self
    }

    /// The page offers Chartkey to be kept as an application. It shows nothing of a record.
    #[must_use]
    pub const fn that_installs(mut self) -> Self {
        self.installs = true;
        self
    }

    /// The page has a form that sends a file.
    #[must_use]
    pub const fn that_uploads(mut self) -> Self {
        self.uploads = true;
        self
    }

    /// The page can check the log that it shows.
    #[must_use]
    pub const fn that_checks(mut self) -> Self {
        self.checks = true;
        self
    }

    /// The page has a form that asks the browser for a passkey.
    #[must_use]
    pub const fn that_asks_for_passkeys(mut self) -> Self {
        self.asks_for_passkeys = true;
        self
    }

    /// The page shows something that goes on by itself: it asks again, without script.
    #[must_use]
    pub const fn that_asks_again(mut self) -> Self {
        self.asks_again = true;
        self
    }
}

/// The whole document. `body` is the inside of `<main>` and has been built, so that
/// the sprite knows its symbols.
pub fn document(page: Page, body: impl IntoView) -> impl IntoView {
    let caller = caller();
    let say = caller.say();
    let Page {
        title,
        place,
        bar,
        open: open_page,
        preview,
        parts,
        islands,
        installs,
        uploads,
        is_live,
        checks,
        asks_again,
        asks_for_passkeys,
    } = page;
    let files = assets();
    let has_cover = open_page.is_some();
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    let body = body.into_view();
    let top = top(say, &caller, place);
    let rehearsal = use_context::<Rehearsal>().filter(|_| place != Place::Operator);
    let own_record = caller.record.filter(|_| !caller.is_clinician());
    let open = bar.as_ref().map(|bar| bar.patient);
    let navigation = caller.visitor.is_some().then(|| {
        // Whoever helps somebody has, over that record, what a clinician has.
        let is_others = bar.as_ref().is_some_and(|bar| !bar.own);
        if preview.is_some() {
            reader_navigation(say, place, open, None).into_any()
        } else if caller.is_clinician() {
            reader_navigation(say, place, open, Some(say.patients())).into_any()
        } else if is_others {
            reader_navigation(say, place, open, Some(say.people_you_help())).into_any()
        } else {
            person_navigation(say, place, own_record).into_any()
        }
    });
    let class = navigation.is_some().then_some("shell");
    let printed = caller.now.map(|now| view! { <p class="printed">{say.printed(&say.date(now.date()))}</p> });
    let whose = bar.map(|bar| whose(say, bar, preview.as_ref()));
    let body = if preview.is_some() {
        view! { <fieldset class="still" disabled role="presentation">{body}</fieldset> }.into_any()
    } else {
        body.into_any()
    };
    let eyes = preview.map(|preview| view! { {banner(say, &preview)}{counts(say, &parts)} });
    let signed_in = caller.visitor.is_some();
    let lost = caller.factor_ends_at.filter(|_| signed_in).map(|ends_at| factor_lost(say, ends_at));
    view! {
        <!DOCTYPE html>
        <html lang=say.tag() dir=say.direction()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content=signed_in.then_some("noindex")/>
                <title>{say.title(&title)}</title>
                <link rel="stylesheet" href=files.address("style.css")/>
                <link rel="icon" type="image/svg+xml" href=files.address("icon.svg")/>
                {open_page.as_ref().map(|_| view! { <script type="module" src=files.address("cover.js") nonce=nonce.clone()></script> })}
                {open_page.as_ref().and_then(|open| again_without_script(open, caller.now?))}
                {caller.leaves_after.map(leaving_without_script)}
                {caller.leaves_after.map(|_| view! { <script type="module" src=files.address("leave.js") nonce=nonce.clone()></script> })}
                {islands.then(|| island_scripts(&files, nonce.clone()))}
                {installs.then(|| installing(&files, nonce.clone()))}
                {is_live.then(|| view! { <script type="module" src=files.address("live.js") nonce=nonce.clone()></script> })}
                {uploads.then(|| view! { <script type="module" src=files.address("upload.js") nonce=nonce.clone()></script> })}
                {checks.then(|| view! { <script type="module" src=files.address("log.js") nonce=nonce.clone()></script> })}
                {asks_for_passkeys.then(|| view! { <script type="module" src=files.address("passkey.js") nonce=nonce.clone()></script> })}
                {asks_again.then(|| view! {
                    <script type="module" src=files.address("follow.js") nonce=nonce.clone()></script>
                    <noscript><meta http-equiv="refresh" content="10"/></noscript>
                })}
            </head>
            <body
                class=class
                data-open=open_page.as_ref().map(OpenPage::query)
                data-closes-at=open_page.as_ref().map(|open| machine(open.closes_at, Precision::Instant))
            >
                <a class="skip" href="#main">{say.skip()}</a>
                {rehearsal.map(|_| view! { <p class="rehearsal">{say.rehearsal()} " " <a href="/rehearsal">{say.rehearsal_tasks()}</a></p> })}
                {top}
                {navigation}
                <div class="page">
                    {whose}
                    {eyes}
                    {is_live.then(|| view! { <p class="hide" id="changed" aria-live="polite" data-words=say.page_changed() data-later=say.page_changes_later()></p> })}
                    <main id="main">{lost}{body}</main>
                    {printed}
                </div>
                {has_cover.then(|| cover(say, if caller.is_clinician() { say.your_patients() } else { say.people_you_help() }))}
                {caller.leaves_after.map(|after| leaving(say, after))}
                {sprite()}
            </body>
        </html>
    }
}

/// Somebody says that the second factor is lost: every page tells the one who can stop it.
fn factor_lost(say: Say, ends_at: OffsetDateTime) -> impl IntoView {
    notice(
        Role::Critical,
        say.factor_lost(),
        view! {
            <p>{say.factor_lost_says()} " " {moment(say, ends_at)} "."</p>
            <p><a href="/account/second-factor">{say.factor_lost_see()}</a></p>
        },
    )
}

/// Without JavaScript the page asks again when it ends, and finds nothing.
fn again_without_script(open: &OpenPage, now: OffsetDateTime) -> Option<impl IntoView + use<>> {
    let seconds = (open.closes_at - now).whole_seconds().clamp(0, 86_400) + 1;
    Some(view! { <noscript><meta http-equiv="refresh" content=seconds.to_string()/></noscript> })
}

/// Where a page of a shared device leads when its session has ended.
const LEFT: &str = "/welcome";

/// On a shared device a page leads away when its session has ended.
fn leaving_without_script(after: Duration) -> impl IntoView {
    let content = format!("{};url={LEFT}", after.whole_seconds() + 1);
    view! { <noscript><meta http-equiv="refresh" content=content/></noscript> }
}

/// The question before that, with script: `leave.js` asks it. What is typed meanwhile keeps the session.
fn leaving(say: Say, after: Duration) -> impl IntoView {
    view! {
        <dialog id="leaving" class="leaving" aria-labelledby="leaving-title" data-lasts=after.whole_seconds().to_string() data-to=LEFT data-keeps="/account">
            <form method="dialog">
                <h2 id="leaving-title">{say.still_there()}</h2>
                <p>{say.still_there_says()}</p>
                <p class="actions"><button class="button">{say.still_here()}</button></p>
            </form>
        </dialog>
    }
}

/// What stands in the place of the page when it is closed; `cover.js` shows it.
fn cover(say: Say, others: &'static str) -> impl IntoView {
    view! {
        <div id="cover" class="cover" role="alertdialog" aria-labelledby="cover-title" tabindex="-1" hidden data-title=say.title(say.covered())>
            <h1 id="cover-title">{say.covered()}</h1>
            <p>{say.covered_says()}</p>
            <p class="actions"><a class="button" href="">{say.look_again()}</a><a href="/shared">{others}</a></p>
        </div>
    }
}

/// The tag of a page with islands: the module that starts them.
fn island_scripts(files: &Assets, nonce: Option<String>) -> impl IntoView + use<> {
    view! { <script type="module" src=files.address("app.js") nonce=nonce></script> }
}

/// What makes an application of it: the manifest, the picture for those that read no manifest, and the worker.
fn installing(files: &Assets, nonce: Option<String>) -> impl IntoView + use<> {
    view! {
        <link rel="manifest" href=MANIFEST/>
        <link rel="apple-touch-icon" href=files.address("icon-192.png")/>
        <script type="module" src=files.address("install.js") nonce=nonce></script>
    }
}

fn top(say: Say, caller: &Caller, place: Place) -> impl IntoView + use<> {
    let brand = Icon::Mark.reference();
    let home = match (&caller.visitor, caller.is_clinician()) {
        (None, _) => "/",
        (Some(_), true) => "/shared",
        (Some(_), false) => "/home",
    };
    let way = match &caller.visitor {
        Some(visitor) => Some(Either::Left(view! {
            <form class="as-link" method="post" action="/api/sign-out">
                <button type="submit">{say.sign_out()}<span class="hide">" " {visitor.name.clone()}</span></button>
            </form>
        })),
        None if place == Place::Operator => None,
        None => Some(Either::Right(view! { {languages(say, place)}<a href="/sign-in">{say.sign_in()}</a> })),
    };
    view! {
        <header class="top">
            <a class="brand" href=home><svg aria-hidden="true"><use_ href=brand/></svg>{say.product()}</a>
            {way}
        </header>
    }
}

/// Whoever is not signed in finds the other languages on every page, each by its own name.
fn languages(say: Say, place: Place) -> impl IntoView + use<> {
    let to = if place == Place::Nowhere { "/".to_owned() } else { here() };
    let others = Language::ALL.into_iter().filter(|language| *language != say.0).map(move |language| {
        view! {
            <form class="as-link" method="post" action="/api/choose-language">
                <input type="hidden" name="language" value=language.tag()/>
                <input type="hidden" name="to" value=to.clone()/>
                <button type="submit" lang=language.tag()>{language.own_name()}</button>
            </form>
        }
    });
    others.collect_view()
}

fn link(here: bool, href: String, sign: Icon, words: &'static str) -> impl IntoView {
    view! { <a href=href aria-current=here.then_some("page")>{icon(sign)}{words}</a> }
}

fn person_navigation(say: Say, place: Place, record: Option<PatientId>) -> impl IntoView {
    let in_record = matches!(
        place,
        Place::Summary | Place::Category(_) | Place::Timeline | Place::Corrections | Place::Search | Place::Sources | Place::Download
    );
    let summary = record.map_or_else(|| "/claim".to_owned(), |record| format!("/record/{record}"));
    let parts = record.filter(|_| in_record).map(|record| {
        let part = |here: bool, path: String, words: &'static str| view! { <li><a href=format!("/record/{record}{path}") aria-current=here.then_some("page")>{words}</a></li> };
        view! {
            <ul class="deep">
                {part(place == Place::Summary, String::new(), say.summary())}
                {part(place == Place::Search, "/search".to_owned(), say.search())}
                {Category::SHAREABLE
                    .into_iter()
                    .map(|category| part(place == Place::Category(category), format!("/{}", category.slug()), say.category(category)))
                    .collect_view()}
                {part(place == Place::Timeline, "/timeline".to_owned(), say.everything_by_date())}
                {part(place == Place::Corrections, "/corrections".to_owned(), say.corrections())}
                <li><a href="/sources" aria-current=(place == Place::Sources).then_some("page")>{say.sources()}</a></li>
                <li><a href="/download" aria-current=(place == Place::Download).then_some("page")>{say.download()}</a></li>
            </ul>
        }
    });
    view! {
        <nav class="nav" aria-label=say.main_navigation()>
            <ul>
                <li>{link(place == Place::Home, "/home".into(), Icon::Home, say.home())}</li>
                <li>
                    <a href=summary aria-current=in_record.then_some("true")>{icon(Icon::Record)}{say.record()}</a>
                    {parts}
                </li>
                <li>{link(place == Place::Sharing, "/sharing".into(), Icon::Share, say.sharing())}</li>
                <li>{link(place == Place::Activity, "/activity".into(), Icon::Eye, say.activity())}</li>
                <li>{link(place == Place::Account, "/account".into(), Icon::Person, say.account())}</li>
            </ul>
        </nav>
    }
}

/// The same five places over every record, whatever is shared: what is missing says nothing. Whoever looks with a clinician's
/// eyes has no list of others.
fn reader_navigation(say: Say, place: Place, open: Option<PatientId>, others: Option<&'static str>) -> impl IntoView {
    let record = open.map(|patient| {
        let part = |category: Category, sign: Icon| {
            view! { <li>{link(place == Place::Category(category), of_record(patient, &format!("/{}", category.slug())), sign, say.category(category))}</li> }
        };
        view! {
            <li>{link(place == Place::Summary, of_record(patient, ""), Icon::Record, say.summary())}</li>
            {part(Category::Results, Icon::Ring)}
            {part(Category::Medicines, Icon::Pill)}
            {part(Category::Visits, Icon::Clock)}
            <li>{link(place == Place::Search, of_record(patient, "/search"), Icon::Search, say.search())}</li>
        }
    });
    // On a phone "Close" above leads there from a record, and six words have no room.
    let patients = others.map(|others| {
        view! { <li class=open.map(|_| "spare")>{link(place == Place::Patients, "/shared".into(), Icon::Person, others)}</li> }
    });
    let redeem = open.is_none().then(|| view! { <li>{link(place == Place::Redeem, "/redeem".into(), Icon::Share, say.use_a_code())}</li> });
    view! {
        <nav class="nav" aria-label=say.main_navigation()>
            <ul>
                {record}
                {redeem}
                {patients}
            </ul>
        </nav>
    }
}

/// What is said where something is kept that bears on what is prescribed: the same whatever it is.
pub fn asks_first(say: Say) -> impl IntoView + use<> {
    view! { <span class="asks">{icon(Icon::Warn)}{say.ask_before_prescribing()}</span> }
}

fn whose(say: Say, bar: Bar, preview: Option<&Preview>) -> impl IntoView + use<> {
    let born = bar.birth_date.map(|date| {
        let machine_date = Moment::parse(&date).map(|moment| machine(moment.first, moment.precision));
        view! { " " <span><time datetime=machine_date>{say.born(&say.fhir_date(&date))}</time></span> }
    });
    let (class, sign, note) = match preview {
        Some(preview) => ("whose previewed", Some(icon(Icon::Eye)), Some(say.preview_short(&seen_by(say, &preview.eyes)))),
        None if bar.own => ("whose", None, None),
        None => ("whose other", Some(icon(Icon::Person)), Some(say.shared_with_you().to_owned())),
    };
    let note = note.map(|note| view! { " " <span>{note}</span> });
    let dead = bar.death_reported_at.map(|at| view! { " " <span>{say.death_reported_bar(&say.date(at.date()))}</span> });
    let leave = if bar.own { (ELSEWHERE, say.leave_now()) } else { ("/shared", say.close()) };
    view! {
        <section class=class aria-label=say.whose_record()>
            {sign}
            <p><strong>{bar.name}</strong>{born}{note}{bar.asks_first.then(|| view! { " " {asks_first(say)} })}{dead}</p>
            <a class="leave" href=leave.0 rel="noreferrer">{turning(Icon::Leave)}{leave.1}</a>
        </section>
    }
}
