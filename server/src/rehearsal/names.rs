//! Names and places. All are invented; whoever has one of them is not meant.

use super::random::Random;

/// As in FHIR's `gender`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

impl Sex {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
        }
    }
}

const FEMALE: &[&str] = &[
    "Adaeze",
    "Solveig",
    "Mei-Lin",
    "Zoë",
    "Ayşe",
    "Lucía",
    "Ngọc",
    "Tereza",
    "Wanjiru",
    "Siân",
    "Priyanka",
    "Élodie",
    "Małgorzata",
    "Hinewai",
    "Noor",
    "Ása",
    "Xiomara",
    "Ilze",
    "Κλειώ",
    "Þóra",
];
const MALE: &[&str] = &[
    "Obinna",
    "Jørn",
    "Łukasz",
    "Mateus",
    "Thành",
    "Håkon",
    "Kwabena",
    "Tomáš",
    "Iñaki",
    "Rhodri",
    "Devendra",
    "Étienne",
    "Tāne",
    "Yusuf",
    "Đorđe",
    "Seán",
    "Wei-Han",
    "Günther",
    "Андрій",
    "Raúl",
];
const FAMILY_FIRST: &[&str] = &[
    "Okon", "Lind", "Marsh", "Várad", "Silva", "Ngu", "Bråt", "Šimk", "Quill", "Hart", "Peñal", "Dąbr", "Koul", "Temp", "Wairo", "Ferr",
    "Çelen", "Mbek", "Thorn", "Åkerl",
];
const FAMILY_LAST: &[&str] =
    &["avell", "berrin", "owska", "ström", "iangi", "endale", "uroa", "ésaz", "imoto", "elund", "arkis", "yenwa", "ottle", "ovar", "ürkan"];
const STREETS: &[&str] =
    &["Larkspur Lane", "Old Ferry Road", "Quince Street", "Saltmarsh Way", "Millrace Row", "Heron Court", "Tannery Hill"];
const TOWNS: &[&str] = &["Eastbrook", "Northfield Quay", "Alder Ford", "Winterstoke", "Saint Ouda", "Marrow Bay"];

/// A given name.
pub(super) fn given(random: &mut Random, sex: Sex) -> &'static str {
    let names = if sex == Sex::Female { FEMALE } else { MALE };
    random.pick::<&'static str>(names)
}

/// A family name that is put together, and so is nobody's.
pub(super) fn family(random: &mut Random) -> String {
    let name = format!("{}{}", random.pick(FAMILY_FIRST), random.pick(FAMILY_LAST));
    if random.chance(0.15) { format!("{name}-{}{}", random.pick(FAMILY_FIRST), random.pick(FAMILY_LAST)) } else { name }
}

/// A street with a number, and a town.
pub(super) fn address(random: &mut Random) -> (String, &'static str) {
    (format!("{} {}", random.between(1, 240), random.pick(STREETS)), *random.pick::<&'static str>(TOWNS))
}

/// A telephone number from the block that is kept for fiction.
pub(super) fn telephone(random: &mut Random) -> String {
    format!("555-01{:02}", random.between(0, 99))
}

const WORDS: &[&str] = &[
    "copper", "lantern", "willow", "harbour", "saffron", "pebble", "thicket", "marble", "orchard", "ribbon", "kestrel", "bramble",
    "cinder", "meadow", "walnut", "velvet",
];

/// A password that can be read aloud, for rehearsal only.
pub(super) fn password(random: &mut Random) -> String {
    format!("{}-{}-{}-{}", random.pick(WORDS), random.pick(WORDS), random.pick(WORDS), random.between(100, 999))
}
