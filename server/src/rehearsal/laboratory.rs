//! Laboratory results and the reports that hold them together.

use chartkey_domain::label::{Label, Labels};
use serde_json::{Value, json};

use super::{
    analyte::{Analyte, Panel, Range},
    body::Body,
    code::{Code, hl7, number, quantity},
    record::Record,
    staff::Place,
    visit::Visit,
};

/// A result in words, or under a limit.
#[derive(Debug, Clone, Copy)]
pub(super) enum Said {
    /// As the laboratory wrote it: "Negative", "1:80", "<0.5".
    Text(&'static str),
    /// Less than could be measured: limit, decimals, unit, UCUM unit.
    Under(f64, u32, &'static str, &'static str),
}

/// One result in words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finding {
    code: Code,
    said: Said,
    labels: &'static [Label],
}

/// A result that is nobody's secret.
pub(super) const fn finding(code: Code, said: Said) -> Finding {
    Finding { code, said, labels: &[] }
}

/// A result that carries labels.
pub(super) const fn sensitive(code: Code, said: Said, labels: &'static [Label]) -> Finding {
    Finding { code, said, labels }
}

/// A report of measured values. Its conclusion counts what is outside its range.
pub(super) fn report(record: &mut Record, body: &mut Body, visit: &Visit, panel: Panel) {
    let mut outside = Vec::new();
    let results = panel
        .analytes
        .iter()
        .map(|analyte| {
            let value = body.measure(&mut record.random, analyte, visit.ago);
            let (resource, interpretation) = measured(record, visit, analyte, value);
            if !matches!(interpretation, None | Some("N")) {
                outside.push(analyte.code.text.to_lowercase());
            }
            json!({ "reference": record.add_labelled(panel.labels, resource), "display": analyte.code.text })
        })
        .collect();
    let conclusion =
        if outside.is_empty() { "Nothing outside the range.".to_owned() } else { format!("Outside the range: {}.", outside.join(", ")) };
    group(record, visit, panel.code, results, &conclusion, panel.labels);
}

/// A report of results in words. It carries the labels of all of them.
pub(super) fn findings(record: &mut Record, visit: &Visit, code: Code, findings: &[Finding], conclusion: &str) {
    let mut results = Vec::new();
    for finding in findings {
        let mut resource = observation(record, visit, finding.code);
        match finding.said {
            Said::Text(text) => resource["valueString"] = json!(text),
            Said::Under(limit, decimals, unit, ucum) => {
                resource["valueQuantity"] = quantity(limit, decimals, unit, ucum);
                resource["valueQuantity"]["comparator"] = json!("<");
            }
        }
        results.push(json!({ "reference": record.add_labelled(finding.labels, resource), "display": finding.code.text }));
    }
    let labels: Labels = findings.iter().flat_map(|finding| finding.labels).copied().collect();
    group(record, visit, code, results, conclusion, &labels.iter().collect::<Vec<_>>());
}

/// A potassium that was entered by mistake, and said so.
pub(super) fn mistaken(record: &mut Record, visit: &Visit) {
    let (mut resource, _) = measured(record, visit, &super::analyte::POTASSIUM, 9.8);
    resource["status"] = json!("entered-in-error");
    resource["note"] = json!([{ "text": "Sample of another person. Withdrawn by the laboratory." }]);
    record.add(resource);
}

fn measured(record: &mut Record, visit: &Visit, analyte: &Analyte, value: f64) -> (Value, Option<&'static str>) {
    let mut resource = observation(record, visit, analyte.code);
    let value = number(value, analyte.decimals).as_f64().unwrap_or(value);
    resource["valueQuantity"] = quantity(value, analyte.decimals, analyte.unit, analyte.ucum);
    let range = analyte.range(record.person.sex);
    let interpretation = range.interpretation(value);
    if let Some(interpretation) = interpretation {
        resource["referenceRange"] = json!([range_of(range, analyte)]);
        resource["interpretation"] = json!([hl7("v3-ObservationInterpretation", interpretation)]);
    }
    (resource, interpretation)
}

fn range_of(range: Range, analyte: &Analyte) -> Value {
    let mut value = json!({});
    for (name, side) in [("low", range.low), ("high", range.high)] {
        if let Some(side) = side {
            value[name] = quantity(side, analyte.decimals, analyte.unit, analyte.ucum);
        }
    }
    value
}

fn observation(record: &mut Record, visit: &Visit, code: Code) -> Value {
    let (subject, laboratory) = (record.subject(), record.at(Place::Laboratory));
    json!({
        "resourceType": "Observation",
        "status": "final",
        "category": [hl7("observation-category", "laboratory")],
        "code": code.concept(),
        "subject": subject,
        "encounter": visit.reference(),
        "effectiveDateTime": visit.at(10),
        "issued": visit.at(240),
        "performer": [laboratory],
    })
}

fn group(record: &mut Record, visit: &Visit, code: Code, results: Vec<Value>, conclusion: &str, labels: &[Label]) {
    let (subject, laboratory, asked) = (record.subject(), record.at(Place::Laboratory), record.by(visit.role));
    record.add_labelled(
        labels,
        json!({
            "resourceType": "DiagnosticReport",
            "status": "final",
            "category": [hl7("v2-0074", "LAB")],
            "code": code.concept(),
            "subject": subject,
            "encounter": visit.reference(),
            "effectiveDateTime": visit.at(10),
            "issued": visit.at(240),
            "performer": [laboratory],
            "resultsInterpreter": [asked],
            "result": results,
            "conclusion": conclusion,
        }),
    );
}
