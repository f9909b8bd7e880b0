//! A patient who says that something is wrong, and a doctor who may see results.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use chartkey_domain::{
    account::Visitor,
    category::Category,
    correction::CorrectionState,
    grant::Purpose,
    id::{CorrectionId, DraftId, ItemId},
};
use chartkey_portal::{
    Error,
    corrections::{Opening, Thread},
    entry::Disputed,
};
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use crate::{harness::Ground, people::House};

pub const WRONG: &str = "I never had\nthis test.";

pub struct Said {
    pub house: House,
    pub result: ItemId,
    pub problem: ItemId,
}

impl Said {
    pub async fn build(options: PgConnectOptions) -> Self {
        let house = House::build(Ground::lay(options).await).await;
        let (result, problem) = (titled(&house, "Haemoglobin").await, titled(&house, "A hidden problem").await);
        Self { house, result, problem }
    }

    /// Says so, and what became of it.
    pub async fn asks(&self, item: ItemId, words: &str) -> Result<(Opening, DraftId), Error> {
        let (portal, ines, patient) = (&self.house.portal, self.house.ines(), self.house.patient);
        let draft = portal.keep_statement(&ines, patient, item, words).await?;
        Ok((portal.open_correction(&ines, patient, item, draft).await?, draft))
    }

    /// Says so, and nobody has before.
    pub async fn says(&self, item: ItemId, words: &str) -> CorrectionId {
        match self.asks(item, words).await.unwrap().0 {
            Opening::Opened(correction) => correction,
            Opening::Stands(correction) => panic!("{correction} stands"),
        }
    }

    /// Says it of the resource with this id.
    pub async fn says_of(&self, fhir_id: &str, words: &str) -> ItemId {
        let item = item(&self.house, fhir_id).await;
        self.says(item, words).await;
        item
    }

    pub fn doctor(&self) -> Visitor {
        self.house.doctor(Some(Purpose::Treatment))
    }

    pub async fn beside(&self, visitor: &Visitor) -> Option<Disputed> {
        let list = self.house.portal.list(visitor, self.house.patient, Category::Results, None, false).await.unwrap();
        list.view.entries.into_iter().find(|entry| entry.id == self.result).unwrap().disputed
    }

    pub async fn thread(&self, visitor: &Visitor, correction: CorrectionId, draft: Option<DraftId>) -> Result<Thread, Error> {
        Ok(self.house.portal.correction(visitor, self.house.patient, correction, draft).await?.view)
    }

    pub async fn state(&self, correction: CorrectionId) -> CorrectionState {
        self.thread(&self.house.ines(), correction, None).await.unwrap().correction.state
    }
}

/// The item of this name.
async fn titled(house: &House, title: &str) -> ItemId {
    let id: Uuid = sqlx::query_scalar("select item_id from item where title = $1").bind(title).fetch_one(&house.superuser).await.unwrap();
    ItemId(id)
}

/// The item that the resource with this id is.
pub async fn item(house: &House, fhir_id: &str) -> ItemId {
    let id: Uuid =
        sqlx::query_scalar("select item_id from item where fhir_id = $1").bind(fhir_id).fetch_one(&house.superuser).await.unwrap();
    ItemId(id)
}
