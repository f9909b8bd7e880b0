//! What the rows about an account name: a session, a known browser and a passkey, and where each
//! patient stands with a second factor.

use chartkey_portal::{
    second_factor::SecondFactor,
    sessions::{NewSession, SessionKey},
    sign_in::FirstStep,
};
use time::Duration;
use uuid::Uuid;

use super::{side::Side, world::World};
use crate::harness::PASSWORD;

impl World {
    /// One more session, one known browser, and a passkey that no device has. Ada is setting a second factor up; Bea has
    /// one, with codes that she has not put away, and somebody says that it is lost.
    pub(super) async fn renew_devices(&self, side: &Side) -> (Uuid, Uuid, Uuid) {
        let account = side.holder.actor.account();
        for statement in [
            "delete from second_factor where account_id = $1",
            "delete from known_device where account_id = $1",
            "delete from passkey where account_id = $1",
            "insert into passkey (account_id, credential_id, name, credential) values ($1, sha256(gen_random_uuid()::text::bytea), 'Phone', '{}')",
            "delete from session where account_id = $1",
        ] {
            sqlx::query(statement).bind(account.0).execute(&self.house.superuser).await.unwrap();
        }
        self.house.portal.begin_second_factor(&side.visitor()).await.unwrap();
        if side.owner == "bea" {
            // As if the code of her app had been right.
            sqlx::query("update second_factor set confirmed_at = now() - interval '1 hour' where account_id = $1")
                .bind(account.0)
                .execute(&self.house.superuser)
                .await
                .unwrap();
            self.house.portal.new_recovery_codes(&side.visitor()).await.unwrap();
            self.house.portal.begin_loss(&self.half(side).await).await.unwrap();
        }
        let session = NewSession {
            account,
            signed_in_at: side.visitor().signed_in_at,
            data: serde_json::json!({"signed_in": side.holder, "record": side.patient, "purposes": {}}),
            device: Default::default(),
            idle: Duration::minutes(20),
            absolute: Duration::hours(12),
        };
        assert!(self.house.portal.begin_session(SessionKey::of(&Uuid::new_v4().to_string()), session).await.unwrap());
        self.house.portal.know_device(&side.holder.actor, None, Default::default()).await.unwrap();
        sqlx::query_as("select session_id, device_id, passkey_id from session join known_device using (account_id) join passkey using (account_id) where account_id = $1")
            .bind(account.0)
            .fetch_one(&self.house.superuser)
            .await
            .unwrap()
    }

    /// What the browser keeps after the right password of somebody with a second factor.
    pub async fn half(&self, side: &Side) -> String {
        sqlx::query("delete from sign_in_failure").execute(&self.house.superuser).await.unwrap();
        let email = format!("zq{}mail@example.org", side.owner);
        match self.house.portal.sign_in(&email, PASSWORD.into(), "203.0.113.1").await.unwrap() {
            FirstStep::Half(half) => half,
            FirstStep::In(_) => panic!("no code was asked for"),
        }
    }

    /// One of Bea's recovery codes.
    pub async fn recovery_code(&self) -> String {
        match self.house.portal.second_factor(&self.bea.visitor()).await.unwrap() {
            SecondFactor::On { mut codes, .. } => codes.remove(0),
            other => panic!("{other:?}"),
        }
    }
}
