//! What was written, in words: the last page, and what remains in the terminal after it.

use crate::{
    mail::{reply::escape, word::words},
    phrase,
    presets::{Phrase, Text},
    setup::{Proof, WriteResult, WrittenFile},
};

/// Whether every message sent from what was written was accepted.
pub fn is_proven(written: &WriteResult) -> bool {
    written.proofs.iter().all(|proof| !proof.is_refused())
}

/// Whether a note of a plan says that programs here find no `sendmail` that works.
pub fn is_lack(note: &Phrase) -> bool {
    matches!(note.id, "conflict-not-installed" | "conflict-sendmail-nobody" | "conflict-sendmail-busybox")
}

/// That programs here find no `sendmail` that works, where that is so.
fn lack(written: &WriteResult) -> Option<&Phrase> {
    // What an image lacks is said of the image.
    written.notes.iter().find(|note| is_lack(note)).filter(|_| is_proven(written) && written.root.is_none())
}

/// What there is to know beside the outcome.
pub fn notes(written: &WriteResult) -> impl Iterator<Item = &Phrase> {
    let lack = lack(written);
    written.notes.iter().filter(move |note| Some(*note) != lack)
}

/// The outcome in a sentence or two.
pub fn outcome(text: &Text, written: &WriteResult) -> String {
    let root = written.root.as_deref().map(|root| escape(&root.display().to_string())).unwrap_or_default();
    if let Some(lack) = lack(written) {
        return format!("{} {}", text.get("render-written-no-sendmail"), text.say(lack));
    }
    text.say(&match WriteStatus::of(written) {
        WriteStatus::Refused => phrase!("render-unproven"),
        WriteStatus::Unseen => phrase!("render-unseen"),
        WriteStatus::Unproven => phrase!("render-prepared"),
        WriteStatus::Image if written.changed => phrase!("render-image", root = root),
        WriteStatus::Image => phrase!("render-image-unchanged", root = root),
        WriteStatus::Sends => phrase!("render-written"),
        WriteStatus::Written => phrase!("render-written-unsent"),
        WriteStatus::Unchanged => phrase!("render-unchanged"),
    })
}

words! {
    /// What is known after writing.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum WriteStatus {
        /// A message went out with what was written.
        Sends = "sends",
        /// Nothing was sent.
        Written = "written",
        /// Everything was so already.
        Unchanged = "unchanged",
        /// It is in an image, and only its first boot can show that it sends.
        Image = "image",
        /// A person wanted no test: only run time can show that it sends.
        Unproven = "unproven",
        /// Programs took messages, and nothing shows what became of one.
        Unseen = "unseen",
        /// A message was refused.
        Refused = "refused",
    }
}

impl WriteStatus {
    /// What is known of this machine, or of an image.
    pub fn of(written: &WriteResult) -> Self {
        if !is_proven(written) {
            return Self::Refused;
        }
        match (written.changed, written.sent) {
            _ if written.root.is_some() => Self::Image,
            _ if written.is_unproven => Self::Unproven,
            _ if written.proofs.iter().any(Proof::is_unseen) => Self::Unseen,
            (true, _) if lack(written).is_some() => Self::Written,
            (true, true) => Self::Sends,
            (true, false) => Self::Written,
            (false, _) => Self::Unchanged,
        }
    }
}

/// What happened to a file.
pub fn file(text: &Text, file: &WrittenFile) -> String {
    text.get(match file.action {
        "created" => "render-file-created",
        "changed" => "render-file-changed",
        "removed" => "render-file-removed",
        _ => "render-file-unchanged",
    })
}

/// Arguments as a shell command, in lines of at most `columns` that can be pasted unchanged.
pub fn command(arguments: &[String], columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut index = 0;
    while index < arguments.len() {
        // A flag and its value stay together.
        let flag = arguments[index].starts_with("--");
        let count = if flag && arguments.get(index + 1).is_some_and(|next| !next.starts_with("--")) { 2 } else { 1 };
        let words: Vec<_> = arguments[index..index + count].iter().map(|word| quote(word)).collect();
        let words = words.join(" ");
        index += count;
        match lines.last_mut() {
            Some(line) if line.chars().count() + words.chars().count() + 3 <= columns => {
                line.push(' ');
                line.push_str(&words);
            }
            Some(line) => {
                line.push_str(" \\");
                lines.push(format!("  {words}"));
            }
            None => lines.push(words),
        }
    }
    lines
}

fn quote(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), std::borrow::Cow::into_owned)
}

/// Everything that was written, as plain text: what remains in the terminal, and for front ends without screens.
pub fn lines(text: &Text, written: &WriteResult, equivalent: &[String], columns: usize) -> Vec<String> {
    let mut lines = vec![outcome(text, written)];
    for entry in &written.files {
        lines.push(format!("  {}  {}", file(text, entry), entry.path.display()));
        if let Some(backup) = &entry.backup {
            lines.push(format!("      {}", text.say(&phrase!("render-backup", path = backup.display()))));
        }
    }
    lines.extend(written.proofs.iter().flat_map(|proof| super::proof::lines(text, proof)));
    lines.extend(notes(written).map(|note| text.say(note)));
    let tries: Vec<_> = written.proofs.iter().filter_map(|entry| entry.try_it.clone()).collect();
    if !tries.is_empty() {
        lines.push(String::new());
        lines.push(text.get("render-try"));
        lines.extend(tries.into_iter().map(|command| format!("  {command}")));
    }
    if !equivalent.is_empty() {
        lines.push(String::new());
        lines.push(text.get("render-equivalent"));
        lines.extend(command(equivalent, columns.saturating_sub(2)).into_iter().map(|line| format!("  {line}")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_breaks_between_flags_and_is_quoted() {
        let words = ["mailsetup", "ops@example.com", "--name", "Ops' Team", "--yes"].map(str::to_owned);
        assert_eq!(command(&words, 80), ["mailsetup ops@example.com --name \"Ops' Team\" --yes"]);
        assert_eq!(command(&words, 30), ["mailsetup ops@example.com \\", "  --name \"Ops' Team\" --yes"]);
    }
}
