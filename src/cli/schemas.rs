//! JSON schemas of what is printed with `--json`: which keys a script can rely on, and of what kind they are. Further keys may
//! come.

mod arrival;
mod dns;
mod parts;

use serde_json::{Value, json};

use self::parts::{any, list_of, number, object, or_null, port, security, text, text_or_null, texts, words, yes_no};
use crate::{
    mail::{Auth, GrantKind, ProofWay, Protocol, StoreKind},
    probe::{Stage, StageState},
    render::summary::WriteStatus,
};

/// A document, by the word of `generate schema`, and what makes its schema.
pub(super) type DocumentSchema = (&'static str, fn() -> Value);

/// Every document that is printed.
pub(super) const DOCUMENTS: [DocumentSchema; 16] = [
    ("set-up", set_up),
    ("check", set_up),
    ("error", error),
    ("detect", detect),
    ("dns", dns::schema),
    ("probe", probe),
    ("explain", explain),
    ("arrival", arrival::schema),
    ("list", list),
    ("show", show),
    ("files", files),
    ("secret", secret),
    ("token", token),
    ("vault", vault),
    ("providers", providers),
    ("targets", targets),
];

/// Every word of `generate schema`: the files that a person writes, then what is printed.
pub(super) const KINDS: [&str; DOCUMENTS.len() + 2] = {
    let mut kinds = ["profile"; DOCUMENTS.len() + 2];
    kinds[1] = "answers";
    let mut index = 0;
    while index < DOCUMENTS.len() {
        kinds[index + 2] = DOCUMENTS[index].0;
        index += 1;
    }
    kinds
};

fn failure() -> Value {
    object(&[("code", text()), ("message", text()), ("hint", text_or_null()), ("fields", texts())])
}

fn error() -> Value {
    object(&[("ok", json!({"const": false})), ("error", failure())])
}

fn diagnosis() -> Value {
    object(&[
        ("cause", text()),
        ("title", text()),
        ("meaning", text()),
        ("steps", texts()),
        ("links", texts()),
        ("change", any(&["object", "null"])),
        ("sure", words(["sure", "likely", "guess"])),
        ("certain", yes_no()),
        ("others", list_of(&object(&[("cause", text()), ("tell", text())]))),
    ])
}

fn set_up() -> Value {
    let smtp = object(&[
        ("host", text()),
        ("port", port()),
        ("security", security()),
        ("auth", words(Auth::WORDS)),
        ("username", text_or_null()),
        ("proxy", text_or_null()),
    ]);
    let over = [StageState::Passed, StageState::Warned, StageState::Failed, StageState::Skipped];
    let stage = object(&[
        ("stage", words(Stage::ALL.map(Stage::as_str))),
        ("state", words(over.map(StageState::as_str))),
        ("ms", any(&["integer", "null"])),
        ("detail", text_or_null()),
        ("reply", text_or_null()),
        ("folder?", words(["inbox", "junk", "all", "trash", "other"])),
        ("mailbox?", text()),
        ("deleted?", any(&["boolean", "null"])),
        ("receiver?", text_or_null()),
        ("spf?", text_or_null()),
        ("dkim?", list_of(&any(&["object"]))),
        ("dmarc?", text_or_null()),
        ("policy?", text_or_null()),
        ("envelope?", text_or_null()),
        ("forged?", list_of(&any(&["object"]))),
        ("hops?", list_of(&any(&["object"]))),
    ]);
    object(&[
        ("ok", yes_no()),
        ("changed", yes_no()),
        ("profile", text_or_null()),
        ("smtp", or_null(&smtp)),
        ("stages", list_of(&stage)),
        ("round_trips", number()),
        ("diagnosis", or_null(&diagnosis())),
        ("arrival?", diagnosis()),
        ("files", list_of(&file())),
        ("equivalent", text_or_null()),
        ("status?", words(WriteStatus::WORDS)),
        ("lacks?", texts()),
        ("found?", or_null(&found())),
        ("notes?", texts()),
        ("orphaned?", list_of(&any(&["object"]))),
        ("drift?", list_of(&any(&["object"]))),
        ("diff?", text()),
        ("proofs?", list_of(&proof())),
        ("egress?", list_of(&any(&["object"]))),
        ("dns?", any(&["object"])),
        ("report?", text()),
        ("error?", failure()),
    ])
}

/// One entry a target and way.
fn proof() -> Value {
    object(&[
        ("target", text()),
        ("way", words(ProofWay::WORDS)),
        ("read_back", yes_no()),
        ("read_by", text()),
        ("sent", any(&["boolean", "null"])),
        ("by", text_or_null()),
        ("as", text_or_null()),
        ("to", text_or_null()),
        ("said", text_or_null()),
        ("mailsetup_can", any(&["boolean", "null"])),
        ("arrival", any(&["object", "null"])),
        ("diagnosis", or_null(&diagnosis())),
        ("try", text_or_null()),
    ])
}

/// The server that the address led to, and whether it is the one of the answers.
fn found() -> Value {
    object(&[
        ("source", text()),
        ("at", text_or_null()),
        ("provider", text_or_null()),
        ("host", text()),
        ("port", port()),
        ("security", security()),
        ("confirmed", yes_no()),
        ("taken", yes_no()),
    ])
}

fn file() -> Value {
    object(&[
        ("path", text()),
        ("action", words(["created", "changed", "unchanged", "removed"])),
        ("backup", text_or_null()),
    ])
}

/// What `export`, `remove` and `undo` print; `export --print` has each file's `content` in place of what became of it.
fn files() -> Value {
    let printed = object(&[("path", text()), ("content", text())]);
    object(&[
        ("ok", yes_no()),
        ("changed", yes_no()),
        ("profile", text_or_null()),
        ("files", list_of(&json!({"anyOf": [file(), printed]}))),
        ("orphaned?", list_of(&any(&["object"]))),
        ("notes?", texts()),
        ("diff?", text()),
        ("error?", failure()),
    ])
}

fn detect() -> Value {
    let server = object(&[("host", text()), ("port", port()), ("security", security())]);
    object(&[
        ("address", text()),
        ("provider", text_or_null()),
        ("source", words(["preset", "table", "mx", "srv", "autoconfig", "guess", "none"])),
        ("smtp", list_of(&server)),
        ("imap", list_of(&server)),
        ("username", text_or_null()),
        ("warnings", texts()),
        ("consents", texts()),
        ("notes", texts()),
        ("fault", text_or_null()),
    ])
}

fn probe() -> Value {
    let protocol = words(Protocol::WORDS);
    let door =
        object(&[("port", port()), ("protocol", protocol), ("security", security()), ("state", text()), ("ms", number())]);
    object(&[
        ("host", text()),
        ("addresses", texts()),
        ("doors", list_of(&door)),
        ("best", any(&["object", "null"])),
        ("diagnosis", or_null(&diagnosis())),
    ])
}

/// With `--jsonl` there is the line's `id` too, and for a line that cannot be read an `error` in place of the diagnosis. Of a log there
/// is a line for each group: the diagnosis, and these keys.
fn explain() -> Value {
    let bad_line = object(&[("id", json!({})), ("cause", text()), ("error", failure())]);
    let group = object(&[
        ("count?", number()),
        ("first?", text_or_null()),
        ("last?", text_or_null()),
        ("line?", text()),
        ("messages?", texts()),
        ("recipients?", texts()),
        ("ours?", yes_no()),
    ]);
    let mut explained = diagnosis();
    if let (Some(keys), Some(more)) = (explained["properties"].as_object_mut(), group["properties"].as_object()) {
        keys.extend(more.clone());
    }
    json!({"anyOf": [explained, bad_line]})
}

/// One line a profile; a damaged one has its `error`.
fn list() -> Value {
    let good = object(&[
        ("profile", text()),
        ("scope", text()),
        ("enabled", yes_no()),
        ("address", text()),
        ("smtp", any(&["object"])),
        ("targets", list_of(&any(&["object"]))),
    ]);
    let damaged = object(&[("ok", json!({"const": false})), ("profile", text()), ("error", failure())]);
    json!({"anyOf": [good, damaged]})
}

fn show() -> Value {
    let secret = object(&[("store", words(StoreKind::WORDS))]);
    object(&[
        ("profile", text()),
        ("schema", number()),
        ("enabled", yes_no()),
        ("sender", object(&[("address", text())])),
        ("smtp", object(&[("host", text()), ("port", port()), ("security", security()), ("auth", words(Auth::WORDS))])),
        ("secret?", secret),
        ("secret_for", any(&["object", "null"])),
    ])
}

fn secret() -> Value {
    object(&[("ok", yes_no()), ("profile", text()), ("secret?", text()), ("drop_in?", text())])
}

fn token() -> Value {
    let grant = object(&[
        ("kind", words(GrantKind::WORDS)),
        ("account", text()),
        ("client_id", text()),
        ("tenant", text_or_null()),
        ("scope", text()),
        ("token_url", text()),
        ("given", text()),
        ("access_expires", text_or_null()),
        ("certificate_days", any(&["integer", "null"])),
    ]);
    object(&[("ok", yes_no()), ("profile", text()), ("grant?", grant), ("changed?", yes_no()), ("revoked?", yes_no())])
}

fn vault() -> Value {
    object(&[("ok", yes_no()), ("vault", text_or_null()), ("lock?", text()), ("profiles?", any(&["array", "null"]))])
}

fn providers() -> Value {
    let server = object(&[("host", text()), ("port", port()), ("security", security())]);
    object(&[
        ("key", text()),
        ("name", text()),
        ("category", words(["mailbox", "hosting", "relay", "bridge", "local", "none"])),
        ("smtp", list_of(&server)),
        ("domains", texts()),
        ("checked", text()),
        ("stale", yes_no()),
        ("no_smtp", yes_no()),
    ])
}

fn targets() -> Value {
    object(&[
        ("key", text()),
        ("name", text()),
        ("files", list_of(&any(&["object"]))),
        ("security", texts()),
        ("auth", texts()),
        ("proxy", texts()),
        ("fetches_secret", yes_no()),
        ("token", text_or_null()),
        ("checked", text()),
        (
            "reader",
            object(&[
                ("by", words(["program", "parser", "mailsetup"])),
                ("program", text_or_null()),
                ("command", json!({"type": ["array", "null"]})),
            ]),
        ),
        ("sends", yes_no()),
    ])
}
