//! What is bound to a statement's places.

use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;

/// A bound value. `None` keeps its type, which PostgreSQL needs.
#[derive(Debug, Clone)]
pub enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bool(Option<bool>),
    Bytes(Option<Vec<u8>>),
    Uuid(Option<Uuid>),
    Date(Option<Date>),
    Json(Option<serde_json::Value>),
    /// JSON that is written already.
    Written(Box<serde_json::value::RawValue>),
}

impl Value {
    /// JSON, written at once: spares a copy of the tree where many rows are bound.
    pub fn written(value: &serde_json::Value) -> Self {
        match serde_json::value::to_raw_value(value) {
            Ok(written) => Self::Written(written),
            // Only maps with other keys than text fail, which a tree cannot hold.
            Err(_) => Self::Json(Some(value.clone())),
        }
    }
}

macro_rules! value_from {
    ($($source:ty => $variant:ident, $convert:expr;)*) => {$(
        impl From<$source> for Value {
            fn from(value: $source) -> Self {
                let convert: fn($source) -> _ = $convert;
                Self::$variant(Some(convert(value)))
            }
        }
        impl From<Option<$source>> for Value {
            fn from(value: Option<$source>) -> Self {
                let convert: fn($source) -> _ = $convert;
                Self::$variant(value.map(convert))
            }
        }
    )*};
}

value_from! {
    i64 => Int, |v| v;
    Timestamp => Int, |v| v.0;
    String => Text, without_nul;
    &str => Text, |v| without_nul(v.to_owned());
    &String => Text, |v| without_nul(v.clone());
    bool => Bool, |v| v;
    Vec<u8> => Bytes, |v| v;
    [u8; 32] => Bytes, |v| v.to_vec();
    Uuid => Uuid, |v| v;
    Date => Date, |v| v;
    serde_json::Value => Json, json_without_nul;
}

/// PostgreSQL's text holds no NUL, and nobody means one.
fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

fn json_without_nul(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Json::String(text) => Json::String(without_nul(text)),
        Json::Array(items) => Json::Array(items.into_iter().map(json_without_nul).collect()),
        Json::Object(entries) => {
            Json::Object(entries.into_iter().map(|(key, value)| (without_nul(key), json_without_nul(value))).collect())
        }
        other => other,
    }
}
