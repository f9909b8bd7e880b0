//! Asks the database for every open page of the process.
//!
//! One notice wakes all the pages that it concerns, and most of them ask the same. So
//! questions that wait are taken together: their sessions are looked up in one
//! statement, and the door is asked once for each visitor and record. A question joins
//! only what is asked after it, so no answer is older than its question.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chartkey_domain::{
    account::{Actor, Visitor},
    grant::Purpose,
    id::PatientId,
};
use chartkey_portal::{Error, Portal, Standing, sessions::SessionKey};
use futures::{StreamExt, stream};
use time::OffsetDateTime;
use tokio::sync::{mpsc, oneshot};

use super::OpenRecord;

/// Questions taken together; more wait.
const TOGETHER: usize = 1_024;
/// Doors asked at a time: streams leave the connections to those who wait for a page.
const DOORS: usize = 4;

/// Whose page it is, and what it shows.
#[derive(Debug)]
pub(super) struct Asked {
    pub session: SessionKey,
    pub visitor: Arc<Visitor>,
    pub records: Vec<OpenRecord>,
}

/// What a page is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// All of it stands, until the earliest end of what it rests on.
    Stands { closes_at: Option<OffsetDateTime> },
    /// The session is over, or something that the page rests on is.
    Closed,
}

struct Question {
    asked: Arc<Asked>,
    answer: oneshot::Sender<Verdict>,
}

/// Takes the questions.
#[derive(Debug, Clone)]
pub(super) struct Asker(mpsc::Sender<Question>);

impl Asker {
    /// Answers until every sender is gone.
    pub fn over(portal: Portal) -> Self {
        let (ask, mut asked) = mpsc::channel(TOGETHER);
        tokio::spawn(async move {
            let mut questions = Vec::new();
            while asked.recv_many(&mut questions, TOGETHER).await > 0 {
                if let Err(error) = answer(&portal, questions.drain(..)).await {
                    tracing::error!(%error, "open pages could not be told where they stand");
                }
            }
        });
        Self(ask)
    }

    /// The session and the door as they are now. `None`: the database does not say.
    pub async fn ask(&self, asked: &Arc<Asked>) -> Option<Verdict> {
        let (answer, answered) = oneshot::channel();
        self.0.send(Question { asked: Arc::clone(asked), answer }).await.ok()?;
        answered.await.ok()
    }
}

/// What the door's answer depends on.
type Door<'a> = (&'a Actor, Option<Purpose>, PatientId);

fn doors(asked: &Asked) -> impl Iterator<Item = Door<'_>> {
    let Visitor { actor, purposes, .. } = &*asked.visitor;
    asked.records.iter().map(move |record| (actor, purposes.get(&record.patient).copied(), record.patient))
}

/// Whoever is not answered here is told nothing, and asks again at the next beat.
async fn answer(portal: &Portal, questions: impl Iterator<Item = Question>) -> Result<(), Error> {
    let (asked, answers): (Vec<_>, Vec<_>) = questions.map(|Question { asked, answer }| (asked, answer)).unzip();
    let alive = portal.sessions_alive(asked.iter().map(|asked| &asked.session).collect::<HashSet<_>>()).await?;
    let is_alive = |asked: &Asked| alive.contains(&asked.session);
    let mut visitors: HashMap<Door<'_>, &Visitor> = HashMap::new();
    for asked in asked.iter().filter(|asked| is_alive(asked)) {
        visitors.extend(doors(asked).map(|door| (door, &*asked.visitor)));
    }
    let knocks: Vec<_> = visitors.into_iter().map(|(door, visitor)| knock(portal, visitor, door)).collect();
    let mut knocks = stream::iter(knocks).buffer_unordered(DOORS);
    let (mut standing, mut failed) = (HashMap::new(), Ok(()));
    while let Some((door, answer)) = knocks.next().await {
        match answer {
            Ok(answer) => drop(standing.insert(door, answer)),
            Err(error) => failed = Err(error),
        }
    }
    for (asked, answer) in asked.iter().zip(answers) {
        let verdict = if is_alive(asked) { verdict(asked, &standing) } else { Some(Verdict::Closed) };
        if let Some(verdict) = verdict {
            // An error means that the page was closed meanwhile.
            let _ = answer.send(verdict);
        }
    }
    failed
}

async fn knock<'a>(portal: &Portal, visitor: &Visitor, door: Door<'a>) -> (Door<'a>, Result<Standing, Error>) {
    (door, portal.standing(visitor, door.2).await)
}

/// Nothing while any of the doors did not answer.
fn verdict(asked: &Asked, standing: &HashMap<Door<'_>, Standing>) -> Option<Verdict> {
    let mut earliest = None;
    for (record, door) in asked.records.iter().zip(doors(asked)) {
        match standing.get(&door)? {
            Standing::Open { mark, closes_at } if *mark == record.mark => {
                earliest = [earliest, *closes_at].into_iter().flatten().min();
            }
            _ => return Some(Verdict::Closed),
        }
    }
    Some(Verdict::Stands { closes_at: earliest })
}
