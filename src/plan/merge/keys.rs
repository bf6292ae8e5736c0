//! Key by key: a key that is there gets our value in its place, wherever it is; others are added where the format wants
//! them ([`FileFormat::place`]); what must not stay is taken out.

use std::collections::{BTreeMap, BTreeSet};

use super::{Merged, line_break, splice};
use crate::format::{
    Fault, FaultKind, FileFormat,
    doc::{FileDoc, FileEntry, Group, Rival, Shape},
    file_format::EntryText,
    place::{Edit, Gap},
    text::{line_start, next_line},
};

/// A way to a setting.
type KeyPath = [String];

/// The text with our keys in it, and without those that are `gone`; of those that are `kept`, what is there stays. `there` is
/// what was read of the text; blank text has none. A key that is there twice gets our value at each place: readers differ in
/// which one counts. One that we write several times is a list, which ours replaces.
///
/// # Errors
/// Where the text is written in a way that is not changed here.
pub(in crate::plan) fn merge(
    format: &dyn FileFormat,
    text: &str,
    there: Option<&FileDoc>,
    ours: &str,
    gone: &[Vec<String>],
    kept: &[Vec<String>],
) -> Result<Merged, Fault> {
    let Some(there) = there else {
        // Blanks without a line end would be part of our first line.
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        return Ok(Merged::of([text, end].concat(), ours, ""));
    };
    let wanted = format.read(ours)?;
    let gone: BTreeSet<&KeyPath> = gone.iter().map(Vec::as_slice).collect();
    // Of a large file, few settings matter.
    let concerned: BTreeSet<&KeyPath> =
        wanted.entries.iter().flat_map(|new| above(&new.path).chain([new.path.as_slice()])).chain(gone.clone()).collect();
    let found: Vec<&FileEntry> = there.entries.iter().filter(|entry| concerned.contains(entry.path.as_slice())).collect();
    let settings = settings(&wanted, &found);
    check(text, there, &found, &wanted)?;
    let mut edits = Vec::new();
    for entry in found {
        let setting = settings.get(entry.path.as_slice());
        if gone.contains(entry.path.as_slice()) || setting.is_some_and(OurKey::is_other_list) {
            edits.push(removal(format, text, entry));
        } else if let Some(OurKey { ours: new, .. }) = setting
            && let [new] = new.as_slice()
            && !kept.contains(&new.path)
            && !is_same(format, (text, entry), (ours, new))
        {
            edits.push(Edit { range: entry.body.clone(), text: ours[new.body.clone()].to_owned() });
            edits.extend(entry.continued.iter().map(|line| Edit { range: line.clone(), text: String::new() }));
        }
    }
    edits.extend(emptied(text, there, &wanted, &gone));
    let is_missing = |new: &&FileEntry| settings.get(new.path.as_slice()).is_some_and(OurKey::is_missing);
    let missing: Vec<&FileEntry> = wanted.entries.iter().filter(is_missing).collect();
    if !missing.is_empty() {
        edits.extend(place(format, text, there, ours, &wanted, &missing)?);
    }
    let (mut merged, written) = splice(text, edits);
    format.finish(&mut merged);
    // A table that is written in another way elsewhere, a second document: the consumer would not take it any more.
    let near = || {
        let first = |name: &String| there.entries.iter().find(|entry| entry.path.first() == Some(name));
        missing.iter().find_map(|entry| first(&entry.path[0])).map_or(0, |entry| entry.body.start)
    };
    let doc = format.read(&merged).map_err(|_| Fault::within(text, near(), FaultKind::Unfamiliar))?;
    if let Some(rival) = outdone(&doc, &wanted, &gone) {
        let before = there.rivals.iter().find(|before| before.path == rival.path);
        let (text, at) = before.map_or((merged.as_str(), rival.at), |before| (text, before.at));
        return Err(Fault::within(text, at, FaultKind::Rival));
    }
    let is_gone = |entry: &&FileEntry| gone.contains(entry.path.as_slice());
    let removed: BTreeSet<String> = there.entries.iter().filter(is_gone).map(|entry| entry.path.join(".")).collect();
    Ok(Merged { text: merged, doc: Some(doc), written, removed: removed.into_iter().collect() })
}

/// What gives one of our settings another value that counts, or has one that must not stay.
fn outdone<'a>(doc: &'a FileDoc, wanted: &FileDoc, gone: &BTreeSet<&KeyPath>) -> Option<&'a Rival> {
    let behind = |path: &KeyPath| doc.entries.iter().rfind(|entry| entry.path == path).map_or(0, |entry| entry.body.start);
    let counts = |rival: &&Rival| {
        let is_ours = |entry: &&FileEntry| entry.path.starts_with(&rival.path);
        let ours = wanted.entries.iter().filter(is_ours).map(|entry| behind(&entry.path)).max();
        ours.is_some_and(|ours| rival.always || ours < rival.at) || gone.contains(rival.path.as_slice())
    };
    doc.rivals.iter().find(counts)
}

/// A setting of ours: what we write, and what the file has.
#[derive(Default)]
struct OurKey<'a> {
    ours: Vec<&'a FileEntry>,
    there: Vec<&'a FileEntry>,
}

impl OurKey<'_> {
    fn is_list(&self) -> bool {
        self.ours.len() > 1
    }

    /// The file has another list than we write.
    fn is_other_list(&self) -> bool {
        self.is_list() && self.ours.iter().map(|entry| &entry.value).ne(self.there.iter().map(|entry| &entry.value))
    }

    fn is_missing(&self) -> bool {
        if self.is_list() { self.is_other_list() } else { self.there.is_empty() }
    }
}

