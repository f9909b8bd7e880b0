//! The summary on paper: the page and the file say the same in the same order, the file is
//! what PDF/UA-1 (ISO 14289-1) asks for, and only the patient gets either.

mod endpoints;
mod harness;

use std::{collections::BTreeMap, io::Write, process::Command};

use axum::http::{StatusCode, header};
use chartkey_app::{
    catalogue::{Language, Say},
    components::{brief::Line, disputed::Spoken},
    paper::{Body, Paper, Part, Table, TableRow},
    pdf,
};
use chartkey_domain::{
    category::{Categories, Category},
    draft::{Draft, Recipient},
    grant::Purpose,
};
use chartkey_portal::{audit::Event, sharing::Sentence};
use endpoints::{record::mark, table::Caller, world::World};
use lopdf::{Dictionary, Document, Object, content::Content};
use scraper::{Html, Selector};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::macros::datetime;

#[sqlx::test(migrations = "../migrations")]
async fn the_file_says_what_the_page_says_in_the_same_order(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let flagged = "update item set interpretation = 'H', value_text = '7.9', value_num = 7.9, unit = 'mmol/L', range_high = 5.6, range_high_text = '5.6'
        where patient_id = $1 and category = 6";
    sqlx::query(flagged).bind(world.ada.patient.0).execute(&world.house.superuser).await.unwrap();
    let mut browser = world.browser(Caller::Patient).await;
    for tag in ["en-GB", "es"] {
        let chosen = browser.post("/api/choose-language", &format!("language={tag}&to=/download")).await;
        assert_eq!(chosen.status, StatusCode::SEE_OTHER);
        let page = browser.get(&format!("/record/{}/print", world.ada.patient)).await;
        let answer = browser.post("/download/summary", "").await;
        assert_eq!((answer.status, answer.headers[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, "application/pdf"));
        let disposition = answer.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert!(disposition.starts_with("attachment; filename=\"chartkey-summary-20") && !disposition.contains("ada"), "{disposition}");
        assert!(answer.headers[header::CACHE_CONTROL].to_str().unwrap().contains("no-store"));
        let said = of_page(&page.body);
        for place in ["allergies", "problems", "medicines", "visits"] {
            assert!(said.contains(&mark("ada", place).replace(' ', "")), "{place} in {said}");
        }
        assert!(said.contains("7.9mmol/L"), "results out of range in {said}");
        assert_eq!(without_made(&of_file(&answer.bytes)), without_made(&said));
        conforms(&answer.bytes, tag);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn both_stand_in_the_log_and_only_the_patient_gets_them(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let path = format!("/record/{}/print", world.ada.patient);
    let before = events(&world).await.len();
    let mut grantee = world.browser(Caller::NarrowGrant).await;
    assert_eq!(grantee.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(grantee.post("/download/summary", "").await.location(), "/download?problem=not-found");
    assert!(!grantee.get(&format!("/record/{}", world.ada.patient)).await.body.contains("/print"), "nothing leads there");
    let of_grantee = events(&world).await.split_off(before);
    assert!(of_grantee.iter().all(|(_, page)| page != "print"), "{of_grantee:?}");

    let before = before + of_grantee.len();
    let mut browser = world.browser(Caller::Patient).await;
    for page in ["/download".to_owned(), format!("/record/{}", world.ada.patient)] {
        assert!(browser.get(&page).await.body.contains(&path), "{page} leads to the page");
    }
    browser.get(&path).await;
    browser.post("/download/summary", "").await;
    let of_patient = events(&world).await.split_off(before);
    let printed: Vec<_> = of_patient.iter().filter(|(_, page)| page == "print").map(|(action, _)| action.as_str()).collect();
    assert_eq!(printed, ["read", "exported"]);

    late(&world).await;
    assert_eq!(browser.post("/download/summary", "").await.location(), "/sign-in/again?to=/download");
    assert!(!browser.get("/download").await.body.contains("/download/summary"), "no button that leads nowhere");
}

/// A code for results, problems and vaccines, without labels, and what the patient sees of it in advance.
#[sqlx::test(migrations = "../migrations")]
async fn paper_in_the_place_of_a_code_holds_what_its_preview_shows_and_nothing_else(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    let (ada, portal) = (&world.ada, &world.house.portal);
    let categories = [Category::Results, Category::Problems, Category::Vaccines].into_iter().fold(Categories::NONE, Categories::with);
    let draft = Draft { recipient: Some(Recipient::Code), purpose: Some(Purpose::Treatment), categories, ..Draft::default() };
    let id = portal.begin_draft(&ada.visitor(), draft).await.unwrap();
    let kept = portal.draft(&ada.visitor(), id).await.unwrap();
    let sentence =
        Sentence { text: "**Whoever uses your code**.".to_owned(), language: "en".to_owned(), catalogue_version: "1".to_owned() };
    let code = portal.make_code(&ada.visitor(), id, kept.draft.terms(kept.today).unwrap(), sentence).await.unwrap();
    let mut browser = world.browser(Caller::Patient).await;
    let mut preview = String::new();
    for category in Category::SHAREABLE {
        preview += &browser.get(&format!("/sharing/{code}/preview/{}", category.slug())).await.body;
    }
    let codes = browser.get("/sharing/codes").await.body;
    assert!(codes.contains(&format!("/sharing/codes/{code}/paper")) && codes.contains(&format!("/sharing/{code}/preview")), "{codes}");
    let asked = browser.get(&format!("/sharing/codes/{code}/paper")).await.body;
    assert!(asked.contains("Paper cannot be taken back"), "{asked}");

    let before = events(&world).await.len();
    let page = browser.get(&format!("/sharing/codes/{code}/paper/print")).await;
    let answer = browser.post("/download/code", &format!("code={code}")).await;
    assert_eq!((answer.status, answer.headers[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, "application/pdf"));
    let disposition = answer.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(disposition.starts_with("attachment; filename=\"chartkey-summary-20"), "{disposition}");
    let said = of_page(&page.body);
    assert_eq!(without_made(&of_file(&answer.bytes)), without_made(&said));
    conforms(&answer.bytes, "en-GB");
    let mut shown = 0;
    for place in Category::SHAREABLE.into_iter().chain([Category::Own]).map(Category::slug).chain(["private", "labelled", "second"]) {
        let mark = mark("ada", place);
        let is_previewed = preview.contains(&mark);
        assert_eq!(said.contains(&squeezed(&mark)), is_previewed, "{place}: {said}");
        shown += usize::from(is_previewed);
    }
    assert!(shown >= 3, "{shown}");
    for absent in ["None recorded", "not shared", "Medicines", "Allergies", "private"] {
        assert!(!said.to_lowercase().contains(&squeezed(absent).to_lowercase()), "{absent} in {said}");
    }
    assert!(said.ends_with(&squeezed(Say::default().not_everything())), "{said}");
    assert_eq!(events(&world).await.split_off(before), vec![("exported".to_owned(), "code-paper".to_owned()); 2]);
    let log = browser.get("/activity").await.body;
    assert!(log.contains("took a part of this record on paper") && log.contains("Whoever uses your code"), "{log}");

    late(&world).await;
    let way_back = format!("/sign-in/again?to=/sharing/codes/{code}/paper");
    assert_eq!(browser.post("/download/code", &format!("code={code}")).await.location(), way_back);
    assert_eq!(browser.get(&format!("/sharing/codes/{code}/paper/print")).await.location(), way_back);
    let asked = browser.get(&format!("/sharing/codes/{code}/paper")).await.body;
    assert!(asked.contains(&way_back) && !asked.contains("/download/code") && !asked.contains("/paper/print"), "{asked}");
}

#[test]
fn long_lists_go_on_over_pages_and_a_table_is_told_once() {
    let line = |number: usize| Line {
        name: format!("Condición número {number}"),
        beside: format!("Dolor, ñandú, ¿qué? «{number}» — µg/m² ≥ 5"),
        about: "12 de noviembre de 2026 · Dra. Núñez · de Eastbrook".to_owned(),
        said: vec![Spoken {
            is_of_this: true,
            who: "La persona titular dice que esto está mal:".to_owned(),
            words: Some("no fue así".to_owned()),
        }],
    };
    let row = |number: usize| {
        let name = format!("Hemoglobin A1c {number}");
        let cells = [&name, "8.2 %", "above range, 4 to 5.6", "1 May 2026", "Lab"].map(str::to_owned);
        TableRow {
            cells,
            said: vec![Spoken { is_of_this: true, who: "One more record of it is said to be wrong.".to_owned(), words: None }],
        }
    };
    let heads = ["Name", "Value", "Compared", "Date", "Source"].map(str::to_owned);
    let table = Table { heads: heads.clone(), rows: (0..120).map(row).collect() };
    let paper = paper(vec![
        Part { heading: "Allergies".to_owned(), says: vec!["None known.".to_owned()], body: Body::Lines(Vec::new()) },
        Part { heading: "Problems".to_owned(), says: Vec::new(), body: Body::Lines((0..100).map(line).collect()) },
        Part { heading: "Results".to_owned(), says: Vec::new(), body: Body::Table(table) },
    ]);
    let file = pdf::write(&paper, datetime!(2026-11-26 12:00 UTC)).unwrap();
    conforms(&file, "en-GB");
    let pages = pdf_text(&file, &["-layout"]);
    let pages: Vec<&str> = pages.trim_end_matches('\u{c}').split('\u{c}').collect();
    assert!(pages.len() > 6, "{}", pages.len());
    for (index, page) in pages.iter().enumerate() {
        assert!(page.trim_start().starts_with("Ada · born 10 December 1815"), "{page}");
        assert!(page.trim_end().ends_with(&format!("Page {} of {}", index + 1, pages.len())), "{page}");
    }
    let structure = tool("pdfinfo", &file, &["-struct-text"]);
    assert_eq!(structure.matches("\"Compared\"").count(), 1, "the heads of every further page are for the eye alone");
    assert_eq!(structure.matches("above range, 4 to").count(), 120);
    let headed: Vec<&str> = structure.split("TH ").skip(1).map(|cell| cell.split("TD").next().unwrap_or_default()).collect();
    assert!(!headed.iter().any(|cell| cell.contains("said to be wrong")), "what is said of a row is no head of it");
    assert_eq!(structure.matches("said to be wrong").count(), 120);
}

#[test]
fn a_long_name_leaves_the_birth_date_whole_and_a_high_cell_its_row_together() {
    let cell = |text: &str| text.to_owned();
    let cells = [cell("Pathology"), "word ".repeat(220), cell("no range"), cell("1 May 2026"), cell("Laboratory")];
    let row = TableRow { cells, said: Vec::new() };
    let table = Table { heads: ["Name", "Value", "Compared", "Date", "Source"].map(str::to_owned), rows: vec![row] };
    let mut paper = paper(vec![Part { heading: "Results".to_owned(), says: Vec::new(), body: Body::Table(table) }]);
    paper.name = "Anneliese ".repeat(30).trim_end().to_owned();
    let file = pdf::write(&paper, datetime!(2026-11-26 12:00 UTC)).unwrap();
    conforms(&file, "en-GB");
    let text = pdf_text(&file, &["-layout"]);
    let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
    assert!(pages.len() > 1);
    for page in &pages {
        let head = page.trim_start().lines().next().unwrap();
        assert!(head.starts_with("Anneliese") && head.ends_with("… · born 10 December 1815"), "{head}");
    }
    let of_row = pages.iter().find(|page| page.contains("Pathology")).unwrap();
    assert!(of_row.contains("1 May 2026") && of_row.contains("Laboratory"), "{of_row}");
    assert_eq!(text.matches("word").count(), 220);
}

#[test]
fn no_letter_of_a_name_vanishes() {
    let names = [
        "Łukasz Żółć",
        "Νίκος",
        "Ирина",
        "דוד לוי",
        "محمد بن سلمان",
        "王秀英",
        "नेहा",
        "Zoë 👩‍👧 O’Neill",
        "\u{2068}Ada\u{2069}",
        "e\u{301}a\u{328}",
        "#[x] $y$ \\z <b>&amp;</b>",
    ];
    let line = |name: &&str| Line { name: (*name).to_owned(), beside: String::new(), about: String::new(), said: Vec::new() };
    let paper = paper(vec![Part { heading: "Names".to_owned(), says: Vec::new(), body: Body::Lines(names.iter().map(line).collect()) }]);
    let file = pdf::write(&paper, datetime!(2026-11-26 12:00 UTC)).unwrap();
    conforms(&file, "en-GB");
    let text = of_file(&file);
    for name in names {
        // What Unicode holds for the same, and the marks of direction, may be written otherwise.
        let plain = |text: &str| text.replace("é", "e\u{301}").replace("ą", "a\u{328}").replace(['\u{200d}', '\u{2068}', '\u{2069}'], "");
        assert!(plain(&text).contains(&plain(&squeezed(name))), "{name} in {text}");
    }
    assert!(text.contains(&squeezed(Say::default().paper_letters())), "what a stand-in means is said");
}

#[test]
fn any_letter_at_all_can_be_written() {
    let all: Vec<char> = (' '..='\u{fffd}').chain('\u{10000}'..='\u{10400}').chain('\u{1f300}'..='\u{1faff}').collect();
    let line = |letters: &[char]| Line {
        name: letters.iter().collect(),
        beside: String::new(),
        about: letters.iter().rev().collect(),
        said: Vec::new(),
    };
    for part in all.chunks(4_000) {
        let lines = part.chunks(200).map(line).collect();
        let paper = paper(vec![Part { heading: "Letters".to_owned(), says: Vec::new(), body: Body::Lines(lines) }]);
        let written = pdf::write(&paper, datetime!(2026-11-26 12:00 UTC));
        assert!(written.is_ok(), "from {:?}: {:?}", part.first(), written.err());
    }
}

fn paper(parts: Vec<Part>) -> Paper {
    Paper {
        say: Say::of(Language::English),
        title: "Health summary: Ada".to_owned(),
        name: "Ada".to_owned(),
        born: Some("born 10 December 1815".to_owned()),
        says: vec!["Made today.".to_owned()],
        parts,
    }
}

/// Six minutes after the sign-in.
async fn late(world: &World) {
    sqlx::query(
        "update session set signed_in_at = signed_in_at - interval '6 minutes',
            data = jsonb_set(data, '{signed_in,at}', to_jsonb((data #>> '{signed_in,at}')::timestamptz - interval '6 minutes'))",
    )
    .execute(&world.house.superuser)
    .await
    .unwrap();
}

/// The actions and pages of Ada's chain, oldest first.
async fn events(world: &World) -> Vec<(String, String)> {
    let rows: Vec<Vec<u8>> = sqlx::query_scalar("select bytes from event where chain = $1 order by seq")
        .bind(format!("patient/{}", world.ada.patient))
        .fetch_all(&world.house.superuser)
        .await
        .unwrap();
    let events = rows.iter().map(|bytes| serde_json::from_slice::<Event>(bytes).unwrap().what);
    events.map(|what| (what.action, what.page.unwrap_or_default())).collect()
}

/// The text of the part that is printed, without white space, which differs with the lines.
fn of_page(html: &str) -> String {
    let html = Html::parse_document(html);
    let paper = Selector::parse("article.paper").unwrap();
    squeezed(&html.select(&paper).next().unwrap().text().collect::<String>())
}

/// The text of a file as it is read, without the lines in the margins.
fn of_file(file: &[u8]) -> String {
    let pages = pdf_text(file, &["-raw"]);
    let page = |page: &str| {
        let lines: Vec<&str> = page.trim().lines().collect();
        lines[1..lines.len() - 1].concat()
    };
    squeezed(&pages.trim_end_matches('\u{c}').split('\u{c}').map(page).collect::<String>())
}

fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|letter| {
            !letter.is_whitespace() && !matches!(letter, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .collect()
}

/// Made at two moments: the minute may differ, and nothing else.
fn without_made(text: &str) -> String {
    let (before, after) = ["Made", "Hecho"].iter().find_map(|made| text.split_once(made)).unwrap();
    let (_, after) = after.split_once("(UTC).").unwrap();
    [before, after].concat()
}

fn pdf_text(file: &[u8], options: &[&str]) -> String {
    run("pdftotext", file, options, &["-"])
}

fn tool(name: &str, file: &[u8], options: &[&str]) -> String {
    run(name, file, options, &[])
}

/// What poppler says of a file.
fn run(name: &str, file: &[u8], options: &[&str], to: &[&str]) -> String {
    let mut on_disk = tempfile::NamedTempFile::new().unwrap();
    on_disk.write_all(file).unwrap();
    let output = Command::new(name)
        .args(options)
        .arg(on_disk.path())
        .args(to)
        .output()
        .unwrap_or_else(|error| panic!("{name} of poppler-utils: {error}"));
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What can be checked without eyes of the conditions of the Matterhorn protocol, by which
/// PDF/UA-1 is judged.
fn conforms(file: &[u8], language: &str) {
    assert!(tool("pdfinfo", file, &[]).contains("Tagged:          yes"));
    let metadata = tool("pdfinfo", file, &["-meta"]);
    assert!(metadata.contains("pdfuaid:part>1<") && metadata.contains("dc:title"), "{metadata}");
    for font in tool("pdffonts", file, &[]).lines().skip(2) {
        assert!(font.contains("yes yes yes"), "embedded, a subset, with its Unicode: {font}");
    }
    let document = Document::load_mem(file).unwrap();
    let catalog = document.catalog().unwrap();
    assert_eq!(text(catalog, b"Lang"), language);
    assert!(dictionary(&document, catalog, b"MarkInfo").get(b"Marked").unwrap().as_bool().unwrap());
    assert!(dictionary(&document, catalog, b"ViewerPreferences").get(b"DisplayDocTitle").unwrap().as_bool().unwrap());
    assert!(catalog.has(b"Outlines") && !catalog.has(b"AcroForm") && !catalog.has(b"OpenAction") && !catalog.has(b"Names"));
    let root = dictionary(&document, catalog, b"StructTreeRoot");
    assert!(root.has(b"ParentTree"));
    let mut tree = Tree { document: &document, headings: Vec::new(), contents: BTreeMap::new() };
    tree.walk(root, "StructTreeRoot", None);
    assert_eq!(tree.headings.first(), Some(&1), "one title");
    assert!(tree.headings.iter().skip(1).all(|level| *level == 2), "and parts below it: {:?}", tree.headings);
    for (number, page) in document.get_pages() {
        let dictionary = document.get_dictionary(page).unwrap();
        assert_eq!(dictionary.get(b"Tabs").unwrap().as_name().unwrap(), b"S");
        assert!(dictionary.has(b"StructParents") && !dictionary.has(b"Annots"));
        let marked = marked(&Content::decode(&document.get_page_content(page)).unwrap());
        assert_eq!(tree.contents.remove(&page).unwrap_or_default(), marked, "page {number}: each piece has one place in the structure");
    }
}

/// The identifiers of what is marked, in order; every letter and line is in one, or an artifact.
fn marked(content: &Content) -> Vec<i64> {
    let (mut open, mut found) = (Vec::new(), Vec::new());
    for operation in &content.operations {
        match operation.operator.as_str() {
            "BMC" | "BDC" => {
                let tag = operation.operands[0].as_name().unwrap().to_owned();
                let properties = operation.operands.get(1).and_then(|properties| properties.as_dict().ok());
                let identifier =
                    properties.and_then(|properties| properties.get(b"MCID").ok()).map(|identifier| identifier.as_i64().unwrap());
                assert!(identifier.is_none() || open.is_empty(), "marked content with an identifier stands in no other");
                found.extend(identifier);
                open.push(identifier.is_some() || tag == b"Artifact");
            }
            "EMC" => assert!(open.pop().is_some()),
            "Tj" | "TJ" | "'" | "\"" | "f" | "f*" | "S" | "s" | "B" | "Do" | "sh" => {
                assert!(open.first() == Some(&true), "{} outside", operation.operator);
            }
            _ => {}
        }
    }
    found
}

struct Tree<'d> {
    document: &'d Document,
    headings: Vec<u32>,
    contents: BTreeMap<lopdf::ObjectId, Vec<i64>>,
}

impl Tree<'_> {
    fn walk(&mut self, element: &Dictionary, kind: &str, page: Option<lopdf::ObjectId>) {
        let page = element.get(b"Pg").and_then(Object::as_reference).ok().or(page);
        let inside = match element.get(b"K") {
            Ok(Object::Array(inside)) => inside.clone(),
            Ok(one) => vec![one.clone()],
            Err(_) => Vec::new(),
        };
        assert!(!inside.is_empty(), "{kind} is empty");
        for one in inside {
            let (_, one) = self.document.dereference(&one).unwrap();
            let one = match one {
                Object::Integer(identifier) => {
                    assert!(matches!(kind, "P" | "H1" | "H2" | "TH" | "TD"), "text in {kind}");
                    self.contents.entry(page.unwrap()).or_default().push(*identifier);
                    continue;
                }
                Object::Dictionary(one) => one,
                other => panic!("{other:?} in {kind}"),
            };
            if one.has_type(b"MCR") {
                let page = one.get(b"Pg").and_then(Object::as_reference).ok().or(page);
                self.contents.entry(page.unwrap()).or_default().push(one.get(b"MCID").unwrap().as_i64().unwrap());
                continue;
            }
            let name = String::from_utf8(one.get(b"S").unwrap().as_name().unwrap().to_vec()).unwrap();
            let may = match name.as_str() {
                "Document" => kind == "StructTreeRoot",
                "H1" | "Sect" => kind == "Document",
                "P" => matches!(kind, "Document" | "Sect" | "LBody"),
                "H2" | "L" | "Table" => kind == "Sect",
                "LI" => kind == "L",
                "LBody" => kind == "LI",
                "THead" | "TBody" => kind == "Table",
                "TR" => matches!(kind, "THead" | "TBody"),
                "TH" | "TD" => kind == "TR",
                _ => false,
            };
            assert!(may, "{name} in {kind}");
            if let Some(level) = name.strip_prefix('H') {
                self.headings.push(level.parse().unwrap());
            }
            if name == "TH" {
                let attributes = format!("{:?}", one.get(b"A").unwrap());
                assert!(attributes.contains("Scope"), "{attributes}");
            }
            self.walk(one, &name, page);
        }
    }
}

fn dictionary<'d>(document: &'d Document, of: &'d Dictionary, name: &[u8]) -> &'d Dictionary {
    document.dereference(of.get(name).unwrap()).unwrap().1.as_dict().unwrap()
}

fn text(of: &Dictionary, name: &[u8]) -> String {
    String::from_utf8(of.get(name).unwrap().as_str().unwrap().to_vec()).unwrap()
}
