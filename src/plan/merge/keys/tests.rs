//! Merges by format.

use std::{
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::*;
use crate::format::{Format, text::Unfit};

/// A merge by the format's word.
fn merge(format: &str, text: &str, ours: &str, gone: &[Vec<String>], kept: &[Vec<String>]) -> Result<String, Fault> {
    let format = Format::named(format).unwrap().rules();
    let there = if text.trim_ascii().is_empty() { None } else { Some(format.read(text)?) };
    let merged = super::merge(format, text, there, ours, gone, kept)?;
    // What we wrote is of ours, or the line break before it.
    for written in &merged.written {
        let line = merged.text[written.clone()].trim().lines().next().unwrap_or_default().trim_end_matches([',', ' ']);
        assert!(ours.contains(line), "{line}");
    }
    Ok(merged.text)
}

fn put(format: &str, text: &str, ours: &str) -> String {
    let merged = merge(format, text, ours, &[], &[]).unwrap();
    assert_eq!(merge(format, &merged, ours, &[], &[]).unwrap(), merged);
    merged
}

fn without(format: &str, text: &str, ours: &str, gone: &[&[&str]]) -> String {
    let gone: Vec<Vec<String>> = gone.iter().map(|path| path.iter().map(|step| (*step).to_owned()).collect()).collect();
    merge(format, text, ours, &gone, &[]).unwrap()
}

fn refused(format: &str, text: &str, ours: &str) -> (usize, FaultKind) {
    let fault = merge(format, text, ours, &[], &[]).unwrap_err();
    (fault.line, fault.kind)
}

#[test]
fn environment_files() {
    let text = "# mine\r\nexport SMTP_HOST = old # relay\r\nX=\"multi\r\nSMTP_HOST=no\r\n\"\r\nSMTP_HOST='older'";
    let ours = "# ours\nSMTP_HOST=new\nSMTP_PORT=465\n";
    let merged = put("dotenv", text, ours);
    let expected = "# mine\r\nexport SMTP_HOST=new # relay\r\nX=\"multi\r\nSMTP_HOST=no\r\n\"\r\n\
                    SMTP_HOST=new\r\nSMTP_PORT=465\r\n";
    assert_eq!(merged, expected);
    assert_eq!(put("dotenv", "", ours), ours);
    assert_eq!(put("dotenv", "SMTP_HOST='a'b # c\n", "SMTP_HOST=n\n"), "SMTP_HOST=n\n");
}

#[test]
fn files_of_blanks() {
    for (text, before) in [("", ""), ("\n", "\n"), ("\r", "\r\n"), ("  ", "  \n")] {
        assert_eq!(put("python-settings", text, "A = 1\n"), format!("{before}A = 1\n"));
    }
}

#[test]
fn main_cf() {
    let text = "relayhost=\n# keep\n   [old]:25\n\nmynetworks = a\n  b\ninet_protocols=all";
    let merged = put("main-cf", text, "relayhost = [new]:465\ninet_protocols = all\nz = 1\n");
    assert_eq!(merged, "relayhost = [new]:465\n# keep\n\nmynetworks = a\n  b\ninet_protocols=all\nz = 1\n");
}

#[test]
fn tables() {
    let merged = put("postfix-table", "[a]:1 u:p\n[b]:2\tx:y\n", "[b]:2 n:m\n[c]:3 k:l\n");
    assert_eq!(merged, "[a]:1 u:p\n[b]:2 n:m\n[c]:3 k:l\n");
}

#[test]
fn sections() {
    let ours = "[mailer]\nHOST = `h`\nPASSWD = `p#`\n\n[other]\nx = 1\n";
    let text = "; top\n[mailer]\n  HOST=old ; mine\n  ; note\n  FROM = me\n\n[log]\nLEVEL = x";
    let expected = "; top\n[mailer]\n  HOST = `h` ; mine\n  ; note\n  FROM = me\n  PASSWD = `p#`\n\n[log]\nLEVEL = x\n\n[other]\nx = 1\n";
    assert_eq!(put("ini", text, ours), expected);
    assert_eq!(
        put("ini", "a = 1\r\n[other]\r\n", ours),
        "a = 1\r\n[other]\r\nx = 1\r\n\r\n[mailer]\r\nHOST = `h`\r\nPASSWD = `p#`\r\n"
    );
    let merged = put("ini-grafana", "[smtp]\npassword = x\n", "[smtp]\npassword = $__file{/p}\n");
    assert_eq!(merged, "[smtp]\npassword = $__file{/p}\n");
    assert_eq!(without("ini", "[a]\nx = 1 ; c\ny = 2\n", "[a]\ny = 2\n", &[&["a", "x"]]), "[a]\ny = 2\n");
}

#[test]
fn kept() {
    let put = |text: &str| merge("ini", text, "[a]\nx = 1\ny = 2\n", &[], &[vec!["a".into(), "x".into()]]).unwrap();
    assert_eq!(put("[a]\nx = mine\ny = 3\n"), "[a]\nx = mine\ny = 2\n");
    assert_eq!(put("[a]\ny = 3\n"), "[a]\ny = 2\nx = 1\n");
}

#[test]
fn git() {
    let ours = "[sendemail]\n\tsmtpServer = \"h\"\n[credential \"smtp://h\"]\n\thelper =\n\thelper = \"!x\"\n";
    let text = "[user]\n\tname = me\n[SendEmail]\n    smtpserver = old # c\n    chainreplyto = no\n[alias]\n\ts = status\n";
    let first = put("git-config", text, ours);
    let expected = text.replace("smtpserver = old", "smtpServer = \"h\"");
    assert_eq!(first, format!("{expected}\n[credential \"smtp://h\"]\n\thelper =\n\thelper = \"!x\"\n"));
    let other = first.replace("helper =\n", "helper = store\n");
    assert_eq!(put("git-config", &other, ours), first);
    assert_eq!(put("git-config", "[sendemail] from = x\n", ours).lines().nth(1), Some("\tsmtpServer = \"h\""));
}

#[test]
fn toml() {
    let ours = "top = 1\n\n[smtp]\nhost = 'h'\nport = 465\n";
    let text = "# c\n[server]\nport = 1\n\n[smtp]  # relay\nhost = \"old\" # here\n\n[[list]]\nhost = 'no'\n";
    let expected =
        "top = 1\n# c\n[server]\nport = 1\n\n[smtp]  # relay\nhost = 'h' # here\nport = 465\n\n[[list]]\nhost = 'no'\n";
    assert_eq!(put("toml", text, ours), expected);
    assert_eq!(put("toml", "smtp.host = 'x'\r\n", "[smtp]\nhost = 'h'\n"), "smtp.host = 'h'\r\n");
    assert_eq!(refused("toml", "a = 1\nsmtp.user = 'x'\n", ours), (2, FaultKind::Unfamiliar));
    assert_eq!(refused("toml", "a = 1\nsmtp = { user = 'x' }\n", ours), (2, FaultKind::Unfamiliar));
    assert_eq!(refused("toml", "a = 1\nb = \n", ours), (2, FaultKind::Syntax));
}

#[test]
fn yaml() {
    let ours = "global:\n  host: 'h'\n  port: 465\nother:\n  deep:\n    k: 'v'\n";
    let text = "# top\nglobal:  # all\n    # mine\n    host: old   # relay\n    keep: [a, b]\nroute: {x: 1}";
    let expected = "# top\nglobal:  # all\n    port: 465\n    # mine\n    host: 'h'   # relay\n    keep: [a, b]\nroute: {x: 1}\nother:\n  deep:\n    k: 'v'\n";
    assert_eq!(put("yaml", text, ours), expected);
    let nothing = "other:\r\n  x: 1\r\nglobal: # later\r\n";
    let expected = "other:\r\n  deep:\r\n    k: 'v'\r\n  x: 1\r\nglobal: # later\r\n  host: 'h'\r\n  port: 465\r\n";
    assert_eq!(put("yaml", nothing, ours), expected);
    assert_eq!(put("yaml", "# only\n", "a: 'x'\n"), "# only\na: 'x'\n");
    assert_eq!(put("yaml", "a: !secret b # c\n", "a: !secret x\n"), "a: !secret x # c\n");
    assert_eq!(put("yaml", "---\na: b\n", "a: 'x'\nc: 1\n"), "---\na: 'x'\nc: 1\n");
    assert_eq!(put("yaml", "é: b\nport: '465'\n", "port: 465\n"), "é: b\nport: 465\n");
    assert_eq!(without("yaml", "a: 1 # x\nb: 2\n", "b: 2\n", &[&["a"]]), "b: 2\n");
    assert_eq!(refused("yaml", "x: 1\nglobal: {a: b}\n", ours), (2, FaultKind::Unfamiliar));
    assert_eq!(refused("yaml", "x: &a {b: c}\nglobal: *a\n", ours), (2, FaultKind::Unfamiliar));
    assert_eq!(refused("yaml", "global:\n  host:\n    - a\n", ours), (3, FaultKind::Unfamiliar));
    assert_eq!(refused("yaml", "a: 1\n...\n", ours).1, FaultKind::Unfamiliar);
    assert_eq!(refused("yaml", "a: 1\n b: 2\n", ours).1, FaultKind::Syntax);
}

#[test]
fn php() {
    let ours = "<?php\n$CONFIG = array (\n  'host' => 'h',\n  'port' => 465,\n);\n";
    let text = "<?php\n$CONFIG = array (\n  // mine\n  'a' => array (\n    0 => 'x',\n  ),\n  'port'=>'25', # old\n);\n";
    let expected = text.replace("'port'=>'25'", "'port' => 465").replace("  // mine", "  'host' => 'h',\n  // mine");
    assert_eq!(put("php-array", text, ours), expected);
    assert_eq!(
        put("php-array", "<?php\n$CONFIG = [];\n", ours),
        "<?php\n$CONFIG = [\n  'host' => 'h',\n  'port' => 465,\n];\n"
    );
    let constants =
        "<?php\ndefine( 'DB', 'x' );\n\n/* That's all, stop editing! */\nrequire_once ABSPATH . 'wp-settings.php';\n";
    let merged = put("php-define", constants, "<?php\ndefine('SMTP', 'y');\n");
    assert_eq!(merged, constants.replace("\n/* That", "\ndefine('SMTP', 'y');\n/* That"));
}

#[test]
fn assignments() {
    let ours = "gitlab_rails['a'] = 'x'\ngitlab_rails['b'] = 1\n";
    let text = "# gitlab_rails['a'] = 1\ngitlab_rails['b']=\"1\" # c\nr['x'] = <<EOS\ngitlab_rails['a'] = 1\nEOS\n";
    let expected = text.replace("gitlab_rails['b']=\"1\"", "gitlab_rails['b'] = 1");
    assert_eq!(put("ruby-gitlab", text, ours), format!("{expected}gitlab_rails['a'] = 'x'\n"));
    let text = "EMAIL_HOST = env(\n  'X',\n)  # c\r\nDEBUG = True";
    let merged = put("python-settings", text, "EMAIL_HOST = 'h'\nEMAIL_PORT = 465\n");
    assert_eq!(merged, "EMAIL_HOST = 'h'  # c\r\nDEBUG = True\nEMAIL_PORT = 465\n");
    assert_eq!(put("properties", "a = 1\\\n  2\nb: 3\n", "a=x\nc=4\n"), "a=x\nb: 3\nc=4\n");
    assert_eq!(
        without("dma-conf", "SMARTHOST x\nSTARTTLS\n#c\n", "PORT 465\n", &[&["STARTTLS"]]),
        "SMARTHOST x\n#c\nPORT 465\n"
    );
}

#[test]
fn json() {
    let ours = "{\n  \"smtp\": {\n    \"host\": \"h\",\n    \"port\": 465\n  }\n}\n";
    let text = "{\n    // mine\n    \"a\": [1, 2],\n    \"b\" : true\n}\n";
    let expected = "{\n    \"smtp\": {\n      \"host\": \"h\",\n      \"port\": 465\n    },\n    // mine\n    \"a\": [1, 2],\n    \"b\" : true\n}\n";
    assert_eq!(put("json", text, ours), expected);
    let text = "{\r\n\t\"smtp\" : {\"host\":\"old\", \"x\": 1}\r\n}";
    assert_eq!(put("json", text, ours), text.replace("\"host\":\"old\"", "\"port\": 465, \"host\": \"h\""));
    assert_eq!(put("json", "{}\n", ours), ours);
    assert_eq!(put("json", "{\"smtp\": {}}", ours), "{\"smtp\": {\n  \"host\": \"h\",\n  \"port\": 465\n}}");
    assert_eq!(refused("json", "{\n\"smtp\": null\n}", ours), (1, FaultKind::Unfamiliar));
    assert_eq!(refused("json", "{\n\"smtp\": 1\n}", ours), (2, FaultKind::Unfamiliar));
    assert_eq!(refused("json", "{\n\"a\": 1,\n", ours).1, FaultKind::Syntax);
    let gone = |text: &str| without("json", text, "{\"k\": 1}", &[&["x"]]);
    assert_eq!(gone("{\n  \"x\": 1,\n  \"k\": 1\n}"), "{\n  \"k\": 1\n}");
    assert_eq!(gone("{\n  \"k\": 1,\n  \"x\": 1\n}"), "{\n  \"k\": 1\n}");
    assert_eq!(gone("{\"x\": 1, \"k\": 1}"), "{ \"k\": 1}");
}

/// A format that counts what it is asked.
struct Counted {
    format: &'static dyn FileFormat,
    questions: AtomicUsize,
}

impl Counted {
    fn asked(&self) -> &'static dyn FileFormat {
        self.questions.fetch_add(1, Ordering::Relaxed);
        self.format
    }
}

