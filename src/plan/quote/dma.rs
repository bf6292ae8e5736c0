//! dma: dma.conf cuts at `#`, auth.conf is raw to the end of the line; blanks at the ends are kept as they are, so that a
//! setting gets none. A line is read up to 2047 bytes (`conf.c`).

use super::Unfit;

/// Longest value in bytes; the login name and the host take the rest of the line.
const LIMIT: usize = 1024;

pub(super) fn conf(value: &str) -> Result<String, Unfit> {
    if value.contains('#') {
        return Err(Unfit::Characters("#".into()));
    }
    if value.trim() == value { auth(value) } else { Err(Unfit::EdgeBlank) }
}

pub(super) fn auth(value: &str) -> Result<String, Unfit> {
    if value.len() > LIMIT { Err(Unfit::TooLong(LIMIT)) } else { Ok(value.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw() {
        assert_eq!(conf("a#b"), Err(Unfit::Characters("#".into())));
        assert_eq!(conf(" a"), Err(Unfit::EdgeBlank));
        assert_eq!(auth(" a#\"b ").as_deref(), Ok(" a#\"b "));
        assert_eq!(auth(&"x".repeat(1025)), Err(Unfit::TooLong(1024)));
    }
}
