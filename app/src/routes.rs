//! Every page and its address. The addresses are a public contract.

use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{components::icon::IconsUsed, pages};

/// The pages that anybody may open. Every other page leads whoever is not signed in
/// to `/welcome`.
pub const PUBLIC: &[&str] = &["", "/welcome", "/sign-in", "/sign-up", "/sign-in/forgotten", "/sign-in/new-password", "/clinicians"];

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
                <Route path=path!("/sign-up") view=pages::sign_up ssr=SsrMode::Async/>
                <Route path=path!("/clinicians") view=pages::clinicians ssr=SsrMode::Async/>
                <Route path=path!("/claim") view=pages::claim ssr=SsrMode::Async/>
                <Route path=path!("/account") view=pages::account ssr=SsrMode::Async/>
            </FlatRoutes>
        </Router>
    }
}
