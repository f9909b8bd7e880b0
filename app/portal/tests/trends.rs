//! Trends: everything of one meaning, whatever codes and units its sources write, as far as the
//! reader may see it.

mod files;
mod harness;
mod people;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs::{self, File},
    path::{Path, PathBuf},
};

use chartkey_domain::{grant::Purpose, meanings};
use chartkey_ground::saw;
use chartkey_portal::{
    Error,
    fhir::{json::Json, project, project::series},
    import::{self, ImportOptions, Into, read},
    trends::{Drawn, TOGETHER, Trend},
};
use files::{bundle, shared};
use harness::Ground;
use people::House;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// What another laboratory would have written: the code before and after, the factor, what is
/// more, and the unit. The factors are those of conversion tables in print (SI conversion factors, AMA Manual
/// of Style, 11th edition) and the definitions of pound and inch; haemoglobin A1c is NGSP's equation.
const ELSEWHERE: [(&str, &str, f64, f64, &str); 6] = [
    ("2093-3", "14647-2", 0.0259, 0.0, "mmol/L"),
    ("2571-8", "14927-8", 0.0113, 0.0, "mmol/l"),
    ("2085-9", "14646-4", 0.0259, 0.0, "mmol/L"),
    ("29463-7", "29463-7", 2.204_622_621_8, 0.0, "lbs"),
    ("8302-2", "8302-2", 0.393_700_787_4, 0.0, "in"),
    ("4548-4", "59261-8", 10.931, -23.52, "mmol/mol"),
];

async fn take(house: &House, source: &str, bytes: &[u8]) {
    let mut connection = house.portal.pool().acquire().await.unwrap();
    let options = ImportOptions { into: Into::Patient(house.patient), ..ImportOptions::new(source, "test") };
    import::run(&mut connection, bytes, &options, |_| {}).await.unwrap();
}

fn of(code: &str, unit: Option<&str>) -> String {
    series(&format!("http://loinc.org|{code}"), unit)
}

/// An observation of a laboratory.
fn observation(id: &str, code: &str, day: &str, more: Value) -> String {
    let mut observation = json!({
        "resourceType": "Observation", "id": id, "status": "final", "effectiveDateTime": format!("{day}T08:00:00Z"),
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
        "code": {"text": id, "coding": [{"system": "http://loinc.org", "code": code}]}
    });
    observation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    observation.to_string()
}

fn quantity(value: f64, unit: &str) -> Value {
    json!({"valueQuantity": {"value": value, "unit": unit}})
}

