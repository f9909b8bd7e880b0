//! What each endpoint answers to whom.

use chartkey_domain::category::Category;

mod forms;

/// Who asks, in the order of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// Nobody is signed in.
    Anonymous,
    /// Holds another record.
    OtherPatient,
    /// A clinician to whom nobody has granted anything.
    NoGrant,
    /// A clinician with a grant of results, without labels.
    NarrowGrant,
    /// A clinician whose grant of everything was withdrawn.
    Withdrawn,
    /// The patient.
    Patient,
}

impl Caller {
    pub const ALL: [Self; 6] = [Self::Anonymous, Self::OtherPatient, Self::NoGrant, Self::NarrowGrant, Self::Withdrawn, Self::Patient];
}

/// Whose identifiers an address or a form names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    /// A patient's: their own. A clinician's and nobody's: those of the patient.
    Own,
    /// Of a record that is not theirs: the other patient's, or the patient's.
    Foreign,
    /// A record of [`Self::Own`] with the rest of [`Self::Foreign`].
    Crossed,
    /// Of [`Self::Own`], and private.
    Private,
    /// Of [`Self::Own`], with a sensitive label.
    Labelled,
    /// Of nothing, ever.
    Random,
    /// Of what was there once.
    Gone,
    /// No identifier.
    Malformed,
}

impl Which {
    pub const ALL: [Self; 8] =
        [Self::Random, Self::Own, Self::Foreign, Self::Crossed, Self::Private, Self::Labelled, Self::Gone, Self::Malformed];
}