impl FileFormat for Counted {
    fn word(&self) -> &'static str {
        self.asked().word()
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        self.asked().read(text)
    }

    fn reread(&self, text: &str, before: &str, doc: FileDoc, changed: &ChangedLines) -> Result<FileDoc, Fault> {
        self.asked().reread(text, before, doc, changed)
    }

    fn keys(&self, text: &str, doc: &FileDoc, lines: &Range<usize>) -> Vec<Range<usize>> {
        self.asked().keys(text, doc, lines)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        self.asked().quote(value)
    }

    fn is_same(&self, there: EntryText<'_>, ours: EntryText<'_>) -> bool {
        self.asked().is_same(there, ours)
    }

    fn place(&self, gap: &Gap<'_>) -> Result<Vec<Edit>, Fault> {
        self.asked().place(gap)
    }

    fn is_bracketed(&self, path: &[String]) -> bool {
        self.asked().is_bracketed(path)
    }

    fn finish(&self, merged: &mut String) {
        self.asked().finish(merged);
    }
}

/// A format goes over the text each time that it is asked: it is asked as often for a long file as for a short one.
#[test]
fn a_format_is_asked_as_often_however_long_the_file_is() {
    let asked = |word: &str, text: &str, ours: &str| {
        let format = Counted { format: Format::named(word).unwrap().rules(), questions: AtomicUsize::new(0) };
        let there = format.read(text).unwrap();
        let merged = super::merge(&format, text, Some(there), ours, &[], &[]).unwrap();
        assert!(merged.text.contains(ours.lines().last().unwrap().trim()), "{word}");
        format.questions.into_inner()
    };
    for (word, line, ours) in [
        ("ini", "[section N]\nkey = value\n", "[mailer]\nHOST = `h`\n"),
        ("git-config", "[section \"N\"]\n\tkey = value\n", "[sendemail]\n\tsmtpServer = \"h\"\n"),
        ("toml", "[section-N]\nkey = 'value'\n", "[smtp]\nhost = 'h'\n"),
        ("yaml", "section-N:\n  key: value\n", "smtp:\n  host: 'h'\n"),
    ] {
        let text = |lines: usize| (0..lines).map(|number| line.replace('N', &number.to_string())).collect::<String>();
        let short = asked(word, &text(3), ours);
        assert!(short >= 3, "{word}: read, place, reread are counted");
        assert_eq!(asked(word, &text(3_000), ours), short, "{word}");
    }
}
