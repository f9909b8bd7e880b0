//! One record while it is being written.

use std::collections::BTreeSet;

use chartkey_domain::label::Label;
use serde_json::{Value, json};
use time::Date;

use super::{
    calendar::{instant, working_day, years_between},
    person::Person,
    random::Random,
    staff::{Place, Role, Staff},
};

/// An entry that must carry a label once it is imported: because of its codes,
/// of what it names, or of its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sensitive {
    /// The `fullUrl` of the entry.
    pub full_url: String,
    /// The label.
    pub label: Label,
}

/// A record that grows entry by entry. A reference is the `fullUrl` of an entry.
pub(super) struct Record<'a> {
    pub(super) random: Random,
    pub(super) person: &'a Person,
    pub(super) today: Date,
    staff: &'a Staff,
    subject: String,
    entries: Vec<Value>,
    staff_entries: Vec<Value>,
    known: BTreeSet<String>,
    sensitive: Vec<Sensitive>,
}

impl<'a> Record<'a> {
    /// An empty record. `random` decides everything in it.
    pub(super) fn new(mut random: Random, person: &'a Person, staff: &'a Staff, today: Date) -> Self {
        let subject = format!("urn:uuid:{}", random.uuid());
        Self {
            random,
            person,
            today,
            staff,
            subject,
            entries: Vec::new(),
            staff_entries: Vec::new(),
            known: BTreeSet::new(),
            sensitive: Vec::new(),
        }
    }

    /// The working day so many days ago, but not before birth.
    pub(super) fn day(&self, ago: i64) -> Date {
        working_day(self.today, ago).max(self.person.birth)
    }

    /// How old the person was.
    pub(super) fn age(&self, day: Date) -> i32 {
        years_between(self.person.birth, day)
    }

    /// How many days of the record there are: five years, or a life.
    pub(super) fn span(&self) -> i64 {
        (5 * 365).min((self.today - self.person.birth).whole_days())
    }

    /// The reference to the patient.
    pub(super) fn subject(&self) -> Value {
        json!({ "reference": self.subject })
    }

    /// The reference to a worker, who is then part of the record.
    pub(super) fn by(&mut self, role: Role) -> Value {
        let worker = self.staff.worker(role);
        let (url, name) = (format!("urn:uuid:{}", worker.id), worker.name());
        if self.known.insert(url.clone()) {
            self.staff_entries.push(entry(url.clone(), worker.practitioner()));
        }
        json!({ "reference": url, "display": name })
    }

    /// The reference to an organization, which is then part of the record.
    pub(super) fn at(&mut self, place: Place) -> Value {
        let site = self.staff.site(place);
        let url = format!("urn:uuid:{}", site.id);
        if self.known.insert(url.clone()) {
            self.staff_entries.push(entry(url.clone(), site.organization()));
        }
        json!({ "reference": url, "display": site.name })
    }

    /// The reference to an organization's location.
    pub(super) fn location(&mut self, place: Place) -> Value {
        self.at(place);
        let location = self.staff.site(place).location();
        let url = format!("urn:uuid:{}", text(&location, "id"));
        let reference = json!({ "reference": url, "display": location["name"] });
        if self.known.insert(url.clone()) {
            self.staff_entries.push(entry(url, location));
        }
        reference
    }

    /// Adds a resource under a new identifier and returns its `fullUrl`.
    pub(super) fn add(&mut self, mut resource: Value) -> String {
        let id = self.random.uuid();
        let url = format!("urn:uuid:{id}");
        resource["id"] = json!(id.to_string());
        self.entries.push(entry(url.clone(), resource));
        url
    }

    /// Adds a resource that must carry these labels.
    pub(super) fn add_labelled(&mut self, labels: &[Label], resource: Value) -> String {
        let full_url = self.add(resource);
        self.sensitive.extend(labels.iter().map(|label| Sensitive { full_url: full_url.clone(), label: *label }));
        full_url
    }

    /// Puts the patient in front and closes the Bundle.
    pub(super) fn finish(mut self, mut patient: Value) -> (Value, Vec<Sensitive>) {
        patient["id"] = json!(self.subject.trim_start_matches("urn:uuid:"));
        let mut entries = vec![entry(self.subject, patient)];
        entries.append(&mut self.staff_entries);
        entries.append(&mut self.entries);
        let bundle =
            json!({ "resourceType": "Bundle", "type": "transaction", "timestamp": instant(self.today, 0), "entry": Value::Array(entries) });
        (bundle, self.sensitive)
    }
}

fn entry(full_url: String, resource: Value) -> Value {
    let request = json!({ "method": "POST", "url": text(&resource, "resourceType") });
    json!({ "fullUrl": full_url, "resource": resource, "request": request })
}

/// A text member, empty where there is none.
pub(super) fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}
