//! What each endpoint answers to whom.

use chartkey_domain::category::Category;

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
    /// 303 to this address.
    To(&'static str),
    /// 400.
    Unreadable,
    /// 401.
    SignedOut,
    /// A stream that says this first.
    Says(&'static str),
}
use Outcome::{NotFound, Says, Shown, SignedOut, To, Unreadable, Welcome};

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
    rows.extend(forms());
    rows.extend(of_account());
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
        page("/account/devices", SIGNED_IN),
        page("/sharing", HOLDERS),
        page("/sharing/new", HOLDERS),
        draft("who"),
        draft("purpose"),
        draft("what"),
        draft("time"),
        draft("check"),
        page("/sharing/codes", HOLDERS),
        record("/sharing/{grant}", "/sharing/{grant}", HOLDERS),
        record("/sharing/{grant}", "/sharing/{grant}?ask=stop", HOLDERS),
        page("/activity", HOLDERS),
        page("/redeem", CLINICIANS),
        page("/shared", CLINICIANS),
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
    rows
}

fn forms() -> Vec<Row> {
    const LATER: &str = "/sharing/{grant}?problem=not-found";
    const WRITTEN: &str = "/record/{patient}/corrections/{correction}?done=written";
    const ENDED: &str = "/record/{patient}/corrections/{correction}?done=ended";
    const NO_CORRECTION: &str = "/record/{patient}/corrections/{correction}?problem=not-found";
    let signed_out = [To("/sign-in?done=signed-out"); 6];
    vec![
        post("/api/sign-in", "email={caller}@nowhere.example&password=wrong", [To("/sign-in?problem=wrong-password"); 6]),
        post("/api/sign-out", "", signed_out),
        post("/api/sign-out-everywhere", "", {
            let mut columns = signed_out;
            columns[Caller::Anonymous as usize] = SignedOut;
            columns
        }),
        post("/api/sign-up", "email={caller}@nowhere.example", [To("/sign-up?done=sent"); 6]),
        post("/api/finish-sign-up", "token=none&name=A&password=a+long+enough+password", [To("/sign-up?problem=link-ended"); 6]),
        post("/api/forgotten-password", "email={caller}@nowhere.example", [To("/sign-in/forgotten?done=sent"); 6]),
        post("/api/new-password", "token=none&password=a+long+enough+password", [To("/sign-in/forgotten?problem=link-ended"); 6]),
        post("/api/claim", "code=ABCD-EFGH-JKLM&day=14&month=3&year=1961", to("/claim?problem=wrong-code")),
        post("/api/choose-language", "language=en-GB", {
            let mut columns = [To("/account?done=language"); 6];
            columns[Caller::Anonymous as usize] = To("/");
            columns
        }),
        row("POST", "/api/not-recognised", "/api/not-recognised", "entry={entry}")
            .with(&[Which::Random, Which::Gone], to("/activity?problem=not-found"))
            .with(&[Which::Own], holders("/activity?done=stopped", "/activity?problem=not-found")),
        row("POST", "/api/redeem-code", "/api/redeem-code", "code={typed}")
            .with(&[Which::Random, Which::Gone], to("/redeem?problem=wrong-code"))
            .with(&[Which::Own], holders("/redeem?problem=wrong-code", "/redeem?done=redeemed")),
        form(
            "/api/confirm-code",
            "code={code}&redeemer={redeemer}&seen={code-seen}",
            holders("/sharing/{new}?done=given", "/sharing/codes?problem=not-found"),
            holders("/sharing/codes?problem=gone", "/sharing/codes?problem=not-found"),
        ),
        form(
            "/api/refuse-code",
            "code={code}",
            holders("/sharing/codes?done=code-refused", "/sharing/codes?problem=not-found"),
            to("/sharing/codes?problem=not-found"),
        ),
        form(
            "/api/grant-who",
            "draft={draft}&recipient=code",
            holders("/sharing/new?draft={draft}&step=purpose", "/sharing/new?draft={draft}&step=who&problem=not-found"),
            to("/sharing/new?draft={draft}&step=who&problem=not-found"),
        ),
        form(
            "/api/grant-purpose",
            "draft={draft}&purpose=treatment",
            holders("/sharing/new?draft={draft}&step=what", "/sharing/new?draft={draft}&step=purpose&problem=not-found"),
            to("/sharing/new?draft={draft}&step=purpose&problem=not-found"),
        ),
        form(
            "/api/grant-what",
            "draft={draft}&categories[0]=results",
            holders("/sharing/new?draft={draft}&step=time", "/sharing/new?draft={draft}&step=what&problem=not-found"),
            to("/sharing/new?draft={draft}&step=what&problem=not-found"),
        ),
        form(
            "/api/grant-time",
            "draft={draft}&end=preset",
            holders("/sharing/new?draft={draft}&step=check", "/sharing/new?draft={draft}&step=time&problem=not-found"),
            to("/sharing/new?draft={draft}&step=time&problem=not-found"),
        ),
        // The words are kept for whoever types them; whether there is a record its page says.
        form(
            "/api/search",
            "patient={patient}&words=haemoglobin",
            to("/record/{patient}/search/{new}"),
            to("/record/{patient}/search/{new}"),
        ),
        form("/api/lens", "patient={patient}&lens=diabetes", to("/record/{patient}/search/{new}"), to("/record/{patient}/search/{new}")),
        form(
            "/api/lens",
            "patient={patient}&lens=nonsense",
            to("/record/{patient}/search?problem=not-found"),
            to("/record/{patient}/search?problem=not-found"),
        ),
        form(
            "/api/keep-writing",
            "patient={patient}&kind=weight&first=72.50&unit=kg&day=6&month=5&year=2026&seen=shared",
            holders("/record/{patient}/add/weight?draft={new}&step=check", "/record/{patient}/add/weight?problem=not-found"),
            to("/record/{patient}/add/weight?problem=not-found"),
        ),
        form(
            "/api/add-writing",
            "patient={patient}&kind=medicine&draft={writing}",
            holders("/record/{patient}/medicines/{new}?done=added", "/record/{patient}/add/medicine?draft={writing}&problem=not-found"),
            to("/record/{patient}/add/medicine?draft={writing}&problem=not-found"),
        ),
        form(
            "/api/take-back-writing",
            "patient={patient}&category=medicines&item={written}",
            holders(
                "/record/{patient}/medicines/{written}?done=taken-back",
                "/record/{patient}/medicines/{written}/take-back?problem=not-found",
            ),
            to("/record/{patient}/medicines/{written}/take-back?problem=not-found"),
        ),
        form(
            "/api/say-wrong",
            "patient={patient}&category=vitals&item={vitals}&words=Not+me",
            holders(
                "/record/{patient}/vitals/{vitals}/wrong?draft={new}&step=check",
                "/record/{patient}/vitals/{vitals}/wrong?problem=not-found",
            ),
            to("/record/{patient}/vitals/{vitals}/wrong?problem=not-found"),
        ),
        form(
            "/api/open-correction",
            "patient={patient}&category=vitals&item={vitals}&draft={worded}",
            holders(
                "/record/{patient}/corrections/{new}?done=opened",
                "/record/{patient}/vitals/{vitals}/wrong?draft={worded}&problem=not-found",
            ),
            to("/record/{patient}/vitals/{vitals}/wrong?draft={worded}&problem=not-found"),
        ),
        form(
            "/api/write-to-correction",
            "patient={patient}&correction={correction}&words=Look+again",
            {
                let mut columns = holders(WRITTEN, NO_CORRECTION);
                columns[Caller::NarrowGrant as usize] = To(WRITTEN);
                columns
            },
            to(NO_CORRECTION),
        ),
        form("/api/resolve-correction", "patient={patient}&correction={correction}", holders(ENDED, NO_CORRECTION), to(NO_CORRECTION)),
        form("/api/withdraw-correction", "patient={patient}&correction={correction}", holders(ENDED, NO_CORRECTION), to(NO_CORRECTION)),
        // A draft that is no more has become a grant, or never was one: both lead to the list.
        form("/api/give-grant", "draft={draft}&seen={draft-seen}", holders("/sharing/{new}?done=given", "/sharing"), to("/sharing")),
        form("/api/withdraw-grant", "grant={grant}", holders("/sharing/{grant}?done=withdrawn", LATER), to(LATER)),
        form("/api/pause-grant", "grant={grant}", holders("/sharing/{grant}?done=paused", LATER), to(LATER)),
        form(
            "/api/resume-grant",
            "grant={paused}",
            holders("/sharing/{paused}?done=resumed", "/sharing/{paused}?problem=not-found"),
            to("/sharing/{paused}?problem=not-found"),
        ),
        row("POST", "/api/open-shared", "/api/open-shared", "grant={grant}")
            .with(&[Which::Random, Which::Foreign, Which::Gone], to("/shared?problem=not-found"))
            .with(&[Which::Own], {
                let mut columns = to("/shared?problem=not-found");
                columns[Caller::NarrowGrant as usize] = To("/record/{patient}");
                columns
            }),
        post("/api/choose-waiting", "kinds[0]=genetic", holders("/waiting?done=saved", "/waiting?problem=not-found")),
        // What does not wait is open already.
        form(
            "/api/open-waiting",
            "patient={patient}&category=results&item={second}",
            holders("/record/{patient}/results/{second}", "/waiting?problem=not-found"),
            to("/waiting?problem=not-found"),
        ),
        answer("/api/confirm-upload", "import={asking}", ASKING, "/sources/imports/{asking}"),
        answer("/api/discard-upload", "import={asking}", ASKING, "/sources/imports/{asking}"),
        answer("/api/show-import", "import={import}", IMPORT, "/sources/imports/{import}?done=shown"),
        answer("/api/undo-import", "import={import}", IMPORT, "/sources/imports/{import}"),
        form(
            "/api/take-apart",
            "patient={patient}&item={results}",
            holders("/record/{patient}/results/{results}?done=taken-apart", "/record/{patient}?problem=not-found"),
            to("/record/{patient}?problem=not-found"),
        ),
        form(
            "/api/put-together",
            "patient={patient}&item={results}",
            holders("/record/{patient}/results/{results}?done=put-together", "/record/{patient}?problem=not-found"),
            to("/record/{patient}?problem=not-found"),
        ),
        post("/api/print-shared", "", {
            const NONE: Outcome = To("/shared?problem=not-found");
            const ASKED: Outcome = To("/shared/print");
            [Welcome, NONE, ASKED, ASKED, ASKED, NONE]
        }),
    ]
}

