//! Somebody who is no patient, and helps one.

use std::collections::BTreeMap;

use chartkey_domain::{
    category::Category,
    draft::{Draft, Recipient},
    id::GrantId,
    label::Labels,
};
use chartkey_portal::{
    accounts::{Email, NewPassword, PersonName},
    codes::CodeState,
    sign_in::{FirstStep, SignedIn},
};
use uuid::Uuid;

use super::{
    side::visitor,
    world::{World, draft, sentence},
};

impl World {
    /// Somebody without a record, and their address; everybody is called the same.
    pub async fn person(&self) -> (SignedIn, String) {
        let (portal, email) = (&self.house.portal, format!("{}@example.org", Uuid::new_v4().simple()));
        let (name, password) = (PersonName::parse("Somebody").unwrap(), "a password nobody expects");
        portal.make_person(&name, &Email::parse(&email).unwrap(), NewPassword::parse(password.into()).unwrap()).await.unwrap();
        let FirstStep::In(person) = portal.sign_in(&email, password.into(), email.as_str()).await.unwrap() else {
            panic!("no second factor")
        };
        (person, email)
    }

    /// Lets somebody help ada with everything, by a code that she confirms.
    pub async fn let_help(&self, carer: &SignedIn) -> GrantId {
        let (portal, own) = (&self.house.portal, self.ada.visitor());
        let everything = Draft {
            recipient: Some(Recipient::CarerCode),
            labels: Labels::ALL,
            categories: Category::SHAREABLE.into_iter().collect(),
            ..draft("")
        };
        let (id, terms) = self.drafted(&self.ada, everything).await;
        let code = portal.make_code(&own, id, terms, sentence("A code.")).await.unwrap();
        let codes = portal.codes(&own).await.unwrap().view;
        let secret = codes.into_iter().find_map(|made| match made.state {
            CodeState::Waiting(secret) if made.id == code => Some(secret),
            _ => None,
        });
        portal.redeem_code(&visitor(carer, BTreeMap::new()), &secret.unwrap()).await.unwrap();
        portal.confirm_code(&own, code, carer.actor.account(), sentence("A share.")).await.unwrap()
    }
}
