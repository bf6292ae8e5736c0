//! A change as a person sees it: lines with a little around them, secrets hidden.

use diffy::{DiffOptions, Line};

use super::Change;
use crate::{
    format::{Format, quote},
    mail::{Secret, reply::printable},
};

/// What stands in a secret's place.
pub const MASK: &str = "••••••";

/// What a target calls a file that holds the password and nothing else.
const PASSWORD_FILE: &str = "mailsetup-smtp-password";

/// A password of fewer characters is hidden only where a password stands: it would be found everywhere.
const SHORT: usize = 4;

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiffKind {
    /// It stays.
    Same,
    /// It is new.
    Added,
    /// It goes.
    Removed,
    /// Lines are left out here.
    Gap,
}

/// One line of a diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    /// What became of it.
    pub kind: DiffKind,
    /// Its text without the line break: secrets hidden, tabs as four blanks, control characters as escapes. Empty for
    /// a gap.
    pub text: String,
}

impl DiffLine {
    /// The line with its mark in front, as a diff in a terminal shows it.
    pub fn marked(&self) -> String {
        let mark = match self.kind {
            DiffKind::Same => ' ',
            DiffKind::Added => '+',
            DiffKind::Removed => '-',
            DiffKind::Gap => return "  ...".to_owned(),
        };
        format!("{mark} {}", self.text)
    }
}

/// What a change does to its file, with three lines around each difference. Passwords, ours and others', are hidden; a file
/// that does not change has no lines.
pub fn diff(change: &Change, secret: Option<&Secret>) -> Vec<DiffLine> {
    let before = change.before.as_deref().unwrap_or_default();
    let after = change.after.as_deref().unwrap_or_default();
    if before == after {
        return Vec::new();
    }
    let is_password = change.path.file_name().is_some_and(|name| name == PASSWORD_FILE);
    if change.owner == "secret" || is_password {
        let line = |kind| DiffLine { kind, text: MASK.to_owned() };
        let removed = change.before.is_some().then(|| line(DiffKind::Removed));
        let added = change.after.is_some().then(|| line(DiffKind::Added));
        return removed.into_iter().chain(added).collect();
    }
    let mask = Mask::new(change, secret);
    let patch = DiffOptions::new().set_context_len(3).create_patch_bytes(before, after);
    let mut lines = Vec::new();
    let mut next = 1;
    for hunk in patch.hunks() {
        if hunk.old_range().start() > next {
            lines.push(DiffLine { kind: DiffKind::Gap, text: String::new() });
        }
        next = hunk.old_range().end();
        for line in hunk.lines() {
            let (kind, bytes) = match line {
                Line::Context(bytes) => (DiffKind::Same, *bytes),
                Line::Delete(bytes) => (DiffKind::Removed, *bytes),
                Line::Insert(bytes) => (DiffKind::Added, *bytes),
            };
            lines.push(DiffLine { kind, text: mask.hide(bytes) });
        }
    }
    if before[..].split_inclusive(|byte| *byte == b'\n').count() >= next && !before.is_empty() && next > 1 {
        lines.push(DiffLine { kind: DiffKind::Gap, text: String::new() });
    }
    lines
}

/// What is hidden in a file.
struct Mask {
    /// The password, raw and as each format writes it, longest first.
    forms: Vec<String>,
    /// How logins stand in the file.
    logins: Option<Logins>,
}

/// How logins stand in a file whose lines do not name the password.
#[derive(Clone, Copy)]
enum Logins {
    /// `KEY NAME:PASSWORD`.
    Table,
    /// `NAME|HOST:PASSWORD`.
    Bars,
    /// `HOST:NAME:PASSWORD`.
    Colons,
    /// `LABEL = NAME:PASSWORD`, in a table within the file.
    Equals,
    /// `allow NAME:PASSWORD`.
    Allow,
}

impl Logins {
    fn of(file: &str) -> Option<Self> {
        match file {
            "auth.conf" => Some(Self::Bars),
            "passwd.client" => Some(Self::Colons),
            "smtpd.conf" => Some(Self::Equals),
            "monitrc" => Some(Self::Allow),
            _ if file.contains("passw") || file.ends_with("secrets") => Some(Self::Table),
            _ => None,
        }
    }

