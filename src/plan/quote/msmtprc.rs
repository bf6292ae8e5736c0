//! msmtp: the rest of the line; blanks at the ends are dropped, then one pair of double quotes; there are no escapes
//! (msmtp's `conf.c`, `trim_string`, 1.8.23 and 1.8.32).

use super::{Unfit, is_plain};

/// Longest value in bytes. msmtp refuses a line of 500 bytes or more (`LINEBUFSIZE` in `conf.c`); the longest command name
/// of ours, its blank, two quotes and the line break take the rest.
const LIMIT: usize = 480;

pub(super) fn quote(value: &str) -> Result<String, Unfit> {
    if value.len() > LIMIT {
        return Err(Unfit::TooLong(LIMIT));
    }
    Ok(if is_plain(value) { value.to_owned() } else { format!("\"{value}\"") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_in_one_pair_of_quotes() {
        assert_eq!(quote("hunter2").as_deref(), Ok("hunter2"));
        assert_eq!(quote("p@ss \"w\\ord#1").as_deref(), Ok("\"p@ss \"w\\ord#1\""));
        assert_eq!(quote(" \" ").as_deref(), Ok("\" \" \""));
        assert_eq!(quote("").as_deref(), Ok("\"\""));
        assert_eq!(quote(&"é".repeat(241)), Err(Unfit::TooLong(480)));
    }
}
