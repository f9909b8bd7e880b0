//! `/rehearsal`: what staff try where everybody is invented, and whether they did.

use chartkey_portal::rehearsal::tasks::Role;
use leptos::prelude::*;

use crate::{
    components::{
        sheet::{sheet, title},
        steps::{Step, steps},
    },
    pages::{Paged, page},
    request::{caller, portal},
    shell::{Page, Place, document},
};

/// The tasks of each role, reception first: the patient needs its code. Elsewhere than in a rehearsal there is no such page.
pub fn rehearsal() -> impl IntoView {
    page(async {
        let say = caller().say();
        let tasks = portal()?.tasks().await?;
        let done = tasks.iter().filter(|(_, done)| *done).count();
        let of = |role: Role| {
            let of_role = tasks.iter().filter(|(task, _)| task.role() == role).map(|&(task, done)| {
                let (heading, says, command) = say.task(task);
                Step { done, heading, says, command }
            });
            steps(say, of_role.collect::<Vec<_>>())
        };
        let body = view! {
            {title(say.rehearsal_title(), Some(say.rehearsal_says().to_owned()))}
            <p><strong>{say.tasks_done(done, tasks.len())}</strong></p>
            {sheet("reception", say.role_reception(), of(Role::Reception))}
            {sheet("patient", say.role_patient(), of(Role::Patient))}
            {sheet("clinician", say.role_clinician(), of(Role::Clinician))}
            <p class="small quiet">{say.rehearsal_reset()} " " <code>"chartkey rehearse --reset"</code></p>
        };
        Paged::Ok(document(Page::new(say.rehearsal_title(), Place::None), body).into_any())
    })
}
