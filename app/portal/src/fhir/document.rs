//! What can be read in a document, a report or a picture.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use self::{
    clinical::Clinical,
    kind::Kind,
    tags::{Piece, pieces},
};
use super::{json::Json, read::names_a_binary};

pub mod clinical;
pub mod kind;
pub mod markup;
mod pdf;
pub mod reading;
mod rtf;
mod tags;

/// Sources wrap base64 in lines and forget its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
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
        Kind::Text => Some(decoded(content_type, bytes)),
        Kind::Html => Some(plain(&decoded(content_type, bytes))),
        Kind::Rtf => Some(rtf::text(bytes)),
        Kind::Xml => Clinical::read(&decoded(content_type, bytes)).ok().map(|clinical| clinical.words()),
        _ => None,
    }
}

/// Bytes as text, in the encoding that they or their source name. Where neither does and they are no
/// UTF-8, they are of the code page that browsers take then, too.
fn decoded(content_type: &str, bytes: &[u8]) -> String {
    let named = content_type.to_ascii_lowercase().split_once("charset=").and_then(|(_, label)| {
        let label = label.split(';').next().unwrap_or_default().trim_matches(['"', '\'', ' ']);
        Encoding::for_label(label.as_bytes())
    });
    let guessed = || if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 };
    named.unwrap_or_else(guessed).decode(bytes).0.into_owned()
}

/// The contents of a document, a report, a picture or a Binary, in their order.
///
/// # Errors
/// Where the stored bytes are no JSON.
pub fn document(raw: &str) -> serde_json::Result<Vec<Content>> {
    Json::parse(raw).map(|resource| contents(&resource))
}

/// The same of a resource that has been read.
pub(super) fn contents(resource: &Json<'_>) -> Vec<Content> {
    let mut contents = Vec::new();
    for path in ["content.attachment", "presentedForm", "content"] {
        let is_media = resource.get("resourceType").str() == Some("Media");
        if path != "content" || is_media {
            contents.extend(resource.all(path).into_iter().filter(|part| part.is_object()).map(attachment));
        }
    }
    if resource.get("resourceType").str() == Some("Binary") {
        contents.push(attachment(resource));
    }
    sections(resource, &mut contents);
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

fn attachment(part: &Json<'_>) -> Content {
    let here = part.get("data").str().and_then(decode).map(ContentPlace::Here);
    let there = || part.get("url").str().map(|url| ContentPlace::There(url.to_owned()));
    Content {
        content_type: part.get("contentType").str().unwrap_or(UNNAMED).to_owned(),
        title: part.get("title").str().map(str::to_owned),
        language: language_of(part),
        place: here.or_else(there).unwrap_or(ContentPlace::Missing),
    }
}

fn sections(json: &Json<'_>, contents: &mut Vec<Content>) {
    for section in json.get("section").items() {
        if let Some(div) = section.get("text").get("div").str() {
            contents.push(Content {
                content_type: "application/xhtml+xml".into(),
                title: section.get("title").str().map(str::to_owned),
                language: None,
                place: ContentPlace::Here(div.as_bytes().to_vec()),
            });
        }
        sections(section, contents);
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
            Piece::Open(name, _) | Piece::Close(name) => match name.as_str() {
                "br" | "p" | "div" | "li" | "tr" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "ul" | "ol" | "dt" | "dd"
                | "section" | "caption" => text.push('\n'),
                "td" | "th" => text.push(' '),
                _ => {}
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
            ("text/html; charset=nonsense", &b"<p>ni&ntilde;o"[..]),
            ("application/rtf", &b"{\\rtf1 ni\\'f1o}"[..]),
        ] {
            assert_eq!(words(content_type, bytes).as_deref(), Some("niño"), "{content_type}");
        }
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
    fn the_sections_of_a_composition_are_readable() {
        let contents = document(r#"{"resourceType":"Composition","section":[{"title":"A","text":{"div":"<div>x</div>"},"section":[{"text":{"div":"<div>y</div>"}}]}]}"#).unwrap();
        assert_eq!(contents.iter().filter_map(Content::text).collect::<Vec<_>>(), ["x", "y"]);
    }
}
