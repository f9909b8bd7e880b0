//! What can be read in a document, a report or a picture.

use std::collections::HashMap;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use self::{
    clinical::Clinical,
    kind::Kind,
    markup::Gap,
    tags::{Piece, pieces},
};
use super::{
    json::Json,
    parts::Of,
    read::{names_a_binary, reference_of},
};

pub mod clinical;
pub mod kind;
pub mod markup;
mod pdf;
pub mod reading;
mod rtf;
mod tags;

/// Sources wrap base64 in lines and forget its padding.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

/// The media type of what nobody calls anything.
const UNNAMED: &str = "application/octet-stream";

/// One readable or downloadable part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The media type, `application/octet-stream` where none is given.
    pub content_type: String,
    /// The title of the attachment or section, where given.
    pub title: Option<String>,
    /// The language that the source says it is in, as a BCP 47 tag.
    pub language: Option<String>,
    /// Where the bytes are.
    pub place: ContentPlace,
    /// What it is a part of, where something says so: a section of problems, say. `None`: of its document.
    pub of: Option<Of>,
    /// The things of the record that its section names: of each the path of the reference, and which of those at this path.
    pub names: Vec<(String, usize)>,
}

/// Where the bytes of a content are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentPlace {
    /// In the resource.
    Here(Vec<u8>),
    /// In a Binary or elsewhere: the URL as written.
    There(String),
    /// In a Binary of the record, left there because it is large: about so many bytes.
    Large(usize),
    /// Only announced, or not in the record.
    Missing,
}

impl Content {
    /// What the source calls it.
    #[must_use]
    pub fn kind(&self) -> Kind {
        Kind::of(&self.content_type)
    }

    /// How many bytes it has, about as many where they are not here; `None` where it did not come.
    #[must_use]
    pub const fn size(&self) -> Option<usize> {
        match &self.place {
            ContentPlace::Here(bytes) => Some(bytes.len()),
            ContentPlace::Large(about) => Some(*about),
            ContentPlace::There(_) | ContentPlace::Missing => None,
        }
    }

    /// The words that its page shows, for searching; `None` for what is no text.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let ContentPlace::Here(bytes) = &self.place else { return None };
        words(&self.content_type, bytes)
    }

    /// Takes the bytes of a Binary, and what that calls them where nobody has named them yet.
    pub(crate) fn take(&mut self, binary: Self) {
        if self.content_type == UNNAMED {
            self.content_type = binary.content_type;
        }
        self.place = binary.place;
    }

    /// Whether its bytes are a Binary that may have come with the record.
    #[must_use]
    pub fn names_a_file(&self) -> bool {
        matches!(&self.place, ContentPlace::There(url) if names_a_binary(url))
    }
}

/// The words of bytes under this media type; `None` for what is no text.
#[must_use]
pub fn words(content_type: &str, bytes: &[u8]) -> Option<String> {
    match Kind::of(content_type) {
        Kind::Text => decoded(content_type, bytes),
        Kind::Html => decoded(content_type, bytes).map(|html| plain(&html)),
        Kind::Rtf if Kind::Rtf.begins(bytes) => Some(rtf::read(bytes)).filter(|rtf| !rtf.is_broken).map(|rtf| rtf.text()),
        Kind::Xml => clinical_words(&decoded(content_type, bytes)?),
        _ => None,
    }
}

fn clinical_words(xml: &str) -> Option<String> {
    Clinical::read(xml).ok().map(|clinical| clinical.words())
}

/// Every text that a page may make of these bytes: under this media type, or under another that something else
/// calls them, and in any encoding in which letters of English are other bytes than in ASCII. What is
/// no text has none.
#[must_use]
pub fn readings(content_type: &str, bytes: &[u8]) -> Vec<String> {
    let mut texts = Vec::new();
    let is_marked = Encoding::for_bom(bytes).is_some();
    if is_marked || !is_binary(bytes) {
        texts.push(String::from_utf8_lossy(bytes).replace('\0', ""));
        texts.extend(decoded("", bytes));
    }
    if bytes.windows(5).any(is_wide) {
        texts.extend([UTF_16LE, UTF_16BE].map(|encoding| encoding.decode_without_bom_handling(bytes).0.into_owned()));
    }
    if bytes.contains(&0x1b) && !is_binary(bytes) {
        texts.push(ISO_2022_JP.decode_without_bom_handling(bytes).0.into_owned());
    }
    texts.sort_unstable();
    texts.dedup();
    let read: Vec<String> = texts
        .iter()
        .filter(|text| text.contains('<'))
        .flat_map(|text| [Some(plain(text)), text.contains("ClinicalDocument").then(|| clinical_words(text)).flatten()])
        .flatten()
        .collect();
    texts.extend(read);
    if Kind::Rtf.begins(bytes) {
        texts.push(rtf::text(bytes));
    }
    texts.extend(words(content_type, bytes).filter(|words| !texts.contains(words)));
    texts
}

