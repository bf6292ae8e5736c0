//! A Postfix lookup table in text form: the rest of the line behind the key, raw, without blanks at its end
//! (postmap(1), "Input file format"; `trimblanks` in `postmap.c` and `dict_thash.c`).

use super::Unfit;

pub(super) fn quote(value: &str) -> Result<String, Unfit> {
    if value.ends_with([' ', '\t']) { Err(Unfit::EdgeBlank) } else { Ok(value.to_owned()) }
}

/// OpenSMTPD (table(5)): the same, and blanks at its beginning go as well.
pub(super) fn quote_inside(value: &str) -> Result<String, Unfit> {
    if value.trim() == value { Ok(value.to_owned()) } else { Err(Unfit::EdgeBlank) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_but_for_blanks_at_the_end() {
        assert_eq!(quote(" p@ss \"w\\ord#1$x").as_deref(), Ok(" p@ss \"w\\ord#1$x"));
        assert_eq!(quote("a\t"), Err(Unfit::EdgeBlank));
        assert_eq!(quote_inside(" a"), Err(Unfit::EdgeBlank));
    }
}
