//! Mara, who signs in with a password, and what the tests of signing in need of her.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use chartkey_domain::account::Visitor;
use chartkey_portal::{
    Error, Portal,
    accounts::{Email, NewPassword, PersonName},
    letters::Letter,
    second_factor::SecondFactor,
    secrets::Pepper,
    sessions::{NewSession, SessionKey},
    sign_in::{FirstStep, Origin, SignedIn},
};
use serde_json::json;
use sqlx::{
    AssertSqlSafe, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use time::{Duration, OffsetDateTime};
use totp_rs::{Builder, Secret};

pub const PASSWORD: &str = "a long enough password";
pub const MARA: &str = "mara@example.org";
pub const HERE: &str = "203.0.113.7";

pub struct Town {
    pub portal: Portal,
    pub superuser: PgPool,
}

/// A password that may be chosen.
pub fn password(text: &str) -> NewPassword {
    NewPassword::parse(text.to_owned()).unwrap()
}

pub fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// Who a sign-in makes somebody.
pub fn visitor(signed_in: &SignedIn) -> Visitor {
    Visitor {
        actor: signed_in.actor.clone(),
        name: signed_in.name.clone(),
        organization_name: signed_in.organization_name.clone(),
        signed_in_by: signed_in.signed_in_by.clone(),
        signed_in_at: signed_in.at,
        session_ends_at: signed_in.at + Duration::hours(12),
        purposes: Default::default(),
    }
}

/// The same, who signed in so long ago.
pub fn stale(visitor: &Visitor, minutes: i64) -> Visitor {
    Visitor { signed_in_at: visitor.signed_in_at - Duration::minutes(minutes), ..visitor.clone() }
}

impl Town {
    pub async fn build(options: PgConnectOptions) -> Self {
        let superuser = PgPoolOptions::new().max_connections(4).connect_with(options.clone()).await.unwrap();
        let pool = chartkey_portal::pool::guarded(8).connect_with(options.username("chartkey_runtime")).await.unwrap();
        let portal = Portal::new(pool, Pepper::new([7; 32])).unwrap();
        portal.make_person(&PersonName::parse("Mara").unwrap(), &email(MARA), password(PASSWORD)).await.unwrap();
        Self { portal, superuser }
    }

    pub async fn try_password(&self, typed: &str) -> Result<FirstStep, Error> {
        self.portal.sign_in(MARA, typed.to_owned(), HERE).await
    }

    /// Mara's password is right, and nothing else is asked for.
    pub async fn sign_in(&self) -> SignedIn {
        match self.try_password(PASSWORD).await.unwrap() {
            FirstStep::In(signed_in) => signed_in,
            FirstStep::Half(_) => panic!("a code was asked for"),
        }
    }

    /// Mara's password is right, and a code is asked for.
    pub async fn half(&self) -> String {
        match self.try_password(PASSWORD).await.unwrap() {
            FirstStep::Half(half) => half,
            FirstStep::In(_) => panic!("no code was asked for"),
        }
    }

    /// Turns the second factor on. Returns its seed and recovery codes.
    pub async fn second_factor(&self, visitor: &Visitor) -> (String, Vec<String>) {
        self.portal.begin_second_factor(visitor).await.unwrap();
        let SecondFactor::Begun { seed, .. } = self.portal.second_factor(visitor).await.unwrap() else { panic!("nothing was begun") };
        self.portal.confirm_second_factor(visitor, &self.code(&seed).await).await.unwrap();
        let SecondFactor::On { codes, .. } = self.portal.second_factor(visitor).await.unwrap() else { panic!("it is not on") };
        self.half_a_minute_later().await;
        (seed, codes)
    }

    /// What an app shows at this second of the database's clock.
    pub async fn code(&self, seed: &str) -> String {
        let second: i64 =
            sqlx::query_scalar("select extract(epoch from clock_timestamp())::bigint").fetch_one(&self.superuser).await.unwrap();
        let app = Builder::new().with_secret(Secret::try_from_base32(seed).unwrap()).build().unwrap();
        app.generate(second.try_into().unwrap()).to_string()
    }

    /// As if the last code had been taken some steps ago.
    pub async fn half_a_minute_later(&self) {
        self.run("update second_factor set last_step = last_step - 2").await;
    }

    pub async fn run(&self, statement: &str) {
        sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&self.superuser).await.unwrap();
    }

    pub async fn count(&self, table: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}"))).fetch_one(&self.superuser).await.unwrap()
    }

    pub async fn now(&self) -> OffsetDateTime {
        sqlx::query_scalar("select clock_timestamp()").fetch_one(&self.superuser).await.unwrap()
    }

    /// Every message that waits, by address.
    pub async fn letters(&self) -> Vec<Letter> {
        let mut letters = Vec::new();
        for due in self.portal.due_letters().await.unwrap() {
            self.portal.letter_sent(due.id).await.unwrap();
            letters.push(due.letter);
        }
        letters.sort_by(|one, other| one.to.cmp(&other.to));
        letters
    }

    /// What has happened to Mara's account, oldest first.
    pub async fn actions(&self, visitor: &Visitor) -> Vec<String> {
        let mut log = self.portal.account_log(visitor).await.unwrap();
        log.reverse();
        log.into_iter().map(|event| event.action).collect()
    }

    pub async fn begin(&self, cookie: &str, signed_in: &SignedIn) -> bool {
        let session = NewSession {
            account: signed_in.actor.account(),
            signed_in_at: signed_in.at,
            data: json!({}),
            device: Default::default(),
            idle: Duration::minutes(30),
            absolute: Duration::hours(12),
        };
        self.portal.begin_session(SessionKey::of(cookie), session).await.unwrap()
    }

    /// The language of the account whose session this cookie is.
    pub async fn language_of(&self, cookie: &str) -> String {
        self.portal.session(&SessionKey::of(cookie)).await.unwrap().unwrap().language
    }

    pub async fn is_alive(&self, cookie: &str) -> bool {
        self.portal.session(&SessionKey::of(cookie)).await.unwrap().is_some()
    }
}

/// A try from a browser whose device cookie holds this, at an address.
pub fn from_device(device: &str, address: &str) -> Origin {
    Origin { address: address.to_owned(), device: Some(device.to_owned()) }
}