/// Three letters, or signs, of ASCII in UTF-16, as every word of a label has.
const fn is_wide(bytes: &[u8]) -> bool {
    matches!(bytes, [b'!'..=b'~', 0, b'!'..=b'~', 0, b'!'..=b'~'])
}

/// Whether bytes are no text: it has no zero in it, but in an encoding that says so.
fn is_binary(bytes: &[u8]) -> bool {
    bytes.contains(&0) && std::str::from_utf8(bytes).is_err()
}

/// Bytes as text: in the encoding that their first bytes say, in UTF-8 where they are that and more than ASCII, in the one
/// that their source or they themselves name, or else in the code page that browsers take then, too.
/// `None` for what is no text.
fn decoded(content_type: &str, bytes: &[u8]) -> Option<String> {
    let is_utf_16 = |encoding: &&Encoding| *encoding == UTF_16LE || *encoding == UTF_16BE;
    let said = Encoding::for_bom(bytes).map(|(encoding, _)| encoding).or_else(|| by_declaration(bytes));
    let in_utf_8 = || (!bytes.is_ascii() && std::str::from_utf8(bytes).is_ok()).then_some(UTF_8);
    let in_header = || {
        let (_, label) = content_type.split_once(';')?;
        label_after(label, "charset=")
    };
    // What can read this name is not in UTF-16, whatever it says (HTML, 13.2.3.2).
    let in_text = || {
        let start = String::from_utf8_lossy(bytes.get(..bytes.len().min(1024)).unwrap_or(bytes));
        label_after(&start, "encoding=").or_else(|| label_after(&start, "charset=")).filter(|encoding| !is_utf_16(encoding))
    };
    let is_markup = bytes.trim_ascii_start().starts_with(b"<");
    let encoding = said
        .or_else(in_utf_8)
        .or_else(in_header)
        .or_else(|| if is_markup { in_text() } else { None })
        .unwrap_or_else(|| if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 });
    if !is_utf_16(&encoding) && is_binary(bytes) {
        return None;
    }
    Some(encoding.decode(bytes).0.replace('\0', ""))
}

/// UTF-16 by the first letters of XML (XML 1.0, F.1).
fn by_declaration(bytes: &[u8]) -> Option<&'static Encoding> {
    let is = |start: &[u8]| bytes.starts_with(start);
    if is(b"<\0?\0") { Some(UTF_16LE) } else { is(b"\0<\0?").then_some(UTF_16BE) }
}

/// The encoding whose name stands after this.
fn label_after(text: &str, key: &str) -> Option<&'static Encoding> {
    let text = text.to_ascii_lowercase();
    let (_, label) = text.split_once(key)?;
    let label = label.trim_start_matches(['"', '\'', ' ']);
    Encoding::for_label(label.split(['"', '\'', ';', ' ', '>', '?', '/']).next()?.as_bytes())
}

/// The contents of a document, a report, a picture or a Binary, in their order.
///
/// # Errors
/// Where the stored bytes are no JSON.
pub fn document(raw: &str) -> serde_json::Result<Vec<Content>> {
    Json::parse(raw).map(|resource| contents(&resource))
}

/// The same, with the bytes of the part of this number alone, or of none.
///
/// # Errors
/// Where the stored bytes are no JSON.
pub fn part(raw: &str, number: Option<usize>) -> serde_json::Result<Vec<Content>> {
    Json::parse(raw).map(|resource| parts(&resource, Bytes::Of(number)))
}

/// Of which parts the bytes are wanted.
#[derive(Debug, Clone, Copy)]
enum Bytes {
    All,
    Of(Option<usize>),
}

impl Bytes {
    fn wants(self, number: usize) -> bool {
        match self {
            Self::All => true,
            Self::Of(wanted) => wanted == Some(number),
        }
    }
}

/// The same of a resource that has been read.
pub(super) fn contents(resource: &Json<'_>) -> Vec<Content> {
    parts(resource, Bytes::All)
}

fn parts(resource: &Json<'_>, bytes: Bytes) -> Vec<Content> {
    let mut contents = Vec::new();
    for path in ["content.attachment", "presentedForm", "content"] {
        let is_media = resource.get("resourceType").str() == Some("Media");
        if path != "content" || is_media {
            for part in resource.all(path).into_iter().filter(|part| part.is_object()) {
                let is_wanted = bytes.wants(contents.len());
                contents.push(attachment(part, is_wanted));
            }
        }
    }
    if resource.get("resourceType").str() == Some("Binary") {
        contents.push(attachment(resource, true));
    }
    sections(resource, bytes, None, "", &mut HashMap::new(), &mut contents);
    contents
}

