//! What was acknowledged is there: after a thousand (five thousand) requests whose clients hung up
//! while others were writing, and after PostgreSQL was killed on top of it. Without
//! the guard of the pool the same test loses writes, which shows that it can fail.

use std::{
    collections::HashSet,
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::Poll,
};

use chartkey_domain::id::AccountId;
use chartkey_ground::{Cluster, Size, saw};
use chartkey_portal::{Portal, accounts::Email, pool, secrets::Pepper, setup};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

const WRITERS: usize = 4;
const CANCELLERS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_acknowledged_write_is_lost_by_requests_that_were_cancelled() {
    let outcome = hang_up_and_kill(pool::guarded(6)).await;
    saw(&format!("with the guard {outcome:?}"));
    assert!(outcome.acknowledged > 100, "there was a load: {outcome:?}");
    assert_eq!(outcome.lost, 0, "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_the_guard_acknowledged_writes_are_lost() {
    let outcome = hang_up_and_kill(PgPoolOptions::new().max_connections(6)).await;
    saw(&format!("without it {outcome:?}"));
    assert!(outcome.lost > 0, "the guard may be removed when this fails: {outcome:?}");
}

#[derive(Debug)]
#[expect(dead_code, reason = "printed by Debug")]
struct Outcome {
    cancelled: usize,
    acknowledged: usize,
    lost: usize,
}

async fn hang_up_and_kill(options: PgPoolOptions) -> Outcome {
    let cluster = Cluster::start().unwrap();
    let [admin, migrator, runtime] = [("postgres", "postgres"), ("chartkey_migrator", "chartkey"), ("chartkey_runtime", "chartkey")]
        .map(|(role, name)| cluster.url(role, name));
    setup::create_roles(&admin, &migrator, &runtime).await.unwrap();
    setup::migrate(&migrator).await.unwrap();
    let pool = options.connect_with(runtime.parse::<PgConnectOptions>().unwrap()).await.unwrap();
    let portal = Portal::new(pool, Pepper::new([7; 32])).unwrap();

    let acknowledged = Arc::new(Mutex::new(HashSet::new()));
    let stop = Arc::new(AtomicBool::new(false));
    let cancelled = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::new();
    for writer in 0..WRITERS {
        tasks.push(tokio::spawn(write(portal.clone(), writer, Arc::clone(&acknowledged), Arc::clone(&stop))));
    }
    let enough = Size::of_environment().of(1000, 5000);
    let cancellers: Vec<_> = (0..CANCELLERS).map(|_| tokio::spawn(hang_up(portal.clone(), Arc::clone(&cancelled), enough))).collect();
    for canceller in cancellers {
        canceller.await.unwrap();
    }
    cluster.kill().unwrap();
    stop.store(true, Ordering::SeqCst);
    for task in tasks {
        task.await.unwrap();
    }
    // Rolled back or not: the connections of the killed one are gone.
    drop(portal);
    cluster.resume().unwrap();

    let superuser = PgPoolOptions::new().connect(&cluster.url("postgres", "chartkey")).await.unwrap();
    let there: HashSet<String> =
        sqlx::query_scalar("select email from mail_token").fetch_all(&superuser).await.unwrap().into_iter().collect();
    let acknowledged = acknowledged.lock().unwrap();
    Outcome { cancelled: cancelled.load(Ordering::SeqCst), acknowledged: acknowledged.len(), lost: acknowledged.difference(&there).count() }
}

/// Writes until PostgreSQL is gone; notes what was acknowledged.
async fn write(portal: Portal, writer: usize, acknowledged: Arc<Mutex<HashSet<String>>>, stop: Arc<AtomicBool>) {
    for number in 0_u32.. {
        let email = format!("{writer}-{number}@example.org");
        if stop.load(Ordering::SeqCst) {
            return;
        }
        if portal.begin_sign_up(&Email::parse(&email).unwrap()).await.is_ok() && !stop.load(Ordering::SeqCst) {
            acknowledged.lock().unwrap().insert(email);
        }
    }
}

/// Makes requests that open a transaction, and drops them somewhere on the way.
async fn hang_up(portal: Portal, cancelled: Arc<AtomicUsize>, enough: usize) {
    while cancelled.load(Ordering::SeqCst) < enough {
        let wakes = rand::random_range(0..=6);
        if is_dropped_after(wakes, portal.held_record(AccountId(Uuid::nil()))).await {
            cancelled.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// Lets the request wake so many times and drops it then, as a server does when
/// its client hangs up. False where it had ended before.
async fn is_dropped_after(wakes: usize, request: impl Future) -> bool {
    let mut request = pin!(request);
    let mut left = wakes;
    poll_fn(|context| match (request.as_mut().poll(context), left) {
        (Poll::Ready(_), _) => Poll::Ready(false),
        (Poll::Pending, 0) => Poll::Ready(true),
        (Poll::Pending, _) => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}
