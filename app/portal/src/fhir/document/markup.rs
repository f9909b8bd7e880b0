//! What others wrote in HTML or in a clinical document, as the little HTML that a page of ours
//! shows: headings, lists, tables and emphasis, and nothing that loads, leads, looks or acts.
//!
//! A [`Writer`] makes new HTML of ours, well formed and bounded in depth and length, and `ammonia`
//! has the last word on it. The bound is not only for its sake: a parser that mends HTML as browsers do makes
//! an unclosed tag grow with every paragraph after it.

use super::tags::{Piece, attribute, pieces, said_by};
use crate::fhir::document::is_language;

mod elements;
mod table;

use elements::{CLEAN, INLINE, shown};
pub(super) use elements::{Gap, gap};
use table::Table;

/// The deepest nesting that is written; what is deeper stands in what it is in.
const DEEPEST: usize = 32;

/// The longest HTML that is written for one part of a page, in bytes.
pub(super) const LONGEST: usize = 1 << 20;

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
        Self::within(html, below, LONGEST)
    }

    /// The same, of at most so many bytes.
    pub(super) fn within(html: &str, below: u8, longest: usize) -> Result<Self, Unwritten> {
        let mut writer = Writer::new(below, longest);
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
    /// What its look says of its words: struck out, raised or lowered.
    pub marks: Vec<&'static str>,
}

impl Default for Attributes {
    fn default() -> Self {
        Self { columns: 1, rows: 1, language: None, direction: None, marks: Vec::new() }
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
            marks: marks(attributes),
        }
    }
}

/// The elements that say what the style of this one does.
fn marks(attributes: &str) -> Vec<&'static str> {
    let is_struck = ["text-decoration", "text-decoration-line"]
        .into_iter()
        .filter_map(|property| said_by(attributes, property))
        .any(|said| said.split_whitespace().any(|word| word == "line-through"));
    let raised = match said_by(attributes, "vertical-align").as_deref() {
        Some("super") => Some("sup"),
        Some("sub") => Some("sub"),
        _ => None,
    };
    is_struck.then_some("s").into_iter().chain(raised).collect()
}

/// How many columns or rows a cell takes.
pub(super) fn span(said: Option<&str>) -> usize {
    said.and_then(|said| said.trim().parse().ok()).unwrap_or(1).clamp(1, 40)
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
    /// Elements of other names that are open and look otherwise: their name, how many of that name are in them, and the
    /// place of what stands for them.
    styled: Vec<(String, usize, usize)>,
    /// Elements that are too deep to be opened.
    beyond: usize,
    has_words: bool,
}

impl Writer {
    pub fn new(below: u8, longest: usize) -> Self {
        Self {
            html: String::new(),
            longest,
            open: Vec::new(),
            below,
            headings: Vec::new(),
            tables: Vec::new(),
            styled: Vec::new(),
            beyond: 0,
            has_words: false,
        }
    }

    fn is_full(&self) -> bool {
        self.html.len() > self.longest
    }

    /// Begins an element, where it is one that is shown.
    pub fn open(&mut self, name: &str, attributes: &Attributes) {
        let heading = name.strip_prefix('h').and_then(|level| level.parse::<u8>().ok()).filter(|level| (1..=6).contains(level));
        if self.is_full() {
            return;
        }
        let Some(tag) = heading.map_or_else(|| shown(name), |level| Some(self.heading(level))) else {
            self.look(name, attributes);
            return;
        };
        self.end_before(tag);
        self.begin_around(tag);
        if ["br", "hr"].contains(&tag) {
            self.html.push_str(if tag == "br" { "<br>" } else { "<hr>" });
            return;
        }
        if self.open.len() + attributes.marks.len() >= DEEPEST {
            self.beyond += 1;
            self.part(name);
            return;
        }
        self.begin(tag, attributes);
        match tag {
            "table" => self.tables.push(Table::default()),
            "tr" => {
                if let Some(table) = self.tables.last_mut() {
                    table.begin_row();
                }
            }
            "td" | "th" => {
                let at = self.html.len();
                if let Some(table) = self.tables.last_mut() {
                    table.begin_cell(tag, attributes, at);
                }
            }
            _ => {}
        }
        // What stands between the cells of a table is none of its words.
        if !["table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "dl"].contains(&tag) {
            self.mark(attributes);
        }
    }

    fn begin(&mut self, tag: &'static str, attributes: &Attributes) {
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
    }

    fn mark(&mut self, attributes: &Attributes) {
        for mark in &attributes.marks {
            self.begin(mark, &Attributes::default());
        }
    }

    /// An element that is not shown itself may say by its look that its words were taken back.
    fn look(&mut self, name: &str, attributes: &Attributes) {
        if !attributes.marks.is_empty() && self.open.len() + attributes.marks.len() < DEEPEST {
            self.styled.push((name.to_owned(), 0, self.open.len()));
            self.mark(attributes);
        } else if let Some((_, inside, _)) = self.styled.last_mut().filter(|(open, ..)| open == name) {
            *inside += 1;
        }
    }

    fn look_away(&mut self, name: &str) {
        let Some((_, inside, place)) = self.styled.last_mut().filter(|(open, ..)| open == name) else { return };
        if let Some(fewer) = inside.checked_sub(1) {
            *inside = fewer;
            return;
        }
        let place = *place;
        self.styled.pop();
        if self.open.get(place..).is_some_and(|inside| inside.iter().all(|tag| INLINE.contains(tag))) {
            self.end(place);
        }
    }

