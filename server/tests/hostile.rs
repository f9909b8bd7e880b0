//! Notes and files that somebody made to do harm: what their pages are made of, under which headers their bytes
//! go out, and what a person is told instead. `end2end/tests/hostile.spec.ts` opens the same kinds in a browser.

mod harness;

use std::{collections::BTreeMap, io::Write, time::Instant};

use axum::http::{HeaderMap, StatusCode, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use chartkey_portal::import::{Error, ImportOptions};
use flate2::{Compression, write::GzEncoder};
use harness::{Answer, Browser, House};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

/// Someone's record, made of these documents, and a browser in which they are signed in.
struct Shelf {
    house: House,
    browser: Browser,
    patient: Uuid,
    items: BTreeMap<String, Uuid>,
}

impl Shelf {
    async fn of(options: PgConnectOptions, documents: Vec<Value>) -> Self {
        let house = House::build(options).await;
        let browser = house.signed_in("mara@example.org").await;
        let person = json!({"resourceType": "Patient", "id": "mara", "name": [{"family": "Roe"}], "birthDate": "1961-03-14"});
        let entries: Vec<_> = std::iter::once(person).chain(documents).map(|resource| json!({ "resource": resource })).collect();
        let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": entries}).to_string();
        let report = house.portal.import_file(bundle.as_bytes(), &ImportOptions::new("post", "letters.json"), |_| {}).await.unwrap();
        let patient = report.patients[0].0;
        sqlx::query("insert into patient_holder (patient_id, account_id) select $1, account_id from account")
            .bind(patient)
            .execute(&house.superuser)
            .await
            .unwrap();
        let items: Vec<(String, Uuid)> = sqlx::query_as("select fhir_id, item_id from item where patient_id = $1")
            .bind(patient)
            .fetch_all(&house.superuser)
            .await
            .unwrap();
        Self { house, browser, patient, items: items.into_iter().collect() }
    }

    async fn get(&mut self, document: &str, rest: &str) -> Answer {
        let address = format!("/record/{}/documents/{}{rest}", self.patient, self.items[document]);
        self.browser.get(&address).await
    }

    /// The page of a document, which is always there and always ours.
    async fn page(&mut self, document: &str) -> Html {
        let answer = self.get(document, "").await;
        assert_eq!(answer.status, StatusCode::OK, "{document}");
        let page = Html::parse_document(&answer.body);
        is_ours(&page, document);
        page
    }

    /// What the page says of the document's parts.
    async fn says(&mut self, document: &str) -> String {
        text(&self.page(document).await, "#read ~ *")
    }
}

fn document(id: &str, parts: Vec<Value>) -> Value {
    let contents: Vec<_> = parts.into_iter().map(|attachment| json!({ "attachment": attachment })).collect();
    json!({"resourceType": "DocumentReference", "id": id, "status": "current", "type": {"text": "Letter"}, "date": "2024-03-05T08:00:00Z",
        "subject": {"reference": "Patient/mara"}, "content": contents})
}

fn part(content_type: &str, bytes: impl AsRef<[u8]>) -> Value {
    json!({"contentType": content_type, "data": STANDARD.encode(bytes)})
}

fn select<'p>(page: &'p Html, selector: &str) -> Vec<scraper::ElementRef<'p>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn text(page: &Html, selector: &str) -> String {
    select(page, selector).into_iter().flat_map(|element| element.text().collect::<Vec<_>>()).collect::<Vec<_>>().join(" ")
}

