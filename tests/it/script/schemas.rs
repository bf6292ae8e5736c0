//! Every document that is printed has a schema, and is as it says.

use serde_json::Value;

use super::{House, json_lines};

/// What of a document is not as its schema says. Only the words that our schemas use are known; another one is a fault itself.
fn faults(schema: &Value, document: &Value, at: &str, found: &mut Vec<String>) {
    for (word, rule) in schema.as_object().unwrap() {
        match word.as_str() {
            "type" => {
                let is = |kind: &Value| match kind.as_str().unwrap() {
                    "object" => document.is_object(),
                    "array" => document.is_array(),
                    "string" => document.is_string(),
                    "integer" => document.is_i64() || document.is_u64(),
                    "boolean" => document.is_boolean(),
                    "null" => document.is_null(),
                    kind => panic!("type {kind}"),
                };
                let fits = rule.as_array().map_or_else(|| is(rule), |kinds| kinds.iter().any(is));
                found.extend((!fits).then(|| format!("{at}: {document} is no {rule}")));
            }
            "properties" => {
                for (key, schema) in rule.as_object().unwrap() {
                    if let Some(value) = document.get(key) {
                        faults(schema, value, &format!("{at}.{key}"), found);
                    }
                }
            }
            "required" => {
                let missing = rule.as_array().unwrap().iter().filter(|key| document.get(key.as_str().unwrap()).is_none());
                found.extend(missing.map(|key| format!("{at}: no {key}")));
            }
            "items" => {
                for (index, item) in document.as_array().into_iter().flatten().enumerate() {
                    faults(rule, item, &format!("{at}[{index}]"), found);
                }
            }
            "enum" => {
                found.extend(
                    (!rule.as_array().unwrap().contains(document)).then(|| format!("{at}: {document} not in {rule}")),
                );
            }
            "const" => found.extend((rule != document).then(|| format!("{at}: {document} is not {rule}"))),
            "anyOf" => {
                let tries = rule.as_array().unwrap().iter().map(|schema| {
                    let mut found = Vec::new();
                    faults(schema, document, at, &mut found);
                    found
                });
                let best = tries.min_by_key(Vec::len).unwrap();
                found.extend(best);
            }
            "minimum" => found.extend((document.as_u64() < rule.as_u64()).then(|| format!("{at}: {document}"))),
            "maximum" => found.extend((document.as_u64() > rule.as_u64()).then(|| format!("{at}: {document}"))),
            "$schema" | "title" => {}
            word => panic!("{word}"),
        }
    }
}