/// The language that a resource says its texts are in (FHIR R4, `Resource.language`), as a BCP
/// 47 tag; `None` where it does not say so. It is never guessed.
#[must_use]
pub fn language(raw: &str) -> Option<String> {
    language_of(&Json::parse(raw).ok()?)
}

fn language_of(json: &Json<'_>) -> Option<String> {
    json.get("language").str().filter(|tag| is_language(tag)).map(str::to_owned)
}

/// What is no tag says nothing.
fn is_language(tag: &str) -> bool {
    tag.len() <= 35 && tag.split('-').all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|letter| letter.is_ascii_alphanumeric()))
}

fn attachment(part: &Json<'_>, is_wanted: bool) -> Content {
    // Whether what has both is here, its data says.
    let is_read = is_wanted || part.get("url").str().is_some();
    let data = part.get("data").str();
    let here = data.and_then(|data| if is_read { decode(data) } else { Some(Vec::new()) }).map(ContentPlace::Here);
    let there = || part.get("url").str().map(|url| ContentPlace::There(url.to_owned()));
    Content {
        content_type: part.get("contentType").str().unwrap_or(UNNAMED).to_owned(),
        title: part.get("title").str().map(str::to_owned),
        language: language_of(part),
        place: here.or_else(there).unwrap_or(ContentPlace::Missing),
        of: None,
        names: Vec::new(),
    }
}

/// What stands in a section is of that, too, whatever its own code says.
fn sections(json: &Json<'_>, bytes: Bytes, within: Option<Of>, path: &str, seen: &mut HashMap<String, usize>, contents: &mut Vec<Content>) {
    let path = format!("{path}section.");
    for section in json.get("section").items() {
        let of = match (within, super::parts::section(section)) {
            (Some(within), Some(of)) => Some(within.with(of)),
            (within, of) => within.or(of),
        };
        let named = section.get("entry").items().iter().filter(|entry| reference_of(entry).is_some()).count();
        let next = seen.entry(format!("{path}entry")).or_default();
        let names = (*next..*next + named).map(|index| (format!("{path}entry"), index)).collect();
        *next += named;
        if let Some(div) = section.get("text").get("div").str() {
            let is_wanted = bytes.wants(contents.len());
            contents.push(Content {
                content_type: "application/xhtml+xml; charset=utf-8".into(),
                title: section.get("title").str().map(str::to_owned),
                language: language_of(section.get("text")).or_else(|| language_of(section)),
                place: ContentPlace::Here(if is_wanted { div.as_bytes().to_vec() } else { Vec::new() }),
                of,
                names,
            });
        }
        sections(section, bytes, of, &path, seen, contents);
    }
}

/// Base64 as sources write it, with line breaks and with or without padding.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let compact: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64.decode(compact).ok()
}

