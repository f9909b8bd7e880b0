//! Devices and supplies.

use super::{
    facts::{link, own},
    shape::Shape,
};

pub(super) const SHAPES: &[Shape] = &[
    Shape::new("Device", &["type", "deviceName.name"], &[]).lasting(&[], &["inactive", "entered-in-error"]).by(&["owner"]).telling(&[
        own("fact.status", "status"),
        own("fact.name", "deviceName.name"),
        own("fact.manufacturer", "manufacturer"),
        own("fact.model", "modelNumber"),
        own("fact.number", "serialNumber"),
        own("fact.lot", "lotNumber"),
        own("fact.made", "manufactureDate"),
        own("fact.expires", "expirationDate"),
        own("fact.udi", "udiCarrier.deviceIdentifier"),
    ]),
    Shape::new("DeviceUseStatement", &["device"], &["timing[x]", "recordedOn"])
        .lasting(&[], &["completed", "stopped", "entered-in-error"])
        .by(&["source"])
        .telling(&[
            own("fact.status", "status"),
            own("fact.time", "timing[x]"),
            own("fact.device", "device"),
            own("fact.body-site", "bodySite"),
            own("fact.recorded", "recordedOn"),
        ]),
    Shape::new("DeviceMetric", &["type"], &[]).telling(&[own("fact.device", "source"), own("fact.kind", "category")]),
    Shape::new("SupplyDelivery", &["suppliedItem.item[x]", "type"], &["occurrence[x]"]).by(&["supplier"]).telling(&[
        own("fact.status", "status"),
        own("fact.time", "occurrence[x]"),
        own("fact.amount", "suppliedItem.quantity"),
        link("fact.order", "basedOn"),
    ]),
];
