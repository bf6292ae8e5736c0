//! `targets`: the programs to write settings for, as a list, searched, or one in full.

use serde_json::{Value, json};

use super::{commands::none_found, context::Context, stale};
use crate::{
    error::{Error, Exit},
    phrase,
    presets::{
        Fact, FactKind, Phrase, Target,
        target::{MergeKind, ReaderKind, TargetAsk, TargetFile, Template, TokenSource},
    },
};

/// One line each; in full, the one whose key was typed or that alone was found. With `stale`, what was checked more than so
/// many months ago, oldest first: the words of clients too.
pub(super) fn run(context: &Context, query: Option<&str>, stale: Option<u32>) -> Result<Exit, Error> {
    let exact = query.and_then(|query| context.catalog.target(query));
    let found: Vec<&Target> = match exact {
        Some(target) => vec![target],
        None => {
            context.catalog.targets().filter(|target| query.is_none_or(|query| matches(context, target, query))).collect()
        }
    };
    if let Some(months) = stale {
        let keys: Vec<&str> = found.iter().map(|target| target.key.as_str()).collect();
        let facts = stale::facts(context, months, true, query, &keys);
        none_found(found.is_empty() && facts.is_empty(), query)?;
        let listed = |fact: &Fact<'_>| {
            let target = context.catalog.target(fact.key).filter(|_| fact.kind == FactKind::Target)?;
            Some(document(target))
        };
        stale::list(context, months, &facts, listed)?;
        return Ok(Exit::Ok);
    }
    none_found(found.is_empty(), query)?;
    if context.json {
        for target in &found {
            context.out(&document(target).to_string())?;
        }
    } else if let (Some(_), [only]) = (query, found.as_slice()) {
        for line in in_full(context, only) {
            context.out(&line)?;
        }
    } else {
        for target in &found {
            context.out(&format!("{:<15} {:<24} {}", target.key, target.name, target.words(context.lang()).summary))?;
        }
    }
    Ok(Exit::Ok)
}

/// Whether a target's names, or those of the programs that read its files, contain the query.
fn matches(context: &Context, target: &Target, query: &str) -> bool {
    let query = query.to_lowercase();
    let names = [&target.key, &target.name, &target.words(context.lang()).summary].into_iter();
    names
        .chain(&target.program)
        .map(String::as_str)
        .chain(target.known_as())
        .any(|name| name.to_lowercase().contains(&query))
}

fn document(target: &Target) -> Value {
    let file = |file: &TargetFile| json!({"id": file.id, "user": file.user, "system": file.system, "mode": file.mode, "group": file.group});
    json!({
        "key": target.key, "name": target.name, "used_by": target.known_as().collect::<Vec<_>>(), "program": target.program,
        "files": target.files.iter().map(file).collect::<Vec<_>>(), "security": target.security, "auth": target.auth,
        "ports": target.ports, "checks_certificates": target.checks_certificates, "ca_file": target.ca_file,
        "pin": target.pin, "client_cert": target.client_cert, "proxy": target.proxy, "fetches_secret": target.fetches_secret, "import": target.import.is_some(),
        "token": target.token.as_ref().map(|token| token.by.as_str()),
        "store": target.store, "through": target.through, "ascii": target.ascii, "system_only": target.system_only,
        "docs": target.docs, "checked": target.checked, "reader": reader(target), "sends": target.send.is_some(),
    })
}

/// Who can read the files back beside our own reader of their format, and by which command.
fn reader(target: &Target) -> Value {
    let command = |ask: &TargetAsk| ask.command.iter().map(|word| shown(word.as_str(), target)).collect::<Vec<_>>();
    match &target.ask {
        Some(ask) => {
            json!({"by": ask.by.as_str(), "program": ask.command.first().map(Template::as_str), "command": command(ask)})
        }
        None => json!({"by": "mailsetup", "program": null, "command": null}),
    }
}

