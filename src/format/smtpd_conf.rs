//! OpenSMTPD's smtpd.conf (smtpd.conf(5); `usr.sbin/smtpd/parse.y`): of its `match` lines the first that fits a message
//! counts. What a message takes that this machine sends elsewhere is found by way of `relay`.
//!
//! In double quotes a backslash escapes a quote or a blank, and is itself before anything else (`yylex` in `parse.y`).

mod words;

use std::{collections::BTreeMap, ops::Range};

use words::{Kind, Statement};

use super::{
    doc::{FileDoc, FileEntry},
    file_format::FileFormat,
    text::{Fault, FaultKind, Unfit, after_blanks},
};

/// OpenSMTPD's smtpd.conf: what outgoing mail of this machine takes is `relay`.
pub(crate) struct SmtpdConf;

impl FileFormat for SmtpdConf {
    fn word(&self) -> &'static str {
        "smtpd-conf"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        doc(text)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote(value)
    }

    /// What statements begin with.
    fn keys(&self, _text: &str, doc: &FileDoc, lines: &Range<usize>) -> Vec<Range<usize>> {
        doc.heads.iter().filter(|head| lines.contains(&head.start)).cloned().collect()
    }

    fn block_at(&self, before: &str, _comment: &str, is_there: bool) -> Result<usize, Fault> {
        spot(before, is_there)
    }
}

/// What an `action` does.
struct Action {
    /// It hands mail to a server, rather than to a mailbox here.
    relays: bool,
    settings: Vec<(&'static str, String)>,
}

/// The relay's settings: `scheme`, `label` and `authority` of its address, `auth` (the table with the logins), `helo`, `ca` (the
/// file of the authority that is trusted), `unchecked`.
fn doc(text: &str) -> Result<FileDoc, Fault> {
    let statements = words::statements(text)?;
    let head = |statement: &Statement<'_>| {
        let start = after_blanks(text, statement.start);
        start..start + statement.words[0].text.len()
    };
    Ok(FileDoc { heads: statements.iter().map(head).collect(), ..FileDoc::flat(entries(&statements)) })
}