fn texts(trend: &Trend) -> Vec<String> {
    trend.points.iter().map(|point| point.value.text.clone().unwrap()).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_sources_with_other_codes_and_units_are_one_trend(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let file = fs::read_to_string(shared().join("synthea/large-deceased-feeney.json")).unwrap();
    take(&house, "clinic", file.as_bytes()).await;
    let file: Value = serde_json::from_str(&file).unwrap();
    let mut written: HashMap<&str, usize> = HashMap::new();
    let mut again = Vec::new();
    for entry in file["entry"].as_array().unwrap() {
        let mut one = entry["resource"].clone();
        let code = one["code"]["coding"][0]["code"].as_str().unwrap_or_default().to_owned();
        let Some((from, to, factor, more, unit)) = ELSEWHERE.into_iter().find(|(from, ..)| *from == code) else { continue };
        let Some(value) = one["valueQuantity"]["value"].as_f64() else { continue };
        *written.entry(from).or_default() += 1;
        one["id"] = json!(format!("again-{}", again.len()));
        one["code"] = json!({"coding": [{"system": "http://loinc.org", "code": to}]});
        one["valueQuantity"] = json!({"value": format!("{:.4}", value * factor + more).parse::<f64>().unwrap(), "unit": unit});
        for elsewhere in ["subject", "encounter", "context"] {
            one.as_object_mut().unwrap().remove(elsewhere);
        }
        again.push(one.to_string());
    }
    let again: Vec<&str> = again.iter().map(String::as_str).collect();
    take(&house, "laboratory", bundle(&again).as_bytes()).await;
    assert_eq!(written.len(), ELSEWHERE.len(), "the record has all of them: {written:?}");

    let units = HashMap::from([("29463-7", "kg"), ("8302-2", "cm"), ("4548-4", "%")]);
    for (from, to, .., unit) in ELSEWHERE {
        let asked = [of(from, Some(units.get(from).copied().unwrap_or("mg/dL"))), of(to, Some(unit))];
        let mut seen = BTreeSet::new();
        for series in asked {
            let trend = house.portal.trend(&house.ines(), house.patient, &series, &[]).await.unwrap().view.asked;
            seen.insert(trend.points.iter().map(|point| point.entry.id).collect::<Vec<_>>());
            assert_eq!(trend.points.len(), (written[from] * 2).min(100), "{from}");
            let common = trend.unit().unwrap().to_owned();
            let mut by_day: BTreeMap<_, BTreeMap<String, f64>> = BTreeMap::new();
            for point in &trend.points {
                let Drawn::Numbers(Some(number), None) = point.drawn else { panic!("{point:?}") };
                assert_eq!(point.value.unit.as_deref(), Some(common.as_str()));
                assert_eq!(point.is_turned, point.entry.value.unit.as_deref() != Some(common.as_str()));
                by_day.entry(point.entry.when.unwrap().0).or_default().insert(point.entry.source.clone(), number);
            }
            let both: Vec<_> = by_day.values().filter(|sources| sources.len() == 2).collect();
            assert!(!both.is_empty(), "{from}");
            for sources in both {
                let (one, two) = (sources["clinic"], sources["laboratory"]);
                assert!((one - two).abs() <= 0.006 * one, "{from}: {one} and {two} {common}");
            }
        }
        assert_eq!(seen.len(), 1, "{from}: each of its series leads to the same");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn limits_and_words_are_listed_and_not_drawn(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let limit = json!({"valueQuantity": {"value": 0.5, "comparator": "<", "unit": "mg/dL"}, "referenceRange": [{"high": {"value": 1.0, "unit": "mg/dL"}}]});
    let all = [
        observation("a", "1988-5", "2024-05-01", quantity(7.2, "mg/L")),
        observation("b", "1988-5", "2024-04-01", quantity(0.95, "mg/dL")),
        observation("c", "1988-5", "2024-03-01", limit),
        observation("d", "1988-5", "2024-02-01", json!({"valueString": "1:80"})),
        observation("e", "1988-5", "2024-01-01", json!({"valueQuantity": {"value": 3}})),
        observation("f", "30522-7", "2024-01-01", quantity(2.0, "mg/L")),
    ];
    take(&house, "clinic", bundle(&all.each_ref().map(String::as_str)).as_bytes()).await;
    let trend = house.portal.trend(&house.ines(), house.patient, &of("1988-5", Some("mg/dL")), &[]).await.unwrap().view.asked;
    assert_eq!(texts(&trend), ["7.2", "9.5", "< 5", "1:80", "3"]);
    let drawn: Vec<Drawn> = trend.points.iter().map(|point| point.drawn).collect();
    assert_eq!(
        drawn,
        [Drawn::Numbers(Some(7.2), None), Drawn::Numbers(Some(9.5), None), Drawn::Below(5.0), Drawn::Words, Drawn::OtherUnit]
    );
    let limit = &trend.points[2].value;
    assert_eq!((limit.high, limit.high_text.as_deref(), limit.unit.as_deref(), limit.number), (Some(10.0), Some("10"), Some("mg/L"), None));
    assert_eq!(trend.points[2].entry.value.text.as_deref(), Some("< 0.5"), "what the source wrote stays");
}

#[sqlx::test(migrations = "../../migrations")]
async fn both_numbers_of_a_blood_pressure_are_in_one_trend_however_they_came(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let part = |code: &str, value: f64| json!({"code": {"coding": [{"system": "http://loinc.org", "code": code}]}, "valueQuantity": {"value": value, "unit": "mmHg"}});
    let all = [
        observation("pair", "85354-9", "2024-03-01", json!({"component": [part("8462-4", 80.0), part("8480-6", 120.0)]})),
        observation("upper", "8480-6", "2024-02-01", quantity(17.5, "kPa")),
        observation("lower", "8462-4", "2024-01-01", quantity(85.0, "mm[Hg]")),
    ];
    take(&house, "clinic", bundle(&all.each_ref().map(String::as_str)).as_bytes()).await;
    let trend = house.portal.trend(&house.ines(), house.patient, &of("8462-4", Some("mm[Hg]")), &[]).await.unwrap().view.asked;
    assert!(texts(&trend)[0].starts_with("120") && trend.unit() == Some("mmHg"), "{trend:?}");
    let [Drawn::Numbers(Some(120.0), Some(80.0)), Drawn::Numbers(Some(upper), None), Drawn::Numbers(None, Some(85.0))] =
        [trend.points[0].drawn, trend.points[1].drawn, trend.points[2].drawn]
    else {
        panic!("{trend:?}")
    };
    assert!((upper - 131.26).abs() < 0.01 && texts(&trend)[1] == "131", "{trend:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn half_a_blood_pressure_lies_where_it_belongs_and_what_nobody_names_is_words(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let part =
        |code: &str, value: f64, unit: &str| json!({"code": {"coding": [{"code": code}]}, "valueQuantity": {"value": value, "unit": unit}});
    let all = [
        observation("whole", "85354-9", "2024-06-01", json!({"component": [part("8480-6", 120.0, "mmHg"), part("8462-4", 80.0, "mmHg")]})),
        observation("lower", "85354-9", "2024-05-01", json!({"component": [part("8462-4", 80.0, "mmHg")]})),
        observation("kilo", "85354-9", "2024-04-01", json!({"component": [part("8462-4", 10.6, "kPa")]})),
        observation("mean", "55284-4", "2024-03-01", json!({"component": [part("8480-6", 120.0, "mmHg"), part("8478-0", 93.0, "mmHg")]})),
        observation("none", "85354-9", "2024-02-01", json!({"component": [part("x", 120.0, "mmHg"), part("y", 80.0, "mmHg")]})),
        observation("alone", "85354-9", "2024-01-01", quantity(120.0, "mmHg")),
    ];
    take(&house, "clinic", bundle(&all.each_ref().map(String::as_str)).as_bytes()).await;
    let trend = house.portal.trend(&house.ines(), house.patient, &of("85354-9", Some("mmHg")), &[]).await.unwrap().view.asked;
    assert_eq!(texts(&trend)[1..5], ["– / 80.0", "– / 80", "120.0 / –", "120.0 mmHg, 80.0 mmHg"]);
    let drawn: Vec<Drawn> = trend.points.iter().map(|point| point.drawn).collect();
    let [
        Drawn::Numbers(Some(120.0), Some(80.0)),
        Drawn::Numbers(None, Some(80.0)),
        Drawn::Numbers(None, Some(kilo)),
        Drawn::Numbers(Some(120.0), None),
        Drawn::Words,
        Drawn::Words,
    ] = drawn[..]
    else {
        panic!("{drawn:?}")
    };
    assert!((kilo - 79.51).abs() < 0.01, "{kilo}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_range_in_words_stays_with_its_unit_and_no_unit_is_one_where_there_is_none(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let worded = |text: &str| json!({"valueQuantity": {"value": 90, "unit": "mg/dL"}, "referenceRange": [{"text": text}]});
    let coded = json!({"valueQuantity": {"value": 108, "unit": "milligrams", "system": "http://unitsofmeasure.org", "code": "mg/dL"}});
    let all = [
        observation("a", "14749-6", "2024-05-01", quantity(5.5, "mmol/L")),
        observation("b", "2345-7", "2024-04-01", worded("70-99")),
        observation("c", "2345-7", "2024-03-01", worded("70-99 mg/dL")),
        observation("d", "2345-7", "2024-02-01", coded),
        observation("e", "6301-6", "2024-05-01", json!({"valueQuantity": {"value": 2.5}})),
        observation("f", "6301-6", "2024-04-01", quantity(2.25, "{INR}")),
    ];
    take(&house, "clinic", bundle(&all.each_ref().map(String::as_str)).as_bytes()).await;
    let trend = async |series: String| house.portal.trend(&house.ines(), house.patient, &series, &[]).await.unwrap().view.asked;
    let glucose = trend(of("2345-7", Some("mg/dL"))).await;
    assert_eq!(texts(&glucose), ["5.5", "5.00", "5.00", "5.99"]);
    let ranges: Vec<_> = glucose.points.iter().map(|point| point.value.range.as_deref()).collect();
    assert_eq!(ranges, [None, Some("70-99 mg/dL"), Some("70-99 mg/dL"), None]);
    let inr = trend(of("6301-6", None)).await;
    assert!(inr.points.iter().all(|point| matches!(point.drawn, Drawn::Numbers(Some(_), None)) && !point.is_turned), "{inr:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_came_together_can_stand_under_one_another_and_what_is_hidden_leaves_no_trace(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let codes = ["2951-2", "2823-3", "2075-0", "2000-8", "2028-9", "14879-1"];
    let mut all: Vec<String> = codes.iter().map(|code| observation(code, code, "2024-05-01", quantity(4.0, "mmol/L"))).collect();
    all.push(observation("older", "2951-2", "2023-05-01", quantity(139.0, "mEq/L")));
    let results: Vec<Value> = codes.iter().map(|code| json!({"reference": format!("Observation/{code}")})).collect();
    all.push(
        json!({"resourceType": "DiagnosticReport", "id": "report", "status": "final", "code": {"text": "Minerals"},
        "category": [{"coding": [{"code": "LAB"}]}], "effectiveDateTime": "2024-05-01T08:00:00Z", "result": results})
        .to_string(),
    );
    take(&house, "clinic", bundle(&all.iter().map(String::as_str).collect::<Vec<_>>()).as_bytes()).await;
    house.give(Purpose::Treatment).await;
    let doctor = house.doctor(Some(Purpose::Treatment));
    let [sodium, potassium, chloride, calcium, gas, phosphate] = codes.map(|code| of(code, Some("mmol/L")));

    let trends = house.portal.trend(&doctor, house.patient, &sodium, &[]).await.unwrap().view;
    assert_eq!((trends.asked.points.len(), trends.beside.len()), (2, 0));
    let others = |trends: &chartkey_portal::trends::Trends| trends.others.iter().map(|entry| entry.title.clone()).collect::<Vec<_>>();
    assert_eq!(others(&trends), ["14879-1", "2000-8", "2028-9", "2075-0", "2823-3"]);
    let twice = of("2951-2", Some("mEq/L"));
    let beside = [twice, potassium.clone(), chloride.clone(), calcium, gas];
    let trends = house.portal.trend(&doctor, house.patient, &sodium, &beside).await.unwrap().view;
    assert_eq!(trends.beside.len() + 1, TOGETHER, "none twice, and no fifth");
    assert_eq!(others(&trends), ["14879-1", "2028-9"], "what stands there already is not offered again");

    house.tamper("update item set is_private = true where fhir_id in ('2823-3', '2075-0', 'older')").await;
    let trends = house.portal.trend(&doctor, house.patient, &sodium, &[potassium.clone(), chloride, phosphate]).await.unwrap().view;
    assert_eq!((trends.asked.points.len(), trends.beside.len()), (1, 1));
    assert_eq!(others(&trends), ["2000-8", "2028-9"]);
    assert!(matches!(house.portal.trend(&doctor, house.patient, &potassium, &[sodium]).await, Err(Error::NotFound)));
    assert_eq!(house.portal.trend(&house.ines(), house.patient, &potassium, &[]).await.unwrap().view.others.len(), 5);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_came_in_before_gets_the_series_that_an_import_would_give_it(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let code = json!({"coding": [{"system": "http://example.org", "code": "ü"}, {"system": "http://loinc.org", "code": "5048-4"}]});
    let all = [
        observation("a", "1988-5", "2024-05-01", json!({"valueQuantity": {"value": 0.5, "comparator": "<", "unit": "µg/mL"}})),
        observation("b", "5048-4", "2024-05-01", json!({"valueString": "1:80", "code": code})),
        observation("c", "5048-4", "2024-05-01", json!({"valueString": "1:80", "code": {"coding": [{"code": "ß"}]}})),
        observation("d", "5048-4", "2024-05-01", json!({"dataAbsentReason": {"text": "unknown"}})),
    ];
    take(&house, "clinic", bundle(&all.each_ref().map(String::as_str)).as_bytes()).await;
    let series = async || -> Vec<Option<String>> {
        sqlx::query_scalar("select series from item where fhir_id in ('a', 'b', 'c', 'd') order by fhir_id")
            .fetch_all(&house.superuser)
            .await
            .unwrap()
    };
    let imported = series().await;
    assert!(imported[..3].iter().all(Option::is_some) && imported[3].is_none(), "{imported:?}");
    house.tamper("update item set series = null").await;
    let mut upgrade = house.superuser.begin().await.unwrap();
    sqlx::raw_sql(include_str!("../../../migrations/0020_worded_series.sql")).execute(&mut *upgrade).await.unwrap();
    upgrade.commit().await.unwrap();
    assert_eq!(series().await, imported);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_came_in_with_a_general_code_too_moves_to_the_series_of_the_one_that_says_more(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let coded = |codes: &[&str]| {
        let codings: Vec<Value> = codes.iter().map(|code| json!({"system": "http://loinc.org", "code": code})).collect();
        json!({"valueQuantity": {"value": 97, "unit": "%"}, "code": {"coding": codings}})
    };
    let all = [
        observation("a", "", "2024-05-01", coded(&["2708-6", "59408-5"])),
        observation("b", "", "2024-04-01", coded(&["59408-5", "2708-6"])),
        observation("c", "", "2024-03-01", coded(&["59408-5"])),
        observation("d", "", "2024-02-01", coded(&["2708-6"])),
    ];
    take(&house, "clinic", bundle(&all.each_ref().map(String::as_str)).as_bytes()).await;
    let specific = of("59408-5", Some("%"));
    let general = of("2708-6", Some("%"));
    let expected = [&specific, &specific, &specific, &general].map(Clone::clone);
    let series = async || -> Vec<String> {
        sqlx::query_scalar("select series from item where fhir_id in ('a', 'b', 'c', 'd') order by fhir_id")
            .fetch_all(&house.superuser)
            .await
            .unwrap()
    };
    assert_eq!(series().await, expected);
    house.tamper(&format!("update item set series = '{general}' where fhir_id = 'a'")).await;
    assert_ne!(series().await, expected);
    let mut upgrade = house.superuser.begin().await.unwrap();
    sqlx::raw_sql(include_str!("../../../migrations/0023_specific_series.sql")).execute(&mut *upgrade).await.unwrap();
    upgrade.commit().await.unwrap();
    assert_eq!(series().await, expected);
}

/// A row: its series, whether it is a number, and what it means.
type Measured = (String, bool, Option<&'static str>);

/// How many rows of the published records are in a longer trend than one code and one unit have,
/// said for whoever wants to know; and that it stays worth it.
#[test]
fn what_the_published_records_gain() {
    let (mut rows, mut longer, mut worded, mut known) = (0, 0, 0, 0);
    for path in below(&shared()) {
        let Ok(text) = read::text(File::open(&path).unwrap(), u64::MAX - 1) else { continue };
        let Ok(found) = read::entries(&text, usize::MAX) else { continue };
        let mut of_owner: HashMap<Option<String>, Vec<Measured>> = HashMap::new();
        for entry in found.entries {
            let Ok(resource) = Json::parse(entry.raw) else { continue };
            let item = project(&resource);
            let Some(series) = item.series else { continue };
            let code = item.codes.iter().find_map(|code| code.strip_prefix("http://loinc.org|"));
            let meaning = code.and_then(meanings::of).map(|(meaning, _)| meaning);
            let meaning = meaning.filter(|meaning| item.value.unit.as_deref().is_none_or(|unit| meaning.unit(unit).is_some()));
            let row = (series, item.value.number.is_some(), meaning.map(|meaning| meaning.name));
            of_owner.entry(item.owners.first().cloned()).or_default().push(row);
        }
        for all in of_owner.values() {
            for (series, is_number, meaning) in all {
                rows += 1;
                known += usize::from(meaning.is_some());
                let before = all.iter().filter(|(other, is_number, _)| other == series && *is_number).count();
                let now = all.iter().filter(|(other, _, of)| other == series || (of.is_some() && of == meaning)).count();
                let is_longer = now > if *is_number { before } else { 1 };
                longer += usize::from(is_longer && *is_number);
                worded += usize::from(is_longer && !is_number);
            }
        }
    }
    let codes: usize = meanings::all().iter().map(|meaning| meaning.codes.len()).sum();
    saw(&format!(
        "{} meanings of {codes} codes; of {rows} measured rows {known} have one; {longer} numbers and {worded} other values are in a longer trend",
        meanings::all().len()
    ));
    assert!(known * 100 / rows >= 50 && longer + worded > 0, "{rows} {known} {longer} {worded}");
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found.into_iter().flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}
