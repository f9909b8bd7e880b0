//! What of a resource can be searched: what everybody who sees it may find it by, and what
//! its patient alone may, because it is told to nobody else.

use chartkey_domain::{category::Category, phrase::Writer};

use super::{
    document::{contents, decode, plain},
    json::Json,
    observation,
};

/// Where people write words, or names stand. Everything else is codes, sums and addresses.
const WRITTEN: [&str; 28] = [
    "alias",
    "city",
    "comment",
    "conclusion",
    "description",
    "detail",
    "display",
    "district",
    "family",
    "given",
    "instruction",
    "line",
    "manufacturer",
    "modelNumber",
    "name",
    "patientInstruction",
    "postalCode",
    "prefix",
    "state",
    "suffix",
    "summary",
    "text",
    "title",
    "topic",
    "valueMarkdown",
    "valueString",
    "deviceName",
    "label",
];

/// Whose it is: the same on everything, so it finds nothing.
const WHOSE: [&str; 3] = ["subject", "patient", "beneficiary"];

/// What a thing is found by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// By every reader of it; empty where there is nothing.
    pub shown: String,
    /// By its patient alone: everything else that it says; empty where that is all.
    pub kept: String,
}

/// A thing as its row has it. Title and codes may be those of its medicine.
#[derive(Debug, Clone, Copy)]
pub struct Row<'r> {
    /// Its category; none of an attachment.
    pub category: Option<Category>,
    /// Its type.
    pub resource_type: &'r str,
    /// What it is called.
    pub title: &'r str,
    /// `system|code` of the same.
    pub codes: &'r [String],
}

/// The texts of a row, and of its resource where that can be read.
pub fn texts(row: Row<'_>, resource: Option<&Json<'_>>) -> Texts {
    let mut shown = Writer::default();
    shown.kind(row.category, row.resource_type);
    for code in row.codes {
        if let Some((system, code)) = code.rsplit_once('|') {
            shown.code(system, code);
        }
    }
    shown.text(row.title);
    let Some(resource) = resource else { return Texts { shown: shown.finish(), kept: String::new() } };
    if row.resource_type == "Observation" {
        // Numbers differ from item to item; they are looked for in the row.
        let value = observation::value(resource);
        value.text.filter(|_| value.number.is_none()).iter().for_each(|text| shown.text(text));
    }
    for text in readable(resource, row.category) {
        text.lines().for_each(|line| shown.text(line));
    }
    let kept = kept(resource, &shown);
    Texts { shown: shown.finish(), kept }
}

/// The texts of a document that whoever sees it may read on its page; none of anything else.
pub fn readable(resource: &Json<'_>, category: Option<Category>) -> Vec<String> {
    if category != Some(Category::Documents) {
        return Vec::new();
    }
    contents(resource).iter().filter_map(super::Content::text).collect()
}

fn kept(resource: &Json<'_>, shown: &Writer) -> String {
    let mut writer = shown.beside();
    each(resource, &mut |said| match said {
        Said::Text(text) => text.lines().for_each(|line| writer.text(line)),
        Said::Code(system, code) => {
            if chartkey_domain::phrase::short(system) != "x" {
                writer.code(system, code);
            }
        }
    });
    writer.finish()
}

/// Every text of a resource that people may have written, as written.
pub fn written(resource: &Json<'_>) -> Vec<String> {
    let mut texts = Vec::new();
    each(resource, &mut |said| {
        if let Said::Text(text) = said {
            texts.push(text.to_owned());
        }
    });
    texts
}

enum Said<'s> {
    Text(&'s str),
    Code(&'s str, &'s str),
}

fn each(json: &Json<'_>, say: &mut impl FnMut(Said<'_>)) {
    let as_attachment = (json.get("data").str(), json.get("contentType").str());
    if let (Some(data), Some(kind)) = as_attachment
        && let Some(text) = attached(data, kind)
    {
        say(Said::Text(&text));
    }
    if let (Some(system), Some(code)) = (json.get("system").str(), json.get("code").text()) {
        say(Said::Code(system, code));
    }
    for (key, value) in json.fields() {
        let key = key.as_ref();
        match value {
            Json::Object(_) if !WHOSE.contains(&key) && key != "meta" => each(value, say),
            Json::Array(values) => {
                for value in values {
                    match value {
                        Json::Object(_) => each(value, say),
                        Json::String(text) if WRITTEN.contains(&key) => say(Said::Text(text)),
                        _ => {}
                    }
                }
            }
            Json::String(text) if key == "div" => say(Said::Text(&plain(text))),
            Json::String(text) if WRITTEN.contains(&key) => say(Said::Text(text)),
            _ => {}
        }
    }
}

