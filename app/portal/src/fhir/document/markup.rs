//! What others wrote in HTML or in a clinical document, as the little HTML that a page of ours
//! shows: headings, lists, tables and emphasis, and nothing that loads, leads, looks or acts.
//!
//! A [`Writer`] makes new HTML of ours, well formed and bounded in depth and length, and `ammonia`
//! has the last word on it. The bound is not only for its sake: a parser that mends HTML as browsers do makes
//! an unclosed tag grow with every paragraph after it.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::Builder;

use super::tags::{Piece, attribute, pieces};
use crate::fhir::document::is_language;

/// The deepest nesting that is written; what is deeper stands in what it is in.
const DEEPEST: usize = 32;

/// The longest HTML that is written for one part of a page, in bytes.
pub(super) const LONGEST: usize = 1 << 20;

/// As much of a column's heading as stands again in its cells.
const LONGEST_LABEL: usize = 60;

/// HTML that a page of ours may show as it is. Only this module makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markup(String);

/// Why there is no [`Markup`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unwritten {
    /// It would be too long.
    TooLong,
    /// There is not a word in it.
    Empty,
}

impl Markup {
    /// What can be shown of a text in HTML. Its headings are those `below` a heading of this level.
    ///
    /// # Errors
    /// Where it is too long, or has no words.
    pub fn of(html: &str, below: u8) -> Result<Self, Unwritten> {
        let mut writer = Writer::new(below, LONGEST);
        for piece in pieces(html) {
            match piece {
                Piece::Text(text) => writer.text(&text),
                Piece::Open(name, attributes) => writer.open(&name, &Attributes::of(attributes)),
                Piece::Close(name) => writer.close(&name),
            }
        }
        writer.finish()
    }

    /// The HTML.
    #[must_use]
    pub fn html(&self) -> &str {
        &self.0
    }
}

/// What of the attributes of an element is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attributes {
    pub columns: usize,
    pub rows: usize,
    pub language: Option<String>,
    pub direction: Option<&'static str>,
}

impl Default for Attributes {
    fn default() -> Self {
        Self { columns: 1, rows: 1, language: None, direction: None }
    }
}

impl Attributes {
    fn of(attributes: &str) -> Self {
        if attributes.is_empty() {
            return Self::default();
        }
        let value = |name| attribute(attributes, name);
        let language = value("lang").or_else(|| value("xml:lang")).map(std::borrow::Cow::into_owned);
        let direction = value("dir").and_then(|said| ["ltr", "rtl", "auto"].into_iter().find(|known| said.eq_ignore_ascii_case(known)));
        Self {
            columns: span(value("colspan").as_deref()),
            rows: span(value("rowspan").as_deref()),
            language: language.filter(|tag| is_language(tag)),
            direction,
        }
    }
}

/// How many columns or rows a cell takes.
pub(super) fn span(said: Option<&str>) -> usize {
    said.and_then(|said| said.trim().parse().ok()).unwrap_or(1).clamp(1, 40)
}

/// A table that is being written.
#[derive(Debug, Default)]
struct Table {
    /// The headings of its columns, from its first row.
    labels: Vec<String>,
    row: usize,
    column: usize,
    /// Some cell takes more than one place, so that a column cannot be told by counting.
    is_uneven: bool,
}

/// Writes HTML, whatever the order of what it is told.
#[derive(Debug)]
pub(super) struct Writer {
    html: String,
    longest: usize,
    open: Vec<&'static str>,
    /// The level above the first heading, and the levels of the source that are open below it.
    below: u8,
    headings: Vec<u8>,
    tables: Vec<Table>,
    has_words: bool,
}

impl Writer {
    pub fn new(below: u8, longest: usize) -> Self {
        Self { html: String::new(), longest, open: Vec::new(), below, headings: Vec::new(), tables: Vec::new(), has_words: false }
    }

    fn is_full(&self) -> bool {
        self.html.len() > self.longest
    }

