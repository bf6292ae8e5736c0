//! ssmtp.conf (`read_config` in `ssmtp.c`): `Key=Value`; key and value end at a blank, an equals sign or a `#`, and there
//! are no quotes. Keys have no case.

use super::{Entry, lines};

pub(in crate::plan) fn entries(text: &str) -> Vec<Entry> {
    let entry = |(_, bare, _): (usize, std::ops::Range<usize>, _)| {
        let line = text[bare.clone()].split('#').next().unwrap_or_default();
        let mut words = line.split([' ', '\t', '=']).filter(|word| !word.is_empty());
        let (key, value) = (words.next()?, words.next()?);
        let end = bare.start + line.find(value).map_or(line.len(), |at| at + value.len());
        Some(Entry::flat(&key.to_ascii_lowercase(), value.to_owned(), bare.start + line.find(key)?..end))
    };
    lines(text).filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_value() {
        let found = entries("# c\nMailHub=mail.test:587\nAuthPass = a=b c\nX=\n");
        let found: Vec<_> = found.iter().map(|it| (it.path[0].as_str(), it.value.as_deref().unwrap())).collect();
        assert_eq!(found, [("mailhub", "mail.test:587"), ("authpass", "a")]);
    }
}
