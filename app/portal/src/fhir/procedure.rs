//! Procedures and imaging studies.

use chartkey_domain::category::Category;

use super::{
    facts::{link, of, own, problem, words},
    shape::Shape,
};

pub(super) const SHAPES: &[Shape] = &[
    Shape::new("Procedure", &["code"], &["performed[x]"]).by(&["performer.actor", "asserter", "recorder"]).at(&["location"]).telling(&[
        own("fact.status", "status"),
        own("fact.kind", "category"),
        own("fact.time", "performed[x]"),
        own("fact.performer", "performer.actor"),
        own("fact.place", "location"),
        own("fact.body-site", "bodySite"),
        own("fact.outcome", "outcome"),
        of(&[Category::Devices, Category::Medicines], "fact.used", "usedCode"),
        problem("fact.complication", "complication"),
        of(&[Category::Plans], "fact.follow-up", "followUp"),
        problem("fact.status-reason", "statusReason"),
        link("fact.report", "report"),
        link("fact.visit", "encounter"),
        link("fact.device", "focalDevice.manipulated"),
    ]),
    Shape::new("ImagingStudy", &["procedureCode", "modality", "series.modality"], &["started", "series.started"])
        .by(&["interpreter", "referrer"])
        .at(&["location"])
        .telling(&[
            own("fact.status", "status"),
            own("fact.time", "started"),
            own("fact.modality", "modality"),
            own("fact.modality", "series.modality"),
            own("fact.body-site", "series.bodySite"),
            own("fact.series", "numberOfSeries"),
            own("fact.images", "numberOfInstances"),
            own("fact.place", "location"),
            own("fact.performer", "interpreter"),
            words("fact.note", "description"),
            link("fact.visit", "encounter"),
        ]),
    Shape::new("Media", &["view", "modality", "type"], &["created[x]", "issued"]).by(&["operator"]).telling(&[
        own("fact.status", "status"),
        own("fact.time", "created[x]"),
        own("fact.body-site", "bodySite"),
        own("fact.device", "deviceName"),
        own("fact.performer", "operator"),
        link("fact.visit", "encounter"),
    ]),
];
