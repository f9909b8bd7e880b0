//! `/account/devices`: where somebody is signed in, the browsers that are known, and what
//! has happened to the account.

use chartkey_domain::device::{Browser, Device, System};
use chartkey_portal::{
    account_log::AccountEvent,
    devices::{KnownDevice, OwnSession},
};
use leptos::prelude::*;
use time::OffsetDateTime;

use crate::{
    catalogue::Say,
    components::{
        form::{problem_summary, titled},
        notice::what_was_done,
        sheet::{back, sheet, title},
        when::moment,
    },
    pages::{Paged, page},
    request::{caller, portal, problem, query, session, visitor},
    shell::{Page, Place, document},
};

/// The three lists.
pub fn devices() -> impl IntoView {
    page(async {
        let caller = caller();
        let say = caller.say();
        let (portal, visitor) = (portal()?, visitor()?);
        let devices = portal.devices(&visitor, session()?.0.key().as_ref()).await?;
        let log = portal.account_log(&visitor).await?;
        let done = match query("done").as_deref() {
            Some("signed-out") => Some(say.device_signed_out()),
            Some("forgotten") => Some(say.device_forgotten()),
            _ => None,
        };
        let sessions = devices.sessions.iter().map(|one| open(say, one)).collect_view();
        let known = (!caller.is_clinician()).then(|| {
            let none = devices.known.is_empty().then(|| view! { <p>{say.no_known_devices()}</p> });
            let known = devices.known.iter().map(|one| known(say, one)).collect_view();
            sheet("known", say.known_devices(), view! { <p>{say.known_devices_says()}</p> {none} <ul class="rows">{known}</ul> })
        });
        let log = log.iter().map(|event| happened(say, event)).collect_view();
        let body = view! {
            {back("/account".to_owned(), say.account())}
            {problem_summary(say, problem())}
            {done.map(|words| what_was_done(say.done(), view! { <p>{words}</p> }))}
            {title(say.devices_and_log(), None)}
            {sheet("open", say.signed_in_on(), view! { <ul class="rows">{sessions}</ul> })}
            {known}
            {sheet("log", say.account_log(), view! { <p>{say.account_log_says()}</p> <ul class="rows">{log}</ul> })}
        };
        Paged::Ok(document(Page::new(titled(say, say.devices_and_log(), problem()), Place::Account), body).into_any())
    })
}

fn open(say: Say, session: &OwnSession) -> impl IntoView + use<> {
    let name = say.device(session.device);
    let this = session.is_this.then(|| view! { " " <span class="flag unknown">{say.this_device()}</span> });
    let (since, seen, id) = (session.signed_in_at, session.seen_at, session.id.to_string());
    view! {
        <li class="row">
            <p class="label"><b>{name.clone()}</b>{this}</p>
            <p class="small quiet">{say.signed_in_since()} " " {moment(say, since)} " · " {say.last_used()} " " {moment(say, seen)}</p>
            <form method="post" action="/api/sign-out-device">
                <input type="hidden" name="session" value=id/>
                <p class="actions"><button class="button small" type="submit">{say.sign_out()}<span class="hide">": " {name} ", " {words(say, since)}</span></button></p>
            </form>
        </li>
    }
}

fn known(say: Say, known: &KnownDevice) -> impl IntoView + use<> {
    let name = say.device(known.device);
    let (at, id) = (known.signed_in_at, known.id.to_string());
    view! {
        <li class="row">
            <p class="label"><b>{name.clone()}</b></p>
            <p class="small quiet">{say.last_signed_in()} " " {moment(say, at)}</p>
            <form method="post" action="/api/forget-device">
                <input type="hidden" name="device" value=id/>
                <p class="actions"><button class="button small" type="submit">{say.forget()}<span class="hide">": " {name} ", " {words(say, at)}</span></button></p>
            </form>
        </li>
    }
}

fn happened(say: Say, event: &AccountEvent) -> impl IntoView + use<> {
    view! {
        <li class="row">
            <p class="label">{say.happened(&event.action)}</p>
            <p class="small quiet">{moment(say, event.at)}</p>
        </li>
    }
}

fn words(say: Say, at: OffsetDateTime) -> String {
    format!("{}, {}", say.date(at.date()), say.clock(at))
}

impl Say {
    /// A device in the words of its owner.
    fn device(self, device: Device) -> String {
        let browser = match device.browser {
            Browser::Firefox => "Firefox",
            Browser::Edge => "Edge",
            Browser::Opera => "Opera",
            Browser::Samsung => "Samsung Internet",
            Browser::Chrome => "Chrome",
            Browser::Safari => "Safari",
            Browser::Unknown => self.unknown_browser(),
        };
        let system = match device.system {
            System::Android => "Android",
            System::Iphone => "iPhone",
            System::Ipad => "iPad",
            System::Windows => "Windows",
            System::Mac => "Mac",
            System::Chromebook => "Chromebook",
            System::Linux => "Linux",
            System::Unknown => return browser.to_owned(),
        };
        self.browser_on(browser, system)
    }
}
