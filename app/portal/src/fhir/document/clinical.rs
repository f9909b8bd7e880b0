//! A document of the Clinical Document Architecture (HL7 CDA R2; C-CDA is one kind), as it is to be
//! read: what it is, who made it and keeps it, and the narrative of each section. What the narrative says
//! is what its author signed (CDA R2, 4.3.4.2); the coded entries beside it are not read.

use std::collections::HashSet;

use chartkey_domain::when::Moment;
use roxmltree::{Document, Node, ParsingOptions};

use super::{
    markup::{Attributes, LONGEST, Markup, Unwritten, Writer, span},
    tags::NOT_SHOWN,
};
use crate::fhir::document::is_language;

/// The largest document that is read, in bytes, and in elements and texts.
const LARGEST: usize = 8 << 20;
const MOST_NODES: u32 = 500_000;

/// The most attributes of an element, the most prefixes of namespaces, and the most declarations of them. The parser compares
/// each attribute with those before it, and each element that declares a prefix copies all that it is in.
const MOST_ATTRIBUTES: usize = 256;
const MOST_PREFIXES: usize = 64;
const MOST_DECLARATIONS: usize = 10_000;

/// The deepest nesting of sections, and inside a narrative.
const DEEPEST: usize = 64;

/// The longest name or title that is shown, in letters.
const LONGEST_NAME: usize = 200;

const NAMESPACE: &str = "urn:hl7-org:v3";

/// A clinical document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clinical {
    /// Its title.
    pub title: Option<String>,
    /// The language that it says it is in, as a BCP 47 tag.
    pub language: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Who keeps it.
    pub custodian: Option<String>,
    /// When it was made.
    pub date: Option<Moment>,
    /// Whom it is about.
    pub patient: Option<String>,
    /// When they were born.
    pub born: Option<Moment>,
    /// Its sections that have a title or words, in their order.
    pub sections: Vec<Section>,
    /// Whether its body is a file of its own inside it.
    pub is_enclosed: bool,
}

/// One section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its title.
    pub title: Option<String>,
    /// How many sections it stands in.
    pub depth: usize,
    /// What it says.
    pub text: Option<Markup>,
}

/// Why there is no [`Clinical`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It is too large.
    TooLong,
    /// It is no XML, or XML that says what it is itself (a document type): nothing of that is believed.
    Broken,
    /// It is XML of another kind.
    Other,
}

impl Clinical {
    /// Reads it. Document types, and with them entities, are refused.
    ///
    /// # Errors
    /// Where it is too large, no sound XML, or no clinical document.
    pub fn read(text: &str) -> Result<Self, Unread> {
        Self::within(text, LONGEST)
    }

    /// The same, with a narrative of at most so many bytes.
    pub(super) fn within(text: &str, longest: usize) -> Result<Self, Unread> {
        if text.len() > LARGEST || !is_quick(text) {
            return Err(Unread::TooLong);
        }
        let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
        let document = Document::parse_with_options(text, options).map_err(|error| match error {
            roxmltree::Error::NodesLimitReached => Unread::TooLong,
            _ => Unread::Broken,
        })?;
        let root = document.root_element();
        if !is(root, "ClinicalDocument") {
            return Err(Unread::Other);
        }
        let mut clinical = Self {
            title: child(root, "title").and_then(words),
            language: child(root, "languageCode").and_then(|code| code.attribute("code")).and_then(language),
            authors: children(root, "author").filter_map(author).take(10).collect(),
            custodian: at(root, &["custodian", "assignedCustodian", "representedCustodianOrganization", "name"]).and_then(words),
            date: child(root, "effectiveTime").and_then(|time| time.attribute("value")).and_then(moment),
            patient: at(root, &["recordTarget", "patientRole", "patient", "name"]).and_then(words),
            born: at(root, &["recordTarget", "patientRole", "patient", "birthTime"])
                .and_then(|time| time.attribute("value"))
                .and_then(moment),
            sections: Vec::new(),
            is_enclosed: at(root, &["component", "nonXMLBody"]).is_some(),
        };
        let mut room = longest;
        if let Some(body) = at(root, &["component", "structuredBody"]) {
            sections(body, 0, &mut room, &mut clinical.sections)?;
        }
        Ok(clinical)
    }