/// Nothing on the page acts, loads or leads but what our own templates put there, and a note is made of words and their order.
fn is_ours(page: &Html, what: &str) {
    for element in select(page, "*") {
        let element = element.value();
        for (name, value) in element.attrs() {
            assert!(!name.starts_with("on") && name != "style" && name != "srcdoc", "{what}: {name} of <{}>", element.name());
            if ["href", "src", "action", "formaction", "data", "content"].contains(&name) {
                let value = value.to_ascii_lowercase();
                assert!(!value.contains("javascript:") && !value.contains("evil.example"), "{what}: {value}");
            }
        }
        let is_strange = ["base", "object", "embed", "applet", "math", "template", "textarea", "frame", "video"].contains(&element.name());
        assert!(!is_strange, "{what}: <{}>", element.name());
    }
    assert!(select(page, "script").iter().all(|script| script.value().attr("src").is_none_or(|src| src.starts_with("/assets/"))), "{what}");
    for element in select(page, ".prose *") {
        let name = element.value().name();
        let words = [
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
        assert!(words.contains(&name), "{what}: <{name}> in a note");
        for (attribute, _) in element.value().attrs() {
            assert!(["colspan", "rowspan", "lang", "dir"].contains(&attribute), "{what}: {attribute} in a note");
        }
    }
}

/// Programs in HTML, in the places where readers of HTML have been deceived. Each ends in a word that a person reads.
const DISGUISES: &[&str] = &[
    "<script>alert(1)</script><p>seen</p>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT><p>seen",
    "<script><!--<script></script>--></script><p>seen",
    "<img src=x onerror=alert(1)>seen",
    "<img src=\"http://evil.example/pixel.gif\">seen",
    "<svg onload=alert(1)><p>x</p></svg>seen",
    "<svg><style><img src=x onerror=alert(1)></style></svg>seen",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\"></table></math>seen",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)></style></math>seen",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">seen",
    "<template><img src=x onerror=alert(1)></template>seen",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>seen",
    "<iframe src=javascript:alert(1)></iframe>seen",
    "<object data=\"data:text/html,<script>alert(1)</script>\"></object>seen",
    "<embed src=//evil.example/x.swf></embed>seen",
    "<a href=\"javascript:alert(1)\">seen</a>",
    "<a href=\" java\nscript:alert(1)\">seen</a>",
    "<a href=\"data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==\">seen</a>",
    "<base href=//evil.example/>seen",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">seen",
    "<link rel=stylesheet href=//evil.example/x.css>seen",
    "<style>@import url(//evil.example/x.css);body{display:none}</style>seen",
    "<p style=\"background:url(//evil.example/x)\">seen</p>",
    "<form action=//evil.example/><input name=password autofocus onfocus=alert(1)><button formaction=javascript:alert(1)>seen</button></form>",
    "<div id=main class=cover>seen</div>",
    "<details open ontoggle=alert(1)>seen</details>",
    "<body onload=alert(1)><p>seen",
    "<marquee onstart=alert(1)>seen</marquee>",
    "<video><source onerror=alert(1)></video>seen",
    "<select><style></select><img src=x onerror=alert(1)></style></select>seen",
    "<table background=javascript:alert(1)><td>seen",
    "<p title='\"><img src=x onerror=alert(1)>'>seen</p>",
    "<p lang='\"><img src=x onerror=alert(1)>' dir='\" onclick=alert(1) '>seen</p>",
    "<<script>alert(1)//<</script>seen",
    "<scr<script>ipt>alert(1)</scr</script>ipt>seen",
    "&lt;script&gt;alert(1)&lt;/script&gt;seen",
    "&#60;img src=x onerror=alert(1)&#62;seen",
    "<p\0 onclick=alert(1)>seen</p>",
    "<!--><img src=x onerror=alert(1)>-->seen",
    "<![CDATA[<img src=x onerror=alert(1)>]]>seen",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">seen",
    "</div></section></main></body></html><script>alert(1)</script>seen",
    "<b><i><table></b><tr><td></i><script>alert(1)</script>seen",
];

#[sqlx::test(migrations = "../migrations")]
async fn a_note_in_html_is_words_and_their_order(_: PgPoolOptions, options: PgConnectOptions) {
    let mut documents: Vec<Value> =
        DISGUISES.iter().enumerate().map(|(at, html)| document(&format!("note{at}"), vec![part("text/html", html)])).collect();
    // The same as the narrative of sections, which is not encoded.
    let sections: Vec<Value> = DISGUISES
        .iter()
        .map(|html| json!({"title": html.replace('\0', ""), "text": {"status": "generated", "div": html.replace('\0', "")}}))
        .collect();
    documents.push(json!({"resourceType": "Composition", "id": "sections", "status": "final", "title": "Summary", "date": "2024-03-05",
        "type": {"text": "Summary"}, "subject": {"reference": "Patient/mara"}, "section": sections}));
    let mut shelf = Shelf::of(options, documents).await;
    for (at, html) in DISGUISES.iter().enumerate() {
        let says = shelf.says(&format!("note{at}")).await;
        assert!(says.contains("seen"), "{html}: {says}");
        assert!(says.contains("Formatted text, "), "{says}");
    }
    let page = shelf.page("sections").await;
    assert_eq!(select(&page, "article.document").len(), DISGUISES.len());
    assert_eq!(select(&page, "article.document > h3").len(), DISGUISES.len(), "a title is words");
}

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction[3 0 R/Fit]>>endobj\n\
    2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n\
    trailer<</Root 1 0 R>>\n%%EOF";

