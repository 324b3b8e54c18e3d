//! Every answer is one that `docs/openapi.json` tells of.

use serde_json::{Value, json};

use crate::http::Answer;

/// What the page itself answers, whatever the path: strangers' hosts and sites.
const GUARD: u16 = 403;

#[track_caller]
pub(crate) fn hold(method: &str, path: &str, answer: &Answer) {
    let document: Value = serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
    let template = template(path);
    let operation = &document["paths"][&template][method.to_ascii_lowercase()];
    if operation.is_null() {
        assert!(matches!(answer.status, 404 | 405 | GUARD), "{method} {path}: {}", answer.status);
        return;
    }
    let response = &operation["responses"][answer.status.to_string()];
    let named = response["$ref"].as_str().map(|name| name.trim_start_matches('#'));
    let response = named.map_or(response, |name| document.pointer(name).unwrap());
    let media_type = answer.field("content-type").unwrap_or_default();
    if answer.status == GUARD && media_type.starts_with("text/plain") {
        return;
    }
    let content = &response["content"][media_type];
    assert!(
        !content.is_null(),
        "{method} {path}: {} {media_type} is not in the document: {}",
        answer.status,
        answer.text()
    );
    if !media_type.ends_with("json") {
        return;
    }
    let schema = json!({ "allOf": [content["schema"]], "components": document["components"] });
    let validator = jsonschema::validator_for(&schema).unwrap();
    let value = answer.value();
    let complaints: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path)).collect();
    assert!(complaints.is_empty(), "{method} {path}: {}\n{}", complaints.join("\n"), answer.text());
}

/// The path as the document has it.
fn template(path: &str) -> String {
    let path = path.split('?').next().unwrap();
    let mut parts: Vec<&str> = path.split('/').collect();
    if parts.get(3) == Some(&"mails") && parts.len() > 4 {
        parts[4] = "{id}";
    }
    parts.join("/")
}