/// How an endpoint answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// 200.
    Shown,
    /// 303 to both doors, which lead back.
    Welcome,
    /// 404, as for what never was.
    NotFound,
    /// 404 that says that a share has ended, whatever of the record was asked for.
    Ended,
    /// 303 to this address.
    To(&'static str),
    /// 400.
    Unreadable,
    /// 401.
    SignedOut,
    /// A stream that says this first.
    Says(&'static str),
}
use Outcome::{Ended, NotFound, Says, Shown, To, Unreadable, Welcome};

/// One outcome for each caller.
pub type Columns = [Outcome; 6];

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Row {
    pub method: &'static str,
    /// As the router and Leptos know it.
    pub pattern: &'static str,
    /// The address to ask for, with `{patient}` and so on to be filled in.
    pub address: String,
    /// The fields of the form.
    pub form: &'static str,
    /// Which identifiers, with what becomes of them.
    pub outcomes: Vec<(Which, Columns)>,
}

const NOBODY: Columns = [Welcome, NotFound, NotFound, NotFound, NotFound, NotFound];
const HOLDERS: Columns = [Welcome, Shown, NotFound, NotFound, NotFound, Shown];
const READERS: Columns = [Welcome, Shown, NotFound, Shown, NotFound, Shown];
const CLINICIANS: Columns = [Welcome, NotFound, Shown, Shown, Shown, NotFound];
const SIGNED_IN: Columns = [Welcome, Shown, Shown, Shown, Shown, Shown];
const ANYBODY: Columns = [Shown; 6];

/// The same for everybody who is signed in; the others are led to both doors.
const fn to(path: &'static str) -> Columns {
    [Welcome, To(path), To(path), To(path), To(path), To(path)]
}

/// One for holders of a record, the other for clinicians.
const fn holders(path: &'static str, others: &'static str) -> Columns {
    [Welcome, To(path), To(others), To(others), To(others), To(path)]
}

fn row(method: &'static str, pattern: &'static str, address: &str, form: &'static str) -> Row {
    Row { method, pattern, address: address.to_owned(), form, outcomes: Vec::new() }
}

impl Row {
    fn with(mut self, which: &[Which], columns: Columns) -> Self {
        self.outcomes.extend(which.iter().map(|which| (*which, columns)));
        self
    }

    /// A page of the record of which somebody had a share: they are told that it has ended, and nothing else of it.
    fn ended(mut self) -> Self {
        let of_record = |which: Which| matches!(which, Which::Own | Which::Crossed | Which::Private | Which::Labelled);
        for (_, columns) in self.outcomes.iter_mut().filter(|(which, _)| of_record(*which)) {
            columns[Caller::Withdrawn as usize] = Ended;
        }
        self
    }
}

/// A page without identifiers.
fn page(pattern: &'static str, columns: Columns) -> Row {
    row("GET", pattern, pattern, "").with(&[Which::Own], columns)
}

const STRANGE: [Which; 4] = [Which::Random, Which::Foreign, Which::Gone, Which::Malformed];

/// A page of a record.
fn record(pattern: &'static str, address: &str, columns: Columns) -> Row {
    row("GET", pattern, address, "").with(&STRANGE, NOBODY).with(&[Which::Own], columns)
}

/// A page of one thing of a record. The private and the labelled one are results,
/// and not to be found under another category.
fn item(pattern: &'static str, address: &str, columns: Columns) -> Row {
    let hidden = if columns == READERS { HOLDERS } else { NOBODY };
    record(pattern, address, columns).with(&[Which::Crossed], NOBODY).with(&[Which::Private, Which::Labelled], hidden)
}

/// A page of what the patient wrote by hand, which nobody else changes.
fn written(pattern: &'static str, address: &str) -> Row {
    record(pattern, address, HOLDERS).with(&[Which::Crossed], NOBODY)
}

/// A form that changes something of the signed-in patient's; what is not theirs
/// leads to `refused`.
fn form(path: &'static str, fields: &'static str, done: Columns, refused: Columns) -> Row {
    row("POST", path, path, fields).with(&[Which::Random, Which::Foreign, Which::Gone], refused).with(&[Which::Own], done)
}

/// A form without identifiers.
fn post(path: &'static str, fields: &'static str, done: Columns) -> Row {
    row("POST", path, path, fields).with(&[Which::Own], done)
}

/// The table.
pub fn table() -> Vec<Row> {
    let mut rows = pages();
    rows.extend(of_record());
    rows.extend(of_preview());
    rows.extend(forms::forms());
    rows.extend(forms::of_account());
    rows.extend(routes());
    rows
}

fn pages() -> Vec<Row> {
    let draft = |step: &str| {
        let address = format!("/sharing/new?draft={{draft}}&step={step}");
        row("GET", "/sharing/new", &address, "")
            .with(&[Which::Random, Which::Foreign, Which::Gone], to("/sharing/new?problem=gone"))
            .with(&[Which::Own], holders("", "/sharing/new?problem=gone").map(|outcome| if outcome == To("") { Shown } else { outcome }))
    };
    let inside = |path| [Shown, To("/home"), To(path), To(path), To(path), To("/home")];
    vec![
        page("/", inside("/shared")),
        page("/welcome", ANYBODY),
        page("/sign-in", [Shown, To("/"), To("/"), To("/"), To("/"), To("/")]),
        page("/sign-in/forgotten", ANYBODY),
        page("/sign-in/new-password", ANYBODY),
        page("/sign-in/code", ANYBODY),
        page("/sign-in/lost", ANYBODY),
        page("/sign-in/again", SIGNED_IN),
        page("/sign-up", ANYBODY),
        page("/clinicians", ANYBODY),
        page("/clinicians/missing", ANYBODY),
        // The set-up is over in this house, and nobody here is invented.
        page("/set-up", [NotFound; 6]),
        page("/rehearsal", [NotFound; 6]),
        page("/offline", ANYBODY),
        page("/about/components", ANYBODY),
        page("/claim", SIGNED_IN),
        page("/account", SIGNED_IN),
        page("/account/email", HOLDERS),
        page("/account/email/confirm", ANYBODY),
        page("/account/email/undo", ANYBODY),
        page("/account/password", HOLDERS),
        page("/account/second-factor", HOLDERS),
        page("/account/second-factor/keep", ANYBODY),
        page("/account/messages", HOLDERS),
        page("/account/passkeys", HOLDERS),
        page("/account/passkeys/add", HOLDERS),
        page("/account/devices", SIGNED_IN),
        page("/sharing", HOLDERS),
        page("/sharing/new", HOLDERS),
        draft("who"),
        draft("purpose"),
        draft("what"),
        draft("time"),
        draft("check"),
        page("/sharing/codes", HOLDERS),
        record("/sharing/codes/{code}/paper", "/sharing/codes/{waiting-code}/paper", HOLDERS),
        record("/sharing/codes/{code}/paper/print", "/sharing/codes/{waiting-code}/paper/print", HOLDERS),
        // One that somebody has used is on no paper.
        row("GET", "/sharing/codes/{code}/paper", "/sharing/codes/{code}/paper", "").with(&[Which::Random, Which::Own], NOBODY),
        page("/sharing/requests", HOLDERS),
        record("/sharing/requests", "/sharing/requests?why={request}", HOLDERS),
        page("/shared/ask", CLINICIANS),
        record("/shared/ask", "/shared/ask?answer={request}", [Welcome, NotFound, NotFound, Shown, NotFound, NotFound]),
        record("/shared/ask", "/shared/ask?again={grant}", [Welcome, NotFound, NotFound, Shown, NotFound, NotFound]),
        record("/shared/ask", "/shared/ask?again={withdrawn}", [Welcome, NotFound, NotFound, NotFound, Shown, NotFound]),
        record("/shared/{grant}/pass-on", "/shared/{grant}/pass-on", [Welcome, NotFound, NotFound, Shown, NotFound, NotFound]),
        record("/shared/{grant}/pass-on", "/shared/{passing}/pass-on", [Welcome, NotFound, NotFound, Shown, NotFound, NotFound]),
        page("/sharing/blocked", HOLDERS),
        row("GET", "/sharing/blocked", "/sharing/blocked?ask=block", "").with(&[Which::Own], HOLDERS),
        page("/sharing/emergency", HOLDERS),
        page("/sharing/prescribing", HOLDERS),
        page("/sharing/incapacity", HOLDERS),
        page("/sharing/carers", HOLDERS),
        page("/emergency", CLINICIANS),
        row("GET", "/emergency", "/emergency?review={emergency}", "")
            .with(&[Which::Random, Which::Gone, Which::Malformed], NOBODY)
            .with(&[Which::Own], CLINICIANS),
        record("/sharing/{grant}", "/sharing/{grant}", HOLDERS),
        record("/sharing/{grant}", "/sharing/{grant}?ask=stop", HOLDERS),
        page("/activity", HOLDERS),
        page("/redeem", SIGNED_IN),
        page("/shared", SIGNED_IN),
        page("/shared/print", CLINICIANS),
        page("/waiting", HOLDERS),
        page("/sources", HOLDERS),
        page("/sources/add", HOLDERS),
        record("/sources/imports/{import}", "/sources/imports/{import}", HOLDERS),
        record("/sources/imports/{import}", "/sources/imports/{import}?ask=undo", HOLDERS),
        record("/sources/imports/{import}", "/sources/imports/{asking}", HOLDERS),
        page("/download", HOLDERS),
        page("/download/card", HOLDERS),
        page("/home", [Welcome, Shown, To("/shared"), To("/shared"), To("/shared"), Shown]),
    ]
}

fn of_record() -> Vec<Row> {
    let mut rows = vec![
        record("/record/{patient}", "/record/{patient}", READERS),
        record("/record/{patient}/print", "/record/{patient}/print", HOLDERS),
        record("/record/{patient}/visits", "/record/{patient}/visits?errors=1", READERS),
        record("/record/{patient}/results", "/record/{patient}/results?errors=1", READERS),
        record("/record/{patient}/medicines", "/record/{patient}/medicines", READERS),
        record("/record/{patient}/problems", "/record/{patient}/problems", READERS),
        record("/record/{patient}/timeline", "/record/{patient}/timeline", READERS),
        // An item that is not to be seen names nobody and no place, and finds nothing.
        record(
            "/record/{patient}/timeline",
            "/record/{patient}/timeline?category=results&person={results}&place={results}&source={results}&from_year=2001&to_day=1&to_month=2&to_year=2031",
            READERS,
        )
        .with(&[Which::Crossed, Which::Private, Which::Labelled], READERS),
        record("/record/{patient}/timeline", "/record/{patient}/timeline?person={results}", READERS)
            .with(&[Which::Crossed, Which::Private, Which::Labelled], READERS),
        record("/record/{patient}/search", "/record/{patient}/search", READERS),
        // A search is of the session that began it; each browser here has its own.
        record("/record/{patient}/search/{search}", "/record/{patient}/search/{grant}", NOBODY),
        // Whoever helps is none of these callers.
        record("/record/{patient}/activity", "/record/{patient}/activity", NOBODY),
        record("/record/{patient}/activity", "/record/{patient}/activity?before=-7000-01-01T00:00:00Z", NOBODY),
        record("/record/{patient}/incapacity", "/record/{patient}/incapacity", [Welcome, NotFound, NotFound, Shown, NotFound, NotFound]),
        record("/record/{patient}/add", "/record/{patient}/add", HOLDERS),
        record("/record/{patient}/add/{kind}", "/record/{patient}/add/blood-pressure", HOLDERS),
        record("/record/{patient}/add/{kind}", "/record/{patient}/add/medicine?draft={writing}&step=check", HOLDERS)
            .with(&[Which::Crossed], NOBODY),
        row("GET", "/record/{patient}/add/{kind}", "/record/{patient}/add/nonsense", "").with(&[Which::Random, Which::Own], NOBODY),
        // What a clinic wrote is nobody's to change or to take back.
        written("/record/{patient}/{category}/{item}/change", "/record/{patient}/medicines/{written}/change"),
        written("/record/{patient}/{category}/{item}/take-back", "/record/{patient}/medicines/{written}/take-back"),
        item("/record/{patient}/{category}/{item}/change", "/record/{patient}/vitals/{vitals}/change", NOBODY),
        item("/record/{patient}/{category}/{item}/take-back", "/record/{patient}/vitals/{vitals}/take-back", NOBODY),
        record("/record/{patient}/corrections", "/record/{patient}/corrections", HOLDERS),
        item("/record/{patient}/corrections/{correction}", "/record/{patient}/corrections/{correction}", READERS),
        item("/record/{patient}/corrections/{correction}", "/record/{patient}/corrections/{correction}?ask=settled&draft={worded}", READERS),
        record("/record/{patient}/corrections", "/record/{patient}/corrections?after={correction}", HOLDERS),
        item("/record/{patient}/{category}/{item}/wrong", "/record/{patient}/vitals/{vitals}/wrong", HOLDERS),
        item("/record/{patient}/{category}/{item}/who", "/record/{patient}/vitals/{vitals}/who", HOLDERS),
        item("/record/{patient}/{category}/{item}/wrong", "/record/{patient}/vitals/{vitals}/wrong?draft={worded}&step=check", HOLDERS),
        item("/record/{patient}/visits/{item}", "/record/{patient}/visits/{visits}", HOLDERS),
        item("/record/{patient}/visits/{item}/about", "/record/{patient}/visits/{visits}/about?original=1", HOLDERS),
        record("/record/{patient}/documents/{item}/view/{part}", "/record/{patient}/documents/{documents}/view/1", HOLDERS)
            .with(&[Which::Crossed], NOBODY),
        record("/record/{patient}/documents/{item}/view/{part}", "/record/{patient}/documents/{documents}/view/0", NOBODY),
        record("/record/{patient}/trends/{series}", "/record/{patient}/trends/{series}", READERS).with(&[Which::Private], HOLDERS),
    ];
    for category in Category::SHAREABLE.into_iter().chain([Category::Own]) {
        let slug = category.slug();
        let list = if category == Category::Own { HOLDERS } else { READERS };
        rows.push(record("/record/{patient}/{category}", &format!("/record/{{patient}}/{slug}?errors=1"), list));
        let one = if category == Category::Results { READERS } else { HOLDERS };
        let address = format!("/record/{{patient}}/{slug}/{{{slug}}}?original=1");
        // A visit has a page of its own making.
        if category != Category::Visits {
            rows.push(item("/record/{patient}/{category}/{item}", &address, one));
        }
    }
    rows.push(row("GET", "/record/{patient}/{category}", "/record/{patient}/nonsense", "").with(&[Which::Random, Which::Own], NOBODY));
    rows.into_iter().map(Row::ended).collect()
}

/// The patient's own record with the eyes of a grantee who is shown results without labels, and of one to whom a draft would show
/// the same: what is not theirs to see is not there, and nobody else has any of it.
fn of_preview() -> Vec<Row> {
    let page = |pattern, address: &str, columns| record(pattern, address, columns).with(&[Which::Crossed], NOBODY);
    let list = |pattern, address: &str| page(pattern, address, HOLDERS);
    let one = |pattern, address: &str, columns| page(pattern, address, columns).with(&[Which::Private, Which::Labelled], NOBODY);
    let mut rows = vec![
        list("/sharing/{grant}/preview", "/sharing/{grant}/preview"),
        list("/sharing/{grant}/preview", "/sharing/{draft}/preview"),
        list("/sharing/{grant}/preview", "/sharing/{waiting-code}/preview"),
        // Nobody sees anything through what is stopped.
        page("/sharing/{grant}/preview", "/sharing/{paused}/preview", NOBODY),
        list("/sharing/{grant}/preview/visits", "/sharing/{grant}/preview/visits?errors=1"),
        list("/sharing/{grant}/preview/results", "/sharing/{draft}/preview/results?errors=1"),
        list("/sharing/{grant}/preview/medicines", "/sharing/{grant}/preview/medicines"),
        list("/sharing/{grant}/preview/problems", "/sharing/{grant}/preview/problems"),
        list("/sharing/{grant}/preview/timeline", "/sharing/{grant}/preview/timeline"),
        list("/sharing/{grant}/preview/timeline", "/sharing/{grant}/preview/timeline?category=results&person={results}"),
        list("/sharing/{grant}/preview/search", "/sharing/{grant}/preview/search"),
        one(
            "/sharing/{grant}/preview/corrections/{correction}",
            "/sharing/{grant}/preview/corrections/{correction}?draft={worded}",
            HOLDERS,
        ),
        one("/sharing/{grant}/preview/visits/{item}", "/sharing/{grant}/preview/visits/{visits}", NOBODY),
        one("/sharing/{grant}/preview/visits/{item}/about", "/sharing/{grant}/preview/visits/{visits}/about?original=1", NOBODY),
        page("/sharing/{grant}/preview/documents/{item}/view/{part}", "/sharing/{grant}/preview/documents/{documents}/view/1", NOBODY),
        page("/sharing/{grant}/preview/trends/{series}", "/sharing/{grant}/preview/trends/{series}", HOLDERS)
            .with(&[Which::Private], NOBODY),
        one("/sharing/{grant}/preview/{category}/{item}", "/sharing/{grant}/preview/results/{results}?original=1", HOLDERS),
        one("/sharing/{grant}/preview/{category}/{item}", "/sharing/{draft}/preview/results/{results}", HOLDERS),
        one("/sharing/{grant}/preview/{category}/{item}", "/sharing/{grant}/preview/vitals/{vitals}", NOBODY),
        page(
            "/sharing/{grant}/preview/documents/{item}/files/{number}/shown",
            "/sharing/{grant}/preview/documents/{documents}/files/1/shown",
            NOBODY,
        ),
    ];
    for category in Category::SHAREABLE.into_iter().chain([Category::Own]) {
        let columns = if category == Category::Own { NOBODY } else { HOLDERS };
        let address = format!("/sharing/{{grant}}/preview/{}?errors=1", category.slug());
        rows.push(page("/sharing/{grant}/preview/{category}", &address, columns));
    }
    rows
}

fn routes() -> Vec<Row> {
    const CLOSED: Columns = [NotFound, Says("closed"), Says("closed"), Says("closed"), Says("closed"), Says("closed")];
    let open = [NotFound, Says("stands"), Says("closed"), Says("stands"), Says("closed"), Says("stands")];
    const NOT_THEIRS: Outcome = To("/download?problem=not-found");
    const TAKEN: Columns = [Welcome, Shown, NOT_THEIRS, NOT_THEIRS, NOT_THEIRS, Shown];
    const NO_PAPER: Outcome = To("/sharing/codes/{waiting-code}/paper?problem=not-found");
    const NO_LOG: Outcome = To("/activity?problem=not-found");
    const OWN_LOG: Columns = [Welcome, Shown, NO_LOG, NO_LOG, NO_LOG, Shown];
    let file = "/record/{patient}/documents/{item}/files/{number}";
    let shown = "/record/{patient}/documents/{item}/files/{number}/shown";
    let start = "/auth/{organization}/start";
    let back = "/auth/{organization}/callback";
    let unknown = [To("/clinicians?problem=not-found"); 6];
    vec![
        post("/download/fhir", "", TAKEN),
        post("/download/results", "", TAKEN),
        post("/download/summary", "", TAKEN),
        form(
            "/download/code",
            "code={waiting-code}",
            [Welcome, Shown, NO_PAPER, NO_PAPER, NO_PAPER, Shown],
            to("/sharing/codes/{waiting-code}/paper?problem=not-found"),
        ),
        post("/download/pack", "passphrase=six+words+for+a+pack&again=six+words+for+a+pack", TAKEN),
        // Without a file; whoever holds no record has nowhere to send one.
        post("/sources/upload", "", {
            const NO_RECORD: Outcome = To("/sources/add?problem=not-found");
            const NO_FILE: Outcome = To("/sources/add?problem=no-file");
            const ADD: Outcome = Welcome;
            [ADD, NO_FILE, NO_RECORD, NO_RECORD, NO_RECORD, NO_FILE]
        }),
        page("/.well-known/chartkey/log", ANYBODY),
        post("/activity/chain", "seen=1", OWN_LOG),
        post("/activity/download", "", OWN_LOG),
        page("/healthz", ANYBODY),
        page("/readyz", ANYBODY),
        page("/manifest.webmanifest", ANYBODY),
        page("/service-worker.js", ANYBODY),
        row("GET", "/events", "/events?patient={patient}&mark={mark}", "")
            .with(&[Which::Random, Which::Foreign, Which::Gone], CLOSED)
            .with(&[Which::Own], open)
            .with(&[Which::Malformed], [Unreadable; 6]),
        record(file, "/record/{patient}/documents/{documents}/files/0", HOLDERS).with(&[Which::Crossed], NOBODY),
        record(file, "/record/{patient}/documents/{documents}/files/9", NOBODY),
        record(shown, "/record/{patient}/documents/{documents}/files/1/shown", HOLDERS).with(&[Which::Crossed], NOBODY),
        // A text is on its page, and nowhere else for a browser to show.
        record(shown, "/record/{patient}/documents/{documents}/files/0/shown", NOBODY),
        row("GET", start, start, "").with(&STRANGE, unknown).with(&[Which::Own], [To("/clinicians?problem=unavailable"); 6]),
        row("GET", back, "/auth/{organization}/callback?state=x&code=y", "")
            .with(&STRANGE, unknown)
            .with(&[Which::Own], [To("/clinicians?problem=sign-in-failed"); 6]),
        // A token that no provider has made is as good as none, wherever it is sent.
        row("POST", "/auth/{organization}/logout", "/auth/{organization}/logout", "logout_token=x.y.z")
            .with(&STRANGE, [Unreadable; 6])
            .with(&[Which::Own], [Unreadable; 6]),
    ]
}
