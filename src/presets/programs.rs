//! Programs that send mail by addresses of their own, and where these stand.
//!
//! One file, `presets/programs.toml`.

use serde::Deserialize;

/// Programs that send by addresses of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Programs {
    /// One entry a program.
    #[serde(default, rename = "program")]
    pub all: Vec<SendingSettings>,
}

/// Where a program's addresses stand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendingSettings {
    /// The name that people know, the same in every language.
    pub name: String,
    /// Its files; `*` in a name is anything. A later one wins.
    pub files: Vec<String>,
    /// The words before the address that it sends from.
    #[serde(default)]
    pub from: Vec<String>,
    /// The words before the address that it sends to.
    #[serde(default)]
    pub to: Vec<String>,
    /// Whether it names that address to `sendmail` too, with `-f`.
    #[serde(default)]
    pub own_envelope: bool,
    /// Year and month in which the facts were last checked, as `2026-11`.
    pub checked: String,
    /// Pages or files that say so.
    pub sources: Vec<String>,
}

/// The last address that follows one of these words in a file of settings, whatever its form: `KEY = VALUE`, `KEY VALUE`,
/// `KEY "VALUE";`, and an option of a command. Lines that are comments do not count.
pub fn address_after<'a>(text: &'a str, words: &[String]) -> Option<&'a str> {
    let is_said = |line: &&str| !["#", ";", "//"].iter().any(|sign| line.starts_with(sign));
    let lines = text.lines().map(str::trim).filter(is_said);
    lines.flat_map(|line| words.iter().filter_map(move |word| in_line(line, word))).last()
}

fn in_line<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    line.match_indices(word).find_map(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        let begins = before.is_empty() || before.ends_with([' ', '\t', '=', '"', '\'', '{']);
        let ends = word.starts_with('-') || after.starts_with([' ', '\t', '=', ':', '"', '\'']);
        let value = after.trim_start_matches([' ', '\t', '=', ':', '"', '\'']);
        let value = value.split([' ', '\t', '"', '\'', ';', ',', '}']).next()?;
        (begins && ends && value.contains('@')).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stand_after_their_words_in_every_form() {
        for (text, word, address) in [
            ("[DEFAULT]\n# sender = no@x\nsender = root@<fq-hostname>\n", "sender", Some("root@<fq-hostname>")),
            ("sender=a@x\nsender = b@x\n", "sender", Some("b@x")),
            ("sendername = Fail2Ban@x", "sender", None),
            ("DEVICESCAN -d removable -m ops@x -M exec /usr/bin/y", "-m", Some("ops@x")),
            ("DEVICESCAN -m root", "-m", None),
            ("MAILADDR ops@x", "MAILADDR", Some("ops@x")),
            ("Unattended-Upgrade::Sender \"ops@x\";", "Unattended-Upgrade::Sender", Some("ops@x")),
            ("//Unattended-Upgrade::Sender \"ops@x\";", "Unattended-Upgrade::Sender", None),
            ("set mail-format { from: monit@$HOST }", "from", Some("monit@$HOST")),
            ("sendmail_path = \"/usr/sbin/sendmail -t -i -f shop@x\"", "-f", Some("shop@x")),
            ("sendmail_path = /usr/sbin/sendmail -t -fshop@x", "-f", Some("shop@x")),
            ("EMAIL='a@x'", "EMAIL", Some("a@x")),
        ] {
            assert_eq!(address_after(text, &[word.to_owned()]), address, "{text}");
        }
    }
}