/// The text of an attachment, where it is text.
fn attached(data: &str, kind: &str) -> Option<String> {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_rtf = ["text/rtf", "application/rtf"].contains(&kind.as_str());
    if !is_rtf && !kind.starts_with("text/") && kind != "application/xhtml+xml" {
        return None;
    }
    let bytes = decode(data)?;
    let text = String::from_utf8_lossy(&bytes);
    Some(match kind.as_str() {
        _ if is_rtf => rtf(&text),
        "text/html" | "application/xhtml+xml" => plain(&text),
        _ => text.into_owned(),
    })
}

/// The words of a text in RTF, for searching alone: control words and what they hide are
/// left out as far as that needs no table of fonts.
fn rtf(text: &str) -> String {
    let mut words = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '{' | '}' | '\r' => {}
            '\\' => match letters.peek() {
                Some('\'') => {
                    letters.next();
                    let code: String = letters.by_ref().take(2).collect();
                    words.extend(u8::from_str_radix(&code, 16).ok().map(char::from));
                }
                Some(next) if next.is_ascii_alphabetic() => {
                    let mut word = String::new();
                    while let Some(letter) = letters.next_if(char::is_ascii_alphabetic) {
                        word.push(letter);
                    }
                    while letters.next_if(|letter| letter.is_ascii_digit() || *letter == '-').is_some() {}
                    let _ = letters.next_if_eq(&' ');
                    if ["par", "line", "tab", "cell", "row"].contains(&word.as_str()) {
                        words.push('\n');
                    }
                }
                _ => words.extend(letters.next()),
            },
            other => words.push(other),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use chartkey_domain::phrase::{Needle, Phrase};

    use super::*;
    use crate::fhir::project;

    fn parts(text: &str) -> (String, String) {
        let Texts { shown, kept } = project(&Json::parse(text).unwrap()).texts;
        (shown, kept)
    }

    fn has(text: &str, word: &str) -> bool {
        Phrase(text).has(&Needle::run(word))
    }

    #[test]
    fn a_reason_is_kept_and_a_name_is_shown() {
        let (shown, kept) = parts(
            r#"{"resourceType":"Encounter","type":[{"text":"Check up"}],"reasonCode":[{"coding":[{"system":"http://snomed.info/sct","code":"35489007"}],"text":"Depression"}],"subject":{"display":"Ana Roe"}}"#,
        );
        assert_eq!(shown, " @9 @encounter check up ");
        assert_eq!(kept, " #sct|35489007 depression ", "and not whose it is");
    }

    #[test]
    fn a_note_is_shown_with_its_document_and_kept_with_anything_else() {
        let (shown, _) = parts(
            r#"{"resourceType":"DocumentReference","type":{"text":"Note"},"description":"Hidden","content":[{"attachment":{"contentType":"text/plain","data":"VHJhc3R1enVtYWIKCmdpdmVu"}}]}"#,
        );
        assert!(has(&shown, "trastuzumab") && has(&shown, "given") && !has(&shown, "hidden"));
        let (shown, kept) = parts(
            r#"{"resourceType":"DiagnosticReport","code":{"text":"Blood"},"category":[{"coding":[{"code":"LAB"}]}],"result":[{}],"presentedForm":[{"contentType":"text/html","data":"PHA+Q2FuY2VyPC9wPg=="}]}"#,
        );
        assert!(!has(&shown, "cancer") && has(&kept, "cancer"), "{shown} {kept}");
    }

    #[test]
    fn the_words_of_rtf_are_read() {
        assert_eq!(rtf(r"{\rtf1\ansi Caf\'e9 au \b lait\b0\par next}"), "Café au lait\nnext");
    }
}
