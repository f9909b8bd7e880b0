//! One thing a line: plain name, then date, who, where and source.

use leptos::{either::Either, prelude::*};

use super::{
    icon::{Icon, icon},
    search::{marked, parts},
};

/// A row of a list. What is empty or unknown is left out, but for the date.
#[derive(Default)]
pub struct Row {
    /// Where the row leads: the whole row is the target.
    pub href: String,
    /// The plain name.
    pub name: String,
    /// What makes the link's name unique, said but not shown: the date.
    pub aside: Option<String>,
    /// The second word: a value, a count, a state.
    pub medical: Option<String>,
    /// What the source wrote, where the name is not in its words, or how exactly the name is meant.
    pub beside: Option<String>,
    /// A flag or a chip beside the name.
    pub flag: Option<AnyView>,
    /// When, already in words and marked up.
    pub when: Option<AnyView>,
    /// Who.
    pub who: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// The source, as "from …".
    pub from: Option<String>,
    /// Whether it was entered in error: struck through.
    pub is_error: bool,
    /// Words that are marked in its name, in who and where, as a search has found them.
    pub marks: Vec<String>,
    /// What its patient says is wrong of it.
    pub said: Option<AnyView>,
    /// What stands below, over the whole row.
    pub beneath: Option<AnyView>,
}

/// A row as a list item.
pub fn row(row: Row) -> impl IntoView {
    let said = |text: &str| marked(parts(text, &row.marks));
    let name = if row.is_error { Either::Left(view! { <s>{said(&row.name)}</s> }) } else { Either::Right(said(&row.name)) };
    let beside: Vec<_> = [row.medical, row.beside].into_iter().flatten().collect();
    view! {
        <li class="row">
            <p class="label">
                <a class="name" href=row.href>{name}{row.aside.map(|aside| view! { <span class="hide">", " {aside}</span> })}</a>
                {row.flag.map(|flag| (" ", flag))}
                {(!beside.is_empty()).then(|| view! { " " <span class="medical">{said(&beside.join(" · "))}</span> })}
            </p>
            <p class="meta">
                {row.when.map(|when| view! { <span class="when">{when}</span> })}
                {row.who.map(|who| view! { " " <span class="who">{said(&who)}</span> })}
                {row.place.map(|place| view! { " " <span class="where">{said(&place)}</span> })}
                {row.from.map(|from| view! { " " <span class="from">{icon(Icon::Source)} " " {from}</span> })}
            </p>
            {row.said}
            {row.beneath}
        </li>
    }
}

/// A list of rows.
pub fn rows(rows: Vec<Row>) -> impl IntoView {
    view! { <ul class="rows">{rows.into_iter().map(row).collect_view()}</ul> }
}