    /// Where the password begins.
    fn password_at(self, line: &str) -> Option<usize> {
        let behind = |at: usize, sign: char| line[at..].find(sign).map(|length| at + length + 1);
        match self {
            Self::Table => {
                let key = line.len() - line.trim_start_matches([' ', '\t']).len();
                let value = key + line[key..].find([' ', '\t'])? + 1;
                Some(behind(value, ':').unwrap_or(value))
            }
            Self::Bars => behind(behind(0, '|')?, ':'),
            Self::Colons => behind(behind(0, ':')?, ':'),
            Self::Equals => behind(behind(0, '=')?, ':').filter(|at| !line[*at..].starts_with("//")),
            Self::Allow => behind(line.find("allow ")?, ':'),
        }
    }
}

impl Mask {
    fn new(change: &Change, secret: Option<&Secret>) -> Self {
        let mut forms = Vec::new();
        if let Some(secret) = secret.map(Secret::expose).filter(|secret| secret.chars().count() >= SHORT) {
            forms.extend(Format::all().filter_map(|format| quote(format.rules(), secret).ok()));
            forms.push(secret.to_owned());
            forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
            forms.dedup();
        }
        let name = change.path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        Self { forms, logins: Logins::of(&name) }
    }

    fn hide(&self, line: &[u8]) -> String {
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end_matches(['\n', '\r']);
        let mut text = line.to_owned();
        if let Some(start) = self.password_at(line) {
            text = format!("{}{MASK}", &line[..start]);
        }
        for form in &self.forms {
            text = text.replace(form.as_str(), MASK);
        }
        text = without_logins(&text);
        printable(text.replace('\t', "    ").as_bytes())
    }

    /// Where a password begins on a line by the line's own look, whoever it belongs to.
    fn password_at(&self, line: &str) -> Option<usize> {
        if line.trim_start_matches([' ', '\t']).starts_with('#') {
            return None;
        }
        named(line).or_else(|| self.logins?.password_at(line))
    }
}

/// Where the value of the first setting begins whose name says that it is a password: `NAME=`, `"name": `, `'name' => `,
/// `define('NAME', `, `--name=`; behind a blank alone where the name is what the line sets, or says no more than that.
fn named(line: &str) -> Option<usize> {
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-');
    let mut at = 0;
    let mut leads = true;
    while let Some(start) = line[at..].find(is_of_name).map(|offset| at + offset) {
        let end = line[start..].find(|letter| !is_of_name(letter)).map_or(line.len(), |length| start + length);
        let name = line[start..end].to_ascii_lowercase();
        let behind = line[end..].trim_start_matches(['\'', '"', ']', ')']);
        let value = behind.trim_start_matches(['=', ' ', '\t', ':', '>', ',']);
        let sign = &behind[..behind.len() - value.len()];
        let sets = sign.contains(['=', ':', '>', ',']) || ((leads || name == "password") && !sign.is_empty());
        if sets && !value.is_empty() && is_secret(&name) {
            return Some(line.len() - value.len());
        }
        leads = leads && matches!(name.as_str(), "export" | "set");
        at = end;
    }
    None
}

/// Whether a setting of this name, in lower case, is a password, and not a command or a file that has it.
fn is_secret(name: &str) -> bool {
    let is_pointer = ["eval", "command", "file", "maps", "options", "mechanism"].iter().any(|word| name.contains(word));
    let is_named = ["password", "passwd", "secret", "token"].iter().any(|word| name.contains(word));
    !is_pointer && (is_named || name == "raw" || name.ends_with("pass") || name.ends_with("_key"))
}