#[test]
fn every_document_is_as_its_schema_says() {
    let house = House::new();
    let set_up = house.write(&["--target", "msmtp", "--target", "dotenv"]).code(0);
    let port = house.demo.tls_port().to_string();
    let refused = house.set_up(&["--port", &port, "--password-env", "WRONG", "--yes", "--json"]).env("WRONG", "x").run();
    let run = |words: &[&str]| house.run(&[words, &["--json"]].concat());
    let host = format!("localhost:{port}");
    let silent =
        "Received: from a.test ([203.0.113.5]) by mx.b.test with ESMTPS; Mon, 30 Nov 2026 06:12:08 +0000\nX-Spam-Flag: NO\n";
    house.sandbox.write("home/silent.eml", silent);
    house.sandbox.write("home/passes.eml", format!("Authentication-Results: mx.b.test; dkim=pass header.d=a.test; arc=none\n{silent}Authentication-Results: x; spf=pass\nFrom: x@a.test\n"));
    let outputs = [
        ("set-up", set_up),
        ("set-up", refused.code(77)),
        ("set-up", run(&["a@b.test"]).code(64)),
        ("set-up", house.set_up(&["--password-file", "pw", "--dry-run", "--json"]).run().code(0)),
        ("check", run(&["check"]).code(0)),
        ("check", run(&["check", "nosuch"]).code(66)),
        ("detect", run(&["detect", "ops@gmail.com", "x@unknown.test", "nobody"]).code(65)),
        ("dns", run(&["dns", "gmail.com", "--nameserver", "127.0.0.1:1"]).code(0)),
        ("dns", run(&["dns", "a.test", "--nameserver", "127.0.0.1:1", "--provider", "microsoft365-connector"]).code(75)),
        ("probe", run(&["probe", &host, "--ca-file", "ca.pem"])),
        ("explain", run(&["explain", "535 5.7.8 Bad credentials"]).code(0)),
        ("arrival", run(&["arrival", "--eml", "passes.eml"]).code(0)),
        ("arrival", run(&["arrival", "--eml", "silent.eml"]).code(75)),
        ("error", run(&["arrival", "--eml", "none.eml"]).code(66)),
        ("explain", house.sandbox.mailsetup(["explain", "--json", "-"]).stdin(super::logs::LOG).run().code(0)),
        ("list", run(&["list"]).code(0)),
        ("show", run(&["show"]).code(0)),
        ("files", run(&["export", "dotenv-sh=env"]).code(0)),
        ("files", run(&["export", "msmtp", "--print"]).code(0)),
        ("files", run(&["export", "nosuch"])),
        ("secret", run(&["secret"]).code(0)),
        ("vault", run(&["vault", "status"]).code(0)),
        ("providers", run(&["providers"]).code(0)),
        ("targets", run(&["targets"]).code(0)),
        ("error", run(&["show", "nosuch"]).code(66)),
        ("error", run(&["providers", "nosuch"]).code(66)),
        ("error", run(&["targets", "nosuch"]).code(66)),
        ("error", run(&["secret", "nosuch"]).code(66)),
        ("files", run(&["undo"]).code(0)),
        ("files", run(&["remove", "default"]).code(0)),
        ("files", run(&["remove", "nosuch"]).code(66)),
    ];
    for (kind, out) in outputs {
        let schema = house.run(&["generate", "schema", kind]).code(0).json();
        assert_eq!(schema["title"], kind);
        let documents = json_lines(&out);
        assert!(!documents.is_empty(), "{kind}: {}", out.stderr);
        for document in documents {
            let mut found = Vec::new();
            faults(&schema, &document, kind, &mut found);
            assert!(found.is_empty(), "{found:#?}\n{document}");
        }
    }
}

#[test]
fn a_key_that_is_a_word_of_a_list_has_the_list_in_its_schema() {
    let house = House::new();
    let profile = house.run(&["generate", "schema"]).code(0).stdout;
    for word in ["cram-md5", "starttls", "keyring"] {
        assert!(profile.contains(&format!("\"{word}\"")), "{word} in {profile}");
    }
    let answers = house.run(&["generate", "schema", "answers"]).code(0).json();
    for (key, word) in [
        ("auth", "cram-md5"),
        ("security", "starttls"),
        ("test", "login"),
        ("scope", "user"),
        ("color", "auto"),
        ("secret_store", "vault"),
        ("vault_lock", "machine"),
    ] {
        let words = answers["properties"][key]["enum"].as_array().unwrap_or_else(|| panic!("{key}: {answers}"));
        assert!(words.contains(&Value::from(word)), "{key}: {words:?}");
    }
}

#[test]
fn there_is_one_proof_a_target_and_way_and_it_says_who_read() {
    let house = House::new();
    let targets = ["msmtp", "dotenv=a.env", "json=mail.json", "git"];
    let words: Vec<&str> = targets.iter().flat_map(|target| ["--target", target]).collect();
    let document = house.write(&words).code(0).json();
    let proofs = document["proofs"].as_array().unwrap();
    let mut seen: Vec<_> = proofs.iter().map(|proof| (proof["target"].to_string(), proof["way"].to_string())).collect();
    assert_eq!(seen.len(), targets.len(), "{document}");
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), proofs.len(), "{document}");
    // What nobody else reads is not said to have been read by somebody else.
    let dotenv = proofs.iter().find(|proof| proof["target"] == "dotenv").unwrap();
    assert_eq!(dotenv["read_by"], "mailsetup");
    let mut schema = house.run(&["generate", "schema", "set-up"]).code(0).json();
    let mut found = Vec::new();
    let proof = schema["properties"]["proofs"]["items"].take();
    faults(&proof, &serde_json::json!({"target": "msmtp", "way": "pigeon"}), "proof", &mut found);
    assert!(found.iter().any(|fault| fault.contains("pigeon")) && found.len() > 5, "{found:?}");
    for target in json_lines(&house.run(&["targets", "--json"]).code(0)) {
        let (by, program) = (&target["reader"]["by"], &target["reader"]["program"]);
        assert_eq!(by == "mailsetup", program.is_null(), "{target}");
    }
}
