//! What can be read in a document, a report or a picture.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{json::Json, read::names_a_binary};

/// Sources wrap base64 in lines and forget its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

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
    /// Only announced, or not in the record.
    Missing,
}

impl Content {
    /// The bytes as text that can be shown, for plain text and simple XHTML; `None`
    /// for what can only be downloaded.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let ContentPlace::Here(bytes) = &self.place else { return None };
        match self.kind().as_str() {
            "text/plain" => Some(String::from_utf8_lossy(bytes).into_owned()),
            "text/html" | "application/xhtml+xml" => Some(plain(&String::from_utf8_lossy(bytes))),
            _ => None,
        }
    }

    /// Whether its bytes, once they are here, are text that can be shown.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self.kind().as_str(), "text/plain" | "text/html" | "application/xhtml+xml")
    }

    /// Whether its bytes are a Binary that may have come with the record.
    #[must_use]
    pub fn names_a_file(&self) -> bool {
        matches!(&self.place, ContentPlace::There(url) if names_a_binary(url))
    }

    /// The media type without its parameters.
    fn kind(&self) -> String {
        self.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
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

/// What is no tag says nothing.
fn language_of(json: &Json<'_>) -> Option<String> {
    let is_tag = |tag: &&str| {
        tag.len() <= 35
            && tag.split('-').all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|letter| letter.is_ascii_alphanumeric()))
    };
    json.get("language").str().filter(is_tag).map(str::to_owned)
}

fn attachment(part: &Json<'_>) -> Content {
    let here = part.get("data").str().and_then(decode).map(ContentPlace::Here);
    let there = || part.get("url").str().map(|url| ContentPlace::There(url.to_owned()));
    Content {
        content_type: part.get("contentType").str().unwrap_or("application/octet-stream").to_owned(),
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

/// Simple XHTML as lines of text. Never used to make HTML again.
#[must_use]
pub fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag_on)) = rest.split_once('<') {
        text.push_str(&unescape(before));
        let Some((tag, after)) = tag_on.split_once('>') else {
            rest = "";
            break;
        };
        let name: String =
            tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        rest = match name.as_str() {
            // What stands in these is no text, and may hold any sign.
            "script" | "style" if !tag.starts_with('/') && !tag.ends_with('/') => after.find("</").map_or("", |end| &after[end..]),
            _ => after,
        };
        match name.as_str() {
            "br" | "p" | "div" | "li" | "tr" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "ul" | "ol" => text.push('\n'),
            "td" | "th" => text.push(' '),
            _ => {}
        }
    }
    text.push_str(&unescape(rest));
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&#39;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
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
        assert_eq!(plain("a <"), "a");
    }

    #[test]
    fn what_cannot_be_shown_is_a_download() {
        let contents =
            document(r#"{"resourceType":"DocumentReference","content":[{"attachment":{"contentType":"application/pdf","url":"Binary/1"}},{"attachment":{"contentType":"text/rtf","data":"eA=="}},{}]}"#)
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