/// Our settings by their way.
fn settings<'a>(wanted: &'a FileDoc, found: &[&'a FileEntry]) -> BTreeMap<&'a KeyPath, OurKey<'a>> {
    let mut settings: BTreeMap<&KeyPath, OurKey<'_>> = BTreeMap::new();
    for entry in &wanted.entries {
        settings.entry(&entry.path).or_default().ours.push(entry);
    }
    for entry in found {
        if let Some(setting) = settings.get_mut(entry.path.as_slice()) {
            setting.there.push(entry);
        }
    }
    settings
}

/// The ways to what a setting is within.
fn above(path: &KeyPath) -> impl Iterator<Item = &KeyPath> {
    (1..path.len()).map(|depth| &path[..depth])
}

/// A list or a mapping where a setting is wanted, or a value where a group is.
fn check(text: &str, there: &FileDoc, found: &[&FileEntry], wanted: &FileDoc) -> Result<(), Fault> {
    let ours: BTreeSet<&KeyPath> = wanted.entries.iter().map(|new| new.path.as_slice()).collect();
    let mut groups: BTreeMap<&KeyPath, usize> = BTreeMap::new();
    for group in there.groups.iter().filter(|group| group.shape != Shape::Section && ours.contains(group.path.as_slice())) {
        groups.entry(&group.path).or_insert(group.head.start);
    }
    for new in &wanted.entries {
        let is_above = |entry: &&&FileEntry| {
            entry.value.as_deref() != Some("") && above(&new.path).any(|path| path == entry.path.as_slice())
        };
        let value = || found.iter().find(is_above).map(|entry| entry.body.start);
        if let Some(at) = groups.get(new.path.as_slice()).copied().or_else(value) {
            return Err(Fault::within(text, at, FaultKind::Unfamiliar));
        }
    }
    Ok(())
}

/// Whether what is there is our value already.
fn is_same(format: &dyn FileFormat, there: (&str, &FileEntry), ours: (&str, &FileEntry)) -> bool {
    format.is_same(
        EntryText { entry: there.1, body: &there.0[there.1.body.clone()] },
        EntryText { entry: ours.1, body: &ours.0[ours.1.body.clone()] },
    )
}

/// The edits that put what is missing into a text.
fn place(
    format: &dyn FileFormat,
    text: &str,
    there: &FileDoc,
    ours: &str,
    wanted: &FileDoc,
    missing: &[&FileEntry],
) -> Result<Vec<Edit>, Fault> {
    let gap = Gap { text, there, ours, wanted, missing, line_break: line_break(text) };
    let mut edits = format.place(&gap)?;
    // A last line without its line break gets one, once.
    if !text.ends_with('\n') {
        for edit in edits.iter_mut().filter(|edit| edit.range.start == text.len()).skip(1) {
            edit.text = edit.text.strip_prefix(gap.line_break).unwrap_or(&edit.text).to_owned();
        }
    }
    Ok(edits)
}

/// The headers of sections of which nothing stays.
fn emptied(text: &str, there: &FileDoc, wanted: &FileDoc, gone: &BTreeSet<&KeyPath>) -> Vec<Edit> {
    let is_section = |group: &&Group| group.shape == Shape::Section && !group.path.is_empty() && group.head.end <= group.end;
    let is_emptied = |group: &&Group| {
        let is_in = |entry: &&FileEntry| entry.group() == group.path;
        let found: Vec<&FileEntry> = there.entries.iter().filter(is_in).collect();
        let lines = text.get(group.head.end..group.end).unwrap_or_default().lines().filter(|line| !line.trim().is_empty());
        let goes = !found.is_empty() && found.iter().all(|entry| gone.contains(entry.path.as_slice()));
        goes && lines.count() == found.len() && !wanted.entries.iter().any(|entry| is_in(&entry))
    };
    let groups = there.groups.iter().filter(is_section).filter(is_emptied);
    let line = |group: &Group| line_start(text, group.head.start)..next_line(text, group.head.end.saturating_sub(1));
    groups.map(|group| Edit { range: line(group), text: String::new() }).collect()
}

/// A setting goes with its line where it has that line to itself, else alone; between brackets its comma goes with it.
fn removal(format: &dyn FileFormat, text: &str, entry: &FileEntry) -> Edit {
    let mut range = entry.body.start..entry.end();
    if format.is_bracketed(&entry.path) {
        let behind = &text[range.end..];
        let comma = behind.len() - behind.trim_start().len();
        if behind[comma..].starts_with(',') {
            range.end += comma + 1;
        } else if let Some(comma) = text[..range.start].trim_end().strip_suffix(',') {
            range.start = comma.len();
            return Edit { range, text: String::new() };
        }
    }
    let start = line_start(text, range.start);
    let end = entry.after(text).max(next_line(text, range.end.saturating_sub(1)));
    let behind = text[range.end.min(end)..end].trim();
    let is_alone = text[start..range.start].trim().is_empty()
        && (behind.is_empty() || behind.starts_with(['#', ';']) || behind.starts_with("//"));
    Edit { range: if is_alone { start..end } else { range }, text: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;

    /// A merge by the format's word.
    fn merge(format: &str, text: &str, ours: &str, gone: &[Vec<String>], kept: &[Vec<String>]) -> Result<String, Fault> {
        let format = Format::named(format).unwrap().rules();
        let there = if text.trim_ascii().is_empty() { None } else { Some(format.read(text)?) };
        let merged = super::merge(format, text, there.as_ref(), ours, gone, kept)?;
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
        let text =
            "[user]\n\tname = me\n[SendEmail]\n    smtpserver = old # c\n    chainreplyto = no\n[alias]\n\ts = status\n";
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
}
