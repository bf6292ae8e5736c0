//! monit: the kind of quotes that the value does not have; there are no escapes but `\0xHH`, which is decoded.

use super::Unfit;

pub(super) fn quote(value: &str) -> Result<String, Unfit> {
    if value.contains(r"\0x") {
        return Err(Unfit::Characters("\\0x".into()));
    }
    match ['"', '\''].into_iter().find(|quote| !value.contains(*quote)) {
        Some(quote) => Ok(format!("{quote}{value}{quote}")),
        None => Err(Unfit::Characters("'\"".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_two_quotes() {
        assert_eq!(quote("a\\#'").as_deref(), Ok("\"a\\#'\""));
        assert_eq!(quote("a\"").as_deref(), Ok("'a\"'"));
        assert_eq!(quote("'\""), Err(Unfit::Characters("'\"".into())));
        assert_eq!(quote(r"\0x41"), Err(Unfit::Characters("\\0x".into())));
    }
}
