//! Data types of FHIR as text that people read.

use super::{document::decode, json::Json};

/// The longest title, in characters; a longer one is cut.
const TITLE: usize = 300;

/// A concept, a coding or a plain text, as one line.
pub fn concept_text(json: &Json<'_>) -> Option<String> {
    let said = json.get("text").str().or_else(|| {
        let codings = json.get("coding").items();
        let chosen = codings.iter().find(|coding| *coding.get("userSelected") == Json::Bool(true));
        chosen.into_iter().chain(codings).find_map(|coding| coding.get("display").str()).or_else(|| json.get("display").str())
    });
    said.or_else(|| json.str()).map(one_line).filter(|text| !text.is_empty())
}

/// Text without line breaks and not longer than a title may be.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(TITLE * 2));
    for word in text.split(|letter: char| letter.is_whitespace() || letter.is_control()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if let Some((end, _)) = line.char_indices().nth(TITLE) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// A human name: the given text, else given and family names.
pub fn human_name(json: &Json<'_>) -> Option<String> {
    if let Some(text) = json.get("text").str() {
        return Some(one_line(text));
    }
    let given = json.get("given").items().iter().filter_map(Json::str);
    let parts: Vec<&str> = given.chain(json.get("family").str()).collect();
    (!parts.is_empty()).then(|| one_line(&parts.join(" ")))
}

/// The number of a quantity as written, with its comparator.
pub fn number_text(quantity: &Json<'_>) -> Option<String> {
    let number = quantity.get("value").text()?;
    Some(quantity.get("comparator").str().map_or_else(|| number.to_owned(), |comparator| format!("{comparator} {number}")))
}

/// A quantity or an amount of money, with its unit.
pub fn quantity_text(quantity: &Json<'_>) -> Option<String> {
    let number = number_text(quantity)?;
    let unit = ["unit", "currency", "code"].iter().find_map(|key| quantity.get(key).str());
    Some(unit.map_or_else(|| number.clone(), |unit| format!("{number} {unit}")))
}

/// A range: "3.5 – 5.1 mmol/L".
pub fn range_text(range: &Json<'_>) -> Option<String> {
    let (low, high) = (range.get("low"), range.get("high"));
    let unit = [low, high].into_iter().find_map(|end| end.get("unit").str().or_else(|| end.get("code").str()));
    let unit = unit.map(|unit| format!(" {unit}")).unwrap_or_default();
    match (low.get("value").text(), high.get("value").text()) {
        (Some(low), Some(high)) => Some(format!("{low} – {high}{unit}")),
        (Some(low), None) => Some(format!("≥ {low}{unit}")),
        (None, Some(high)) => Some(format!("≤ {high}{unit}")),
        (None, None) => None,
    }
}

/// A reference as it stands in a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The path in the resource, without places in arrays.
    pub path: String,
    /// The text of `reference`, where there is one.
    pub target: Option<String>,
    /// What the source calls the target.
    pub display: Option<String>,
}

/// The reference that an object is, if it is one.
pub fn reference_of(json: &Json<'_>) -> Option<Reference> {
    let target = json.get("reference").str().map(without_nul);
    let is_other = ["code", "system", "coding", "text"].iter().any(|key| !json.get(key).is_null());
    let display = json.get("display").str().map(one_line);
    (target.is_some() || (display.is_some() && !is_other)).then_some(Reference { path: String::new(), target, display })
}

/// Every reference in a resource, in its order.
pub fn references(json: &Json<'_>) -> Vec<Reference> {
    let mut found = Vec::new();
    collect(json, "", &mut found);
    found
}

fn collect(json: &Json<'_>, path: &str, found: &mut Vec<Reference>) {
    match json {
        Json::Array(values) => values.iter().for_each(|value| collect(value, path, found)),
        Json::Object(fields) => {
            if let Some(reference) = reference_of(json) {
                found.push(Reference { path: path.to_owned(), ..reference });
            }
            // Where the bytes stand beside the address, nobody has to look there.
            let elsewhere = || json.get("data").str().and_then(decode).is_none();
            if let Some(url) = json.get("url").str().filter(|url| is_attachment(path) && names_a_binary(url) && elsewhere()) {
                let path = format!("{path}.url");
                found.push(Reference { path, target: Some(without_nul(url.trim_start_matches('/'))), display: None });
            }
            for (key, value) in fields {
                // The codings of a concept have a display and are no references.
                if key != "coding" && matches!(value, Json::Array(_) | Json::Object(_)) {
                    let path = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
                    collect(value, &path, found);
                }
            }
        }
        _ => {}
    }
}

/// A text as PostgreSQL can keep it.
pub fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}

/// Whether what stands at a path is an attachment of the document, report or picture itself.
fn is_attachment(path: &str) -> bool {
    !path.starts_with("contained") && ["attachment", "presentedForm", "content"].contains(&path.rsplit('.').next().unwrap_or_default())
}

/// Whether the `url` of an attachment names a Binary, or an entry of its Bundle.
pub fn names_a_binary(url: &str) -> bool {
    url.starts_with("urn:uuid:") || url.rsplit('/').nth(1) == Some("Binary")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attachment_names_the_binary_that_holds_its_bytes() {
        let json = Json::parse(
            r#"{"content":[{"attachment":{"url":"/Binary/1"}},{"attachment":{"url":"urn:uuid:2"}},{"attachment":{"url":"https://example.org/a.pdf"}}],"identifier":{"url":"Binary/3"}}"#,
        )
        .unwrap();
        let targets: Vec<_> = references(&json).into_iter().map(|reference| (reference.path, reference.target)).collect();
        let at = "content.attachment.url".to_owned();
        assert_eq!(targets, [(at.clone(), Some("Binary/1".to_owned())), (at, Some("urn:uuid:2".to_owned()))]);
    }

    #[test]
    fn references_are_found_with_their_paths() {
        let json = Json::parse(
            r#"{"code":{"coding":[{"display":"x"}]},"performer":[{"actor":{"reference":"P/1"}},{"actor":{"display":"Dr"}}],"encounter":{"reference":"Encounter/2","display":"v"}}"#,
        )
        .unwrap();
        let found = references(&json);
        let paths: Vec<_> =
            found.iter().map(|reference| (reference.path.as_str(), reference.target.as_deref(), reference.display.as_deref())).collect();
        assert_eq!(
            paths,
            [("performer.actor", Some("P/1"), None), ("performer.actor", None, Some("Dr")), ("encounter", Some("Encounter/2"), Some("v"))]
        );
    }

    #[test]
    fn a_range_reads_on_one_side_too() {
        let range = |text| range_text(&Json::parse(text).unwrap());
        assert_eq!(range(r#"{"low":{"value":3.50,"unit":"g"},"high":{"value":5}}"#).as_deref(), Some("3.50 – 5 g"));
        assert_eq!(range(r#"{"high":{"value":5,"unit":"g"}}"#).as_deref(), Some("≤ 5 g"));
        assert_eq!(range("{}"), None);
    }

    #[test]
    fn a_text_becomes_one_short_line() {
        assert_eq!(one_line(" a\n\tb\u{0}c "), "a b c");
        assert_eq!(one_line(&"x".repeat(400)).chars().count(), 301);
    }
}