    /// Everything that is shown of it, for searching.
    #[must_use]
    pub fn words(&self) -> String {
        let head = [&self.title, &self.custodian, &self.patient].into_iter().flatten().chain(&self.authors).cloned();
        let body = self
            .sections
            .iter()
            .flat_map(|section| [section.title.clone(), section.text.as_ref().map(|text| super::plain(text.html()))].into_iter().flatten());
        head.chain(body).collect::<Vec<_>>().join("\n")
    }
}

/// Whether a parser is soon done with it, by its tags in one pass.
fn is_quick(text: &str) -> bool {
    let (mut prefixes, mut declarations) = (HashSet::new(), 0);
    let mut rest = text;
    while let Some((_, tag)) = rest.split_once('<') {
        let other = [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>")];
        if let Some((begin, end)) = other.into_iter().find(|(begin, _)| tag.starts_with(begin)) {
            rest = tag.get(begin.len()..).and_then(|inside| inside.split_once(end)).map_or("", |(_, rest)| rest);
            continue;
        }
        rest = tag;
        let mut attributes = 0;
        while let Some(at) = rest.find(['"', '\'', '>']) {
            let (before, value) = rest.split_at(at);
            let (mark, value) = value.split_at(1);
            rest = value;
            if mark == ">" {
                break;
            }
            rest = value.split_once(mark).map_or("", |(_, rest)| rest);
            attributes += 1;
            let name = before.trim_end().trim_end_matches('=').split_whitespace().next_back().unwrap_or_default();
            if let Some(prefix) = name.strip_prefix("xmlns") {
                declarations += 1;
                prefixes.insert(prefix);
            }
            if attributes > MOST_ATTRIBUTES || prefixes.len() > MOST_PREFIXES || declarations > MOST_DECLARATIONS {
                return false;
            }
        }
    }
    true
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.tag_name().name() == name && node.tag_name().namespace() == Some(NAMESPACE)
}

fn children<'n, 'i>(node: Node<'n, 'i>, name: &'static str) -> impl Iterator<Item = Node<'n, 'i>> {
    node.children().filter(move |child| is(*child, name))
}

fn child<'n, 'i>(node: Node<'n, 'i>, name: &'static str) -> Option<Node<'n, 'i>> {
    children(node, name).next()
}

fn at<'n, 'i>(node: Node<'n, 'i>, path: &[&'static str]) -> Option<Node<'n, 'i>> {
    path.iter().try_fold(node, |node, name| child(node, name))
}

/// The words inside an element, on one line.
fn words(node: Node<'_, '_>) -> Option<String> {
    let mut line = String::new();
    for text in node.descendants().filter(Node::is_text).filter_map(|text| text.text()) {
        for word in text.split_whitespace() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if line.len() > 4 * LONGEST_NAME {
            break;
        }
    }
    if let Some((cut, _)) = line.char_indices().nth(LONGEST_NAME) {
        line.truncate(cut);
        line.push('…');
    }
    (!line.is_empty()).then_some(line)
}

/// A person, or a device, or the organization behind them.
fn author(author: Node<'_, '_>) -> Option<String> {
    let assigned = child(author, "assignedAuthor")?;
    [&["assignedPerson", "name"][..], &["assignedAuthoringDevice", "softwareName"][..], &["representedOrganization", "name"][..]]
        .into_iter()
        .find_map(|path| at(assigned, path).and_then(words))
}

/// A language as a tag. Some write `eng-US`, which is none: where a language has two letters, they are its tag
/// (BCP 47, 2.2.1). Of those with three (ISO 639-2) the most common are known.
fn language(said: &str) -> Option<String> {
    let (primary, rest) = said.split_at(said.find('-').unwrap_or(said.len()));
    let short = match primary.to_ascii_lowercase().as_str() {
        "eng" => "en",
        "spa" => "es",
        "fre" | "fra" => "fr",
        "ger" | "deu" => "de",
        "ita" => "it",
        "por" => "pt",
        "rus" => "ru",
        "chi" | "zho" => "zh",
        "jpn" => "ja",
        "kor" => "ko",
        "vie" => "vi",
        "ara" => "ar",
        "tgl" => "tl",
        "pol" => "pl",
        "dut" | "nld" => "nl",
        _ if primary.len() == 2 => primary,
        _ => return None,
    };
    Some(format!("{short}{rest}")).filter(|tag| is_language(tag))
}

/// A moment as HL7 V3 writes it: `20141015103026-0500`, or less of it.
fn moment(value: &str) -> Option<Moment> {
    let (digits, zone) = value.split_at(value.find(['+', '-']).unwrap_or(value.len()));
    let digits = digits.split('.').next().unwrap_or_default();
    let part = |from: usize, to: usize| digits.get(from..to);
    let date = [part(0, 4), part(4, 6), part(6, 8)].into_iter().flatten().collect::<Vec<_>>().join("-");
    let offset = (zone.get(..3), zone.get(3..5));
    let written = match (part(8, 10), part(10, 12), offset) {
        // A time of a clock that is not named is none; the day is.
        (Some(hour), Some(minute), (Some(hours), Some(minutes))) => {
            format!("{date}T{hour}:{minute}:{}{hours}:{minutes}", part(12, 14).unwrap_or("00"))
        }
        _ => date,
    };
    Moment::parse(&written)
}

fn sections(body: Node<'_, '_>, depth: usize, room: &mut usize, found: &mut Vec<Section>) -> Result<(), Unread> {
    if depth > DEEPEST {
        return Err(Unread::TooLong);
    }
    for section in children(body, "component").filter_map(|component| child(component, "section")) {
        let title = child(section, "title").and_then(words);
        let text = child(section, "text").map(|text| {
            let mut writer = Writer::new(6, *room);
            narrative(text, 0, &mut writer)?;
            writer.finish()
        });
        let text = match text {
            Some(Err(Unwritten::TooLong)) => return Err(Unread::TooLong),
            Some(Err(Unwritten::Empty)) | None => None,
            Some(Ok(text)) => Some(text),
        };
        *room = room.saturating_sub(text.as_ref().map_or(64, |text| text.html().len()));
        if title.is_some() || text.is_some() {
            found.push(Section { title, depth, text });
        }
        sections(section, depth + 1, room, found)?;
    }
    Ok(())
}

/// A narrative (CDA R2, 4.3.5) as HTML.
fn narrative(node: Node<'_, '_>, depth: usize, writer: &mut Writer) -> Result<(), Unwritten> {
    if depth > DEEPEST {
        return Err(Unwritten::TooLong);
    }
    for child in node.children() {
        if let Some(text) = child.text().filter(|_| child.is_text()) {
            writer.text(text);
        }
        if !child.is_element() {
            continue;
        }
        if child.tag_name().name() == "renderMultiMedia" {
            writer.text(NOT_SHOWN);
        }
        // What is said of a list stands before it: in it there is room for items alone.
        let is_caption = |node: &Node<'_, '_>| node.tag_name().name() == "caption";
        if child.tag_name().name() == "list"
            && let Some(caption) = child.children().find(is_caption)
        {
            writer.open("p", &attributes(caption));
            narrative(caption, depth + 1, writer)?;
            writer.close("p");
        }
        if is_caption(&child) && node.tag_name().name() == "list" {
            continue;
        }
        let names = shown(child);
        for name in &names {
            writer.open(name, &attributes(child));
        }
        narrative(child, depth + 1, writer)?;
        for name in names.iter().rev() {
            writer.close(name);
        }
    }
    Ok(())
}

/// The elements of HTML that say the same.
fn shown(node: Node<'_, '_>) -> Vec<&'static str> {
    let name = match node.tag_name().name() {
        "paragraph" => "p",
        "list" if node.attribute("listType") == Some("ordered") => "ol",
        "list" => "ul",
        "item" => "li",
        "table" => "table",
        "thead" => "thead",
        "tbody" => "tbody",
        "tfoot" => "tfoot",
        "tr" => "tr",
        "th" => "th",
        "td" => "td",
        "br" => "br",
        "sub" => "sub",
        "sup" => "sup",
        "caption" if node.parent().is_some_and(|parent| parent.tag_name().name() == "table") => "caption",
        "caption" => "strong",
        "footnote" => "em",
        "content" => return content(node),
        _ => return Vec::new(),
    };
    vec![name]
}

/// Words that were taken back, or look otherwise for a reason (CDA R2, 4.3.5.1 and 4.3.5.2).
fn content(node: Node<'_, '_>) -> Vec<&'static str> {
    let style = node.attribute("styleCode").unwrap_or_default();
    let revised = node.attribute("revised");
    let is_struck = revised == Some("delete") || style.to_ascii_lowercase().contains("strike");
    let is_underlined = revised == Some("insert") || style.contains("Underline");
    let is_stressed = style.contains("Italics") || style.contains("Emphasis");
    let names = [(is_struck, "s"), (is_underlined, "u"), (style.contains("Bold"), "strong"), (is_stressed, "em")];
    names.into_iter().filter(|(is_so, _)| *is_so).map(|(_, name)| name).collect()
}

