//! A patient with a record of known places, and who holds and reads it.

use std::collections::BTreeMap;

use chartkey_domain::{account::Visitor, category::Category, grant::Purpose, id::PatientId};
use chartkey_portal::{
    accounts::{Email, NewPassword, PersonName},
    import::ImportOptions,
    sign_in::{FirstStep, SignedIn},
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::record;
use crate::harness::{House, PASSWORD};

/// What an address or a form names, by placeholder.
pub type Names = BTreeMap<String, String>;

/// A patient and what belongs to them.
pub struct Side {
    pub owner: &'static str,
    pub patient: PatientId,
    pub(super) holder: SignedIn,
    pub(super) reader: SignedIn,
    pub(super) names: Names,
}

impl Side {
    pub(super) async fn lay(house: &House, owner: &'static str, reader: SignedIn) -> Self {
        let email = format!("zq{owner}mail@example.org");
        let name = PersonName::parse(&record::mark(owner, "account")).unwrap();
        let account =
            house.portal.make_person(&name, &Email::parse(&email).unwrap(), NewPassword::parse(PASSWORD.into()).unwrap()).await.unwrap();
        let report =
            house.portal.import_file(record::bundle(owner).as_bytes(), &ImportOptions::new(owner, "record.json"), |_| {}).await.unwrap();
        assert!(report.not_understood.is_empty() && report.unassigned.is_empty(), "{report:?}");
        let patient = report.patients[0];
        for statement in [
            "insert into patient_holder (patient_id, account_id) select $1, $2 where true",
            "update item set is_private = true where patient_id = $1 and fhir_id in ('private', 'lonely') and $2::uuid is not null",
            "delete from item_version v using item i where i.patient_id = $1 and i.fhir_id = 'gone' and $2::uuid is not null and v.item_id = i.item_id",
            "delete from item where patient_id = $1 and fhir_id = 'gone' and $2::uuid is not null",
        ] {
            sqlx::query(statement).bind(patient.0).bind(account.0).execute(&house.superuser).await.unwrap();
        }
        let items: Vec<(String, Uuid, Option<String>, i16)> =
            sqlx::query_as("select fhir_id, item_id, series, labels from item where patient_id = $1")
                .bind(patient.0)
                .fetch_all(&house.superuser)
                .await
                .unwrap();
        let mut names: Names = items.iter().map(|(place, item, ..)| (place.clone(), item.to_string())).collect();
        for (place, _, series, labels) in &items {
            assert_eq!(*labels != 0, place == "labelled", "{place}");
            match place.as_str() {
                "results" => drop(names.insert("series".to_owned(), series.clone().unwrap())),
                "lonely" => drop(names.insert("lonely-series".to_owned(), series.clone().unwrap())),
                _ => {}
            }
        }
        names.insert("patient".to_owned(), patient.to_string());
        names.insert("organization".to_owned(), "northfield".to_owned());
        let FirstStep::In(holder) = house.portal.sign_in(&email, PASSWORD.into(), owner).await.unwrap() else { panic!("no second factor") };
        assert_eq!(holder.actor.account(), account);
        Self { owner, patient, holder, reader, names }
    }

    pub(super) fn empty(&self) -> Self {
        Self {
            owner: self.owner,
            patient: self.patient,
            holder: self.holder.clone(),
            reader: self.reader.clone(),
            names: self.names.clone(),
        }
    }

    /// The names with this item in the place of every item.
    pub(super) fn every_item(&self, place: &str) -> Names {
        let mut names = self.names.clone();
        let item = names[place].clone();
        for category in Category::SHAREABLE.into_iter().chain([Category::Own]) {
            names.insert(category.slug().to_owned(), item.clone());
        }
        names.insert("series".to_owned(), names["lonely-series"].clone());
        names.insert("correction".to_owned(), names[&format!("correction-{place}")].clone());
        names
    }

    pub fn typed_code(&self) -> &str {
        &self.names["typed"]
    }

    pub fn visitor(&self) -> Visitor {
        visitor(&self.holder, BTreeMap::new())
    }

    pub(super) fn reader(&self) -> Visitor {
        visitor(&self.reader, [(self.patient, Purpose::Treatment)].into())
    }
}

/// Somebody who signed in just now, however long the table takes.
pub(super) fn visitor(signed_in: &SignedIn, purposes: BTreeMap<PatientId, Purpose>) -> Visitor {
    #[expect(clippy::disallowed_methods, reason = "as the database's clock on this machine says too")]
    let at = OffsetDateTime::now_utc();
    Visitor {
        actor: signed_in.actor.clone(),
        name: signed_in.name.clone(),
        organization_name: signed_in.organization_name.clone(),
        signed_in_by: signed_in.signed_in_by.clone(),
        signed_in_at: at,
        session_ends_at: at + Duration::hours(1),
        purposes,
    }
}