fn png(width: u32, height: u32) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0, 0, 0, 0, 0]].concat()
}

/// A GIF that is a program as well: `GIF89a/* … */=1;alert(1)//`.
fn gif() -> Vec<u8> {
    let head = b"GIF89a/*\x01\x00\0\0\0\x2c\0\0\0\0\x2f\x2a\x01\x00\0\x02\x00";
    [&head[..], b"*/=1;alert(1)//;"].concat()
}

fn gzipped(length: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let block = vec![b' '; 1 << 20];
    for _ in 0..length >> 20 {
        encoder.write_all(&block).unwrap();
    }
    encoder.finish().unwrap()
}

fn said<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[sqlx::test(migrations = "../migrations")]
async fn a_file_goes_out_as_what_it_is_or_as_a_download(_: PgPoolOptions, options: PgConnectOptions) {
    let html: &[u8] = b"<script>alert(1)</script>";
    let zip = [b"PK\x03\x04\x14\0\0\0\x08\0", &gzipped(64 << 20)[10..]].concat();
    // What it is called, its bytes, what the page says of it, and as what it is shown, if at all.
    let files: Vec<(&str, Vec<u8>, &str, Option<&str>)> = vec![
        ("application/pdf", PDF.to_vec(), "Read the PDF", Some("application/pdf")),
        ("application/pdf", [b"%PDF-1.4\n", html].concat(), "Read the PDF", Some("application/pdf")),
        // A program that runs when it is opened, in clear and by the numbers of its letters.
        (
            "application/pdf",
            [PDF, b"1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj"].concat(),
            "a program in this PDF",
            None,
        ),
        (
            "application/pdf",
            [PDF, b"1 0 obj<</OpenAction<</S/J#61vaScript/JS(app.alert(1))>>>>endobj"].concat(),
            "a program in this PDF",
            None,
        ),
        ("application/pdf", [html, PDF].concat(), "not what it says it is", None),
        ("text/html", [b"%PDF-1.4 seen", html].concat(), "seen", None),
        ("image/png", png(800, 600), "Picture (PNG), ", Some("image/png")),
        ("image/png", png(50_000, 50_000), "50,000 by 50,000 dots", None),
        ("image/png", png(u32::MAX, u32::MAX), "not shown here", None),
        ("image/png", html.to_vec(), "not what it says it is", None),
        ("image/gif", gif(), "Picture (GIF), ", Some("image/gif")),
        ("image/jpeg", png(8, 8), "not what it says it is", None),
        ("text/javascript", gif(), "GIF89a/*", None),
        ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(), "can contain programs", None),
        ("image/png; <script>", png(8, 8), "Picture (PNG), ", Some("image/png")),
        (
            "application/rtf",
            br"{\rtf1{\object\objupdate{\*\objdata 0105}}{\field{\*\fldinst{HYPERLINK javascript:alert(1)}}{\fldrslt seen}}}".to_vec(),
            "seen",
            None,
        ),
        ("application/rtf", [b"{\\rtf1 seen", "{".repeat(500_000).as_bytes(), b"\\bin99999999999 "].concat(), "seen", None),
        ("application/zip", zip, "cannot be shown here", None),
        ("text/plain", gzipped(64 << 20), "Text, ", None),
        ("text/xml", b"<!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><a>&b;</a>".to_vec(), "damaged", None),
        ("text/xml", format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000)).into_bytes(), "here", None),
        // What a parser would compare each with each.
        (
            "text/xml",
            format!("<a{}/>", (0..200_000).map(|at| format!(" a{at}=''")).collect::<String>()).into_bytes(),
            "too long to be shown here",
            None,
        ),
        (
            "text/xml",
            format!("<a>{}", (0..100_000).map(|at| format!("<a xmlns:p{at}='x'>")).collect::<String>()).into_bytes(),
            "too long to be shown here",
            None,
        ),
        ("text/plain", b"\xff\xfes\0e\0e\0n\0".to_vec(), "seen", None),
        ("application/rtf", br"{\rtf1\ansicpg437 \'a4}".to_vec(), "damaged", None),
        ("application/rtf", br"{\rtf1 \strike 5 mg\strike0  <b>seen}".to_vec(), "<b>seen", None),
        ("\"><script>alert(1)</script>", html.to_vec(), "File, 25 bytes", None),
        ("", Vec::new(), "", None),
    ];
    let documents =
        files.iter().enumerate().map(|(at, (kind, bytes, ..))| document(&format!("file{at}"), vec![part(kind, bytes)])).collect();
    let mut shelf = Shelf::of(options, documents).await;
    for (at, (kind, bytes, words, shown)) in files.iter().enumerate() {
        let name = format!("file{at}");
        let begun = Instant::now();
        let says = shelf.says(&name).await;
        assert!(says.contains(words), "{kind} {at}: {says}");
        assert!(begun.elapsed().as_secs() < 4, "{kind} {at}: {:?}", begun.elapsed());
        let copy = shelf.get(&name, "/files/0").await;
        if !bytes.is_empty() {
            assert_eq!(copy.status, StatusCode::OK, "{kind} {at}");
            assert_eq!(said(&copy.headers, "content-type"), "application/octet-stream");
            assert!(said(&copy.headers, "content-disposition").starts_with("attachment; filename=\"document-1."));
        }
        let answer = shelf.get(&name, "/files/0/shown").await;
        assert_eq!(answer.status == StatusCode::OK, shown.is_some(), "{kind} {at}: {}", answer.status);
        let Some(shown) = shown else { continue };
        assert_eq!(said(&answer.headers, "content-type"), *shown);
        assert!(said(&answer.headers, "content-disposition").starts_with("inline; filename=\"document-1."));
        assert_eq!(said(&answer.headers, "x-content-type-options"), "nosniff");
        let policy = said(&answer.headers, "content-security-policy");
        assert!(policy.starts_with("sandbox; default-src 'none'") && !policy.contains("allow-") && !policy.contains("script"), "{policy}");
        assert_eq!(shelf.get(&name, "/view/0").await.status, StatusCode::OK);
    }
    // What is not there, and what is no number.
    for rest in ["/files/1/shown", "/files/-1/shown", "/files/x/shown", "/view/1", "/view/x", "/view/18446744073709551615"] {
        assert_eq!(shelf.get("file0", rest).await.status, StatusCode::NOT_FOUND, "{rest}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_page_says_what_of_a_document_it_has_no_room_for(_: PgPoolOptions, options: PgConnectOptions) {
    let parts = (0..55).map(|at| part("text/plain", format!("seen {at}."))).collect();
    let mut shelf = Shelf::of(options, vec![document("many", parts)]).await;
    let says = shelf.says("many").await;
    assert!(says.contains("seen 49.") && !says.contains("seen 50."), "{says}");
    assert_eq!(says.matches("too much for one page").count(), 5, "{says}");
    assert_eq!(shelf.get("many", "/files/54").await.body, "seen 54.");
}

#[sqlx::test(migrations = "../migrations")]
async fn names_with_markup_are_words_everywhere(_: PgPoolOptions, options: PgConnectOptions) {
    let evil = "\"><img src=x onerror=alert(1)>'\r\nSet-Cookie: planted=1\u{202e}txt.exe";
    let mut letter = document("letter", vec![part("application/pdf", PDF), part("image/png", png(8, 8))]);
    letter["type"]["text"] = json!(evil);
    letter["author"] = json!([{ "display": evil }]);
    letter["custodian"] = json!({ "display": evil });
    letter["language"] = json!("\" onclick=alert(1)");
    for content in letter["content"].as_array_mut().unwrap() {
        content["attachment"]["title"] = json!(evil);
        content["attachment"]["language"] = json!(evil);
        content["attachment"]["url"] = json!("javascript:alert(1)");
    }
    let mut shelf = Shelf::of(options, vec![letter]).await;
    let page = shelf.page("letter").await;
    assert!(text(&page, "h1").contains("onerror=alert(1)") && select(&page, "h3").len() >= 2);
    for (part, kind) in [(0, "pdf"), (1, "png")] {
        let answer = shelf.get("letter", &format!("/view/{part}")).await;
        assert_eq!(answer.status, StatusCode::OK);
        let page = Html::parse_document(&answer.body);
        is_ours(&page, kind);
        assert!(text(&page, "h1").contains("onerror=alert(1)"));
        for (rest, way) in [("", "attachment"), ("/shown", "inline")] {
            let answer = shelf.get("letter", &format!("/files/{part}{rest}")).await;
            let name = format!("{way}; filename=\"document-{}.{kind}\"", part + 1);
            assert_eq!(said(&answer.headers, header::CONTENT_DISPOSITION.as_str()), name);
            assert!(!answer.headers.contains_key(header::SET_COOKIE));
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_file_that_grows_without_end_is_no_import(_: PgPoolOptions, options: PgConnectOptions) {
    let shelf = Shelf::of(options, Vec::new()).await;
    let options = ImportOptions { limit: 32 << 20, ..ImportOptions::new("post", "bomb.json.gz") };
    let bomb = gzipped(512 << 20);
    assert!(bomb.len() < 1 << 20);
    let refused = shelf.house.portal.import_file(bomb.as_slice(), &options, |_| {}).await;
    assert!(matches!(refused, Err(Error::TooLarge { .. })), "{refused:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_clinical_document_is_shown_section_by_section(_: PgPoolOptions, options: PgConnectOptions) {
    let section = |title: &str, text: &str| format!("<component><section><title>{title}</title><text>{text}</text></section></component>");
    let xml = format!(
        "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><recordTarget><patientRole><patient><name>Lena &lt;i&gt; Doe</name>\
         <birthTime value=\"19610314\"/></patient></patientRole></recordTarget><title>Summary &lt;b&gt;</title><effectiveTime value=\"20240305\"/>\
         <author><assignedAuthor><assignedPerson><name>Dr &lt;script&gt;</name></assignedPerson></assignedAuthor></author>\
         <component><structuredBody>{}{}{}</structuredBody></component></ClinicalDocument>",
        section("Allergies", ""),
        section("Medicines", "<table><thead><tr><th>Drug</th></tr></thead><tbody><tr><td>Aspirin</td></tr></tbody></table>"),
        section(
            "Plan",
            "<linkHtml href=\"javascript:alert(1)\">Come back</linkHtml><renderMultiMedia referencedObject=\"x\"/>&lt;img src=x onerror=alert(1)&gt;"
        ),
    );
    let documents = ["application/xml", "text/xml; charset=utf-8", "application/hl7-sda+xml"]
        .iter()
        .enumerate()
        .map(|(at, kind)| document(&format!("ccda{at}"), vec![part(kind, &xml)]))
        .collect();
    let mut shelf = Shelf::of(options, documents).await;
    for at in 0..3 {
        let page = shelf.page(&format!("ccda{at}")).await;
        let headings: Vec<String> = select(&page, "article.document :is(h3, h4)").iter().map(|heading| heading.text().collect()).collect();
        assert_eq!(headings, ["Summary <b>", "Allergies", "Medicines", "Plan"]);
        let says = text(&page, "article.document");
        for words in
            ["Lena <i> Doe", "14 March 1961", "It may be about somebody else.", "Nothing is written here.", "[picture or file not shown]"]
        {
            assert!(says.contains(words), "{words}: {says}");
        }
        assert_eq!(select(&page, "[role=region][aria-label=Medicines][tabindex='0'] table").len(), 1);
        for words in ["Dr <script>", "5 March 2024", "Aspirin", "Come back", "<img src=x onerror=alert(1)>", "Clinical document (C-CDA), "]
        {
            assert!(says.contains(words), "{words}: {says}");
        }
    }
}
