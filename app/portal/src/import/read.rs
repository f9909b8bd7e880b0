//! From bytes to entries: gzip, Bundle, NDJSON or a single resource. Whatever is
//! refused here is refused as a whole file. `own.rs` reads what else a patient may add.

use std::{
    borrow::Cow,
    io::{BufRead, BufReader, Read},
};

use flate2::bufread::MultiGzDecoder;
use serde_json::error::Category;

use super::Error;
use crate::fhir::json::{self, Fields, Json};

/// The deepest nesting of a file. Bundles of questionnaires stay below 40.
const DEPTH: usize = 64;

/// One resource of a file, as the bytes that came.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Where it stands: "entry 3", "line 7".
    pub position: String,
    /// `fullUrl` of its entry.
    pub full_url: Option<String>,
    /// The bytes as received.
    pub raw: &'a str,
}

/// The entries of a file.
#[derive(Debug, Default)]
pub struct Entries<'a> {
    /// In their order; those of a Bundle inside the Bundle in its place.
    pub entries: Vec<Entry<'a>>,
    /// Entries that carry no resource: requests and responses.
    pub empty: usize,
    /// Files of an archive that are no FHIR.
    pub left_out: Vec<String>,
}

/// Reads everything, decompressed, up to a limit.
///
/// # Errors
/// [`Error::Read`], [`Error::TooLarge`], [`Error::TooDeep`], [`Error::NotFhir`].
pub fn text(reader: impl Read, limit: u64) -> Result<String, Error> {
    decoded(bytes(reader, limit)?)
}

/// The bytes of a file, decompressed, up to a limit.
pub(super) fn bytes(reader: impl Read, limit: u64) -> Result<Vec<u8>, Error> {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let is_gzip = reader.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let mut bytes = Vec::new();
    if is_gzip {
        MultiGzDecoder::new(reader).take(limit + 1).read_to_end(&mut bytes)?;
    } else {
        reader.take(limit + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > limit { Err(Error::TooLarge { limit }) } else { Ok(bytes) }
}

/// Bytes as a text that can be read.
pub(super) fn decoded(mut bytes: Vec<u8>) -> Result<String, Error> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    let depth = json::shape(&bytes).depth;
    if depth > DEPTH {
        return Err(Error::TooDeep { depth, limit: DEPTH });
    }
    String::from_utf8(bytes).map_err(|_| Error::NotFhir("it is not UTF-8 text".into()))
}

impl Entries<'_> {
    /// Whether another one still fits.
    fn has_room(&self, most: usize) -> Result<(), Error> {
        if self.entries.len() + self.empty >= most { Err(Error::TooMuch { limit: most }) } else { Ok(()) }
    }
}

/// The entries of a text, at most so many.
///
/// # Errors
/// [`Error::Truncated`], [`Error::NotFhir`] and [`Error::TooMuch`].
pub fn entries(text: &str, most: usize) -> Result<Entries<'_>, Error> {
    if !text.trim_start().starts_with('{') {
        return Err(Error::NotFhir("it does not begin with an object".into()));
    }
    match serde_json::from_str::<Fields<'_>>(text) {
        Ok(fields) => whole(text, &fields, most),
        Err(error) => {
            let first = text.trim_start().lines().next().unwrap_or_default();
            if serde_json::from_str::<Fields<'_>>(first).is_ok() {
                return lines(text, most);
            }
            match error.classify() {
                Category::Eof => Err(Error::Truncated { line: error.line() }),
                _ => Err(Error::NotJson { line: error.line(), column: error.column() }),
            }
        }
    }
}

fn whole<'a>(text: &'a str, fields: &Fields<'a>, most: usize) -> Result<Entries<'a>, Error> {
    let mut found = Entries::default();
    match resource_type(fields).as_deref() {
        None => return Err(Error::NotFhir("it has no resourceType".into())),
        Some("Bundle") => bundle(fields, "", most, &mut found)?,
        Some(_) => found.entries.push(Entry { position: "the file".into(), full_url: None, raw: text.trim() }),
    }
    Ok(found)
}

/// The entries of a Bundle; a Bundle inside it is opened too.
fn bundle<'a>(fields: &Fields<'a>, outside: &str, most: usize, found: &mut Entries<'a>) -> Result<(), Error> {
    let Some((_, list)) = fields.0.iter().find(|(key, _)| key == "entry") else { return Ok(()) };
    let list: Vec<&'a serde_json::value::RawValue> =
        serde_json::from_str(list.get()).map_err(|_| Error::NotFhir("the entries of its Bundle are no list".into()))?;
    for (index, raw) in list.into_iter().enumerate() {
        found.has_room(most)?;
        let position = format!("{outside}entry {}", index + 1);
        let Ok(entry) = serde_json::from_str::<Fields<'a>>(raw.get()) else {
            found.entries.push(Entry { position, full_url: None, raw: raw.get() });
            continue;
        };
        let Some((_, resource)) = entry.0.iter().find(|(key, value)| key == "resource" && value.get() != "null") else {
            found.empty += 1;
            continue;
        };
        let inner =
            serde_json::from_str::<Fields<'a>>(resource.get()).ok().filter(|inner| resource_type(inner).as_deref() == Some("Bundle"));
        if let Some(inner) = inner {
            bundle(&inner, &format!("{position}, "), most, found)?;
            continue;
        }
        let full_url = entry.0.iter().find(|(key, _)| key == "fullUrl").and_then(|(_, url)| Json::parse(url.get()).ok());
        let full_url = full_url.and_then(|url| url.str().map(str::to_owned));
        found.entries.push(Entry { position, full_url, raw: resource.get() });
    }
    Ok(())
}

