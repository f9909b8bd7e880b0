//! What each form answers to whom.

use super::{
    Caller,
    Outcome::{self, SignedOut, To, Welcome},
    Row, Which, form, holders, post, row, to,
};

pub(super) fn forms() -> Vec<Row> {
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
        // Whoever asks the operator needs no account, and is told the same each time.
        post("/api/ask-operator", "practice={caller}&contact=desk@nowhere.example&words=", [To("/clinicians/missing?done=sent"); 6]),
        post("/api/choose-language", "language=en-GB", {
            let mut columns = [To("/account?done=language"); 6];
            columns[Caller::Anonymous as usize] = To("/");
            columns
        }),
        post("/api/check-log", "anew=true", holders("/activity?done=checked", "/activity?problem=not-found")),
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
        // Somebody who helps is asked neither who they are nor what for.
        form(
            "/api/grant-who",
            "draft={draft}&recipient=carer",
            holders("/sharing/new?draft={draft}&step=what", "/sharing/new?draft={draft}&step=who&problem=not-found"),
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
            "/api/grant-belonging",
            "draft={draft}&lens=diabetes",
            holders("/sharing/new?draft={draft}&step=what#things", "/sharing/new?draft={draft}&step=what&problem=not-found"),
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
        form(
            "/api/answer-check",
            "draft={draft}&about={asked}&answer=no",
            holders("/sharing/new?draft={draft}&step=check#understanding", "/sharing/new?draft={draft}&step=check&problem=not-found"),
            to("/sharing/new?draft={draft}&step=check&problem=not-found"),
        ),
        form(
            "/api/preview-grant",
            "draft={draft}&seen={draft-seen}&mark={draft-mark}",
            holders("/sharing/{draft}/preview", "/sharing/new?draft={draft}&step=check&problem=not-found"),
            to("/sharing/new?draft={draft}&step=check&problem=not-found"),
        ),
        // A draft that is no more has become a grant, or never was one: both lead to the list.
        form(
            "/api/give-grant",
            "draft={draft}&seen={draft-seen}&mark={draft-mark}",
            holders("/sharing/{new}?done=given", "/sharing"),
            to("/sharing"),
        ),
        form("/api/change-grant", "grant={grant}&step=time", holders("/sharing/new?draft={new}&step=time", LATER), to(LATER)),
        post("/api/stop-sharing", "", holders("/sharing?done=stopped", "/sharing?problem=not-found")),
        post("/api/name-stand-in", "who=nobody", holders("/sharing/incapacity?done=removed", "/sharing/incapacity?problem=not-found")),
        post(
            "/api/name-stand-in",
            "who=somebody",
            holders("/sharing/incapacity?problem=incapacity-who", "/sharing/incapacity?problem=not-found"),
        ),
        // Where the patient has named nobody it is the same as where there is no such record.
        form(
            "/api/state-incapacity",
            "patient={patient}&reason=In+coma",
            to("/record/{patient}/incapacity?problem=not-found"),
            to("/record/{patient}/incapacity?problem=not-found"),
        ),
        form(
            "/api/review-incapacity",
            "patient={patient}&finding=still",
            to("/record/{patient}/incapacity?problem=not-found"),
            to("/record/{patient}/incapacity?problem=not-found"),
        ),
        post("/api/undo-death-report", "", holders("/home?done=death-undone", "/home?problem=not-found")),
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
            "patient={patient}&category=results&item={results}",
            holders("/record/{patient}/results/{results}?done=taken-apart", "/record/{patient}/results/{results}?problem=not-found"),
            to("/record/{patient}/results/{results}?problem=not-found"),
        ),
        form(
            "/api/put-together",
            "patient={patient}&category=results&item={results}",
            holders("/record/{patient}/results/{results}?done=put-together", "/record/{patient}/results/{results}?problem=not-found"),
            to("/record/{patient}/results/{results}?problem=not-found"),
        ),
        form(
            "/api/keep-from",
            "patient={patient}&category=medicines&item={written}&account={redeemer}",
            holders("/record/{patient}/medicines/{written}/who?done=kept", "/record/{patient}/medicines/{written}/who?problem=not-found"),
            to("/record/{patient}/medicines/{written}/who?problem=not-found"),
        ),
        form(
            "/api/keep-from",
            "patient={patient}&category=medicines&item={written}&everybody=1",
            holders(
                "/record/{patient}/medicines/{written}/who?done=private",
                "/record/{patient}/medicines/{written}/who?problem=not-found",
            ),
            to("/record/{patient}/medicines/{written}/who?problem=not-found"),
        ),
        form(
            "/api/show-again",
            "patient={patient}&category=medicines&item={written}&everybody=1",
            holders("/record/{patient}/medicines/{written}/who?done=left", "/record/{patient}/medicines/{written}/who?problem=not-found"),
            to("/record/{patient}/medicines/{written}/who?problem=not-found"),
        ),
        form(
            "/api/show-again",
            "patient={patient}&category=medicines&item={written}&account={redeemer}",
            holders("/record/{patient}/medicines/{written}/who?done=shown", "/record/{patient}/medicines/{written}/who?problem=not-found"),
            to("/record/{patient}/medicines/{written}/who?problem=not-found"),
        ),
        form(
            "/api/lower-label",
            "patient={patient}&category=medicines&item={written}&label=hiv",
            holders(
                "/record/{patient}/medicines/{written}/who?done=lowered",
                "/record/{patient}/medicines/{written}/who?problem=not-found",
            ),
            to("/record/{patient}/medicines/{written}/who?problem=not-found"),
        ),
        form(
            "/api/mark-again",
            "patient={patient}&category=medicines&item={written}&label=hiv",
            holders("/record/{patient}/medicines/{written}/who?done=marked", "/record/{patient}/medicines/{written}/who?problem=not-found"),
            to("/record/{patient}/medicines/{written}/who?problem=not-found"),
        ),
        form(
            "/api/name-thing",
            "patient={patient}&category=results&item={results}&version=1",
            holders("/sharing/new?draft={new}&step=who", "/record/{patient}/results/{results}/who?problem=not-found"),
            to("/record/{patient}/results/{results}/who?problem=not-found"),
        ),
        post(
            "/api/ask-patient",
            "share_name=nobody-is-called-so&purpose=treatment&parts[0]=results&length=week&words=why",
            holders(NO_ASKER, "/shared/ask?done=sent"),
        ),
        // What a clinician has chosen is kept in a draft of theirs, not in somebody else's.
        form(
            "/api/ask-patient",
            "draft={draft}&purpose=treatment&parts[0]=results&words=why",
            holders(NO_ASKER, "/shared/ask?problem=share-name"),
            holders(NO_ASKER, "/shared/ask?problem=share-name"),
        ),
        {
            let mut done = [To("/shared?find={new}"); 6];
            done[Caller::Anonymous as usize] = Welcome;
            for nobody in [Caller::OtherPatient, Caller::Patient] {
                done[nobody as usize] = To("/shared?problem=not-found");
            }
            post("/api/find-patient", "words=ada", done)
        },
        // Whoever has a share, or had one; nobody else.
        {
            let mut done = [To(NO_SHARE); 6];
            (done[Caller::Anonymous as usize], done[Caller::NarrowGrant as usize]) = (Welcome, To("/shared/ask?done=sent-again"));
            form("/api/ask-again", "grant={grant}&length=week&words=why", done, to(NO_SHARE))
        },
        {
            const NONE: &str = "/shared?problem=not-found";
            let mut done = [To(NONE); 6];
            (done[Caller::Anonymous as usize], done[Caller::NarrowGrant as usize]) = (Welcome, To("/shared/{grant}/pass-on?done=passed"));
            form("/api/pass-on", "grant={grant}&recipient={colleague}&parts[results]=on&length=week", done, to(NONE))
        },
        {
            const NONE: &str = "/shared?problem=not-found";
            let mut done = [To(NONE); 6];
            (done[Caller::Anonymous as usize], done[Caller::NarrowGrant as usize]) = (Welcome, To("/shared/{passing}/pass-on?done=taken"));
            form("/api/take-back-share", "grant={passed}&of={passing}", done, to(NONE))
        },
        of_asker("/api/write-to-request", "request={request}&words=because", "/shared/ask?done=written", {
            const OTHER: &str = "/shared/ask?answer={request}&problem=not-found";
            const NONE: &str = "/sharing/requests?why={request}&problem=not-found";
            ("/sharing/requests?done=written", NONE, OTHER)
        }),
        of_asker("/api/withdraw-request", "request={request}", "/shared/ask?done=taken-back", (NO_ASKER, NO_ASKER, NO_ASKER)),
        form(
            "/api/answer-request",
            "request={request}",
            holders("/sharing/new?draft={answering}&step=check", "/sharing/requests?problem=not-found"),
            to("/sharing/requests?problem=not-found"),
        ),
        form(
            "/api/refuse-request",
            "request={request}",
            holders("/sharing/requests?done=refused", "/sharing/requests?problem=not-found"),
            to("/sharing/requests?problem=not-found"),
        ),
        post("/api/new-share-name", "seen={share-name}", holders("/sharing/requests?done=name", "/sharing/requests?problem=not-found")),
        post("/api/remove-share-name", "", holders("/sharing/requests?done=no-name", "/sharing/requests?problem=not-found")),
        // Whoever signs in here is nobody's, so everybody can block them; to unblock whom nobody has blocked changes nothing.
        row("POST", "/api/block", "/api/block", "whom=account.{redeemer}")
            .with(&[Which::Random], to("/sharing/blocked?ask=block&problem=not-found"))
            .with(&[Which::Own], holders("/sharing/blocked?done=blocked", "/sharing/blocked?ask=block&problem=not-found")),
        row("POST", "/api/unblock", "/api/unblock", "whom=account.{redeemer}")
            .with(&[Which::Random], to("/sharing/blocked?problem=not-found"))
            .with(&[Which::Own], holders("/sharing/blocked?done=unblocked", "/sharing/blocked?problem=not-found")),
        post(
            "/api/decide-emergency",
            "extent=summary&labels[hiv]=on&name=Tom&email=tom@nowhere.example",
            holders("/sharing/emergency?done=decided", NO_PLAN),
        ),
        post("/api/ask-before-prescribing", "choice=on", holders("/sharing/prescribing?done=on", "/sharing/prescribing?problem=not-found")),
        post("/api/new-emergency-code", "seen={card}", holders("/sharing/emergency?done=code", NO_PLAN)),
        form("/api/read-emergency", "grant={emergency}", holders("/sharing/emergency?done=read", NO_PLAN), to(NO_PLAN)),
        // Whoever has a card and signs in as a clinician is let in; what is no card of anybody's says nothing.
        row("POST", "/api/open-emergency", "/api/open-emergency", "code={card}&reason=Found+unconscious")
            .with(&[Which::Random, Which::Gone], holders(NO_EMERGENCY, "/emergency?problem=emergency"))
            .with(&[Which::Own], holders(NO_EMERGENCY, "/record/{patient}")),
        // Somebody else of their organization has looked.
        row("POST", "/api/review-emergency", "/api/review-emergency", "grant={emergency}&finding=needed&words=checked")
            .with(&[Which::Random, Which::Gone], to("/emergency?review={emergency}&problem=not-found"))
            .with(&[Which::Own], holders("/emergency?review={emergency}&problem=not-found", "/emergency?done=reviewed")),
        post("/api/print-shared", "", {
            const NONE: Outcome = To("/shared?problem=not-found");
            const ASKED: Outcome = To("/shared/print");
            [Welcome, NONE, ASKED, ASKED, ASKED, NONE]
        }),
    ]
}

