//! ssmtp: no quotes; what its reader ends a value at cannot be written (`read_config` in `ssmtp.c`).

use super::Unfit;

pub(super) fn quote(value: &str) -> Result<String, Unfit> {
    let lost: String = [' ', '\t', '=', '#'].into_iter().filter(|sign| value.contains(*sign)).collect();
    if lost.is_empty() { Ok(value.to_owned()) } else { Err(Unfit::Characters(lost)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_quotes() {
        assert_eq!(quote("a:\"\\@").as_deref(), Ok("a:\"\\@"));
        assert_eq!(quote("a b#"), Err(Unfit::Characters(" #".into())));
    }
}