/// HTML as lines of text. Never used to make HTML again.
#[must_use]
pub fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for piece in pieces(html) {
        match piece {
            Piece::Text(words) => text.push_str(&words),
            Piece::Open(name, _) | Piece::Close(name) => match markup::gap(&name) {
                Some(Gap::Line) => text.push('\n'),
                Some(Gap::Cell) => text.push(' '),
                None => {}
            },
        }
    }
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_readable_whatever_its_white_space() {
        let contents = document(r#"{"resourceType":"DocumentReference","content":[{"attachment":{"contentType":"text/plain; charset=utf-8","data":"SGVs\n bG8"}}]}"#).unwrap();
        assert_eq!(contents[0].text().as_deref(), Some("Hello"));
    }

    #[test]
    fn a_text_has_the_language_that_its_source_says_and_no_other() {
        let raw =
            r#"{"resourceType":"DocumentReference","language":"es-MX","content":[{"attachment":{"language":"nah"}},{"attachment":{}}]}"#;
        assert_eq!(language(raw).as_deref(), Some("es-MX"));
        let languages: Vec<_> = document(raw).unwrap().into_iter().map(|content| content.language).collect();
        assert_eq!(languages, [Some("nah".to_owned()), None]);
        for said in ["", "español", "es_MX", "es--MX", "es\" onload=\"x", "a-language-tag-that-is-longer-than-any"] {
            let raw = serde_json::json!({ "resourceType": "Observation", "language": said }).to_string();
            assert_eq!(language(&raw), None, "{said}");
        }
    }

    #[test]
    fn simple_html_becomes_lines_and_scripts_vanish() {
        assert_eq!(plain("<div><p>A &amp; B<br/>C</p><script>x<1</script><ul><li>d</li></ul></div>"), "A & B\nC\nd");
        assert_eq!(plain("no tags"), "no tags");
        assert_eq!(plain("a < b"), "a < b");
    }

    #[test]
    fn a_text_is_read_in_the_encoding_that_is_named_or_else_in_the_one_that_it_is_in() {
        for (content_type, bytes) in [
            ("text/plain", &b"ni\xc3\xb1o"[..]),
            ("text/plain", &b"ni\xf1o"[..]),
            ("text/plain; charset=\"ISO-8859-1\"", &b"ni\xf1o"[..]),
            ("text/plain; charset=utf-16le", &b"n\0i\0\xf1\0o\0"[..]),
            ("text/plain; charset=iso-8859-1", &b"ni\xc3\xb1o"[..]),
            ("text/plain", &b"\xef\xbb\xbfni\xc3\xb1o"[..]),
            ("text/plain; charset=utf-8", &b"\xff\xfen\0i\0\xf1\0o\0"[..]),
            ("text/plain; charset=utf-16be", &b"\0n\0i\0\xf1\0o"[..]),
            ("text/html; charset=nonsense", &b"<p>ni&ntilde;o"[..]),
            ("text/html", &b"<meta charset=\"iso-8859-2\"><p>ni&ntilde;o"[..]),
            ("text/html", &b"<meta http-equiv=x content='text/html; charset=koi8-r'><p>ni&ntilde;o"[..]),
            ("application/rtf", &b"{\\rtf1 ni\\'f1o}"[..]),
        ] {
            assert_eq!(words(content_type, bytes).as_deref(), Some("niño"), "{content_type}");
        }
    }

    #[test]
    fn markup_is_read_in_the_encoding_that_it_names_itself() {
        assert_eq!(words("text/html", b"<meta charset=iso-8859-2><p>\xb3"), Some("\u{142}".to_owned()));
        assert_eq!(words("text/html", b"<meta charset=utf-16><p>x"), Some("x".to_owned()), "what can be read is not in UTF-16");
        assert_eq!(words("text/plain", b"charset=iso-8859-2 \xb3"), Some("charset=iso-8859-2 \u{b3}".to_owned()));
        assert_eq!(words("text/plain", b"\x89PNG\0\xff"), None, "no text");
    }

    #[test]
    fn what_cannot_be_shown_is_a_download() {
        let contents =
            document(r#"{"resourceType":"DocumentReference","content":[{"attachment":{"contentType":"application/pdf","url":"Binary/1"}},{"attachment":{"contentType":"application/dicom","data":"eA=="}},{}]}"#)
                .unwrap();
        assert_eq!(contents[0].place, ContentPlace::There("Binary/1".into()));
        assert_eq!(contents[1].text(), None);
        assert_eq!(contents.len(), 2);
    }

    #[test]
    fn one_part_is_read_alone_under_its_number() {
        let raw = r#"{"resourceType":"DocumentReference","content":[{"attachment":{"data":"eA=="}},{"attachment":{"data":"eQ=="}}],"section":[{"text":{"div":"z"}}]}"#;
        let all = document(raw).unwrap();
        for number in 0..3 {
            let read = part(raw, Some(number)).unwrap();
            assert_eq!((read.len(), &read[number]), (3, &all[number]));
            assert_eq!(read.iter().filter(|content| content.size() != Some(0)).count(), 1);
        }
    }

    #[test]
    fn what_stands_in_a_section_is_of_it_too() {
        let coded = |code: &str| format!(r#""code":{{"coding":[{{"system":"http://loinc.org","code":"{code}"}}]}},"text":{{"div":"x"}}"#);
        let raw = format!(
            r#"{{"section":[{{{},"section":[{{{}}},{{"text":{{"div":"y"}}}}]}},{{"text":{{"div":"z"}}}}]}}"#,
            coded("11450-4"),
            coded("10160-0")
        );
        let of = |content: Content| content.of.map(|of| of.categories.iter().collect::<Vec<_>>());
        let all: Vec<_> = document(&raw).unwrap().into_iter().map(of).collect();
        use chartkey_domain::category::Category::{Medicines, Problems};
        assert_eq!(all, [Some(vec![Problems]), Some(vec![Problems, Medicines]), Some(vec![Problems]), None]);
    }

    #[test]
    fn the_sections_of_a_composition_are_readable() {
        let contents = document(r#"{"resourceType":"Composition","section":[{"title":"A","text":{"div":"<div>x</div>"},"section":[{"text":{"div":"<div>y</div>"}}]}]}"#).unwrap();
        assert_eq!(contents.iter().filter_map(Content::text).collect::<Vec<_>>(), ["x", "y"]);
    }
}
