//! What a search would find, while it is being typed.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use crate::api::search::{Glance, GlanceRow, search};

/// So long nobody types before the server is asked.
const QUIET: Duration = Duration::from_millis(300);

/// Fewer letters than this say nothing yet.
const FEWEST: usize = 3;

/// Wraps the form that the server drew. The form works alone; with WebAssembly, what it
/// would find stands below it while somebody types. The words go to the server in the
/// body of a post, and are kept nowhere.
#[island]
pub fn SearchAsYouType(patient: String, failed: String, children: Children) -> impl IntoView {
    let seen = RwSignal::new(None::<Glance>);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let asked = StoredValue::new(0_u32);
    let typed = move |event: leptos::ev::Event| {
        let words = event_target_value(&event);
        let number = asked.get_value() + 1;
        asked.set_value(number);
        if let Some(waiting) = waiting.get_value() {
            waiting.clear();
        }
        if words.trim().chars().count() < FEWEST {
            seen.set(None);
            return;
        }
        let (patient, failed) = (patient.clone(), failed.clone());
        let ask = move || {
            spawn_local(async move {
                let found = search(patient, words).await;
                // What was asked last is what is shown, in whatever order the answers come.
                if asked.get_value() == number {
                    seen.set(Some(found.unwrap_or_else(|_| Glance { says: vec![failed], rows: Vec::new() })));
                }
            });
        };
        waiting.set_value(set_timeout(ask, QUIET).ok());
    };
    // What somebody has reached stays what it is.
    let reached = move |_| {
        asked.update_value(|asked| *asked += 1);
        if let Some(waiting) = waiting.get_value() {
            waiting.clear();
        }
    };
    view! {
        <div class="live" on:input=typed>
            {children()} <div class="glance" on:focusin=reached>
                <div role="status">{move || seen.get().map(|found| said(found.says))}</div>
                {move || seen.get().map(|found| found.rows).filter(|rows| !rows.is_empty()).map(listed)}
            </div>
        </div>
    }
}

/// What a screen reader says while somebody types: how many, and not each of them.
fn said(says: Vec<String>) -> impl IntoView {
    says.into_iter().map(|says| view! { <p class="quiet">{says}</p> }).collect_view()
}

fn listed(rows: Vec<GlanceRow>) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let name = row
                .name
                .into_iter()
                .map(|(text, is_found)| if is_found { view! { <mark>{text}</mark> }.into_any() } else { text.into_any() });
            let said = row.said.map(|(who, words)| view! { <p class="disputed"><span><b>{who}</b> " " <bdi>{words}</bdi></span></p> });
            view! { <li><a href=row.href>{name.collect_view()}</a> " " <span>{row.beside}</span>{said}</li> }
        })
        .collect_view();
    view! { <ul>{rows}</ul> }
}
