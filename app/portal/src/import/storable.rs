//! Words of a file as the database takes them: PostgreSQL has no NUL.

use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;

/// A value without NUL in any of its words.
pub fn storable(value: &impl Serialize) -> Json<Value> {
    // What is stored here has words for keys, and nothing else that JSON has not.
    Json(without_nul(serde_json::to_value(value).unwrap_or_default()))
}

fn without_nul(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace('\0', "")),
        Value::Array(values) => values.into_iter().map(without_nul).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key.replace('\0', ""), without_nul(value))).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_nul_is_left_at_any_depth() {
        let value = serde_json::json!({"a\0": ["\0b", {"c": "d\0\0"}], "n": 1});
        assert_eq!(storable(&value).0, serde_json::json!({"a": ["b", {"c": "d"}], "n": 1}));
    }
}
