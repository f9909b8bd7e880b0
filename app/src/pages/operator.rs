//! The operator's page: whether this Chartkey could be lost, and what is still missing. It is no
//! route of the application: the server shows it where only its own machine comes in.

use chartkey_portal::{
    journal::Lag,
    proofs::{ArchiveLag, Proof},
};
use leptos::prelude::*;
use time::{Duration, OffsetDateTime};

use super::set_up::machine;
use crate::{
    catalogue::Say,
    components::{
        facts::facts,
        icon::IconsUsed,
        notice::{Role, notice},
        sheet::{sheet, title},
        steps::steps,
        when::moment,
    },
    pages::{Paged, page},
    request::{caller, installation, portal},
    shell::{Page, Place, document},
};

/// A nightly proof that is older has been missed.
const A_NIGHT: Duration = Duration::hours(26);

/// Proofs that are listed: a week of nights.
const PROOFS: i64 = 7;

/// The page as an application of its own.
#[component]
pub fn Operator() -> impl IntoView {
    provide_context(IconsUsed::default());
    operator()
}

fn operator() -> impl IntoView {
    page(async {
        let (caller, portal) = (caller(), portal()?);
        let say = caller.say();
        let proofs = portal.last_proofs(PROOFS).await?;
        let (archive, journal) = (portal.archive_lag().await?, portal.journal_lag().await?);
        let closed = portal.refuse_an_older_database().await.err();
        let missing: Vec<_> = machine(say).into_iter().filter(|step| !step.done).collect();
        let body = view! {
            {title(say.operator(), Some(say.operator_says().to_owned()))}
            {closed.map(|closed| notice(Role::Critical, say.database_closed(), view! { <p>{closed.to_string()}</p> }))}
            {concern(say, proofs.first(), caller.now)}
            {sheet("backups", say.backups(), backups(say, &proofs))}
            {sheet("outside", say.kept_outside(), facts(vec![
                (say.write_ahead_log().to_owned(), archived(say, &archive).into_any()),
                (say.journal().to_owned(), kept(say, &journal).into_any()),
            ]))}
            {(!missing.is_empty()).then(|| sheet("missing", say.still_missing(), steps(say, missing)))}
        };
        Paged::Ok(document(Page::new(say.operator(), Place::Operator), body).into_any())
    })
}

/// What the operator has to look at, if anything.
fn concern(say: Say, last: Option<&Proof>, now: Option<OffsetDateTime>) -> Option<impl IntoView + use<>> {
    let age = last.and_then(|last| Some(now? - last.at));
    let (role, heading, says, command) = match last {
        None => (Role::Caution, say.no_proof().to_owned(), say.no_proof_says(), Some("chartkey backup --help")),
        Some(last) if is_bad(last) => (Role::Critical, say.bad_proof().to_owned(), say.bad_proof_says(), None),
        Some(_) => {
            let age = age.filter(|age| *age > A_NIGHT)?;
            (Role::Caution, say.old_proof(age.whole_hours()), say.old_proof_says(), None)
        }
    };
    let command = command.map(|command| view! { " " <code>{command}</code> });
    Some(notice(role, heading, view! { <p>{says}{command}</p> }))
}

fn is_bad(proof: &Proof) -> bool {
    proof.failed.is_some() || proof.differences.is_some_and(|differences| differences > 0)
}

fn backups(say: Say, proofs: &[Proof]) -> impl IntoView + use<> {
    let rows = proofs.iter().map(|proof| {
        let found = match (&proof.failed, proof.differences) {
            (Some(_), _) => say.proof_failed().to_owned(),
            (None, Some(differences)) => say.proof_differences(differences.into()),
            (None, None) => say.proof_checked().to_owned(),
        };
        let size = proof.bytes.map(|bytes| view! { " · " {say.megabytes(bytes.unsigned_abs().div_ceil(100_000) as f64 / 10.0)} });
        view! {
            <li class="row">
                <p class="label"><b>{found}</b></p>
                <p class="small quiet">{moment(say, proof.at)} " · " {say.seconds_taken(proof.seconds)} {size} " · " <code>{proof.backup.clone()}</code></p>
                {proof.failed.clone().map(|reason| view! { <p class="small"><code>{reason}</code></p> })}
            </li>
        }
    });
    let none = proofs.is_empty().then(|| view! { <p>{say.no_proof()}</p> });
    view! { {none} <ul class="rows">{rows.collect_view()}</ul> }
}

fn archived(say: Say, lag: &ArchiveLag) -> String {
    match lag {
        ArchiveLag { is_on: false, .. } => say.archive_off().to_owned(),
        ArchiveLag { is_failing: true, .. } => say.archive_failing().to_owned(),
        ArchiveLag { seconds: None, .. } => say.archive_waiting().to_owned(),
        ArchiveLag { seconds: Some(seconds), .. } => say.archived_ago(*seconds),
    }
}

fn kept(say: Say, lag: &Lag) -> String {
    match lag.waiting {
        _ if !installation().has_journal => say.journal_none().to_owned(),
        0 => say.journal_kept().to_owned(),
        waiting => say.journal_waits(waiting),
    }
}