    /// An item outside a list gets one, and what stands in a list outside its items stands before it.
    fn begin_around(&mut self, tag: &'static str) {
        let around = match tag {
            "li" => "ul",
            "dt" | "dd" => "dl",
            _ => return,
        };
        let is_in = |open: Option<&&str>| matches!((tag, open), ("li", Some(&("ul" | "ol"))) | ("dt" | "dd", Some(&"dl")));
        let nearest = self.open.iter().rev().find(|open| ["ul", "ol", "dl", "table", "td", "th", "li", "dd"].contains(open));
        if !is_in(nearest) && self.open.len() < DEEPEST {
            self.begin(around, &Attributes::default());
        }
    }

    /// Sets apart what follows, where no element can.
    fn part(&mut self, name: &str) {
        match gap(name) {
            Some(Gap::Cell) => {
                if let Some(table) = self.tables.last_mut() {
                    table.lose_cell();
                }
                if !self.html.ends_with(' ') {
                    self.html.push(' ');
                }
            }
            Some(Gap::Line) if !self.html.ends_with("<br>") => self.html.push_str("<br>"),
            _ => {}
        }
    }

    /// Ends an element, and what was left open in it.
    pub fn close(&mut self, name: &str) {
        let is_heading = name.len() == 2 && name.starts_with('h') && name != "hr";
        let shown = shown(name);
        if !is_heading && shown.is_none() {
            self.look_away(name);
            return;
        }
        if self.beyond > 0 {
            self.beyond -= 1;
            self.part(name);
            return;
        }
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
        if let Some(table) = self.tables.last_mut().filter(|_| is_heading_of_column) {
            table.head(text);
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
            self.beyond = 0;
            let table = if tag == "table" { self.tables.pop() } else { None };
            if let Some(table) = table.filter(|_| !self.is_full()) {
                table.end(&mut self.html);
            }
            self.html.push_str("</");
            self.html.push_str(tag);
            self.html.push('>');
        }
    }
}

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
        assert_eq!(shown("<img src=x onerror=alert(1)><svg onload=a()><p>in</p></svg>a"), "\u{fffc}\u{fffc}a");
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
    fn no_cell_says_what_may_be_wrong_of_it() {
        let head = "<tr><th>Drug<th>Dose</tr>";
        for rows in [
            "<tr><th colspan=2>Discontinued medicines</th></tr><tr><td>A<td>1</tr>",
            "<tr><td rowspan=2>A<td>1</tr><tr><td>2</tr>",
            "<tr><td>A<td>1<td>2</tr>",
        ] {
            let table = shown(&format!("<table>{head}{rows}</table>"));
            assert!(!table.contains("<small>"), "{table}");
        }
        let mixed = shown("<table><tr><th>Drug<td>A</tr><tr><td>B<td>C</tr></table>");
        assert!(!mixed.contains("<small>"), "{mixed}");
        let wide = shown(&format!("<table>{head}<tr><td colspan=2>Discontinued</tr><tr><td>A<td>1</tr></table>"));
        assert!(wide.contains("<td colspan=\"2\">Discontinued</td>") && wide.contains("<small>Dose</small> 1"), "{wide}");
        let inner = format!("<table>{head}<tr><td>é<td>2</tr></table>");
        let nested = shown(&format!("<table>{head}<tr><td>{inner}<td>1</tr></table>"));
        assert_eq!(nested.matches("<small>Dose</small>").count(), 2, "{nested}");
        assert!(nested.contains("<td><small>Drug</small> é</td>") && nested.contains("<td><small>Drug</small> <table>"), "{nested}");
    }

    #[test]
    fn what_was_taken_back_or_stands_higher_is_so() {
        assert_eq!(shown("<span style='text-decoration: line-through'>5 <span>mg</span> a</span> b"), "<s>5 mg a</s> b");
        assert_eq!(shown("<p style=\"TEXT-DECORATION:underline Line-Through\">5</p>6"), "<p><s>5</s></p>6");
        assert_eq!(
            shown("10<span style='vertical-align:super'>9</span><font style='vertical-align:sub'>2</font>"),
            "10<sup>9</sup><sub>2</sub>"
        );
        assert_eq!(shown("<p><span style='text-decoration:line-through'>5</p><p>6</span> 7</p>"), "<p><s>5</s></p><p>6 7</p>");
        assert_eq!(shown("<p>a<b style='display:none'>b</b></p>"), "<p>a</p>");
    }

    #[test]
    fn an_item_stands_in_a_list() {
        assert_eq!(shown("<li>a<li>b"), "<ul><li>a</li><li>b</li></ul>");
        assert_eq!(shown("<dt>a<dd>b"), "<dl><dt>a</dt><dd>b</dd></dl>");
        assert_eq!(shown("<ol><li>a<ul><li>b</ul></ol>"), "<ol><li>a<ul><li>b</li></ul></li></ol>");
    }

    #[test]
    fn words_that_are_too_deep_for_elements_stay_apart() {
        let deep = "<div>".repeat(DEEPEST);
        assert!(shown(&format!("{deep}<table><tr><td>5</td><td>10</td></tr><tr><td>6</table>")).contains("5 10"));
        assert!(shown(&format!("{deep}<p>5</p><p>10</p>")).contains("5<br>10"));
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