/// NDJSON: one resource a line. A line that is no JSON is kept, but the last one
/// says that the file was cut off.
fn lines(text: &str, most: usize) -> Result<Entries<'_>, Error> {
    let mut found = Entries::default();
    let mut any = false;
    let count = text.lines().count();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let fields = serde_json::from_str::<Fields<'_>>(line);
        if index + 1 == count && fields.as_ref().is_err_and(serde_json::Error::is_eof) {
            return Err(Error::Truncated { line: count });
        }
        let kind = fields.as_ref().ok().and_then(resource_type);
        any |= kind.is_some();
        let position = format!("line {}", index + 1);
        found.has_room(most)?;
        match (kind.as_deref(), fields) {
            (Some("Bundle"), Ok(fields)) => bundle(&fields, &format!("{position}, "), most, &mut found)?,
            _ => found.entries.push(Entry { position, full_url: None, raw: line.trim() }),
        }
    }
    if any { Ok(found) } else { Err(Error::NotFhir("no line has a resourceType".into())) }
}

fn resource_type<'a>(fields: &Fields<'a>) -> Option<Cow<'a, str>> {
    let (_, raw) = fields.0.iter().find(|(key, _)| key == "resourceType")?;
    match Json::parse(raw.get()) {
        Ok(Json::String(name)) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn positions(text: &str) -> Vec<String> {
        entries(text, usize::MAX).unwrap().entries.into_iter().map(|entry| format!("{}: {}", entry.position, entry.raw)).collect()
    }

    #[test]
    fn a_bundle_gives_the_bytes_of_its_resources_as_they_came() {
        let text = r#"{"entry":[{"resource": { "id" : 1.50 } },{"request":{}},{"resource":[1]},7],"resourceType":"Bundle"}"#;
        assert_eq!(positions(text), [r#"entry 1: { "id" : 1.50 }"#, "entry 3: [1]", "entry 4: 7"]);
        assert_eq!(entries(text, usize::MAX).unwrap().empty, 1);
    }

    #[test]
    fn a_bundle_inside_a_bundle_is_opened() {
        let text =
            r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Bundle","entry":[{"fullUrl":"u","resource":{"a":1}}]}}]}"#;
        assert_eq!(positions(text), [r#"entry 1, entry 1: {"a":1}"#]);
    }

    #[test]
    fn lines_are_resources_and_a_broken_one_takes_no_neighbour_with_it() {
        let text = "{\"resourceType\":\"A\"}\n\n{\"resourceType\":}\n{\"resourceType\":\"B\"}\n";
        assert_eq!(
            positions(text),
            ["line 1: {\"resourceType\":\"A\"}", "line 3: {\"resourceType\":}", "line 4: {\"resourceType\":\"B\"}"]
        );
    }

    #[test]
    fn a_file_of_more_entries_than_it_may_have_is_refused_however_it_has_them() {
        let bundle = |inside: &str| format!(r#"{{"resourceType":"Bundle","entry":[{inside}]}}"#);
        let nested = bundle(&format!(r#"{{"resource":{}}},7"#, bundle("7,7")));
        let lines = "{\"resourceType\":\"A\"}\n".repeat(3);
        for text in [bundle("7,7,7"), bundle("{},{},{}"), nested, lines] {
            assert!(matches!(entries(&text, 2), Err(Error::TooMuch { limit: 2 })), "{text}");
            assert!(entries(&text, 4).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_file_that_is_cut_off_or_not_fhir_is_refused_as_a_whole() {
        assert!(matches!(entries(r#"{"resourceType":"Bundle","entry":[{"#, usize::MAX), Err(Error::Truncated { line: 1 })));
        assert!(matches!(entries("{\"resourceType\":\"A\"}\n{\"resourceType\":\"B\"", usize::MAX), Err(Error::Truncated { line: 2 })));
        for text in ["", "<xml/>", "[]", "{}", r#"{"resourceType":"Bundle","entry":{}}"#, "{\"a\":1}\n{\"b\":1}", "{a}"] {
            assert!(matches!(entries(text, usize::MAX), Err(Error::NotFhir(_) | Error::NotJson { .. })), "{text}");
        }
    }

    #[test]
    fn gzip_is_known_by_its_first_bytes_and_limits_hold_inside_it() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&[b' '; 10_000]).unwrap();
        let zipped = encoder.finish().unwrap();
        assert_eq!(text(zipped.as_slice(), 10_000).unwrap().len(), 10_000);
        assert!(matches!(text(zipped.as_slice(), 9_999), Err(Error::TooLarge { .. })));
        assert!(matches!(text(&zipped[..20], 10_000), Err(Error::Read(_))));
        let deep = [vec![b'['; 65], vec![b']'; 65]].concat();
        assert!(matches!(text(deep.as_slice(), 10_000), Err(Error::TooDeep { depth: 65, .. })));
        assert!(matches!(text(&b"\xff"[..], 10), Err(Error::NotFhir(_))));
    }
}
