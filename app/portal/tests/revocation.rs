//! A grant that is withdrawn while its grantee reads and reads: no read that starts
//! after the withdrawal was answered returns anything.

mod harness;
mod people;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use chartkey_domain::{account::Visitor, category::Category, grant::Purpose, id::PatientId};
use chartkey_ground::{Size, saw};
use chartkey_portal::{Error, Portal};
use harness::Ground;
use people::House;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

const READERS: usize = 3;

/// What all readers of one trial saw.
#[derive(Default)]
struct Seen {
    is_withdrawn: AtomicBool,
    before: AtomicUsize,
    across: AtomicUsize,
    refused: AtomicUsize,
    late: AtomicUsize,
}

/// Reads until it is refused twice after the withdrawal.
async fn read(portal: Portal, doctor: Visitor, patient: PatientId, seen: Arc<Seen>) {
    let mut refusals = 0;
    while refusals < 2 {
        let started_after = seen.is_withdrawn.load(Ordering::SeqCst);
        let counted = match portal.list(&doctor, patient, Category::Results, None, false).await {
            Ok(_) if started_after => &seen.late,
            Ok(_) if seen.is_withdrawn.load(Ordering::SeqCst) => &seen.across,
            Ok(_) => &seen.before,
            Err(Error::NotFound) => &seen.refused,
            Err(error) => panic!("{error:?}"),
        };
        counted.fetch_add(1, Ordering::SeqCst);
        refusals += usize::from(started_after);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn no_read_that_starts_after_a_withdrawal_returns_anything(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    let trials = Size::of_environment().of(40, 500);
    let (mut before, mut across, mut refused, mut late) = (0, 0, 0, 0);
    for trial in 0..trials {
        let grant = house.give(Purpose::Treatment).await;
        let seen = Arc::new(Seen::default());
        let readers: Vec<_> =
            (0..READERS).map(|_| tokio::spawn(read(house.portal.clone(), doctor.clone(), house.patient, Arc::clone(&seen)))).collect();
        // The withdrawal meets reads at every stage: it waits for none, one or some of them.
        while seen.before.load(Ordering::SeqCst) < trial % 4 {
            tokio::task::yield_now().await;
        }
        house.portal.withdraw_grant(&house.ines(), grant).await.unwrap();
        seen.is_withdrawn.store(true, Ordering::SeqCst);
        for reader in readers {
            reader.await.unwrap();
        }
        before += seen.before.load(Ordering::SeqCst);
        across += seen.across.load(Ordering::SeqCst);
        refused += seen.refused.load(Ordering::SeqCst);
        late += seen.late.load(Ordering::SeqCst);
    }
    saw(&format!(
        "{trials} withdrawals against {READERS} readers each: {before} reads before, {across} across, {refused} refused, {late} that started after and returned data"
    ));
    assert!(before > 0 && refused >= trials * READERS * 2, "there were readers on both sides");
    assert_eq!(late, 0);
}
