//! `/`: what this is, and the ways in.

use leptos::prelude::*;

use crate::{
    components::{
        icon::{Icon, icon},
        sheet::{more, sheet},
    },
    pages::{Paged, page},
    request::{caller, redirect},
    shell::{Page, Place, document},
};

/// What this is. Who is signed in goes on to their first page.
pub fn landing() -> impl IntoView {
    page(async {
        let caller = caller();
        if caller.visitor.is_some() {
            redirect(if caller.is_clinician() { "/shared" } else { "/home" });
        }
        let say = caller.say();
        let emblem = Icon::Mark.reference();
        let tick = |sign: Icon, words: &'static str| view! { <li>{icon(sign)}<span>{words}</span></li> };
        let body = view! {
            <div class="door">
                <div>
                    <svg class="emblem" aria-hidden="true"><use_ href=emblem/></svg>
                    <h1>{say.promise()}</h1>
                    <p class="says">{say.promise_says()}</p>
                    <ul class="ticks">
                        {tick(Icon::KeyOne, say.promise_key())}
                        {tick(Icon::Eye, say.promise_log())}
                        {tick(Icon::Keyhole, say.promise_back())}
                    </ul>
                    <figure class="grant compact">
                        <p class="sentence" inner_html=say.promise_sentence()></p>
                        <figcaption class="small quiet">{say.promise_caption()}</figcaption>
                    </figure>
                </div>
                {sheet("way-in", say.sign_in(), view! {
                    <p class="actions"><a class="button" href="/sign-in">{say.sign_in()}</a><a href="/sign-up">{say.make_account()}</a></p>
                    <p>{say.have_code()} " " <a href="/claim">{say.claim_record()}</a></p>
                })}
                <section class="sheet plain wide" aria-labelledby="clinicians">
                    <div class="alongside">
                        <h2 id="clinicians">{say.are_you_clinician()}</h2>
                        {more("/clinicians".to_owned(), say.sign_in_organization())}
                    </div>
                </section>
            </div>
        };
        Paged::Ok(document(Page::new(say.promise(), Place::None).that_installs(), body).into_any())
    })
}
