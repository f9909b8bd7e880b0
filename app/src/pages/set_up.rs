//! `/set-up`: from an empty database to a first record that its patient holds. It is
//! there until then, and for nobody afterwards.

use leptos::prelude::*;

use crate::{
    api::ApiError,
    catalogue::Say,
    components::{
        sheet::{sheet, title},
        steps::{Step, steps},
    },
    pages::{Paged, page},
    request::{Installation, caller, installation, portal},
    shell::{Page, Place, document},
};

/// The steps, and which of them are done.
pub fn set_up() -> impl IntoView {
    page(async {
        let say = caller().say();
        let progress = portal()?.set_up_progress().await?;
        if progress.has_holder {
            return Err(ApiError::NotFound);
        }
        let records = [
            step(progress.has_record, say.step_import(), say.step_import_says(), Some("chartkey import FILE --source NAME --reason WHY")),
            step(
                progress.has_invitation,
                say.step_invite(),
                say.step_invite_says(),
                Some("chartkey person invite --patient ID --reason WHY"),
            ),
            step(progress.has_person, say.step_sign_up(), say.step_sign_up_says(), None),
            step(false, say.step_claim(), say.step_claim_says(), None),
            step(
                progress.has_organization,
                say.step_organization(),
                say.step_organization_says(),
                Some("chartkey organization add --help"),
            ),
        ];
        let body = view! {
            {title(say.set_up(), Some(say.set_up_says().to_owned()))}
            {sheet("machine", say.set_up_machine(), steps(say, machine(say)))}
            {sheet("records", say.set_up_records(), steps(say, records))}
            <p class="small quiet">{say.set_up_foot()} " " <code>"chartkey check-config"</code></p>
        };
        Paged::Ok(document(Page::new(say.set_up(), Place::None), body).into_any())
    })
}

/// What the machine needs, and whether it is there.
pub(super) fn machine(say: Say) -> [Step; 5] {
    let Installation { is_reachable, has_mail_server, has_anchor, has_journal } = installation();
    [
        step(true, say.step_database(), say.step_database_says(), None),
        step(is_reachable, say.step_address(), say.step_address_says(), Some("CHARTKEY_PUBLIC_URL=https://…")),
        step(has_mail_server, say.step_mail(), say.step_mail_says(), Some("CHARTKEY_SMTP_URL=smtps://…")),
        step(has_anchor, say.step_anchor(), say.step_anchor_says(), Some("CHARTKEY_ANCHOR_FILE=…")),
        step(has_journal, say.step_journal(), say.step_journal_says(), Some("CHARTKEY_JOURNAL_FILE=…")),
    ]
}

fn step(done: bool, heading: &'static str, says: &'static str, command: Option<&'static str>) -> Step {
    Step { done, heading, says, command: command.filter(|_| !done) }
}
