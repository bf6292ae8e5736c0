//! monit: the kind of quotes that the value does not have. It takes every blank and quote off both ends, decodes some escapes,
//! and takes what begins with a slash for a path (`Str_unquote`, `Util_handleEscapes`, `l.l`).

use super::Unfit;

pub(super) fn quote(value: &str) -> Result<String, Unfit> {
    let is_blank = |edge: char| edge.is_ascii_whitespace();
    if value.starts_with(is_blank) || value.ends_with(is_blank) {
        return Err(Unfit::EdgeBlank);
    }
    let lost = |sign: char| Err(Unfit::Characters(sign.into()));
    if let Some(edge) = ['\'', '"'].into_iter().find(|quote| value.starts_with(*quote) || value.ends_with(*quote)) {
        return lost(edge);
    }
    if value.starts_with('/') {
        return lost('/');
    }
    if [r"\n", r"\t", r"\r", r"\ ", r"\\", r"\0"].iter().any(|escape| value.contains(escape)) {
        return lost('\\');
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
        assert_eq!(quote("a\\#'b").as_deref(), Ok("\"a\\#'b\""));
        assert_eq!(quote("a\"b\\").as_deref(), Ok("'a\"b\\'"));
        assert_eq!(quote(" a"), Err(Unfit::EdgeBlank));
        for (value, signs) in [("a'b\"c", "'\""), ("a'", "'"), ("\"a", "\""), ("/a", "/"), (r"a\nb", "\\"), (r"\0x41", "\\")]
        {
            assert_eq!(quote(value), Err(Unfit::Characters(signs.into())), "{value}");
        }
    }
}
