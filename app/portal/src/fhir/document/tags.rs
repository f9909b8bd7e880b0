//! HTML as a row of texts and tags, in one pass and without a tree: what a note says and what its
//! page shows are read from the same row.

use std::borrow::Cow;

/// What stands in these is no text of a note.
const HIDDEN: [&str; 18] = [
    "applet", "audio", "canvas", "datalist", "embed", "frameset", "iframe", "math", "noembed", "noframes", "noscript", "object", "script",
    "style", "svg", "template", "title", "video",
];

/// One piece of the row.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'h> {
    /// Words, with their entities decoded.
    Text(Cow<'h, str>),
    /// A tag that begins something: its name in lower case, and its attributes as they are written.
    Open(String, &'h str),
    /// A tag that ends something.
    Close(String),
}

/// The pieces of a text in HTML or XHTML. What never ends, ends with the text.
pub fn pieces(html: &str) -> Pieces<'_> {
    Pieces { rest: html, minds_quotes: true }
}

/// The pieces, one after the other.
#[derive(Debug)]
pub struct Pieces<'h> {
    rest: &'h str,
    /// Until a quotation mark that nothing closes: each one after it would be looked for to the end.
    minds_quotes: bool,
}

impl<'h> Iterator for Pieces<'h> {
    type Item = Piece<'h>;

    fn next(&mut self) -> Option<Piece<'h>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let Some(tag) = self.rest.strip_prefix('<').filter(|tag| begins_a_tag(tag)) else {
                let end = self.rest.char_indices().skip(1).find(|(at, letter)| *letter == '<' && self.begins_at(*at));
                let (text, rest) = self.rest.split_at(end.map_or(self.rest.len(), |(at, _)| at));
                self.rest = rest;
                return Some(Piece::Text(html_escape::decode_html_entities(text)));
            };
            if let Some(comment) = tag.strip_prefix("!--") {
                self.rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
                continue;
            }
            let (inside, rest) = self.ended(tag);
            self.rest = rest;
            if inside.starts_with(['!', '?']) {
                continue;
            }
            let (is_close, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
            let length = inside.find(|letter: char| letter.is_ascii_whitespace() || letter == '/').unwrap_or(inside.len());
            let (name, attributes) = inside.split_at(length);
            let name = name.to_ascii_lowercase();
            if is_close {
                return Some(Piece::Close(name));
            }
            if HIDDEN.contains(&name.as_str()) && !attributes.ends_with('/') {
                self.rest = after(self.rest, &name);
                continue;
            }
            return Some(Piece::Open(name, attributes));
        }
    }
}

impl<'h> Pieces<'h> {
    fn begins_at(&self, at: usize) -> bool {
        self.rest.get(at + 1..).is_some_and(begins_a_tag)
    }

    /// What is inside a tag, and what follows it. A `>` in a value ends no tag.
    fn ended(&mut self, tag: &'h str) -> (&'h str, &'h str) {
        if self.minds_quotes {
            let mut quote = None;
            for (at, letter) in tag.char_indices() {
                match (quote, letter) {
                    (None, '>') => return (tag.get(..at).unwrap_or_default(), tag.get(at + 1..).unwrap_or_default()),
                    (None, '"' | '\'') => quote = Some(letter),
                    (Some(mark), letter) if mark == letter => quote = None,
                    _ => {}
                }
            }
            self.minds_quotes = false;
        }
        tag.split_once('>').unwrap_or((tag, ""))
    }
}

/// Whether what follows a `<` makes it a tag (HTML, 13.2.5.6, "tag open state").
fn begins_a_tag(after: &str) -> bool {
    let mut letters = after.chars();
    match letters.next() {
        Some('/') => letters.next().is_some_and(|letter| letter.is_ascii_alphabetic()),
        Some(letter) => letter.is_ascii_alphabetic() || letter == '!' || letter == '?',
        None => false,
    }
}

/// What follows the end of a hidden element, from its closing tag on.
fn after<'h>(text: &'h str, name: &str) -> &'h str {
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        rest = rest.get(at..).unwrap_or_default();
        let is_end = rest.get(2..2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
        if is_end {
            return rest;
        }
        rest = rest.get(2..).unwrap_or_default();
    }
    ""
}

/// The value of an attribute, where it has one.
pub fn attribute<'h>(attributes: &'h str, wanted: &str) -> Option<Cow<'h, str>> {
    let mut rest = attributes;
    for _ in 0..32 {
        rest = rest.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '/');
        let length = rest.find(|letter: char| letter.is_ascii_whitespace() || letter == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at(length);
        let after = after.trim_ascii_start();
        let Some(value) = after.strip_prefix('=').map(str::trim_ascii_start) else {
            if after.is_empty() {
                return None;
            }
            rest = after;
            continue;
        };
        let quoted = value.chars().next().filter(|mark| ['"', '\''].contains(mark));
        let (value, after) = match quoted {
            Some(mark) => value.get(1..).unwrap_or_default().split_once(mark)?,
            None => value.split_at(value.find(|letter: char| letter.is_ascii_whitespace()).unwrap_or(value.len())),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(html_escape::decode_html_entities(value));
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> String {
        let pieces = pieces(html).map(|piece| match piece {
            Piece::Text(text) => format!("{text:?}"),
            Piece::Open(name, _) => format!("<{name}>"),
            Piece::Close(name) => format!("</{name}>"),
        });
        pieces.collect()
    }

    #[test]
    fn texts_and_tags_stand_in_their_order() {
        assert_eq!(read("a<P class='x>y'>b &eacute;<br/>&#60;c</p >"), r#""a"<p>"b é"<br>"<c"</p>"#);
        assert_eq!(read("5 < 6 <3 <- a<"), r#""5 < 6 <3 <- a<""#);
        assert_eq!(read("<!DOCTYPE html><?xml?><!-- <p> -->x<!--"), r#""x""#);
    }

    #[test]
    fn what_is_hidden_in_an_element_is_no_text() {
        assert_eq!(read("a<SCRIPT>x<1</sCript >b<style>c"), r#""a"</script>"b""#);
        assert_eq!(read("<svg><script>1</script></svg>x"), r#"</svg>"x""#);
        assert_eq!(read("<script/>x"), r#"<script>"x""#, "as XHTML ends it");
    }

    #[test]
    fn what_never_ends_ends_with_the_text_and_soon() {
        assert_eq!(read("<a href=\"x<p>y"), r#"<a>"y""#);
        let long = "<a \"".repeat(200_000);
        assert!(pieces(&long).count() > 0);
    }

    #[test]
    fn an_attribute_is_found_by_its_name_and_not_inside_another() {
        let of = |attributes| attribute(attributes, "lang").map(Cow::into_owned);
        assert_eq!(of(" title=\"lang=de\" LANG = es"), Some("es".to_owned()));
        assert_eq!(of(" nowrap lang='es-MX'/"), Some("es-MX".to_owned()));
        assert_eq!(of(" title=\"lang='de'"), None);
        assert_eq!(of(""), None);
    }
}
