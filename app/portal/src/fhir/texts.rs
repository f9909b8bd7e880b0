//! What of a resource can be searched: what everybody who sees it may find it by, and what
//! its patient alone may, because it is told to nobody else.

use chartkey_domain::{category::Category, phrase::Writer};

use super::{
    document::{contents, decode, plain},
    json::Json,
    project::Projection,
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

/// What a reader of the item may find it by. `title` and `codes` are those of the row,
/// which may be those of its medicine; `contents` are the texts of a document.
pub fn shown<'t>(own: &Projection, title: &str, codes: &[String], contents: impl IntoIterator<Item = &'t str>) -> Writer {
    let mut writer = Writer::default();
    writer.kind(own.category, &own.resource_type);
    for code in codes {
        if let Some((system, code)) = code.rsplit_once('|') {
            writer.code(system, code);
        }
    }
    writer.text(title);
    // Numbers differ from item to item; they are looked for in the row.
    if own.value.number.is_none() {
        own.value.text.iter().for_each(|text| writer.text(text));
    }
    for text in contents {
        text.lines().for_each(|line| writer.text(line));
    }
    writer
}

/// The texts of a document that whoever sees it may read on its page; none of anything else.
pub fn readable(resource: &Json<'_>, category: Option<Category>) -> Vec<String> {
    if category != Some(Category::Documents) {
        return Vec::new();
    }
    contents(resource).iter().filter_map(super::Content::text).collect()
}

/// Everything else that it says, beside what is `shown`: empty where that is all.
pub fn kept(resource: &Json<'_>, shown: &Writer) -> String {
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
    use chartkey_domain::phrase::Phrase;

    use super::*;
    use crate::fhir::project;

    fn parts(text: &str) -> (String, String) {
        let json = Json::parse(text).unwrap();
        let own = project(&json);
        let readable = readable(&json, own.category);
        let shown = shown(&own, &own.title, &own.codes, readable.iter().map(String::as_str));
        let kept = kept(&json, &shown);
        (shown.finish(), kept)
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
        assert!(Phrase(&shown).has_word("trastuzumab") && Phrase(&shown).has_word("given") && !Phrase(&shown).has_word("hidden"));
        let (shown, kept) = parts(
            r#"{"resourceType":"DiagnosticReport","code":{"text":"Blood"},"category":[{"coding":[{"code":"LAB"}]}],"result":[{}],"presentedForm":[{"contentType":"text/html","data":"PHA+Q2FuY2VyPC9wPg=="}]}"#,
        );
        assert!(!Phrase(&shown).has_word("cancer") && Phrase(&kept).has_word("cancer"), "{shown} {kept}");
    }

    #[test]
    fn the_words_of_rtf_are_read() {
        assert_eq!(rtf(r"{\rtf1\ansi Caf\'e9 au \b lait\b0\par next}"), "Café au lait\nnext");
    }
}
