//! Exim: a macro's value is expanded where it is used, and quotes count at its beginning, so that only what has no meaning
//! anywhere is written (spec.txt, "String expansions"). A login in passwd.client is raw, without blanks at its end; `^` begins
//! a new part of the answer to AUTH PLAIN, doubled it stands for itself, but for the first one.

use super::Unfit;

pub(super) fn macros(value: &str) -> Result<String, Unfit> {
    let lost: String = ['$', '\\', '{', '}', '"', '#'].into_iter().filter(|sign| value.contains(*sign)).collect();
    if !lost.is_empty() {
        return Err(Unfit::Characters(lost));
    }
    if value.trim_ascii() == value { Ok(value.to_owned()) } else { Err(Unfit::EdgeBlank) }
}

pub(super) fn passwd(value: &str) -> Result<String, Unfit> {
    if value.starts_with('^') {
        return Err(Unfit::Characters("^".into()));
    }
    if value.ends_with([' ', '\t']) { Err(Unfit::EdgeBlank) } else { Ok(value.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_or_not_at_all() {
        assert_eq!(macros("/etc/ssl/own ca.pem").as_deref(), Ok("/etc/ssl/own ca.pem"));
        assert_eq!(macros("/a$b\\c"), Err(Unfit::Characters("$\\".into())));
        assert_eq!(macros(" a"), Err(Unfit::EdgeBlank));
        assert_eq!(passwd(" a:b^#\"\\").as_deref(), Ok(" a:b^#\"\\"));
        assert_eq!(passwd("^a"), Err(Unfit::Characters("^".into())));
        assert_eq!(passwd("a "), Err(Unfit::EdgeBlank));
    }
}
