//! Sensitive labels from the codes and words of one resource. What it names adds
//! its labels later, in the record.

use std::{collections::HashMap, sync::LazyLock};

use chartkey_domain::label::{Label, Labels};

use super::{
    document::{decode, plain, readings},
    json::Json,
};

/// The version of [`TABLE`]. Raise it with every change: items labelled by an older
/// table are the patient's only until they have been labelled again.
pub const LABEL_TABLE_VERSION: i16 = 4;

/// One readable table, with the source of each list.
const TABLE: &str = include_str!("labels.tsv");

#[derive(Default)]
struct Table {
    exact: HashMap<(&'static str, &'static str), Labels>,
    /// From and to, as prefixes of one length.
    ranges: HashMap<&'static str, Vec<(&'static str, &'static str, Labels)>>,
    words: HashMap<&'static str, Labels>,
    pairs: HashMap<(&'static str, &'static str), Labels>,
    /// Beginnings of words by their first byte.
    beginnings: HashMap<u8, Vec<(&'static str, Labels)>>,
}

static READ: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    for row in TABLE.lines().filter(|row| !row.starts_with('#')) {
        let mut cells = row.split('\t');
        let (Some(label), Some(list), Some(code)) = (cells.next().and_then(Label::from_slug), cells.next(), cells.next()) else { continue };
        let add = |labels: &mut Labels| *labels = labels.with(label);
        if list != "word" {
            match (code.split_once(".."), code.strip_suffix('*')) {
                (Some((from, to)), _) => table.ranges.entry(list).or_default().push((from, to, Labels::NONE.with(label))),
                (None, Some(prefix)) => table.ranges.entry(list).or_default().push((prefix, prefix, Labels::NONE.with(label))),
                (None, None) => add(table.exact.entry((list, code)).or_default()),
            }
        } else if let Some((first, second)) = code.split_once(' ') {
            add(table.pairs.entry((first, second)).or_default());
        } else if let Some(beginning) = code.strip_suffix('*') {
            let first = beginning.bytes().next().unwrap_or_default();
            table.beginnings.entry(first).or_default().push((beginning, Labels::NONE.with(label)));
        } else {
            add(table.words.entry(code).or_default());
        }
    }
    table
});

/// The list of the table that a code system belongs to.
fn list(system: &str) -> Option<&'static str> {
    Some(match system {
        "http://loinc.org" | "urn:oid:2.16.840.1.113883.6.1" => "loinc",
        "http://snomed.info/sct" | "http://www.snomed.org/" | "urn:oid:2.16.840.1.113883.6.96" => "snomed",
        "http://www.nlm.nih.gov/research/umls/rxnorm" | "urn:oid:2.16.840.1.113883.6.88" => "rxnorm",
        "http://hl7.org/fhir/sid/icd-10-cm"
        | "http://hl7.org/fhir/sid/icd-10"
        | "urn:oid:2.16.840.1.113883.6.90"
        | "urn:oid:2.16.840.1.113883.6.3" => "icd10",
        "http://hl7.org/fhir/sid/icd-9-cm" | "urn:oid:2.16.840.1.113883.6.103" => "icd9",
        "http://www.whocc.no/atc" => "atc",
        "http://nucc.org/provider-taxonomy" | "urn:oid:2.16.840.1.113883.6.101" => "nucc",
        "http://www.ama-assn.org/go/cpt"
        | "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
        | "urn:oid:2.16.840.1.113883.6.285" => "hcpcs",
        "http://www.genenames.org" | "http://pharmakb.org" | "http://www.ebi.ac.uk/ipd/imgt/hla" | "http://varnomen.hgvs.org" => "gene",
        other if other.ends_with("v3-ActCode") => "act",
        other if other.ends_with("v3-RoleCode") => "role",
        other if other.contains("icd-10") => "icd10",
        other if other.contains("clinvar") || other.contains("dbsnp") || other.contains("nuccore") => "gene",
        _ => return None,
    })
}

/// The labels of one code.
#[must_use]
pub fn of_code(system: &str, code: &str) -> Labels {
    let Some(list) = list(system) else { return Labels::NONE };
    let exact = READ.exact.get(&(list, code)).copied().unwrap_or_default();
    let within = |from: &str, to: &str| code.get(..from.len()).is_some_and(|start| start >= from && start <= to);
    let ranges = READ.ranges.get(list).into_iter().flatten();
    ranges.filter(|(from, to, _)| within(from, to)).fold(exact, |labels, (_, _, more)| labels.union(*more))
}

