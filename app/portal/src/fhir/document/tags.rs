//! HTML as a row of texts and tags, in one pass and without a tree: what a note says and what its
//! page shows are read from the same row.

use std::borrow::Cow;

/// What stands for a picture or a file that is not shown ("object replacement character").
pub const NOT_SHOWN: &str = "\u{fffc}";

/// What stands in these is no text of a note.
const HIDDEN: [&str; 17] = [
    "applet", "audio", "canvas", "datalist", "frameset", "iframe", "math", "noembed", "noframes", "noscript", "object", "script", "style",
    "svg", "template", "title", "video",
];

/// Of these, where they end nowhere, the text after them is all that there is.
const ENDLESS: [&str; 9] = ["applet", "audio", "canvas", "datalist", "math", "noscript", "object", "svg", "video"];

/// These show something that is not shown here.
const SEEN: [&str; 9] = ["applet", "audio", "canvas", "embed", "iframe", "math", "object", "svg", "video"];

/// These have no end.
const VOID: [&str; 14] = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Another of these ends the one before it.
const ENDED_BY_NEXT: [&str; 8] = ["p", "li", "td", "th", "tr", "dt", "dd", "option"];

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

/// The pieces of a text in HTML or XHTML. What never ends, ends with the text. What nobody would see is left out, and
/// what a form or a picture says stands as words.
pub fn pieces(html: &str) -> Pieces<'_> {
    Pieces { rest: html, minds_quotes: true, endless: Vec::new(), unseen: Vec::new(), is_left_out: false, is_in_choice: false }
}

/// The pieces, one after the other.
#[derive(Debug)]
pub struct Pieces<'h> {
    rest: &'h str,
    /// Until a quotation mark that nothing closes: each one after it would be looked for to the end.
    minds_quotes: bool,
    /// What has no end from here on.
    endless: Vec<String>,
    /// The elements from the outermost that is not to be seen.
    unseen: Vec<String>,
    /// The words of a choice that was not taken.
    is_left_out: bool,
    is_in_choice: bool,
}

impl<'h> Iterator for Pieces<'h> {
    type Item = Piece<'h>;

    fn next(&mut self) -> Option<Piece<'h>> {
        loop {
            let piece = self.written()?;
            if self.is_unseen(&piece) {
                continue;
            }
            match piece {
                Piece::Text(_) if self.is_left_out => {}
                Piece::Open(name, attributes) => match name.as_str() {
                    "select" => {
                        self.is_in_choice = true;
                        self.is_left_out = true;
                    }
                    "option" if self.is_in_choice => {
                        self.is_left_out = !has(attributes, "selected");
                        if !self.is_left_out {
                            return Some(Piece::Text(" ".into()));
                        }
                    }
                    "input" => {
                        if let Some(words) = entered(attributes) {
                            return Some(Piece::Text(words));
                        }
                    }
                    "img" => {
                        if let Some(words) = pictured(attributes) {
                            return Some(Piece::Text(words));
                        }
                    }
                    seen if SEEN.contains(&seen) => return Some(Piece::Text(NOT_SHOWN.into())),
                    _ => return Some(Piece::Open(name, attributes)),
                },
                Piece::Close(name) if name == "select" && self.is_in_choice => {
                    self.is_in_choice = false;
                    self.is_left_out = false;
                }
                Piece::Close(name) if name == "option" && self.is_in_choice => self.is_left_out = true,
                piece => return Some(piece),
            }
        }
    }
}

/// What a field of a form has.
fn entered<'h>(attributes: &'h str) -> Option<Cow<'h, str>> {
    let kind = attribute(attributes, "type").unwrap_or_default().to_ascii_lowercase();
    match kind.as_str() {
        "checkbox" | "radio" => Some(if has(attributes, "checked") { "☑ " } else { "☐ " }.into()),
        "hidden" | "password" | "submit" | "button" | "reset" | "image" | "file" => None,
        _ => attribute(attributes, "value").filter(|value| !value.is_empty()),
    }
}

