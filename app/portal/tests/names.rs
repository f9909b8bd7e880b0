//! How much of the records that others published has a plain name, printed to `docs/names.md`.

mod files;
mod harness;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs::{self, File},
    path::{Path, PathBuf},
};

use chartkey_domain::names;
use chartkey_portal::{
    fhir::{json::Json, project},
    import::read,
};
use files::shared;

const TABLES: [&str; 5] = ["loinc", "conditions", "procedures", "vaccines", "units"];

/// What has to have a plain name at least, in percent of the rows: just under what has one.
const FLOORS: [(&str, usize); 6] =
    [("Observation", 99), ("DiagnosticReport", 99), ("Condition", 99), ("Procedure", 99), ("Encounter", 99), ("Immunization", 98)];

/// What has fewer rows is not worth a line of its own.
const FEW: usize = 10;

/// The rows of one resource type, or the codings of one system, and what of them has a plain name.
#[derive(Default)]
struct Tally {
    rows: usize,
    named_rows: usize,
    codes: BTreeSet<String>,
    named_codes: BTreeSet<String>,
}

impl Tally {
    fn code(&mut self, code: &str, is_named: bool) {
        self.codes.insert(code.to_owned());
        if is_named {
            self.named_codes.insert(code.to_owned());
        }
    }

    fn percent(&self) -> usize {
        self.named_rows * 100 / self.rows.max(1)
    }

    fn line(&self, of: &str) -> String {
        let (codes, named) = (self.codes.len(), self.named_codes.len());
        format!("| {of} | {named} of {codes} | {} of {} | {} % |\n", self.named_rows, self.rows, self.percent())
    }
}

#[derive(Default)]
struct Coverage {
    files: usize,
    uncoded: usize,
    types: BTreeMap<String, Tally>,
    systems: BTreeMap<String, Tally>,
    unnamed: BTreeMap<String, usize>,
}

impl Coverage {
    fn of(root: &Path) -> Self {
        let mut coverage = Self::default();
        for path in below(root) {
            let Ok(text) = read::text(File::open(&path).unwrap(), u64::MAX - 1) else { continue };
            let Ok(found) = read::entries(&text, usize::MAX) else { continue };
            coverage.files += 1;
            for entry in found.entries {
                coverage.add(entry.raw);
            }
        }
        coverage
    }

    fn add(&mut self, raw: &str) {
        let Ok(resource) = Json::parse(raw) else { return };
        let item = project(&resource);
        if item.category.is_none() {
            return;
        }
        if item.codes.is_empty() {
            self.uncoded += 1;
            return;
        }
        let is_named = names::plain(&item.codes).is_some();
        let of_type = self.types.entry(item.resource_type).or_default();
        of_type.rows += 1;
        of_type.named_rows += usize::from(is_named);
        for code in item.codes {
            let system = code.split_once('|').map_or("", |(system, _)| system).to_owned();
            let has_name = names::plain(std::slice::from_ref(&code)).is_some();
            of_type.code(&code, has_name);
            let of_system = self.systems.entry(system).or_default();
            of_system.rows += 1;
            of_system.named_rows += usize::from(has_name);
            of_system.code(&code, has_name);
            if !is_named {
                *self.unnamed.entry(code).or_default() += 1;
            }
        }
    }
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(below(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn the_records_of_others_are_covered_as_docs_names_says() {
    let coverage = Coverage::of(&shared());
    let printed = printed(&coverage);
    println!("{printed}");
    for (resource_type, floor) in FLOORS {
        let percent = coverage.types[resource_type].percent();
        assert!(percent >= floor, "{resource_type}: {percent} % of the rows have a plain name, {floor} % at least");
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/names.md");
    if std::env::var_os("CHARTKEY_PRINT").is_some() {
        fs::write(path, &printed).unwrap();
    }
    let page = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(page, printed, "print it with CHARTKEY_PRINT=1 and review the difference");
}

fn printed(coverage: &Coverage) -> String {
    let mut page = String::from(
        "# Plain names\n\n\
         Printed by `app/portal/tests/names.rs`, which compares. The names are in `app/domain/src/names/*.tsv`: a row a code, with the name and\n\
         one sentence in English and in Spanish, the source that they can be held against, the day they were written and the clinician who has\n\
         read them (empty: nobody yet, and the page says so).\n\n\
         Words are our own, for a reader of nine to eleven. They say what a test or a treatment is for, or what a problem is; no cause, no\n\
         outlook, no advice, and \"usual\" instead of \"normal\". Of SNOMED CT, CPT and ICD-10 only code values are there. What the source wrote\n\
         always stands beside a plain name, and nothing is shown, hidden, sorted or labelled by one.\n\n\
         | table | rows | read by a clinician |\n|---|---|---|\n",
    );
    for table in TABLES {
        let rows = fs::read_to_string(format!("{}/../domain/src/names/{table}.tsv", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let rows: Vec<&str> = rows.lines().skip(1).collect();
        let read = rows.iter().filter(|row| row.split('\t').nth(8).is_some_and(|reviewer| !reviewer.is_empty())).count();
        let read = if table == "units" { "–".to_owned() } else { read.to_string() };
        writeln!(page, "| {table} | {} | {read} |", rows.len()).unwrap();
    }
    let sum = |count: fn(&Tally) -> usize| coverage.types.values().map(count).sum::<usize>();
    let (named, coded) = (sum(|tally| tally.named_rows), sum(|tally| tally.rows));
    write!(
        page,
        "\n## What has one\n\n\
         In the {} files of records that others published (`../shared/data`) {named} of the {coded} items whose title is coded have a plain\n\
         name; {} have no code. Codes: different codes that have a name, of those met. Rows: items that show one, of all. What has fewer than\n\
         {FEW} rows is left out. The tables were written with these records in view: others will find fewer.\n\n\
         | resource type | codes | rows | |\n|---|---|---|---|\n",
        coverage.files, coverage.uncoded
    )
    .unwrap();
    for (of, tally) in most(&coverage.types) {
        page.push_str(&tally.line(of));
    }
    page.push_str("\nBy code system; a row that several systems code counts in each.\n\n| system | codes | rows | |\n|---|---|---|---|\n");
    for (of, tally) in most(&coverage.systems) {
        page.push_str(&tally.line(of));
    }
    page.push_str("\nMost met without a name, of LOINC, SNOMED CT and CVX:\n\n| code | rows |\n|---|---|\n");
    let known = ["http://loinc.org|", "http://snomed.info/sct|", "http://hl7.org/fhir/sid/cvx|"];
    let mut unnamed: Vec<_> = coverage.unnamed.iter().filter(|(code, _)| known.iter().any(|system| code.starts_with(system))).collect();
    unnamed.sort_by_key(|(code, rows)| (std::cmp::Reverse(**rows), (*code).clone()));
    for (code, rows) in unnamed.into_iter().take(20) {
        writeln!(page, "| `{}` | {rows} |", code.replace('|', " ")).unwrap();
    }
    page
}

/// Those with the most rows first, without those that have few.
fn most(tallies: &BTreeMap<String, Tally>) -> Vec<(&str, &Tally)> {
    let mut sorted: Vec<_> = tallies.iter().map(|(of, tally)| (of.as_str(), tally)).filter(|(_, tally)| tally.rows >= FEW).collect();
    sorted.sort_by_key(|(of, tally)| (std::cmp::Reverse(tally.rows), *of));
    sorted
}