    /// Begins an element, where it is one that is shown.
    pub fn open(&mut self, name: &str, attributes: &Attributes) {
        let heading = name.strip_prefix('h').and_then(|level| level.parse::<u8>().ok()).filter(|level| (1..=6).contains(level));
        let Some(tag) = heading.map_or_else(|| shown(name), |level| Some(self.heading(level))) else { return };
        if self.is_full() {
            return;
        }
        self.end_before(tag);
        if ["br", "hr"].contains(&tag) {
            self.html.push_str(if tag == "br" { "<br>" } else { "<hr>" });
            return;
        }
        if self.open.len() >= DEEPEST {
            return;
        }
        self.open.push(tag);
        self.html.push('<');
        self.html.push_str(tag);
        let is_cell = ["td", "th"].contains(&tag);
        let spans = [("colspan", attributes.columns), ("rowspan", attributes.rows)];
        for (name, count) in spans.into_iter().filter(|(_, count)| is_cell && *count > 1) {
            self.html.push_str(&format!(" {name}=\"{count}\""));
        }
        for (name, value) in [("lang", attributes.language.as_deref()), ("dir", attributes.direction)] {
            if let Some(value) = value {
                self.html.push_str(&format!(" {name}=\"{value}\""));
            }
        }
        self.html.push('>');
        match tag {
            "table" => self.tables.push(Table::default()),
            "tr" => {
                if let Some(table) = self.tables.last_mut() {
                    table.row += 1;
                    table.column = 0;
                }
            }
            _ if is_cell => self.cell(tag, attributes),
            _ => {}
        }
    }

    /// A cell stands alone on a narrow screen: then it says what its column is.
    fn cell(&mut self, tag: &str, attributes: &Attributes) {
        let Some(table) = self.tables.last_mut() else { return };
        table.is_uneven |= attributes.rows > 1 || (attributes.columns > 1 && table.row < 2);
        if table.row < 2 {
            table.labels.push(String::new());
        } else if tag == "td"
            && !table.is_uneven
            && let Some(label) = table.labels.get(table.column).filter(|label| !label.trim().is_empty())
        {
            let label = html_escape::encode_text(label.trim()).into_owned();
            self.html.push_str(&format!("<small>{label}</small> "));
        }
        table.column += attributes.columns;
    }

    /// Ends an element, and what was left open in it.
    pub fn close(&mut self, name: &str) {
        let is_heading = name.len() == 2 && name.starts_with('h') && name != "hr";
        let shown = shown(name);
        let found = self.open.iter().rposition(|open| if is_heading { open.starts_with('h') } else { Some(*open) == shown });
        let Some(place) = found else { return };
        // Nothing in a cell ends what the cell is in, but for the table itself.
        let is_of_table = shown.is_some_and(|tag| ["table", "thead", "tbody", "tfoot", "tr"].contains(&tag));
        let wall = |open: &&'static str| *open == "table" || (!is_of_table && ["td", "th"].contains(open));
        if self.open.get(place + 1..).is_some_and(|inside| inside.iter().any(wall)) {
            return;
        }
        self.end(place);
    }

    /// Words.
    pub fn text(&mut self, text: &str) {
        if self.is_full() {
            return;
        }
        let is_heading_of_column = self.open.iter().rev().find(|open| ["td", "th", "table"].contains(open)) == Some(&"th");
        if let Some(table) = self.tables.last_mut()
            && is_heading_of_column
            && table.row < 2
            && let Some(label) = table.labels.last_mut()
        {
            let room = LONGEST_LABEL.saturating_sub(label.chars().count());
            label.extend(text.chars().take(room));
        }
        self.has_words |= !text.trim().is_empty();
        self.html.push_str(&html_escape::encode_text(text));
    }

    /// All that was written.
    pub fn finish(mut self) -> Result<Markup, Unwritten> {
        self.end(0);
        if self.is_full() {
            return Err(Unwritten::TooLong);
        }
        if !self.has_words {
            return Err(Unwritten::Empty);
        }
        Ok(Markup(CLEAN.clean(&self.html).to_string()))
    }

    /// The heading that this one becomes: no level is left out, whatever the source does.
    fn heading(&mut self, level: u8) -> &'static str {
        while self.headings.last().is_some_and(|above| *above >= level) {
            self.headings.pop();
        }
        self.headings.push(level);
        match usize::from(self.below) + self.headings.len() {
            ..=3 => "h3",
            4 => "h4",
            5 => "h5",
            _ => "h6",
        }
    }

    /// Ends what cannot go on where this begins (HTML, 13.1.2.4, "optional tags").
    fn end_before(&mut self, tag: &str) {
        let (ends, within): (&[&str], &[&str]) = match tag {
            "li" => (&["li"], &["ul", "ol", "table"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl", "table"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tr" => (&["tr", "caption"], &["table"]),
            "thead" | "tbody" | "tfoot" => (&["thead", "tbody", "tfoot", "tr", "caption"], &["table"]),
            "p" | "div" | "ul" | "ol" | "dl" | "table" | "blockquote" | "pre" | "hr" | "h3" | "h4" | "h5" | "h6" => {
                (&["p", "h3", "h4", "h5", "h6"], &["td", "th", "li", "dd", "div", "blockquote", "table"])
            }
            _ => return,
        };
        let from = self.open.iter().rposition(|open| within.contains(open)).map_or(0, |place| place + 1);
        let place = self.open.get(from..).and_then(|inside| inside.iter().position(|open| ends.contains(open)));
        if let Some(place) = place {
            self.end(from + place);
        }
    }

    fn end(&mut self, place: usize) {
        while self.open.len() > place {
            let Some(tag) = self.open.pop() else { break };
            if tag == "table" {
                self.tables.pop();
            }
            self.html.push_str("</");
            self.html.push_str(tag);
            self.html.push('>');
        }
    }
}

/// What stands between the words before a tag and those after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// A line ends.
    Line,
    /// A cell ends.
    Cell,
}

