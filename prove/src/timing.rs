//! What the time of an answer says: nothing about whether there is an account, or a patient.

use anyhow::Result;
use chartkey_ground::{Cluster, Ground};
use sqlx::{Connection, PgConnection};

use crate::{
    arena::{Arena, Seen, no_panic},
    load::Ask,
    stats::{DISTINCT, median, rank_distance, would_be_found},
};

/// A difference that nobody can use: a hundred microseconds, on a machine of their own beside ours.
const USELESS: f64 = 0.1;

/// The hash of a password that nobody has, with today's parameters.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IG9mIG91cnM$MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE";

/// Asks both in turn, so that whatever else the machine does meets both alike.
async fn compare(seen: &mut Seen, what: &str, rounds: usize, connection: &mut PgConnection, one: Ask, other: Ask) -> Result<()> {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for round in 0..rounds + 10 {
        // The waits after many tries are not what is measured.
        sqlx::query("delete from sign_in_failure").execute(&mut *connection).await?;
        let asks = if round % 2 == 0 { [(&one, &mut first), (&other, &mut second)] } else { [(&other, &mut second), (&one, &mut first)] };
        for (ask, times) in asks {
            let look = ask.look().await;
            seen.must(matches!(look.status, 303 | 404), || format!("{what}: {}", look.status));
            if round >= 10 {
                times.push(look.took.as_secs_f64() * 1_000.0);
            }
        }
    }
    let (distance, difference) = (rank_distance(&first, &second), median(&first) - median(&second));
    let found = would_be_found(&second);
    seen.note(format!(
        "{what}, {rounds} each: medians {:.3} and {:.3} ms, {difference:+.3} ms apart; ranks {distance:+.2} deviations apart ({DISTINCT} would be one in a thousand by chance); a shift of {found:.3} ms would have been found",
        median(&first),
        median(&second)
    ));
    seen.must(distance.abs() < DISTINCT || difference.abs() < USELESS, || format!("{what} are told apart"));
    Ok(())
}

pub async fn alike(arena: &Arena) -> Result<Seen> {
    let mut seen = Seen::default();
    let cluster = Cluster::start()?;
    let ground: Ground = arena.ground(&cluster).await?;
    let mut connection = PgConnection::connect(&ground.superuser).await?;
    let rounds = arena.size.of(100, 1000);
    sqlx::query("insert into account (kind, display_name, email, password_hash) values ('person', 'Mara', 'mara@example.org', $1)")
        .bind(HASH)
        .execute(&mut connection)
        .await?;
    let sign_in = |email: &str| {
        Ask::form(format!("{}/api/sign-in", ground.address), "", format!("email={email}%40example.org&password=not+this+one"))
    };
    compare(&mut seen, "a known and an unknown account", rounds, &mut connection, sign_in("mara")?, sign_in("sara")?).await?;
    let refused: String = sqlx::query_scalar(
        "with p as (insert into patient (patient_id, full_name, birth_date, sex) values (gen_random_uuid(), 'Somebody Else', '1970-01-01', 'male') returning patient_id),
            i as (insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, labelled_by, first_at, last_at, precision, title, added_at)
                select p.patient_id, gen_random_uuid(), i.source_id, i.resource_type, i.fhir_id, i.category, i.version_no, i.labelled_by, i.first_at, i.last_at,
                    i.precision, i.title, i.added_at from p, item i)
         select patient_id::text from p",
    )
    .fetch_one(&mut connection)
    .await?;
    sqlx::query("vacuum analyze").execute(&mut connection).await?;
    let record = |patient: &str| Ask::page(format!("{}/record/{patient}/results", ground.address), &ground.clinician);
    let absent = "7b1b2f0a-4b1d-4c57-9e0e-5b8f6f0c2a11";
    compare(
        &mut seen,
        "a patient who is not for this reader and one who is not there",
        rounds,
        &mut connection,
        record(&refused)?,
        record(absent)?,
    )
    .await?;
    no_panic(&mut seen, &ground)?;
    Ok(seen)
}
