//! What a line of `--json` must look like.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::Value;

/// The schema's text, as rgb-sim's users get it.
pub const TEXT: &str = include_str!("../../rgb-sim/schema/event.schema.json");

/// Reads a line and checks it.
///
/// # Panics
///
/// When the line is not JSON, or not as the schema says.
#[must_use]
pub fn read_event(line: &str) -> Value {
    let event = serde_json::from_str(line).unwrap_or_else(|error| panic!("not JSON: {error}: {line}"));
    if let Err(error) = check(&event) {
        panic!("not as the schema says: {error}: {line}");
    }
    event
}

/// Checks an object against the schema.
///
/// # Errors
///
/// What the schema has against it.
pub fn check(event: &Value) -> Result<(), String> {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    let validator = VALIDATOR.get_or_init(|| {
        let schema = serde_json::from_str(TEXT).expect("the schema is JSON");
        jsonschema::draft202012::new(&schema).expect("the schema is one of draft 2020-12")
    });
    validator.validate(event).map_err(|error| error.to_string())
}
