//! Our own icons: a 24-unit grid, one sprite a page with only the symbols that
//! the page uses, always beside a word.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use leptos::prelude::*;

macro_rules! icons {
    ($($name:ident $id:literal $size:literal $drawing:literal)*) => {
        /// One symbol of the sprite.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the names say what they show")]
        pub enum Icon {
            $($name,)*
        }

        impl Icon {
            const ALL: &[Self] = &[$(Self::$name),*];

            /// No field or heading of a page begins so: the first of two with one id would be drawn.
            const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("i-", $id),)*
                }
            }

            const fn symbol(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("<symbol id=\"i-", $id, "\" viewBox=\"0 0 ", $size, "\">", $drawing, "</symbol>"),)*
                }
            }
        }
    };
}

icons! {
    Mark "mark" "52 30" r#"<g fill="none" stroke="currentColor" stroke-width="4.5"><circle cx="10" cy="19" r="7.5"/><path d="M17.5 19H49.75M29.5 19v-6M38.5 19V7.5M47.5 19V2"/></g>"#
    KeyOne "key-1" "33 21" r#"<circle cx="7" cy="14.5" r="5.2"/><path d="M12.2 14.5H31v-8"/>"#
    KeyTwo "key-2" "33 21" r#"<circle cx="7" cy="14.5" r="5.2"/><path d="M12.2 14.5H31V4M24.5 14.5V8"/>"#
    KeyThree "key-3" "33 21" r#"<circle cx="7" cy="14.5" r="5.2"/><path d="M12.2 14.5H31V2M24.5 14.5v-9M18 14.5V9"/>"#
    Keyhole "keyhole" "24 24" r#"<rect x="3.5" y="2.5" width="17" height="19" rx="5"/><circle cx="12" cy="9.5" r="2.3"/><path d="M12 11.8V16"/>"#
    Private "private" "24 24" r#"<path fill="currentColor" stroke="none" fill-rule="evenodd" d="M8 1.5h8A5.5 5.5 0 0 1 21.5 7v10a5.5 5.5 0 0 1-5.5 5.5H8A5.5 5.5 0 0 1 2.5 17V7A5.5 5.5 0 0 1 8 1.5Zm4 4.7a3.4 3.4 0 0 0-1.6 6.4v4.6h3.2v-4.6A3.4 3.4 0 0 0 12 6.2Z"/>"#
    Home "home" "24 24" r#"<path d="M4 11.5 12 4l8 7.5M6.5 10v10h11V10M12 20v-5"/>"#
    Record "record" "24 24" r#"<path d="M6 3h12v18H6zM9 8h6M9 12h6M9 16h3"/>"#
    Share "share" "24 24" r#"<circle cx="6.5" cy="15.5" r="4"/><path d="m9.3 12.7 9.2-9.2M14 8l3 3M17.5 4.5l3 3"/>"#
    Eye "eye" "24 24" r#"<path d="M2.5 12S6 5.5 12 5.5s9.5 6.5 9.5 6.5-3.5 6.5-9.5 6.5S2.5 12 2.5 12Z"/><circle cx="12" cy="12" r="2.8"/>"#
    Person "person" "24 24" r#"<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6"/>"#
    Leave "leave" "24 24" r#"<path d="M13 4H5v16h8M10 12h11M17 8l4 4-4 4"/>"#
    Source "source" "24 24" r#"<path d="M12 3v10M8 9.5l4 4 4-4M4 14v6h16v-6"/>"#
    Up "up" "24 24" r#"<path fill="currentColor" d="M12 5l8.5 14h-17z"/>"#
    Down "down" "24 24" r#"<path fill="currentColor" d="M12 19 3.5 5h17z"/>"#
    Ring "ring" "24 24" r#"<circle cx="12" cy="12" r="7" stroke-width="3"/>"#
    Dash "dash" "24 24" r#"<circle cx="12" cy="12" r="7" stroke-width="2.5" stroke-dasharray="3 4.3"/>"#
    Check "check" "24 24" r#"<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.8 2.9L16.2 9"/>"#
    Warn "warn" "24 24" r#"<path d="M12 3.5 22 20.5H2zM12 10v4.5M12 17.4v.1"/>"#
    Stop "stop" "24 24" r#"<path d="M8 2.8h8l5.2 5.2v8L16 21.2H8L2.8 16V8zM12 7v6M12 16.5v.1"/>"#
    Info "info" "24 24" r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.6v.1"/>"#
    Clock "clock" "24 24" r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5.3l3.5 2"/>"#
    Back "back" "24 24" r#"<path d="m14.5 5-7 7 7 7"/>"#
    Next "next" "24 24" r#"<path d="m9.5 5 7 7-7 7"/>"#
    Pen "pen" "24 24" r#"<path d="m4 20 1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5 17.5 10"/>"#
    Pill "pill" "24 24" r#"<path d="m5 13 8-8a4.2 4.2 0 0 1 6 6l-8 8a4.2 4.2 0 0 1-6-6ZM9 9l6 6"/>"#
    Search "search" "24 24" r#"<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>"#
    MarkIn "m-in" "0 0" r#""#
}

/// The marks of number lines and trends: drawn around their own origin, so groups and no symbols.
const MARKS: &str = r#"<g id="m-at"><circle r="6"/></g><g id="m-up"><path d="M0-8.5 8.5 6.5h-17z"/></g><g id="m-down"><path d="M0 8.5-8.5-6.5h17z"/></g><g id="m-hand"><path d="M0-7.5 7.5 0 0 7.5-7.5 0z"/></g>"#;

/// The symbols that the page has used so far.
#[derive(Debug, Clone, Default)]
pub struct IconsUsed(Arc<AtomicU64>);

impl Icon {
    const fn bit(self) -> u64 {
        1 << self as u64
    }

    /// Notes that the page uses this symbol and returns the reference to it.
    #[must_use]
    pub fn reference(self) -> String {
        if let Some(used) = use_context::<IconsUsed>() {
            used.0.fetch_or(self.bit(), Ordering::Relaxed);
        }
        format!("#{}", self.id())
    }
}

/// Notes that the page draws marks on lines.
pub fn uses_marks() {
    let _ = Icon::MarkIn.reference();
}

/// An icon beside a word.
pub fn icon(icon: Icon) -> impl IntoView {
    view! { <svg class="icon" aria-hidden="true"><use_ href=icon.reference()/></svg> }
}

/// An icon that points: it turns where the writing runs from right to left.
pub fn turning(icon: Icon) -> impl IntoView {
    view! { <svg class="icon turns" aria-hidden="true"><use_ href=icon.reference()/></svg> }
}

/// The sprite. The last thing of a page to be built, because it holds only what was used.
pub fn sprite() -> impl IntoView {
    let used = use_context::<IconsUsed>().map_or(u64::MAX, |used| used.0.load(Ordering::Relaxed));
    let mut symbols = String::new();
    for icon in Icon::ALL.iter().filter(|icon| used & icon.bit() != 0) {
        symbols.push_str(if *icon == Icon::MarkIn { MARKS } else { icon.symbol() });
    }
    view! { <svg class="hide" aria-hidden="true" focusable="false"><defs inner_html=symbols></defs></svg> }
}
