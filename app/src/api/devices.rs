//! Devices: signing out one of them, and forgetting a browser.

#![expect(missing_docs, reason = "the macro makes a struct of each endpoint's arguments")]

use chartkey_domain::id::{DeviceId, SessionId};
use leptos::prelude::*;

use super::ApiError;

/// Signs out one device.
#[server(endpoint = "sign-out-device")]
pub async fn sign_out_device(session: SessionId) -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let ended = async { Ok(portal()?.end_one_session(&visitor()?, session).await?) };
    answer(ended.await.map(|()| "/account/devices?done=signed-out"), "/account/devices")
}

/// Forgets a browser.
#[server(endpoint = "forget-device")]
pub async fn forget_device(device: DeviceId) -> Result<(), ApiError> {
    use crate::request::{answer, portal, visitor};

    let forgotten = async { Ok(portal()?.forget_device(&visitor()?, device).await?) };
    answer(forgotten.await.map(|()| "/account/devices?done=forgotten"), "/account/devices")
}
