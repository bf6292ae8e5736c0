//! What `dns` prints.

use serde_json::Value;

use super::parts::{any, list_of, object, or_null, text, text_or_null, texts, words};

/// `dns`: `add` is a record to publish, `relative` its name in front of the zone's; the value of a key is on the provider's page.
/// `wait` is in seconds.
pub(super) fn schema() -> Value {
    let add = or_null(&object(&[
        ("name", text()),
        ("relative", text_or_null()),
        ("type", text()),
        ("value", text_or_null()),
        ("replaces", text_or_null()),
    ]));
    let zone = object(&[("name", text()), ("name_servers", texts()), ("host", text_or_null()), ("page", text_or_null())]);
    let state = words(["fine", "add", "unknown"]);
    let spf = object(&[
        ("state", state.clone()),
        ("record", text_or_null()),
        ("lookups", any(&["integer", "null"])),
        ("at", text_or_null()),
        ("add", add.clone()),
        ("why", text()),
    ]);
    let dkim = object(&[
        ("selector", text()),
        ("state", state.clone()),
        ("bits", any(&["integer", "null"])),
        ("target", text_or_null()),
        ("add", add.clone()),
        ("why", text()),
    ]);
    let dmarc =
        object(&[("state", state), ("policy", text_or_null()), ("at", text_or_null()), ("add", add), ("why", text())]);
    object(&[
        ("domain", text()),
        ("provider", text_or_null()),
        ("envelope", or_null(&words(["sender", "subdomain", "provider"]))),
        ("passes", list_of(&words(["spf", "dkim"]))),
        ("spf", spf),
        ("dkim", list_of(&dkim)),
        ("dmarc", dmarc),
        ("mx", texts()),
        ("zone", or_null(&zone)),
        ("wait", any(&["integer", "null"])),
        ("notes", texts()),
    ])
}