fn attributes(node: Node<'_, '_>) -> Attributes {
    Attributes {
        columns: span(node.attribute("colspan")),
        rows: span(node.attribute("rowspan")),
        language: node.attribute("language").and_then(language),
        ..Attributes::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(body: &str) -> String {
        format!(
            r#"<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole><patient>
            <name><given>Mara</given><family>Roe</family></name><birthTime value="19610314"/></patient></patientRole></recordTarget><title>Summary
            of care</title><effectiveTime value="20141015103026-0500"/><languageCode code="en-US"/>
            <author><assignedAuthor><assignedPerson><name><given>Ana</given> <family>Roe</family></name></assignedPerson></assignedAuthor></author>
            <custodian><assignedCustodian><representedCustodianOrganization><name>Northfield</name></representedCustodianOrganization></assignedCustodian></custodian>
            <component><structuredBody>{body}</structuredBody></component></ClinicalDocument>"#
        )
    }

    fn section(title: &str, text: &str, inside: &str) -> String {
        format!("<component><section><title>{title}</title><text>{text}</text>{inside}</section></component>")
    }

    #[test]
    fn a_document_says_what_it_is_and_its_sections_what_they_say() {
        let inside = section("Doses", "<list listType=\"ordered\"><caption>Each</caption><item>one</item></list>", "");
        let table = "<table><thead><tr><th>Drug</th></tr></thead><tbody><tr><td><content styleCode=\"Bold\">A</content><br/>x</td></tr></tbody></table>";
        let read = Clinical::read(&document(&section("Medicines", table, &inside))).unwrap();
        assert_eq!((read.title.as_deref(), read.authors.as_slice()), (Some("Summary of care"), &["Ana Roe".to_owned()][..]));
        assert_eq!((read.custodian.as_deref(), read.language.as_deref()), (Some("Northfield"), Some("en-US")));
        assert_eq!(read.date, Moment::parse("2014-10-15T10:30:26-05:00"));
        assert_eq!((read.patient.as_deref(), read.born), (Some("Mara Roe"), Moment::parse("1961-03-14")));
        let sections: Vec<_> = read
            .sections
            .iter()
            .map(|section| (section.depth, section.title.as_deref().unwrap(), section.text.as_ref().unwrap().html()))
            .collect();
        assert_eq!(sections[0].0, 0);
        assert!(sections[0].2.contains("<td><small>Drug</small> <strong>A</strong><br>x</td>"), "{}", sections[0].2);
        assert_eq!(sections[1], (1, "Doses", "<p>Each</p><ol><li>one</li></ol>"));
        assert!(read.words().contains("Northfield\nMara Roe\nAna Roe\nMedicines\n"), "{}", read.words());
    }

    #[test]
    fn markup_in_it_is_words_and_what_acts_is_gone() {
        let text = "&lt;script&gt;alert(1)&lt;/script&gt;<linkHtml href=\"javascript:alert(1)\">See</linkHtml><script xmlns=\"http://www.w3.org/1999/xhtml\">x()</script>\
                    <content ID=\"a\" onclick=\"x()\" styleCode=\"Bold\">b</content>";
        let read = Clinical::read(&document(&section("&lt;b&gt;T", text, ""))).unwrap();
        assert_eq!(read.sections[0].title.as_deref(), Some("<b>T"));
        assert_eq!(read.sections[0].text.as_ref().unwrap().html(), "&lt;script&gt;alert(1)&lt;/script&gt;Seex()<strong>b</strong>");
    }

    #[test]
    fn entities_other_xml_and_what_is_too_much_are_refused() {
        let bomb = r#"<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><ClinicalDocument xmlns="urn:hl7-org:v3"><title>&b;</title></ClinicalDocument>"#;
        assert_eq!(Clinical::read(bomb), Err(Unread::Broken));
        let file = r#"<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><ClinicalDocument xmlns="urn:hl7-org:v3"><title>&a;</title></ClinicalDocument>"#;
        assert_eq!(Clinical::read(file), Err(Unread::Broken));
        assert_eq!(Clinical::read("<ClinicalDocument/>"), Err(Unread::Other));
        assert_eq!(Clinical::read("no xml"), Err(Unread::Broken));
        assert_eq!(Clinical::read(&document(&section("T", &"<br/>".repeat(600_000), ""))), Err(Unread::TooLong));
        assert_eq!(Clinical::read(&document(&section("T", &"<td>aaaaaaaaaaaaaaaaaaaa</td>".repeat(60_000), ""))), Err(Unread::TooLong));
    }

    #[test]
    fn words_that_were_taken_back_are_struck_out_and_what_is_no_text_is_named() {
        let text = "<content revised=\"delete\" styleCode=\"Bold\">5 mg</content><content revised=\"insert\">10 mg</content><renderMultiMedia referencedObject=\"x\"/>";
        let read = Clinical::read(&document(&section("Doses", text, ""))).unwrap();
        let shown = format!("<s><strong>5 mg</strong></s><u>10 mg</u>{NOT_SHOWN}");
        assert_eq!(read.sections[0].text.as_ref().unwrap().html(), shown);
    }

    #[test]
    fn what_a_parser_would_be_long_about_is_not_parsed() {
        let begun = std::time::Instant::now();
        let attributes: String = (0..700_000).map(|at| format!(" a{at}=''")).collect();
        assert_eq!(Clinical::read(&document(&format!("<a{attributes}/>"))), Err(Unread::TooLong));
        let nested: String = (0..200_000).map(|at| format!("<a xmlns:p{at}='x'>")).collect();
        assert_eq!(Clinical::read(&document(&nested)), Err(Unread::TooLong));
        let same = "<a xmlns:p='x'>".repeat(200_000);
        assert_eq!(Clinical::read(&document(&same)), Err(Unread::TooLong));
        assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
        // What is in a comment, a text or a value is none.
        let many = format!("<!-- <a{} -->", " b='<'".repeat(1000));
        let quiet = format!("{many}<![CDATA[<a{}]]><br a='{}'/>", " b='c'".repeat(1000), "xmlns:a=".repeat(300));
        assert!(is_quick(&quiet));
    }

    #[test]
    fn nesting_without_end_does_no_harm() {
        let deep = document(&section("T", &format!("{}x{}", "<content>".repeat(20_000), "</content>".repeat(20_000)), ""));
        assert_eq!(Clinical::read(&deep), Err(Unread::TooLong), "nothing is left out in silence");
        let deep = document(&format!("{}{}", "<component><section>".repeat(70), "</section></component>".repeat(70)));
        assert_eq!(Clinical::read(&deep), Err(Unread::TooLong));
    }

    #[test]
    fn a_language_has_its_shortest_tag() {
        for (said, tag) in
            [("en-US", Some("en-US")), ("eng-US", Some("en-US")), ("spa", Some("es")), ("xyz", None), ("e", None), ("", None)]
        {
            assert_eq!(language(said).as_deref(), tag, "{said}");
        }
    }

    #[test]
    fn a_moment_is_as_exact_as_it_was_written() {
        for (written, means) in [
            ("2014", Some("2014")),
            ("201410", Some("2014-10")),
            ("20141015", Some("2014-10-15")),
            ("201410151030", Some("2014-10-15")),
            ("201410151030+0000", Some("2014-10-15T10:30:00+00:00")),
            ("20141015103026.123-0500", Some("2014-10-15T10:30:26-05:00")),
            ("", None),
            ("x<b>é", None),
            ("99999999", None),
        ] {
            assert_eq!(moment(written), means.and_then(Moment::parse), "{written}");
        }
    }
}
