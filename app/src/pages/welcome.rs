//! `/welcome`: both doors, for whoever asked for a page and is not signed in. It is
//! the same whether that page is there or not.

use leptos::prelude::*;

use crate::{
    components::sheet::{more, sheet, title},
    pages::{Paged, page, practice::PAGE},
    request::{caller, way_back, with_way_back},
    shell::{Page, Place, document},
};

/// The doors.
pub fn welcome() -> impl IntoView {
    page(async {
        let say = caller().say();
        let to = way_back();
        let door = |page: &str| with_way_back(page, to.as_deref());
        let body = view! {
            {title(say.welcome(), Some(say.welcome_says().to_owned()))}
            {sheet("people", say.door_people(), view! {
                <p>{say.door_people_says()}</p>
                {more(door("/sign-in"), say.sign_in())}
                <p>{say.new_here()} " " <a href="/sign-up">{say.make_account()}</a></p>
            })}
            {sheet("clinicians", say.door_clinicians(), view! {
                <p>{say.door_clinicians_says()}</p>
                {more(door("/clinicians"), say.sign_in_organization())}
                <p><a href=PAGE>{say.practice_not_here()}</a></p>
            })}
        };
        Paged::Ok(document(Page::new(say.welcome(), Place::None), body).into_any())
    })
}
