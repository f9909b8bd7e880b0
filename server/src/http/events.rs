//! `/events`: tells an open page whether what it rests on still holds, or that what its reader shares and is asked has changed.
//!
//! A process listens once for all its pages. Each page names its patients, each with its
//! mark; on every notice that could concern it the door is asked afresh, and says
//! `stands` or `closed`. Whoever hears nothing for ten seconds covers the page, so a
//! stream is silent whenever it could have missed something. It neither makes the
//! session longer nor outlives it.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Extension, Query, State},
    http::{HeaderName, header},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use chartkey_domain::{
    account::Actor,
    id::{OrganizationId, PatientId},
};
use chartkey_portal::{
    Error, Portal,
    notices::{Listener, Notice},
    shared::MOST,
};
use futures::{Stream, stream};
use time::OffsetDateTime;
use tokio::{
    sync::{broadcast, watch},
    time::{Interval, MissedTickBehavior},
};

use self::asker::{Asked, Asker, Verdict};
use super::{Shared, plain, session::Known, store};
use crate::metrics::Open;

mod asker;

/// Between two signs of life.
const BEAT: Duration = Duration::from_secs(3);
/// So many beats between two looks at the session, which may have run out unused.
const BEATS_A_LOOK: u32 = 5;
/// Before the lost connection to the database is made again.
const AGAIN_AFTER: Duration = Duration::from_millis(500);
/// Notices that a slow page may fall behind before it has to ask afresh.
const BEHIND: usize = 256;

/// What every page of the process hears. `None`: something may have been missed.
#[derive(Debug, Clone)]
pub struct Notices {
    heard: broadcast::Sender<Option<Notice>>,
    listening: watch::Receiver<bool>,
    asker: Asker,
}

impl Notices {
    /// Begins to listen, until the process stops.
    #[must_use]
    pub fn listen(portal: Portal, stopping: watch::Receiver<bool>) -> Self {
        let (heard, _) = broadcast::channel(BEHIND);
        let (is_listening, listening) = watch::channel(false);
        let asker = Asker::over(portal.clone());
        tokio::spawn(listen(portal, heard.clone(), is_listening, stopping));
        Self { heard, listening, asker }
    }
}

async fn listen(
    portal: Portal,
    heard: broadcast::Sender<Option<Notice>>,
    is_listening: watch::Sender<bool>,
    mut stopping: watch::Receiver<bool>,
) {
    loop {
        let lost = async {
            let mut listener = portal.listen().await?;
            is_listening.send_replace(true);
            // Whatever was said before this moment was not heard.
            let _ = heard.send(None);
            pass_on(&mut listener, &heard).await
        };
        let lost = tokio::select! {
            lost = lost => lost,
            _ = stopping.wait_for(|stop| *stop) => return,
        };
        is_listening.send_replace(false);
        if let Err(error) = lost {
            tracing::error!(%error, "notices are not heard");
        }
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}

/// Passes on what is heard until the connection is lost.
async fn pass_on(listener: &mut Listener, heard: &broadcast::Sender<Option<Notice>>) -> Result<(), Error> {
    while let Some(notice) = listener.next().await? {
        // An error means that no page is open.
        let _ = heard.send(Some(notice));
    }
    Ok(())
}

/// A record that an open page shows, and what it rests on there.
#[derive(Debug)]
struct OpenRecord {
    patient: PatientId,
    mark: String,
}

/// The records of `patient=…&mark=…`, one after the other; nothing where that is not what
/// stands there, or where there are more than a page shows.
fn records(query: &[(String, String)]) -> Option<Vec<OpenRecord>> {
    let one = |pair: &[(String, String)]| match pair {
        [(patient, id), (mark, text)] if patient == "patient" && mark == "mark" => {
            Some(OpenRecord { patient: id.parse().ok()?, mark: text.clone() })
        }
        _ => None,
    };
    let records: Vec<_> = query.chunks(2).map(one).collect::<Option<_>>()?;
    (1..=MOST).contains(&records.len()).then_some(records)
}

/// What a page asks to be told: whether these records stand, or with `mine=1` that something about its reader has changed.
fn watches(query: &[(String, String)]) -> Option<(Vec<OpenRecord>, bool)> {
    match query {
        [(mine, yes)] if mine == "mine" && yes == "1" => Some((Vec::new(), true)),
        _ => records(query).map(|records| (records, false)),
    }
}

/// The stream of one open page.
pub async fn events(
    State(shared): State<Shared>,
    known: Option<Extension<Known>>,
    session: tower_sessions::Session,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let Some((records, is_mine)) = watches(&query) else { return plain::unreadable() };
    let (Some(Extension(known)), Some(id)) = (known, session.id()) else { return plain::no_endpoint() };
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Before the first question, so that nothing is missed between the two.
    let heard = shared.notices.heard.subscribe();
    let watched = Watched {
        is_mine,
        own: known.record,
        asked: Arc::new(Asked { session: store::key(&id), visitor: known.visitor, records }),
        asker: shared.notices.asker,
        heard,
        listening: shared.notices.listening,
        beat,
        beats: 0,
        is_unsure: false,
        closes_at: None,
        stopping: shared.stopping,
        stage: Stage::New,
        _counted: Open::one("chartkey_event_streams"),
    };
    // Neither kept, nor held back by a proxy until there is more of it.
    let headers = [(header::CACHE_CONTROL, "no-store"), (HeaderName::from_static("x-accel-buffering"), "no")];
    (headers, Sse::new(watched.stream())).into_response()
}

/// Where a stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Open,
    Over,
}

