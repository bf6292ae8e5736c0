//! What `arrival` prints.

use serde_json::Value;

use super::parts::{any, list_of, object, or_null, text, text_or_null, texts, words, yes_no};

/// `folder` is `junk` where a filter says so; a saved message has no `mailbox`. What the receiver does not give is null.
pub(super) fn schema() -> Value {
    let aligned = any(&["boolean", "null"]);
    let alignment = words(["strict", "relaxed", "none"]);
    let dkim = object(&[
        ("result", text()),
        ("domain", text_or_null()),
        ("selector", text_or_null()),
        ("aligned", aligned.clone()),
        ("alignment", or_null(&alignment)),
    ]);
    let hop = object(&[
        ("from", text_or_null()),
        ("address", text_or_null()),
        ("by", text_or_null()),
        ("with", text_or_null()),
        ("tls", text_or_null()),
        ("time", text_or_null()),
        ("ms", any(&["integer", "null"])),
        ("told_by", words(["receiver", "sender"])),
    ]);
    let spam = object(&[("filter", text()), ("score", text_or_null()), ("spam", any(&["boolean", "null"]))]);
    object(&[
        ("ok", yes_no()),
        ("outcome", words(["passed", "junk", "failing", "unsaid"])),
        ("receiver", text_or_null()),
        ("folder", text_or_null()),
        ("mailbox", text_or_null()),
        ("ms", any(&["integer", "null"])),
        ("from", text_or_null()),
        ("envelope", text_or_null()),
        ("spf", text_or_null()),
        ("spf_aligned", aligned),
        ("dkim", list_of(&dkim)),
        ("dmarc", text_or_null()),
        ("policy", text_or_null()),
        ("others", list_of(&object(&[("method", text()), ("result", text())]))),
        ("spam", list_of(&spam)),
        ("forged", list_of(&object(&[("receiver", text_or_null()), ("claims", texts())]))),
        ("hops", list_of(&hop)),
        ("advice", list_of(&object(&[("code", text()), ("text", text())]))),
    ])
}