/// The labels that words in a text suggest.
#[must_use]
pub fn of_words(text: &str) -> Labels {
    let mut labels = Labels::NONE;
    let mut before = String::new();
    let mut word = String::new();
    for token in text.split(|letter: char| !letter.is_alphanumeric()).filter(|token| !token.is_empty()) {
        word.clear();
        word.extend(token.chars().flat_map(char::to_lowercase));
        if let Some(more) = READ.words.get(word.as_str()) {
            labels = labels.union(*more);
        }
        for (beginning, more) in word.bytes().next().and_then(|first| READ.beginnings.get(&first)).into_iter().flatten() {
            if word.starts_with(beginning) {
                labels = labels.union(*more);
            }
        }
        if let Some(more) = READ.pairs.get(&(before.as_str(), word.as_str())) {
            labels = labels.union(*more);
        }
        std::mem::swap(&mut before, &mut word);
    }
    labels
}

/// The labels of every code and every text anywhere in a resource.
#[must_use]
pub fn of(resource: &Json<'_>) -> Labels {
    without(resource, &|_| false)
}

/// The same without what stands in these values.
#[must_use]
pub fn without(resource: &Json<'_>, is_left_out: &impl Fn(&Json<'_>) -> bool) -> Labels {
    let by_type = match resource.get("resourceType").str() {
        Some("MolecularSequence") => Labels::NONE.with(Label::Genetic),
        _ => Labels::NONE,
    };
    walk(resource, is_left_out).union(by_type)
}

/// Keys whose texts nobody wrote as words.
const NO_WORDS: [&str; 12] =
    ["id", "reference", "url", "system", "code", "versionId", "fullUrl", "resourceType", "contentType", "hash", "lastUpdated", "profile"];

fn walk(json: &Json<'_>, is_left_out: &impl Fn(&Json<'_>) -> bool) -> Labels {
    match json {
        left_out if is_left_out(left_out) => Labels::NONE,
        Json::Array(values) => values.iter().fold(Labels::NONE, |labels, value| labels.union(walk(value, is_left_out))),
        Json::Object(fields) => {
            let mut labels = Labels::NONE;
            if let Some(code) = json.get("code").text() {
                labels = labels.union(of_code(json.get("system").str().unwrap_or_default(), code));
            }
            for (key, value) in fields {
                labels = labels.union(match (key.as_ref(), value) {
                    (_, value) if is_left_out(value) => Labels::NONE,
                    ("data", Json::String(data)) => of_data(json.get("contentType").str().unwrap_or_default(), data),
                    ("div", Json::String(html)) => of_words(html).union(of_words(&plain(html))),
                    // The items of a questionnaire are often named after LOINC codes.
                    ("linkId", Json::String(id)) => {
                        id.split('/').fold(Labels::NONE, |labels, part| labels.union(of_code("http://loinc.org", part)))
                    }
                    (key, Json::String(_)) if NO_WORDS.contains(&key) => Labels::NONE,
                    (_, Json::String(text)) => of_words(text),
                    (_, value) => walk(value, is_left_out),
                });
            }
            labels
        }
        Json::String(text) => of_words(text),
        _ => Labels::NONE,
    }
}

