//! States of a record in which pages have forms that they do not have otherwise.

use super::{carers::everything_shareable, table::Caller, world::World};

/// An endpoint whose form is there in a state of its own: who sees it, and where.
pub const STATES: [(&str, Caller, &str); 4] = [
    ("/api/undo-death-report", Caller::OtherPatient, "/home"),
    ("/api/name-stand-in", Caller::Patient, "/sharing/incapacity"),
    ("/api/state-incapacity", Caller::NarrowGrant, "/record/{patient}/incapacity"),
    ("/api/review-incapacity", Caller::NarrowGrant, "/record/{patient}/incapacity"),
];

impl World {
    /// Brings about the state in which a form to this endpoint is there.
    pub async fn bring_about(&self, endpoint: &str) {
        if endpoint == "/api/undo-death-report" {
            self.house.portal.report_death(self.bea.patient, "their family").await.unwrap();
            return;
        }
        let (carer, _) = self.person().await;
        self.let_help(&carer, everything_shareable()).await;
        let plan =
            "insert into incapacity_plan (patient_id, account_id, categories, labels, may_delegate, sentence, language, catalogue_version)
            select patient_id, grantee_account_id, categories, 0, false, 'A share.', 'en', '1' from access_grant
            where patient_id = $1 and organization_id is null and state = 'active'";
        self.run(plan, self.ada.patient).await;
        if endpoint == "/api/review-incapacity" {
            let grant = "insert into access_grant (patient_id, grant_id, lineage_id, grantee_account_id, purpose, categories, labels, ends_at, sentence)
                select patient_id, gen_random_uuid(), gen_random_uuid(), account_id, 'incapacity', categories, labels, now() + interval '9 days', sentence
                from incapacity_plan where patient_id = $1";
            let story = "insert into grant_event (patient_id, grant_id, event_no, kind, sentence, language, catalogue_version, signed_in)
                select patient_id, grant_id, 1, 'begun', sentence, 'en', '1', '' from access_grant where patient_id = $1 and purpose = 'incapacity' and state = 'active'";
            let said = "insert into incapacity_statement (patient_id, account_id, organization_id, reason, begun_at)
                select g.patient_id, c.account_id, c.organization_id, 'In coma', g.starts_at
                from access_grant g cross join clinician c where g.patient_id = $1 and g.purpose = 'incapacity' and g.state = 'active'";
            for statement in [grant, story, said] {
                self.run(statement, self.ada.patient).await;
            }
        }
    }

    /// Ends whatever was brought about.
    pub async fn calm(&self) {
        for side in [&self.ada, &self.bea] {
            // Where nothing was reported there is nothing to take back.
            drop(self.house.portal.undo_death_report(side.patient, "it was somebody else").await);
            self.run("delete from incapacity_plan where patient_id = $1", side.patient).await;
            self.run("delete from incapacity_statement where patient_id = $1", side.patient).await;
            let help = "update access_grant set state = 'withdrawn', ended_at = now()
                where patient_id = $1 and organization_id is null and state in ('active', 'paused')";
            self.run(help, side.patient).await;
        }
    }
}
