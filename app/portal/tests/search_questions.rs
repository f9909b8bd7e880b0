//! Forty questions about three records that others published, with what belongs to each answer:
//! precision and recall of search and lenses, spelling mistakes and both languages included.
//!
//! `questions.tsv` says what is expected: a resource (`Type/id`), everything with a code
//! (`code:loinc|4548-4`), everything whose own text holds a word (`text:osteoporosis`), and
//! everything that names a resource (`link:Organization/id`), read from the file and not by our own code.

mod files;
mod harness;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chartkey_domain::{
    account::{Actor, Visitor},
    id::{AccountId, PatientId},
    lens::Lens,
    query::Query,
};
use chartkey_portal::{
    Portal,
    import::{self, ImportOptions},
    secrets::Pepper,
};
use files::shared;
use harness::Ground;
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const QUESTIONS: &str = include_str!("questions.tsv");

/// What no page of hits is judged by: money, the machinery of a record, and whose it is.
const NOT_COUNTED: [&str; 10] = [
    "Patient",
    "Claim",
    "ExplanationOfBenefit",
    "Provenance",
    "CareTeam",
    "PractitionerRole",
    "Endpoint",
    "SupplyDelivery",
    "Medication",
    "Location",
];

/// Never lower than what they came to when the table was made.
const FLOOR: [(&str, f64, f64); 2] = [("search", 0.95, 0.99), ("lens", 0.95, 0.98)];

/// One record as its file has it.
struct File {
    words: BTreeMap<String, Vec<Vec<String>>>,
    codes: BTreeMap<String, BTreeSet<String>>,
    names: BTreeMap<String, BTreeSet<String>>,
}

const SYSTEMS: [(&str, &str); 4] = [
    ("loinc", "http://loinc.org"),
    ("sct", "http://snomed.info/sct"),
    ("rxnorm", "http://www.nlm.nih.gov/research/umls/rxnorm"),
    ("cvx", "http://hl7.org/fhir/sid/cvx"),
];

const TEXTS: [&str; 14] = [
    "display",
    "text",
    "title",
    "description",
    "valueString",
    "family",
    "given",
    "prefix",
    "suffix",
    "line",
    "city",
    "name",
    "conclusion",
    "div",
];

/// Small letters without accents, in runs of letters and runs of digits: a rule of its own, so
/// that a mistake of ours is not its own measure.
fn fold(text: &str) -> Vec<String> {
    let accents: HashMap<char, char> = "áàâäãåéèêëíìîïóòôöõúùûüñç".chars().zip("aaaaaaeeeeiiiiooooouuuunc".chars()).collect();
    let mut words = vec![String::new()];
    for letter in text.to_lowercase().chars().map(|letter| accents.get(&letter).copied().unwrap_or(letter)) {
        let last = words.last().and_then(|word| word.chars().last());
        let goes_on = last.is_none_or(|last| last.is_ascii_digit() == letter.is_ascii_digit());
        match letter {
            'a'..='z' | '0'..='9' if goes_on => words.last_mut().unwrap().push(letter),
            'a'..='z' | '0'..='9' => words.push(letter.to_string()),
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn untagged(html: &str) -> String {
    html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect::<Vec<_>>().join(" ")
}

impl File {
    fn read(name: &str) -> Self {
        let bundle: Value = serde_json::from_slice(&std::fs::read(shared().join(name)).unwrap()).unwrap();
        let (mut file, mut urls) = (Self { words: BTreeMap::new(), codes: BTreeMap::new(), names: BTreeMap::new() }, HashMap::new());
        let entries = bundle["entry"].as_array().unwrap();
        for entry in entries {
            let key = key(&entry["resource"]);
            urls.insert(entry["fullUrl"].as_str().unwrap_or_default().to_owned(), key.clone());
            urls.insert(key.clone(), key);
        }
        for entry in entries {
            let key = key(&entry["resource"]);
            let (mut words, mut codes, mut names) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
            walk(&entry["resource"], "", &mut words, &mut codes, &mut names);
            file.words.insert(key.clone(), words);
            file.codes.insert(key.clone(), codes);
            file.names.insert(key, names.into_iter().map(|name| urls.get(&name).cloned().unwrap_or(name)).collect());
        }
        let medicines = file.codes.clone();
        for (key, names) in &file.names {
            for code in names.iter().filter(|name| name.starts_with("Medication/")).filter_map(|name| medicines.get(name)) {
                file.codes.get_mut(key).unwrap().extend(code.iter().cloned());
            }
        }
        file
    }

    fn counted(&self) -> impl Iterator<Item = &String> {
        self.words.keys().filter(|key| is_counted(key))
    }

    fn expected(&self, token: &str) -> BTreeSet<String> {
        if let Some(code) = token.strip_prefix("code:") {
            let (system, code) = code.split_once('|').unwrap();
            let system = SYSTEMS.iter().find(|(short, _)| *short == system).unwrap().1;
            return self.counted().filter(|key| self.codes[*key].contains(&format!("{system}|{code}"))).cloned().collect();
        }
        if let Some(text) = token.strip_prefix("text:") {
            let wanted = fold(&text.replace('+', " "));
            let holds = |key: &&String| self.words[*key].iter().any(|words| words.windows(wanted.len()).any(|run| run == wanted));
            return self.counted().filter(holds).cloned().collect();
        }
        if let Some(target) = token.strip_prefix("link:") {
            return self.counted().filter(|key| self.names[*key].contains(target)).cloned().collect();
        }
        if token == "none" { BTreeSet::new() } else { BTreeSet::from([token.to_owned()]) }
    }
}

fn key(resource: &Value) -> String {
    format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap())
}

fn is_counted(key: &str) -> bool {
    !NOT_COUNTED.contains(&key.split('/').next().unwrap())
}

fn walk(value: &Value, key: &str, words: &mut Vec<Vec<String>>, codes: &mut BTreeSet<String>, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let (Some(system), Some(code)) = (value["system"].as_str(), value["code"].as_str()) {
                codes.insert(format!("{system}|{code}"));
            }
            names.extend(value["reference"].as_str().map(str::to_owned));
            if let (Some(data), true) =
                (value["data"].as_str(), value["contentType"].as_str().is_some_and(|kind| kind.starts_with("text/")))
            {
                let compact: String = data.chars().filter(|letter| !letter.is_whitespace() && *letter != '=').collect();
                words.push(fold(&String::from_utf8_lossy(&STANDARD_NO_PAD.decode(compact).unwrap_or_default())));
            }
            fields.iter().for_each(|(key, value)| walk(value, key, words, codes, names));
        }
        Value::Array(values) => values.iter().for_each(|value| walk(value, key, words, codes, names)),
        Value::String(text) if key == "div" => words.push(fold(&untagged(text))),
        Value::String(text) if TEXTS.contains(&key) => words.push(fold(text)),
        _ => {}
    }
}

