//! A Postfix lookup table in text form, and OpenSMTPD's tables: the rest of the line behind the key, raw, without blanks at
//! its end (postmap(1), "Input file format"; `trimblanks` in `postmap.c` and `dict_thash.c`; table(5) of OpenSMTPD).

use super::Unfit;

pub(super) fn quote(value: &str) -> Result<String, Unfit> {
    if value.ends_with([' ', '\t']) { Err(Unfit::EdgeBlank) } else { Ok(value.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_but_for_blanks_at_the_end() {
        assert_eq!(quote(" p@ss \"w\\ord#1$x").as_deref(), Ok(" p@ss \"w\\ord#1$x"));
        assert_eq!(quote("a\t"), Err(Unfit::EdgeBlank));
    }
}