/// The line with the passwords of its URLs hidden: `scheme://user:password@host`.
fn without_logins(line: &str) -> String {
    let mut text = line.to_owned();
    let mut at = 0;
    while let Some(start) = text[at..].find("://").map(|offset| at + offset + 3) {
        at = start;
        let authority = text[start..].split(['/', ' ', '\t', '"', '\'']).next().unwrap_or_default();
        let Some((login, _)) = authority.rsplit_once('@') else { continue };
        if let Some((name, _)) = login.split_once(':') {
            text.replace_range(start + name.len() + 1..start + login.len(), MASK);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str, before: &str, after: &str) -> Vec<String> {
        let change = Change {
            owner: "x".into(),
            path: path.into(),
            before: Some(before.into()),
            after: Some(after.into()),
            mode_before: None,
            mode: 0o600,
            group: None,
        };
        let secret = Secret::new("it's $5".into());
        diff(&change, Some(&secret))
            .into_iter()
            .map(|line| {
                let sign = match line.kind {
                    DiffKind::Same => " ",
                    DiffKind::Added => "+",
                    DiffKind::Removed => "-",
                    DiffKind::Gap => "@",
                };
                format!("{sign}{}", line.text)
            })
            .collect()
    }

    #[test]
    fn passwords_are_hidden_ours_and_others() {
        let before = "a\nb\nc\nd\nexport DB_PASSWORD = geheim # x\nSMTP_PASSWORD=old\r\nURL=smtp://it's $5@h\nx\n";
        let after = before.replace("=old", "='it'\\''s $5'");
        let expected = [
            "@",
            " c",
            " d",
            " export DB_PASSWORD = ••••••",
            "-SMTP_PASSWORD=••••••",
            "+SMTP_PASSWORD=••••••",
            " URL=smtp://••••••@h",
            " x",
        ];
        assert_eq!(shown(".env", before, &after), expected);
        assert_eq!(shown("rc", "password x\n", "passwordeval y\n"), ["-password ••••••", "+passwordeval y"]);
        assert_eq!(shown("sasl_passwd", "[h]:1 u:p:q\n", "[h]:1\tu:it's $5\n"), ["-[h]:1 u:••••••", "+[h]:1    u:••••••"]);
        assert_eq!(
            shown("main.cf", "", "smtp_sasl_password_maps = x\n\x1b[1m"),
            ["+smtp_sasl_password_maps = x", "+\\u{1b}[1m"]
        );
    }

    #[test]
    fn passwords_of_every_kind_of_file() {
        let lines = [
            ("config.php", "  'mail_smtppassword' => 'x',", "  'mail_smtppassword' => ••••••"),
            ("a.json", "{\"a\": {\"password\":\"x\"}}", "{\"a\": {\"password\":••••••"),
            ("gitlab.rb", "gitlab_rails['smtp_password'] = \"x\"", "gitlab_rails['smtp_password'] = ••••••"),
            ("wp-config.php", "define('SMTP_PASS', 'x');", "define('SMTP_PASS', ••••••"),
            ("muttrc", "set smtp_pass='x'", "set smtp_pass=••••••"),
            ("remotes", "h smtp --user=u --pass='x' --ssl", "h smtp --user=u --pass=••••••"),
            ("config.toml", "raw = 'x'", "raw = ••••••"),
            ("mailrc", "set mta=smtps://u:x%40@h:465 a", "set mta=smtps://u:••••••@h:465 a"),
            ("auth.conf", "u|h:x|y", "u|h:••••••"),
            ("passwd.client", "*:u:x y:z", "*:u:••••••"),
            ("smtpd.secrets", "  l u:x y", "  l u:••••••"),
            ("smtpd.conf", "table t { l = u:x }", "table t { l = u:••••••"),
            ("smtpd.conf", "r = \"smtps://l@h\"", "r = \"smtps://l@h\""),
            (
                "monitrc",
                "set mailserver h username u password \"x\" using tls",
                "set mailserver h username u password ••••••",
            ),
            ("monitrc", "    allow admin:x", "    allow admin:••••••"),
            ("ssmtp.conf", "AuthPass=x", "AuthPass=••••••"),
            ("settings.py", "EMAIL_HOST_PASSWORD = 'x'", "EMAIL_HOST_PASSWORD = ••••••"),
            ("alertmanager.yml", "  smtp_auth_password_file: '/x'", "  smtp_auth_password_file: '/x'"),
            (
                "gitconfig",
                "    helper = \"!f() { mailsetup secret --scope user; }\"",
                "    helper = \"!f() { mailsetup secret --scope user; }\"",
            ),
        ];
        for (path, line, expected) in lines {
            assert_eq!(shown(path, "", &format!("{line}\n")), [format!("+{expected}")], "{path}");
        }
    }

    #[test]
    fn the_secret_file_is_one_masked_line() {
        let mut change = Change {
            owner: "secret".into(),
            path: "/c/default.secret".into(),
            before: None,
            after: Some(b"a\nb".to_vec()),
            mode_before: None,
            mode: 0o600,
            group: None,
        };
        assert_eq!(diff(&change, None), [DiffLine { kind: DiffKind::Added, text: MASK.into() }]);
        (change.owner, change.path) = ("alertmanager".into(), "/etc/prometheus/mailsetup-smtp-password".into());
        assert_eq!(diff(&change, None), [DiffLine { kind: DiffKind::Added, text: MASK.into() }]);
        change.before.clone_from(&change.after);
        assert_eq!(diff(&change, None), []);
    }
}
