//! What a reader passes on, and has passed on.

use chartkey_domain::{draft::Draft, grant::Purpose, label::Labels};
use time::Date;
use uuid::Uuid;

use super::{
    side::Side,
    world::{World, draft, sentence},
};

impl World {
    /// A share that the reader may pass on waits for it; of another they have passed on what there is.
    pub(super) async fn renew_passing(&self, side: &mut Side) {
        let share = Draft { purpose: Some(Purpose::SecondOpinion), may_delegate: true, ..draft(side.owner) };
        let passing = self.give(side, &side.reader, share).await;
        let reader = side.reader();
        sqlx::query("update clinician set proven_at = $2 where account_id = $1")
            .bind(reader.actor.account().0)
            .bind(reader.signed_in_at)
            .execute(&self.house.superuser)
            .await
            .unwrap();
        let passable = self.house.portal.passable(&reader, passing).await.unwrap();
        let terms = passable.terms.passed_on(passable.terms.categories, Labels::NONE, Date::MAX);
        self.house.portal.pass_on(&reader, passing, &self.grantee(&self.colleague), &terms, &sentence("A part.")).await.unwrap();
        let passed: Uuid = sqlx::query_scalar("select grant_id from access_grant where parent_grant_id = $1")
            .bind(passing.0)
            .fetch_one(&self.house.superuser)
            .await
            .unwrap();
        let colleague = format!("clinician:{}:{}", self.colleague.actor.account(), self.organization);
        let names = [("passing", passing.to_string()), ("passed", passed.to_string()), ("colleague", colleague)];
        side.names.extend(names.map(|(name, value)| (name.to_owned(), value)));
    }
}
