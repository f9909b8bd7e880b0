//! Sessions end when they are ended, whatever is under way.

mod harness;

use chartkey_domain::id::AccountId;
use chartkey_portal::{
    Portal,
    secrets::Pepper,
    sessions::{NewSession, SessionKey},
};
use harness::Ground;
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::{Duration, OffsetDateTime};

struct House {
    portal: Portal,
    ground: Ground,
    account: AccountId,
}

impl House {
    async fn build(options: PgConnectOptions) -> Self {
        let ground = Ground::lay(options).await;
        let account = AccountId(ground.person("Mara").await);
        Self { portal: Portal::new(ground.runtime.clone(), Pepper::new([7; 32])).unwrap(), ground, account }
    }

    async fn now(&self) -> OffsetDateTime {
        sqlx::query_scalar("select clock_timestamp()").fetch_one(&self.ground.superuser).await.unwrap()
    }

    async fn begin(&self, cookie: &str, signed_in_at: OffsetDateTime) -> bool {
        let session = NewSession {
            account: self.account,
            signed_in_at,
            data: json!({"for": cookie}),
            device: Default::default(),
            idle: Duration::minutes(30),
            absolute: Duration::hours(12),
        };
        self.portal.begin_session(SessionKey::of(cookie), session).await.unwrap()
    }

    async fn is_alive(&self, cookie: &str) -> bool {
        self.portal.session(&SessionKey::of(cookie)).await.unwrap().is_some()
    }

    async fn age(&self, minutes: i32) {
        sqlx::query(
            "update session set seen_at = seen_at - m, idle_until = idle_until - m, ends_at = ends_at - m
             from make_interval(mins => $1) m",
        )
        .bind(minutes)
        .execute(&self.ground.superuser)
        .await
        .unwrap();
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_database_does_not_hold_what_the_browser_holds(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    house.begin("cookie", house.now().await).await;
    let key: Vec<u8> = sqlx::query_scalar("select session_key from session").fetch_one(&house.ground.superuser).await.unwrap();
    assert_eq!(key.len(), 32);
    assert!(!house.is_alive(std::str::from_utf8(&key).unwrap_or("not text")).await);
    assert!(house.is_alive("cookie").await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_session_that_was_signed_out_in_flight_does_not_come_back(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    for race in 0..100 {
        let cookie = format!("cookie {race}");
        house.begin(&cookie, house.now().await).await;
        let key = SessionKey::of(&cookie);
        // Requests that have read the session and save it while it is ended.
        let (saved, touched, ended) = tokio::join!(
            house.portal.save_session(key.clone(), json!({"late": true})),
            house.portal.touch_session(key.clone(), Duration::minutes(30)),
            house.portal.end_session(key.clone()),
        );
        saved.unwrap();
        touched.unwrap();
        ended.unwrap();
        assert!(!house.is_alive(&cookie).await, "race {race}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_session_does_not_begin_with_a_sign_in_from_before_all_were_ended(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let proven = house.now().await;
    assert!(house.begin("first", proven).await);
    sqlx::query("update account set sessions_valid_after = clock_timestamp()").execute(&house.ground.superuser).await.unwrap();
    assert!(!house.is_alive("first").await);
    assert!(!house.begin("second", proven).await);
    house.portal.save_session(SessionKey::of("first"), json!({"late": true})).await.unwrap();
    let data: serde_json::Value = sqlx::query_scalar("select data from session").fetch_one(&house.ground.superuser).await.unwrap();
    assert_eq!(data, json!({"for": "first"}), "and nothing is stored in the dead one");
    assert!(house.begin("third", house.now().await).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn sessions_that_begin_while_all_are_ended_are_ended_too(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let visitor = chartkey_domain::account::Visitor {
        actor: chartkey_domain::account::Actor::Person { account: house.account },
        name: "Mara".into(),
        organization_name: None,
        signed_in_by: "password".into(),
        signed_in_at: house.now().await,
        session_ends_at: house.now().await,
        purposes: Default::default(),
    };
    for race in 0..100 {
        let cookie = format!("cookie {race}");
        let proven = house.now().await;
        let (_, ended) = tokio::join!(house.begin(&cookie, proven), house.portal.end_every_session(&visitor));
        ended.unwrap();
        assert!(!house.is_alive(&cookie).await, "race {race}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_session_ends_unused_after_its_idle_time_and_used_after_its_absolute_one(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    house.begin("unused", house.now().await).await;
    house.age(29).await;
    assert!(house.is_alive("unused").await);
    house.age(1).await;
    assert!(!house.is_alive("unused").await);
    house.begin("used", house.now().await).await;
    for _ in 0..(12 * 60 / 20 - 1) {
        house.age(20).await;
        house.portal.touch_session(SessionKey::of("used"), Duration::minutes(30)).await.unwrap();
        assert!(house.is_alive("used").await);
    }
    house.age(20).await;
    house.portal.touch_session(SessionKey::of("used"), Duration::minutes(30)).await.unwrap();
    assert!(!house.is_alive("used").await);
    assert_eq!(house.portal.sweep_sessions().await.unwrap(), 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn reading_a_session_writes_nothing_and_its_use_is_noted_once_a_minute(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    house.begin("cookie", house.now().await).await;
    let version =
        async || -> String { sqlx::query_scalar("select xmin::text from session").fetch_one(&house.ground.superuser).await.unwrap() };
    let first = version().await;
    let session = house.portal.session(&SessionKey::of("cookie")).await.unwrap().unwrap();
    assert!(!session.is_stale);
    house.portal.touch_session(SessionKey::of("cookie"), Duration::minutes(30)).await.unwrap();
    assert_eq!(version().await, first);
    house.age(2).await;
    assert!(house.portal.session(&SessionKey::of("cookie")).await.unwrap().unwrap().is_stale);
    let aged = version().await;
    house.portal.touch_session(SessionKey::of("cookie"), Duration::minutes(30)).await.unwrap();
    assert_ne!(version().await, aged);
}