fn holder(account: Uuid) -> Visitor {
    #[expect(clippy::disallowed_methods, reason = "they have signed in just now, as the database's clock on this machine says too")]
    let now = OffsetDateTime::now_utc();
    Visitor {
        actor: Actor::Person { account: AccountId(account) },
        name: "Holder".to_owned(),
        organization_name: None,
        signed_in_by: "password".to_owned(),
        signed_in_at: now,
        session_ends_at: now + Duration::days(1),
        purposes: BTreeMap::new(),
    }
}

/// What came of one question.
struct Answered {
    kind: &'static str,
    precision: f64,
    recall: f64,
}

#[sqlx::test(migrations = "../../migrations")]
async fn forty_questions_are_answered(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let portal = Portal::new(ground.runtime.clone(), Pepper::new([7; 32])).unwrap();
    let mut records: HashMap<&str, (File, PatientId, Visitor)> = HashMap::new();
    let mut answered = Vec::new();
    println!("| record | question | kind | expected | found | precision | recall | ms |\n|---|---|---|---|---|---|---|---|");
    for row in QUESTIONS.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [record, question, kind, expected, _] = *cells.as_slice() else { panic!("{row}") };
        if !records.contains_key(record) {
            let mut connection = ground.runtime.acquire().await.unwrap();
            let options = ImportOptions::new(record, record);
            let file = std::fs::File::open(shared().join(record)).unwrap();
            let report = import::run(&mut connection, file, &options, |_| {}).await.unwrap();
            let account = ground.person("Holder").await;
            ground.hold(report.patients[0].0, account).await;
            records.insert(record, (File::read(record), report.patients[0], holder(account)));
        }
        let (file, patient, visitor) = &records[record];
        let begun = std::time::Instant::now();
        let found = if kind == "lens" {
            let lens = Lens::meant_by(&Query::parse(question).unwrap())[0];
            portal.belonging(visitor, *patient, lens).await.unwrap()
        } else {
            portal.found(visitor, *patient, question).await.unwrap()
        };
        let took = begun.elapsed().as_secs_f64() * 1000.0;
        let found: Vec<Uuid> = found.into_iter().map(|item| item.0).collect();
        let found: BTreeSet<String> = sqlx::query_scalar::<_, String>(
            "select resource_type || '/' || fhir_id from (select item_id, resource_type, fhir_id from item
             union all select item_id, resource_type, fhir_id from attachment) t where item_id = any($1)",
        )
        .bind(&found)
        .fetch_all(&ground.superuser)
        .await
        .unwrap()
        .into_iter()
        .filter(|key| is_counted(key))
        .collect();
        let expected: BTreeSet<String> = expected.split(' ').flat_map(|token| file.expected(token)).collect();
        let both = expected.intersection(&found).count() as f64;
        let of = |count: usize| if count == 0 { 1.0 } else { both / count as f64 };
        let one = Answered { kind: if kind == "lens" { "lens" } else { "search" }, precision: of(found.len()), recall: of(expected.len()) };
        let precision = if expected.is_empty() && !found.is_empty() { 0.0 } else { one.precision };
        println!(
            "| {} | {question} | {kind} | {} | {} | {precision:.2} | {:.2} | {took:.0} |",
            record.split('/').next_back().unwrap(),
            expected.len(),
            found.len(),
            one.recall
        );
        if std::env::var_os("CHARTKEY_PROOF_SIZE").is_some_and(|size| size == "explain") {
            println!("  missing {:?}", expected.difference(&found).take(6).collect::<Vec<_>>());
            println!("  besides {:?}", found.difference(&expected).take(6).collect::<Vec<_>>());
        }
        answered.push(Answered { precision, ..one });
    }
    assert_eq!((answered.len(), records.len()), (40, 3));
    for (kind, precision, recall) in FLOOR {
        let of: Vec<&Answered> = answered.iter().filter(|one| one.kind == kind).collect();
        let mean = |part: fn(&Answered) -> f64| of.iter().map(|one| part(one)).sum::<f64>() / of.len() as f64;
        let (found, missed) = (mean(|one| one.precision), mean(|one| one.recall));
        println!("{kind}: {} questions, precision {found:.3}, recall {missed:.3}", of.len());
        assert!(found >= precision && missed >= recall, "{kind}: precision {found:.3} of {precision}, recall {missed:.3} of {recall}");
    }
}
