//! Which elements there are, and what each of them does.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::Builder;

/// What stands between the words before a tag and those after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fhir::document) enum Gap {
    /// A line ends.
    Line,
    /// A cell ends.
    Cell,
}

/// What this element sets apart.
pub(in crate::fhir::document) fn gap(name: &str) -> Option<Gap> {
    match name {
        "td" | "th" => Some(Gap::Cell),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Some(Gap::Line),
        _ => shown(name).filter(|tag| !INLINE.contains(tag)).map(|_| Gap::Line),
    }
}

/// What stands in a line.
pub(super) const INLINE: [&str; 7] = ["strong", "em", "u", "s", "sub", "sup", "code"];

/// What an element of HTML or of a clinical document is shown as.
pub(super) fn shown(name: &str) -> Option<&'static str> {
    Some(match name {
        "p" | "paragraph" => "p",
        "div" | "section" | "article" | "header" | "footer" | "main" | "aside" | "address" | "center" | "figure" | "details"
        | "fieldset" => "div",
        "ul" | "menu" | "dir" => "ul",
        "ol" => "ol",
        "li" => "li",
        "dl" => "dl",
        "dt" => "dt",
        "dd" => "dd",
        "table" => "table",
        "caption" => "caption",
        "thead" => "thead",
        "tbody" => "tbody",
        "tfoot" => "tfoot",
        "tr" => "tr",
        "th" => "th",
        "td" => "td",
        "b" | "strong" => "strong",
        "i" | "em" | "cite" | "var" | "dfn" => "em",
        "u" | "ins" => "u",
        "s" | "del" | "strike" => "s",
        "sub" => "sub",
        "sup" => "sup",
        "code" | "tt" | "kbd" | "samp" => "code",
        "pre" => "pre",
        "blockquote" => "blockquote",
        "br" => "br",
        "hr" => "hr",
        _ => return None,
    })
}

/// All that may stand in it: no link, no picture, no style, no name.
pub(super) static CLEAN: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "blockquote",
        "br",
        "caption",
        "code",
        "dd",
        "div",
        "dl",
        "dt",
        "em",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "small",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ];
    let spans = HashSet::from(["colspan", "rowspan"]);
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(tags))
        .tag_attributes(HashMap::from([("td", spans.clone()), ("th", spans)]))
        .generic_attributes(HashSet::from(["lang", "dir"]))
        .link_rel(None);
    builder
});
