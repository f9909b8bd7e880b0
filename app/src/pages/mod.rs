//! The pages. Each reads from top to bottom: parse the parameters, await one read,
//! build the view.

use std::future::Future;

use axum::http::StatusCode;
use leptos::prelude::*;

use crate::{
    api::ApiError,
    request::{self, path, redirect, status},
};

mod account;
mod activity;
pub mod added;
pub mod ask;
pub mod blocked;
mod card;
pub mod carers;
mod caring;
mod category;
mod claim;
mod clinicians;
pub mod code_paper;
pub mod codes;
mod components;
pub mod corrections;
mod courses;
mod download;
pub mod emergency;
pub mod emergency_plan;
mod forgotten;
mod grant;
pub mod grant_new;
mod helper_log;
mod home;
pub mod incapacity;
pub mod item;
mod landing;
mod lens;
mod new_password;
mod not_found;
mod offline;
mod sign_in;
mod sign_in_again;
mod sign_in_code;
mod sign_up;
pub mod stand_in;
mod welcome;

pub use account::account;
pub use account::{
    add_passkey, confirm_email, devices, email, keep_second_factor, messages, passkeys, password, second_factor, undo_email,
};
pub use activity::activity;
pub use claim::{claim, registered};
pub use clinicians::clinicians;
pub use code_paper::{code_paper, print_code};
pub use components::components;
pub use download::download;
pub use forgotten::forgotten;
mod shared;
mod sharing;

pub use grant::grant;
pub use grant_new::grant_new;
pub mod operator;
pub mod practice;
pub mod prescribing;
mod print;
pub mod reader;
mod record;
mod redeem;
mod rehearsal;
pub mod requests;
mod results;
pub mod search;
mod set_up;
mod sources;
mod timeline;
mod trend;
mod view;
mod visits;
mod waiting;
pub mod who;

pub use card::card;
pub use category::category;
pub use courses::{medicines, problems};
pub use helper_log::helper_log;
pub use home::home;
pub use item::{about_visit, item};
pub use landing::landing;
pub use new_password::new_password;
pub use not_found::{absent, failed, not_found};
pub use offline::offline;
pub use print::print;
pub use record::record;
pub use redeem::redeem;
pub use rehearsal::rehearsal;
pub use results::results;
pub use set_up::set_up;
pub use shared::{Chosen, back_to, page_of_passing, pass_on, passing, print_shared, shared};
pub use sharing::sharing;
pub use sign_in::sign_in;
pub use sign_in_again::sign_in_again;
pub use sign_in_code::{sign_in_code, sign_in_lost};
pub use sign_up::sign_up;
pub use sources::{add_file, import, sources};
pub use timeline::timeline;
pub use trend::trend;
pub use view::view_part;
pub use visits::{visit, visits};
pub use waiting::waiting;
pub use welcome::welcome;

/// What a page is in the end: a document, or the reason why there is none.
pub type Paged = Result<AnyView, ApiError>;

/// Waits for a page and answers with it. Nobody signed in: on to both doors. Not
/// there, or not for this reader: one 404 for everybody. The future is polled
/// once, under the context of the request.
pub fn page(page: impl Future<Output = Paged> + Send + 'static) -> impl IntoView {
    Suspend::new(async move {
        match page.await {
            Ok(view) => view,
            Err(ApiError::SignedOut) => {
                redirect(&request::welcome(&path()));
                ().into_any()
            }
            Err(ApiError::SignInAgain) => {
                redirect(&request::again(&path()));
                ().into_any()
            }
            Err(ApiError::NotFound | ApiError::Invalid | ApiError::Gone) => absent().await,
            Err(_) => {
                status(StatusCode::SERVICE_UNAVAILABLE);
                failed().into_any()
            }
        }
    })
}
