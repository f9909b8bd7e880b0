//! Every page and its address. The addresses are a public contract.

use leptos::prelude::*;
use leptos_router::{
    ChooseView, MatchNestedRoutes, NestedRoute, PossibleRouteMatch, SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{components::icon::IconsUsed, pages};

/// The pages that anybody may open. Every other page leads whoever is not signed in
/// to `/welcome`.
pub const PUBLIC: &[&str] = &[
    "",
    "/welcome",
    "/sign-in",
    "/sign-up",
    "/sign-in/forgotten",
    "/sign-in/new-password",
    "/sign-in/code",
    "/sign-in/lost",
    "/account/email/confirm",
    "/account/email/undo",
    "/account/second-factor/keep",
    "/clinicians",
    "/clinicians/missing",
    "/set-up",
    "/rehearsal",
    "/offline",
    "/about/components",
];

/// The application: one document a route. Rendered once at start-up without a
/// request, to list the routes, so nothing here asks for one.
#[component]
pub fn App() -> impl IntoView {
    provide_context(IconsUsed::default());
    view! {
        <Router>
            <FlatRoutes fallback=pages::not_found>
                <Route path=path!("/") view=pages::landing ssr=SsrMode::Async/>
                <Route path=path!("/welcome") view=pages::welcome ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=pages::sign_in ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/forgotten") view=pages::forgotten ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/new-password") view=pages::new_password ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/code") view=pages::sign_in_code ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/lost") view=pages::sign_in_lost ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/again") view=pages::sign_in_again ssr=SsrMode::Async/>
                <Route path=path!("/sign-up") view=pages::sign_up ssr=SsrMode::Async/>
                <Route path=path!("/clinicians") view=pages::clinicians ssr=SsrMode::Async/>
                <Route path=path!("/clinicians/missing") view=pages::practice::practice ssr=SsrMode::Async/>
                <Route path=path!("/set-up") view=pages::set_up ssr=SsrMode::Async/>
                <Route path=path!("/rehearsal") view=pages::rehearsal ssr=SsrMode::Async/>
                <Route path=path!("/offline") view=pages::offline ssr=SsrMode::Async/>
                <Route path=path!("/about/components") view=pages::components ssr=SsrMode::Async/>
                <Route path=path!("/claim") view=pages::claim ssr=SsrMode::Async/>
                <Route path=path!("/account") view=pages::account ssr=SsrMode::Async/>
                <Route path=path!("/account/email") view=pages::email ssr=SsrMode::Async/>
                <Route path=path!("/account/email/confirm") view=pages::confirm_email ssr=SsrMode::Async/>
                <Route path=path!("/account/email/undo") view=pages::undo_email ssr=SsrMode::Async/>
                <Route path=path!("/account/password") view=pages::password ssr=SsrMode::Async/>
                <Route path=path!("/account/second-factor") view=pages::second_factor ssr=SsrMode::Async/>
                <Route path=path!("/account/second-factor/keep") view=pages::keep_second_factor ssr=SsrMode::Async/>
                <Route path=path!("/account/messages") view=pages::messages ssr=SsrMode::Async/>
                <Route path=path!("/account/passkeys") view=pages::passkeys ssr=SsrMode::Async/>
                <Route path=path!("/account/passkeys/add") view=pages::add_passkey ssr=SsrMode::Async/>
                <Route path=path!("/account/devices") view=pages::devices ssr=SsrMode::Async/>
                <Route path=path!("/sharing") view=pages::sharing ssr=SsrMode::Async/>
                <Route path=path!("/sharing/new") view=pages::grant_new ssr=SsrMode::Async/>
                <Route path=path!("/sharing/codes") view=pages::codes::codes ssr=SsrMode::Async/>
                <Route path=path!("/sharing/codes/:code/paper") view=pages::code_paper ssr=SsrMode::Async/>
                <Route path=path!("/sharing/codes/:code/paper/print") view=pages::print_code ssr=SsrMode::Async/>
                <Route path=path!("/sharing/carers") view=pages::carers::carers ssr=SsrMode::Async/>
                <Route path=path!("/sharing/blocked") view=pages::blocked::blocked ssr=SsrMode::Async/>
                <Route path=path!("/sharing/requests") view=pages::requests::requests ssr=SsrMode::Async/>
                <Route path=path!("/sharing/emergency") view=pages::emergency_plan::emergency_plan ssr=SsrMode::Async/>
                <Route path=path!("/sharing/prescribing") view=pages::prescribing::prescribing ssr=SsrMode::Async/>
                <Route path=path!("/sharing/incapacity") view=pages::stand_in::stand_in ssr=SsrMode::Async/>
                <Route path=path!("/sharing/:grant") view=pages::grant ssr=SsrMode::Async/>
                <Route path=path!("/activity") view=pages::activity ssr=SsrMode::Async/>
                <Route path=path!("/redeem") view=pages::redeem ssr=SsrMode::Async/>
                <Route path=path!("/shared") view=pages::shared ssr=SsrMode::Async/>
                <Route path=path!("/shared/ask") view=pages::ask::ask ssr=SsrMode::Async/>
                <Route path=path!("/shared/:grant/pass-on") view=pages::passing ssr=SsrMode::Async/>
                <Route path=path!("/shared/print") view=pages::print_shared ssr=SsrMode::Async/>
                <Route path=path!("/emergency") view=pages::emergency::emergency ssr=SsrMode::Async/>
                <Route path=path!("/download") view=pages::download ssr=SsrMode::Async/>
                <Route path=path!("/download/card") view=pages::card ssr=SsrMode::Async/>
                <Route path=path!("/waiting") view=pages::waiting ssr=SsrMode::Async/>
                <Route path=path!("/sources") view=pages::sources ssr=SsrMode::Async/>
                <Route path=path!("/sources/add") view=pages::add_file ssr=SsrMode::Async/>
                <Route path=path!("/sources/imports/:import") view=pages::import ssr=SsrMode::Async/>
                <Route path=path!("/home") view=pages::home ssr=SsrMode::Async/>
                <Route path=path!("/record/:patient/print") view=pages::print ssr=SsrMode::Async/>
                <Route path=path!("/record/:patient/search/:search") view=pages::search::search ssr=SsrMode::Async/>
                <Route path=path!("/record/:patient/add") view=pages::added::choose ssr=SsrMode::Async/>
                <Route path=path!("/record/:patient/add/:kind") view=pages::added::add_one ssr=SsrMode::Async/>
                <Route path=path!("/record/:patient/activity") view=pages::helper_log ssr=SsrMode::Async/>
                <Route path=path!("/record/:patient/incapacity") view=pages::incapacity::incapacity ssr=SsrMode::Async/>
                <Route path=path!("/record/:patient/corrections") view=pages::corrections::corrections ssr=SsrMode::Async/>
                <Route path=path!("/record/:patient/:category/:item/wrong") view=pages::corrections::question::wrong ssr=SsrMode::Async/>
                <Route path=path!("/record/:patient/:category/:item/who") view=pages::who::who ssr=SsrMode::Async/>
                <Route path=path!("/record/:patient/:category/:item/change") view=pages::added::change ssr=SsrMode::Async/>
                <Route path=path!("/record/:patient/:category/:item/take-back") view=pages::added::ask_take_back ssr=SsrMode::Async/>
                // Last, since a category may be called anything.
                <Readers of=path!("/record/:patient")/>
                <Readers of=path!("/sharing/:grant/preview")/>
            </FlatRoutes>
        </Router>
    }
}

