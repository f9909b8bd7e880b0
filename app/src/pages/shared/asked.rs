//! In which order, and of which purpose, a clinician asks for their patients: in the address, and as links.

use std::cmp::Reverse;

use chartkey_domain::{fold, grant::Purpose, id::SearchId};
use chartkey_portal::shared::SharedEntry;
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::sheet::{back, more},
    request::query,
};

/// Shares of one page.
const A_PAGE: usize = 50;

/// What stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Order {
    /// By name.
    #[default]
    Name,
    /// What ends first.
    End,
    /// What has something new.
    New,
}

impl Order {
    const ALL: [Self; 3] = [Self::Name, Self::End, Self::New];

    const fn slug(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::End => "end",
            Self::New => "new",
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Asked {
    /// The search for a name.
    pub(super) find: Option<SearchId>,
    order: Order,
    purpose: Option<Purpose>,
    /// How many stand on the pages before.
    from: usize,
}

impl Asked {
    /// That of the page's query; what cannot be read there is left out.
    pub(super) fn of_query() -> Self {
        Self {
            find: query("find").and_then(|search| search.parse().ok()),
            order: query("order").and_then(|slug| Order::ALL.into_iter().find(|order| order.slug() == slug)).unwrap_or_default(),
            purpose: query("purpose").and_then(|slug| Purpose::from_slug(&slug)),
            from: query("from").and_then(|from| from.parse().ok()).unwrap_or_default(),
        }
    }

    fn address(self) -> String {
        let mut parts: Vec<_> = self.find.map(|search| format!("find={search}")).into_iter().collect();
        if self.order != Order::default() {
            parts.push(format!("order={}", self.order.slug()));
        }
        parts.extend(self.purpose.map(|purpose| format!("purpose={}", purpose.slug())));
        if self.from > 0 {
            parts.push(format!("from={}", self.from));
        }
        if parts.is_empty() { "/shared".to_owned() } else { format!("/shared?{}", parts.join("&")) }
    }

    /// How many have this name and purpose, and those of the page, in the order. The list comes by name.
    pub(super) fn of(self, mut open: Vec<SharedEntry>, name: &str) -> (usize, Vec<SharedEntry>) {
        let wanted = fold::words(name);
        open.retain(|entry| self.purpose.is_none_or(|purpose| entry.purpose == purpose) && is_called(&entry.name, &wanted));
        match self.order {
            Order::Name => {}
            Order::End => open.sort_by_key(|entry| (entry.ends_at.is_none(), entry.ends_at)),
            Order::New => open.sort_by_key(|entry| Reverse(entry.is_new)),
        }
        (open.len(), open.into_iter().skip(self.from).take(A_PAGE).collect())
    }

    /// The orders and purposes to choose from, where there is something to choose; `purposes` are those that there are.
    pub(super) fn choices(self, say: Say, purposes: &[Purpose]) -> impl IntoView + use<> {
        let link = |to: Self, words: &'static str| {
            let current = (to == Self { from: 0, ..self }).then_some("true");
            view! { <li><a href=to.address() aria-current=current>{words}</a></li> }
        };
        let orders = Order::ALL.map(|order| link(Self { order, from: 0, ..self }, say.shared_order(order.slug()))).collect_view();
        let of_purposes = (purposes.len() > 1 || self.purpose.is_some()).then(|| {
            let every = link(Self { purpose: None, from: 0, ..self }, say.every_purpose());
            let each = purposes.iter().map(|purpose| link(Self { purpose: Some(*purpose), from: 0, ..self }, say.purpose(*purpose)));
            view! { <nav class="filter" aria-label=say.shared_purposes()><ul>{every}{each.collect_view()}</ul></nav> }
        });
        view! {
            <nav class="filter" aria-label=say.shared_orders()><ul>{orders}</ul></nav>
            {of_purposes}
        }
    }

    /// Which of them these are, and the ways to the others.
    pub(super) fn pages(self, say: Say, all: usize) -> Option<impl IntoView + use<>> {
        (all > A_PAGE).then(|| {
            let last = all.min(self.from + A_PAGE);
            let before =
                (self.from > 0).then(|| back(Self { from: self.from.saturating_sub(A_PAGE), ..self }.address(), say.shared_before()));
            let after = (last < all).then(|| more(Self { from: last, ..self }.address(), say.shared_after()));
            view! { <p class="quiet">{say.shared_part(self.from + 1, last, all)}</p><p class="actions">{before}{after}</p> }
        })
    }
}

/// Whether each of these is the beginning of a word of the name.
fn is_called(name: &str, wanted: &[String]) -> bool {
    let words = fold::words(name);
    wanted.iter().all(|wanted| words.iter().any(|word| word.starts_with(wanted.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chartkey_domain::id::GrantId;
    use time::{Duration, OffsetDateTime};
    use uuid::Uuid;

    fn entry(number: u128, ends: Option<i64>, is_new: bool, purpose: Purpose) -> SharedEntry {
        SharedEntry {
            grant: GrantId(Uuid::from_u128(number)),
            name: format!("Patient {number}"),
            birth_date: None,
            sentence: String::new(),
            purpose,
            starts_at: OffsetDateTime::UNIX_EPOCH,
            ends_at: ends.map(|days| OffsetDateTime::UNIX_EPOCH + Duration::days(days)),
            ends_soon: false,
            is_open: true,
            has_parts: true,
            may_pass_on: false,
            is_new,
        }
    }

    fn numbers(asked: Asked, open: Vec<SharedEntry>) -> Vec<u128> {
        asked.of(open, "").1.into_iter().map(|entry| entry.grant.0.as_u128()).collect()
    }

    #[test]
    fn what_ends_first_or_is_new_stands_first_and_a_purpose_leaves_the_others_out() {
        let open = || {
            vec![
                entry(1, None, false, Purpose::Treatment),
                entry(2, Some(9), true, Purpose::Treatment),
                entry(3, Some(2), false, Purpose::Coordination),
            ]
        };
        assert_eq!(numbers(Asked::default(), open()), [1, 2, 3]);
        assert_eq!(numbers(Asked { order: Order::End, ..Asked::default() }, open()), [3, 2, 1]);
        assert_eq!(numbers(Asked { order: Order::New, ..Asked::default() }, open()), [2, 1, 3]);
        assert_eq!(numbers(Asked { purpose: Some(Purpose::Coordination), ..Asked::default() }, open()), [3]);
    }

    #[test]
    fn a_name_is_found_by_how_its_words_begin() {
        let called = |wanted: &str| is_called("José Ángel Müller", &fold::words(wanted));
        assert!(["jose", "MÜL", "muller jos", "ángel", ""].into_iter().all(called));
        assert!(!["ose", "jose maria", "x"].into_iter().any(called));
    }

    #[test]
    fn a_long_list_is_shown_in_parts_that_leave_none_out() {
        let open: Vec<_> = (0..120).map(|number| entry(number, None, false, Purpose::Treatment)).collect();
        let parts = [0, 50, 100].map(|from| numbers(Asked { from, ..Asked::default() }, open.clone()));
        assert_eq!(parts.concat(), (0..120).collect::<Vec<_>>());
        assert_eq!(
            Asked { from: 50, order: Order::End, purpose: Some(Purpose::Treatment), find: None }.address(),
            "/shared?order=end&purpose=treatment&from=50"
        );
    }
}
