//! The pack as a file: a page that opens itself wherever it lies, and its overview.
//!
//! Nothing of the record stands in it in clear, not even whose it is. Its own policy
//! (`Content-Security-Policy` in a `meta`) lets the one script and the one style run that
//! are part of it, and lets nothing be fetched or sent.

use base64::{Engine, engine::general_purpose::STANDARD};
use chartkey_domain::category::Category;
use chartkey_portal::{
    Opened, Whose,
    entry::Entry,
    pack_lock::{ITERATIONS, Locked, LockedPack},
    take_away::{Overview, PackContents},
};
use leptos::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256};
use time::Date;

use crate::{
    catalogue::Say,
    components::brief::{part, part_of_allergies},
};

const SCRIPT: &str = include_str!("../browser/pack/open.js");
const STYLE: &str = include_str!("../browser/pack/look.css");

/// What the script reads.
#[derive(Serialize)]
struct Data<'a> {
    name: &'a str,
    iterations: u32,
    salt: String,
    overview: Part,
    record: Part,
}

#[derive(Serialize)]
struct Part {
    nonce: String,
    bytes: String,
}

impl From<&Locked> for Part {
    fn from(locked: &Locked) -> Self {
        Self { nonce: STANDARD.encode(locked.nonce), bytes: STANDARD.encode(&locked.bytes) }
    }
}

/// The name of a FHIR Bundle that was taken on this day.
#[must_use]
pub fn record_name(day: Date) -> String {
    format!("chartkey-record-{day}.json")
}

/// The name of a pack that was made on this day.
#[must_use]
pub fn pack_name(day: Date) -> String {
    format!("chartkey-pack-{day}.html")
}

/// The overview as the pack shows it once it is open: HTML without a link or a script.
#[must_use]
pub fn overview(say: Say, opened: &Opened<PackContents>) -> String {
    let PackContents { overview, made_at, .. } = &opened.view;
    let Overview { allergies, medicines, problems, vaccines, results, visits } = overview;
    let part = |heading: &'static str, entries: &[Entry]| part(say, heading, entries, say.not_recorded_here());
    view! {
        {head(say, &opened.whose)}
        <p><b>{say.as_of(&say.day_and_time(*made_at))}</b> " " {say.pack_is_old()}</p>
        <p class="quiet">{say.pack_may_lack()}</p>
        {part_of_allergies(say, allergies, say.not_recorded_here())}
        {part(say.medicines_in_use(), medicines)}
        {part(say.active_problems(), problems)}
        {part(say.category(Category::Vaccines), vaccines)}
        {part(say.latest_results(), results)}
        {part(say.latest_visits(), visits)}
    }
    .to_html()
}

fn head(say: Say, whose: &Whose) -> impl IntoView + use<> {
    let born = whose.birth_date.as_ref().map(|date| view! { <p>{say.born(&say.fhir_date(date))}</p> });
    view! { <h1>{whose.name.clone()}</h1> {born} }
}

/// The whole file.
///
/// # Errors
/// None in practice: what is written as JSON has no maps and no numbers that JSON lacks.
pub fn document(say: Say, day: Date, pack: &LockedPack) -> Result<String, serde_json::Error> {
    let name = record_name(day);
    let data = Data {
        name: &name,
        iterations: ITERATIONS.get(),
        salt: STANDARD.encode(pack.salt),
        overview: Part::from(&pack.overview),
        record: Part::from(&pack.record),
    };
    let (language, direction) = (say.tag(), say.direction());
    let (title, script, style, body) = (say.pack_title(), hash(SCRIPT), hash(STYLE), body(say));
    let data = serde_json::to_string(&data)?;
    Ok(format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src '{script}'; style-src '{style}'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n\
         <script type=\"application/json\" id=\"locked\">{data}</script>\n<script type=\"module\">{SCRIPT}</script>\n</body>\n</html>\n"
    ))
}

/// The source expression of Content Security Policy for exactly this text (CSP Level 3,
/// section 6.7.3.3).
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// What is there before the pack is open, and where it is shown then.
fn body(say: Say) -> String {
    view! {
        <main>
            <p id="cannot" role="alert">{say.pack_cannot()}</p>
            <form id="unlock" hidden>
                <h1>{say.pack_locked()}</h1>
                <p>{say.pack_locked_says()}</p>
                <p id="wrong" class="wrong" role="alert" hidden>{say.pack_wrong()}</p>
                <label for="passphrase">{say.passphrase()}</label>
                <input id="passphrase" type="password" autocomplete="off" required/>
                <button id="open" type="submit" data-opening=say.pack_opening()>{say.pack_open()}</button>
            </form>
            <div id="opened" hidden>
                <div class="tools" role="group" aria-label=say.pack_tools()>
                    <button id="save" type="button">{say.pack_save()}</button>
                    <button id="print" type="button" class="second">{say.pack_print()}</button>
                    <button id="lock" type="button" class="second">{say.pack_lock()}</button>
                </div>
                <div id="overview" tabindex="-1"></div>
            </div>
        </main>
    }
    .to_html()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_may_run_its_own_script_and_fetch_nothing() {
        let part = || Locked { nonce: [1; 12], bytes: vec![2; 40] };
        let pack = LockedPack { salt: [3; 16], overview: part(), record: part() };
        let day = time::macros::date!(2026 - 11 - 25);
        let html = document(Say::default(), day, &pack).unwrap();
        assert!(html.contains(&format!("script-src '{}'", hash(SCRIPT))));
        assert!(html.contains("default-src 'none'"));
        assert!(!html.contains("http://") && !html.contains("https://") && !html.contains(" src="), "nothing comes from elsewhere");
        let inside = |tag: &str, text: &str| html.contains(&format!("<{tag}>{text}</"));
        assert!(inside("style", STYLE) && inside("script type=\"module\"", SCRIPT), "what is hashed is what stands there");
    }
}