/// The pages that whoever reads a record has, under the address of the record: its own, or that of a preview, in which its
/// patient has them with the eyes of somebody else.
#[component(transparent)]
fn Readers<P>(of: P) -> impl MatchNestedRoutes + Clone + Send + 'static
where
    P: PossibleRouteMatch + Clone + Send + 'static,
{
    (
        (
            under(&of, (), pages::record),
            under(&of, path!("/visits"), pages::visits),
            under(&of, path!("/visits/:item"), pages::visit),
            under(&of, path!("/visits/:item/about"), pages::about_visit),
            under(&of, path!("/results"), pages::results),
            under(&of, path!("/trends/:series"), pages::trend),
            under(&of, path!("/medicines"), pages::medicines),
            under(&of, path!("/problems"), pages::problems),
        ),
        (
            under(&of, path!("/timeline"), pages::timeline),
            under(&of, path!("/search"), pages::search::search_form),
            under(&of, path!("/corrections/:correction"), pages::corrections::correction),
            under(&of, path!("/documents/:item/view/:part"), pages::view_part),
            under(&of, path!("/:category"), pages::category),
            under(&of, path!("/:category/:item"), pages::item),
        ),
    )
}

/// One of them.
fn under<P, Rest, View>(of: &P, rest: Rest, view: View) -> NestedRoute<(P, Rest), (), (), View>
where
    P: PossibleRouteMatch + Clone + Send + 'static,
    Rest: PossibleRouteMatch + Clone + Send + 'static,
    View: ChooseView + Clone + 'static,
{
    NestedRoute::new((of.clone(), rest), view).ssr_mode(SsrMode::Async)
}