fn entries(statements: &[Statement<'_>]) -> Vec<FileEntry> {
    let Some(outgoing) = statements.iter().find(|statement| takes_outgoing(statement)) else { return Vec::new() };
    let mut actions = actions(statements);
    let action = outgoing.after("action").and_then(|name| actions.remove(name.text.as_ref()));
    let settings = action.filter(|action| action.relays).map(|action| action.settings).unwrap_or_default();
    let entry = |(name, value): (&str, String)| FileEntry {
        path: vec!["relay".to_owned(), name.to_owned()],
        ..FileEntry::flat(name, value, 0..0)
    };
    settings.into_iter().map(entry).collect()
}

/// Where a new rule goes that takes what is sent to somewhere else: above the first that does, since the first one counts.
/// `is_there`: it is right after the text already.
///
/// # Errors
/// A rule that does something else with it, or that may: one in a file that is included.
fn spot(text: &str, is_there: bool) -> Result<usize, Fault> {
    let statements = words::statements(text)?;
    let actions = actions(&statements);
    for statement in &statements {
        let fault = |kind| Err(Fault::within(text, statement.start, kind));
        if statement.is("include") {
            return fault(FaultKind::Unfamiliar);
        }
        if takes_outgoing(statement) {
            let relays =
                statement.after("action").and_then(|name| actions.get(name.text.as_ref())).is_some_and(|it| it.relays);
            return if relays && !is_there { Ok(statement.start) } else { fault(FaultKind::Outranked) };
        }
    }
    Ok(text.len())
}

/// Whether a `match` takes all that this machine sends to somewhere else, as far as it can be seen here.
fn takes_outgoing(statement: &Statement<'_>) -> bool {
    if !statement.is("match") {
        return false;
    }
    // Without `for`, what is for this machine; without `from`, what is of it.
    let mut is_for_all = false;
    let mut words = statement.words[1..].iter().peekable();
    while let Some(word) = words.next() {
        let (is_not, option) = if word.is_sign('!') { (true, words.next()) } else { (false, Some(word)) };
        let Some(option) = option.filter(|option| option.kind == Kind::Bare) else { continue };
        match option.text.as_ref() {
            "action" | "reject" => break,
            "from" | "for" => {
                let what = words.next().map_or("", |what| &what.text);
                let takes_all = match what {
                    "any" => !is_not,
                    "local" | "socket" => is_not == (option.text == "for"),
                    // A list of some, or all others.
                    _ => is_not || words.peek().is_some_and(|value| value.text == "*"),
                };
                if option.text == "for" {
                    is_for_all = takes_all;
                } else if !takes_all {
                    return false;
                }
            }
            // A condition more: on others, it is as good as none.
            "tag" | "helo" | "auth" | "tls" | "mail-from" | "rcpt-to" if !is_not => return false,
            _ => {}
        }
    }
    is_for_all
}

fn actions<'a>(statements: &'a [Statement<'_>]) -> BTreeMap<&'a str, Action> {
    let certificate =
        |statement: &'a Statement<'_>| Some((statement.words.get(1)?.text.as_ref(), statement.after("cert")?.text.as_ref()));
    let authorities: BTreeMap<&str, &str> = statements.iter().filter(|it| it.is("ca")).filter_map(certificate).collect();
    let action = |statement: &'a Statement<'_>| {
        let name = statement.words.get(1)?.text.as_ref();
        let relays = statement.words.get(2).is_some_and(|method| method.text == "relay");
        let mut settings = Vec::new();
        for (option, value) in
            statement.words.iter().zip(&statement.words[1..]).filter(|(option, _)| option.kind == Kind::Bare)
        {
            let value = value.text.as_ref();
            match option.text.as_ref() {
                "host" => settings.extend(address(value)),
                "auth" => settings.push(("auth", value.to_owned())),
                "helo" => settings.push(("helo", value.to_owned())),
                "ca" => settings.push(("ca", authorities.get(value).copied().unwrap_or_default().to_owned())),
                "tls" if value == "no-verify" => settings.push(("unchecked", "yes".to_owned())),
                _ => {}
            }
        }
        Some((name, Action { relays, settings }))
    };
    statements.iter().filter(|it| it.is("action")).filter_map(action).collect()
}

/// `SCHEME://LABEL@HOST:PORT`, of which the host alone is needed.
fn address(url: &str) -> [(&'static str, String); 3] {
    let (scheme, rest) = url.split_once("://").unwrap_or(("smtp", url));
    let (label, authority) = rest.split_once('@').unwrap_or(("", rest));
    [("scheme", scheme), ("label", label), ("authority", authority)].map(|(name, value)| (name, value.to_owned()))
}

fn quote(value: &str) -> Result<String, Unfit> {
    let is_lost = value.ends_with('\\') || ["\\\"", "\\ ", "\\\t"].iter().any(|escape| value.contains(escape));
    if is_lost { Err(Unfit::Characters("\\".into())) } else { Ok(format!("\"{}\"", value.replace('"', "\\\""))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEBIAN: &str = "table aliases file:/etc/aliases\nlisten on localhost\naction \"local\" maildir alias <aliases>\n\
                          action \"relay\" relay\nmatch for local action \"local\"\nmatch from local for any action \"relay\"\n";

    fn read(text: &str) -> Vec<(String, String)> {
        doc(text).unwrap().entries.into_iter().map(|it| (it.path[1].clone(), it.value.unwrap())).collect()
    }

    #[test]
    fn what_outgoing_mail_takes() {
        let ours = "ca \"c\" cert \"/ca.pem\"\naction \"m\" relay host \"smtps://l@[::1]:465\" auth <\"t\"> ca \"c\" helo \"w\" tls no-verify\n\
                    match from local for any action \"m\"\n";
        let expected = [
            ("scheme", "smtps"),
            ("label", "l"),
            ("authority", "[::1]:465"),
            ("auth", "t"),
            ("ca", "/ca.pem"),
            ("helo", "w"),
            ("unchecked", "yes"),
        ];
        assert_eq!(
            read(&format!("match for local reject\n{ours}")),
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!(read(&format!("{DEBIAN}{ours}")), []);
        assert_eq!(read(&format!("match from local for any reject\n{ours}")), []);
    }

    #[test]
    fn rules_that_take_outgoing_mail() {
        let takes = |rule: &str| takes_outgoing(&words::statements(rule).unwrap()[0]);
        for rule in [
            "match from local for any action x",
            "match for any from any action x",
            "match !from src <lan> for any reject",
            "match from socket !for local action x",
            "match !for domain { a, b } !tag T action x",
            "match for domain \"*\" action x",
        ] {
            assert!(takes(rule), "{rule}");
        }
        for rule in [
            "match action x",
            "match from any action x",
            "match for local action x",
            "match from any for domain \"a\" action x",
            "match for rcpt-to <t> action x",
            "match auth from any for any action x",
            "match from auth for any action x",
            "match from src 10.0.0.0/8 for any action x",
            "match !from local for any action x",
            "match tag DKIM for any action x",
            "match mail-from \"@a\" for any action x",
            "action any relay",
        ] {
            assert!(!takes(rule), "{rule}");
        }
    }

    #[test]
    fn above_the_rule_that_would_win() {
        assert_eq!(spot(DEBIAN, false), Ok(DEBIAN.find("match from").unwrap()));
        assert_eq!(spot("listen on lo\n", false), Ok(13));
        let outranked = Err(Fault { line: 6, kind: FaultKind::Outranked });
        assert_eq!(spot(DEBIAN, true), outranked);
        assert_eq!(spot(&DEBIAN.replace("any action \"relay\"", "any action \"local\""), false), outranked);
        assert_eq!(spot("include \"/x\"\n", false), Err(Fault { line: 1, kind: FaultKind::Unfamiliar }));
    }

    #[test]
    fn quotes_are_escaped() {
        assert_eq!(quote("a \"b\\c$").as_deref(), Ok("\"a \\\"b\\c$\""));
        assert_eq!(quote("a\\"), Err(Unfit::Characters("\\".into())));
    }
}
