//! Notes and letters.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chartkey_domain::label::Label;
use serde_json::json;

use super::{calendar::spoken, code::Code, pdf, record::Record, visit::Visit};

pub(super) const PROGRESS: Code = Code::loinc("11506-3", "Progress note");
pub(super) const CONSULT: Code = Code::loinc("11488-4", "Specialist's letter");
pub(super) const DISCHARGE: Code = Code::loinc("18842-5", "Discharge letter");

/// A note in plain text: a heading, and a paragraph for each sentence given.
pub(super) fn plain(record: &mut Record, visit: &Visit, code: Code, sentences: &[&str], labels: &[Label]) {
    let (age, person) = (record.age(visit.day), record.person);
    let mut text = format!("{} on {}\n\n{}, {} years old.\n", visit.name, spoken(visit.day), person.name(), age);
    for sentence in sentences {
        text.push('\n');
        text.push_str(&sentence.replace("{They}", person.pronoun()));
        text.push('\n');
    }
    attach(record, visit, code, "text/plain", text.as_bytes(), labels);
}

/// The same as HTML, with what was measured as a table.
pub(super) fn html(record: &mut Record, visit: &Visit, code: Code, sentences: &[&str], table: &[(&str, String)], labels: &[Label]) {
    let (age, person) = (record.age(visit.day), record.person);
    let mut text = format!("<h1>{}</h1>\n<p>{}, {age} years old. {}.</p>\n", visit.name, person.name(), spoken(visit.day));
    for sentence in sentences {
        text.push_str(&format!("<p>{}</p>\n", sentence.replace("{They}", person.pronoun())));
    }
    if !table.is_empty() {
        text.push_str("<table>\n");
        for (name, value) in table {
            text.push_str(&format!("<tr><th>{name}</th><td>{value}</td></tr>\n"));
        }
        text.push_str("</table>\n");
    }
    attach(record, visit, code, "text/html", text.as_bytes(), labels);
}

/// A letter of one page as PDF.
pub(super) fn letter(record: &mut Record, visit: &Visit, code: Code, sentences: &[&str], labels: &[Label]) {
    let person = record.person;
    let mut lines = vec![
        visit.name.clone(),
        spoken(visit.day),
        String::new(),
        format!("{}, born {}", person.name(), spoken(person.birth)),
        String::new(),
    ];
    lines.extend(sentences.iter().map(|sentence| sentence.replace("{They}", person.pronoun())));
    attach(record, visit, code, "application/pdf", &pdf::page(&lines), labels);
}

fn attach(record: &mut Record, visit: &Visit, code: Code, kind: &str, bytes: &[u8], labels: &[Label]) {
    let (subject, author, custodian) = (record.subject(), record.by(visit.role), record.at(visit.place));
    record.add_labelled(
        labels,
        json!({
            "resourceType": "DocumentReference",
            "status": "current",
            "docStatus": "final",
            "type": code.concept(),
            "category": [{ "text": "Clinical note" }],
            "subject": subject,
            "date": visit.at(30),
            "author": [author],
            "custodian": custodian,
            "description": visit.name,
            "content": [{
                "attachment": {
                    "contentType": if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind.to_owned() },
                    "data": STANDARD.encode(bytes),
                    "size": bytes.len(),
                    "title": format!("{}, {}", visit.name, spoken(visit.day)),
                    "creation": visit.at(30),
                },
            }],
            "context": {
                "encounter": [visit.reference()],
                "period": { "start": visit.at(0), "end": visit.at(30) },
            },
        }),
    );
}
