//! A JSON tree that borrows from the text and keeps numbers as they were written.
//!
//! A patient reads `1.50`, not `1.5`: what the laboratory wrote says how exactly
//! it measured. The tree is built level by level from raw slices, so that
//! `serde_json` alone decides what is JSON.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// One JSON value. Objects keep the order of their keys, and repeated keys.
#[derive(Debug, Clone, PartialEq)]
pub enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(&'a str),
    /// A string, unescaped.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Self>),
    /// An object.
    Object(Vec<(Cow<'a, str>, Self)>),
}

static NULL: Json<'static> = Json::Null;

impl<'a> Json<'a> {
    /// Reads one value. The caller has limited the depth ([`depth`]).
    ///
    /// # Errors
    /// Where the text is not JSON.
    pub fn parse(text: &'a str) -> serde_json::Result<Self> {
        match text.trim_start().as_bytes().first() {
            Some(b'{') => {
                let Fields(fields) = serde_json::from_str(text)?;
                let fields = fields.into_iter().map(|(key, raw)| Ok((key, Self::parse(raw.get())?)));
                fields.collect::<serde_json::Result<_>>().map(Self::Object)
            }
            Some(b'[') => {
                let values: Vec<&'a RawValue> = serde_json::from_str(text)?;
                values.into_iter().map(|raw| Self::parse(raw.get())).collect::<serde_json::Result<_>>().map(Self::Array)
            }
            Some(b'"') => serde_json::from_str::<Text<'a>>(text).map(|text| Self::String(text.0)),
            Some(b't' | b'f') => serde_json::from_str(text).map(Self::Bool),
            Some(b'n') => serde_json::from_str::<()>(text).map(|()| Self::Null),
            _ => serde_json::from_str::<&RawValue>(text).map(|raw| Self::Number(raw.get())),
        }
    }

    /// The value at a key of an object; else null.
    #[must_use]
    pub fn get(&self, key: &str) -> &Self {
        match self {
            Self::Object(fields) => fields.iter().find(|(name, _)| name == key).map_or(&NULL, |(_, value)| value),
            _ => &NULL,
        }
    }

    /// The fields of an object; none of anything else.
    #[must_use]
    pub fn fields(&self) -> &[(Cow<'a, str>, Self)] {
        match self {
            Self::Object(fields) => fields,
            _ => &[],
        }
    }

    /// The values of an array; a single value counts as an array of one, so that
    /// a file that forgot the brackets can still be read.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Self::Array(values) => values,
            Self::Null => &[],
            single => std::slice::from_ref(single),
        }
    }

    /// A string that is not empty.
    #[must_use]
    pub fn str(&self) -> Option<&str> {
        match self {
            Self::String(text) if !text.trim().is_empty() => Some(text.trim()),
            _ => None,
        }
    }

    /// A string, a number or a truth value as text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Number(text) => Some(text),
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            other => other.str(),
        }
    }

    /// A number as a number.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }

    /// Whether this is an object.
    #[must_use]
    pub const fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// Whether there is nothing.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Every value at a path such as `context.period` or `effective[x]`, through
    /// arrays. The last step may be a choice of types.
    #[must_use]
    pub fn all(&self, path: &str) -> Vec<&Self> {
        let mut found = vec![self];
        for step in path.split('.') {
            let mut next = Vec::new();
            for value in found {
                for single in value.items() {
                    match step.strip_suffix("[x]") {
                        Some(prefix) => next.extend(single.choice(prefix).map(|(_, value)| value)),
                        None => next.extend(single.get(step).items()),
                    }
                }
            }
            found = next;
        }
        found
    }

    /// The value of a choice such as `value[x]`, with the name of its type.
    #[must_use]
    pub fn choice(&self, prefix: &str) -> Option<(&str, &Self)> {
        self.fields().iter().find_map(|(key, value)| {
            let kind = key.strip_prefix(prefix)?;
            (kind.starts_with(|first: char| first.is_ascii_uppercase()) && !value.is_null()).then_some((kind, value))
        })
    }
}

/// What reading a text would take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shape {
    /// How deeply objects and arrays are nested.
    pub depth: usize,
    /// How many values follow another one in their object or array.
    pub values: usize,
}

/// The shape of a text, whatever it is.
#[must_use]
pub fn shape(text: &[u8]) -> Shape {
    let (mut shape, mut now, mut in_string, mut escaped) = (Shape::default(), 0_usize, false, false);
    for &byte in text {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
        } else {
            match byte {
                b'"' => in_string = true,
                b'{' | b'[' => {
                    now += 1;
                    shape.depth = shape.depth.max(now);
                }
                b'}' | b']' => now = now.saturating_sub(1),
                b',' => shape.values += 1,
                _ => {}
            }
        }
    }
    shape
}

/// A string that borrows where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The fields of one object, each value still unread.
pub(crate) struct Fields<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Level;

        impl<'de> Visitor<'de> for Level {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some((key, value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
                    fields.push((key.0, value));
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stays_as_it_was_written() {
        let json = Json::parse(r#"{"a":{"value": 1.50},"b":[1e3,-0.0]}"#).unwrap();
        assert_eq!(json.all("a.value"), [&Json::Number("1.50")]);
        assert_eq!(json.get("b").items(), [Json::Number("1e3"), Json::Number("-0.0")]);
    }

    #[test]
    fn a_path_goes_through_arrays_and_choices() {
        let json = Json::parse(r#"{"a":[{"onsetDateTime":"2018"},{"onsetString":"child"},{"onset":1}]}"#).unwrap();
        assert_eq!(json.all("a.onset[x]").iter().filter_map(|json| json.str()).collect::<Vec<_>>(), ["2018", "child"]);
    }

    #[test]
    fn escapes_are_read_and_what_is_no_json_is_refused() {
        assert_eq!(Json::parse(r#""a\u00e9\n""#).unwrap(), Json::String("aé\n".into()));
        for text in ["", "{", "{\"a\":}", "[1,]", "1.", "nul", "{\"a\":1}x", "\"\\ud800\""] {
            assert!(Json::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn depth_ignores_brackets_in_strings() {
        assert_eq!(shape(br#"{"a":"[[[\",[","b":[{}]}"#), Shape { depth: 3, values: 1 });
    }
}