/// One open page.
struct Watched {
    asked: Arc<Asked>,
    /// Whether it is told that something about its reader has changed, and not whether records stand.
    is_mine: bool,
    /// The reader's own record.
    own: Option<PatientId>,
    asker: Asker,
    heard: broadcast::Receiver<Option<Notice>>,
    listening: watch::Receiver<bool>,
    beat: Interval,
    beats: u32,
    /// The last answer did not come: nothing is said until one does.
    is_unsure: bool,
    closes_at: Option<OffsetDateTime>,
    stopping: watch::Receiver<bool>,
    stage: Stage,
    _counted: Open,
}

/// What a stream was waiting for.
enum Woken {
    Heard(Option<Notice>),
    Beat,
    Stopping,
}

/// What the page is told.
enum Told {
    Beat,
    Stands,
    Closed,
    Changed,
}

impl From<Told> for Event {
    fn from(told: Told) -> Self {
        let name = match told {
            Told::Beat => "beat",
            Told::Stands => "stands",
            Told::Closed => "closed",
            Told::Changed => "changed",
        };
        // A browser drops an event without data.
        Self::default().event(name).data("-")
    }
}

impl Watched {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> + Send {
        stream::unfold(self, |mut watched| async { watched.next().await.map(|told| (Ok(told.into()), watched)) })
    }

    /// Waits until there is something to say. `None`: the stream ends.
    async fn next(&mut self) -> Option<Told> {
        if self.stage == Stage::New {
            self.stage = Stage::Open;
            if let Some(told) = self.ask().await {
                return Some(told);
            }
        }
        while self.stage == Stage::Open {
            let told = match self.wait().await {
                Woken::Heard(Some(notice)) if !self.is_concerned(notice) => None,
                Woken::Heard(_) => self.ask().await.map(|told| self.changed(told)),
                Woken::Beat => self.sign_of_life().await,
                Woken::Stopping => return None,
            };
            if told.is_some() {
                return told;
            }
        }
        None
    }

    async fn wait(&mut self) -> Woken {
        tokio::select! {
            heard = self.heard.recv() => match heard {
                Ok(heard) => Woken::Heard(heard),
                Err(broadcast::error::RecvError::Lagged(_)) => Woken::Heard(None),
                Err(broadcast::error::RecvError::Closed) => Woken::Stopping,
            },
            _ = self.beat.tick() => Woken::Beat,
            _ = self.stopping.wait_for(|stop| *stop) => Woken::Stopping,
        }
    }

    /// Silent while notices are not heard.
    async fn sign_of_life(&mut self) -> Option<Told> {
        if !*self.listening.borrow() {
            return None;
        }
        self.beats += 1;
        if self.is_unsure || self.beats.is_multiple_of(BEATS_A_LOOK) || self.has_run_out() {
            return self.ask().await;
        }
        Some(Told::Beat)
    }

    #[expect(clippy::disallowed_methods, reason = "when to ask again; the database's clock decides what it answers")]
    fn has_run_out(&self) -> bool {
        self.closes_at.is_some_and(|end| end <= OffsetDateTime::now_utc())
    }

    /// Asks the session and the door. Where the database does not answer nothing is
    /// said until it does, and the page covers itself.
    async fn ask(&mut self) -> Option<Told> {
        let verdict = self.asker.ask(&self.asked).await;
        self.is_unsure = verdict.is_none();
        match verdict? {
            Verdict::Stands { closes_at } => {
                self.closes_at = closes_at;
                Some(Told::Stands)
            }
            Verdict::Closed => {
                self.stage = Stage::Over;
                Some(Told::Closed)
            }
        }
    }

    /// What stands is no news to whoever waits for a change.
    const fn changed(&self, told: Told) -> Told {
        if self.is_mine && matches!(told, Told::Stands) { Told::Changed } else { told }
    }

    fn is_concerned(&self, notice: Notice) -> bool {
        let Asked { visitor, records, .. } = &*self.asked;
        let (account, organization) = (visitor.actor.account(), organization(&visitor.actor));
        if self.is_mine {
            let is_there = notice.account.is_none() && notice.organization.is_some() && notice.organization == organization;
            return notice.account == Some(account) || is_there || (notice.patient.is_some() && notice.patient == self.own);
        }
        records.iter().any(|record| notice.concerns(record.patient, account, organization))
    }
}

const fn organization(actor: &Actor) -> Option<OrganizationId> {
    match actor {
        Actor::Person { .. } => None,
        Actor::Clinician { organization, .. } => Some(*organization),
    }
}