const NO_PLAN: &str = "/sharing/emergency?problem=not-found";
const NO_EMERGENCY: &str = "/emergency?problem=not-found";
const NO_SHARE: &str = "/shared/ask?again={grant}&problem=not-found";
const NO_ASKER: &str = "/shared/ask?problem=not-found";

/// A form about a request: who asked is led to `asked`, the patient and other persons to the first two of `others`, other
/// clinicians to the last.
fn of_asker(path: &'static str, fields: &'static str, asked: &'static str, others: (&'static str, &'static str, &'static str)) -> Row {
    let (patient, person, clinician) = others;
    let mut done = holders(patient, clinician);
    done[Caller::NarrowGrant as usize] = To(asked);
    form(path, fields, done, holders(person, clinician))
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
pub(super) fn of_account() -> Vec<Row> {
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
        post("/api/choose-messages", "kinds[0]=look", person("/account/messages?done=saved", "/account/messages?problem=not-found")),
        // A plain form is led to the page with the button; nobody gave a passkey.
        post("/api/begin-passkey", "", [To("/account/passkeys/add"); 6]),
        post("/api/ask-for-passkey", "", [To("/sign-in"); 6]),
        post(
            "/api/add-passkey",
            "name=Phone&credential=none",
            person("/account/passkeys/add?problem=passkey-ended", "/account/passkeys/add?problem=not-found"),
        ),
        form(
            "/api/remove-passkey",
            "passkey={passkey}",
            // One that has gone, and one that is somebody else's: removed here, either way.
            person("/account/passkeys?done=removed", "/account/passkeys?problem=not-found"),
            person("/account/passkeys?done=removed", "/account/passkeys?problem=not-found"),
        ),
        post("/api/sign-in-passkey", "credential=none", [To("/sign-in?problem=passkey-ended"); 6]),
        post(
            "/api/sign-in-again-passkey",
            "credential=none",
            person("/sign-in/again?problem=passkey-ended", "/sign-in/again?problem=wrong-passkey"),
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