/// The words of an attached text. Whether it is one, its bytes say as well: what a source calls them
/// may be wrong, or stand elsewhere.
fn of_data(content_type: &str, data: &str) -> Labels {
    let texts = decode(data).map(|bytes| readings(content_type, &bytes)).unwrap_or_default();
    texts.iter().fold(Labels::NONE, |labels, text| labels.union(of_words(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attached_text_is_read_whatever_it_is_called_and_however_it_is_encoded() {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let labels = |bytes: &[u8], kind: &str| {
            let data = STANDARD.encode(bytes);
            let json = format!(r#"{{"content":[{{"attachment":{{"contentType":"{kind}","data":"{data}"}}}}]}}"#);
            of(&Json::parse(&json).unwrap())
        };
        for kind in ["text/plain", "Text/Plain; charset=iso-8859-1", "application/octet-stream", ""] {
            assert!(!labels(b"HIV positive", kind).is_empty(), "{kind}");
            assert!(!labels(b"psiquiatr\xeda, HIV positive", kind).is_empty(), "{kind}");
            assert!(labels(b"\x89PNG\0\xff HIV positive", kind).is_empty(), "{kind}");
            assert!(!labels(b"{\\rtf1 \\b d\\b0 epression}", kind).is_empty(), "{kind}");
            let clinical = |text: &str| {
                format!(
                    "<?xml version=\"1.0\"?><ClinicalDocument xmlns=\"urn:hl7-org:v3\"><component><structuredBody><component><section>\
                     <title>H&#73;V</title><text>{text}</text></section></component></structuredBody></component></ClinicalDocument>"
                )
            };
            for text in ["HIV positive, ni\u{f1}o", "<p>H<b>I</b>&#86;</p>\u{f1}", &clinical("x"), &clinical("H<![CDATA[IV]]>")] {
                let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
                assert!(!labels(text.as_bytes(), kind).is_empty(), "{kind}: {text}");
                for bytes in [&little, &big, &[b"\xff\xfe", &little[..]].concat(), &[b"\xfe\xff", &big[..]].concat()] {
                    assert!(!labels(bytes, kind).is_empty(), "{kind}: {text}");
                }
            }
            assert!(!labels(b"H\x1b(BIV", kind).is_empty(), "{kind}: an encoding that changes on the way");
            assert!(!labels(b"H\0IV", kind).is_empty(), "{kind}: what no browser shows");
        }
        assert!(!labels(b"{\\rtf1 \xff H\0IV}", "application/rtf").is_empty());
        assert!(!labels(&[" ".repeat(7 << 20).as_bytes(), b"HIV"].concat(), "").is_empty(), "as far as a page shows");
    }

    #[test]
    fn every_row_of_the_table_can_be_read() {
        for row in TABLE.lines().filter(|row| !row.starts_with('#')) {
            let cells: Vec<_> = row.split('\t').collect();
            assert_eq!(cells.len(), 5, "{row}");
            assert!(Label::from_slug(cells[0]).is_some(), "{row}");
            assert!(!cells[2].is_empty() && !cells[4].is_empty(), "{row}");
            if let Some((from, to)) = cells[2].split_once("..") {
                assert!(from.len() == to.len() && from < to, "{row}");
            }
        }
    }

    #[test]
    fn codes_and_ranges_carry_labels() {
        for (system, code, expected) in [
            ("http://hl7.org/fhir/sid/icd-10-cm", "F32.9", vec![Label::MentalHealth]),
            ("http://hl7.org/fhir/sid/icd-10-cm", "F10.20", vec![Label::SubstanceUse]),
            ("http://hl7.org/fhir/sid/icd-10-cm", "O9A.311", vec![Label::SexualReproductive, Label::Violence]),
            ("http://hl7.org/fhir/sid/icd-10-cm", "B20", vec![Label::Hiv]),
            ("http://hl7.org/fhir/sid/icd-10-cm", "Y07.0", vec![Label::Violence]),
            ("http://hl7.org/fhir/sid/icd-10-cm", "E11.9", vec![]),
            ("http://loinc.org", "55758-7", vec![Label::MentalHealth]),
            ("http://loinc.org", "72166-2", vec![]),
            ("http://terminology.hl7.org/CodeSystem/v3-ActCode", "ETH", vec![Label::SubstanceUse]),
            ("http://www.genenames.org", "2623", vec![Label::Genetic]),
            ("http://nucc.org/provider-taxonomy", "2084P0800X", vec![Label::MentalHealth]),
        ] {
            assert_eq!(of_code(system, code), expected.into_iter().collect(), "{system} {code}");
        }
    }

    #[test]
    fn words_suggest_labels() {
        for (text, expected) in [
            ("Patient is DEPRESSED.", vec![Label::MentalHealth]),
            ("No known drug allergies", vec![]),
            ("history of drug abuse", vec![Label::SubstanceUse]),
            ("never smoked", vec![]),
            ("HIV-1 test; pregnancy", vec![Label::SexualReproductive, Label::Hiv]),
            ("hearing aids", vec![]),
        ] {
            assert_eq!(of_words(text), expected.into_iter().collect(), "{text}");
        }
    }

    #[test]
    fn labels_come_from_anywhere_in_a_resource() {
        let of_text = |text| of(&Json::parse(text).unwrap());
        let mental = Labels::NONE.with(Label::MentalHealth);
        assert_eq!(
            of_text(r#"{"meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"PSY"}]}}"#),
            mental
        );
        assert_eq!(of_text(r#"{"presentedForm":[{"contentType":"text/plain","data":"ZGVwcmVz\nc2lvbg=="}]}"#), mental);
        assert_eq!(of_text(r#"{"item":[{"linkId":"/44250-9"}]}"#), mental);
        assert_eq!(of_text(r#"{"section":[{"text":{"div":"<div>d<b>epr</b>&#101;ssion</div>"}}]}"#), mental);
        assert_eq!(of_text(r#"{"reference":"depression","id":"anxiety"}"#), Labels::NONE);
        assert_eq!(of_text(r#"{"resourceType":"MolecularSequence"}"#), Labels::NONE.with(Label::Genetic));
    }
}
