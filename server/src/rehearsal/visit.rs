//! Visits: when, where, with whom and why.

use chartkey_domain::label::Label;
use serde_json::{Value, json};
use time::Date;

use super::{
    calendar::instant,
    record::Record,
    staff::{Place, Role},
};

/// What kind of contact it was: a code of HL7's v3 ActCode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contact {
    Office,
    Telephone,
    Emergency,
    Stay,
}

impl Contact {
    const fn code(self) -> &'static str {
        match self {
            Self::Office => "AMB",
            Self::Telephone => "VR",
            Self::Emergency => "EMER",
            Self::Stay => "IMP",
        }
    }
}

/// A diagnosis or a problem that is pointed at.
#[derive(Debug, Clone)]
pub(super) struct Reason {
    pub(super) url: String,
    pub(super) text: &'static str,
}

impl Reason {
    /// The reference with its words.
    pub(super) fn reference(&self) -> Value {
        json!({ "reference": self.url, "display": self.text })
    }
}

/// What a visit is to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'c> {
    pub(super) ago: i64,
    pub(super) contact: Contact,
    pub(super) name: &'c str,
    pub(super) role: Role,
    pub(super) reason: Option<&'c Reason>,
    pub(super) labels: &'c [Label],
}

/// A visit that took place.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    pub(super) url: String,
    pub(super) name: String,
    pub(super) ago: i64,
    pub(super) day: Date,
    /// When it began, in minutes after midnight.
    pub(super) minutes: i64,
    pub(super) role: Role,
    pub(super) place: Place,
    pub(super) reason: Option<Reason>,
    pub(super) labels: Vec<Label>,
}

impl Visit {
    /// A moment during the visit.
    pub(super) fn at(&self, minutes: i64) -> String {
        instant(self.day, self.minutes + minutes)
    }

    /// The reference to the visit.
    pub(super) fn reference(&self) -> Value {
        json!({ "reference": self.url })
    }
}

/// Writes the Encounter.
pub(super) fn visit(record: &mut Record, call: Call) -> Visit {
    let day = record.day(call.ago);
    let minutes = record.random.between(96, 190) * 5;
    let length = if call.contact == Contact::Telephone { 10 } else { record.random.between(3, 9) * 5 };
    let place = call.role.place();
    let (subject, practitioner, organization, location) =
        (record.subject(), record.by(call.role), record.at(place), record.location(place));
    let until = if call.contact == Contact::Stay {
        instant((day + time::Duration::days(3)).min(record.today), minutes)
    } else {
        instant(day, minutes + length)
    };
    let mut encounter = json!({
        "resourceType": "Encounter",
        "status": "finished",
        "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": call.contact.code() },
        "type": [{ "text": call.name }],
        "subject": subject,
        "participant": [{ "individual": practitioner }],
        "period": { "start": instant(day, minutes), "end": until },
        "location": [{ "location": location }],
        "serviceProvider": organization,
    });
    if let Some(reason) = call.reason {
        encounter["reasonReference"] = json!([reason.reference()]);
    }
    let url = record.add_labelled(call.labels, encounter);
    Visit {
        url,
        name: call.name.to_owned(),
        ago: call.ago,
        day,
        minutes,
        role: call.role,
        place,
        reason: call.reason.cloned(),
        labels: call.labels.to_vec(),
    }
}
