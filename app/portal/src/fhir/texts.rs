//! What of a resource can be searched: what everybody who sees it may find it by, and what
//! its patient alone may, because it is told to nobody else.

use chartkey_domain::{category::Category, phrase::Writer};

use super::{
    document::{contents, decode, plain, words},
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

/// The texts of a document that whoever sees it may read on its page: not its sections that belong elsewhere, too. None of
/// anything else.
pub fn readable(resource: &Json<'_>, category: Option<Category>) -> Vec<String> {
    if category != Some(Category::Documents) {
        return Vec::new();
    }
    contents(resource).iter().filter(|content| content.of.is_none()).filter_map(super::Content::text).collect()
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
    if let (Some(data), Some(content_type)) = as_attachment
        && let Some(text) = decode(data).and_then(|bytes| words(content_type, &bytes))
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
    fn a_text_in_rtf_is_shown_with_its_document() {
        let (shown, _) = parts(
            r#"{"resourceType":"DocumentReference","type":{"text":"Note"},"content":[{"attachment":{"contentType":"application/rtf","data":"e1xydGYxIENhZlwnZTkgXGIgbGFpdFxiMFxwYXIgbmV4dH0="}}]}"#,
        );
        assert!(["café", "lait", "next"].iter().all(|word| has(&shown, &chartkey_domain::fold::folded(word))), "{shown}");
    }
}