const ASKING: &str = "/sources/imports/{asking}?problem=not-found";
const IMPORT: &str = "/sources/imports/{import}?problem=not-found";

/// A form about a file of one's own.
fn answer(path: &'static str, fields: &'static str, refused: &'static str, done: &'static str) -> Row {
    form(path, fields, holders(done, refused), to(refused))
}

/// Forms about one's own account. A clinician's is their organization's, but for its
/// sessions. The patient sets a second factor up; the other patient has one, which somebody
/// says is lost.
fn of_account() -> Vec<Row> {
    const FACTOR: &str = "/account/second-factor";
    const NO_FACTOR: &str = "/account/second-factor?problem=not-found";
    let person = holders;
    let each = |other: &'static str, patient: &'static str| [Welcome, To(other), To(NO_FACTOR), To(NO_FACTOR), To(NO_FACTOR), To(patient)];
    let (out, forgotten) = (to("/account/devices?done=signed-out"), to("/account/devices?done=forgotten"));
    vec![
        post("/api/sign-in-again", "password=wrong", to("/sign-in/again?problem=wrong-own-password")),
        post("/api/sign-in-code", "code=000000", [To("/sign-in?problem=half-ended"); 6]),
        post("/api/second-factor-lost", "", [To("/sign-in/lost?problem=half-ended"); 6]),
        post("/api/keep-second-factor", "token=none", [To("/account/second-factor/keep?problem=link-ended"); 6]),
        post("/api/change-email", "email={caller}@nowhere.example", person("/account/email?done=sent", "/account/email?problem=not-found")),
        post("/api/confirm-email", "token=none", [To("/account/email/confirm?problem=link-ended"); 6]),
        post("/api/undo-email", "token=none", [To("/account/email/undo?problem=link-ended"); 6]),
        post(
            "/api/change-password",
            "password=a+long+enough+password",
            person("/account?done=password", "/account/password?problem=not-found"),
        ),
        post("/api/begin-second-factor", "", each("/account/second-factor?problem=gone", FACTOR)),
        post("/api/confirm-second-factor", "code=no-code", each(NO_FACTOR, "/account/second-factor?problem=wrong-code")),
        post("/api/put-codes-away", "", each(FACTOR, FACTOR)),
        post("/api/new-recovery-codes", "", each(FACTOR, NO_FACTOR)),
        post("/api/remove-second-factor", "", each("/account/second-factor?done=off", "/account/second-factor?done=off")),
        post("/api/not-lost", "", each("/account/second-factor?done=kept", "/account/second-factor?done=kept")),
        // One that has ended, and one that is somebody else's: signed out here, either way.
        form("/api/sign-out-device", "session={session}", out, out),
        form("/api/forget-device", "device={device}", forgotten, forgotten),
    ]
}