/// Everything that a person should know before choosing it.
fn in_full(context: &Context, target: &Target) -> Vec<String> {
    let text = &context.text;
    let words = target.words(context.lang());
    let mut lines = vec![format!("{}  {}", target.key, target.name), format!("  {}", words.summary), String::new()];
    let mut row = |label: &str, value: String| {
        if !value.is_empty() {
            let label = if label.is_empty() { String::new() } else { text.get(label) };
            lines.push(format!("  {label:<14} {value}"));
        }
    };
    row("target-used-by", target.known_as().collect::<Vec<_>>().join(", "));
    for file in &target.files {
        let paths = [file.user.as_deref(), file.system.as_deref(), file.example.as_deref()];
        let paths = paths.into_iter().flatten().collect::<Vec<_>>();
        let same = paths.windows(2).any(|pair| pair[0] == pair[1]);
        let paths = paths[usize::from(same)..].join(", ");
        row(
            "target-file",
            format!("{paths} ({}{})", file.mode, file.group.as_ref().map(|group| format!(" {group}")).unwrap_or_default()),
        );
        row("", text.say(&merge_words(file.merge, target)));
    }
    row("target-security", listed(&target.security));
    for (mode, ports) in target.ports.iter().rev().filter(|(_, ports)| !ports.is_empty()) {
        let ports: Vec<_> = ports.iter().map(u16::to_string).collect();
        row("", text.say(&phrase!("target-ports", mode = mode, ports = ports.join(", "))));
    }
    row("target-login", if target.auth.is_empty() { "auto".to_owned() } else { target.auth.join(", ") });
    let token = match target.token.as_ref().map(|token| token.by) {
        Some(TokenSource::Command) => "target-token-command",
        Some(TokenSource::Store) => "target-token-store",
        None => "target-token-none",
    };
    row("", text.get(token));
    let password = match &target.store {
        Some(store) => phrase!("target-password-given", store = store),
        None if target.fetches_secret => phrase!("target-password-fetched"),
        None => phrase!("target-password-inline"),
    };
    row("target-password", text.say(&password));
    if !target.ascii.is_empty() {
        row("", text.say(&phrase!("target-ascii", settings = listed(&target.ascii))));
    }
    let certificates =
        if target.checks_certificates { "target-certificates-checked" } else { "target-certificates-unchecked" };
    row("target-certificates", text.get(certificates));
    let trust =
        [(target.ca_file, "target-trust-ca"), (target.pin, "target-trust-pin"), (target.client_cert, "target-client-cert")];
    for (_, trust) in trust.into_iter().filter(|(can, _)| *can) {
        row("", text.get(trust));
    }
    if !target.proxy.is_empty() {
        let kinds: Vec<&str> = target.proxy.iter().map(|kind| kind.as_str()).collect();
        row("", text.say(&phrase!("target-proxy", kinds = kinds.join(", "))));
    }
    row("", words.certificates.clone().unwrap_or_default());
    let import = target.import.is_some().then(|| text.say(&phrase!("target-import-from", target = target.key)));
    row("target-import", import.unwrap_or_default());
    row("target-check", target.check.as_ref().map(|check| shown(check.as_str(), target)).unwrap_or_default());
    let reader = match &target.ask {
        Some(ask) => {
            let words: Vec<_> = ask.command.iter().take(2).map(|word| shown(word.as_str(), target)).collect();
            let (program, command) = (words.first().cloned().unwrap_or_default(), words.join(" "));
            match ask.by {
                ReaderKind::Program => phrase!("target-reader-program", command = command),
                ReaderKind::Parser => phrase!("target-reader-parser", program = program),
            }
        }
        None => phrase!("target-reader-ours"),
    };
    row("target-reader", text.say(&reader));
    let sends = target.send.is_some().then(|| text.get("target-sends"));
    row("", sends.unwrap_or_default());
    row("target-docs", format!("{} ({})", target.docs, target.checked));
    if !words.warnings.is_empty() {
        lines.push(String::new());
        lines.extend(words.warnings.iter().map(|warning| format!("  ! {warning}")));
    }
    lines
}

/// Words, as a list shows them.
fn listed(all: &[impl ToString]) -> String {
    let all: Vec<_> = all.iter().map(ToString::to_string).collect();
    all.join(", ")
}

fn merge_words(merge: MergeKind, target: &Target) -> Phrase {
    match merge {
        MergeKind::Block => phrase!("target-merge-block"),
        MergeKind::Keys => phrase!("target-merge-keys"),
        MergeKind::Whole | MergeKind::Exact => phrase!("target-merge-whole"),
        MergeKind::Read => phrase!("target-merge-read", target = target.through.as_deref().unwrap_or_default()),
    }
}

/// A command of a preset with its files at their usual places.
fn shown(command: &str, target: &Target) -> String {
    target.files.iter().fold(command.to_owned(), |command, file| {
        let path = file.system.as_ref().or(file.user.as_ref());
        let path = path.map_or("", String::as_str);
        [" | quote", ""]
            .iter()
            .fold(command, |command, filter| command.replace(&format!("{{{{ files.{}{filter} }}}}", file.id), path))
    })
}
