//! A house whose journal is kept, and a database of it that goes back in time.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::path::PathBuf;

use chartkey_domain::grant::Purpose;
use chartkey_portal::{
    Standing,
    journal::{self, Act},
};
use sqlx::postgres::PgConnectOptions;

use crate::{harness::Ground, people::House};

/// The house, with a journal in a folder that goes away with it.
pub struct Kept {
    pub house: House,
    pub folder: tempfile::TempDir,
}

impl Kept {
    pub async fn build(options: PgConnectOptions) -> Self {
        let mut house = House::build(Ground::lay(options).await).await;
        let folder = tempfile::tempdir().unwrap();
        house.portal = house.portal.clone().with_journal(&folder.path().join("journal"));
        house.portal.open_journal().await.unwrap();
        Self { house, folder }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    pub async fn acts(&self) -> Vec<Act> {
        journal::read(&self.file()).await.unwrap().entries().map(|entry| entry.act.clone()).collect()
    }

    pub async fn may_read(&self) -> bool {
        let doctor = self.house.doctor(Some(Purpose::Treatment));
        self.house.portal.standing(&doctor, self.house.patient).await.unwrap() != Standing::Closed
    }

    /// As a restore would: the statement undoes what was acknowledged, no trigger sees it, and the
    /// database knows nothing of the journal's lines.
    pub async fn goes_back(&self, undo: &str) {
        let undo = undo.replace("PATIENT", &format!("'{}'", self.house.patient));
        self.house
            .tamper(&format!(
                "do $$ begin
                    perform set_config('session_replication_role', 'replica', true);
                    {undo};
                    delete from journal_mark;
                end $$"
            ))
            .await;
    }

    pub async fn replay(&self) -> journal::TakenAway {
        assert!(self.house.portal.refuse_an_older_database().await.unwrap_err().to_string().contains("replay-journal"));
        let replayed = self.house.portal.replay_journal(&[self.file()], false).await.unwrap();
        assert!(replayed.was_needed);
        self.house.portal.refuse_an_older_database().await.unwrap();
        assert!(!self.house.portal.replay_journal(&[self.file()], false).await.unwrap().was_needed, "twice is once");
        let none = None::<tokio::io::BufReader<tokio::fs::File>>;
        assert!(self.house.portal.verify(none).await.unwrap().is_sound(), "the chains hold");
        replayed.taken_away
    }
}
