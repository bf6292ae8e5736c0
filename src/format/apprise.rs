//! Apprise's text configuration (`ConfigBase.config_parse_text` in `apprise/config/base.py`): a URL a line, perhaps after
//! tags and `=`; comments with `#` and `;`; groups of tags; `include`.
//!
//! Apprise takes a file whole or not at all, and sends by every URL. Ours is told from the others by our block's marks, and
//! its way is the account.

use super::{
    doc::{FileDoc, FileEntry},
    file_format::FileFormat,
    plain,
    text::{BEGIN, END, Fault, FaultKind, Unfit, account, lines},
};

/// Apprise's text configuration: a URL a line, ours by the name of its account.
pub(crate) struct Apprise;

impl FileFormat for Apprise {
    fn word(&self) -> &'static str {
        "apprise"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        entries(text).map(FileDoc::flat)
    }

    /// Our line is made of percent codes alone.
    fn quote(&self, value: &str) -> Result<String, Unfit> {
        plain::quote(value)
    }
}

fn entries(text: &str) -> Result<Vec<FileEntry>, Fault> {
    let mut found = Vec::new();
    let mut block = None;
    for (number, bare, _) in lines(text) {
        let line = text[bare.clone()].trim();
        if let Some(comment) = line.strip_prefix(['#', ';']).map(str::trim) {
            block = comment.strip_prefix(BEGIN).or(block.filter(|_| !comment.starts_with(END)));
        } else if !line.is_empty() {
            let url = url(line).map_err(|kind| Fault::at(number, kind))?;
            found.extend(url.zip(block).map(|(url, block)| FileEntry::flat(account(block), url.to_owned(), bare)));
        }
    }
    Ok(found)
}

/// The URL of a line, which may have none.
fn url(line: &str) -> Result<Option<&str>, FaultKind> {
    if line.strip_prefix("include").is_some_and(|rest| rest.starts_with([' ', '\t'])) {
        return Ok(None);
    }
    let is_tags = |tags: &str, signs: &str| {
        tags.chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == ' ' || letter == '\t' || signs.contains(letter))
    };
    let behind = line.split_once('=').filter(|(tags, _)| is_tags(tags.trim_end(), ",_:-")).map(|(_, behind)| behind);
    let rest = behind.unwrap_or(line).trim_start();
    let scheme = rest.split("://").next().filter(|scheme| scheme.len() < rest.len());
    let is_scheme =
        |scheme: &str| (1..=32).contains(&scheme.len()) && scheme.bytes().all(|letter| letter.is_ascii_alphanumeric());
    if scheme.is_some_and(is_scheme) {
        return Ok(Some(rest));
    }
    if !rest.is_empty() && is_tags(rest, ",_-") { Ok(None) } else { Err(FaultKind::Syntax) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_by_its_block() {
        let text = "# c\n; c\nntfy://a/b\nteam, all = mailto://u:p@h\nteam=all\ninclude /x.yml\n\n# BEGIN mailsetup: default\r\n\
                    mailtos://u@h:465?a=b\r\n# END mailsetup: default\n=json://h\n# BEGIN mailsetup: two\nmailto://x\n";
        let found = entries(text).unwrap();
        let pairs: Vec<_> = found.iter().map(|it| (it.path[0].as_str(), it.value.as_deref().unwrap())).collect();
        assert_eq!(pairs, [("mailsetup", "mailtos://u@h:465?a=b"), ("mailsetup-two", "mailto://x")]);
        for text in ["a\nversion: 1\n", "a\n- x://y\n", "a\nx! = ntfy://a\n"] {
            assert_eq!(entries(text).unwrap_err(), Fault { line: 2, kind: FaultKind::Syntax }, "{text}");
        }
    }
}