/// What this element sets apart.
pub(super) fn gap(name: &str) -> Option<Gap> {
    match name {
        "td" | "th" => Some(Gap::Cell),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Some(Gap::Line),
        _ => shown(name).filter(|tag| !INLINE.contains(tag)).map(|_| Gap::Line),
    }
}

/// What stands in a line.
const INLINE: [&str; 7] = ["strong", "em", "u", "s", "sub", "sup", "code"];

/// What an element of HTML or of a clinical document is shown as.
fn shown(name: &str) -> Option<&'static str> {
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
static CLEAN: LazyLock<Builder<'static>> = LazyLock::new(|| {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> String {
        Markup::of(html, 2).unwrap().0
    }

    #[test]
    fn structure_stays_and_everything_else_goes() {
        assert_eq!(
            shown("<div class=x style='color:red' id=top onclick=a()><P>A <b>b</b> <a href='javascript:x()'>c</a><br/>&lt;d&gt;</p></div>"),
            "<div><p>A <strong>b</strong> c<br>&lt;d&gt;</p></div>"
        );
        assert_eq!(
            shown("<ul><li>one<li>two <em lang=es dir=rtl>tres</em></ul>"),
            "<ul><li>one</li><li>two <em lang=\"es\" dir=\"rtl\">tres</em></li></ul>"
        );
        assert_eq!(shown("<img src=x onerror=alert(1)><svg onload=a()><p>in</p></svg>a"), "a");
        assert_eq!(shown("<p lang='\"><script>'>x</p>"), "<p>x</p>");
    }

    #[test]
    fn headings_stand_below_the_pages_own_and_leave_no_level_out() {
        assert_eq!(shown("<h1>a</h1><h4>b</h4><h2>c</h2>"), "<h3>a</h3><h4>b</h4><h4>c</h4>");
        assert_eq!(Markup::of("<h5>a</h5><h1>b</h1>", 3).unwrap().0, "<h4>a</h4><h4>b</h4>");
        assert_eq!(shown("<h1>1<h2>2<h3>3<h4>4<h5>5<h6>6"), "<h3>1</h3><h4>2</h4><h5>3</h5><h6>4</h6><h6>5</h6><h6>6</h6>");
    }

    #[test]
    fn a_cell_says_its_column_unless_cells_are_uneven() {
        let even = shown("<table><tr><th>Drug<th>Dose</tr><tr><td>A<td>1 &amp; 2</table>");
        assert!(even.contains("<td><small>Drug</small> A</td><td><small>Dose</small> 1 &amp; 2</td>"), "{even}");
        let uneven = shown("<table><tr><th colspan=2>Drug</th></tr><tr><td>A</td><td>1</td></tr></table>");
        assert!(uneven.contains("<th colspan=\"2\">Drug</th>") && !uneven.contains("<small>"), "{uneven}");
        let layout = shown("<table><tr><td>A<td>1</table>");
        assert_eq!(layout, "<table><tbody><tr><td>A</td><td>1</td></tr></tbody></table>");
    }

    #[test]
    fn what_is_deep_long_or_crossed_stays_small() {
        let deep = shown(&format!("{}x", "<div>".repeat(100_000)));
        assert_eq!(deep.matches("<div>").count(), DEEPEST);
        // Mended as browsers do it, each paragraph would repeat each of these.
        let crossed =
            format!("{}{}", (0..20_000).map(|n| format!("<b a={n}><table></b></table>")).collect::<String>(), "<p>x".repeat(20_000));
        assert!(Markup::of(&crossed, 2).is_ok_and(|markup| markup.0.len() < 8 * crossed.len()));
        assert_eq!(Markup::of(&"<td>x".repeat(400_000), 2), Err(Unwritten::TooLong));
        assert_eq!(Markup::of("<p> </p><script>alert(1)</script>", 2), Err(Unwritten::Empty));
    }
}
