//! `/clinicians`: choose the organization, and sign in there. A failed sign-in ends
//! here, with what to do.

use leptos::prelude::*;

use crate::{
    components::{
        form::{problem_summary, titled},
        sheet::{more, sheet, title},
    },
    pages::{Paged, page, practice::PAGE},
    request::{caller, portal, problem, way_back, with_way_back},
    shell::{Page, Place, document},
};

/// The organizations.
pub fn clinicians() -> impl IntoView {
    page(async {
        let say = caller().say();
        let problem = problem();
        let to = way_back();
        let organizations = portal()?.organizations().await?;
        let none = organizations.is_empty().then(|| view! { <p>{say.no_organizations()}</p> });
        let doors = organizations
            .into_iter()
            .map(|organization| view! { <li>{more(with_way_back(&format!("/auth/{}/start", organization.slug), to.as_deref()), organization.name)}</li> })
            .collect_view();
        let body = view! {
            {problem_summary(say, problem)}
            {title(say.choose_organization(), Some(say.choose_organization_says().to_owned()))}
            {sheet("organizations", say.sign_in_organization(), view! { {none} <ul class="plain">{doors}</ul> })}
            {more(PAGE.to_owned(), say.practice_not_here())}
        };
        Paged::Ok(document(Page::new(titled(say, say.choose_organization(), problem), Place::None), body).into_any())
    })
}