fn routes() -> Vec<Row> {
    const CLOSED: Columns = [NotFound, Says("closed"), Says("closed"), Says("closed"), Says("closed"), Says("closed")];
    let open = [NotFound, Says("stands"), Says("closed"), Says("stands"), Says("closed"), Says("stands")];
    const NOT_THEIRS: Outcome = To("/download?problem=not-found");
    const TAKEN: Columns = [Welcome, Shown, NOT_THEIRS, NOT_THEIRS, NOT_THEIRS, Shown];
    let file = "/record/{patient}/documents/{item}/files/{number}";
    let shown = "/record/{patient}/documents/{item}/files/{number}/shown";
    let start = "/auth/{organization}/start";
    let back = "/auth/{organization}/callback";
    let unknown = [To("/clinicians?problem=not-found"); 6];
    vec![
        post("/download/fhir", "", TAKEN),
        post("/download/results", "", TAKEN),
        post("/download/summary", "", TAKEN),
        post("/download/pack", "passphrase=six+words+for+a+pack&again=six+words+for+a+pack", TAKEN),
        // Without a file; whoever holds no record has nowhere to send one.
        post("/sources/upload", "", {
            const NO_RECORD: Outcome = To("/sources/add?problem=not-found");
            const NO_FILE: Outcome = To("/sources/add?problem=no-file");
            const ADD: Outcome = Welcome;
            [ADD, NO_FILE, NO_RECORD, NO_RECORD, NO_RECORD, NO_FILE]
        }),
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
    ]
}
