//! OpenSMTPD's smtpd.conf: double quotes; a backslash escapes a quote or a blank, and stands for itself before all else
//! (`yylex` in `parse.y`).

use super::Unfit;

pub(super) fn quote(value: &str) -> Result<String, Unfit> {
    let is_lost = value.ends_with('\\') || ["\\\"", "\\ ", "\\\t"].iter().any(|escape| value.contains(escape));
    if is_lost { Err(Unfit::Characters("\\".into())) } else { Ok(format!("\"{}\"", value.replace('"', "\\\""))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_escaped() {
        assert_eq!(quote("a \"b\\c$").as_deref(), Ok("\"a \\\"b\\c$\""));
        assert_eq!(quote("a\\"), Err(Unfit::Characters("\\".into())));
    }
}