/// What a picture says it shows. One that is there for its looks, or to be counted, says nothing.
fn pictured<'h>(attributes: &'h str) -> Option<Cow<'h, str>> {
    let is_point = |name| attribute(attributes, name).is_some_and(|size| ["0", "1"].contains(&size.trim()));
    match attribute(attributes, "alt") {
        Some(words) if words.trim().is_empty() => None,
        Some(words) => Some(format!("[{words}]").into()),
        None if is_point("width") || is_point("height") => None,
        None => Some(NOT_SHOWN.into()),
    }
}

impl<'h> Pieces<'h> {
    /// The next piece as it is written.
    fn written(&mut self) -> Option<Piece<'h>> {
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
                // Ended as it begins (HTML, 13.2.5.43, "comment start state").
                let ended = comment.strip_prefix('>').or_else(|| comment.strip_prefix("->"));
                self.rest = ended.unwrap_or_else(|| comment.split_once("-->").map_or("", |(_, rest)| rest));
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
                self.skip(&name);
                if !SEEN.contains(&name.as_str()) {
                    continue;
                }
            }
            return Some(Piece::Open(name, attributes));
        }
    }

    /// Leaves out what is in a hidden element.
    fn skip(&mut self, name: &str) {
        if self.endless.iter().any(|known| known == name) {
            return;
        }
        match after(self.rest, name) {
            Some(rest) => self.rest = rest,
            None if ENDLESS.contains(&name) => self.endless.push(name.to_owned()),
            None => self.rest = "",
        }
    }

    /// Whether a piece is in an element that its source does not show. What closes anything around that ends it.
    fn is_unseen(&mut self, piece: &Piece<'h>) -> bool {
        match piece {
            Piece::Text(_) => !self.unseen.is_empty(),
            Piece::Close(name) => match self.unseen.iter().rposition(|open| open == name) {
                Some(place) => {
                    self.unseen.truncate(place);
                    true
                }
                None => {
                    self.unseen.clear();
                    false
                }
            },
            Piece::Open(name, attributes) => {
                if ENDED_BY_NEXT.contains(&name.as_str()) && self.unseen.last() == Some(name) {
                    self.unseen.pop();
                }
                if self.unseen.is_empty() && !is_hidden(attributes) {
                    return false;
                }
                if !VOID.contains(&name.as_str()) && !attributes.ends_with('/') {
                    self.unseen.push(name.clone());
                }
                true
            }
        }
    }
}

/// Whether its source does not show an element.
fn is_hidden(attributes: &str) -> bool {
    has(attributes, "hidden")
        || said_by(attributes, "display").as_deref() == Some("none")
        || said_by(attributes, "visibility").as_deref() == Some("hidden")
}

/// What the style of an element says of this property, in lower case.
pub fn said_by(attributes: &str, property: &str) -> Option<String> {
    if !attributes.contains(property) && !attributes.to_ascii_lowercase().contains(property) {
        return None;
    }
    let style = attribute(attributes, "style")?.to_ascii_lowercase();
    let mut said = style.split(';').filter_map(|said| said.split_once(':')).filter(|(name, _)| name.trim() == property);
    said.next_back().map(|(_, value)| value.trim().trim_end_matches("!important").trim_end().to_owned())
}

impl<'h> Pieces<'h> {
    fn begins_at(&self, at: usize) -> bool {
        self.rest.get(at + 1..).is_some_and(begins_a_tag)
    }

