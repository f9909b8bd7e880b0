//! The inside of `<main>` without what differs by who asks, and no more than that.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use crate::harness::Answer;

/// Where the address of a record stands in what is compared.
const HERE: &str = "(here)";

/// What a page showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub status: StatusCode,
    /// Empty where nothing was shown: a 404 leads its reader to a page of their own.
    pub main: String,
}

impl Seen {
    pub fn of(answer: &Answer, address: &str) -> Self {
        let main = if answer.status == StatusCode::OK { main_of(&answer.body, address) } else { String::new() };
        Self { status: answer.status, main }
    }

    /// How many things it leads to.
    pub fn things(&self) -> usize {
        hrefs(&self.main).into_iter().filter(|href| href.matches('/').count() == 2).collect::<BTreeSet<_>>().len()
    }

    /// The first place where two differ.
    pub fn differs_from(&self, other: &Self) -> String {
        let at = self.main.bytes().zip(other.main.bytes()).take_while(|(one, other)| one == other).count();
        let around = |text: &str| {
            let from = (0..=at.saturating_sub(160)).rev().find(|place| text.is_char_boundary(*place)).unwrap_or_default();
            text[from..].chars().take(400).collect::<String>()
        };
        format!("{} and {}:\n  {}\n  {}", self.status, other.status, around(&self.main), around(&other.main))
    }
}

/// The inside of `<main>` of a page of a record that is at this address.
pub fn main_of(page: &str, address: &str) -> String {
    let main = page.split_once("<main id=\"main\">").and_then(|(_, main)| main.split_once("</main>")).map_or("", |(main, _)| main);
    // What Leptos leaves where nothing stands.
    let main = main.replace("<!>", "");
    // In a preview what could be sent stands still.
    let still = "<fieldset disabled role=\"presentation\" class=\"still\">";
    let main = main.strip_prefix(still).and_then(|main| main.strip_suffix("</fieldset>")).unwrap_or(&main);
    let main = if address.is_empty() { main.to_owned() } else { main.replace(address, HERE) };
    without_copies(&without_nonces(&main))
}

/// Where the links of a main lead that stay within the record, without its address and without what follows a `#`.
pub fn hrefs(main: &str) -> BTreeSet<String> {
    let links = main.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(href, _)| href.replace("&amp;", "&"));
    links.filter_map(|href| Some(href.strip_prefix(HERE)?.split('#').next()?.to_owned())).collect()
}

/// Each page has a nonce of its own.
fn without_nonces(main: &str) -> String {
    let mut parts = main.split(" nonce=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('"').map_or("", |(_, rest)| rest))
}

/// A copy is taken by its reader, and by nobody with their eyes: there the link leads nowhere.
fn without_copies(main: &str) -> String {
    let mut parts = main.split("<a href=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let copy = part
            .split_once("\" download=\"\">")
            .filter(|(href, _)| href.starts_with(HERE) && href.contains("/files/") && !href.contains('"'));
        match copy {
            Some((_, rest)) => format!("{text}<a>{rest}"),
            // And the ways to write into the record, and to say that its patient cannot decide.
            None => {
                match part.strip_prefix(HERE).and_then(|rest| rest.strip_prefix("/add\"").or_else(|| rest.strip_prefix("/incapacity\""))) {
                    Some(rest) => format!("{text}<a{rest}"),
                    None => format!("{text}<a href=\"{part}"),
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "/sharing/1/preview";
    const THEIRS: &str = "/record/2";

    fn page(inside: &str) -> String {
        format!("<html><body><a href=\"/x\">x</a><main id=\"main\">{inside}</main><p nonce=\"n\"></p></body></html>")
    }

    #[test]
    fn what_differs_by_who_asks_is_taken_out() {
        let advance = page(&format!(
            "<fieldset disabled role=\"presentation\" class=\"still\"><p><a href=\"{OWN}/results/9?a=1&amp;b=2#x\">A</a></p><i nonce=\"abc\" class=\"y\"></i><a>Copy</a><a class=\"z\">Write</a><a class=\"z\">Say</a></fieldset>"
        ));
        let really = page(&format!(
            "<p><a href=\"{THEIRS}/results/9?a=1&amp;b=2#x\">A</a></p><i nonce=\"def\" class=\"y\"></i><a href=\"{THEIRS}/documents/9/files/0\" download=\"\">Copy</a><a href=\"{THEIRS}/add\" class=\"z\">Write</a><a href=\"{THEIRS}/incapacity\" class=\"z\">Say</a>"
        ));
        assert_eq!(main_of(&advance, OWN), main_of(&really, THEIRS));
        assert_eq!(hrefs(&main_of(&advance, OWN)).into_iter().collect::<Vec<_>>(), ["/results/9?a=1&b=2"]);
    }

    #[test]
    fn what_is_shown_is_not() {
        let really = main_of(&page(&format!("<p><a href=\"{THEIRS}/results/9\">A</a> 4.1</p>")), THEIRS);
        for other in [
            format!("<p><a href=\"{OWN}/results/9\">A</a> 4.2</p>"),
            format!("<p><a href=\"{OWN}/results/8\">A</a> 4.1</p>"),
            "<p><a href=\"/sharing/3/preview/results/9\">A</a> 4.1</p>".to_owned(),
            "<p><a>A</a> 4.1</p>".to_owned(),
            format!("<p><a href=\"{OWN}/results/9\">A</a> 4.1</p><p>More</p>"),
            String::new(),
        ] {
            assert_ne!(main_of(&page(&other), OWN), really, "{other}");
        }
    }
}
