//! Inputs that nobody would write, for as long as there is time: a minute for all together in
//! `make test`, ten in `make prove`. Nothing panics, nothing takes long, and nothing of
//! ours fails.

mod harness;

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{Method, Uri, header},
};
use chartkey_app::endpoints::endpoints;
use chartkey_domain::{
    fold,
    lens::Lens,
    phrase::{Needle, Phrase},
    query::Query,
    when::Moment,
};
use chartkey_ground::mutate::{Inputs, NASTY};
use chartkey_portal::{
    cursor::Cursor,
    fhir::{
        self, Content,
        document::{ContentPlace, reading::Reading},
        json::Json,
        person::person,
    },
    import::read,
};
use chartkey_server::http::leptos_app;
use harness::{Answer, House};
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// No input may take longer; machines that build are slow, and a square of its length is slower.
const AT_MOST: Duration = Duration::from_secs(5);

fn inputs(name: &'static str, seeds: Vec<Vec<u8>>) -> Inputs {
    Inputs::of(name, Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz"), seeds)
}

/// Small files that others published.
fn published(below: &str) -> Vec<Vec<u8>> {
    let root = std::env::var_os("CHARTKEY_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let mut files: Vec<_> = fs::read_dir(root.join(below)).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().filter_map(|file| fs::read(file).ok()).filter(|bytes| bytes.len() < 32 * 1024 && bytes.starts_with(b"{")).collect()
}

#[test]
fn a_file() {
    let seeds = ["r4-examples", "uscore-examples-610", "ips"].into_iter().flat_map(published).collect();
    let mut inputs = inputs("a-file", seeds);
    while let Some(bytes) = inputs.another() {
        let begun = Instant::now();
        if let Ok(text) = read::text(bytes.as_slice(), 1 << 20)
            && let Ok(entries) = read::entries(&text, usize::MAX)
        {
            for entry in entries.entries {
                let _ = fhir::document(entry.raw);
                if let Ok(json) = Json::parse(entry.raw) {
                    let _ = fhir::facts(&json);
                    let projection = fhir::project(&json);
                    assert!(projection.when.is_none_or(|when| when.last.is_none_or(|last| when.first <= last)), "ends before it begins");
                    let _ = person(&json);
                }
            }
        }
        assert!(begun.elapsed() < AT_MOST, "{:?}", begun.elapsed());
    }
}

/// What a note is made of, whatever was written in it.
const SHOWN: [&str; 32] = [
    "blockquote",
    "br",
    "caption",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "small",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];

fn is_shown(html: &str, source: &[u8]) {
    for tag in html.split('<').skip(1) {
        let name = tag.trim_start_matches('/').split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
        let is_quiet = !tag.split('>').next().unwrap_or_default().contains(" on");
        assert!(SHOWN.contains(&name) && is_quiet, "<{tag} of {source:?}");
    }
}

#[test]
fn a_document() {
    let clinical = "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><title>T</title><effectiveTime value=\"20141015103026-0500\"/><component><structuredBody>\
        <component><section><title>S</title><text><table><tr><th>a</th></tr><tr><td colspan=\"2\">b<br/></td></tr></table><list><item>c</item></list>\
        </text></section></component></structuredBody></component></ClinicalDocument>";
    let seeds = [
        "<div lang=\"es\"><h2>a</h2><p>b <b>c</b><ul><li>d<li>e</ul><table><tr><th>f<tr><td colspan=2>g</table><script>h</script><!-- i -->&amp;</div>",
        "<svg><p title='>'><style><img src=x onerror=alert(1)></style></svg><math><mtext></form><![CDATA[x]]><a href=javascript:x()>y",
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator x}a\'e9\par\u8211 ?\uc0\bin4 abcd\cell\row}",
        clinical,
        "GIF89a\u{1}\0\u{1}\0\0\0\0!\u{7f}\u{1}x\0,\0\0\0\0\u{1}\0\u{1}\0\0\u{2}\0;",
        "\u{7f}PNG\r\n\u{1a}\n\0\0\0\rIHDR\0\0\0\u{1}\0\0\0\u{1}",
        "%PDF-1.5 5 0 obj<</Type/ObjStm/Filter[/FlateDecode]/X(a)>>stream\nx\nendstream",
    ];
    let mut inputs = inputs("a-document", seeds.map(|seed| seed.as_bytes().to_vec()).into());
    while let Some(bytes) = inputs.another() {
        let begun = Instant::now();
        for kind in [
            "text/html",
            "application/rtf",
            "text/xml",
            "text/plain; charset=utf-16",
            "image/gif",
            "image/png",
            "image/jpeg",
            "image/webp",
            "application/pdf",
        ] {
            let place = ContentPlace::Here(bytes.clone());
            let content = Content { content_type: kind.to_owned(), title: None, language: None, of: None, names: Vec::new(), place };
            let _ = content.text();
            match content.reading(2) {
                Reading::Markup(markup) => is_shown(markup.html(), &bytes),
                Reading::Clinical(clinical) => {
                    clinical.sections.iter().flat_map(|section| &section.text).for_each(|text| is_shown(text.html(), &bytes));
                }
                Reading::Picture { width, height } => assert!(width * height <= 40_000_000),
                _ => {}
            }
        }
        assert!(begun.elapsed() < AT_MOST, "{:?}", begun.elapsed());
    }
}

#[test]
fn a_date() {
    let seeds =
        ["2018", "2018-08", "2018-08-06", "2018-08-06T10:00:00Z", "2018-08-06T10:00:00.123456789+02:00", "0001-01-01", "9998-12-31"];
    let mut inputs = inputs("a-date", seeds.map(|seed| seed.as_bytes().to_vec()).into());
    while let Some(bytes) = inputs.another() {
        if let Some(moment) = Moment::parse(&String::from_utf8_lossy(&bytes)) {
            assert!(moment.first <= moment.last, "{moment:?}");
            assert!((1..=9999).contains(&moment.first.year()) && (1..=9999).contains(&moment.last.year()), "{moment:?}");
        }
    }
}

#[test]
fn a_cursor() {
    let item = "00000000-0000-0000-0000-000000000007";
    let seeds = ["2018-08-06T10:00:00.123456Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+00:00", "unknown"];
    let mut inputs = inputs("a-cursor", seeds.map(|seed| format!("{seed}~{item}").into_bytes()).into());
    while let Some(bytes) = inputs.another() {
        if let Ok(cursor) = String::from_utf8_lossy(&bytes).parse::<Cursor>() {
            assert_eq!(cursor.to_string().parse(), Ok(cursor), "it is read back as it was written");
        }
    }
}

#[test]
fn the_words_of_a_search() {
    let seeds = [
        "metformin",
        "21 de junio de 1963",
        "bone density -3.62",
        "E11.9",
        "ST. ELIZABETH'S",
        "colonoscopy 1971",
        "presión alta",
        "<b>'\"\\%_",
    ];
    let mut inputs = inputs("the-words-of-a-search", seeds.map(|seed| seed.as_bytes().to_vec()).into());
    let text = " @6 @observation #loinc|4548-4 hemoglobin a1c . 1963 metformin ";
    while let Some(bytes) = inputs.another() {
        let begun = Instant::now();
        let typed = String::from_utf8_lossy(&bytes);
        for range in fold::found(&typed, &fold::words(&typed)) {
            assert!(typed.get(range).is_some_and(|word| !word.is_empty()), "a word is a part of its text");
        }
        if let Some(query) = Query::parse(&typed) {
            assert!(!query.pieces.is_empty() && query.pieces.len() <= 8);
            for piece in &query.pieces {
                assert!(piece.days.iter().all(|(first, end)| first < end), "{piece:?}");
                assert!(piece.words.iter().all(|word| !word.contains([' ', '#', '@', '.', '%', '_']) && !word.is_empty()), "{piece:?}");
                let _ = piece
                    .words
                    .iter()
                    .filter(|word| Phrase(text).has(&Needle::words(std::slice::from_ref(word))) || fold::is_near(word, "hemoglobin"))
                    .count();
            }
            let _ = Lens::meant_by(&query);
        }
        assert!(begun.elapsed() < AT_MOST, "{:?}", begun.elapsed());
    }
}

/// What no answer may be or say.
fn is_sound(answer: &Answer, what: &str) {
    assert!(!answer.status.is_server_error(), "{what}: {}", answer.status);
    assert!(!answer.location().contains("problem=unavailable"), "{what}: something of ours failed");
    assert!(
        !answer.headers.contains_key("planted")
            && !answer.headers.get_all(header::SET_COOKIE).iter().any(|cookie| cookie.as_bytes().starts_with(b"planted")),
        "{what}"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_record(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let browser = house.signed_in("mara@example.org").await;
    let stored: Value = sqlx::query_scalar("select data from session").fetch_one(&house.superuser).await.unwrap();
    let mut inputs = inputs("a-session-record", vec![stored.to_string().into_bytes()]);
    while let Some(bytes) = inputs.another() {
        // Only what PostgreSQL can keep comes back from it.
        let Ok(data) = serde_json::from_slice::<Value>(&bytes) else { continue };
        if sqlx::query("update session set data = $1").bind(&data).execute(&house.superuser).await.is_err() {
            continue;
        }
        is_sound(&browser.clone().get("/account").await, &data.to_string());
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_fields_of_a_form(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let browser = house.signed_in("mara@example.org").await;
    // What signs somebody in or out is in the races; hashing would take all the time here.
    let costly = ["/api/sign-out", "/api/sign-out-everywhere", "/api/sign-in", "/api/finish-sign-up", "/api/new-password"];
    let endpoints: Vec<_> = endpoints().into_iter().filter(|endpoint| !costly.contains(&endpoint.path)).collect();
    let seeds = endpoints.iter().map(|endpoint| {
        let fields: Vec<String> = endpoint.fields.iter().map(|field| format!("{field}=00000000-0000-0000-0000-000000000007")).collect();
        format!("{}\n{}", endpoint.path, fields.join("&")).into_bytes()
    });
    let mut inputs = inputs("the-fields-of-a-form", seeds.collect());
    while let Some(bytes) = inputs.another() {
        // The address stays; the form is whatever it has become.
        let Some(endpoint) = endpoints.iter().find(|endpoint| bytes.starts_with(format!("{}\n", endpoint.path).as_bytes())) else {
            continue;
        };
        let form = bytes[endpoint.path.len() + 1..].to_vec();
        let mut browser = browser.clone();
        let request = browser
            .request(Method::POST, endpoint.path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let what = String::from_utf8_lossy(&bytes).into_owned();
        is_sound(&browser.send(request.body(Body::from(form)).unwrap()).await, &what);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_address(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(options).await;
    let browser = house.signed_in("mara@example.org").await;
    let pages = leptos_app::pages();
    let seeds = pages.iter().flat_map(|page| {
        let path = page.path().replace(['{', '}'], "");
        NASTY.iter().map(move |nasty| {
            let path = path.replace("patient", nasty).replace("item", nasty);
            format!("{path}?after={nasty}&to={nasty}&problem={nasty}&step={nasty}&draft={nasty}&year={nasty}").into_bytes()
        })
    });
    let mut inputs = inputs("an-address", seeds.collect());
    while let Some(bytes) = inputs.another() {
        // What is no address does not come past the server's own reading of it.
        let Ok(address) = Uri::try_from(bytes.as_slice()) else { continue };
        if address.path() == "/events" || !address.path().starts_with('/') {
            continue;
        }
        let answer = browser.clone().get(&address.to_string()).await;
        is_sound(&answer, &address.to_string());
        assert!(!answer.body.contains("<script>alert(1)"), "{address}");
    }
}