    /// What is inside a tag, and what follows it. A `>` in a value ends no tag.
    fn ended(&mut self, tag: &'h str) -> (&'h str, &'h str) {
        if self.minds_quotes {
            // A quotation mark begins a value only where one begins (HTML, 13.2.5.37, "before attribute value state").
            let (mut quote, mut is_value) = (None, false);
            for (at, letter) in tag.char_indices() {
                let begins_value = is_value;
                is_value = quote.is_none() && (letter == '=' || (is_value && letter.is_ascii_whitespace()));
                match (quote, letter) {
                    (None, '>') => return (tag.get(..at).unwrap_or_default(), tag.get(at + 1..).unwrap_or_default()),
                    (None, '"' | '\'') if begins_value => quote = Some(letter),
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
fn after<'h>(text: &'h str, name: &str) -> Option<&'h str> {
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        rest = rest.get(at..).unwrap_or_default();
        let is_end = rest.get(2..2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
        if is_end {
            return Some(rest);
        }
        rest = rest.get(2..).unwrap_or_default();
    }
    None
}

/// Whether an attribute is there, with a value or without one.
fn has(attributes: &str, wanted: &str) -> bool {
    each(attributes).any(|(name, _)| name.eq_ignore_ascii_case(wanted))
}

/// The value of an attribute, where it has one.
pub fn attribute<'h>(attributes: &'h str, wanted: &str) -> Option<Cow<'h, str>> {
    let (_, value) = each(attributes).find(|(name, value)| value.is_some() && name.eq_ignore_ascii_case(wanted))?;
    value.map(html_escape::decode_html_entities)
}

/// The first attributes, each with its value.
fn each(attributes: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = attributes;
    let next = move || {
        rest = rest.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '/');
        if rest.is_empty() {
            return None;
        }
        let length = rest.find(|letter: char| letter.is_ascii_whitespace() || letter == '/' || letter == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at(length.max(rest.chars().next().map_or(0, char::len_utf8)));
        let Some(value) = after.trim_ascii_start().strip_prefix('=').map(str::trim_ascii_start) else {
            rest = after;
            return Some((name, None));
        };
        let quoted = value.chars().next().filter(|mark| ['"', '\''].contains(mark));
        let (value, after) = match quoted {
            Some(mark) => value.get(1..).unwrap_or_default().split_once(mark)?,
            None => value.split_at(value.find(|letter: char| letter.is_ascii_whitespace()).unwrap_or(value.len())),
        };
        rest = after;
        Some((name, Some(value)))
    };
    std::iter::from_fn(next).take(32)
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
        assert_eq!(read("<svg><script>1</script></svg>x"), "\"\u{fffc}\"</svg>\"x\"");
        assert_eq!(read("<script/>x"), r#"<script>"x""#, "as XHTML ends it");
    }

    #[test]
    fn nothing_swallows_what_comes_after_it() {
        assert_eq!(read("<embed src=a>x<embed src=b>y"), "\"\u{fffc}\"\"x\"\"\u{fffc}\"\"y\"");
        assert_eq!(read("<object>x"), "\"\u{fffc}\"\"x\"");
        assert_eq!(read("<td class=a\">x</td><td b=\"c\">y</td>"), r#"<td>"x"</td><td>"y"</td>"#);
        assert_eq!(read("<td width'>x <b title = \"a>b\">it's</b>"), r#"<td>"x "<b>"it's"</b>"#);
        assert_eq!(read("<!-->x<!--->y<!-- --!> -->z"), r#""x""y""z""#);
        let long = "<svg></object>".repeat(200_000);
        assert!(pieces(&long).count() > 0);
    }

    #[test]
    fn what_a_form_or_a_picture_says_stands_as_words() {
        assert_eq!(read("<input type=checkbox checked> Smoker<input type='radio'>No"), r#""☑ "" Smoker""☐ ""No""#);
        assert_eq!(read("<input value=5><input type=hidden value=6><input>"), r#""5""#);
        assert_eq!(read("<select><option>a<option selected=''>b</option><option>c</select>d"), r#"" ""b""d""#);
        assert_eq!(read("<img alt='An &amp; B'><img alt=\"\"><img width=1>"), r#""[An & B]""#);
        assert_eq!(read("a<img src=x>"), "\"a\"\"\u{fffc}\"");
    }

    #[test]
    fn what_its_source_does_not_show_is_left_out_as_far_as_it_goes() {
        assert_eq!(read("<p>a<span style=\"color:red; DISPLAY : none\">b<i>c</i></span>d"), r#"<p>"a""d""#);
        assert_eq!(read("<div hidden>a<div>b</div>c</div>d"), r#""d""#);
        assert_eq!(read("<p style='display:none'>a<p>b"), r#"<p>"b""#);
        assert_eq!(read("<td><b style='visibility:hidden !important'>a</td>b"), r#"<td></td>"b""#);
        assert_eq!(read("<p style='display:block'>a<br hidden>b"), r#"<p>"a""b""#);
        let long = format!("<div hidden>{}", "<b></i>".repeat(200_000));
        assert!(pieces(&long).count() > 0);
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
